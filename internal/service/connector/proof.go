// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package connector

import (
	"context"
	"net/url"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/preflight"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport"
)

// moment is when a connection test is made, which decides what its failures do to the run.
type moment int

const (
	// atPlan: a rejection stops the plan, what could not be tested is reported.
	atPlan moment = iota
	// atReplacement: the delete comes first at apply, so what could not be tested stops the plan too.
	atReplacement
	// atRepair: nothing that a person wrote asks for the change, so nothing stops the plan; terraform destroy, which plans first, gets past it.
	atRepair
	// beforeWrite: nothing may be written unproved.
	beforeWrite
)

// applyStops explains an error of Terraform itself. Where a saved plan knows the organisation's id, and the test can't be
// made when it is applied, the id is unknown again; the provider can't tell an apply's planning from a plan's, to say it better.
const applyStops = "An apply stops at this, before anything is written. Where a saved plan is being applied, Terraform then " +
	"calls it an inconsistent final plan: make a new plan when the organisation answers."

// proof makes the connection test for one resource.
type proof struct {
	clients *terraform.Clients
	url     *url.URL
	// written is the base URL as it would be stored.
	written terraform.BaseURL
	// token is the credential of the configuration; zero where the checks that need none are enough.
	token credential
	// community is the one that the resource is or will be in; empty where that is not known.
	community string
	// communitySet tells that the resource's own argument chose it, so that errors can point there.
	communitySet bool
	// given tells that the account exists, so that nothing is stored and its token is not known here.
	given     bool
	onFailure string
}

func (r *Resource) proof(config, plan *model) proof {
	p := proof{
		clients:      r.clients,
		url:          plan.oktaURL(),
		written:      plan.BaseURL,
		token:        config.credential(),
		community:    plan.CommunityID.ValueString(),
		communitySet: !config.CommunityID.IsNull(),
		given:        config.onGivenAccount(),
		onFailure:    plan.onFailure(),
	}

	if p.community == "" {
		p.community = r.clients.ConfiguredCommunityID().ValueString()
	}

	return p
}

func (p proof) input() preflight.Input {
	return preflight.Input{OktaBaseURL: p.url, OktaToken: p.token.secret, CommunityID: p.community}
}

// report makes the test, or returns what it said before in this process.
func (p proof) report(ctx context.Context) *preflight.Report {
	return p.withoutURL(p.clients.Tester().Report(ctx, p.input()))
}

// fresh is report, but does not take an old failure for an answer.
func (p proof) fresh(ctx context.Context) *preflight.Report {
	return p.withoutURL(p.clients.Tester().Fresh(ctx, p.input()))
}

// withoutURL takes Okta's checks out where Sekoia did not say which URL a given account holds.
func (p proof) withoutURL(report *preflight.Report) *preflight.Report {
	if p.url != nil || !p.given {
		return report
	}

	return report.Amend(preflight.Check{
		ID: preflight.OktaReachable, Status: preflight.StatusSkipped, Message: "Sekoia did not say which base URL the account holds.",
	})
}

// diagnostics says what a report means for the run at a moment.
func (p proof) diagnostics(report *preflight.Report, when moment) diag.Diagnostics {
	options := terraform.ReportOptions{
		Paths:     terraform.ReportPaths{BaseURL: pathBaseURL, Token: p.token.at, Community: path.Empty()},
		Rejected:  diag.SeverityError,
		Untested:  diag.SeverityError,
		Untrusted: diag.SeverityError,
		WaysOut:   true,
	}

	if p.communitySet {
		options.Paths.Community = pathCommunity
	}

	// What a given account holds is mended there. No credential goes from here to its URL, and none is stored.
	if p.given {
		options.Paths.BaseURL, options.Paths.Token = pathAccount, pathAccount
		options.Untrusted = diag.SeverityWarning
	}

	if when == atPlan {
		options.Untested = diag.SeverityWarning

		if report.OrganizationID == "" {
			options.UntestedNote = applyStops
		}
	}

	if p.onFailure == onFailureWarning {
		options.Rejected, options.Untested = diag.SeverityWarning, diag.SeverityWarning
	}

	if when == atRepair {
		options.Rejected, options.Untested, options.Untrusted = diag.SeverityWarning, diag.SeverityWarning, diag.SeverityWarning
	}

	return terraform.ReportDiagnostics(report, options)
}

// beforeWrite makes the test before the first write of an apply, unless it has
// passed in this process. stores tells that the write stores token and URL. The
// organisation's id is null where it was not seen.
func (p proof) beforeWrite(ctx context.Context, mode terraform.Mode, stores bool) (types.String, diag.Diagnostics) {
	var (
		diags  diag.Diagnostics
		report *preflight.Report
	)

	if mode != terraform.ModeOff {
		report = p.fresh(ctx)
		diags = p.diagnostics(report, beforeWrite)
	}

	if stores && !diags.HasError() {
		diags.Append(p.storable(report != nil && report.CredentialPassed())...)
	}

	return organizationID(report), diags
}

// storable is the rule for what is stored: Sekoia's connector sends the token to
// the stored URL, so that no mode and no on_failure relaxes it. It does not count
// on validate: a text that another program may read as another URL is refused here too.
func (p proof) storable(credentialPassed bool) diag.Diagnostics {
	var diags diag.Diagnostics

	if p.given || p.written.IsUnknown() {
		return diags
	}

	// Slashes at its end are no change where Sekoia's page put them.
	err := terraform.CheckOktaBaseURL(strings.TrimRight(p.written.ValueString(), "/"))
	if err != nil || p.url == nil {
		terraform.AddError(&diags, pathBaseURL, "This base URL may not be stored", err,
			"Sekoia's connector sends the API token to it: base_url is https:// and the organisation's host, and nothing else.")

		return diags
	}

	switch trust := p.clients.Trust().Okta(p.url); {
	case trust == transport.OktaOwn, trust == transport.OktaListed, trust == transport.OktaLoopback:
	case trust == transport.OktaUntrusted && credentialPassed:
	default:
		diags.AddAttributeError(pathBaseURL, "This base URL may not be stored",
			"Sekoia's connector sends the API token to it, and nothing has shown that "+transport.Sanitize(p.url.Host)+" is Okta's.\n"+
				p.clients.Trust().OktaReason(p.url)+"\n"+
				"Use the organisation's own host on one of Okta's domains, or let the connection test prove the custom domain with this "+
				"token, or set the environment variable "+transport.TrustedOktaHostsVariable+" to the host where Terraform runs.")
	}

	return diags
}

func organizationID(report *preflight.Report) types.String {
	if report == nil || report.OrganizationID == "" {
		return types.StringNull()
	}

	return types.StringValue(report.OrganizationID)
}

// noToken is the error of what can't be done without a token.
func (p proof) noToken(what string, when moment) diag.Diagnostic {
	summary := "No API token"
	detail := what + " needs the Okta API token, and the configuration has none.\n" +
		"Set api_token_wo with api_token_wo_version (or api_token)."

	if when == atRepair {
		return diag.NewAttributeWarningDiagnostic(p.token.at, summary, detail+"\nAn apply would stop here; a destroy does not need it.")
	}

	return diag.NewAttributeErrorDiagnostic(p.token.at, summary, detail)
}

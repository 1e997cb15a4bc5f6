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
	"github.com/sekoia-io/terraform-provider-sekoia/internal/sekoia"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/access"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/attribute"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/diagnostic"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/credential"
)

// moment is when a connection test is made. It decides what a failure does to the run.
type moment int

const (
	// atPlan: a rejection stops the plan, what could not be tested is reported.
	atPlan moment = iota
	// atReplacement: at apply the delete comes first, so what could not be tested stops the plan too.
	atReplacement
	// atMove: the plan depends on which organization a new base URL is of, so whatever hides that stops the plan.
	atMove
	// atRepair: nothing that a person wrote asks for the change, so nothing stops the plan. terraform destroy, which
	// plans first, gets past it.
	atRepair
	// beforeWrite: nothing may be written that was not proved.
	beforeWrite
)

// connectionProof makes the connection test for one resource.
type connectionProof struct {
	clients *access.Clients
	// subject is the connector's name, with which each summary begins.
	subject string
	url     *url.URL
	// written is the base URL as the configuration writes it.
	written attribute.BaseURL
	// token is the credential of the configuration; zero if the checks that need none are enough.
	token configuredToken
	// community is the one that the resource is or will be in; "" if that is not known.
	community string
	// communitySet reports whether the resource's own argument chose it, so that errors can point there.
	communitySet bool
	onFailure    string
}

func (r *Resource) proof(config, plan *model) connectionProof {
	p := connectionProof{
		clients:      r.clients,
		subject:      plan.subject(),
		url:          plan.oktaURL(),
		written:      plan.BaseURL,
		token:        config.credential(),
		community:    plan.CommunityID.Canonical(),
		communitySet: !config.CommunityID.IsNull(),
		onFailure:    plan.onFailure(),
	}
	if p.community == "" {
		p.community = r.clients.ConfiguredCommunityID().ValueString()
	}
	return p
}

func (p connectionProof) input() preflight.Input {
	return preflight.Input{OktaBaseURL: p.url, OktaToken: p.token.secret, CommunityID: p.community}
}

// report makes the test, or returns what it said before in this process.
func (p connectionProof) report(ctx context.Context) *preflight.Report {
	return p.clients.Tester().Report(ctx, p.input())
}

// settings are what the connector's account should hold; nil if the configuration has no token. The URL is the plain
// origin, whatever way the configuration writes it: Sekoia's connector joins it as it is stored.
func (p connectionProof) settings() sekoia.AccountSettings {
	if p.token.secret.IsZero() || p.url == nil {
		return nil
	}
	return sekoia.AccountSettings{
		sekoia.SettingBaseURL: credential.NewSecret(credential.OriginOf(p.url).String()),
		sekoia.SettingAPIKey:  p.token.secret,
	}
}

// What an apply will make of a failed check that is only a warning now.
const (
	stopsApply     = "An apply stops at this connector before anything is written."
	stopsIfAtApply = "If it still fails at apply, this connector is not written."
)

// diagnostics says what a report means for the run at a moment.
func (p connectionProof) diagnostics(report *preflight.Report, when moment) diag.Diagnostics {
	const warning = diag.SeverityWarning
	options := diagnostic.ReportOptions{
		Subject:   p.subject,
		Sekoia:    p.clients.SekoiaPlace(),
		Paths:     diagnostic.ReportPaths{BaseURL: pathBaseURL, Token: p.token.at, Community: path.Empty()},
		Rejected:  diag.SeverityError,
		Untested:  diag.SeverityError,
		Untrusted: diag.SeverityError,
	}
	if p.communitySet {
		options.Paths.Community = pathCommunity
	}
	switch when {
	case atRepair:
		options.Rejected, options.Untested, options.Untrusted = warning, warning, warning
		options.Note = stopsApply
	case atPlan:
		options.Untested, options.Note = warning, stopsIfAtApply
		if p.onFailure == onFailureErrorAtApply {
			options.Rejected, options.Note = warning, stopsApply
		}
	}
	if p.onFailure == onFailureWarning && when != atMove {
		options.Rejected, options.Untested, options.Note = warning, warning, ""
	}
	return diagnostic.ReportDiagnostics(report, options)
}

// beforeWrite makes the test before the first write of an apply, unless it has passed in this process. stores reports
// whether the write stores token and URL. The organization's id is null if it was not seen.
func (p connectionProof) beforeWrite(ctx context.Context, mode access.Mode, stores bool) (types.String, diag.Diagnostics) {
	var (
		diags  diag.Diagnostics
		report *preflight.Report
	)
	if mode != access.ModeOff {
		report = p.clients.Tester().Fresh(ctx, p.input())
		diags = p.diagnostics(report, beforeWrite)
	}
	if stores && !diags.HasError() {
		diags.Append(p.storable(report != nil && report.CredentialPassed())...)
	}
	return organizationID(report), diags
}

// storable is the rule for what is stored: Sekoia's connector sends the token to the stored URL, so no mode and no
// on_failure relaxes it. It does not count on validate: a text that another program may read as another URL is refused
// here too.
func (p connectionProof) storable(credentialPassed bool) diag.Diagnostics {
	var diags diag.Diagnostics
	if p.written.IsUnknown() {
		return diags
	}
	summary := diagnostic.About(p.subject, "this base URL may not be stored")
	err := attribute.CheckOktaBaseURL(strings.TrimRight(p.written.ValueString(), "/"))
	if err != nil || p.url == nil {
		diagnostic.AddError(&diags, pathBaseURL, summary, err,
			"Sekoia's connector sends the API token to it. base_url is https:// and the organization's host, and nothing else.")
		return diags
	}
	switch trust := p.clients.Trust().Okta(p.url); {
	case trust == credential.OktaOwn, trust == credential.OktaListed, trust == credential.OktaLoopback:
	case trust == credential.OktaUntrusted && credentialPassed:
	default:
		diags.AddAttributeError(pathBaseURL, summary,
			"Sekoia's connector sends the API token to it, and nothing has shown that "+credential.Sanitize(p.url.Host)+" is Okta's.\n"+
				p.clients.Trust().OktaReason(p.url)+"\n"+
				"Use the organization's own host on one of Okta's domains, or let the connection test prove the custom domain with this token.\n"+
				"Or set the environment variable "+credential.TrustedOktaHostsVariable+" to the host, on the machine that runs Terraform.")
	}
	return diags
}

func organizationID(report *preflight.Report) types.String {
	if report == nil || report.OrganizationID == "" {
		return types.StringNull()
	}
	return types.StringValue(report.OrganizationID)
}

// noToken is the diagnostic of what can't be done without a token.
func (p connectionProof) noToken(what string, when moment) diag.Diagnostic {
	summary := diagnostic.About(p.subject, "there is no API token")
	detail := what + " needs the Okta API token, and the configuration has none.\n" +
		"Set api_token_wo with api_token_wo_version (or api_token)."
	if when == atRepair {
		return diag.NewAttributeWarningDiagnostic(p.token.at, summary, detail+"\n"+
			"If only ignore_changes hides it from the plan, an apply has it. Else an apply stops at this connector before anything is written. A destroy needs no token.")
	}
	return diag.NewAttributeErrorDiagnostic(p.token.at, summary, detail)
}

// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package connector

import (
	"cmp"
	"context"
	"net/url"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/advice"
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
	// atPlan: a rejection stops the plan. What could not be tested is a warning.
	atPlan moment = iota
	// atMove: the plan depends on the organization of a new base URL. If the test does not find it, the plan stops.
	atMove
	// atRepair: no person asks for the change, so nothing stops the plan. A terraform destroy, which plans first, gets
	// past it.
	atRepair
	// atWrite: nothing is written or replaced that did not pass. An apply deletes first, so this holds for the plan of
	// a replacement too.
	atWrite
)

// connectionProof makes the connection test for one resource. What it finds goes into diags.
type connectionProof struct {
	clients      *access.Clients
	diags        *diag.Diagnostics
	config, plan *model
	// subject is the connector's name, with which each summary begins.
	subject string
	mode    access.Mode
	url     *url.URL // base_url; nil if it is not known, or not a URL
	token   configuredToken
}

func (r *connectorResource) proof(diags *diag.Diagnostics, config, plan *model) *connectionProof {
	parsed, _ := attribute.ParseBaseURL(plan.BaseURL.ValueString()) // its error is the schema validator's

	// What ignore_changes hides from a plan is still in the configuration of its apply.
	config.APIToken = plan.APIToken
	return &connectionProof{
		clients: r.clients, diags: diags, config: config, plan: plan,
		subject: plan.subject(), mode: r.clients.Mode(plan.testMode()), url: parsed, token: config.credential(),
	}
}

func (p *connectionProof) about(news string) string { return diagnostic.About(p.subject, news) }

func (p *connectionProof) input() preflight.Input {
	return preflight.Input{
		OktaBaseURL: p.url, OktaToken: p.token.secret,
		CommunityID: cmp.Or(p.plan.CommunityID.Canonical(), p.clients.ConfiguredCommunityID().ValueString()),
	}
}

// settings are what the connector's account should hold; nil if the configuration has no token. The URL is the plain
// origin, however the configuration writes it, because Sekoia's connector joins it as it is stored.
func (p *connectionProof) settings() sekoia.AccountSettings {
	if p.token.secret.IsZero() || p.url == nil {
		return nil
	}
	return sekoia.AccountSettings{
		sekoia.SettingBaseURL: credential.NewSecret(credential.OriginOf(p.url).String()),
		sekoia.SettingAPIKey:  p.token.secret,
	}
}

// addReport adds what a report means for the run at a moment.
func (p *connectionProof) addReport(report *preflight.Report, when moment) {
	const (
		warning = diag.SeverityWarning
		stops   = "An apply stops at this connector before anything is written."
	)
	options := diagnostic.ReportOptions{
		Subject: p.subject,
		Sekoia:  p.clients.SekoiaPlace(),
		BaseURL: pathBaseURL,
		Token:   p.token.at,
	}
	if !p.config.CommunityID.IsNull() {
		options.Community = pathCommunity
	}
	onFailure := p.plan.onFailure()
	switch {
	case when == atRepair:
		options.Rejected, options.Untested, options.Untrusted, options.Note = warning, warning, warning, stops
	case when == atPlan && onFailure == onFailureErrorAtApply:
		options.Rejected, options.Untested, options.Note = warning, warning, stops
	case when == atMove:
		options.Skip = diagnostic.ModeVariable + "=off skips the test, but then a new plan replaces the connector."
	case when == atPlan:
		options.Untested, options.Note = warning, "If it still fails at apply, this connector is not written."
	}
	if onFailure == onFailureWarning && when != atMove {
		options.Rejected, options.Untested, options.Note = warning, warning, ""
	}
	p.diags.Append(diagnostic.ReportDiagnostics(report, options)...)
}

// beforeWrite makes the test before the first write of an apply, unless it has passed in this process. stores reports
// whether the write stores URL and token. The organization's id is null if it was not seen.
func (p *connectionProof) beforeWrite(ctx context.Context, stores bool) types.String {
	report := &preflight.Report{}
	if p.mode != access.ModeOff {
		report = p.clients.Tester().Fresh(ctx, p.input())
		p.addReport(report, atWrite)
	}
	if stores {
		p.checkStorable(report.CredentialPassed())
	}
	return types.StringPointerValue(nilIfEmpty(report.OrganizationID))
}

// checkStorable adds an error if the URL may not be stored, unless there is an error already. Sekoia's connector sends
// the token to it, so no mode and no on_failure relaxes this. It checks the URL's form again, because another program
// may read an odd text as another URL.
func (p *connectionProof) checkStorable(credentialPassed bool) {
	if p.diags.HasError() || p.plan.BaseURL.IsUnknown() {
		return
	}
	summary := p.about("this base URL may not be stored")
	err := attribute.CheckOktaBaseURL(strings.TrimRight(p.plan.BaseURL.ValueString(), "/"))
	if err != nil || p.url == nil {
		diagnostic.AddError(p.diags, pathBaseURL, summary, err,
			"Sekoia's connector sends the API token to it. base_url must be https:// and the organization's host, and nothing else.")
		return
	}
	switch trust, reason := p.clients.Trust().Okta(p.url); {
	case trust == credential.OktaTrusted:
	case trust == credential.OktaUntrusted && credentialPassed:
	default:
		p.diags.AddAttributeError(pathBaseURL, summary,
			"Sekoia's connector sends the API token to it, and nothing has shown that "+credential.Sanitize(p.url.Host)+" is Okta's.\n"+
				advice.Sentence(reason)+"\n"+
				"Use the organization's own host on one of Okta's domains, or let the connection test prove the custom domain with this token.\n"+
				"Or set the environment variable "+credential.TrustedOktaHostsVariable+" to the host, where plan and apply run.")
	}
}

// addNoToken reports that a change needs a token and the configuration has no token.
func (p *connectionProof) addNoToken(when moment) {
	summary := p.about("there is no API token")
	detail := "This change needs the Okta API token, and the configuration has none.\n" +
		"Set api_token_wo with api_token_wo_version (or api_token)."
	if when != atRepair {
		p.diags.AddAttributeError(p.token.at, summary, detail)
		return
	}
	p.diags.AddAttributeWarning(p.token.at, summary, detail+"\n"+
		"If ignore_changes hides the token from the plan, the apply still has it. Otherwise the apply stops before it writes to this connector. A destroy needs no token.")
}

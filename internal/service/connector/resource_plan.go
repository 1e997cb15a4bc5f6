// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package connector

import (
	"context"
	"errors"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/lifecycle"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/memo"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/preflight"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/access"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/attribute"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/diagnostic"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/credential"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/pace"
)

// planRequest is one call of ModifyPlan. Terraform makes it at plan for every resource, changed or not, twice for a
// replacement (the second time without a prior state), and again at apply, in another process. Each must come to the
// same plan, so it depends on nothing but the request and the two clouds.
type planRequest struct {
	*connectionProof

	// state is nil for a create, also in the second call for a replacement.
	state *model
	resp  *resource.ModifyPlanResponse
}

// ModifyPlan makes the connection test and says what an apply would do.
func (r *connectorResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if req.Plan.Raw.IsNull() || r.clients == nil {
		return
	}
	var config, plan model
	p := planRequest{resp: resp}
	diags := &resp.Diagnostics
	diags.Append(req.Config.Get(ctx, &config)...)
	diags.Append(req.Plan.Get(ctx, &plan)...)
	if !req.State.Raw.IsNull() {
		p.state = &model{}
		diags.Append(req.State.Get(ctx, p.state)...)
	}
	if diags.HasError() {
		return
	}
	if p.state != nil && p.state.onlyID() {
		diags.AddError(diagnostic.About(plan.subject(), "the connector was not read"),
			"The state holds nothing but its id. A plan on that would replace a connector that runs.\nRemove it from the state, and import it again.")
		return
	}
	p.connectionProof = r.proof(diags, &config, &plan)
	p.set(ctx, path.Root("drift"), types.StringNull())
	if p.state == nil {
		p.create(ctx)
	} else {
		p.update(ctx)
	}
}

func (p *planRequest) set(ctx context.Context, at path.Path, value any) {
	p.diags.Append(p.resp.Plan.SetAttribute(ctx, at, value)...)
}

// callable reports whether everything is known that a call needs, except for the token.
func (p *planRequest) callable() bool {
	return p.url != nil && len(p.clients.SekoiaUnknown()) == 0 && !p.config.CommunityID.IsUnknown()
}

// create plans a connector that does not exist yet, or the second half of a replacement.
func (p *planRequest) create(ctx context.Context) {
	community := p.clients.ConfiguredCommunityID()
	if p.config.CommunityID.IsNull() && !community.IsNull() && !community.IsUnknown() {
		p.plan.CommunityID = attribute.NewUUID(community.ValueString())
		p.set(ctx, pathCommunity, p.plan.CommunityID)
	}
	if len(p.clients.SekoiaUnknown()) == 0 {
		_, diags := p.clients.Sekoia()
		p.diags.Append(diags...) // a key that is missing at plan is missing at apply
	}

	// A saved plan may be applied in an outage that on_failure forgives: only the apply knows the id.
	p.set(ctx, pathOrg, types.StringUnknown())
	found := make(chan *lifecycle.ExistsError, 1)
	go func() { found <- p.findExisting(ctx) }()
	report := p.test(ctx, atPlan, true)
	when, exists := atPlan, <-found
	if exists != nil {
		when = atWrite // whatever deletes the existing one may come first
	}
	p.takeReport(ctx, report, when, true)
	if exists != nil && !p.diags.HasError() {
		addExistsAtPlan(p.diags, p.subject, exists)
	}
}

// findExisting looks for a connector with this name and base URL. If the look fails, Create looks again, and there a
// failure is an error.
func (p *planRequest) findExisting(ctx context.Context) *lifecycle.ExistsError {
	if !p.callable() || p.plan.Name.IsUnknown() {
		return nil
	}
	ctx, cancel := context.WithTimeout(pace.WithMaxRetries(ctx, 1), preflight.DefaultBudget)
	defer cancel()
	var ignored diag.Diagnostics
	connectors := deviceConnectors(ctx, p.clients, &ignored)
	community, diags := p.clients.ResolveCommunity(ctx, p.plan.CommunityID.Canonical())
	if connectors == nil || diags.HasError() {
		return nil
	}
	exists, _ := errors.AsType[*lifecycle.ExistsError](connectors.CheckNew(ctx, p.plan.spec(community)))
	return exists
}

// update plans a change of an existing connector, or the first half of a replacement.
func (p *planRequest) update(ctx context.Context) {
	changes := changesBetween(p.state, p.plan)
	if p.replaces(ctx, changes) {
		p.testReplacement(ctx)
		return
	}
	if p.diags.HasError() {
		return
	}
	p.planComputed(ctx, changes)
	if !changes.url {
		p.claim(ctx, p.state.OktaOrganizationID.ValueString())
	}
	if changes.tested() || p.mode == access.ModeAlways {
		p.testUpdate(ctx, changes)
	}
	restarts := changes.triggers && !p.plan.stopped()
	if (changes.settings() || restarts && p.settings() != nil) && !p.diags.HasError() {
		p.refuseShared(ctx)
	}
}

// planComputed plans what the provider sets. Whatever may change at apply is unknown.
func (p *planRequest) planComputed(ctx context.Context, changes changes) {
	organization := p.state.OktaOrganizationID
	if organization.IsNull() && changes.tested() {
		organization = types.StringUnknown()
	}
	if !p.plan.OktaOrganizationID.Equal(organization) {
		p.set(ctx, pathOrg, organization)
	}
	if changes.drift == lifecycle.DriftDeleted {
		p.set(ctx, pathID, types.StringUnknown())
	}
	if p.state.AccountID.IsNull() {
		p.set(ctx, path.Root("account_id"), types.StringUnknown())
	}
}

// replaces asks for a replacement if an update in place can't make the change.
func (p *planRequest) replaces(ctx context.Context, changes changes) bool {
	switch {
	case !p.config.CommunityID.IsNull() && p.config.CommunityID.Canonical() != p.state.CommunityID.Canonical():
		p.resp.RequiresReplace.Append(pathCommunity)
	case changes.url && p.anotherOrganization(ctx):
		p.resp.RequiresReplace.Append(pathBaseURL)
	default:
		return false
	}
	return true
}

// anotherOrganization reports whether the planned base URL may belong to another organization than the one of the
// connector's checkpoint. If the test should know and gets no answer, that is an error: the network must not decide
// what a plan does.
func (p *planRequest) anotherOrganization(ctx context.Context) bool {
	if p.plan.BaseURL.IsUnknown() {
		p.diags.AddAttributeWarning(pathBaseURL, p.about("base_url is not known yet"),
			"This plan changes it in place. If it turns out to be another organization's, the apply stops, and the next plan replaces the connector.")
		return false
	}
	if p.state.OktaOrganizationID.IsNull() || p.mode < access.ModeOnChange || !p.callable() {
		return true
	}
	report := p.clients.Tester().Report(ctx, p.input())
	if report.OrganizationID == "" {
		p.addReport(report, atMove)
		return false
	}
	return report.OrganizationID != p.state.OktaOrganizationID.ValueString()
}

// test makes the connection test if it can be made at plan; else it returns nil. stores reports whether an apply would
// store the URL and the token.
func (p *planRequest) test(ctx context.Context, when moment, stores bool) *preflight.Report {
	switch {
	case stores && p.token.missing():
		p.addNoToken(when)
	case stores && p.mode == access.ModeOff && when != atRepair:
		p.checkStorable(false)
	case p.mode >= access.ModeOnChange && !p.token.unknown && p.callable():
		return p.clients.Tester().Report(ctx, p.input())
	}
	return nil
}

// takeReport adds what a test means for this plan.
func (p *planRequest) takeReport(ctx context.Context, report *preflight.Report, when moment, stores bool) {
	if report == nil {
		return
	}
	p.addReport(report, when)
	if stores && when != atRepair && len(report.Untested()) == 0 {
		p.checkStorable(report.CredentialPassed())
	}
	p.claim(ctx, report.OrganizationID)
}

// testReplacement makes the test in the first call for a replacement: Terraform shows no warning of the second one.
func (p *planRequest) testReplacement(ctx context.Context) {
	report := p.test(ctx, atPlan, true)
	p.takeReport(ctx, report, atWrite, true)
	if report != nil || p.mode == access.ModeOff || p.token.missing() {
		return
	}
	reason := "connection_test mode apply puts the test off"
	if p.token.unknown || !p.callable() {
		reason = "a value that it needs is not known yet"
	}
	p.diags.AddAttributeWarning(p.token.at, p.about("the old connector is deleted before the new one is tested"),
		"This plan replaces the connector. The connection test is made at apply, after the delete: "+reason+".\n"+
			"If the test then fails, there is no connector until an apply succeeds. The assets stay in Sekoia.")
}

// testUpdate makes the test of a change. Nothing that it finds stops a run that no person asked to change anything.
func (p *planRequest) testUpdate(ctx context.Context, changes changes) {
	when := atPlan
	if changes.unasked() {
		when = atRepair
	}
	report := p.test(ctx, when, changes.needsToken())
	if report == nil {
		return
	}
	p.takeReport(ctx, report, when, changes.needsToken())
	credentials := report.Check(preflight.OktaCredentials)
	rejected := credentials.Status == preflight.StatusFailed && !credentials.Inconclusive
	switch {
	case changes.tested() && p.token.missing():
		p.diags.AddAttributeWarning(p.token.at, p.about("the connection is tested without a token"),
			"The configuration has no API token. The test does not show whether the token in Sekoia works.")
	case !changes.tested() && rejected && !p.config.APITokenWO.IsNull():
		p.diags.AddAttributeWarning(pathTokenWO, p.about("the token of the configuration may not be the one in Sekoia"),
			"Okta rejected the configuration's token. Sekoia has the token that was sent when api_token_wo_version last changed.\n"+
				"A new token is not in Sekoia until api_token_wo_version changes.")
	}
}

// refuseShared stops a plan that would change an account which others use too.
func (p *planRequest) refuseShared(ctx context.Context) {
	if !p.callable() || p.state.AccountID.IsNull() {
		return // Update reads it
	}
	connectors := deviceConnectors(ctx, p.clients, p.diags)
	if connectors == nil {
		return
	}
	err := connectors.CheckUsers(ctx, p.state.AccountID.ValueString(), 1)
	if shared, ok := errors.AsType[*lifecycle.SharedError](err); ok {
		addShared(p.diags, p.subject, shared)
	} else if err != nil {
		diagnostic.AddWarning(p.diags, path.Empty(), p.about("it is not known who else uses its account"), err,
			"An apply reads it again, and stops before it changes an account that others use.")
	}
}

// claimant is a connector of this run that reads an organization. Both calls for a replacement have the same name and
// URL.
type claimant struct{ name, baseURL, communityID string }

// claim notes which organization the connector reads, and warns if another connector of this run reads it too and their
// devices may arrive in the same community: one of the two may not be known yet. Only the first connector of each
// organization is kept: this is only for a warning.
func (p *planRequest) claim(ctx context.Context, organizationID string) {
	if organizationID == "" || p.plan.stopped() { // it reads nothing
		return
	}
	mine := claimant{p.plan.Name.ValueString(), p.plan.BaseURL.ValueString(), p.plan.CommunityID.Canonical()}
	first, err := memo.Remember(ctx, p.clients.Shared(), "the connector of "+organizationID, func(context.Context) (claimant, error) { return mine, nil })
	apart := first.communityID != "" && mine.communityID != "" && first.communityID != mine.communityID
	if err != nil || apart || first.name == mine.name && first.baseURL == mine.baseURL {
		return
	}
	p.diags.AddAttributeWarning(pathBaseURL, p.about("another connector reads the same Okta organization"),
		"The connector "+credential.Sanitize(first.name)+" of this configuration reads it too. Its devices arrive twice.\nRemove one of the two.")
}

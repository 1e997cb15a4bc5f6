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
	connectionProof
	resource     *Resource
	config, plan model
	// state is nil for a create, also in the second call for a replacement.
	state *model
	// unchanged reports whether the plan is the state.
	unchanged bool
	resp      *resource.ModifyPlanResponse
}

// ModifyPlan makes the connection test and says what an apply would do.
func (r *Resource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if req.Plan.Raw.IsNull() || r.clients == nil {
		return
	}
	p := planRequest{resource: r, resp: resp, unchanged: req.Plan.Raw.Equal(req.State.Raw)}
	resp.Diagnostics.Append(req.Config.Get(ctx, &p.config)...)
	resp.Diagnostics.Append(req.Plan.Get(ctx, &p.plan)...)
	if !req.State.Raw.IsNull() {
		p.state = &model{}
		resp.Diagnostics.Append(req.State.Get(ctx, p.state)...)
	}
	if resp.Diagnostics.HasError() {
		return
	}
	if p.state != nil && p.state.onlyID() {
		resp.Diagnostics.AddError(diagnostic.About(p.plan.subject(), "the connector was not read"),
			"The state holds nothing but its id. A plan on that would replace a connector that runs.\nRemove it from the state, and import it again.")
		return
	}
	if p.state == nil {
		p.planCommunity(ctx)
	}
	p.connectionProof = r.proof(&p.config, &p.plan)
	p.set(ctx, pathDrift, types.StringNull())
	if p.state == nil {
		p.create(ctx)
	} else {
		p.update(ctx)
	}
}

// callable reports whether all that a call needs is known.
func (p *planRequest) callable() bool {
	return p.url != nil && len(p.clients.SekoiaUnknown()) == 0 && len(p.clients.NetworkUnknown()) == 0 && !p.config.CommunityID.IsUnknown()
}

func (p *planRequest) mode() access.Mode { return p.clients.Mode(p.config.testMode()) }

func (p *planRequest) set(ctx context.Context, at path.Path, value any) {
	p.resp.Diagnostics.Append(p.resp.Plan.SetAttribute(ctx, at, value)...)
}

// planCommunity shows the provider's community if the resource chooses none.
func (p *planRequest) planCommunity(ctx context.Context) {
	community := p.resource.clients.ConfiguredCommunityID()
	if p.config.CommunityID.IsNull() && !community.IsNull() && !community.IsUnknown() {
		p.plan.CommunityID = attribute.NewUUID(community.ValueString())
		p.set(ctx, pathCommunity, p.plan.CommunityID)
	}
}

// create plans a connector that is not there yet, or the second half of a replacement.
func (p *planRequest) create(ctx context.Context) {
	if len(p.clients.SekoiaUnknown()) == 0 {
		_, diags := p.clients.Sekoia()
		p.resp.Diagnostics.Append(diags...) // a key that is missing at plan is missing at apply
	}

	// A saved plan may be applied in an outage that on_failure forgives: only the apply knows the id.
	p.set(ctx, pathOrg, types.StringUnknown())
	found := make(chan *lifecycle.Duplicate, 1)
	go func() { found <- p.findDuplicate(ctx) }()
	report := p.testCreate(ctx)
	duplicate := <-found
	if report != nil {
		when := atPlan
		if duplicate != nil {
			when = atReplacement // whatever removes the one that is there may come first
		}
		p.judge(report, when, true)
	}
	if duplicate != nil && !p.resp.Diagnostics.HasError() {
		p.resp.Diagnostics.Append(existsWarning(p.subject, duplicate))
	}
}

// testCreate makes the test of a connector that is to be created; nil if it is not made, for which there may be a
// diagnostic.
func (p *planRequest) testCreate(ctx context.Context) *preflight.Report {
	switch mode := p.mode(); {
	case p.token.missing():
		p.resp.Diagnostics.Append(p.noToken("A new connector", atPlan))
	case mode == access.ModeOff:
		p.resp.Diagnostics.Append(p.storable(false)...)
	case mode >= access.ModeOnChange && !p.token.unknown && p.callable():
		return p.report(ctx)
	}
	return nil
}

// judge adds what a report means for this plan.
func (p *planRequest) judge(report *preflight.Report, when moment, stores bool) {
	diags := p.diagnostics(report, when)
	p.resp.Diagnostics.Append(diags...)
	if stores && when != atRepair && len(report.Untested()) == 0 && !diags.HasError() {
		p.resp.Diagnostics.Append(p.storable(report.CredentialPassed())...)
	}
	if report.OrganizationID == "" {
		return
	}
	if other := p.resource.organizations().claim(report.OrganizationID, p.plan.claimant()); other != "" {
		p.resp.Diagnostics.Append(sameOrganization(p.subject, other))
	}
}

// findDuplicate looks for a connector with this name and base URL. A look that fails says nothing: Create looks again,
// and there it is an error.
func (p *planRequest) findDuplicate(ctx context.Context) *lifecycle.Duplicate {
	if !p.callable() || p.plan.Name.IsUnknown() {
		return nil
	}
	ctx, cancel := context.WithTimeout(pace.WithMaxRetries(ctx, 1), preflight.DefaultBudget)
	defer cancel()
	connectors, diags := p.resource.connectors(ctx)
	if diags.HasError() {
		return nil
	}
	community, diags := p.clients.ResolveCommunity(ctx, p.plan.CommunityID.Canonical())
	if diags.HasError() {
		return nil
	}
	wanted := p.plan.spec()
	wanted.CommunityID = community
	duplicate, err := connectors.FindDuplicate(ctx, wanted)
	if err != nil {
		return nil
	}
	return duplicate
}

// update plans a change of a connector that is there, or the first half of a replacement.
func (p *planRequest) update(ctx context.Context) {
	changes := changesBetween(p.state, &p.plan)
	if p.replaces(ctx, changes) {
		p.testReplacement(ctx)
		return
	}
	if p.resp.Diagnostics.HasError() {
		return
	}
	p.planComputed(ctx, changes)
	if p.unchanged && changes.drift == "" {
		p.claimOrganization()
		if p.mode() == access.ModeAlways && p.callable() && !p.token.unknown {
			p.testUnchanged(ctx)
		}
		return
	}
	if changes.tested() || p.mode() == access.ModeAlways {
		p.testUpdate(ctx, changes)
	}
	if changes.settings() && !p.resp.Diagnostics.HasError() {
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
		p.set(ctx, pathAccount, types.StringUnknown())
	}
}

// replaces asks for a replacement if an update in place can't do what is asked.
func (p *planRequest) replaces(ctx context.Context, changes changes) bool {
	var at path.Path
	switch {
	case !p.config.CommunityID.IsNull() && p.config.CommunityID.Canonical() != p.state.CommunityID.Canonical():
		at = pathCommunity
	case changes.url && p.anotherOrganization(ctx):
		at = pathBaseURL
	default:
		return false
	}
	p.resp.RequiresReplace.Append(at)
	return true
}

// anotherOrganization reports whether the planned base URL is not known to be of the organization that the connector
// has its checkpoint in. If the test should know and gets no answer, that is an error: a plan must not hang on the
// network.
func (p *planRequest) anotherOrganization(ctx context.Context) bool {
	if p.plan.BaseURL.IsUnknown() {
		p.resp.Diagnostics.AddAttributeWarning(pathBaseURL, diagnostic.About(p.subject, "base_url is not known yet"),
			"This plan changes it in place. If it turns out to be another organization's, the apply stops, and the next plan replaces the connector.")
		return false
	}
	if p.state.OktaOrganizationID.IsNull() || p.mode() < access.ModeOnChange || !p.callable() {
		return true
	}
	report := p.report(ctx)
	if report.OrganizationID == "" {
		p.resp.Diagnostics.Append(p.diagnostics(report, atMove)...)
	}
	return report.OrganizationID != "" && report.OrganizationID != p.state.OktaOrganizationID.ValueString()
}

// testReplacement makes the test in the first call for a replacement: Terraform shows no warning of the second one.
func (p *planRequest) testReplacement(ctx context.Context) {
	if report := p.testCreate(ctx); report != nil {
		p.judge(report, atReplacement, true)
		return
	}
	if p.mode() == access.ModeOff || p.token.missing() {
		return
	}
	reason := "connection_test mode apply puts the test off"
	if p.token.unknown || !p.callable() {
		reason = "a value that it needs is not known yet"
	}
	p.resp.Diagnostics.AddAttributeWarning(p.token.at, diagnostic.About(p.subject, "the old connector is deleted before the new one is tested"),
		"This plan replaces the connector. The connection test is made at apply, after the delete: "+reason+".\n"+
			"If the test then fails, there is no connector until an apply succeeds. The assets stay in Sekoia.")
}

// testUnchanged makes the test of mode always: nothing that it finds stops the run.
func (p *planRequest) testUnchanged(ctx context.Context) {
	report := p.report(ctx)
	p.judge(report, atRepair, false)
	rejected := report.Check(preflight.OktaCredentials)
	if rejected.Status != preflight.StatusFailed || rejected.Inconclusive || p.config.APITokenWO.IsNull() {
		return
	}
	p.resp.Diagnostics.AddAttributeWarning(pathTokenWO, diagnostic.About(p.subject, "the token of the configuration is not necessarily the one in Sekoia"),
		"Okta rejected the configuration's token. Sekoia has the token that was sent when api_token_wo_version last changed.\n"+
			"A new token is not in Sekoia until api_token_wo_version changes.")
}

// testUpdate makes the test of a change, as far as it can be made at plan.
func (p *planRequest) testUpdate(ctx context.Context, changes changes) {
	when := atPlan
	if changes.repairs() {
		when = atRepair
	}
	if p.token.missing() && changes.needsToken() {
		p.resp.Diagnostics.Append(p.noToken("This change", when))
		return
	}
	switch mode := p.mode(); {
	case mode == access.ModeOff:
		if changes.settings() {
			p.resp.Diagnostics.Append(p.storable(false)...)
		}
		return
	case mode == access.ModeApply, p.token.unknown, !p.callable():
		return
	}
	if p.token.missing() {
		p.resp.Diagnostics.AddAttributeWarning(p.token.at, diagnostic.About(p.subject, "the connection is tested without a token"),
			"The configuration holds no API token. Whether the one that Sekoia has works is not known.")
	}
	p.judge(p.report(ctx), when, changes.settings())
}

// refuseShared stops a plan that would change an account which others use too.
func (p *planRequest) refuseShared(ctx context.Context) {
	if !p.callable() || p.state.AccountID.IsNull() {
		return // Update reads it
	}
	connectors, diags := p.resource.connectors(ctx)
	if diags.HasError() {
		return
	}
	err := connectors.CheckUnshared(ctx, p.state.AccountID.ValueString())
	if shared, ok := errors.AsType[*lifecycle.SharedError](err); ok {
		p.resp.Diagnostics.Append(sharedError(p.subject, shared))
	} else if err != nil {
		diagnostic.AddWarning(&p.resp.Diagnostics, path.Empty(), diagnostic.About(p.subject, "who else uses its account is not known"), err,
			"An apply reads it again, and stops before it changes an account that others use.")
	}
}

// claimOrganization notes the organization of a connector that does not change.
func (p *planRequest) claimOrganization() {
	id := p.state.OktaOrganizationID.ValueString()
	if id == "" {
		return
	}
	if other := p.resource.organizations().claim(id, p.plan.claimant()); other != "" {
		p.resp.Diagnostics.Append(sameOrganization(p.subject, other))
	}
}

func sameOrganization(subject, other string) diag.Diagnostic {
	return diag.NewAttributeWarningDiagnostic(pathBaseURL, diagnostic.About(subject, "another connector reads the same Okta organization"),
		"The connector "+credential.Sanitize(other)+" of this configuration reads it too. Its devices arrive twice.\nRemove one of the two.")
}

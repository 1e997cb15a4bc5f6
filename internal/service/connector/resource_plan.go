// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package connector

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/preflight"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/sekoia"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport"
)

// planning is one call of ModifyPlan. Terraform makes it at plan for every
// resource, changed or not, twice for a replacement (the second time without a
// prior state), and again at apply.
type planning struct {
	proof
	resource     *Resource
	config, plan model
	// state is nil for a create, also for the second call of a replacement.
	state *model
	// unchanged tells that the plan is the state.
	unchanged bool
	// unreached tells that Sekoia did not answer the connection test: what else would be asked of it has no answer either.
	unreached bool
	private   private
	resp      *resource.ModifyPlanResponse
}

// ModifyPlan makes the connection test and says what an apply would do.
func (r *Resource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if req.Plan.Raw.IsNull() || r.clients == nil {
		return
	}

	p := planning{resource: r, resp: resp, unchanged: req.Plan.Raw.Equal(req.State.Raw)}
	resp.Diagnostics.Append(req.Config.Get(ctx, &p.config)...)
	resp.Diagnostics.Append(req.Plan.Get(ctx, &p.plan)...)

	if !req.State.Raw.IsNull() {
		p.state = &model{}
		resp.Diagnostics.Append(req.State.Get(ctx, p.state)...)
	}

	var diags diag.Diagnostics
	p.private, diags = readPrivate(ctx, req.Private)
	resp.Diagnostics.Append(diags...)

	if resp.Diagnostics.HasError() {
		return
	}

	if p.state == nil {
		p.planCommunity(ctx)
	}

	switch {
	case p.config.mixesAccounts(p.state):
		resp.Diagnostics.Append(mixedAccounts(p.state == nil && r.drift().wasGone(&p.plan)))
	case p.config.onGivenAccount():
		p.planGivenAccount(ctx)
	}

	if resp.Diagnostics.HasError() {
		return
	}

	p.proof = r.proof(&p.config, &p.plan)

	if p.state == nil {
		p.create(ctx)
	} else {
		p.update(ctx)
	}
}

// mixedAccounts is about a configuration that gives an account and what belongs into one. It is a warning for a connector
// that is gone: nobody asked for it to be made again, so that a terraform destroy is not stopped. Create refuses it.
func mixedAccounts(gone bool) diag.Diagnostic {
	const (
		summary = "An account that exists holds its own base URL and token"
		detail  = "With account_id, base_url, api_token, api_token_wo and api_token_wo_version are not accepted: the account is never changed.\n" +
			"Take them out, or take account_id out to have an account made for this connector."
	)

	if gone {
		return diag.NewAttributeWarningDiagnostic(pathAccount, summary, detail+"\nAn apply would stop here.")
	}

	return diag.NewAttributeErrorDiagnostic(pathAccount, summary, detail+"\nTo destroy all the same: terraform destroy -refresh=false")
}

// callable tells that all that a call needs is known.
func (p *planning) callable() bool {
	if p.url == nil && (!p.given || p.plan.BaseURL.IsUnknown()) {
		return false
	}

	return len(p.clients.SekoiaUnknown()) == 0 && len(p.clients.NetworkUnknown()) == 0 && !p.config.CommunityID.IsUnknown()
}

func (p *planning) mode() terraform.Mode { return p.clients.Mode(p.config.testMode()) }

func (p *planning) set(ctx context.Context, at path.Path, value any) {
	p.resp.Diagnostics.Append(p.resp.Plan.SetAttribute(ctx, at, value)...)
}

// planCommunity shows the provider's community where the resource chooses none.
func (p *planning) planCommunity(ctx context.Context) {
	community := p.resource.clients.ConfiguredCommunityID()
	if p.config.CommunityID.IsNull() && !community.IsNull() && !community.IsUnknown() {
		p.plan.CommunityID = community
		p.set(ctx, pathCommunity, community)
	}
}

// planGivenAccount shows what the account that the configuration gives holds. In
// an update that is in the state already, from Read.
func (p *planning) planGivenAccount(ctx context.Context) {
	if p.state != nil && p.config.AccountID.Equal(p.state.AccountID) {
		p.planBaseURL(ctx, p.state.BaseURL)

		return
	}

	if p.state != nil || p.config.AccountID.IsUnknown() || len(p.resource.clients.SekoiaUnknown()) > 0 {
		return
	}

	client, diags := p.resource.clients.Sekoia()
	p.resp.Diagnostics.Append(diags...)

	if diags.HasError() {
		return
	}

	account, diags := givenAccount(ctx, client, p.config.AccountID.ValueString(), p.config.CommunityID.ValueString())
	p.resp.Diagnostics.Append(diags...)

	if diags.HasError() {
		return
	}

	p.planBaseURL(ctx, heldURL(account))

	if p.config.CommunityID.IsNull() {
		p.plan.CommunityID = types.StringValue(account.CommunityID)
		p.set(ctx, pathCommunity, p.plan.CommunityID)
	}
}

func (p *planning) planBaseURL(ctx context.Context, value terraform.BaseURL) {
	p.plan.BaseURL = value
	p.set(ctx, pathBaseURL, value)
}

// create plans a connector that is not there yet, or the second half of a replacement.
func (p *planning) create(ctx context.Context) {
	if len(p.clients.SekoiaUnknown()) == 0 {
		_, diags := p.clients.Sekoia()
		p.resp.Diagnostics.Append(diags...) // a key that is missing at plan is missing at apply
	}

	p.planOrganization(ctx, p.proveCreate(ctx, p.creationMoment()))

	if !p.resp.Diagnostics.HasError() {
		p.warnOfTwin(ctx)
	}
}

// creationMoment tells a create that nobody asked for, and a replacement, from a plain create.
func (p *planning) creationMoment() moment {
	switch {
	case p.resource.drift().wasGone(&p.plan):
		return atRepair
	case p.private.connectorID != "":
		return atReplacement
	default:
		return atPlan
	}
}

// proveCreate returns the organisation's id: unknown where only the apply will tell.
func (p *planning) proveCreate(ctx context.Context, when moment) types.String {
	if p.token.missing() && !p.given {
		p.resp.Diagnostics.Append(p.noToken("A new connector", when))

		return types.StringUnknown()
	}

	mode := p.mode()
	if mode == terraform.ModeOff {
		if !p.given {
			p.resp.Diagnostics.Append(p.storable(false)...)
		}

		return types.StringNull()
	}

	if mode == terraform.ModeApply || p.token.unknown || !p.callable() {
		p.warnOfLateTest(when)

		return types.StringUnknown()
	}

	if p.given {
		p.warnOfMissingToken()
	}

	return p.prove(ctx, when, !p.given)
}

// prove makes the test. Where it did not see the organisation, the apply may yet.
func (p *planning) prove(ctx context.Context, when moment, stores bool) types.String {
	report := p.report(ctx)
	p.resp.Diagnostics.Append(p.diagnostics(report, when)...)
	p.unreached = report.Check(preflight.SekoiaCredentials).Inconclusive

	untested := len(report.Untested()) > 0
	if stores && when != atRepair && !untested && !p.resp.Diagnostics.HasError() {
		p.resp.Diagnostics.Append(p.storable(report.CredentialPassed())...)
	}

	if id := organizationID(report); !id.IsNull() {
		return id
	}

	return types.StringUnknown()
}

// warnOfLateTest tells that a replacement deletes before it tests.
func (p *planning) warnOfLateTest(when moment) {
	if when != atReplacement {
		return
	}

	reason := "connection_test mode `apply` puts the test off"
	if p.token.unknown || !p.callable() {
		reason = "a value that it needs is not known yet"
	}

	p.resp.Diagnostics.AddAttributeWarning(p.token.at, "The old connector is deleted before the new connection is tested",
		"This plan replaces the connector, and the connection test can only be made at apply, after the delete: "+reason+".\n"+
			"If the test then fails, there is no connector until an apply succeeds. The assets stay in Sekoia.")
}

func (p *planning) planOrganization(ctx context.Context, id types.String) {
	if p.plan.OktaOrganizationID.Equal(id) {
		return
	}

	p.plan.OktaOrganizationID = id
	p.set(ctx, pathOrg, id)
}

// warnOfTwin warns of a connector that is there already. A look that fails is
// silent here: Create looks again, and there it is an error.
func (p *planning) warnOfTwin(ctx context.Context) {
	if !p.callable() || p.plan.Name.IsUnknown() || p.unreached {
		return
	}

	ctx, cancel := context.WithTimeout(transport.WithMaxRetries(ctx, 1), preflight.DefaultBudget)
	defer cancel()

	client, diags := p.clients.Sekoia()
	if diags.HasError() {
		return
	}

	community, diags := p.clients.ResolveCommunity(ctx, p.plan.CommunityID.ValueString())
	if diags.HasError() {
		return
	}

	there, err := client.Connectors(ctx, sekoia.ConnectorQuery{ConnectorID: sekoia.OktaDeviceConnectorID, CommunityID: community, Name: p.plan.Name.ValueString()})
	if err != nil {
		return
	}

	wanted := target{baseURL: p.plan.BaseURL.ValueString(), accountID: given(&p.config)}

	twin, err := findTwin(ctx, client, there, wanted, p.private.connectorID)
	if err != nil || twin == nil {
		return
	}

	p.resp.Diagnostics.AddAttributeWarning(pathName, wanted.exists(),
		"An apply will refuse to create it a second time.\n"+importHint(twin))
}

// importHint is what a person pastes to manage a connector that exists.
func importHint(twin *sekoia.Connector) string {
	return fmt.Sprintf("To manage the one that exists, put this beside the resource, with the resource's own address:\n\n"+
		"  import {\n    to = sekoia_okta_device_connector.NAME\n    id = %s\n  }", terraform.HCLString(twin.ID))
}

// update plans a change of a connector that is there, or the first half of a replacement.
func (p *planning) update(ctx context.Context) {
	changes := changeBetween(p.state, &p.plan)

	if p.planReplacement(ctx, changes) {
		// Terraform shows no warning of the second call, which has no prior state.
		p.proveCreate(ctx, p.creationMoment())

		return
	}

	organization := p.state.OktaOrganizationID

	switch {
	case p.unchanged && !p.private.restartOwed:
		if p.mode() == terraform.ModeAlways && p.callable() && !p.token.unknown {
			p.prove(ctx, atRepair, false)
		}

		return
	case p.unchanged:
		organization = types.StringUnknown() // what makes Terraform call Update, which owes a restart

		p.proveUpdate(ctx, changes)
	case changes.tested() || p.mode() == terraform.ModeAlways:
		if seen := p.proveUpdate(ctx, changes); organization.IsNull() {
			organization = seen
		}
	}

	p.planOrganization(ctx, organization)

	if changes.settings() && !p.resp.Diagnostics.HasError() {
		p.refuseSharedAccount(ctx)
	}
}

// planReplacement asks for a replacement where an update in place can't do what is asked.
func (p *planning) planReplacement(ctx context.Context, changes change) bool {
	var at path.Path

	switch made := p.private.accountID; {
	case !p.config.CommunityID.IsNull() && !p.config.CommunityID.Equal(p.state.CommunityID):
		at = pathCommunity
	case p.config.onGivenAccount() && !p.config.AccountID.Equal(p.state.AccountID):
		at = pathAccount
	case p.private.accountOwed, p.state.AccountID.IsNull(), !p.config.onGivenAccount() && (p.private.given || made != "" && made != p.state.AccountID.ValueString()):
		// Among others, a given account that the configuration no longer names: a token of its own would be written over that account's.
		p.set(ctx, pathAccount, types.StringUnknown())

		at = pathAccount
	case changes.url && p.anotherOrganization(ctx):
		at = pathBaseURL
	default:
		return false
	}

	p.resp.RequiresReplace.Append(at)

	return true
}

// anotherOrganization tells that the planned base URL is not known to be of the
// organisation that the connector has its checkpoint in.
func (p *planning) anotherOrganization(ctx context.Context) bool {
	if p.resource.drift().putsBack(&p.plan) {
		return false
	}

	if p.state.OktaOrganizationID.IsNull() || p.mode() < terraform.ModeOnChange || !p.callable() {
		return true
	}

	return !organizationID(p.report(ctx)).Equal(p.state.OktaOrganizationID)
}

// proveUpdate makes the test of a change, as far as it can be made at plan. The
// organisation's id is null where nothing will see it, unknown where the apply may.
func (p *planning) proveUpdate(ctx context.Context, changes change) types.String {
	when := atPlan
	if p.resource.drift().explains(p.state.ID.ValueString(), changes) {
		when = atRepair
	}

	if p.token.missing() && changes.settings() {
		p.resp.Diagnostics.Append(p.noToken("A new token or base URL", when))

		return types.StringNull()
	}

	switch mode := p.mode(); {
	case mode == terraform.ModeOff:
		if changes.settings() {
			p.resp.Diagnostics.Append(p.storable(false)...)
		}

		return types.StringNull()
	case mode == terraform.ModeApply, p.token.unknown, !p.callable():
		return types.StringUnknown()
	}

	if p.token.missing() {
		p.warnOfMissingToken()
	}

	return p.prove(ctx, when, changes.settings())
}

func (p *planning) warnOfMissingToken() {
	at := p.token.at
	if p.given {
		at = pathAccount
	}

	p.resp.Diagnostics.AddAttributeWarning(at, "The connection is tested without a token",
		"The configuration holds no API token, so that it could not be tested whether the one that Sekoia has works.")
}

// refuseSharedAccount stops a plan that would change an account which others use too.
func (p *planning) refuseSharedAccount(ctx context.Context) {
	if !p.callable() || p.unreached {
		return // Update reads it
	}

	client, diags := p.clients.Sekoia()
	if diags.HasError() {
		return
	}

	usage, err := client.AccountUsage(ctx, p.state.AccountID.ValueString())
	if err != nil {
		p.resp.Diagnostics.AddWarning("Who else uses the connector's account could not be read",
			err.Error()+"\nAn apply reads it again, and stops before it changes an account that others use.")

		return
	}

	p.resp.Diagnostics.Append(sharedAccount(p.state.AccountID.ValueString(), usage)...)
}

// sharedAccount is an error where others use the account too: they would get the new token or base URL without being asked.
func sharedAccount(id string, usage sekoia.Usage) diag.Diagnostics {
	var diags diag.Diagnostics

	if usedByConnectorAlone(usage) {
		return diags
	}

	diags.AddError("The connector's account is used by others too",
		fmt.Sprintf("A new token or base URL would change the account %s for all of them: %d connectors, %d playbooks, %d triggers and %d actions use it.\n"+
			"Give the others an account of their own in Sekoia, or replace this connector (terraform apply -replace=…), which makes an account for it alone.",
			id, usage.Connectors, usage.Playbooks, usage.Triggers, usage.Actions))

	return diags
}

// usedByConnectorAlone tells that nobody but one connector, this resource's own, uses an account.
func usedByConnectorAlone(usage sekoia.Usage) bool {
	usage.Connectors = max(0, usage.Connectors-1)

	return usage.Unused()
}

// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package connector

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/sekoia"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport"
)

// defaultTimeout is for each operation where timeouts is silent.
const defaultTimeout = 10 * time.Minute

var (
	_ resource.ResourceWithConfigure   = (*Resource)(nil)
	_ resource.ResourceWithImportState = (*Resource)(nil)
	_ resource.ResourceWithModifyPlan  = (*Resource)(nil)
)

// Resource is sekoia_okta_device_connector.
type Resource struct {
	clients *terraform.Clients
}

// NewResource returns the resource, to be configured by the framework.
func NewResource() resource.Resource { return &Resource{} }

// Metadata names the resource.
func (r *Resource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_okta_device_connector"
}

// Configure takes the provider's clients; there are none while Terraform only validates.
func (r *Resource) Configure(_ context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse) {
	r.clients = terraform.ConfiguredClients(req.ProviderData, &resp.Diagnostics)
}

// Create tests the connection, makes account and connector, and waits as sync.wait_for says. Once the connector is
// there it returns no error: an error would taint it, and the next apply would destroy it.
func (r *Resource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan, config model
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)

	client, diags := r.clients.Sekoia()
	resp.Diagnostics.Append(diags...)

	timeout, diags := plan.Timeouts.Create(ctx, defaultTimeout)
	resp.Diagnostics.Append(diags...)

	if resp.Diagnostics.HasError() {
		return
	}

	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()

	made, diags := r.provision(ctx, client, &plan, &config)
	resp.Diagnostics.Append(diags...)

	if resp.Diagnostics.HasError() {
		return
	}

	plan.ID = types.StringValue(made.connectorID)
	plan.AccountID = types.StringValue(made.accountID)

	resp.Diagnostics.Append(setIdentity(ctx, resp.Identity, plan.ID)...)
	resp.Diagnostics.Append(resp.State.Set(ctx, &plan)...)
	resp.Diagnostics.Append(setPrivate(ctx, resp.Private, privateConnector, made.connectorID)...)

	if config.onGivenAccount() {
		resp.Diagnostics.Append(setPrivate(ctx, resp.Private, privateGiven, true)...)
	} else {
		resp.Diagnostics.Append(setPrivate(ctx, resp.Private, privateAccount, made.accountID)...)
	}

	resp.Diagnostics.Append(r.settle(ctx, power{client: client, id: made.connectorID}, &plan)...)
}

// provision proves the connection and makes both objects. It sets the plan's community and organisation.
func (r *Resource) provision(ctx context.Context, client *sekoia.Client, plan, config *model) (provisioned, diag.Diagnostics) {
	var diags diag.Diagnostics

	if config.mixesAccounts(nil) {
		diags.Append(mixedAccounts(false))

		return provisioned{}, diags
	}

	if config.onGivenAccount() {
		diags.Append(plan.takeGivenAccount(ctx, client, config)...)
	}

	if diags.HasError() {
		return provisioned{}, diags
	}

	proof := r.proof(config, plan)
	if proof.token.missing() && !proof.given {
		diags.Append(proof.noToken("A new connector", beforeWrite))

		return provisioned{}, diags
	}

	organization, d := proof.beforeWrite(ctx, r.clients.Mode(config.testMode()), !proof.given)
	diags.Append(d...)

	if diags.HasError() {
		return provisioned{}, diags
	}

	community, d := r.clients.ResolveCommunity(ctx, plan.CommunityID.ValueString())
	diags.Append(d...)

	if diags.HasError() {
		return provisioned{}, diags
	}

	plan.CommunityID = types.StringValue(community)
	if plan.OktaOrganizationID.IsUnknown() {
		plan.OktaOrganizationID = organization
	}

	made, err := r.provisionAlone(ctx, provision{
		client: client, me: r.clients.Tester().Me, name: plan.Name.ValueString(), community: community,
		settings: sekoia.AccountSettings{
			sekoia.SettingBaseURL: transport.NewSecret(plan.BaseURL.ValueString()), sekoia.SettingAPIKey: proof.token.secret,
		},
		given: given(config),
	})
	if err != nil {
		diags.Append(createFailed(err))
	}

	return made, diags
}

// provisionAlone runs one provision at a time: a look by name sees what another is about to make.
func (r *Resource) provisionAlone(ctx context.Context, p provision) (provisioned, error) {
	release, err := r.clients.SerializeCreate(ctx)
	if err != nil {
		return provisioned{}, fmt.Errorf("waiting for another create of this run: %w", err)
	}
	defer release()

	return p.run(ctx)
}

func createFailed(err error) diag.Diagnostic {
	if exists, ok := errors.AsType[*existsError](err); ok {
		return diag.NewAttributeErrorDiagnostic(pathName, exists.exists(),
			importHint(&exists.twin)+"\n\nWhere it is this resource's own, made before its replacement by create_before_destroy: "+
				"that can't work with an unchanged name and "+exists.what()+". Take create_before_destroy out of its lifecycle block.")
	}

	return terraform.NewDiagnostic(diag.SeverityError, path.Empty(), "The connector was not created", err, terraform.SekoiaHint(err))
}

// settle brings a connector that was just created, and that Sekoia has started, to what the plan asks for. All it can say is a warning.
func (r *Resource) settle(ctx context.Context, connector power, plan *model) diag.Diagnostics {
	var diags diag.Diagnostics

	if !plan.Enabled.ValueBool() {
		remark, err := connector.stop(ctx)
		warn(&diags, "The connector was stopped within a fetch cycle", remark)

		if err != nil {
			diags.AddWarning("The connector is there, but could not be stopped", err.Error()+"\nThe next plan shows enabled = true, and an apply stops it.")
		}

		return diags
	}

	ended := connector.wait(ctx, plan.waitFor(), mark{})
	warnOfSync(&diags, ended)

	if ended.bad != nil {
		diags.AddWarning("The connector is there, but its sync did not come to a good end", waitFailed(ended.bad))
	}

	return diags
}

// waitFailed says how a wait ended badly, and what that leaves.
func waitFailed(err error) string {
	switch {
	case errors.Is(err, context.Canceled):
		return "The wait was interrupted. The connector goes on without it."
	case errors.Is(err, context.DeadlineExceeded):
		return "The wait reached its timeout. The connector goes on without it; a longer one can be set in timeouts." + lastLook(err)
	}

	text := err.Error()
	text = strings.ToUpper(text[:1]) + text[1:]

	if hint := terraform.SekoiaHint(err); hint != "" {
		text += "\n" + hint
	}

	return text
}

func warn(diags *diag.Diagnostics, summary, detail string) {
	if detail != "" {
		diags.AddWarning(summary, detail)
	}
}

// warnOfSync warns of what a wait has to remark on a connector that runs.
func warnOfSync(diags *diag.Diagnostics, ended waited) {
	for _, remark := range ended.remarks {
		warn(diags, "The sync is not complete", remark)
	}
}

// Read takes what Sekoia holds into the state. Only a connector that is certainly gone leaves it; any other failure changes nothing.
func (r *Resource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state model
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	resp.Diagnostics.Append(setIdentity(ctx, resp.Identity, state.ID)...)

	if unknown := r.clients.SekoiaUnknown(); len(unknown) > 0 {
		resp.Diagnostics.AddWarning("The connector was not read",
			"The provider's "+strings.Join(unknown, " and ")+" is not known yet, so that the state stays as it was.")

		return
	}

	private, diags := readPrivate(ctx, req.Private)
	resp.Diagnostics.Append(diags...)

	client, diags := r.clients.Sekoia()
	resp.Diagnostics.Append(diags...)

	if resp.Diagnostics.HasError() {
		return
	}

	before := state

	connector, err := client.Connector(ctx, state.ID.ValueString())
	if sekoia.IsNotFound(err) {
		resp.Diagnostics.Append(r.readGone(ctx, client, &before, private, resp)...)

		return
	}

	if err != nil {
		terraform.AddSekoiaError(&resp.Diagnostics, path.Empty(), "The connector could not be read", err)

		return
	}

	if connector.ConnectorID != "" && !strings.EqualFold(connector.ConnectorID, sekoia.OktaDeviceConnectorID) {
		resp.Diagnostics.AddError("Not an Okta Device connector",
			"The connector "+connector.ID+" is of another type. Its account holds another integration's settings, which an apply would write over.\n"+
				"Take its import block out, or give the UUID of an Okta Device connector.")

		return
	}

	account, err := client.Account(ctx, connector.AccountID)
	if err != nil && !sekoia.IsNotFound(err) {
		terraform.AddSekoiaError(&resp.Diagnostics, path.Empty(), "The connector's account could not be read", err)

		return
	}

	if err != nil {
		account = nil

		r.drift().noteGone(&before)
	}

	if private.cutOff() {
		resp.Diagnostics.Append(r.takeStock(ctx, &before, connector, account, resp.Private)...)

		private.restartOwed = true
	} else {
		resp.Diagnostics.Append(setPrivate(ctx, resp.Private, privateConnector, connector.ID)...)
	}

	state.readConnector(connector)
	state.readAccount(account, private.restartOwed)
	r.drift().note(&before, &state)

	resp.Diagnostics.Append(r.readWarnings(ctx, power{client: client, id: connector.ID}, connector, private)...)
	resp.Diagnostics.Append(setPrivate(ctx, resp.Private, privateAccountOwed, false)...)
	resp.Diagnostics.Append(resp.State.Set(ctx, &state)...)
}

// readGone takes a connector that is gone out of the state; but not while the account that was made for it is still there,
// unused: it holds the token, and nothing else would know of it. So it is after a delete that could not remove the account, or
// was killed before it, and after a connector was deleted by hand.
func (r *Resource) readGone(ctx context.Context, client *sekoia.Client, before *model, private private, resp *resource.ReadResponse) diag.Diagnostics {
	var diags diag.Diagnostics

	r.drift().noteGone(before)

	id := private.accountID
	if private.cutOff() && before.holdsToken() {
		id = before.AccountID.ValueString()
	}

	if id != "" {
		left, err := r.leftBehind(ctx, client, id, private)

		switch {
		case err != nil:
			terraform.AddSekoiaError(&diags, path.Empty(), "The connector's account could not be read", err)

			return diags
		case left:
			diags.AddWarning("The connector is deleted, but its account is not",
				"The connector is gone, and the account "+id+", which was made for it, is still there. It holds the Okta API token. "+
					"The next terraform destroy removes it; an apply does too, before it makes the connector again.")
			diags.Append(setPrivate(ctx, resp.Private, privateAccount, id)...)
			diags.Append(setPrivate(ctx, resp.Private, privateConnector, before.ID.ValueString())...)
			diags.Append(setPrivate(ctx, resp.Private, privateAccountOwed, true)...)

			return diags
		}
	}

	resp.State.RemoveResource(ctx)

	return diags
}

// leftBehind tells that an account of this resource is still there, to be removed: a delete owes it, or nobody uses it.
func (r *Resource) leftBehind(ctx context.Context, client *sekoia.Client, id string, private private) (bool, error) {
	account, err := client.Account(ctx, id)
	if err == nil && private.cutOff() {
		var made bool
		if made, err = r.madeByKey(ctx, account); err == nil && !made {
			return false, nil
		}
	}

	if err != nil || private.accountOwed {
		return err == nil, ignoreNotFound(err)
	}

	usage, err := client.AccountUsage(ctx, id)

	return err == nil && usage.Unused(), ignoreNotFound(err)
}

func ignoreNotFound(err error) error {
	if sekoia.IsNotFound(err) {
		return nil
	}

	return err
}

// readWarnings tells what a plan can't show.
func (r *Resource) readWarnings(ctx context.Context, p power, connector *sekoia.Connector, private private) diag.Diagnostics {
	var diags diag.Diagnostics

	if private.accountID != "" && connector.AccountID != private.accountID {
		diags.AddAttributeWarning(pathAccount, "The connector was put on another account",
			fmt.Sprintf("It is on the account %s, but this resource made %s for it. An apply replaces the connector, removes its own account "+
				"where nobody uses it, and leaves the other one alone.", connector.AccountID, private.accountID))
	}

	if connector.Status != nil && *connector.Status == sekoia.StatusCriticalError {
		detail := "It has stopped, and Sekoia says that someone has to look at it. An apply starts it again."
		if lines := p.lastErrors(ctx); len(lines) > 0 {
			detail += "\nIts log says:\n" + strings.Join(lines, "\n")
		}

		diags.AddWarning("The connector is in CRITICAL_ERROR", detail)
	}

	return diags
}

// Delete removes the connector, then the account that this resource made or
// took over, where nobody uses it. It asks Okta nothing, and needs no token.
func (r *Resource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var state model
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)

	private, diags := readPrivate(ctx, req.Private)
	resp.Diagnostics.Append(diags...)

	client, diags := r.clients.Sekoia()
	resp.Diagnostics.Append(diags...)

	timeout, diags := state.Timeouts.Delete(ctx, defaultTimeout)
	resp.Diagnostics.Append(diags...)

	if resp.Diagnostics.HasError() {
		return
	}

	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()

	if err := client.DeleteConnector(ctx, state.ID.ValueString()); err != nil {
		terraform.AddSekoiaError(&resp.Diagnostics, path.Empty(), "The connector could not be deleted", err)
		// It may be deleted all the same; the next read takes the debt back where it is not.
		resp.Diagnostics.Append(setPrivate(ctx, resp.Private, privateAccountOwed, private.accountID != "" && sekoia.OutcomeUnknown(err))...)

		return
	}

	if private.given {
		return
	}

	if private.accountID == "" {
		warn(&resp.Diagnostics, "The connector's account stays in Sekoia", foreignAccount(state.AccountID.ValueString()))

		return
	}

	resp.Diagnostics.Append(r.deleteAccountUnshared(ctx, client, private.accountID)...)
	resp.Diagnostics.Append(setPrivate(ctx, resp.Private, privateAccountOwed, resp.Diagnostics.HasError())...)
}

func foreignAccount(id string) string {
	if id == "" {
		return ""
	}

	return "The account " + id + " was not made by this resource, so that it was not removed. It holds the Okta API token."
}

// deleteAccountUnshared is deleteAccount while no create of this run looks for an account to take over: a resource whose address
// changed is deleted and created at the same time, with the same name and base URL.
func (r *Resource) deleteAccountUnshared(ctx context.Context, client *sekoia.Client, id string) diag.Diagnostics {
	release, err := r.clients.KeepCreatesOut(ctx)
	if err != nil {
		var diags diag.Diagnostics
		terraform.AddSekoiaError(&diags, path.Empty(), "The connector is deleted, but its account "+id+" is not",
			fmt.Errorf("waiting for a create of this run: %w", err))

		return diags
	}
	defer release()

	return deleteAccount(ctx, client, id)
}

// deleteAccount removes an account, unless somebody uses it.
func deleteAccount(ctx context.Context, client *sekoia.Client, id string) diag.Diagnostics {
	var diags diag.Diagnostics

	usage, err := client.AccountUsage(ctx, id)
	if sekoia.IsNotFound(err) {
		return diags
	}

	if err != nil {
		terraform.AddSekoiaError(&diags, path.Empty(), "The connector is deleted, but the usage of its account "+id+" could not be read", err)

		return diags
	}

	if !usage.Unused() {
		diags.AddWarning("The connector's account stays in Sekoia",
			fmt.Sprintf("The account %s is used by others: %d connectors, %d playbooks, %d triggers and %d actions. It holds the Okta API token.",
				id, usage.Connectors, usage.Playbooks, usage.Triggers, usage.Actions))

		return diags
	}

	if err := client.DeleteAccount(ctx, id); err != nil {
		terraform.AddSekoiaError(&diags, path.Empty(), "The connector is deleted, but its account "+id+" could not be", err)
	}

	return diags
}

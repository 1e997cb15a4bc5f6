// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package connector

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/lifecycle"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/memo"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/sekoia"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/access"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/attribute"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/diagnostic"
)

// defaultTimeout is for each operation that timeouts says nothing about.
const defaultTimeout = 10 * time.Minute

var (
	_ resource.ResourceWithConfigure   = (*Resource)(nil)
	_ resource.ResourceWithImportState = (*Resource)(nil)
	_ resource.ResourceWithModifyPlan  = (*Resource)(nil)
)

// Resource is sekoia_okta_device_connector.
type Resource struct {
	clients *access.Clients
}

// NewResource returns the resource, to be configured by the framework.
func NewResource() resource.Resource { return &Resource{} }

// Metadata names the resource. Its identity changes when a connector that somebody deleted is created again in place.
func (r *Resource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_okta_device_connector"
	resp.ResourceBehavior.MutableIdentity = true
}

// Configure takes the provider's clients; there are none while Terraform only validates.
func (r *Resource) Configure(_ context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse) {
	r.clients = access.ConfiguredClients(req.ProviderData, &resp.Diagnostics)
}

// oktaDevice is Sekoia's Okta Device connector.
var oktaDevice = lifecycle.Product{
	ModuleID:    sekoia.OktaModuleID,
	ConnectorID: sekoia.OktaDeviceConnectorID,
	Target:      func(account *sekoia.Account) *string { return account.BaseURL },
	SameTarget:  attribute.SameBaseURL,
}

// connectors are Sekoia's Okta Device connectors, as all resources of a configured provider share them.
func (r *Resource) connectors(ctx context.Context) (*lifecycle.Connectors, diag.Diagnostics) {
	return oktaDeviceConnectors(ctx, r.clients)
}

func oktaDeviceConnectors(ctx context.Context, clients *access.Clients) (*lifecycle.Connectors, diag.Diagnostics) {
	client, diags := clients.Sekoia()
	if diags.HasError() {
		return nil, diags
	}
	shared, err := memo.Remember(context.WithoutCancel(ctx), clients.Shared(), "okta device connectors",
		func(context.Context) (*lifecycle.Connectors, error) { return lifecycle.New(client, oktaDevice), nil })
	if err != nil {
		diags.AddError("The provider has no connectors", err.Error())
	}
	return shared, diags
}

// Create tests the connection, makes account and connector, and waits as sync.wait_for says. Once the connector is
// there it returns no error: an error would taint it, and the next apply would destroy it.
func (r *Resource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan, config model
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	connectors, diags := r.connectors(ctx)
	resp.Diagnostics.Append(diags...)
	timeout, diags := plan.Timeouts.Create(ctx, defaultTimeout)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	made, diags := r.make(ctx, connectors, &plan, &config)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	plan.ID, plan.AccountID, plan.Drift = types.StringValue(made.ConnectorID), types.StringValue(made.AccountID), types.StringNull()
	resp.Diagnostics.Append(setIdentity(ctx, resp.Identity, plan.ID)...)
	resp.Diagnostics.Append(resp.State.Set(ctx, &plan)...)
	addRemarks(&resp.Diagnostics, plan.subject(), connectors.Settle(ctx, made.ConnectorID, plan.Enabled.ValueBool(), plan.waitFor()))
}

// make proves the connection and makes both objects. It sets the plan's community and organization.
func (r *Resource) make(ctx context.Context, connectors *lifecycle.Connectors, plan, config *model) (lifecycle.Pair, diag.Diagnostics) {
	var diags diag.Diagnostics
	proof := r.proof(config, plan)
	if proof.token.missing() {
		diags.Append(proof.noToken("A new connector", beforeWrite))
		return lifecycle.Pair{}, diags
	}
	organization, d := proof.beforeWrite(ctx, r.clients.Mode(config.testMode()), true)
	diags.Append(d...)
	if diags.HasError() {
		return lifecycle.Pair{}, diags
	}
	community, d := r.clients.ResolveCommunity(ctx, plan.CommunityID.Canonical())
	diags.Append(d...)
	if diags.HasError() {
		return lifecycle.Pair{}, diags
	}
	if plan.CommunityID.IsUnknown() {
		plan.CommunityID = attribute.NewUUID(community)
	}
	plan.OktaOrganizationID = organization
	wanted := plan.spec()
	wanted.CommunityID = community
	made, err := connectors.Create(ctx, wanted, proof.settings())
	if err != nil {
		addFailure(&diags, r.clients, proof.subject, err)
	}
	return made, diags
}

// Read takes what Sekoia holds into the state. Only a connector that is certainly gone, with its account, leaves it;
// any other failure changes nothing.
func (r *Resource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state model
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	resp.Diagnostics.Append(setIdentity(ctx, resp.Identity, state.ID)...)

	// A plan on the empty state of an import would replace the connector: there, what is not known is an error, of
	// Sekoia() below.
	if unknown := r.clients.SekoiaUnknown(); len(unknown) > 0 && !state.onlyID() {
		resp.Diagnostics.AddWarning(diagnostic.About(state.subject(), "the connector was not read"),
			"The provider's "+strings.Join(unknown, " and ")+" is not known yet. The state stays as it was.")
		return
	}
	connectors, diags := r.connectors(ctx)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	found, err := connectors.Read(ctx, state.known())
	switch {
	case errors.Is(err, lifecycle.ErrOtherProduct):
		resp.Diagnostics.AddError(diagnostic.About(state.subject(), "not an Okta Device connector"),
			"The connector "+state.ID.ValueString()+" is of another type. Its account holds another integration's settings, and an apply would overwrite them.\n"+
				"Remove its import block, or give the UUID of an Okta Device connector.")
	case sekoia.IsNotFound(err):
		resp.State.RemoveResource(ctx)
	case err != nil:
		addFailure(&resp.Diagnostics, r.clients, state.subject(), err)
	default:
		state.read(found)
		resp.Diagnostics.Append(resp.State.Set(ctx, &state)...)
		resp.Diagnostics.Append(criticalWarning(ctx, connectors, &state, found.Connector)...)
	}
}

// criticalWarning says what a plan can't show of a connector that stopped by itself.
func criticalWarning(ctx context.Context, connectors *lifecycle.Connectors, state *model, connector *sekoia.Connector) diag.Diagnostics {
	var diags diag.Diagnostics
	if connector == nil || connector.Status == nil || *connector.Status != sekoia.StatusCriticalError {
		return diags
	}
	detail := "It has stopped, and Sekoia says that someone has to look at it. An apply starts it again."
	if lines := connectors.LastErrors(ctx, connector.ID); len(lines) > 0 {
		detail += "\nIts log says:\n" + strings.Join(lines, "\n")
	}
	diags.AddWarning(diagnostic.About(state.subject(), "the connector is in CRITICAL_ERROR"), detail)
	return diags
}

// Delete removes the connector, then its account, unless others use that. It asks Okta nothing, and needs no token.
func (r *Resource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var state model
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	connectors, diags := r.connectors(ctx)
	resp.Diagnostics.Append(diags...)
	timeout, diags := state.Timeouts.Delete(ctx, defaultTimeout)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	remarks, err := connectors.Remove(ctx, state.known(), state.spec())
	addRemarks(&resp.Diagnostics, state.subject(), remarks)
	if err != nil {
		addFailure(&resp.Diagnostics, r.clients, state.subject(), err)
	}
}

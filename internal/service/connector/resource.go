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

// defaultTimeout is for each operation without a timeout of its own.
const defaultTimeout = 10 * time.Minute

var (
	_ resource.ResourceWithConfigure   = (*connectorResource)(nil)
	_ resource.ResourceWithImportState = (*connectorResource)(nil)
	_ resource.ResourceWithModifyPlan  = (*connectorResource)(nil)
)

// connectorResource is sekoia_okta_device_connector.
type connectorResource struct {
	clients *access.Clients
}

// NewResource returns the resource, to be configured by the framework.
func NewResource() resource.Resource { return &connectorResource{} }

// Metadata names the resource. Its identity changes when a connector that somebody deleted is created again in place.
func (r *connectorResource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_okta_device_connector"
	resp.ResourceBehavior.MutableIdentity = true
}

// Configure takes the provider's clients. There are none while Terraform only validates.
func (r *connectorResource) Configure(_ context.Context, req resource.ConfigureRequest, _ *resource.ConfigureResponse) {
	r.clients, _ = req.ProviderData.(*access.Clients)
}

// oktaDevice is Sekoia's Okta Device connector.
var oktaDevice = lifecycle.Product{
	ModuleID:    sekoia.OktaModuleID,
	ConnectorID: sekoia.OktaDeviceConnectorID,
	SameTarget:  attribute.SameBaseURL,
}

// deviceConnectors are Sekoia's Okta Device connectors, as all resources of a configured provider share them.
func deviceConnectors(ctx context.Context, clients *access.Clients) (*lifecycle.Connectors, diag.Diagnostics) {
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

// Create tests the connection, creates account and connector, and waits as sync.wait_for says. Once the connector
// exists it returns no error: an error would taint it, and the next apply would destroy it.
func (r *connectorResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan, config model
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	connectors, diags := deviceConnectors(ctx, r.clients)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, plan.timeout("create"))
	defer cancel()
	made, diags := r.create(ctx, connectors, &plan, &config)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	plan.ID, plan.AccountID, plan.Drift = types.StringValue(made.ConnectorID), types.StringValue(made.AccountID), types.StringNull()
	resp.Diagnostics.Append(setIdentity(ctx, resp.Identity, plan.ID)...)
	resp.Diagnostics.Append(resp.State.Set(ctx, &plan)...)
	addRemarks(&resp.Diagnostics, plan.subject(), connectors.Settle(ctx, made.ConnectorID, plan.Enabled.ValueBool(), plan.waitFor()))
}

// create tests the connection and creates both objects. It sets the plan's community and organization.
func (r *connectorResource) create(ctx context.Context, connectors *lifecycle.Connectors, plan, config *model) (lifecycle.Pair, diag.Diagnostics) {
	var diags diag.Diagnostics
	proof := r.proof(config, plan)
	if proof.token.missing() {
		diags.Append(proof.noToken(atWrite))
		return lifecycle.Pair{}, diags
	}
	organization, d := proof.beforeWrite(ctx, true)
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
	made, err := connectors.Create(ctx, plan.spec(community), proof.settings())
	if err != nil {
		addFailure(&diags, r.clients, proof.subject, err)
	}
	return made, diags
}

// Read takes what Sekoia holds into the state. Only a connector that is certainly gone, with its account, leaves the
// state. Any other failure changes nothing.
func (r *connectorResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state model
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	resp.Diagnostics.Append(setIdentity(ctx, resp.Identity, state.ID)...)

	// A plan on the empty state of an import would replace the connector, so there an unknown value is an error: see
	// deviceConnectors.
	if unknown := r.clients.SekoiaUnknown(); len(unknown) > 0 && !state.onlyID() {
		resp.Diagnostics.AddWarning(diagnostic.About(state.subject(), "the connector was not read"),
			"The provider's "+strings.Join(unknown, " and ")+" is not known yet. The state stays as it was.")
		return
	}
	connectors, diags := deviceConnectors(ctx, r.clients)
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
	detail := "It has stopped by itself. An apply starts it again."
	if lines := connectors.LastErrors(ctx, connector.ID); len(lines) > 0 {
		detail += "\nIts log says:\n" + strings.Join(lines, "\n")
	}
	diags.AddWarning(diagnostic.About(state.subject(), "the connector is in CRITICAL_ERROR"), detail)
	return diags
}

// Delete removes the connector, then its account unless others use it. It makes no call to Okta and needs no token.
func (r *connectorResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var state model
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	connectors, diags := deviceConnectors(ctx, r.clients)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, state.timeout("delete"))
	defer cancel()
	remarks, err := connectors.Remove(ctx, state.known(), state.spec(state.CommunityID.Canonical()))
	addRemarks(&resp.Diagnostics, state.subject(), remarks)
	if err != nil {
		addFailure(&resp.Diagnostics, r.clients, state.subject(), err)
	}
}

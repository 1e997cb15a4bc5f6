// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package connector

import (
	"context"
	"errors"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/lifecycle"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/memo"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/sekoia"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/access"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/attribute"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/diagnostic"
)

var (
	_ resource.ResourceWithConfigure   = (*connectorResource)(nil)
	_ resource.ResourceWithIdentity    = (*connectorResource)(nil)
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

// deviceConnectors are Sekoia's Okta Device connectors, as all resources of a configured provider share them; nil after
// an error.
func deviceConnectors(ctx context.Context, clients *access.Clients, diags *diag.Diagnostics) *lifecycle.Connectors {
	client, d := clients.Sekoia()
	if diags.Append(d...); d.HasError() {
		return nil
	}
	shared, _ := memo.Remember(context.WithoutCancel(ctx), clients.Shared(), "okta device connectors",
		func(context.Context) (*lifecycle.Connectors, error) {
			return lifecycle.New(client, attribute.SameBaseURL), nil
		})
	return shared
}

// Create tests the connection, creates account and connector, and waits as sync.wait_for says. Once the connector
// exists it returns no error: an error would taint it, and the next apply would destroy it.
func (r *connectorResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan, config model
	diags := &resp.Diagnostics
	diags.Append(req.Plan.Get(ctx, &plan)...)
	diags.Append(req.Config.Get(ctx, &config)...)
	connectors := deviceConnectors(ctx, r.clients, diags)
	if diags.HasError() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, plan.timeout("create"))
	defer cancel()
	proof := r.proof(diags, &config, &plan)
	if proof.token.missing() {
		proof.addNoToken(atWrite)
		return
	}
	plan.OktaOrganizationID = proof.beforeWrite(ctx, true)
	if diags.HasError() {
		return
	}
	community, d := r.clients.ResolveCommunity(ctx, plan.CommunityID.Canonical())
	if diags.Append(d...); d.HasError() {
		return
	}
	if plan.CommunityID.IsUnknown() {
		plan.CommunityID = attribute.NewUUID(community)
	}
	created, err := connectors.Create(ctx, plan.spec(community), proof.settings())
	if err != nil {
		addFailure(diags, r.clients, proof.subject, err)
		return
	}
	plan.ID, plan.AccountID, plan.Drift = types.StringValue(created.ID), types.StringValue(created.AccountID), types.StringNull()
	diags.Append(setIdentity(ctx, resp.Identity, plan.ID)...)
	diags.Append(resp.State.Set(ctx, &plan)...)
	addRemarks(diags, proof.subject, connectors.Settle(ctx, created.ID, plan.Enabled.ValueBool(), plan.waitFor()))
}

// Read takes what Sekoia holds into the state. Only a connector that is certainly gone, with its account, leaves the
// state. Any other failure changes nothing.
func (r *connectorResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state model
	diags := &resp.Diagnostics
	diags.Append(req.State.Get(ctx, &state)...)
	diags.Append(setIdentity(ctx, resp.Identity, state.ID)...)
	subject := state.subject()

	// A plan on the empty state of an import would replace the connector, so there an unknown value is an error: see
	// deviceConnectors.
	if unknown := r.clients.SekoiaUnknown(); len(unknown) > 0 && !state.onlyID() {
		diags.AddWarning(diagnostic.About(subject, "the connector was not read"),
			"The provider's "+strings.Join(unknown, " and ")+" is not known yet. The state stays as it was.")
		return
	}
	connectors := deviceConnectors(ctx, r.clients, diags)
	if diags.HasError() {
		return
	}
	found, err := connectors.Read(ctx, state.known())
	switch {
	case errors.Is(err, lifecycle.ErrOtherProduct):
		diags.AddError(diagnostic.About(subject, "not an Okta Device connector"),
			"The connector "+state.ID.ValueString()+" is of another type. Its account holds another integration's settings, and an apply would overwrite them.\n"+
				"Remove its import block, or give the UUID of an Okta Device connector.")
	case sekoia.IsNotFound(err):
		resp.State.RemoveResource(ctx)
		if shared, ok := errors.AsType[*lifecycle.SharedError](err); ok {
			diagnostic.AddWarning(diags, path.Empty(), diagnostic.About(subject, "the connector is gone. Its account stays in Sekoia"), shared, "It still holds the API token.")
		}
	case err != nil:
		addFailure(diags, r.clients, subject, err)
	default:
		state.read(found)
		diags.Append(resp.State.Set(ctx, &state)...)
		if c := found.Connector; c != nil && c.Status != nil && *c.Status == sekoia.StatusCriticalError {
			diags.AddWarning(diagnostic.About(state.subject(), "the connector is in CRITICAL_ERROR"),
				"It has stopped by itself. An apply starts it again."+connectors.LogSays(ctx, c.ID, "\n"))
		}
	}
}

// Update tests the connection before the first write, if the change depends on it, and makes the changes, with one
// restart for all that need one. The state follows each step, so that a failure leaves in the next plan what is still
// to do.
func (r *connectorResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var config, plan, state model
	diags := &resp.Diagnostics
	diags.Append(req.Plan.Get(ctx, &plan)...)
	diags.Append(req.State.Get(ctx, &state)...)
	diags.Append(setIdentity(ctx, resp.Identity, state.ID)...)
	diags.Append(req.Config.Get(ctx, &config)...)
	connectors := deviceConnectors(ctx, r.clients, diags)
	if diags.HasError() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, plan.timeout("update"))
	defer cancel()
	proof, changes := r.proof(diags, &config, &plan), changesBetween(&state, &plan)
	seen := types.StringNull()
	switch tested := changes.tested() || proof.mode == access.ModeAlways; {
	case tested && changes.needsToken() && proof.token.missing():
		proof.addNoToken(atWrite)
	case tested:
		seen = proof.beforeWrite(ctx, changes.tested() && proof.settings() != nil)
	}
	if diags.HasError() {
		return // the state stays as it was
	}
	if plan.OktaOrganizationID.IsUnknown() {
		plan.OktaOrganizationID = seen
	}
	reached, err := connectors.Update(ctx, lifecycle.Change{
		Record:   state.known(),
		Spec:     plan.spec(state.CommunityID.Canonical()),
		Settings: proof.settings(),
		Rename:   changes.rename,
		Store:    changes.needsToken(),
		Drift:    changes.drift,
		Restart:  changes.triggers,
		Runs:     state.Enabled.ValueBool(),
		Enable:   plan.Enabled.ValueBool(),
		Wait:     plan.waitFor(),
	})
	state.follow(&plan, reached)
	addRemarks(diags, proof.subject, reached.Remarks)
	addFailure(diags, r.clients, proof.subject, err)
	diags.Append(resp.State.Set(ctx, &state)...)
	diags.Append(setIdentity(ctx, resp.Identity, state.ID)...)
}

// Delete removes the connector, then its account unless others use it. It makes no call to Okta and needs no token.
func (r *connectorResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var state model
	diags := &resp.Diagnostics
	diags.Append(req.State.Get(ctx, &state)...)
	connectors := deviceConnectors(ctx, r.clients, diags)
	if diags.HasError() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, state.timeout("delete"))
	defer cancel()
	remarks, err := connectors.Remove(ctx, state.known(), state.spec(state.CommunityID.Canonical()))
	addRemarks(diags, state.subject(), remarks)
	addFailure(diags, r.clients, state.subject(), err)
}

// identityModel identifies a connector. Its UUID is enough: a community would be one more thing to get wrong.
type identityModel struct {
	ID types.String `tfsdk:"id"`
}

// IdentitySchema describes the resource's identity, which Terraform 1.12 and later store next to its state.
func (*connectorResource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = identityschema.Schema{
		Attributes: map[string]identityschema.Attribute{
			"id": identityschema.StringAttribute{RequiredForImport: true, Description: "The UUID of the connector (Sekoia's connector configuration)."},
		},
	}
}

// setIdentity writes the identity of the connector with this UUID. Read and Update do it first, before they may find
// nothing: Terraform before 1.12 stores no identity, and the framework takes a null one for a bug.
func setIdentity(ctx context.Context, identity *tfsdk.ResourceIdentity, id types.String) diag.Diagnostics {
	return identity.Set(ctx, identityModel{ID: id})
}

// ImportState imports by the connector's UUID, given as the import's id or in its identity. What Sekoia can't give back
// is null, and the next apply sets it in place.
func (r *connectorResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	given := req.ID
	if given == "" && req.Identity != nil && !req.Identity.Raw.IsNull() {
		var identity identityModel
		resp.Diagnostics.Append(req.Identity.Get(ctx, &identity)...)
		if resp.Diagnostics.HasError() {
			return
		}
		given = identity.ID.ValueString()
	}
	id := strings.ToLower(strings.TrimSpace(given))
	if !attribute.IsUUID(id) {
		resp.Diagnostics.AddAttributeError(pathID, "The import id is not a UUID",
			"Import by the UUID of the connector (its connector configuration), such as 6bffbac8-3a5d-4b1e-9d5c-0d3b6f6f2f0a.\n"+
				"Sekoia's Assets page shows it in the connector's address.")
		return
	}
	resp.Diagnostics.Append(setIdentity(ctx, resp.Identity, types.StringValue(id))...)
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, pathID, id)...)
}

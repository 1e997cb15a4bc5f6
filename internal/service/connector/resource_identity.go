// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package connector

import (
	"context"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/attribute"
)

var _ resource.ResourceWithIdentity = (*connectorResource)(nil)

// identityModel identifies a connector. Its UUID is enough: a community would be one more thing to get wrong.
type identityModel struct {
	ID types.String `tfsdk:"id"`
}

// IdentitySchema describes the resource's identity, which Terraform 1.12 and later store next to its state.
func (*connectorResource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = identityschema.Schema{
		Attributes: map[string]identityschema.Attribute{
			"id": identityschema.StringAttribute{
				RequiredForImport: true,
				Description:       "The UUID of the connector (Sekoia's connector configuration).",
			},
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

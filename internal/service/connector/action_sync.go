// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package connector

import (
	"cmp"
	"context"
	"errors"

	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/action/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/lifecycle"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/sekoia"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/access"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/attribute"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/diagnostic"
)

var _ action.ActionWithConfigure = (*syncAction)(nil)

// NewSyncAction returns the action sekoia_okta_device_connector_sync.
func NewSyncAction() action.Action { return &syncAction{} }

type syncAction struct {
	clients *access.Clients
}

type syncModel struct {
	ConnectorID    types.String `tfsdk:"connector_id"`
	WaitFor        types.String `tfsdk:"wait_for"`
	StartIfStopped types.Bool   `tfsdk:"start_if_stopped"`
	Timeout        types.String `tfsdk:"timeout"`
}

// Metadata names the action.
func (*syncAction) Metadata(_ context.Context, req action.MetadataRequest, resp *action.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_okta_device_connector_sync"
}

// Configure takes the provider's clients. There are none while Terraform only validates.
func (a *syncAction) Configure(_ context.Context, req action.ConfigureRequest, _ *action.ConfigureResponse) {
	a.clients, _ = req.ProviderData.(*access.Clients)
}

// Schema describes the action.
func (*syncAction) Schema(_ context.Context, _ action.SchemaRequest, resp *action.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Makes a connector fetch from Okta now instead of at the end of its interval. Sekoia has no call for that, so the " +
			"connector is stopped and started. It then brings the devices that were created since its last cycle. For a full sync, replace the " +
			"connector.\n\nWhile it waits, the action shows what the fetch cycle does and how many assets it has brought. Needs Terraform 1.14 or later. OpenTofu has no " +
			"actions.",
		Attributes: map[string]schema.Attribute{
			"connector_id": schema.StringAttribute{
				Required: true,
				MarkdownDescription: "The UUID of the connector: the `id` of a `sekoia_okta_device_connector`. Terraform need not manage the " +
					"connector.",
				Validators: []validator.String{attribute.UUIDValidator()},
			},
			"wait_for": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "`synced` (the default): the action waits until the fetch cycle has ended, and fails if the cycle does. " +
					"`started`: it waits until the connector runs. `none`: it ends with the call that starts the connector.",
				Validators: []validator.String{attribute.OneOf(waitWords...)},
			},
			"start_if_stopped": schema.BoolAttribute{
				Optional: true,
				MarkdownDescription: "Whether to start a connector that somebody stopped, or that stopped by itself (`CRITICAL_ERROR`). Default `false`: " +
					"the action fails, and the connector stays stopped.",
			},
			"timeout": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "How long the action may take, as a duration such as `30m`. Default `10m`. If a fetch cycle is running already, the " +
					"action waits for it first, up to five minutes of that time.",
				Validators: []validator.String{attribute.Timeout()},
			},
		},
	}
}

// Invoke makes the connector sync.
func (a *syncAction) Invoke(ctx context.Context, req action.InvokeRequest, resp *action.InvokeResponse) {
	var asked syncModel
	diags := &resp.Diagnostics
	diags.Append(req.Config.Get(ctx, &asked)...)
	connectors := deviceConnectors(ctx, a.clients, diags)
	if diags.HasError() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, timeoutOf(asked.Timeout))
	defer cancel()
	remarks, err := connectors.Sync(ctx, lifecycle.SyncRequest{
		ID:             asked.ConnectorID.ValueString(),
		Wait:           cmp.Or(lifecycle.Wait(asked.WaitFor.ValueString()), lifecycle.WaitSynced),
		StartIfStopped: asked.StartIfStopped.ValueBool(),
		Tell:           sender(ctx, resp.SendProgress),
	})
	subject := "connector " + asked.ConnectorID.ValueString()
	addRemarks(diags, subject, remarks)
	switch {
	case sekoia.IsNotFound(err):
		diagnostic.AddError(diags, pathConnector, diagnostic.About(subject, "there is no such connector"), err, "It was deleted, or the API key does not see its community.")
	case errors.Is(err, lifecycle.ErrOtherProduct):
		diags.AddAttributeError(pathConnector, diagnostic.About(subject, "not an Okta Device connector"), "The connector is of another type. It was left alone.")
	default:
		addFailure(diags, a.clients, subject, err)
	}
}

// sender sends progress until ctx ends. The framework's own call waits forever if nobody takes the message.
func sender(ctx context.Context, send func(action.InvokeProgressEvent)) func(string) {
	return func(message string) {
		if ctx.Err() != nil {
			return
		}
		taken := make(chan struct{})
		go func() {
			defer close(taken)
			send(action.InvokeProgressEvent{Message: message})
		}()
		select {
		case <-taken:
		case <-ctx.Done():
		}
	}
}

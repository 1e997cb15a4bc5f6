// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package connector

import (
	"context"
	"errors"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-timetypes/timetypes"
	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/action/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
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

// syncModel is the action's configuration.
type syncModel struct {
	ConnectorID    types.String         `tfsdk:"connector_id"`
	WaitFor        types.String         `tfsdk:"wait_for"`
	StartIfStopped types.Bool           `tfsdk:"start_if_stopped"`
	Timeout        timetypes.GoDuration `tfsdk:"timeout"`
}

// Metadata names the action.
func (*syncAction) Metadata(_ context.Context, req action.MetadataRequest, resp *action.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_okta_device_connector_sync"
}

// Configure takes the provider's clients; there are none while Terraform only validates.
func (a *syncAction) Configure(_ context.Context, req action.ConfigureRequest, resp *action.ConfigureResponse) {
	a.clients = access.ConfiguredClients(req.ProviderData, &resp.Diagnostics)
}

// Schema describes the action.
func (*syncAction) Schema(_ context.Context, _ action.SchemaRequest, resp *action.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Makes a connector fetch from Okta now, instead of at the end of its interval. Sekoia has no call for " +
			"that, so the connector is stopped and started. It then brings the devices created since its last cycle. For a full sync, " +
			"replace the connector.\n\nWhile it waits, the action prints what the fetch cycle does and how many assets it has brought. " +
			"It needs Terraform 1.14 or newer. OpenTofu has no actions.",
		Attributes: map[string]schema.Attribute{
			"connector_id": schema.StringAttribute{
				Required: true,
				MarkdownDescription: "The UUID of the connector: the `id` of a `sekoia_okta_device_connector`. Connectors that Terraform does not " +
					"manage work too.",
				Validators: []validator.String{attribute.UUIDValidator()},
			},
			"wait_for": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "`synced` (the default): wait until the fetch cycle has ended, and fail if it does. `started`: " +
					"wait until the connector runs. `none`: end with the call that starts the connector.",
				Validators: []validator.String{attribute.OneOf(waitWords...)},
			},
			"start_if_stopped": schema.BoolAttribute{
				Optional: true,
				MarkdownDescription: "Whether to start a connector that is stopped, whether by someone or by itself " +
					"(`CRITICAL_ERROR`). Default `false`: that is an error, and the connector stays stopped.",
			},
			"timeout": schema.StringAttribute{
				Optional:   true,
				CustomType: timetypes.GoDurationType{},
				MarkdownDescription: "How long the action may take, such as `30m`. Default `10m`. It includes the wait for a fetch " +
					"cycle that is already running, up to five minutes.",
				Validators: []validator.String{positiveDuration{}},
			},
		},
	}
}

// Invoke makes the connector sync.
func (a *syncAction) Invoke(ctx context.Context, req action.InvokeRequest, resp *action.InvokeResponse) {
	var asked syncModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &asked)...)
	timeout := defaultTimeout
	if !asked.Timeout.IsNull() {
		var diags diag.Diagnostics
		timeout, diags = asked.Timeout.ValueGoDuration()
		resp.Diagnostics.Append(diags...)
	}
	if resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	connectors, diags := oktaDeviceConnectors(ctx, a.clients)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	remarks, err := connectors.Sync(ctx, lifecycle.SyncRequest{
		ID:             asked.ConnectorID.ValueString(),
		Wait:           lifecycle.Wait(wordOr(asked.WaitFor, string(lifecycle.WaitSynced))),
		StartIfStopped: asked.StartIfStopped.ValueBool(),
		Tell:           sender(ctx, resp.SendProgress),
	})
	addRemarks(&resp.Diagnostics, "", remarks)
	if err != nil {
		addSyncFailure(&resp.Diagnostics, err)
	}
}

// addSyncFailure adds the error of a sync, on the argument that can fix it.
func addSyncFailure(diags *diag.Diagnostics, err error) {
	switch {
	case sekoia.IsNotFound(err):
		diagnostic.AddError(diags, pathConnector, "There is no such connector", err, "It was deleted, or the API key does not see its community.")
	case errors.Is(err, lifecycle.ErrOtherProduct):
		diags.AddAttributeError(pathConnector, "Not an Okta Device connector", "The connector is of another type. It was left alone.")
	case errors.Is(err, lifecycle.ErrNoStatus):
		diagnostic.AddError(diags, pathConnector, "Whether the connector runs is not known", err, "Set start_if_stopped = true if it may be started.")
	case errors.Is(err, lifecycle.ErrStopped):
		diagnostic.AddError(diags, pathConnector, "The connector is stopped", err, "Set start_if_stopped = true to start it.")
	default:
		addFailure(diags, "", err)
	}
}

// sender sends progress until ctx ends: the framework's own call waits for ever where nobody takes the message.
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

// positiveDuration refuses durations that are none. What is no duration at all is the type's own error.
type positiveDuration struct{}

// Description says what is taken.
func (positiveDuration) Description(context.Context) string {
	return "a duration longer than nothing, such as 30m"
}

// MarkdownDescription is Description.
func (v positiveDuration) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

// ValidateString adds an error for a duration of zero or less.
func (v positiveDuration) ValidateString(ctx context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	duration, err := time.ParseDuration(req.ConfigValue.ValueString())
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() || err != nil || duration > 0 {
		return
	}
	resp.Diagnostics.AddAttributeError(req.Path, "Not a timeout", "It should be "+v.Description(ctx)+".")
}

var pathConnector = path.Root("connector_id")

// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package connector

import (
	"context"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/list/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/lifecycle"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/sekoia"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/attribute"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/credential"
)

var _ list.ListResourceWithConfigure = (*listResource)(nil)

// NewListResource returns the list resource sekoia_okta_device_connector.
func NewListResource() list.ListResource { return &listResource{} }

// listResource shares its name and its clients with the resource whose instances it lists.
type listResource struct {
	connectorResource
}

type listModel struct {
	NameContains types.String `tfsdk:"name_contains"`
	BaseURL      types.String `tfsdk:"base_url"`
	CommunityID  types.String `tfsdk:"community_id"`
}

// ListResourceConfigSchema describes the config block.
func (*listResource) ListResourceConfigSchema(_ context.Context, _ list.ListResourceSchemaRequest, resp *list.ListResourceSchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Finds the Okta Device connectors of a community, so that Terraform can import them. `terraform query` lists them. With " +
			"`-generate-config-out` it writes a `resource` and an `import` block for each.\n\nConnectors that a configuration already manages are listed " +
			"too, because Terraform does not show a provider which ones these are. Needs Terraform 1.14 or later. OpenTofu has no such command.",
		Attributes: map[string]schema.Attribute{
			"name_contains": schema.StringAttribute{
				Optional:            true,
				MarkdownDescription: "Only connectors whose name contains this text, in any case.",
				Validators:          []validator.String{attribute.NotEmpty()},
			},
			"base_url": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "Only connectors that read the Okta organization at this base URL, such as `https://acme.okta.com`. It is " +
					"compared with the URL in the connector's account.",
				Validators: []validator.String{attribute.OktaBaseURLValidator()},
			},
			"community_id": schema.StringAttribute{
				Optional:            true,
				MarkdownDescription: "The UUID of the community. If unset: the provider's `community_id`, else all communities that the API key sees.",
				Validators:          []validator.String{attribute.UUIDValidator()},
			},
		},
	}
}

// List finds the connectors, oldest first. It makes one call for each hundred, and as many for their accounts if these
// are needed.
func (l *listResource) List(ctx context.Context, req list.ListRequest, stream *list.ListResultsStream) {
	found, diags := l.find(ctx, req)
	if diags.HasError() {
		stream.Results = list.ListResultsStreamDiagnostics(diags)
		return
	}
	if req.Limit > 0 && req.Limit < int64(len(found)) {
		found = found[:req.Limit]
	}
	stream.Results = func(push func(list.ListResult) bool) {
		for index := range found {
			result := found[index].result(ctx, req)
			if index == 0 {
				result.Diagnostics.Append(diags...)
			}
			if !push(result) {
				return
			}
		}
	}
}

// find lists the connectors that are asked for. It reads their accounts only if these are needed. A warning says what
// is left out.
func (l *listResource) find(ctx context.Context, req list.ListRequest) ([]observed, diag.Diagnostics) {
	var asked listModel
	diags := req.Config.Get(ctx, &asked)
	client, d := l.clients.Sekoia()
	diags.Append(d...)
	if diags.HasError() {
		return nil, diags
	}
	if asked.CommunityID.IsNull() {
		asked.CommunityID = l.clients.ConfiguredCommunityID()
	}
	byURL := !asked.BaseURL.IsNull()
	from := reader{clients: l.clients, client: client, diags: &diags}
	found := from.list(ctx, sekoia.Query{CommunityID: asked.CommunityID.ValueString()}, byURL || req.IncludeResource)
	if byURL && len(found) > 0 && found[0].refused[partAccount] != nil {
		l.clients.AddSekoiaError(&diags, path.Empty(), accountsNotListed, found[0].refused[partAccount])
	}
	from.warn(found)
	return slices.DeleteFunc(found, func(candidate observed) bool { return !asked.wants(&candidate) }), diags
}

func (m *listModel) wants(candidate *observed) bool {
	target := candidate.account.BaseURL
	return strings.Contains(strings.ToLower(candidate.connector.Name), strings.ToLower(m.NameContains.ValueString())) &&
		(m.BaseURL.IsNull() || target != nil && attribute.SameBaseURL(*target, m.BaseURL.ValueString()))
}

// result is the connector in the form that Terraform's query takes. Its resource is written as an import and Read
// would.
func (o *observed) result(ctx context.Context, req list.ListRequest) list.ListResult {
	id := types.StringValue(strings.ToLower(o.connector.ID))
	result := req.NewListResult(ctx)
	result.DisplayName = credential.Sanitize(o.connector.Name)
	result.Diagnostics.Append(setIdentity(ctx, result.Identity, id)...)
	if !req.IncludeResource {
		return result
	}
	into := result.Resource
	result.Diagnostics.Append(into.SetAttribute(ctx, pathID, id)...) // from now on it is an object of nulls, and not null
	var m model
	result.Diagnostics.Append(into.Get(ctx, &m)...)
	m.read(lifecycle.ReadResult{Connector: &o.connector, AccountID: o.account.ID, Target: o.account.BaseURL})
	result.Diagnostics.Append(into.Set(ctx, &m)...)
	return result
}

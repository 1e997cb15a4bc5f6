// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package connector

import (
	"context"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/list/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/sekoia"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/attribute"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/diagnostic"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/credential"
)

var _ list.ListResourceWithConfigure = (*listResource)(nil)

// NewListResource returns the list resource sekoia_okta_device_connector.
func NewListResource() list.ListResource { return &listResource{} }

// listResource shares its name and its clients with the resource whose instances it lists.
type listResource struct {
	Resource
}

// listModel is the config block of a list.
type listModel struct {
	NameContains types.String `tfsdk:"name_contains"`
	BaseURL      types.String `tfsdk:"base_url"`
	CommunityID  types.String `tfsdk:"community_id"`
}

// ListResourceConfigSchema describes the config block.
func (*listResource) ListResourceConfigSchema(_ context.Context, _ list.ListResourceSchemaRequest, resp *list.ListResourceSchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Finds the Okta Device connectors of a community for an import. `terraform query` lists them, and with " +
			"`-generate-config-out` writes a `resource` and an `import` block for each.\n\nConnectors that a configuration already " +
			"manages are listed too, because Terraform does not tell a provider which these are. It needs Terraform 1.14 or newer. " +
			"OpenTofu has no such command.",
		Attributes: map[string]schema.Attribute{
			"name_contains": schema.StringAttribute{
				Optional:            true,
				MarkdownDescription: "Only connectors with this text in their name, in upper or lower case.",
				Validators:          []validator.String{attribute.NotEmpty()},
			},
			"base_url": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "Only connectors that read the Okta organization at this base URL, such as " +
					"`https://acme.okta.com`. It is compared with the URL in the connector's account.",
				Validators: []validator.String{attribute.OktaBaseURLValidator()},
			},
			"community_id": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "The UUID of the community. If unset: the provider's `community_id`, else all communities that " +
					"the API key sees.",
				Validators: []validator.String{attribute.UUIDValidator()},
			},
		},
	}
}

// List finds the connectors, oldest first. It makes one call for each hundred, and as many for their accounts where
// these are asked for.
func (l *listResource) List(ctx context.Context, req list.ListRequest, stream *list.ListResultsStream) {
	var asked listModel
	diags := req.Config.Get(ctx, &asked)
	client, d := l.clients.Sekoia()
	diags.Append(d...)
	if diags.HasError() {
		stream.Results = list.ListResultsStreamDiagnostics(diags)
		return
	}
	if asked.CommunityID.IsNull() {
		asked.CommunityID = l.clients.ConfiguredCommunityID()
	}
	found, diags := asked.find(ctx, client, req.IncludeResource)
	if diags.HasError() {
		stream.Results = list.ListResultsStreamDiagnostics(diags)
		return
	}
	stream.Results = func(push func(list.ListResult) bool) {
		for index := range limited(found, req.Limit) {
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

// limited is at most limit of them; 0 is no limit.
func limited(found []listed, limit int64) []listed {
	if limit > 0 && limit < int64(len(found)) {
		return found[:limit]
	}
	return found
}

// listed is a connector that was found.
type listed struct {
	connector sekoia.Connector
	// account is nil where it is gone, can't be read, or was not asked for.
	account *sekoia.Account
}

// find lists the connectors that are asked for; the accounts only where they are needed. A warning says what is left
// out.
func (m *listModel) find(ctx context.Context, client *sekoia.Client, whole bool) ([]listed, diag.Diagnostics) {
	var diags diag.Diagnostics
	community := m.CommunityID.ValueString()
	connectors, err := client.Connectors(ctx, sekoia.Query{Kind: sekoia.OktaDeviceConnectorID, CommunityID: community})
	if err != nil {
		diagnostic.AddSekoiaError(&diags, path.Empty(), "The connectors could not be listed", err)
		return nil, diags
	}
	accounts := map[string]*sekoia.Account{}
	if len(connectors) > 0 && (whole || !m.BaseURL.IsNull()) {
		all, err := client.Accounts(ctx, sekoia.Query{Kind: sekoia.OktaModuleID, CommunityID: community})
		switch {
		case err != nil && forbidden(err) && m.BaseURL.IsNull():
			diagnostic.AddWarning(&diags, path.Empty(), "The connectors' accounts could not be read", err,
				"So their base_url is left out. Give the API key a role with this permission, in Sekoia's web page under Settings, API keys.")
		case err != nil:
			diagnostic.AddSekoiaError(&diags, path.Empty(), "The connectors' accounts could not be listed", err)
			return nil, diags
		}
		for _, account := range all {
			accounts[strings.ToLower(account.ID)] = &account
		}
	}
	var found []listed
	for _, connector := range connectors {
		candidate := listed{connector: connector, account: accounts[strings.ToLower(connector.AccountID)]}
		if m.wants(&candidate) {
			found = append(found, candidate)
		}
	}
	return found, diags
}

func (m *listModel) wants(candidate *listed) bool {
	if !strings.Contains(strings.ToLower(candidate.connector.Name), strings.ToLower(m.NameContains.ValueString())) {
		return false
	}
	if m.BaseURL.IsNull() {
		return true
	}
	return candidate.account != nil && candidate.account.BaseURL != nil &&
		attribute.SameBaseURL(*candidate.account.BaseURL, m.BaseURL.ValueString())
}

// result is the connector as Terraform takes it.
func (c *listed) result(ctx context.Context, req list.ListRequest) list.ListResult {
	id := types.StringValue(strings.ToLower(c.connector.ID))
	result := req.NewListResult(ctx)
	result.DisplayName = credential.Sanitize(c.connector.Name)
	result.Diagnostics.Append(setIdentity(ctx, result.Identity, id)...)
	if req.IncludeResource {
		result.Diagnostics.Append(c.fill(ctx, result.Resource, id)...)
	}
	return result
}

// fill writes the connector as an import and Read would.
func (c *listed) fill(ctx context.Context, into *tfsdk.Resource, id types.String) diag.Diagnostics {
	diags := into.SetAttribute(ctx, pathID, id) // from now on it is an object of nulls, and not null
	var m model
	diags.Append(into.Get(ctx, &m)...)
	m.readConnector(&c.connector)
	if c.account != nil {
		m.AccountID = types.StringValue(c.account.ID)
		if c.account.BaseURL != nil {
			m.BaseURL = attribute.NewBaseURL(*c.account.BaseURL)
		}
	}
	diags.Append(into.Set(ctx, &m)...)
	return diags
}

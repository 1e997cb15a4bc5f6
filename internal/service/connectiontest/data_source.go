// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package connectiontest

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/access"
)

var _ datasource.DataSourceWithConfigure = (*dataSource)(nil)

// NewDataSource returns the data source sekoia_okta_connection_test.
func NewDataSource() datasource.DataSource { return &dataSource{} }

type dataSource struct {
	clients *access.Clients
}

// Metadata names the data source.
func (*dataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_okta_connection_test"
}

// Configure takes the provider's clients; there are none while Terraform only validates.
func (d *dataSource) Configure(_ context.Context, req datasource.ConfigureRequest, resp *datasource.ConfigureResponse) {
	d.clients = access.ConfiguredClients(req.ProviderData, &resp.Diagnostics)
}

// Schema describes the data source.
func (*dataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Runs the connection test with the provider's own credentials and returns its report as data, for `check` " +
			"blocks, scheduled pipelines and comments on pull requests. It writes nothing.\n\nA failed test is not an error. A base " +
			"URL that may not be trusted, a credential that is missing or was revoked, and a service that does not answer are failed " +
			"checks in the report. Only a key that `okta_organizations` does not have is an error.",
		Attributes: map[string]schema.Attribute{
			access.OktaOrganizationAttribute: access.OktaOrganizationSchema(),
			"passed": schema.BoolAttribute{
				Computed:            true,
				MarkdownDescription: "Whether no check failed. Warnings and skipped checks are not failures.",
			},
			"checks": schema.ListNestedAttribute{
				Computed:            true,
				MarkdownDescription: "All checks, in the order in which they depend on each other.",
				NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
					"id": schema.StringAttribute{
						Computed:            true,
						MarkdownDescription: "The check's id, which never changes: `okta_reachable`, `okta_credentials`, …",
					},
					"status": schema.StringAttribute{
						Computed: true,
						MarkdownDescription: "`passed`, `warning` (passed, with something to know), `failed` (or it could not be " +
							"tested), or `skipped` (an earlier check failed).",
					},
					"message": schema.StringAttribute{
						Computed:            true,
						MarkdownDescription: "What was seen: counts and Okta's ids, but no secret, no name of a device and no person.",
					},
					"hint": schema.StringAttribute{
						Computed:            true,
						MarkdownDescription: "What to do. Null if there is nothing to do.",
					},
				}},
			},
			"okta_organization_id": schema.StringAttribute{
				Computed:            true,
				MarkdownDescription: "The id of the Okta organization that answered. Null if none did.",
			},
			"summary_markdown": schema.StringAttribute{
				Computed: true,
				MarkdownDescription: "The report as GitHub Flavored Markdown, for a comment on a pull request or a job's summary. It " +
					"has counts and Okta's ids, and no names.",
			},
		},
	}
}

// Read makes the test, or shares one that was made in this process.
func (d *dataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var key types.String
	resp.Diagnostics.Append(req.Config.GetAttribute(ctx, path.Root(access.OktaOrganizationAttribute), &key)...)
	if resp.Diagnostics.HasError() {
		return
	}
	settings, diags := d.clients.OktaSettings(key)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	state, diags := types.ObjectValue(stateTypes, stateValues(key, d.report(ctx, key, settings)))
	resp.Diagnostics.Append(diags...)
	resp.Diagnostics.Append(resp.State.Set(ctx, state)...)
}

// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package connector

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/access"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/attribute"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/longlist"
)

var _ datasource.DataSourceWithConfigure = (*pluralDataSource)(nil)

// NewPluralDataSource returns the data source sekoia_okta_device_connectors.
func NewPluralDataSource() datasource.DataSource { return &pluralDataSource{} }

type pluralDataSource struct {
	access.ConfiguredDataSource
}

// Metadata names the data source.
func (*pluralDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_okta_device_connectors"
}

// Schema describes the data source.
func (*pluralDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Reads all Okta Device connectors that the API key sees, no matter who created them. Connectors of other types and deleted " +
			"connectors are left out.\n\nA read makes one call for each 100 connectors and one for each 100 accounts of the Okta module. Then it makes one call " +
			"for each connector to count its assets, and one more to read its log if `log_lines` is set.",
		Attributes: map[string]schema.Attribute{
			"name": schema.StringAttribute{
				Optional:            true,
				MarkdownDescription: "Only connectors with exactly this name.",
				Validators:          []validator.String{attribute.NotEmpty()},
			},
			"community_id": schema.StringAttribute{
				Optional:            true,
				MarkdownDescription: "The UUID of a community: only its connectors are read. If unset, those of all communities that the API key sees.",
				Validators:          []validator.String{attribute.UUIDValidator()},
			},
			"log_lines":  logLinesAttribute("Default 0: the logs are not read, because each one is another call."),
			"connectors": connectorTable.Attribute("The connectors, oldest first."),
		},
	}
}

// Read lists the connectors and reads their details.
func (d *pluralDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	from, query, diags := question(ctx, d.Clients, req.Config, 0)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	found, diags := from.list(ctx, query, true)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(from.readDetails(ctx, found)...)
	if resp.Diagnostics.HasError() {
		return
	}
	longlist.SetState(ctx, req, resp, longlist.Results{Lists: map[string]longlist.List{"connectors": connectorTable.List(found)}})
}

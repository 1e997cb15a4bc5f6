// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package asset

import (
	"context"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/sekoia"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/attribute"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/longlist"
)

var (
	_ datasource.DataSource              = (*pluralDataSource)(nil)
	_ datasource.DataSourceWithConfigure = (*pluralDataSource)(nil)
)

// NewPluralDataSource is sekoia_assets.
func NewPluralDataSource() datasource.DataSource { return &pluralDataSource{} }

type pluralDataSource struct {
	configured
}

// pluralModel is the data source as it is written. What is read does not go through it: see terraform.WithResults.
type pluralModel struct {
	ConnectorID types.String `tfsdk:"connector_id"`
	Type        types.String `tfsdk:"type"`
	Search      types.String `tfsdk:"search"`
	Assets      types.List   `tfsdk:"assets"`
	Total       types.Int64  `tfsdk:"total"`
}

// Metadata names the data source.
func (*pluralDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_assets"
}

// Schema describes the data source.
func (*pluralDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Reads the assets in Sekoia that the API key sees: all of them, or those that match every argument. " +
			"Sekoia does not list revoked assets. What Sekoia does not say about an asset is `null`.\n\nIt makes about one call for " +
			"each 100 assets, up to four at a time.",
		Attributes: map[string]schema.Attribute{
			connectorIDAttribute: schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "Only assets that this connector has seen: its UUID, such as the `id` of a " +
					"`sekoia_okta_device_connector`. Other connectors may have seen them too, because Sekoia merges what several " +
					"connectors see.",
				Validators: connectorIDValidators(),
			},
			"type": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "Only assets of this type, such as `host` (devices) or `account`. Separate several types with " +
					"commas.",
				Validators: []validator.String{attribute.NotEmpty()},
			},
			"search": schema.StringAttribute{
				Optional:            true,
				MarkdownDescription: "Only assets with this text in their name.",
				Validators:          []validator.String{attribute.NotEmpty()},
			},
			"assets": assetTable.Attribute("The assets, the oldest first."),
			"total": schema.Int64Attribute{
				Computed:            true,
				MarkdownDescription: "How many assets there are.",
			},
		},
	}
}

// Read lists the assets.
func (d *pluralDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var model pluralModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &model)...)
	if resp.Diagnostics.HasError() {
		return
	}
	client, diags := d.clients.Sekoia()
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	assets, err := d.listAssets(ctx, client, sekoia.AssetQuery{
		// Sekoia writes UUIDs so, and its filter may tell capital letters apart.
		ConnectorID: strings.ToLower(model.ConnectorID.ValueString()), Type: model.Type.ValueString(), Search: model.Search.ValueString(),
	})
	if err != nil {
		addAssetsError(&resp.Diagnostics, err)
		return
	}
	state, err := longlist.WithResults(ctx, req.Config.Raw, assetResults(assets))
	if err != nil {
		resp.Diagnostics.AddError("The assets could not be put into Terraform's state", err.Error())
		return
	}
	resp.State.Raw = state
}

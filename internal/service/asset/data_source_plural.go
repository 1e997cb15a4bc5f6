// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package asset

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/memo"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/sekoia"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/access"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/attribute"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/longlist"
)

// connectorIDAttribute is the argument of both data sources that names a connector.
const connectorIDAttribute = "connector_id"

const assetsNotListed = "Sekoia's assets could not be listed"

// NewPluralDataSource returns the data source sekoia_assets.
func NewPluralDataSource() datasource.DataSource { return &pluralDataSource{} }

type pluralDataSource struct {
	access.ConfiguredDataSource
}

// pluralModel is the configuration. What is read does not pass through it: see longlist.SetState.
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
		MarkdownDescription: "Reads the assets in Sekoia that the API key can see: all of them, or those that match every argument set here. Revoked " +
			"assets are left out, as Sekoia leaves them out. What Sekoia does not say about an asset is `null`.\n\n" +
			"It makes about one call for every 100 assets, up to four at a time.",
		Attributes: map[string]schema.Attribute{
			connectorIDAttribute: schema.StringAttribute{
				Optional: true, Validators: []validator.String{attribute.UUIDValidator()},
				MarkdownDescription: "Only assets that the connector with this UUID has seen, such as the `id` of a `sekoia_okta_device_connector`. Other " +
					"connectors may have seen them too: Sekoia merges what several connectors see.",
			},
			"type": schema.StringAttribute{
				Optional: true, Validators: []validator.String{attribute.NotEmpty()},
				MarkdownDescription: "Only assets of this type, such as `host` (devices) or `account`. Separate several types with commas.",
			},
			"search": schema.StringAttribute{
				Optional: true, Validators: []validator.String{attribute.NotEmpty()},
				MarkdownDescription: "Only assets with this text in their name.",
			},
			"assets": assetTable.Attribute("The assets, the oldest first."),
			"total":  schema.Int64Attribute{Computed: true, MarkdownDescription: "How many assets there are."},
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
	client, diags := d.Clients.Sekoia()
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	query := sekoia.AssetQuery{ConnectorID: strings.ToLower(model.ConnectorID.ValueString()), Type: model.Type.ValueString(), Search: model.Search.ValueString()}

	// However many data sources ask for the same assets, in whatever case, they are listed once in a process. Nobody
	// may change the list.
	assets, err := memo.Remember(ctx, d.Clients.Shared(), fmt.Sprintf("asset/list %#v", query), func(ctx context.Context) ([]sekoia.Asset, error) {
		found := []sekoia.Asset{}
		for asset, err := range client.Assets(ctx, query) {
			if err != nil {
				return nil, err
			}
			found = append(found, asset)
		}
		return found, nil
	})
	if err != nil {
		d.Clients.AddSekoiaError(&resp.Diagnostics, path.Empty(), assetsNotListed, err)
		return
	}
	longlist.SetState(ctx, req, resp, longlist.Results{
		Values: map[string]attr.Value{"total": types.Int64Value(int64(len(assets)))},
		Lists:  map[string]longlist.List{"assets": assetTable.List(assets)},
	})
}

// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package connector

import (
	"context"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/sekoia"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/attribute"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/diagnostic"
)

var _ datasource.DataSourceWithConfigure = (*pluralDataSource)(nil)

// NewPluralDataSource returns the data source sekoia_okta_device_connectors.
func NewPluralDataSource() datasource.DataSource { return &pluralDataSource{} }

type pluralDataSource struct {
	configured
}

// observedListModel is the data source's configuration and, once read, its state.
type observedListModel struct {
	Name        types.String `tfsdk:"name"`
	CommunityID types.String `tfsdk:"community_id"`
	LogLines    types.Int64  `tfsdk:"log_lines"`
	Connectors  types.List   `tfsdk:"connectors"`
}

// Metadata names the data source.
func (*pluralDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_okta_device_connectors"
}

// Schema describes the data source.
func (*pluralDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Reads all Okta Device connectors that the API key sees, whoever created them, oldest first. Connectors " +
			"of other types and deleted ones are left out.\n\nIt makes about one call for each 100 connectors and one for each 100 " +
			"accounts of the Okta module, then one for each connector to count its assets, and one more if `log_lines` asks for its " +
			"log.",
		Attributes: map[string]schema.Attribute{
			"name": schema.StringAttribute{
				Optional:            true,
				MarkdownDescription: "Only connectors with exactly this name.",
				Validators:          []validator.String{attribute.NotEmpty()},
			},
			"community_id": schema.StringAttribute{
				Optional:            true,
				MarkdownDescription: "Only connectors of this community (its UUID). If unset: of all communities that the API key sees.",
				Validators:          []validator.String{attribute.UUIDValidator()},
			},
			"log_lines": logLinesAttribute("Default 0, because a log costs one more call for each connector."),
			"connectors": schema.ListNestedAttribute{
				Computed:            true,
				MarkdownDescription: "The connectors, oldest first.",
				NestedObject:        schema.NestedAttributeObject{Attributes: observedAttributes()},
			},
		},
	}
}

// Read lists the connectors, and reads what belongs to them.
func (d *pluralDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var asked observedListModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &asked)...)
	client, diags := d.clients.Sekoia()
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	connectors, err := client.Connectors(ctx, sekoia.Query{
		Kind: sekoia.OktaDeviceConnectorID, Name: asked.Name.ValueString(), CommunityID: asked.CommunityID.ValueString(),
	})
	if err != nil {
		diagnostic.AddSekoiaError(&resp.Diagnostics, path.Empty(), "The connectors could not be listed", err)
		return
	}
	found, diags := reader{client: client, logLines: linesOr(asked.LogLines, 0)}.readAll(ctx, connectors, asked.CommunityID.ValueString())
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	asked.Connectors = observedList(found)
	resp.Diagnostics.Append(resp.State.Set(ctx, asked)...)
}

// observedList is never null: no connector is an empty list.
func observedList(found []observed) types.List {
	elements := make([]attr.Value, len(found))
	for index := range found {
		elements[index] = types.ObjectValueMust(observedTypes, found[index].values())
	}
	return types.ListValueMust(observedType, elements)
}

// keepAsWritten keeps an argument as a person wrote it where it means what Sekoia says: UUIDs in capitals, say.
func keepAsWritten(values map[string]attr.Value, name string, written types.String) {
	if read, ok := values[name].(types.String); ok && !written.IsNull() && strings.EqualFold(read.ValueString(), written.ValueString()) {
		values[name] = written
	}
}

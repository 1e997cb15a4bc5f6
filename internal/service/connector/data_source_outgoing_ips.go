// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package connector

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/memo"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/access"
)

var _ datasource.DataSourceWithConfigure = (*outgoingIPsDataSource)(nil)

// NewOutgoingIPsDataSource returns the data source sekoia_outgoing_ips.
func NewOutgoingIPsDataSource() datasource.DataSource { return &outgoingIPsDataSource{} }

type outgoingIPsDataSource struct {
	access.ConfiguredDataSource
}

// Metadata names the data source.
func (*outgoingIPsDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_outgoing_ips"
}

// Schema describes the data source.
func (*outgoingIPsDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Reads the addresses that the connectors of the provider's region call from. An Okta token that is bound to a network zone with " +
			"these addresses works from Sekoia and from nowhere else. The connection test then passes only on a machine in that zone.\n\n" +
			"A read makes one call, without the API key. Sekoia announces changes of the list.",
		Attributes: map[string]schema.Attribute{
			"addresses": schema.ListAttribute{
				Computed:    true,
				ElementType: types.StringType,
				MarkdownDescription: "IP addresses, or prefixes in CIDR notation, as Sekoia lists them. An empty list is an error, and so is any other " +
					"entry.",
			},
		},
	}
}

// Read asks for the list, once in a process.
func (d *outgoingIPsDataSource) Read(ctx context.Context, _ datasource.ReadRequest, resp *datasource.ReadResponse) {
	client, diags := d.Clients.OpenSekoia()
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	addresses, err := memo.Remember(ctx, d.Clients.Shared(), "connector outgoing addresses", client.OutgoingIPs)
	if err != nil {
		d.Clients.AddSekoiaError(&resp.Diagnostics, path.Empty(), "The outgoing addresses could not be read", err)
		return
	}
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("addresses"), addresses)...)
}

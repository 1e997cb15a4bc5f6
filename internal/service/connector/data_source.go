// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package connector

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/memo"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/sekoia"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/access"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/attribute"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/diagnostic"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/longlist"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/credential"
)

var (
	_ datasource.DataSourceWithConfigure        = (*dataSource)(nil)
	_ datasource.DataSourceWithConfigValidators = (*dataSource)(nil)
	_ datasource.DataSourceWithConfigure        = (*pluralDataSource)(nil)
	_ datasource.DataSourceWithConfigure        = (*outgoingIPsDataSource)(nil)
)

// NewDataSource returns the data source sekoia_okta_device_connector.
func NewDataSource() datasource.DataSource { return &dataSource{} }

// NewPluralDataSource returns the data source sekoia_okta_device_connectors.
func NewPluralDataSource() datasource.DataSource { return &pluralDataSource{} }

// NewOutgoingIPsDataSource returns the data source sekoia_outgoing_ips.
func NewOutgoingIPsDataSource() datasource.DataSource { return &outgoingIPsDataSource{} }

type (
	dataSource            struct{ access.ConfiguredDataSource }
	pluralDataSource      struct{ access.ConfiguredDataSource }
	outgoingIPsDataSource struct{ access.ConfiguredDataSource }
)

const (
	defaultLogLines = 20 // one call
	maxLogLines     = 1000
)

// question reads the arguments that both data sources of connectors have. It returns who reads, and what is asked for.
func question(ctx context.Context, clients *access.Clients, config tfsdk.Config, logLines int, diags *diag.Diagnostics) (reader, sekoia.Query) {
	var (
		name, community types.String
		lines           types.Number
	)
	diags.Append(config.GetAttribute(ctx, pathName, &name)...)
	diags.Append(config.GetAttribute(ctx, pathCommunity, &community)...)
	diags.Append(config.GetAttribute(ctx, path.Root("log_lines"), &lines)...)
	client, d := clients.Sekoia()
	diags.Append(d...)
	return reader{clients: clients, client: client, diags: diags, logLines: attribute.Whole(lines, logLines)}, sekoia.Query{Name: name.ValueString(), CommunityID: community.ValueString()}
}

// Metadata names the data source.
func (*dataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_okta_device_connector"
}

// Schema describes the data source.
func (*dataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	attributes := connectorTable.Attributes()
	maps.Copy(attributes, map[string]schema.Attribute{
		"id": schema.StringAttribute{
			Optional: true, Computed: true,
			MarkdownDescription: "The UUID of the connector (Sekoia's API calls it a connector configuration). Set exactly one of `id` and `name`.",
			Validators:          []validator.String{attribute.UUIDValidator()},
		},
		"name": schema.StringAttribute{
			Optional: true, Computed: true,
			MarkdownDescription: "The exact name of the connector. If several connectors have it, the error lists their ids. Set exactly one of `id` and " +
				"`name`.",
			Validators: []validator.String{attribute.NotEmpty()},
		},
		"community_id": schema.StringAttribute{
			Optional: true, Computed: true,
			MarkdownDescription: "The UUID of the community that the connector belongs to. Set it together with `name` to search this community only. If " +
				"unset, all communities that the API key sees are searched.",
			Validators: []validator.String{attribute.UUIDValidator(), attribute.ConflictsWith("id")},
		},
		"log_lines": logLinesAttribute("Default 20. With 0 the log is not read."),
	})
	resp.Schema = schema.Schema{
		MarkdownDescription: "Reads one Okta Device connector, no matter who created it: its status, how many assets it has brought, and the end of its " +
			"log.\n\nA read makes up to four calls. Connectors of other types and deleted connectors are not found.",
		Attributes: attributes,
	}
}

func logLinesAttribute(unset string) schema.Attribute {
	return schema.NumberAttribute{
		Optional:            true,
		MarkdownDescription: "How many of the newest lines of the log to read, up to 1000. " + unset,
		Validators:          []validator.Number{attribute.Between(0, maxLogLines)},
	}
}

// ConfigValidators want exactly one way to choose the connector.
func (*dataSource) ConfigValidators(context.Context) []datasource.ConfigValidator {
	return []datasource.ConfigValidator{attribute.ExactlyOneOf("id", "name")}
}

// Read finds the connector and reads its details.
func (d *dataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var id types.String
	resp.Diagnostics.Append(req.Config.GetAttribute(ctx, pathID, &id)...)
	from, query := question(ctx, d.Clients, req.Config, defaultLogLines, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	var found []observed
	if id.IsNull() {
		found = from.findByName(ctx, query)
	} else {
		found = from.findByID(ctx, id.ValueString())
	}
	if resp.Diagnostics.HasError() {
		return
	}
	from.subject = credential.Sanitize(found[0].connector.Name)
	from.readAccount(ctx, &found[0])
	from.readDetails(ctx, found)
	values := connectorTable.Values(&found[0])

	// An argument stays as it is written: Sekoia's UUID may be in another case.
	if !id.IsNull() {
		values["id"] = id
	}
	if query.CommunityID != "" {
		values["community_id"] = types.StringValue(query.CommunityID)
	}
	if !resp.Diagnostics.HasError() {
		longlist.SetState(ctx, req, resp, longlist.Results{Values: values})
	}
}

func (r reader) findByID(ctx context.Context, id string) []observed {
	connector, err := r.client.Connector(ctx, id)
	summary := func(news string) string { return diagnostic.About("connector "+credential.Sanitize(id), news) }
	switch {
	case sekoia.IsNotFound(err):
		diagnostic.AddError(r.diags, pathID, summary("no such connector"), err, "The id must be the UUID of a connector that exists and that this API key sees.")
	case err != nil:
		r.clients.AddSekoiaError(r.diags, pathID, summary("the connector could not be read"), err)
	case !strings.EqualFold(connector.ConnectorID, sekoia.OktaDeviceConnectorID):
		r.diags.AddAttributeError(pathID, summary("not an Okta Device connector"), "The connector with this id is of another type.")
	default:
		return []observed{{connector: *connector}}
	}
	return nil
}

func (r reader) findByName(ctx context.Context, by sekoia.Query) []observed {
	found := r.list(ctx, by, false)
	summary := func(news string) string { return diagnostic.About(credential.Sanitize(by.Name), news) }
	switch {
	case r.diags.HasError():
	case len(found) == 0:
		r.diags.AddAttributeError(pathName, summary("no such connector"), "This API key sees no Okta Device connector with exactly this name.")
	case len(found) > 1:
		r.diags.AddAttributeError(pathName, summary("several connectors have this name"), fmt.Sprintf(
			"Sekoia has %d Okta Device connectors with this name: %s.\nSet id to one of them instead.", len(found), candidates(found)))
	}
	return found
}

// candidates lists the ids of connectors, with their communities if these differ.
func candidates(of []observed) string {
	ids := make([]string, len(of))
	for index, one := range of {
		ids[index] = one.connector.ID
		if slices.ContainsFunc(of, func(other observed) bool { return other.connector.CommunityID != one.connector.CommunityID }) {
			ids[index] += " (in the community " + one.connector.CommunityID + ")"
		}
	}
	return diagnostic.List(ids)
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
	from, query := question(ctx, d.Clients, req.Config, 0, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	found := from.list(ctx, query, true)
	from.readDetails(ctx, found)
	if !resp.Diagnostics.HasError() {
		longlist.SetState(ctx, req, resp, longlist.Results{Lists: map[string]longlist.List{"connectors": connectorTable.List(found)}})
	}
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

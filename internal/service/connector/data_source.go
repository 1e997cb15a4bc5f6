// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package connector

import (
	"context"
	"fmt"
	"maps"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/sekoia"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/access"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/attribute"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/diagnostic"
)

var (
	_ datasource.DataSourceWithConfigure        = (*dataSource)(nil)
	_ datasource.DataSourceWithConfigValidators = (*dataSource)(nil)
)

// NewDataSource returns the data source sekoia_okta_device_connector.
func NewDataSource() datasource.DataSource { return &dataSource{} }

type dataSource struct {
	configured
}

// configured is what the data sources of this package are given by the provider.
type configured struct {
	clients *access.Clients
}

// Configure takes the provider's clients; there are none while Terraform only validates.
func (c *configured) Configure(_ context.Context, req datasource.ConfigureRequest, resp *datasource.ConfigureResponse) {
	c.clients = access.ConfiguredClients(req.ProviderData, &resp.Diagnostics)
}

const (
	// defaultLogLines is what one connector's log shows where log_lines is silent: it is one call, for the API's own
	// page.
	defaultLogLines = 20
	maxLogLines     = 1000
)

// observedModel is the data source's configuration and, once read, its state.
type observedModel struct {
	ID          types.String `tfsdk:"id"`
	Name        types.String `tfsdk:"name"`
	CommunityID types.String `tfsdk:"community_id"`
	LogLines    types.Int64  `tfsdk:"log_lines"`
}

// Metadata names the data source.
func (*dataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_okta_device_connector"
}

// Schema describes the data source.
func (*dataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	attributes := observedAttributes()
	maps.Copy(attributes, map[string]schema.Attribute{
		"id": schema.StringAttribute{
			Optional: true, Computed: true,
			MarkdownDescription: "The UUID of the connector (Sekoia's API calls it a connector configuration). Exactly one of `id` and `name` is set.",
			Validators:          []validator.String{attribute.UUIDValidator()},
		},
		"name": schema.StringAttribute{
			Optional: true, Computed: true,
			MarkdownDescription: "The exact name of the connector. Names need not be unique: if several connectors have it, the error " +
				"lists their ids. Exactly one of `id` and `name` is set.",
			Validators: []validator.String{attribute.NotEmpty()},
		},
		"community_id": schema.StringAttribute{
			Optional: true, Computed: true,
			MarkdownDescription: "The UUID of its community. With `name`, it limits the search to one community. If unset, all " +
				"communities that the API key sees are searched.",
			Validators: []validator.String{attribute.UUIDValidator(), attribute.ConflictsWith("id")},
		},
		"log_lines": logLinesAttribute("Default 20. With 0 no log is read."),
	})
	resp.Schema = schema.Schema{
		MarkdownDescription: "Reads one Okta Device connector in Sekoia, whoever created it: its status, how many assets it has " +
			"brought, and the end of its log.\n\nIt makes up to four calls. Connectors of another type and deleted ones are not found.",
		Attributes: attributes,
	}
}

func logLinesAttribute(unset string) schema.Attribute {
	return schema.Int64Attribute{
		Optional:            true,
		MarkdownDescription: "How many of the newest lines of the log to read, up to 1000. " + unset,
		Validators:          []validator.Int64{attribute.Between(0, maxLogLines)},
	}
}

// ConfigValidators want exactly one way to choose the connector.
func (*dataSource) ConfigValidators(context.Context) []datasource.ConfigValidator {
	return []datasource.ConfigValidator{attribute.ExactlyOneOf("id", "name")}
}

// Read finds the connector, and reads what belongs to it.
func (d *dataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	asked := readObservedModel(ctx, req, &resp.Diagnostics)
	client, diags := d.clients.Sekoia()
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	connector := find(ctx, client, asked, &resp.Diagnostics)
	if connector == nil {
		return
	}
	found, diags := reader{client: client, logLines: linesOr(asked.LogLines, defaultLogLines)}.readOne(ctx, connector)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	values := found.values()
	values["log_lines"] = asked.LogLines
	keepAsWritten(values, "id", asked.ID)
	keepAsWritten(values, "community_id", asked.CommunityID)
	valueTypes := maps.Clone(observedTypes)
	valueTypes["log_lines"] = types.Int64Type
	state, diags := types.ObjectValue(valueTypes, values)
	resp.Diagnostics.Append(diags...)
	resp.Diagnostics.Append(resp.State.Set(ctx, state)...)
}

func readObservedModel(ctx context.Context, req datasource.ReadRequest, diags *diag.Diagnostics) observedModel {
	var asked observedModel
	diags.Append(req.Config.GetAttribute(ctx, path.Root("id"), &asked.ID)...)
	diags.Append(req.Config.GetAttribute(ctx, path.Root("name"), &asked.Name)...)
	diags.Append(req.Config.GetAttribute(ctx, path.Root("community_id"), &asked.CommunityID)...)
	diags.Append(req.Config.GetAttribute(ctx, path.Root("log_lines"), &asked.LogLines)...)
	return asked
}

// linesOr is log_lines, with what holds where it is unset.
func linesOr(lines types.Int64, unset int) int {
	if lines.IsNull() {
		return unset
	}
	return int(lines.ValueInt64())
}

// find is the connector that was asked for, or nil and an error in diags.
func find(ctx context.Context, client *sekoia.Client, asked observedModel, diags *diag.Diagnostics) *sekoia.Connector {
	if !asked.ID.IsNull() {
		return findByID(ctx, client, asked.ID.ValueString(), diags)
	}
	connectors, err := client.Connectors(ctx, sekoia.Query{
		Kind: sekoia.OktaDeviceConnectorID, Name: asked.Name.ValueString(), CommunityID: asked.CommunityID.ValueString(),
	})
	switch {
	case err != nil:
		diagnostic.AddSekoiaError(diags, pathName, "The connector could not be looked for", err)
	case len(connectors) == 0:
		diags.AddAttributeError(pathName, "No such connector",
			"Sekoia has no Okta device connector with exactly this name that this API key sees. A connector of another type is none.")
	case len(connectors) > 1:
		diags.AddAttributeError(pathName, "Several connectors have this name", fmt.Sprintf(
			"Sekoia has %d Okta device connectors with this name: %s.\nSet id to one of them instead.", len(connectors), candidates(connectors)))
	default:
		return &connectors[0]
	}
	return nil
}

func findByID(ctx context.Context, client *sekoia.Client, id string, diags *diag.Diagnostics) *sekoia.Connector {
	at := path.Root("id")
	connector, err := client.Connector(ctx, id)
	switch {
	case sekoia.IsNotFound(err):
		diagnostic.AddError(diags, at, "No such connector", err, "The id is the UUID of a connector that this API key sees, and that was not deleted.")
	case err != nil:
		diagnostic.AddSekoiaError(diags, at, "The connector could not be read", err)
	case !strings.EqualFold(connector.ConnectorID, sekoia.OktaDeviceConnectorID):
		diags.AddAttributeError(at, "Not an Okta device connector", "Sekoia has a connector with this id, and it is of another type.")
	default:
		return connector
	}
	return nil
}

// candidates lists ids and, where they differ, the communities behind them.
func candidates(connectors []sekoia.Connector) string {
	ids := make([]string, len(connectors))
	several := false
	for index, connector := range connectors {
		ids[index] = connector.ID
		several = several || !strings.EqualFold(connector.CommunityID, connectors[0].CommunityID)
	}
	if several {
		for index, connector := range connectors {
			ids[index] += " (in the community " + connector.CommunityID + ")"
		}
	}
	return diagnostic.List(ids)
}

// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package device

import (
	"context"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/okta"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/access"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/attribute"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/diagnostic"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/longlist"
)

// NewPluralDataSource returns the data source sekoia_okta_devices.
func NewPluralDataSource() datasource.DataSource { return &pluralDataSource{} }

type pluralDataSource struct {
	access.ConfiguredDataSource
}

// pluralModel is the configuration. What is read does not pass through it: see longlist.SetState.
type pluralModel struct {
	OktaOrganization    types.String `tfsdk:"okta_organization"`
	Search              types.String `tfsdk:"search"`
	Status              types.Set    `tfsdk:"status"`
	Platform            types.Set    `tfsdk:"platform"`
	DisplayNameContains types.String `tfsdk:"display_name_contains"`
	Registered          types.Bool   `tfsdk:"registered"`
	LastUpdatedAfter    types.String `tfsdk:"last_updated_after"`
	IncludeUsers        types.Bool   `tfsdk:"include_users"`
	IncludeDevices      types.Bool   `tfsdk:"include_devices"`
	Devices             types.List   `tfsdk:"devices"`
	Total               types.Int64  `tfsdk:"total"`
	CountByPlatform     types.Map    `tfsdk:"count_by_platform"`
	CountByStatus       types.Map    `tfsdk:"count_by_status"`
}

// Metadata names the data source.
func (*pluralDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_okta_devices"
}

// Schema describes the data source.
func (*pluralDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Reads the devices of an Okta organization: all of them, or those that match the filters. Without `okta_organization`, this is " +
			"the organization in the provider's `okta` block or in Okta's environment variables. What Okta does not say about a device is `null`.\n\n" +
			"It makes one call for every 200 devices. With a filter, Okta searches an index that lags a little behind the devices.",
		Attributes: map[string]schema.Attribute{
			access.OktaOrganizationAttribute: access.OktaOrganizationSchema(),
			"search": schema.StringAttribute{
				Optional:   true,
				Validators: []validator.String{attribute.NotEmpty(), attribute.ConflictsWith(filters...)},
				MarkdownDescription: "A search expression, such as `profile.platform eq \"MACOS\" and status eq \"ACTIVE\"`. It is sent to Okta unchanged. Okta " +
					"searches `profile.*`, `id`, `status` and `lastUpdated`. Prefer the other filters if they are enough. They can't be combined with it.",
			},
			"status": schema.SetAttribute{
				Optional: true, ElementType: types.StringType, Validators: []validator.Set{attribute.OktaWords()},
				MarkdownDescription: "Only devices with one of these statuses, as Okta writes them: `ACTIVE`, `DEACTIVATED`, `SUSPENDED`, …",
			},
			"platform": schema.SetAttribute{
				Optional: true, ElementType: types.StringType, Validators: []validator.Set{attribute.OktaWords()},
				MarkdownDescription: "Only devices of one of these platforms, as Okta writes them: `ANDROID`, `IOS`, `MACOS`, `WINDOWS`, …",
			},
			"display_name_contains": schema.StringAttribute{
				Optional: true, Validators: []validator.String{attribute.NotEmpty()},
				MarkdownDescription: "Only devices with this text in their display name. Quotes and backslashes need no escapes other than HCL's.",
			},
			"registered": schema.BoolAttribute{
				Optional: true,
				MarkdownDescription: "Only devices that are registered with Okta (`true`), or only those that are not (`false`). Both leave out devices for " +
					"which Okta does not say.",
			},
			"last_updated_after": schema.StringAttribute{
				Optional: true, Validators: []validator.String{attribute.Time()},
				MarkdownDescription: "Only devices that changed after this time, in RFC 3339, such as `2026-11-01T00:00:00Z`.",
			},
			"include_users": schema.BoolAttribute{
				Optional: true,
				MarkdownDescription: "Whether to read each device's `users` too. The default is `false`. With `true`, people's names are written to Terraform's " +
					"state. It needs no more calls, but their answers are larger.",
			},
			"include_devices": schema.BoolAttribute{
				Optional: true,
				MarkdownDescription: "Whether to fill `devices`. The default is `true`. With `false`, only `total` and the counts are stored in Terraform's state. " +
					"The calls are the same, but plans of a large organization are several times faster.",
			},
			"devices": deviceTable.Attribute("The devices, in Okta's order. Null if `include_devices` is `false`."),
			"total":   schema.Int64Attribute{Computed: true, MarkdownDescription: "How many devices there are."},
			"count_by_platform": schema.MapAttribute{
				Computed: true, ElementType: types.Int64Type,
				MarkdownDescription: "How many devices there are of each platform. Devices without a platform are counted in `total` only.",
			},
			"count_by_status": schema.MapAttribute{
				Computed: true, ElementType: types.Int64Type,
				MarkdownDescription: "How many devices there are with each status. Devices without a status are counted in `total` only.",
			},
		},
	}
}

// filters can't be combined with search.
var filters = []string{"status", "platform", "display_name_contains", "registered", "last_updated_after"}

// Read lists the devices.
func (d *pluralDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var model pluralModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &model)...)
	if resp.Diagnostics.HasError() {
		return
	}
	organization, diags := d.Clients.Okta(ctx, model.OktaOrganization)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	result, err := organization.ListDevices(ctx, model.query(), model.includeDevices())
	if err != nil {
		paths := diagnostic.OktaErrorPaths{Place: organization.Place}
		if !model.Search.IsNull() {
			paths.Search = path.Root("search")
		}
		diagnostic.AddOktaError(&resp.Diagnostics, paths, "Okta's devices could not be listed", err)
		return
	}
	result.AddWarnings(&resp.Diagnostics, organization.Place)
	read := longlist.Results{Values: map[string]attr.Value{
		"total":             types.Int64Value(int64(result.Total)),
		"count_by_platform": counts(result.ByPlatform),
		"count_by_status":   counts(result.ByStatus),
	}}
	if model.includeDevices() {
		read.Lists = map[string]longlist.List{"devices": deviceTable.List(result.Devices)}
	}
	longlist.SetState(ctx, req, resp, read)
}

func counts(by map[string]int) types.Map {
	values := make(map[string]attr.Value, len(by))
	for key, count := range by {
		values[key] = types.Int64Value(int64(count))
	}
	return types.MapValueMust(types.Int64Type, values)
}

// query is what Okta is asked for.
func (m *pluralModel) query() okta.DeviceQuery {
	query := okta.DeviceQuery{Search: m.Search.ValueString(), ExpandUsers: m.IncludeUsers.ValueBool() && m.includeDevices()}
	if query.Search != "" {
		return query
	}
	query.Search = okta.SearchFilter{
		DisplayNameContains: m.DisplayNameContains.ValueString(),
		Registered:          m.Registered.ValueBoolPointer(),
		Statuses:            wordsOf(m.Status),
		Platforms:           wordsOf(m.Platform),
		LastUpdatedAfter:    oktaTime(m.LastUpdatedAfter.ValueString()),
	}.Expression()
	return query
}

// wordsOf are the words in a set. A null is left out: it comes from a variable without a value.
func wordsOf(set types.Set) []string {
	var found []string
	for _, element := range set.Elements() {
		if word, ok := element.(types.String); ok && !word.IsNull() {
			found = append(found, word.ValueString())
		}
	}
	return found
}

// oktaTime returns a time in the form that Okta's search takes: UTC, with milliseconds. Text that is not a time is
// refused by the schema, and is returned as it is: Okta refuses it too, while no filter would read every device.
func oktaTime(text string) string {
	moment, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return text
	}
	return moment.UTC().Format("2006-01-02T15:04:05.000Z")
}

// includeDevices reports whether the devices themselves are wanted.
func (m *pluralModel) includeDevices() bool {
	return m.IncludeDevices.IsNull() || m.IncludeDevices.ValueBool()
}

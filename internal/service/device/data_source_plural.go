// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package device

import (
	"context"
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/okta"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/access"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/attribute"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/diagnostic"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/longlist"
)

var (
	_ datasource.DataSource              = (*pluralDataSource)(nil)
	_ datasource.DataSourceWithConfigure = (*pluralDataSource)(nil)
)

// NewPluralDataSource is sekoia_okta_devices.
func NewPluralDataSource() datasource.DataSource { return &pluralDataSource{} }

type pluralDataSource struct {
	configured
}

// pluralModel is the data source as it is written. What is read does not go through it: see terraform.WithResults.
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
		MarkdownDescription: "Reads the devices of an Okta organization: all of them, or those that match the filters. What Okta does " +
			"not say about a device is `null`.\n\nIt makes one call for each 200 devices. Okta searches an index that lags a little " +
			"behind the devices.",
		Attributes: map[string]schema.Attribute{
			access.OktaOrganizationAttribute: access.OktaOrganizationSchema(),
			"search": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "Okta's own search expression, such as `profile.platform eq \"MACOS\" and status eq \"ACTIVE\"`. " +
					"Okta searches `profile.*`, `id`, `status` and `lastUpdated`. It can't be combined with the other filters, which " +
					"are easier.",
				Validators: []validator.String{attribute.NotEmpty(), attribute.ConflictsWith(filters...)},
			},
			"status": schema.SetAttribute{
				Optional:            true,
				ElementType:         types.StringType,
				MarkdownDescription: "Only devices of any of these statuses, as Okta writes them: `ACTIVE`, `DEACTIVATED`, `SUSPENDED`, …",
				Validators:          []validator.Set{attribute.OktaWords()},
			},
			"platform": schema.SetAttribute{
				Optional:            true,
				ElementType:         types.StringType,
				MarkdownDescription: "Only devices of any of these platforms, as Okta writes them: `ANDROID`, `IOS`, `MACOS`, `WINDOWS`, …",
				Validators:          []validator.Set{attribute.OktaWords()},
			},
			"display_name_contains": schema.StringAttribute{
				Optional:            true,
				MarkdownDescription: "Only devices whose display name contains this text. Quotes and backslashes need no escape beyond HCL's own.",
				Validators:          []validator.String{attribute.NotEmpty()},
			},
			"registered": schema.BoolAttribute{
				Optional: true,
				MarkdownDescription: "Only devices that are (`true`) or are not (`false`) registered with Okta. Devices for which Okta " +
					"does not say match neither.",
			},
			"last_updated_after": schema.StringAttribute{
				Optional:            true,
				Validators:          []validator.String{attribute.Time()},
				MarkdownDescription: "Only devices that changed after this time, in RFC 3339, such as `2026-11-01T00:00:00Z`.",
			},
			"include_users": schema.BoolAttribute{
				Optional: true,
				MarkdownDescription: "Whether to read each device's `users` too. Default `false`. It makes no more calls, but larger " +
					"answers, and people's names enter Terraform's state.",
			},
			"include_devices": schema.BoolAttribute{
				Optional: true,
				MarkdownDescription: "Whether to fill `devices`. Default `true`. With `false` only `total` and the counts enter " +
					"Terraform's state. Set it if you don't need the devices themselves: the calls are the same, but plans of a large " +
					"organization are several times as fast.",
			},
			"devices": deviceTable.Attribute("The devices, in Okta's order. Null if `include_devices` is `false`."),
			"total": schema.Int64Attribute{
				Computed:            true,
				MarkdownDescription: "How many devices there are.",
			},
			"count_by_platform": schema.MapAttribute{
				Computed:    true,
				ElementType: types.Int64Type,
				MarkdownDescription: "How many devices of each platform there are. A device without a platform is counted in `total` " +
					"only.",
			},
			"count_by_status": schema.MapAttribute{
				Computed:            true,
				ElementType:         types.Int64Type,
				MarkdownDescription: "How many devices of each status there are. A device without a status is counted in `total` only.",
			},
		},
	}
}

// filters can't stand next to search.
var filters = []string{"status", "platform", "display_name_contains", "registered", "last_updated_after"}

// Read lists the devices.
func (d *pluralDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var model pluralModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &model)...)
	if resp.Diagnostics.HasError() {
		return
	}
	query, diags := model.query()
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	organization, diags := d.organization(ctx, model.OktaOrganization)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	result, err := organization.ListDevices(ctx, query, model.includeDevices())
	if err != nil {
		diagnostic.AddOktaError(&resp.Diagnostics, model.paths(organization.Place), "Okta's devices could not be listed", err)
		return
	}
	if result.Unreadable > 0 {
		resp.Diagnostics.AddWarning(organization.Place.Summary("part of Okta's answer is not a device"), fmt.Sprintf(
			"%d of the elements that Okta listed are not objects, and are left out.", result.Unreadable))
	}
	state, err := longlist.WithResults(ctx, req.Config.Raw, results(result, model.includeDevices()))
	if err != nil {
		resp.Diagnostics.AddError("The devices could not be put into Terraform's state", err.Error())
		return
	}
	resp.State.Raw = state
}

// wordsOf are those of a set. A null in it is left out: it is a variable that was left at its default.
func wordsOf(set types.Set) []string {
	var found []string
	for _, element := range set.Elements() {
		if word, ok := element.(types.String); ok && !word.IsNull() {
			found = append(found, word.ValueString())
		}
	}
	return found
}

// query is what Okta is asked for.
func (m *pluralModel) query() (okta.DeviceQuery, diag.Diagnostics) {
	var diags diag.Diagnostics
	filter := okta.SearchFilter{
		DisplayNameContains: m.DisplayNameContains.ValueString(),
		Registered:          m.Registered.ValueBoolPointer(),
	}
	filter.Statuses, filter.Platforms = wordsOf(m.Status), wordsOf(m.Platform)
	if !m.LastUpdatedAfter.IsNull() {
		moment, err := time.Parse(time.RFC3339, m.LastUpdatedAfter.ValueString())
		if err != nil {
			diags.AddAttributeError(path.Root("last_updated_after"), "This value is not accepted", "It must be a time such as 2026-01-31T00:00:00Z.")
		}
		filter.LastUpdatedAfter = oktaTime(moment)
	}
	query := okta.DeviceQuery{Search: m.Search.ValueString(), ExpandUsers: m.IncludeUsers.ValueBool() && m.includeDevices()}
	if query.Search == "" {
		query.Search = filter.Expression()
	}
	return query, diags
}

// includeDevices is true unless the configuration says otherwise.
func (m *pluralModel) includeDevices() bool {
	return m.IncludeDevices.IsNull() || m.IncludeDevices.ValueBool()
}

// paths are where errors of Okta about these devices belong.
func (m *pluralModel) paths(place diagnostic.OktaPlace) diagnostic.OktaErrorPaths {
	return diagnostic.OktaErrorPaths{Place: place, Search: m.searchPath()}
}

// searchPath is the attribute that can mend an expression that Okta refused.
func (m *pluralModel) searchPath() path.Path {
	if m.Search.IsNull() {
		return path.Empty()
	}
	return path.Root("search")
}

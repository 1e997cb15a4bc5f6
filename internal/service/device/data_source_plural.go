// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package device

import (
	"context"
	"fmt"
	"regexp"

	"github.com/hashicorp/terraform-plugin-framework-timetypes/timetypes"
	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/okta"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform"
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
	OktaOrganization    types.String      `tfsdk:"okta_organization"`
	Search              types.String      `tfsdk:"search"`
	Status              types.Set         `tfsdk:"status"`
	Platform            types.Set         `tfsdk:"platform"`
	DisplayNameContains types.String      `tfsdk:"display_name_contains"`
	Registered          types.Bool        `tfsdk:"registered"`
	LastUpdatedAfter    timetypes.RFC3339 `tfsdk:"last_updated_after"`
	IncludeUsers        types.Bool        `tfsdk:"include_users"`
	IncludeDevices      types.Bool        `tfsdk:"include_devices"`
	Devices             types.List        `tfsdk:"devices"`
	Total               types.Int64       `tfsdk:"total"`
	CountByPlatform     types.Map         `tfsdk:"count_by_platform"`
	CountByStatus       types.Map         `tfsdk:"count_by_status"`
}

// Metadata names the data source.
func (*pluralDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_okta_devices"
}

// oktaWord is how Okta writes statuses and platforms. New ones appear, so the values themselves are not listed.
var oktaWord = regexp.MustCompile(`^[A-Z][A-Z0-9_]*$`)

// Schema describes the data source.
func (*pluralDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Reads the devices of an Okta organisation: all of them, or those that the filters name. The organisation is that of the " +
			"provider's `okta` block, or of Okta's environment variables, or the one that `okta_organization` names. What Okta does not say of a device is `null`.\n\n" +
			"It makes one call for each 200 devices. Okta searches an index that lags a little behind the devices themselves.",
		Attributes: map[string]schema.Attribute{
			terraform.OktaOrganizationAttribute: terraform.OktaOrganizationSchema(),
			"search": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "A search expression of Okta's, sent as it is, such as `profile.platform eq \"MACOS\" and status eq \"ACTIVE\"`. Okta " +
					"searches `profile.*`, `id`, `status` and `lastUpdated`. The other filters are easier where they are enough; they can't be set beside it.",
				Validators: []validator.String{stringvalidator.LengthAtLeast(1), stringvalidator.ConflictsWith(filterPaths()...)},
			},
			"status": schema.SetAttribute{
				Optional:            true,
				ElementType:         types.StringType,
				MarkdownDescription: "Only devices of any of these statuses, as Okta writes them: `ACTIVE`, `DEACTIVATED`, `SUSPENDED`, …",
				Validators:          wordSetValidators(),
			},
			"platform": schema.SetAttribute{
				Optional:            true,
				ElementType:         types.StringType,
				MarkdownDescription: "Only devices of any of these platforms, as Okta writes them: `ANDROID`, `IOS`, `MACOS`, `WINDOWS`, …",
				Validators:          wordSetValidators(),
			},
			"display_name_contains": schema.StringAttribute{
				Optional:            true,
				MarkdownDescription: "Only devices whose display name contains this text. Quotes and backslashes need no escape beyond HCL's own.",
				Validators:          []validator.String{stringvalidator.LengthAtLeast(1)},
			},
			"registered": schema.BoolAttribute{
				Optional:            true,
				MarkdownDescription: "Only devices that are, or are not, registered with Okta. Devices of which Okta does not say are in neither list.",
			},
			"last_updated_after": schema.StringAttribute{
				Optional:            true,
				CustomType:          timetypes.RFC3339Type{},
				MarkdownDescription: "Only devices that changed after this time, in RFC 3339, such as `2026-11-01T00:00:00Z`.",
			},
			"include_users": schema.BoolAttribute{
				Optional: true,
				MarkdownDescription: "Whether each device's `users` are read too; `false` by default. It makes answers larger, not calls more, and writes " +
					"people's names into Terraform's state.",
			},
			"include_devices": schema.BoolAttribute{
				Optional: true,
				MarkdownDescription: "Whether `devices` is filled; `true` by default. With `false` only `total` and the counts enter Terraform's state: set it " +
					"where the devices themselves are not needed. The calls are the same, but plans of a large organization are several times as fast.",
			},
			"devices": deviceTable.Attribute("The devices, in Okta's order. Null if `include_devices` is `false`."),
			"total": schema.Int64Attribute{
				Computed:            true,
				MarkdownDescription: "How many devices there are.",
			},
			"count_by_platform": schema.MapAttribute{
				Computed:            true,
				ElementType:         types.Int64Type,
				MarkdownDescription: "How many devices of each platform there are. One without a platform is counted in `total` alone.",
			},
			"count_by_status": schema.MapAttribute{
				Computed:            true,
				ElementType:         types.Int64Type,
				MarkdownDescription: "How many devices of each status there are. One without a status is counted in `total` alone.",
			},
		},
	}
}

// filterPaths are the filters that search can't stand beside.
func filterPaths() []path.Expression {
	return []path.Expression{
		path.MatchRoot("status"), path.MatchRoot("platform"), path.MatchRoot("display_name_contains"), path.MatchRoot("registered"),
		path.MatchRoot("last_updated_after"),
	}
}

func wordSetValidators() []validator.Set {
	return []validator.Set{
		setvalidator.SizeAtLeast(1),
		setvalidator.ValueStringsAre(stringvalidator.RegexMatches(oktaWord, "Okta writes these in capital letters, such as ACTIVE or MACOS")),
	}
}

// Read lists the devices.
func (d *pluralDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var model pluralModel

	resp.Diagnostics.Append(req.Config.Get(ctx, &model)...)
	if resp.Diagnostics.HasError() {
		return
	}

	query, diags := model.query(ctx)

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
		terraform.AddOktaError(&resp.Diagnostics, model.paths(), "Okta's devices could not be listed", err)

		return
	}

	if result.Unreadable > 0 {
		resp.Diagnostics.AddWarning("Part of Okta's answer was no device", fmt.Sprintf(
			"%d of the elements that Okta listed were no objects, and are left out.", result.Unreadable))
	}

	state, err := terraform.WithResults(ctx, req.Config.Raw, results(result, model.includeDevices()))
	if err != nil {
		resp.Diagnostics.AddError("The devices could not be put into Terraform's state", err.Error())

		return
	}

	resp.State.Raw = state
}

// query is what Okta is asked for.
func (m *pluralModel) query(ctx context.Context) (okta.DeviceQuery, diag.Diagnostics) {
	filter := okta.SearchFilter{
		DisplayNameContains: m.DisplayNameContains.ValueString(),
		Registered:          m.Registered.ValueBoolPointer(),
	}

	diags := m.Status.ElementsAs(ctx, &filter.Statuses, false)
	diags.Append(m.Platform.ElementsAs(ctx, &filter.Platforms, false)...)

	if !m.LastUpdatedAfter.IsNull() {
		moment, problems := m.LastUpdatedAfter.ValueRFC3339Time()
		diags.Append(problems...)

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
func (m *pluralModel) paths() terraform.OktaErrorPaths {
	return terraform.OktaErrorPaths{Organization: m.OktaOrganization, Search: m.searchPath()}
}

// searchPath is the attribute that can mend an expression that Okta refused.
func (m *pluralModel) searchPath() path.Path {
	if m.Search.IsNull() {
		return path.Empty()
	}

	return path.Root("search")
}

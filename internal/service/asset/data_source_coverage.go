// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package asset

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/access"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/attribute"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/longlist"
)

// NewCoverageDataSource returns the data source sekoia_okta_device_coverage.
func NewCoverageDataSource() datasource.DataSource { return &coverageDataSource{} }

// The values of on_failure.
const (
	onFailureError   = "error"
	onFailureWarning = "warning"
)

type coverageDataSource struct {
	access.ConfiguredDataSource
}

// coverageModel is the configuration. What is read does not pass through it: see longlist.SetState.
type coverageModel struct {
	ConnectorID      types.String  `tfsdk:"connector_id"`
	OktaOrganization types.String  `tfsdk:"okta_organization"`
	OnFailure        types.String  `tfsdk:"on_failure"`
	Covered          types.List    `tfsdk:"covered"`
	Missing          types.List    `tfsdk:"missing"`
	Stale            types.List    `tfsdk:"stale"`
	MissingByReason  types.Map     `tfsdk:"missing_by_reason"`
	CoverageRatio    types.Float64 `tfsdk:"coverage_ratio"`
	SummaryMarkdown  types.String  `tfsdk:"summary_markdown"`
}

// Metadata names the data source.
func (*coverageDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_okta_device_coverage"
}

// Schema describes the data source.
func (*coverageDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Compares the devices of an Okta organization with the assets that one connector has brought to Sekoia, by Okta's id: which " +
			"devices arrived, which did not and why, and which assets are left over from devices that are no longer in Okta.\n\n" +
			"It makes one call for every 200 devices, about one for every 100 assets, and three more. It changes nothing. It fails if the connector " +
			"reads another Okta organization.",
		Attributes: map[string]schema.Attribute{
			connectorIDAttribute: schema.StringAttribute{
				Required: true, Validators: []validator.String{attribute.UUIDValidator()},
				MarkdownDescription: "The UUID of the connector whose assets are compared, such as the `id` of a `sekoia_okta_device_connector`. It must read " +
					"the same Okta organization as this data source.",
			},
			access.OktaOrganizationAttribute: access.OktaOrganizationSchema(),
			"on_failure": schema.StringAttribute{
				Optional: true, Validators: []validator.String{attribute.OneOf(onFailureError, onFailureWarning)},
				MarkdownDescription: "What happens if Okta or Sekoia can't be read: `error` (the default) or `warning`. With `warning`, all results are null and " +
					"`summary_markdown` says why. Set it if a destroy must not depend on Okta: Terraform reads data sources before it destroys anything. A " +
					"mistake in the configuration, such as a connector of another organization, is always an error.",
			},
			"covered": schema.ListAttribute{
				Computed: true, ElementType: types.StringType,
				MarkdownDescription: "Okta's ids of the devices that the connector has brought, in Okta's order. This includes devices whose asset was revoked " +
					"in Sekoia: they did arrive.",
			},
			"missing": missingTable.Attribute("The devices that the connector has not brought, in Okta's order."),
			"stale": schema.ListAttribute{
				Computed: true, ElementType: types.StringType,
				MarkdownDescription: "Okta's ids of assets whose device is no longer in Okta, the oldest asset first. Sekoia keeps such assets until somebody " +
					"revokes them. Revoked ones are not listed.",
			},
			"missing_by_reason": schema.MapAttribute{
				Computed: true, ElementType: types.Int64Type,
				MarkdownDescription: "How many devices are missing for each reason. All five reasons are always there, some with 0.",
			},
			"coverage_ratio": schema.Float64Attribute{
				Computed:            true,
				MarkdownDescription: "The covered devices divided by all of Okta's devices, from 0 to 1. Null if Okta has no device.",
			},
			"summary_markdown": schema.StringAttribute{
				Computed: true,
				MarkdownDescription: "The result in Markdown, for a comment on a pull request or the summary of a CI job: a verdict, and folded below it a table, " +
					"a Mermaid pie chart and up to 50 ids of each group. It contains counts and Okta's ids, but no names. It changes only if the result does.",
			},
		},
	}
}

// Read compares.
func (d *coverageDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var model coverageModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &model)...)
	if resp.Diagnostics.HasError() {
		return
	}
	run := comparison{clients: d.Clients}
	found := run.compare(ctx, model)
	resp.Diagnostics.Append(run.report(model)...)
	if resp.Diagnostics.HasError() {
		return
	}
	results := longlist.Results{Values: map[string]attr.Value{"summary_markdown": types.StringValue(run.unreadSummary(model))}}
	if found != nil {
		results = coverageResults(found)
	}
	longlist.SetState(ctx, req, resp, results)
}

// coverageResults are the attributes for a comparison.
func coverageResults(found *coverage) longlist.Results {
	counts := make(map[string]attr.Value, len(reasons))
	for _, why := range reasons {
		counts[string(why.reason)] = types.Int64Value(int64(found.count(why.reason)))
	}
	ratio := types.Float64Null()
	if found.devices > 0 {
		ratio = types.Float64Value(float64(len(found.covered)) / float64(found.devices))
	}
	return longlist.Results{
		Values: map[string]attr.Value{
			"missing_by_reason": types.MapValueMust(types.Int64Type, counts),
			"coverage_ratio":    ratio,
			"summary_markdown":  types.StringValue(found.summary()),
		},
		Lists: map[string]longlist.List{
			"covered": longlist.Texts(found.covered), "missing": missingTable.List(found.missing), "stale": longlist.Texts(found.stale),
		},
	}
}

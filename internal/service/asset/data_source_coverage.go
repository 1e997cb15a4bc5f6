// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package asset

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/okta"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/sekoia"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/access"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/attribute"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/diagnostic"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/longlist"
)

var (
	_ datasource.DataSource              = (*coverageDataSource)(nil)
	_ datasource.DataSourceWithConfigure = (*coverageDataSource)(nil)
)

// NewCoverageDataSource is sekoia_okta_device_coverage.
func NewCoverageDataSource() datasource.DataSource { return &coverageDataSource{} }

// The words of on_failure.
const (
	onFailureError   = "error"
	onFailureWarning = "warning"
)

type coverageDataSource struct {
	configured
}

// coverageModel is the data source as it is written. What is read does not go through it: see terraform.WithResults.
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
	attributes := comparedAttributes()
	attributes[connectorIDAttribute] = schema.StringAttribute{
		Required: true,
		MarkdownDescription: "The UUID of the connector whose assets are compared, such as the `id` of a " +
			"`sekoia_okta_device_connector`. It has to read the same Okta organization as this data source.",
		Validators: connectorIDValidators(),
	}
	attributes[access.OktaOrganizationAttribute] = access.OktaOrganizationSchema()
	attributes["on_failure"] = schema.StringAttribute{
		Optional: true,
		MarkdownDescription: "What happens if one side can't be read, or the two can't be compared: `error` (the default) or " +
			"`warning`. With `warning` all results are null, and `summary_markdown` says why. Set it if a destroy must not depend on " +
			"Okta: Terraform reads data sources before it destroys anything.",
		Validators: []validator.String{attribute.OneOf(onFailureError, onFailureWarning)},
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: "Compares the devices of an Okta organization with the assets that one connector has brought to Sekoia, " +
			"by Okta's id. It shows what arrived, what did not and why, and what is still in Sekoia but no longer in Okta.\n\nIt makes " +
			"one call for each 200 devices, about one for each 100 assets, and three more. It changes nothing. It fails if the " +
			"connector reads another Okta organization.",
		Attributes: attributes,
	}
}

func comparedAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"covered": schema.ListAttribute{
			Computed: true, ElementType: types.StringType,
			MarkdownDescription: "Okta's ids of the devices that the connector has brought, in Okta's order. It includes devices whose " +
				"asset someone revoked in Sekoia, because they arrived.",
		},
		"missing": missingTable.Attribute(
			"The devices that it has not brought, in Okta's order. How certain a reason is: see below."),
		"stale": schema.ListAttribute{
			Computed: true, ElementType: types.StringType,
			MarkdownDescription: "Okta's ids of assets whose device is no longer in Okta, the oldest asset first. Sekoia keeps them " +
				"until someone revokes them. Revoked ones are not listed.",
		},
		"missing_by_reason": schema.MapAttribute{
			Computed: true, ElementType: types.Int64Type,
			MarkdownDescription: "How many devices are missing for each reason. All five reasons are always there.",
		},
		"coverage_ratio": schema.Float64Attribute{
			Computed:            true,
			MarkdownDescription: "The covered devices divided by all of Okta's devices, from 0 to 1. Null if Okta has no devices.",
		},
		"summary_markdown": schema.StringAttribute{
			Computed: true,
			MarkdownDescription: "The result as Markdown, for a comment on a pull request or a job's summary: a heading, a verdict, " +
				"and folded below a table, a pie and up to 50 ids of each group. It has counts and Okta's ids, and no names. It " +
				"changes only if the result does.",
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
	results, diags := d.compare(ctx, model)
	if diags.HasError() {
		var unread string
		diags, unread = notCompared(diags, model)
		results = longlist.Results{Values: map[string]attr.Value{"summary_markdown": types.StringValue(unread)}}
	}
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	state, err := longlist.WithResults(ctx, req.Config.Raw, results)
	if err != nil {
		resp.Diagnostics.AddError("The coverage could not be put into Terraform's state", err.Error())
		return
	}
	resp.State.Raw = state
}

// compare reads both sides, and compares them.
func (d *coverageDataSource) compare(ctx context.Context, model coverageModel) (longlist.Results, diag.Diagnostics) {
	client, organization, diags := d.bothClouds(ctx, model.OktaOrganization)
	if diags.HasError() {
		return longlist.Results{}, diags
	}
	id, more := d.checkConnector(ctx, client, model.ConnectorID.ValueString(), organization)
	diags.Append(more...)
	if diags.HasError() {
		return longlist.Results{}, diags
	}
	devices, seen, more := d.inventories(ctx, client, organization, id, diagnostic.OktaErrorPaths{Place: organization.Place})
	diags.Append(more...)
	if diags.HasError() {
		return longlist.Results{}, diags
	}
	found := cover(devices, seen)
	found.host = organization.Resolution.API.URL().Host
	diags.Append(found.warnings(organization.Place)...)
	return coverageResults(found), diags
}

// notCompared are the diagnostics of a comparison that failed, as on_failure has them, and the summary for it. Errors
// end with a link to the way out of a destroy that they block.
func notCompared(diags diag.Diagnostics, model coverageModel) (shown diag.Diagnostics, summary string) {
	var problems []string
	subject := model.OktaOrganization.ValueString()
	for _, each := range diags {
		if each.Severity() != diag.SeverityError {
			shown.Append(each)
			continue
		}
		problems = append(problems, each.Summary())
		if model.OnFailure.ValueString() == onFailureWarning {
			shown.Append(changed(each, diag.SeverityWarning, about(subject, each.Summary()), "The results are null, for on_failure is \"warning\"."))
		} else {
			shown.Append(changed(each, diag.SeverityError, each.Summary(),
				"If this blocks a destroy: "+diagnostic.TroubleshootingLink("a-destroy-blocked-by-its-plan")))
		}
	}
	return shown, unreadSummary(subject, problems)
}

// about is a summary that begins with the organization's key, which it may do already.
func about(subject, summary string) string {
	if strings.HasPrefix(summary, subject+": ") {
		return summary
	}
	return diagnostic.About(subject, summary)
}

// changed is a diagnostic with another severity and summary, and a sentence at its end.
func changed(from diag.Diagnostic, severity diag.Severity, summary, closing string) diag.Diagnostic {
	at := path.Empty()
	if attribute, found := from.(diag.DiagnosticWithPath); found {
		at = attribute.Path()
	}
	return diagnostic.NewDiagnostic(severity, at, summary, nil, from.Detail()+"\n"+closing)
}

// bothClouds are the client for Sekoia and the organization to compare with. One without a Devices API is an error
// before any call for devices.
func (d *coverageDataSource) bothClouds(ctx context.Context, key types.String) (*sekoia.Client, *access.OktaOrganization, diag.Diagnostics) {
	client, diags := d.clients.Sekoia()
	if diags.HasError() {
		return nil, nil, diags
	}
	organization, diags := d.clients.Okta(ctx, key)
	if diags.HasError() {
		return nil, nil, diags
	}
	if about := organization.Resolution.Organization; about.ClassicEngine() {
		diags.AddError(organization.Place.Summary("the organization runs on Okta's Classic Engine"),
			"This organization is on Okta's Classic Engine, which has no Devices API, so there is nothing to compare.")
	}
	return client, organization, diags
}

// inventories reads both sides at once.
func (d *coverageDataSource) inventories(
	ctx context.Context, client *sekoia.Client, organization *access.OktaOrganization, connectorID string, paths diagnostic.OktaErrorPaths,
) ([]access.DeviceOutline, *sightings, diag.Diagnostics) {
	var (
		diags    diag.Diagnostics
		seen     *sightings
		assetErr error
		both     sync.WaitGroup
	)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	both.Go(func() {
		if seen, assetErr = d.listSightings(ctx, client, connectorID); assetErr != nil {
			cancel() // and the devices are not needed
		}
	})
	devices, err := organization.ListDevices(ctx, okta.DeviceQuery{}, false)
	if err != nil {
		cancel()
	}
	both.Wait()
	switch {
	case err != nil && (assetErr == nil || !errors.Is(err, context.Canceled)):
		diagnostic.AddOktaError(&diags, paths, "Okta's devices could not be listed", err)
	case assetErr != nil:
		addAssetsError(&diags, assetErr)
	case devices.Unreadable > 0:
		diags.AddWarning(organization.Place.Summary("part of Okta's answer is not a device"), fmt.Sprintf(
			"%d of the elements that Okta listed are not objects, and are left out.", devices.Unreadable))
	}
	if diags.HasError() {
		return nil, nil, diags
	}
	return devices.Outlines, seen, diags
}

// warnings are what the result leaves out.
func (c *coverage) warnings(place diagnostic.OktaPlace) diag.Diagnostics {
	var diags diag.Diagnostics
	if c.unidentified > 0 {
		diags.AddWarning(place.Summary("assets without an Okta id"), fmt.Sprintf(
			"%d assets of this connector have no external id in Sekoia, so it is not known which devices they are. They are left out: a device of theirs "+
				"looks as if it was missing.", c.unidentified))
	}
	return diags
}

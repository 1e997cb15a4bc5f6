// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package asset

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/okta"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/sekoia"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform"
)

var (
	_ datasource.DataSource              = (*coverageDataSource)(nil)
	_ datasource.DataSourceWithConfigure = (*coverageDataSource)(nil)
)

// NewCoverageDataSource is sekoia_okta_device_coverage.
func NewCoverageDataSource() datasource.DataSource { return &coverageDataSource{} }

type coverageDataSource struct {
	configured
}

// coverageModel is the data source as it is written. What is read does not go through it: see terraform.WithResults.
type coverageModel struct {
	ConnectorID      types.String  `tfsdk:"connector_id"`
	OktaOrganization types.String  `tfsdk:"okta_organization"`
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
		MarkdownDescription: "The connector whose assets are compared: its UUID, such as the `id` of a `sekoia_okta_device_connector`. It has to read the " +
			"same Okta organisation as this data source.",
		Validators: connectorIDValidators(),
	}
	attributes[terraform.OktaOrganizationAttribute] = terraform.OktaOrganizationSchema()

	resp.Schema = schema.Schema{
		MarkdownDescription: "Compares the devices of an Okta organisation with the assets that one connector has brought to Sekoia, by Okta's id: what " +
			"arrived, what did not and why, and what is still in Sekoia though Okta does not have it any more.\n\n" +
			"It makes one call for each 200 devices and about one for each 100 assets, and three more. It changes nothing, and fails where the connector " +
			"reads another Okta organisation.",
		Attributes: attributes,
	}
}

func comparedAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"covered": schema.ListAttribute{
			Computed: true, ElementType: types.StringType,
			MarkdownDescription: "Okta's ids of the devices that the connector has brought, in Okta's order. One whose asset somebody revoked in Sekoia is " +
				"among them: it arrived.",
		},
		"missing": missingTable.Attribute(
			"The devices that it has not brought, in Okta's order. How certain a reason is, is said below."),
		"stale": schema.ListAttribute{
			Computed: true, ElementType: types.StringType,
			MarkdownDescription: "Okta's ids of assets whose device is not in Okta any more, the oldest asset first. Sekoia keeps them until somebody revokes " +
				"them; revoked ones are not listed.",
		},
		"missing_by_reason": schema.MapAttribute{
			Computed: true, ElementType: types.Int64Type,
			MarkdownDescription: "How many devices are missing for each reason. All five reasons are there, with 0 if there is none.",
		},
		"coverage_ratio": schema.Float64Attribute{
			Computed:            true,
			MarkdownDescription: "The covered devices divided by all of Okta's, from 0 to 1. Null where Okta has no device: there is nothing to cover.",
		},
		"summary_markdown": schema.StringAttribute{
			Computed: true,
			MarkdownDescription: "The result as Markdown for a pull request's comment or a CI job's summary: a table, a Mermaid pie, and at most 50 ids of each " +
				"group. It has counts and Okta's ids, and no names.",
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

	client, organization, diags := d.bothClouds(ctx, model.OktaOrganization)

	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}

	id, diags := d.checkConnector(ctx, client, model.ConnectorID.ValueString(), organization)

	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}

	devices, seen, diags := d.inventories(ctx, client, organization, id, terraform.OktaErrorPaths{Organization: model.OktaOrganization})

	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}

	found := cover(devices, seen)
	resp.Diagnostics.Append(found.warnings()...)

	state, err := terraform.WithResults(ctx, req.Config.Raw, coverageResults(found))
	if err != nil {
		resp.Diagnostics.AddError("The coverage could not be put into Terraform's state", err.Error())

		return
	}

	resp.State.Raw = state
}

// bothClouds are the client for Sekoia and the organisation to compare with. One without a Devices API is an error before any call for
// devices.
func (d *coverageDataSource) bothClouds(ctx context.Context, key types.String) (*sekoia.Client, *terraform.OktaOrganization, diag.Diagnostics) {
	client, diags := d.clients.Sekoia()
	if diags.HasError() {
		return nil, nil, diags
	}

	organization, diags := d.clients.Okta(ctx, key)
	if diags.HasError() {
		return nil, nil, diags
	}

	if about := organization.Resolution.Organization; !about.IdentityEngine() {
		diags.AddError(terraform.OktaSummary(key, "base_url"),
			"This organisation is on Okta's Classic Engine, which has no Devices API, so there is nothing to compare.")
	}

	return client, organization, diags
}

// inventories reads both sides at once.
func (d *coverageDataSource) inventories(
	ctx context.Context, client *sekoia.Client, organization *terraform.OktaOrganization, connectorID string, paths terraform.OktaErrorPaths,
) ([]terraform.DeviceOutline, *sightings, diag.Diagnostics) {
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
		terraform.AddOktaError(&diags, paths, "Okta's devices could not be listed", err)
	case assetErr != nil:
		addAssetsError(&diags, assetErr)
	case devices.Unreadable > 0:
		diags.AddWarning("Part of Okta's answer was no device", fmt.Sprintf(
			"%d of the elements that Okta listed were no objects, and are left out.", devices.Unreadable))
	}

	if diags.HasError() {
		return nil, nil, diags
	}

	return devices.Outlines, seen, diags
}

// warnings are what the result leaves out.
func (c *coverage) warnings() diag.Diagnostics {
	var diags diag.Diagnostics

	if c.unidentified > 0 {
		diags.AddWarning("Assets without an id of Okta's", fmt.Sprintf(
			"%d assets of this connector have no external id in Sekoia, so it is not known which devices they are. They are left out: a device of theirs "+
				"looks as if it was missing.", c.unidentified))
	}

	return diags
}

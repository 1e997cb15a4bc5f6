// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package connectiontest

import (
	"context"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/preflight"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/access"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/longlist"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/credential"
)

var _ datasource.DataSourceWithConfigure = (*dataSource)(nil)

// NewDataSource returns the data source sekoia_okta_connection_test.
func NewDataSource() datasource.DataSource { return &dataSource{} }

type dataSource struct {
	access.ConfiguredDataSource
}

// finding is a check as the report has it, with where the setting is written that can fix it.
type finding struct {
	preflight.Check

	where string
}

// message leaves the trace of what passed out: nothing may change that need not.
func (f *finding) message() string {
	if f.Status == preflight.StatusFailed {
		return f.Text()
	}
	return f.Message
}

func (f *finding) hint() *string {
	if hint := strings.TrimSpace(f.Hint + "\n" + f.where); hint != "" {
		return &hint
	}
	return nil
}

// checkTable has the attributes of a check.
var checkTable = longlist.NewTable(
	longlist.Value("id", "The check's name, which does not change between versions: `okta_reachable`, `okta_credentials`, …",
		func(f *finding) *string { return (*string)(&f.ID) }),
	longlist.Value("status", "`passed`, `warning` (passed, but there is something to know), `failed` (it found a problem, or could not be made), or "+
		"`skipped` (an earlier check made it pointless).", func(f *finding) *string { return (*string)(&f.Status) }),
	longlist.Text("message", "What the check found. It has counts and Okta's ids, but never a secret, the name of a device or a person.",
		func(f *finding) *string { return new(f.message()) }),
	longlist.Text("hint", "What to do. Null if there is nothing to do.", (*finding).hint),
)

// Metadata names the data source.
func (*dataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_okta_connection_test"
}

// Schema describes the data source.
func (*dataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Runs the connection test with the provider's own credentials and returns its report as data, for `check` blocks, scheduled " +
			"pipelines and comments on pull requests. It changes nothing.\n\n" +
			"A problem that it finds is a failed check in the report, not an error: a base URL that can't be trusted, a missing or revoked credential, a " +
			"cloud that does not answer. The only error is a key that `okta_organizations` does not have.",
		Attributes: map[string]schema.Attribute{
			access.OktaOrganizationAttribute: access.OktaOrganizationSchema(),
			"passed": schema.BoolAttribute{
				Computed: true, MarkdownDescription: "Whether no check failed. Warnings and skipped checks don't count as failures.",
			},
			"checks": checkTable.Attribute("All checks, always, in the order in which they build on each other."),
			"okta_organization_id": schema.StringAttribute{
				Computed: true, MarkdownDescription: "The id of the Okta organization that answered. Null if none did.",
			},
			"summary_markdown": schema.StringAttribute{
				Computed: true,
				MarkdownDescription: "The report in GitHub Flavored Markdown, with a table: for a comment on a pull request or the summary of a CI job. It has " +
					"counts and Okta's ids, but no names.",
			},
		},
	}
}

// Read runs the test, or shares one that was run in this process.
func (d *dataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var key types.String
	resp.Diagnostics.Append(req.Config.GetAttribute(ctx, path.Root(access.OktaOrganizationAttribute), &key)...)
	if resp.Diagnostics.HasError() {
		return
	}
	settings, diags := d.Clients.OktaSettings(key)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	report := d.report(ctx, settings)
	checks := make([]finding, len(report.Checks))
	for index, check := range report.Checks {
		checks[index] = finding{check, d.Clients.Where(settings.Place, check.Input)}
	}
	organizationID := types.StringNull()
	if report.OrganizationID != "" {
		organizationID = types.StringValue(report.OrganizationID)
	}
	longlist.SetState(ctx, req, resp, longlist.Results{Values: map[string]attr.Value{
		"passed":               types.BoolValue(report.Passed()),
		"checks":               checkTable.List(checks).Value(),
		"okta_organization_id": organizationID,
		"summary_markdown":     types.StringValue(report.Markdown()),
	}})
}

// report is the test of these settings. What is missing of them, or not known yet, is a failed check: without it the
// test would skip what it is asked for, and pass.
func (d *dataSource) report(ctx context.Context, settings access.OktaSettings) *preflight.Report {
	base, missing := d.Clients.CheckOkta(settings)
	if missing != nil {
		settings.APIToken, settings.App = credential.Secret{}, nil // what can't be used is not sent
	}
	report := d.Clients.Tester().Report(ctx, preflight.Input{
		OktaBaseURL: base, OktaToken: settings.APIToken, OktaApp: settings.App, CommunityID: d.Clients.ConfiguredCommunityID().ValueString(),
	})
	switch {
	case missing == nil:
	case missing.Credential:
		report = amended(report, preflight.OktaCredentials, missing)
	default:
		report = amended(report, preflight.OktaReachable, missing)
	}
	if missing := d.Clients.CheckSekoia(); missing != nil {
		return amended(report, preflight.SekoiaCredentials, missing)
	}
	return amended(report, preflight.SekoiaCommunity, d.Clients.CheckCommunity())
}

func amended(report *preflight.Report, id preflight.CheckID, missing *access.Problem) *preflight.Report {
	if missing == nil {
		return report
	}
	return report.Missing(id, !missing.Unknown, missing.News, missing.Detail)
}

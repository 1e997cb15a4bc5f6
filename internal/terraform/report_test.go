// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package terraform

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/preflight"
)

func TestReportDiagnostics(t *testing.T) {
	t.Parallel()

	onAttributes := ReportPaths{BaseURL: path.Root("base_url"), Token: path.Root("api_token_wo"), Community: path.Root("community_id")}
	failed := func(id preflight.CheckID, target preflight.Target) preflight.Check {
		return preflight.Check{ID: id, Status: preflight.StatusFailed, Target: target, Message: "Seen.", Hint: "Do this."}
	}
	untested := func(check preflight.Check) preflight.Check {
		check.Inconclusive = true

		return check
	}
	untrusted := failed(preflight.OktaReachable, preflight.TargetOktaBaseURL)
	untrusted.Untrusted = true

	cases := map[string]struct {
		check    preflight.Check
		opts     ReportOptions
		severity diag.Severity
		at       path.Path
		summary  string
		says     []string
		not      []string
	}{
		"a rejected token sits on the token's attribute": {
			check: failed(preflight.OktaCredentials, preflight.TargetOktaToken), opts: ReportOptions{Paths: onAttributes, WaysOut: true},
			severity: diag.SeverityError, at: path.Root("api_token_wo"), summary: "Connection test: okta_credentials failed",
			says: []string{"Seen.\nDo this.\n\nCheck okta_credentials, tested from here.", "SEKOIA_CONNECTION_TEST=off", "terraform destroy -refresh=false"},
		},
		"a rejected key sits on the provider": {
			check: failed(preflight.SekoiaCredentials, preflight.TargetSekoia), opts: ReportOptions{Paths: onAttributes},
			severity: diag.SeverityError, summary: SekoiaKeySummary, says: []string{"Check sekoia_credentials"}, not: []string{"SEKOIA_CONNECTION_TEST"},
		},
		"a community sits on the resource's attribute": {
			check: failed(preflight.SekoiaCommunity, preflight.TargetCommunity), opts: ReportOptions{Paths: onAttributes},
			severity: diag.SeverityError, at: path.Root("community_id"), summary: "Connection test: sekoia_community failed",
		},
		"a community that the provider chose sits on the provider": {
			check: failed(preflight.SekoiaCommunity, preflight.TargetCommunity), severity: diag.SeverityError, summary: SekoiaCommunitySummary,
		},
		"a data source's token sits on the provider": {
			check: failed(preflight.OktaDevicesRead, preflight.TargetOktaToken), severity: diag.SeverityError, summary: OktaTokenSummary,
		},
		"a data source's base URL sits on the provider": {
			check: failed(preflight.OktaIdentityEngine, preflight.TargetOktaBaseURL), severity: diag.SeverityError, summary: OktaBaseURLSummary,
		},
		"on_failure makes a rejection a warning, without ways out": {
			check: failed(preflight.OktaCredentials, preflight.TargetOktaToken),
			opts:  ReportOptions{Paths: onAttributes, Rejected: diag.SeverityWarning, WaysOut: true}, severity: diag.SeverityWarning,
			at: path.Root("api_token_wo"), summary: "Connection test: okta_credentials failed", not: []string{"SEKOIA_CONNECTION_TEST"},
		},
		"an outage is a warning at plan": {
			check: untested(failed(preflight.OktaReachable, preflight.TargetNone)), opts: ReportOptions{Untested: diag.SeverityWarning},
			severity: diag.SeverityWarning, summary: "Connection test: okta_reachable could not be tested", says: []string{"okta_reachable"},
		},
		"an outage is an error before a write": {
			check: untested(failed(preflight.OktaReachable, preflight.TargetNone)), opts: ReportOptions{Rejected: diag.SeverityWarning},
			severity: diag.SeverityError, summary: "Connection test: okta_reachable could not be tested",
		},
		"on_failure does not relax where a credential may go": {
			check: untrusted, opts: ReportOptions{Paths: onAttributes, Rejected: diag.SeverityWarning, Untested: diag.SeverityWarning, WaysOut: true},
			severity: diag.SeverityError, at: path.Root("base_url"), summary: "Connection test: okta_reachable failed",
			says: []string{"terraform destroy -refresh=false"}, not: []string{"SEKOIA_CONNECTION_TEST"},
		},
		"of an unchanged resource that is a warning too": {
			check: untrusted, opts: ReportOptions{Paths: onAttributes, Untrusted: diag.SeverityWarning}, severity: diag.SeverityWarning,
			at: path.Root("base_url"), summary: "Connection test: okta_reachable failed",
		},
		"a warning is a warning": {
			check: preflight.Check{ID: preflight.OktaInventory, Status: preflight.StatusWarning, Message: "Empty."}, severity: diag.SeverityWarning,
			summary: "Connection test: okta_inventory passed with a warning", says: []string{"Empty.\n\nCheck okta_inventory"},
		},
	}

	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			report := &preflight.Report{TestedFrom: "here", Checks: []preflight.Check{
				{ID: preflight.OktaReachable, Status: preflight.StatusPassed, Message: "passed"},
				test.check,
				{ID: preflight.OktaRateLimit, Status: preflight.StatusSkipped, Message: "skipped"},
			}}

			diags := ReportDiagnostics(report, test.opts)
			if len(diags) != 1 {
				t.Fatalf("there are %d diagnostics: %v", len(diags), diags)
			}

			got := diags[0]
			if got.Severity() != test.severity || got.Summary() != test.summary || !isAt(got, test.at) {
				t.Errorf("the diagnostic is %v %q %v", got.Severity(), got.Summary(), got)
			}

			for _, text := range test.says {
				if !strings.Contains(got.Detail(), text) {
					t.Errorf("the detail does not say %q: %q", text, got.Detail())
				}
			}

			for _, text := range test.not {
				if strings.Contains(got.Detail(), text) {
					t.Errorf("the detail says %q: %q", text, got.Detail())
				}
			}
		})
	}
}

func TestReportDiagnosticsAreShort(t *testing.T) {
	t.Parallel()

	report := &preflight.Report{Checks: []preflight.Check{{
		ID: preflight.OktaInventory, Status: preflight.StatusFailed, Message: strings.Repeat("seen\n", 30), Hint: "Do this.",
	}}}

	got := ReportDiagnostics(report, ReportOptions{WaysOut: true})[0].Detail()
	if lines := strings.Count(got, "\n") + 1; lines > 10 || !strings.Contains(got, "Do this.\n\nCheck okta_inventory.") {
		t.Errorf("the detail has %d lines: %q", lines, got)
	}
}

// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package diagnostic

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/okta"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/preflight"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/sekoia"
)

func TestReportDiagnostics(t *testing.T) {
	t.Parallel()
	const link = "https://registry.terraform.io/providers/sekoia-io/sekoia/latest/docs/guides/troubleshooting"
	onURL, onToken, onCommunity := path.Root("base_url"), path.Root("api_token_wo"), path.Root("community_id")
	failed := func(id preflight.CheckID, input string) preflight.Check {
		return preflight.Check{ID: id, Status: preflight.StatusFailed, Input: input, News: "this is the news", Message: "Seen.", Hint: "Do this."}
	}
	rejected401 := failed(preflight.OktaCredentials, okta.InputToken)
	rejected401.News = "Okta rejected the API token (401)"
	outage := failed(preflight.OktaReachable, "")
	outage.Inconclusive, outage.News = true, "Okta did not answer"
	untrusted := failed(preflight.OktaReachable, okta.InputBaseURL)
	untrusted.Untrusted, untrusted.News = true, "base_url may not be trusted with an Okta credential"
	cases := map[string]struct {
		check    preflight.Check
		opts     ReportOptions
		severity diag.Severity
		at       path.Path
		summary  string
		says     []string
		not      []string
	}{
		"a rejected token sits on the token's attribute, and nothing says to switch the test off": {
			check: rejected401, opts: ReportOptions{Subject: "acme", BaseURL: onURL, Token: onToken, Community: onCommunity},
			severity: diag.SeverityError, at: path.Root("api_token_wo"), summary: "acme: Okta rejected the API token (401)",
			says: []string{"Seen.\nDo this.\nCheck okta_credentials, tested from this machine, not Sekoia (network zones may differ). See " + link + "#okta_credentials"},
			not:  []string{"SEKOIA_CONNECTION_TEST", "-refresh=false"},
		},
		"without a name the summary begins with a capital letter": {
			check: rejected401, opts: ReportOptions{BaseURL: onURL, Token: onToken, Community: onCommunity},
			severity: diag.SeverityError, at: path.Root("api_token_wo"), summary: "Okta rejected the API token (401)",
		},
		"a rejected key sits on the provider, and is nobody's": {
			check: failed(preflight.SekoiaCredentials, sekoia.InputAPIKey), opts: ReportOptions{Subject: "acme", BaseURL: onURL, Token: onToken, Community: onCommunity},
			severity: diag.SeverityError, summary: `provider "sekoia": this is the news`, says: []string{"Check sekoia_credentials"}, not: []string{"SEKOIA_CONNECTION_TEST"},
		},
		"so is a region where nobody answers": {
			check: failed(preflight.SekoiaCredentials, sekoia.InputRegion), opts: ReportOptions{Subject: "acme", BaseURL: onURL, Token: onToken, Community: onCommunity},
			severity: diag.SeverityError, summary: `provider "sekoia": this is the news`, says: []string{"Check sekoia_credentials"},
		},
		"a community sits on the resource's attribute": {
			check: failed(preflight.SekoiaCommunity, sekoia.InputCommunity), opts: ReportOptions{Subject: "acme", BaseURL: onURL, Token: onToken, Community: onCommunity},
			severity: diag.SeverityError, at: path.Root("community_id"), summary: "acme: this is the news",
		},
		"a community that the provider chose sits on the provider": {
			check: failed(preflight.SekoiaCommunity, sekoia.InputCommunity), severity: diag.SeverityError, summary: `provider "sekoia": this is the news`,
		},
		"on_failure makes a rejection a warning, with what an apply will make of it": {
			check: rejected401, opts: ReportOptions{Subject: "acme", BaseURL: onURL, Token: onToken, Community: onCommunity, Rejected: diag.SeverityWarning, Note: "An apply stops here."},
			severity: diag.SeverityWarning, at: path.Root("api_token_wo"), summary: "acme: Okta rejected the API token (401)",
			says: []string{"tested from this machine, not Sekoia (network zones may differ). An apply stops here. See " + link + "#okta_credentials"}, not: []string{"SEKOIA_CONNECTION_TEST"},
		},
		"what an apply will make of it is not said of an error": {
			check: rejected401, opts: ReportOptions{BaseURL: onURL, Token: onToken, Community: onCommunity, Note: "An apply stops here."},
			severity: diag.SeverityError, at: path.Root("api_token_wo"), summary: "Okta rejected the API token (401)", not: []string{"An apply stops here."},
		},
		"an outage is a warning at plan": {
			check: outage, opts: ReportOptions{Subject: "acme", Untested: diag.SeverityWarning},
			severity: diag.SeverityWarning, summary: "acme: Okta did not answer", says: []string{"okta_reachable", link}, not: []string{"SEKOIA_CONNECTION_TEST"},
		},
		"an outage is an error before a write, with the way out": {
			check: outage, opts: ReportOptions{Subject: "acme", Rejected: diag.SeverityWarning},
			severity: diag.SeverityError, summary: "acme: Okta did not answer", says: []string{"SEKOIA_CONNECTION_TEST=off skips the test. See " + link},
		},
		"on_failure does not relax where a credential may go": {
			check: untrusted, opts: ReportOptions{Subject: "acme", BaseURL: onURL, Token: onToken, Community: onCommunity, Rejected: diag.SeverityWarning, Untested: diag.SeverityWarning},
			severity: diag.SeverityError, at: path.Root("base_url"), summary: "acme: base_url may not be trusted with an Okta credential",
			says: []string{link}, not: []string{"SEKOIA_CONNECTION_TEST", "-refresh=false"},
		},
		"an attribute's name at the beginning of a summary stays as it is": {
			check: untrusted, opts: ReportOptions{BaseURL: onURL, Token: onToken, Community: onCommunity, Untrusted: diag.SeverityWarning}, severity: diag.SeverityWarning,
			at: path.Root("base_url"), summary: "base_url may not be trusted with an Okta credential",
		},
		"a warning is a warning, and needs no guide": {
			check: preflight.Check{ID: "okta_inventory", Status: preflight.StatusWarning, News: "Sekoia will miss devices", Message: "Empty."},
			opts:  ReportOptions{Subject: "acme", Note: "An apply stops here."}, severity: diag.SeverityWarning,
			summary: "acme: Sekoia will miss devices", says: []string{"Empty.\nCheck okta_inventory"}, not: []string{link, "An apply stops here."},
		},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			report := &preflight.Report{Checks: []preflight.Check{
				{ID: preflight.OktaReachable, Status: preflight.StatusPassed, Message: "passed"},
				test.check,
				{ID: "okta_rate_limit", Status: preflight.StatusSkipped, Message: "skipped"},
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
		ID: preflight.OktaReachable, Status: preflight.StatusFailed, Inconclusive: true, Message: strings.Repeat("seen\n", 30), Hint: "Do this.",
	}}}
	for _, severity := range []diag.Severity{diag.SeverityError, diag.SeverityWarning} {
		got := ReportDiagnostics(report, ReportOptions{Untested: severity, Note: "An apply stops here."})[0].Detail()
		if lines := strings.Count(got, "\n") + 1; lines > 6 || !strings.Contains(got, "Do this.\nCheck okta_reachable, tested from this machine, not Sekoia (network zones may differ).") ||
			!strings.HasSuffix(got, "#okta_reachable") {
			t.Errorf("the detail has %d lines: %q", lines, got)
		}
	}
}

// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package preflight

import (
	"slices"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestChecksOnlyWaitForEarlierOnes(t *testing.T) {
	t.Parallel()
	var earlier []CheckID
	for _, c := range checks {
		if slices.Contains(earlier, c.id) {
			t.Errorf("%s is there twice", c.id)
		}
		if c.after != "" && !slices.Contains(earlier, c.after) {
			t.Errorf("%s waits for %s, which does not come before it", c.id, c.after)
		}
		earlier = append(earlier, c.id)
	}
}

func TestReport(t *testing.T) {
	t.Parallel()
	report := &Report{Checks: []Check{
		{ID: OktaReachable, Status: StatusPassed},
		{ID: OktaCredentials, Status: StatusPassed},
		{ID: "okta_inventory", Status: StatusWarning},
		{ID: "okta_rate_limit", Status: StatusSkipped},
	}}
	if !report.Passed() || !report.CredentialPassed() {
		t.Error("a report with warnings and skipped checks has passed")
	}
	report.Checks = append(report.Checks,
		Check{ID: "sekoia_permissions", Status: StatusFailed, Inconclusive: true}, Check{ID: SekoiaCommunity, Status: StatusFailed})
	if report.Passed() {
		t.Error("a report with failed checks has passed")
	}
	if !report.CredentialPassed() {
		t.Error("Okta took the token, whatever Sekoia says")
	}
	if got := report.Untested(); len(got) != 1 || got[0].ID != "sekoia_permissions" {
		t.Errorf("untested: %v, want sekoia_permissions alone", got)
	}
	if report.Check("okta_rate_limit").Status != StatusSkipped || report.Check("unknown") != (Check{}) {
		t.Error("Check does not find what it is asked for, or finds what is not there")
	}
	if (&Report{}).CredentialPassed() {
		t.Error("nothing was tested, and the credential passed")
	}
}

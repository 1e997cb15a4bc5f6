// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package preflight

import (
	"slices"
	"strings"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestChecksOnlyWaitForEarlierOnes(t *testing.T) {
	t.Parallel()
	var earlier []CheckID
	for _, c := range allChecks() {
		if slices.Contains(earlier, c.id) {
			t.Errorf("%s is there twice", c.id)
		}
		for _, id := range c.after {
			if !slices.Contains(earlier, id) {
				t.Errorf("%s waits for %s, which does not come before it", c.id, id)
			}
		}
		earlier = append(earlier, c.id)
	}
}

func TestReport(t *testing.T) {
	t.Parallel()
	report := &Report{Checks: []Check{
		{ID: OktaReachable, Status: StatusPassed},
		{ID: OktaCredentials, Status: StatusPassed},
		{ID: OktaInventory, Status: StatusWarning},
		{ID: OktaRateLimit, Status: StatusSkipped},
	}}
	if !report.Passed() || !report.CredentialPassed() {
		t.Error("a report with warnings and skipped checks has passed")
	}
	report.Checks = append(report.Checks,
		Check{ID: SekoiaPermissions, Status: StatusFailed, Inconclusive: true}, Check{ID: SekoiaCommunity, Status: StatusFailed})
	if report.Passed() {
		t.Error("a report with failed checks has passed")
	}
	if !report.CredentialPassed() {
		t.Error("Okta took the token, whatever Sekoia says")
	}
	for name, c := range map[string]struct {
		got  []Check
		want CheckID
	}{
		"rejected": {report.Rejected(), SekoiaCommunity},
		"untested": {report.Untested(), SekoiaPermissions},
		"warnings": {report.Warnings(), OktaInventory},
	} {
		if len(c.got) != 1 || c.got[0].ID != c.want {
			t.Errorf("%s: %v, want %s alone", name, c.got, c.want)
		}
	}
	if report.Check(OktaRateLimit).Status != StatusSkipped || report.Check("unknown") != (Check{}) {
		t.Error("Check does not find what it is asked for, or finds what is not there")
	}
	if (&Report{}).CredentialPassed() {
		t.Error("nothing was tested, and the credential passed")
	}
}

func TestEveryCheckHasItsNews(t *testing.T) {
	t.Parallel()
	warns := []CheckID{OktaIdentityEngine, OktaInventory, OktaRateLimit, SekoiaPermissions, SekoiaConnectorAvailable}
	for _, c := range allChecks() {
		comesTo := []Check{
			{ID: c.id, Status: StatusFailed},
			{ID: c.id, Status: StatusFailed, Inconclusive: true},
		}
		if slices.Contains(warns, c.id) {
			comesTo = append(comesTo, Check{ID: c.id, Status: StatusWarning})
		}
		for _, check := range comesTo {
			if news := check.Headline(); strings.Contains(news, string(c.id)) || strings.HasSuffix(news, ".") {
				t.Errorf("%s, %s: the news is %q", c.id, check.Status, news)
			}
		}
	}
}

func TestHeadline(t *testing.T) {
	t.Parallel()
	for want, check := range map[string]Check{
		"Okta rejected the API token (401)":                   {ID: OktaCredentials, Status: StatusFailed, Target: TargetOktaToken, Answer: 401},
		"Okta did not answer (503)":                           {ID: OktaReachable, Status: StatusFailed, Inconclusive: true, Answer: 503},
		"Okta did not answer":                                 {ID: OktaReachable, Status: StatusFailed, Inconclusive: true},
		"the organization's Devices API is off":               {ID: OktaCredentials, Status: StatusFailed, Target: TargetOktaBaseURL},
		"base_url may not be trusted with an Okta credential": {ID: OktaReachable, Status: StatusFailed, Target: TargetOktaBaseURL, Untrusted: true},
		"no Okta organization answers at base_url":            {ID: OktaReachable, Status: StatusFailed, Target: TargetOktaBaseURL},
		"there are no devices to fetch":                       {ID: OktaInventory, Status: StatusWarning, Empty: true},
		"Sekoia will miss devices":                            {ID: OktaInventory, Status: StatusWarning},
		"sekoia_community warning":                            {ID: SekoiaCommunity, Status: StatusWarning}, // no check comes to that: it is named all the same
	} {
		if got := check.Headline(); got != want {
			t.Errorf("%+v: the news is %q, want %q", check, got, want)
		}
	}
}

func TestHeadlineOfMissedDevices(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ news, want string }{
		"with its news":    {"2 of 60 lack a required field, and all after the first of them", "Sekoia will miss devices: 2 of 60 lack a required field, and all after the first of them"},
		"without any news": {"", "Sekoia will miss devices"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			finding := Check{ID: OktaInventory, Status: StatusWarning, News: c.news}
			if got := finding.Headline(); got != c.want {
				t.Errorf("got %q", got)
			}
		})
	}
}

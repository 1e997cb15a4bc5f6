// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package preflight

import (
	"strings"
	"testing"
)

func TestMarkdownText(t *testing.T) {
	t.Parallel()
	cases := map[string]struct{ text, want string }{
		"plain text":                               {"Okta accepts the API token.", "Okta accepts the API token."},
		"a pipe, which would end the cell":         {"a|b", "a&#124;b"},
		"a backslash before a pipe":                {`a\|b`, "a&#92;&#124;b"},
		"a backtick":                               {"`rm`", "&#96;rm&#96;"},
		"HTML":                                     {"<script>&amp;", "&#60;script&#62;&#38;amp;"},
		"emphasis and links":                       {"**a** [b](c) ~d~", "&#42;&#42;a&#42;&#42; &#91;b&#93;(c) &#126;d&#126;"},
		"mathematics":                              {"$x$", "&#36;x&#36;"},
		"underscores within words stay":            {"SEKOIA_TRUSTED_OKTA_HOSTS", "SEKOIA_TRUSTED_OKTA_HOSTS"},
		"underscores around a word":                {"_a_ é_", "&#95;a&#95; é&#95;"},
		"a mention, which would notify people":     {"@everyone", "&#64;&#8203;everyone"},
		"web addresses, which would be links":      {"See https://a.example and WWW.b.example: now.", "See https&#58;//a.example and WWW&#46;b.example: now."},
		"lines":                                    {"one\ntwo", "one<br>two"},
		"control characters":                       {"a\r\tb\x1b", "a  b "},
		"text of other scripts":                    {"Geräte – 装置", "Geräte – 装置"},
		"the empty text":                           {"", ""},
		"an underscore at the end of a long text_": {"a_", "a&#95;"},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := MarkdownText(test.text); got != test.want {
				t.Errorf("%q is written %q, want %q", test.text, got, test.want)
			}
		})
	}
}

func TestReportMarkdown(t *testing.T) {
	t.Parallel()
	report := &Report{Host: "acme|.okta.com", OrganizationID: "00o1|2", Checks: []Check{
		{ID: OktaReachable, Status: StatusPassed, Message: "Fine."},
		{ID: "okta_inventory", Status: StatusWarning, News: "Sekoia will miss devices", Message: "3 devices | lack\n`displayName`.", Hint: "Do <this>."},
		{ID: "okta_rate_limit", Status: StatusSkipped, Message: "Not checked."},
	}}
	failed := Check{ID: SekoiaCredentials, Status: StatusFailed, News: "Sekoia rejected the API key", Message: "Sekoia answered 401.", Hint: "Check it."}
	untested := Check{ID: SekoiaCommunity, Status: StatusFailed, Inconclusive: true, News: "Sekoia did not answer", Message: "No answer."}
	warned := report.Markdown()
	for _, want := range []string{
		"### ⚠️ acme&#124;.okta.com: Okta connection test\n\nPassed with 1 warning: Sekoia will miss devices.\n\n<details><summary>3 checks</summary>\n\n| Result | Check |",
		"\n\nOkta organization 00o1&#124;2. Tested from this machine, not Sekoia (network zones may differ).\n\n</details>\n",
		"| ✅ passed | `okta_reachable` | Fine. |  |\n",
		"| ⚠️ warning | `okta_inventory` | 3 devices &#124; lack<br>&#96;displayName&#96;. | Do &#60;this&#62;. |\n",
		"| ➖ skipped | `okta_rate_limit` | Not checked. |  |\n",
	} {
		if !strings.Contains(warned, want) {
			t.Errorf("it does not say %q:\n%s", want, warned)
		}
	}
	report.Checks = append(report.Checks, failed, untested)
	if got := report.Markdown(); !strings.Contains(got, "### ❌ acme&#124;.okta.com: Okta connection test\n\n2 checks failed: Sekoia rejected the API key; Sekoia did not answer.\n") ||
		!strings.Contains(got, "| ❌ failed | `sekoia_credentials` | Sekoia answered 401. | Check it. |\n| ❌ could not be tested | `sekoia_community` |") {
		t.Errorf("a failed one reads\n%s", got)
	}
	if got := (&Report{}).Markdown(); !strings.HasPrefix(got, "### ✅ Okta: Okta connection test\n\nPassed.\n\n<details>") {
		t.Errorf("an empty one reads\n%s", got)
	}

	// Each row has four cells, whatever was seen.
	for line := range strings.Lines(report.Markdown()) {
		if strings.HasPrefix(line, "|") && strings.Count(line, "|") != 5 {
			t.Errorf("a row has other cells: %s", line)
		}
	}
}

func TestMarkdownHasNothingThatChangesByItself(t *testing.T) {
	t.Parallel()
	report := &Report{Checks: []Check{{ID: "okta_rate_limit", Status: StatusPassed, Message: "Enough.", Trace: "99 of 100 calls."}}}
	if got := report.Markdown(); !strings.Contains(got, "Enough.") || strings.Contains(got, "99") {
		t.Errorf("it reads\n%s", got)
	}
}

func TestAMissingSettingFailsItsCheck(t *testing.T) {
	t.Parallel()
	var before Report
	for _, c := range checks {
		before.Checks = append(before.Checks, Check{ID: c.id, Status: StatusPassed})
	}
	after := before.Missing(OktaCredentials, true, "there is no token", "Set one.")
	want := Check{ID: OktaCredentials, Status: StatusFailed, News: "there is no token", Message: "There is no token.", Hint: "Set one."}
	if after.Check(OktaCredentials) != want || after.Passed() || !before.Passed() {
		t.Errorf("the amended report is %+v, after %+v", after.Checks, before.Checks)
	}
	for id, want := range map[CheckID]Status{
		OktaReachable: StatusPassed, "okta_devices_read": StatusSkipped, "okta_inventory": StatusSkipped, "okta_rate_limit": StatusSkipped,
		SekoiaCredentials: StatusPassed, SekoiaCommunity: StatusPassed,
	} {
		if got := after.Check(id); got.Status != want {
			t.Errorf("%s is %+v, want %s", id, got, want)
		}
	}
	if got := after.Check("okta_inventory").Message; got != "Not checked, because okta_credentials failed." {
		t.Errorf("the inventory is skipped for: %s", got)
	}
	if unknown := before.Missing(SekoiaCredentials, false, "it is not known yet", "").Check(SekoiaCredentials); !unknown.Inconclusive || unknown.Status != StatusFailed {
		t.Errorf("what is not known yet is %+v", unknown)
	}
}

// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package asset

import (
	"fmt"
	"strings"
	"testing"
)

// manyIDs are so many ids with a prefix.
func manyIDs(prefix string, count int) []string {
	ids := make([]string, count)
	for index := range ids {
		ids[index] = fmt.Sprintf("%s%06d", prefix, index)
	}
	return ids
}

func missingFor(why reason, detail string, ids ...string) []missingDevice {
	devices := make([]missingDevice, len(ids))
	for index, id := range ids {
		devices[index] = missingDevice{id, why, detail}
	}
	return devices
}

func TestSummary(t *testing.T) {
	t.Parallel()
	mixed := &coverage{
		devices: 2000, covered: manyIDs("guo", 1999), missing: missingFor(reasonBehind, "guobad", "guolast"), stale: []string{"guogone"}, revoked: 3,
		unidentified: 2,
	}
	for name, test := range map[string]struct {
		coverage *coverage
		want     []string
		without  []string
	}{
		"no devices: nothing is folded": {
			coverage: &coverage{host: "acme.okta.com"},
			want:     []string{"### ✅ acme.okta.com: Okta devices in Sekoia\n\nThere are no devices in Okta.\n"},
			without:  []string{"mermaid", "<details>", "%", "revoked", "NaN"},
		},
		"no devices but stale assets": {
			coverage: &coverage{stale: []string{"guogone"}},
			want:     []string{"There are no devices in Okta. Stale in Sekoia: 1.\n", "| stale | 1 |", "`guogone`"},
			without:  []string{"mermaid"},
		},
		"one device that arrived: a pie of one slice is left out": {
			coverage: &coverage{devices: 1, covered: []string{"guo1"}},
			want:     []string{"### ✅ Okta devices in Sekoia\n\n1 of 1 devices arrived (100.0 %).\n\n<details>"},
			without:  []string{"mermaid", "guo1", "Missing:"},
		},
		"all is not all where one is missing": {
			coverage: mixed,
			want: []string{
				"### ⚠️ Okta", "1999 of 2000 devices arrived (99.9 %). Missing: 1 behind. Stale in Sekoia: 1.\n", "| missing: behind | 1 |", "| missing: pending | 0 |", `    "missing: behind" : 1`, `"pie1": "#4ac26b", "pie2": "#fb8f44"}`,
				"| missing: behind | 1 | the next sync stops at `guobad`, which lacks a field, and does not get to it |",
				"<details><summary>missing: behind (1)</summary>\n\n`guolast`\n\n</details>",
				"<details><summary>stale (1)</summary>\n\n`guogone`\n\n</details>",
				"\nCovered, and revoked in Sekoia: 3.\n", "\nIn Sekoia without an Okta id, so not compared: 2.\n",
			},
			without: []string{`"missing: pending" :`, `"stale"`},
		},
		"lacking fields are named, and an id that is not there": {
			coverage: &coverage{devices: 2, missing: append(missingFor(reasonLacksField, "id, displayName", ""), missingFor(reasonBehind, "", "guo1")...)},
			want:     []string{"0 of 2 devices arrived (0.0 %).", "without an id (id, displayName)\n", "`guo1`\n", "stops at a device that lacks a field and"},
			without:  []string{"behind ``", "``)"},
		},
		"what is not an Okta id is not shown": {
			coverage: &coverage{devices: 1, missing: missingFor(reasonPending, "", "a|b`c<i>@team\n### x"), stale: []string{strings.Repeat("é", 300)}},
			want:     []string{"\n\nan id with special characters\n"},
			without:  []string{"@team", "<i>", "`c", "\n### x", "é"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := test.coverage.summary()
			for _, want := range test.want {
				if !strings.Contains(got, want) {
					t.Errorf("want %q in:\n%s", want, got)
				}
			}
			for _, without := range test.without {
				if strings.Contains(got, without) {
					t.Errorf("did not want %q in:\n%s", without, got)
				}
			}
		})
	}
}

// GitHub takes comments of at most 65,536 characters; a report has to leave room for others beside it.
func TestSummary_isBounded(t *testing.T) {
	t.Parallel()
	const bound = 48 << 10
	evil := make([]string, 5000)
	for index := range evil {
		evil[index] = fmt.Sprint(strings.Repeat("|", 500), index)
	}
	for name, ids := range map[string][]string{"ids as Okta's are": manyIDs("guoabcdefghijklmn", 5000), "ids of special characters alone": evil} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			found := &coverage{devices: 20_000, stale: ids}
			for _, why := range reasons {
				detail := ids[0]
				if why.reason == reasonLacksField {
					detail = "created, displayName, platform, registered, secureHardwarePresent, osVersion"
				}
				found.missing = append(found.missing, missingFor(why.reason, detail, ids...)...)
			}
			got := found.summary()
			if len(got) > bound || strings.Count(got, "and 4950 more") != 6 {
				t.Errorf("%d bytes, %d cut lists", len(got), strings.Count(got, "and 4950 more"))
			}
		})
	}
}

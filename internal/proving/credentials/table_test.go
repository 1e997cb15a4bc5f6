// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package credentials

import (
	"os"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// tableVariable names a file for the table of all cases; without it a choice of them is run.
const tableVariable = "CREDENTIALS_TABLE"

func TestTable(t *testing.T) {
	t.Parallel()
	begin := time.Now()
	cases := Cases(os.Getenv(tableVariable) != "")
	results := make([][]Result, len(cases))
	t.Run("ways", func(t *testing.T) {
		t.Parallel()
		for index, some := range cases {
			t.Run(some[0].Way.Name, func(t *testing.T) {
				t.Parallel()
				for _, one := range some {
					result := run(t, one)
					results[index] = append(results[index], result)
					if result.Outcome == Wrong {
						t.Errorf("%s (%q)\n%s", one, one.Host.URL(one.Way.Cloud), strings.Join(result.Complaints, "\n"))
					}
				}
			})
		}
	})
	t.Cleanup(func() { writeTable(t, slices.Concat(results...), time.Since(begin)) })
}

// run runs a case with a time of its own, which begins on a day of ours.
func run(t *testing.T, one Case) (result Result) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		<-time.After(time.Until(time.Date(2026, time.November, 23, 0, 0, 0, 0, time.UTC)))
		result = one.Run(t.Context())
	})
	return result
}

// writeTable writes the table to the file that the environment names, and its last line into the log of the test.
func writeTable(t *testing.T, results []Result, took time.Duration) {
	t.Helper()
	var table strings.Builder
	if err := Table(&table, results, took); err != nil {
		t.Error(err)
	}
	lines := strings.Split(strings.TrimSpace(table.String()), "\n")
	t.Log(lines[len(lines)-1])
	if file := os.Getenv(tableVariable); file != "" {
		if err := os.WriteFile(file, []byte(table.String()), 0o600); err != nil { //nolint:gosec // the file that whoever runs it names
			t.Error(err)
		}
	}
}

// TestLies has hosts claim to be an organization's custom domain, in every mode, even if failures of the connection
// test are warnings.
func TestLies(t *testing.T) {
	t.Parallel()
	for _, one := range Lies() {
		t.Run(one.Way.Name, func(t *testing.T) {
			t.Parallel()
			if result := run(t, one); result.Outcome == Wrong {
				t.Errorf("%s", strings.Join(result.Complaints, "\n"))
			}
		})
	}
}

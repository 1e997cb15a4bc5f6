// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package faults_test

import (
	"context"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/proving/faults"
)

// tableVariable names a file for the table of all cases; without it a choice of them is run.
const tableVariable = "FAULTS_TABLE"

func TestMatrix(t *testing.T) {
	t.Parallel()
	all := os.Getenv(tableVariable) != ""
	begin := time.Now()
	cases := faults.Cases(recorded(t), all)
	if testing.Short() {
		cases = sample(cases)
	}
	results := make([][]faults.Result, len(cases))
	t.Run("operations", func(t *testing.T) {
		t.Parallel()
		for index, some := range cases {
			t.Run(some[0].Operation.Name, func(t *testing.T) {
				t.Parallel()
				results[index] = run(t, some)
			})
		}
	})
	t.Cleanup(func() { writeTable(t, results, time.Since(begin)) })
}

// sampled is the share of the cases that run with -short, one in so many: with the race detector, which makes a case
// six times as slow, and looks for something that hardly depends on which fault it was.
const sampled = 40

// sample picks cases of each operation, and at least one.
func sample(cases [][]faults.Case) [][]faults.Case {
	picked := make([][]faults.Case, len(cases))
	for operation, some := range cases {
		for index := operation % min(sampled, len(some)); index < len(some); index += sampled {
			picked[operation] = append(picked[operation], some[index])
		}
	}
	return picked
}

// recorded runs each operation without a fault.
func recorded(t *testing.T) []faults.Recorded {
	t.Helper()
	var operations []faults.Recorded
	for _, operation := range faults.Operations() {
		var (
			calls []faults.Call
			err   error
		)
		bubble(t, func(ctx context.Context) { calls, err = operation.Calls(ctx) })
		if err != nil || len(calls) == 0 {
			t.Fatalf("%d calls in a clean run: %v", len(calls), err)
		}
		operations = append(operations, faults.Recorded{Operation: operation, Calls: calls})
	}
	return operations
}

// run runs the cases of an operation.
func run(t *testing.T, cases []faults.Case) []faults.Result {
	t.Helper()
	results := make([]faults.Result, len(cases))
	for index, one := range cases {
		bubble(t, func(ctx context.Context) { results[index] = one.Run(ctx) })
		if results[index].Outcome == faults.Wrong {
			t.Errorf("%s\n%s", one, strings.Join(results[index].Complaints, "\n"))
		}
	}
	return results
}

// bubble runs something with a time of its own, which begins on a day of ours.
func bubble(t *testing.T, do func(context.Context)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		<-time.After(time.Until(time.Date(2026, time.November, 23, 0, 0, 0, 0, time.UTC)))
		do(t.Context())
	})
}

// writeTable writes the table to the file that the environment names, and its last lines into the log of the test.
func writeTable(t *testing.T, results [][]faults.Result, took time.Duration) {
	t.Helper()
	var together []faults.Result
	for _, some := range results {
		together = append(together, some...)
	}
	var table strings.Builder
	if err := faults.Table(&table, together, took); err != nil {
		t.Error(err)
	}
	lines := strings.Split(strings.TrimSpace(table.String()), "\n")
	t.Log(strings.Join(lines[max(0, len(lines)-2):], "\n"))
	if file := os.Getenv(tableVariable); file != "" {
		if err := os.WriteFile(file, []byte(table.String()), 0o600); err != nil { //nolint:gosec // the file that whoever runs it names
			t.Error(err)
		}
	}
}

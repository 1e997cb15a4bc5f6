// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package faults

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"
)

// marks are the outcomes as the table's cells show them.
var marks = map[Outcome]string{Passed: "p", Retried: "r", Failed: "f", NotMade: "-", Wrong: "!"}

// Table writes results as calls × faults, and what is wrong below it.
func Table(w io.Writer, results []Result, took time.Duration) error {
	var text strings.Builder
	text.WriteString("The fault matrix: each call of each operation meets each fault. A cell is what the operation came to where the call met the\n" +
		"fault once, and where it and the same calls after it did:\n\n" +
		"  p  passed\n  r  retried and passed\n  f  failed cleanly: the error names the cloud, the call and what to do\n" +
		"  -  the call was not made in that run (how often a wait looks is chance)\n  !  WRONG: see below\n\n")
	for column, fault := range Faults() {
		fmt.Fprintf(&text, "  %2d  %s\n", column+1, fault.Name)
	}
	writeRows(&text, results, Faults())
	writeTokenRows(&text, results)
	writeSum(&text, results, took)
	_, err := io.WriteString(w, text.String())
	return err
}

// cell is where a result stands.
type cell struct {
	operation string
	call      Call
	fault     string
	always    bool
}

// writeTokenRows writes what only the token endpoint meets, as a table of its own.
func writeTokenRows(text *strings.Builder, results []Result) {
	asked := slices.DeleteFunc(slices.Clone(results), func(r Result) bool { return !r.Call.isTokenRequest() })
	if len(asked) == 0 {
		return
	}
	text.WriteString("\nWhat the token endpoint alone answers:\n\n")
	for column, fault := range TokenFaults() {
		fmt.Fprintf(text, "  %2d  %s\n", column+1, fault.Name)
	}
	writeRows(text, asked, TokenFaults())
}

func writeRows(text *strings.Builder, results []Result, faults []Fault) {
	cells := map[cell]Outcome{}
	rows := map[string][]Call{}
	var operations []string
	for _, result := range results {
		name := result.Operation.Name
		cells[cell{name, result.Call, result.Fault.Name, result.Always}] = result.Outcome
		if rows[name] == nil {
			operations = append(operations, name)
		}
		if !slices.Contains(rows[name], result.Call) {
			rows[name] = append(rows[name], result.Call)
		}
	}
	for _, operation := range operations {
		fmt.Fprintf(text, "\n%-82s", operation)
		for column := range faults {
			fmt.Fprintf(text, " %2d", column+1)
		}
		text.WriteString("\n")
		for _, call := range rows[operation] {
			fmt.Fprintf(text, "  %-6s %-73s", call.Cloud, call)
			for _, fault := range faults {
				text.WriteString(" " + mark(cells[cell{operation, call, fault.Name, false}]) + mark(cells[cell{operation, call, fault.Name, true}]))
			}
			text.WriteString("\n")
		}
	}
}

func mark(outcome Outcome) string {
	if known, ok := marks[outcome]; ok {
		return known
	}
	return " " // not among the chosen cases
}

func writeSum(text *strings.Builder, results []Result, took time.Duration) {
	counts := map[Outcome]int{}
	calls := map[string]bool{}
	longest := Result{}
	for _, result := range results {
		counts[result.Outcome]++
		calls[result.Operation.Name+result.Call.Cloud+result.Call.String()] = true
		if result.Took > longest.Took {
			longest = result
		}
		if result.Outcome == Wrong {
			fmt.Fprintf(text, "\nWRONG: %s\n%s\n", result.Case, strings.Join(result.Complaints, "\n"))
		}
	}
	fmt.Fprintf(text, "\n%d cases (%d calls, %d faults) in %s:", len(results), len(calls), len(Faults())+len(TokenFaults()), took.Round(time.Second))
	for _, outcome := range slices.Sorted(maps.Keys(counts)) {
		fmt.Fprintf(text, " %d %s;", counts[outcome], outcome)
	}
	fmt.Fprintf(text, "\nThe longest took %s of its own time: %s\n", longest.Took.Round(time.Second), longest.Case)
}

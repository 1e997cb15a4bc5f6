// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package acctest

import (
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
)

// Children are the ids of the processes that a process has started: of a Terraform that NewBinaryCLI runs, the
// provider's.
func Children(t testing.TB, parent int) []int {
	t.Helper()
	found, err := exec.CommandContext(t.Context(), "pgrep", "-P", strconv.Itoa(parent)).Output() //nolint:gosec // a process of this test
	if err != nil {
		t.Fatalf("find the provider's process: %v", err)
	}
	var pids []int
	for child := range strings.FieldsSeq(string(found)) {
		pid, err := strconv.Atoi(child)
		if err != nil {
			t.Fatal(err)
		}
		pids = append(pids, pid)
	}
	return pids
}

// SignalChildren sends a signal to each of them.
func SignalChildren(t testing.TB, parent int, signal os.Signal) {
	t.Helper()
	for _, pid := range Children(t, parent) {
		process, err := os.FindProcess(pid)
		if err != nil {
			t.Fatal(err)
		}
		if err := process.Signal(signal); err != nil {
			t.Fatal(err)
		}
	}
}

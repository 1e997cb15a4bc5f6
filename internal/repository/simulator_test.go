// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package repository

import (
	"regexp"
	"strings"
	"testing"
)

var (
	adminCall     = regexp.MustCompile(`"(?:GET|PUT|PATCH|DELETE) (/_simulator/[a-z-]+)`)
	simulatorFlag = regexp.MustCompile(`flags\.\w+Var\(&[\w.]+, "([a-z-]+)"`)
)

// TestTheSimulatorIsExplained looks for each flag in the guide, and for each admin call in the guide and in -help.
func TestTheSimulatorIsExplained(t *testing.T) {
	t.Parallel()
	guide, command := read(t, "docs/guides/simulator.md"), read(t, "internal/simulator/cmd/simulator/main.go")
	calls := map[string]bool{}
	for _, name := range files(t, 100, ".go") {
		if strings.HasPrefix(name, "internal/simulator/") && !strings.HasSuffix(name, "_test.go") {
			for _, call := range adminCall.FindAllStringSubmatch(read(t, name), -1) {
				calls[call[1]] = true
			}
		}
	}
	for call := range calls {
		if !strings.Contains(guide, call) || !strings.Contains(command, call) {
			t.Errorf("%s is missing in the guide or in the simulator's -help", call)
		}
	}
	flags := simulatorFlag.FindAllStringSubmatch(command, -1)
	for _, flag := range flags {
		if !strings.Contains(guide, "`-"+flag[1]+"`") {
			t.Errorf("the guide has no flag -%s", flag[1])
		}
	}
	if len(calls) < 9 || len(flags) < 14 {
		t.Errorf("there are %d calls and %d flags only", len(calls), len(flags))
	}
}

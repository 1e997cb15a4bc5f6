// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package faults_test

import (
	"context"
	"os"
	"strings"
	"testing"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/proving/faults"
)

// TestKilled kills the provider's process at the calls of each operation that writes, without sockets: all of them if a
// table is asked for.
func TestKilled(t *testing.T) {
	t.Parallel()
	for _, operation := range faults.KillOperations() {
		t.Run(operation.Name, func(t *testing.T) {
			t.Parallel()
			var (
				calls []faults.Call
				err   error
			)
			bubble(t, func(ctx context.Context) { calls, err = operation.Calls(ctx) })
			if err != nil || len(calls) == 0 {
				t.Fatalf("%d calls in a clean run: %v", len(calls), err)
			}
			came := map[string]int{}
			kills := faults.Kills(faults.Recorded{Operation: operation, Calls: calls}, os.Getenv(killsVariable) != "")
			if testing.Short() {
				kills = kills[:min(1, len(kills))]
			}
			for _, kill := range kills {
				var killed faults.Killed
				bubble(t, func(ctx context.Context) { killed = kill.Run(ctx) })
				came[killed.Came]++
				if len(killed.Complaints) > 0 {
					t.Errorf("%s\n%s", kill, strings.Join(killed.Complaints, "\n"))
				}
			}
			t.Log(came)
		})
	}
}

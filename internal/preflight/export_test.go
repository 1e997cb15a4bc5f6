// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package preflight

import (
	"context"
	"slices"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/memo"
)

// IDs are the checks in the order of a report.
func IDs() []CheckID {
	ids := make([]CheckID, len(checks))
	for i, c := range checks {
		ids[i] = c.id
	}
	return ids
}

// SkippedAfter are the checks that are skipped if this one fails.
func SkippedAfter(id CheckID) []CheckID {
	gone := []CheckID{id}
	for _, c := range checks {
		if slices.Contains(gone, c.after) {
			gone = append(gone, c.id)
		}
	}
	return gone[1:]
}

// HasPassed reports whether the test of input has passed in this process. It makes no call.
func (t *Tester) HasPassed(input Input) bool {
	canceled, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := memo.Renew(canceled, t.memo, input.key(), (*Report).Passed, nil) // an ended context loads nothing
	return err == nil
}

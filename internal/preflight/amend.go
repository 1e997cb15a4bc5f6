// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package preflight

import (
	"fmt"
	"slices"
)

// Missing is the finding for a setting without which a check can't be made: nothing was asked. known tells that the
// setting is known to be missing; otherwise it is only not known yet, and nothing was found out.
func Missing(id CheckID, target Target, known bool, message, hint string) Check {
	finding := rejected(target, message, hint)
	finding.ID, finding.Inconclusive = id, !known
	return finding
}

// Amend is the report with this failed check in the place of the one with its id, for what the caller knows better than
// the test did. Checks that come after it are skipped for it. The report itself stays as it is, for others share it.
func (r *Report) Amend(finding Check) *Report {
	amended := *r
	amended.Checks = slices.Clone(r.Checks)
	failed := map[CheckID]bool{finding.ID: true}
	for _, c := range allChecks() {
		at := slices.IndexFunc(amended.Checks, func(known Check) bool { return known.ID == c.id })
		if at < 0 {
			continue
		}
		if c.id == finding.ID {
			amended.Checks[at] = finding
			continue
		}
		if slices.ContainsFunc(c.after, func(id CheckID) bool { return failed[id] }) {
			failed[c.id] = true
			message := fmt.Sprintf("Not checked, because %s failed.", finding.ID)
			amended.Checks[at] = skipped(message)
			amended.Checks[at].ID = c.id
		}
	}
	return &amended
}

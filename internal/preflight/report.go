// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package preflight

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/advice"
)

// Status is the outcome of a check.
type Status string

// A check passed, passed with something to know, failed, or was not made because an earlier one or a missing input made
// it pointless.
const (
	StatusPassed  Status = "passed"
	StatusWarning Status = "warning"
	StatusFailed  Status = "failed"
	StatusSkipped Status = "skipped"
)

// Check is the result of one check.
type Check struct {
	ID     CheckID
	Status Status
	// News is a warning or a failure in a few words, to follow the name of what was tested: "Okta rejected the API
	// token (401)".
	News string
	// Message says what was seen and where: short sentences, one a line. Never a secret, a device's name or a person.
	// It is the same for the same finding.
	Message string
	// Trace is what differs from test to test: an id for support, numbers, what the network said; "" if there is
	// nothing.
	Trace string
	// Hint says what to do; "" if there is nothing to do.
	Hint string
	// Input is the setting that can fix it, by the name of its attribute; "" if no single setting can: in an outage,
	// say.
	Input string
	// Inconclusive marks a failed check that found nothing out: no answer, an outage, a rate limit, an unknown answer.
	Inconclusive bool
	// Untrusted marks a failed check of the rule where a credential may go. No mode of the connection test lifts it,
	// only the variable that the hint names.
	Untrusted bool
	// anonymous reports that the message does not name the call.
	anonymous bool
}

// Text is the message with the trace.
func (c Check) Text() string { return strings.TrimSpace(c.Message + " " + c.Trace) }

func passed(sentences ...string) Check {
	return Check{Status: StatusPassed, Message: lines(sentences...)}
}

func warning(input, news, message, hint string) Check {
	return Check{Status: StatusWarning, Input: input, News: news, Message: message, Hint: hint}
}

func failed(input, news, message, hint string) Check {
	return Check{Status: StatusFailed, Input: input, News: news, Message: message, Hint: hint}
}

// failedCall is the finding of a call that ended with an error.
func failedCall(meant advice.Advice) Check {
	finding := failed(meant.Input, cmp.Or(meant.News, "the service gave an unknown answer"), meant.Happened, meant.Do)
	finding.Trace, finding.anonymous = meant.Trace, meant.Anonymous
	finding.Inconclusive, finding.Untrusted = meant.Kind == advice.Untested, meant.Kind == advice.Untrusted
	return finding
}

// lines joins sentences, each on a line of its own; empty ones are left out.
func lines(sentences ...string) string {
	return strings.Join(slices.DeleteFunc(sentences, func(s string) bool { return s == "" }), "\n")
}

// Report is the result of a connection test: all checks, always, in the order of the table. Reports are shared: read
// them, never change them.
type Report struct {
	Checks []Check
	// Host is that of the base URL; "" if there is none.
	Host string
	// OrganizationID is the Okta organization's id; "" if it did not answer.
	OrganizationID string
	// TestedFrom completes "Tested from …".
	TestedFrom string
}

const testedFrom = "this machine, not Sekoia (network zones may differ)"

// Passed reports whether no check failed.
func (r *Report) Passed() bool {
	return !slices.ContainsFunc(r.Checks, func(c Check) bool { return c.Status == StatusFailed })
}

// Untested returns the failed checks that found nothing out.
func (r *Report) Untested() []Check {
	return r.filter(func(c Check) bool { return c.Status == StatusFailed && c.Inconclusive })
}

// CredentialPassed reports whether Okta accepted the token, whatever else failed.
func (r *Report) CredentialPassed() bool {
	return r.Check(OktaCredentials).Status == StatusPassed
}

// Check returns the result of one check; the zero Check for an unknown id.
func (r *Report) Check(id CheckID) Check {
	for _, c := range r.Checks {
		if c.ID == id {
			return c
		}
	}
	return Check{}
}

func (r *Report) filter(keep func(Check) bool) []Check {
	return slices.DeleteFunc(slices.Clone(r.Checks), func(c Check) bool { return !keep(c) })
}

// Missing returns the report with a failed check for a setting without which that check can't be made: nothing was
// asked. Checks that come after it are skipped. known reports whether the setting is known to be missing. Otherwise its
// value is only not known yet, and nothing was found out. The report itself stays as it is, for others share it.
func (r *Report) Missing(id CheckID, known bool, news, hint string) *Report {
	finding := failed("", news, advice.Sentence(news), hint)
	finding.ID, finding.Inconclusive = id, !known
	amended := *r
	amended.Checks = slices.Clone(r.Checks)
	gone := map[CheckID]bool{id: true}
	for i, c := range checks {
		switch {
		case c.id == id:
			amended.Checks[i] = finding
		case gone[c.after]:
			gone[c.id] = true
			amended.Checks[i] = c.skipped(fmt.Sprintf("Not checked, because %s failed.", id))
		}
	}
	return &amended
}

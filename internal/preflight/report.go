// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package preflight

import (
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport"
)

// CheckID names a check for good: people and policies refer to it.
type CheckID string

// The checks, in the order of a report.
const (
	OktaReachable            CheckID = "okta_reachable"
	OktaIdentityEngine       CheckID = "okta_identity_engine"
	OktaCredentials          CheckID = "okta_credentials"
	OktaDevicesRead          CheckID = "okta_devices_read"
	OktaInventory            CheckID = "okta_inventory"
	OktaRateLimit            CheckID = "okta_rate_limit"
	SekoiaCredentials        CheckID = "sekoia_credentials" //nolint:gosec // the name of a check
	SekoiaPermissions        CheckID = "sekoia_permissions"
	SekoiaCommunity          CheckID = "sekoia_community"
	SekoiaConnectorAvailable CheckID = "sekoia_connector_available"
)

// Status is the outcome of a check.
type Status string

// A check passed, passed with something to know, failed, or was not made
// because an earlier one or a missing input made it pointless.
const (
	StatusPassed  Status = "passed"
	StatusWarning Status = "warning"
	StatusFailed  Status = "failed"
	StatusSkipped Status = "skipped"
)

// Target is the setting that can mend a finding.
type Target string

// TargetNone is for what no single setting mends: an outage, a proxy, a
// connector that is not offered.
const (
	TargetNone        Target = ""
	TargetOktaBaseURL Target = "okta_base_url"
	TargetOktaToken   Target = "okta_token"
	TargetSekoia      Target = "sekoia_api_key"
	TargetCommunity   Target = "community_id"
)

// Check is the result of one check.
type Check struct {
	ID     CheckID
	Status Status
	// Message says what was seen and where: short sentences, one a line. Never
	// a secret, a device's name or a person.
	Message string
	// Hint says what to do; empty where there is nothing to do.
	Hint   string
	Target Target
	// Inconclusive marks a failed check that found nothing out: no answer, an
	// outage, a rate limit, an answer of an unknown kind.
	Inconclusive bool
	// Untrusted marks a failed check of the rule where a credential may go: no
	// connection test mode lifts it, only the variable that the hint names.
	Untrusted bool
}

// Report is the result of a connection test: all checks, always, in the order
// of the constants. Reports are shared: read them, never change them.
type Report struct {
	Checks []Check
	// OrganizationID is the Okta organisation's id; empty where it did not answer.
	OrganizationID string
	// Custom tells that the base URL is not on one of Okta's own domains and not
	// trusted by the environment.
	Custom bool
	// API is where calls with the credential went, or would have gone; zero
	// where that was not found out.
	API transport.Origin
	// TestedFrom completes "Tested from …".
	TestedFrom string
}

const testedFrom = "this machine, not Sekoia (network zones may differ)"

// Passed tells that no check failed.
func (r *Report) Passed() bool {
	return len(r.filter(func(c Check) bool { return c.Status == StatusFailed })) == 0
}

// Rejected returns the failed checks that are sure of it.
func (r *Report) Rejected() []Check {
	return r.filter(func(c Check) bool { return c.Status == StatusFailed && !c.Inconclusive })
}

// Untested returns the failed checks that found nothing out.
func (r *Report) Untested() []Check {
	return r.filter(func(c Check) bool { return c.Status == StatusFailed && c.Inconclusive })
}

// Warnings returns the checks that passed with something to know.
func (r *Report) Warnings() []Check {
	return r.filter(func(c Check) bool { return c.Status == StatusWarning })
}

// CredentialPassed tells that Okta accepted the token, whatever else failed.
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
	var kept []Check
	for _, c := range r.Checks {
		if keep(c) {
			kept = append(kept, c)
		}
	}
	return kept
}

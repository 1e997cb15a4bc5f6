// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package preflight

import (
	"fmt"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/credential"
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

// A check passed, passed with something to know, failed, or was not made because an earlier one or a missing input made
// it pointless.
const (
	StatusPassed  Status = "passed"
	StatusWarning Status = "warning"
	StatusFailed  Status = "failed"
	StatusSkipped Status = "skipped"
)

// Target is the setting that can mend a finding.
type Target string

// TargetNone is for what no single setting mends: an outage, a proxy, a connector that is not offered.
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
	// Message says what was seen and where: short sentences, one a line. Never a secret, a device's name or a person.
	Message string
	// Hint says what to do; empty where there is nothing to do.
	Hint   string
	Target Target
	// Answer is the HTTP status that the finding is about; 0 if there was no answer.
	Answer int
	// Inconclusive marks a failed check that found nothing out: no answer, an outage, a rate limit, an answer of an
	// unknown kind.
	Inconclusive bool
	// Untrusted marks a failed check of the rule where a credential may go: no connection test mode lifts it, only the
	// variable that the hint names.
	Untrusted bool
	// Empty marks the finding that there is no device at all.
	Empty bool
	// lasting stands in for a message with numbers that change from run to run (see Lasting); empty: the message has
	// none.
	lasting string
	// News completes the headline; "" if there is no more to say in a few words.
	News string
}

// headlines are the news of a check that did not simply pass, in the words of a person, without a capital letter.
var headlines = map[CheckID]struct{ rejected, untested, warning string }{
	OktaReachable:            {"no Okta organization answers at base_url", "Okta did not answer", ""},
	OktaIdentityEngine:       {"the organization runs on Okta's Classic Engine", "Okta did not answer", "the organization's engine is not known"},
	OktaCredentials:          {"Okta rejected the API token", "Okta did not answer", ""},
	OktaDevicesRead:          {"the API token may not read devices", "Okta did not answer", ""},
	OktaInventory:            {"Sekoia will miss devices", "Okta did not answer", "Sekoia will miss devices"},
	OktaRateLimit:            {"Okta's rate limit is nearly used up", "Okta did not answer", "Okta's rate limit is nearly used up"},
	SekoiaCredentials:        {"Sekoia rejected the API key", "Sekoia did not answer", ""},
	SekoiaPermissions:        {"the Sekoia API key lacks permissions", "Sekoia did not answer", "the Sekoia API key lacks permissions"},
	SekoiaCommunity:          {"the Sekoia community is not the right one", "Sekoia did not say which communities there are", ""},
	SekoiaConnectorAvailable: {"Sekoia does not offer the Okta Device connector here", "Sekoia did not answer", "it is not known whether Sekoia offers the Okta Device connector"},
}

// Headline is the news of a finding in a few words, to follow the name of what was tested: "Okta rejected the API token
// (401)".
func (c Check) Headline() string {
	words := headlines[c.ID]
	var text string
	switch {
	case c.Empty:
		text = "there are no devices to fetch"
	case c.Status == StatusWarning:
		text = words.warning
	case c.Untrusted:
		text = "base_url may not be trusted with an Okta credential"
	case c.Inconclusive:
		text = words.untested
	case c.Target == TargetOktaBaseURL && c.ID == OktaCredentials:
		text = "the organization's Devices API is off"
	default:
		text = words.rejected
	}
	if text == "" {
		text = string(c.ID) + " " + string(c.Status)
	}
	if c.News != "" {
		text += ": " + c.News
	}
	if c.Answer != 0 {
		text = fmt.Sprintf("%s (%d)", text, c.Answer)
	}
	return text
}

// lastingly is the finding with a message for where nothing may change that need not.
func (c Check) lastingly(message string) Check {
	c.lasting = message
	return c
}

// answering is the finding with the HTTP status that it is about.
func (c Check) answering(status int) Check {
	c.Answer = status
	return c
}

// Report is the result of a connection test: all checks, always, in the order of the constants. Reports are shared:
// read them, never change them.
type Report struct {
	Checks []Check
	// Host is that of the base URL; empty if there is none.
	Host string
	// OrganizationID is the Okta organisation's id; empty where it did not answer.
	OrganizationID string
	// Custom tells that the base URL is not on one of Okta's own domains and not trusted by the environment.
	Custom bool
	// API is where calls with the credential went, or would have gone; zero where that was not found out.
	API credential.Origin
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

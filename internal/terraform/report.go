// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package terraform

import (
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/preflight"
)

// ReportPaths are the attributes that can mend what a connection test finds. An empty path means that the provider block can.
type ReportPaths struct {
	BaseURL, Token, Community path.Path
}

// ReportOptions say how a report is shown.
type ReportOptions struct {
	Paths ReportPaths
	// Rejected is the severity of what was tested and refused; the zero value is an error.
	Rejected diag.Severity
	// Untested is the severity of what could not be tested (an outage, a timeout, 429, an unknown answer); the zero value is an error.
	Untested diag.Severity
	// Untrusted is the severity of a base URL that no credential may go to; the zero value is an error. on_failure does not relax it.
	Untrusted diag.Severity
	// WaysOut adds to each error how to go on without the test.
	WaysOut bool
	// UntestedNote ends each warning of what could not be tested.
	UntestedNote string
}

// The ways out of a connection test that fails. The rule of where a credential may go has none but the variable that its hint names.
const (
	wayPastTest    = "To go on without the test, set " + ModeVariable + "=off. "
	wayPastDestroy = "To destroy all the same: terraform destroy -refresh=false"
)

// ReportDiagnostics are a report's failed checks and warnings as diagnostics, each on the attribute that can mend it. The id of the check
// and where it was tested from are in the text. Passed and skipped checks say nothing.
func ReportDiagnostics(report *preflight.Report, opts ReportOptions) diag.Diagnostics {
	var diags diag.Diagnostics

	for _, check := range report.Checks {
		severity := opts.severity(check)
		if severity == diag.SeverityInvalid {
			continue
		}

		at, summary := opts.place(check)
		diags.Append(newDiagnostic(severity, at, summary, opts.detail(check, severity, report.TestedFrom)))
	}

	return diags
}

// severity is invalid where a check has nothing to say.
func (o ReportOptions) severity(check preflight.Check) diag.Severity {
	var chosen diag.Severity

	switch {
	case check.Status == preflight.StatusWarning:
		return diag.SeverityWarning
	case check.Status != preflight.StatusFailed:
		return diag.SeverityInvalid
	case check.Untrusted:
		chosen = o.Untrusted
	case check.Inconclusive:
		chosen = o.Untested
	default:
		chosen = o.Rejected
	}

	if chosen == diag.SeverityInvalid {
		return diag.SeverityError
	}

	return chosen
}

// place is where a finding belongs, and its summary.
func (o ReportOptions) place(check preflight.Check) (path.Path, string) {
	at, provider := path.Empty(), ""

	switch check.Target {
	case preflight.TargetOktaBaseURL:
		at, provider = o.Paths.BaseURL, OktaBaseURLSummary
	case preflight.TargetOktaToken:
		at, provider = o.Paths.Token, OktaTokenSummary
	case preflight.TargetCommunity:
		at, provider = o.Paths.Community, SekoiaCommunitySummary
	case preflight.TargetSekoia:
		provider = SekoiaKeySummary
	case preflight.TargetNone:
	}

	if provider != "" && len(at.Steps()) == 0 {
		return at, provider
	}

	return at, "Connection test: " + string(check.ID) + " " + outcome(check)
}

func outcome(check preflight.Check) string {
	switch {
	case check.Status == preflight.StatusWarning:
		return "passed with a warning"
	case check.Inconclusive:
		return "could not be tested"
	default:
		return "failed"
	}
}

// detail says what happened, what to do, and where that was seen, in this order.
func (o ReportOptions) detail(check preflight.Check, severity diag.Severity, testedFrom string) string {
	closing := "Check " + string(check.ID)
	if testedFrom != "" {
		closing += ", tested from " + testedFrom
	}

	closing += "."

	if o.WaysOut && severity == diag.SeverityError {
		ways := wayPastDestroy
		if !check.Untrusted {
			ways = wayPastTest + ways
		}

		closing += " " + ways
	}

	if o.UntestedNote != "" && severity == diag.SeverityWarning && check.Inconclusive {
		closing += " " + o.UntestedNote
	}

	// The message and the hint are cut rather than the closing.
	body := strings.TrimSpace(check.Message + "\n" + check.Hint)

	return cutLines(body, maxDetailLines-2) + "\n\n" + closing
}

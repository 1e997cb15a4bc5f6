// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package diagnostic

import (
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/preflight"
)

// ModeVariable is the environment variable that lowers the mode, or sets it where no configuration does.
const ModeVariable = "SEKOIA_CONNECTION_TEST"

// ReportPaths are the attributes that can fix what a connection test finds. An empty path means that the provider block
// can.
type ReportPaths struct {
	BaseURL, Token, Community path.Path
}

// ReportOptions say how a report is shown.
type ReportOptions struct {
	// Subject is what was tested, by the name that people gave it. Each summary begins with it: Terraform folds
	// warnings with the same summary.
	Subject string
	Paths   ReportPaths
	// Rejected is the severity of what was tested and refused; the zero value is an error.
	Rejected diag.Severity
	// Untested is the severity of what could not be tested (an outage, a timeout, 429, an unknown answer); the zero
	// value is an error.
	Untested diag.Severity
	// Untrusted is the severity of a base URL that no credential may go to; the zero value is an error. on_failure does
	// not relax it.
	Untrusted diag.Severity
	// Note follows a failed check that is only a warning now: what an apply will make of it.
	Note string
}

// troubleshooting is the guide with a section for each check's id.
const troubleshooting = "https://registry.terraform.io/providers/sekoia-io/sekoia/latest/docs/guides/troubleshooting"

// ReportDiagnostics are a report's failed checks and warnings as diagnostics, each on the attribute that can fix it.
// The id of the check and where it was tested from are in the text. Passed and skipped checks say nothing.
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

// severity is invalid if a check has nothing to say.
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
	return at, About(o.Subject, check.Headline())
}

// About is the summary of a diagnostic about one connector or organization: its name first, then the news. Without a
// name the news begin with a capital letter.
func About(subject, news string) string {
	if subject == "" {
		return strings.TrimSuffix(Sentence(news), ".")
	}
	return subject + ": " + news
}

// detail says what happened, what to do, where that was seen, and where more is said, in this order.
func (o ReportOptions) detail(check preflight.Check, severity diag.Severity, testedFrom string) string {
	closing := "Check " + string(check.ID)
	if testedFrom != "" {
		closing += ", tested from " + testedFrom
	}
	closing += "."
	switch {
	case check.Status != preflight.StatusFailed:
	case severity == diag.SeverityWarning && o.Note != "":
		closing += " " + o.Note
	case severity == diag.SeverityError && check.Inconclusive:
		closing += " " + ModeVariable + "=off skips the test."
	}
	if check.Status == preflight.StatusFailed {
		closing += " See " + TroubleshootingLink(string(check.ID))
	}

	// The message and the hint are cut rather than the closing.
	body := strings.TrimSpace(check.Message + "\n" + check.Hint)
	return cutLines(body, maxDetailLines-1) + "\n" + closing
}

// TroubleshootingLink is the address of a section of the guide "Troubleshooting".
func TroubleshootingLink(section string) string { return troubleshooting + "#" + section }

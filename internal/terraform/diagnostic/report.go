// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package diagnostic

import (
	"cmp"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/okta"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/preflight"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/sekoia"
)

// ModeVariable is the environment variable that lowers the mode of the connection test, or sets it if no configuration
// does.
const ModeVariable = "SEKOIA_CONNECTION_TEST"

// ReportOptions say how a report is shown. The zero value of a severity is an error.
type ReportOptions struct {
	// Subject is what was tested, by the name that people gave it. Each summary begins with it: Terraform folds
	// warnings with the same summary.
	Subject string
	// BaseURL, Token and Community are the attributes that can fix what the test finds. An empty community means that
	// the provider block chose it.
	BaseURL, Token, Community path.Path
	// Sekoia says where Sekoia's settings are written.
	Sekoia SekoiaPlace
	// Rejected is the severity of what was tested and refused.
	Rejected diag.Severity
	// Untested is the severity of what could not be tested (an outage, a timeout, 429, an unknown answer).
	Untested diag.Severity
	// Untrusted is the severity of a base URL that no credential may go to. on_failure does not relax it.
	Untrusted diag.Severity
	// Note follows a failed check that is only a warning now: what an apply will make of it.
	Note string
	// Skip follows an error of what could not be tested: how to skip the test, if that is not all that it does.
	Skip string
}

// ReportDiagnostics are a report's failed checks and warnings as diagnostics, each on the attribute that can fix it.
// The text has the id of the check and where it was tested from. Passed and skipped checks are left out.
func ReportDiagnostics(report *preflight.Report, opts ReportOptions) diag.Diagnostics {
	var diags diag.Diagnostics
	for _, check := range report.Checks {
		severity := opts.severity(check)
		if severity == diag.SeverityInvalid {
			continue
		}
		at, summary := opts.place(check)

		// The message and the hint are cut rather than the closing.
		body := strings.TrimSpace(check.Text() + "\n" + check.Hint + "\n" + opts.Sekoia.Where(check.Input))
		diags.Append(newDiagnostic(severity, at, summary, cutLines(body, maxDetailLines-1), opts.closing(check, severity, preflight.TestedFrom)))
	}
	return diags
}

// severity is invalid if there is nothing to report.
func (o ReportOptions) severity(check preflight.Check) diag.Severity {
	switch {
	case check.Status == preflight.StatusWarning:
		return diag.SeverityWarning
	case check.Status != preflight.StatusFailed:
		return diag.SeverityInvalid
	case check.Untrusted:
		return cmp.Or(o.Untrusted, diag.SeverityError)
	case check.Inconclusive:
		return cmp.Or(o.Untested, diag.SeverityError)
	}
	return cmp.Or(o.Rejected, diag.SeverityError)
}

// place is the attribute of a finding, and its summary.
func (o ReportOptions) place(check preflight.Check) (path.Path, string) {
	summary := About(o.Subject, check.News)
	switch check.Input {
	case "":
		return path.Empty(), summary
	case okta.InputBaseURL:
		return o.BaseURL, summary
	case sekoia.InputCommunity:
		if len(o.Community.Steps()) > 0 {
			return o.Community, summary
		}
		return path.Empty(), AboutProvider(check.News)
	case sekoia.InputAPIKey, sekoia.InputRegion:
		return path.Empty(), AboutProvider(check.News)
	default:
		return o.Token, summary
	}
}

// closing says which check it was, what follows from it, and where to read more.
func (o ReportOptions) closing(check preflight.Check, severity diag.Severity, testedFrom string) string {
	closing := "Check " + string(check.ID) + ", tested from " + testedFrom + "."
	switch {
	case check.Status != preflight.StatusFailed:
		return closing
	case severity == diag.SeverityWarning && o.Note != "":
		closing += " " + o.Note
	case severity == diag.SeverityError && check.Inconclusive:
		closing += " " + cmp.Or(o.Skip, ModeVariable+"=off skips the test.")
	}
	return closing + " See " + TroubleshootingLink(string(check.ID))
}

// TroubleshootingLink is the address of a section of the guide "Troubleshooting".
func TroubleshootingLink(section string) string {
	return "https://registry.terraform.io/providers/sekoia-io/sekoia/latest/docs/guides/troubleshooting#" + section
}

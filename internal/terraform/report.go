// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package terraform

import (
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
}

// ReportDiagnostics are a report's failed checks and warnings as diagnostics, each on the attribute that can mend it. The id of the check
// and where it was tested from are in the text. Passed and skipped checks say nothing.
func ReportDiagnostics(report *preflight.Report, opts ReportOptions) diag.Diagnostics {
	panic("not yet")
}

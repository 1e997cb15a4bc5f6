// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package terraform

import (
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
)

// Summaries of errors that the provider block can mend. A resource's diagnostic can't point there, so the summary names the attribute
// and its environment variable.
const (
	SekoiaKeySummary       = `provider "sekoia": api_key (SEKOIA_API_KEY)`
	SekoiaBaseURLSummary   = `provider "sekoia": base_url (SEKOIA_BASE_URL)`
	SekoiaCommunitySummary = `provider "sekoia": community_id (SEKOIA_COMMUNITY_ID)`
	OktaBaseURLSummary     = `provider "sekoia": okta.base_url (OKTA_CLIENT_ORGURL)`
	OktaTokenSummary       = `provider "sekoia": okta.api_token (OKTA_API_TOKEN)`
)

// AddError adds an error to diags: the summary says what did not work, err what was answered, and hint (may be "") what to do. With the
// empty path it sits on no attribute. The text has at most a dozen lines.
func AddError(diags *diag.Diagnostics, at path.Path, summary string, err error, hint string) {
	diags.Append(NewDiagnostic(diag.SeverityError, at, summary, err, hint))
}

// AddWarning is AddError for a warning.
func AddWarning(diags *diag.Diagnostics, at path.Path, summary string, err error, hint string) {
	diags.Append(NewDiagnostic(diag.SeverityWarning, at, summary, err, hint))
}

// NewDiagnostic is the diagnostic that AddError and AddWarning add. A nil err leaves the hint alone.
func NewDiagnostic(severity diag.Severity, at path.Path, summary string, err error, hint string) diag.Diagnostic {
	panic("not yet")
}

// AddSekoiaError adds an error for a failed call to Sekoia. A rejected key goes on the provider (see SekoiaKeySummary); all else on the
// path with the summary. The hint is found from the error: a missing permission, a limit, an outage, the network.
func AddSekoiaError(diags *diag.Diagnostics, at path.Path, summary string, err error) {
	panic("not yet")
}

// NetworkHint says what to do about a failed connection, "" where err is none.
func NetworkHint(err error) string {
	panic("not yet")
}

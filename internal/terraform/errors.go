// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package terraform

import (
	"errors"
	"net/http"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/okta"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/sekoia"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport"
)

// Summaries of errors that the provider block can mend. A resource's diagnostic can't point there, so the summary names the attribute
// and its environment variable.
const (
	SekoiaKeySummary       = `provider "sekoia": api_key (SEKOIA_API_KEY)`
	SekoiaBaseURLSummary   = `provider "sekoia": base_url (SEKOIA_BASE_URL)`
	SekoiaCommunitySummary = `provider "sekoia": community_id (SEKOIA_COMMUNITY_ID)`
	OktaBaseURLSummary     = `provider "sekoia": okta.base_url (OKTA_CLIENT_ORGURL)`
	OktaTokenSummary       = `provider "sekoia": okta.api_token (OKTA_API_TOKEN)`
	OktaAppSummary         = `provider "sekoia": okta.client_id (OKTA_API_CLIENT_ID)`
	OktaKeySummary         = `provider "sekoia": okta.private_key (OKTA_API_PRIVATE_KEY)`
	OktaKeyIDSummary       = `provider "sekoia": okta.private_key_id (OKTA_API_PRIVATE_KEY_ID)`
	OktaScopesSummary      = `provider "sekoia": okta.scopes (OKTA_API_SCOPES)`
)

// maxDetailLines is what a tired person still reads.
const maxDetailLines = 6

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
	var parts []string
	if err != nil {
		parts = append(parts, Sentence(err.Error()))
	}

	if hint != "" {
		parts = append(parts, hint)
	}

	return newDiagnostic(severity, at, summary, strings.Join(parts, "\n\n"))
}

func newDiagnostic(severity diag.Severity, at path.Path, summary, detail string) diag.Diagnostic {
	detail = cutLines(detail, maxDetailLines)

	switch {
	case severity == diag.SeverityWarning && len(at.Steps()) == 0:
		return diag.NewWarningDiagnostic(summary, detail)
	case severity == diag.SeverityWarning:
		return diag.NewAttributeWarningDiagnostic(at, summary, detail)
	case len(at.Steps()) == 0:
		return diag.NewErrorDiagnostic(summary, detail)
	default:
		return diag.NewAttributeErrorDiagnostic(at, summary, detail)
	}
}

// Sentence makes an error's text one: it begins with a capital letter and ends with a full stop.
func Sentence(text string) string {
	if text == "" {
		return text
	}

	// A host's or an attribute's name at the beginning stays as it is.
	first, _, _ := strings.Cut(text, " ")
	if text[0] >= 'a' && text[0] <= 'z' && !strings.ContainsAny(first, "./_") {
		text = strings.ToUpper(text[:1]) + text[1:]
	}

	if !strings.HasSuffix(text, ".") && !strings.HasSuffix(text, "…") {
		text += "."
	}

	return text
}

// cutLines keeps the first lines and the last one, which says what to do.
func cutLines(text string, limit int) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	if len(lines) <= limit {
		return strings.Join(lines, "\n")
	}

	return strings.Join(lines[:limit-2], "\n") + "\n…\n" + lines[len(lines)-1]
}

// OktaErrorPaths are a data source's attributes that can mend an error of Okta. An empty path: it has none.
type OktaErrorPaths struct {
	// Organization is the key of the organisation in okta_organizations; null where it is the okta block's.
	Organization types.String
	// ID is the attribute whose device was not found.
	ID path.Path
	// Search is the attribute whose expression was refused.
	Search path.Path
}

// AddOktaError adds an error for a failed call to Okta with the provider's credential: on the attribute that can mend it, with what to do
// about it. What the provider block can mend gets its summary (see OktaTokenSummary); all else gets the one given.
func AddOktaError(diags *diag.Diagnostics, paths OktaErrorPaths, summary string, err error) {
	var (
		answer     *okta.APIError
		unexpected *okta.UnexpectedAnswerError
		untrusted  *okta.UntrustedHostError
		notOkta    *okta.NotOktaError
		noToken    *okta.TokenError
		noScope    *okta.ScopeError
	)

	switch {
	case errors.As(err, &noToken) && noToken.Refusal.Status < http.StatusInternalServerError && !okta.IsRateLimited(err):
		input, remedy := noToken.Remedy()
		AddError(diags, path.Empty(), OktaSummary(paths.Organization, input), err, remedy)
	case errors.As(err, &noScope):
		AddError(diags, path.Empty(), OktaSummary(paths.Organization, okta.InputScopes), err, scopeHint)
	case errors.As(err, &answer):
		if !addAppRefusal(diags, paths, err, answer) {
			addOktaAnswer(diags, paths, summary, err, answer)
		}
	case errors.Is(err, transport.ErrCredentialCharacters):
		AddError(diags, path.Empty(), OktaSummary(paths.Organization, "api_token"), err, "Was it copied whole, and without a line break?")
	case errors.As(err, &untrusted):
		AddError(diags, path.Empty(), OktaSummary(paths.Organization, "base_url"), err, NetworkHint(untrusted.Err))
	case errors.As(err, &notOkta):
		AddError(diags, path.Empty(), OktaSummary(paths.Organization, "base_url"), err, "Check the base URL: it is that of the organisation, such as https://acme.okta.com.")
	case errors.As(err, &unexpected):
		AddError(diags, path.Empty(), summary, err, "Check whether a proxy or a login page stands between this machine and Okta.")
	default:
		AddError(diags, path.Empty(), summary, err, NetworkHint(err))
	}
}

// scopeHint is for an access token that lacks the scope for devices.
const scopeHint = "Grant the scope to the service app (Applications > the app > Okta API Scopes), and name it in scopes."

// addAppRefusal adds the error of a call that Okta's API refused although the service app got an access token for it, and tells whether it
// was one.
func addAppRefusal(diags *diag.Diagnostics, paths OktaErrorPaths, err error, answer *okta.APIError) bool {
	var input, hint string

	switch {
	case answer.Scheme != "Bearer" && answer.Scheme != "DPoP":
		return false
	case okta.IsInvalidProof(err):
		input, hint = okta.InputClientID, okta.ProofRemedy
	case answer.Code == okta.CodeInsufficientScope:
		input, hint = okta.InputScopes, scopeHint
	case answer.Status == http.StatusForbidden:
		input, hint = okta.InputClientID,
			"The service app got an access token, but may not read devices: give it an admin role that may, such as Read-only Administrator "+
				"(Applications > the app > Admin roles)."
	case answer.Status == http.StatusUnauthorized && !okta.IsFeatureDisabled(err):
		input, hint = okta.InputClientID,
			"Okta gave the service app an access token, and then did not accept it. The app may be bound to a network zone that this machine is "+
				"not in, or was changed just now: try again."
	default:
		return false
	}

	AddError(diags, path.Empty(), OktaSummary(paths.Organization, input), err, hint)

	return true
}

// The codes by which Okta refuses a search (Okta API 2026.06.3, error codes).
const (
	oktaBadSearch      = "E0000031"
	oktaInvalidRequest = "E0000001"
)

func addOktaAnswer(diags *diag.Diagnostics, paths OktaErrorPaths, summary string, err error, answer *okta.APIError) {
	switch {
	case okta.IsFeatureDisabled(err):
		AddError(diags, path.Empty(), OktaSummary(paths.Organization, "base_url"), err,
			"The organisation does not have the Devices API: it needs Okta Identity Engine with the feature on.")
	case answer.Status == http.StatusUnauthorized:
		AddError(diags, path.Empty(), OktaSummary(paths.Organization, "api_token"), err, "The token is invalid, expired (30 days unused are enough), revoked, "+
			"another organisation's, or bound to a network zone that this machine is not in.")
	case answer.Status == http.StatusForbidden:
		AddError(diags, path.Empty(), OktaSummary(paths.Organization, "api_token"), err,
			"The token's owner may not read devices: give it an admin role that may, such as Read-only Administrator.")
	case answer.Status == http.StatusNotFound:
		AddError(diags, paths.ID, summary, err, "")
	case answer.Status == http.StatusBadRequest && (answer.Code == oktaBadSearch || answer.Code == oktaInvalidRequest):
		AddError(diags, paths.Search, summary, err,
			"Okta searches devices by profile.*, id, status and lastUpdated; text stands in double quotes.")
	case answer.Status == http.StatusTooManyRequests:
		AddError(diags, path.Empty(), summary, err, "The rate limit is used up, by this token or by the whole organisation. Try again in a minute.")
	default:
		AddError(diags, path.Empty(), summary, err, outageHint(answer.Status, "https://status.okta.com"))
	}
}

// AddSekoiaError adds an error for a failed call to Sekoia. A rejected key goes on the provider (see SekoiaKeySummary); all else on the
// path with the summary. What to do is found from the error: a missing permission, a limit, an outage, the network.
func AddSekoiaError(diags *diag.Diagnostics, at path.Path, summary string, err error) {
	var answer *sekoia.APIError

	switch {
	case errors.As(err, &answer) && answer.Status == http.StatusUnauthorized:
		AddError(diags, path.Empty(), SekoiaKeySummary, err, sekoia.KeyAdvice(err))
	case errors.Is(err, transport.ErrCredentialCharacters):
		AddError(diags, path.Empty(), SekoiaKeySummary, err, "Was it copied whole, and without a line break?")
	case isNetworkFailure(err):
		AddError(diags, path.Empty(), summary, err, SekoiaHint(err))
	default:
		AddError(diags, at, summary, err, SekoiaHint(err))
	}
}

// SekoiaHint says what to do about a failed call to Sekoia, whatever wraps it; "" where only the error itself can say it.
func SekoiaHint(err error) string {
	var (
		answer     *sekoia.APIError
		unexpected *sekoia.UnexpectedAnswerError
	)

	switch {
	case errors.As(err, &answer) && answer.Status == http.StatusUnauthorized:
		return sekoia.KeyAdvice(err)
	case errors.As(err, &answer):
		return sekoiaHint(answer.Status)
	case errors.As(err, &unexpected) && unexpected.Err != nil && NetworkHint(unexpected.Err) != "":
		return NetworkHint(unexpected.Err)
	case errors.As(err, &unexpected):
		return sekoiaUnexpectedHint
	default:
		return sekoiaNetworkHint(err)
	}
}

const sekoiaUnexpectedHint = "Check region and base_url, and whether a proxy stands between this machine and Sekoia."

func sekoiaHint(status int) string {
	switch status {
	case http.StatusForbidden:
		return "Give the API key a role with this permission, in Sekoia's web page under Settings, API keys."
	case http.StatusTooManyRequests:
		return "The rate limit is used up. Try again in a minute."
	default:
		return outageHint(status, "https://status.sekoia.io")
	}
}

func outageHint(status int, page string) string {
	if status < http.StatusInternalServerError {
		return ""
	}

	return "This looks like an outage: see " + page + ", and try again."
}

// NetworkHint says what to do about a failed connection, "" where err is no such failure.
func NetworkHint(err error) string {
	if err == nil {
		return ""
	}

	return transport.Explain(err).Do
}

// sekoiaNetworkHint is NetworkHint for a call to Sekoia, whose URL has two settings.
func sekoiaNetworkHint(err error) string {
	if err == nil {
		return ""
	}

	met := transport.Explain(err)
	if met.ByURL {
		return met.Do + "\nSekoia's URL is that of region (SEKOIA_REGION) or base_url (SEKOIA_BASE_URL) in the provider block."
	}

	return met.Do
}

// isNetworkFailure tells a call that got no answer, which no attribute of a resource can mend.
func isNetworkFailure(err error) bool {
	call, ok := errors.AsType[*transport.CallError](err)

	return ok && transport.Explain(call).Do != ""
}

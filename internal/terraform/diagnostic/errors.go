// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package diagnostic

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/okta"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/sekoia"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/credential"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/failure"
)

// Summaries of errors that the provider block can mend. A resource's diagnostic can't point there, so the summary names
// the attribute and its environment variable.
const (
	SekoiaKeySummary       = `provider "sekoia": api_key (SEKOIA_API_KEY)`
	SekoiaBaseURLSummary   = `provider "sekoia": base_url (SEKOIA_BASE_URL)`
	SekoiaCommunitySummary = `provider "sekoia": community_id (SEKOIA_COMMUNITY_ID)`
	OktaBaseURLSummary     = `provider "sekoia": okta.base_url (OKTA_CLIENT_ORGURL)`
	OktaTokenSummary       = `provider "sekoia": okta.api_token (OKTA_API_TOKEN)`
)

// maxDetailLines is what a tired person still reads.
const maxDetailLines = 6

// AddError adds an error to diags: the summary says what did not work, err what was answered, and hint (may be "") what
// to do. With the empty path it sits on no attribute. The text has at most a dozen lines.
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

// OktaErrorPaths are a data source's attributes that can fix an error of Okta. An empty path: it has none.
type OktaErrorPaths struct {
	// Place is the organization that was called, and where its settings are.
	Place OktaPlace
	// ID is the attribute whose device was not found.
	ID path.Path
	// Search is the attribute whose expression was refused.
	Search path.Path
}

// oktaFinding is what an error of Okta means for a person.
type oktaFinding struct {
	// news are the summary, to follow the organization's name.
	news string
	// input is the setting that can fix it; "" if none can.
	input string
	// at is the data source's own attribute that can fix it.
	at   path.Path
	hint string
}

// AddOktaError adds an error for a failed call to Okta with the provider's credential. The summary begins with the
// organization and says the news; it is the one given if nothing more is known. The detail says what to do, and which
// setting can fix it: the attribute of the provider block, or the environment variable that was used.
func AddOktaError(diags *diag.Diagnostics, paths OktaErrorPaths, summary string, err error) {
	found := findOkta(paths, err)
	if found.news == "" {
		found.news = summary
	}
	if found.input != "" {
		found.hint = strings.TrimSpace(found.hint + " " + paths.Place.Where(found.input))
	}
	AddError(diags, found.at, paths.Place.Summary(found.news), err, found.hint)
}

func findOkta(paths OktaErrorPaths, err error) oktaFinding {
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
		if !isOktasOwn(noToken.Refusal) {
			return strangersAnswer(noToken.Refusal.Status)
		}
		input, remedy := noToken.Remedy()
		return oktaFinding{news: answered("Okta gave the service app no access token", noToken.Refusal.Status), input: input, hint: remedy}
	case errors.As(err, &noScope):
		return oktaFinding{news: "the access token lacks the scope " + noScope.Missing, input: okta.InputScopes, hint: scopeHint}
	case errors.As(err, &answer):
		return findAnswer(paths, err, answer)
	case errors.Is(err, credential.ErrCredentialCharacters):
		return oktaFinding{news: "the API token can't be sent", input: tokenInput, hint: "Was it copied whole, and without a line break?"}
	case errors.As(err, &untrusted):
		return oktaFinding{news: "base_url may not be trusted with an Okta credential", input: okta.InputBaseURL, hint: NetworkHint(untrusted.Err)}
	case errors.As(err, &notOkta):
		return oktaFinding{
			news: "no Okta organization answers at base_url", input: okta.InputBaseURL,
			hint: "Check the base URL: it is that of the organization, such as https://acme.okta.com.",
		}
	case errors.As(err, &unexpected):
		return oktaFinding{
			news: answered("this is not Okta's answer", unexpected.Status),
			hint: "Check whether a proxy or a login page stands between this machine and Okta.",
		}
	case isNetworkFailure(err):
		return oktaFinding{news: "Okta did not answer", hint: NetworkHint(err)}
	default:
		return oktaFinding{hint: NetworkHint(err)}
	}
}

// answered adds a status to the news, if there is one.
func answered(news string, status int) string {
	if status == 0 {
		return news
	}
	return fmt.Sprintf("%s (%d)", news, status)
}

// tokenInput is the setting of an API token.
const tokenInput = "api_token"

// scopeHint is for an access token that lacks the scope for devices.
const scopeHint = "Grant the scope to the service app (Applications > the app > Okta API Scopes), and name it in scopes."

// isOktasOwn reports whether Okta itself refused a call: its refusals have a code, and a proxy's page has none.
func isOktasOwn(answer *okta.APIError) bool { return answer.Code != "" }

// strangersAnswer is what a refusal without Okta's error object means: that is how the page of a proxy or a firewall
// looks.
func strangersAnswer(status int) oktaFinding {
	return oktaFinding{
		news: answered("this is not Okta's answer", status),
		hint: "It has no error code of Okta's, so the credential need not be wrong. Check that no proxy (HTTPS_PROXY), firewall or login page answers " +
			"in Okta's place.",
	}
}

// The codes by which Okta refuses a search (Okta API 2026.06.3, error codes).
const (
	oktaBadSearch      = "E0000031"
	oktaInvalidRequest = "E0000001"
)

// findAnswer is what a refusal means.
func findAnswer(paths OktaErrorPaths, err error, answer *okta.APIError) oktaFinding {
	refused := answer.Status == http.StatusUnauthorized || answer.Status == http.StatusForbidden
	switch {
	case refused && !isOktasOwn(answer):
		return strangersAnswer(answer.Status)
	case okta.IsFeatureDisabled(err):
		return oktaFinding{
			news: answered("the organization's Devices API is off", answer.Status), input: okta.InputBaseURL,
			hint: "The organization does not have the Devices API: it needs Okta Identity Engine with the feature on.",
		}
	case okta.IsInvalidProof(err):
		return oktaFinding{news: answered("Okta rejected the proof of possession (DPoP)", answer.Status), input: okta.InputClientID, hint: okta.ProofRemedy}
	case answer.Code == okta.CodeInsufficientScope:
		return oktaFinding{news: answered("the access token lacks a scope", answer.Status), input: okta.InputScopes, hint: scopeHint}
	case refused:
		return findRefusal(answer)
	case answer.Status == http.StatusNotFound:
		return oktaFinding{at: paths.ID}
	case answer.Status == http.StatusBadRequest && (answer.Code == oktaBadSearch || answer.Code == oktaInvalidRequest):
		return oktaFinding{at: paths.Search, hint: "Okta searches devices by profile.*, id, status and lastUpdated; text stands in double quotes."}
	case answer.Status == http.StatusTooManyRequests:
		return oktaFinding{
			news: "Okta's rate limit is used up (429)",
			hint: "The rate limit is used up, by this token or by the whole organization. Try again in a minute.",
		}
	case answer.Status >= http.StatusInternalServerError:
		return oktaFinding{news: answered("Okta did not answer", answer.Status), hint: outageHint(answer.Status, "https://status.okta.com")}
	default:
		return oktaFinding{}
	}
}

// findRefusal is what Okta's own 401 or 403 means, for either kind of credential.
func findRefusal(answer *okta.APIError) oktaFinding {
	app := answer.Scheme == "Bearer" || answer.Scheme == "DPoP"
	switch unauthorized := answer.Status == http.StatusUnauthorized; {
	case app && unauthorized:
		return oktaFinding{
			news: answered("Okta rejected the access token", answer.Status), input: okta.InputClientID,
			hint: "Okta gave the service app an access token, and then did not accept it. The app may be bound to a network zone that this machine is " +
				"not in, or was changed just now: try again.",
		}
	case app:
		return oktaFinding{
			news: answered("the service app may not read devices", answer.Status), input: okta.InputClientID,
			hint: "The service app got an access token, but may not read devices: give it an admin role that may, such as Read-only Administrator " +
				"(Applications > the app > Admin roles).",
		}
	case unauthorized:
		return oktaFinding{
			news: answered("Okta rejected the API token", answer.Status), input: tokenInput,
			hint: "The token is invalid, expired (after 30 days unused), revoked, another organization's, or bound to a network zone that this machine is not in.",
		}
	default:
		return oktaFinding{
			news: answered("the API token may not read devices", answer.Status), input: tokenInput,
			hint: "The token's owner may not read devices: give it an admin role that may, such as Read-only Administrator.",
		}
	}
}

// AddSekoiaError adds an error for a failed call to Sekoia. A rejected key goes on the provider (see SekoiaKeySummary);
// all else on the path with the summary. What to do is found from the error: a missing permission, a limit, an outage,
// the network.
func AddSekoiaError(diags *diag.Diagnostics, at path.Path, summary string, err error) {
	var answer *sekoia.APIError
	switch {
	case errors.As(err, &answer) && answer.Status == http.StatusUnauthorized:
		AddError(diags, path.Empty(), SekoiaKeySummary, err, sekoia.KeyAdvice(err))
	case errors.Is(err, credential.ErrCredentialCharacters):
		AddError(diags, path.Empty(), SekoiaKeySummary, err, "Was it copied whole, and without a line break?")
	case isNetworkFailure(err):
		AddError(diags, path.Empty(), summary, err, SekoiaHint(err))
	default:
		AddError(diags, at, summary, err, SekoiaHint(err))
	}
}

// SekoiaHint says what to do about a failed call to Sekoia, whatever wraps it; "" where only the error itself can say
// it.
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
	return failure.Explain(err).Do
}

// sekoiaNetworkHint is NetworkHint for a call to Sekoia, whose URL has two settings.
func sekoiaNetworkHint(err error) string {
	if err == nil {
		return ""
	}
	met := failure.Explain(err)
	if met.ByURL {
		return met.Do + "\nSekoia's URL is that of region (SEKOIA_REGION) or base_url (SEKOIA_BASE_URL) in the provider block."
	}
	return met.Do
}

// isNetworkFailure tells a call that got no answer, which no attribute of a resource can mend.
func isNetworkFailure(err error) bool {
	call, ok := errors.AsType[*failure.CallError](err)
	return ok && failure.Explain(call).Do != ""
}

// maxListed bounds how many things a diagnostic lists.
const maxListed = 10

// List joins words for a diagnostic, made fit for it; it says how many are left where there are more than a few.
func List(words []string) string { return ListUpTo(maxListed, words) }

// listUpTo is List with another bound.
func ListUpTo(limit int, words []string) string {
	shown := make([]string, 0, limit)
	for _, word := range words[:min(limit, len(words))] {
		shown = append(shown, credential.Sanitize(word))
	}
	list := strings.Join(shown, ", ")
	if left := len(words) - len(shown); left > 0 {
		list += fmt.Sprintf(" and %d more", left)
	}
	return list
}

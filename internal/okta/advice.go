// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package okta

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/advice"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/credential"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/failure"
)

// The settings that can fix an error, by the names of their attributes. The last two are arguments of data sources.
const (
	InputBaseURL      = "base_url"
	InputToken        = "api_token"
	InputClientID     = "client_id"
	InputPrivateKey   = "private_key"
	InputPrivateKeyID = "private_key_id"
	InputScopes       = "scopes"
	InputDevice       = "id"
	InputSearch       = "search"
)

// A caller is who made a call that Okta refused.
type caller int

const (
	byAnyone caller = iota
	byOwner         // with an API token
	byApp           // with a service app's access token
	byLogin         // of a service app, for an access token
)

type refusalRow struct {
	by     caller
	status int
	codes  []string
	words  []string
	denied bool // the credential is right, and may not do this
	input  string
	news   string
	do     string
}

func (r *refusalRow) fits(answer *APIError, by caller) bool {
	said := strings.ToLower(answer.Summary)
	return (r.by == byAnyone || r.by == by) && (r.status == 0 || r.status == answer.Status) &&
		(r.codes == nil || slices.Contains(r.codes, answer.Code)) &&
		(r.words == nil || slices.ContainsFunc(r.words, func(word string) bool { return strings.Contains(said, word) }))
}

// refusals are what Okta's own refusals mean. The first row that fits holds. A row's empty fields fit everything. Words
// are those of Okta's texts (articles of support.okta.com, issues of its SDKs), in lower case; one of them is enough.
// The codes are those of Okta API 2026.06.3, of RFC 6749 (section 5.2), RFC 6750 and RFC 9449.
var refusals = []refusalRow{
	// A service app asks for an access token.
	{
		by: byLogin, words: []string{"expired", "in the past", "in the future", "into the future", "already been used"}, input: InputClientID,
		do: "Check this machine's clock, and that no proxy (HTTPS_PROXY) sends requests twice.\n" +
			"What was just signed was expired, not valid yet or used when Okta got it. The key itself need not be wrong.",
	},
	{
		by: byLogin, words: []string{"jwt kid"}, input: InputPrivateKeyID,
		do: "Set private_key_id to the id (KID) of this key in Okta: Applications > the app > Public keys. An app with several keys needs it.\n" +
			"Okta also answers this for a key of another app.",
	},
	{
		by: byLogin, words: []string{"jwkset", "signature"}, input: InputPrivateKey,
		do: "Check that the public key of this private_key is active and among the app's: Applications > the app > Public keys.",
	},
	{
		by: byLogin, words: []string{"token_endpoint_auth_method", "private_key_jwt"}, input: InputClientID,
		do: "Set the app's client authentication to \"Public key / Private key\": Applications > the app > Client Credentials.",
	},
	{
		by: byLogin, words: []string{"audience"}, input: InputBaseURL,
		do: "Okta knows its token endpoint under another URL than the one that was called. Check base_url, and that no proxy rewrites the host.",
	},
	{
		by: byLogin, codes: []string{"invalid_scope", "consent_required"}, denied: true, input: InputScopes,
		do: "Grant the scopes to the app (Applications > the app > Okta API Scopes), and check their spelling. " + ScopeDevicesRead + " is enough.",
	},
	{
		by: byLogin, codes: []string{"unauthorized_client", "unsupported_grant_type"}, input: InputClientID,
		do: "Use an app of the type API Services: only these get tokens for themselves.",
	},
	{
		by: byLogin, codes: []string{"access_denied"}, input: InputClientID,
		do: "A policy of the organization refused the app. Check its network zones, and whether this machine is in them. Okta's System Log says more.",
	},

	// Whoever calls.
	{
		codes: []string{codeInvalidProof, codeUseNonce}, input: InputClientID, news: "Okta rejected the proof of possession (DPoP)",
		do: "Okta did not accept the proof of possession (DPoP). Check this machine's clock, and that no proxy (HTTPS_PROXY) rewrites the URL or drops headers.",
	},
	{by: byLogin, input: InputClientID, do: "Check client_id, that the app is active, and that it is an app of the organization at base_url."},
	{
		codes: []string{"E0000015"}, input: InputBaseURL, news: "the organization's Devices API is off",
		do: "The credential is not the problem: the organization does not have the Devices API. It needs Okta Identity Engine with the feature on.\n" +
			"Ask Okta's support for it, and give them the errorId.",
	},
	{codes: []string{"insufficient_scope"}, denied: true, input: InputScopes, news: "the access token lacks a scope", do: grantScope},
	{
		by: byApp, status: http.StatusUnauthorized, input: InputClientID, news: "Okta rejected the access token",
		do: "Okta gave the service app an access token, and then did not accept it.\n" +
			"The app may be bound to a network zone that this machine is not in, or it was just changed. Try again.",
	},
	{
		by: byApp, status: http.StatusForbidden, denied: true, input: InputClientID, news: "the service app may not read devices",
		do: "A service app needs an admin role in addition to its scopes. Give it one that may view devices, such as Read-only Administrator " +
			"(Applications > the app > Admin roles).",
	},
	{
		status: http.StatusUnauthorized, input: InputToken, news: "Okta rejected the API token",
		do: "The token is wrong, expired (after 30 days unused), revoked, another organization's, or bound to a network zone that this machine is not in.\n" +
			"Create one under Security > API > Tokens.",
	},
	{
		status: http.StatusForbidden, codes: []string{"E0000005"}, denied: true, input: InputToken, news: "the API token may not read devices",
		do: "Okta sees no valid session behind the token: its owner may be suspended or deactivated.\n" + grantRole,
	},
	{status: http.StatusForbidden, denied: true, input: InputToken, news: "the API token may not read devices", do: grantRole},
	{status: http.StatusNotFound, codes: []string{"E0000007", "E0000008"}, input: InputDevice},
	{
		status: http.StatusBadRequest, codes: []string{"E0000031", "E0000001"}, input: InputSearch,
		do: "Okta searches devices by profile.*, id, status and lastUpdated. Text is in double quotes.",
	},
}

const (
	grantScope = "Grant " + ScopeDevicesRead + " to the service app (Applications > the app > Okta API Scopes), and name it in scopes."
	grantRole  = "Okta knows the token, but its owner may not read devices. Give the owner an admin role that may view devices, such as Read-only Administrator."
)

// Advise says what the error of a call to Okta means, and what to do about it.
func Advise(err error) advice.Advice {
	var (
		answer     *APIError
		noScope    *ScopeError
		untrusted  *UntrustedHostError
		notOkta    *NotOktaError
		unexpected *UnexpectedAnswerError
	)
	switch {
	case errors.As(err, &untrusted): // first, for it wraps what happened
		made := advice.Advice{
			Kind: advice.Untrusted, Input: InputBaseURL, News: "base_url may not be trusted with an Okta credential",
			Happened: fmt.Sprintf("%s is not trusted with an Okta credential: %s.", untrusted.Host, untrusted.Reason), Do: untrusted.Remedy + ".",
		}
		if hint := failure.Explain(untrusted.Err).Do; hint != "" {
			made.Do = hint + "\n" + made.Do
		}
		return made
	case errors.As(err, &answer):
		return adviseRefusal(answer)
	case errors.As(err, &noScope):
		return advice.Advice{
			Kind: advice.Denied, Input: InputScopes, News: "the access token lacks the scope " + ScopeDevicesRead, Happened: advice.Sentence(err.Error()), Do: grantScope,
		}
	case errors.Is(err, credential.ErrCredentialCharacters):
		return advice.NotSendable(InputToken, "API token", err)
	case errors.As(err, &notOkta):
		return advice.Advice{
			Kind: advice.Rejected, Input: InputBaseURL, News: "no Okta organization answers at base_url", Happened: advice.Sentence(notOkta.Error()),
			Do: "Check the organization's name in the URL. It is the address of its Okta dashboard, such as https://acme.okta.com, without -admin.\n" +
				"If the URL is right, check that no proxy (HTTPS_PROXY), firewall or login page answers in Okta's place.",
		}
	case errors.As(err, &unexpected):
		return advice.Answer("Okta", unexpected.Status, false, unexpected.Error())
	default:
		return advice.Network("Okta", InputBaseURL, err)
	}
}

// adviseRefusal looks a refusal up.
func adviseRefusal(answer *APIError) advice.Advice {
	without := *answer
	without.ID, without.clockAhead = "", 0
	made := advice.Answer("Okta", answer.Status, answer.Code != "", without.Error())
	if answer.ID != "" {
		made.Trace = "Okta's errorId is " + answer.ID + "."
	}
	off := answer.clock()
	if off != "" {
		made.Trace = strings.TrimSpace(made.Trace + " This machine's clock is " + off + " Okta's.")
	}
	if answer.Code == "" || answer.Status == http.StatusTooManyRequests || answer.Status >= http.StatusInternalServerError {
		return made
	}
	by, news := byOwner, ""
	switch {
	case answer.ForToken:
		by, news = byLogin, "Okta gave the service app no access token"
	case answer.Scheme == "Bearer" || answer.Scheme == "DPoP":
		by = byApp
	}
	for _, row := range refusals {
		if !row.fits(answer, by) {
			continue
		}
		made.Kind, made.Input, made.News, made.Do = advice.Rejected, row.input, cmp.Or(row.news, news), row.do
		if row.denied {
			made.Kind = advice.Denied
		}
		if made.News != "" {
			made.News += fmt.Sprintf(" (%d)", answer.Status)
		}
		if off != "" && !row.denied && !strings.Contains(row.do, "clock") {
			made.Do = "Check this machine's clock first. " + row.do
		}
		return made
	}
	return made
}

// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package okta

import (
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

// refusals are what Okta's own refusals mean. The first row that fits holds. A row's empty fields fit everything. Words
// are those of Okta's texts (articles of support.okta.com, issues of its SDKs), in lower case; one of them is enough.
// The codes are those of Okta API 2026.06.3, of RFC 6749 (section 5.2), RFC 6750 and RFC 9449.
var refusals = []struct {
	by     caller
	status int
	codes  []string
	words  []string
	kind   advice.Kind
	input  string
	news   string
	do     string
}{
	// A service app asks for an access token.
	{
		by: byLogin, words: []string{"expired", "in the past", "in the future", "into the future"}, kind: advice.Rejected, input: InputClientID,
		do: "Check this machine's clock: for Okta's clock, what it just signed has expired or is not valid yet. The key itself need not be wrong.",
	},
	{
		by: byLogin, words: []string{"jwt kid"}, kind: advice.Rejected, input: InputPrivateKeyID,
		do: "Set private_key_id to the id (KID) of this key in Okta: Applications > the app > Public keys. An app with several keys needs it.\n" +
			"Okta also answers this for a key of another app.",
	},
	{
		by: byLogin, words: []string{"jwkset", "signature"}, kind: advice.Rejected, input: InputPrivateKey,
		do: "Check that the public key of this private_key is active and among the app's: Applications > the app > Public keys.",
	},
	{
		by: byLogin, words: []string{"token_endpoint_auth_method", "private_key_jwt"}, kind: advice.Rejected, input: InputClientID,
		do: "Set the app's client authentication to \"Public key / Private key\": Applications > the app > Client Credentials.",
	},
	{
		by: byLogin, words: []string{"audience"}, kind: advice.Rejected, input: InputBaseURL,
		do: "Okta knows its token endpoint under another URL than the one that was called. Check base_url, and that no proxy rewrites the host.",
	},
	{
		by: byLogin, words: []string{"already been used"}, kind: advice.Rejected, input: InputClientID,
		do: "Each request is signed anew. Check whether a proxy (HTTPS_PROXY) sends requests twice, and try again.",
	},
	{
		by: byLogin, codes: []string{"invalid_scope"}, kind: advice.Denied, input: InputScopes,
		do: "Check the spelling of the scopes, and grant them to the app (Applications > the app > Okta API Scopes). " + ScopeDevicesRead + " is enough.",
	},
	{
		by: byLogin, codes: []string{"consent_required"}, kind: advice.Denied, input: InputScopes,
		do: "Grant the scopes to the app (Applications > the app > Okta API Scopes). " + ScopeDevicesRead + " is enough.",
	},
	{
		by: byLogin, codes: []string{"unauthorized_client", "unsupported_grant_type"}, kind: advice.Rejected, input: InputClientID,
		do: "Use an app of the type API Services: only these get tokens for themselves.",
	},
	{
		by: byLogin, codes: []string{"access_denied"}, kind: advice.Rejected, input: InputClientID,
		do: "A policy of the organization refused the app. Check its network zones, and whether this machine is in them. Okta's System Log says more.",
	},
	{
		by: byLogin, codes: []string{codeUseNonce}, kind: advice.Rejected, input: InputClientID,
		do: "Okta wants a nonce in the proof of possession (DPoP), and accepted none of those that it gave.\n" +
			"Check that no proxy (HTTPS_PROXY) drops headers or keeps old answers, and try again.",
	},

	// Whoever calls.
	{
		codes: []string{codeInvalidProof, codeUseNonce}, kind: advice.Rejected, input: InputClientID, news: "Okta rejected the proof of possession (DPoP)",
		do: "Okta did not accept the proof of possession (DPoP). Check this machine's clock, and that no proxy (HTTPS_PROXY) rewrites the URL or drops headers.",
	},
	{
		by: byLogin, kind: advice.Rejected, input: InputClientID,
		do: "Check client_id, that the app is active, and that it is an app of the organization at base_url.",
	},
	{
		codes: []string{"E0000015"}, kind: advice.Rejected, input: InputBaseURL, news: "the organization's Devices API is off",
		do: "The credential is not the problem: the organization does not have the Devices API. It needs Okta Identity Engine with the feature on.\n" +
			"Ask Okta's support for it, and give them the errorId.",
	},
	{codes: []string{"insufficient_scope"}, kind: advice.Denied, input: InputScopes, news: "the access token lacks a scope", do: grantScope},
	{
		by: byApp, status: http.StatusUnauthorized, kind: advice.Rejected, input: InputClientID, news: "Okta rejected the access token",
		do: "Okta gave the service app an access token, and then did not accept it.\n" +
			"The app may be bound to a network zone that this machine is not in, or it was just changed. Try again.",
	},
	{
		by: byApp, status: http.StatusForbidden, kind: advice.Denied, input: InputClientID, news: "the service app may not read devices",
		do: "A service app needs an admin role besides its scopes. Give it one that may view devices, such as Read-only Administrator " +
			"(Applications > the app > Admin roles).",
	},
	{
		status: http.StatusUnauthorized, kind: advice.Rejected, input: InputToken, news: "Okta rejected the API token",
		do: "The token is wrong, expired (after 30 days unused), revoked, another organization's, or bound to a network zone that this machine is not in.\n" +
			"Create one under Security > API > Tokens.",
	},
	{
		status: http.StatusForbidden, codes: []string{"E0000005"}, kind: advice.Denied, input: InputToken, news: "the API token may not read devices",
		do: "Okta sees no valid session behind the token: its owner may be suspended or deactivated.\n" + grantRole,
	},
	{status: http.StatusForbidden, kind: advice.Denied, input: InputToken, news: "the API token may not read devices", do: grantRole},
	{status: http.StatusNotFound, codes: []string{"E0000007", "E0000008"}, kind: advice.Rejected, input: InputDevice},
	{
		status: http.StatusBadRequest, codes: []string{"E0000031", "E0000001"}, kind: advice.Rejected, input: InputSearch,
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
		refused    *TokenError
		answer     *APIError
		noScope    *ScopeError
		untrusted  *UntrustedHostError
		notOkta    *NotOktaError
		unexpected *UnexpectedAnswerError
		redirect   *failure.RedirectError
		call       *failure.CallError
	)
	switch {
	case errors.As(err, &refused):
		made := adviseRefusal(refused.Refusal, byLogin, "Okta gave the service app no access token")
		if off := refused.clock(); off != "" {
			made.Happened += "\nThis machine's clock is " + off + " Okta's."
			if made.Kind == advice.Rejected && !strings.Contains(made.Do, "clock") {
				made.Do = "Check this machine's clock first. " + made.Do
			}
		}
		return made
	case errors.As(err, &answer):
		return adviseRefusal(answer, callerOf(answer.Scheme), "")
	case errors.As(err, &noScope):
		return advice.Advice{
			Kind: advice.Denied, Input: InputScopes, News: "the access token lacks the scope " + noScope.Missing,
			Happened: advice.Sentence(noScope.Error()), Do: grantScope,
		}
	case errors.Is(err, credential.ErrCredentialCharacters):
		return advice.NotSendable(InputToken, "API token", err)
	case errors.As(err, &untrusted):
		made := advice.Advice{
			Kind: advice.Untrusted, Input: InputBaseURL, News: "base_url may not be trusted with an Okta credential",
			Happened: fmt.Sprintf("%s is not trusted with an Okta credential: %s.", untrusted.Host, untrusted.Reason), Do: untrusted.Remedy + ".",
		}
		if hint := advice.NetworkHint(untrusted.Err); hint != "" {
			made.Do = hint + "\n" + made.Do
		}
		return made
	case errors.As(err, &notOkta):
		return noOrganization(notOkta)
	case errors.As(err, &unexpected):
		return advice.Answer("Okta", unexpected.Status, false, unexpected.Error())
	case errors.As(err, &redirect) && errors.As(err, &call) && strings.HasSuffix(call.URL, wellKnownPath):
		made := noOrganization(redirect)
		made.Happened += "\nThe call was " + call.Method + " " + call.URL + "."
		return made
	default:
		return advice.Network("Okta", InputBaseURL, err)
	}
}

func noOrganization(err error) advice.Advice {
	return advice.Advice{
		Kind: advice.Rejected, Input: InputBaseURL, News: "no Okta organization answers at base_url", Happened: advice.Sentence(err.Error()),
		Do: "Check the organization's name in the URL. It is the address of its Okta dashboard, such as https://acme.okta.com, without -admin.",
	}
}

// adviseRefusal looks a refusal up. news is what a row without news of its own says.
func adviseRefusal(answer *APIError, by caller, news string) advice.Advice {
	without := *answer
	without.ID = ""
	made := advice.Answer("Okta", answer.Status, answer.Code != "", without.Error())
	if answer.ID != "" {
		made.Trace = "Okta's errorId is " + answer.ID + "."
	}
	if answer.Code == "" || answer.Status == http.StatusTooManyRequests || answer.Status >= http.StatusInternalServerError {
		return made
	}
	said := strings.ToLower(answer.Summary)
	for _, row := range refusals {
		fits := (row.by == byAnyone || row.by == by) && (row.status == 0 || row.status == answer.Status) &&
			(row.codes == nil || slices.Contains(row.codes, answer.Code)) &&
			(row.words == nil || slices.ContainsFunc(row.words, func(word string) bool { return strings.Contains(said, word) }))
		if !fits {
			continue
		}
		if row.news != "" {
			news = row.news
		}
		made.Kind, made.Input, made.News, made.Do = row.kind, row.input, "", row.do
		if news != "" {
			made.News = fmt.Sprintf("%s (%d)", news, answer.Status)
		}
		return made
	}
	return made
}

func callerOf(scheme string) caller {
	if scheme == "Bearer" || scheme == "DPoP" {
		return byApp
	}
	return byOwner
}

// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package okta

import (
	"fmt"
	"strings"
	"time"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/credential"
)

// A TokenError is a refusal of the token endpoint. Its [*APIError] has OAuth's error as Code and its description as
// Summary.
type TokenError struct {
	Refusal *APIError
	// ClockAhead is how far this machine's clock was ahead of Okta's, by the answer's Date: an assertion of a clock
	// that is far off is refused.
	ClockAhead time.Duration
}

// maxClockSkew is from when a clock is worth a word.
const maxClockSkew = time.Minute

// Error is the refusal's, and how far this machine's clock is off.
func (e *TokenError) Error() string {
	if off := e.clock(); off != "" {
		return e.Refusal.Error() + "; this machine's clock is " + off + " Okta's"
	}
	return e.Refusal.Error()
}

// clock says how this machine's clock stands to Okta's: "5h30m0s behind"; "" where they are about the same.
func (e *TokenError) clock() string {
	switch ahead := e.ClockAhead.Round(time.Second); {
	case ahead > maxClockSkew:
		return fmt.Sprintf("%s ahead of", ahead)
	case ahead < -maxClockSkew:
		return fmt.Sprintf("%s behind", -ahead)
	default:
		return ""
	}
}

// Unwrap returns the refusal.
func (e *TokenError) Unwrap() error { return e.Refusal }

// OAuth's errors that say what is to be done (RFC 6749, section 5.2; consent_required is Okta's own for scopes that
// were not granted).
const (
	codeConsentRequired    = "consent_required"
	codeInvalidScope       = "invalid_scope"
	codeUnauthorizedClient = "unauthorized_client"
	codeUnsupportedGrant   = "unsupported_grant_type"
	codeOAuthAccessDenied  = "access_denied"
)

// ConcernsScopes tells that Okta accepted the app, and not the scopes that were asked for.
func (e *TokenError) ConcernsScopes() bool {
	return e.Refusal.Code == codeConsentRequired || e.Refusal.Code == codeInvalidScope
}

// The settings of a service app that can mend a refusal.
const (
	InputBaseURL      = "base_url"
	InputClientID     = "client_id"
	InputPrivateKey   = "private_key"
	InputPrivateKeyID = "private_key_id"
	InputScopes       = "scopes"
)

// remedies are what to do about a refusal, by words of what Okta says; the first that matches holds. The words are
// those of Okta's own texts (articles of support.okta.com, issues of its SDKs).
var remedies = []struct {
	words         []string // in lower case; one of them is enough
	input, remedy string
}{
	{
		[]string{"expired", "in the past", "in the future", "into the future"}, InputClientID,
		"Check this machine's clock: by Okta's, what it signed just now is out of its time. The key itself need not be wrong.",
	},
	{
		[]string{"jwt kid"}, InputPrivateKeyID,
		"Set private_key_id to the id (KID) that this key has at Okta: Applications > the app > Public keys. An app of several keys needs it, " +
			"and a key of another app is refused so too.",
	},
	{
		[]string{"jwkset", "signature"}, InputPrivateKey,
		"Check that the public key of this private_key is among the app's, and active: Applications > the app > Public keys.",
	},
	{
		[]string{"token_endpoint_auth_method", "private_key_jwt"}, InputClientID,
		"Set the app's client authentication to \"Public key / Private key\": Applications > the app > Client Credentials.",
	},
	{
		[]string{"audience"}, InputBaseURL,
		"Okta knows its token endpoint by another URL than the one that was called: check base_url, and that no proxy rewrites the host.",
	},
	{
		[]string{"already been used"}, InputClientID,
		"Each request is signed anew: check whether a proxy (HTTPS_PROXY) sends requests twice, and try again.",
	},
}

// remediesByCode are what to do where the words say nothing more.
var remediesByCode = map[string]struct{ input, remedy string }{
	codeInvalidScope: {
		InputScopes, "Check how the scopes are spelt, and grant them to the app (Applications > the app > Okta API Scopes); " + ScopeDevicesRead + " is enough.",
	},
	codeConsentRequired: {
		InputScopes, "Grant the scopes to the app (Applications > the app > Okta API Scopes); " + ScopeDevicesRead + " is enough.",
	},
	codeUnauthorizedClient: {
		InputClientID, "Use an app of the type API Services: only such a one gets tokens for itself.",
	},
	codeUnsupportedGrant: {
		InputClientID, "Use an app of the type API Services: only such a one gets tokens for itself.",
	},
	codeOAuthAccessDenied: {
		InputClientID, "A policy of the organisation refused the app: check its network zones, and whether this machine is in them. Okta's System Log says more.",
	},
	codeInvalidProof: {
		InputClientID, ProofRemedy,
	},
	codeUseNonce: {
		InputClientID, "Okta demands a nonce for the proof of possession (DPoP), and took none of those that it gave: check that no proxy (HTTPS_PROXY) drops " +
			"headers or keeps old answers, and try again.",
	},
}

// Remedy says what to do, and which setting can mend it (InputClientID where none does more than another).
func (e *TokenError) Remedy() (input, remedy string) {
	said := strings.ToLower(e.Refusal.Summary)
	for _, known := range remedies {
		for _, words := range known.words {
			if strings.Contains(said, words) {
				return known.input, known.remedy
			}
		}
	}
	if known, found := remediesByCode[e.Refusal.Code]; found {
		return known.input, known.remedy
	}
	remedy = "Check client_id, that the app is active, and that it is an app of the organisation at base_url."
	if e.clock() != "" {
		remedy = "Check this machine's clock first. Then: " + strings.ToLower(remedy[:1]) + remedy[1:]
	}
	return InputClientID, remedy
}

// A ScopeError is an access token that lacks a scope which a call needs. The call was not made.
type ScopeError struct {
	Missing string
	// Granted are the token's scopes, Asked those that it was asked for.
	Granted, Asked []string
}

// Error names the call that gave the token, for the one that needs the scope was not made.
func (e *ScopeError) Error() string {
	granted := "none"
	if len(e.Granted) > 0 {
		granted = credential.Sanitize(strings.Join(e.Granted, " "))
	}
	return fmt.Sprintf("Okta answered POST %s with an access token that lacks the scope %s; asked for: %s; granted: %s",
		tokenPath, e.Missing, credential.Sanitize(strings.Join(e.Asked, " ")), granted)
}

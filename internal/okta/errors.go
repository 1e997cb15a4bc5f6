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
	"time"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/credential"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/pace"
)

// errNoToken is the error of a call that needs a credential, made by a client that has none. Nothing was sent.
var errNoToken = errors.New("no Okta API token is configured")

// An APIError is an answer by which Okta refused a call, or could not do it: every status but 2xx. Its texts are
// sanitized. Code, Summary and ID are empty if the body was not Okta's error object (a proxy's page, say), or came from
// a host that has not proved to be Okta.
type APIError struct {
	Method string
	Path   string // escaped, without the query
	Status int

	Code    string // Okta's errorCode: "E0000011"; or OAuth's error: "invalid_client", "insufficient_scope"
	Summary string // with the causes, if they add something
	ID      string // errorId, which Okta's support asks for

	// Scheme is what the call was authorized with: SSWS (an API token), Bearer or DPoP (a service app's access token);
	// "" for one without.
	Scheme string
	// ForToken reports whether the call was a service app's, for an access token.
	ForToken bool
	// clockAhead is how far this machine's clock was ahead of Okta's at a call for a token, by the answer's Date: an
	// assertion of a clock that is far off is refused.
	clockAhead time.Duration

	RateLimit pace.RateLimit
}

// Error is one line: `Okta answered 401 E0000011 (Invalid token provided; errorId oae…) to GET /api/v1/devices`.
func (e *APIError) Error() string {
	text := strings.TrimSpace(fmt.Sprintf("Okta answered %d %s", e.Status, cmp.Or(e.Code, http.StatusText(e.Status))))
	detail := e.Summary
	if e.ID != "" {
		detail = strings.TrimPrefix(detail+"; errorId "+e.ID, "; ")
	}
	if detail != "" {
		text += " (" + detail + ")"
	}
	text += " to " + e.Method + " " + e.Path
	if off := e.clock(); off != "" {
		text += "; this machine's clock is " + off + " Okta's"
	}
	return text
}

// maxClockSkew is from when a clock is worth a word.
const maxClockSkew = time.Minute

// clock says how this machine's clock stands to Okta's: "5h30m0s behind"; "" if they are about the same.
func (e *APIError) clock() string {
	switch ahead := e.clockAhead.Round(time.Second); {
	case ahead > maxClockSkew:
		return fmt.Sprintf("%s ahead of", ahead)
	case ahead < -maxClockSkew:
		return fmt.Sprintf("%s behind", -ahead)
	default:
		return ""
	}
}

// IsNotFound reports whether Okta itself said that there is no such object. A proxy's 404 does not count.
func IsNotFound(err error) bool { return hasCode(err, "E0000007", "E0000008") }

func hasCode(err error, codes ...string) bool {
	answer, ok := errors.AsType[*APIError](err)
	return ok && slices.Contains(codes, answer.Code)
}

// An UnexpectedAnswerError is a 2xx answer that is not what the call is documented to give: no JSON, half of it, JSON
// of another shape, or pages that do not lead on. Reason never quotes the body.
type UnexpectedAnswerError struct {
	Method string
	Path   string // escaped, without the query
	Status int
	Reason string
}

func (e *UnexpectedAnswerError) Error() string {
	return fmt.Sprintf("Okta answered %d to %s %s, but %s", e.Status, e.Method, e.Path, e.Reason)
}

// A NotOktaError is a host of Okta's domains, or one that is trusted by name, that answered and is not an Okta
// organization. No body is shown: it may be anybody's.
type NotOktaError struct {
	Host   string
	Reason string // what it did instead
}

func (e *NotOktaError) Error() string { return e.Host + " is not an Okta organization: " + e.Reason }

// An UntrustedHostError says why a credential may not go to a host that a person wrote down. No credential was sent.
type UntrustedHostError struct {
	Host   string // as written, with the port if it is not 443
	Reason string // why it was not taken for an Okta organization's custom domain; never a body
	Remedy string // what to do; it names [credential.TrustedOktaHostsVariable] if that can help
	Err    error  // what happened on the way, if something did
}

func (e *UntrustedHostError) Error() string {
	return fmt.Sprintf("%s is not trusted with an Okta credential: %s. %s.", e.Host, e.Reason, e.Remedy)
}

func (e *UntrustedHostError) Unwrap() error { return e.Err }

// A ScopeError is an access token without [ScopeDevicesRead]. The call that needs it was not made.
type ScopeError struct {
	// granted are the token's scopes, asked those that it was asked for.
	granted, asked []string
}

// Error names the call that gave the token: the one that needs the scope was not made.
func (e *ScopeError) Error() string {
	return fmt.Sprintf("Okta answered POST %s with an access token that lacks the scope %s; asked for: %s; granted: %s", tokenPath, ScopeDevicesRead,
		credential.Sanitize(strings.Join(e.asked, " ")), cmp.Or(credential.Sanitize(strings.Join(e.granted, " ")), "none"))
}

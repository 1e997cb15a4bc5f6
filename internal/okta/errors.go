// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package okta

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/pace"
)

// errNoToken is the error of a call that needs a credential, made by a client that has none. Nothing was sent.
var errNoToken = errors.New("no Okta API token is configured")

// An APIError is an answer by which Okta refused a call, or could not do it: every status but 2xx. Its texts are
// sanitized. Code, Summary, ID and causes are empty where the body was not Okta's error object (a proxy's page, say),
// or came from a host that has not proved to be Okta.
type APIError struct {
	Method string
	Path   string // escaped, without the query
	Status int

	Code    string // Okta's errorCode: "E0000011"; OAuth's error where it came in that form: "invalid_client", "insufficient_scope"
	Summary string
	ID      string // errorId, which Okta's support asks for
	causes  []string

	// Scheme is what the call was authorized with: SSWS (an API token), Bearer or DPoP (a service app's access token);
	// "" for one without.
	Scheme string

	RateLimit pace.RateLimit
}

// Error is one line: `Okta answered 401 E0000011 (Invalid token provided; errorId oae…) to GET /api/v1/devices`.
func (e *APIError) Error() string {
	var line strings.Builder
	fmt.Fprintf(&line, "Okta answered %d", e.Status)
	switch text := http.StatusText(e.Status); {
	case e.Code != "":
		line.WriteString(" " + e.Code)
	case text != "":
		line.WriteString(" " + text)
	}
	if detail := e.detail(); detail != "" {
		line.WriteString(" (" + detail + ")")
	}
	fmt.Fprintf(&line, " to %s %s", e.Method, e.Path)
	return line.String()
}

// detail joins what Okta said: the summary, its causes where they add something, and the id.
func (e *APIError) detail() string {
	said := e.Summary
	for _, cause := range e.causes {
		if strings.Contains(said, cause) {
			continue
		}
		if said != "" {
			said += ": "
		}
		said += cause
	}
	if e.ID == "" {
		return said
	}
	if said != "" {
		said += "; "
	}
	return said + "errorId " + e.ID
}

// isInvalidToken reports whether Okta itself said that it does not accept the token: invalid, expired, revoked, of
// another organization, or not from this network zone. A 401 without one of these codes is not one.
func isInvalidToken(err error) bool {
	return hasCode(err, "E0000011", "E0000004", "invalid_token")
}

// IsNotFound reports whether Okta itself said that there is no such object. A proxy's 404 is not one.
func IsNotFound(err error) bool {
	return hasCode(err, "E0000007", "E0000008")
}

func hasCode(err error, codes ...string) bool {
	var answer *APIError
	return errors.As(err, &answer) && slices.Contains(codes, answer.Code)
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
	Status int
	Reason string
	// Err is the *UnexpectedAnswerError where the status was 200; else nil.
	Err error
}

func (e *NotOktaError) Error() string {
	return fmt.Sprintf("%s is not an Okta organization: it answered %d to GET %s%s", e.Host, e.Status, wellKnownPath, reasonClause(e.Reason))
}

func (e *NotOktaError) Unwrap() error { return e.Err }

// An UntrustedHostError says why a credential may not go to a host that a person wrote down. No credential was sent.
type UntrustedHostError struct {
	Host   string // as written, with the port where it is not 443
	Reason string // why it was not taken for an Okta organization's custom domain; never a body
	// Remedy says what may be done; it names [credential.TrustedOktaHostsVariable] where that can help.
	Remedy string
	// Err is what happened on the way, where something did.
	Err error
}

func (e *UntrustedHostError) Error() string {
	return fmt.Sprintf("%s is not trusted with an Okta credential: %s. %s.", e.Host, e.Reason, e.Remedy)
}

func (e *UntrustedHostError) Unwrap() error { return e.Err }

func reasonClause(reason string) string {
	if reason == "" {
		return ""
	}
	return ", and " + reason
}

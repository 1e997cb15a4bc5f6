// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package sekoia

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/credential"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/failure"
)

// APIError is an answer by which Sekoia refused a call, or could not do it: any status outside 2xx.
type APIError struct {
	Method  string // of the request
	Path    string // below the base URL, without the query
	Status  int    // HTTP status
	Code    string // Sekoia's code; "" if the answer has none
	Message string // Sekoia's message; of asset-management's 422, its details in one line
	Needs   string // on 403: the quoted titles of the permissions that the call needs; "" if none is documented
	Public  bool   // the call had no API key, so none can be wrong
}

// Error names cloud, answer and call, and on 403 the missing permission.
func (e *APIError) Error() string {
	text := fmt.Sprintf("Sekoia answered %d", e.Status)
	if said := strings.Trim(e.Code+": "+e.Message, ": "); said != "" {
		text += " (" + said + ")"
	}
	text += fmt.Sprintf(" to %s %s", e.Method, e.Path)
	if e.Needs != "" {
		text += "; the API key needs the permission " + e.Needs
	}
	return text
}

// UnexpectedAnswerError is an answer that is not what the API's documents promise: HTML, an empty or broken-off body,
// JSON of another shape, an object without its uuid. Of the body, it has at most a time that can't be read.
type UnexpectedAnswerError struct {
	Method, Path string
	Status       int
	Reason       string // what was found instead
	Err          error  // what broke the body off; nil if it is whole
}

// Error names cloud, answer, call and reason.
func (e *UnexpectedAnswerError) Error() string {
	return fmt.Sprintf("Sekoia answered %d to %s %s, but not as documented: %s", e.Status, e.Method, e.Path, e.Reason)
}

// Unwrap returns what broke the body off.
func (e *UnexpectedAnswerError) Unwrap() error { return e.Err }

// CallError is a call that got no answer: the network failed, the context ended, or the transport refused to send it.
type CallError struct {
	Method, Path string
	Unsent       bool // the request certainly had no effect: it never reached Sekoia, or was sent away from there
	Err          error
}

// Error names cloud, call and cause.
func (e *CallError) Error() string {
	call := e.Method + " " + e.Path
	if failed, ok := errors.AsType[*failure.CallError](e.Err); ok {
		call = failed.Method + " " + failed.URL
	}
	return fmt.Sprintf("calling Sekoia (%s): %s", credential.Sanitize(call), failure.Explain(e.Err).Reason())
}

// Unwrap returns the cause.
func (e *CallError) Unwrap() error { return e.Err }

// errDeleted is the end of the error of an object that Sekoia still answers with, but marks as deleted.
var errDeleted = errors.New("is marked as deleted in Sekoia")

// IsNotFound reports whether Sekoia says that the object is not there (any more): by a 404, or by an object that is
// marked as deleted. A 404 that is a web page is not Sekoia's.
func IsNotFound(err error) bool {
	answer, ok := errors.AsType[*APIError](err)
	return ok && answer.Status == http.StatusNotFound || errors.Is(err, errDeleted)
}

// IsLogUnavailable reports whether Sekoia refused to show a connector's log, or does not have the call. The call is
// inferred (see logCall), so such an answer is no error of the connector.
func IsLogUnavailable(err error) bool {
	answer, ok := errors.AsType[*APIError](err)
	return ok && slices.Contains([]int{http.StatusForbidden, http.StatusNotFound, http.StatusBadRequest, http.StatusMethodNotAllowed}, answer.Status)
}

// OutcomeUnknown reports whether a call that changes something may have had its effect though it returned err: the
// connection failed, the reply broke off or can't be read, or the answer was a 5xx. The caller has to look before it
// repeats a POST. It is false for refusals (3xx, 4xx), for requests that certainly weren't sent, and for reading calls.
func OutcomeUnknown(err error) bool {
	if failed, ok := errors.AsType[*CallError](err); ok {
		return failed.Method != http.MethodGet && !failed.Unsent
	}
	if odd, ok := errors.AsType[*UnexpectedAnswerError](err); ok {
		return odd.Method != http.MethodGet && odd.Status < http.StatusMultipleChoices
	}
	answer, ok := errors.AsType[*APIError](err)
	return ok && answer.Method != http.MethodGet && answer.Status >= http.StatusInternalServerError
}

// neverSent recognizes the errors of transport.Do that come before the first byte of a request. It is about the last
// attempt: of a repeatable request an earlier one may have been sent, of others only an attempt that was refused. A
// request that was redirected was sent, but the answer is as good as a refusal.
func neverSent(err error) bool {
	network, ok := errors.AsType[*net.OpError](err)
	return ok && (network.Op == "dial" || network.Op == "proxyconnect") || failure.Unsent(err) ||
		errors.Is(err, credential.ErrCredentialCharacters) || is[*credential.OriginError](err) || is[*failure.RedirectError](err) ||
		is[*failure.RateLimitError](err) || is[*failure.ProxyError](err) || is[*tls.CertificateVerificationError](err) || is[*net.DNSError](err)
}

// is reports whether err is, or wraps, an error of type T.
func is[T error](err error) bool {
	_, ok := errors.AsType[T](err)
	return ok
}

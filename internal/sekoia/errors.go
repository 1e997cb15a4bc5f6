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
	Code    string // Sekoia's code; "" where the answer has none
	Message string // Sekoia's message; of asset-management's 422, its details in one line
	Needs   string // on 403: the quoted titles of the permissions that the call needs; "" where none is documented
}

// Error names cloud, answer and call, and on 403 the missing permission.
func (e *APIError) Error() string {
	var text strings.Builder
	fmt.Fprintf(&text, "Sekoia answered %d", e.Status)
	switch {
	case e.Code != "" && e.Message != "":
		fmt.Fprintf(&text, " (%s: %s)", e.Code, e.Message)
	case e.Code != "" || e.Message != "":
		fmt.Fprintf(&text, " (%s)", e.Code+e.Message)
	}
	fmt.Fprintf(&text, " to %s %s", e.Method, e.Path)
	if e.Needs != "" {
		fmt.Fprintf(&text, "; the API key needs the permission %s", e.Needs)
	}
	return text.String()
}

// UnexpectedAnswerError is an answer that is not what the API's documents promise: HTML, an empty or broken-off body,
// JSON of another shape, an object without its uuid. Nothing of the body is in it.
type UnexpectedAnswerError struct {
	Method, Path string
	Status       int
	Reason       string // what was found instead
	Err          error  // what broke the body off; nil where it is whole
}

// Error names cloud, answer, call and reason.
func (e *UnexpectedAnswerError) Error() string {
	return fmt.Sprintf("Sekoia answered %d to %s %s, but not as documented: %s", e.Status, e.Method, e.Path, e.Reason)
}

// Unwrap gives what broke the body off.
func (e *UnexpectedAnswerError) Unwrap() error { return e.Err }

// CallError is a call that got no answer: the network failed, the context ended, or the transport refused to send it.
type CallError struct {
	Method, Path string
	Unsent       bool // the request certainly had no effect: it never reached Sekoia, or was sent away from there
	Err          error
}

// Error names cloud, call and cause; the cause's own account of the call is left out.
func (e *CallError) Error() string {
	host := ""
	if call, ok := errors.AsType[*failure.CallError](e.Err); ok && !call.Origin().IsZero() {
		host = " (" + credential.Sanitize(call.Origin().String()) + ")"
	}
	return fmt.Sprintf("no complete answer from Sekoia%s to %s %s: %s", host, e.Method, e.Path, failure.Explain(e.Err).Reason())
}

// Unwrap gives the cause, for errors.Is, errors.As and transport.Classify.
func (e *CallError) Unwrap() error { return e.Err }

// deletedError stands for an object that Sekoia still answers with, marked as deleted.
type deletedError struct {
	Kind string // "account" or "connector"
	ID   string
}

// Error names the object.
func (e *deletedError) Error() string {
	return fmt.Sprintf("Sekoia says that the %s %s is deleted", e.Kind, credential.Sanitize(e.ID))
}

// IsNotFound is true for what says that the object is not there (any more): Sekoia's 404, and an object marked as
// deleted. A 404 page in HTML is not Sekoia's word, and is not meant.
func IsNotFound(err error) bool {
	if _, ok := errors.AsType[*deletedError](err); ok {
		return true
	}
	apiError, ok := errors.AsType[*APIError](err)
	return ok && apiError.Status == http.StatusNotFound
}

// IsLogUnavailable reports whether Sekoia refused to show a connector's log, or does not have the call. That there is
// one is inferred from a sibling's (see inferred.go), so no other answer of this kind is an error of the connector
// either.
func IsLogUnavailable(err error) bool {
	answer, ok := errors.AsType[*APIError](err)
	return ok && slices.Contains([]int{http.StatusForbidden, http.StatusNotFound, http.StatusBadRequest, http.StatusMethodNotAllowed}, answer.Status)
}

// OutcomeUnknown is true where a call that changes something may have had its effect though it returned err: the
// connection failed, the reply broke off or can't be read, or the answer was a 5xx. The caller has to look before it
// repeats a POST. It is false for refusals (3xx, 4xx), for requests that certainly weren't sent, and for reading calls.
func OutcomeUnknown(err error) bool {
	if callError, ok := errors.AsType[*CallError](err); ok {
		return changes(callError.Method) && !callError.Unsent
	}
	if unexpected, ok := errors.AsType[*UnexpectedAnswerError](err); ok {
		return changes(unexpected.Method) && unexpected.Status < http.StatusMultipleChoices
	}
	if apiError, ok := errors.AsType[*APIError](err); ok {
		return changes(apiError.Method) && apiError.Status >= http.StatusInternalServerError
	}
	return false
}

func changes(method string) bool { return method != http.MethodGet }

// neverSent tells the errors of transport.Do that come before the first byte of a request. It means the last attempt:
// of a repeatable request an earlier one may have been sent, of others only an attempt that was refused.
func neverSent(err error) bool {
	var (
		origin      *credential.OriginError
		redirect    *failure.RedirectError
		proxy       *failure.ProxyError
		certificate *tls.CertificateVerificationError
		resolution  *net.DNSError
		network     *net.OpError
	)
	switch {
	case errors.As(err, &redirect): // sent, but answered with "not here": as good as a refusal
		return true
	case errors.Is(err, credential.ErrCredentialCharacters), errors.As(err, &origin), errors.As(err, &proxy):
		return true
	case errors.As(err, &certificate), errors.As(err, &resolution), failure.Unsent(err):
		return true
	case errors.As(err, &network):
		return network.Op == "dial" || network.Op == "proxyconnect"
	}
	return false
}

// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package failure

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/credential"
)

var (
	// ErrBodyTooLarge is an answer whose body is larger than what is read of one.
	ErrBodyTooLarge = errors.New("the answer is larger than expected")
	// ErrSigning is a request that could not be completed before it was to be sent. Nothing of it was sent.
	ErrSigning = errors.New("signing the request")
)

// CallError is a request that got no answer which could be used.
type CallError struct {
	Method string
	URL    string // without userinfo, query and fragment
	Err    error  // may hold text from the network: Error sanitizes it
}

// Error returns one line that is fit for a diagnostic: GET https://acme.okta.com/api/v1/devices: <why>.
func (e *CallError) Error() string { return e.Method + " " + e.URL + ": " + Explain(e.Err).Reason() }

// Unwrap returns what went wrong.
func (e *CallError) Unwrap() error { return e.Err }

// TimeoutError is an attempt that took too long, or whose body was not read in time.
type TimeoutError struct {
	After time.Duration
	// Deadline means that the caller's time ended, not the attempt's: http.request_timeout has no say in it.
	Deadline bool
}

// Error names the time that there was.
func (e *TimeoutError) Error() string { return "no complete answer within " + e.After.String() }

// Timeout returns true, as package net's errors do.
func (e *TimeoutError) Timeout() bool { return true }

// Unwrap returns context.DeadlineExceeded if the caller's time ended.
func (e *TimeoutError) Unwrap() error {
	if e.Deadline {
		return context.DeadlineExceeded
	}
	return nil
}

// RateLimitError is a call that was not made, because the service would have refused it: its rate limit is used up for
// longer than the caller has time.
type RateLimitError struct {
	Wait  time.Duration // until calls may be made again
	Cause error         // the end of a context; nil: the wait was not begun
}

// Error says for how long the limit is used up. Explain says what to do.
func (e *RateLimitError) Error() string {
	return fmt.Sprintf("not sent: the rate limit is used up for %s more, which is longer than this operation may take", e.Wait.Round(time.Second))
}

// Unwrap returns the end of the context that cut the wait short.
func (e *RateLimitError) Unwrap() error { return e.Cause }

// RedirectError is an answer that sends the client somewhere it does not follow.
type RedirectError struct {
	From   credential.Origin
	To     credential.Origin // zero if the answer's Location is not a URL
	Reason string
}

// Error says what the answer asked for and why it was not done.
func (e *RedirectError) Error() string {
	text := credential.Sanitize(e.From.String()) + " answered with a redirect"
	if !e.To.IsZero() {
		text += " to " + credential.Sanitize(e.To.String())
	}
	return text + ", which is not followed: " + e.Reason
}

// ProxyError is a proxy that refused to open a tunnel.
type ProxyError struct {
	Status int    // of the answer to CONNECT
	Proxy  string // its host and port
	Login  bool   // whether it was given a user name
}

// Error names the status.
func (e *ProxyError) Error() string {
	return fmt.Sprintf("the proxy refused the connection: it answered %d (%s) to CONNECT", e.Status, http.StatusText(e.Status))
}

// IsTimeout reports whether err is, or wraps, the end of a time: of an attempt, of a context, or of package net.
func IsTimeout(err error) bool {
	timeout, ok := errors.AsType[interface {
		error
		Timeout() bool
	}](err)
	return errors.Is(err, context.DeadlineExceeded) || is[*TimeoutError](err) || ok && timeout.Timeout()
}

// IsUnavailable reports whether a status is that of a gateway which could not reach its service.
func IsUnavailable(status int) bool {
	return status == http.StatusBadGateway || status == http.StatusServiceUnavailable || status == http.StatusGatewayTimeout
}

// is reports whether err is, or wraps, an error of type T.
func is[T error](err error) bool {
	_, ok := errors.AsType[T](err)
	return ok
}

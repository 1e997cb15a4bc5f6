// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package failure

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/credential"
)

// CallError is a request that got no answer which could be used.
type CallError struct {
	Method string
	URL    string // without userinfo, query and fragment
	Err    error  // may hold text from the network: Error sanitizes it
}

// Error returns one line that is fit for a diagnostic: GET https://acme.okta.com/api/v1/devices: <why>.
func (e *CallError) Error() string { return e.Method + " " + e.URL + ": " + Explain(e.Err).Reason() }

// Origin is where the call was for.
func (e *CallError) Origin() credential.Origin {
	u, err := url.Parse(e.URL)
	if err != nil {
		return credential.Origin{}
	}
	return credential.OriginOf(u)
}

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

// Timeout returns true: package net's way to say so.
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

// Unwrap returns the end of the context that cut the wait short; nil if the wait was not begun.
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

// BodyTooLargeError is an answer whose body is larger than what is read of one.
type BodyTooLargeError struct {
	Limit int64 // bytes
}

// Error names the limit.
func (e *BodyTooLargeError) Error() string {
	return fmt.Sprintf("the answer is larger than %d bytes", e.Limit)
}

// SigningError is a request that could not be completed before it was to be sent. Nothing of it was sent.
type SigningError struct{ Err error }

// Error says what failed.
func (e *SigningError) Error() string { return "signing the request: " + e.Err.Error() }

// Unwrap returns what failed.
func (e *SigningError) Unwrap() error { return e.Err }

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

// malformedError is an answer that is not HTTP. Its text says no more, because net/http's own quotes the answer, and
// what an unknown server says is not shown.
type malformedError struct{ err error }

func (e *malformedError) Error() string { return "the answer is not well-formed HTTP" }

func (e *malformedError) Unwrap() error { return e.err }

// http2Error is a server that broke HTTP/2. Its text does not repeat what the server sent along.
type http2Error struct {
	code string // the error code's name; "" if there is none
	err  error
}

func (e *http2Error) Error() string {
	text := "the answer broke HTTP/2"
	if e.code != "" {
		text += ": " + e.code
	}
	return text
}

func (e *http2Error) Unwrap() error { return e.err }

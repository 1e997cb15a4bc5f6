// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package transport

import (
	"context"
	"errors"
	"net/http"
	"time"
)

// DefaultMaxRetries is how often a request is repeated where a person set nothing else.
const DefaultMaxRetries = 4

// DefaultRequestTimeout is how long one attempt may take, its body included, where nothing else is set.
const DefaultRequestTimeout = 30 * time.Second

// Level is how much a line of the log matters.
type Level int

// The levels, from the least to the most important.
const (
	LevelTrace Level = iota
	LevelDebug
	LevelInfo
	LevelWarn
	LevelError
)

// Options says how the client behaves. The zero value is a client with DefaultRequestTimeout that repeats nothing.
type Options struct {
	// UserAgent is sent with each request that has none of its own.
	UserAgent string
	// RequestTimeout bounds one attempt, its body included. 0: DefaultRequestTimeout.
	RequestTimeout time.Duration
	// MaxRetries is how often a request is repeated after its first attempt. 0: never.
	MaxRetries int
	// CACertificateFile names a PEM file whose certificates are trusted besides the system's. "": none.
	CACertificateFile string
	// Base replaces the network below the retries, in tests. nil: the network.
	Base http.RoundTripper
	// Log is told of attempts, repeats and waits; never of a credential, a query or a body. nil: nobody is.
	Log func(ctx context.Context, level Level, message string, fields map[string]any)
}

// New returns the client that both clouds are called with.
func New(options Options) (*http.Client, error) {
	return nil, errors.New("not there yet")
}

// Do sends req with client, which New made, and returns the answer. Its errors are *CallError: unlike those of client.Do, they hold
// neither the query nor the userinfo of a URL, and their text is fit for a diagnostic.
func Do(client *http.Client, req *http.Request) (*http.Response, error) {
	return nil, errors.New("not there yet")
}

// CallError is a request without an answer.
type CallError struct {
	Method string
	URL    string // without userinfo, query and fragment
	Err    error
}

func (e *CallError) Error() string { return e.Method + " " + e.URL + ": " + Sanitize(e.Err.Error()) }

// Unwrap returns what went wrong.
func (e *CallError) Unwrap() error { return e.Err }

// RedirectError is an answer that sent the client to another origin, or too often around.
type RedirectError struct {
	From, To Origin
	Reason   string
}

func (e *RedirectError) Error() string { return e.Reason }

// TimeoutError is an attempt that took too long.
type TimeoutError struct {
	After time.Duration
}

func (e *TimeoutError) Error() string { return "no complete answer within " + e.After.String() }

// Timeout returns true: net.Error's way to tell.
func (e *TimeoutError) Timeout() bool { return true }

// ProxyError is a proxy that refused to open a tunnel.
type ProxyError struct{ Status int }

func (e *ProxyError) Error() string { return "the proxy refused" }

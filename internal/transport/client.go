// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package transport

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"time"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/credential"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/failure"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/pace"
)

const (
	// DefaultMaxRetries is how often a request is repeated if nothing else is set.
	DefaultMaxRetries = 4
	// DefaultRequestTimeout is how long one attempt may take, its body included, if nothing else is set.
	DefaultRequestTimeout = 30 * time.Second

	maxRedirects = 5
)

// Options says how the client behaves. The zero value is a client with DefaultRequestTimeout that repeats nothing.
type Options struct {
	// UserAgent is sent with each request that has none of its own.
	UserAgent string
	// RequestTimeout bounds one attempt, its body included. 0 and less: DefaultRequestTimeout.
	RequestTimeout time.Duration
	// MaxRetries is how often a request is repeated after its first attempt. 0 and less: never.
	MaxRetries int
	// CACertificateFile names a PEM file with certificates to trust in addition to the system's. "": none.
	CACertificateFile string
	// Base replaces the network below the retries, in tests. nil: the network.
	Base http.RoundTripper
	// Dial makes the connections of the network, in tests; proxies, TLS, HTTP/2 and timeouts are the real ones. nil:
	// net's.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
	// LookupEnv is where the proxy variables are read. nil: os.LookupEnv.
	LookupEnv func(name string) (value string, found bool)
	// Log may be nil.
	Log pace.Log
}

// New returns the client for both clouds. The proxy variables (HTTPS_PROXY, HTTP_PROXY, NO_PROXY, or in lower case) are
// read here, so that two clients of one process can differ. TLS is 1.2 or newer.
//
// A redirect within an origin is followed for GET and HEAD, at most five times; one to another origin is a
// *failure.RedirectError, whatever the method; any other is returned as the answer that it is.
//
// Errors are a *CAFileError, a *ProxyVariableError, or that the system's certificates can't be read. Send requests with
// Do, whose errors are fit to be shown.
func New(options Options) (*http.Client, error) {
	if options.RequestTimeout <= 0 {
		options.RequestTimeout = DefaultRequestTimeout
	}
	if options.Log == nil {
		options.Log = func(context.Context, slog.Level, string, map[string]any) {}
	}
	log := func(ctx context.Context, level slog.Level, message string, fields map[string]any) {
		credential.ConcealFields(ctx, fields)
		options.Log(ctx, level, message, fields)
	}
	network, err := newNetwork(options)
	if err != nil {
		return nil, err
	}
	if options.Base == nil {
		options.Base = network
	}
	attempts := &attempt{base: options.Base, timeout: options.RequestTimeout, log: log}
	return &http.Client{
		Transport:     &roundTripper{options: options, pace: pace.New(attempts, options.MaxRetries, log)},
		CheckRedirect: checkRedirect,
	}, nil
}

// roundTripper is the outermost layer.
type roundTripper struct {
	options Options
	pace    *pace.Transport
}

// RoundTrip guards the request, then makes its attempts.
func (t *roundTripper) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.Body != nil {
		defer req.Body.Close() //nolint:errcheck // each attempt has a body of its own
	}
	if err := credential.Guard(req); err != nil {
		return nil, err
	}
	sent := req.Clone(req.Context()) // a RoundTripper may not change what it is given
	if sent.Header.Get("User-Agent") == "" && t.options.UserAgent != "" {
		sent.Header.Set("User-Agent", t.options.UserAgent)
	}
	resp, err := t.pace.RoundTrip(sent)
	if err != nil {
		return nil, err
	}
	resp.Request = req
	return resp, nil
}

// Pace is asked for by package pace.
func (t *roundTripper) Pace() *pace.Transport { return t.pace }

// CloseIdleConnections is what http.Client.CloseIdleConnections calls.
func (t *roundTripper) CloseIdleConnections() {
	if closer, ok := t.options.Base.(interface{ CloseIdleConnections() }); ok {
		closer.CloseIdleConnections()
	}
}

// checkRedirect is http.Client's hook: it holds a redirect to the origin of the first request.
func checkRedirect(next *http.Request, done []*http.Request) error {
	first := done[0]
	refused := &failure.RedirectError{From: credential.OriginOf(first.URL), To: credential.OriginOf(next.URL)}
	switch {
	case refused.From != refused.To:
		refused.Reason = "it is another origin"
		refused.To.Host = credential.Conceal(refused.To.Host, credential.Of(first.Context())) // it may name the host after the credential
	case next.URL.User != nil:
		refused.Reason = "it contains a user name or a password"
	case first.Method != http.MethodGet && first.Method != http.MethodHead:
		return http.ErrUseLastResponse
	case len(done) > maxRedirects:
		refused.Reason = "there were too many before it"
	default:
		return nil
	}
	return refused
}

// Do sends req with client, which New made, and returns the answer. Its errors are *failure.CallError, with the cause
// inside: an error of client.Do has the whole URL in its text, with the query and the user name.
func Do(client *http.Client, req *http.Request) (*http.Response, error) {
	resp, err := client.Do(req) //nolint:gosec // where a request may go is decided by Trust and held by the guard
	if err == nil {
		return resp, nil
	}
	if resp != nil {
		_ = resp.Body.Close() // net/http gives the answer along if a redirect is refused; it has closed the body already
	}
	if outer, ok := errors.AsType[*url.Error](err); ok {
		err = outer.Err // the layer of http.Client, with the whole URL in its text
	}
	return nil, &failure.CallError{Method: req.Method, URL: credential.ShownURL(req), Err: err}
}

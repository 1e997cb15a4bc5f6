// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package transport

import (
	"context"
	"crypto/tls"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"time"

	"github.com/hashicorp/go-cleanhttp"
)

const (
	// DefaultMaxRetries is how often a request is repeated where a person set nothing else.
	DefaultMaxRetries = 4
	// DefaultRequestTimeout is how long one attempt may take, its body included, where nothing else is set.
	DefaultRequestTimeout = 30 * time.Second

	maxRedirects   = 5
	maxHeaderBytes = 1 << 20
	// idleConnections is how many connections to one host are kept: Terraform walks ten resources at a time.
	idleConnections = 10
)

// logFunc is Options.Log.
type logFunc func(ctx context.Context, level slog.Level, message string, fields map[string]any)

// Options says how the client behaves. The zero value is a client with DefaultRequestTimeout that repeats nothing.
type Options struct {
	// UserAgent is sent with each request that has none of its own.
	UserAgent string
	// RequestTimeout bounds one attempt, its body included. 0 and less: DefaultRequestTimeout.
	RequestTimeout time.Duration
	// MaxRetries is how often a request is repeated after its first attempt. 0 and less: never.
	MaxRetries int
	// CACertificateFile names a PEM file with certificates to trust besides the system's. "": none.
	CACertificateFile string
	// Base replaces the network below the repeats, in tests. nil: the network, directly or through the proxy of the
	// environment.
	Base http.RoundTripper
	// Dial makes the connections of the network, in tests; all else of it (proxies, TLS, HTTP/2, timeouts) is the real
	// one. nil: net's.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
	// LookupEnv is where the proxy variables are read. nil: os.LookupEnv.
	LookupEnv func(name string) (value string, found bool)
	// Log is told of attempts and waits; never of a credential, a query or a body. nil: nobody is.
	Log func(ctx context.Context, level slog.Level, message string, fields map[string]any)
}

// New returns the client for both clouds. The proxy variables (HTTPS_PROXY, HTTP_PROXY, NO_PROXY, or in lower case) are
// read here, so that two clients of one process can differ. TLS is 1.2 or newer.
//
// A redirect within an origin is followed for GET and HEAD, at most five times; one to another origin is a
// *RedirectError, whatever the method; any other is returned as the answer that it is.
//
// It is an error when the CA file can't be read or holds no certificate, or when a proxy variable is not a URL.
//
// Requests are best sent with Do, whose errors are fit to be shown.
func New(options Options) (*http.Client, error) {
	if options.RequestTimeout <= 0 {
		options.RequestTimeout = DefaultRequestTimeout
	}
	if options.Log == nil {
		options.Log = func(context.Context, slog.Level, string, map[string]any) {}
	}
	options.Log = concealing(options.Log)
	network, err := newNetwork(options)
	if err != nil {
		return nil, err
	}
	if options.Base == nil {
		options.Base = network
	}
	paced := &gates{
		next: &attempt{base: options.Base, timeout: options.RequestTimeout, log: options.Log},
		log:  options.Log, byOrigin: map[Origin]*gate{},
	}
	return &http.Client{
		Transport:     &roundTripper{options: options, gates: paced, retries: &retries{next: paced, max: options.MaxRetries, log: options.Log}},
		CheckRedirect: checkRedirect,
	}, nil
}

// newNetwork returns what is below the repeats outside of tests.
func newNetwork(options Options) (*http.Transport, error) {
	roots, err := rootCertificates(options.CACertificateFile)
	if err != nil {
		return nil, err
	}
	if options.LookupEnv == nil {
		options.LookupEnv = os.LookupEnv
	}
	proxy, err := proxyFromEnvironment(options.LookupEnv)
	if err != nil {
		return nil, err
	}
	network := cleanhttp.DefaultPooledTransport()
	network.TLSClientConfig = &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: roots}
	network.Proxy = noteProxy(proxy)
	network.OnProxyConnectResponse = checkTunnel
	network.MaxIdleConnsPerHost = idleConnections
	network.MaxResponseHeaderBytes = maxHeaderBytes
	if options.Dial != nil {
		network.DialContext = options.Dial
	}
	return network, nil
}

// roundTripper is the outermost layer.
type roundTripper struct {
	options Options
	gates   *gates
	retries *retries
}

// RoundTrip guards the request, then makes its attempts.
func (t *roundTripper) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.Body != nil {
		defer req.Body.Close() //nolint:errcheck // the retries read it whole, into memory
	}
	if err := guard(req); err != nil {
		return nil, err
	}
	sent := req.Clone(req.Context()) // a RoundTripper may not change what it is given
	if sent.Header.Get("User-Agent") == "" && t.options.UserAgent != "" {
		sent.Header.Set("User-Agent", t.options.UserAgent)
	}
	resp, err := t.retries.RoundTrip(sent)
	if err != nil {
		return nil, err
	}
	resp.Request = req
	return resp, nil
}

// CloseIdleConnections is what http.Client.CloseIdleConnections calls.
func (t *roundTripper) CloseIdleConnections() {
	if closer, ok := t.options.Base.(interface{ CloseIdleConnections() }); ok {
		closer.CloseIdleConnections()
	}
}

// RedirectError is an answer that sends the client somewhere it does not follow.
type RedirectError struct {
	From   Origin
	To     Origin // zero where the answer's Location is not a URL
	Reason string
}

// Error says what the answer asked for and why it was not done.
func (e *RedirectError) Error() string {
	text := Sanitize(e.From.String()) + " answered with a redirect"
	if !e.To.IsZero() {
		text += " to " + Sanitize(e.To.String())
	}
	return text + ", which is not followed: " + e.Reason
}

// checkRedirect is http.Client's hook: it holds a redirect to the origin of the first request.
func checkRedirect(next *http.Request, done []*http.Request) error {
	first := done[0]
	failure := &RedirectError{From: OriginOf(first.URL), To: OriginOf(next.URL)}
	switch {
	case failure.From != failure.To:
		failure.Reason = "it is another origin"
		failure.To.Host = Conceal(failure.To.Host, credentialOf(first.Context())) // it may name the host after the credential
	case next.URL.User != nil:
		failure.Reason = "it contains a user name or a password"
	case first.Method != http.MethodGet && first.Method != http.MethodHead:
		return http.ErrUseLastResponse
	case len(done) > maxRedirects:
		failure.Reason = "there were too many before it"
	default:
		return nil
	}
	return failure
}

// Do sends req with client, which New made, and returns the answer. Its errors are *CallError, with the cause inside:
// an error of client.Do has the whole URL in its text, with the query and the user name.
func Do(client *http.Client, req *http.Request) (*http.Response, error) {
	resp, err := client.Do(req) //nolint:gosec // where a request may go is decided by Trust and held by the guard
	if err == nil {
		return resp, nil
	}
	if resp != nil {
		_ = resp.Body.Close() // net/http gives the answer along where a redirect is refused; it has closed the body already
	}
	return nil, &CallError{Method: req.Method, URL: withoutSecrets(req.URL), Err: withoutURL(err)}
}

// withoutURL takes the layer off that http.Client.Do adds to each error, with the whole URL in it.
func withoutURL(err error) error {
	if outer, ok := err.(*url.Error); ok { //nolint:errorlint // the outermost layer only
		return outer.Err
	}
	return err
}

// CallError is a request that got no answer which could be used.
type CallError struct {
	Method string
	URL    string // without userinfo, query and fragment
	Err    error  // may hold text from the network: Error sanitises it
}

// Error returns one line that is fit for a diagnostic: GET https://acme.okta.com/api/v1/devices: <why>.
func (e *CallError) Error() string { return e.Method + " " + e.URL + ": " + e.Reason() }

// Reason says why, in plain words and in the network's.
func (e *CallError) Reason() string { return Explain(e.Err).Reason() }

// Origin is where the call was for.
func (e *CallError) Origin() Origin {
	u, err := url.Parse(e.URL)
	if err != nil {
		return Origin{}
	}
	return OriginOf(u)
}

// Unwrap returns what went wrong.
func (e *CallError) Unwrap() error { return e.Err }

// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package failure

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/textproto"
	"net/url"
	"slices"
	"strings"
	"sync"
)

// stage is how far an attempt has come: the same timeout means one thing in a handshake, and another after it.
type stage int

const (
	// stageUnknown is that of an attempt which did not use net/http's network.
	stageUnknown stage = iota
	stageLookup
	stageConnect   // to the host, or to the proxy
	stageTunnel    // the proxy has the connection, and has not opened a tunnel yet
	stageHandshake // of TLS
	stageAnswer    // the connection is there; the answer is not, or not the whole of it
)

// reached is how far an attempt has come.
type reached struct {
	stage stage
	// connected means that the request has a connection. net/http may have taken one that it dialed for another: what
	// becomes of this request's own dial says nothing any more.
	connected bool
	// sent means that the request may have left.
	sent bool
	// again means that net/http was about to send the request a second time, and was stopped.
	again bool
	// proxy is the host and port of the proxy that the attempt goes through; "" without one. variable names it in the
	// environment. login means that it is given a user name.
	proxy, variable string
	login           bool
	// secured means that a TLS handshake with the proxy comes before the tunnel.
	secured bool
}

// Attempt follows one attempt of a call. net/http reports to it from several goroutines.
type Attempt struct {
	mu   sync.Mutex
	made reached
	// http2 reports whether the connection in use speaks HTTP/2.
	http2 bool
	// stop ends the attempt's context.
	stop context.CancelCauseFunc
}

type attemptKey struct{}

// errLost is a connection that died while the answer was awaited.
var errLost = fmt.Errorf("the connection was lost after the request was sent: %w", io.ErrUnexpectedEOF)

// Follow returns a context that reports to a what becomes of its request. ctx has to end when the attempt does.
//
// It also makes net/http send the request once. By itself net/http sends it again if a connection that served before
// dies: a GET, HEAD, OPTIONS or TRACE with HTTP/1.1 (Transport.shouldRetryRequest), and any request with HTTP/2 if the
// stream is refused, broke a rule, or comes after a GOAWAY (http2Transport.RoundTripOpt). No option turns that off, and
// a proof or an assertion is good for one call: the second one is refused, though nothing is wrong. A body without
// GetBody would stop it too, but changes what is sent (an empty DATA frame, which firewalls may refuse). So each loop
// is stopped at the one place that it passes before it writes:
//   - with HTTP/1.1, at the choice of a proxy, whose error ends the request (see NoteProxy);
//   - with HTTP/2, at GotConn: headers are not written once the context has ended.
//
// The attempt then ends as a lost connection, and the retries decide whether there is another one, signed again.
func (a *Attempt) Follow(ctx context.Context) context.Context {
	ctx, a.stop = context.WithCancelCause(context.WithValue(ctx, attemptKey{}, a))
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		DNSStart:     func(httptrace.DNSStartInfo) { a.dial(stageLookup) },
		ConnectStart: func(_, _ string) { a.dial(stageConnect) },
		ConnectDone: func(_, _ string, err error) {
			if err == nil && a.now().proxy != "" {
				a.dial(stageTunnel)
			}
		},
		TLSHandshakeStart: func() { a.dial(stageHandshake) },
		TLSHandshakeDone: func(_ tls.ConnectionState, err error) {
			if err == nil {
				a.dial(stageAnswer)
			}
		},
		GotConn:      a.gotConn,
		WroteHeaders: func() { a.update(func(made *reached) { made.sent = true }) },
		WroteRequest: func(info httptrace.WroteRequestInfo) {
			// HTTP/1.1's headers go into a buffer first. If writing failed, the server can't have the whole request.
			if info.Err != nil && !a.http2 {
				a.update(func(made *reached) { made.sent = false })
			}
		},
	})
}

// NoteProxy returns net/http's hook that chooses a proxy, and reports the choice to the request's attempt. An attempt
// that passes here again after its request was sent is ended. variables are those that are
// set, by their names in lower case.
func NoteProxy(choose func(*http.Request) (*url.URL, error), variables map[string]string) func(*http.Request) (*url.URL, error) {
	return func(req *http.Request) (*url.URL, error) {
		a, ok := req.Context().Value(attemptKey{}).(*Attempt)
		if ok && a.isRepeat() {
			return nil, errLost
		}
		proxy, err := choose(req)
		if ok && proxy != nil {
			a.update(func(made *reached) {
				made.proxy, made.variable, made.login = proxy.Host, variables[req.URL.Scheme+"_proxy"], proxy.User != nil
				made.secured = proxy.Scheme == "https"
			})
		}
		return proxy, err
	}
}

func (a *Attempt) gotConn(info httptrace.GotConnInfo) {
	secure, ok := info.Conn.(*tls.Conn)
	a.http2 = ok && secure.ConnectionState().NegotiatedProtocol == "h2"
	if a.http2 && a.isRepeat() {
		a.stop(errLost)
	}
	a.update(func(made *reached) { made.stage, made.connected = stageAnswer, true })
}

// isRepeat reports whether the request was sent already, and notes that it was about to be sent again.
func (a *Attempt) isRepeat() bool {
	a.update(func(made *reached) { made.again = made.again || made.sent })
	return a.now().again
}

// dial notes how far the request's own dial has come.
func (a *Attempt) dial(to stage) {
	a.update(func(made *reached) {
		switch {
		case made.connected:
		case to == stageAnswer && made.secured: // that handshake was the proxy's
			made.stage, made.secured = stageTunnel, false
		default:
			made.stage = to
		}
	})
}

func (a *Attempt) update(change func(*reached)) {
	a.mu.Lock()
	defer a.mu.Unlock()
	change(&a.made)
}

func (a *Attempt) now() reached {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.made
}

// Error returns err with how far the attempt has come. An error that quotes the server is replaced by one that does
// not: what an unknown server says is not shown.
func (a *Attempt) Error(err error) error {
	failed, text := &attemptError{reached: a.now(), shown: err, cause: err}, err.Error()
	begins := func(start string) bool { return strings.HasPrefix(text, start) }
	switch {
	case is[*TimeoutError](err), failed.stage == stageHandshake: // what is malformed there is a certificate
	case failed.again:
		failed.shown, failed.cause = errLost, errLost
	case slices.ContainsFunc([]string{"http2: ", "stream error: ", "connection error: ", "PROTOCOL_ERROR"}, begins):
		failed.shown = errBrokenHTTP2
	case is[textproto.ProtocolError](err), // most of net/http's complaints about an answer have no type
		containsAny(text, "malformed ", "Content-Length", "transfer encoding", "bad trailer key"):
		failed.shown = errNotHTTP
	}
	return failed
}

var (
	errNotHTTP     = errors.New("the answer is not well-formed HTTP")
	errBrokenHTTP2 = errors.New("the answer broke HTTP/2")
)

// attemptError is a failed attempt with how far it came. A cause that quotes the server is not shown.
type attemptError struct {
	reached
	shown, cause error
}

func (e *attemptError) Error() string { return e.shown.Error() }

func (e *attemptError) Unwrap() []error { return []error{e.shown, e.cause} }

// Unsent reports whether nothing of the request had left when its last attempt failed, as far as net/http could see.
func Unsent(err error) bool {
	failed, ok := errors.AsType[*attemptError](err)
	return ok && failed.stage != stageUnknown && failed.stage < stageAnswer && !failed.sent
}

func containsAny(text string, parts ...string) bool {
	return slices.ContainsFunc(parts, func(part string) bool { return strings.Contains(text, part) })
}

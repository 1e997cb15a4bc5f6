// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package transport

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"sync"
)

// Stage is how far an attempt has come: the same timeout means one thing in a handshake, and another in a body.
type Stage int

// The stages, in their order.
const (
	// StageUnknown is that of an attempt which did not go over net/http's network.
	StageUnknown Stage = iota
	// StageLookup: the name is being resolved.
	StageLookup
	// StageConnect: the host, or the proxy, is being connected to.
	StageConnect
	// StageTunnel: the proxy has the connection, and has not opened a tunnel yet.
	StageTunnel
	// StageHandshake: TLS has begun.
	StageHandshake
	// StageAnswer: the connection is there; the answer is not.
	StageAnswer
	// StageBody: the answer has begun.
	StageBody
)

// progress follows an attempt. net/http tells it from several goroutines.
type progress struct {
	mu   sync.Mutex
	made reached
	// http2 tells that the connection in use speaks HTTP/2.
	http2 bool
	// stop ends the attempt's context.
	stop context.CancelCauseFunc
}

// reached is what progress knows.
type reached struct {
	stage Stage
	// sent tells that the request may have left.
	sent bool
	// again tells that net/http was about to send the request a second time, and was stopped.
	again bool
	// proxy is the host and port of the proxy that the attempt goes through, "" for none; login, that it is given a
	// user name.
	proxy string
	login bool
}

type progressKey struct{}

// errLost is a connection that died while the answer was awaited.
var errLost = fmt.Errorf("the connection was lost after the request was sent: %w", io.ErrUnexpectedEOF)

// follow returns a context that tells p of what becomes of its request. ctx has to end when the attempt does.
//
// It also sees to it that net/http sends the request once. By itself net/http sends it again if a connection that
// served before dies: a GET, HEAD, OPTIONS or TRACE with HTTP/1.1 (Transport.shouldRetryRequest), and any request with
// HTTP/2 if the stream is refused, broke a rule, or comes after a GOAWAY (http2Transport.RoundTripOpt). No option turns
// that off, and a proof or an assertion is good for one call: the second one is refused, though nothing is wrong. A
// body without GetBody would stop it too, but changes what is sent (an empty DATA frame, which firewalls may refuse).
// So each loop is stopped at the one place that it passes before it writes:
//   - with HTTP/1.1, at the choice of a proxy, whose error ends the request (see noteProxy);
//   - with HTTP/2, at GotConn: headers are not written once the context has ended.
//
// The attempt then ends as errLost, and the repeats decide whether there is another one, signed anew.
func (p *progress) follow(ctx context.Context) context.Context {
	ctx, p.stop = context.WithCancelCause(context.WithValue(ctx, progressKey{}, p))
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		DNSStart:     func(httptrace.DNSStartInfo) { p.reach(StageLookup) },
		ConnectStart: func(_, _ string) { p.reach(StageConnect) },
		ConnectDone: func(_, _ string, err error) {
			if err == nil && p.now().proxy != "" {
				p.reach(StageTunnel)
			}
		},
		TLSHandshakeStart: func() { p.reach(StageHandshake) },
		TLSHandshakeDone: func(_ tls.ConnectionState, err error) {
			if err == nil {
				p.reach(StageAnswer)
			}
		},
		GotConn:      p.gotConn,
		WroteHeaders: func() { p.update(func(made *reached) { made.sent = true }) },
		WroteRequest: func(info httptrace.WroteRequestInfo) {
			// HTTP/1.1's headers go into a buffer first. A server can't have the whole of a request whose writing
			// failed.
			if info.Err != nil && !p.http2 {
				p.update(func(made *reached) { made.sent = false })
			}
		},
	})
}

func (p *progress) gotConn(info httptrace.GotConnInfo) {
	secure, ok := info.Conn.(*tls.Conn)
	p.http2 = ok && secure.ConnectionState().NegotiatedProtocol == "h2"
	if p.http2 && p.isRepeat() {
		p.stop(errLost)
	}
	p.reach(StageAnswer)
}

// isRepeat reports whether the request was sent already, and notes that it was about to be sent again.
func (p *progress) isRepeat() bool {
	p.update(func(made *reached) { made.again = made.again || made.sent })
	return p.now().again
}

func (p *progress) update(change func(*reached)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	change(&p.made)
}

func (p *progress) reach(stage Stage) { p.update(func(made *reached) { made.stage = stage }) }

func (p *progress) now() reached {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.made
}

// noteProxy is net/http's hook that chooses a proxy, and tells the request's attempt of it. An attempt that passes here
// again after its request was sent is ended.
func noteProxy(choose func(*http.Request) (*url.URL, error)) func(*http.Request) (*url.URL, error) {
	return func(req *http.Request) (*url.URL, error) {
		p, ok := req.Context().Value(progressKey{}).(*progress)
		if ok && p.isRepeat() {
			return nil, errLost
		}
		proxy, err := choose(req)
		if ok && proxy != nil {
			p.update(func(made *reached) { made.proxy, made.login = proxy.Host, proxy.User != nil })
		}
		return proxy, err
	}
}

// stageError is a failed attempt with how far it came. Its text is the cause's.
type stageError struct {
	reached
	err error
}

func (e *stageError) Error() string { return e.err.Error() }

func (e *stageError) Unwrap() error { return e.err }

// Timeout is asked for by url.Error, which looks no deeper.
func (e *stageError) Timeout() bool { return isTimeout(e.err) }

// stageOf is how far the attempt came that ended with err.
func stageOf(err error) reached {
	if failed, ok := errors.AsType[*stageError](err); ok {
		return failed.reached
	}
	return reached{}
}

// Unsent tells that nothing of the request had left when its last attempt failed, as far as net/http could see.
func Unsent(err error) bool {
	how := stageOf(err)
	return how.stage != StageUnknown && how.stage < StageAnswer && !how.sent
}

// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package transport

import (
	"context"
	"crypto/tls"
	"errors"
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
}

// reached is what progress knows.
type reached struct {
	stage Stage
	// sent tells that a part of the request may have left.
	sent bool
	// proxy is the host and port of the proxy that the attempt goes through, "" for none; login, that it is given a user name.
	proxy string
	login bool
}

type progressKey struct{}

// follow returns a context that tells p of what becomes of its request.
func (p *progress) follow(ctx context.Context) context.Context {
	ctx = context.WithValue(ctx, progressKey{}, p)
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
		GotConn:      func(httptrace.GotConnInfo) { p.reach(StageAnswer) },
		WroteHeaders: func() { p.update(func(made *reached) { made.sent = true }) },
	})
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

// noteProxy is net/http's hook that chooses a proxy, and tells the request's attempt of it.
func noteProxy(choose func(*http.Request) (*url.URL, error)) func(*http.Request) (*url.URL, error) {
	return func(req *http.Request) (*url.URL, error) {
		proxy, err := choose(req)
		if p, ok := req.Context().Value(progressKey{}).(*progress); ok && proxy != nil {
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

// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package pace

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/credential"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/failure"
)

const (
	// maxTimeouts is how many attempts of a call may time out: the second is for bad luck, and a person waits for the
	// plan meanwhile: a minute with the default timeout.
	maxTimeouts = 2
	// drained is how much of an answer that is not used is read, in bytes.
	drained = 4096
)

type (
	repeatableKey struct{}
	maxRetriesKey struct{}
)

// WithRepeatable declares requests with this context idempotent. They are retried as a GET is, and their answers are
// read as a GET's are.
func WithRepeatable(ctx context.Context) context.Context {
	return context.WithValue(ctx, repeatableKey{}, true)
}

// WithMaxRetries lowers the number of retries to n for requests with this context. It never raises the client's number,
// nor one that the context has already. Less than 0 counts as 0.
func WithMaxRetries(ctx context.Context, n int) context.Context {
	return context.WithValue(ctx, maxRetriesKey{}, maxRetries(ctx, n))
}

// maxRetries returns the lower of n and the context's number, and not less than 0.
func maxRetries(ctx context.Context, n int) int {
	if lower, ok := ctx.Value(maxRetriesKey{}).(int); ok {
		n = min(n, lower)
	}
	return max(n, 0)
}

// IsRepeatable reports whether a request may be sent again when it is not known whether it had its effect.
func IsRepeatable(req *http.Request) bool {
	declared, _ := req.Context().Value(repeatableKey{}).(bool)
	return declared || req.Method == http.MethodGet || req.Method == http.MethodHead
}

// Log gets the attempts and the waits, and never a credential, a query or a body.
type Log func(ctx context.Context, level slog.Level, message string, fields map[string]any)

// Transport sends a call when its origin's gate lets it pass, and again after an answer or an error that may be better
// next time. All calls of a client share one.
//
// The retries are a loop of its own, because go-retryablehttp can't do what this one has to: its hooks don't know the
// request if there was no answer, its wait is blind to a deadline that comes first, and it sleeps through a rate limit
// for which the gate holds all calls.
type Transport struct {
	next       http.RoundTripper
	maxRetries int
	log        Log
	held       stopwatch

	mu    sync.Mutex
	gates map[credential.Origin]*gate
}

// New returns a Transport that makes each attempt with next, and at most maxRetries more after the first.
func New(next http.RoundTripper, maxRetries int, log Log) *Transport {
	return &Transport{next: next, maxRetries: maxRetries, log: log, gates: map[credential.Origin]*gate{}}
}

// of returns the Transport of a client that package transport made; nil for any other.
func of(client *http.Client) *Transport {
	if made, ok := client.Transport.(interface{ Pace() *Transport }); ok {
		return made.Pace()
	}
	return nil
}

func (t *Transport) gate(u *url.URL) *gate {
	origin := credential.OriginOf(u)
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.gates[origin] == nil {
		t.gates[origin] = newGate(origin.Host, t.log, &t.held)
	}
	return t.gates[origin]
}

// RateLimitIn reads the rate limit of an answer to client, which package transport made.
func RateLimitIn(client *http.Client, resp *http.Response, now time.Time) RateLimit {
	limit, made := rateLimitOf(resp.Header, now), of(client)
	if made == nil || resp.Request == nil {
		return limit
	}
	gate := made.gate(resp.Request.URL)
	gate.mu.Lock()
	defer gate.mu.Unlock()
	if now.Before(gate.until) {
		limit.Own = gate.own[resp.Request.URL.Path]
	}
	return limit
}

// RoundTrip returns the last attempt's answer or error, whatever it is. A request whose body can be read only once, as
// it has no GetBody, is sent once.
func (t *Transport) RoundTrip(req *http.Request) (*http.Response, error) {
	ctx, timeouts := req.Context(), 0
	most := maxRetries(ctx, t.maxRetries)
	if req.Body != nil && req.GetBody == nil {
		most = 0
	}
	for done := 0; ; done++ {
		resp, err := t.attempt(req, done > 0)
		if failure.IsTimeout(err) {
			timeouts++
		}
		reason := reasonToRetry(req, resp, err)
		if reason == "" || done == most || timeouts == maxTimeouts || ctx.Err() != nil {
			return resp, err
		}
		wait, source := waitBefore(resp, done, time.Now())
		fields := map[string]any{
			"method": req.Method, "url": credential.ShownURL(req), "attempt": done + 1,
			"reason": reason, "wait": wait.String(), "wait_from": source,
		}
		if !t.worthWaiting(ctx, wait, source == sourceReset, fields) {
			return resp, err
		}
		if resp != nil {
			_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, drained)) // so that the connection can be used again
			_ = resp.Body.Close()
		}
		if waitsAtGate(resp, source) {
			continue
		}
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			if err == nil && resp.StatusCode == http.StatusTooManyRequests {
				return nil, &failure.RateLimitError{Wait: wait, Cause: ctx.Err()} // it had no effect
			}
			return nil, ctx.Err()
		}
	}
}

// attempt sends a request once, with a body of its own. The wait at the gate is over before the attempt's time begins.
func (t *Transport) attempt(req *http.Request, again bool) (*http.Response, error) {
	sent := req.WithContext(req.Context())
	if req.GetBody != nil {
		body, err := req.GetBody()
		if err != nil {
			return nil, fmt.Errorf("reading the request's body: %w", err)
		}
		sent.Body = body
	}
	gate := t.gate(req.URL)
	if err := gate.enter(sent, again); err != nil {
		return nil, err
	}
	resp, err := t.next.RoundTrip(sent)
	gate.leave(req.URL.Path, resp, time.Now())
	return resp, err
}

// worthWaiting reports whether a person and the context have time for the wait before the next attempt.
func (t *Transport) worthWaiting(ctx context.Context, wait time.Duration, forReset bool, fields map[string]any) bool {
	left, bounded := timeLeft(ctx, forReset)
	switch {
	case wait > maxWait:
		t.log(ctx, slog.LevelWarn, "HTTP call not repeated: the wait is longer than "+maxWait.String(), fields)
		return false
	case bounded && left <= wait:
		t.log(ctx, slog.LevelWarn, "HTTP call not repeated: the wait is longer than the time that is left", fields)
		return false
	default:
		t.log(ctx, slog.LevelInfo, "HTTP call is repeated after a wait", fields)
		return true
	}
}

// reasonToRetry says why the request should be sent again; "" if it should not. A 429 is repeated whatever the method,
// because a call that the rate limit refuses has had no effect.
func reasonToRetry(req *http.Request, resp *http.Response, err error) string {
	switch {
	case err != nil && IsRepeatable(req) && !failure.IsLasting(err):
		return credential.Sanitize(err.Error())
	case err != nil:
		return ""
	case resp.StatusCode == http.StatusTooManyRequests, failure.IsUnavailable(resp.StatusCode) && IsRepeatable(req):
		return fmt.Sprintf("answered %d", resp.StatusCode)
	default:
		return ""
	}
}

// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package pace

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/credential"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/failure"
)

const (
	// reserveShare of a limit, and one call at least, is left to others: people in the admin console, Sekoia's
	// connectors.
	reserveShare = 10
	// probeTimeout is how long the very first call may keep the others waiting.
	probeTimeout = 5 * time.Second
)

type rateLimitsKey struct{}

// WithRateLimits says of requests with this context that the service sends its rate limits with each answer
// (X-Rate-Limit-Limit, -Remaining and -Reset). The first call to such an origin goes alone, because only its answer
// says what is left for the others. Calls to other services wait only after a refusal.
func WithRateLimits(ctx context.Context) context.Context {
	return context.WithValue(ctx, rateLimitsKey{}, true)
}

// Log is told about attempts and waits; never about a credential, a query or a body.
type Log func(ctx context.Context, level slog.Level, message string, fields map[string]any)

// Transport sends calls at the right time. All calls of a client share one.
type Transport struct {
	retries *retries
	gates   *gates
}

// New returns a Transport that makes each attempt with next, and at most maxRetries more after the first.
func New(next http.RoundTripper, maxRetries int, log Log) *Transport {
	paced := &gates{next: next, log: log, byOrigin: map[credential.Origin]*gate{}}
	return &Transport{gates: paced, retries: &retries{next: paced, max: maxRetries, log: log}}
}

// RoundTrip implements http.RoundTripper.
func (t *Transport) RoundTrip(req *http.Request) (*http.Response, error) {
	return t.retries.RoundTrip(req)
}

// of returns the Transport of a client that package transport made; nil for any other.
func of(client *http.Client) *Transport {
	if made, ok := client.Transport.(interface{ Pace() *Transport }); ok {
		return made.Pace()
	}
	return nil
}

// gates hold calls back before a rate limit refuses them. All calls of a client share them.
//
// There is one gate for each origin, although Okta counts endpoints and tokens apart: the counter with the least left
// speaks for all of them. That can wait for a window that a call did not need, and it never has to guess which call is
// counted where.
type gates struct {
	next http.RoundTripper
	log  Log
	held stopwatch

	mu       sync.Mutex
	byOrigin map[credential.Origin]*gate
}

// RoundTrip sends the request when its gate lets it pass. The wait is over before the time of the attempt begins.
func (g *gates) RoundTrip(req *http.Request) (*http.Response, error) {
	gate := g.of(req)
	if err := g.enter(req, gate); err != nil {
		return nil, err
	}
	resp, err := g.next.RoundTrip(req)
	gate.leave(req.URL.Path, resp, time.Now())
	return resp, err
}

func (g *gates) of(req *http.Request) *gate {
	origin := credential.OriginOf(req.URL)
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.byOrigin[origin] == nil {
		g.byOrigin[origin] = &gate{host: origin.Host, log: g.log, held: &g.held, own: map[string]int{}, met: map[string]bool{}}
	}
	return g.byOrigin[origin]
}

// enter returns when the request may go. An error means that it may not: its context has ended, or ends before the gate
// opens.
func (g *gates) enter(req *http.Request, gate *gate) error {
	ctx, began := req.Context(), time.Now()
	t := gate.join(ctx, req.URL.Path, began)
	select {
	case <-t.settled:
		return t.err
	default:
	}
	select {
	case <-t.settled:
		fields := map[string]any{"method": req.Method, "url": credential.ShownURL(req.URL), "waited": time.Since(began).String()}
		g.log(ctx, slog.LevelDebug, "HTTP call continues after its wait for the rate limit", fields)
		return t.err
	case <-ctx.Done():
		return gate.abandon(t)
	}
}

// gate is what is known of an origin's limit. It lets calls pass until an answer says otherwise.
type gate struct {
	host string
	log  Log
	held *stopwatch

	mu sync.Mutex
	// limit and remaining are those of the counter with the least left; they hold until its window ends. A window that
	// is over leaves the limit, by which the next one starts carefully.
	limit, remaining int
	until            time.Time
	own              map[string]int  // calls of this client since the window began, by path
	met              map[string]bool // paths whose counter has answered in the window

	flying int       // calls that are under way
	probed bool      // an answer has come, with limits or without
	probe  time.Time // when the first call was sent

	queue   []*turn // in the order in which they came
	holding bool    // the queue waits for the window's end
	timer   *time.Timer
}

// turn is a call that wants to pass.
type turn struct {
	ctx      context.Context //nolint:containedctx // for its log and its deadline
	path     string
	expected bool          // see WithRateLimits
	settled  chan struct{} // closed when err says whether it may go
	err      error
}

// join queues a call.
func (g *gate) join(ctx context.Context, path string, now time.Time) *turn {
	t := &turn{ctx: ctx, path: path, settled: make(chan struct{})}
	t.expected, _ = ctx.Value(rateLimitsKey{}).(bool)
	g.mu.Lock()
	defer g.mu.Unlock()
	if again, _ := ctx.Value(againKey{}).(bool); again {
		g.queue = slices.Insert(g.queue, 0, t) // a call that was refused has waited already
	} else {
		g.queue = append(g.queue, t)
	}
	g.pump(now)
	return t
}

// reserve is what is left to others.
func (g *gate) reserve() int { return max(1, g.limit/reserveShare) }

// closed reports whether nothing passes before the window ends.
func (g *gate) closed(now time.Time) bool { return now.Before(g.until) && g.remaining <= g.reserve() }

// left is what remains of the window for a call. As long as no answer of this window has come from its path, whose
// counter may be another and nearly used up, no more calls than the reserve covers are under way.
func (g *gate) left(path string, now time.Time) int {
	if !now.Before(g.until) {
		return 2 * g.reserve()
	}
	if !g.met[path] {
		return min(g.remaining, 2*g.reserve())
	}
	return g.remaining
}

// opens returns when a call may go, by what is known now; zero: when another one has come back.
func (g *gate) opens(t *turn, now time.Time) time.Time {
	switch {
	case g.closed(now):
		return g.until
	case g.limit == 0 && t.expected && !g.probed && g.flying > 0:
		return g.probe.Add(probeTimeout)
	case g.limit == 0:
		return now // it sends no limits
	case g.flying+g.reserve() < g.left(t.path, now):
		return now
	default:
		return time.Time{}
	}
}

// pump settles what can be settled, and sets the timer for the rest.
func (g *gate) pump(now time.Time) {
	var opens time.Time
	for len(g.queue) > 0 {
		if opens = g.opens(g.queue[0], now); opens.IsZero() || opens.After(now) {
			break
		}
		g.pass(g.queue[0], now)
		g.queue = slices.Delete(g.queue, 0, 1)
	}
	if g.closed(now) {
		g.queue = slices.DeleteFunc(g.queue, func(t *turn) bool { return g.refuse(t, now) })
	}
	g.hold(len(g.queue) > 0 && g.closed(now), now)
	if g.timer != nil {
		g.timer.Stop()
		g.timer = nil
	}
	if len(g.queue) > 0 && !opens.IsZero() {
		g.timer = time.AfterFunc(opens.Sub(now), func() {
			g.mu.Lock()
			defer g.mu.Unlock()
			g.pump(time.Now())
		})
	}
}

func (g *gate) pass(t *turn, now time.Time) {
	if g.probe.IsZero() {
		g.probe = now
	}
	g.flying++
	if t.expected || g.limit > 0 {
		g.own[t.path]++
	}
	close(t.settled)
}

// refuse ends a call whose deadline comes before the gate opens.
func (g *gate) refuse(t *turn, now time.Time) bool {
	deadline, bounded := t.ctx.Deadline()
	if !bounded || deadline.After(g.until) {
		return false
	}
	t.err = g.limited(now)
	close(t.settled)
	return true
}

// hold starts and stops the clock of waits, and logs once for each window.
func (g *gate) hold(holding bool, now time.Time) {
	switch {
	case holding == g.holding:
		return
	case !holding:
		g.held.stop()
	default:
		g.held.start()
		limited := g.limited(now)
		g.log(g.queue[0].ctx, slog.LevelInfo, "HTTP calls wait for the rate limit, so that they are not refused", map[string]any{
			"host": g.host, "limit": limited.Limit, "remaining": limited.Remaining, "reserve": g.reserve(),
			"window_ends": limited.Until.UTC().Format(time.RFC3339), "wait": limited.Wait.Round(time.Millisecond).String(),
		})
	}
	g.holding = holding
}

func (g *gate) limited(now time.Time) *failure.RateLimitError {
	return &failure.RateLimitError{Limit: g.limit, Remaining: g.remaining, Until: g.until, Wait: g.until.Sub(now)}
}

// abandon takes a call out whose context has ended, and says what it waited for. Nothing of it was sent.
func (g *gate) abandon(t *turn) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	now, err := time.Now(), t.ctx.Err()
	if at := slices.Index(g.queue, t); at < 0 && t.err == nil { // it has just passed
		g.flying--
	} else if at >= 0 {
		g.queue = slices.Delete(g.queue, at, at+1)
		if g.closed(now) && errors.Is(err, context.DeadlineExceeded) {
			limited := g.limited(now)
			limited.Cause, err = err, limited
		}
	}
	g.pump(now)
	return err
}

// leave notes what the answer says; resp is nil if there was none.
func (g *gate) leave(path string, resp *http.Response, now time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.flying--
	g.probed = true
	if resp != nil {
		g.note(path, resp, now)
	}
	g.pump(now)
}

func (g *gate) note(path string, resp *http.Response, now time.Time) {
	said := rateLimitOf(resp.Header, now)
	switch {
	case resp.StatusCode == http.StatusTooManyRequests:
		// A refusal that names no time, or is about calls at the same time, is left to the retries.
		if wait, source := waitBefore(resp, 0, now); waitsAtGate(resp, source) && wait <= maxWait {
			g.begin(RateLimit{Limit: cmp.Or(said.Limit, g.limit), Reset: now.Add(wait)}, path, now)
		}
	case resp.StatusCode >= http.StatusInternalServerError:
		// What a gateway answers in the service's place says nothing of the service.
	case said.Limit > 0 && said.Reset.After(now) && said.Reset.Sub(now) <= maxWait:
		if spare := said.Remaining - max(1, said.Limit/reserveShare); !now.Before(g.until) || spare < g.remaining-g.reserve() {
			g.begin(said, path, now)
		}
		g.met[path] = true
	}
}

// begin takes what a counter says for all.
func (g *gate) begin(said RateLimit, path string, now time.Time) {
	if !now.Before(g.until) {
		g.own, g.met = map[string]int{path: 1}, map[string]bool{}
	}
	g.limit, g.remaining, g.until = said.Limit, min(said.Remaining, said.Limit), said.Reset
}

// RateLimitIn is rateLimitOf for an answer to client, which package transport made. It adds how many of the calls were
// the client's own.
func RateLimitIn(client *http.Client, resp *http.Response, now time.Time) RateLimit {
	limit, made := rateLimitOf(resp.Header, now), of(client)
	if made == nil || !limit.Known || resp.Request == nil {
		return limit
	}
	gate := made.gates.of(resp.Request)
	gate.mu.Lock()
	defer gate.mu.Unlock()
	if now.Before(gate.until) {
		limit.Own = gate.own[resp.Request.URL.Path]
	}
	return limit
}

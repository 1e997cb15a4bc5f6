// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package pace

import (
	"cmp"
	"context"
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

// WithRateLimits declares, for requests with this context, that the service sends its rate limits with each answer
// (X-Rate-Limit-Limit, -Remaining and -Reset). The first call to an origin then goes alone, because only its answer
// says what is left for the others. Calls to other services wait only after a refusal.
func WithRateLimits(ctx context.Context) context.Context {
	return context.WithValue(ctx, rateLimitsKey{}, true)
}

// gate holds calls back before a rate limit refuses them. It lets calls pass until an answer says otherwise.
//
// There is one gate for each origin, although Okta counts endpoints and tokens apart: the counter with the least left
// speaks for all of them. A call may wait for a window that it did not need, but nothing has to guess which call is
// counted where.
type gate struct {
	host string
	log  Log
	held *stopwatch

	mu sync.Mutex
	// limit and remaining are those of the counter with the least left; they hold until its window ends. The limit
	// outlives the window: the next one starts carefully by it.
	limit, remaining int
	until            time.Time
	logged           time.Time       // the end of the window that the log has
	own              map[string]int  // calls of this client since the window began, by path
	met              map[string]bool // paths whose counter has answered in the window

	flying int       // calls that are under way
	probed bool      // an answer has come, with limits or without
	probe  time.Time // when the first call was sent

	queue   []*http.Request // in the order in which they came
	changed *sync.Cond      // an answer has come, the queue has moved, or a time is over
}

func newGate(host string, log Log, held *stopwatch) *gate {
	g := &gate{host: host, log: log, held: held, own: map[string]int{}, met: map[string]bool{}}
	g.changed = sync.NewCond(&g.mu)
	return g
}

// enter returns when the request may be sent. An error means that it may not: its context has ended, or ends before the
// gate opens. A call that was refused before has waited already: it goes first.
func (g *gate) enter(req *http.Request, refusedBefore bool) error {
	ctx, began := req.Context(), time.Now()
	g.mu.Lock()
	defer g.mu.Unlock()
	if refusedBefore {
		g.queue = slices.Insert(g.queue, 0, req)
	} else {
		g.queue = append(g.queue, req)
	}
	defer func() {
		g.queue = slices.DeleteFunc(g.queue, func(queued *http.Request) bool { return queued == req })
		g.changed.Broadcast()
	}()
	for waited := false; ; waited = true {
		now := time.Now()
		opens := g.opens(req, now)
		deadline, bounded := ctx.Deadline()
		switch {
		case !opens.IsZero() && !opens.After(now):
			g.pass(req, now)
			if waited {
				g.log(ctx, slog.LevelDebug, "HTTP call continues after its wait for the rate limit", map[string]any{
					"method": req.Method, "url": credential.ShownURL(req), "waited": now.Sub(began).String(),
				})
			}
			return nil
		case g.closed(now) && (bounded && !deadline.After(g.until) || ctx.Err() != nil):
			return &failure.RateLimitError{Wait: g.until.Sub(now), Cause: ctx.Err()}
		case ctx.Err() != nil:
			return ctx.Err()
		}
		g.wait(ctx, opens, now)
	}
}

// wait returns when something may have changed: at opens, unless that is zero, or before.
func (g *gate) wait(ctx context.Context, opens, now time.Time) {
	stop := context.AfterFunc(ctx, g.wake)
	defer stop()
	if !opens.IsZero() {
		defer time.AfterFunc(opens.Sub(now), g.wake).Stop()
	}
	if g.closed(now) {
		g.held.count(1)
		defer g.held.count(-1)
		if !g.logged.Equal(g.until) {
			g.logged = g.until
			g.log(ctx, slog.LevelInfo, "HTTP calls wait for the rate limit, so that they are not refused", map[string]any{
				"host": g.host, "limit": g.limit, "remaining": g.remaining, "reserve": g.reserve(),
				"window_ends": g.until.UTC().Format(time.RFC3339), "wait": g.until.Sub(now).Round(time.Millisecond).String(),
			})
		}
	}
	g.changed.Wait()
}

func (g *gate) wake() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.changed.Broadcast()
}

// reserveOf is what is left to others of a limit.
func reserveOf(limit int) int { return max(1, limit/reserveShare) }

func (g *gate) reserve() int { return reserveOf(g.limit) }

// closed reports whether nothing passes before the window ends.
func (g *gate) closed(now time.Time) bool { return now.Before(g.until) && g.remaining <= g.reserve() }

// left is what remains of the window for a call. Until its path has answered in this window, no more calls than the
// reserve covers are under way: the counter of that path may be another one, and nearly used up.
func (g *gate) left(path string, now time.Time) int {
	switch {
	case !now.Before(g.until):
		return 2 * g.reserve()
	case !g.met[path]:
		return min(g.remaining, 2*g.reserve())
	default:
		return g.remaining
	}
}

// opens returns when a call may go, by what is known now. Zero: not before the queue moves or an answer comes.
func (g *gate) opens(req *http.Request, now time.Time) time.Time {
	switch {
	case g.queue[0] != req:
		return time.Time{}
	case g.closed(now):
		return g.until
	case g.limit == 0 && expectsLimits(req) && !g.probed && g.flying > 0:
		return g.probe.Add(probeTimeout)
	case g.limit == 0: // the service sends no limits
		return now
	case g.flying+g.reserve() < g.left(req.URL.Path, now):
		return now
	default:
		return time.Time{}
	}
}

func expectsLimits(req *http.Request) bool {
	expected, _ := req.Context().Value(rateLimitsKey{}).(bool)
	return expected
}

func (g *gate) pass(req *http.Request, now time.Time) {
	if g.probe.IsZero() {
		g.probe = now
	}
	g.flying++
	if g.limit > 0 || expectsLimits(req) {
		g.own[req.URL.Path]++
	}
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
	g.changed.Broadcast()
}

func (g *gate) note(path string, resp *http.Response, now time.Time) {
	said := rateLimitOf(resp.Header, now)
	switch {
	case resp.StatusCode == http.StatusTooManyRequests:
		// A refusal that names no time, or is about concurrent calls, is left to the retries.
		if wait, source := waitBefore(resp, 0, now); waitsAtGate(resp, source) && wait <= maxWait {
			g.begin(RateLimit{Limit: cmp.Or(said.Limit, g.limit), Reset: now.Add(wait)}, path, now)
		}
	case resp.StatusCode >= http.StatusInternalServerError:
		// What a gateway answers in the service's place says nothing of the service.
	case said.Limit > 0 && said.Reset.After(now) && said.Reset.Sub(now) <= maxWait:
		if spare := said.Remaining - reserveOf(said.Limit); !now.Before(g.until) || spare < g.remaining-g.reserve() {
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

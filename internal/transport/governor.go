// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package transport

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// maxClasses bounds what a client remembers: a Link can lead to any path. The calls of further classes are not
	// held.
	maxClasses = 512
	// maxWindows bounds the counters of a class, of which there may be one for each credential.
	maxWindows = 128
)

type rateLimitsKey struct{}

// WithRateLimits says of requests with this context that the service tells of its rate limits in each answer
// (X-Rate-Limit-Limit, -Remaining and -Reset). The first call to each class of endpoints then goes alone: only its
// answer tells what is left for the others. Without it calls are held only from the first answer on that has such
// headers.
func WithRateLimits(ctx context.Context) context.Context {
	return context.WithValue(ctx, rateLimitsKey{}, true)
}

// governor holds calls back before a rate limit refuses them. All calls of a client share it; it knows the limits of
// each origin by what the answers say, for each class of endpoints. Whom it holds back goes on in the order in which
// the calls came, repeats in the place of their call.
//
//   - Of a known window, calls that are under way are subtracted from Remaining; a reserve is left to others.
//   - Where nothing is known, at the beginning and after each Reset, one call goes first, and its answer tells about
//     the rest.
//   - A refusal (429) that comes all the same closes the class for everybody until its Retry-After or Reset.
//   - Where the answers tell nothing, nothing is held.
//
// A wait counts neither as an attempt's time nor as that of a budget (WithBudget).
type governor struct {
	next http.RoundTripper
	log  logFunc

	mu      sync.Mutex
	classes map[classKey]*class
}

// classKey is an origin (an organisation) and the beginning of its paths that is limited together.
type classKey struct {
	origin Origin
	name   string
}

// RoundTrip sends the request when its turn has come.
func (g *governor) RoundTrip(req *http.Request) (resp *http.Response, err error) {
	if made := callOf(req.Context()); made != nil {
		made.goOn() // the wait before a repeat is over
	}
	c := g.class(req, true)
	if c == nil {
		return g.next.RoundTrip(req)
	}
	t, err := c.enter(req, g.log)
	if err != nil {
		return nil, err
	}
	defer func() { c.leave(t, resp) }()
	return g.next.RoundTrip(req)
}

// class returns what is known of the request's class; nil: nothing, and there is no room for it.
func (g *governor) class(req *http.Request, create bool) *class {
	name, _ := endpointOf(req.URL.Path)
	key := classKey{origin: OriginOf(req.URL), name: name}
	g.mu.Lock()
	defer g.mu.Unlock()
	found := g.classes[key]
	if found == nil && create && len(g.classes) < maxClasses {
		found = &class{classKey: key, windows: map[teller]*window{}}
		g.classes[key] = found
	}
	return found
}

// own is how many calls of this client were counted against the limit that answered the request.
func (g *governor) own(req *http.Request) int {
	c := g.class(req, false)
	if c == nil {
		return 0
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if w := c.windows[c.key(tellerOf(req))]; w != nil && time.Now().Before(w.until) {
		return w.sent
	}
	return 0
}

// endpointOf takes a path apart: the class, three segments of it ("/api/v1/devices"), and the endpoint, in which ids
// are alike ("/api/v1/devices/{id}/users"). All that is below a class is taken for limited together, until answers show
// otherwise.
func endpointOf(path string) (class, endpoint string) {
	segments := strings.SplitN(strings.TrimPrefix(path, "/"), "/", 7)
	for i := 3; i < len(segments); i += 2 {
		segments[i] = "{id}"
	}
	return "/" + strings.Join(segments[:min(3, len(segments))], "/"), "/" + strings.Join(segments[:min(6, len(segments))], "/")
}

func tellerOf(req *http.Request) teller {
	who := teller{}
	_, who.endpoint = endpointOf(req.URL.Path)
	if pinned, ok := req.Context().Value(pinKey{}).(pin); ok && !pinned.header.IsZero() {
		who.credential = pinned.header.Fingerprint()
	}
	return who
}

// counted numbers the calls of a client.
type counted = atomic.Uint64

// class is a class of endpoints. It has one counter, which is what Okta's limits for an organisation are, until answers
// show that credentials (an API token has a share of its own) or endpoints are counted apart.
type class struct {
	classKey

	mu           sync.Mutex
	windows      map[teller]*window
	byCredential bool
	byEndpoint   bool
	events       uint64
	queue        []*turn // in the order of their calls
	timer        *time.Timer
}

// turn is an attempt that wants to go, or is under way.
type turn struct {
	teller   teller
	order    uint64
	deadline time.Time // zero: none
	expected bool      // see WithRateLimits

	window *window // that it was counted in; nil before it goes
	epoch  int
	sentAt uint64 // by the class's events
	probe  bool

	settled chan struct{} // closed when err says whether it may go
	err     error
	held    chan RateLimitError // told once, when a window's end is waited for
	told    bool
}

// enter returns when the request may go.
func (c *class) enter(req *http.Request, log logFunc) (*turn, error) {
	ctx := req.Context()
	t := &turn{teller: tellerOf(req), settled: make(chan struct{}), held: make(chan RateLimitError, 1)}
	t.expected, _ = ctx.Value(rateLimitsKey{}).(bool)
	t.deadline, _ = ctx.Deadline()
	if made := callOf(ctx); made != nil {
		t.order = made.order
	}
	c.mu.Lock()
	c.insert(t)
	c.pump(time.Now())
	c.mu.Unlock()
	select {
	case <-t.settled:
		return t, t.err
	default:
		return t, c.wait(req, t, log)
	}
}

// wait returns when the turn is settled, or the context ends.
func (c *class) wait(req *http.Request, t *turn, log logFunc) error {
	ctx, began := req.Context(), time.Now()
	startClocks := stopClocks(ctx)
	defer startClocks()
	fields := map[string]any{"method": req.Method, "url": withoutSecrets(req.URL), "host": c.origin.Host, "class": Sanitize(c.name)}
	var why RateLimitError
	for {
		select {
		case <-t.settled:
			fields["waited"] = time.Since(began).String()
			if t.err == nil {
				log(ctx, LevelDebug, "HTTP call goes on after its wait for the rate limit", fields)
			}
			return t.err
		case why = <-t.held:
			why.addTo(fields)
			log(ctx, LevelInfo, "HTTP call waits for the rate limit, so as not to be refused", fields)
		case <-ctx.Done():
			c.abandon(t)
			if why.Until.IsZero() || !errors.Is(ctx.Err(), context.DeadlineExceeded) {
				return ctx.Err()
			}
			why.cause = ctx.Err()
			return &why
		}
	}
}

// insert puts a turn into the queue, behind those whose calls came before.
func (c *class) insert(t *turn) {
	at := len(c.queue)
	for at > 0 && c.queue[at-1].order > t.order {
		at--
	}
	c.queue = append(c.queue, nil)
	copy(c.queue[at+1:], c.queue[at:])
	c.queue[at] = t
}

// pump settles all turns that can be, and sets the timer for the others.
func (c *class) pump(now time.Time) {
	waiting := c.queue[:0]
	var next time.Time
	for _, t := range c.queue {
		w := c.window(t.teller, now)
		switch v := w.judge(t.expected, now); {
		case v.pass:
			c.admit(t, w, v, now)
		case v.sure && !t.deadline.IsZero() && !t.deadline.After(v.until):
			t.err = c.why(w, now, t.deadline)
			close(t.settled)
		default:
			waiting = append(waiting, t)
			next = earlier(next, v.until)
			if v.sure && !t.told {
				t.told = true
				t.held <- *c.why(w, now, time.Time{})
			}
		}
	}
	clear(c.queue[len(waiting):])
	c.queue = waiting
	c.schedule(next, now)
}

func (c *class) schedule(next, now time.Time) {
	if c.timer != nil {
		c.timer.Stop()
		c.timer = nil
	}
	if len(c.queue) == 0 {
		return
	}
	c.timer = time.AfterFunc(next.Sub(now), func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.pump(time.Now())
	})
}

func (c *class) admit(t *turn, w *window, v verdict, now time.Time) {
	if v.probe {
		w.probing = true
		if w.unknownSince.IsZero() {
			w.unknownSince = now
		}
	}
	c.events++
	w.flying++
	w.sent++
	t.window, t.epoch, t.probe, t.sentAt = w, w.epoch, v.probe, c.events
	close(t.settled)
}

// abandon takes a turn out whose caller has gone. Nothing of it was sent.
func (c *class) abandon(t *turn) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for i, waiting := range c.queue {
		if waiting == t {
			c.queue = append(c.queue[:i], c.queue[i+1:]...)
			break
		}
	}
	if t.window != nil {
		t.window.sent--
		c.land(t)
	}
	c.pump(time.Now())
	t.window.rest()
}

// leave takes down what the answer says; nil: there was none.
func (c *class) leave(t *turn, resp *http.Response) {
	now := time.Now()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.events++
	c.land(t)
	c.learn(t, resp, now)
	c.pump(now)
	t.window.rest()
}

// rest forgets since when nothing was known, where nobody waits for a probe. A turn that never went has no window.
func (w *window) rest() {
	if w != nil && w.flying == 0 {
		w.unknownSince = time.Time{}
	}
}

func (c *class) land(t *turn) {
	t.window.flying--
	if t.probe {
		t.window.probing = false
	}
}

func (c *class) learn(t *turn, resp *http.Response, now time.Time) {
	w := c.window(t.teller, now)
	if resp == nil {
		w.lose(t, now)
		return
	}
	said := read(resp.Header, now)
	switch {
	case resp.StatusCode == http.StatusTooManyRequests:
		c.refused(w, said, resp, now)
	case said.usable && resp.StatusCode < http.StatusInternalServerError:
		c.observe(w, t, said, now)
	default:
		w.lose(t, now)
		// What a gateway answers in the service's place says nothing of the service.
		if t.probe && resp.StatusCode < http.StatusInternalServerError {
			w.free, w.unknownSince = true, time.Time{}
		}
	}
}

// lose counts a call whose answer does not tell whether it was counted.
func (w *window) lose(t *turn, now time.Time) {
	if t.window == w && t.epoch == w.epoch && now.Before(w.until) {
		w.lost++
	}
}

// refused closes what a 429 speaks of. One that names no time, or is about concurrent calls, is for the repeats alone.
func (c *class) refused(w *window, said reading, resp *http.Response, now time.Time) {
	if said.IsConcurrency() {
		return
	}
	wait, source := waitBefore(resp, 0, now)
	if source == sourceBackoff || wait > maxWait {
		return
	}
	share := c.byCredential || c.byEndpoint
	if known := w.limit; share && said.Limit != known { // not this counter alone
		for _, other := range c.windows {
			other.closeUntil(now.Add(wait))
		}
	}
	w.closeUntil(now.Add(wait))
	w.limit, w.reset = said.Limit, said.reset
}

// observe takes down what is left.
func (c *class) observe(w *window, t *turn, said reading, now time.Time) {
	if !now.Before(w.until) {
		w.begin(said, t.teller, c.events)
		return
	}
	switch w.relate(said, t.sentAt > w.learned, now) {
	case sameWindow:
		// The end is known to a second, and never too early.
		w.until = earlier(w.until, said.Reset)
		if said.Remaining <= w.low {
			w.low, w.by, w.learned = said.Remaining, t.teller, c.events
		}
	case newerWindow:
		w.begin(said, t.teller, c.events)
	case otherCounter:
		c.part(w, t.teller, said, now)
	case olderWindow:
	}
}

// part counts apart what answers show to be apart.
func (c *class) part(w *window, who teller, said reading, now time.Time) {
	byCredential, byEndpoint := c.byCredential, c.byEndpoint
	if who.credential != w.by.credential {
		c.byCredential = true
	} else if who.endpoint != w.by.endpoint {
		c.byEndpoint = true
	}
	if byCredential != c.byCredential || byEndpoint != c.byEndpoint {
		c.windows[c.key(w.by)] = w
		w = c.window(who, now)
	}
	w.begin(said, who, c.events)
}

// key is the counter that a teller's calls are counted in.
func (c *class) key(who teller) teller {
	if !c.byCredential {
		who.credential = ""
	}
	if !c.byEndpoint {
		who.endpoint = ""
	}
	return who
}

// window is what is known of a teller's counter.
func (c *class) window(who teller, now time.Time) *window {
	key := c.key(who)
	if found := c.windows[key]; found != nil {
		return found
	}
	if len(c.windows) >= maxWindows {
		for other, w := range c.windows {
			if w.flying == 0 && !now.Before(w.until) {
				delete(c.windows, other)
			}
		}
	}
	if len(c.windows) >= maxWindows {
		key = teller{}
		if found := c.windows[key]; found != nil {
			return found
		}
	}
	made := &window{}
	c.windows[key] = made
	return made
}

// why says what is waited for.
func (c *class) why(w *window, now, deadline time.Time) *RateLimitError {
	e := &RateLimitError{
		Class: c.name, Limit: w.limit, Remaining: max(0, w.left()), Reserve: w.reserve(), Until: w.until, Wait: w.until.Sub(now),
	}
	if !deadline.IsZero() {
		e.Left = deadline.Sub(now)
	}
	return e
}

// RateLimitError is a call that was not made, because the service would have refused it: its rate limit is used up for
// longer than the caller has time.
type RateLimitError struct {
	Class     string // of endpoints: the beginning of their paths
	Limit     int    // calls in a window; 0: the service said only how long to wait
	Remaining int
	Reserve   int           // calls that are left to others
	Until     time.Time     // when calls may be made again
	Wait      time.Duration // until then
	Left      time.Duration // the time that there was

	cause error // the end of a context; nil: the wait was not begun
}

// Error says what is used up, and for how long. Explain says what to do.
func (e *RateLimitError) Error() string {
	return fmt.Sprintf("not sent: calls to %s are at their rate limit for %s more, which is longer than this operation may take",
		Sanitize(e.Class), e.Wait.Round(time.Second))
}

// Unwrap returns the end of the context that cut the wait short; nil where the wait was not begun.
func (e *RateLimitError) Unwrap() error { return e.cause }

func (e *RateLimitError) addTo(fields map[string]any) {
	fields["limit"], fields["remaining"], fields["reserve"] = e.Limit, e.Remaining, e.Reserve
	fields["window_ends"], fields["wait"] = e.Until.UTC().Format(time.RFC3339), e.Wait.Round(time.Millisecond).String()
}

// RateLimitIn is RateLimitOf for an answer to client, which New made, and says besides how many of the calls were the
// client's own.
func RateLimitIn(client *http.Client, resp *http.Response, now time.Time) RateLimit {
	limit := RateLimitOf(resp.Header, now)
	if own, ok := client.Transport.(*roundTripper); ok && limit.Known && resp.Request != nil {
		limit.Own = own.governor.own(resp.Request)
	}
	return limit
}

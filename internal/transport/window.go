// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package transport

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

const (
	// reserveShare of a limit, and one call at least, is left to others: people in the admin console, Sekoia's
	// connectors.
	reserveShare = 10
	// probePatience is how long a first call may keep the others waiting. A service that does not answer for so long is
	// no reason to ask it one call after the other.
	probePatience = 5 * time.Second
	// windowEdge is how early a new window may be seen before the old one's end, which is known to a second or so.
	windowEdge = 3 * time.Second
)

// window is what is known of one counter of calls, which the service sets back at the end of each window.
type window struct {
	until   time.Time // when it ends; what is known is known until then
	reset   int64     // X-Rate-Limit-Reset as the service wrote it: the name of the window; 0: it is closed by Retry-After
	limit   int
	low     int    // the lowest Remaining that was seen
	lost    int    // calls without an answer that tells: they may have been counted
	by      teller // whom low was said to
	learned uint64 // when low was learned, by the class's events
	epoch   int    // counts the windows
	sent    int    // calls of this client in the window

	flying       int  // calls that are under way
	probing      bool // one of them is to find out what the window is
	unknownSince time.Time
	seen         bool // the service has told of limits
	free         bool // it does not, so nothing is held
}

// verdict says whether a call may go now.
type verdict struct {
	pass  bool
	probe bool
	until time.Time // when to look again
	sure  bool      // nothing can change before until
}

// judge says whether a call may go: one whose service is expected to tell of limits, or any.
func (w *window) judge(expected bool, now time.Time) verdict {
	switch {
	case now.Before(w.until):
		if w.left()-w.flying > w.reserve() {
			return verdict{pass: true}
		}
		return verdict{until: w.until, sure: w.left() <= w.reserve()}
	case w.free || !w.seen && !expected:
		return verdict{pass: true}
	case !w.probing:
		return verdict{pass: true, probe: true}
	}
	// Others may have used the window that nothing is known of: the first call goes alone, as long as that is
	// reasonable.
	opens := w.unknownSince.Add(probePatience)
	return verdict{pass: !now.Before(opens), until: opens}
}

func (w *window) left() int { return w.low - w.lost }

func (w *window) reserve() int { return max(1, w.limit/reserveShare) }

// begin takes what an answer says for a new window.
func (w *window) begin(said reading, by teller, event uint64) {
	w.until, w.reset, w.limit = said.Reset, said.reset, said.Limit
	w.low, w.lost, w.by, w.learned = said.Remaining, 0, by, event
	w.sent = w.flying + 1
	w.epoch++
	w.unknownSince, w.seen, w.free = time.Time{}, true, false
}

// closeUntil lets nobody pass before then.
func (w *window) closeUntil(until time.Time) {
	w.until, w.low, w.lost = until, 0, 0
	w.epoch++
	w.unknownSince, w.seen, w.free = time.Time{}, true, false
}

// teller is a way of asking whose answers count the same calls: a credential at an endpoint.
type teller struct {
	credential string // a fingerprint
	endpoint   string
}

// reading is what an answer says of its limit.
type reading struct {
	RateLimit
	reset int64 // as the service wrote it
	// usable says that it tells of a window which can be waited for. A window that is over, or that ends in an hour, is
	// none.
	usable bool
}

func read(h http.Header, now time.Time) reading {
	said := reading{RateLimit: RateLimitOf(h, now)}
	said.Remaining = min(said.Remaining, said.Limit)
	wait := said.Reset.Sub(now)
	if said.Known && said.Limit > 0 && wait > 0 && wait <= maxWait {
		// RateLimitOf could read it.
		said.reset, _ = strconv.ParseInt(strings.TrimSpace(h.Get("X-Rate-Limit-Reset")), 10, 64)
		said.usable = true
	}
	return said
}

// relation is how an answer stands to the window that is known.
type relation int

const (
	sameWindow relation = iota
	olderWindow
	newerWindow
	otherCounter // it can't be about the same counter
)

// relate compares an answer with a window that is not over. later: its call was sent after the window's low was
// learned.
func (w *window) relate(said reading, later bool, now time.Time) relation {
	margin := max(1, w.limit/reserveShare) // services count on several machines
	ahead := said.reset - w.reset
	switch {
	case w.reset == 0:
		return olderWindow // closed by Retry-After: what is under way changes nothing
	case said.Limit != w.limit:
		return otherCounter
	case ahead > 1 && w.until.Sub(now) > windowEdge, later && ahead < -1:
		return otherCounter
	case ahead > 1:
		return newerWindow
	case ahead < -1:
		return olderWindow
	case later && said.Remaining > w.low+margin:
		return otherCounter
	default:
		return sameWindow
	}
}

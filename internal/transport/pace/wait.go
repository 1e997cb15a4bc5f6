// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package pace

import (
	"math"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"time"
)

const (
	// maxWait is the longest wait before a repeat. If the service asks for more, the caller gets the answer instead.
	maxWait = 2 * time.Minute

	minBackoff = 500 * time.Millisecond
	maxBackoff = 30 * time.Second
	// maxConcurrencyBackoff bounds the wait after a 429 about concurrent calls: one of them ends within moments.
	maxConcurrencyBackoff = 4 * time.Second
)

// RateLimit is what Okta's X-Rate-Limit headers say of the budget that a call is taken from.
type RateLimit struct {
	Limit     int       // calls in a window
	Remaining int       // calls that are left in it
	Reset     time.Time // when the window ends, by the local clock; zero if the answer does not say
	Known     bool      // whether the answer says Limit and Remaining
	Own       int       // calls of the window that this client made; 0 if that is not known
}

// isConcurrency reports whether a 429 with these headers is about too many calls at the same time, not in a minute:
// Okta then sends a Limit and a Remaining of 0.
func (l RateLimit) isConcurrency() bool { return l.Known && l.Limit == 0 && l.Remaining == 0 }

// rateLimitOf reads X-Rate-Limit-Limit, -Remaining and -Reset (epoch seconds by the server's clock). Reset is moved to
// the local clock, which reads now, by the answer's Date. Values that are no numbers count as missing.
func rateLimitOf(h http.Header, now time.Time) RateLimit {
	limit, limitOK := number(h, "X-Rate-Limit-Limit", 32)
	remaining, remainingOK := number(h, "X-Rate-Limit-Remaining", 32)
	var r RateLimit
	if limitOK && remainingOK {
		r = RateLimit{Limit: int(limit), Remaining: int(remaining), Known: true}
	}
	if reset, ok := number(h, "X-Rate-Limit-Reset", 38); ok && reset > 0 { // 38 bits last until the year 6325
		r.Reset = now.Add(time.Unix(reset, 0).Sub(serverTime(h, now)))
	}
	return r
}

func number(h http.Header, name string, bits int) (int64, bool) {
	n, err := strconv.ParseInt(strings.TrimSpace(h.Get(name)), 10, bits)
	return n, err == nil && n >= 0
}

// serverTime returns the answer's Date, or now if it has none.
func serverTime(h http.Header, now time.Time) time.Time {
	if date, err := http.ParseTime(h.Get("Date")); err == nil {
		return date
	}
	return now
}

// What says how long to wait before a repeat.
const (
	sourceBackoff     = "backoff"
	sourceRetryAfter  = "Retry-After"
	sourceReset       = "X-Rate-Limit-Reset"
	sourceConcurrency = "concurrency limit"
)

// waitBefore returns how long to wait before the next attempt, and what says so. resp is nil if no answer came; repeats
// is how many were made already.
func waitBefore(resp *http.Response, repeats int, now time.Time) (time.Duration, string) {
	if resp == nil {
		return backoff(repeats, maxBackoff), sourceBackoff
	}
	if wait := retryAfter(resp.Header, now); wait > 0 {
		return wait, sourceRetryAfter
	}
	if resp.StatusCode == http.StatusTooManyRequests {
		limit := rateLimitOf(resp.Header, now)
		if limit.isConcurrency() {
			return backoff(repeats, maxConcurrencyBackoff), sourceConcurrency
		}
		if wait := limit.Reset.Sub(now); wait > 0 {
			return wait, sourceReset
		}
	}
	return backoff(repeats, maxBackoff), sourceBackoff
}

// waitsAtGate reports whether the wait is for a rate limit: then all calls to the origin wait at its gate.
func waitsAtGate(resp *http.Response, source string) bool {
	return resp != nil && resp.StatusCode == http.StatusTooManyRequests && (source == sourceReset || source == sourceRetryAfter)
}

// retryAfter reads Retry-After (RFC 9110, 10.2.3: seconds, or an HTTP date, which is compared with the answer's own
// Date). 0 or less: no wait is asked for, or the value can't be read.
func retryAfter(h http.Header, now time.Time) time.Duration {
	text := strings.TrimSpace(h.Get("Retry-After"))
	if date, err := http.ParseTime(text); err == nil {
		return date.Sub(serverTime(h, now))
	}
	if text == "" || strings.Trim(text, "0123456789") != "" {
		return 0
	}
	seconds, err := strconv.ParseInt(text, 10, 64)
	if err != nil || seconds > int64(math.MaxInt64/time.Second) {
		return math.MaxInt64 // only digits, so it is a number that is too large
	}
	return time.Duration(seconds) * time.Second
}

// backoff returns a random wait from a range that doubles with each repeat: 0.5 to 1 s, 1 to 2 s, and so on up to most.
func backoff(repeats int, most time.Duration) time.Duration {
	upper := most
	if repeats < 16 { // beyond, the shift would be above any cap
		upper = min(most, 2*minBackoff<<repeats)
	}
	return upper/2 + rand.N(upper/2+1) //nolint:gosec // it spreads calls in time and keeps no secret
}

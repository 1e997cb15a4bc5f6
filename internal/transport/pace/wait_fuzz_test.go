// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package pace_test

import (
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport"
)

// headered is a network that gives one answer, and knows when it was asked.
type headered struct {
	status int
	header http.Header
	asked  []time.Time
}

func (h *headered) RoundTrip(req *http.Request) (*http.Response, error) {
	h.asked = append(h.asked, time.Now())
	return &http.Response{StatusCode: h.status, Header: h.header.Clone(), Body: io.NopCloser(strings.NewReader("sent body")), Request: req}, nil
}

// FuzzWaits looks for headers that make a call wait too long, repeat at once, go on without end, or ask again before
// the time that they name.
func FuzzWaits(f *testing.F) {
	statuses := []int{http.StatusTooManyRequests, http.StatusServiceUnavailable, http.StatusBadGateway, http.StatusOK, http.StatusInternalServerError}
	const date = "Sat, 01 Jan 2000 00:00:00 GMT" // when a bubble's time begins
	for _, seed := range []struct{ after, date, limit, remaining, reset string }{
		{}, {after: "1"}, {after: "120"}, {after: "121"}, {after: "-1"}, {after: "0"}, {after: "1.5"}, {after: "9223372036854775807"}, {after: "99999999999999999999"}, {after: "+5"}, {after: "soon"},
		{after: "Sat, 01 Jan 2000 00:01:00 GMT", date: date}, {after: date, date: "Sat, 01 Jan 2000 00:01:00 GMT"}, {after: "Fri, 31 Dec 9999 23:59:59 GMT"}, {after: "Mon, 01 Jan 0001 00:00:00 GMT", date: "Fri, 31 Dec 9999 23:59:59 GMT"},
		{date: date, limit: "600", remaining: "0", reset: "946684860"}, {limit: "0", remaining: "0", reset: "946684860"}, {limit: "600", remaining: "0", reset: "253402300799"}, {limit: "1", remaining: "1", reset: "-1"},
		{date: "Mon, 01 Jan 0001 00:00:00 GMT", limit: "600", remaining: "0", reset: "253402300799"}, {limit: "2147483647", remaining: "2147483648", reset: "9223372036854775807"},
		{date: "Saturday, 01-Jan-00 00:00:00 GMT", limit: "5", remaining: "0", reset: "946684801"}, {date: "Sat Jan  1 00:00:00 2000", limit: "5", remaining: "-1", reset: "0"},
	} {
		for status := range statuses {
			f.Add(byte(status), seed.after, seed.date, seed.limit, seed.remaining, seed.reset)
		}
	}
	f.Fuzz(func(t *testing.T, status byte, after, date, limit, remaining, reset string) {
		synctest.Test(t, func(t *testing.T) {
			network := &headered{status: statuses[int(status)%len(statuses)], header: http.Header{
				"Retry-After": {after}, "Date": {date}, "X-Rate-Limit-Limit": {limit}, "X-Rate-Limit-Remaining": {remaining}, "X-Rate-Limit-Reset": {reset},
			}}
			client := newClient(t, transport.Options{Base: network, MaxRetries: transport.DefaultMaxRetries})
			begin := time.Now()
			got, err := fetch(client, newRequest(t, t.Context(), http.MethodGet, acme+"/api/v1/devices", ""))
			assertAnswer(t, got, err, network.status)
			network.check(t, begin, after)
		})
	})
}

// check holds the times at which the network was asked against what may be.
func (h *headered) check(t *testing.T, begin time.Time, after string) {
	t.Helper()
	const longest = 2 * time.Minute
	repeated := h.status == http.StatusTooManyRequests || h.status == http.StatusBadGateway || h.status == http.StatusServiceUnavailable
	if len(h.asked) > 1+transport.DefaultMaxRetries || !repeated && len(h.asked) > 1 {
		t.Errorf("asked %d times for a %d", len(h.asked), h.status)
	}
	if waited := h.asked[0].Sub(begin); waited != 0 {
		t.Errorf("the first attempt waited %s", waited)
	}
	if late := time.Since(h.asked[len(h.asked)-1]); late != 0 {
		t.Errorf("the last answer was held back for %s", late)
	}
	asked, err := strconv.ParseUint(after, 10, 31)
	plain := err == nil && strings.Trim(after, "0123456789") == "" && asked > 0
	if wanted := time.Duration(asked) * time.Second; plain && wanted > longest && len(h.asked) > 1 {
		t.Errorf("told to wait %s, it asked %d times", wanted, len(h.asked))
	}
	for index := 1; index < len(h.asked); index++ {
		wait := h.asked[index].Sub(h.asked[index-1])
		if wait <= 0 || wait > longest {
			t.Errorf("waited %s before attempt %d", wait, index+1)
		}
		if wanted := time.Duration(asked) * time.Second; plain && wait < wanted {
			t.Errorf("told to wait %s, it waited %s", wanted, wait)
		}
	}
}

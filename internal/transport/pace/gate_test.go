// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package pace_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/credential"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/failure"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/pace"
)

const (
	listDevices = acme + "/api/v1/devices"
	oneDevice   = acme + "/api/v1/devices/guo1/users"
)

// service limits calls as Okta does: so many in a minute, which begins with the first call of it.
type service struct {
	limit   int
	latency time.Duration
	skew    time.Duration // how far its clock is ahead
	by      func(*http.Request) string
	headers func(http.Header)                                                  // changes what it says, after it was counted; nil: nothing
	refuse  func(call int, req *http.Request) (status int, header http.Header) // status 0: it answers as usual

	mu       sync.Mutex
	calls    int
	refused  int
	flying   int
	together int // the most calls at the same time
	served   []string
	counters map[string]*counter
}

type counter struct {
	used  int
	reset time.Time
}

// RoundTrip implements http.RoundTripper.
func (s *service) RoundTrip(req *http.Request) (*http.Response, error) {
	s.mu.Lock()
	s.flying++
	s.together = max(s.together, s.flying)
	status, header := s.count(req)
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.flying--
	}()
	select {
	case <-time.After(s.latency):
	case <-req.Context().Done():
		return nil, req.Context().Err()
	}
	return &http.Response{StatusCode: status, Header: header, Body: io.NopCloser(strings.NewReader("")), Request: req}, nil
}

func (s *service) count(req *http.Request) (int, http.Header) {
	s.calls++
	if s.refuse != nil {
		if status, header := s.refuse(s.calls, req); status != 0 {
			if status == http.StatusTooManyRequests {
				s.refused++
			}
			return status, header
		}
	}
	which := req.URL.Host
	if s.by != nil {
		which = s.by(req)
	}
	status, header := s.take(which)
	if status == http.StatusTooManyRequests {
		s.refused++
	} else {
		s.served = append(s.served, req.URL.Query().Get("n"))
	}
	if s.headers != nil {
		s.headers(header)
	}
	return status, header
}

// take counts a call. Others than the client's are made with it, too.
func (s *service) take(which string) (int, http.Header) {
	now := time.Now().Add(s.skew)
	if s.counters == nil {
		s.counters = map[string]*counter{}
	}
	c := s.counters[which]
	if c == nil || !now.Before(c.reset) {
		c = &counter{reset: now.Truncate(time.Second).Add(time.Minute)}
		s.counters[which] = c
	}
	status := http.StatusTooManyRequests
	if c.used < s.limit {
		c.used++
		status = http.StatusOK
	}
	return status, window(now, s.limit, s.limit-c.used, c.reset)
}

func window(now time.Time, limit, remaining int, reset time.Time) http.Header {
	header := http.Header{}
	header.Set("Date", now.UTC().Format(http.TimeFormat))
	header.Set("X-Rate-Limit-Limit", strconv.Itoa(limit))
	header.Set("X-Rate-Limit-Remaining", strconv.Itoa(remaining))
	header.Set("X-Rate-Limit-Reset", strconv.FormatInt(reset.Unix(), 10))
	return header
}

// others uses the budget up beside the client.
func (s *service) others(which string, n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for range n {
		s.take(which)
	}
}

func (s *service) counts() (calls, refused, together int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.calls, s.refused, s.together
}

// get makes one call as package okta does; a token is sent if one is given.
func get(ctx context.Context, client *http.Client, target, token string) (int, error) {
	req, err := http.NewRequestWithContext(pace.WithRateLimits(ctx), http.MethodGet, target, nil)
	if err != nil {
		return 0, err
	}
	if token != "" {
		req = credential.Authorize(req, credential.OriginOf(req.URL), "SSWS", credential.NewSecret(token))
	}
	resp, err := transport.Do(client, req)
	if err != nil {
		return 0, err
	}
	return resp.StatusCode, resp.Body.Close()
}

// all makes n calls at the same time and says how long they took; each has to be answered with 200.
func all(t *testing.T, client *http.Client, n int, target func(int) (target, token string)) time.Duration {
	t.Helper()
	began := time.Now()
	var wait sync.WaitGroup
	for i := range n {
		wait.Go(func() {
			address, token := target(i)
			if status, err := get(t.Context(), client, address, token); err != nil || status != http.StatusOK {
				t.Errorf("call %d: %d %v", i, status, err)
			}
		})
	}
	wait.Wait()
	return time.Since(began)
}

func same(target string) func(int) (string, string) {
	return func(int) (string, string) { return target, "" }
}

func TestCallsStayBelowTheLimit(t *testing.T) {
	t.Parallel()
	const second = time.Second
	none := func(int, *http.Request) (int, http.Header) { return 0, nil }
	concurrency := func(call int, _ *http.Request) (int, http.Header) {
		if call != 3 && call != 5 {
			return 0, nil
		}
		now := time.Now()
		return http.StatusTooManyRequests, window(now, 0, 0, now.Add(time.Hour))
	}
	lost := func(call int, _ *http.Request) (int, http.Header) {
		if call%10 == 0 {
			return http.StatusBadGateway, http.Header{}
		}
		return 0, nil
	}
	set := func(values ...string) func(http.Header) {
		return func(h http.Header) {
			for i := 0; i < len(values); i += 2 {
				h.Set(values[i], values[i+1])
			}
		}
	}
	byCredential := func(req *http.Request) string { return req.Header.Get("Authorization") }
	for name, c := range map[string]struct {
		service *service
		before  int // calls of others
		calls   int
		target  func(int) (string, string)
		refused int // at most
		min     time.Duration
		max     time.Duration
	}{
		"fewer than the limit":                 {&service{limit: 100}, 0, 80, same(listDevices), 0, 2 * second, 2 * second},
		"as many as the reserve allows":        {&service{limit: 100}, 0, 90, same(listDevices), 0, 2 * second, 2 * second},
		"more than the limit":                  {&service{limit: 100}, 0, 200, same(listDevices), 0, 120 * second, 125 * second},
		"a limit of one":                       {&service{limit: 1}, 0, 5, same(listDevices), 0, 4 * 60 * second, 5 * 61 * second},
		"a limit of three":                     {&service{limit: 3}, 0, 5, same(listDevices), 0, 2 * 60 * second, 3 * 61 * second},
		"others have used nearly all":          {&service{limit: 100}, 95, 50, same(listDevices), 0, 59 * second, 64 * second},
		"others have used all":                 {&service{limit: 100}, 100, 50, same(listDevices), 1, 59 * second, 64 * second},
		"the service's clock is an hour ahead": {&service{limit: 100, skew: time.Hour}, 0, 150, same(listDevices), 0, 60 * second, 64 * second},
		"its clock is an hour behind":          {&service{limit: 100, skew: -time.Hour}, 0, 150, same(listDevices), 0, 60 * second, 64 * second},
		"its clock is half a second off":       {&service{limit: 100, skew: 500 * time.Millisecond}, 0, 150, same(listDevices), 0, 60 * second, 64 * second},
		"one gate for all endpoints":           {&service{limit: 100}, 0, 150, func(i int) (string, string) { return []string{listDevices, oneDevice}[i%2], "" }, 0, 60 * second, 64 * second},
		"many tokens and one limit":            {&service{limit: 100}, 0, 150, func(i int) (string, string) { return listDevices, fmt.Sprint("token-", i) }, 0, 60 * second, 64 * second},
		"two tokens with a share of their own": {&service{limit: 100, by: byCredential}, 0, 170, func(i int) (string, string) { return listDevices, fmt.Sprint("token-", i%2) }, 0, second, 8 * second},
		"two endpoints with limits of their own": {
			&service{limit: 100, by: func(req *http.Request) string { return req.URL.Path }}, 0, 170,
			func(i int) (string, string) { return []string{listDevices, oneDevice}[i%2], "token" }, 0, second, 8 * second,
		},
		"calls that are refused for concurrency":      {&service{limit: 100, refuse: concurrency}, 0, 80, same(listDevices), 2, second, 7 * second},
		"calls that a gateway loses":                  {&service{limit: 100, refuse: lost}, 0, 60, same(listDevices), 0, second, 7 * second},
		"more remaining than the limit":               {&service{limit: 100, refuse: none, headers: set("X-Rate-Limit-Remaining", "100000")}, 0, 90, same(listDevices), 0, 2 * second, 2 * second},
		"a Reset in the past":                         {&service{limit: 100, headers: set("X-Rate-Limit-Reset", "1")}, 0, 90, same(listDevices), 0, second, 4 * second},
		"a Reset of 0":                                {&service{limit: 100, headers: set("X-Rate-Limit-Reset", "0")}, 0, 90, same(listDevices), 0, second, 4 * second},
		"a negative Reset":                            {&service{limit: 100, headers: set("X-Rate-Limit-Reset", "-5")}, 0, 90, same(listDevices), 0, second, 4 * second},
		"a Reset years ahead":                         {&service{limit: 100, headers: set("X-Rate-Limit-Reset", "9999999999")}, 0, 100, same(listDevices), 0, second, 4 * second},
		"a Reset that is no number":                   {&service{limit: 100, headers: set("X-Rate-Limit-Reset", "soon")}, 0, 90, same(listDevices), 0, second, 4 * second},
		"a limit of nothing":                          {&service{limit: 100, headers: set("X-Rate-Limit-Limit", "0")}, 0, 90, same(listDevices), 0, second, 4 * second},
		"no Date":                                     {&service{limit: 100, headers: set("Date", "")}, 0, 150, same(listDevices), 0, 60 * second, 64 * second},
		"nothing remains, each answer says, for ever": {&service{limit: 100, headers: set("X-Rate-Limit-Remaining", "0")}, 0, 13, same(listDevices), 0, 60 * second, 3 * 61 * second},
		"a service without limits":                    {&service{limit: 1 << 20}, 0, 500, same(listDevices), 0, second, 3 * second},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := c.service
				s.latency = time.Second
				s.others("acme.okta.com", c.before)
				client := newClient(t, transport.Options{Base: s, MaxRetries: 4})
				took := all(t, client, c.calls, c.target)
				calls, refused, _ := s.counts()
				if refused > c.refused {
					t.Errorf("%d of %d calls were refused, want %d at most", refused, calls, c.refused)
				}
				if took < c.min || took > c.max {
					t.Errorf("all took %s, want %s to %s", took, c.min, c.max)
				}
			})
		})
	}
}

// A counter that no answer has told of yet may be nearly used up, though others are not.
func TestAnUnknownCounterIsMetCarefully(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &service{limit: 100, latency: time.Second, by: func(req *http.Request) string { return req.URL.Path }}
		s.others("/api/v1/devices/guo1/users", 80)
		client := newClient(t, transport.Options{Base: s, MaxRetries: 4})
		all(t, client, 30, same(listDevices))
		took := all(t, client, 30, same(oneDevice))
		if _, refused, _ := s.counts(); refused != 0 || took < 50*time.Second || took > 64*time.Second {
			t.Errorf("%d calls were refused, and all took %s", refused, took)
		}
	})
}

func TestTheFirstCallGoesAlone(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		target   func(int) (string, string)
		service  *service
		together int
		took     time.Duration
	}{
		"to a service that tells of its limits": {same(listDevices), &service{limit: 100}, 9, 2 * time.Second},
		"each organization's": {func(i int) (string, string) {
			return []string{listDevices, "https://other.okta.com/api/v1/devices"}[i%2], ""
		}, &service{limit: 100}, 8, 2 * time.Second},
		"whatever it asks for":                  {func(i int) (string, string) { return []string{listDevices, acme + "/oauth2/v1/token"}[i%2], "" }, &service{limit: 100}, 9, 2 * time.Second},
		"to a service that says nothing":        {same(listDevices), &service{limit: 100, headers: func(h http.Header) { clear(h) }}, 9, 2 * time.Second},
		"and does not keep the others for ever": {same(listDevices), &service{limit: 100, latency: 20 * time.Second}, 10, 25 * time.Second},
		"and one that fails lets the others go": {same(listDevices), &service{limit: 100, refuse: func(call int, _ *http.Request) (int, http.Header) {
			return map[int]int{1: 500, 2: 200}[call], http.Header{}
		}}, 9, 2 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := c.service
				if s.latency == 0 {
					s.latency = time.Second
				}
				client := newClient(t, transport.Options{Base: s})
				began := time.Now()
				var wait sync.WaitGroup
				for i := range 10 {
					wait.Go(func() {
						target, _ := c.target(i)
						if _, err := get(t.Context(), client, target, ""); err != nil {
							t.Error(err)
						}
					})
				}
				wait.Wait()
				if _, _, together := s.counts(); together != c.together {
					t.Errorf("%d calls were under way together, want %d", together, c.together)
				}
				if took := time.Since(began); took != c.took {
					t.Errorf("all took %s, want %s", took, c.took)
				}
			})
		})
	}
}

func TestAServiceThatTellsNothingIsNotHeld(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &service{limit: 1000, latency: time.Second, headers: func(h http.Header) { clear(h) }}
		client := newClient(t, transport.Options{Base: s, MaxRetries: 4})
		began := time.Now()
		var wait sync.WaitGroup
		for range 50 {
			wait.Go(func() {
				// Sekoia's calls: nobody expects headers of them.
				if _, err := fetch(client, newRequest(t, t.Context(), http.MethodPost, "https://api.sekoia.io/v1/symphony/connector-configurations", "{}")); err != nil {
					t.Error(err)
				}
			})
		}
		wait.Wait()
		if _, _, together := s.counts(); together != 50 {
			t.Errorf("%d calls were under way together, want all 50", together)
		}
		if took := time.Since(began); took != time.Second {
			t.Errorf("all took %s", took)
		}
	})
}

func TestRetryAfterHoldsTheWholeOrigin(t *testing.T) {
	t.Parallel()
	const slow, other = "https://api.sekoia.io/v1/symphony/connectors", "https://api.sekoia.io/v1/me"
	for name, c := range map[string]struct {
		after   string
		target  string
		waits   time.Duration
		refused int
	}{
		"the origin waits as long":               {"30", slow, 30 * time.Second, 1},
		"whatever is asked":                      {"30", other, 30 * time.Second, 1},
		"a time beyond two minutes holds nobody": {"121", slow, 0, 1},
		"no time holds nobody":                   {"", slow, 0, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := &service{limit: 1000, headers: func(h http.Header) { clear(h) }}
				s.refuse = func(call int, _ *http.Request) (int, http.Header) {
					if call > 1 {
						return 0, nil
					}
					return http.StatusTooManyRequests, http.Header{"Retry-After": {c.after}}
				}
				client := newClient(t, transport.Options{Base: s})
				if status, err := get(t.Context(), client, slow, ""); err != nil || status != http.StatusTooManyRequests {
					t.Fatal(status, err)
				}
				if took := all(t, client, 20, same(c.target)); took != c.waits {
					t.Errorf("the next calls waited %s, want %s", took, c.waits)
				}
				if _, refused, _ := s.counts(); refused != c.refused {
					t.Errorf("%d calls were refused", refused)
				}
			})
		})
	}
}

func TestFirstComeFirstServed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const callers = 200
		// One call of the first window is refused, as if others had used it up: it keeps its place.
		s := &service{limit: 50, latency: 10 * time.Millisecond}
		s.refuse = func(call int, _ *http.Request) (int, http.Header) {
			if call != 1 {
				return 0, nil
			}
			now := time.Now()
			return http.StatusTooManyRequests, window(now, 50, 0, now.Add(20*time.Second))
		}
		client := newClient(t, transport.Options{Base: s, MaxRetries: 4})
		var wait sync.WaitGroup
		for i := range callers {
			wait.Go(func() {
				<-time.After(time.Duration(i) * time.Microsecond)
				if status, err := get(t.Context(), client, listDevices+"?n="+strconv.Itoa(i), ""); err != nil || status != http.StatusOK {
					t.Errorf("call %d: %d %v", i, status, err)
				}
			})
		}
		wait.Wait()
		// Those that go at the same time arrive in any order: what counts is the window.
		for at, served := range s.served {
			n, err := strconv.Atoi(served)
			if err != nil || n/45 != at/45 {
				t.Errorf("call %s was served as number %d", served, at)
			}
		}
		if _, refused, _ := s.counts(); refused != 1 || len(s.served) != callers {
			t.Errorf("%d refused, %d served", refused, len(s.served))
		}
	})
}

func TestARefusalHoldsTheOthersAndIsNotRepeated(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &service{limit: 100, latency: time.Second}
		client := newClient(t, transport.Options{Base: s, MaxRetries: 4})
		all(t, client, 5, same(listDevices))
		// Others use up the window; the client can't know.
		s.others("acme.okta.com", 95)
		first := make(chan time.Duration)
		go func() { first <- all(t, client, 1, same(listDevices)) }()
		<-time.After(2 * time.Second) // it has been refused
		took := all(t, client, 60, same(listDevices))
		if waited := <-first; waited < 55*time.Second || waited > 61*time.Second {
			t.Errorf("the call that was refused took %s", waited)
		}
		if _, refused, _ := s.counts(); refused != 1 || took < 50*time.Second || took > 67*time.Second {
			t.Errorf("%d calls were refused, and the others took %s", refused, took)
		}
	})
}

func TestOrganizationsDoNotHoldEachOther(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &service{limit: 20}
		client := newClient(t, transport.Options{Base: s})
		held := make(chan struct{})
		go func() {
			defer close(held)
			all(t, client, 60, same(listDevices))
		}()
		synctest.Wait()
		if took := all(t, client, 10, same("https://other.okta.com/api/v1/devices")); took != 0 {
			t.Errorf("the other organization's calls took %s", took)
		}
		<-held
	})
}

func TestWhoGoesAwayLeavesTheQueue(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &service{limit: 10}
		client := newClient(t, transport.Options{Base: s})
		all(t, client, 9, same(listDevices)) // what is left is the reserve
		ctx, cancel := context.WithCancel(t.Context())
		began := time.Now()
		var wait sync.WaitGroup
		for range 100 {
			wait.Go(func() {
				_, err := get(ctx, client, listDevices, "")
				_, held := errors.AsType[*failure.RateLimitError](err) // it was not sent
				if !held || !errors.Is(err, context.Canceled) || failure.Explain(err).What != "canceled" || time.Since(began) != 3*time.Second {
					t.Errorf("%v after %s", err, time.Since(began))
				}
			})
		}
		time.AfterFunc(3*time.Second, cancel)
		wait.Wait()
		if calls, _, _ := s.counts(); calls != 9 {
			t.Errorf("%d calls", calls)
		}
		// They have used nothing of the next window.
		if took := all(t, client, 9, same(listDevices)); took < 50*time.Second || took > time.Minute {
			t.Errorf("the next took %s", took)
		}
	})
}

func TestAWaitLongerThanTheTimeThatIsLeftIsNotBegun(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		left  time.Duration
		sent  bool
		waits time.Duration
	}{
		"less than the window":     {30 * time.Second, false, 0},
		"more than the window":     {2 * time.Minute, true, time.Minute},
		"exactly the window's end": {time.Minute, false, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := &service{limit: 10}
				client := newClient(t, transport.Options{Base: s, MaxRetries: 4})
				all(t, client, 9, same(listDevices))
				ctx, cancel := context.WithTimeout(t.Context(), c.left)
				defer cancel()
				began := time.Now()
				status, err := get(ctx, client, listDevices, "")
				if took := time.Since(began); took != c.waits {
					t.Errorf("it took %s", took)
				}
				if c.sent {
					if err != nil || status != http.StatusOK {
						t.Error(status, err)
					}
					return
				}
				var refused *failure.RateLimitError
				if !errors.As(err, &refused) {
					t.Fatalf("the error is %v", err)
				}
				if refused.Wait != time.Minute {
					t.Errorf("%+v", refused)
				}
				if explained := failure.Explain(err); !strings.Contains(explained.Do, "raise the resource's timeouts") {
					t.Errorf("%+v", explained)
				}
				if text := "the rate limit is used up for 1m0s more"; !strings.Contains(err.Error(), text) {
					t.Errorf("%q is not in %q", text, err)
				}
				if calls, _, _ := s.counts(); calls != 9 {
					t.Errorf("%d calls", calls)
				}
			})
		})
	}
}

func TestTheLogSaysWhyACallWaits(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var lines record
		s := &service{limit: 10}
		client := newClient(t, transport.Options{Base: s, Log: lines.log})
		for range 9 {
			if _, err := get(t.Context(), client, listDevices+"?search=hunter2", "hunter2"); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := get(t.Context(), client, listDevices+"/guo1?search=hunter2", "hunter2"); err != nil {
			t.Fatal(err)
		}
		got := lines.text()
		end := time.Date(2000, 1, 1, 0, 1, 0, 0, time.UTC).Format(time.RFC3339)
		for _, want := range []string{
			fmt.Sprint(slog.LevelInfo, " HTTP calls wait for the rate limit"), fmt.Sprint(slog.LevelDebug, " HTTP call continues"),
			"host:acme.okta.com", "limit:10", "remaining:1", "reserve:1", "window_ends:" + end, "wait:1m0s", "waited:1m0s",
		} {
			if !strings.Contains(got, want) {
				t.Errorf("%q is not in the log", want)
			}
		}
		if strings.Contains(got, "hunter2") || strings.Count(got, "wait for the rate limit,") != 1 {
			t.Error("the log shows a secret, or tells of a wait more than once")
		}
		if t.Failed() {
			t.Log(got)
		}
	})
}

func TestAnswersSayHowManyCallsWereTheClientsOwn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &service{limit: 100}
		s.others("acme.okta.com", 30)
		client := newClient(t, transport.Options{Base: s})
		var got pace.RateLimit
		for range 7 {
			resp, err := transport.Do(client, newRequest(t, t.Context(), http.MethodGet, listDevices, ""))
			if err != nil {
				t.Fatal(err)
			}
			_ = resp.Body.Close()
			got = pace.RateLimitIn(client, resp, time.Now())
		}
		if got.Own != 7 || got.Remaining != 63 {
			t.Errorf("%+v", got)
		}
	})
}

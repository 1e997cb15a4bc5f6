// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package pace_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"math"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/jarcoal/httpmock"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/credential"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/failure"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/pace"
)

// answer is one attempt's outcome: an error, or a status with headers. Headers that depend on the time are functions of
// it.
type answer struct {
	err     error
	status  int
	headers map[string]func(now time.Time) string
}

func status(code int) answer { return answer{status: code} }

func (a answer) with(header string, value func(time.Time) string) answer {
	headers := maps.Clone(a.headers)
	if headers == nil {
		headers = map[string]func(time.Time) string{}
	}
	headers[header] = value
	a.headers = headers
	return a
}

func (a answer) set(header, value string) answer {
	return a.with(header, func(time.Time) string { return value })
}

// limited is a 429 whose window ends after left, from a server whose clock is ahead by skew.
func limited(left, skew time.Duration) answer {
	return status(http.StatusTooManyRequests).
		set("X-Rate-Limit-Limit", "100").set("X-Rate-Limit-Remaining", "0").
		with("X-Rate-Limit-Reset", func(now time.Time) string {
			return strconv.FormatInt(now.Add(left+skew).Unix(), 10)
		}).
		with("Date", func(now time.Time) string { return now.Add(skew).UTC().Format(http.TimeFormat) })
}

// scripted answers with one answer after the other, then with 200.
func scripted(answers ...answer) httpmock.Responder {
	var mu sync.Mutex
	next := 0
	return func(req *http.Request) (*http.Response, error) {
		mu.Lock()
		defer mu.Unlock()
		a := status(http.StatusOK)
		if next < len(answers) {
			a = answers[next]
			next++
		}
		if a.err != nil {
			return nil, a.err
		}
		sent := "nothing"
		if req.Body != nil {
			data, err := io.ReadAll(req.Body)
			if err != nil {
				return nil, err
			}
			sent = string(data)
		}
		resp := httpmock.NewStringResponse(a.status, "sent "+sent)
		for header, value := range a.headers {
			resp.Header.Set(header, value(time.Now()))
		}
		return resp, nil
	}
}

var errReset = &net.OpError{Op: "read", Net: "tcp", Err: syscall.ECONNRESET}

func repeat(a answer, n int) []answer {
	var list []answer
	for range n {
		list = append(list, a)
	}
	return list
}

func TestRepeats(t *testing.T) {
	t.Parallel()
	const get, post, anyWait = http.MethodGet, http.MethodPost, time.Hour
	type want struct {
		status   int // 0: an error
		calls    int
		min, max time.Duration // of all waits
	}
	none := func(ctx context.Context) context.Context { return ctx }
	repeatable := pace.WithRepeatable
	few := func(n int) func(context.Context) context.Context {
		return func(ctx context.Context) context.Context { return pace.WithMaxRetries(ctx, n) }
	}
	unresolved := &net.DNSError{Err: "no such host", Name: "acme.okta.com", IsNotFound: true}
	unsure := &net.DNSError{Err: "server misbehaving", Name: "acme.okta.com", IsTemporary: true}
	ms := time.Millisecond
	cases := map[string]struct {
		method  string
		context func(context.Context) context.Context
		max     int
		answers []answer
		want    want
	}{
		"GET, an answer":                          {get, none, 4, nil, want{200, 1, 0, 0}},
		"GET, 400 is an answer":                   {get, none, 4, repeat(status(400), 9), want{400, 1, 0, 0}},
		"GET, 401 is an answer":                   {get, none, 4, repeat(status(401), 9), want{401, 1, 0, 0}},
		"GET, 408 is an answer":                   {get, none, 4, repeat(status(408), 9), want{408, 1, 0, 0}},
		"GET, 500 is an answer":                   {get, none, 4, repeat(status(500), 9), want{500, 1, 0, 0}},
		"GET, 501 is an answer":                   {get, none, 4, repeat(status(501), 9), want{501, 1, 0, 0}},
		"GET, 429 then well":                      {get, none, 4, repeat(status(429), 1), want{200, 2, 500 * ms, time.Second}},
		"GET, 502 then well":                      {get, none, 4, repeat(status(502), 1), want{200, 2, 500 * ms, time.Second}},
		"GET, 503 then well":                      {get, none, 4, repeat(status(503), 1), want{200, 2, 500 * ms, time.Second}},
		"GET, 504 then well":                      {get, none, 4, repeat(status(504), 1), want{200, 2, 500 * ms, time.Second}},
		"GET, broken connection then well":        {get, none, 4, repeat(answer{err: errReset}, 1), want{200, 2, 500 * ms, time.Second}},
		"GET, unsure name then well":              {get, none, 4, repeat(answer{err: unsure}, 1), want{200, 2, 500 * ms, time.Second}},
		"GET, a name that does not exist":         {get, none, 4, repeat(answer{err: unresolved}, 9), want{0, 1, 0, 0}},
		"GET, a proxy that refuses":               {get, none, 4, repeat(answer{err: &failure.ProxyError{Status: 407}}, 9), want{0, 1, 0, 0}},
		"GET, a proxy that can't reach it":        {get, none, 1, repeat(answer{err: &failure.ProxyError{Status: 503}}, 9), want{0, 2, 500 * ms, time.Second}},
		"GET, what is not HTTP":                   {get, none, 4, repeat(answer{err: errors.New(`malformed HTTP response "x"`)}, 9), want{0, 1, 0, 0}},
		"GET, waits double":                       {get, none, 4, repeat(status(503), 4), want{200, 5, 7500 * ms, 15 * time.Second}},
		"GET, the last answer is returned":        {get, none, 2, repeat(status(503), 9), want{503, 3, 1500 * ms, 3 * time.Second}},
		"GET, the last 429 is returned":           {get, none, 1, repeat(status(429), 9), want{429, 2, 500 * ms, time.Second}},
		"GET, the last error is returned":         {get, none, 2, repeat(answer{err: errReset}, 9), want{0, 3, 1500 * ms, 3 * time.Second}},
		"GET, an error, then an answer":           {get, none, 1, []answer{{err: errReset}, status(503), status(200)}, want{503, 2, 500 * ms, time.Second}},
		"GET, the cap of a wait":                  {get, none, 8, repeat(status(503), 8), want{200, 9, 15*4100*ms - 1, anyWait}},
		"GET, no repeats":                         {get, none, 0, repeat(status(503), 9), want{503, 1, 0, 0}},
		"GET, less than none":                     {get, none, -1, repeat(status(503), 9), want{503, 1, 0, 0}},
		"GET, the context lowers the number":      {get, few(1), 4, repeat(status(503), 9), want{503, 2, 500 * ms, time.Second}},
		"GET, the context lowers it to none":      {get, few(0), 4, repeat(status(503), 9), want{503, 1, 0, 0}},
		"GET, the context lowers it below":        {get, few(-3), 4, repeat(status(503), 9), want{503, 1, 0, 0}},
		"GET, the context does not raise it":      {get, few(9), 1, repeat(status(503), 9), want{503, 2, 500 * ms, time.Second}},
		"HEAD, 503 then well":                     {http.MethodHead, none, 4, repeat(status(503), 1), want{200, 2, 500 * ms, time.Second}},
		"POST, 429 then well":                     {post, none, 4, repeat(status(429), 1), want{200, 2, 500 * ms, time.Second}},
		"POST, 502":                               {post, none, 4, repeat(status(502), 9), want{502, 1, 0, 0}},
		"POST, 503":                               {post, none, 4, repeat(status(503), 9), want{503, 1, 0, 0}},
		"POST, 503 with Retry-After":              {post, none, 4, repeat(status(503).set("Retry-After", "1"), 9), want{503, 1, 0, 0}},
		"POST, 504":                               {post, none, 4, repeat(status(504), 9), want{504, 1, 0, 0}},
		"POST, broken connection":                 {post, none, 4, repeat(answer{err: errReset}, 9), want{0, 1, 0, 0}},
		"POST, 429, then 503":                     {post, none, 4, []answer{status(429), status(503)}, want{503, 2, 500 * ms, time.Second}},
		"PATCH, 503":                              {http.MethodPatch, none, 4, repeat(status(503), 9), want{503, 1, 0, 0}},
		"DELETE, broken connection":               {http.MethodDelete, none, 4, repeat(answer{err: errReset}, 9), want{0, 1, 0, 0}},
		"repeatable DELETE, broken connection":    {http.MethodDelete, repeatable, 4, repeat(answer{err: errReset}, 1), want{200, 2, 500 * ms, time.Second}},
		"repeatable PATCH, 503":                   {http.MethodPatch, repeatable, 4, repeat(status(503), 1), want{200, 2, 500 * ms, time.Second}},
		"repeatable POST, 504":                    {post, repeatable, 4, repeat(status(504), 1), want{200, 2, 500 * ms, time.Second}},
		"Retry-After in seconds":                  {get, none, 4, repeat(status(429).set("Retry-After", "7"), 1), want{200, 2, 7 * time.Second, 7 * time.Second}},
		"Retry-After with spaces":                 {get, none, 4, repeat(status(429).set("Retry-After", " 7 "), 1), want{200, 2, 7 * time.Second, 7 * time.Second}},
		"Retry-After of a 503":                    {get, none, 4, repeat(status(503).set("Retry-After", "7"), 1), want{200, 2, 7 * time.Second, 7 * time.Second}},
		"Retry-After of a POST's 429":             {post, none, 4, repeat(status(429).set("Retry-After", "7"), 1), want{200, 2, 7 * time.Second, 7 * time.Second}},
		"Retry-After of the longest wait":         {get, none, 4, repeat(status(429).set("Retry-After", "120"), 1), want{200, 2, 2 * time.Minute, 2 * time.Minute}},
		"Retry-After beyond the longest":          {get, none, 4, repeat(status(429).set("Retry-After", "121"), 9), want{429, 1, 0, 0}},
		"Retry-After beyond a duration":           {get, none, 4, repeat(status(429).set("Retry-After", "9223372037"), 9), want{429, 1, 0, 0}},
		"Retry-After beyond 64 bits":              {get, none, 4, repeat(status(429).set("Retry-After", "99999999999999999999"), 9), want{429, 1, 0, 0}},
		"Retry-After of 0":                        {get, none, 4, repeat(status(429).set("Retry-After", "0"), 1), want{200, 2, 500 * ms, time.Second}},
		"Retry-After below 0":                     {get, none, 4, repeat(status(429).set("Retry-After", "-5"), 1), want{200, 2, 500 * ms, time.Second}},
		"Retry-After of a fraction":               {get, none, 4, repeat(status(429).set("Retry-After", "1.5"), 1), want{200, 2, 500 * ms, time.Second}},
		"Retry-After that is no number":           {get, none, 4, repeat(status(429).set("Retry-After", "soon"), 1), want{200, 2, 500 * ms, time.Second}},
		"Retry-After as a date":                   {get, none, 4, repeat(status(429).with("Retry-After", httpDate(9*time.Second)), 1), want{200, 2, 9 * time.Second, 9 * time.Second}},
		"Retry-After as a date, Date ahead":       {get, none, 4, repeat(status(429).with("Retry-After", httpDate(time.Hour+9*time.Second)).with("Date", httpDate(time.Hour)), 1), want{200, 2, 9 * time.Second, 9 * time.Second}},
		"Retry-After as a date in the past":       {get, none, 4, repeat(status(429).with("Retry-After", httpDate(-time.Hour)), 1), want{200, 2, 500 * ms, time.Second}},
		"Retry-After as a date too far":           {get, none, 4, repeat(status(429).with("Retry-After", httpDate(time.Hour)), 9), want{429, 1, 0, 0}},
		"Okta's window":                           {get, none, 4, repeat(limited(42*time.Second, 0), 1), want{200, 2, 42 * time.Second, 42 * time.Second}},
		"Okta's window, its clock ahead":          {get, none, 4, repeat(limited(42*time.Second, time.Hour), 1), want{200, 2, 42 * time.Second, 42 * time.Second}},
		"Okta's window, its clock behind":         {get, none, 4, repeat(limited(42*time.Second, -time.Hour), 1), want{200, 2, 42 * time.Second, 42 * time.Second}},
		"Okta's window on a POST":                 {post, none, 4, repeat(limited(42*time.Second, 0), 1), want{200, 2, 42 * time.Second, 42 * time.Second}},
		"Okta's window without a Date":            {get, none, 4, repeat(limited(42*time.Second, 0).set("Date", ""), 1), want{200, 2, 42 * time.Second, 42 * time.Second}},
		"Okta's window, over already":             {get, none, 4, repeat(limited(0, 0), 1), want{200, 2, 500 * ms, time.Second}},
		"Okta's window, too far":                  {get, none, 4, repeat(limited(10*time.Minute, 0), 9), want{429, 1, 0, 0}},
		"Okta's window of a 503 plays no part":    {get, none, 4, repeat(answer{status: 503, headers: limited(42*time.Second, 0).headers}, 1), want{200, 2, 500 * ms, time.Second}},
		"Okta's Reset is no number":               {get, none, 4, repeat(limited(42*time.Second, 0).set("X-Rate-Limit-Reset", "soon"), 1), want{200, 2, 500 * ms, time.Second}},
		"Okta's Reset is negative":                {get, none, 4, repeat(limited(42*time.Second, 0).set("X-Rate-Limit-Reset", "-1"), 1), want{200, 2, 500 * ms, time.Second}},
		"Okta's Reset is beyond time":             {get, none, 4, repeat(limited(42*time.Second, 0).set("X-Rate-Limit-Reset", strconv.Itoa(math.MaxInt)), 1), want{200, 2, 500 * ms, time.Second}},
		"Okta's concurrency limit":                {get, none, 4, repeat(limited(42*time.Second, 0).set("X-Rate-Limit-Limit", "0"), 1), want{200, 2, 500 * ms, time.Second}},
		"Okta's concurrency limit, again":         {get, none, 6, repeat(limited(42*time.Second, 0).set("X-Rate-Limit-Limit", "0"), 6), want{200, 7, 9500 * ms, 19 * time.Second}},
		"Retry-After beats Okta's window":         {get, none, 4, repeat(limited(42*time.Second, 0).set("Retry-After", "3"), 1), want{200, 2, 3 * time.Second, 3 * time.Second}},
		"Retry-After beats the concurrency limit": {get, none, 4, repeat(limited(42*time.Second, 0).set("X-Rate-Limit-Limit", "0").set("Retry-After", "3"), 1), want{200, 2, 3 * time.Second, 3 * time.Second}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				mock := newMock(scripted(c.answers...))
				client := newClient(t, transport.Options{Base: mock, MaxRetries: c.max})
				start := time.Now()
				req := newRequest(t, c.context(t.Context()), c.method, acme, "body")
				got, err := fetch(client, req)
				waited := time.Since(start)
				if c.want.status == 0 {
					if err == nil {
						t.Fatalf("status %d, want an error", got.status)
					}
				} else {
					assertAnswer(t, got, err, c.want.status)
				}
				if calls := mock.GetTotalCallCount(); calls != c.want.calls {
					t.Errorf("%d calls, want %d", calls, c.want.calls)
				}
				if waited < c.want.min || waited > c.want.max {
					t.Errorf("waited %s, want %s to %s", waited, c.want.min, c.want.max)
				}
			})
		})
	}
}

func httpDate(after time.Duration) func(time.Time) string {
	return func(now time.Time) string { return now.Add(after).UTC().Format(http.TimeFormat) }
}

// assertAnswer checks the status, and that the body is there to be read: the last answer is never swallowed, and its
// request was sent whole.
func assertAnswer(t *testing.T, got reply, err error, want int) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	if got.status != want {
		t.Errorf("status %d, want %d", got.status, want)
	}
	if got.body != "sent body" {
		t.Errorf("the body is %q", got.body)
	}
}

func TestMaxRetriesOnlyEverFall(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		mock := newMock(scripted(repeat(status(http.StatusBadGateway), 99)...))
		client := newClient(t, transport.Options{Base: mock, MaxRetries: transport.DefaultMaxRetries})
		ctx := pace.WithMaxRetries(pace.WithMaxRetries(t.Context(), 1), 3)
		got, err := fetch(client, newRequest(t, ctx, http.MethodGet, acme, "body"))
		assertAnswer(t, got, err, http.StatusBadGateway)
		if calls := mock.GetTotalCallCount(); calls != 2 {
			t.Errorf("%d calls, want 2", calls)
		}
	})
}

func TestWaitThatTheDeadlineCutsIsNotBegun(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		answer   answer
		deadline time.Duration
		calls    int
	}{
		"the wait is longer than what is left":   {status(429).set("Retry-After", "10"), 5 * time.Second, 1},
		"the wait is as long as what is left":    {status(429).set("Retry-After", "10"), 10 * time.Second, 1},
		"the wait is shorter":                    {status(429).set("Retry-After", "10"), 10*time.Second + time.Millisecond, 2},
		"Okta's window is longer":                {limited(time.Minute, 0), 15 * time.Second, 1},
		"the backoff is longer":                  {status(503), 400 * time.Millisecond, 1},
		"the backoff is shorter":                 {status(503), 2 * time.Second, 2},
		"the backoff after an error is longer":   {answer{err: errReset}, 400 * time.Millisecond, 1},
		"the context has no time left to repeat": {status(503), time.Nanosecond, 1},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithTimeout(t.Context(), c.deadline)
				defer cancel()
				mock := newMock(scripted(c.answer))
				client := newClient(t, transport.Options{Base: mock, MaxRetries: 4})
				start := time.Now()
				got, err := fetch(client, newRequest(t, ctx, http.MethodGet, acme, "body"))
				switch {
				case c.calls == 2:
					assertAnswer(t, got, err, http.StatusOK)
				case c.answer.err != nil:
					if !errors.Is(err, c.answer.err) {
						t.Errorf("the error is %v", err)
					}
				default:
					assertAnswer(t, got, err, c.answer.status)
				}
				if calls := mock.GetTotalCallCount(); calls != c.calls {
					t.Errorf("%d calls, want %d", calls, c.calls)
				}
				if waited := time.Since(start); c.calls == 1 && waited != 0 {
					t.Errorf("waited %s", waited)
				}
			})
		})
	}
}

func TestCancellingEndsEverythingAtOnce(t *testing.T) {
	t.Parallel()
	hang := func(req *http.Request) (*http.Response, error) {
		<-req.Context().Done()
		return nil, fmt.Errorf("net/http: request canceled (%w)", context.Cause(req.Context()))
	}
	bodyHangs := func(req *http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: hangingBody{req.Context()}}, nil
	}
	cases := map[string]struct {
		method  string
		respond httpmock.Responder
	}{
		"while it waits before a repeat":     {http.MethodGet, scripted(repeat(status(429).set("Retry-After", "60"), 9)...)},
		"while a POST waits before a repeat": {http.MethodPost, scripted(repeat(status(429).set("Retry-After", "60"), 9)...)},
		"while there is no answer":           {http.MethodGet, hang},
		"while a POST has no answer":         {http.MethodPost, hang},
		"while the body is read":             {http.MethodGet, bodyHangs},
		"while a POST's body is read":        {http.MethodPost, bodyHangs},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithCancel(t.Context())
				time.AfterFunc(3*time.Second, cancel)
				mock := newMock(c.respond)
				client := newClient(t, transport.Options{Base: mock, MaxRetries: 4})
				start := time.Now()
				_, err := fetch(client, newRequest(t, ctx, c.method, acme, "body"))
				if !errors.Is(err, context.Canceled) || failure.Explain(err).What != "canceled" {
					t.Errorf("the error is %v", err)
				}
				if took := time.Since(start); took != 3*time.Second {
					t.Errorf("it took %s", took)
				}
				if calls := mock.GetTotalCallCount(); calls != 1 {
					t.Errorf("%d calls", calls)
				}
			})
		})
	}
}

// hangingBody sends nothing until its request ends, as a real body does.
type hangingBody struct{ ctx context.Context }

func (b hangingBody) Read([]byte) (int, error) {
	<-b.ctx.Done()
	return 0, b.ctx.Err()
}

func (hangingBody) Close() error { return nil }

// record collects log lines.
type record struct {
	mu    sync.Mutex
	lines []string
}

func (r *record) log(_ context.Context, level slog.Level, message string, fields map[string]any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.lines = append(r.lines, fmt.Sprint(level, " ", message, " ", fields))
}

func (r *record) text() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return strings.Join(r.lines, "\n")
}

func TestLogSaysWhyAndHowLongAndNoSecret(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var lines record
		mock := newMock(scripted(status(429).set("Retry-After", "7").set("X-Evil", "hunter2"), answer{err: errReset}, status(503).set("Retry-After", "700")))
		client := newClient(t, transport.Options{Base: mock, MaxRetries: 4, Log: lines.log})
		req := newRequest(t, pace.WithRepeatable(t.Context()), http.MethodPost, acme+"/api/v1/devices?search=hunter2", `{"apikey":"hunter2"}`)
		req = credential.Authorize(req, credential.OriginOf(req.URL), "SSWS", credential.NewSecret("hunter2"))
		if _, err := fetch(client, req); err != nil {
			t.Fatal(err)
		}
		got := lines.text()
		for _, want := range []string{
			"HTTP call is repeated after a wait", "reason:answered 429", "wait:7s", "wait_from:Retry-After",
			"reason:read tcp: connection reset by peer", "wait_from:backoff",
			"not repeated: the wait is longer than 2m0s", "wait:11m40s",
			"method:POST", "url:https://acme.okta.com/api/v1/devices", "status:429", "attempt:2",
		} {
			if !strings.Contains(got, want) {
				t.Errorf("%q is not in the log", want)
			}
		}
		if strings.Contains(got, "hunter2") {
			t.Error("the log shows a secret")
		}
		if t.Failed() {
			t.Log(got)
		}
	})
}

func TestRateLimitOf(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 3, 12, 0, 0, 0, time.UTC)
	epoch := func(after time.Duration) string { return strconv.FormatInt(now.Add(after).Unix(), 10) }
	date := func(after time.Duration) string { return now.Add(after).Format(http.TimeFormat) }
	cases := map[string]struct {
		limit, remaining, reset, date string
		want                          pace.RateLimit
		concurrency                   bool
	}{
		"all there":                   {"600", "599", epoch(30 * time.Second), date(0), pace.RateLimit{Limit: 600, Remaining: 599, Reset: now.Add(30 * time.Second), Known: true}, false},
		"the server's clock is ahead": {"600", "0", epoch(time.Hour + 30*time.Second), date(time.Hour), pace.RateLimit{Limit: 600, Reset: now.Add(30 * time.Second), Known: true}, false},
		"the server's clock is slow":  {"600", "0", epoch(-time.Hour + 30*time.Second), date(-time.Hour), pace.RateLimit{Limit: 600, Reset: now.Add(30 * time.Second), Known: true}, false},
		"no Date":                     {"600", "1", epoch(30 * time.Second), "", pace.RateLimit{Limit: 600, Remaining: 1, Reset: now.Add(30 * time.Second), Known: true}, false},
		"a Date that is none":         {"600", "1", epoch(30 * time.Second), "today", pace.RateLimit{Limit: 600, Remaining: 1, Reset: now.Add(30 * time.Second), Known: true}, false},
		"concurrency":                 {"0", "0", epoch(30 * time.Second), date(0), pace.RateLimit{Reset: now.Add(30 * time.Second), Known: true}, true},
		"nothing there":               {"", "", "", "", pace.RateLimit{}, false},
		"no Remaining":                {"0", "", "", "", pace.RateLimit{}, false},
		"no Reset":                    {"600", "5", "", "", pace.RateLimit{Limit: 600, Remaining: 5, Known: true}, false},
		"Reset alone":                 {"", "", epoch(time.Second), "", pace.RateLimit{Reset: now.Add(time.Second)}, false},
		"a Reset after the year 9999": {"600", "5", "253402300800", "", pace.RateLimit{Limit: 600, Remaining: 5, Known: true}, false},
		"a Reset of 0":                {"600", "5", "0", "", pace.RateLimit{Limit: 600, Remaining: 5, Known: true}, false},
		"a negative Limit":            {"-1", "5", "", "", pace.RateLimit{}, false},
		"a Limit that is no number":   {"many", "5", "", "", pace.RateLimit{}, false},
		"a Limit beyond 32 bits":      {"4294967296", "5", "", "", pace.RateLimit{}, false},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := http.Header{}
			h.Set("X-Rate-Limit-Limit", c.limit)
			h.Set("X-Rate-Limit-Remaining", c.remaining)
			h.Set("X-Rate-Limit-Reset", c.reset)
			h.Set("Date", c.date)
			got := pace.RateLimitOf(h, now)
			if got.Limit != c.want.Limit || got.Remaining != c.want.Remaining || got.Known != c.want.Known || !got.Reset.Equal(c.want.Reset) {
				t.Errorf("got  %+v\nwant %+v", got, c.want)
			}
			if got.IsConcurrency() != c.concurrency {
				t.Errorf("IsConcurrency: %t", got.IsConcurrency())
			}
		})
	}
}

// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package pace_test

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/failure"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/pace"
)

func TestABudgetEndsAsATimeoutDoes(t *testing.T) {
	t.Parallel()
	cause := errors.New("the user has pressed Ctrl-C")
	for name, c := range map[string]struct {
		parent func(context.Context) (context.Context, context.CancelFunc)
		cancel bool // the budget's own
		want   error
		cause  error
		after  time.Duration
	}{
		"when its time is used up": {nil, false, context.DeadlineExceeded, context.DeadlineExceeded, 15 * time.Second},
		"when it is cancelled":     {nil, true, context.Canceled, context.Canceled, time.Second},
		"with its parent's deadline": {
			func(ctx context.Context) (context.Context, context.CancelFunc) {
				return context.WithTimeout(ctx, 3*time.Second)
			},
			false, context.DeadlineExceeded, context.DeadlineExceeded, 3 * time.Second,
		},
		"with its parent, and for its cause": {
			func(ctx context.Context) (context.Context, context.CancelFunc) {
				parent, cancel := context.WithCancelCause(ctx)
				time.AfterFunc(2*time.Second, func() { cancel(cause) })
				return parent, func() { cancel(nil) }
			}, false, context.Canceled, cause, 2 * time.Second,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				parent := t.Context()
				if c.parent != nil {
					var cancel context.CancelFunc
					parent, cancel = c.parent(parent)
					defer cancel()
				}
				ctx, cancel := pace.WithBudget(parent, newClient(t, transport.Options{}), 15*time.Second, time.Minute)
				defer cancel()
				child, cancelChild := context.WithCancel(ctx)
				defer cancelChild()
				if ctx.Err() != nil {
					t.Fatal(ctx.Err())
				}
				if c.cancel {
					time.AfterFunc(time.Second, cancel)
				}
				began := time.Now()
				<-child.Done()
				if took := time.Since(began); took != c.after {
					t.Errorf("it ended after %s, want %s", took, c.after)
				}
				for _, ended := range []context.Context{ctx, child} {
					if !errors.Is(ended.Err(), c.want) || !errors.Is(context.Cause(ended), c.cause) {
						t.Errorf("it ended with %v (%v)", ended.Err(), context.Cause(ended))
					}
				}
			})
		})
	}
}

func TestABudgetIsNotUsedByAWaitForARateLimit(t *testing.T) {
	t.Parallel()
	const budget = 15 * time.Second
	for name, c := range map[string]struct {
		patience time.Duration
		latency  time.Duration
		refuse   bool // others have used the window: the call is refused first
		after    string
		err      error
		took     time.Duration
		status   int
	}{
		"a wait of a minute, and an answer in time":         {10 * time.Minute, time.Second, false, "", nil, 61 * time.Second, 200},
		"a wait, and an answer that does not come":          {10 * time.Minute, time.Hour, false, "", context.DeadlineExceeded, 75 * time.Second, 0},
		"a wait that is longer than all waits may be":       {20 * time.Second, time.Second, false, "", &failure.RateLimitError{}, 0, 0},
		"a window that a refusal tells of":                  {10 * time.Minute, time.Second, true, "", nil, 42 * time.Second, 200},
		"Retry-After is the service's time, and not waited": {10 * time.Minute, time.Second, true, "40", nil, time.Second, 429},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := &service{limit: 10}
				client := newClient(t, transport.Options{Base: s, MaxRetries: 1, RequestTimeout: time.Minute})
				if !c.refuse {
					all(t, client, 9, same(listDevices))
				}
				s.latency = c.latency
				s.refuse = func(call int, _ *http.Request) (int, http.Header) {
					if !c.refuse || call > 1 {
						return 0, nil
					}
					now := time.Now()
					header := window(now, 10, 0, now.Add(40*time.Second))
					header.Set("Retry-After", c.after)
					return http.StatusTooManyRequests, header
				}
				ctx, cancel := pace.WithBudget(t.Context(), client, budget, c.patience)
				defer cancel()
				began := time.Now()
				status, err := get(ctx, client, listDevices, "")
				var limited *failure.RateLimitError
				switch {
				case c.err == nil && err != nil, c.err != nil && err == nil:
					t.Errorf("the error is %v", err)
				case errors.As(c.err, &limited) && !errors.As(err, &limited):
					t.Errorf("the error is %v", err)
				case !errors.As(c.err, &limited) && !errors.Is(err, c.err):
					t.Errorf("the error is %v", err)
				}
				if took := time.Since(began); took != c.took || status != c.status {
					t.Errorf("%d after %s, want %d after %s", status, took, c.status, c.took)
				}
			})
		})
	}
}

// One call is made for several that wait for its result: its wait for a rate limit is taken from no budget of theirs.
func TestABudgetIsNotUsedByAWaitOfSomebodyElse(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &service{limit: 10}
		client := newClient(t, transport.Options{Base: s, RequestTimeout: time.Hour})
		all(t, client, 9, same(listDevices))
		began := time.Now()
		var wait sync.WaitGroup
		for _, c := range []struct{ begins, ends time.Duration }{
			{0, 75 * time.Second},                // 60 s do not count
			{10 * time.Second, 75 * time.Second}, // 50 s do not
			{time.Minute, 75 * time.Second},
		} {
			wait.Go(func() {
				<-time.After(c.begins)
				ctx, cancel := pace.WithBudget(t.Context(), client, 15*time.Second, 10*time.Minute)
				defer cancel()
				<-ctx.Done()
				if took := time.Since(began); took != c.ends {
					t.Errorf("the budget that began after %s ended after %s, want %s", c.begins, took, c.ends)
				}
			})
		}
		if status, err := get(t.Context(), client, listDevices, ""); err != nil || status != http.StatusOK {
			t.Error(status, err)
		}
		wait.Wait()
	})
}

func TestACallThatTimesOutIsRepeatedOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &service{limit: 10, latency: time.Hour}
		client := newClient(t, transport.Options{Base: s, MaxRetries: transport.DefaultMaxRetries})
		_, err := get(t.Context(), client, listDevices, "")
		if late := new(failure.TimeoutError); !errors.As(err, &late) || s.calls != 2 {
			t.Errorf("%d attempts, error %v", s.calls, err)
		}
	})
}

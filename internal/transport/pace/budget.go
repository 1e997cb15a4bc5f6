// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package pace

import (
	"context"
	"net/http"
	"sync"
	"time"
)

// WithBudget is context.WithTimeout, but the time in which a call of client waits for a rate limit does not count: such
// a wait says nothing about the service, and lasts as long as others use the limit up. Whoever shares the result of
// that call has the same clock. All in all the context lasts no longer than budgeted + waits.
func WithBudget(ctx context.Context, client *http.Client, budgeted, waits time.Duration) (context.Context, context.CancelFunc) {
	made := of(client)
	if made == nil {
		return context.WithTimeout(ctx, budgeted)
	}
	bounded, cancel := context.WithTimeout(ctx, budgeted+waits)
	b := &budget{Context: bounded, done: make(chan struct{}), held: &made.gates.held, began: time.Now(), length: budgeted}
	b.heldBefore = b.held.total()
	b.mu.Lock()
	b.timer = time.AfterFunc(budgeted, b.check)
	b.mu.Unlock()
	unwatch := context.AfterFunc(bounded, func() { b.end(bounded.Err()) })
	return b, func() {
		unwatch()
		b.end(context.Canceled)
		cancel()
	}
}

// budget is the context that WithBudget returns. Those of package context can't move their end.
type budget struct {
	context.Context // has the deadline that never moves
	done            chan struct{}
	held            *stopwatch
	began           time.Time
	heldBefore      time.Duration
	length          time.Duration

	mu    sync.Mutex
	err   error
	timer *time.Timer
}

type budgetKey struct{}

// Done implements context.Context.
func (b *budget) Done() <-chan struct{} { return b.done }

// Err implements context.Context.
func (b *budget) Err() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.err
}

// Value implements context.Context.
func (b *budget) Value(key any) any {
	if _, ok := key.(budgetKey); ok {
		return b
	}
	return b.Context.Value(key)
}

// check ends the budget if it is used up, or looks again when it could be.
func (b *budget) check() {
	left := b.left()
	if left <= 0 {
		b.end(context.DeadlineExceeded)
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.err == nil {
		b.timer.Reset(max(left, 10*time.Millisecond)) // a wait for a rate limit leaves it as it is
	}
}

func (b *budget) left() time.Duration {
	return b.length - time.Since(b.began) + b.held.total() - b.heldBefore
}

func (b *budget) end(err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.err != nil {
		return
	}
	b.err = err
	b.timer.Stop()
	close(b.done)
}

// timeLeft returns what is left of ctx's time, and whether it ends at all. A wait for a window's end is taken from no
// budget; how long Retry-After asks for is the service's own affair.
func timeLeft(ctx context.Context, forReset bool) (time.Duration, bool) {
	deadline, bounded := ctx.Deadline()
	left := time.Until(deadline)
	if b, ok := ctx.Value(budgetKey{}).(*budget); ok && !forReset {
		left = min(left, b.left())
	}
	return left, bounded
}

// stopwatch adds up the time in which at least one call waits for a rate limit.
type stopwatch struct {
	mu      sync.Mutex
	waiting int
	since   time.Time
	sum     time.Duration
}

func (s *stopwatch) start() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.waiting == 0 {
		s.since = time.Now()
	}
	s.waiting++
}

func (s *stopwatch) stop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.waiting--
	if s.waiting == 0 {
		s.sum += time.Since(s.since)
	}
}

func (s *stopwatch) total() time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.waiting > 0 {
		return s.sum + time.Since(s.since)
	}
	return s.sum
}

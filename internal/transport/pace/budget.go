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
// a wait says nothing about the service, and lasts as long as others use the limit up. The calls of a client share one
// clock, because several may wait for the result of one. In all, the context lasts no longer than budgeted + waits.
func WithBudget(ctx context.Context, client *http.Client, budgeted, waits time.Duration) (context.Context, context.CancelFunc) {
	made := of(client)
	if made == nil {
		return context.WithTimeout(ctx, budgeted)
	}
	bounded, cancel := context.WithTimeout(ctx, budgeted+waits)
	b := &budget{Context: bounded, done: make(chan struct{}), held: &made.held, end: time.Now().Add(budgeted - made.held.count(0))}
	go b.watch()
	return b, cancel
}

// budget is the context that WithBudget returns. Those of package context can't move their end.
type budget struct {
	context.Context // its deadline never moves
	done            chan struct{}
	err             error // may be read when done is closed
	held            *stopwatch
	end             time.Time // but for the time on held
}

type budgetKey struct{}

// Done is context.Context's.
func (b *budget) Done() <-chan struct{} { return b.done }

// Err is context.Context's.
func (b *budget) Err() error {
	select {
	case <-b.done:
		return b.err
	default:
		return nil
	}
}

// Value is context.Context's.
func (b *budget) Value(key any) any {
	if _, ok := key.(budgetKey); ok {
		return b
	}
	return b.Context.Value(key)
}

// watch ends the budget.
func (b *budget) watch() {
	defer close(b.done)
	b.err = context.DeadlineExceeded
	for left := b.left(); left > 0; left = b.left() {
		select {
		case <-time.After(max(left, 10*time.Millisecond)): // a wait for a rate limit leaves what is left as it is
		case <-b.Context.Done():
			b.err = b.Context.Err()
			return
		}
	}
}

func (b *budget) left() time.Duration { return time.Until(b.end) + b.held.count(0) }

// timeLeft returns what is left of ctx's time, and whether it ends at all. A wait for a window's end is taken from no
// budget; the wait that Retry-After asks for is.
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

// count changes the number of calls that wait, and returns the sum so far.
func (s *stopwatch) count(more int) time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	if s.waiting > 0 {
		s.sum += now.Sub(s.since)
	}
	s.since, s.waiting = now, s.waiting+more
	return s.sum
}

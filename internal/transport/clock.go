// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package transport

import (
	"context"
	"sync"
	"time"
)

// WithBudget is context.WithTimeout with a clock that stands still while a call with the context waits for a rate
// limit: such a wait says nothing of the service that is called, and lasts as long as others use the limit up. It
// stands still for patience at most, all waits together. ctx's own deadline holds as ever, and is the only one that
// Deadline knows of.
func WithBudget(ctx context.Context, budgeted, patience time.Duration) (context.Context, context.CancelFunc) {
	b := &budget{Context: ctx, done: make(chan struct{}), left: budgeted, patience: patience, since: time.Now()}
	b.mu.Lock()
	b.arm(budgeted)
	b.mu.Unlock()
	unwatch := context.AfterFunc(ctx, func() { b.end(ctx.Err()) })
	return b, func() {
		unwatch()
		b.end(context.Canceled)
	}
}

// A clock can be made to stand still. Each stop is followed by one start.
type clock interface {
	stop()
	start()
}

// clockNode is what a context says of the clocks that stand still while a call with it waits.
type clockNode struct {
	clock  clock
	parent context.Context // whose clocks stand still too; nil: none
}

type clockKey struct{}

// clocksOf returns the clocks of ctx, the innermost first.
func clocksOf(ctx context.Context) []clock {
	node, ok := ctx.Value(clockKey{}).(*clockNode)
	switch {
	case !ok:
		return nil
	case node.parent == nil:
		return []clock{node.clock}
	default:
		return append([]clock{node.clock}, clocksOf(node.parent)...)
	}
}

// stopClocks stops the clocks of ctx. Its result, called once or several times, lets them run on.
func stopClocks(ctx context.Context) (start func()) {
	stopped := clocksOf(ctx)
	for _, c := range stopped {
		c.stop()
	}
	return sync.OnceFunc(func() {
		for _, c := range stopped {
			c.start()
		}
	})
}

// budgetEnd is when the first of ctx's budgets is used up if their clocks run on; zero where it has none.
func budgetEnd(ctx context.Context, now time.Time) time.Time {
	var first time.Time
	for _, c := range clocksOf(ctx) {
		if b, ok := c.(*budget); ok {
			first = earlier(first, now.Add(b.remaining(now)))
		}
	}
	return first
}

// earlier returns the earlier of two times, where zero is no time.
func earlier(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

// budget is the context that WithBudget returns. It is none of package context's own, because those that end with their
// deadline can't move it.
type budget struct {
	context.Context
	done chan struct{}

	mu       sync.Mutex
	err      error
	left     time.Duration // of the time to use, at since
	patience time.Duration // of the time to stand still, at since
	since    time.Time     // when the clock began to run, or to stand still
	stops    int
	timer    *time.Timer
	armed    int // counts timers: one that fired too late to be stopped is recognised by it
}

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
	if _, ok := key.(clockKey); ok {
		return &clockNode{clock: b, parent: b.Context}
	}
	return b.Context.Value(key)
}

func (b *budget) end(err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.endLocked(err)
}

func (b *budget) endLocked(err error) {
	if b.err != nil {
		return
	}
	b.err = err
	b.timer.Stop()
	close(b.done)
}

// arm makes the budget end after d, unless it is armed anew before.
func (b *budget) arm(d time.Duration) {
	if b.timer != nil {
		b.timer.Stop()
	}
	b.armed++
	mine := b.armed
	b.timer = time.AfterFunc(d, func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		if b.armed == mine {
			b.endLocked(context.DeadlineExceeded)
		}
	})
}

// stop implements clock.
func (b *budget) stop() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.stops++
	if b.stops > 1 || b.err != nil {
		return
	}
	now := time.Now()
	b.left -= now.Sub(b.since)
	b.since = now
	b.arm(b.patience)
}

// start implements clock.
func (b *budget) start() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.stops--
	if b.stops > 0 || b.err != nil {
		return
	}
	now := time.Now()
	b.patience -= now.Sub(b.since)
	b.since = now
	b.arm(b.left)
}

// remaining is what is left to use.
func (b *budget) remaining(now time.Time) time.Duration {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.stops > 0 {
		return b.left
	}
	return b.left - now.Sub(b.since)
}

// Followers are those who wait for the same call: while that waits for a rate limit, the clocks of all of them stand
// still, not only the clock of the one who happened to make it. The zero value is ready.
type Followers struct {
	mu      sync.Mutex
	waits   int
	members map[*follower]struct{}
}

type follower struct {
	ctx   context.Context
	start func() // nil while its clocks run
}

// Context returns ctx for the call that the followers wait for. The clocks that ctx had do not stand still by
// themselves any more: whoever they belong to is to Join.
func (f *Followers) Context(ctx context.Context) context.Context {
	return context.WithValue(ctx, clockKey{}, &clockNode{clock: f})
}

// Join makes the clocks of ctx follow, until leave is called.
func (f *Followers) Join(ctx context.Context) (leave func()) {
	joined := &follower{ctx: ctx}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.members == nil {
		f.members = map[*follower]struct{}{}
	}
	f.members[joined] = struct{}{}
	if f.waits > 0 {
		joined.start = stopClocks(ctx)
	}
	return func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		delete(f.members, joined)
		joined.goOn()
	}
}

func (f *follower) goOn() {
	if f.start != nil {
		f.start()
		f.start = nil
	}
}

// stop implements clock.
func (f *Followers) stop() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.waits++
	if f.waits > 1 {
		return
	}
	for member := range f.members {
		member.start = stopClocks(member.ctx)
	}
}

// start implements clock.
func (f *Followers) start() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.waits--
	if f.waits > 0 {
		return
	}
	for member := range f.members {
		member.goOn()
	}
}

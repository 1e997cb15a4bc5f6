// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

// Package memo keeps what was asked for, and lets all who ask share one answer.
package memo

import (
	"context"
	"sync"
)

// Memo keeps what was fetched for the life of the process. It is safe for concurrent use. The zero value is not usable;
// see New.
type Memo struct {
	mu sync.Mutex
	// flights holds a *flight[T] under each memoKey[T].
	flights map[any]any
}

// New makes an empty memo.
func New() *Memo { return &Memo{flights: map[any]any{}} }

// memoKey keeps values of different types apart, so that a name can't be read back as another type.
type memoKey[T any] struct{ name string }

// flight is one load, running or done.
type flight[T any] struct {
	done    chan struct{}
	cancel  context.CancelFunc
	waiters int
	value   T
	err     error
}

func (f *flight[T]) ended() bool {
	select {
	case <-f.done:
		return true
	default:
		return false
	}
}

// Remember returns what load gave under this key, and calls it only if no call has succeeded yet. Callers that come
// while one runs share it. The load outlives a caller that gives up, and is canceled when the last one has; its context
// has no other end. A caller whose ctx ends gets its cause. Errors are shared with those that wait, and not kept.
// Values are shared: nobody may change one.
func Remember[T any](ctx context.Context, memo *Memo, key string, load func(context.Context) (T, error)) (T, error) {
	return Renew(ctx, memo, key, nil, load)
}

// Renew is Remember, but also loads again if good does not accept the value that is kept. nil accepts any.
func Renew[T any](ctx context.Context, memo *Memo, key string, good func(T) bool, load func(context.Context) (T, error)) (T, error) {
	mine := board(ctx, memo, memoKey[T]{name: key}, good, load)
	if mine != nil && !mine.ended() {
		select {
		case <-mine.done:
		case <-ctx.Done():
			leave(memo, memoKey[T]{name: key}, mine)
			mine = nil
		}
	}
	if mine == nil {
		var none T
		return none, context.Cause(ctx)
	}
	return mine.value, mine.err
}

// Start runs load in the background. The function that it returns waits for the result.
func Start[T any](load func() (T, error)) func() (T, error) {
	started := &flight[T]{done: make(chan struct{})}
	go func() {
		defer close(started.done)
		started.value, started.err = load()
	}()
	return func() (T, error) {
		<-started.done
		return started.value, started.err
	}
}

// board joins the flight under key, or starts it; nil if it would have to start it for a ctx that has ended.
func board[T any](ctx context.Context, memo *Memo, key memoKey[T], good func(T) bool, load func(context.Context) (T, error)) *flight[T] {
	memo.mu.Lock()
	defer memo.mu.Unlock()
	if running, ok := memo.flights[key].(*flight[T]); ok && (!running.ended() || running.err == nil && (good == nil || good(running.value))) {
		running.waiters++
		return running
	}
	if ctx.Err() != nil {
		return nil
	}
	loadCtx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	started := &flight[T]{done: make(chan struct{}), cancel: cancel, waiters: 1}
	memo.flights[key] = started
	go func() {
		defer cancel()
		value, err := load(loadCtx)
		memo.mu.Lock()
		defer memo.mu.Unlock()
		started.value, started.err = value, err
		if err != nil && memo.flights[key] == started {
			delete(memo.flights, key)
		}
		close(started.done)
	}()
	return started
}

// leave cancels a flight that nobody waits for any more, and makes room for the next one.
func leave[T any](memo *Memo, key memoKey[T], mine *flight[T]) {
	memo.mu.Lock()
	defer memo.mu.Unlock()
	mine.waiters--
	if mine.waiters > 0 || mine.ended() {
		return
	}
	mine.cancel()
	if memo.flights[key] == mine {
		delete(memo.flights, key)
	}
}

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

// kept reports whether the load succeeded, with a value that good accepts (nil: any).
func (f *flight[T]) kept(good func(T) bool) bool {
	return f.ended() && f.err == nil && (good == nil || good(f.value))
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
	var none T
	if value, found := Peek(memo, key, good); found {
		return value, nil
	}
	if ctx.Err() != nil {
		return none, context.Cause(ctx)
	}
	mine := board(ctx, memo, memoKey[T]{name: key}, good, load)
	select {
	case <-mine.done:
		return mine.value, mine.err
	case <-ctx.Done():
		leave(memo, memoKey[T]{name: key}, mine)
		return none, context.Cause(ctx)
	}
}

// Peek returns the value that is kept under this key, if good accepts it. It loads nothing.
func Peek[T any](memo *Memo, key string, good func(T) bool) (value T, found bool) {
	memo.mu.Lock()
	defer memo.mu.Unlock()
	if known, ok := memo.flights[memoKey[T]{name: key}].(*flight[T]); ok && known.kept(good) {
		return known.value, true
	}
	return value, false
}

// board joins the flight under key, or starts it.
func board[T any](ctx context.Context, memo *Memo, key memoKey[T], good func(T) bool, load func(context.Context) (T, error)) *flight[T] {
	memo.mu.Lock()
	defer memo.mu.Unlock()
	if running, ok := memo.flights[key].(*flight[T]); ok && (!running.ended() || running.kept(good)) {
		running.waiters++
		return running
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

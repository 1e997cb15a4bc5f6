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

// Remember returns what load gave under this key, and calls it only where no call succeeded yet. Callers that come
// while one runs share it. The load outlives a caller that gives up, and is cancelled when the last one has. Errors are
// shared with those that wait, and not kept. Values are shared: nobody may change one.
func Remember[T any](ctx context.Context, memo *Memo, key string, load func(context.Context) (T, error)) (T, error) {
	mine := board(ctx, memo, memoKey[T]{name: key}, load)
	select {
	case <-mine.done:
		return mine.value, mine.err
	case <-ctx.Done():
		leave(memo, memoKey[T]{name: key}, mine)
		var none T
		return none, ctx.Err()
	}
}

// board joins the flight under key, or starts it.
func board[T any](ctx context.Context, memo *Memo, key memoKey[T], load func(context.Context) (T, error)) *flight[T] {
	memo.mu.Lock()
	defer memo.mu.Unlock()
	if running, ok := memo.flights[key].(*flight[T]); ok {
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
	if mine.waiters > 0 {
		return
	}
	select {
	case <-mine.done:
	default:
		mine.cancel()
		if memo.flights[key] == mine {
			delete(memo.flights, key)
		}
	}
}

// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package preflight

import (
	"context"
	"errors"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"
)

// shared keeps what a load gave, and lets all who ask while one is under way share it. The zero value is ready.
type shared[T any] struct {
	flights singleflight.Group

	mu      sync.Mutex
	kept    bool
	value   T
	waiting int
	// loading is the context of loads. It ends when nobody waits any more, not with the one caller that happened to be
	// first.
	loading context.Context
	cancel  context.CancelFunc
}

// lastWord is how long a caller whose time has ended waits for the error of what it waited for.
const lastWord = 200 * time.Millisecond

// get returns the kept value where good says that it will do (nil: any will), and else what load gives. An error is not
// kept. A caller whose own ctx ends gets that context's cause as an error; the others go on waiting.
func (s *shared[T]) get(ctx context.Context, good func(T) bool, load func(context.Context) (T, error)) (T, error) {
	var none T
	loading, value, found := s.begin(ctx, good)
	if found {
		return value, nil
	}
	defer s.end()
	if ctx.Err() != nil {
		return none, context.Cause(ctx)
	}
	result := s.flights.DoChan("", func() (any, error) {
		// Another load may have ended between the look above and this one.
		if value, found := s.peek(good); found {
			return value, nil
		}
		value, err := load(loading)
		if err != nil {
			return none, err
		}
		s.keep(value)
		return value, nil
	})
	select {
	case r := <-result:
		value, _ := r.Val.(T)
		return value, r.Err
	case <-ctx.Done():
	}
	// A load whose time ends with this caller's is about to say what it was waiting for.
	patience := lastWord
	if !errors.Is(ctx.Err(), context.DeadlineExceeded) {
		patience = 0
	}
	late := time.NewTimer(patience)
	defer late.Stop()
	select {
	case r := <-result:
		value, _ := r.Val.(T)
		return value, r.Err
	case <-late.C:
		return none, context.Cause(ctx)
	}
}

// peek returns the kept value where it will do.
func (s *shared[T]) peek(good func(T) bool) (T, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.value, s.kept && (good == nil || good(s.value))
}

func (s *shared[T]) keep(value T) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.value, s.kept = value, true
}

// begin is peek, and joins those who wait where that finds nothing.
func (s *shared[T]) begin(ctx context.Context, good func(T) bool) (loading context.Context, value T, found bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.kept && (good == nil || good(s.value)) {
		return nil, s.value, true
	}
	if s.waiting == 0 {
		s.loading, s.cancel = context.WithCancel(context.WithoutCancel(ctx)) //nolint:gosec // end calls it
	}
	s.waiting++
	return s.loading, value, false
}

// end leaves those who wait. The last one cancels what is still under way, and sees to it that nobody joins that any
// more.
func (s *shared[T]) end() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.waiting--
	if s.waiting == 0 {
		s.cancel()
		s.flights.Forget("")
	}
}

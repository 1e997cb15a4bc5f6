// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package memo

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
)

var errLoad = errors.New("load failed")

func TestRememberLoadsOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var (
			loads atomic.Int64
			gate  = make(chan struct{})
			memo  = New()
			done  = make(chan int, 20)
		)
		for range 20 {
			go func() {
				value, err := Remember(t.Context(), memo, "key", func(context.Context) (int, error) {
					<-gate
					return int(loads.Add(1)), nil
				})
				if err != nil {
					t.Errorf("remember: %v", err)
				}
				done <- value
			}()
		}
		synctest.Wait()
		close(gate)
		for range 20 {
			if value := <-done; value != 1 {
				t.Errorf("a caller got the value of load %d", value)
			}
		}
		later, err := Remember(t.Context(), memo, "key", func(context.Context) (int, error) { return 99, nil })
		if later != 1 || err != nil {
			t.Errorf("a later caller got %d, %v", later, err)
		}
	})
}

func TestRememberForgetsErrors(t *testing.T) {
	t.Parallel()
	memo := New()
	if _, err := Remember(t.Context(), memo, "key", func(context.Context) (int, error) { return 0, errLoad }); !errors.Is(err, errLoad) {
		t.Fatalf("the error is %v", err)
	}
	value, err := Remember(t.Context(), memo, "key", func(context.Context) (int, error) { return 2, nil })
	if value != 2 || err != nil {
		t.Errorf("after an error comes %d, %v", value, err)
	}
}

func TestRememberKeepsKeysAndTypesApart(t *testing.T) {
	t.Parallel()
	memo := New()
	number := func(n int) func(context.Context) (int, error) {
		return func(context.Context) (int, error) { return n, nil }
	}
	for key, want := range map[string]int{"one": 1, "two": 2} {
		if got, err := Remember(t.Context(), memo, key, number(want)); got != want || err != nil {
			t.Errorf("%s is %d, %v", key, got, err)
		}
	}
	text, err := Remember(t.Context(), memo, "one", func(context.Context) (string, error) { return "text", nil })
	if text != "text" || err != nil {
		t.Errorf("the same key with another type is %q, %v", text, err)
	}
}

func TestRememberOutlivesOneCaller(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		memo, gate := New(), make(chan struct{})
		load := func(ctx context.Context) (int, error) {
			select {
			case <-gate:
				return 1, nil
			case <-ctx.Done():
				return 0, ctx.Err()
			}
		}
		first, cancelFirst := context.WithCancel(t.Context())
		firstErr, secondValue := make(chan error, 1), make(chan int, 1)
		go func() {
			_, err := Remember(first, memo, "key", load)
			firstErr <- err
		}()
		synctest.Wait()
		go func() {
			value, err := Remember(t.Context(), memo, "key", load)
			if err != nil {
				t.Errorf("the second caller: %v", err)
			}
			secondValue <- value
		}()
		synctest.Wait()
		cancelFirst()
		if err := <-firstErr; !errors.Is(err, context.Canceled) {
			t.Errorf("the caller that gave up got %v", err)
		}
		close(gate)
		if value := <-secondValue; value != 1 {
			t.Errorf("the caller that stayed got %d", value)
		}
	})
}

func TestRememberCancelsWhatNobodyWaitsFor(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		memo, ended := New(), make(chan error, 1)
		caller, cancel := context.WithCancel(t.Context())
		go func() {
			_, _ = Remember(caller, memo, "key", func(ctx context.Context) (int, error) {
				<-ctx.Done()
				ended <- ctx.Err()
				return 0, ctx.Err()
			})
		}()
		synctest.Wait()
		cancel()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Errorf("the load ended with %v", err)
		}
		value, err := Remember(t.Context(), memo, "key", func(context.Context) (int, error) { return 5, nil })
		if value != 5 || err != nil {
			t.Errorf("the next caller got %d, %v", value, err)
		}
	})
}

// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package preflight

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

func TestNobodyJoinsALoadThatWasCancelled(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var kept shared[string]
		release := make(chan struct{})
		defer close(release)
		short, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err := kept.get(short, nil, func(ctx context.Context) (string, error) {
			<-release // it hears of its end late
			return "", ctx.Err()
		})
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("the caller whose time is over gets the error %v", err)
		}
		began := time.Now()
		value, err := kept.get(t.Context(), nil, func(context.Context) (string, error) { return "anew", nil })
		if value != "anew" || err != nil || time.Since(began) != 0 {
			t.Errorf("the next caller gets %q, %v after %v", value, err, time.Since(began))
		}
	})
}

func TestACallerWhoseTimeIsOverStartsNoLoad(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var kept shared[string]
		over, cancel := context.WithCancelCause(t.Context())
		why := errors.New("the user has pressed Ctrl-C")
		cancel(why)
		loaded := false
		_, err := kept.get(over, nil, func(context.Context) (string, error) {
			loaded = true
			return "", nil
		})
		synctest.Wait()
		if loaded || !errors.Is(err, why) {
			t.Errorf("loaded is %t, the error %v", loaded, err)
		}
	})
}

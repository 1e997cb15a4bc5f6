// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package lifecycle

import (
	"context"
	"errors"
	"time"

	"github.com/cenkalti/backoff/v5"
)

const (
	firstPause   = 200 * time.Millisecond
	longestPause = 10 * time.Second
	// failedPolls is how many looks in a row may fail before a poll gives up.
	failedPolls = 3
)

// poll looks, with growing pauses, until the look says done, returns a final error, or has failed a few times in a row;
// or until ctx ends.
func poll(ctx context.Context, first time.Duration, look func(context.Context) (done bool, err error)) error {
	pauses := backoff.NewExponentialBackOff()
	pauses.InitialInterval, pauses.MaxInterval = first, longestPause
	for failures := 0; ; {
		done, err := look(ctx)
		switch {
		case ctx.Err() != nil:
			return &endedError{ctx.Err(), err}
		case errors.As(err, new(*finalError)):
			return err
		case err != nil:
			if failures++; failures >= failedPolls {
				return err
			}
		case done:
			return nil
		default:
			failures = 0
		}
		select {
		case <-time.After(pauses.NextBackOff()):
		case <-ctx.Done():
			return &endedError{ctx.Err(), err}
		}
	}
}

// pollFor is poll with a bound of its own: if it reaches that, it gives up, which is no error.
func pollFor(ctx context.Context, bound time.Duration, look func(context.Context) (done bool, err error)) (gaveUp bool, err error) {
	bounded, cancel := context.WithTimeout(ctx, bound)
	defer cancel()
	err = poll(bounded, firstPause, look)
	if bounded.Err() != nil && ctx.Err() == nil {
		return true, nil
	}
	return false, err
}

// endedError is the end of a poll by its context.
type endedError struct {
	context error
	last    error // of the last look; nil if it succeeded
}

func (e *endedError) Error() string {
	text := "the wait reached its timeout"
	if errors.Is(e.context, context.Canceled) {
		text = "the wait was interrupted"
	}
	if e.last != nil {
		text += ". The last call failed: " + e.last.Error()
	}
	return text
}

func (e *endedError) Unwrap() error { return e.context }

// finalError ends a poll at once; other errors of a look may pass.
type finalError struct{ error }

func final(err error) error { return &finalError{err} }

func (e *finalError) Unwrap() error { return e.error }

// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package wire

import (
	"context"
	"time"
)

// Clock has the time. Both clouds and the engine use the same clock.
type Clock func() time.Time

// Tempo divides the times that Sekoia takes; 1 is real time.
type Tempo float64

// Scaled is how long d takes at this tempo.
func (t Tempo) Scaled(d time.Duration) time.Duration {
	return time.Duration(min(float64(d)/float64(t), 1<<62)) // 146 years: more would overflow, and be no time at all
}

// Pause waits, and reports whether it waited to the end: false if ctx ended first.
func Pause(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return ctx.Err() == nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package wire

import (
	"testing"
	"time"
)

func TestTimesAreDividedByTheTempo(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		tempo Tempo
		want  time.Duration
	}{{1, time.Hour}, {1000, 3600 * time.Millisecond}, {0.5, 2 * time.Hour}, {1e-9, 1 << 62}} {
		if got := c.tempo.Scaled(time.Hour); got != c.want {
			t.Errorf("an hour at the tempo %v is %s, want %s", c.tempo, got, c.want)
		}
	}
}

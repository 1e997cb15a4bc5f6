// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

//go:build unix

package main

import (
	"bytes"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/cli"
)

func TestMedian(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		values []float64
		want   float64
	}{
		"one":         {[]float64{3}, 3},
		"an odd one":  {[]float64{9, 1, 2}, 2},
		"an even one": {[]float64{4, 1, 2, 9}, 3},
	} {
		if got := median(test.values); got != test.want {
			t.Errorf("%s: the median is %v, want %v", name, got, test.want)
		}
	}
}

func TestTableSaysWhatWasMissed(t *testing.T) {
	t.Parallel()
	var made rounds
	for _, wall := range []time.Duration{6 * time.Second, 8 * time.Second, 7 * time.Second} {
		round := made.begin()
		for _, each := range []subject{bareDevices, bareStart} {
			round[each] = usage{wall: 10 * time.Second, processor: time.Second, provider: time.Second, memory: 1e9, state: 1}
		}
		round[devices] = usage{wall: wall, processor: time.Second, provider: time.Second, memory: 1e8, state: 1}
	}
	var printed bytes.Buffer
	if err := made.print(&printed); err != nil {
		t.Fatal(err)
	}
	table := strings.Join(strings.Fields(printed.String()), " ")
	for _, want := range []string{
		"devices wall time 7s 10s 0.70 0.60–0.80 0.75 devices", "devices processor time of the provider 1s 1s 1.00 1.00–1.00 0.25 missed",
		"devices memory of the provider 100.0 MB 1000.0 MB 0.10 0.10–0.10 0.30 devices",
	} {
		if !strings.Contains(table, want) {
			t.Errorf("there is no %q in\n%s", want, printed.String())
		}
	}
}

// TestAccBench makes one round with a few devices: the figures mean nothing then, but each must be there.
func TestAccBench(t *testing.T) {
	t.Parallel()
	var printed bytes.Buffer
	if err := run(t.Context(), settings{devices: 300, rounds: 1, starts: 1, terraform: os.Getenv(cli.PathVariable)}, &printed); err != nil {
		t.Fatal(err)
	}
	if lines := strings.Count(printed.String(), "\n"); lines != 3+len(rows()) || strings.Contains(printed.String(), "NaN") || strings.Contains(printed.String(), "Inf") {
		t.Errorf("the table is\n%s", printed.String())
	}
	if err := run(t.Context(), settings{}, &printed); err == nil {
		t.Error("no device and no round is no error")
	}
}

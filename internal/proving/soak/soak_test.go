// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package soak_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/acctest"
)

const (
	// durationVariable is how long the soak runs, as a Go duration. Without it, there are only two batches of short
	// lives.
	durationVariable = "SOAK_DURATION"
	// seedVariable is the seed of a soak that is to be repeated. Without it, the clock gives one to a soak with a
	// duration, and the short lives of a test run are the same each time.
	seedVariable = "SOAK_SEED"
	// tableVariable names a file that the measurements are added to during the soak.
	tableVariable = "SOAK_TABLE"
)

const (
	// livesAtATime run at the same time in one process.
	livesAtATime = 3
	// batches is how many there are at least: what the first leaves behind is the beginning, what the last does the
	// end.
	batches = 2
	// mostRounds is how long a life is in a soak, fewRounds without one.
	mostRounds, fewRounds = 5, 2
)

func TestMain(m *testing.M) { acctest.Main(m) }

// It is not parallel: it counts the goroutines of the process.
func TestSoak(t *testing.T) { //nolint:paralleltest // see above
	span, rounds := time.Duration(0), fewRounds
	if text := os.Getenv(durationVariable); text != "" {
		var err error
		if span, err = time.ParseDuration(text); err != nil {
			t.Fatalf("%s: %v", durationVariable, err)
		}
		rounds = mostRounds
	}
	seed := seedOf(t)
	t.Logf("%s=%d repeats this soak", seedVariable, seed)
	began := time.Now()
	var (
		samples []sample
		done    tally
	)
	for batch := 0; batch < batches || time.Since(began) < span; batch++ {
		lives := make([]tally, livesAtATime)
		t.Run(fmt.Sprintf("batch %d", batch), func(t *testing.T) {
			for number := range livesAtATime {
				t.Run(fmt.Sprintf("life %d", number), func(t *testing.T) {
					t.Parallel()
					lives[number] = live(t, rand.New(rand.NewPCG(seed, uint64(batch*livesAtATime+number))), rounds) //nolint:gosec // it repeats a soak, and keeps no secret
				})
			}
		})
		for _, one := range lives {
			done = done.plus(one)
		}
		if t.Failed() {
			return // what a life that failed holds on to is no leak
		}
		now := settled(samples)
		now.after, now.done = time.Since(began).Round(time.Second), done
		samples = append(samples, now)
		note(t, now)
	}
	judge(t, samples)
}

func seedOf(t *testing.T) uint64 {
	t.Helper()
	text := os.Getenv(seedVariable)
	switch {
	case text != "":
	case os.Getenv(durationVariable) != "":
		return uint64(time.Now().UnixNano())
	default:
		return 1795871527158027294 // its lives need imports too
	}
	seed, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		t.Fatalf("%s: %v", seedVariable, err)
	}
	return seed
}

// sample is what the process holds when all lives of a batch are over.
type sample struct {
	after      time.Duration
	goroutines int
	heap       uint64 // bytes of live objects
	objects    uint64
	done       tally
}

// settled waits until what ends by itself has ended (connections, timers), at most half a minute, and measures.
func settled(before []sample) sample {
	var now sample
	pause := time.NewTicker(100 * time.Millisecond)
	defer pause.Stop()
	for tries := 0; ; tries++ {
		runtime.GC()
		runtime.GC() // what a finalizer held in the first is free in the second
		var memory runtime.MemStats
		runtime.ReadMemStats(&memory)
		now.goroutines, now.heap, now.objects = runtime.NumGoroutine(), memory.HeapAlloc, memory.HeapObjects
		const most = 300
		if tries == most || tries > 10 && (len(before) == 0 || now.goroutines <= before[0].goroutines) {
			return now
		}
		<-pause.C
	}
}

// slack is what the heap may have grown by from the first batch to the last: caches of fixed size that fill over time
// (of package reflect, of the pools of encoding/json). What leaks with each command outgrows it within minutes.
const slack = 4 << 20

func judge(t *testing.T, samples []sample) {
	t.Helper()
	first, last := samples[0], samples[len(samples)-1]
	if last.goroutines > first.goroutines {
		stacks := make([]byte, 1<<20)
		t.Errorf("%d goroutines at the beginning, %d at the end:\n%s", first.goroutines, last.goroutines, stacks[:runtime.Stack(stacks, true)])
	}
	if last.heap > first.heap+slack {
		t.Errorf("%d bytes in the heap at the beginning, %d at the end", first.heap, last.heap)
	}
}

// note adds a line to the table, so that a person can follow a soak.
func note(t *testing.T, now sample) {
	t.Helper()
	line := fmt.Sprintf("%8s  %4d goroutines  %6.2f MiB in %7d objects   %s", now.after, now.goroutines, float64(now.heap)/(1<<20), now.objects, now.done)
	t.Log(line)
	name := os.Getenv(tableVariable)
	if name == "" {
		return
	}
	file, err := os.OpenFile(name, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600) //nolint:gosec // the file that whoever runs this asked for
	if err != nil {
		t.Fatal(err)
	}
	_, err = file.WriteString(line + "\n")
	if closed := file.Close(); err == nil {
		err = closed
	}
	if err != nil {
		t.Fatal(err)
	}
}

// tally counts what was done.
type tally struct {
	rounds, commands, failed, struck, writes, destroyed, taken int
}

func (t tally) plus(other tally) tally {
	return tally{
		t.rounds + other.rounds, t.commands + other.commands, t.failed + other.failed, t.struck + other.struck,
		t.writes + other.writes, t.destroyed + other.destroyed, t.taken + other.taken,
	}
}

func (t tally) String() string {
	return strings.Join([]string{
		fmt.Sprintf("%d rounds", t.rounds), fmt.Sprintf("%d commands", t.commands), fmt.Sprintf("%d failed", t.failed),
		fmt.Sprintf("%d faults", t.struck), fmt.Sprintf("%d writes", t.writes), fmt.Sprintf("%d destroys", t.destroyed),
		fmt.Sprintf("%d imports", t.taken),
	}, ", ")
}

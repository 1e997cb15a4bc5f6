// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/simulator"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/simulator/okta"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// output takes what the command says while a test reads it.
type output struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (o *output) Write(text []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Write(text)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

func TestFlags(t *testing.T) {
	t.Parallel()
	defaults := simulator.DefaultConfig()
	every := simulator.Config{
		Options: okta.Options{Devices: 7, Seed: 2, UsersPerDevice: 3, Odd: 1, OddFrom: 4, RateLimit: 600},
		Latency: time.Millisecond, SyncInterval: time.Minute, Speed: 10, Communities: 3, OktaAddr: "127.0.0.1:1", SekoiaAddr: "127.0.0.1:2", TLS: true, ReadyFile: "f",
	}
	for name, c := range map[string]struct {
		args []string
		want simulator.Config
		fail bool
	}{
		"none of them":            {nil, defaults, false},
		"all of them":             {strings.Fields("--devices 7 --seed 2 --users-per-device 3 --odd 1 --odd-from 4 --latency 1ms --rate-limit 600 --sync-interval 60s --speed 10 --communities 3 --okta-addr 127.0.0.1:1 --sekoia-addr 127.0.0.1:2 --tls --ready-file f"), every, false},
		"one that is not there":   {[]string{"--device", "7"}, defaults, true},
		"one that is no number":   {[]string{"--devices", "many"}, defaults, true},
		"a word that is no flag":  {[]string{"serve"}, defaults, true},
		"the question what to do": {[]string{"--help"}, defaults, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var said output
			got, err := parse(c.args, &said)
			if (err != nil) != c.fail || (c.fail && said.String() == "") {
				t.Fatalf("it failed with %v and said %q", err, said.String())
			}
			if !c.fail && !reflect.DeepEqual(got, c.want) {
				t.Errorf("got %+v, want %+v", got, c.want)
			}
		})
	}
}

func TestWhatCannotStartExits(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		args []string
		want int
	}{
		"flags that make no sense":         {[]string{"--no"}, 2},
		"a configuration that is refused":  {[]string{"--speed", "0"}, 1},
		"a ready file that can't be there": {[]string{"--ready-file", filepath.Join(t.TempDir(), "a", "b")}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var said output
			if got := run(t.Context(), c.args, &said); got != c.want || said.String() == "" {
				t.Errorf("it exits with %d and says %q, want %d and a sentence", got, said.String(), c.want)
			}
		})
	}
}

func TestItRunsUntilItIsToldToStop(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	var said output
	code := make(chan int, 1)
	go func() { code <- run(ctx, nil, &said) }()
	ticker := time.NewTicker(5 * time.Millisecond)
	defer ticker.Stop()
	for !strings.Contains(said.String(), "admin  http://127.0.0.1:") {
		<-ticker.C
	}
	cancel()
	if got := <-code; got != 0 {
		t.Errorf("it exits with %d: %s", got, said.String())
	}
}

// TestSIGTERM is not parallel: the signal is the whole process's.
func TestSIGTERM(t *testing.T) { //nolint:paralleltest // see above
	path := filepath.Join(t.TempDir(), "ready.json")
	if os.Getenv("SIMULATOR_TEST_CHILD") != "" {
		os.Args = []string{"simulator", "--ready-file", os.Getenv("SIMULATOR_TEST_CHILD")}
		main()
		return
	}
	//nolint:gosec // G702: this test's own binary
	child, err := os.StartProcess(os.Args[0], []string{os.Args[0], "-test.run=^TestSIGTERM$"}, &os.ProcAttr{
		Env: append(os.Environ(), "SIMULATOR_TEST_CHILD="+path),
	})
	if err != nil {
		t.Fatal(err)
	}
	ticker := time.NewTicker(5 * time.Millisecond)
	defer ticker.Stop()
	deadline := time.Now().Add(20 * time.Second)
	var content []byte
	for content == nil && time.Now().Before(deadline) {
		<-ticker.C
		content, _ = os.ReadFile(path)
	}
	var ready simulator.Ready
	if err = json.Unmarshal(content, &ready); err != nil || ready.AdminURL == "" {
		t.Errorf("the ready file is %q: %v", content, err)
	}
	began := time.Now()
	if err = child.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	state, err := child.Wait()
	if err != nil || !state.Success() {
		t.Errorf("it ended with %v: %v", state, err)
	}
	if took := time.Since(began); took > 20*time.Second {
		t.Errorf("it took %s to end", took)
	}
}

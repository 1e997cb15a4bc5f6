// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

//go:build unix

package main

import (
	"bytes"
	"context"
	"errors"
	"os"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestRunReturnsTheExitCode(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	s := &stage{screen: newScreen(&out, nil)}
	text := &lines{show: s.screen.output}
	got, err := s.run(t.Context(), text, t.TempDir(), os.Environ(), "sh", "-c", "echo to one; echo to two >&2; exit 3")
	if err != nil {
		t.Fatal(err)
	}
	if got.code != 3 || got.text != "to one\nto two\n" {
		t.Errorf("it is %+v", got)
	}
	if out.String() != "    to one\n    to two\n" {
		t.Errorf("shown: %q", out.String())
	}
}

func TestRunSaysWhatCouldNotBeStarted(t *testing.T) {
	t.Parallel()
	s := &stage{screen: newScreen(&bytes.Buffer{}, nil)}
	_, err := s.run(t.Context(), &lines{show: func(string) {}}, t.TempDir(), nil, "/does/not/exist")
	if err == nil || !strings.Contains(err.Error(), "starting exist") {
		t.Errorf("it is %v", err)
	}
}

// TestInterruptionEndsTheWholeGroup starts a command with a child that outlives it, as a Terraform that was killed
// would leave its provider.
func TestInterruptionEndsTheWholeGroup(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	s := &stage{screen: newScreen(&bytes.Buffer{}, nil)}
	child := 0
	out := &lines{show: func(line string) {
		if number, err := strconv.Atoi(line); err == nil {
			child = number
			cancel()
		}
	}}
	// The child holds the pipe no more, so that nothing but the group ties it to its parent, and ignores interrupts.
	script := `trap '' INT; sleep 300 >/dev/null 2>&1 & trap - INT; echo $!; wait`
	_, err := s.run(ctx, out, t.TempDir(), os.Environ(), "sh", "-c", script)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("it is %v, not a canceled context", err)
	}
	if child == 0 {
		t.Fatal("the child did not say its number")
	}
	deadline, stop := context.WithTimeout(t.Context(), 10*time.Second)
	defer stop()
	ticker := time.NewTicker(5 * time.Millisecond)
	defer ticker.Stop()
	for alive(child) {
		select {
		case <-ticker.C:
		case <-deadline.Done():
			t.Fatal("the child is still alive")
		}
	}
}

// alive says whether a process runs. One that has ended but was not waited for yet, which is its adopter's to do, is
// dead.
func alive(number int) bool {
	if errors.Is(syscall.Kill(number, 0), syscall.ESRCH) {
		return false
	}
	status, err := os.ReadFile("/proc/" + strconv.Itoa(number) + "/stat")
	return err != nil || !strings.Contains(string(status), ") Z ")
}

// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestPerform(t *testing.T) {
	t.Parallel()
	broken := errors.New("it is broken")
	tests := map[string]struct {
		step     func(context.Context, *stage) error
		canceled bool
		undo     error
		code     int
		says     string
	}{
		"a run in which every step does what it says ends with 0": {
			step: func(context.Context, *stage) error { return nil }, code: exitDone, says: "All 3 steps did what they say",
		},
		"a step that fails ends the run with 1 and is named": {
			step: func(context.Context, *stage) error { return broken }, code: exitFailed, says: `step 2, "the second": it is broken`,
		},
		"a claim that does not hold ends the run with 1 and is named": {
			step: func(_ context.Context, s *stage) error {
				return s.confirm(claim{"one is two", equal(1, 2)})
			},
			code: exitFailed, says: "expected: one is two; it is 1, not 2",
		},
		"a clean-up that fails ends the run with 1": {
			step: func(context.Context, *stage) error { return nil }, undo: broken, code: exitFailed, says: "cleaning up: it is broken",
		},
		"an interrupted run ends with 130": {
			step: func(ctx context.Context, _ *stage) error { return ctx.Err() }, canceled: true, code: exitInterrupted, says: "Interrupted",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			temporary := t.TempDir()
			var undone []string
			var out bytes.Buffer
			third := false
			code := perform(ctx, newScreen(&out, nil), settings{temporary: temporary}, []step{
				{"the first", func(_ context.Context, s *stage) error {
					s.atEnd(func() error { undone = append(undone, "first"); return test.undo })
					s.atEnd(func() error { undone = append(undone, "second"); return nil })
					return s.makeFolder()
				}},
				{"the second", func(ctx context.Context, s *stage) error {
					if test.canceled {
						cancel()
					}
					return test.step(ctx, s)
				}},
				{"the third", func(context.Context, *stage) error { third = true; return nil }},
			})
			if code != test.code {
				t.Errorf("the code is %d, not %d", code, test.code)
			}
			if !strings.Contains(out.String(), test.says) {
				t.Errorf("%q is not said in:\n%s", test.says, out.String())
			}
			if passed := test.code == exitDone || test.undo != nil; third != passed {
				t.Errorf("the third step ran: %t", third)
			}
			if !slices.Equal(undone, []string{"second", "first"}) {
				t.Errorf("undone, in this order: %v", undone)
			}
			if left, _ := os.ReadDir(temporary); len(left) != 0 {
				t.Errorf("left behind: %v", left)
			}
		})
	}
}

func TestCommandRefusesArguments(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		arguments []string
		code      int
		says      string
	}{
		"an unknown flag":                   {[]string{"-wrong"}, exitUsage, "flag provided but not defined"},
		"no devices":                        {[]string{"-devices=0"}, exitUsage, "at least 1"},
		"help is no mistake":                {[]string{"-help"}, exitDone, "-devices"},
		"a folder that can't be written in": {[]string{"-temporary-folder=" + filepath.Join("does", "not", "exist")}, exitFailed, "temporary folder"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var out bytes.Buffer
			if code := command(t.Context(), test.arguments, nil, &out); code != test.code {
				t.Errorf("the code is %d, not %d", code, test.code)
			}
			if !strings.Contains(out.String(), test.says) {
				t.Errorf("%q is not said in:\n%s", test.says, out.String())
			}
		})
	}
}

// TestAccDemo runs the whole demo with the real Terraform CLI, in an environment with settings that it must ignore.
func TestAccDemo(t *testing.T) {
	t.Parallel()
	temporary := t.TempDir()
	var out bytes.Buffer
	environment := append(os.Environ(),
		"TF_CLI_ARGS=-no-such-flag", "TF_WORKSPACE=elsewhere", "TF_DATA_DIR=/nowhere", "TF_VAR_okta_base_url=https://acme.okta.com",
		"TF_CLI_CONFIG_FILE=/nowhere", "SEKOIA_CONNECTION_TEST=off", "SEKOIA_REGION=fra2", "OKTA_API_TOKEN=wrong", "OKTA_CLIENT_ORGURL=https://acme.okta.com")
	code := command(t.Context(), []string{"-devices=210", "-temporary-folder=" + temporary}, environment, &out)
	if code != exitDone {
		t.Fatalf("the demo ended with %d:\n%s", code, out.String())
	}
	for _, says := range []string{
		"210 devices in Okta, 210 assets in Sekoia", "No changes.", "12 are missing, and the next cycle brings them (pending)", "222 devices are covered",
		"the 222 assets stay in Sekoia", "All 11 steps did what they say",
	} {
		if !strings.Contains(out.String(), says) {
			t.Errorf("%q is not said in:\n%s", says, out.String())
		}
	}
	if strings.Contains(out.String(), "\x1b") {
		t.Error("there are control characters in what is not a terminal")
	}
	if left, _ := os.ReadDir(temporary); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}

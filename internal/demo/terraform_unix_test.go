// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

//go:build unix

package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestPlanThatDoesNotSayWhatItShould uses fake Terraforms that do not do what a step says.
func TestPlanThatDoesNotSayWhatItShould(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		script string
		wrong  string
	}{
		"a plan file without the connector": {`echo '{"resource_changes":[]}'`, "does not have " + connectorAddress},
		"a plan file that can't be read":    {`echo no; exit 1`, "ended with code 1"},
		"a plan that is no JSON":            {`echo no`, "reading the plan"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := staged(t, test.script)
			if _, _, err := s.plannedActions(t.Context()); err == nil || !strings.Contains(err.Error(), test.wrong) {
				t.Errorf("%v does not say %q", err, test.wrong)
			}
		})
	}
}

// staged is a stage with a folder, as after the first step, and with a Terraform that runs the script. The executable
// is one of the repository's: a file that was written just now can't be run while another test's fork still has it
// open.
func staged(t *testing.T, script string) *stage {
	t.Helper()
	s := &stage{screen: newScreen(&bytes.Buffer{}, nil), settings: settings{
		temporary: t.TempDir(), environment: append(os.Environ(), "SCRIPT="+script),
	}}
	var err error
	if s.terraform.Path, err = filepath.Abs(filepath.Join("testdata", "terraform")); err != nil {
		t.Fatal(err)
	}
	if err := s.makeFolder(); err != nil {
		t.Fatal(err)
	}
	return s
}

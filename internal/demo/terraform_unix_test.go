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

func TestTerraformVersion(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		script string
		want   string
		wrong  string // part of the error; "" where there is none
	}{
		"the oldest release that will do":      {`echo '{"terraform_version":"1.11.0"}'`, "1.11.0", ""},
		"a release candidate is what it's for": {`echo '{"terraform_version":"1.12.0-rc1"}'`, "1.12.0-rc1", ""},
		"a release that is too old":            {`echo '{"terraform_version":"1.10.5"}'`, "1.10.5", "is Terraform 1.10.5, and the demo needs >= 1.11.0"},
		"something that is no Terraform":       {`echo hello`, "", "reading the version of"},
		"an answer without a version":          {`echo '{}'`, "", "reading the version of"},
		"a command that fails":                 {`echo broken; exit 2`, "", "ended with code 2: broken"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := staged(t, test.script)
			got, err := s.terraformVersion(t.Context())
			if got != test.want {
				t.Errorf("it is %q, not %q", got, test.want)
			}
			switch {
			case test.wrong == "" && err != nil:
				t.Errorf("it should do, but: %v", err)
			case test.wrong != "" && (err == nil || !strings.Contains(err.Error(), test.wrong)):
				t.Errorf("%v does not say %q", err, test.wrong)
			}
		})
	}
}

func TestTerraformThatTheCallerNamesIsTaken(t *testing.T) {
	t.Parallel()
	s := staged(t, "")
	s.settings.environment = []string{"TF_ACC_TERRAFORM_PATH=/opt/terraform"}
	if got, err := s.findTerraform(t.Context()); got != "/opt/terraform" || err != nil {
		t.Errorf("it is %q, %v", got, err)
	}
}

// TestPlanThatDoesNotSayWhatItShould plays Terraforms that do not do what a step says.
func TestPlanThatDoesNotSayWhatItShould(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		script string
		wrong  string
	}{
		"a plan file without the connector": {`echo '{"resource_changes":[]}'`, "says nothing of " + connectorAddress},
		"a plan file that can't be read":    {`echo no; exit 1`, "ended with code 1"},
		"a plan that is no JSON":            {`echo no`, "reading Terraform's plan"},
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
	if s.terraform, err = filepath.Abs(filepath.Join("testdata", "terraform")); err != nil {
		t.Fatal(err)
	}
	if err := s.makeFolder(); err != nil {
		t.Fatal(err)
	}
	return s
}

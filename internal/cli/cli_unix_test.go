// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

//go:build unix

package cli

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestFindRunsTheProgram plays programs with the shell scripts in testdata.
func TestFindRunsTheProgram(t *testing.T) {
	t.Setenv("TF_CLI_ARGS", "-no-such-flag")
	got, err := Find(t.Context(), "testdata/tofu", "")
	if err != nil || got.String() != "OpenTofu 1.12.6" || !filepath.IsAbs(got.Path) {
		t.Errorf("found %+v, %v", got, err)
	}
	if _, err := Find(t.Context(), "testdata/fails", ""); err == nil || !strings.Contains(err.Error(), "it is broken") {
		t.Errorf("a program that fails is %v", err)
	}
}

// TestScriptsPassOnARelativePath: tests run in the folders of their packages, where a relative path is another one.
func TestScriptsPassOnARelativePath(t *testing.T) {
	t.Setenv(PathVariable, "testdata/tofu")
	passed, err := exec.CommandContext(t.Context(), "bash", "-c", `. ../../scripts/environment; printf %s "$TF_ACC_TERRAFORM_PATH"`).Output()
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	if got, err := Find(t.Context(), string(passed), ""); err != nil || got.String() != "OpenTofu 1.12.6" {
		t.Errorf("it is passed on as %q, which is %s, %v", passed, got.Path, err)
	}
}

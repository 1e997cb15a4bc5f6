// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

//go:build unix

package cli

import (
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

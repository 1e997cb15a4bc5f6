// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package repository

import (
	"path"
	"slices"
	"strings"
	"testing"
)

// TestEachExampleIsRun looks for a test, or a step of the demo, that names each folder of the examples which has a
// configuration, a pipeline or a script in it.
func TestEachExampleIsRun(t *testing.T) {
	t.Parallel()
	var folders []string
	for _, file := range files(t, 25, ".tf", ".hcl", ".yml", ".yaml", ".sh") {
		if folder := path.Dir(file); strings.HasPrefix(file, "examples/") && !slices.Contains(folders, folder) {
			folders = append(folders, folder)
		}
	}
	var code strings.Builder
	for _, file := range files(t, 100, ".go") {
		if (strings.HasSuffix(file, "_test.go") && !strings.HasPrefix(file, "internal/repository/")) || strings.HasPrefix(file, "internal/demo/") {
			code.WriteString(read(t, file))
		}
	}
	for _, folder := range folders {
		if !strings.Contains(code.String(), path.Base(folder)) {
			t.Errorf("no test names %s", folder)
		}
	}
}

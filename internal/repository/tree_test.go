// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package repository

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// root is where the repository is, seen from this package.
const root = "../.."

// read is a file of the repository.
func read(t *testing.T, path string) string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(root, path))
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

// files are the repository's files with these endings, as paths from its root. There are at least the given number of
// them.
func files(t *testing.T, least int, endings ...string) []string {
	t.Helper()
	var found []string
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && slices.Contains([]string{".git", "bin", "dist", ".terraform"}, entry.Name()):
			return filepath.SkipDir
		case !entry.IsDir() && slices.Contains(endings, filepath.Ext(path)):
			relative, err := filepath.Rel(root, path)
			found = append(found, filepath.ToSlash(relative))
			return err
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(found) < least {
		t.Fatalf("%d files end in %s, and there should be %d at least", len(found), strings.Join(endings, ", "), least)
	}
	return found
}

// expect compares what a check found with what a case wants: each of the problems in its order, by a part of its text.
func expect(t *testing.T, found, want []string) {
	t.Helper()
	ok := len(found) == len(want)
	for i := 0; ok && i < len(want); i++ {
		ok = strings.Contains(found[i], want[i])
	}
	if !ok {
		t.Errorf("found %q, want %q", found, want)
	}
}

// none fails the test for each of the problems.
func none(t *testing.T, found []string) {
	t.Helper()
	for _, problem := range found {
		t.Error(problem)
	}
}

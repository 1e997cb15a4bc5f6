// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestRefused(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ license, refused string }{
		"an allowed license":                        {"MPL-2.0", ""},
		"two allowed licenses of one file":          {"MIT, BSD-3-Clause", ""},
		"a license that asks more of a user":        {"GPL-3.0", "GPL-3.0"},
		"one of two that is not allowed":            {"MIT, AGPL-3.0", "AGPL-3.0"},
		"a license with a limit on what it is for":  {"BUSL-1.1", "BUSL-1.1"},
		"a text that go-licenses knows nothing of":  {"Unknown", "Unknown"},
		"a name that only begins as an allowed one": {"MIT-0", "MIT-0"},
		"no license at all":                         {"", "the license  ("},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := refused([]library{{Name: "example.com/fine", License: "ISC"}, {Name: "example.com/a", Version: "v1.2.3", License: c.license}})
			switch {
			case c.refused == "" && err != nil:
				t.Errorf("refused: %v", err)
			case c.refused != "" && (err == nil || !strings.Contains(err.Error(), "example.com/a v1.2.3: ") || !strings.Contains(err.Error(), c.refused)):
				t.Errorf("error %v does not name the library and %q", err, c.refused)
			}
		})
	}
}

func TestParse(t *testing.T) {
	t.Parallel()
	const cache = "/home/user/go/pkg/mod/"
	for name, c := range map[string]struct {
		row  string
		want []string // names
		err  string
	}{
		"a module":                         {"example.com/a\tv1.0.0\tMIT\t" + cache + "example.com/a@v1.0.0/LICENSE", []string{"example.com/a"}, ""},
		"the packages in use share a path": {"example.com/a/b/c\tv1.0.0\tMIT\t" + cache + "example.com/a@v1.0.0/LICENSE", []string{"example.com/a"}, ""},
		"a major version":                  {"example.com/a/v5/b\tv5.0.0\tMIT\t" + cache + "example.com/a/v5@v5.0.0/LICENSE", []string{"example.com/a/v5"}, ""},
		"a part with a license of its own": {"example.com/a/json/x\tv1.0.0\tMIT\t" + cache + "example.com/a@v1.0.0/json/LICENSE", []string{"example.com/a/json"}, ""},
		"a capital in the path":            {"example.com/Owner/Name/b\tv1.0.0\tMIT\t" + cache + "example.com/!owner/!name@v1.0.0/LICENSE", []string{"example.com/Owner/Name"}, ""},
		"a file outside the module cache":  {"example.com/a\tv1.0.0\tMIT\t/elsewhere/LICENSE", []string{"example.com/a"}, ""},
		"this repository's own packages":   {own + "\tUnknown\tMPL-2.0\t/own/LICENSE\nexample.com/a\tv1\tMIT\t/x/LICENSE", []string{"example.com/a"}, ""},
		"a row that lacks a field":         {"example.com/a\tv1.0.0\tMIT", nil, "which is not a name, a version, a license and a file"},
		"nothing":                          {"\n", nil, "found nothing"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			libraries, err := parse(c.row)
			if (c.err == "") != (err == nil) || err != nil && !strings.Contains(err.Error(), c.err) {
				t.Fatalf("error %v, want %q", err, c.err)
			}
			var names []string
			for _, one := range libraries {
				names = append(names, one.Name)
			}
			if !slices.Equal(names, c.want) {
				t.Errorf("names %q, want %q", names, c.want)
			}
		})
	}
}

func TestDocumentHoldsEachTextOnceAndEachNotice(t *testing.T) {
	t.Parallel()
	write := func(folder, name, text string) string {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	one, other := t.TempDir(), t.TempDir()
	write(one, "NOTICE.txt", "This product includes something.\n")
	libraries := sorted([]library{
		{Name: "example.com/b", Version: "v2.0.0", License: "MIT", Path: write(other, "LICENSE", "Do what you like.\r\n")},
		{Name: "example.com/a", Version: "v1.0.0", License: "MIT", Path: write(one, "LICENSE", "Do what you like.\n")},
		{Name: "example.com/a", Version: "v1.0.0", License: "MIT", Path: filepath.Join(one, "LICENSE")},
	})
	text, err := document(libraries)
	if err != nil {
		t.Fatal(err)
	}
	for part, times := range map[string]int{
		"example.com/a v1.0.0                                                         MIT\n": 1,
		"Do what you like.": 1,
		"example.com/a v1.0.0: LICENSE\nexample.com/b v2.0.0: LICENSE\n": 1,
		"example.com/a v1.0.0: NOTICE.txt\n":                             1,
		"This product includes something.":                               1,
	} {
		if found := bytes.Count(text, []byte(part)); found != times {
			t.Errorf("%q is there %d times, want %d:\n%s", part, found, times, text)
		}
	}
}

func TestPlatformsAreThoseOfARelease(t *testing.T) {
	t.Parallel()
	config, err := os.ReadFile("../../.goreleaser.yml")
	if err != nil {
		t.Fatal(err)
	}
	platforms, err := platformsOf(string(config))
	if err != nil || !slices.Equal(platforms, []string{"darwin", "freebsd", "linux", "windows"}) {
		t.Errorf("platforms %q, error %v", platforms, err)
	}
	if _, err := platformsOf("builds: []\n"); err == nil {
		t.Error("a file without platforms is no error")
	}
}

// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// allowed are the licenses (SPDX) of code that may be part of the provider or of its tests.
var allowed = []string{"Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "MIT", "MPL-2.0"}

// rowTemplate is how go-licenses is to write a library: its fields between tabs.
const rowTemplate = "{{range .}}{{.Name}}\t{{.Version}}\t{{.LicenseName}}\t{{.LicensePath}}\n{{end}}"

// library is code under one license file: a module, or a part of one that has a license of its own.
type library struct {
	Name    string // as it is imported
	Version string // of its module; "" for Go itself
	License string // SPDX; several are separated by commas; "Unknown" if go-licenses does not know the text
	Path    string // the license's file
}

// parse reads what go-licenses wrote with rowTemplate, without this repository's own packages.
func parse(rows string) ([]library, error) {
	var libraries []library
	for row := range strings.Lines(rows) {
		row = strings.TrimSpace(row)
		if row == "" {
			continue
		}
		fields := strings.Split(row, "\t")
		if len(fields) != 4 {
			return nil, fmt.Errorf("go-licenses wrote %q, which is not a name, a version, a license and a file", row)
		}
		if fields[0] == own || strings.HasPrefix(fields[0], own+"/") {
			continue
		}
		libraries = append(libraries, library{Name: nameOf(fields[0], fields[3]), Version: fields[1], License: fields[2], Path: fields[3]})
	}
	if len(libraries) == 0 {
		return nil, errors.New("go-licenses found nothing")
	}
	return libraries, nil
}

// nameOf is the import path of the folder that a license's file is in. go-licenses names what the packages in use have
// in common, which is a longer path if there is only one, and another one on each platform.
func nameOf(name, path string) string {
	folder := strings.Split(filepath.ToSlash(filepath.Dir(path)), "/")
	module := strings.LastIndex(filepath.ToSlash(path), "@")
	if module < 0 {
		return name
	}

	// …/golang.org/x/sys@v0.47.0/unix/LICENSE: the elements after the version, and those before it that end the name's
	// beginning.
	versioned := slices.IndexFunc(folder, func(element string) bool { return strings.Contains(element, "@") })
	last, _, _ := strings.Cut(folder[versioned], "@")
	elements := strings.Split(name, "/")
	end := slices.IndexFunc(elements, func(element string) bool { return strings.EqualFold(element, unescaped(last)) })
	if last == "" || end < 0 {
		return name
	}
	return strings.Join(append(elements[:end+1:end+1], folder[versioned+1:]...), "/")
}

// unescaped undoes what the module cache does to capitals: !a is A.
func unescaped(element string) string { return strings.ReplaceAll(element, "!", "") }

// sorted puts the libraries in the order of their names, each license file once.
func sorted(libraries []library) []library {
	libraries = slices.Clone(libraries)
	slices.SortFunc(libraries, func(a, b library) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Path, b.Path), cmp.Compare(a.License, b.License))
	})
	return slices.CompactFunc(libraries, func(a, b library) bool { return a.Path == b.Path })
}

// refused names the libraries with a license that is not allowed.
func refused(libraries []library) error {
	var all []error
	for _, one := range libraries {
		for license := range strings.SplitSeq(one.License, ",") {
			if license = strings.TrimSpace(license); !slices.Contains(allowed, license) {
				all = append(all, fmt.Errorf("%s %s: the license %s (%s) is not one of %s",
					one.Name, one.Version, license, one.Path, strings.Join(allowed, ", ")))
			}
		}
	}
	return errors.Join(all...)
}

// document is the list and, below it, the texts; a text that several libraries share is there once.
func document(libraries []library) ([]byte, error) {
	var list bytes.Buffer
	list.WriteString(`The binaries terraform-provider-sekoia and sekoia-okta-simulator hold code of others, listed here with its license
(SPDX). Where a license asks for its text to be passed on, that is done below. Written by ` + "`make generate`" + `.

`)
	var texts []string
	holders := map[string][]string{}
	for _, one := range libraries {
		name := strings.TrimSpace(one.Name + " " + one.Version)
		fmt.Fprintf(&list, "%-76s %s\n", name, one.License)
		files, err := textsOf(one.Path)
		if err != nil {
			return nil, err
		}
		for _, path := range files {
			content, err := os.ReadFile(path) //nolint:gosec // a license in the module cache
			if err != nil {
				return nil, err
			}
			text := strings.TrimSpace(strings.ReplaceAll(string(content), "\r\n", "\n"))
			if holders[text] == nil {
				texts = append(texts, text)
			}
			holders[text] = append(holders[text], name+": "+filepath.Base(path))
		}
	}
	line := strings.Repeat("=", 80)
	for _, text := range texts {
		fmt.Fprintf(&list, "\n%s\n%s\n%s\n\n%s\n", line, strings.Join(holders[text], "\n"), line, text)
	}
	return list.Bytes(), nil
}

// textsOf are the license's file, and the files next to it that have to be passed on too (Apache-2.0, section 4d; Go's
// PATENTS).
func textsOf(license string) ([]string, error) {
	entries, err := os.ReadDir(filepath.Dir(license))
	if err != nil {
		return nil, err
	}
	files := []string{license}
	for _, entry := range entries {
		name := strings.ToUpper(entry.Name())
		if !entry.IsDir() && (strings.HasPrefix(name, "NOTICE") || name == "PATENTS") {
			files = append(files, filepath.Join(filepath.Dir(license), entry.Name()))
		}
	}
	return files, nil
}

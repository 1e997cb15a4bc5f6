// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package canary

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// A Finding is a place where a canary, or a piece of one, was found.
type Finding struct {
	Canary string
	// File is below the folder that was searched, with slashes; a member of an archive follows after "!".
	File string
	// Form says how it is written, and how the file was read if it was not read as it is.
	Form string
	// Offset is in bytes, within the file as it was read.
	Offset int
	// Around is what stands around it, without it and without anything else that could be a secret.
	Around string
}

// String is one line.
func (f Finding) String() string {
	return fmt.Sprintf("%s is in %s at %d, %s: %s", f.Canary, f.File, f.Offset, f.Form, f.Around)
}

const (
	// window is how many bytes the index looks at.
	window = 8
	// filterBits is the size of the table that excludes most places without a look into the index.
	filterBits = 20
	// maxFindings bounds the findings of one canary in one form in one file.
	maxFindings = 2
)

// A Searcher looks for canaries. It is safe for concurrent use.
type Searcher struct {
	filter []bool
	index  map[uint64][]place
}

// place is where a piece begins within a form.
type place struct {
	form  *form
	begin int
}

// New makes a searcher for these canaries.
func New(canaries ...Canary) *Searcher {
	s := &Searcher{filter: make([]bool, 1<<filterBits), index: map[uint64][]place{}}
	for _, canary := range canaries {
		for _, written := range canary.forms() {
			for begin := 0; begin+written.piece <= len(written.text); begin++ {
				key := binary.LittleEndian.Uint64([]byte(written.text[begin : begin+window]))
				s.filter[hash(key)] = true
				s.index[key] = append(s.index[key], place{form: &written, begin: begin})
			}
		}
	}
	return s
}

func hash(key uint64) uint64 { return key * 0x9E3779B97F4A7C15 >> (64 - filterBits) }

// Tree searches the names and the contents of all files below a folder. What is no regular file, such as a socket, has
// no content.
func (s *Searcher) Tree(folder string) ([]Finding, error) {
	var found []Finding
	err := filepath.WalkDir(folder, func(file string, entry fs.DirEntry, err error) error {
		if err != nil || file == folder {
			return err
		}
		name, err := filepath.Rel(folder, file)
		if err != nil {
			return err
		}
		name = filepath.ToSlash(name)
		found = append(found, s.scan("the name of a file", "", []byte(path.Base(name)))...)
		if !entry.Type().IsRegular() {
			return nil
		}
		content, err := os.ReadFile(file) //nolint:gosec // below the folder that a test gave
		if err != nil {
			return err
		}
		found = append(found, s.Bytes(name, content)...)
		return nil
	})
	return found, err
}

// Bytes searches the content of one file, and what is in it if it is an archive.
func (s *Searcher) Bytes(name string, content []byte) []Finding {
	var found []Finding
	eachMember(name, content, func(member string, content []byte) {
		direct := s.scan(member, "", content)
		found = append(found, direct...)
		eachReading(content, func(how string, content []byte) {
			found = append(found, s.scan(member, how, content)...)
		})
	})
	return found
}

// scan searches a content as it is.
func (s *Searcher) scan(file, how string, content []byte) []Finding {
	var (
		found []Finding
		count = map[*form]int{}
	)
	for at := s.next(content, 0); at >= 0; at = s.next(content, at) {
		written, length := s.match(content, at)
		if written == nil {
			at++
			continue
		}
		if count[written]++; count[written] <= maxFindings {
			found = append(found, Finding{
				Canary: written.canary, File: file, Form: strings.TrimSuffix(written.name+", "+how, ", "), Offset: at,
				Around: around(content, written, at, length),
			})
		}
		at += length
	}
	return found
}

// next is the next place that may be a finding; -1: there is none.
//
//go:norace
func (s *Searcher) next(content []byte, at int) int {
	filter := s.filter
	for ; at+window <= len(content); at++ {
		if filter[hash(binary.LittleEndian.Uint64(content[at:]))] {
			return at
		}
	}
	return -1
}

// match is the form whose piece stands at a place, and how much of it does; nil: there is none.
func (s *Searcher) match(content []byte, at int) (*form, int) {
	for _, candidate := range s.index[binary.LittleEndian.Uint64(content[at:])] {
		text, rest := candidate.form.text[candidate.begin:], content[at:]
		same := 0
		for same < len(text) && same < len(rest) && text[same] == rest[same] {
			same++
		}
		if same >= candidate.form.piece {
			return candidate.form, same
		}
	}
	return nil, 0
}

const (
	// aroundBytes is how much is shown on either side.
	aroundBytes = 60
	// tellingBytes is how many bytes of a secret are not shown.
	tellingBytes = 4
)

// masked is what could be another secret, or does not print.
var masked = regexp.MustCompile(`[A-Za-z0-9+/=_.%~-]{10,}|[^\x20-\x7e]+`)

// around shows what stands before and behind a finding.
func around(content []byte, written *form, at, length int) string {
	hide := func(text []byte) string { return masked.ReplaceAllString(string(written.hide(text)), "…") }
	return fmt.Sprintf("%s‹%d bytes of it›%s", hide(content[max(0, at-aroundBytes):at]), length,
		hide(content[at+length:min(len(content), at+length+aroundBytes)]))
}

// hide is a text without what stands in the secret too, in this form or as it is.
func (f *form) hide(text []byte) []byte {
	shown := slices.Clone(text)
	for i := 0; i+tellingBytes <= len(text); i++ {
		if few := text[i : i+tellingBytes]; strings.Contains(f.text, string(few)) || bytes.Contains(f.secret, few) {
			copy(shown[i:], strings.Repeat("\x00", tellingBytes)) // masked as what does not print
		}
	}
	return shown
}

// A Documented is a canary that is to be found in some files.
type Documented struct {
	// Canary is its name's beginning.
	Canary string
	// Files is a pattern of the files' names, as path.Match has it, where * also goes over slashes.
	Files string
}

func (d Documented) covers(finding Finding) bool {
	pattern := strings.ReplaceAll(regexp.QuoteMeta(d.Files), `\*`, ".*")
	return strings.HasPrefix(finding.Canary, d.Canary) && regexp.MustCompile("^(?:"+pattern+")$").MatchString(finding.File)
}

// Judge sorts findings: leaks are in no documented place, and absent are the documented places in which nothing was
// found.
func Judge(findings []Finding, documented ...Documented) (leaks []Finding, absent []Documented) {
	leaks = slices.DeleteFunc(slices.Clone(findings), func(finding Finding) bool {
		return slices.ContainsFunc(documented, func(d Documented) bool { return d.covers(finding) })
	})
	absent = slices.DeleteFunc(slices.Clone(documented), func(d Documented) bool { return slices.ContainsFunc(findings, d.covers) })
	return leaks, absent
}

// Check fails a test for each leak below a folder, and for each documented place in which it does not find the canary:
// a search that misses that one would find nothing anywhere.
func (s *Searcher) Check(t testing.TB, folder string, documented ...Documented) {
	t.Helper()
	findings, err := s.Tree(folder)
	if err != nil {
		t.Fatal(err)
	}
	leaks, absent := Judge(findings, documented...)
	for _, leak := range leaks {
		t.Errorf("leaked: %s", leak)
	}
	for _, place := range absent {
		t.Errorf("%s is documented to be in %s, and was not found there", place.Canary, place.Files)
	}
}

// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package lifecycle

import (
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/sekoia"
)

// kinds are the lines of a log by a letter each: begins, posted, ends, failed, dropped page, another error, anything else.
var kinds = map[byte]sekoia.LogLine{
	'b': {Level: "info", Message: begins},
	'p': {Level: "info", Message: posted},
	'e': {Level: "info", Message: ends},
	'f': {Level: "error", Message: fetchFailed},
	'd': {Level: "error", Message: dropped},
	'x': {Level: "CRITICAL", Message: "Something else went wrong"},
	'i': {Level: "info", Message: "Found 0 devices"},
}

// FuzzReadCycle looks for a log whose verdict is another one than the rules of DESIGN give, read as a word of one letter for each line.
// Each line is followed by a digit: how many seconds later the next one is. noise is a message that the connector may write beside these.
func FuzzReadCycle(f *testing.F) {
	for _, seed := range []string{"", "b1p1e1", "b1f1e1", "b0b0e0", "e1b1", "b1p1f1b1e1b1f1", "d1", "b1f1p1e1", "b1x1e1", "p1e1b1e1", "b1p1b1p1b1e1", "x9i9b9", "b1f1f1d1p1e1"} {
		f.Add(seed, 0, int64(0), "Starting a new asset fetch cycle", "info")
		f.Add(seed, 3, int64(4), "\x00Error while fetching devices from", "Error")
	}

	f.Fuzz(func(t *testing.T, word string, markAt int, startedAt int64, noise, level string) {
		letters, lines := logOf(word, sekoia.LogLine{Level: level, Message: noise})

		var from mark
		if markAt > 0 && markAt <= len(lines) {
			from.newest = lines[markAt-1]
		}

		if startedAt > 0 && startedAt < 1<<32 {
			from.startedAt = noon.Add(time.Duration(startedAt) * time.Millisecond)
		}

		newestFirst := slices.Clone(lines)
		slices.Reverse(newestFirst)

		got := readCycle(newestFirst, from)
		if diff := cmp.Diff(verdict(letters, lines, from), got, cmp.AllowUnexported(cycle{})); diff != "" {
			t.Errorf("%s (-want +got):\n%s", letters, diff)
		}

		checkRunning(t, letters, newestFirst)

		errors := 0

		for _, line := range lines {
			if isError(line) {
				errors++
			}
		}

		if shown := lastErrors(newestFirst, 3); len(shown) != min(errors, 3) {
			t.Errorf("%s: of %d errors, it shows %q", letters, errors, shown)
		}
	})
}

// logOf makes a log, oldest first, and tells what each of its lines is. Lines of what is no letter are noise.
func logOf(word string, noise sekoia.LogLine) (string, []sekoia.LogLine) {
	var (
		letters []byte
		lines   []sekoia.LogLine
	)

	at := noon

	for index := range len(word) {
		if digit := word[index]; digit >= '0' && digit <= '9' {
			at = at.Add(time.Duration(digit-'0') * time.Second)

			continue
		}

		line, known := kinds[word[index]]

		letter := word[index]
		if !known {
			line, letter = noise, letterOf(noise)
		}

		line.ID, line.Date = "line-"+strconv.Itoa(index), at
		letters, lines = append(letters, letter), append(lines, line)
	}

	return string(letters), lines
}

// letterOf tells what a line is by what the connector's public source writes.
func letterOf(line sekoia.LogLine) byte {
	for letter, prefix := range map[byte]string{
		'b': "Starting a new asset fetch cycle", 'p': "Successfully posted", 'e': "Next run in the future",
		'f': "Error while fetching devices from", 'd': "Exception while fetching devices from",
	} {
		if strings.HasPrefix(line.Message, prefix) {
			return letter
		}
	}

	if level := strings.ToLower(line.Level); level == "error" || level == "critical" {
		return 'x'
	}

	return 'i'
}

// verdict reads the word of a log, with nothing of the code that it checks but its result.
func verdict(letters string, lines []sekoia.LogLine, from mark) cycle {
	var (
		word     string
		messages []string
	)

	for index, line := range lines {
		second := from.startedAt.Truncate(time.Second)
		after := from.newest.ID == "" || line.Date.After(from.newest.Date) || line.Date.Equal(from.newest.Date) && line.ID != from.newest.ID

		if after && !line.Date.Before(second) {
			word += string(letters[index])
			messages = append(messages, line.Message)
		}
	}

	// The first end behind a beginning is the end.
	first := strings.IndexByte(word, 'b')
	want := cycle{begun: first >= 0}

	if first >= 0 {
		if end := strings.IndexByte(word[first:], 'e'); end >= 0 {
			want.ended, word = true, word[:first+end]
		}
	}

	post := strings.IndexByte(word, 'p')
	want.posted = post >= 0
	failure := strings.LastIndexByte(word, 'f')

	switch {
	case failure >= 0 && !want.posted:
		want.failed = messages[failure]
		want.trouble = last(messages, word, "dx", 0)
	case want.posted:
		want.trouble = last(messages, word, "fdx", post)
		if want.trouble == "" {
			// A failure that a post took back is told before what else went wrong until then.
			want.trouble = last(messages[:post], word[:post], "f", 0)
		}

		if want.trouble == "" {
			want.trouble = last(messages[:post], word[:post], "dx", 0)
		}
	default:
		want.trouble = last(messages, word, "dx", 0)
	}

	return want
}

// last is the message of the last of these letters from a place on; "" where there is none.
func last(messages []string, word, letters string, from int) string {
	if at := strings.LastIndexAny(word[from:], letters); at >= 0 {
		return messages[from+at]
	}

	return ""
}

// checkRunning holds running against the word: it runs where the last of b, p and e is no e.
func checkRunning(t *testing.T, letters string, newestFirst []sekoia.LogLine) {
	t.Helper()

	at := strings.LastIndexAny(letters, "bpe")
	if want := at >= 0 && letters[at] != 'e'; running(newestFirst) != want {
		t.Errorf("%s: it runs: %t", letters, !want)
	}
}

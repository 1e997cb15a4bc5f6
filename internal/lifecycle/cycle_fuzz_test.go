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

// kinds are the lines of a log by a letter each: begins, posted, ends, failed, dropped page, why a push failed and that
// it did, a rest and what announces it, a task that failed, one that does not end, one that can't be asked for, what
// only shows that a cycle is running, the same as an error, another error, anything else.
var kinds = map[byte]sekoia.LogLine{
	'b': {Level: "info", Message: begins},
	'p': {Level: "info", Message: posted},
	'e': {Level: "info", Message: ends},
	'f': {Level: "error", Message: fetchFailed},
	'd': {Level: "error", Message: dropped},
	'r': {Level: "error", Message: refusedLine},
	'R': {Level: "error", Message: pushFailed},
	't': {Level: "warning", Message: pausedLine},
	'l': {Level: "warning", Message: limitedLine},
	'k': {Level: "error", Message: taskFailed},
	's': {Level: "warning", Message: taskStill},
	'u': {Level: "error", Message: taskUnknown},
	'c': {Level: "info", Message: checkpoint},
	'm': {Level: "error", Message: "Error while mapping device guo1: no"},
	'x': {Level: "CRITICAL", Message: "Something else went wrong"},
	'i': {Level: "info", Message: "Found 0 devices"},
}

// FuzzReadCycle looks for a log whose verdict is another one than the rules below give, read as a word of one letter
// for each line. Each line is followed by a digit: how many seconds later the next one is. noise is a message that the
// connector may write beside these.
func FuzzReadCycle(f *testing.F) {
	for _, seed := range []string{"", "b1p1e1", "b1f1e1", "b0b0e0", "e1b1", "b1p1f1b1e1b1f1", "d1", "b1f1p1e1", "b1x1e1", "p1e1b1e1", "b1p1b1p1b1e1", "x9i9b9", "b1f1f1d1p1e1", "b1r1R1r1R1R1", "b1p1r1R1b1e1", "b1l1t1b1p1e1", "b1p1k1s1u1b1e1", "c1c1m1i1", "b1r1p1R1p1l1e1"} {
		f.Add(seed, 0, int64(0), "Starting a new asset fetch cycle", "info")
		f.Add(seed, 3, int64(4), "\x00Error while fetching devices from", "Error")
		f.Add(seed+"?1", 0, int64(0), "Asset push task 1 is still", "error")
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
	level := strings.ToLower(line.Level)
	isError := level == "error" || level == "critical"
	for _, known := range []struct {
		prefix string
		letter byte
	}{
		{"Starting a new asset fetch cycle", 'b'}, {"Successfully posted", 'p'}, {"Next run in the future", 'e'},
		{"Error while fetching devices from", 'f'}, {"Exception while fetching devices from", 'd'},
		{"Error while pushing assets to", 'r'}, {"Timeout while pushing assets to", 'r'}, {"Failed to parse JSON response from Sekoia", 'r'},
		{"Failed to get response from Sekoia", 'r'}, {"Error while running asset connector", 'r'}, {"Failed to push assets to", 'R'},
		{"Rate limit hit, pausing connector for", 't'}, {"Asset connector push rate limited", 'l'},
		{"Unable to get the status of the asset push task", 'u'}, {"Failed to parse the status of the asset push task", 'u'},
	} {
		if strings.HasPrefix(line.Message, known.prefix) {
			return known.letter
		}
	}
	switch text := line.Message; {
	case strings.HasPrefix(text, "Asset push task") && strings.Contains(text, "finished successfully"):
		return 'c'
	case strings.HasPrefix(text, "Asset push task") && (isError || strings.Contains(text, " is still ")):
		return 'k'
	case strings.HasPrefix(text, "Asset push task"):
		return 'c'
	case strings.HasPrefix(text, "Pushing assets to"), strings.HasPrefix(text, "Checkpoint updated with date"), strings.HasPrefix(text, "Error while mapping device"):
		return map[bool]byte{true: 'm', false: 'c'}[isError]
	case isError:
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
	firstPost, lastPost := strings.IndexByte(word, 'p'), strings.LastIndexByte(word, 'p')
	want.posted = firstPost >= 0
	if !want.posted {
		want.failed = last(messages, word, "f", 0)
	}
	want.refusal = refusal(messages, word, lastPost+1)
	want.failures, want.reasons = strings.Count(word[lastPost+1:], "R"), strings.Count(word[lastPost+1:], "r")
	want.paused = last(messages, word, "tl", strings.LastIndexAny(word, "bp")+1)

	// Whatever was last tells the trouble.
	for at := range word {
		switch letter := word[at]; {
		case strings.IndexByte("dksmx", letter) >= 0, strings.IndexByte("ftl", letter) >= 0 && firstPost >= 0 && at > firstPost:
			want.trouble = messages[at]
		case letter == 'p':
			if taken := refusal(messages, word[:at], strings.LastIndexByte(word[:at], 'p')+1); taken != "" {
				want.trouble = taken
			}
			if taken := last(messages, word[:at], "f", 0); taken != "" && at == firstPost {
				want.trouble = taken
			}
		}
	}
	if want.ended && want.refusal != "" {
		want.trouble = want.refusal
	}
	return want
}

// refusal is the last line from a place on that says why a push failed, else the first that says that it did.
func refusal(messages []string, word string, from int) string {
	if why := last(messages, word, "r", from); why != "" {
		return why
	}
	if at := strings.IndexByte(word[from:], 'R'); at >= 0 {
		return messages[from+at]
	}
	return ""
}

// last is the message of the last of these letters from a place on; "" where there is none.
func last(messages []string, word, letters string, from int) string {
	if at := strings.LastIndexAny(word[from:], letters); at >= 0 {
		return messages[from+at]
	}
	return ""
}

// checkRunning holds running against the word: the last line that tells whether a cycle runs, and three failed pushes
// behind the last post.
func checkRunning(t *testing.T, letters string, newestFirst []sekoia.LogLine) {
	t.Helper()
	at := strings.LastIndexAny(letters, "bpectrRkusm")
	since := letters[strings.LastIndexAny(letters, "pe")+1:]
	hopeless := max(strings.Count(since, "R"), strings.Count(since, "r")) >= 3
	if want := at >= 0 && letters[at] != 'e' && letters[at] != 't' && !hopeless; running(newestFirst) != want {
		t.Errorf("%s: it runs: %t", letters, !want)
	}
}

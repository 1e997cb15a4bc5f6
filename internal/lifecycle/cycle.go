// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package lifecycle

import (
	"slices"
	"strings"
	"time"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/sekoia"
)

// What the connector writes into its log, by the public source of Sekoia's
// Okta connector (2.9.0, February 2026). A repeated line is dropped for a
// minute, so lines tell how far a cycle is, never how much it brought.
const (
	logCycleBegins = "Starting a new asset fetch cycle"
	logPosted      = "Successfully posted"
	logCycleEnds   = "Next run in the future"
	logFetchFailed = "Error while fetching devices from"
	logPageDropped = "Exception while fetching devices from"
)

// mark is the place in a connector's log from which on lines count: what the
// connector is started for is only in lines after it.
type mark struct {
	// newest is the newest line before the start; its Date is zero where there was none.
	newest sekoia.LogLine
	// startedAt is the time of the answer to the start call, by Sekoia's clock, in
	// seconds; if its reply was lost, of the answer to the stop call before it; zero
	// for a connector that was just created. A stopped run's last lines come late, so
	// that they are newer than newest, but not than this.
	startedAt time.Time
}

// counts tells whether a line is of the run that the mark stands before.
func (m mark) counts(line sekoia.LogLine) bool {
	if line.Date.Before(m.startedAt.Truncate(time.Second)) {
		return false
	}

	return m.newest.Date.IsZero() || line.Date.After(m.newest.Date) ||
		(line.Date.Equal(m.newest.Date) && line.ID != m.newest.ID)
}

// cycle is what a log tells of the first fetch cycles after a mark, up to the
// one that ended with nothing more to fetch.
type cycle struct {
	begun, posted, ended bool
	// failed is the line that says that nothing could be fetched, while nothing was posted.
	failed string
	// trouble is the last line that says that something was lost, though the cycle went on or had brought something.
	trouble string
}

// readCycle reads the lines (newest first) after a mark.
func readCycle(lines []sekoia.LogLine, from mark) cycle {
	var c cycle

	for _, line := range slices.Backward(lines) {
		if !from.counts(line) {
			continue
		}

		c.read(line)

		if c.ended {
			break
		}
	}

	return c
}

func (c *cycle) read(line sekoia.LogLine) {
	switch {
	case strings.HasPrefix(line.Message, logCycleBegins):
		c.begun = true
	case strings.HasPrefix(line.Message, logPosted):
		c.posted = true

		if c.failed != "" {
			c.trouble, c.failed = c.failed, ""
		}
	case strings.HasPrefix(line.Message, logCycleEnds):
		c.ended = c.begun
	case strings.HasPrefix(line.Message, logFetchFailed) && !c.posted:
		c.failed = line.Message
	case isError(line):
		c.trouble = line.Message
	}
}

// running tells whether the log (newest first) ends within a cycle: begun, and
// not followed by the line of its end.
func running(lines []sekoia.LogLine) bool {
	for _, line := range lines {
		switch {
		case strings.HasPrefix(line.Message, logCycleEnds):
			return false
		case strings.HasPrefix(line.Message, logCycleBegins), strings.HasPrefix(line.Message, logPosted):
			return true
		}
	}

	return false
}

func isError(line sekoia.LogLine) bool {
	return strings.EqualFold(line.Level, "error") || strings.EqualFold(line.Level, "critical") ||
		strings.HasPrefix(line.Message, logFetchFailed) || strings.HasPrefix(line.Message, logPageDropped)
}

// lastErrors returns the messages of the newest error lines (newest first), at most n.
func lastErrors(lines []sekoia.LogLine, n int) []string {
	var messages []string

	for _, line := range lines {
		if isError(line) && len(messages) < n {
			messages = append(messages, line.Message)
		}
	}

	return messages
}

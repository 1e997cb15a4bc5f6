// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package lifecycle

import (
	"slices"
	"strings"
	"time"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/sekoia"
)

// What the connector writes into its log, by the public sources of Sekoia's Okta connector (2.10.0) and of its
// automation SDK (1.25). A repeated line is dropped for a minute, so lines tell how far a cycle is, never how much it
// brought. A line that is not known is passed over.
const (
	logCycleBegins   = "Starting a new asset fetch cycle"
	logPushing       = "Pushing assets to"
	logCheckpoint    = "Checkpoint updated with date"
	logPosted        = "Successfully posted"
	logTask          = "Asset push task"
	logTaskUnknown   = "Unable to get the status of the asset push task"
	logTaskUnread    = "Failed to parse the status of the asset push task"
	logCycleEnds     = "Next run in the future"
	logFetchFailed   = "Error while fetching devices from"
	logPageDropped   = "Exception while fetching devices from"
	logNotMapped     = "Error while mapping device"
	logPushFailed    = "Failed to push assets to"
	logPushRefused   = "Error while pushing assets to"
	logPushTimeout   = "Timeout while pushing assets to"
	logPushUnread    = "Failed to parse JSON response from Sekoia"
	logPushNoAnswer  = "Failed to get response from Sekoia"
	logCycleBroke    = "Error while running asset connector"
	logPushLimited   = "Asset connector push rate limited"
	logPaused        = "Rate limit hit, pausing connector for"
	taskFinished     = "finished successfully"
	taskStillWorking = " is still "
)

// refusedPushes is how many pushes have to fail in a row, with nothing posted in between, until nothing is expected of
// a run any more: such a cycle begins anew at once, and never writes the line of its end.
const refusedPushes = 3

// mark is the place in a connector's log from which on lines count: what the connector is started for is only in lines
// after it.
type mark struct {
	// newest is the newest line before the start; its Date is zero where there was none.
	newest sekoia.LogLine
	// startedAt is the time of the answer to the start call, by Sekoia's clock, in seconds; if its reply was lost, of
	// the answer to the stop call before it; zero for a connector that was just created. A stopped run's last lines
	// come late, so that they are newer than newest, but not than this.
	startedAt time.Time
}

// counts reports whether a line is of the run that the mark stands before.
func (m mark) counts(line sekoia.LogLine) bool {
	if line.Date.Before(m.startedAt.Truncate(time.Second)) {
		return false
	}
	return m.newest.Date.IsZero() || line.Date.After(m.newest.Date) ||
		(line.Date.Equal(m.newest.Date) && line.ID != m.newest.ID)
}

// cycle is what a log tells of the first fetch cycles after a mark, up to the one that ended with nothing more to
// fetch.
type cycle struct {
	begun, posted, ended bool
	// failed is the line that says that nothing could be fetched, while nothing was posted.
	failed string
	// trouble is the last line that says that something was lost, though the cycle went on or had brought something.
	trouble string
	// refusal is the line that says why pushes fail, and refused how many did; "" and 0 once something is posted.
	refusal string
	refused refusals
	// paused is the line that says that the connector rests because Sekoia had too many calls; "" once a cycle goes on.
	paused string
}

// refusals count failed pushes by what their lines say. Of each push there are two lines; those that repeat are dropped
// for a minute, so the kind that was seen most often is nearest to the truth.
type refusals struct{ failed, why int }

func (r refusals) count() int { return max(r.failed, r.why) }

// hopeless reports whether pushes fail again and again.
func (c *cycle) hopeless() bool { return c.refused.count() >= refusedPushes }

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
	switch text := line.Message; {
	case strings.HasPrefix(text, logCycleBegins):
		c.begun, c.paused = true, ""
	case strings.HasPrefix(text, logPosted):
		c.readPost()
	case strings.HasPrefix(text, logCycleEnds):
		c.readEnd()
	case strings.HasPrefix(text, logFetchFailed) && !c.posted:
		c.failed = text
	case strings.HasPrefix(text, logPushFailed):
		c.refused.failed++
		c.readRefusal(text)
	case says(text, logPushRefused, logPushTimeout, logPushUnread, logPushNoAnswer, logCycleBroke):
		c.refused.why++
		c.refusal = text
	case says(text, logPaused, logPushLimited):
		c.readPause(text)
	case says(text, logTaskUnknown, logTaskUnread):
		// The push was taken; only what came of it was not looked at.
	case strings.HasPrefix(text, logTask):
		if !strings.Contains(text, taskFinished) && (isError(line) || strings.Contains(text, taskStillWorking)) {
			c.trouble = text
		}
	case isError(line):
		c.trouble = text
	}
}

// readPost takes a failure before a post for what it was: something is lost, but not all.
func (c *cycle) readPost() {
	c.posted, c.paused = true, ""
	for _, before := range []*string{&c.refusal, &c.failed} {
		if *before != "" {
			c.trouble, *before = *before, ""
		}
	}
	c.refused = refusals{}
}

// readEnd ends the cycle. What was refused before and not posted since is lost to it.
func (c *cycle) readEnd() {
	c.ended = c.begun
	if c.ended && c.refusal != "" {
		c.trouble = c.refusal
	}
}

// readRefusal keeps the line that says why rather than the one that only says that.
func (c *cycle) readRefusal(text string) {
	if c.refusal == "" {
		c.refusal = text
	}
}

// readPause notes that the connector rests. A cycle that had posted something is cut off by it, for the next one begins
// behind that.
func (c *cycle) readPause(text string) {
	c.paused = text
	if c.posted {
		c.trouble = text
	}
}

// says reports whether a line begins with one of these texts.
func says(text string, prefixes ...string) bool {
	return slices.ContainsFunc(prefixes, func(prefix string) bool { return strings.HasPrefix(text, prefix) })
}

// decides reports whether a line tells if a cycle is running, and what it tells.
func decides(line sekoia.LogLine) (running, decided bool) {
	switch text := line.Message; {
	case says(text, logCycleEnds, logPaused):
		return false, true
	case says(text, logCycleBegins, logPushing, logCheckpoint, logPosted, logTask, logTaskUnknown, logTaskUnread,
		logPushFailed, logPushRefused, logPushTimeout, logPushUnread, logPushNoAnswer, logCycleBroke, logNotMapped):
		return true, true
	}
	return false, false
}

// running reports whether the log (newest first) ends within a cycle: begun, and not followed by the line of its end.
// One whose pushes all fail has nothing that a stop could cut off.
func running(lines []sekoia.LogLine) bool {
	var since cycle // of the last post
	for index, line := range lines {
		if strings.HasPrefix(line.Message, logPosted) || strings.HasPrefix(line.Message, logCycleEnds) {
			lines = lines[:index+1]
			break
		}
		since.read(line)
	}
	for _, line := range lines {
		if within, decided := decides(line); decided {
			return within && !since.hopeless()
		}
	}
	return false
}

func isError(line sekoia.LogLine) bool {
	return strings.EqualFold(line.Level, "error") || strings.EqualFold(line.Level, "critical") ||
		says(line.Message, logFetchFailed, logPageDropped)
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

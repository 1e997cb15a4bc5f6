// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package sekoia

import (
	"context"
	"slices"
	"strings"
	"time"
)

// LogLine is a line of a connector's log.
type LogLine struct {
	ID      string    `json:"uuid"`
	Level   string    `json:"level"`
	Message string    `json:"message"` // as the connector wrote it: not fit for a terminal without transport.Sanitize
	Date    time.Time `json:"date"`    // UTC; the zero time if Sekoia gives none
}

// maxLogLines bounds how far back a log is read.
const maxLogLines = 100_000

// ConnectorLogs reads the newest lines of a connector's log, newest first, at most limit of them. Lines reach Sekoia in
// batches, up to five seconds late, and repeats within a minute are dropped there.
func (c *Client) ConnectorLogs(ctx context.Context, id string, limit int) ([]LogLine, error) {
	lines, err := c.readLog(ctx, id, func(_ []LogLine, read int) bool { return read >= limit })
	return lines[:min(limit, len(lines))], err
}

// ConnectorLogsUntil reads a connector's log from its newest line back to one that until is true of, or to its
// beginning: newest first, in whole pages of 100, so that the lines around that one are among them.
func (c *Client) ConnectorLogsUntil(ctx context.Context, id string, until func(LogLine) bool) ([]LogLine, error) {
	return c.readLog(ctx, id, func(page []LogLine, _ int) bool { return slices.ContainsFunc(page, until) })
}

// readLog reads pages of a log until one is enough; read is how many lines were read with it. A line that moved from
// one page to the next meanwhile is kept once.
func (c *Client) readLog(ctx context.Context, id string, enough func(page []LogLine, read int) bool) ([]LogLine, error) {
	what, err := logCall(id)
	if err != nil {
		return nil, err
	}
	var lines []LogLine
	seen := map[string]bool{"": true}
	for read := 0; read < maxLogLines; {
		current, err := fetchPage[LogLine](ctx, c, what.ranged(pageSize, read))
		if err != nil {
			return nil, err
		}
		for index := range current.Items {
			line := &current.Items[index]
			line.Date = line.Date.UTC()
			if folded := strings.ToLower(line.ID); line.ID == "" || !seen[folded] {
				seen[folded] = true
				lines = append(lines, *line)
			}
		}
		read += len(current.Items)
		if current.ends(read) {
			break
		}
		if first, last := current.Items[0], current.Items[len(current.Items)-1]; first.Date.Before(last.Date) {
			return nil, misshapen(what, "the oldest lines of the log come first, and not the newest")
		}
		if enough(current.Items, read) {
			break
		}
	}
	slices.SortStableFunc(lines, func(a, b LogLine) int { return b.Date.Compare(a.Date) }) // late lines are not in order
	return lines, nil
}

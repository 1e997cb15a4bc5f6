// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package sekoia

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"
)

// LogLine is a line of a connector's log.
type LogLine struct {
	ID      string
	Level   string
	Message string    // as the connector wrote it: not fit for a terminal without transport.Sanitize
	Date    time.Time // UTC; the zero time where Sekoia's can't be read
}

type wireLogLine struct {
	UUID    text `json:"uuid"`
	Level   text `json:"level"`
	Message text `json:"message"`
	Date    text `json:"date"`
}

func (w wireLogLine) line() LogLine {
	return LogLine{ID: string(w.UUID), Level: string(w.Level), Message: string(w.Message), Date: parseTime(string(w.Date))}
}

// orderSample is how many lines are looked at, at least, to tell in which order a log comes. It is the API's default
// page.
const orderSample = 20

// ConnectorLogs reads the newest lines of a connector's log, newest first, at most limit of them. A limit under 1 makes
// no call. Lines reach Sekoia in batches, up to five seconds late, and repeats within a minute are dropped there.
func (c *Client) ConnectorLogs(ctx context.Context, id string, limit int) ([]LogLine, error) {
	path, err := connectorLogsPath(id)
	if err != nil || limit < 1 {
		return nil, err
	}
	what := call{method: http.MethodGet, path: path, needs: []string{PermissionViewPlaybookRuns}}
	lines, total, err := c.logPage(ctx, what, min(max(limit, orderSample), pageSize), 0)
	if err != nil {
		return nil, err
	}
	if oldestFirst(lines) {
		return c.logTail(ctx, what, lines, total, limit)
	}
	for len(lines) < min(limit, total) {
		more, _, err := c.logPage(ctx, what, min(limit-len(lines), pageSize), len(lines))
		if err != nil {
			return nil, err
		}
		if len(more) == 0 {
			break
		}
		lines = append(lines, more...)
	}
	return newestFirst(lines, limit), nil
}

// maxLogPages bounds how far back ConnectorLogsUntil reads: a hundred thousand lines.
const maxLogPages = 1000

// ConnectorLogsUntil reads a connector's log from its newest line back to one that until is true of, or to its
// beginning: newest first, in whole pages of 100, so that the lines around that one are among them.
func (c *Client) ConnectorLogsUntil(ctx context.Context, id string, until func(LogLine) bool) ([]LogLine, error) {
	path, err := connectorLogsPath(id)
	if err != nil {
		return nil, err
	}
	what := call{method: http.MethodGet, path: path, needs: []string{PermissionViewPlaybookRuns}}
	lines, total, err := c.logPage(ctx, what, pageSize, 0)
	if err != nil {
		return nil, err
	}
	reached := func(page []LogLine) bool { return len(page) == 0 || slices.ContainsFunc(page, until) }
	if oldestFirst(lines) {
		return c.logTailUntil(ctx, what, lines, total, reached)
	}
	for page := lines; len(lines) < total && !reached(page) && len(lines) < maxLogPages*pageSize; lines = append(lines, page...) {
		if page, _, err = c.logPage(ctx, what, pageSize, len(lines)); err != nil {
			return nil, err
		}
	}
	return newestFirst(lines, len(lines)), nil
}

// logTailUntil reads a log that comes oldest first from its end back; first is its first page.
func (c *Client) logTailUntil(ctx context.Context, what call, first []LogLine, total int, reached func([]LogLine) bool) ([]LogLine, error) {
	var newer []LogLine // later pages, in the log's own order
	for end := total; end > len(first) && len(newer) < maxLogPages*pageSize; {
		begin := max(end-pageSize, len(first))
		page, _, err := c.logPage(ctx, what, end-begin, begin)
		if err != nil {
			return nil, err
		}
		newer, end = append(page, newer...), begin
		if reached(page) && len(page) > 0 {
			break
		}
	}
	lines := append(slices.Clone(first), newer...) // the first page may hold what came late, and is here already
	slices.Reverse(lines)
	return newestFirst(lines, len(lines)), nil
}

// logTail reads the end of a log that comes oldest first, of which lines are the first page. They stay among what the
// newest are taken from: lines that came late may have made the order look like another than it is.
func (c *Client) logTail(ctx context.Context, what call, lines []LogLine, total, limit int) ([]LogLine, error) {
	for offset := max(len(lines), total-limit); offset < total; {
		more, _, err := c.logPage(ctx, what, min(total-offset, pageSize), offset)
		if err != nil {
			return nil, err
		}
		if len(more) == 0 {
			break
		}
		lines, offset = append(lines, more...), offset+len(more)
	}
	slices.Reverse(lines) // of lines with the same date, the later one is the newer
	return newestFirst(lines, limit), nil
}

// logPage reads one page of a log. Where the answer has no total, what came is all there is.
func (c *Client) logPage(ctx context.Context, what call, limit, offset int) ([]LogLine, int, error) {
	what.query = withRange(what.query, limit, offset)
	list, err := fetchPage[wireLogLine](ctx, c, what)
	if err != nil {
		return nil, 0, err
	}
	lines := make([]LogLine, 0, len(list.Items))
	for _, item := range list.Items {
		lines = append(lines, item.line())
	}
	if list.Total == nil {
		return lines, offset + len(lines), nil
	}
	return lines, *list.Total, nil
}

func oldestFirst(lines []LogLine) bool {
	return len(lines) > 1 && lines[0].Date.Before(lines[len(lines)-1].Date)
}

// newestFirst sorts lines and cuts them. A line that moved from one page to the next while they were read is kept once.
func newestFirst(lines []LogLine, limit int) []LogLine {
	seen := map[string]bool{}
	lines = slices.DeleteFunc(lines, func(line LogLine) bool {
		id := strings.ToLower(line.ID)
		repeated := id != "" && seen[id]
		seen[id] = true
		return repeated
	})
	slices.SortStableFunc(lines, func(a, b LogLine) int { return b.Date.Compare(a.Date) })
	return lines[:min(limit, len(lines))]
}

// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package lifecycle

import (
	"cmp"
	"slices"
	"strconv"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/sekoia"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// logged makes log lines, newest first as the client gives them, from messages in the order of time, one a second from
// noon on.
func logged(messages ...string) []sekoia.LogLine {
	lines := make([]sekoia.LogLine, 0, len(messages))
	for i, message := range messages {
		lines = append(lines, sekoia.LogLine{
			ID: "line-" + strconv.Itoa(i), Level: cmp.Or(levels[message], "info"), Message: message, Date: noon.Add(time.Duration(i) * time.Second),
		})
	}
	slices.Reverse(lines)
	return lines
}

const (
	begins      = "Starting a new asset fetch cycle for connector 6bffbac8"
	posted      = "Successfully posted 100 assets to Sekoia.io asset connector API"
	ends        = "Next run in the future. Waiting 1200 seconds"
	fetchFailed = "Error while fetching devices from https://acme.okta.com: 401"
	dropped     = "Exception while fetching devices from https://acme.okta.com: registered"
	refusedLine = "Error while pushing assets to Sekoia.io - Server error - HTTP (503) - busy"
	pushFailed  = "Failed to push assets to Sekoia.io asset connector API at https://api.sekoia.io/api/v2/asset-management/asset-connector/1"
	pausedLine  = "Rate limit hit, pausing connector for 3600 seconds"
	limitedLine = "Asset connector push rate limited (HTTP 429). Waiting 3600 seconds before refetching."
	taskDone    = "Asset push task 1 finished successfully"
	taskFailed  = "Asset push task 1 ended with the status FAILED - no room"
	taskStill   = "Asset push task 1 is still RUNNING after 300.0 seconds. Not waiting for the push tasks of the remaining batches of this cycle"
	taskUnknown = "Unable to get the status of the asset push task 1 - Client error - HTTP (404)"
	checkpoint  = "Checkpoint updated with date: 2026-11-02T00:00:00.000Z"
)

// levels are those of lines that are no information.
var levels = map[string]string{
	refusedLine: "error", pushFailed: "error", pausedLine: "warning", limitedLine: "warning", taskFailed: "error", taskStill: "warning", taskUnknown: "error",
}

func TestReadCycle(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		lines []sekoia.LogLine
		from  mark
		want  cycle
	}{
		"an empty log tells nothing": {},
		"a cycle that has begun has not ended": {
			lines: logged(begins), want: cycle{begun: true},
		},
		"the end after a post is the end of the first load": {
			lines: logged(begins, posted, begins, ends), want: cycle{begun: true, posted: true, ended: true},
		},
		"a cycle that finds nothing new ends all the same": {
			lines: logged(begins, ends), want: cycle{begun: true, ended: true},
		},
		"an end without a beginning is of the run before": {
			lines: logged(ends), want: cycle{},
		},
		"an error with nothing posted is a failure": {
			lines: logged(begins, fetchFailed, ends), want: cycle{begun: true, ended: true, failed: fetchFailed},
		},
		"an error after a post is trouble": {
			lines: logged(begins, posted, fetchFailed, begins, ends), want: cycle{begun: true, posted: true, ended: true, trouble: fetchFailed},
		},
		"a post after an error makes the failure a trouble": {
			lines: logged(begins, fetchFailed, posted, ends), want: cycle{begun: true, posted: true, ended: true, trouble: fetchFailed},
		},
		"a dropped page is trouble, also where nothing was posted": {
			lines: logged(begins, dropped, ends), want: cycle{begun: true, ended: true, trouble: dropped},
		},
		"pushes that are refused have no end": {
			lines: logged(begins, refusedLine, pushFailed), want: cycle{begun: true, refusal: refusedLine, failures: 1, reasons: 1},
		},
		"the line that says why is shown, though the other is newer": {
			lines: logged(begins, refusedLine, pushFailed, pushFailed), want: cycle{begun: true, refusal: refusedLine, failures: 2, reasons: 1},
		},
		"a post begins the count anew, and leaves trouble": {
			lines: logged(begins, refusedLine, pushFailed, posted, pushFailed),
			want:  cycle{begun: true, posted: true, trouble: refusedLine, refusal: pushFailed, failures: 1},
		},
		"a refusal that nothing followed but the end is trouble": {
			lines: logged(begins, posted, refusedLine, begins, ends),
			want:  cycle{begun: true, posted: true, ended: true, trouble: refusedLine, refusal: refusedLine, reasons: 1},
		},
		"a connector that rests": {
			lines: logged(begins, limitedLine, pausedLine), want: cycle{begun: true, paused: pausedLine},
		},
		"one that rested and goes on": {
			lines: logged(begins, limitedLine, pausedLine, begins, posted, begins, ends), want: cycle{begun: true, posted: true, ended: true},
		},
		"a rest after a post cuts the cycle off": {
			lines: logged(begins, posted, limitedLine, pausedLine, begins, ends), want: cycle{begun: true, posted: true, ended: true, trouble: pausedLine},
		},
		"a task that ended well is no news": {
			lines: logged(begins, posted, checkpoint, taskDone, begins, ends), want: cycle{begun: true, posted: true, ended: true},
		},
		"a task that failed is trouble": {
			lines: logged(begins, posted, taskFailed, begins, ends), want: cycle{begun: true, posted: true, ended: true, trouble: taskFailed},
		},
		"a task that does not end is trouble": {
			lines: logged(begins, posted, taskStill, begins, ends), want: cycle{begun: true, posted: true, ended: true, trouble: taskStill},
		},
		"a task that could not be looked at has lost nothing": {
			lines: logged(begins, posted, taskUnknown, begins, ends), want: cycle{begun: true, posted: true, ended: true},
		},
		"what comes after the end is of another cycle": {
			lines: logged(begins, ends, begins, fetchFailed), want: cycle{begun: true, ended: true},
		},
		"lines up to the mark don't count": {
			lines: logged(begins, posted, ends), from: mark{newest: logged(begins, posted, ends)[0]}, want: cycle{},
		},
		"a late line of the stopped run doesn't count": {
			lines: logged(begins, posted, ends, begins),
			from:  mark{newest: logged(begins)[0], startedAt: noon.Add(3*time.Second + 700*time.Millisecond)},
			want:  cycle{begun: true},
		},
		"a line of the very second of the start counts": {
			lines: logged(begins, ends), from: mark{startedAt: noon.Add(900 * time.Millisecond)}, want: cycle{begun: true, ended: true},
		},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := readCycle(test.lines, test.from)
			if diff := gocmp.Diff(test.want, got, gocmp.AllowUnexported(cycle{})); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestRunning(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		lines []sekoia.LogLine
		want  bool
	}{
		"an empty log":                          {nil, false},
		"a cycle that has begun":                {logged(begins), true},
		"a cycle that has posted":               {logged(begins, posted), true},
		"a cycle that has ended":                {logged(begins, posted, begins, ends), false},
		"a cycle with an error in it":           {logged(begins, fetchFailed), true},
		"only lines that belong to no cycle":    {logged("hello"), false},
		"only pushes, for the beginning is far": {logged(checkpoint, taskDone, checkpoint, taskDone), true},
		"a connector that rests":                {logged(begins, posted, limitedLine, pausedLine), false},
		"pushes that begin to fail":             {logged(begins, refusedLine, pushFailed, refusedLine, pushFailed), true},
		"pushes that all fail":                  {logged(begins, refusedLine, pushFailed, refusedLine, pushFailed, refusedLine), false},
		"pushes that failed before a post":      {logged(refusedLine, refusedLine, refusedLine, posted), true},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := running(test.lines); got != test.want {
				t.Errorf("running = %t, want %t", got, test.want)
			}
		})
	}
}

func TestLastErrors(t *testing.T) {
	t.Parallel()
	lines := logged(fetchFailed, begins, dropped, "fatal")
	lines[0].Level = "ERROR"
	if diff := gocmp.Diff([]string{"fatal", dropped}, lastErrors(lines, 2)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

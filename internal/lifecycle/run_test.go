// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package lifecycle

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/jarcoal/httpmock"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/sekoia"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/credential"
)

const connectorPath = "/v1/symphony/connector-configurations/6bffbac8-3a5d-4b1e-9d5c-0d3b6f6f2f0a"

// scripted is a connector whose status and log follow the clock of a synctest bubble.
type scripted struct {
	mu    sync.Mutex
	calls []string
	// status and log by the time since the beginning of the test.
	status func(time.Duration) string
	// log holds messages by when they become visible.
	log []scriptedLine
	// logStatus answers the log with an error instead.
	logStatus int
	assets    func(time.Duration) int
	begun     time.Time
}

type scriptedLine struct {
	at      time.Duration // when it was written
	late    time.Duration // how much later it can be read
	level   string
	message string
}

func (s *scripted) noted(call string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls = append(s.calls, call)
}

func (s *scripted) count(call string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for _, made := range s.calls {
		if made == call {
			n++
		}
	}
	return n
}

// runner returns the connector of the script, driven over a mocked network.
func (s *scripted) runner(t *testing.T) *runner {
	t.Helper()
	s.begun = time.Now()
	mock := httpmock.NewMockTransport()
	mock.RegisterResponder(http.MethodGet, "https://api.sekoia.io"+connectorPath, func(*http.Request) (*http.Response, error) {
		s.noted("status")
		body := map[string]any{"uuid": lastSegment(connectorPath), "name": "n", "community_uuid": "c", "module_configuration_uuid": "a", "connector_uuid": "k"}
		if status := s.status(time.Since(s.begun)); status != "" {
			body["display_status"] = status
		}
		return httpmock.NewJsonResponse(http.StatusOK, body)
	})
	mock.RegisterResponder(http.MethodGet, "https://api.sekoia.io"+connectorPath+"/logs", s.answerLog)
	mock.RegisterResponder(http.MethodPost, "https://api.sekoia.io"+connectorPath+"/stop", s.answer("stop"))
	mock.RegisterResponder(http.MethodPost, "https://api.sekoia.io"+connectorPath+"/start", s.answer("start"))
	mock.RegisterResponder(http.MethodGet, "https://api.sekoia.io/v2/asset-management/assets", func(*http.Request) (*http.Response, error) {
		s.noted("assets")
		return httpmock.NewJsonResponse(http.StatusOK, map[string]any{"total": s.assets(time.Since(s.begun)), "items": []any{}})
	})
	base, err := url.Parse("https://api.sekoia.io")
	if err != nil {
		t.Fatal(err)
	}
	client := sekoia.New(sekoia.Config{HTTP: &http.Client{Transport: mock}, BaseURL: base, APIKey: credential.NewSecret("key")})
	return &runner{Connectors: New(client, strings.EqualFold), id: lastSegment(connectorPath)}
}

func (s *scripted) answer(call string) httpmock.Responder {
	return func(*http.Request) (*http.Response, error) {
		s.noted(call)
		resp := httpmock.NewStringResponse(http.StatusNoContent, "")
		resp.Header.Set("Date", time.Now().UTC().Format(http.TimeFormat))
		return resp, nil
	}
}

func (s *scripted) answerLog(request *http.Request) (*http.Response, error) {
	s.noted("logs")
	if s.logStatus != 0 {
		return httpmock.NewJsonResponse(s.logStatus, map[string]any{"code": "forbidden", "message": "no"})
	}
	items := []map[string]any{}
	for i, line := range s.log {
		if line.at+line.late <= time.Since(s.begun) {
			level := line.level
			if level == "" {
				level = "info"
			}
			items = append(items, map[string]any{
				"uuid": "line-" + strconv.Itoa(i), "level": level, "message": line.message,
				"date": s.begun.Add(line.at).UTC().Format(time.RFC3339Nano),
			})
		}
	}
	slices.Reverse(items)
	limit, _ := strconv.Atoi(request.URL.Query().Get("limit"))
	offset, _ := strconv.Atoi(request.URL.Query().Get("offset"))
	page := items[min(offset, len(items)):min(offset+limit, len(items))]
	return httpmock.NewJsonResponse(http.StatusOK, map[string]any{"items": page, "total": len(items)})
}

func lastSegment(path string) string { return path[strings.LastIndex(path, "/")+1:] }

func always(status string) func(time.Duration) string {
	return func(time.Duration) string { return status }
}

// after is STARTING until a moment.
func after(from time.Duration, status string) func(time.Duration) string {
	return func(now time.Duration) string {
		if now < from {
			return "STARTING"
		}
		return status
	}
}

func TestWaitStarted(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		status  func(time.Duration) string
		log     []scriptedLine
		wantBad string // part of the error; empty: the wait ends well
		within  time.Duration
	}{
		"ends when the connector runs":              {status: after(40*time.Second, "RUNNING"), within: time.Minute},
		"ends when it runs with old errors":         {status: after(time.Second, "ERROR"), within: 5 * time.Second},
		"ends at once where Sekoia gives no status": {status: always(""), within: time.Second},
		"fails with the log's lines on CRITICAL_ERROR": {
			status: after(time.Second, "CRITICAL_ERROR"), log: []scriptedLine{{level: "error", message: "out of\tmemory"}},
			wantBad: "CRITICAL_ERROR", within: 5 * time.Second,
		},
		"ends with the timeout where it never runs": {
			status: always("STARTING"), wantBad: "the wait reached its timeout", within: 10*time.Minute + time.Second,
		},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
				defer cancel()
				script := &scripted{status: test.status, log: test.log}
				run := script.runner(t)
				checkEnd(t, run, run.wait(ctx, WaitStarted), test.wantBad, "")
				if took := time.Since(script.begun); took > test.within {
					t.Errorf("took %s, want at most %s", took, test.within)
				}
			})
		})
	}
}

func checkEnd(t *testing.T, run *runner, err error, wantBad, wantRemark string) {
	t.Helper()
	switch {
	case wantBad == "" && err != nil:
		t.Errorf("ended badly: %s", err)
	case wantBad != "" && (err == nil || !strings.Contains(err.Error(), wantBad)):
		t.Errorf("ended with %v, want %q in it", err, wantBad)
	}
	remarks := texts(run.remarks)
	if (wantRemark == "") != (remarks == "") || !strings.Contains(remarks, wantRemark) {
		t.Errorf("remarks %q, want %q in them", remarks, wantRemark)
	}
}

// texts are the causes of remarks and what they left.
func texts(remarks []*StepError) string {
	details := make([]string, len(remarks))
	for index, remark := range remarks {
		details[index] = remark.Left
		if remark.Err != nil {
			details[index] = remark.Err.Error() + ". " + remark.Left
		}
	}
	return strings.Join(details, "\n")
}

func TestWaitSynced(t *testing.T) {
	t.Parallel()
	const (
		second = time.Second
		batch  = 5 * time.Second // how late lines come that are no errors
	)
	cases := map[string]struct {
		status              func(time.Duration) string
		log                 []scriptedLine
		logStatus           int
		assets              func(time.Duration) int
		from                func(begun time.Time) mark
		wantBad, wantRemark string
		atLeast, within     time.Duration
	}{
		"ends with the first cycle that found nothing more": {
			log: []scriptedLine{
				{at: 1 * second, late: batch, message: begins}, {at: 20 * second, late: batch, message: posted},
				{at: 60 * second, late: batch, message: begins}, {at: 62 * second, late: batch, message: ends},
			},
			atLeast: 62 * second, within: 85 * second, // readable after 67, and a pause between two looks is 15 at most
		},
		"an error before the late line of a batch is no failure": {
			log: []scriptedLine{
				{at: 1 * second, late: batch, message: begins}, {at: 10 * second, late: batch, message: posted},
				{at: 11 * second, level: "error", message: fetchFailed}, {at: 40 * second, message: begins}, {at: 41 * second, message: ends},
			},
			assets: func(time.Duration) int { return 100 }, wantRemark: "100 assets have arrived", atLeast: 41 * second, within: 60 * second,
		},
		"a wrong token is a failure, with the log's line": {
			log:     []scriptedLine{{at: 1 * second, message: begins}, {at: 2 * second, level: "error", message: fetchFailed}},
			wantBad: "Error while fetching devices from https://acme.okta.com", within: 30 * second,
		},
		"a wrong token whose cycle has ended is a failure at once": {
			log:     []scriptedLine{{message: begins}, {level: "error", message: fetchFailed}, {message: ends}},
			wantBad: "Error while fetching", within: 2 * second,
		},
		"a dropped page is a warning with the number of assets": {
			log: []scriptedLine{
				{at: 1 * second, message: begins}, {at: 2 * second, level: "error", message: dropped}, {at: 3 * second, message: ends},
			},
			assets: func(time.Duration) int { return 0 }, wantRemark: "0 assets have arrived", within: 20 * second,
		},
		"pushes that are refused again and again are a failure, with the line that says why": {
			log: []scriptedLine{
				{at: 1 * second, late: batch, message: begins}, {at: 2 * second, level: "error", message: refusedLine}, {at: 2 * second, level: "error", message: pushFailed},
				{at: 62 * second, level: "error", message: refusedLine}, {at: 62 * second, level: "error", message: pushFailed},
				{at: 122 * second, level: "error", message: refusedLine}, {at: 122 * second, level: "error", message: pushFailed},
			},
			wantBad: "failed to push them 3 times, and starts again each time. Its log says: Error while pushing assets to Sekoia.io - Server error - HTTP (503)",
			atLeast: 122 * second, within: 140 * second,
		},
		"one refused push is a warning": {
			log: []scriptedLine{
				{at: 1 * second, message: begins}, {at: 2 * second, level: "error", message: refusedLine}, {at: 2 * second, level: "error", message: pushFailed},
				{at: 3 * second, message: posted}, {at: 4 * second, message: begins}, {at: 5 * second, message: ends},
			},
			assets: func(time.Duration) int { return 100 }, wantRemark: "not everything arrived. 100 assets have arrived. The connector's log says: Error while pushing", within: 20 * second,
		},
		"a connector that rests for an hour explains the timeout": {
			log: []scriptedLine{
				{at: 1 * second, message: begins}, {at: 2 * second, level: "warning", message: limitedLine}, {at: 2 * second, level: "warning", message: pausedLine},
			},
			wantBad: "the wait reached its timeout. The connector continues without it.\nIts log says: Rate limit hit, pausing connector for 3600 seconds",
			within:  10*time.Minute + second,
		},
		"a task that failed is a warning": {
			log:    []scriptedLine{{message: begins}, {message: posted}, {level: "error", message: taskFailed}, {message: begins}, {message: ends}},
			assets: func(time.Duration) int { return 0 }, wantRemark: "ended with the status FAILED - no room", within: 2 * second,
		},
		"a load that writes more lines than a page is read back to its beginning": {
			log:     slices.Concat([]scriptedLine{{message: begins}}, manyPushes(400), []scriptedLine{{at: 30 * second, message: begins}, {at: 30 * second, message: ends}}),
			atLeast: 30 * second, within: 45 * second,
		},
		"of a device that does not parse, the field is told": {
			log: []scriptedLine{{message: begins}, {level: "error", message: "Exception while fetching devices from /api/v1/devices?after=x: " +
				"1 validation error for OktaDevice\nprofile.registered\n  Field required [type=missing, input_value={'displayName': 'Anna Sch...}, input_type=dict]\n" +
				"    For further information visit https://errors.pydantic.dev/2.12/v/missing"}, {message: ends}},
			assets:     func(time.Duration) int { return 0 },
			wantRemark: "The connector's log says: Exception while fetching devices from /api/v1/devices: a device does not parse: profile.registered (missing)",
			within:     2 * second,
		},
		"a connector that somebody stops ends the wait": {
			status: func(now time.Duration) string {
				if now > 20*second {
					return "STOPPED"
				}
				return "RUNNING"
			},
			log: []scriptedLine{{at: 1 * second, message: begins}}, wantBad: "somebody stopped the connector", within: 40 * second,
		},
		"CRITICAL_ERROR ends the wait": {
			status: func(now time.Duration) string {
				if now > 20*second {
					return "CRITICAL_ERROR"
				}
				return "RUNNING"
			},
			log: []scriptedLine{{at: 1 * second, message: begins}}, wantBad: "CRITICAL_ERROR", within: 40 * second,
		},
		"late lines of the run before don't end it": {
			log: []scriptedLine{
				{at: -60 * second, late: 0, message: begins}, {at: -30 * second, late: 40 * second, message: ends},
				{at: 20 * second, message: begins}, {at: 50 * second, message: ends},
			},
			from: func(begun time.Time) mark {
				return mark{newest: sekoia.LogLine{ID: "line-0", Date: begun.Add(-60 * second)}, startedAt: begun}
			},
			atLeast: 50 * second, within: 70 * second,
		},
		"a log that can't be read is replaced by a count that rests": {
			logStatus:  http.StatusForbidden,
			assets:     func(now time.Duration) int { return min(500, int(now/second)*50) },
			wantRemark: "500", atLeast: 10 * second, within: 2 * time.Minute,
		},
		"so is a log of a form that is not known": {
			logStatus:  http.StatusOK,
			assets:     func(now time.Duration) int { return min(500, int(now/second)*50) },
			wantRemark: "it has no items). The end of the fetch cycle was guessed", atLeast: 10 * second, within: 2 * time.Minute,
		},
		"a cycle that never ends ends with the timeout": {
			log: []scriptedLine{{at: 1 * second, message: begins}}, wantBad: "the wait reached its timeout", within: 10*time.Minute + second,
		},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
				defer cancel()
				script := &scripted{status: test.status, log: test.log, logStatus: test.logStatus, assets: test.assets}
				if script.status == nil {
					script.status = always("RUNNING")
				}
				run := script.runner(t)
				if test.from != nil {
					run.from = test.from(script.begun)
				}
				checkEnd(t, run, run.wait(ctx, WaitSynced), test.wantBad, test.wantRemark)
				if took := time.Since(script.begun); took > test.within || took < test.atLeast {
					t.Errorf("took %s, want from %s to %s", took, test.atLeast, test.within)
				}
			})
		})
	}
}

// manyPushes are the lines of a long load that no filter drops.
func manyPushes(count int) []scriptedLine {
	lines := make([]scriptedLine, count)
	for i := range lines {
		at := time.Duration(i) * 50 * time.Millisecond
		lines[i] = scriptedLine{at: at, message: fmt.Sprintf("Checkpoint updated with date: 2026-11-02T00:00:00.%03dZ", i)}
	}
	return lines
}

// A look reads what is new, not all again.
func TestWaitReadsEachPageOfALongLogOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		script := &scripted{status: always("RUNNING"), log: slices.Concat([]scriptedLine{{message: begins}}, manyPushes(950), []scriptedLine{{at: 120 * time.Second, message: ends}})}
		run := script.runner(t)
		checkEnd(t, run, run.wait(t.Context(), WaitSynced), "", "")
		looks := script.count("status")
		if pages := script.count("logs"); pages > 2*looks {
			t.Errorf("%d pages were read in about %d looks", pages, looks)
		}
	})
}

// Sekoia's Date has no parts of a second: of the second of the start, the newest line before it tells which are old.
func TestWaitAfterAStartInTheSecondOfAnEnd(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const second = time.Second
		script := &scripted{status: always("RUNNING"), log: []scriptedLine{
			{message: begins}, {at: second / 4, message: ends}, {at: 20 * second, message: begins}, {at: 50 * second, message: ends},
		}}
		run := script.runner(t)
		<-time.After(second / 2)
		if err := run.start(t.Context()); err != nil {
			t.Fatal(err)
		}
		checkEnd(t, run, run.wait(t.Context(), WaitSynced), "", "")
		if took := time.Since(script.begun); took < 50*second {
			t.Errorf("took %s: the lines before the start ended the wait", took)
		}
	})
}

func TestWaitForACountThatRests(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		script := &scripted{status: always("RUNNING"), logStatus: http.StatusForbidden, assets: func(time.Duration) int { return 7 }}
		run := script.runner(t)
		checkEnd(t, run, run.wait(t.Context(), WaitSynced), "", "stopped changing")
		if looks := script.count("assets"); looks != 1+steadyPolls {
			t.Errorf("ended after %d looks, not %d", looks, 1+steadyPolls)
		}
	})
}

func TestWaitNoneMakesNoCall(t *testing.T) {
	t.Parallel()
	script := &scripted{}
	run := script.runner(t)
	checkEnd(t, run, run.wait(t.Context(), WaitNone), "", "")
	if len(script.calls) != 0 {
		t.Errorf("calls: %v", script.calls)
	}
}

func TestWaitEndsWithItsContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		script := &scripted{status: always("RUNNING"), log: []scriptedLine{{message: begins}}}
		connector := script.runner(t)
		time.AfterFunc(30*time.Second, cancel)
		if err := connector.wait(ctx, WaitSynced); !errors.Is(err, context.Canceled) {
			t.Errorf("ended with %v", err)
		}
		if took := time.Since(script.begun); took != 30*time.Second {
			t.Errorf("took %s after the cancellation at 30 s", took)
		}
	})
}

func TestStop(t *testing.T) {
	t.Parallel()
	const second = time.Second
	stoppedFrom := func(from time.Duration) func(time.Duration) string {
		return func(now time.Duration) string {
			if now >= from {
				return "STOPPED"
			}
			return "RUNNING"
		}
	}
	cases := map[string]struct {
		status          func(time.Duration) string
		log             []scriptedLine
		logStatus       int
		wantRemark      string
		atLeast, within time.Duration
	}{
		"an idle connector is stopped at once": {
			status: stoppedFrom(0), log: []scriptedLine{{message: begins}, {message: ends}}, within: second,
		},
		"a running cycle is waited for": {
			status: stoppedFrom(40 * second), log: []scriptedLine{{message: begins}, {at: 30 * second, message: ends}},
			atLeast: 40 * second, within: 55 * second,
		},
		"a cycle that does not end is stopped after five minutes, with a remark": {
			status: stoppedFrom(302 * second), log: []scriptedLine{{message: begins}},
			wantRemark: "still running after 5m0s", atLeast: 300 * second, within: 320 * second,
		},
		"a connector that does not run is not waited for": {
			status: always("STOPPED"), log: []scriptedLine{{message: begins}}, within: second,
		},
		"a log that can't be read is said, and no reason to wait": {
			status: stoppedFrom(0), logStatus: http.StatusForbidden, wantRemark: "can't be read", within: second,
		},
		"a status that does not change is waited for a minute": {
			status: always("STOPPING"), log: nil, atLeast: 60 * second, within: 61 * second,
		},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				script := &scripted{status: test.status, log: test.log, logStatus: test.logStatus}
				connector := script.runner(t)
				if err := connector.stop(t.Context()); err != nil {
					t.Fatal(err)
				}
				remark := texts(connector.remarks)
				if (test.wantRemark == "") != (remark == "") || !strings.Contains(remark, test.wantRemark) {
					t.Errorf("remark %q, want %q in it", remark, test.wantRemark)
				}
				if script.count("stop") != 1 {
					t.Errorf("calls: %v", script.calls)
				}
				if took := time.Since(script.begun); took > test.within || took < test.atLeast {
					t.Errorf("took %s, want from %s to %s", took, test.atLeast, test.within)
				}
			})
		})
	}
}

func TestPollThatItsContextEndsKeepsTheLastError(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		looks := 0
		err := poll(ctx, 300*time.Millisecond, func(context.Context) (bool, error) {
			looks++
			if looks%2 == 0 {
				return false, nil
			}
			<-ctx.Done()
			return false, errors.New("Sekoia gave no answer")
		})
		if !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "The last call failed: Sekoia gave no answer") {
			t.Error(err)
		}
	})
}

func TestPollGivesUpAfterErrorsInARow(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		looks, trouble := 0, errors.New("no answer")
		err := poll(t.Context(), firstPause, func(context.Context) (bool, error) {
			looks++
			if looks == 2 { // a look that succeeds begins the count anew
				return false, nil
			}
			return false, trouble
		})
		if !errors.Is(err, trouble) || looks != 2+failedPolls {
			t.Errorf("%v after %d looks", err, looks)
		}
	})
}

// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package engine

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/http"
	"time"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/simulator/wire"
)

// How Sekoia's automation SDK pushes, before the tempo divides it.
const (
	pushRetries      = time.Hour        // how long a push without any answer is repeated
	firstPushPause   = time.Second      // and then twice as long each time,
	longestPushPause = 10 * time.Second // up to this

	defaultLimitWait = time.Hour // a 429 that does not say how long; its Retry-After is cut to this too

	firstTaskPause   = time.Second     // between two looks at a push task, and then twice as long each time,
	longestTaskPause = 5 * time.Second // up to this
	taskTimeout      = 300 * time.Second
)

// Statuses of a push task, as the SDK lists them: those that are pending, and the one that is success.
const (
	taskPending  = "PENDING"
	taskRunning  = "RUNNING"
	taskFinished = "FINISHED"
)

// rateLimitedError is a 429 of the assets API: the cycle ends, and the connector rests.
type rateLimitedError struct {
	wait time.Duration
	text string // in seconds, as the log has it
}

func (e *rateLimitedError) Error() string { return "the push was rate limited" }

// push sends a batch, moves the checkpoint, and waits until Sekoia has worked on it. A push that was begun is ended
// although the connector is stopped meanwhile; if it is refused, its batch is lost.
func (e *Engine) push(r *run, batch []ocsfItem) error {
	target := e.sekoiaURL + "/api/v2/asset-management/asset-connector/" + r.ConnectorID()
	r.Info("Pushing assets to Sekoia.io asset connector API at " + target)
	answered, err := e.post(r, target, batch)
	switch {
	case err != nil:
		return err
	case answered == nil:
		r.Error("Failed to push assets to Sekoia.io asset connector API at " + target)
		return nil
	}
	if id := answered.TaskID; id != "" && !r.blind {
		followed, err := e.followTask(r, id)
		r.blind = !followed
		return err
	}
	return nil
}

// pushAnswer is what the assets API answers to a push.
type pushAnswer struct {
	TaskID string `json:"task_id"`
}

// post pushes a batch; no answer is a push that failed, and the log says so. It belongs to the simulator's life and not
// to the run's: a stop does not break it off.
func (e *Engine) post(r *run, target string, batch []ocsfItem) (*pushAnswer, error) {
	status, header, answered, err := e.postUntilAnswered(target, wire.MustJSON(map[string]any{"version": 1, "items": batch}))
	if _, late := errors.AsType[*timeoutError](err); late {
		r.Error("Timeout while pushing assets to Sekoia.io asset connector API\n")
		return nil, nil //nolint:nilnil // there is no answer, and the log has it
	}
	if err != nil {
		return nil, err
	}
	if status == http.StatusTooManyRequests {
		limited := e.limit(header.Get("Retry-After"))
		r.Warning("Asset connector push rate limited (HTTP 429). Waiting " + limited.text + " seconds before refetching.")
		return nil, limited
	}
	if status != http.StatusOK {
		problem := "Error while pushing assets to Sekoia.io - " + httpProblem(status)
		if len(answered) > 0 {
			problem += " - " + string(answered)
		}
		r.Error(problem)
		return nil, nil //nolint:nilnil // there is no answer, and that is no error here
	}
	if !json.Valid(answered) {
		r.Error("Failed to parse JSON response from Sekoia.io asset connector API\n" + pythonJSONError)
		return nil, nil //nolint:nilnil // likewise
	}
	if r.passed == "" {
		r.Warning("Warning: new_most_recent_date is None, skipping checkpoint update")
	} else {
		r.MoveCheckpoint(r.passed)
		r.Info("Checkpoint updated with date: " + r.passed)
	}
	r.Info(fmt.Sprintf("Successfully posted %d assets to Sekoia.io asset connector API", len(batch)))
	r.posted = true
	taken := &pushAnswer{}
	switch kind := pythonType(answered); {
	case kind == "NoneType":
		return nil, nil //nolint:nilnil // to the SDK that is no answer, although it was taken
	case kind != "dict":
		return nil, noObject(kind)
	}
	_ = json.Unmarshal(answered, taken) // a task_id that is not a text is ignored
	return taken, nil
}

// noObject ends a cycle: the SDK looks for a member of an answer that has none.
func noObject(kind string) error { return errors.New("'" + kind + "' object has no attribute 'get'") }

// postUntilAnswered repeats a push until something answers it, for an hour.
func (e *Engine) postUntilAnswered(target string, body []byte) (status int, header http.Header, answered []byte, err error) {
	gaveUp := e.now().Add(e.tempo.Scaled(pushRetries))
	for wait := firstPushPause; ; wait = min(2*wait, longestPushPause) {
		status, header, answered, err = e.toSekoia(e.ctx, http.MethodPost, target, body)
		if err == nil || !e.now().Before(gaveUp) || !wire.Pause(e.ctx, max(e.tempo.Scaled(wait), time.Millisecond)) {
			return status, header, answered, err
		}
	}
}

// toSekoia makes one call with the connector's own key. An error is no answer, or not a whole one.
func (e *Engine) toSekoia(ctx context.Context, method, target string, body []byte) (status int, header http.Header, answered []byte, err error) {
	req, err := http.NewRequestWithContext(ctx, method, target, bytes.NewReader(body))
	if err != nil {
		return 0, nil, nil, err
	}
	req.Header.Set("Authorization", "Bearer "+e.sekoiaKey)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", wire.ConnectorUserAgent)
	resp, err := e.sekoia.Do(req)
	if err != nil {
		return 0, nil, nil, networkError(err, target)
	}
	defer func() { _ = resp.Body.Close() }()
	if answered, err = wire.ReadLimited(resp.Body, wire.MaxBody); err != nil {
		err = networkError(err, target)
	}
	return resp.StatusCode, resp.Header, answered, err
}

// limit reads Retry-After: seconds or a date, cut to an hour. Only the hour that the connector chooses itself is
// divided by the tempo.
func (e *Engine) limit(retryAfter string) *rateLimitedError {
	usual := &rateLimitedError{wait: e.tempo.Scaled(defaultLimitWait), text: "3600"}
	if retryAfter == "" {
		return usual
	}
	var seconds float64
	if at, err := http.ParseTime(retryAfter); err == nil {
		seconds = at.Sub(e.now()).Seconds()
	} else if seconds, err = parsePythonFloat(retryAfter); err != nil || math.IsNaN(seconds) || math.IsInf(seconds, 0) {
		return usual
	}
	seconds = max(seconds, 0)
	if seconds > defaultLimitWait.Seconds() {
		return &rateLimitedError{wait: defaultLimitWait, text: "3600"}
	}
	return &rateLimitedError{wait: time.Duration(seconds * float64(time.Second)), text: pythonFloat(seconds)}
}

// httpProblem is the SDK's word for a status that is not the one it wants.
func httpProblem(status int) string {
	switch {
	case status >= 400 && status < 500:
		return fmt.Sprintf("Client error - HTTP (%d)", status)
	case status >= 500 && status < 600:
		return fmt.Sprintf("Server error - HTTP (%d)", status)
	}
	return fmt.Sprintf("Unexpected error (%d)", status)
}

// followTask looks at a push task until it has ended. False is a task that could not be followed to its end. What comes
// of it is only logged: the checkpoint was moved, and nothing is pushed again. An error ends the cycle.
func (e *Engine) followTask(r *run, id string) (bool, error) {
	target := e.sekoiaURL + "/api/v1/tasks/" + id
	gaveUp := e.now().Add(e.tempo.Scaled(taskTimeout))
	for wait := firstTaskPause; r.ctx.Err() == nil; wait = min(2*wait, longestTaskPause) {
		status, _, answered, err := e.toSekoia(r.ctx, http.MethodGet, target, nil)
		switch kind := pythonType(answered); {
		case r.ctx.Err() != nil:
			return true, nil //nolint:nilerr // the run has ended
		case err != nil:
			r.Error("Unable to get the status of the asset push task " + id + "\n" + err.Error())
			return false, nil //nolint:nilerr // it is in the log
		case status != http.StatusOK:
			r.Error("Unable to get the status of the asset push task " + id + " - " + httpProblem(status))
			return false, nil
		case !json.Valid(answered):
			r.Error("Failed to parse the status of the asset push task " + id + "\n" + pythonJSONError)
			return false, nil
		case kind != "dict":
			return true, noObject(kind)
		}
		var task struct{ Status, Error json.RawMessage }
		_ = json.Unmarshal(answered, &task) // it is an object
		switch said := pythonString(task.Status); {
		case said != taskPending && said != taskRunning:
			e.tellTask(r, id, said, task.Error)
			return true, nil
		case !e.now().Before(gaveUp):
			r.Warning(fmt.Sprintf("Asset push task %s is still %s after %s seconds. Not waiting for the push tasks of the remaining batches of this cycle",
				id, said, pythonFloat(taskTimeout.Seconds())))
			return false, nil
		}
		wire.Pause(r.ctx, e.tempo.Scaled(wait))
	}
	return true, nil
}

// tellTask logs how a task ended.
func (e *Engine) tellTask(r *run, id, status string, problem json.RawMessage) {
	if status == taskFinished {
		r.Info("Asset push task " + id + " finished successfully")
		return
	}
	why := "no error reported"
	if !pythonFalse(problem) {
		why = pythonString(problem)
	}
	r.Error(fmt.Sprintf("Asset push task %s ended with the status %s - %s", id, status, why))
}

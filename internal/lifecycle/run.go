// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package lifecycle

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/sekoia"
)

const (
	// cycleTimeout bounds the wait for a running cycle before a stop.
	cycleTimeout = 5 * time.Minute
	// stopTimeout bounds the wait for STOPPED before a start.
	stopTimeout = time.Minute
	// logLinesRead is how many of the newest lines are read to see if a cycle is running: each push writes several.
	logLinesRead = 100
	// lineDelay is more than the five seconds that a line may come late; errors come at once.
	lineDelay = 6 * time.Second
	// steadyPolls is how often the asset count has to be the same if the log can't be read.
	steadyPolls = 3
	// steadyPause is the first pause between counts: a batch of 100 takes longer than a change of status.
	steadyPause = 2 * time.Second
)

// Wait is how far an operation waits for the connector that it started.
type Wait string

// The words that people write.
const (
	WaitNone    Wait = "none"    // not at all
	WaitStarted Wait = "started" // until it runs
	WaitSynced  Wait = "synced"  // until its first fetch cycle has ended
)

// runner stops and starts one connector, and waits for it.
type runner struct {
	client  *sekoia.Client
	id      string
	tell    *progress
	from    mark     // where the log of the next run begins
	stopped bool     // a stop was sent, and Sekoia may have taken it
	remarks []Remark // of all that it did
}

func (c *Connectors) runner(id string, tell *progress) *runner {
	return &runner{client: c.client, id: id, tell: tell}
}

// WaitError means that a connector was started, and that what was waited for did not happen.
type WaitError struct {
	Err  error
	line string // of the log: what holds the connector up; "" if nothing is known
}

// Error says what happened instead, and that the connector continues if it does.
func (e *WaitError) Error() string {
	text := e.Err.Error()
	if errors.As(e.Err, new(*endedError)) {
		text += ". The connector continues without it"
	}
	if e.line != "" {
		text += "\nIts log says: " + shownLine(e.line)
	}
	return text
}

// Unwrap returns what ended the wait.
func (e *WaitError) Unwrap() error { return e.Err }

// errBusy means that the operation ended while it waited for a running fetch cycle.
var errBusy = errors.New("a fetch cycle is running, and a stop would cut it off")

// stop stops the connector and waits until it has. It waits for a running fetch cycle first: what that has listed but
// not sent would be lost, because the next one begins at the checkpoint.
func (r *runner) stop(ctx context.Context) error {
	remark, err := r.waitIdle(ctx)
	if err != nil && ctx.Err() != nil {
		return fmt.Errorf("%w: %w", errBusy, err)
	}
	if err != nil {
		return err
	}
	r.tell.say("Stopping the connector")
	r.from.startedAt, err = r.client.StopConnector(ctx, r.id)
	r.stopped = err == nil || sekoia.OutcomeUnknown(err)
	if r.stopped && remark != nil {
		r.remarks = append(r.remarks, *remark)
	}
	if err != nil {
		return err
	}
	// A connector that does not stop in time is no error: the start that follows says what Sekoia thinks of it.
	_, err = pollFor(ctx, stopTimeout, func(ctx context.Context) (bool, error) {
		status, err := r.status(ctx)
		return status == sekoia.StatusStopped || status == sekoia.StatusCriticalError, err
	})
	return err
}

// waitIdle waits for the end of a running fetch cycle. The remark is nil unless a stop may cut a cycle off now.
func (r *runner) waitIdle(ctx context.Context) (remark *Remark, err error) {
	gaveUp, err := pollFor(ctx, cycleTimeout, func(ctx context.Context) (bool, error) {
		lines, err := r.client.ConnectorLogs(ctx, r.id, logLinesRead)
		if err != nil {
			remark = &Remark{
				Summary: "The connector may have been stopped during a fetch cycle",
				Detail:  "The connector's log can't be read: " + err.Error() + ". Devices that a running cycle had not sent yet may be missing.",
			}
			return true, nil //nolint:nilerr // the connector is stopped all the same, with this remark
		}
		if !running(lines) {
			return true, nil
		}
		r.tellAssets(ctx, "A fetch cycle is running. The stop waits for its end")
		status, err := r.status(ctx)
		return err == nil && !status.Enabled(), err
	})
	if gaveUp {
		remark = &Remark{
			Summary: "The connector was stopped during a fetch cycle",
			Detail: fmt.Sprintf("A fetch cycle was still running after %s, and the connector was stopped anyway. "+
				"Devices that it had not sent yet may be missing. To fetch them all again, replace the connector.", cycleTimeout),
		}
	}
	return remark, err
}

// start starts the connector. From its answer and the newest line of the log before it, wait knows which lines are of
// the new run. A log that can't be read has none: then the time of the answer has to do.
func (r *runner) start(ctx context.Context) error {
	if lines, err := r.client.ConnectorLogs(ctx, r.id, 1); err == nil && len(lines) > 0 {
		r.from.newest = lines[0]
	}
	r.tell.say("Starting the connector")
	answered, err := r.client.StartConnector(ctx, r.id)
	if !answered.IsZero() {
		r.from.startedAt = answered
	}
	return err
}

// wait waits as far as it is asked to, or until the context ends. Its error is a *WaitError.
func (r *runner) wait(ctx context.Context, wait Wait) error {
	var err error
	switch wait {
	case WaitNone:
	case WaitSynced:
		err = r.waitSynced(ctx)
	default:
		err = r.waitStarted(ctx)
	}
	if err == nil || errors.As(err, new(*WaitError)) {
		return err
	}
	return &WaitError{Err: err}
}

func (r *runner) waitStarted(ctx context.Context) error {
	return poll(ctx, firstPause, func(ctx context.Context) (bool, error) {
		status, err := r.status(ctx)
		if err != nil {
			return false, err
		}
		if status == sekoia.StatusCriticalError {
			return false, r.criticalError(ctx)
		}
		r.tell.status(status)
		// The document does not require display_status: without it, nothing more can be waited for.
		return status == sekoia.StatusRunning || status == sekoia.StatusError || status == "", nil
	})
}

func (r *runner) waitSynced(ctx context.Context) error {
	if err := r.waitStarted(ctx); err != nil {
		return err
	}
	var (
		lines  []sekoia.LogLine // of the run, as far as they were read
		seen   cycle
		failed time.Time // since when the log shows a failure and no post
		logErr error
	)
	err := poll(ctx, firstPause, func(ctx context.Context) (bool, error) {
		if lines, logErr = r.newLines(ctx, lines); logErr != nil {
			if refusesLog(logErr) {
				return false, final(logErr)
			}
			return false, logErr
		}
		seen = readCycle(lines, r.from)
		switch {
		case seen.failed == "":
			failed = time.Time{}
		case failed.IsZero():
			failed = time.Now()
		}
		// The line of the cycle's end comes after that of a batch, however late both are.
		if seen.failed != "" && (seen.ended || time.Since(failed) > lineDelay) {
			return false, final(fmt.Errorf("the connector could not fetch devices. Its log says: %s", shownLine(seen.failed)))
		}
		if seen.hopeless() {
			return false, final(fmt.Errorf("the connector's assets are refused. It has failed to push them %d times, and starts again each time. "+
				"Its log says: %s", seen.refused.count(), shownLine(seen.refusal)))
		}
		r.tellAssets(ctx, seen.message())
		if seen.ended {
			return true, nil
		}
		return false, r.checkRuns(ctx)
	})
	switch {
	case err == nil:
		r.remarkTrouble(ctx, seen)
		return nil
	case ctx.Err() == nil && hasNoLog(logErr):
		return r.waitSteady(ctx, logErr)
	default:
		return &WaitError{Err: err, line: seen.obstacle()}
	}
}

// newLines reads the lines of the run, newest first, however many were written. known are those that an earlier look
// read: it goes back to the first page with one of them.
func (r *runner) newLines(ctx context.Context, known []sekoia.LogLine) ([]sekoia.LogLine, error) {
	read := make(map[sekoia.LogLine]bool, len(known)) // a whole line is the key, because one may come without an id
	for _, line := range known {
		read[line] = true
	}
	old := func(line sekoia.LogLine) bool { return read[line] || !r.from.counts(line) }
	found, err := r.client.ConnectorLogsUntil(ctx, r.id, old)
	if err != nil {
		return known, err
	}
	lines := append(slices.DeleteFunc(found, old), known...)
	slices.SortStableFunc(lines, func(a, b sekoia.LogLine) int { return b.Date.Compare(a.Date) })
	return lines, nil
}

// refusesLog reports whether the log can't be read with this key, or because the inferred path is wrong.
func refusesLog(err error) bool {
	refusal, ok := errors.AsType[*sekoia.APIError](err)
	return ok && slices.Contains([]int{http.StatusForbidden, http.StatusNotFound, http.StatusMethodNotAllowed}, refusal.Status)
}

// hasNoLog reports whether the log can't be read, or has another form than was inferred.
func hasNoLog(err error) bool {
	odd, ok := errors.AsType[*sekoia.UnexpectedAnswerError](err)
	return refusesLog(err) || ok && odd.Err == nil
}

// waitSteady takes the place of the log if that can't be read: the cycle counts as ended when the asset count stops
// changing.
func (r *runner) waitSteady(ctx context.Context, cause error) error {
	last, same := -1, 0
	err := poll(ctx, steadyPause, func(ctx context.Context) (bool, error) {
		count, err := r.client.CountAssets(ctx, r.id)
		if err != nil {
			return false, err
		}
		r.tell.say(fmt.Sprintf("The connector's log can't be read; %s so far", counted(count, "asset")))
		if count != last {
			last, same = count, 0
		}
		same++
		return same > steadyPolls, r.checkRuns(ctx)
	})
	if err == nil {
		r.remarkIncomplete("The connector's log can't be read (%s). The end of the fetch cycle was guessed: the number of its assets, %d, stopped changing.",
			cause, last)
	}
	return err
}

// remarkTrouble says what a cycle has lost, if it has.
func (r *runner) remarkTrouble(ctx context.Context, seen cycle) {
	if seen.trouble == "" {
		return
	}
	arrived := "How many assets have arrived could not be counted."
	if count, err := r.client.CountAssets(ctx, r.id); err == nil {
		arrived = fmt.Sprintf("%d assets have arrived.", count)
	}
	r.remarkIncomplete("The fetch cycle ended, but not everything arrived. %s The connector's log says: %s", arrived, shownLine(seen.trouble))
}

func (r *runner) remarkIncomplete(format string, args ...any) {
	r.remarks = append(r.remarks, Remark{Summary: "The sync is not complete", Detail: fmt.Sprintf(format, args...)})
}

// checkRuns returns an error if the connector no longer runs.
func (r *runner) checkRuns(ctx context.Context) error {
	status, err := r.status(ctx)
	switch {
	case err != nil:
		return err
	case status == sekoia.StatusCriticalError:
		return r.criticalError(ctx)
	case !status.Enabled():
		return final(fmt.Errorf("somebody stopped the connector during the wait (status %s)", status))
	}
	return nil
}

// status is the connector's status; "" if Sekoia gives none.
func (r *runner) status(ctx context.Context) (sekoia.Status, error) {
	connector, err := r.client.Connector(ctx, r.id)
	switch {
	case sekoia.IsNotFound(err):
		return "", final(err)
	case err != nil || connector.Status == nil:
		return "", err
	}
	return *connector.Status, nil
}

func (r *runner) criticalError(ctx context.Context) error {
	return final(errors.New("the connector has stopped with CRITICAL_ERROR. Someone has to look at it in Sekoia" + r.logSays(ctx)))
}

// logSays are the newest error lines, to end an error with; "" if there are none.
func (r *runner) logSays(ctx context.Context) string {
	lines := r.lastErrors(ctx)
	if len(lines) == 0 {
		return ""
	}
	return ". Its log says:\n" + strings.Join(lines, "\n")
}

// lastErrors returns the newest error lines, fit for a diagnostic; none if the log can't be read.
func (r *runner) lastErrors(ctx context.Context) []string {
	lines, err := r.client.ConnectorLogs(ctx, r.id, logLinesRead)
	if err != nil {
		return nil
	}
	return lastErrors(lines, 3)
}

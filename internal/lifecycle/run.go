// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package lifecycle

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/cenkalti/backoff/v5"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/sekoia"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/credential"
)

const (
	cycleTimeout = 5 * time.Minute // of the wait for a running cycle before a stop
	stopTimeout  = time.Minute     // of the wait for STOPPED before a start
	// logLinesRead is how many of the newest lines are read to see if a cycle is running: each push writes several.
	logLinesRead = 100
	// lineDelay is more than the five seconds that a line may come late; errors come at once.
	lineDelay   = 6 * time.Second
	steadyPolls = 3 // how often the asset count has to be the same if the log can't be read
	// steadyPause is the first pause between counts: a batch of 100 takes longer than a change of status.
	steadyPause  = 2 * time.Second
	firstPause   = 200 * time.Millisecond // between other looks
	longestPause = 10 * time.Second
	failedPolls  = 3 // how many looks in a row may fail before a poll gives up
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
	*Connectors

	id       string
	tell     func(message string) // informs somebody who waits; may be nil
	told     string               // the last message
	from     mark                 // where the log of the next run begins
	obstacle string               // the line of the log that says what holds the run up; "" if there is none
	stopped  bool                 // a stop was sent, and Sekoia may have taken it
	remarks  []*StepError         // of all that it did
}

// say informs somebody who waits, of the same thing once.
func (r *runner) say(message string) {
	if r.tell != nil && message != r.told {
		r.told = message
		r.tell(message)
	}
}

func (r *runner) sayStatus(status sekoia.Status) {
	if status == "" {
		r.say("Sekoia gives no status for the connector")
		return
	}
	r.say("The connector's status is " + credential.Sanitize(string(status)))
}

// sayAssets also says how many assets the connector has brought so far. It makes that call only if somebody listens.
func (r *runner) sayAssets(ctx context.Context, message string) {
	if r.tell == nil {
		return
	}
	if count, err := r.client.CountAssets(ctx, r.id); err == nil {
		message += "; " + counted(count, "asset") + " so far"
	}
	r.say(message)
}

func (r *runner) remark(step string, err error, left string) {
	r.remarks = append(r.remarks, &StepError{Step: step, Err: err, Left: left})
}

// stop stops the connector and waits until it has. It waits for a running fetch cycle first: what that has listed but
// not sent would be lost, because the next one begins at the checkpoint.
func (r *runner) stop(ctx context.Context) error {
	cutOff, err := r.waitIdle(ctx)
	if err != nil && ctx.Err() != nil {
		return fmt.Errorf("a fetch cycle is running, and a stop would cut it off: %w", err)
	}
	if err != nil {
		return err
	}
	r.say("Stopping the connector")
	r.from.startedAt, err = r.client.StopConnector(ctx, r.id)
	r.stopped = err == nil || sekoia.OutcomeUnknown(err)
	if r.stopped && cutOff != "" {
		r.remark("The connector may have been stopped during a fetch cycle", nil, cutOff)
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

// waitIdle waits for the end of a running fetch cycle. cutOff says why a stop may cut a cycle off; "" if it can't.
func (r *runner) waitIdle(ctx context.Context) (cutOff string, err error) {
	gaveUp, err := pollFor(ctx, cycleTimeout, func(ctx context.Context) (bool, error) {
		lines, err := r.client.ConnectorLogs(ctx, r.id, logLinesRead)
		if err != nil {
			cutOff = "The connector's log can't be read: " + err.Error() + ". Devices that a running cycle had not sent yet may be missing."
			return true, nil //nolint:nilerr // the connector is stopped all the same, with this remark
		}
		if !running(lines) {
			return true, nil
		}
		r.sayAssets(ctx, "A fetch cycle is running. The stop waits for its end")
		status, err := r.status(ctx)
		return err == nil && !status.Enabled(), err
	})
	if gaveUp {
		cutOff = fmt.Sprintf("A fetch cycle was still running after %s, and the connector was stopped anyway. "+
			"Devices that it had not sent yet may be missing. To fetch them all again, replace the connector.", cycleTimeout)
	}
	return cutOff, err
}

// start starts the connector. The newest log line before it and the time of its answer show wait which lines are of the
// new run. If the log can't be read, only the time does.
func (r *runner) start(ctx context.Context) error {
	if lines, err := r.client.ConnectorLogs(ctx, r.id, 1); err == nil && len(lines) > 0 {
		r.from.newest = lines[0]
	}
	r.say("Starting the connector")
	answered, err := r.client.StartConnector(ctx, r.id)
	if !answered.IsZero() {
		r.from.startedAt = answered
	}
	return err
}

// startAgain starts a connector that an operation stopped, although that has failed or was interrupted.
func (r *runner) startAgain(ctx context.Context, timeout time.Duration) error {
	return finish(ctx, timeout, func(ctx context.Context) error {
		_, err := r.client.StartConnector(ctx, r.id)
		return err
	})
}

// wait waits as far as it is asked to, or until the context ends.
func (r *runner) wait(ctx context.Context, wait Wait) error {
	var err error
	switch wait {
	case WaitNone:
	case WaitSynced:
		err = r.waitSynced(ctx)
	default:
		err = r.waitStarted(ctx)
	}
	if !errors.As(err, new(*endedError)) {
		return err
	}
	says := ""
	if r.obstacle != "" {
		says = ".\nIts log says: " + shownLine(r.obstacle)
	}
	return fmt.Errorf("%w. The connector continues without it%s", err, says)
}

func (r *runner) waitStarted(ctx context.Context) error {
	return poll(ctx, firstPause, func(ctx context.Context) (bool, error) {
		status, err := r.liveStatus(ctx)
		if err != nil {
			return false, err
		}
		r.sayStatus(status)
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
		noLog  error     // why the log can't be read
	)
	err := poll(ctx, firstPause, func(ctx context.Context) (bool, error) {
		var err error
		if lines, err = r.newLines(ctx, lines); err != nil {
			if unreadable(err) {
				noLog, err = err, backoff.Permanent(err)
			}
			return false, err
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
			return false, backoff.Permanent(fmt.Errorf("the connector could not fetch devices. Its log says: %s", shownLine(seen.failed)))
		}
		if seen.hopeless() {
			return false, backoff.Permanent(fmt.Errorf("the connector's assets are refused. It has failed to push them %d times, and starts again each time. "+
				"Its log says: %s", seen.refused(), shownLine(seen.refusal)))
		}
		r.sayAssets(ctx, seen.message())
		if seen.ended {
			return true, nil
		}
		return false, r.checkRuns(ctx)
	})
	r.obstacle = cmp.Or(seen.paused, seen.refusal, seen.failed)
	switch {
	case err == nil:
		r.remarkTrouble(ctx, seen)
	case noLog != nil:
		return r.waitSteady(ctx, noLog)
	}
	return err
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

// unreadable reports whether the key may not read the log, or the call that was inferred for it is wrong.
func unreadable(err error) bool {
	odd, ok := errors.AsType[*sekoia.UnexpectedAnswerError](err)
	return sekoia.IsLogUnavailable(err) || ok && odd.Err == nil
}

// waitSteady is for a log that can't be read: the cycle counts as ended when the number of assets stops changing.
func (r *runner) waitSteady(ctx context.Context, cause error) error {
	last, same := -1, 0
	err := poll(ctx, steadyPause, func(ctx context.Context) (bool, error) {
		count, err := r.client.CountAssets(ctx, r.id)
		if err != nil {
			return false, err
		}
		r.say(fmt.Sprintf("The connector's log can't be read; %s so far", counted(count, "asset")))
		if count != last {
			last, same = count, 0
		}
		same++
		return same > steadyPolls, r.checkRuns(ctx)
	})
	if err == nil {
		r.remark("The sync is not complete", nil, fmt.Sprintf("The connector's log can't be read (%s). "+
			"The end of the fetch cycle was guessed: the number of its assets, %d, stopped changing.", cause, last))
	}
	return err
}

func (r *runner) remarkTrouble(ctx context.Context, seen cycle) {
	if seen.trouble == "" {
		return
	}
	arrived := "How many assets have arrived could not be counted."
	if count, err := r.client.CountAssets(ctx, r.id); err == nil {
		arrived = fmt.Sprintf("%d assets have arrived.", count)
	}
	r.remark("The sync is not complete", nil, "The fetch cycle ended, but not everything arrived. "+arrived+
		" The connector's log says: "+shownLine(seen.trouble))
}

// checkRuns returns an error if the connector no longer runs.
func (r *runner) checkRuns(ctx context.Context) error {
	status, err := r.liveStatus(ctx)
	if err == nil && !status.Enabled() {
		return backoff.Permanent(fmt.Errorf("somebody stopped the connector during the wait (status %s)", status))
	}
	return err
}

// liveStatus is the connector's status, or an error if it has stopped by itself.
func (r *runner) liveStatus(ctx context.Context) (sekoia.Status, error) {
	status, err := r.status(ctx)
	if status == sekoia.StatusCriticalError {
		err = backoff.Permanent(errors.New("the connector has stopped with CRITICAL_ERROR. Someone has to look at it in Sekoia" + r.LogSays(ctx, r.id, ". ")))
	}
	return status, err
}

// status is the connector's status; "" if Sekoia gives none.
func (r *runner) status(ctx context.Context) (sekoia.Status, error) {
	connector, err := r.client.Connector(ctx, r.id)
	switch {
	case sekoia.IsNotFound(err):
		return "", backoff.Permanent(err)
	case err != nil || connector.Status == nil:
		return "", err
	}
	return *connector.Status, nil
}

// LogSays quotes the newest error lines of a connector's log, fit for a terminal, after a text that it is to continue.
// It is "" if there are none, or the log can't be read.
func (c *Connectors) LogSays(ctx context.Context, id, after string) string {
	lines, err := c.client.ConnectorLogs(ctx, id, logLinesRead)
	messages := lastErrors(lines, 3)
	if err != nil || len(messages) == 0 {
		return ""
	}
	return after + "Its log says:\n" + strings.Join(messages, "\n")
}

// poll looks, with growing pauses, until the look says done, returns a permanent error, or has failed a few times in a
// row; or until ctx ends.
func poll(ctx context.Context, first time.Duration, look func(context.Context) (done bool, err error)) error {
	pauses := backoff.NewExponentialBackOff()
	pauses.InitialInterval, pauses.MaxInterval = first, longestPause
	for failures := 0; ; {
		done, err := look(ctx)
		switch {
		case ctx.Err() != nil:
			return &endedError{ctx.Err(), err}
		case errors.As(err, new(*backoff.PermanentError)):
			return err
		case err != nil:
			if failures++; failures >= failedPolls {
				return err
			}
		case done:
			return nil
		default:
			failures = 0
		}
		select {
		case <-time.After(pauses.NextBackOff()):
		case <-ctx.Done():
			return &endedError{ctx.Err(), err}
		}
	}
}

// pollFor is poll with a bound of its own: if it reaches that, it gives up, which is no error.
func pollFor(ctx context.Context, bound time.Duration, look func(context.Context) (done bool, err error)) (gaveUp bool, err error) {
	bounded, cancel := context.WithTimeout(ctx, bound)
	defer cancel()
	err = poll(bounded, firstPause, look)
	if bounded.Err() != nil && ctx.Err() == nil {
		return true, nil
	}
	return false, err
}

// endedError is the end of a poll by its context.
type endedError struct {
	context error
	last    error // of the last look; nil if it succeeded
}

func (e *endedError) Error() string {
	text := "the wait reached its timeout"
	if errors.Is(e.context, context.Canceled) {
		text = "the wait was interrupted"
	}
	if e.last != nil {
		text += ". The last call failed: " + e.last.Error()
	}
	return text
}

func (e *endedError) Unwrap() error { return e.context }

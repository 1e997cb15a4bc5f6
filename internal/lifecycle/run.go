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

	"github.com/cenkalti/backoff/v5"

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
	// steadyPolls is how often the asset count has to be the same where the log can't be read.
	steadyPolls = 3
	// failedPolls is how many looks in a row may fail before a wait gives up.
	failedPolls = 3

	firstPause = 200 * time.Millisecond
	// steadyPause is the first pause between counts: a batch of 100 takes longer than a change of status.
	steadyPause  = 2 * time.Second
	longestPause = 10 * time.Second
)

// Wait is how far an operation waits for the connector that it started.
type Wait string

// The words that people write.
const (
	WaitNone    Wait = "none"    // not at all
	WaitStarted Wait = "started" // until it runs
	WaitSynced  Wait = "synced"  // until its first fetch cycle has ended
)

// runner stops, starts and waits for one connector.
type runner struct {
	client *sekoia.Client
	id     string
	// tell hears what happens during a wait, the same thing once. If it is nil, nobody asks, and what only it would
	// hear is not fetched.
	tell *progress
	// stoppedAt is when stop had its answer, by Sekoia's clock; zero if that is not known.
	stoppedAt time.Time
}

func (c *Connectors) runner(id string, tell *progress) *runner {
	return &runner{client: c.client, id: id, tell: tell}
}

// waited is how a wait ended.
type waited struct {
	bad     error // why it ended badly; nil if it ended well
	remarks []Remark
}

// WaitError means that a connector was started, and that what was waited for did not happen.
type WaitError struct{ Err error }

// Error says what happened instead, and that the connector continues if it does.
func (e *WaitError) Error() string {
	switch {
	case errors.Is(e.Err, context.Canceled):
		return "the wait was interrupted. The connector continues without it"
	case errors.Is(e.Err, context.DeadlineExceeded):
		return "the wait reached its timeout. The connector continues without it" + stalled(e.Err) + lastLook(e.Err)
	default:
		return e.Err.Error()
	}
}

// Unwrap returns what ended the wait.
func (e *WaitError) Unwrap() error { return e.Err }

// stop stops the connector and waits until it has. A running fetch cycle is waited for first: what it has listed but
// not sent would be lost, because the next one begins at the checkpoint. A remark says that it was not waited for to
// its end.
func (r *runner) stop(ctx context.Context) ([]Remark, error) {
	remark, err := r.waitIdle(ctx)
	if err != nil && ctx.Err() != nil {
		return nil, &busyError{ctx.Err()}
	}
	if err != nil {
		return nil, err
	}
	r.tell.say("Stopping the connector")
	r.stoppedAt, err = r.client.StopConnector(ctx, r.id)
	if err == nil {
		err = r.waitStopped(ctx)
	} else if !sekoia.OutcomeUnknown(err) {
		return nil, err // it was not stopped, so nothing was cut off
	}
	var remarks []Remark
	if remark != (Remark{}) {
		remarks = []Remark{remark}
	}
	if err != nil {
		err = &toldError{err}
	}
	return remarks, err
}

// toldError says that the connector was told to stop, or may have been, before something ended the wait for it.
type toldError struct{ error }

func (e *toldError) Unwrap() error { return e.error }

// waitIdle waits for the end of a running fetch cycle. The remark is the zero one unless a stop may cut a cycle off
// now.
func (r *runner) waitIdle(ctx context.Context) (remark Remark, err error) {
	ctx, cancel := context.WithTimeoutCause(ctx, cycleTimeout, errWaitedEnough)
	defer cancel()
	err = poll(ctx, func() (bool, error) {
		lines, err := r.client.ConnectorLogs(ctx, r.id, logLinesRead)
		if err != nil {
			remark = Remark{
				Summary: "The connector may have been stopped during a fetch cycle",
				Detail:  "The connector's log can't be read: " + err.Error() + ". Devices that a running cycle had not sent yet may be missing.",
			}
			return true, ctx.Err()
		}
		if !running(lines) {
			return true, nil
		}
		r.tellAssets(ctx, "A fetch cycle is running. The stop waits for its end")
		status, err := r.status(ctx)
		return err == nil && !status.Enabled(), err
	})
	if errors.Is(context.Cause(ctx), errWaitedEnough) {
		return Remark{
			Summary: "The connector was stopped during a fetch cycle",
			Detail: fmt.Sprintf("A fetch cycle was still running after %s, and the connector was stopped anyway. "+
				"Devices that it had not sent yet may be missing. To fetch them all again, replace the connector.", cycleTimeout),
		}, nil
	}
	return remark, err
}

// busyError says that the operation ended while it waited for a running fetch cycle.
type busyError struct{ error }

func (e *busyError) Error() string {
	return "a fetch cycle is running, and a stop would cut it off; " + e.error.Error() + " while waiting for its end"
}

func (e *busyError) Unwrap() error { return e.error }

// errWaitedEnough is the cause of a wait that gave up for its own bound, not for the operation's timeout.
var errWaitedEnough = errors.New("waited long enough")

func (r *runner) waitStopped(ctx context.Context) error {
	ctx, cancel := context.WithTimeoutCause(ctx, stopTimeout, errWaitedEnough)
	defer cancel()
	err := poll(ctx, func() (bool, error) {
		status, err := r.status(ctx)
		return err == nil && (status == sekoia.StatusStopped || status == sekoia.StatusCriticalError), err
	})
	if errors.Is(context.Cause(ctx), errWaitedEnough) {
		return nil // a start call follows, and says what it thinks of a connector that has not stopped
	}
	return err
}

// mark notes the newest line of the log. A log that can't be read has none: the time of the start call then tells the
// lines apart.
func (r *runner) mark(ctx context.Context) mark {
	lines, err := r.client.ConnectorLogs(ctx, r.id, 1)
	if err != nil || len(lines) == 0 {
		return mark{startedAt: r.stoppedAt}
	}
	return mark{newest: lines[0], startedAt: r.stoppedAt}
}

// start starts the connector and returns where its new lines begin.
func (r *runner) start(ctx context.Context, from mark) (mark, error) {
	r.tell.say("Starting the connector")
	answered, err := r.client.StartConnector(ctx, r.id)
	if !answered.IsZero() {
		from.startedAt = answered
	}
	return from, err
}

// wait waits as far as it is asked to. It ends with the context too, then badly.
func (r *runner) wait(ctx context.Context, wait Wait, from mark) waited {
	var ended waited
	switch wait {
	case WaitNone:
	case WaitSynced:
		ended = r.waitSynced(ctx, from)
	default:
		ended.bad = r.waitStarted(ctx)
	}
	if ended.bad != nil {
		ended.bad = &WaitError{ended.bad}
	}
	return ended
}

func (r *runner) waitStarted(ctx context.Context) error {
	return poll(ctx, func() (bool, error) {
		status, err := r.status(ctx)
		if err != nil {
			return false, err
		}
		if status == sekoia.StatusCriticalError {
			return false, r.criticalError(ctx)
		}
		r.tell.status(status)

		// The document does not require display_status: where it is missing, nothing more can be waited for.
		return status == sekoia.StatusRunning || status == sekoia.StatusError || status == "", nil
	})
}

func (r *runner) waitSynced(ctx context.Context, from mark) waited {
	if err := r.waitStarted(ctx); err != nil {
		return waited{bad: err}
	}
	var (
		lines  []sekoia.LogLine // since the mark, as far as they were read
		seen   cycle
		failed time.Time // since when the log shows a failure and no post
	)
	err := poll(ctx, func() (bool, error) {
		var err error
		if lines, err = r.linesSince(ctx, from, lines); err != nil {
			return false, unreadable(err)
		}
		seen = readCycle(lines, from)
		switch {
		case seen.failed == "":
			failed = time.Time{}
		case failed.IsZero():
			failed = time.Now()
		}

		// The line of the cycle's end comes after that of a batch, however late both are.
		if seen.failed != "" && (seen.ended || time.Since(failed) > lineDelay) {
			return false, final(fmt.Errorf("the connector could not fetch devices. Its log says: %s", ShownLine(seen.failed)))
		}
		if seen.hopeless() {
			return false, final(fmt.Errorf("the connector's assets are refused: it has failed to push them %d times, and begins anew "+
				"each time. Its log says: %s", seen.refused.count(), ShownLine(seen.refusal)))
		}
		r.tellAssets(ctx, seen.message())
		if seen.ended {
			return true, nil
		}
		return false, r.stillOn(ctx)
	})
	if _, ok := errors.AsType[*unreadableError](err); ok {
		return r.waitSteady(ctx, err)
	}
	if err != nil {
		return waited{bad: seen.explain(err)}
	}
	return waited{remarks: r.trouble(ctx, seen)}
}

// linesSince reads the lines since a mark, newest first, however many were written. known are those that an earlier
// look read: it goes back to the first page with one of them.
func (r *runner) linesSince(ctx context.Context, from mark, known []sekoia.LogLine) ([]sekoia.LogLine, error) {
	read := make(map[sekoia.LogLine]bool, len(known)) // a whole line is the key, for one may come without an id
	for _, line := range known {
		read[line] = true
	}
	old := func(line sekoia.LogLine) bool { return read[line] || !from.counts(line) }
	found, err := r.client.ConnectorLogsUntil(ctx, r.id, old)
	if err != nil {
		return known, err
	}
	lines := append(slices.DeleteFunc(found, old), known...)
	slices.SortStableFunc(lines, func(a, b sekoia.LogLine) int { return b.Date.Compare(a.Date) })
	return lines, nil
}

// stalledError is the end of a wait whose log says what holds the connector up.
type stalledError struct {
	error
	line string
}

func (e *stalledError) Unwrap() error { return e.error }

// explain adds to the error that ended a wait what the log says of why it took so long.
func (c *cycle) explain(err error) error {
	for _, line := range []string{c.paused, c.refusal, c.failed} {
		if line != "" {
			return &stalledError{err, line}
		}
	}
	return err
}

// stalled says what the log of a wait tells that its context ended; empty if it tells nothing.
func stalled(err error) string {
	found, ok := errors.AsType[*stalledError](err)
	if !ok {
		return ""
	}
	return "\nIts log says: " + ShownLine(found.line)
}

// trouble tells what a cycle that came to its end has lost.
func (r *runner) trouble(ctx context.Context, seen cycle) []Remark {
	if seen.trouble == "" {
		return nil
	}
	assets := "how many assets arrived could not be counted"
	if count, err := r.client.CountAssets(ctx, r.id); err == nil {
		assets = fmt.Sprintf("%d assets have arrived", count)
	}
	return incomplete("The fetch cycle ended, but not everything arrived; %s. The connector's log says: %s", assets, ShownLine(seen.trouble))
}

// stillOn returns an error where the connector runs no more.
func (r *runner) stillOn(ctx context.Context) error {
	status, err := r.status(ctx)
	switch {
	case err != nil:
		return err
	case status == sekoia.StatusCriticalError:
		return r.criticalError(ctx)
	case status == sekoia.StatusStopped || status == sekoia.StatusStopping:
		return final(fmt.Errorf("the connector was stopped by somebody else meanwhile (status %s)", status))
	}
	return nil
}

// waitSteady stands in for the log where it can't be read: the cycle is taken for ended when the asset count rests.
func (r *runner) waitSteady(ctx context.Context, cause error) waited {
	last, same := -1, 0
	err := pollFrom(ctx, steadyPause, func() (bool, error) {
		count, err := r.client.CountAssets(ctx, r.id)
		if err != nil {
			return false, err
		}
		r.tell.say(fmt.Sprintf("The connector's log can't be read; %s so far", assets(count)))
		if count == last {
			same++
		} else {
			last, same = count, 1
		}
		return same > steadyPolls, r.stillOn(ctx)
	})
	if err != nil {
		return waited{bad: err}
	}
	return waited{remarks: incomplete("The connector's log can't be read (%s). The end of the fetch cycle was guessed: "+
		"the number of its assets, %d, stopped changing.", cause, last)}
}

// incomplete is the remark on a sync that may have left something out.
func incomplete(format string, args ...any) []Remark {
	return []Remark{{Summary: "The sync is not complete", Detail: fmt.Sprintf(format, args...)}}
}

func (r *runner) status(ctx context.Context) (sekoia.Status, error) {
	connector, err := r.client.Connector(ctx, r.id)
	if err != nil {
		if sekoia.IsNotFound(err) {
			err = final(err)
		}
		return "", err
	}
	if connector.Status == nil {
		return "", nil
	}
	return *connector.Status, nil
}

func (r *runner) criticalError(ctx context.Context) error {
	text := "the connector has stopped with CRITICAL_ERROR, which needs someone to look at it in Sekoia"
	if lines := r.lastErrors(ctx); len(lines) > 0 {
		text += ". Its log says: " + strings.Join(lines, " | ")
	}
	return final(errors.New(text))
}

// lastErrors returns the newest error lines, fit for a diagnostic; none where the log can't be read.
func (r *runner) lastErrors(ctx context.Context) []string {
	lines, err := r.client.ConnectorLogs(ctx, r.id, logLinesRead)
	if err != nil {
		return nil
	}
	messages := lastErrors(lines, 3)
	for i, message := range messages {
		messages[i] = ShownLine(message)
	}
	return messages
}

// finalError ends a poll at once; other errors of a look may pass.
type finalError struct{ error }

func final(err error) error { return &finalError{err} }

func (e *finalError) Unwrap() error { return e.error }

// unreadableError says that the log can't be read, by its permission or because the inferred path is wrong.
type unreadableError struct{ error }

func (e *unreadableError) Unwrap() error { return e.error }

func unreadable(err error) error {
	refused, ok := errors.AsType[*sekoia.APIError](err)
	if ok && (refused.Status == http.StatusForbidden || refused.Status == http.StatusNotFound || refused.Status == http.StatusMethodNotAllowed) {
		return final(&unreadableError{err})
	}
	return err
}

// poll looks, with growing pauses, until the look says done, gives a final error, or has failed a few times in a row;
// or until ctx ends.
func poll(ctx context.Context, look func() (done bool, err error)) error {
	return pollFrom(ctx, firstPause, look)
}

// pollFrom is poll with another first pause.
func pollFrom(ctx context.Context, first time.Duration, look func() (done bool, err error)) error {
	pauses := backoff.NewExponentialBackOff()
	pauses.InitialInterval = first
	pauses.MaxInterval = longestPause
	for failures := 0; ; {
		done, err := look() // its error is still of interest where the pause after it is the last
		switch {
		case ctx.Err() != nil:
			return ended(ctx, err)
		case errors.As(err, new(*finalError)):
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
			return ended(ctx, err)
		}
	}
}

// ended is the error of a poll that its context ended, with what the last look met until then.
func ended(ctx context.Context, last error) error {
	if last == nil {
		return ctx.Err()
	}
	return &unfinishedError{ended: ctx.Err(), last: last}
}

// unfinishedError says that a poll ended with its context while its looks failed.
type unfinishedError struct{ ended, last error }

func (e *unfinishedError) Error() string {
	return fmt.Sprintf("%s; the last look failed: %s", e.ended, e.last)
}

func (e *unfinishedError) Unwrap() error { return e.ended }

// lastLook says what the last look of a wait met that its context ended; empty where it met nothing bad.
func lastLook(err error) string {
	unfinished, ok := errors.AsType[*unfinishedError](err)
	if !ok {
		return ""
	}
	return "\nThe last look failed: " + unfinished.last.Error()
}

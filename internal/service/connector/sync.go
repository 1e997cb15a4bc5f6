// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package connector

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/cenkalti/backoff/v5"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/sekoia"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport"
)

const (
	// cyclePatience bounds the wait for a running cycle before a stop.
	cyclePatience = 5 * time.Minute
	// stopPatience bounds the wait for STOPPED before a start.
	stopPatience = time.Minute
	// logLinesRead is how many of the newest lines one look reads: more than a cycle writes, for repeats are dropped.
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

// power stops, starts and waits for one connector.
type power struct {
	client *sekoia.Client
	id     string
	// tell is told what goes on while it waits: the same thing once. Nil: nobody asks, and what only it would hear is not fetched.
	tell *progress
}

// waited is how a wait ended.
type waited struct {
	// bad says why it ended badly; nil where it ended well.
	bad error
	// remarks are worth a warning, though the connector runs.
	remarks []string
}

// stop stops the connector and waits until it has. A running fetch cycle is
// waited for first: what it has listed but not sent would be lost, for the next
// one begins at the checkpoint. The remark says that it was not waited for to its end.
func (p power) stop(ctx context.Context) (remark string, err error) {
	remark, err = p.waitIdle(ctx)
	if err != nil && ctx.Err() != nil {
		return "", &busyError{ctx.Err()}
	}

	if err != nil {
		return "", err
	}

	p.tell.say("Stopping the connector")

	err = p.client.StopConnector(ctx, p.id)
	if err == nil {
		err = p.waitStopped(ctx)
	} else if !sekoia.OutcomeUnknown(err) {
		return remark, err
	}

	if err != nil {
		err = &toldError{err}
	}

	return remark, err
}

// toldError says that the connector was told to stop, or may have been, before something ended the wait for it.
type toldError struct{ error }

func (e *toldError) Unwrap() error { return e.error }

func (p power) waitIdle(ctx context.Context) (remark string, err error) {
	ctx, cancel := context.WithTimeoutCause(ctx, cyclePatience, errPatience)
	defer cancel()

	err = poll(ctx, func() (bool, error) {
		lines, err := p.client.ConnectorLogs(ctx, p.id, logLinesRead)
		if err != nil {
			remark = "Whether a fetch cycle was running could not be seen, for the connector's log can't be read: " + err.Error() +
				". Devices that such a cycle had not sent yet may be missing."

			return true, ctx.Err()
		}

		if !running(lines) {
			return true, nil
		}

		p.tellAssets(ctx, "A fetch cycle is running, and the stop waits for its end")

		status, err := p.status(ctx)

		return err == nil && !status.Enabled(), err
	})

	if errors.Is(context.Cause(ctx), errPatience) {
		return fmt.Sprintf("A fetch cycle was still running after %s; the connector was stopped all the same. "+
			"Devices that it had not sent yet may be missing: terraform apply -replace makes a full sync.", cyclePatience), nil
	}

	return remark, err
}

// busyError says that the operation ended while it waited for a running fetch cycle.
type busyError struct{ error }

func (e *busyError) Error() string {
	return "a fetch cycle is running, which a stop would break off; " + e.error.Error() + " while waiting for its end"
}

func (e *busyError) Unwrap() error { return e.error }

// errPatience is the cause of a wait that gave up for its own bound, not for the operation's timeout.
var errPatience = errors.New("waited long enough")

func (p power) waitStopped(ctx context.Context) error {
	ctx, cancel := context.WithTimeoutCause(ctx, stopPatience, errPatience)
	defer cancel()

	err := poll(ctx, func() (bool, error) {
		status, err := p.status(ctx)

		return err == nil && (status == sekoia.StatusStopped || status == sekoia.StatusCriticalError), err
	})

	if errors.Is(context.Cause(ctx), errPatience) {
		return nil // a start call follows, and says what it thinks of a connector that has not stopped
	}

	return err
}

// mark notes the newest line of the log. A log that can't be read has none: the
// time of the start call then tells the lines apart.
func (p power) mark(ctx context.Context) mark {
	lines, err := p.client.ConnectorLogs(ctx, p.id, 1)
	if err != nil || len(lines) == 0 {
		return mark{}
	}

	return mark{newest: lines[0]}
}

// start starts the connector and returns where its new lines begin.
func (p power) start(ctx context.Context, from mark) (mark, error) {
	p.tell.say("Starting the connector")

	answered, err := p.client.StartConnector(ctx, p.id)
	from.startedAt = answered

	return from, err
}

// wait waits as sync.wait_for says. It ends with the context too: then badly, for the caller to say what goes on without it.
func (p power) wait(ctx context.Context, waitFor string, from mark) waited {
	switch waitFor {
	case waitForNone:
		return waited{}
	case waitForSynced:
		return p.waitSynced(ctx, from)
	default:
		return waited{bad: p.waitStarted(ctx)}
	}
}

func (p power) waitStarted(ctx context.Context) error {
	return poll(ctx, func() (bool, error) {
		status, err := p.status(ctx)
		if err != nil {
			return false, err
		}

		if status == sekoia.StatusCriticalError {
			return false, p.criticalError(ctx)
		}

		p.tell.status(status)

		// The document does not require display_status: where it is missing, nothing more can be waited for.
		return status == sekoia.StatusRunning || status == sekoia.StatusError || status == "", nil
	})
}

func (p power) waitSynced(ctx context.Context, from mark) waited {
	if err := p.waitStarted(ctx); err != nil {
		return waited{bad: err}
	}

	var (
		seen   cycle
		failed time.Time // since when the log shows a failure and no post
	)

	err := poll(ctx, func() (bool, error) {
		lines, err := p.client.ConnectorLogs(ctx, p.id, logLinesRead)
		if err != nil {
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
			return false, final(fmt.Errorf("the connector could not fetch devices. Its log says: %s", transport.Sanitize(seen.failed)))
		}

		p.tellAssets(ctx, seen.message())

		if seen.ended {
			return true, nil
		}

		return false, p.stillOn(ctx)
	})

	if _, ok := errors.AsType[*unreadableError](err); ok {
		return p.waitSteady(ctx, err)
	}

	if err != nil {
		return waited{bad: err}
	}

	return waited{remarks: p.trouble(ctx, seen)}
}

// trouble tells what a cycle that came to its end has lost.
func (p power) trouble(ctx context.Context, seen cycle) []string {
	if seen.trouble == "" {
		return nil
	}

	assets := "how many assets arrived could not be counted"
	if count, err := p.client.CountAssets(ctx, p.id); err == nil {
		assets = fmt.Sprintf("%d assets have arrived", count)
	}

	return []string{fmt.Sprintf("The fetch cycle ended, but not everything was fetched; %s. The connector's log says: %s",
		assets, transport.Sanitize(seen.trouble))}
}

// stillOn returns an error where the connector runs no more.
func (p power) stillOn(ctx context.Context) error {
	status, err := p.status(ctx)

	switch {
	case err != nil:
		return err
	case status == sekoia.StatusCriticalError:
		return p.criticalError(ctx)
	case status == sekoia.StatusStopped || status == sekoia.StatusStopping:
		return final(fmt.Errorf("the connector was stopped by somebody else meanwhile (status %s)", status))
	}

	return nil
}

// waitSteady stands in for the log where it can't be read: the cycle is taken for ended when the asset count rests.
func (p power) waitSteady(ctx context.Context, cause error) waited {
	last, same := -1, 0

	err := pollFrom(ctx, steadyPause, func() (bool, error) {
		count, err := p.client.CountAssets(ctx, p.id)
		if err != nil {
			return false, err
		}

		p.tell.say(fmt.Sprintf("The connector's log can't be read; %s so far", assets(count)))

		if count == last {
			same++
		} else {
			last, same = count, 1
		}

		return same > steadyPolls, p.stillOn(ctx)
	})
	if err != nil {
		return waited{bad: err}
	}

	return waited{remarks: []string{fmt.Sprintf("The connector's log can't be read (%s), so that the end of the fetch cycle was guessed: "+
		"the number of its assets, %d, did not change any more.", cause, last)}}
}

func (p power) status(ctx context.Context) (sekoia.Status, error) {
	connector, err := p.client.Connector(ctx, p.id)
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

func (p power) criticalError(ctx context.Context) error {
	text := "the connector has stopped with CRITICAL_ERROR, which needs someone to look at it in Sekoia"

	if lines := p.lastErrors(ctx); len(lines) > 0 {
		text += ". Its log says: " + strings.Join(lines, " | ")
	}

	return final(errors.New(text))
}

// lastErrors returns the newest error lines, fit for a diagnostic; none where the log can't be read.
func (p power) lastErrors(ctx context.Context) []string {
	lines, err := p.client.ConnectorLogs(ctx, p.id, logLinesRead)
	if err != nil {
		return nil
	}

	messages := lastErrors(lines, 3)
	for i, message := range messages {
		messages[i] = transport.Sanitize(message)
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

// poll looks, with growing pauses, until the look says done, gives a final
// error, or has failed a few times in a row; or until ctx ends.
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

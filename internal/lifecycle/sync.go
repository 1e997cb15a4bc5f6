// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package lifecycle

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/sekoia"
)

// SyncRequest asks a connector to fetch now.
type SyncRequest struct {
	ID             string
	Wait           Wait
	StartIfStopped bool
	// Tell hears what happens, the same thing once; nil: nobody is informed.
	Tell func(message string)
}

// ErrStopped means that a connector is stopped and may not be started. The text that wraps it says more.
var ErrStopped = errors.New("the connector is stopped")

// ErrNoStatus means that Sekoia does not say if a connector runs.
var ErrNoStatus = errors.New("Sekoia gives no status for the connector") //nolint:staticcheck // a name begins it

// Sync makes a connector fetch now, and waits as far as it is asked to. Sekoia has no call for it: a connector that is
// started fetches at once, so it is stopped and started. Whatever ends it on the way, a connector that ran is not left
// stopped.
func (c *Connectors) Sync(ctx context.Context, request SyncRequest) ([]Remark, error) {
	var tell *progress
	if request.Tell != nil {
		tell = &progress{send: request.Tell}
	}
	s := syncRun{runner: c.runner(request.ID, tell), SyncRequest: request}
	err := s.sync(ctx, c)
	return s.remarks, err
}

// syncRun is one sync under way.
type syncRun struct {
	*runner
	SyncRequest
}

func (s syncRun) sync(ctx context.Context, c *Connectors) error {
	connector, err := s.client.Connector(ctx, s.id)
	if err != nil {
		return failed("The connector could not be read", err)
	}
	if c.isOther(connector) {
		return ErrOtherProduct
	}
	runs := connector.Status == nil || connector.Status.Enabled()
	switch {
	case connector.Status == nil && !s.StartIfStopped:
		return ErrNoStatus
	case !runs && !s.StartIfStopped:
		says := ""
		if *connector.Status == sekoia.StatusCriticalError {
			says = s.logSays(ctx)
		}
		return fmt.Errorf("%w (status %s)%s", ErrStopped, *connector.Status, says)
	case connector.Status != nil:
		s.tell.status(*connector.Status)
	}
	before := -1
	if s.Wait == WaitSynced {
		before = s.count(ctx)
	}
	if err := s.restart(ctx, runs); err != nil {
		return err
	}
	if err := s.wait(ctx, s.Wait); err != nil {
		return failed("The connector's sync failed", err)
	}
	s.tellEnd(ctx, before)
	return nil
}

// restart stops the connector if it runs, and starts it.
func (s syncRun) restart(ctx context.Context, runs bool) error {
	if runs {
		if err := s.stop(ctx); err != nil {
			left := "It was not stopped."
			if s.stopped {
				left = s.startAgain(ctx)
			}
			return &StepError{Step: "The connector could not be stopped", Err: err, Left: left}
		}
	}
	err := s.start(ctx)
	switch {
	case err != nil && runs:
		return &StepError{Step: "The connector was stopped, but could not be started", Err: err, Left: s.startAgain(ctx)}
	case err != nil:
		return failed("The connector could not be started", err)
	}
	return nil
}

// How long a connector may take to be started again: an interrupted operation has to end within a second.
const (
	interruptedTimeout = 700 * time.Millisecond
	startAgainTimeout  = 30 * time.Second
)

// startAgain starts a connector that was or may have been stopped, although the time is up. It says what came of it.
func (s syncRun) startAgain(ctx context.Context) string {
	timeout := startAgainTimeout
	if errors.Is(ctx.Err(), context.Canceled) {
		timeout = interruptedTimeout
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), timeout)
	defer cancel()
	if _, err := s.client.StartConnector(ctx, s.id); err != nil {
		return "It may be stopped now, because starting it again failed too (" + err.Error() + "). Invoke the action again with start_if_stopped = true."
	}
	return "It was started again."
}

// count is how many assets the connector has brought; -1 if that is not known, which a sync does not need.
func (s syncRun) count(ctx context.Context) int {
	count, err := s.client.CountAssets(ctx, s.id)
	if err != nil {
		return -1
	}
	return count
}

// tellEnd says what the sync came to.
func (s syncRun) tellEnd(ctx context.Context, before int) {
	switch s.Wait {
	case WaitNone:
		s.tell.say("The connector was started")
	case WaitStarted:
		s.tell.say("The connector runs")
	default:
		after := s.count(ctx)
		if before < 0 || after < before {
			s.tell.say("The sync has ended")
			return
		}
		s.tell.say(fmt.Sprintf("The sync has ended. The connector has brought %s, %d more than before", counted(after, "asset"), after-before))
	}
}

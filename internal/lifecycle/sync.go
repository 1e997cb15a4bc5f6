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
	Tell           func(message string) // hears what happens; may be nil
}

// Sync makes a connector fetch now, and waits as far as it is asked to. Sekoia has no call for this, but a connector
// fetches when it starts, so Sync stops and starts it. If Sync fails, it starts a connector that ran again.
func (c *Connectors) Sync(ctx context.Context, request SyncRequest) ([]*StepError, error) {
	s := syncRun{&runner{Connectors: c, id: request.ID, tell: request.Tell}, request}
	err := s.sync(ctx)
	return s.remarks, err
}

type syncRun struct {
	*runner
	SyncRequest
}

func (s syncRun) sync(ctx context.Context) error {
	connector, err := s.client.Connector(ctx, s.id)
	if err != nil {
		return failed("The connector could not be read", err)
	}
	if s.isOther(connector) {
		return ErrOtherProduct
	}
	runs := connector.Status == nil || connector.Status.Enabled()
	switch {
	case connector.Status == nil && !s.StartIfStopped:
		return &StepError{"It is not known whether the connector runs", errors.New("Sekoia gives no status for it"), //nolint:staticcheck // a name begins it
			"Set start_if_stopped = true if it may be started."}
	case !runs && !s.StartIfStopped:
		says := ""
		if *connector.Status == sekoia.StatusCriticalError {
			says = s.LogSays(ctx, s.id, ". ")
		}
		return &StepError{"The connector is stopped", fmt.Errorf("its status is %s%s", *connector.Status, says), "Set start_if_stopped = true to start it."}
	case connector.Status != nil:
		s.sayStatus(*connector.Status)
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
	s.sayEnd(ctx, before)
	return nil
}

// restart stops the connector if it runs, and starts it.
func (s syncRun) restart(ctx context.Context, runs bool) error {
	if runs {
		if err := s.stop(ctx); err != nil {
			left := "It was not stopped."
			if s.stopped {
				left = s.undoStop(ctx)
			}
			return &StepError{Step: "The connector could not be stopped", Err: err, Left: left}
		}
	}
	err := s.start(ctx)
	if err != nil && runs {
		return &StepError{Step: "The connector was stopped, but could not be started", Err: err, Left: s.undoStop(ctx)}
	}
	return failed("The connector could not be started", err)
}

// undoStop starts a connector that was or may have been stopped, even if the time is up. It returns the outcome as a
// sentence. An interrupted action ends a few seconds later for it: a connector that stays stopped costs more.
func (s syncRun) undoStop(ctx context.Context) string {
	timeout := finishTimeout
	if errors.Is(ctx.Err(), context.Canceled) {
		timeout = 5 * time.Second
	}
	if err := s.startAgain(ctx, timeout); err != nil {
		return "It may be stopped now, because starting it again failed too (" + err.Error() + "). Invoke the action again with start_if_stopped = true."
	}
	return "It was started again."
}

// count returns how many assets the connector has brought, or -1 if Sekoia does not say.
func (s syncRun) count(ctx context.Context) int {
	count, err := s.client.CountAssets(ctx, s.id)
	if err != nil {
		return -1
	}
	return count
}

func (s syncRun) sayEnd(ctx context.Context, before int) {
	switch s.Wait {
	case WaitNone:
		s.say("The connector was started")
	case WaitStarted:
		s.say("The connector runs")
	default:
		after := s.count(ctx)
		if before < 0 || after < before {
			s.say("The sync has ended")
			return
		}
		s.say(fmt.Sprintf("The sync has ended. The connector has brought %s, %d more than before", counted(after, "asset"), after-before))
	}
}

// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package connector

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/sekoia"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform"
)

// syncing is one invocation of the sync action.
type syncing struct {
	power
	waitFor        string
	startIfStopped bool
}

// run makes the connector sync, and waits as far as it is asked to.
func (s syncing) run(ctx context.Context) diag.Diagnostics {
	runs, diags := s.look(ctx)
	if diags.HasError() {
		return diags
	}

	before := -1
	if s.waitFor == waitForSynced {
		before = s.count(ctx)
	}

	from, d := s.restart(ctx, runs)
	diags.Append(d...)

	if diags.HasError() {
		return diags
	}

	ended := s.wait(ctx, s.waitFor, from)
	warnOfSync(&diags, ended)

	if ended.bad != nil {
		diags.AddError("The connector's sync did not come to a good end", s.waitFailed(ended.bad))

		return diags
	}

	s.tellEnd(ctx, before)

	return diags
}

// look tells whether the connector runs. One that does not, and may not be started, is an error.
func (s syncing) look(ctx context.Context) (runs bool, diags diag.Diagnostics) {
	connector, err := s.client.Connector(ctx, s.id)

	switch {
	case sekoia.IsNotFound(err):
		terraform.AddError(&diags, pathConnector, "There is no such connector", err, "It was deleted, or the API key does not see its community.")
	case err != nil:
		terraform.AddSekoiaError(&diags, path.Empty(), "The connector could not be read", err)
	case connector.ConnectorID != "" && !strings.EqualFold(connector.ConnectorID, sekoia.OktaDeviceConnectorID):
		diags.AddAttributeError(pathConnector, "Not an Okta Device connector",
			"The connector "+s.id+" is of another type. It was left alone.")
	case connector.Status == nil && !s.startIfStopped:
		diags.AddAttributeError(pathConnector, "Whether the connector runs is not known",
			"Sekoia gives no status for it. Set start_if_stopped = true where it may be started.")
	case connector.Status == nil:
		return true, diags
	case !connector.Status.Enabled() && !s.startIfStopped:
		diags.AddAttributeError(pathConnector, "The connector is stopped", s.stoppedDetail(ctx, *connector.Status))
	default:
		s.tell.status(*connector.Status)

		return connector.Status.Enabled(), diags
	}

	return false, diags
}

func (s syncing) stoppedDetail(ctx context.Context, status sekoia.Status) string {
	detail := fmt.Sprintf("Its status is %s. Set start_if_stopped = true to start it.", status)

	if status != sekoia.StatusCriticalError {
		return detail
	}

	if lines := s.lastErrors(ctx); len(lines) > 0 {
		detail += "\nIts log says:\n" + strings.Join(lines, "\n")
	}

	return detail
}

// restart stops the connector where it runs, and starts it. Whatever ends it on the way, a connector that ran is not left stopped.
func (s syncing) restart(ctx context.Context, runs bool) (mark, diag.Diagnostics) {
	var diags diag.Diagnostics

	if !runs {
		from, err := s.start(ctx, s.mark(ctx))
		if err != nil {
			s.addFailure(&diags, "The connector could not be started", err, "")
		}

		return from, diags
	}

	remark, err := s.stop(ctx)
	warn(&diags, "The connector was stopped within a fetch cycle", remark)

	if err != nil {
		left := "It was not stopped."
		if _, told := errors.AsType[*toldError](err); told {
			left = s.startAgain(ctx)
		}

		s.addFailure(&diags, "The connector could not be stopped", err, left)

		return mark{}, diags
	}

	from, err := s.start(ctx, s.mark(ctx))
	if err != nil {
		s.addFailure(&diags, "The connector was stopped, but could not be started", err, s.startAgain(ctx))
	}

	return from, diags
}

// How long a connector may take to be started again: an interrupted action has to end within a second.
const (
	interruptedPatience = 700 * time.Millisecond
	startAgainPatience  = 30 * time.Second
)

// startAgain starts a connector that was or may have been stopped, although the action's time is up. It says what came of it.
func (s syncing) startAgain(ctx context.Context) string {
	patience := startAgainPatience
	if errors.Is(ctx.Err(), context.Canceled) {
		patience = interruptedPatience
	}

	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()

	if _, err := s.client.StartConnector(ctx, s.id); err != nil {
		return "It may be stopped now: the call that starts it again failed (" + err.Error() + "). Invoke the action again with start_if_stopped = true."
	}

	return "It was started again."
}

func (s syncing) addFailure(diags *diag.Diagnostics, summary string, err error, left string) {
	switch {
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		terraform.AddError(diags, path.Empty(), summary, err, left)
	case left == "":
		terraform.AddSekoiaError(diags, path.Empty(), summary, err)
	default:
		terraform.AddSekoiaError(diags, path.Empty(), summary, fmt.Errorf("%w\n%s", err, left))
	}
}

func (s syncing) waitFailed(err error) string {
	if errors.Is(err, context.DeadlineExceeded) {
		return "The wait reached its timeout. The connector goes on without it; timeout sets a longer one." + lastLook(err)
	}

	return waitFailed(err)
}

// count is how many assets the connector has brought; -1 where that can't be seen, which the sync does not need.
func (s syncing) count(ctx context.Context) int {
	count, err := s.client.CountAssets(ctx, s.id)
	if err != nil {
		return -1
	}

	return count
}

// tellEnd says what the sync came to.
func (s syncing) tellEnd(ctx context.Context, before int) {
	switch s.waitFor {
	case waitForNone:
		s.tell.say("The connector was started")
	case waitForStarted:
		s.tell.say("The connector runs")
	default:
		after := s.count(ctx)
		if before < 0 || after < before {
			s.tell.say("The sync has ended")

			return
		}

		s.tell.say(fmt.Sprintf("The sync has ended: the connector has brought %s, %d more than before", assets(after), after-before))
	}
}

// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package sekoia

import (
	"time"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/simulator/wire"
)

// Display statuses (Sekoia's document, ConnectorConfigurationSchema).
const (
	statusRunning       = "RUNNING"
	statusStopped       = "STOPPED"
	statusError         = "ERROR"
	statusCriticalError = "CRITICAL_ERROR"
	statusStarting      = "STARTING"
	statusStopping      = "STOPPING"
)

// How long the platform takes, before the tempo divides it. The first two are guesses; the last two are documented.
const (
	StartingTime  = 3 * time.Second
	stoppingTime  = 3 * time.Second
	errorWindow   = 24 * time.Hour
	errorsAllowed = 5 // more of them within the window are ERROR
)

// lifecycle is where a connector is between started and stopped.
type lifecycle struct {
	running bool
	since   time.Time // of the last change; zero is long ago
	pinned  *string   // what an admin call said; "" is no status at all. Until the next start or stop
}

func (l *lifecycle) started(now time.Time) { *l = lifecycle{running: true, since: now} }

func (l *lifecycle) stopped(now time.Time) { *l = lifecycle{since: now} }

// status is what the platform shows. ERROR is a running connector with more than five error lines in the last 24 hours:
// it comes late and outlives its cause.
func (l *lifecycle) status(now time.Time, at wire.Tempo, recentErrors int) string {
	elapsed := now.Sub(l.since)
	switch {
	case !l.running && elapsed < at.Scaled(stoppingTime):
		return statusStopping
	case !l.running:
		return statusStopped
	case elapsed < at.Scaled(StartingTime):
		return statusStarting
	case recentErrors > errorsAllowed:
		return statusError
	}
	return statusRunning
}

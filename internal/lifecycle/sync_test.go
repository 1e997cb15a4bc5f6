// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package lifecycle

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestSync(t *testing.T) {
	t.Parallel()
	const restart = "read connector, log, stop, read connector, log, start"
	cases := map[string]struct {
		cloud     func(k *cloudConnector)
		request   SyncRequest
		meet      troubles
		wantErr   []string
		wantCalls string
		off       bool // the connector does not run afterwards
	}{
		"nobody waits": {request: SyncRequest{Wait: WaitNone}, wantCalls: restart},
		"a connector that runs again is enough": {
			request: SyncRequest{Wait: WaitStarted}, wantCalls: restart + ", read connector",
		},
		"a wait that can't look": {
			request: SyncRequest{Wait: WaitSynced}, wantErr: []string{"The connector's sync failed"},
			meet:      troubles{"read connector 3": refused, "read connector 4": refused, "read connector 5": refused},
			wantCalls: "read connector, count assets, log, stop, read connector, log, start, read connector, read connector, read connector",
		},
		"a stopped connector is not started": {
			cloud: func(k *cloudConnector) { k.status = "STOPPED" }, request: SyncRequest{Wait: WaitStarted}, off: true,
			wantErr: []string{"The connector is stopped", "its status is STOPPED"}, wantCalls: "read connector",
		},
		"a stopped connector is started if it may be": {
			cloud: func(k *cloudConnector) { k.status = "STOPPED" }, request: SyncRequest{Wait: WaitStarted, StartIfStopped: true},
			wantCalls: "read connector, log, start, read connector",
		},
		"a stopped connector that can't be started": {
			cloud: func(k *cloudConnector) { k.status = "STOPPED" }, request: SyncRequest{Wait: WaitStarted, StartIfStopped: true}, off: true,
			meet: troubles{"start": refused}, wantErr: []string{"The connector could not be started", "400"}, wantCalls: "read connector, log, start",
		},
		"a connector in CRITICAL_ERROR says why": {
			cloud:   func(k *cloudConnector) { k.status, k.log = "CRITICAL_ERROR", []string{begins, fetchFailed} },
			request: SyncRequest{Wait: WaitStarted}, off: true, wantErr: []string{"its status is CRITICAL_ERROR", "Its log says:\n" + fetchFailed},
			wantCalls: "read connector, log",
		},
		"a connector in CRITICAL_ERROR without a log": {
			cloud:   func(k *cloudConnector) { k.status = "CRITICAL_ERROR" },
			request: SyncRequest{Wait: WaitStarted}, off: true, wantErr: []string{"status is CRITICAL_ERROR\n"}, wantCalls: "read connector, log",
		},
		"a connector without a status is left alone": {
			cloud: func(k *cloudConnector) { k.status = "" }, request: SyncRequest{Wait: WaitStarted}, off: true,
			wantErr: []string{"Sekoia gives no status for it"}, wantCalls: "read connector",
		},
		"a connector without a status is restarted if it may be started": {
			cloud: func(k *cloudConnector) { k.status = "" }, request: SyncRequest{Wait: WaitNone, StartIfStopped: true}, wantCalls: restart,
		},
		"a connector of another product is left alone": {
			cloud: func(k *cloudConnector) { k.product = "another" }, wantErr: []string{ErrOtherProduct.Error()}, wantCalls: "read connector",
		},
		"a connector that can't be read": {
			meet: troubles{"read connector": refused}, wantErr: []string{"The connector could not be read"}, wantCalls: "read connector",
		},
		"a stop that is refused": {
			meet: troubles{"stop": refused}, wantErr: []string{"The connector could not be stopped"}, wantCalls: "read connector, log, stop",
		},
		"a stop whose reply is lost is followed by a start": {
			meet: troubles{"stop": lostDone}, wantErr: []string{"The connector could not be stopped"}, wantCalls: "read connector, log, stop, start",
		},
		"a start that is refused once is repeated": {
			meet: troubles{"start": refused}, wantErr: []string{"The connector was stopped, but could not be started"}, wantCalls: restart + ", start",
		},
		"a start that is always refused leaves it stopped": {
			meet: troubles{"start *": refused}, wantErr: []string{"The connector was stopped, but could not be started"}, wantCalls: restart + ", start", off: true,
		},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				c := newCloud()
				if test.cloud != nil {
					test.cloud(c.connectors[0])
				}
				c.meet = test.meet.meet
				test.request.ID = "connector-1"
				_, err := c.open(t).Sync(t.Context(), test.request)
				checkError(t, err, test.wantErr...)
				c.checkCalls(t, test.wantCalls)
				if c.connectors[0].status == "RUNNING" == test.off && c.connectors[0].product == productID {
					t.Errorf("the connector is %s", c.connectors[0].status)
				}
			})
		})
	}
}

func TestSyncSaysWhatIsLeft(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		meet troubles
		want string
	}{
		"a refused stop":                         {troubles{"stop": refused}, "It was not stopped."},
		"a lost stop":                            {troubles{"stop": lostDone}, "It was started again."},
		"a start that succeeded the second time": {troubles{"start": refused}, "It was started again."},
		"a start that never succeeded": {
			troubles{"start *": refused},
			"It may be stopped now, because starting it again failed too (Sekoia answered 400 (refused: no) to POST " +
				"/v1/symphony/connector-configurations/connector-1/start). Invoke the action again with start_if_stopped = true.",
		},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newCloud()
			c.meet = test.meet.meet
			_, err := c.open(t).Sync(t.Context(), SyncRequest{ID: "connector-1", Wait: WaitNone})
			if step, ok := errors.AsType[*StepError](err); !ok || step.Left != test.want {
				t.Errorf("the error is %#v, want %q", err, test.want)
			}
		})
	}
}

func TestSyncTellsWhatHappens(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		wait Wait
		meet troubles
		log  []string
		want []string
	}{
		"without a wait": {
			wait: WaitNone,
			want: []string{"The connector's status is RUNNING", "Stopping the connector", "Starting the connector", "The connector was started"},
		},
		"until it runs": {
			wait: WaitStarted,
			want: []string{
				"The connector's status is RUNNING", "Stopping the connector", "Starting the connector", "The connector's status is RUNNING",
				"The connector runs",
			},
		},
		"until it has synced": {
			wait: WaitSynced, log: []string{begins, posted, ends},
			want: []string{
				"The connector's status is RUNNING", "Stopping the connector", "Starting the connector", "The connector's status is RUNNING",
				"The fetch cycle has ended; 7 assets so far", "The sync has ended. The connector has brought 7 assets, 0 more than before",
			},
		},
		"with assets that can't be counted": {
			wait: WaitSynced, log: []string{begins, posted, ends}, meet: troubles{"count assets *": refused},
			want: []string{
				"The connector's status is RUNNING", "Stopping the connector", "Starting the connector", "The connector's status is RUNNING",
				"The fetch cycle has ended", "The sync has ended",
			},
		},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				c := newCloud()
				k := c.connectors[0]
				met := test.meet
				c.meet = func(call string, nth int) trouble {
					if call == "start" { // what it does from then on is in its log, later than the start
						c.mu.Lock()
						k.log, k.logFrom = test.log, time.Now()
						c.mu.Unlock()
					}
					return met.meet(call, nth)
				}
				var told []string
				_, err := c.open(t).Sync(t.Context(), SyncRequest{ID: "connector-1", Wait: test.wait, Tell: func(message string) { told = append(told, message) }})
				checkError(t, err)
				if diff := cmp.Diff(test.want, told); diff != "" {
					t.Errorf("told (-want +got)\n%s", diff)
				}
			})
		})
	}
}

func TestInterruptedSyncStartsTheConnectorAgain(t *testing.T) {
	t.Parallel()
	for call, met := range map[string]trouble{"stop": lostDone, "read connector 2": noTrouble, "start": lostUndone} {
		t.Run("at "+call, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				met.then = cancel
				c := newCloud()
				c.meet = troubles{call: met}.meet
				_, err := c.open(t).Sync(ctx, SyncRequest{ID: "connector-1", Wait: WaitStarted})
				if err == nil || c.connectors[0].status != "RUNNING" {
					t.Errorf("the connector is %s, the error %v", c.connectors[0].status, err)
				}
			})
		})
	}
}

func TestProgress(t *testing.T) {
	t.Parallel()
	var told []string
	run := &runner{tell: func(message string) { told = append(told, message) }}
	run.sayStatus("")
	run.sayStatus("RUN\x07NING")
	run.sayStatus("RUN\x07NING")
	if diff := cmp.Diff([]string{"Sekoia gives no status for the connector", `The connector's status is RUN\aNING`}, told); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	for want, c := range map[string]cycle{
		"The fetch cycle has ended":                                               {begun: true, ended: true},
		"The connector is sending what it fetched":                                {begun: true, posted: true},
		"The fetch cycle has begun":                                               {begun: true},
		"Waiting for the fetch cycle to begin":                                    {},
		"The connector could not fetch devices. Waiting for the end of its cycle": {begun: true, failed: fetchFailed},
	} {
		if got := c.message(); got != want {
			t.Errorf("%+v says %q, want %q", c, got, want)
		}
	}
	if counted(1, "asset") != "1 asset" || counted(0, "asset") != "0 assets" {
		t.Error("one asset is not some assets")
	}
}

func TestCheckUsers(t *testing.T) {
	t.Parallel()
	c := newCloud()
	connectors := c.open(t)
	checkError(t, connectors.CheckUsers(t.Context(), "account-1", 1))
	c.accounts[0].others.Triggers = 1
	if shared, ok := errors.AsType[*SharedError](connectors.CheckUsers(t.Context(), "account-1", 1)); !ok || shared.usage.Triggers != 1 {
		t.Errorf("shared with %+v", shared)
	}
	checkError(t, connectors.CheckUsers(t.Context(), "account-9", 1), "404")
}

// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package lifecycle

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"
)

// The calls of an update's steps.
const (
	callsStop  = "log, stop, read connector"
	callsStart = "log, start, read connector"
)

// changed is a change of the connector of newCloud, which runs and is to run, with a token that is known.
func changed(asked ...func(*Change)) Change {
	change := Change{Record: managed, Spec: wantedSpec, Settings: settingsWith("fresh"), Runs: true, Enable: true, Wait: WaitStarted}
	for _, ask := range asked {
		ask(&change)
	}
	return change
}

func storing(c *Change)         { c.Store = true }
func repairing(c *Change)       { c.Drift = DriftMoved }
func recreating(c *Change)      { c.Drift = DriftDeleted }
func restarting(c *Change)      { c.Restart = true }
func withoutSettings(c *Change) { c.Settings = nil }
func stopped(c *Change)         { c.Runs = false }
func disabling(c *Change)       { c.Enable = false }
func withoutAccount(c *Change)  { c.AccountID = "" }
func syncing(c *Change)         { c.Wait = WaitSynced }

func renaming(c *Change) { c.Rename, c.Name = true, "new name" }

// movedAway puts connector-1 on somebody's account-2.
func movedAway(c *cloud) {
	c.addAccount("another", globex, "theirs")
	c.connectors[0].account = "account-2"
}

func connectorGone(c *cloud) { c.without("connector-1") }

func accountGone(c *cloud) { c.without("account-1") }

// connectorStopped is connector-1 after an update that was cut off.
func connectorStopped(c *cloud) { c.connectors[0].status, c.connectors[0].runsWith = "STOPPED", nil }

type updateCase struct {
	cloud     func(c *cloud)
	change    Change
	meet      troubles
	want      UpdateResult // without remarks
	wantErr   []string
	remarks   []string // their summaries
	wantCalls string
	wantHolds []string
}

const (
	account1Old   = `account-1 "Okta devices" https://acme.okta.com old`
	account1Fresh = `account-1 "Okta devices" https://acme.okta.com fresh`
	connector1    = `connector-1 "Okta devices" on account-1 RUNNING`
	connector1Off = `connector-1 "Okta devices" on account-1 STOPPED`
)

var done = UpdateResult{Done: true}

func runUpdateCases(t *testing.T, cases map[string]updateCase) {
	t.Helper()
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				c := newCloud()
				if test.cloud != nil {
					test.cloud(c)
				}
				c.meet = test.meet.meet
				got, err := c.open(t).Update(t.Context(), test.change)
				checkError(t, err, test.wantErr...)
				if _, ok := errors.AsType[*StepError](err); err != nil && !ok {
					t.Errorf("the error is no step: %#v", err)
				}
				if diff := cmp.Diff(test.remarks, summaries(got.Remarks)); diff != "" {
					t.Errorf("remarks (-want +got)\n%s", diff)
				}
				got.Remarks = nil
				if diff := cmp.Diff(test.want, got); diff != "" {
					t.Errorf("reached (-want +got)\n%s", diff)
				}
				c.checkCalls(t, test.wantCalls)
				c.checkHolds(t, test.wantHolds...)
			})
		})
	}
}

func TestUpdate(t *testing.T) {
	t.Parallel()
	runUpdateCases(t, map[string]updateCase{
		"nothing that concerns Sekoia makes no call": {
			change: changed(), want: done, wantHolds: []string{account1Old, connector1},
		},
		"new settings are stored between a stop and a start": {
			change: changed(storing), want: UpdateResult{Stored: true, Started: true, Done: true},
			wantCalls: "usage, " + callsStop + ", change account, " + callsStart, wantHolds: []string{account1Fresh, connector1},
		},
		"a restart sends the settings again": {
			change: changed(restarting), want: UpdateResult{Stored: true, Started: true, Done: true},
			wantCalls: "usage, " + callsStop + ", change account, " + callsStart, wantHolds: []string{account1Fresh, connector1},
		},
		"a restart without a known credential leaves the account alone": {
			change: changed(restarting, withoutSettings), want: UpdateResult{Started: true, Done: true},
			wantCalls: callsStop + ", " + callsStart, wantHolds: []string{account1Old, connector1},
		},
		"a start sends the settings again": {
			cloud: connectorStopped, change: changed(stopped), want: UpdateResult{Stored: true, Started: true, Done: true},
			wantCalls: "read connector, usage, change account, " + callsStart, wantHolds: []string{account1Fresh, connector1},
		},
		"a start without a known credential": {
			cloud: connectorStopped, change: changed(stopped, withoutSettings), want: UpdateResult{Started: true, Done: true},
			wantCalls: "read connector, " + callsStart, wantHolds: []string{account1Old, connector1},
		},
		"a start of a connector that was thought to be stopped, and runs, is a restart": {
			change: changed(stopped), want: UpdateResult{Stored: true, Started: true, Done: true},
			wantCalls: "read connector, usage, " + callsStop + ", change account, " + callsStart, wantHolds: []string{account1Fresh, connector1},
		},
		"a stop": {
			change: changed(disabling), want: UpdateResult{Stopped: true, Done: true}, wantCalls: callsStop, wantHolds: []string{account1Old, connector1Off},
		},
		"a rename renames the account too, and restarts nothing": {
			change: changed(renaming), want: UpdateResult{Renamed: true, Done: true}, wantCalls: "usage, change account, change connector",
			wantHolds: []string{`account-1 "new name" https://acme.okta.com old`, `connector-1 "new name" on account-1 RUNNING`},
		},
		"a start leaves an account that others use alone": {
			cloud: func(c *cloud) { connectorStopped(c); c.accounts[0].others.Actions = 1 }, change: changed(stopped),
			want:      UpdateResult{Started: true, Done: true},
			wantCalls: "read connector, usage, " + callsStart, wantHolds: []string{account1Old, connector1},
		},
		"a rename leaves the name of an account that others use": {
			cloud: func(c *cloud) { c.accounts[0].others.Playbooks = 1 }, change: changed(renaming), want: UpdateResult{Renamed: true, Done: true},
			wantCalls: "usage, change connector", wantHolds: []string{account1Old, `connector-1 "new name" on account-1 RUNNING`},
		},
		"a rename that may not rename the account is a remark": {
			change: changed(renaming), meet: troubles{"change account": refusedWith(http.StatusForbidden)}, want: UpdateResult{Renamed: true, Done: true},
			remarks: []string{"The connector's account keeps its old name"}, wantCalls: "usage, change account, change connector",
			wantHolds: []string{account1Old, `connector-1 "new name" on account-1 RUNNING`},
		},
		"a rename with new settings writes the account once": {
			change: changed(renaming, storing), want: UpdateResult{Renamed: true, Stored: true, Started: true, Done: true},
			wantCalls: "usage, change connector, " + callsStop + ", change account, " + callsStart,
			wantHolds: []string{`account-1 "new name" https://acme.okta.com fresh`, `connector-1 "new name" on account-1 RUNNING`},
		},
		"new settings of a disabled connector are stored, and nothing is started or waited for": {
			cloud: connectorStopped, change: changed(storing, stopped, disabling, syncing), want: UpdateResult{Stored: true, Done: true},
			wantCalls: "usage, change account", wantHolds: []string{account1Fresh, connector1Off},
		},
		"a restart of a disabled connector does nothing": {
			cloud: connectorStopped, change: changed(restarting, stopped, disabling), want: done, wantHolds: []string{account1Old, connector1Off},
		},
		"a sync is waited for": {
			cloud: func(c *cloud) { c.connectors[0].log = []string{begins, ends} }, change: changed(storing), want: UpdateResult{Stored: true, Started: true, Done: true},
			wantCalls: "usage, " + callsStop + ", change account, " + callsStart, wantHolds: []string{account1Fresh, connector1},
		},
	})
}

func TestUpdateThatRepairs(t *testing.T) {
	t.Parallel()
	const foreign = `account-2 "another" https://globex.okta.com theirs`
	runUpdateCases(t, map[string]updateCase{
		"an account with another target": {
			cloud: func(c *cloud) { c.accounts[0].value["base_url"] = globex }, change: changed(repairing, storing),
			want:      UpdateResult{Stored: true, Repaired: true, Started: true, Done: true},
			wantCalls: "read connector, usage, " + callsStop + ", change account, " + callsStart, wantHolds: []string{account1Fresh, connector1},
		},
		"a connector that was moved is moved back": {
			cloud: movedAway, change: changed(repairing), want: UpdateResult{Stored: true, Repaired: true, Started: true, Done: true},
			wantCalls: "read connector, usage, " + callsStop + ", change account, change connector, " + callsStart,
			wantHolds: []string{account1Fresh, foreign, connector1},
		},
		"a connector that was moved is moved back without a known credential": {
			cloud: movedAway, change: changed(repairing, withoutSettings), want: UpdateResult{Repaired: true, Started: true, Done: true},
			wantCalls: "read connector, usage, " + callsStop + ", change connector, " + callsStart,
			wantHolds: []string{account1Old, foreign, connector1},
		},
		"a disabled connector that was moved is moved back, and stays stopped": {
			cloud:  func(c *cloud) { movedAway(c); connectorStopped(c) },
			change: changed(repairing, stopped, disabling), want: UpdateResult{Repaired: true, Done: true},
			wantCalls: "read connector, usage, change connector", wantHolds: []string{account1Old, foreign, connector1Off},
		},
		"a connector whose account is gone gets a new one": {
			cloud: accountGone, change: changed(repairing, storing, withoutAccount),
			want: UpdateResult{Stored: true, Repaired: true, Started: true, Done: true, Account: "new-account-1"},
			wantCalls: "read connector, read account, " + callsStop + ", list accounts, make account, change connector, " +
				callsStart,
			wantHolds: []string{newAccountMade, `connector-1 "Okta devices" on new-account-1 RUNNING`},
		},
		"a connector whose account is gone gets the one that it is on, if nobody else uses that": {
			cloud: func(c *cloud) { movedAway(c); accountGone(c) }, change: changed(repairing, storing, withoutAccount),
			want:      UpdateResult{Stored: true, Repaired: true, Started: true, Done: true, Account: "account-2"},
			wantCalls: "read connector, read account, usage, usage, " + callsStop + ", change account, " + callsStart,
			wantHolds: []string{`account-2 "Okta devices" https://acme.okta.com fresh`, `connector-1 "Okta devices" on account-2 RUNNING`},
		},
		"a connector whose account is gone gets a new one, if others use the one that it is on": {
			cloud:  func(c *cloud) { movedAway(c); accountGone(c); c.accounts[0].others.Playbooks = 1 },
			change: changed(repairing, storing, withoutAccount),
			want:   UpdateResult{Stored: true, Repaired: true, Started: true, Done: true, Account: "new-account-1"},
			wantCalls: "read connector, read account, usage, " + callsStop + ", list accounts, make account, change connector, " +
				callsStart,
			wantHolds: []string{foreign, newAccountMade, `connector-1 "Okta devices" on new-account-1 RUNNING`},
		},
		"a connector that is gone is made again on its account": {
			cloud: connectorGone, change: changed(recreating),
			want:      UpdateResult{Renamed: true, Stored: true, Repaired: true, Started: true, Done: true, ID: "new-connector-1"},
			wantCalls: "read connector, usage, change account, list connectors, make connector, read connector",
			wantHolds: []string{account1Fresh, `new-connector-1 "Okta devices" on account-1 RUNNING`},
		},
		"a connector that is gone is made again with its new name": {
			cloud: connectorGone, change: changed(recreating, renaming, withoutSettings),
			want:      UpdateResult{Renamed: true, Repaired: true, Started: true, Done: true, ID: "new-connector-1"},
			wantCalls: "read connector, usage, change account, list connectors, make connector, read connector",
			wantHolds: []string{`account-1 "new name" https://acme.okta.com old`, `new-connector-1 "new name" on account-1 RUNNING`},
		},
		"a disabled connector that is gone is made again, and stopped": {
			cloud: connectorGone, change: changed(recreating, stopped, disabling),
			want:      UpdateResult{Renamed: true, Stopped: true, Repaired: true, Done: true, ID: "new-connector-1"},
			wantCalls: "read connector, usage, list connectors, make connector, " + callsStop,
			wantHolds: []string{account1Old, `new-connector-1 "Okta devices" on account-1 STOPPED`},
		},
		"a connector that came back meanwhile is started again, and not made": {
			change: changed(recreating), want: UpdateResult{Stored: true, Repaired: true, Started: true, Done: true},
			wantCalls: "read connector, usage, " + callsStop + ", change account, " + callsStart, wantHolds: []string{account1Fresh, connector1},
		},
	})
}

func TestUpdateThatFails(t *testing.T) {
	t.Parallel()
	stop, start := "usage, "+callsStop, ", "+callsStart
	connector1New := `connector-1 "new name" on account-1 RUNNING`
	runUpdateCases(t, map[string]updateCase{
		// Before the first write.
		"an account that others use is not changed, and the connector not stopped": {
			cloud: func(c *cloud) { c.accounts[0].others.Actions = 1 }, change: changed(storing),
			wantErr: []string{"The connector's account is not changed", "used by 1 connector and 1 action"}, wantCalls: "usage", wantHolds: []string{account1Old, connector1},
		},
		"an account that another connector uses is not changed": {
			cloud: func(c *cloud) { c.addConnector("another", c.accounts[0]) }, change: changed(restarting),
			wantErr: []string{"used by 2 connectors"}, wantCalls: "usage",
			wantHolds: []string{account1Old, connector1, `connector-2 "another" on account-1 RUNNING`},
		},
		"a connector that was moved is not put back on an account that somebody uses now": {
			cloud: func(c *cloud) { movedAway(c); c.addConnector("another", c.accounts[0]) }, change: changed(repairing),
			wantErr: []string{"used by 1 connector"}, wantCalls: "read connector, usage",
			wantHolds: []string{
				account1Old, `account-2 "another" https://globex.okta.com theirs`, `connector-1 "Okta devices" on account-2 RUNNING`,
				`connector-2 "another" on account-1 RUNNING`,
			},
		},
		"an account that went since the plan": {
			cloud: accountGone, change: changed(storing), wantErr: []string{"account was deleted since the plan", "Plan again: the new plan does without it."}, wantCalls: "usage",
			wantHolds: []string{connector1},
		},
		"a usage that can't be read": {
			change: changed(storing), meet: troubles{"usage": refused}, wantErr: []string{"The connector's account is not changed", "400"},
			wantCalls: "usage", wantHolds: []string{account1Old, connector1},
		},
		"a connector that is to be started, and is gone": {
			cloud: connectorGone, change: changed(stopped), wantErr: []string{"The connector could not be read", "404"},
			wantCalls: "read connector", wantHolds: []string{account1Old},
		},
		"a connector with drift that went since the plan": { // in which its id stays
			cloud: connectorGone, change: changed(repairing, storing), wantErr: []string{"The connector could not be read", "404"},
			wantCalls: "read connector", wantHolds: []string{account1Old},
		},
		"a connector without its account that went since the plan": {
			cloud: func(c *cloud) { accountGone(c); connectorGone(c) }, change: changed(repairing, storing, withoutAccount),
			wantErr: []string{"The connector could not be read", "404"}, wantCalls: "read connector",
		},
		"a connector with drift that can't be read": {
			change: changed(repairing), meet: troubles{"read connector": refused}, wantErr: []string{"The connector could not be read"},
			wantCalls: "read connector", wantHolds: []string{account1Old, connector1},
		},
		"an account in the place of one that is gone can't be read": {
			change: changed(repairing, storing, withoutAccount), meet: troubles{"read account": refused},
			wantErr: []string{"The connector's account could not be read"}, wantCalls: "read connector, read account", wantHolds: []string{account1Old, connector1},
		},
		"a new account without a known credential": {
			cloud: accountGone, change: changed(repairing, storing, withoutAccount, withoutSettings), wantErr: []string{"credential is not known"},
			wantCalls: "read connector, read account", wantHolds: []string{connector1},
		},
		"new settings without a known credential": {
			change: changed(storing, withoutSettings), wantErr: []string{"credential is not known"}, wantHolds: []string{account1Old, connector1},
		},
		// The rename.
		"a rename of the account that is refused": {
			change: changed(renaming), meet: troubles{"change account": refused}, wantErr: []string{"The connector's account could not be renamed"},
			wantCalls: "usage, change account", wantHolds: []string{account1Old, connector1},
		},
		"a rename of the account whose reply is lost": {
			change: changed(renaming), meet: troubles{"change account": lostDone}, wantErr: []string{"The connector's account could not be renamed"},
			wantCalls: "usage, change account", wantHolds: []string{`account-1 "new name" https://acme.okta.com old`, connector1},
		},
		"a rename of the connector that is refused": {
			change: changed(renaming, storing), meet: troubles{"change connector": refused}, wantErr: []string{"The connector could not be renamed"},
			wantCalls: "usage, change connector", wantHolds: []string{account1Old, connector1},
		},
		"a rename of the connector whose reply is lost": {
			change: changed(renaming, storing), meet: troubles{"change connector": lostDone}, wantErr: []string{"The connector could not be renamed"},
			wantCalls: "usage, change connector", wantHolds: []string{account1Old, connector1New},
		},
		// The stop.
		"a stop that is refused": {
			change: changed(renaming, storing), meet: troubles{"stop": refused}, want: UpdateResult{Renamed: true},
			wantErr: []string{"The connector could not be stopped", "400"}, wantCalls: "usage, change connector, log, stop",
			wantHolds: []string{account1Old, connector1New},
		},
		"a stop whose reply is lost": {
			change: changed(storing), meet: troubles{"stop": lostDone}, want: UpdateResult{Stopped: true},
			wantErr: []string{"The connector could not be stopped"}, wantCalls: "usage, log, stop", wantHolds: []string{account1Old, connector1Off},
		},
		"a stop that nobody can look at": {
			change: changed(storing), meet: troubles{"read connector *": refused}, want: UpdateResult{Stopped: true},
			wantErr: []string{"The connector could not be stopped"}, wantCalls: "usage, log, stop, read connector, read connector, read connector",
			wantHolds: []string{account1Old, connector1Off},
		},
		"a connector that goes before its stop": {
			cloud: connectorGone, change: changed(storing), wantErr: []string{"The connector could not be stopped", "404"},
			wantCalls: "usage, log, stop", wantHolds: []string{account1Old},
		},
		// The account.
		"a refused PATCH after a stop starts the connector again": {
			change: changed(storing), meet: troubles{"change account": refused}, wantErr: []string{"The connector's account could not be changed", "400"},
			wantCalls: stop + ", change account, start", wantHolds: []string{account1Old, connector1},
		},
		"a refused PATCH after a stop, and a start that is refused too": {
			change: changed(storing), meet: troubles{"change account": refused, "start": refused}, want: UpdateResult{Stopped: true},
			wantErr: []string{"The connector's account could not be changed"}, wantCalls: stop + ", change account, start",
			wantHolds: []string{account1Old, connector1Off},
		},
		"a refused PATCH of a connector that did not run starts nothing": {
			cloud: connectorStopped, change: changed(stopped), meet: troubles{"change account": refused},
			wantErr: []string{"The connector's account could not be changed"}, wantCalls: "read connector, usage, change account", wantHolds: []string{account1Old, connector1Off},
		},
		"a PATCH whose reply is lost leaves the connector stopped": {
			change: changed(storing), meet: troubles{"change account": lostDone}, want: UpdateResult{Stopped: true, StoredMaybe: true},
			wantErr: []string{"The connector's account may not have been changed"}, wantCalls: stop + ", change account",
			wantHolds: []string{account1Fresh, connector1Off},
		},
		"a PATCH that ends in an outage may have had its effect": {
			change: changed(storing), meet: troubles{"change account": refusedWith(http.StatusBadGateway)}, want: UpdateResult{Stopped: true, StoredMaybe: true},
			wantErr: []string{"may not have been changed", "502"}, wantCalls: stop + ", change account", wantHolds: []string{account1Old, connector1Off},
		},
		"a new account that is refused starts the connector again": {
			cloud: accountGone, change: changed(repairing, storing, withoutAccount), meet: troubles{"make account": refused},
			wantErr:   []string{"The connector's account could not be created", "400"},
			wantCalls: "read connector, read account, " + callsStop + ", list accounts, make account, start", wantHolds: []string{connector1},
		},
		"a new account whose reply is lost is found": {
			cloud: accountGone, change: changed(repairing, storing, withoutAccount), meet: troubles{"make account": lostDone},
			want: UpdateResult{Stored: true, Repaired: true, Started: true, Done: true, Account: "new-account-1"},
			wantCalls: "read connector, read account, " + callsStop + ", list accounts, make account, list accounts, change connector" +
				start,
			wantHolds: []string{newAccountMade, `connector-1 "Okta devices" on new-account-1 RUNNING`},
		},
		// The place.
		"a move back that is refused": {
			cloud: movedAway, change: changed(repairing), meet: troubles{"change connector": refused}, want: UpdateResult{Stopped: true, Stored: true},
			wantErr: []string{"The connector could not be put on its account"}, wantCalls: "read connector, " + stop + ", change account, change connector",
			wantHolds: []string{account1Fresh, `account-2 "another" https://globex.okta.com theirs`, `connector-1 "Okta devices" on account-2 STOPPED`},
		},
		"a move to a new account that is refused": {
			cloud: accountGone, change: changed(repairing, storing, withoutAccount), meet: troubles{"change connector": refused},
			want: UpdateResult{Stopped: true, Stored: true, Account: "new-account-1"}, wantErr: []string{"The connector could not be put on its account"},
			wantCalls: "read connector, read account, " + callsStop + ", list accounts, make account, change connector",
			wantHolds: []string{newAccountMade, connector1Off},
		},
		"a connector that can't be made again": {
			cloud: connectorGone, change: changed(recreating), meet: troubles{"make connector": refused}, want: UpdateResult{Stored: true},
			wantErr:   []string{"The connector could not be created again"},
			wantCalls: "read connector, usage, change account, list connectors, make connector", wantHolds: []string{account1Fresh},
		},
		"a connector that can't be looked for is not made again": {
			cloud: connectorGone, change: changed(recreating), meet: troubles{"list connectors": refused}, want: UpdateResult{Stored: true},
			wantErr: []string{"The connector could not be created again"}, wantCalls: "read connector, usage, change account, list connectors",
			wantHolds: []string{account1Fresh},
		},
		"a new connector that is not to run, and can't be stopped": {
			cloud: connectorGone, change: changed(recreating, stopped, disabling), meet: troubles{"stop": refused},
			want: UpdateResult{Renamed: true, Repaired: true, Started: true, ID: "new-connector-1"}, wantErr: []string{"The connector could not be stopped"},
			wantCalls: "read connector, usage, list connectors, make connector, log, stop",
			wantHolds: []string{account1Old, `new-connector-1 "Okta devices" on account-1 RUNNING`},
		},
		// The start.
		"a start that is refused": {
			change: changed(storing), meet: troubles{"start": refused}, want: UpdateResult{Stopped: true, Stored: true},
			wantErr: []string{"The connector could not be started", "400"}, wantCalls: stop + ", change account, log, start",
			wantHolds: []string{account1Fresh, connector1Off},
		},
		"a start whose reply is lost": {
			change: changed(storing), meet: troubles{"start": lostDone}, want: UpdateResult{Stopped: true, Stored: true},
			wantErr: []string{"The connector could not be started"}, wantCalls: stop + ", change account, log, start",
			wantHolds: []string{account1Fresh, connector1},
		},
		"a wait that can't look": {
			change: changed(restarting, withoutSettings), meet: troubles{"read connector 2": refused, "read connector 3": refused, "read connector 4": refused},
			want: UpdateResult{Started: true, Done: true}, wantErr: []string{"The change was made, but the sync failed"},
			wantCalls: callsStop + start + ", read connector, read connector", wantHolds: []string{account1Old, connector1},
		},
	})
}

func TestUpdateThatIsInterrupted(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		cloud     func(c *cloud)
		change    Change
		during    string
		meets     trouble
		want      UpdateResult
		wantErr   string
		wantHolds []string
	}{
		"while a fetch cycle is waited for leaves the connector running": {
			cloud: func(c *cloud) { c.connectors[0].log = []string{begins} }, change: changed(storing), during: "log",
			wantErr: "The connector could not be stopped: a fetch cycle is running, and a stop would cut it off: the wait was interrupted", wantHolds: []string{account1Old, connector1},
		},
		"with the PATCH refused starts the connector again": {
			change: changed(storing), during: "change account", meets: refused, wantErr: "The connector's account could not be changed",
			wantHolds: []string{account1Old, connector1},
		},
		"before a new account is made": {
			cloud: accountGone, change: changed(repairing, storing, withoutAccount), during: "read connector 2",
			want: UpdateResult{Stopped: true}, wantErr: "The connector could not be stopped: the wait was interrupted",
			wantHolds: []string{connector1Off},
		},
		"before a connector is made again": {
			cloud: connectorGone, change: changed(recreating), during: "change account", meets: lostDone,
			want: UpdateResult{StoredMaybe: true}, wantErr: "The connector's account may not have been changed", wantHolds: []string{account1Fresh},
		},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				c := newCloud()
				if test.cloud != nil {
					test.cloud(c)
				}
				interrupted := test.meets
				interrupted.then = cancel
				c.meet = troubles{test.during: interrupted}.meet
				got, err := c.open(t).Update(ctx, test.change)
				checkError(t, err, test.wantErr)
				got.Remarks = nil
				if diff := cmp.Diff(test.want, got); diff != "" {
					t.Errorf("reached (-want +got)\n%s", diff)
				}
				c.checkHolds(t, test.wantHolds...)
			})
		})
	}
}

// An update that makes an account or a connector waits for its turn, as a create does.
func TestUpdateWaitsForItsTurn(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		cloud   func(c *cloud)
		change  Change
		wantErr string
		want    UpdateResult
	}{
		"to make an account": {
			cloud: func(c *cloud) { accountGone(c); connectorStopped(c) }, change: changed(repairing, storing, withoutAccount, stopped),
			wantErr: "The connector's account could not be created: waiting for another operation of this run",
		},
		"to make a connector": {
			cloud: connectorGone, change: changed(recreating, withoutSettings), wantErr: "The connector could not be created again: waiting for another operation of this run",
		},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				c := newCloud()
				test.cloud(c)
				connectors := c.open(t)
				release, err := connectors.takeTurn(t.Context(), alone)
				if err != nil {
					t.Fatal(err)
				}
				defer release()
				ctx, cancel := context.WithCancel(t.Context())
				ended := make(chan error, 1)
				go func() {
					_, err := connectors.Update(ctx, test.change)
					ended <- err
				}()
				synctest.Wait()
				cancel()
				checkError(t, <-ended, test.wantErr)
			})
		})
	}
}

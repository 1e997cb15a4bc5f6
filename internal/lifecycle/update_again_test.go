// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package lifecycle

import (
	"fmt"
	"maps"
	"strings"
	"testing"
	"testing/synctest"
)

// wish is what somebody's configuration says. Another version means another token.
type wish struct {
	name, version, triggers string
	enabled                 bool
}

// record is what a caller keeps of a connector between two updates, as Terraform's state does.
type record struct {
	wish

	id, account, target string
	drift               Drift
}

var firstWish = wish{name: devices, version: "old", triggers: "1", enabled: true}

// needsUpdate reports whether there is anything to do.
func (r *record) needsUpdate(w wish) bool { return r.wish != w || r.drift != "" || r.target != acme }

// change is what an update from the record to the wish asks for.
func (r *record) change(w wish) Change {
	return Change{
		Record:   Record{ID: r.id, AccountID: r.account, Target: r.target},
		Spec:     Spec{Name: w.name, CommunityID: communityID, Target: acme},
		Settings: settingsWith(w.version),
		Rename:   r.name != w.name,
		Store:    r.version != w.version || r.target != acme || r.drift.NeedsSettings(),
		Drift:    r.drift,
		Restart:  r.triggers != w.triggers,
		Runs:     r.enabled, Enable: w.enabled,
		Wait: WaitStarted,
	}
}

// follow takes into the record what an update reached.
func (r *record) follow(w wish, reached UpdateResult) {
	if reached.Renamed {
		r.name = w.name
	}
	if reached.StoredMaybe {
		r.version = "" // whatever the configuration says next is sent
	}
	if reached.Stored {
		r.version, r.target = w.version, acme
	}
	if reached.Account != "" {
		r.account = reached.Account
	}
	if reached.ID != "" {
		r.id = reached.ID
	}
	if reached.Repaired {
		r.drift = ""
	}
	if reached.Stopped {
		r.enabled = false
	}
	if reached.Started {
		r.enabled, r.triggers = true, w.triggers
	}
	if reached.Done {
		r.wish, r.target, r.drift = w, acme, ""
	}
}

// refresh takes into the record what Sekoia holds.
func (r *record) refresh(t *testing.T, connectors *Connectors) {
	t.Helper()
	found, err := connectors.Read(t.Context(), Record{ID: r.id, AccountID: r.account, Target: r.target})
	if err != nil {
		t.Fatalf("the connector can't be read any more: %v", err)
	}
	r.account, r.drift = found.AccountID, found.Drift
	if found.Connector != nil {
		r.name, r.enabled = found.Connector.Name, found.Connector.Status.Enabled()
	}
}

// scenario is a cloud, what is known of it, and what is wanted.
type scenario struct {
	cloud func(c *cloud)
	known func(r *record)
	wish  func(w *wish)
}

// set makes a scenario's cloud, record and wish.
func (s scenario) set() (*cloud, *record, wish) {
	c, r := newCloud(), &record{wish: firstWish, id: "connector-1", account: "account-1", target: acme}
	if s.cloud != nil {
		s.cloud(c)
	}
	if s.known != nil {
		s.known(r)
	}
	w := r.wish
	if s.wish != nil {
		s.wish(&w)
	}
	return c, r, w
}

var scenarios = map[string]scenario{
	"a new token":             {wish: func(w *wish) { w.version = "fresh" }},
	"a new name":              {wish: func(w *wish) { w.name = "new name" }},
	"a new name and token":    {wish: func(w *wish) { w.name, w.version = "new name", "fresh" }},
	"new triggers":            {wish: func(w *wish) { w.triggers = "2" }},
	"a stop":                  {wish: func(w *wish) { w.enabled = false }},
	"a stop and a new token":  {wish: func(w *wish) { w.enabled, w.version = false, "fresh" }},
	"another target":          {known: func(r *record) { r.target = "https://acme.example" }},
	"a start":                 {cloud: connectorStopped, known: func(r *record) { r.enabled = false }, wish: func(w *wish) { w.enabled = true }},
	"a start and a new token": {cloud: connectorStopped, known: func(r *record) { r.enabled = false }, wish: func(w *wish) { w.enabled, w.version = true, "fresh" }},
	"drift of the target": {
		cloud: func(c *cloud) { c.accounts[0].value["base_url"] = globex }, known: func(r *record) { r.drift = otherTarget(globex) },
	},
	"drift of the place": {cloud: movedAway, known: func(r *record) { r.drift = DriftMoved }},
	"drift of the place, and a new name and token": {
		cloud: movedAway, known: func(r *record) { r.drift = DriftMoved }, wish: func(w *wish) { w.name, w.version = "new name", "fresh" },
	},
	"an account that is gone": {cloud: accountGone, known: func(r *record) { r.drift, r.account = DriftAccountGone, "" }},
	"an account that is gone, and a new name and token": {
		cloud: accountGone, known: func(r *record) { r.drift, r.account = DriftAccountGone, "" },
		wish: func(w *wish) { w.name, w.version = "new name", "fresh" },
	},
	"an account that is gone, of a connector on somebody's account": {
		cloud: func(c *cloud) { movedAway(c); accountGone(c); c.accounts[0].others.Playbooks = 1 },
		known: func(r *record) { r.drift, r.account = DriftAccountGone, "" },
	},
	"a connector that is gone": {cloud: connectorGone, known: func(r *record) { r.drift = DriftDeleted }},
	"a connector that is gone, and a new name and token": {
		cloud: connectorGone, known: func(r *record) { r.drift = DriftDeleted }, wish: func(w *wish) { w.name, w.version = "new name", "fresh" },
	},
	"a connector that is gone, and is not to run": {
		cloud: connectorGone, known: func(r *record) { r.drift, r.enabled = DriftDeleted, false },
	},
}

// whatFails are the ways in which a call fails, by their names.
var whatFails = map[string]trouble{
	"is refused": refused, "meets an outage": refusedWith(503), "is lost": lostUndone, "loses its reply": lostDone,
}

// After any single failure one more update finishes the work, whether the caller still wants the change or takes it
// back. If it does not look in between, it may not know that there is work; then the next look shows it.
func TestOneMoreUpdateFinishesTheWork(t *testing.T) {
	t.Parallel()
	for name, s := range scenarios {
		c, r, w := s.set()
		if _, err := c.open(t).Update(t.Context(), r.change(w)); err != nil {
			t.Fatalf("%s: without a failure: %v", name, err)
		}
		for at, call := range strings.Split(c.made(), ", ") {
			for how, met := range whatFails {
				for _, looks := range []bool{true, false} {
					for _, takenBack := range []bool{true, false} {
						t.Run(fmt.Sprintf("%s, call %d (%s) %s, looks %t, taken back %t", name, at+1, call, how, looks, takenBack), func(t *testing.T) {
							t.Parallel()
							synctest.Test(t, func(t *testing.T) { s.failAt(t, at+1, met, looks, takenBack) })
						})
					}
				}
			}
		}
	}
}

// failAt makes an update one of whose calls fails, and one more.
func (s scenario) failAt(t *testing.T, at int, met trouble, looks, takenBack bool) {
	t.Helper()
	c, r, w := s.set()
	before := r.wish
	made := 0
	c.meet = func(string, int) trouble {
		if made++; made == at {
			return met
		}
		return noTrouble
	}
	reached, err := c.open(t).Update(t.Context(), r.change(w))
	r.follow(w, reached)
	if err == nil && r.needsUpdate(w) {
		t.Fatalf("the update succeeded, and left work: %+v", r)
	}
	c.meet = nil
	if takenBack {
		w = before
	}
	again := c.open(t) // of another process
	if !looks {
		r.finish(t, again, w)
	}
	r.refresh(t, c.open(t)) // each plan is a process of its own
	r.finish(t, again, w)
	r.refresh(t, c.open(t)) // each plan is a process of its own
	if r.needsUpdate(w) {
		t.Errorf("there is still work: %+v", r)
	}
	checkSettled(t, c, r, w)
}

// finish makes an update, if there is anything to do.
func (r *record) finish(t *testing.T, connectors *Connectors, w wish) {
	t.Helper()
	if !r.needsUpdate(w) {
		return
	}
	reached, err := connectors.Update(t.Context(), r.change(w))
	r.follow(w, reached)
	checkError(t, err)
}

// checkSettled looks whether the cloud holds what is wanted and nothing else.
func checkSettled(t *testing.T, c *cloud, r *record, w wish) {
	t.Helper()
	account, connector := c.account(r.account), c.connector(r.id)
	if account == nil || connector == nil {
		t.Fatalf("not there: account %q, connector %q\n%s", r.account, r.id, c.holds())
	}
	foreign := 0
	if c.account("account-2") != nil {
		foreign = 1
	}
	if len(c.accounts) != 1+foreign || len(c.connectors) != 1 {
		t.Errorf("something is left over:\n%s", c.holds())
	}
	want := map[string]string{"base_url": acme, "api_token": w.version}
	if !maps.Equal(account.value, want) || connector.account != account.id || connector.name != w.name {
		t.Errorf("the cloud holds\n%s", c.holds())
	}
	if connector.status == "RUNNING" != w.enabled || w.enabled && !maps.Equal(connector.runsWith, want) {
		t.Errorf("the connector is %s with %v, want %v", connector.status, connector.runsWith, want)
	}
}

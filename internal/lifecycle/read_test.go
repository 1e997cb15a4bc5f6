// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package lifecycle

import (
	"errors"
	"maps"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/sekoia"
)

// managed is what is known of connector-1 of newCloud.
var managed = Record{ID: "connector-1", AccountID: "account-1", Target: acme}

func TestRead(t *testing.T) {
	t.Parallel()

	// on another account than it was, which exists for acme.
	moved := func(c *cloud) {
		c.addAccount("another", acme, "theirs")
		c.connectors[0].account = "account-2"
	}
	accountGone := managed
	accountGone.AccountID = ""
	unknownTarget := managed
	unknownTarget.Target = ""
	cases := map[string]struct {
		cloud     func(c *cloud)
		known     Record
		account   string // that belongs to it
		drift     Drift
		deleted   bool // there is no connector
		wantCalls string
	}{
		"all is well": {known: managed, account: "account-1", wantCalls: "read connector, read account"},
		"ids are compared without case": {
			cloud: func(c *cloud) { c.connectors[0].account = "ACCOUNT-1" }, known: managed, account: "account-1", wantCalls: "read connector, read account",
		},
		"targets are compared as the product does": {
			cloud: func(c *cloud) { c.accounts[0].value["base_url"] = "HTTPS://ACME.okta.com" }, known: managed, account: "account-1",
			wantCalls: "read connector, read account",
		},
		"an account with another target": {
			cloud: func(c *cloud) { c.accounts[0].value["base_url"] = globex }, known: managed, account: "account-1",
			drift: "its account says https://globex.okta.com", wantCalls: "read connector, read account",
		},
		"a target from the network is fit for a terminal": {
			cloud: func(c *cloud) { c.accounts[0].value["base_url"] = "\x1b[2J" }, known: managed, account: "account-1",
			drift: `its account says \x1b[2J`, wantCalls: "read connector, read account",
		},
		"a target that Sekoia does not return is no drift": {
			cloud: func(c *cloud) { c.accounts[0].silent = true }, known: managed, account: "account-1", wantCalls: "read connector, read account",
		},
		"a target that is not known is no drift": {
			cloud: func(c *cloud) { c.accounts[0].value["base_url"] = globex }, known: unknownTarget, account: "account-1",
			wantCalls: "read connector, read account",
		},
		"a connector that was moved keeps its own account": {
			cloud: moved, known: managed, account: "account-1", drift: DriftMoved, wantCalls: "read connector, read account",
		},
		"an account that is gone": {
			cloud: func(c *cloud) { c.without("account-1") }, known: managed, drift: DriftAccountGone, wantCalls: "read connector, read account",
		},
		"an account that stays gone": {
			cloud: func(c *cloud) { c.without("account-1") }, known: accountGone, drift: DriftAccountGone, wantCalls: "read connector, read account",
		},
		"a connector without any account": {
			cloud: func(c *cloud) { c.without("account-1"); c.connectors[0].account = "" }, known: accountGone, drift: DriftAccountGone,
			wantCalls: "read connector",
		},
		"of an account that is gone, the present one takes the place if nobody else uses it": {
			cloud: func(c *cloud) { moved(c); c.without("account-1") }, known: managed, account: "account-2",
			wantCalls: "read connector, read account, read account, usage",
		},
		"the present account is compared too": {
			cloud: func(c *cloud) { moved(c); c.without("account-1"); c.accounts[0].value["base_url"] = globex }, known: managed, account: "account-2",
			drift: "its account says https://globex.okta.com", wantCalls: "read connector, read account, read account, usage",
		},
		"of an account that is gone, the present one does not take the place if others use it": {
			cloud: func(c *cloud) { moved(c); c.without("account-1"); c.accounts[0].others.Playbooks = 1 }, known: managed, drift: DriftAccountGone,
			wantCalls: "read connector, read account, read account, usage",
		},
		"an import takes the account as it is": {
			known: Record{ID: "connector-1", Imported: true}, account: "account-1", wantCalls: "read connector, read account",
		},
		"an import takes an account that others use too": {
			cloud: func(c *cloud) { c.accounts[0].others.Triggers = 3 }, known: Record{ID: "connector-1", Imported: true}, account: "account-1",
			wantCalls: "read connector, read account",
		},
		"an import whose account is gone": {
			cloud: func(c *cloud) { c.without("account-1") }, known: Record{ID: "connector-1", Imported: true}, drift: DriftAccountGone,
			wantCalls: "read connector, read account",
		},
		"a connector that is gone while its account is there, unused": {
			cloud: func(c *cloud) { c.without("connector-1") }, known: managed, account: "account-1", drift: DriftDeleted, deleted: true,
			wantCalls: "read connector, read account, usage",
		},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newCloud()
			if test.cloud != nil {
				test.cloud(c)
			}
			listed, err := c.open(t).Read(t.Context(), test.known)
			checkError(t, err)
			c.calls, c.meet = nil, noLists.meet
			found, err := c.open(t).Read(t.Context(), test.known)
			checkError(t, err)
			c.checkCalls(t, "list connectors, list accounts, "+test.wantCalls)
			if diff := cmp.Diff(found, listed); diff != "" {
				t.Errorf("by the listing it is another (-by itself +listed):\n%s", diff)
			}
			if found.AccountID != test.account || found.Drift != test.drift || (found.Connector == nil) != test.deleted {
				t.Errorf("found %+v", found)
			}
		})
	}
}

// noLists leaves to each object a call of its own.
var noLists = troubles{"list connectors": refusedWith(http.StatusForbidden), "list accounts": refusedWith(http.StatusForbidden)}

func TestReadOfAnImportGivesTheTarget(t *testing.T) {
	t.Parallel()
	c := newCloud()
	found, err := c.open(t).Read(t.Context(), Record{ID: "connector-1", Imported: true})
	if err != nil || found.Target == nil || *found.Target != acme {
		t.Errorf("found %+v, %v", found, err)
	}
	c.accounts[0].silent = true
	found, err = c.open(t).Read(t.Context(), Record{ID: "connector-1", Imported: true})
	if err != nil || found.Target != nil {
		t.Errorf("found %+v of an account that does not say, %v", found, err)
	}
}

func TestReadThatFails(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		cloud     func(c *cloud)
		known     Record
		meet      troubles
		gone      bool // the connector leaves the state
		wantErr   []string
		wantCalls string
	}{
		"a connector and its account are gone": {
			cloud: func(c *cloud) { c.without("connector-1"); c.without("account-1") }, known: managed, gone: true, wantErr: []string{"404"},
			wantCalls: "read connector, read account",
		},
		"a connector is gone, and others use its account": {
			cloud: func(c *cloud) { c.without("connector-1"); c.accounts[0].others.Actions = 1 }, known: managed, gone: true,
			wantErr: []string{"404", "the account account-1 is used by 1 action"}, wantCalls: "read connector, read account, usage",
		},
		"a connector is gone, and its account goes at this moment": {
			cloud: func(c *cloud) { c.without("connector-1") }, known: managed, meet: troubles{"usage": refusedWith(http.StatusNotFound)}, gone: true,
			wantErr: []string{"404"}, wantCalls: "read connector, read account, usage",
		},
		"a connector is gone of which no account is known": {
			cloud: func(c *cloud) { c.without("connector-1") }, known: Record{ID: "connector-1", Imported: true}, gone: true, wantErr: []string{"404"},
			wantCalls: "read connector",
		},
		"a connector is gone, and its account can't be read": {
			cloud: func(c *cloud) { c.without("connector-1") }, known: managed, meet: troubles{"read account": refused},
			wantErr: []string{"The connector's account could not be read", "400"}, wantCalls: "read connector, read account",
		},
		"a connector is gone, and the usage of its account can't be read": {
			cloud: func(c *cloud) { c.without("connector-1") }, known: managed, meet: troubles{"usage": refused},
			wantErr: []string{"The connector's account could not be read", "/usage", "400"}, wantCalls: "read connector, read account, usage",
		},
		"a connector can't be read": {
			known: managed, meet: troubles{"read connector": refusedWith(http.StatusForbidden)},
			wantErr: []string{"The connector could not be read", "403"}, wantCalls: "read connector",
		},
		"an account can't be read": {
			known: managed, meet: troubles{"read account": lostUndone}, wantErr: []string{"The connector's account could not be read", "connection reset"},
			wantCalls: "read connector, read account",
		},
		"the usage of the account in the place of its own can't be read": {
			cloud: func(c *cloud) {
				c.addAccount("another", acme, "theirs")
				c.connectors[0].account = "account-2"
				c.without("account-1")
			},
			known: managed, meet: troubles{"usage": refused}, wantErr: []string{"The connector's account could not be read", "400"},
			wantCalls: "read connector, read account, read account, usage",
		},
		"an import can't be read": {
			known: Record{ID: "connector-1", Imported: true}, meet: troubles{"read account": refused},
			wantErr: []string{"The connector's account could not be read"}, wantCalls: "read connector, read account",
		},
		"a connector of another product": {
			cloud: func(c *cloud) { c.connectors[0].product = "another" }, known: managed, wantErr: []string{ErrOtherProduct.Error()},
			wantCalls: "read connector",
		},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newCloud()
			if test.cloud != nil {
				test.cloud(c)
			}
			met := maps.Clone(noLists)
			maps.Copy(met, test.meet)
			c.meet = met.meet
			found, err := c.open(t).Read(t.Context(), test.known)
			checkError(t, err, test.wantErr...)
			c.checkCalls(t, "list connectors, list accounts, "+test.wantCalls)
			if sekoia.IsNotFound(err) != test.gone || found != (ReadResult{}) {
				t.Errorf("found %+v, gone: %t", found, sekoia.IsNotFound(err))
			}
		})
	}
}

func TestNeedsSettings(t *testing.T) {
	t.Parallel()
	for drift, want := range map[Drift]bool{
		"": false, DriftAccountGone: true, DriftMoved: false, DriftDeleted: false, otherTarget(globex): true,
	} {
		if got := drift.NeedsSettings(); got != want {
			t.Errorf("NeedsSettings of %q = %t, want %t", drift, got, want)
		}
	}
}

func TestLogSays(t *testing.T) {
	t.Parallel()
	c := newCloud()
	c.connectors[0].log = []string{begins, fetchFailed, "Error\x07"}
	want := "It stopped. Its log says:\n" + `Error\a` + "\n" + fetchFailed
	if diff := cmp.Diff(want, "It stopped"+c.open(t).LogSays(t.Context(), "connector-1", ". ")); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if text := c.open(t).LogSays(t.Context(), "connector-9", ". "); text != "" {
		t.Errorf("a log that can't be read gave %q", text)
	}
}

func TestErrorsSayWhatHappened(t *testing.T) {
	t.Parallel()
	cause := errors.New("it rained")
	step := failed("The connector could not be stopped", cause)
	checkError(t, step, "The connector could not be stopped: it rained")
	if !errors.Is(step, cause) {
		t.Error("the step has lost its cause")
	}
	shared := &SharedError{"account-1", sekoia.Usage{Connectors: 2, Playbooks: 1}}
	checkError(t, shared, "the account account-1 is used by 2 connectors and 1 playbook")
	checkError(t, &ExistsError{ID: "connector-1"}, "exists already: connector-1")
}

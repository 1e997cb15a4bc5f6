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

	"github.com/sekoia-io/terraform-provider-sekoia/internal/sekoia"
)

const (
	newAccountMade = `new-account-1 "Okta devices" https://acme.okta.com fresh`
	createCalls    = "list connectors, list accounts, make account, make connector"
)

func TestCreate(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		cloud     func(c *cloud)
		meet      troubles
		want      Record
		wantErr   []string
		wantCalls string
		wantHolds []string
	}{
		"an account and a connector are made once": {
			want: Record{ID: "new-connector-2", AccountID: "new-account-1"}, wantCalls: createCalls,
			wantHolds: []string{newAccountMade, `new-connector-2 "Okta devices" on new-account-1 RUNNING`},
		},
		"a connector with the same name and target is not made again": {
			cloud:   func(c *cloud) { c.addConnector(devices, c.addAccount("whatever", "HTTPS://ACME.okta.com", "old")) },
			wantErr: []string{"exists already: connector-1"}, wantCalls: "list connectors, list accounts, read account",
			wantHolds: []string{`account-1 "whatever" HTTPS://ACME.okta.com old`, `connector-1 "Okta devices" on account-1 RUNNING`},
		},
		"a connector with the same name and another target is no duplicate": {
			cloud: func(c *cloud) { c.addConnector(devices, c.addAccount("whatever", globex, "old")) },
			want:  Record{ID: "new-connector-2", AccountID: "new-account-1"}, wantCalls: "list connectors, list accounts, read account, make account, make connector",
			wantHolds: []string{
				`account-1 "whatever" https://globex.okta.com old`, newAccountMade,
				`connector-1 "Okta devices" on account-1 RUNNING`, `new-connector-2 "Okta devices" on new-account-1 RUNNING`,
			},
		},
		"a connector without an account, or whose account is gone, is no duplicate": {
			cloud: func(c *cloud) {
				c.addConnector(devices, &cloudAccount{})
				c.addConnector(devices, &cloudAccount{id: "gone"})
			},
			want: Record{ID: "new-connector-2", AccountID: "new-account-1"}, wantCalls: "list connectors, list accounts, read account, make account, make connector",
			wantHolds: []string{
				newAccountMade, `connector-1 "Okta devices" on  RUNNING`, `connector-2 "Okta devices" on gone RUNNING`,
				`new-connector-2 "Okta devices" on new-account-1 RUNNING`,
			},
		},
		"a duplicate that can't be looked for stops it": {
			meet: troubles{"list connectors": refused}, wantErr: []string{"It could not be checked if the connector exists already", "400"},
			wantCalls: "list connectors, list accounts",
		},
		"a duplicate whose account can't be read stops it": {
			cloud: func(c *cloud) { c.addConnector(devices, c.addAccount("whatever", globex, "old")) },
			meet:  troubles{"read account": refused}, wantErr: []string{"It could not be checked if the connector exists already"},
			wantCalls: "list connectors, list accounts, read account",
			wantHolds: []string{`account-1 "whatever" https://globex.okta.com old`, `connector-1 "Okta devices" on account-1 RUNNING`},
		},
		"accounts that can't be listed stop it": {
			meet: troubles{"list accounts": refused}, wantErr: []string{"It could not be checked if the connector exists already", "400"}, wantCalls: "list connectors, list accounts",
		},
		"an unused account with the same name and target is taken and written whole": {
			cloud: func(c *cloud) { c.addAccount(devices, acme, "old") },
			want:  Record{ID: "new-connector-1", AccountID: "account-1"}, wantCalls: "list connectors, list accounts, usage, change account, make connector",
			wantHolds: []string{`account-1 "Okta devices" https://acme.okta.com fresh`, `new-connector-1 "Okta devices" on account-1 RUNNING`},
		},
		"an unused account that can't be written stops it": {
			cloud: func(c *cloud) { c.addAccount(devices, acme, "old") }, meet: troubles{"change account": refused},
			wantErr: []string{"the unused account account-1 could not be taken"}, wantCalls: "list connectors, list accounts, usage, change account",
			wantHolds: []string{`account-1 "Okta devices" https://acme.okta.com old`},
		},
		"an account whose usage can't be read stops it": {
			cloud: func(c *cloud) { c.addAccount(devices, acme, "old") }, meet: troubles{"usage": refused},
			wantErr: []string{"the usage of the account account-1 could not be read"}, wantCalls: "list connectors, list accounts, usage",
			wantHolds: []string{`account-1 "Okta devices" https://acme.okta.com old`},
		},
		"an account that is used, gone meanwhile, or of another target is left alone": {
			cloud: func(c *cloud) {
				c.addAccount(devices, acme, "used").others = sekoia.Usage{Playbooks: 1}
				c.addAccount(devices, acme, "gone")
				c.addAccount(devices, globex, "other")
			},
			meet: troubles{"usage 2": refusedWith(http.StatusNotFound)},
			want: Record{ID: "new-connector-2", AccountID: "new-account-1"}, wantCalls: "list connectors, list accounts, usage, usage, make account, make connector",
			wantHolds: []string{
				`account-1 "Okta devices" https://acme.okta.com used`, `account-2 "Okta devices" https://acme.okta.com gone`,
				`account-3 "Okta devices" https://globex.okta.com other`, newAccountMade, `new-connector-2 "Okta devices" on new-account-1 RUNNING`,
			},
		},
		"an account whose base URL Sekoia does not return is never written over": {
			cloud: func(c *cloud) { c.addAccount(devices, acme, "old").silent = true },
			want:  Record{ID: "new-connector-2", AccountID: "new-account-1"}, wantCalls: createCalls,
			wantHolds: []string{
				`account-1 "Okta devices" https://acme.okta.com old`, newAccountMade, `new-connector-2 "Okta devices" on new-account-1 RUNNING`,
			},
		},
		"an account that is refused leaves nothing": {
			meet: troubles{"make account": refused}, wantErr: []string{"the account could not be created", "400"},
			wantCalls: "list connectors, list accounts, make account",
		},
		"an account whose reply was lost is found": {
			meet: troubles{"make account": lostDone}, want: Record{ID: "new-connector-2", AccountID: "new-account-1"},
			wantCalls: "list connectors, list accounts, make account, list accounts, make connector",
			wantHolds: []string{newAccountMade, `new-connector-2 "Okta devices" on new-account-1 RUNNING`},
		},
		"an account whose reply was lost is not confused with one that was there before": {
			cloud: func(c *cloud) { c.addAccount(devices, acme, "used").others = sekoia.Usage{Actions: 1} },
			meet:  troubles{"make account": lostUndone}, wantErr: []string{"the account could not be created", "connection reset"},
			wantCalls: "list connectors, list accounts, usage, make account, list accounts",
			wantHolds: []string{`account-1 "Okta devices" https://acme.okta.com used`},
		},
		"an account whose call was lost without an effect is an error": {
			meet: troubles{"make account": lostUndone}, wantErr: []string{"the account could not be created", "connection reset"},
			wantCalls: "list connectors, list accounts, make account, list accounts",
		},
		"an account whose reply and whose look were lost may be there": {
			meet: troubles{"make account": lostDone, "list accounts 2": refused}, wantErr: []string{"It may exist all the same. The look for it failed too"},
			wantCalls: "list connectors, list accounts, make account, list accounts", wantHolds: []string{newAccountMade},
		},
		"a connector that is refused takes its account with it": {
			meet: troubles{"make connector": refused}, wantErr: []string{"the connector could not be created", "400"},
			wantCalls: createCalls + ", delete account",
		},
		"a connector that is refused names the account that could not be removed": {
			meet:      troubles{"make connector": refused, "delete account": refusedWith(http.StatusForbidden)},
			wantErr:   []string{"the connector could not be created", "The account new-account-1 was created before that. It could not be removed", "403"},
			wantCalls: createCalls + ", delete account", wantHolds: []string{newAccountMade},
		},
		"a connector whose reply was lost is found": {
			meet: troubles{"make connector": lostDone}, want: Record{ID: "new-connector-2", AccountID: "new-account-1"}, wantCalls: createCalls + ", list connectors",
			wantHolds: []string{newAccountMade, `new-connector-2 "Okta devices" on new-account-1 RUNNING`},
		},
		"a connector whose call was lost without an effect takes its account with it": {
			meet: troubles{"make connector": lostUndone}, wantErr: []string{"the connector could not be created", "connection reset"},
			wantCalls: createCalls + ", list connectors, delete account",
		},
		"a connector whose reply and whose look were lost keeps its account": {
			meet:      troubles{"make connector": lostDone, "list connectors 2": refused},
			wantErr:   []string{"the connector could not be created", "It may exist all the same, on the account new-account-1. The look for it failed too"},
			wantCalls: createCalls + ", list connectors",
			wantHolds: []string{newAccountMade, `new-connector-2 "Okta devices" on new-account-1 RUNNING`},
		},
		"a community that would harm a terminal is shown without that": {
			cloud: func(c *cloud) { c.puts = "red \x1b[31m" }, wantErr: []string{`in the community red \x1b[31m instead of`},
			wantCalls: "list connectors, list accounts, make account, delete account",
		},
		"an account in a wrong community is removed": {
			cloud: func(c *cloud) { c.puts = "community-2" }, wantErr: []string{"the account was created in the community community-2 instead of community-1. It was removed again"},
			wantCalls: "list connectors, list accounts, make account, delete account",
		},
		"an account in a wrong community that can't be removed is named": {
			cloud: func(c *cloud) { c.puts = "community-2" }, meet: troubles{"delete account": refused},
			wantErr:   []string{"instead of community-1\nThe account new-account-1 was created before that. It could not be removed"},
			wantCalls: "list connectors, list accounts, make account, delete account", wantHolds: []string{newAccountMade},
		},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := emptyCloud()
			if test.cloud != nil {
				test.cloud(c)
			}
			c.meet = test.meet.meet
			got, err := c.open(t).Create(t.Context(), wantedSpec, settingsWith("fresh"))
			checkError(t, err, test.wantErr...)
			if err == nil && got != test.want {
				t.Errorf("made %+v, want %+v", got, test.want)
			}
			c.checkCalls(t, test.wantCalls)
			c.checkHolds(t, test.wantHolds...)
		})
	}
}

// A community in capitals is the same community.
func TestCreateComparesCommunitiesWithoutCase(t *testing.T) {
	t.Parallel()
	c := emptyCloud()
	c.puts = "COMMUNITY-1"
	_, err := c.open(t).Create(t.Context(), wantedSpec, settingsWith("fresh"))
	checkError(t, err)
	c.checkCalls(t, createCalls)
}

func TestCreateRemovesAConnectorInAWrongCommunity(t *testing.T) {
	t.Parallel()

	// Only the connector comes to another community: the account is there already.
	setUp := func() *cloud {
		c := emptyCloud()
		c.addAccount(devices, acme, "old")
		c.puts = "community-2"
		return c
	}
	t.Run("with its account", func(t *testing.T) {
		t.Parallel()
		c := setUp()
		_, err := c.open(t).Create(t.Context(), wantedSpec, settingsWith("fresh"))
		checkError(t, err, "the connector was created in the community community-2 instead of community-1. It was removed again")
		c.checkCalls(t, "list connectors, list accounts, usage, change account, make connector, delete connector, delete account")
		c.checkHolds(t)
	})
	t.Run("and names both if that fails", func(t *testing.T) {
		t.Parallel()
		c := setUp()
		c.meet = troubles{"delete connector": refused}.meet
		_, err := c.open(t).Create(t.Context(), wantedSpec, settingsWith("fresh"))
		checkError(t, err, "instead of community-1\nThe connector new-connector-1, on the account account-1, was created before that. It could not be removed")
		c.checkHolds(t, `account-1 "Okta devices" https://acme.okta.com fresh`, `new-connector-1 "Okta devices" on account-1 RUNNING`)
	})
}

func TestTwoCreatesAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := emptyCloud()
		proceed := make(chan struct{})
		c.meet = func(call string, _ int) trouble {
			if call == "make account" {
				<-proceed
			}
			return noTrouble
		}
		connectors := c.open(t)
		first, second := make(chan error, 1), make(chan error, 1)
		create := func(ended chan<- error) {
			_, err := connectors.Create(t.Context(), wantedSpec, settingsWith("fresh"))
			ended <- err
		}
		go create(first)
		synctest.Wait()
		go create(second)
		synctest.Wait()
		c.checkCalls(t, "list connectors, list accounts, make account")
		impatient, cancel := context.WithCancel(t.Context())
		gaveUp := make(chan error, 1)
		go func() {
			_, err := connectors.Remove(impatient, Record{ID: "connector-1"}, wantedSpec)
			gaveUp <- err
		}()
		synctest.Wait()
		cancel()
		checkError(t, <-gaveUp, "The connector was not deleted: waiting for another operation of this run: context canceled")
		close(proceed)
		checkError(t, <-first)
		exists, ok := errors.AsType[*ExistsError](<-second)
		if !ok || exists.ID != "new-connector-2" || !exists.Created || exists.Read {
			t.Errorf("the second create got %+v", exists)
		}
		c.checkHolds(t, newAccountMade, `new-connector-2 "Okta devices" on new-account-1 RUNNING`)
	})
}

func TestInterruptedCreate(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		during    string // the call that the interruption comes with
		meets     trouble
		want      Record
		wantErr   []string
		wantHolds []string
	}{
		"before anything is made": {
			during: "list accounts", meets: lostUndone, wantErr: []string{"It could not be checked if the connector exists already"},
		},
		"with the account made removes it": {
			during: "make account", meets: lostDone, wantErr: []string{"the connector could not be created"},
		},
		"with the connector refused removes the account": {
			during: "make connector", meets: refused, wantErr: []string{"the connector could not be created"},
		},
		"with the connector made keeps both": {
			during: "make connector", meets: lostDone, want: Record{ID: "new-connector-2", AccountID: "new-account-1"},
			wantHolds: []string{newAccountMade, `new-connector-2 "Okta devices" on new-account-1 RUNNING`},
		},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			interrupted := test.meets
			interrupted.then = cancel
			c := emptyCloud()
			c.meet = troubles{test.during: interrupted}.meet
			got, err := c.open(t).Create(ctx, wantedSpec, settingsWith("fresh"))
			checkError(t, err, test.wantErr...)
			if got != test.want && err == nil {
				t.Errorf("made %+v, want %+v", got, test.want)
			}
			c.checkHolds(t, test.wantHolds...)
		})
	}
}

func TestCreateThatHasEndedBeforeMakesNoCall(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	c := emptyCloud()
	_, err := c.open(t).Create(ctx, wantedSpec, settingsWith("fresh"))
	checkError(t, err, "waiting for another operation of this run: context canceled")
	c.checkCalls(t, "")
}

func TestCheckNew(t *testing.T) {
	t.Parallel()
	c := newCloud()
	connectors := c.open(t)
	if found := existing(t, connectors, wantedSpec); found == nil || *found != (ExistsError{ID: "connector-1"}) {
		t.Errorf("found %+v", found)
	}
	if _, err := connectors.Read(t.Context(), Record{ID: "CONNECTOR-1", AccountID: "account-1"}); err != nil {
		t.Fatal(err)
	}
	if found := existing(t, connectors, wantedSpec); found == nil || !found.Read {
		t.Errorf("found %+v after a read", found)
	}
	elsewhere := wantedSpec
	elsewhere.Target = globex
	if found := existing(t, connectors, elsewhere); found != nil {
		t.Errorf("found %+v with another target", found)
	}
}

// existing is what CheckNew finds; nil if it finds nothing.
func existing(t *testing.T, connectors *Connectors, wanted Spec) *ExistsError {
	t.Helper()
	err := connectors.CheckNew(t.Context(), wanted)
	found, ok := errors.AsType[*ExistsError](err)
	if err != nil && !ok {
		t.Error(err)
	}
	return found
}

func TestSettle(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		enabled   bool
		wait      Wait
		status    string
		log       []string
		meet      troubles
		want      []string // the summaries of the remarks
		wantCalls string
	}{
		"a connector that runs is enough":        {enabled: true, wait: WaitStarted, wantCalls: "read connector"},
		"nobody waits":                           {enabled: true, wait: WaitNone},
		"a sync that ends well":                  {enabled: true, wait: WaitSynced, log: []string{begins, posted, ends}, wantCalls: "read connector, log"},
		"one that is not to run is stopped":      {wait: WaitStarted, wantCalls: "log, stop, read connector"},
		"one that can't be stopped is a remark":  {meet: troubles{"stop": refused}, want: []string{"The connector was created, but could not be stopped"}, wantCalls: "log, stop"},
		"a sync that fails is a remark":          {enabled: true, wait: WaitSynced, log: []string{begins, fetchFailed, ends}, want: []string{"The connector was created, but its sync failed"}, wantCalls: "read connector, log"},
		"a sync that lost something is a remark": {enabled: true, wait: WaitSynced, log: []string{begins, dropped, ends}, want: []string{"The sync is not complete"}, wantCalls: "read connector, log, count assets"},
		"a CRITICAL_ERROR is a remark":           {enabled: true, wait: WaitStarted, status: "CRITICAL_ERROR", want: []string{"The connector was created, but its sync failed"}, wantCalls: "read connector, log"},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newCloud()
			c.meet = test.meet.meet
			c.connectors[0].log = test.log
			if test.status != "" {
				c.connectors[0].status = test.status
			}
			remarks := c.open(t).Settle(t.Context(), "connector-1", test.enabled, test.wait)
			if diff := cmp.Diff(test.want, summaries(remarks)); diff != "" {
				t.Errorf("remarks (-want +got)\n%s", diff)
			}
			c.checkCalls(t, test.wantCalls)
		})
	}
}

// summaries are the summaries of remarks; nil if there are none.
func summaries(remarks []*StepError) []string {
	var texts []string
	for _, remark := range remarks {
		texts = append(texts, remark.Step)
	}
	return texts
}

// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package lifecycle

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestRemove(t *testing.T) {
	t.Parallel()
	const account1 = `account-1 "Okta devices" https://acme.okta.com old`
	accountUnknown := managed
	accountUnknown.AccountID = ""
	missing := refusedWith(http.StatusNotFound)
	cases := map[string]struct {
		cloud      func(c *cloud)
		known      Record
		meet       troubles
		wantErr    []string
		wantRemark string // part of it
		wantCalls  string
		wantHolds  []string
	}{
		"the connector and its account": {known: managed, wantCalls: "delete connector, usage, delete account"},
		"an account that others use stays": {
			cloud: func(c *cloud) { c.accounts[0].others.Playbooks = 2 }, known: managed,
			wantRemark: "the account account-1 is used by 2 playbooks",
			wantCalls:  "delete connector, usage", wantHolds: []string{account1},
		},
		"an account that another connector uses stays": {
			cloud: func(c *cloud) { c.addConnector("another", c.accounts[0]) }, known: managed, wantRemark: "used by 1 connector.",
			wantCalls: "delete connector, usage", wantHolds: []string{account1, `connector-2 "another" on account-1 RUNNING`},
		},
		"what is gone is no error": {
			cloud: func(c *cloud) { c.without("connector-1"); c.without("account-1") }, known: managed,
			wantCalls: "delete connector, usage, list accounts",
		},
		"what is gone is no error for a key that may not list": {
			cloud: func(c *cloud) { c.without("connector-1"); c.without("account-1") }, known: managed,
			meet: troubles{"list accounts": refusedWith(http.StatusForbidden)}, wantCalls: "delete connector, usage, list accounts",
		},
		"where a list is not there, nothing is known to be gone": {
			known: managed, meet: troubles{"delete connector": missing, "usage": missing, "list accounts": missing},
			wantErr:   []string{"It could not be checked if the connector and its account account-1 are gone", "404"},
			wantCalls: "delete connector, usage, list accounts", wantHolds: []string{account1, `connector-1 "Okta devices" on account-1 RUNNING`},
		},
		"an account that goes at this moment is no error": {
			known: managed, meet: troubles{"delete account": missing}, wantCalls: "delete connector, usage, delete account",
			wantHolds: []string{account1},
		},
		"an account that is not known is found by name and target": {
			known: accountUnknown, wantCalls: "delete connector, list accounts, usage, usage, delete account",
		},
		"an account of that name with another target, or in use, stays": {
			cloud: func(c *cloud) {
				c.accounts[0].value["base_url"] = globex
				c.addAccount(devices, acme, "used").others.Actions = 1
				c.addAccount("another", acme, "other")
			},
			known: accountUnknown, wantCalls: "delete connector, list accounts, usage",
			wantHolds: []string{
				`account-1 "Okta devices" https://globex.okta.com old`, `account-2 "Okta devices" https://acme.okta.com used`,
				`account-3 "another" https://acme.okta.com other`,
			},
		},
		"a connector that can't be deleted keeps its account": {
			known: managed, meet: troubles{"delete connector": refused}, wantErr: []string{"The connector could not be deleted", "400"},
			wantCalls: "delete connector", wantHolds: []string{account1, `connector-1 "Okta devices" on account-1 RUNNING`},
		},
		"an account whose usage is not known stays, and is named": {
			known: managed, meet: troubles{"usage": refused}, wantErr: []string{"The connector was deleted. Its account account-1 was not", "/usage"},
			wantCalls: "delete connector, usage", wantHolds: []string{account1},
		},
		"an account that can't be deleted is named": {
			known: managed, meet: troubles{"delete account": refused}, wantErr: []string{"The connector was deleted. Its account account-1 was not", "400"},
			wantCalls: "delete connector, usage, delete account", wantHolds: []string{account1},
		},
		"an account that can't be looked for may be left": {
			known: accountUnknown, meet: troubles{"list accounts": refused}, wantErr: []string{"It could not be checked if its account is left"},
			wantCalls: "delete connector, list accounts", wantHolds: []string{account1},
		},
		"an account that is found, and whose usage is not known, may be left": {
			known: accountUnknown, meet: troubles{"usage": refused}, wantErr: []string{"It could not be checked if its account is left"},
			wantCalls: "delete connector, list accounts, usage", wantHolds: []string{account1},
		},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newCloud()
			if test.cloud != nil {
				test.cloud(c)
			}
			c.meet = test.meet.meet
			remarks, err := c.open(t).Remove(t.Context(), test.known, wantedSpec)
			checkError(t, err, test.wantErr...)
			c.checkCalls(t, test.wantCalls)
			c.checkHolds(t, test.wantHolds...)
			if text := texts(remarks); (text == "") != (test.wantRemark == "") || !strings.Contains(text, test.wantRemark) {
				t.Errorf("the remark is %q, want %q in it", text, test.wantRemark)
			}
		})
	}
}

// With create_before_destroy and another name, the new connector may have found the old one's account unused.
func TestRemoveLeavesTheAccountOfAConnectorThatThisRunMade(t *testing.T) {
	t.Parallel()
	c := emptyCloud()
	c.addAccount(devices, acme, "old")
	connectors := c.open(t)
	made, err := connectors.Create(t.Context(), wantedSpec, settingsWith("fresh"))
	if err != nil || made.AccountID != "account-1" {
		t.Fatalf("made %+v, %v", made, err)
	}
	remarks, err := connectors.Remove(t.Context(), Record{ID: "gone", AccountID: "account-1", Target: acme}, wantedSpec)
	checkError(t, err)
	if diff := cmp.Diff([]string(nil), summaries(remarks)); diff != "" {
		t.Errorf("remarks (-want +got)\n%s", diff)
	}
	c.accounts[0].others.Playbooks = 1
	remarks, err = connectors.Remove(t.Context(), Record{ID: "gone", AccountID: "account-1", Target: acme}, wantedSpec)
	checkError(t, err)
	if diff := cmp.Diff([]string{"The connector's account stays in Sekoia"}, summaries(remarks)); diff != "" {
		t.Errorf("remarks (-want +got)\n%s", diff)
	}
	c.checkHolds(t, `account-1 "Okta devices" https://acme.okta.com fresh`, `new-connector-1 "Okta devices" on account-1 RUNNING`)
}

// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package connector

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/lifecycle"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/sekoia"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/attribute"
)

// shown is what a case says of a model, as text: "" is null.
type shown struct {
	Name, BaseURL, APIToken, Version, Enabled, Triggers, ID, AccountID, Drift, Organization string
}

func show(m *model) shown {
	trigger, _ := m.triggers().Elements()["at"].(types.String)
	return shown{
		m.Name.ValueString(), m.BaseURL.ValueString(), m.APIToken.ValueString(), m.APITokenWOVersion.ValueString(), m.Enabled.String(),
		trigger.ValueString(), m.ID.ValueString(), m.AccountID.ValueString(), m.Drift.ValueString(), m.OktaOrganizationID.ValueString(),
	}
}

// TestFollow goes from a state in which all is old to a plan in which all is new, and stops after each step on the way:
// what the state does not say is done is what the next plan shows.
func TestFollow(t *testing.T) {
	t.Parallel()
	withTrigger := func(m *model, at string) { m.Sync = syncObject(types.StringNull(), triggers("at", at)) }
	state := func() *model {
		return acme(func(m *model) {
			m.ID, m.AccountID, m.OktaOrganizationID = types.StringValue("connector"), types.StringValue("account"), types.StringValue("00oOld")
			m.APIToken, m.Drift = types.StringValue("old token"), types.StringValue(string(lifecycle.DriftMoved))
			withTrigger(m, "monday")
		})
	}
	plan := func() *model {
		return acme(func(m *model) {
			m.Name, m.BaseURL = types.StringValue("renamed"), attribute.NewBaseURL("https://login.acme.example")
			m.APIToken, m.APITokenWOVersion = types.StringValue("new token"), types.StringValue("2")
			m.ID, m.AccountID, m.Drift = types.StringUnknown(), types.StringUnknown(), types.StringNull()
			m.OktaOrganizationID = types.StringValue("00oNew")
			withTrigger(m, "tuesday")
		})
	}
	old := shown{
		Name: "Okta devices", BaseURL: "https://acme.okta.com", APIToken: "old token", Version: "1", Enabled: "true", Triggers: "monday",
		ID: "connector", AccountID: "account", Drift: string(lifecycle.DriftMoved), Organization: "00oOld",
	}
	cases := map[string]struct {
		reached lifecycle.UpdateResult
		// disabled: the plan has enabled = false.
		disabled bool
		want     func(*shown)
	}{
		"nothing was reached":      {want: func(*shown) {}},
		"the connector is renamed": {reached: lifecycle.UpdateResult{Renamed: true}, want: func(s *shown) { s.Name = "renamed" }},
		"it was told to stop, and what failed comes next": {
			reached: lifecycle.UpdateResult{Stopped: true}, want: func(s *shown) { s.Enabled = "false" },
		},
		"the PATCH lost its reply": {
			reached: lifecycle.UpdateResult{Stopped: true, StoredMaybe: true},
			want:    func(s *shown) { s.Enabled, s.APIToken, s.Version = "false", "", "" },
		},
		"the account is written": {
			reached: lifecycle.UpdateResult{Stopped: true, Stored: true},
			want: func(s *shown) {
				s.Enabled, s.APIToken, s.Version, s.BaseURL = "false", "new token", "2", "https://login.acme.example"
			},
		},
		"another account is made": {
			reached: lifecycle.UpdateResult{Stopped: true, Stored: true, Account: "second account"},
			want: func(s *shown) {
				s.Enabled, s.APIToken, s.Version, s.BaseURL, s.AccountID = "false", "new token", "2", "https://login.acme.example", "second account"
			},
		},
		"it is back on its account, and does not start": {
			reached: lifecycle.UpdateResult{Stopped: true, Repaired: true}, want: func(s *shown) { s.Enabled, s.Drift = "false", "" },
		},
		"another connector is made in its place": {
			reached: lifecycle.UpdateResult{ID: "second connector", Repaired: true, Renamed: true},
			want:    func(s *shown) { s.ID, s.Drift, s.Name = "second connector", "", "renamed" },
		},
		"it started, and the wait did not begin": {
			reached: lifecycle.UpdateResult{Stored: true, Started: true},
			want: func(s *shown) {
				s.APIToken, s.Version, s.BaseURL, s.Triggers = "new token", "2", "https://login.acme.example", "tuesday"
			},
		},
		"all is done": {
			reached: lifecycle.UpdateResult{Renamed: true, Stored: true, Repaired: true, Started: true, Done: true},
			want: func(s *shown) {
				*s = shown{
					Name: "renamed", BaseURL: "https://login.acme.example", APIToken: "new token", Version: "2", Enabled: "true",
					Triggers: "tuesday", ID: "connector", AccountID: "account", Organization: "00oNew",
				}
			},
		},
		"all is done, on another account and with another connector": {
			reached: lifecycle.UpdateResult{
				Renamed: true, Stored: true, Repaired: true, Started: true, Done: true, Account: "second account", ID: "second connector",
			},
			want: func(s *shown) {
				*s = shown{
					Name: "renamed", BaseURL: "https://login.acme.example", APIToken: "new token", Version: "2", Enabled: "true",
					Triggers: "tuesday", ID: "second connector", AccountID: "second account", Organization: "00oNew",
				}
			},
		},
		"all is done while it is disabled": {
			disabled: true, reached: lifecycle.UpdateResult{Renamed: true, Stopped: true, Stored: true, Repaired: true, Done: true},
			want: func(s *shown) {
				*s = shown{
					Name: "renamed", BaseURL: "https://login.acme.example", APIToken: "new token", Version: "2", Enabled: "false",
					Triggers: "tuesday", ID: "connector", AccountID: "account", Organization: "00oNew",
				}
			},
		},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, planned := state(), plan()
			planned.Enabled = types.BoolValue(!test.disabled)
			got.follow(planned, test.reached)
			want := old
			test.want(&want)
			if diff := cmp.Diff(want, show(got)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestChanges(t *testing.T) {
	t.Parallel()
	const otherURL = lifecycle.Drift("its account says https://other.okta.com")
	cases := map[string]struct {
		changes                       changes
		unasked, needsToken, isTested bool
	}{
		"nothing":                      {unasked: true},
		"a rename":                     {changes: changes{rename: true}},
		"a token":                      {changes: changes{token: true}, needsToken: true, isTested: true},
		"a base URL":                   {changes: changes{url: true}, needsToken: true, isTested: true},
		"triggers":                     {changes: changes{triggers: true}, isTested: true},
		"a stop":                       {changes: changes{stop: true}},
		"a start":                      {changes: changes{start: true}, unasked: true, isTested: true},
		"a start and a rename":         {changes: changes{start: true, rename: true}, isTested: true},
		"a start and a token":          {changes: changes{start: true, token: true}, needsToken: true, isTested: true},
		"a start and triggers":         {changes: changes{start: true, triggers: true}, isTested: true},
		"an account pointed elsewhere": {changes: changes{drift: otherURL}, unasked: true, needsToken: true, isTested: true},
		"an account that is gone":      {changes: changes{drift: lifecycle.DriftAccountGone}, unasked: true, needsToken: true, isTested: true},
		"a connector that was moved":   {changes: changes{drift: lifecycle.DriftMoved}, unasked: true, isTested: true},
		"a connector that is gone":     {changes: changes{drift: lifecycle.DriftDeleted}, unasked: true, isTested: true},
		"a connector that was moved, and is stopped": {
			changes: changes{drift: lifecycle.DriftMoved, start: true}, unasked: true, isTested: true,
		},
		"a connector that was moved, and a rename": {changes: changes{drift: lifecycle.DriftMoved, rename: true}, isTested: true},
		"a connector that was moved, and a token": {
			changes: changes{drift: lifecycle.DriftMoved, token: true}, needsToken: true, isTested: true,
		},
		"a connector that was moved, and is to be stopped": {changes: changes{drift: lifecycle.DriftMoved, stop: true}, isTested: true},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := test.changes
			if c.unasked() != test.unasked || c.needsToken() != test.needsToken || c.tested() != test.isTested {
				t.Errorf("unasked %t, needs the token %t, is tested %t; want %t, %t, %t",
					c.unasked(), c.needsToken(), c.tested(), test.unasked, test.needsToken, test.isTested)
			}
		})
	}
}

// TestRead: what a person refers to, name and URL, stays through every drift.
func TestRead(t *testing.T) {
	t.Parallel()
	running, other := sekoia.StatusRunning, "https://other.okta.com"
	connector := &sekoia.Connector{ID: "connector", Name: "Okta devices", CommunityID: "97eeaf43-efd7-4dc7-89eb-641d30910264", Status: &running}
	healthy := shown{
		Name: "Okta devices", BaseURL: "https://acme.okta.com", Version: "1", Enabled: "true", ID: "connector", AccountID: "account",
	}
	cases := map[string]struct {
		before func(*model)
		found  lifecycle.ReadResult
		want   func(*shown)
	}{
		"all is well": {found: lifecycle.ReadResult{Connector: connector, AccountID: "account"}, want: func(*shown) {}},
		"an account pointed elsewhere": {
			found: lifecycle.ReadResult{Connector: connector, AccountID: "account", Target: &other, Drift: "its account says https://other.okta.com"},
			want:  func(s *shown) { s.Drift = "its account says https://other.okta.com" },
		},
		"an account that is gone": {
			found: lifecycle.ReadResult{Connector: connector, Drift: lifecycle.DriftAccountGone},
			want:  func(s *shown) { s.Drift, s.AccountID = "its account is gone", "" },
		},
		"a connector that was moved": {
			found: lifecycle.ReadResult{Connector: connector, AccountID: "account", Drift: lifecycle.DriftMoved},
			want:  func(s *shown) { s.Drift = "it was moved to another account" },
		},
		"a connector that is gone": {
			found: lifecycle.ReadResult{AccountID: "account", Drift: lifecycle.DriftDeleted},
			want:  func(s *shown) { s.Drift = "it was deleted, its account is still there" },
		},
		"an account that belongs to it now": {
			found: lifecycle.ReadResult{Connector: connector, AccountID: "second account"}, want: func(s *shown) { s.AccountID = "second account" },
		},
		"drift that somebody repaired": {
			before: func(m *model) { m.Drift, m.AccountID = types.StringValue("its account is gone"), types.StringNull() },
			found:  lifecycle.ReadResult{Connector: connector, AccountID: "account"}, want: func(*shown) {},
		},
		"an import": {
			before: func(m *model) {
				*m = model{ID: m.ID, Sync: types.ObjectNull(syncTypes)}
			},
			found: lifecycle.ReadResult{Connector: connector, AccountID: "account", Target: &other},
			want:  func(s *shown) { s.BaseURL, s.Version = "https://other.okta.com", "" },
		},
		"an import of which Sekoia gives no base URL": {
			before: func(m *model) { *m = model{ID: m.ID, Sync: types.ObjectNull(syncTypes)} },
			found:  lifecycle.ReadResult{Connector: connector, AccountID: "account"}, want: func(s *shown) { s.BaseURL, s.Version = "", "" },
		},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := acme(func(m *model) { m.ID, m.AccountID = types.StringValue("connector"), types.StringValue("account") })
			if test.before != nil {
				test.before(m)
			}
			m.read(test.found)
			want := healthy
			test.want(&want)
			if diff := cmp.Diff(want, show(m)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package connector

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/sekoia"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform"
)

var syncTypes = map[string]attr.Type{"triggers": types.MapType{ElemType: types.StringType}, "wait_for": types.StringType}

func syncObject(waitFor types.String, triggers types.Map) types.Object {
	return types.ObjectValueMust(syncTypes, map[string]attr.Value{"triggers": triggers, "wait_for": waitFor})
}

func triggers(pairs ...string) types.Map {
	elements := map[string]attr.Value{}
	for pair := range slices.Chunk(pairs, 2) {
		elements[pair[0]] = types.StringValue(pair[1])
	}

	return types.MapValueMust(types.StringType, elements)
}

var noTriggers = types.MapNull(types.StringType)

// acme is a connector that runs, with a write-only token.
func acme(change func(*model)) *model {
	m := &model{
		Name: types.StringValue("Okta devices"), BaseURL: terraform.NewBaseURL("https://acme.okta.com"),
		APIToken: types.StringNull(), APITokenWO: types.StringNull(), APITokenWOVersion: types.StringValue("1"),
		Enabled: types.BoolValue(true), CommunityID: types.StringValue("community"),
		ConnectionTest: types.ObjectNull(nil), Sync: types.ObjectNull(syncTypes),
	}
	if change != nil {
		change(m)
	}

	return m
}

func TestChangeBetween(t *testing.T) {
	t.Parallel()

	withTriggers := func(m *model) { m.Sync = syncObject(types.StringNull(), triggers("at", "monday")) }

	cases := map[string]struct {
		state, plan func(*model)
		want        change
	}{
		"nothing changed": {},
		"another name":    {plan: func(m *model) { m.Name = types.StringValue("other") }, want: change{rename: true}},
		"another version of the write-only token": {
			plan: func(m *model) { m.APITokenWOVersion = types.StringValue("2") }, want: change{token: true},
		},
		"a first version, after an import": {
			state: func(m *model) { m.APITokenWOVersion = types.StringNull() }, want: change{token: true},
		},
		"the token taken out of the configuration": {
			plan: func(m *model) { m.APITokenWOVersion = types.StringNull() },
		},
		"another token in state": {
			state: func(m *model) { m.APIToken = types.StringValue("a") },
			plan:  func(m *model) { m.APIToken = types.StringValue("b") },
			want:  change{token: true},
		},
		"a base URL that only looks different": {
			plan: func(m *model) { m.BaseURL = terraform.NewBaseURL("https://ACME.okta.com:443/") },
		},
		"another base URL": {
			plan: func(m *model) { m.BaseURL = terraform.NewBaseURL("https://other.okta.com") }, want: change{url: true},
		},
		"a base URL that Sekoia did not give back": {
			state: func(m *model) { m.BaseURL = terraform.NullBaseURL() },
		},
		"a base URL that is not known yet": {
			plan: func(m *model) { m.BaseURL = terraform.UnknownBaseURL() }, want: change{url: true},
		},
		"other triggers": {
			state: withTriggers,
			plan:  func(m *model) { m.Sync = syncObject(types.StringNull(), triggers("at", "tuesday")) },
			want:  change{triggers: true},
		},
		"triggers that are not known yet": {
			state: withTriggers,
			plan:  func(m *model) { m.Sync = types.ObjectUnknown(syncTypes) },
			want:  change{triggers: true},
		},
		"triggers where there were none": {plan: withTriggers},
		"triggers where there was an empty map": {
			state: func(m *model) { m.Sync = syncObject(types.StringNull(), triggers()) }, plan: withTriggers,
		},
		"triggers taken out": {state: withTriggers},
		"another wait_for": {
			plan: func(m *model) { m.Sync = syncObject(types.StringValue(waitForSynced), noTriggers) },
		},
		"to be stopped": {plan: func(m *model) { m.Enabled = types.BoolValue(false) }, want: change{stop: true}},
		"to be started": {state: func(m *model) { m.Enabled = types.BoolValue(false) }, want: change{start: true}},
	}

	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			got := changeBetween(acme(test.state), acme(test.plan))
			if diff := cmp.Diff(test.want, got, cmp.AllowUnexported(change{})); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestCredential(t *testing.T) {
	t.Parallel()

	cases := map[string]struct {
		config           func(*model)
		secret, at       string
		unknown, missing bool
	}{
		"none":                {at: "api_token_wo", missing: true},
		"in state":            {config: func(m *model) { m.APIToken = types.StringValue("t") }, secret: "t", at: "api_token"},
		"in state, unknown":   {config: func(m *model) { m.APIToken = types.StringUnknown() }, at: "api_token", unknown: true},
		"write-only":          {config: func(m *model) { m.APITokenWO = types.StringValue("t") }, secret: "t", at: "api_token_wo"},
		"write-only, unknown": {config: func(m *model) { m.APITokenWO = types.StringUnknown() }, at: "api_token_wo", unknown: true},
		"an empty text":       {config: func(m *model) { m.APITokenWO = types.StringValue("") }, at: "api_token_wo", missing: true},
	}

	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			got := acme(test.config).credential()
			if got.secret.Reveal() != test.secret || got.at.String() != test.at || got.unknown != test.unknown || got.missing() != test.missing {
				t.Errorf("got %q at %s, unknown %t, missing %t", got.secret.Reveal(), got.at, got.unknown, got.missing())
			}
		})
	}
}

func TestReadAccount(t *testing.T) {
	t.Parallel()

	other, same := "https://other.okta.com", "https://acme.okta.com/"

	cases := map[string]struct {
		account *sekoia.Account
		keepURL bool
		wantURL types.String
		wantID  types.String
	}{
		"gone": {wantURL: types.StringNull(), wantID: types.StringNull()},
		"with another base URL": {
			account: &sekoia.Account{ID: "a", BaseURL: &other}, wantURL: types.StringValue(other), wantID: types.StringValue("a"),
		},
		"with the same base URL, written otherwise": {
			account: &sekoia.Account{ID: "a", BaseURL: &same}, wantURL: types.StringValue("https://acme.okta.com"), wantID: types.StringValue("a"),
		},
		"without a base URL": {
			account: &sekoia.Account{ID: "a"}, wantURL: types.StringValue("https://acme.okta.com"), wantID: types.StringValue("a"),
		},
		"with another base URL while a restart is owed": {
			account: &sekoia.Account{ID: "a", BaseURL: &other}, keepURL: true,
			wantURL: types.StringValue("https://acme.okta.com"), wantID: types.StringValue("a"),
		},
	}

	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			m := acme(nil)
			m.readAccount(test.account, test.keepURL)

			if !m.BaseURL.StringValue.Equal(test.wantURL) || !m.AccountID.Equal(test.wantID) {
				t.Errorf("base_url %s, account_id %s; want %s, %s", m.BaseURL, m.AccountID, test.wantURL, test.wantID)
			}
		})
	}
}

func TestReadConnector(t *testing.T) {
	t.Parallel()

	status := func(s sekoia.Status) *sekoia.Status { return &s }

	cases := map[string]struct {
		before types.Bool
		status *sekoia.Status
		want   bool
	}{
		"RUNNING runs":                                {types.BoolValue(false), status(sekoia.StatusRunning), true},
		"ERROR runs":                                  {types.BoolValue(true), status(sekoia.StatusError), true},
		"STOPPED doesn't":                             {types.BoolValue(true), status(sekoia.StatusStopped), false},
		"STOPPING doesn't":                            {types.BoolValue(true), status(sekoia.StatusStopping), false},
		"CRITICAL_ERROR doesn't":                      {types.BoolValue(true), status(sekoia.StatusCriticalError), false},
		"a missing status keeps the value":            {types.BoolValue(false), nil, false},
		"a missing status after an import is running": {types.BoolNull(), nil, true},
	}

	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			m := acme(func(m *model) { m.Enabled = test.before })
			m.readConnector(&sekoia.Connector{ID: "c", Name: "renamed", CommunityID: "k", Status: test.status})

			if m.Enabled.ValueBool() != test.want || m.Name.ValueString() != "renamed" || m.ID.ValueString() != "c" || m.CommunityID.ValueString() != "k" {
				t.Errorf("enabled = %s, name = %s, id = %s, community = %s", m.Enabled, m.Name, m.ID, m.CommunityID)
			}
		})
	}
}

func TestNestedSettings(t *testing.T) {
	t.Parallel()

	m := acme(nil)
	if m.waitFor() != waitForStarted || m.onFailure() != onFailureError || !m.testMode().IsNull() || !m.triggers().IsNull() {
		t.Errorf("unset: wait_for %s, on_failure %s, mode %s, triggers %s", m.waitFor(), m.onFailure(), m.testMode(), m.triggers())
	}

	testTypes := map[string]attr.Type{"mode": types.StringType, "on_failure": types.StringType}
	m.ConnectionTest = types.ObjectUnknown(testTypes)
	m.Sync = types.ObjectUnknown(syncTypes)

	if !m.testMode().IsUnknown() || !m.triggers().IsUnknown() || m.waitFor() != waitForStarted {
		t.Errorf("unknown: mode %s, triggers %s, wait_for %s", m.testMode(), m.triggers(), m.waitFor())
	}

	m.ConnectionTest = types.ObjectValueMust(testTypes, map[string]attr.Value{
		"mode": types.StringValue("always"), "on_failure": types.StringValue(onFailureWarning),
	})

	if m.testMode().ValueString() != "always" || m.onFailure() != onFailureWarning {
		t.Errorf("set: mode %s, on_failure %s", m.testMode(), m.onFailure())
	}
}

func TestMixesAccounts(t *testing.T) {
	t.Parallel()

	onAccount := func(change func(*model)) *model {
		m := &model{AccountID: types.StringValue("a"), BaseURL: terraform.NullBaseURL()}
		if change != nil {
			change(m)
		}

		return m
	}
	withURL := func(m *model) { m.BaseURL = terraform.NewBaseURL("https://acme.okta.com") }

	cases := map[string]struct {
		config, state *model
		want          bool
	}{
		"an account alone":                              {config: onAccount(nil)},
		"no account":                                    {config: acme(nil)},
		"an account and a token":                        {config: onAccount(func(m *model) { m.APIToken = types.StringValue("t") }), want: true},
		"an account and a write-only token":             {config: onAccount(func(m *model) { m.APITokenWO = types.StringUnknown() }), want: true},
		"an account and a version":                      {config: onAccount(func(m *model) { m.APITokenWOVersion = types.StringValue("1") }), want: true},
		"an account and a base URL, to be created":      {config: onAccount(withURL), want: true},
		"the account that it has, and its base URL":     {config: onAccount(withURL), state: onAccount(withURL)},
		"another account than it has, and its base URL": {config: onAccount(withURL), state: acme(nil), want: true},
	}

	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			if got := test.config.mixesAccounts(test.state); got != test.want {
				t.Errorf("mixesAccounts = %t", got)
			}
		})
	}
}

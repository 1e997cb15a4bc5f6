// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package connector

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/lifecycle"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/sekoia"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/attribute"
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
		Name: types.StringValue("Okta devices"), BaseURL: attribute.NewBaseURL("https://acme.okta.com"),
		APIToken: types.StringNull(), APITokenWO: types.StringNull(), APITokenWOVersion: types.StringValue("1"),
		Enabled: types.BoolValue(true), CommunityID: attribute.NewUUID("97eeaf43-efd7-4dc7-89eb-641d30910264"),
		ConnectionTest: types.ObjectNull(nil), Sync: types.ObjectNull(syncTypes),
	}
	if change != nil {
		change(m)
	}
	return m
}

func TestChangesBetween(t *testing.T) {
	t.Parallel()
	withTriggers := func(m *model) { m.Sync = syncObject(types.StringNull(), triggers("at", "monday")) }
	cases := map[string]struct {
		state, plan func(*model)
		want        changes
	}{
		"nothing changed": {},
		"another name":    {plan: func(m *model) { m.Name = types.StringValue("other") }, want: changes{rename: true}},
		"another version of the write-only token": {
			plan: func(m *model) { m.APITokenWOVersion = types.StringValue("2") }, want: changes{token: true},
		},
		"a first version, after an import": {
			state: func(m *model) { m.APITokenWOVersion = types.StringNull() }, want: changes{token: true},
		},
		"the token taken out of the configuration": {
			plan: func(m *model) { m.APITokenWOVersion = types.StringNull() },
		},
		"another token in state": {
			state: func(m *model) { m.APIToken = types.StringValue("a") },
			plan:  func(m *model) { m.APIToken = types.StringValue("b") },
			want:  changes{token: true},
		},
		"a base URL that only looks different": {
			plan: func(m *model) { m.BaseURL = attribute.NewBaseURL("https://ACME.okta.com:443/") },
		},
		"another base URL": {
			plan: func(m *model) { m.BaseURL = attribute.NewBaseURL("https://other.okta.com") }, want: changes{url: true},
		},
		"a base URL that Sekoia did not give back": {
			state: func(m *model) { m.BaseURL = attribute.BaseURL{StringValue: types.StringNull()} },
		},
		"a base URL that is not known yet": {
			plan: func(m *model) { m.BaseURL = attribute.BaseURL{StringValue: types.StringUnknown()} }, want: changes{url: true},
		},
		"other triggers": {
			state: withTriggers,
			plan:  func(m *model) { m.Sync = syncObject(types.StringNull(), triggers("at", "tuesday")) },
			want:  changes{triggers: true},
		},
		"triggers that are not known yet": {
			state: withTriggers,
			plan:  func(m *model) { m.Sync = types.ObjectUnknown(syncTypes) },
			want:  changes{triggers: true},
		},
		"triggers where there were none": {plan: withTriggers},
		"triggers where there was an empty map": {
			state: func(m *model) { m.Sync = syncObject(types.StringNull(), triggers()) }, plan: withTriggers,
		},
		"triggers taken out": {state: withTriggers},
		"drift that Read found": {
			state: func(m *model) { m.Drift = types.StringValue(string(lifecycle.DriftMoved)) },
			want:  changes{drift: lifecycle.DriftMoved},
		},
		"another wait_for": {
			plan: func(m *model) { m.Sync = syncObject(types.StringValue(string(lifecycle.WaitSynced)), noTriggers) },
		},
		"to be stopped": {plan: func(m *model) { m.Enabled = types.BoolValue(false) }, want: changes{stop: true}},
		"to be started": {state: func(m *model) { m.Enabled = types.BoolValue(false) }, want: changes{start: true}},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := changesBetween(acme(test.state), acme(test.plan))
			if diff := cmp.Diff(test.want, got, cmp.AllowUnexported(changes{})); diff != "" {
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

func TestReadConnector(t *testing.T) {
	t.Parallel()
	const elsewhere = "11111111-2222-4333-8444-555555555555"
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
			m.readConnector(&sekoia.Connector{ID: "c", Name: "renamed", CommunityID: elsewhere, Status: test.status})
			if m.Enabled.ValueBool() != test.want || m.Name.ValueString() != "renamed" || m.CommunityID.ValueString() != elsewhere {
				t.Errorf("enabled = %s, name = %s, community = %s", m.Enabled, m.Name, m.CommunityID)
			}
		})
	}
}

func TestReadConnectorKeepsHowTheCommunityIsWritten(t *testing.T) {
	t.Parallel()
	const capitals = "97EEAF43-EFD7-4DC7-89EB-641D30910264"
	m := acme(func(m *model) { m.CommunityID = attribute.NewUUID(capitals) })
	m.readConnector(&sekoia.Connector{ID: "c", Name: "Okta devices", CommunityID: "97eeaf43-efd7-4dc7-89eb-641d30910264"})
	if m.CommunityID.ValueString() != capitals {
		t.Errorf("community_id is %s", m.CommunityID)
	}
}

func TestNestedSettings(t *testing.T) {
	t.Parallel()
	m := acme(nil)
	if m.waitFor() != lifecycle.WaitStarted || m.onFailure() != onFailureError || !m.testMode().IsNull() || !m.triggers().IsNull() {
		t.Errorf("unset: wait_for %s, on_failure %s, mode %s, triggers %s", m.waitFor(), m.onFailure(), m.testMode(), m.triggers())
	}
	testTypes := map[string]attr.Type{"mode": types.StringType, "on_failure": types.StringType}
	m.ConnectionTest = types.ObjectUnknown(testTypes)
	m.Sync = types.ObjectUnknown(syncTypes)
	if !m.testMode().IsUnknown() || !m.triggers().IsUnknown() || m.waitFor() != lifecycle.WaitStarted {
		t.Errorf("unknown: mode %s, triggers %s, wait_for %s", m.testMode(), m.triggers(), m.waitFor())
	}
	m.ConnectionTest = types.ObjectValueMust(testTypes, map[string]attr.Value{
		"mode": types.StringValue("always"), "on_failure": types.StringValue(onFailureWarning),
	})
	if m.testMode().ValueString() != "always" || m.onFailure() != onFailureWarning {
		t.Errorf("set: mode %s, on_failure %s", m.testMode(), m.onFailure())
	}
}

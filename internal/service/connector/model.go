// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package connector

import (
	"cmp"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/lifecycle"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/sekoia"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/attribute"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/credential"
)

// model is the resource as Terraform holds it: a configuration, a plan or a state. Nested attributes are objects,
// because a struct can't hold an unknown one.
type model struct {
	Name               types.String      `tfsdk:"name"`
	BaseURL            attribute.BaseURL `tfsdk:"base_url"`
	APIToken           types.String      `tfsdk:"api_token"`
	APITokenWO         types.String      `tfsdk:"api_token_wo"`
	APITokenWOVersion  types.String      `tfsdk:"api_token_wo_version"`
	Enabled            types.Bool        `tfsdk:"enabled"`
	CommunityID        attribute.UUID    `tfsdk:"community_id"`
	ConnectionTest     types.Object      `tfsdk:"connection_test"`
	Sync               types.Object      `tfsdk:"sync"`
	Timeouts           types.Object      `tfsdk:"timeouts"`
	ID                 types.String      `tfsdk:"id"`
	AccountID          types.String      `tfsdk:"account_id"`
	Drift              types.String      `tfsdk:"drift"`
	OktaOrganizationID types.String      `tfsdk:"okta_organization_id"`
}

// The paths of the attributes that errors point at, or that a plan sets.
var (
	pathID        = path.Root("id")
	pathName      = path.Root("name")
	pathBaseURL   = path.Root("base_url")
	pathToken     = path.Root("api_token")
	pathTokenWO   = path.Root("api_token_wo")
	pathCommunity = path.Root("community_id")
	pathConnector = path.Root("connector_id") // of the sync action
	pathOrg       = path.Root("okta_organization_id")
)

// subject is the name that diagnostics begin with.
func (m *model) subject() string {
	switch {
	case m.Name.ValueString() != "":
		return credential.Sanitize(m.Name.ValueString())
	case m.ID.ValueString() != "":
		return "connector " + m.ID.ValueString()
	default:
		return ""
	}
}

// onlyID reports whether nothing but the id is known: an import that nobody has read.
func (m *model) onlyID() bool { return m.Name.IsNull() && m.BaseURL.IsNull() && m.CommunityID.IsNull() }

// known is what the model says of the connector in Sekoia.
func (m *model) known() lifecycle.Record {
	return lifecycle.Record{
		ID: m.ID.ValueString(), AccountID: m.AccountID.ValueString(), Target: m.BaseURL.ValueString(), Imported: m.onlyID(),
	}
}

// spec is the connector that the model asks for, in a community.
func (m *model) spec(communityID string) lifecycle.Spec {
	return lifecycle.Spec{Name: m.Name.ValueString(), CommunityID: communityID, Target: m.BaseURL.ValueString()}
}

// testMode is connection_test.mode: null if it is unset, unknown if the object is.
func (m *model) testMode() types.String { return stringIn(m.ConnectionTest, "mode") }

// onFailure is connection_test.on_failure or its default.
func (m *model) onFailure() string {
	return cmp.Or(stringIn(m.ConnectionTest, "on_failure").ValueString(), onFailureError)
}

// waitFor is sync.wait_for or its default.
func (m *model) waitFor() lifecycle.Wait {
	return cmp.Or(lifecycle.Wait(stringIn(m.Sync, "wait_for").ValueString()), lifecycle.WaitStarted)
}

// timeout is how long an operation may take: create, update or delete.
func (m *model) timeout(operation string) time.Duration {
	return timeoutOf(stringIn(m.Timeouts, operation))
}

// triggers is sync.triggers: null if it or sync is unset, unknown if either is.
func (m *model) triggers() types.Map {
	return valueIn(m.Sync, "triggers", types.MapNull(types.StringType), types.MapUnknown(types.StringType))
}

// configuredToken is the API token of a configuration, and the attribute that holds it.
type configuredToken struct {
	secret  credential.Secret
	at      path.Path
	unknown bool
}

// credential reads the token of a configuration. No plan has a write-only value.
func (m *model) credential() configuredToken {
	token, at := m.APITokenWO, pathTokenWO
	if !m.APIToken.IsNull() {
		token, at = m.APIToken, pathToken
	}
	return configuredToken{secret: credential.NewSecret(token.ValueString()), at: at, unknown: token.IsUnknown()}
}

// missing reports whether the configuration certainly has no token.
func (c configuredToken) missing() bool { return !c.unknown && c.secret.IsZero() }

// changes are what turns a state into a plan.
type changes struct {
	rename bool
	// token: another token is to be sent. Taking the token out of the configuration is not a change.
	token bool
	// url: the base URL is another one or not known yet. After an import for which Sekoia returned no URL, there is
	// nothing to compare with.
	url bool
	// triggers: sync.triggers changed. If there were none, there is nothing to compare with.
	triggers bool
	start    bool
	stop     bool
	// drift is what Read found wrong; "" if all is well.
	drift lifecycle.Drift
}

// changesBetween compares a state with a plan.
func changesBetween(state, plan *model) changes {
	old := state.triggers()
	return changes{
		rename: !plan.Name.Equal(state.Name),
		token:  newValue(state.APIToken, plan.APIToken) || newValue(state.APITokenWOVersion, plan.APITokenWOVersion),
		url: plan.BaseURL.IsUnknown() ||
			!state.BaseURL.IsNull() && !attribute.SameBaseURL(state.BaseURL.ValueString(), plan.BaseURL.ValueString()),
		triggers: len(old.Elements()) > 0 && newValue(old, plan.triggers()),
		start:    !state.Enabled.ValueBool() && (plan.Enabled.IsUnknown() || plan.Enabled.ValueBool()),
		stop:     state.Enabled.ValueBool() && !plan.Enabled.ValueBool(),
		drift:    lifecycle.Drift(state.Drift.ValueString()),
	}
}

// settings reports whether a person asks for the account to be written.
func (c changes) settings() bool { return c.token || c.url }

// needsToken reports whether the account has to be written, for which the token is needed.
func (c changes) needsToken() bool { return c.settings() || c.drift.NeedsSettings() }

// tested reports whether the change depends on the connection.
func (c changes) tested() bool { return c.settings() || c.triggers || c.start || c.drift != "" }

// unasked reports whether the configuration asks for no change: there is only what Read found to repair, if that.
func (c changes) unasked() bool { return !c.rename && !c.settings() && !c.triggers && !c.stop }

func newValue(old, planned attr.Value) bool { return !planned.IsNull() && !planned.Equal(old) }

// stopped reports whether a planned connector does not run. One whose enabled is not known yet may run.
func (m *model) stopped() bool { return m.Enabled.Equal(types.BoolValue(false)) }

// read takes what Sekoia holds into a state. What only a person can know (token, sync, connection_test, timeouts) stays
// as it is. So do the name and the URL of a connector with drift: a null in a required attribute would break what
// refers to it.
func (m *model) read(found lifecycle.ReadResult) {
	if m.onlyID() && found.Target != nil {
		m.BaseURL = attribute.NewBaseURL(*found.Target)
	}
	m.AccountID = types.StringPointerValue(nilIfEmpty(found.AccountID))
	m.Drift = types.StringPointerValue(nilIfEmpty(string(found.Drift)))
	if found.Connector != nil {
		m.readConnector(found.Connector)
	}
}

// readConnector takes what Sekoia says of a connector itself into a state.
func (m *model) readConnector(c *sekoia.Connector) {
	m.Name = types.StringValue(c.Name)
	if community := attribute.NewUUID(c.CommunityID); m.CommunityID.Canonical() != community.Canonical() {
		m.CommunityID = community
	}
	if c.Status != nil {
		m.Enabled = types.BoolValue(c.Status.Enabled())
	} else if m.Enabled.IsNull() {
		m.Enabled = types.BoolValue(true)
	}
}

// follow takes into a state how far an update to a plan came.
func (m *model) follow(plan *model, reached lifecycle.UpdateResult) {
	if reached.Renamed {
		m.Name = plan.Name
	}
	if reached.Stored {
		m.APIToken, m.APITokenWOVersion, m.BaseURL = plan.APIToken, plan.APITokenWOVersion, plan.BaseURL
	}
	if reached.StoredMaybe {
		// It is not known which token Sekoia has, so the next apply sends the configuration's.
		m.APIToken, m.APITokenWOVersion = types.StringNull(), types.StringNull()
	}
	if reached.Account != "" {
		m.AccountID = types.StringValue(reached.Account)
	}
	if reached.ID != "" {
		m.ID = types.StringValue(reached.ID)
	}
	if reached.Repaired {
		m.Drift = types.StringNull()
	}
	if reached.Stopped {
		m.Enabled = types.BoolValue(false)
	}
	if reached.Started {
		m.Enabled, m.Sync = types.BoolValue(true), plan.Sync
	}
	if reached.Done {
		plan.ID, plan.AccountID, plan.Drift = m.ID, m.AccountID, types.StringNull()
		*m = *plan
	}
}

func stringIn(object types.Object, name string) types.String {
	return valueIn(object, name, types.StringNull(), types.StringUnknown())
}

// valueIn is an attribute of an object: null if the object is, unknown if the object is.
func valueIn[T attr.Value](object types.Object, name string, null, unknown T) T {
	if object.IsUnknown() {
		return unknown
	}
	if value, ok := object.Attributes()[name].(T); ok {
		return value
	}
	return null
}

// timeoutOf is a timeout that the schema has checked, or the default for null and unknown.
func timeoutOf(value types.String) time.Duration {
	duration, err := time.ParseDuration(value.ValueString())
	if err != nil {
		return 10 * time.Minute
	}
	return duration
}

// nilIfEmpty is for text that is never empty if Sekoia returns it.
func nilIfEmpty(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

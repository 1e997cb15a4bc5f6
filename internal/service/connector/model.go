// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package connector

import (
	"net/url"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/sekoia"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport"
)

// model is the resource as Terraform holds it: a configuration, a plan or a
// state. Nested attributes are objects, for a struct can't hold an unknown one.
type model struct {
	Name               types.String      `tfsdk:"name"`
	BaseURL            terraform.BaseURL `tfsdk:"base_url"`
	APIToken           types.String      `tfsdk:"api_token"`
	APITokenWO         types.String      `tfsdk:"api_token_wo"`
	APITokenWOVersion  types.String      `tfsdk:"api_token_wo_version"`
	Enabled            types.Bool        `tfsdk:"enabled"`
	CommunityID        types.String      `tfsdk:"community_id"`
	ConnectionTest     types.Object      `tfsdk:"connection_test"`
	Sync               types.Object      `tfsdk:"sync"`
	Timeouts           timeouts.Value    `tfsdk:"timeouts"`
	ID                 types.String      `tfsdk:"id"`
	AccountID          types.String      `tfsdk:"account_id"`
	OktaOrganizationID types.String      `tfsdk:"okta_organization_id"`
}

// The paths of the attributes that errors point at.
var (
	pathName      = path.Root("name")
	pathBaseURL   = path.Root("base_url")
	pathToken     = path.Root("api_token")
	pathTokenWO   = path.Root("api_token_wo")
	pathCommunity = path.Root("community_id")
	pathAccount   = path.Root("account_id")
	pathOrg       = path.Root("okta_organization_id")
)

// testMode is connection_test.mode: null where unset, unknown where the object is.
func (m *model) testMode() types.String { return stringIn(m.ConnectionTest, "mode") }

// onFailure is connection_test.on_failure, with what holds where it is unset.
func (m *model) onFailure() string {
	return wordOr(stringIn(m.ConnectionTest, "on_failure"), onFailureError)
}

// waitFor is sync.wait_for, with what holds where it is unset.
func (m *model) waitFor() string { return wordOr(stringIn(m.Sync, "wait_for"), waitForStarted) }

// triggers is sync.triggers: null where it or sync is unset, unknown where either is.
func (m *model) triggers() types.Map {
	if m.Sync.IsUnknown() {
		return types.MapUnknown(types.StringType)
	}

	if triggers, ok := m.Sync.Attributes()["triggers"].(types.Map); ok {
		return triggers
	}

	return types.MapNull(types.StringType)
}

// onGivenAccount tells that a configuration puts the connector on an account that
// exists, rather than on one of its own. Its UUID may not be known yet.
func (m *model) onGivenAccount() bool { return !m.AccountID.IsNull() && m.BaseURL.IsNull() }

// mixesAccounts tells that a configuration gives an account, and what belongs into
// one too. The block that Terraform generates for an import does, with the account that the state has.
func (m *model) mixesAccounts(state *model) bool {
	if m.AccountID.IsNull() {
		return false
	}

	if !m.BaseURL.IsNull() {
		return state == nil || !m.AccountID.Equal(state.AccountID)
	}

	return !m.APIToken.IsNull() || !m.APITokenWO.IsNull() || !m.APITokenWOVersion.IsNull()
}

// credential is the API token of a configuration, and the attribute that it stands in.
type credential struct {
	secret  transport.Secret
	at      path.Path
	unknown bool
}

// credential reads the token of a configuration: write-only values are in no plan.
func (m *model) credential() credential {
	switch {
	case !m.APIToken.IsNull():
		return credential{secret: transport.NewSecret(m.APIToken.ValueString()), at: pathToken, unknown: m.APIToken.IsUnknown()}
	default:
		return credential{secret: transport.NewSecret(m.APITokenWO.ValueString()), at: pathTokenWO, unknown: m.APITokenWO.IsUnknown()}
	}
}

// missing tells that the configuration is known to hold no token.
func (c credential) missing() bool { return !c.unknown && c.secret.IsZero() }

// oktaURL is base_url as a URL; nil where it is not known or is none, which the schema's validator tells the person.
func (m *model) oktaURL() *url.URL {
	if m.BaseURL.IsNull() || m.BaseURL.IsUnknown() {
		return nil
	}

	parsed, err := m.BaseURL.URL()
	if err != nil {
		return nil
	}

	return parsed
}

// change is what an update has to do to get from a state to a plan.
type change struct {
	rename bool
	// token: another token is to be sent. Taking the token out of the configuration is none.
	token bool
	// url: the base URL is another one, or is not known yet. After an import to which Sekoia did not give it back, nothing says that it changes.
	url bool
	// triggers: sync.triggers changed; where there were none, there is nothing to compare with.
	triggers bool
	start    bool
	stop     bool
}

// changeBetween compares a state with a plan.
func changeBetween(state, plan *model) change {
	return change{
		rename:   !plan.Name.Equal(state.Name),
		token:    newValue(state.APIToken, plan.APIToken) || newValue(state.APITokenWOVersion, plan.APITokenWOVersion),
		url:      newURL(state.BaseURL, plan.BaseURL),
		triggers: newTriggers(state.triggers(), plan.triggers()),
		start:    !state.Enabled.ValueBool() && plan.Enabled.ValueBool(),
		stop:     state.Enabled.ValueBool() && !plan.Enabled.ValueBool(),
	}
}

// settings tells that the account has to be written.
func (c change) settings() bool { return c.token || c.url }

// tested tells that the change depends on the connection, so that it is tested on_change.
func (c change) tested() bool { return c.settings() || c.triggers || c.start }

// restart tells that a running connector has to be restarted for it.
func (c change) restart() bool { return c.settings() || c.triggers }

func newValue(old, planned types.String) bool {
	return !planned.IsNull() && !planned.Equal(old)
}

func newURL(old, planned terraform.BaseURL) bool {
	if planned.IsUnknown() {
		return true
	}

	return !old.IsNull() && !terraform.SameBaseURL(old.ValueString(), planned.ValueString())
}

func newTriggers(old, planned types.Map) bool {
	if len(old.Elements()) == 0 || planned.IsNull() {
		return false
	}

	return !planned.Equal(old)
}

// readConnector takes what Sekoia says of a connector into a state. What only a
// person can know (token, sync, connection_test, timeouts) stays as it is.
func (m *model) readConnector(c *sekoia.Connector) {
	m.ID = types.StringValue(c.ID)
	m.Name = types.StringValue(c.Name)
	m.CommunityID = types.StringValue(c.CommunityID)

	if c.Status != nil {
		m.Enabled = types.BoolValue(c.Status.Enabled())
	} else if m.Enabled.IsNull() {
		m.Enabled = types.BoolValue(true)
	}
}

// readAccount takes what Sekoia says of the connector's account into a state;
// nil where the account is gone. keepURL holds the base URL back while a restart
// with another one is owed, so that the next plan shows the work again.
func (m *model) readAccount(account *sekoia.Account, keepURL bool) {
	if account == nil {
		m.AccountID = types.StringNull()
		m.BaseURL = terraform.NullBaseURL()

		return
	}

	m.AccountID = types.StringValue(account.ID)

	if keepURL || account.BaseURL == nil || terraform.SameBaseURL(m.BaseURL.ValueString(), *account.BaseURL) {
		return
	}

	m.BaseURL = terraform.NewBaseURL(*account.BaseURL)
}

func stringIn(object types.Object, name string) types.String {
	if object.IsUnknown() {
		return types.StringUnknown()
	}

	if value, ok := object.Attributes()[name].(types.String); ok {
		return value
	}

	return types.StringNull()
}

func wordOr(value types.String, unset string) string {
	if value.IsNull() || value.IsUnknown() {
		return unset
	}

	return value.ValueString()
}

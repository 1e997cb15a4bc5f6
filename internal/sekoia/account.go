// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package sekoia

import (
	"context"
	"maps"
	"net/http"
	"slices"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/credential"
)

var accounts = collection{
	noun: "account", path: "/v1/symphony/module-configurations", filter: "match[module_uuid]",
	view: PermissionViewPlaybooks, manage: PermissionManagePlaybooks,
}

// Account is what Sekoia's web pages call an account and its API a module configuration: the settings and credentials
// with which a module's connectors and playbooks reach one service, such as one Okta organization. (Sekoia's
// ModuleConfigurationSchema, without the credentials, which are never decoded.)
type Account struct {
	ID           string `json:"uuid"`
	CommunityID  string `json:"community_uuid"`
	ModuleID     string `json:"module_uuid"`
	Name         string `json:"name"`
	AccountValue `json:"value"`
	Deleted      bool `json:"deleted"` // false in what the client returns
}

// AccountValue is what may come back of an account's settings.
type AccountValue struct {
	BaseURL *string `json:"base_url"` // nil if the answer has none
}

func (a Account) id() string { return a.ID }

func (a Account) head() head { return head{a.ModuleID, a.CommunityID, a.Name, a.Deleted} }

// AccountFields are what an account is created with, or what of it is changed. A field that is not set is not sent. A
// change has a name, settings or both. Without a CommunityID, Sekoia chooses the community.
type AccountFields struct {
	Name        string          `json:"name,omitempty"`
	ModuleID    string          `json:"module_uuid,omitempty"` // in the catalogue
	CommunityID string          `json:"community_uuid,omitempty"`
	Settings    AccountSettings `json:"-"` // always sent whole
}

// AccountSettings are an account's settings and credentials, by the names of the module's manifest. All of them are
// kept and printed as secrets, because only the manifest says which are. Only the body of a request has their plain
// texts. Sekoia never gives credentials back.
type AccountSettings map[string]credential.Secret

// The settings of an account of the Okta module. The public source of Sekoia's Okta connector (2.10.0) reads them by
// these names, and the platform hands an account's value to it.
const (
	SettingBaseURL = "base_url"
	SettingAPIKey  = "apikey"
)

// secrets are what an error must not show. The base URL is no secret, and messages need it.
func (s AccountSettings) secrets() []credential.Secret {
	others := maps.Clone(s)
	delete(others, SettingBaseURL)
	return slices.Collect(maps.Values(others))
}

// Usage counts who uses an account.
type Usage struct {
	Actions    int `json:"actions"`
	Triggers   int `json:"triggers"`
	Playbooks  int `json:"playbooks"`
	Connectors int `json:"connectors"`
}

// Unused reports whether nobody uses the account.
func (u Usage) Unused() bool { return u == Usage{} }

// Accounts lists the accounts that a query finds, oldest first, without the deleted ones.
func (c *Client) Accounts(ctx context.Context, query Query) ([]Account, error) {
	return listAll[Account](ctx, c, accounts, query)
}

// Account reads one account. IsNotFound is true of the error if there is none, or only a deleted one.
func (c *Client) Account(ctx context.Context, id string) (*Account, error) {
	return readOne[Account](ctx, c, accounts, id)
}

// CreateAccount creates an account of a module. It is never retried: after an error of which OutcomeUnknown is true,
// the account may exist. The caller compares the answer's community.
func (c *Client) CreateAccount(ctx context.Context, fields AccountFields) (*Account, error) {
	return create[Account](ctx, c, accounts, bodyOf(fields), fields.Settings.secrets())
}

// UpdateAccount changes an account's name, its settings, or both.
func (c *Client) UpdateAccount(ctx context.Context, id string, fields AccountFields) error {
	return change[Account](ctx, c, accounts, id, bodyOf(fields), fields.Settings.secrets())
}

// DeleteAccount removes an account, even one that is used: see AccountUsage. One that is not there is no error.
func (c *Client) DeleteAccount(ctx context.Context, id string) error {
	return c.remove(ctx, accounts, id)
}

// AccountUsage counts who uses an account. An answer without all four counts is an error: a missing count must not look
// like zero.
func (c *Client) AccountUsage(ctx context.Context, id string) (Usage, error) {
	what := objectCall(http.MethodGet, accounts.path+"/{id}/usage", id, accounts.view)
	reply, err := c.send(ctx, what)
	if err != nil {
		return Usage{}, err
	}
	usage := Usage{-1, -1, -1, -1}
	if err := decode(what, reply, &usage); err != nil {
		return Usage{}, err
	}
	if min(usage.Actions, usage.Triggers, usage.Playbooks, usage.Connectors) < 0 {
		return Usage{}, what.unexpected(http.StatusOK, "a count is missing")
	}
	return usage, nil
}

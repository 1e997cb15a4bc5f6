// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package sekoia

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"slices"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/credential"
)

const accountsPath = "/v1/symphony/module-configurations"

// Account is what Sekoia's web pages call an account and its API a module configuration: the settings and credentials
// with which a module's connectors and playbooks reach one service, such as one Okta organization.
type Account struct {
	ID          string
	CommunityID string
	ModuleID    string
	Name        string
	BaseURL     *string // the setting base_url, as stored; nil if the answer has none, or has something other than text
	CreatedBy   string  // the UUID of who made it
	CreatedAt   string  // as Sekoia wrote it
	UpdatedAt   string  // as Sekoia wrote it
	Deleted     bool
}

// AccountQuery narrows a list of accounts. Empty fields narrow nothing. Ids are compared without case, the name
// exactly.
type AccountQuery struct {
	ModuleID    string
	CommunityID string
	Name        string
	// MayRead is asked once the length of the list is known, in pages, unless all is on the first. If it says no, what
	// is on that page is returned, with ErrMore. Nil: yes.
	MayRead func(pages int) bool
}

// AccountSettings are an account's value: its settings and secrets, by the names of the module's manifest. Every one of
// them is kept and printed as a secret, because only the manifest knows which are; only the body of a request has their
// plain texts. Sekoia never gives secrets back.
type AccountSettings map[string]credential.Secret

// held returns what an error must not show of the settings. The base URL is not secret, and messages need it.
func (s AccountSettings) held() []credential.Secret {
	var secrets []credential.Secret
	for _, name := range slices.Sorted(maps.Keys(s)) {
		if name != SettingBaseURL {
			secrets = append(secrets, s[name])
		}
	}
	return secrets
}

// NewAccount is an account to create. An empty CommunityID leaves the community to Sekoia.
type NewAccount struct {
	ModuleID    string // in the catalogue
	Name        string
	CommunityID string
	Settings    AccountSettings
}

// AccountChange is what to change of an account; nil leaves a part as it is. Settings are always sent whole.
type AccountChange struct {
	Name     *string
	Settings AccountSettings
}

// Usage counts who uses an account.
type Usage struct {
	Actions    int
	Triggers   int
	Playbooks  int
	Connectors int
}

// Unused is true where nobody uses the account.
func (u Usage) Unused() bool { return u == Usage{} }

// wireAccount is Sekoia's ModuleConfigurationSchema, without the token, which is never decoded.
type wireAccount struct {
	UUID          string       `json:"uuid"`
	CommunityUUID string       `json:"community_uuid"`
	ModuleUUID    string       `json:"module_uuid"`
	Name          string       `json:"name"`
	Value         accountValue `json:"value"`
	CreatedBy     text         `json:"created_by"`
	CreatedAt     text         `json:"created_at"`
	UpdatedAt     text         `json:"updated_at"`
	Deleted       bool         `json:"deleted"`
}

func (w wireAccount) id() string { return w.UUID }

func (w wireAccount) account() Account {
	return Account{
		ID: w.UUID, CommunityID: w.CommunityUUID, ModuleID: w.ModuleUUID, Name: w.Name, BaseURL: w.Value.baseURL,
		CreatedBy: string(w.CreatedBy), CreatedAt: string(w.CreatedAt), UpdatedAt: string(w.UpdatedAt), Deleted: w.Deleted,
	}
}

// accountValue takes the one thing out of an account's value that may come back and may be read. Whatever else the
// value is, or has in it, is no error.
type accountValue struct{ baseURL *string }

// UnmarshalJSON implements json.Unmarshaler. It never fails on JSON.
func (v *accountValue) UnmarshalJSON(data []byte) error {
	var wire struct {
		BaseURL json.RawMessage `json:"base_url"`
	}
	if err := json.Unmarshal(data, &wire); err == nil {
		v.baseURL = optionalText(wire.BaseURL)
	}
	return nil
}

// Accounts lists the accounts that a query finds, oldest first, without the deleted ones.
func (c *Client) Accounts(ctx context.Context, query AccountQuery) ([]Account, error) {
	what := call{
		method: http.MethodGet, path: accountsPath, query: matching(query.CommunityID, query.Name),
		needs:   []string{PermissionViewPlaybooks},
		mayRead: query.MayRead,
	}
	if query.ModuleID != "" {
		what.query.Set("match[module_uuid]", query.ModuleID)
	}
	var accounts []Account
	for wire, err := range list[wireAccount](ctx, c, what) {
		if errors.Is(err, ErrMore) {
			return accounts, err
		}
		if err != nil {
			return nil, err
		}
		if !wire.Deleted && sameIfAsked(query.ModuleID, wire.ModuleUUID) &&
			sameIfAsked(query.CommunityID, wire.CommunityUUID) && (query.Name == "" || query.Name == wire.Name) {
			accounts = append(accounts, wire.account())
		}
	}
	return accounts, nil
}

// Account reads one account. IsNotFound is true of the error where there is none, or only a deleted one.
func (c *Client) Account(ctx context.Context, id string) (*Account, error) {
	path, err := under(accountsPath, id)
	if err != nil {
		return nil, err
	}
	what := call{method: http.MethodGet, path: path, needs: []string{PermissionViewPlaybooks}}
	wire, err := fetchIdentified[wireAccount](ctx, c, what, id)
	if err != nil {
		return nil, err
	}
	if wire.Deleted {
		return nil, &DeletedError{Kind: "account", ID: id}
	}
	account := wire.account()
	return &account, nil
}

// CreateAccount creates an account of a module. It is not repeated by itself: after an error of which OutcomeUnknown is
// true, the account may be there. The answer's community is for the caller to compare.
func (c *Client) CreateAccount(ctx context.Context, account NewAccount) (*Account, error) {
	what := call{
		method: http.MethodPost, path: accountsPath, body: newAccountBody(account),
		needs: []string{PermissionManagePlaybooks}, holds: account.Settings.held(),
	}
	wire, err := fetchIdentified[wireAccount](ctx, c, what, "")
	if err != nil {
		return nil, err
	}
	created := wire.account()
	return &created, nil
}

// UpdateAccount changes an account. A change of nothing makes no call.
func (c *Client) UpdateAccount(ctx context.Context, id string, change AccountChange) error {
	if change.Name == nil && change.Settings == nil {
		return nil
	}
	path, err := under(accountsPath, id)
	if err != nil {
		return err
	}
	what := call{
		method: http.MethodPatch, path: path, body: newAccountChangeBody(change), repeatable: true,
		needs: []string{PermissionManagePlaybooks}, holds: change.Settings.held(),
	}
	return edit[wireAccount](ctx, c, what, id)
}

// DeleteAccount removes an account, used or not: AccountUsage tells. One that is not there is no error.
func (c *Client) DeleteAccount(ctx context.Context, id string) error {
	path, err := under(accountsPath, id)
	if err != nil {
		return err
	}
	return c.remove(ctx, call{
		method: http.MethodDelete, path: path, repeatable: true, needs: []string{PermissionManagePlaybooks},
	})
}

// AccountUsage counts who uses an account. An answer without all four counts is an error, for a count that is not there
// must not look like nobody.
func (c *Client) AccountUsage(ctx context.Context, id string) (Usage, error) {
	path, err := under(accountsPath, id, "usage")
	if err != nil {
		return Usage{}, err
	}
	what := call{method: http.MethodGet, path: path, needs: []string{PermissionViewPlaybooks}}
	wire, err := fetch[struct {
		Actions    *int `json:"actions"`
		Triggers   *int `json:"triggers"`
		Playbooks  *int `json:"playbooks"`
		Connectors *int `json:"connectors"`
	}](ctx, c, what)
	if err != nil {
		return Usage{}, err
	}
	if wire.Actions == nil || wire.Triggers == nil || wire.Playbooks == nil || wire.Connectors == nil {
		return Usage{}, misshapen(what, "a count is missing")
	}
	return Usage{Actions: *wire.Actions, Triggers: *wire.Triggers, Playbooks: *wire.Playbooks, Connectors: *wire.Connectors}, nil
}

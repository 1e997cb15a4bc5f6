// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package connector

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/sekoia"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform"
)

// provision makes an account and a connector on it, so that whatever fails on
// the way neither is made twice and none is left over unnamed. Only one runs at
// a time in a process (terraform.Clients.SerializeCreate).
type provision struct {
	client *sekoia.Client
	// me returns the API key's own profile, which tells what it made.
	me        func(context.Context) (*sekoia.Profile, error)
	name      string
	community string
	// settings are for the account that is made; given is the UUID of one that exists, instead.
	settings sekoia.AccountSettings
	given    string
}

// provisioned is what a provision made.
type provisioned struct{ accountID, connectorID string }

// existsError says that the connector is there already.
type existsError struct {
	twin sekoia.Connector
	target
}

func (e *existsError) Error() string { return e.exists() + ": " + e.twin.ID }

// leftoverError says that a provision failed and could not take back what it had made.
type leftoverError struct {
	what, id string
	cause    error
	removal  error
}

func (e *leftoverError) Error() string {
	return fmt.Sprintf("%s\nThe %s %s was made before, and could not be removed again: %s", e.cause, e.what, e.id, e.removal)
}

func (e *leftoverError) Unwrap() error { return e.cause }

// run makes both. Its errors leave nothing behind but what they name.
func (p provision) run(ctx context.Context) (provisioned, error) {
	there, err := p.client.Connectors(ctx, sekoia.ConnectorQuery{ConnectorID: sekoia.OktaDeviceConnectorID, CommunityID: p.community, Name: p.name})
	if err != nil {
		return provisioned{}, unseen(err)
	}

	wanted := target{baseURL: p.settings[sekoia.SettingBaseURL].Reveal(), accountID: p.given}

	twin, err := findTwin(ctx, p.client, there, wanted, "")
	if err != nil {
		return provisioned{}, unseen(err)
	}

	if twin != nil {
		return provisioned{}, &existsError{*twin, wanted}
	}

	accountID := p.given
	if accountID == "" {
		if accountID, err = p.account(ctx); err != nil {
			return provisioned{}, err
		}
	}

	connectorID, err := p.connector(ctx, accountID, there)
	if err != nil {
		return provisioned{}, err
	}

	return provisioned{accountID, connectorID}, nil
}

func unseen(err error) error {
	return fmt.Errorf("whether the connector exists already could not be seen: %w", err)
}

// target is what a connector fetches from: a given account, else the base URL of its own.
type target struct{ baseURL, accountID string }

// what says what makes a connector of one name the same connector.
func (t target) what() string {
	if t.accountID != "" {
		return "account"
	}

	return "base URL"
}

// exists is the summary of a diagnostic.
func (t target) exists() string {
	return "A connector with this name and " + t.what() + " exists already"
}

// findTwin looks among connectors of one name for one with the same target. The connector with the id except doesn't count.
func findTwin(ctx context.Context, client *sekoia.Client, connectors []sekoia.Connector, wanted target, except string) (*sekoia.Connector, error) {
	for _, candidate := range connectors {
		if candidate.ID == except {
			continue
		}

		if wanted.accountID != "" {
			if candidate.AccountID == wanted.accountID {
				return &candidate, nil
			}

			continue
		}

		account, err := client.Account(ctx, candidate.AccountID)
		if sekoia.IsNotFound(err) {
			continue
		}

		if err != nil {
			return nil, err
		}

		if account.BaseURL != nil && terraform.SameBaseURL(*account.BaseURL, wanted.baseURL) {
			return &candidate, nil
		}
	}

	return nil, nil
}

// account takes over one that an interrupted create left behind, or makes one.
func (p provision) account(ctx context.Context) (string, error) {
	there, err := p.client.Accounts(ctx, sekoia.AccountQuery{ModuleID: sekoia.OktaModuleID, CommunityID: p.community, Name: p.name})
	if err != nil {
		return "", fmt.Errorf("the accounts could not be listed: %w", err)
	}

	leftover, err := p.leftover(ctx, there)
	if err != nil {
		return "", err
	}

	if leftover != "" {
		if err := p.client.UpdateAccount(ctx, leftover, sekoia.AccountChange{Settings: p.settings}); err != nil {
			return "", fmt.Errorf("the account %s, left over by an interrupted create, could not be taken over: %w", leftover, err)
		}

		return leftover, nil
	}

	account, err := p.client.CreateAccount(ctx, sekoia.NewAccount{
		ModuleID: sekoia.OktaModuleID, Name: p.name, CommunityID: p.community, Settings: p.settings,
	})
	if sekoia.OutcomeUnknown(err) {
		lost := err
		err = cleanUp(ctx, func(ctx context.Context) (err error) {
			account, err = p.appeared(ctx, there, lost)

			return err
		})
	}

	if err != nil {
		return "", fmt.Errorf("the account could not be created: %w", err)
	}

	if account.CommunityID != p.community {
		return "", p.removeAccount(ctx, account.ID, wrongCommunity("account", account.CommunityID, p.community))
	}

	return account.ID, nil
}

// leftover finds an account that this key made, that nobody uses, and that has
// this base URL or none: what a create that was killed between its two POSTs leaves.
func (p provision) leftover(ctx context.Context, accounts []sekoia.Account) (string, error) {
	for _, account := range accounts {
		if account.BaseURL != nil && !terraform.SameBaseURL(*account.BaseURL, p.settings[sekoia.SettingBaseURL].Reveal()) {
			continue
		}

		mine, err := p.mine(ctx, account)
		if err != nil {
			return "", err
		}

		if !mine {
			continue
		}

		usage, err := p.client.AccountUsage(ctx, account.ID)
		if sekoia.IsNotFound(err) {
			continue
		}

		if err != nil {
			return "", fmt.Errorf("the usage of the account %s could not be read: %w", account.ID, err)
		}

		if usage.Unused() {
			return account.ID, nil
		}
	}

	return "", nil
}

func (p provision) mine(ctx context.Context, account sekoia.Account) (bool, error) {
	me, err := p.me(ctx)
	if err != nil {
		return false, fmt.Errorf("the profile of the API key could not be read: %w", err)
	}

	return account.CreatedByProfile(*me), nil
}

// appeared finds the account of a POST whose reply was lost: it was not there before, and this key made it.
func (p provision) appeared(ctx context.Context, before []sekoia.Account, lost error) (*sekoia.Account, error) {
	after, err := p.client.Accounts(ctx, sekoia.AccountQuery{ModuleID: sekoia.OktaModuleID, CommunityID: p.community, Name: p.name})
	if err != nil {
		return nil, fmt.Errorf("%w\nWhether it was created all the same could not be seen: %w", lost, err)
	}

	for _, account := range after {
		known := slices.ContainsFunc(before, func(b sekoia.Account) bool { return b.ID == account.ID })
		if known {
			continue
		}

		mine, err := p.mine(ctx, account)
		if err != nil {
			return nil, fmt.Errorf("%w\n%w", lost, err)
		}

		if mine {
			return &account, nil
		}
	}

	return nil, lost
}

// given is the UUID of the account that a configuration puts the connector on; empty where one is made.
func given(config *model) string {
	if !config.onGivenAccount() {
		return ""
	}

	return config.AccountID.ValueString()
}

// givenAccount reads an account that the configuration gives, and looks that a connector can be put on it.
func givenAccount(ctx context.Context, client *sekoia.Client, id, community string) (*sekoia.Account, diag.Diagnostics) {
	var diags diag.Diagnostics

	account, err := client.Account(ctx, id)

	switch {
	case sekoia.IsNotFound(err):
		diags.AddAttributeError(pathAccount, "There is no such account",
			"Sekoia has no account (module configuration) "+id+" that this API key sees.\n"+
				"Its UUID is in the address of the account's page. Leave account_id out to have an account made for this connector.")
	case err != nil:
		terraform.AddSekoiaError(&diags, pathAccount, "The account could not be read", err)
	case account.ModuleID != sekoia.OktaModuleID:
		diags.AddAttributeError(pathAccount, "The account is not one of Okta",
			"The account "+id+" belongs to another integration (module "+account.ModuleID+"), so that it holds no Okta URL and token.")
	case community != "" && account.CommunityID != community:
		diags.AddAttributeError(pathAccount, "The account is in another community",
			"The account "+id+" belongs to the community "+account.CommunityID+", and community_id is "+community+".")
	}

	return account, diags
}

// takeGivenAccount takes what the account that the configuration gives holds into a plan that does not know it yet.
func (m *model) takeGivenAccount(ctx context.Context, client *sekoia.Client, config *model) diag.Diagnostics {
	account, diags := givenAccount(ctx, client, config.AccountID.ValueString(), config.CommunityID.ValueString())
	if diags.HasError() {
		return diags
	}

	if m.BaseURL.IsUnknown() {
		m.BaseURL = heldURL(account)
	}

	if m.CommunityID.IsUnknown() {
		m.CommunityID = types.StringValue(account.CommunityID)
	}

	return diags
}

// heldURL is the base URL that an account holds; null where Sekoia does not say.
func heldURL(account *sekoia.Account) terraform.BaseURL {
	if account.BaseURL == nil {
		return terraform.NullBaseURL()
	}

	return terraform.NewBaseURL(*account.BaseURL)
}

// connector makes the connector, or takes the account away again. there are the connectors of its name that were there before.
func (p provision) connector(ctx context.Context, accountID string, there []sekoia.Connector) (string, error) {
	connector, err := p.client.CreateConnector(ctx, sekoia.NewConnector{
		ConnectorID: sekoia.OktaDeviceConnectorID, Name: p.name, CommunityID: p.community, AccountID: accountID,
	})
	if sekoia.OutcomeUnknown(err) {
		var looked bool
		if connector, looked, err = p.connectorOn(ctx, accountID, there, err); !looked {
			return "", fmt.Errorf("the connector may or may not have been created on the account %s: %w", accountID, err)
		}
	}

	if err != nil {
		return "", p.removeAccount(ctx, accountID, fmt.Errorf("the connector could not be created: %w", err))
	}

	if connector.CommunityID != p.community {
		cause := wrongCommunity("connector", connector.CommunityID, p.community)
		if err := cleanUp(ctx, func(ctx context.Context) error { return p.client.DeleteConnector(ctx, connector.ID) }); err != nil {
			return "", &leftoverError{what: "connector", id: connector.ID, cause: cause, removal: err}
		}

		return "", p.removeAccount(ctx, accountID, cause)
	}

	return connector.ID, nil
}

// connectorOn finds the connector of a POST whose reply was lost: the one on the
// account that was not there before. looked is false where the look failed too.
func (p provision) connectorOn(ctx context.Context, accountID string, before []sekoia.Connector, lost error) (found *sekoia.Connector, looked bool, err error) {
	var connectors []sekoia.Connector

	err = cleanUp(ctx, func(ctx context.Context) (err error) {
		connectors, err = p.client.Connectors(ctx, sekoia.ConnectorQuery{ConnectorID: sekoia.OktaDeviceConnectorID, CommunityID: p.community, Name: p.name})

		return err
	})
	if err != nil {
		return nil, false, fmt.Errorf("%w\nThe look whether it was created all the same failed: %w", lost, err)
	}

	for _, connector := range connectors {
		known := slices.ContainsFunc(before, func(b sekoia.Connector) bool { return b.ID == connector.ID })
		if connector.AccountID == accountID && !known {
			return &connector, true, nil
		}
	}

	return nil, true, lost
}

// removeAccount takes an account away again that this provision made; a given one stays.
func (p provision) removeAccount(ctx context.Context, id string, cause error) error {
	if p.given != "" {
		return cause
	}

	if err := cleanUp(ctx, func(ctx context.Context) error { return p.client.DeleteAccount(ctx, id) }); err != nil {
		return &leftoverError{what: "account", id: id, cause: cause, removal: err}
	}

	return cause
}

// cleanUpPatience bounds what is done after a run was interrupted.
const cleanUpPatience = 30 * time.Second

// cleanUp does what has to be done although the run may have been interrupted.
func cleanUp(ctx context.Context, do func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), cleanUpPatience)
	defer cancel()

	return do(ctx)
}

func wrongCommunity(what, got, asked string) error {
	return fmt.Errorf("the %s was made in the community %s, not in %s that was asked for; it was removed again", what, got, asked)
}

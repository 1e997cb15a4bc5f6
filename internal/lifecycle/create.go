// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package lifecycle

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/sekoia"
)

// Pair is a connector and its account, by their UUIDs.
type Pair struct{ ConnectorID, AccountID string }

// ExistsError means that the connector that is wanted exists already.
type ExistsError struct{ Duplicate Duplicate }

// Error names the connector.
func (e *ExistsError) Error() string {
	return "a connector with this name and target exists already: " + e.Duplicate.Connector.ID
}

// LeftoverError means that an operation failed and could not remove again what it had made.
type LeftoverError struct {
	Kind, ID string // "account" or "connector", and its UUID
	Cause    error
	Removal  error // why it could not be removed
}

// Error names what is left over.
func (e *LeftoverError) Error() string {
	return fmt.Sprintf("%s\nThe %s %s was made before that. It could not be removed again: %s", e.Cause, e.Kind, e.ID, e.Removal)
}

// Unwrap returns what went wrong first.
func (e *LeftoverError) Unwrap() error { return e.Cause }

// Create makes an account with these settings and a connector on it, which Sekoia starts by itself. One create at a
// time runs in a process, and each looks before it makes anything: nothing is made twice, and what fails leaves nothing
// behind but what its error names.
func (c *Connectors) Create(ctx context.Context, wanted Spec, settings sekoia.AccountSettings) (Pair, error) {
	release, err := c.exclusive(ctx)
	if err != nil {
		return Pair{}, err
	}
	defer release()
	there, err := c.look(ctx, wanted)
	var duplicate *Duplicate
	if err == nil {
		duplicate, err = c.duplicate(ctx, wanted, there)
	}
	if err != nil {
		return Pair{}, fmt.Errorf("whether the connector exists already is not known: %w", err)
	}
	if duplicate != nil {
		return Pair{}, &ExistsError{*duplicate}
	}
	accountID, err := c.provideAccount(ctx, wanted, settings, there.accounts)
	if err != nil {
		return Pair{}, err
	}
	connectorID, known, err := c.provideConnector(ctx, wanted, accountID, there.connectors)
	if err != nil && known {
		err = c.removeAgain(ctx, "account", accountID, err)
	}
	return Pair{connectorID, accountID}, err
}

// provideAccount makes an account, or takes one that an operation which was cut off left behind. before are those of
// its name.
func (c *Connectors) provideAccount(ctx context.Context, wanted Spec, settings sekoia.AccountSettings, before []sekoia.Account) (string, error) {
	unused, err := c.unusedAccount(ctx, wanted, before)
	if err != nil {
		return "", err
	}
	if unused != "" {
		if err := c.client.UpdateAccount(ctx, unused, sekoia.AccountChange{Name: &wanted.Name, Settings: settings}); err != nil {
			return "", fmt.Errorf("the unused account %s could not be taken: %w", unused, err)
		}
		return unused, nil
	}
	account, err := c.client.CreateAccount(ctx, sekoia.NewAccount{
		ModuleID: c.product.ModuleID, Name: wanted.Name, CommunityID: wanted.CommunityID, Settings: settings,
	})
	if sekoia.OutcomeUnknown(err) {
		lost := err
		err = finish(ctx, func(ctx context.Context) (err error) {
			account, err = c.appearedAccount(ctx, wanted, before, lost)
			return err
		})
	}
	if err != nil {
		return "", fmt.Errorf("the account could not be created: %w", err)
	}
	if !strings.EqualFold(account.CommunityID, wanted.CommunityID) {
		return "", c.removeMisplaced(ctx, "account", account.ID, account.CommunityID, wanted)
	}
	return account.ID, nil
}

// appearedAccount finds the account of a POST whose reply was lost: the one that was not there before.
func (c *Connectors) appearedAccount(ctx context.Context, wanted Spec, before []sekoia.Account, lost error) (*sekoia.Account, error) {
	after, err := c.accountsNamed(ctx, wanted)
	if err != nil {
		return nil, fmt.Errorf("%w\nWhether it was created all the same is not known: %w", lost, err)
	}
	for index := range after {
		account := &after[index]
		known := slices.ContainsFunc(before, func(b sekoia.Account) bool { return b.ID == account.ID })
		if held := c.product.Target(account); !known && (held == nil || c.product.SameTarget(*held, wanted.Target)) {
			return account, nil
		}
	}
	return nil, lost
}

// provideConnector makes a connector on an account. before are those of its name that were there before. If it fails,
// known reports whether Sekoia is known to have no such connector.
func (c *Connectors) provideConnector(ctx context.Context, wanted Spec, accountID string, before []sekoia.Connector) (id string, known bool, err error) {
	connector, err := c.client.CreateConnector(ctx, sekoia.NewConnector{
		ConnectorID: c.product.ConnectorID, Name: wanted.Name, CommunityID: wanted.CommunityID, AccountID: accountID,
	})
	if sekoia.OutcomeUnknown(err) {
		var looked bool
		if connector, looked, err = c.appearedConnector(ctx, wanted, accountID, before, err); !looked {
			return "", false, fmt.Errorf("the connector may or may not have been created on the account %s: %w", accountID, err)
		}
	}
	if err != nil {
		return "", true, fmt.Errorf("the connector could not be created: %w", err)
	}
	if !strings.EqualFold(connector.CommunityID, wanted.CommunityID) {
		err := c.removeMisplaced(ctx, "connector", connector.ID, connector.CommunityID, wanted)
		_, left := errors.AsType[*LeftoverError](err)
		return "", !left, err
	}
	c.note(c.made, connector.ID)
	c.note(c.made, accountID)
	return connector.ID, true, nil
}

// appearedConnector finds the connector of a POST whose reply was lost: the one on the account that was not there
// before. looked is false if the look failed too.
func (c *Connectors) appearedConnector(
	ctx context.Context, wanted Spec, accountID string, before []sekoia.Connector, lost error,
) (found *sekoia.Connector, looked bool, err error) {
	var after []sekoia.Connector
	err = finish(ctx, func(ctx context.Context) (err error) {
		after, err = c.named(ctx, wanted)
		return err
	})
	if err != nil {
		return nil, false, fmt.Errorf("%w\nThe look for it failed too: %w", lost, err)
	}
	for index := range after {
		connector := &after[index]
		known := slices.ContainsFunc(before, func(b sekoia.Connector) bool { return b.ID == connector.ID })
		if strings.EqualFold(connector.AccountID, accountID) && !known {
			return connector, true, nil
		}
	}
	return nil, true, lost
}

// removeAgain removes an object that a failed operation made. It returns the cause, or a *LeftoverError.
func (c *Connectors) removeAgain(ctx context.Context, kind, id string, cause error) error {
	remove := c.client.DeleteAccount
	if kind == "connector" {
		remove = c.client.DeleteConnector
	}
	if err := finish(ctx, func(ctx context.Context) error { return remove(ctx, id) }); err != nil {
		return &LeftoverError{Kind: kind, ID: id, Cause: cause, Removal: err}
	}
	return cause
}

// finishTimeout bounds what is done after a run was interrupted.
const finishTimeout = 30 * time.Second

// finish does what has to be done although the run may have been interrupted.
func finish(ctx context.Context, do func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), finishTimeout)
	defer cancel()
	return do(ctx)
}

// removeMisplaced removes an object that Sekoia put into another community than the one that is wanted. It always
// returns an error.
func (c *Connectors) removeMisplaced(ctx context.Context, kind, id, community string, wanted Spec) error {
	cause := fmt.Errorf("the %s was made in the community %s instead of %s", kind, community, wanted.CommunityID)
	err := c.removeAgain(ctx, kind, id, cause)
	if _, left := errors.AsType[*LeftoverError](err); left {
		return err
	}
	return fmt.Errorf("%w. It was removed again", cause)
}

// Settle brings a connector that was just made, and that Sekoia has started, to what is asked for. The connector
// exists: all there is to say about it is remarks.
func (c *Connectors) Settle(ctx context.Context, id string, enabled bool, wait Wait) []Remark {
	run := c.runner(id, nil)
	if !enabled {
		remarks, err := run.stop(ctx)
		if err != nil {
			remarks = append(remarks, Remark{
				Summary: "The connector was created, but could not be stopped", Err: err,
				Detail: "The next plan shows enabled = true, and an apply stops it.",
			})
		}
		return remarks
	}
	ended := run.wait(ctx, wait, mark{})
	if ended.bad != nil {
		ended.remarks = append(ended.remarks, Remark{Summary: "The connector was created, but its sync failed", Err: ended.bad})
	}
	return ended.remarks
}

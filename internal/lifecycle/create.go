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

// Create creates an account with these settings and a connector on it, which Sekoia then starts. In one process, one
// create runs at a time, and each looks before it creates anything: nothing is created twice, and what fails leaves
// nothing behind but what its error names.
func (c *Connectors) Create(ctx context.Context, wanted Spec, settings sekoia.AccountSettings) (Pair, error) {
	release, err := c.takeTurn(ctx, alone)
	if err != nil {
		return Pair{}, err
	}
	defer release()
	before, err := c.namesakes(ctx, wanted)
	var duplicate *Duplicate
	if err == nil {
		duplicate, err = c.duplicate(ctx, wanted, before)
	}
	if err != nil {
		return Pair{}, fmt.Errorf("it could not be checked if the connector exists already: %w", err)
	}
	if duplicate != nil {
		return Pair{}, &ExistsError{*duplicate}
	}
	accountID, err := c.provideAccount(ctx, wanted, settings, before.accounts)
	if err != nil {
		return Pair{}, notCreated(err)
	}
	connectorID, err := c.createConnector(ctx, wanted, accountID, before.connectors)
	if err != nil && !errors.As(err, new(*leftoverError)) {
		err = c.undo(ctx, "account", accountID, err)
	}
	return Pair{connectorID, accountID}, notCreated(err)
}

// provideAccount creates an account, or takes one that an operation which was cut off left behind. before are those of
// its name.
func (c *Connectors) provideAccount(ctx context.Context, wanted Spec, settings sekoia.AccountSettings, before []sekoia.Account) (string, error) {
	unused, err := c.unusedAccount(ctx, wanted, before)
	if err != nil {
		return "", err
	}
	if unused != "" {
		if err := c.client.UpdateAccount(ctx, unused, sekoia.AccountFields{Name: wanted.Name, Settings: settings}); err != nil {
			return "", fmt.Errorf("the unused account %s could not be taken: %w", unused, err)
		}
		return unused, nil
	}
	account, err := c.client.CreateAccount(ctx, sekoia.AccountFields{
		ModuleID: c.product.ModuleID, Name: wanted.Name, CommunityID: wanted.CommunityID, Settings: settings,
	})
	if sekoia.OutcomeUnknown(err) {
		account, err = findLost(ctx, err, "", func(ctx context.Context) ([]sekoia.Account, error) { return c.accountsNamed(ctx, wanted) },
			func(found *sekoia.Account) bool {
				isOld := slices.ContainsFunc(before, func(old sekoia.Account) bool { return old.ID == found.ID })
				return !isOld && (found.BaseURL == nil || c.targets(found, wanted.Target))
			})
	}
	if err != nil {
		return "", fmt.Errorf("the account could not be created: %w", err)
	}
	return account.ID, c.checkCommunity(ctx, "account", account.ID, account.CommunityID, wanted)
}

// findLost finds what a POST created whose reply was lost: the object that was not there before, and that can be the
// one. If the look fails too, the error is a *leftoverError.
func findLost[T any](ctx context.Context, lost error, place string, list func(context.Context) ([]T, error), isNew func(*T) bool) (*T, error) {
	var after []T
	err := finish(ctx, func(ctx context.Context) (err error) {
		after, err = list(ctx)
		return err
	})
	if err != nil {
		return nil, &leftoverError{lost, fmt.Sprintf("It may exist all the same%s. The look for it failed too: %s", place, err)}
	}
	if at := slices.IndexFunc(after, func(found T) bool { return isNew(&found) }); at >= 0 {
		return &after[at], nil
	}
	return nil, lost
}

// createConnector creates a connector on an account. before are those of its name. If its error is a *leftoverError,
// the connector is or may be there.
func (c *Connectors) createConnector(ctx context.Context, wanted Spec, accountID string, before []sekoia.Connector) (string, error) {
	connector, err := c.client.CreateConnector(ctx, sekoia.ConnectorFields{
		ConnectorID: c.product.ConnectorID, Name: wanted.Name, CommunityID: wanted.CommunityID, AccountID: accountID,
	})
	if sekoia.OutcomeUnknown(err) {
		place := ", on the account " + accountID
		connector, err = findLost(ctx, err, place, func(ctx context.Context) ([]sekoia.Connector, error) { return c.connectorsNamed(ctx, wanted) },
			func(found *sekoia.Connector) bool {
				isOld := slices.ContainsFunc(before, func(old sekoia.Connector) bool { return old.ID == found.ID })
				return !isOld && strings.EqualFold(found.AccountID, accountID)
			})
	}
	if err != nil {
		return "", fmt.Errorf("the connector could not be created: %w", err)
	}
	if err := c.checkCommunity(ctx, "connector", connector.ID, connector.CommunityID, wanted); err != nil {
		return "", err
	}
	c.note(wasCreated, connector.ID)
	c.note(wasCreated, accountID)
	return connector.ID, nil
}

// leftoverError means that an operation failed, and that something which it created is or may be left.
type leftoverError struct {
	error

	left string // a sentence that says what is left
}

func (e *leftoverError) Unwrap() error { return e.error }

// notCreated is the error of a create, with what it left behind.
func notCreated(err error) error {
	if leftover, ok := errors.AsType[*leftoverError](err); ok {
		return &StepError{Step: "The connector was not created", Err: err, Left: strings.TrimSuffix(leftover.left, ".") + "."}
	}
	return err
}

// undo removes an object that a failed operation created. It returns the cause, or a *leftoverError.
func (c *Connectors) undo(ctx context.Context, kind, id string, cause error) error {
	remove := c.client.DeleteAccount
	if kind == "connector" {
		remove = c.client.DeleteConnector
	}
	if err := finish(ctx, func(ctx context.Context) error { return remove(ctx, id) }); err != nil {
		return &leftoverError{cause, fmt.Sprintf("The %s %s was created before that. It could not be removed: %s", kind, id, err)}
	}
	return cause
}

// checkCommunity removes an object that Sekoia created in another community than the one that is wanted. That is an
// error.
func (c *Connectors) checkCommunity(ctx context.Context, kind, id, community string, wanted Spec) error {
	if strings.EqualFold(community, wanted.CommunityID) {
		return nil
	}
	cause := fmt.Errorf("the %s was created in the community %s instead of %s", kind, community, wanted.CommunityID)
	if err := c.undo(ctx, kind, id, cause); errors.As(err, new(*leftoverError)) {
		return err
	}
	return fmt.Errorf("%w. It was removed again", cause)
}

// finishTimeout bounds what is done after a run was interrupted.
const finishTimeout = 30 * time.Second

// finish does what has to be done although the run may have been interrupted.
func finish(ctx context.Context, do func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), finishTimeout)
	defer cancel()
	return do(ctx)
}

// Settle brings a connector that was just created, and that Sekoia has started, to what is asked for. The connector
// exists, so whatever fails is only a remark.
func (c *Connectors) Settle(ctx context.Context, id string, enabled bool, wait Wait) []Remark {
	run := c.runner(id, nil)
	if enabled {
		if err := run.wait(ctx, wait); err != nil {
			run.remarks = append(run.remarks, Remark{Summary: "The connector was created, but its sync failed", Err: err})
		}
	} else if err := run.stop(ctx); err != nil {
		run.remarks = append(run.remarks, Remark{
			Summary: "The connector was created, but could not be stopped", Err: err,
			Detail: "The next plan shows enabled = true, and an apply stops it.",
		})
	}
	return run.remarks
}

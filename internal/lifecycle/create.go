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

	"github.com/sekoia-io/terraform-provider-sekoia/internal/advice"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/sekoia"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/credential"
)

// creation creates a connector and its account, or only the one that is gone. Its caller holds the turn alone.
type creation struct {
	*Connectors
	Spec
	settings  sekoia.AccountSettings
	accountID string // that the connector is to be on
	left      string // what it leaves behind, or may leave; "" if that is nothing
}

// Create creates an account with these settings and a connector on it, which Sekoia then starts. In one process, one
// create runs at a time, and each looks before it creates anything: nothing is created twice, and what fails leaves
// nothing behind but what its error names.
func (c *Connectors) Create(ctx context.Context, wanted Spec, settings sekoia.AccountSettings) (Record, error) {
	const step = "The connector was not created"
	release, err := c.takeTurn(ctx, alone)
	if err != nil {
		return Record{}, failed(step, err)
	}
	defer release()
	before, err := c.namesakes(ctx, wanted)
	if err == nil {
		err = c.checkNew(ctx, wanted, before)
	}
	if exists, ok := errors.AsType[*ExistsError](err); ok {
		return Record{}, exists
	}
	if err != nil {
		return Record{}, failed("It could not be checked if the connector exists already", err)
	}
	made := creation{Connectors: c, Spec: wanted, settings: settings}
	if made.accountID, err = made.account(ctx, before.accounts); err != nil {
		return Record{}, made.failed(step, err)
	}
	connector, err := made.connector(ctx, before.connectors)
	if err != nil && made.left == "" {
		made.undo(ctx, "account", made.accountID)
	}
	return Record{ID: connector, AccountID: made.accountID}, made.failed(step, err)
}

// failed is the error of a creation: err, and what is left behind.
func (c *creation) failed(step string, err error) error {
	if err == nil {
		return nil
	}
	return &StepError{Step: step, Err: err, Left: advice.Sentence(c.left)}
}

// account creates an account, or takes one that an operation which was cut off left behind. before are those of its
// name.
func (c *creation) account(ctx context.Context, before []sekoia.Account) (string, error) {
	unused, err := c.unusedAccount(ctx, c.Spec, before)
	if err != nil {
		return "", err
	}
	if unused != "" {
		if err := c.client.UpdateAccount(ctx, unused, sekoia.AccountFields{Name: c.Name, Settings: c.settings}); err != nil {
			return "", fmt.Errorf("the unused account %s could not be taken: %w", unused, err)
		}
		return unused, nil
	}
	account, err := c.client.CreateAccount(ctx, sekoia.AccountFields{
		ModuleID: sekoia.OktaModuleID, Name: c.Name, CommunityID: c.CommunityID, Settings: c.settings,
	})
	if sekoia.OutcomeUnknown(err) {
		account, err = findLost(ctx, c, err, "", c.accountsNamed, func(found *sekoia.Account) bool {
			isOld := slices.ContainsFunc(before, func(old sekoia.Account) bool { return old.ID == found.ID })
			return !isOld && (found.BaseURL == nil || c.targets(found, c.Target))
		})
	}
	if err != nil {
		return "", fmt.Errorf("the account could not be created: %w", err)
	}
	if err := c.checkCommunity(ctx, "account", account.ID, account.CommunityID); err != nil {
		return "", err
	}
	return account.ID, nil
}

// connector creates a connector on the account. before are those of its name.
func (c *creation) connector(ctx context.Context, before []sekoia.Connector) (string, error) {
	connector, err := c.client.CreateConnector(ctx, sekoia.ConnectorFields{
		ConnectorID: sekoia.OktaDeviceConnectorID, Name: c.Name, CommunityID: c.CommunityID, AccountID: c.accountID,
	})
	if sekoia.OutcomeUnknown(err) {
		connector, err = findLost(ctx, c, err, ", on the account "+c.accountID, c.connectorsNamed, func(found *sekoia.Connector) bool {
			isOld := slices.ContainsFunc(before, func(old sekoia.Connector) bool { return old.ID == found.ID })
			return !isOld && strings.EqualFold(found.AccountID, c.accountID)
		})
	}
	if err != nil {
		return "", fmt.Errorf("the connector could not be created: %w", err)
	}
	if err := c.checkCommunity(ctx, "connector", connector.ID, connector.CommunityID); err != nil {
		return "", err
	}
	c.note(wasCreated, connector.ID)
	c.note(wasCreated, c.accountID)
	return connector.ID, nil
}

// findLost looks for what a POST created whose reply was lost: an object on the list that was not there before and
// fits. If it finds nothing, it returns the error of the POST.
func findLost[T any](
	ctx context.Context, c *creation, lost error, place string, list func(context.Context, Spec) ([]T, error), isNew func(*T) bool,
) (*T, error) {
	var after []T
	err := finish(ctx, finishTimeout, func(ctx context.Context) (err error) {
		after, err = list(ctx, c.Spec)
		return err
	})
	if err != nil {
		c.left = "It may exist all the same" + place + ". The look for it failed too: " + err.Error()
		return nil, lost
	}
	if at := slices.IndexFunc(after, func(found T) bool { return isNew(&found) }); at >= 0 {
		return &after[at], nil
	}
	return nil, lost
}

// checkCommunity removes an object that Sekoia created in another community than the wanted one, and returns an error.
func (c *creation) checkCommunity(ctx context.Context, kind, id, community string) error {
	if strings.EqualFold(community, c.CommunityID) {
		return nil
	}
	outcome := ". It was removed again"
	if c.undo(ctx, kind, id); c.left != "" {
		outcome = ""
	}
	return fmt.Errorf("the %s was created in the community %s instead of %s%s", kind, credential.Sanitize(community), c.CommunityID, outcome)
}

// undo removes an object that a failed operation created.
func (c *creation) undo(ctx context.Context, kind, id string) {
	remove, named := c.client.DeleteAccount, kind+" "+credential.Sanitize(id)
	if kind == "connector" {
		remove, named = c.client.DeleteConnector, named+", on the account "+c.accountID+","
	}
	if err := finish(ctx, finishTimeout, func(ctx context.Context) error { return remove(ctx, id) }); err != nil {
		c.left = fmt.Sprintf("The %s was created before that. It could not be removed: %s", named, err)
	}
}

// finishTimeout bounds what is done after a run was interrupted.
const finishTimeout = 30 * time.Second

// finish does what must be done even if the run was interrupted.
func finish(ctx context.Context, timeout time.Duration, do func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), timeout)
	defer cancel()
	return do(ctx)
}

// Settle waits for a connector that Sekoia has just created and started, or stops it if it should not run. The
// connector exists, so a failure is only a remark.
func (c *Connectors) Settle(ctx context.Context, id string, enabled bool, wait Wait) []*StepError {
	run := &runner{Connectors: c, id: id}
	if enabled {
		if err := run.wait(ctx, wait); err != nil {
			run.remark("The connector was created, but its sync failed", err, "")
		}
	} else if err := run.stop(ctx); err != nil {
		run.remark("The connector was created, but could not be stopped", err, "The next plan shows enabled = true, and an apply stops it.")
	}
	return run.remarks
}

// Remove removes a connector and its account. What is gone already is no error. An account that others use stays, and a
// remark says so. If the connector's account is not known, an unused one with its name and target is removed: an update
// that was cut off may have created it.
func (c *Connectors) Remove(ctx context.Context, known Record, spec Spec) ([]*StepError, error) {
	release, err := c.takeTurn(ctx, shared)
	if err != nil {
		return nil, failed("The connector was not deleted", err)
	}
	defer release()
	if err := c.client.DeleteConnector(ctx, known.ID); err != nil {
		return nil, failed("The connector could not be deleted", err)
	}
	c.note(wasRemoved, known.ID)
	accountID := known.AccountID
	if accountID == "" {
		accounts, err := c.accountsNamed(ctx, spec)
		if err == nil {
			accountID, err = c.unusedAccount(ctx, spec, accounts)
		}
		if accountID == "" {
			return nil, failed("The connector was deleted. It could not be checked if its account is left", err)
		}
	}
	return c.removeAccount(ctx, accountID, spec)
}

// removeAccount removes an account, unless somebody uses it.
func (c *Connectors) removeAccount(ctx context.Context, id string, spec Spec) ([]*StepError, error) {
	err := c.CheckUsers(ctx, id, 0)
	if used, ok := errors.AsType[*SharedError](err); ok {
		// If this run created the one connector on it, that is the successor of the one that is removed
		// (create_before_destroy), and has found the account unused.
		if (used.usage == sekoia.Usage{Connectors: 1}) && c.noted(wasCreated, id) {
			return nil, nil
		}
		return []*StepError{{Step: "The connector's account stays in Sekoia", Err: used, Left: "It still holds the API token."}}, nil
	}
	if err == nil {
		err = c.client.DeleteAccount(ctx, id)
	}
	step := "The connector was deleted. Its account " + id + " was not"
	if sekoia.IsNotFound(err) { // of what answers a list with a 404 too, no 404 says that anything is gone
		step = "It could not be checked if the connector and its account " + id + " are gone"
		_, err = c.accountsNamed(ctx, spec)
		err = ignoreUnlisted(err)
	}
	return nil, failed(step, err)
}

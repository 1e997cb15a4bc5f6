// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package lifecycle

import (
	"context"
	"errors"
	"fmt"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/sekoia"
)

// Remove removes a connector and its account. What is gone already is no error. An account that others use stays, and a
// remark says so. If the connector's account is not known, an unused one with its name and target is removed: an update
// that was cut off may have created it.
func (c *Connectors) Remove(ctx context.Context, known Record, spec Spec) ([]Remark, error) {
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
		if err != nil {
			return nil, failed("The connector was deleted. It could not be checked if its account is left", err)
		}
	}
	if accountID == "" {
		return nil, nil
	}
	return c.removeAccount(ctx, accountID)
}

// removeAccount removes an account, unless somebody uses it.
func (c *Connectors) removeAccount(ctx context.Context, id string) ([]Remark, error) {
	err := c.checkUsers(ctx, id, 0)
	if used, ok := errors.AsType[*SharedError](err); ok {
		// If this run created the one connector on it, that is the successor of the one that is removed
		// (create_before_destroy), and has found the account unused.
		if (used.Usage == sekoia.Usage{Connectors: 1}) && c.noted(wasCreated, id) {
			return nil, nil
		}
		return []Remark{{
			Summary: "The connector's account stays in Sekoia",
			Detail:  fmt.Sprintf("Others use the account %s: %s. It still holds the API token.", id, Users(used.Usage)),
		}}, nil
	}
	if err == nil {
		err = c.client.DeleteAccount(ctx, id)
	}
	if err != nil && !sekoia.IsNotFound(err) {
		return nil, failed("The connector was deleted. Its account "+id+" was not", err)
	}
	return nil, nil
}

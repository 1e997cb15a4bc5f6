// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package lifecycle

import (
	"context"
	"errors"
	"fmt"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/sekoia"
)

// Remove removes a connector and its account. What is gone already is no error. An account that others use stays, which
// the remark says. If its account is not known, one with the connector's name and target that nobody uses is removed:
// an update that was cut off may have made it.
func (c *Connectors) Remove(ctx context.Context, known Known, spec Spec) ([]Remark, error) {
	release, err := c.besides(ctx)
	if err != nil {
		return nil, failed("The connector was not deleted", err)
	}
	defer release()
	if err := c.client.DeleteConnector(ctx, known.ID); err != nil {
		return nil, failed("The connector could not be deleted", err)
	}
	c.note(c.gone, known.ID)
	accountID := known.AccountID
	if accountID == "" {
		accounts, err := c.accountsNamed(ctx, spec)
		if err == nil {
			accountID, err = c.unusedAccount(ctx, spec, accounts)
		}
		if err != nil {
			return nil, failed("The connector was deleted. Whether an account of it is left is not known", err)
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
	shared, used := errors.AsType[*SharedError](err)
	switch {
	case sekoia.IsNotFound(err):
		return nil, nil
	case used:
		// Created before its predecessor was removed, and found the predecessor's account unused.
		if (shared.Usage == sekoia.Usage{Connectors: 1}) && c.noted(c.made, id) {
			return nil, nil
		}
		return []Remark{{
			Summary: "The connector's account stays in Sekoia",
			Detail:  fmt.Sprintf("The account %s is used by others: %s. It holds the Okta API token.", id, Users(shared.Usage)),
		}}, nil
	case err != nil:
		return nil, failed("The connector was deleted. Its account "+id+" was not: nobody knows who uses it", err)
	}
	if err := c.client.DeleteAccount(ctx, id); err != nil {
		return nil, failed("The connector was deleted. Its account "+id+" was not", err)
	}
	return nil, nil
}

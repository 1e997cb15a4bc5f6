// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package lifecycle

import (
	"context"
	"errors"
	"strings"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/sekoia"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/credential"
)

// Drift says what is wrong with a connector: what somebody changed by hand, or what an update that was cut off left
// behind. It is "" if nothing is wrong. The same problem always has the same words.
type Drift string

// What can be wrong, besides an account that has another target: see otherTarget.
const (
	DriftAccountGone Drift = "its account is gone"
	DriftMoved       Drift = "it was moved to another account"
	DriftDeleted     Drift = "it was deleted, its account is still there"

	driftTarget = "its account says "
)

// otherTarget is the drift of a connector whose account has another target than it should.
func otherTarget(held string) Drift { return Drift(driftTarget + credential.Sanitize(held)) }

// NeedsSettings reports whether the repair writes an account's settings, the credential among them.
func (d Drift) NeedsSettings() bool {
	return d == DriftAccountGone || strings.HasPrefix(string(d), driftTarget)
}

// Record is what a caller keeps of a connector.
type Record struct {
	ID        string
	AccountID string // "" if its account is gone, or nothing but ID is known
	Target    string // "" if it is not known
	Imported  bool   // nothing but ID is known
}

// ReadResult is what Sekoia holds of a connector.
type ReadResult struct {
	// Connector is nil if it was deleted, while its account is still there, unused.
	Connector *sekoia.Connector
	AccountID string  // of the account that belongs to it; "" if that is gone
	Target    *string // that its account has; nil if Sekoia does not return it
	Drift     Drift
}

// Read reads a connector and compares it with its record. sekoia.IsNotFound is true of the error if the connector is
// gone, and its account is gone too or used by others. In the second case it is a *SharedError too.
func (c *Connectors) Read(ctx context.Context, known Record) (ReadResult, error) {
	const step = "The connector could not be read"
	c.note(wasRead, known.ID)
	listed, err := c.list(ctx)
	if err != nil {
		return ReadResult{}, failed(step, err)
	}
	connector, err := c.listedConnector(ctx, listed, known.ID)
	switch {
	case sekoia.IsNotFound(err):
		return c.readDeleted(ctx, known, err)
	case err != nil:
		return ReadResult{}, failed(step, err)
	case c.isOther(connector):
		return ReadResult{}, ErrOtherProduct
	}
	account, err := c.ownAccount(ctx, listed, known, connector.AccountID)
	if err != nil {
		return ReadResult{}, failed("The connector's account could not be read", err)
	}
	if account == nil {
		return ReadResult{Connector: connector, Drift: DriftAccountGone}, nil
	}
	read := ReadResult{Connector: connector, AccountID: account.ID, Target: account.BaseURL}
	switch {
	case !strings.EqualFold(account.ID, connector.AccountID):
		read.Drift = DriftMoved
	case known.Target != "" && read.Target != nil && !c.sameTarget(*read.Target, known.Target):
		read.Drift = otherTarget(*read.Target)
	}
	return read, nil
}

// ownAccount returns the account that belongs to a connector: the known one. If that is gone, it is the present one, on
// which the connector is, unless others use it too. An imported connector owns its account even then. nil: no account.
func (c *Connectors) ownAccount(ctx context.Context, from *listing, known Record, present string) (*sekoia.Account, error) {
	if known.AccountID != "" {
		account, err := c.listedAccount(ctx, from, known.AccountID)
		if account != nil || err != nil || strings.EqualFold(known.AccountID, present) {
			return account, err
		}
	}
	account, err := c.listedAccount(ctx, from, present)
	if account == nil || err != nil || known.Imported {
		return account, err
	}
	if free, err := c.isFree(ctx, account.ID, 1); !free {
		return nil, err
	}
	return account, nil
}

// readDeleted keeps a connector that is gone if its account is still there, unused. The account holds the credential,
// and nothing else knows of it. A removal that was cut off leaves this, and so does somebody who deletes the connector.
func (c *Connectors) readDeleted(ctx context.Context, known Record, gone error) (ReadResult, error) {
	account, err := c.listedAccount(ctx, &listing{}, known.AccountID)
	if account != nil {
		err = c.CheckUsers(ctx, account.ID, 0)
	}
	switch {
	case isShared(err):
		return ReadResult{}, errors.Join(gone, err)
	case sekoia.IsNotFound(err), err == nil && account == nil:
		return ReadResult{}, gone
	case err != nil:
		return ReadResult{}, failed("The connector's account could not be read", err)
	}
	return ReadResult{AccountID: account.ID, Drift: DriftDeleted}, nil
}

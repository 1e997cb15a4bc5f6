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

// Drift says in words what is wrong with a connector: what somebody changed by hand, or an update that was cut off left
// behind. It is "" if all is well. The same trouble always has the same words.
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

// Known is what was known of a connector before it is read.
type Known struct {
	ID        string
	AccountID string // "" if its account is gone, or nothing but ID is known
	Target    string // "" if it is not known
	Imported  bool   // nothing but ID is known
}

// Found is what Sekoia holds of a connector.
type Found struct {
	// Connector is nil if it was deleted, while its account is still there, unused.
	Connector *sekoia.Connector
	// AccountID is the account that belongs to it; "" if that is gone.
	AccountID string
	// Target is what the account of an import has; nil if Sekoia does not return it.
	Target *string
	Drift  Drift
}

// ErrOtherProduct means that a connector is not one of the product's: its account holds another integration's settings.
var ErrOtherProduct = errors.New("the connector is of another type")

// Read reads a connector and compares it with what was known. The error of a connector that is gone, with an account
// that is gone or used by others, is one for which sekoia.IsNotFound is true.
func (c *Connectors) Read(ctx context.Context, known Known) (Found, error) {
	c.note(c.read, known.ID)
	c.readers.Add(1)
	listed, err := c.list(ctx)
	if err != nil {
		return Found{}, failed("The connector could not be read", err)
	}
	connector, err := c.listedConnector(ctx, listed, known.ID)
	if sekoia.IsNotFound(err) {
		return c.readDeleted(ctx, known, err)
	}
	if err != nil {
		return Found{}, failed("The connector could not be read", err)
	}
	if connector.ConnectorID != "" && !strings.EqualFold(connector.ConnectorID, c.product.ConnectorID) {
		return Found{}, ErrOtherProduct
	}
	found := Found{Connector: connector}
	account, err := c.ownAccount(ctx, known, connector.AccountID, func(id string) (*sekoia.Account, error) {
		return c.listedAccount(ctx, listed, id)
	})
	switch {
	case err != nil:
		return Found{}, failed("The connector's account could not be read", err)
	case account == nil:
		found.Drift = DriftAccountGone
		return found, nil
	}
	found.AccountID, found.Target = account.ID, c.product.Target(account)
	switch {
	case !strings.EqualFold(account.ID, connector.AccountID):
		found.Drift = DriftMoved
	case known.Target != "" && found.Target != nil && !c.product.SameTarget(*found.Target, known.Target):
		found.Drift = otherTarget(*found.Target)
	}
	return found, nil
}

// ownAccount is the account that belongs to a connector: the one that is known; if that is gone, the one that it is on,
// unless others use that too. An import's account belongs to it, whoever else uses it. It is nil if there is none.
func (c *Connectors) ownAccount(
	ctx context.Context, known Known, present string, read func(id string) (*sekoia.Account, error),
) (*sekoia.Account, error) {
	if known.AccountID != "" {
		account, err := read(known.AccountID)
		if account != nil || err != nil || strings.EqualFold(known.AccountID, present) {
			return account, err
		}
	}
	account, err := read(present)
	if account == nil || err != nil || known.Imported {
		return account, err
	}
	err = c.checkUsers(ctx, account.ID, 1)
	if _, shared := errors.AsType[*SharedError](err); shared || sekoia.IsNotFound(err) {
		return nil, nil
	}
	return account, err
}

// account reads an account; nil if it is gone.
func (c *Connectors) account(ctx context.Context, id string) (*sekoia.Account, error) {
	if id == "" {
		return nil, nil
	}
	account, err := c.client.Account(ctx, id)
	if sekoia.IsNotFound(err) {
		return nil, nil
	}
	return account, err
}

// readDeleted keeps a connector that is gone while its account is still there, unused: it holds the credential, and
// nothing else would know of it. So it is after a removal that was cut off, and after somebody deleted the connector by
// hand.
func (c *Connectors) readDeleted(ctx context.Context, known Known, gone error) (Found, error) {
	if known.AccountID == "" {
		return Found{}, gone
	}
	account, err := c.account(ctx, known.AccountID)
	if err != nil {
		return Found{}, failed("The connector's account could not be read", err)
	}
	if account == nil {
		return Found{}, gone
	}
	err = c.checkUsers(ctx, account.ID, 0)
	if _, shared := errors.AsType[*SharedError](err); shared || sekoia.IsNotFound(err) {
		return Found{}, gone
	}
	if err != nil {
		return Found{}, failed("The usage of the connector's account could not be read", err)
	}
	return Found{AccountID: account.ID, Drift: DriftDeleted}, nil
}

// LastErrors returns the newest error lines of a connector's log, fit for a terminal; nil if the log can't be read.
func (c *Connectors) LastErrors(ctx context.Context, id string) []string {
	return c.runner(id, nil).lastErrors(ctx)
}

// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package lifecycle

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/memo"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/sekoia"
)

// listing is some of what Sekoia holds of a product.
type listing struct {
	connectors []sekoia.Connector
	accounts   []sekoia.Account
	// pages is how many calls would have read the longer list; 0 if both are whole.
	pages int
}

// list returns the listing that this process shares: two lists for all who read or look cost less than two calls for
// each connector. It is only as fresh as its first reader, so whatever writes looks by itself. It is not whole if its
// pages are more than the readers so far: then one call for each of them costs less.
func (c *Connectors) list(ctx context.Context) (*listing, error) {
	c.readers.Add(1)
	known, err := memo.Remember(ctx, c.listings, "first pages", c.readListing)
	if err != nil || int64(known.pages) > c.readers.Load() || known.pages == 0 {
		return known, err
	}
	return memo.Remember(ctx, c.listings, "whole", c.readListing)
}

func (c *Connectors) readListing(ctx context.Context) (*listing, error) {
	read := &listing{}
	var connectorPages, accountPages int
	// mayRead lets a list be read to its end if it has at most as many pages as there are readers by then.
	mayRead := func(pages *int) func(int) bool {
		return func(n int) bool {
			if int64(n) > c.readers.Load() {
				*pages = n
			}
			return *pages == 0
		}
	}
	err := both(func() (err error) {
		read.connectors, err = c.client.Connectors(ctx, sekoia.Query{Kind: c.product.ConnectorID, MayRead: mayRead(&connectorPages)})
		return ignoreUnlisted(err)
	}, func() (err error) {
		read.accounts, err = c.client.Accounts(ctx, sekoia.Query{Kind: c.product.ModuleID, MayRead: mayRead(&accountPages)})
		return ignoreUnlisted(err)
	})
	read.pages = max(connectorPages, accountPages)
	return read, err
}

// both makes two calls at the same time. If both fail, the error is always the first one's: the same trouble has the
// same words.
func both(first, second func() error) error {
	var (
		running             sync.WaitGroup
		firstErr, secondErr error
	)
	running.Go(func() { firstErr = first() })
	running.Go(func() { secondErr = second() })
	running.Wait()
	return cmp.Or(firstErr, secondErr)
}

// ignoreUnlisted is the error of a list; nil if what is not on it can still be read by itself.
func ignoreUnlisted(err error) error {
	refusal, ok := errors.AsType[*sekoia.APIError](err)
	if errors.Is(err, sekoia.ErrMore) || ok && refusal.Status < http.StatusInternalServerError &&
		refusal.Status != http.StatusUnauthorized && refusal.Status != http.StatusTooManyRequests {
		return nil
	}
	return err
}

// listedConnector reads a connector by itself if the listing lacks it, or its status.
func (c *Connectors) listedConnector(ctx context.Context, from *listing, id string) (*sekoia.Connector, error) {
	at := slices.IndexFunc(from.connectors, func(k sekoia.Connector) bool { return strings.EqualFold(k.ID, id) })
	if at >= 0 && from.connectors[at].Status != nil {
		return &from.connectors[at], nil
	}
	return c.client.Connector(ctx, id)
}

// listedAccount reads an account by itself if the listing lacks it, or its target. It is nil if the account is gone.
func (c *Connectors) listedAccount(ctx context.Context, from *listing, id string) (*sekoia.Account, error) {
	at := slices.IndexFunc(from.accounts, func(a sekoia.Account) bool { return strings.EqualFold(a.ID, id) })
	if at >= 0 && from.accounts[at].BaseURL != nil {
		return &from.accounts[at], nil
	}
	return c.account(ctx, id)
}

// connectorsNamed lists the connectors with the name of the one that is wanted.
func (c *Connectors) connectorsNamed(ctx context.Context, wanted Spec) ([]sekoia.Connector, error) {
	return c.client.Connectors(ctx, sekoia.Query{Kind: c.product.ConnectorID, CommunityID: wanted.CommunityID, Name: wanted.Name})
}

// accountsNamed lists the accounts with the name of the connector that is wanted.
func (c *Connectors) accountsNamed(ctx context.Context, wanted Spec) ([]sekoia.Account, error) {
	return c.client.Accounts(ctx, sekoia.Query{Kind: c.product.ModuleID, CommunityID: wanted.CommunityID, Name: wanted.Name})
}

// namesakes lists both.
func (c *Connectors) namesakes(ctx context.Context, wanted Spec) (*listing, error) {
	read := &listing{}
	err := both(
		func() (err error) { read.connectors, err = c.connectorsNamed(ctx, wanted); return err },
		func() (err error) { read.accounts, err = c.accountsNamed(ctx, wanted); return err },
	)
	return read, err
}

// Duplicate is a connector that reads the same target under the same name as the one that is wanted.
type Duplicate struct {
	Connector sekoia.Connector
	// Read and Created report whether this process has read it for somebody who manages it, or created it.
	Read, Created bool
}

// FindDuplicate looks for a connector with the name and the target of the one that is wanted; nil if there is none.
// Deleted ones do not count. It looks at what this process has listed already: Create looks afresh.
func (c *Connectors) FindDuplicate(ctx context.Context, wanted Spec) (*Duplicate, error) {
	listed, err := c.list(ctx)
	if err == nil && listed.pages > 0 {
		listed, err = c.namesakes(ctx, wanted)
	}
	if err != nil {
		return nil, err
	}
	return c.duplicate(ctx, wanted, listed)
}

// duplicate finds the connector in a listing that has the name and the target of the one that is wanted, unless this
// process has removed it since.
func (c *Connectors) duplicate(ctx context.Context, wanted Spec, from *listing) (*Duplicate, error) {
	for _, candidate := range from.connectors {
		if candidate.Name != wanted.Name || !strings.EqualFold(candidate.CommunityID, wanted.CommunityID) || c.noted(wasRemoved, candidate.ID) {
			continue
		}
		account, err := c.listedAccount(ctx, from, candidate.AccountID)
		if err != nil {
			return nil, err
		}
		if account != nil && c.targets(account, wanted.Target) {
			return &Duplicate{Connector: candidate, Read: c.noted(wasRead, candidate.ID), Created: c.noted(wasCreated, candidate.ID)}, nil
		}
	}
	return nil, nil
}

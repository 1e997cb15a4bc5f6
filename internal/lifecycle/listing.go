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

	"github.com/sekoia-io/terraform-provider-sekoia/internal/memo"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/sekoia"
)

// listing is what Sekoia holds, as far as it was listed.
type listing struct {
	connectors []sekoia.Connector
	accounts   []sekoia.Account
	whole      bool
}

// list returns the listing that this process shares: two lists for all who read or look cost less than two calls for
// each connector. It is only as fresh as its first reader, so whatever writes looks by itself.
func (c *Connectors) list(ctx context.Context) (*listing, error) {
	c.readers.Add(1)
	var (
		connectors part[sekoia.Connector]
		accounts   part[sekoia.Account]
	)
	err := both(
		func() (err error) {
			connectors, err = share(ctx, c, sekoia.OktaDeviceConnectorID, c.client.Connectors)
			return err
		},
		func() (err error) { accounts, err = share(ctx, c, sekoia.OktaModuleID, c.client.Accounts); return err },
	)
	return &listing{connectors.items, accounts.items, connectors.pages+accounts.pages == 0}, err
}

// part is a list as far as it was read. pages is how many calls would have read the whole; 0 if it is whole.
type part[T any] struct {
	items []T
	pages int
}

// share returns a list that this process shares. It is read to its end only if it has at most as many pages as there
// are readers by then: with more pages, a call for each reader costs less. When the readers have become enough, it is
// read again. Each list is decided about by itself, and started three times at most.
func share[T any](ctx context.Context, c *Connectors, kind string, read func(context.Context, sekoia.Query) ([]T, error)) (part[T], error) {
	enough := func(known part[T]) bool { return known.pages == 0 || int64(known.pages) > c.readers.Load() }
	for {
		known, err := memo.Renew(ctx, c.lists, kind, enough, func(ctx context.Context) (found part[T], err error) {
			found.items, err = read(ctx, sekoia.Query{Kind: kind, MayRead: func(pages int) bool {
				if int64(pages) > c.readers.Load() {
					found.pages = pages
				}
				return found.pages == 0
			}})
			return found, ignoreUnlisted(err)
		})
		if err != nil || enough(known) {
			return known, err
		}
	}
}

// both makes two calls at the same time. If both fail, it always returns the first one's error, so that the same
// problem has the same words.
func both(first, second func() error) error {
	done := make(chan error, 1)
	go func() { done <- second() }()
	return cmp.Or(first(), <-done)
}

// ignoreUnlisted returns nil for an error of a list after which each object can still be read by itself. A list is
// always there: what answers it with a 404 is not Sekoia's API, so its 404 for a connector says nothing either.
func ignoreUnlisted(err error) error {
	refusal, ok := errors.AsType[*sekoia.APIError](err)
	if ok && refusal.Status == http.StatusNotFound {
		return &sekoia.UnexpectedAnswerError{Method: refusal.Method, Path: refusal.Path, Status: refusal.Status, Reason: "a list is always there"}
	}
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
	if id == "" {
		return nil, nil
	}
	account, err := c.client.Account(ctx, id)
	if sekoia.IsNotFound(err) {
		return nil, nil
	}
	return account, err
}

func (c *Connectors) connectorsNamed(ctx context.Context, wanted Spec) ([]sekoia.Connector, error) {
	return c.client.Connectors(ctx, sekoia.Query{Kind: sekoia.OktaDeviceConnectorID, CommunityID: wanted.CommunityID, Name: wanted.Name})
}

// accountsNamed lists the accounts with the name of the wanted connector, which is theirs too.
func (c *Connectors) accountsNamed(ctx context.Context, wanted Spec) ([]sekoia.Account, error) {
	return c.client.Accounts(ctx, sekoia.Query{Kind: sekoia.OktaModuleID, CommunityID: wanted.CommunityID, Name: wanted.Name})
}

func (c *Connectors) namesakes(ctx context.Context, wanted Spec) (*listing, error) {
	read := &listing{whole: true}
	err := both(
		func() (err error) { read.connectors, err = c.connectorsNamed(ctx, wanted); return err },
		func() (err error) { read.accounts, err = c.accountsNamed(ctx, wanted); return err },
	)
	return read, err
}

// ExistsError means that a connector with the name and the target of the one that is wanted exists already.
type ExistsError struct {
	ID string
	// Read and Created report whether this process has read it for somebody who manages it, or created it.
	Read, Created bool
}

// Error names the connector.
func (e *ExistsError) Error() string {
	return "a connector with this name and target exists already: " + e.ID
}

// CheckNew returns an *ExistsError if the connector that is wanted exists already. Deleted ones do not count. It looks
// at what this process has listed already: Create looks again.
func (c *Connectors) CheckNew(ctx context.Context, wanted Spec) error {
	listed, err := c.list(ctx)
	if err == nil && !listed.whole {
		listed, err = c.namesakes(ctx, wanted)
	}
	if err != nil {
		return err
	}
	return c.checkNew(ctx, wanted, listed)
}

// checkNew returns an *ExistsError if a listing has a connector with the name and the target of the one that is wanted,
// unless this process has removed it since.
func (c *Connectors) checkNew(ctx context.Context, wanted Spec, from *listing) error {
	for _, found := range from.connectors {
		if found.Name != wanted.Name || !strings.EqualFold(found.CommunityID, wanted.CommunityID) || c.noted(wasRemoved, found.ID) {
			continue
		}
		account, err := c.listedAccount(ctx, from, found.AccountID)
		if err != nil {
			return err
		}
		if account != nil && c.targets(account, wanted.Target) {
			return &ExistsError{ID: found.ID, Read: c.noted(wasRead, found.ID), Created: c.noted(wasCreated, found.ID)}
		}
	}
	return nil
}

// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package lifecycle

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/memo"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/sekoia"
)

// listing is what Sekoia holds of a product, read at once for all who read or look in a process: two lists cost less
// than two calls for each connector. It is only as fresh as its first reader, so whatever writes looks by itself.
type listing struct {
	connectors []sekoia.Connector
	accounts   []sekoia.Account
	// connectorAt and accountAt are their places, by their UUIDs in lower case.
	connectorAt, accountAt map[string]int
	// pages is how many calls would have read the longer list; 0 if both are whole.
	pages int
}

// list returns the listing that this process shares. It is not whole if its pages are more than the readers so far:
// then one call for each of them costs less.
func (c *Connectors) list(ctx context.Context) (*listing, error) {
	known, err := memo.Remember(ctx, c.shared, "listing", c.readListing)
	if err != nil || known.pages == 0 || int64(known.pages) > c.readers.Load() {
		return known, err
	}
	return memo.Remember(ctx, c.shared, "whole listing", c.readListing)
}

func (c *Connectors) readListing(ctx context.Context) (*listing, error) {
	read := &listing{connectorAt: map[string]int{}, accountAt: map[string]int{}}
	var (
		both                         sync.WaitGroup
		connectorPages, accountPages int
		connectorsErr, accountsErr   error
	)
	both.Go(func() {
		query := sekoia.Query{Kind: c.product.ConnectorID, MayRead: c.mayRead(&connectorPages)}
		read.connectors, connectorsErr = c.client.Connectors(ctx, query)
	})
	both.Go(func() {
		query := sekoia.Query{Kind: c.product.ModuleID, MayRead: c.mayRead(&accountPages)}
		read.accounts, accountsErr = c.client.Accounts(ctx, query)
	})
	both.Wait()
	// The same trouble of both gets the same words each time.
	if err := cmp.Or(unlisted(connectorsErr), unlisted(accountsErr)); err != nil {
		return nil, err
	}
	for index, connector := range read.connectors {
		read.connectorAt[strings.ToLower(connector.ID)] = index
	}
	for index, account := range read.accounts {
		read.accountAt[strings.ToLower(account.ID)] = index
	}
	read.pages = max(connectorPages, accountPages)
	return read, nil
}

// mayRead lets a list be read to its end if it has at most as many pages as there are readers by then; else it notes
// how many it has.
func (c *Connectors) mayRead(pages *int) func(int) bool {
	return func(n int) bool {
		if int64(n) <= c.readers.Load() {
			return true
		}
		*pages = n
		return false
	}
}

// unlisted is the error of a list; nil if what is not on it can still be read by itself.
func unlisted(err error) error {
	if refused, ok := errors.AsType[*sekoia.APIError](err); ok && refused.Status < http.StatusInternalServerError &&
		refused.Status != http.StatusUnauthorized && refused.Status != http.StatusTooManyRequests || errors.Is(err, sekoia.ErrMore) {
		return nil
	}
	return err
}

// connector reads a connector. If the listing lacks it, or its status, it is read by itself.
func (c *Connectors) listedConnector(ctx context.Context, from *listing, id string) (*sekoia.Connector, error) {
	if index, ok := from.connectorAt[strings.ToLower(id)]; ok && from.connectors[index].Status != nil {
		return &from.connectors[index], nil
	}
	return c.client.Connector(ctx, id)
}

// listedAccount reads an account; nil if it is gone. If the listing lacks it, or its target, it is read by itself.
func (c *Connectors) listedAccount(ctx context.Context, from *listing, id string) (*sekoia.Account, error) {
	if index, ok := from.accountAt[strings.ToLower(id)]; ok && c.product.Target(&from.accounts[index]) != nil {
		return &from.accounts[index], nil
	}
	return c.account(ctx, id)
}

// namesakes are the connectors and accounts of the listing with the name of the connector that is wanted. Those that
// this process has removed since do not count.
func (l *listing) namesakes(wanted Spec, gone func(id string) bool) namesakes {
	there := namesakes{accounts: l.accounts}
	for _, connector := range l.connectors {
		if connector.Name == wanted.Name && strings.EqualFold(connector.CommunityID, wanted.CommunityID) && !gone(connector.ID) {
			there.connectors = append(there.connectors, connector)
		}
	}
	return there
}

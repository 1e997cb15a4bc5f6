// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package connector

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"golang.org/x/sync/errgroup"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/advice"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/sekoia"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/access"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/diagnostic"
)

// maxConcurrentReads is how many connectors are read at a time. Sekoia's rate limit is not documented.
const maxConcurrentReads = 4

// The parts of a connector that are read with calls of their own, each with its own permission.
const (
	partAccount = iota
	partAssets
	partLog
)

var parts = [...]struct{ missing, effect string }{
	partAccount: {"The account could not be read", "base_url is null"},
	partAssets:  {"The assets could not be counted", "asset_count is null"},
	partLog:     {"The log could not be read", "logs is null"},
}

// reader reads connectors for the data sources and the list. What this API key may not read is left out, and noted in
// observed.refused.
type reader struct {
	clients *access.Clients
	client  *sekoia.Client
	// logLines is how many lines of each log are read. 0 reads none and makes no call.
	logLines int
}

// list reads the connectors that a query finds, oldest first, and their accounts if these are wanted.
func (r reader) list(ctx context.Context, query sekoia.Query, withAccounts bool) ([]observed, diag.Diagnostics) {
	var diags diag.Diagnostics
	query.Kind = sekoia.OktaDeviceConnectorID
	connectors, err := r.client.Connectors(ctx, query)
	if err != nil {
		r.clients.AddSekoiaError(&diags, path.Empty(), "The connectors could not be listed", err)
		return nil, diags
	}
	found := make([]observed, len(connectors))
	for index, connector := range connectors {
		found[index].connector = connector
	}
	if withAccounts && len(found) > 0 {
		if err := r.readAccounts(ctx, found, query.CommunityID); err != nil {
			r.clients.AddSekoiaError(&diags, path.Empty(), accountsNotListed, err)
		}
	}
	return found, diags
}

const accountsNotListed = "The connectors' accounts could not be listed"

// readAccounts reads the accounts of several connectors with one list.
func (r reader) readAccounts(ctx context.Context, of []observed, communityID string) error {
	accounts, err := r.client.Accounts(ctx, sekoia.Query{Kind: sekoia.OktaModuleID, CommunityID: communityID})
	if err != nil && !isForbidden(err) {
		return err
	}
	byID := map[string]sekoia.Account{}
	for _, account := range accounts {
		byID[strings.ToLower(account.ID)] = account
	}
	for index := range of {
		of[index].account = byID[strings.ToLower(of[index].connector.AccountID)]
		of[index].refused[partAccount] = err
	}
	return nil
}

// readAccount reads the account of one connector.
func (r reader) readAccount(ctx context.Context, of *observed) error {
	if of.connector.AccountID == "" {
		return nil
	}
	account, err := r.client.Account(ctx, of.connector.AccountID)
	switch {
	case err == nil:
		of.account = *account
	case sekoia.IsNotFound(err):
		return nil
	}
	return of.note(partAccount, err, isForbidden)
}

// readDetails counts the assets of each connector and reads its log. The warnings say what the key may not read.
func (r reader) readDetails(ctx context.Context, of []observed) diag.Diagnostics {
	group, groupCtx := errgroup.WithContext(ctx)
	group.SetLimit(maxConcurrentReads)
	for index := range of {
		group.Go(func() error {
			if err := r.countAssets(groupCtx, &of[index]); err != nil {
				return err
			}
			return r.readLog(groupCtx, &of[index])
		})
	}
	if err := group.Wait(); err != nil {
		var diags diag.Diagnostics
		r.clients.AddSekoiaError(&diags, path.Empty(), "The assets or the log of a connector could not be read", err)
		return diags
	}
	return warnings(of)
}

func (r reader) countAssets(ctx context.Context, of *observed) error {
	count, err := r.client.CountAssets(ctx, of.connector.ID)
	if err == nil {
		of.assets = new(int64(count))
	}
	return of.note(partAssets, err, isForbidden)
}

func (r reader) readLog(ctx context.Context, of *observed) error {
	if r.logLines == 0 {
		return nil
	}
	lines, err := r.client.ConnectorLogs(ctx, of.connector.ID, r.logLines)
	if err == nil {
		of.logs = append([]sekoia.LogLine{}, lines...) // an empty log is an empty list
	}
	return of.note(partLog, err, sekoia.IsLogUnavailable)
}

// note takes a refusal of a part and returns any other error.
func (o *observed) note(part int, err error, isRefusal func(error) bool) error {
	if err == nil || !isRefusal(err) {
		return err
	}
	o.refused[part] = err
	return nil
}

// warnings say which parts are missing: one for each part, for however many connectors.
func warnings(of []observed) diag.Diagnostics {
	var diags diag.Diagnostics
	for part, text := range parts {
		var refusals []error
		for _, one := range of {
			if one.refused[part] != nil {
				refusals = append(refusals, one.refused[part])
			}
		}
		if len(refusals) == 0 {
			continue
		}
		effect := "So " + text.effect + ". "
		if len(refusals) > 1 {
			effect = fmt.Sprintf("So %s for %d connectors. ", text.effect, len(refusals))
		}
		diagnostic.AddWarning(&diags, path.Empty(), text.missing, refusals[0], strings.TrimSpace(effect+sekoia.Advise(refusals[0]).Do))
	}
	return diags
}

func isForbidden(err error) bool { return sekoia.Advise(err).Kind == advice.Denied }

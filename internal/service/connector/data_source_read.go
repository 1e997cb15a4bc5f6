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

// together is how many connectors are asked about at a time. Sekoia's rate limit is not documented.
const together = 4

// observed is a connector as a data source shows it. What is nil is not known: it is not there, or this key may not see
// it.
type observed struct {
	connector sekoia.Connector
	baseURL   *string
	assets    *int
	// logs is nil where nobody asked for them.
	logs []sekoia.LogLine
}

// reader reads what belongs to connectors. What the key may not read is left out, and remembered for one warning each.
type reader struct {
	clients *access.Clients
	client  *sekoia.Client
	// logLines is how many lines of each log are read; 0: none, and no call.
	logLines int
}

// readOne reads what belongs to one connector: three calls, or two without a log.
func (r reader) readOne(ctx context.Context, connector *sekoia.Connector) (observed, diag.Diagnostics) {
	var diags diag.Diagnostics
	found := observed{connector: *connector}
	refused := map[part]refusals{}
	account, err := r.account(ctx, connector.AccountID)
	switch {
	case err == nil:
		found.baseURL = account.BaseURL
	case forbidden(err):
		refused[partAccount] = refusals{count: 1, first: err}
	default:
		r.clients.AddSekoiaError(&diags, path.Empty(), "The connector's account could not be read", err)
		return found, diags
	}
	looks, err := r.look(ctx, []observed{found})
	if err != nil {
		r.clients.AddSekoiaError(&diags, path.Empty(), "The connector could not be read to the end", err)
		return found, diags
	}
	looks.addTo(refused)
	return looks.found[0], warnings(refused)
}

// account is a connector's account; one that says nothing where it is gone.
func (r reader) account(ctx context.Context, id string) (*sekoia.Account, error) {
	if id == "" {
		return &sekoia.Account{}, nil
	}
	account, err := r.client.Account(ctx, id)
	if sekoia.IsNotFound(err) {
		return &sekoia.Account{}, nil
	}
	return account, err
}

// readAll reads what belongs to several connectors: their accounts with one list, then one call for each one's assets,
// and one for each one's log where logs are asked for.
func (r reader) readAll(ctx context.Context, connectors []sekoia.Connector, communityID string) ([]observed, diag.Diagnostics) {
	var diags diag.Diagnostics
	if len(connectors) == 0 {
		return nil, diags
	}
	refused := map[part]refusals{}
	accounts, err := r.client.Accounts(ctx, sekoia.AccountQuery{ModuleID: sekoia.OktaModuleID, CommunityID: communityID})
	switch {
	case err != nil && forbidden(err):
		refused[partAccount] = refusals{count: len(connectors), first: err}
	case err != nil:
		r.clients.AddSekoiaError(&diags, path.Empty(), "The connectors' accounts could not be listed", err)
		return nil, diags
	}
	baseURLs := map[string]*string{}
	for _, account := range accounts {
		baseURLs[strings.ToLower(account.ID)] = account.BaseURL
	}
	found := make([]observed, len(connectors))
	for index, connector := range connectors {
		found[index] = observed{connector: connector, baseURL: baseURLs[strings.ToLower(connector.AccountID)]}
	}
	looks, err := r.look(ctx, found)
	if err != nil {
		r.clients.AddSekoiaError(&diags, path.Empty(), "The connectors could not be read to the end", err)
		return nil, diags
	}
	looks.addTo(refused)
	return looks.found, warnings(refused)
}

// looked is what look found.
type looked struct {
	found []observed
	// assets and logs hold, at the place of each connector, why they could not be had.
	assets, logs []error
}

// look counts the assets of each connector and reads its log. An error is one that no permission explains.
func (r reader) look(ctx context.Context, found []observed) (looked, error) {
	result := looked{found: found, assets: make([]error, len(found)), logs: make([]error, len(found))}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(together)
	for index := range found {
		group.Go(func() error {
			one := &found[index]
			count, err := r.client.CountAssets(ctx, one.connector.ID)
			if err == nil {
				one.assets = &count
			} else if !forbidden(err) {
				return err
			}
			result.assets[index] = err
			one.logs, result.logs[index], err = r.log(ctx, one.connector.ID)
			return err
		})
	}
	return result, group.Wait()
}

// log reads a log, where logs are asked for. The first error says that it can't be read with this key, the second ends
// everything.
func (r reader) log(ctx context.Context, id string) (lines []sekoia.LogLine, refused, failed error) {
	if r.logLines == 0 {
		return nil, nil, nil
	}
	lines, err := r.client.ConnectorLogs(ctx, id, r.logLines)
	switch {
	case err == nil && lines == nil:
		return []sekoia.LogLine{}, nil, nil
	case err != nil && sekoia.IsLogUnavailable(err):
		return nil, err, nil
	default:
		return lines, nil, err
	}
}

// part is something of a connector that a permission of its own guards.
type part int

const (
	partAccount part = iota
	partAssets
	partLogs
)

// refusals are the connectors of which a part could not be read, and the first of Sekoia's answers.
type refusals struct {
	count int
	first error
}

func (l looked) addTo(refused map[part]refusals) {
	for kind, errs := range map[part][]error{partAssets: l.assets, partLogs: l.logs} {
		for _, err := range errs {
			if err == nil {
				continue
			}
			known := refused[kind]
			if known.count == 0 {
				known.first = err
			}
			known.count++
			refused[kind] = known
		}
	}
}

// warnings say what is left out, one for each kind, however many connectors it concerns.
func warnings(refused map[part]refusals) diag.Diagnostics {
	var diags diag.Diagnostics
	for _, without := range []struct {
		part          part
		summary, left string
	}{
		{partAccount, "The account could not be read", "base_url is null"},
		{partAssets, "The assets could not be counted", "asset_count is null"},
		{partLogs, "The log could not be read", "logs is null"},
	} {
		known := refused[without.part]
		if known.count == 0 {
			continue
		}
		hint := "So " + without.left + "."
		if known.count > 1 {
			hint = fmt.Sprintf("So %s for %d connectors.", without.left, known.count)
		}
		if forbidden(known.first) {
			hint += " " + sekoia.Advise(known.first).Do
		}
		diagnostic.AddWarning(&diags, path.Empty(), without.summary, known.first, hint)
	}
	return diags
}

func forbidden(err error) bool { return sekoia.Advise(err).Kind == advice.Denied }

// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package connector

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"golang.org/x/sync/errgroup"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/advice"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/lifecycle"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/sekoia"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/access"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/diagnostic"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/longlist"
)

// observed is a connector as a data source or a list shows it. A part that is zero was not found, not asked for, or
// refused.
type observed struct {
	connector sekoia.Connector
	account   sekoia.Account
	assets    *int64
	logs      []sekoia.LogLine
	// refused says why a part is missing: this API key may not read it.
	refused [len(parts)]error
}

// connectorTable has the attributes of a connector.
var connectorTable = longlist.NewTable(
	longlist.Value("id", "The UUID of the connector (Sekoia's API calls it a connector configuration).",
		func(o *observed) *string { return &o.connector.ID }),
	longlist.Text("name", "The name of the connector.", func(o *observed) *string { return &o.connector.Name }),
	longlist.Value("base_url", "The base URL of the Okta organization that the connector reads, as its account holds it. Null if the account is gone or "+
		"Sekoia does not return the URL. Null with a warning if the API key may not read accounts.",
		func(o *observed) **string { return &o.account.BaseURL }),
	longlist.Value("account_id", "The UUID of the account (module configuration) that the connector uses.",
		func(o *observed) *string { return &o.connector.AccountID }),
	longlist.Value("community_id", "The UUID of the community that the connector belongs to.",
		func(o *observed) *string { return &o.connector.CommunityID }),
	longlist.Text("status", "`RUNNING`, `STOPPED`, `ERROR` (running, with more than five errors in its log within 24 hours), `CRITICAL_ERROR` (stopped "+
		"by itself), `STARTING`, `STOPPING`, or a value that Sekoia has added since. A connector with a wrong token stays `RUNNING` for a long time: look "+
		"at `logs` and `asset_count` too.", func(o *observed) *string { return (*string)(o.connector.Status) }),
	longlist.Flag("enabled", "Whether the connector is started. `false` for the statuses `STOPPED`, `STOPPING` and `CRITICAL_ERROR`. Null if Sekoia "+
		"returns no status.", func(o *observed) *bool {
		if o.connector.Status == nil {
			return nil
		}
		return new(o.connector.Status.Enabled())
	}),
	longlist.Number("asset_count", "How many assets the connector has brought. Assets that other connectors see too are counted. Null with a warning if "+
		"the API key may not read assets.", func(o *observed) *int64 { return o.assets }),
	longlist.Value("created_at", "When the connector was created, as Sekoia writes it.",
		func(o *observed) *string { return &o.connector.CreatedAt }),
	longlist.Value("updated_at", "When the connector last changed, as Sekoia writes it.",
		func(o *observed) *string { return &o.connector.UpdatedAt }),
	longlist.Objects("logs", "The newest lines of the connector's log, newest first. `log_lines` says how many. Null if none were asked for. Null with a "+
		"warning if the API key may not read logs.", logTable, func(o *observed) []sekoia.LogLine { return o.logs }),
)

// logTable has the attributes of a line of a connector's log.
var logTable = longlist.NewTable(
	longlist.Text("date", "When the line was written, in RFC 3339.", func(l *sekoia.LogLine) *string {
		if l.Date.IsZero() {
			return nil
		}
		return new(l.Date.Format(time.RFC3339Nano))
	}),
	longlist.Value("level", "`info`, `warning`, `error`, or another level.", func(l *sekoia.LogLine) *string { return &l.Level }),
	longlist.Text("message", "What the connector wrote, without the values of devices.",
		func(l *sekoia.LogLine) *string { return new(lifecycle.WithoutValues(l.Message)) }),
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
	partAccount: {"the account could not be read", "base_url is null"},
	partAssets:  {"the assets could not be counted", "asset_count is null"},
	partLog:     {"the log could not be read", "logs is null"},
}

// reader reads connectors for the data sources and the list. What this API key may not read is left out, and noted in
// observed.refused. An error goes into diags.
type reader struct {
	clients *access.Clients
	client  *sekoia.Client
	diags   *diag.Diagnostics
	// subject is the connector that is read, if it is one alone. Each summary begins with it.
	subject string
	// logLines is how many lines of each log are read. 0 reads none and makes no call.
	logLines int
}

// list reads the connectors that a query finds, oldest first, and their accounts if these are wanted.
func (r reader) list(ctx context.Context, query sekoia.Query, withAccounts bool) []observed {
	query.Kind = sekoia.OktaDeviceConnectorID
	connectors, err := r.client.Connectors(ctx, query)
	if err != nil {
		r.clients.AddSekoiaError(r.diags, path.Empty(), "The connectors could not be listed", err)
		return nil
	}
	found := make([]observed, len(connectors))
	for index, connector := range connectors {
		found[index].connector = connector
	}
	if withAccounts && len(found) > 0 {
		r.listAccounts(ctx, found, query.CommunityID)
	}
	return found
}

const accountsNotListed = "The connectors' accounts could not be listed"

// listAccounts reads the accounts of several connectors with one list.
func (r reader) listAccounts(ctx context.Context, of []observed, communityID string) {
	accounts, err := r.client.Accounts(ctx, sekoia.Query{Kind: sekoia.OktaModuleID, CommunityID: communityID})
	if err != nil && !isForbidden(err) {
		r.clients.AddSekoiaError(r.diags, path.Empty(), accountsNotListed, err)
		return
	}
	byID := map[string]sekoia.Account{}
	for _, account := range accounts {
		byID[strings.ToLower(account.ID)] = account
	}
	for index := range of {
		of[index].account = byID[strings.ToLower(of[index].connector.AccountID)]
		of[index].refused[partAccount] = err
	}
}

// readAccount reads the account of one connector.
func (r reader) readAccount(ctx context.Context, of *observed) {
	if of.connector.AccountID == "" {
		return
	}
	account, err := r.client.Account(ctx, of.connector.AccountID)
	switch {
	case err == nil:
		of.account = *account
	case isForbidden(err):
		of.refused[partAccount] = err
	case !sekoia.IsNotFound(err):
		r.clients.AddSekoiaError(r.diags, path.Empty(), diagnostic.About(r.subject, "the connector's account could not be read"), err)
	}
}

// readDetails counts the assets of each connector and reads its log. Warnings say what the key may not read.
func (r reader) readDetails(ctx context.Context, of []observed) {
	if r.diags.HasError() {
		return
	}
	group, groupCtx := errgroup.WithContext(ctx)
	group.SetLimit(maxConcurrentReads)
	for index := range of {
		group.Go(func() error { return r.readDetailsOf(groupCtx, &of[index]) })
	}
	if err := group.Wait(); err != nil {
		r.clients.AddSekoiaError(r.diags, path.Empty(), diagnostic.About(r.subject, "the assets or the log of a connector could not be read"), err)
		return
	}
	r.warn(of)
}

func (r reader) readDetailsOf(ctx context.Context, of *observed) error {
	count, err := r.client.CountAssets(ctx, of.connector.ID)
	switch {
	case err == nil:
		of.assets = new(int64(count))
	case isForbidden(err):
		of.refused[partAssets] = err
	default:
		return err
	}
	if r.logLines == 0 {
		return nil
	}
	lines, err := r.client.ConnectorLogs(ctx, of.connector.ID, r.logLines)
	switch {
	case err == nil:
		of.logs = append([]sekoia.LogLine{}, lines...) // an empty log is an empty list
	case sekoia.IsLogUnavailable(err):
		of.refused[partLog] = err
	default:
		return err
	}
	return nil
}

// warn says which parts are missing: once for each part, for however many connectors.
func (r reader) warn(of []observed) {
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
		diagnostic.AddWarning(r.diags, path.Empty(), diagnostic.About(r.subject, text.missing), refusals[0], strings.TrimSpace(effect+sekoia.Advise(refusals[0]).Do))
	}
}

func isForbidden(err error) bool { return sekoia.Advise(err).Kind == advice.Denied }

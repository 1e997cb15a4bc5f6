// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package connector

import (
	"time"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/lifecycle"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/sekoia"
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

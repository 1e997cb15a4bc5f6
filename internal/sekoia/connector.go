// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package sekoia

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

var connectors = collection{
	noun: "connector", path: "/v1/symphony/connector-configurations", filter: "match[connector_uuid]",
	query: url.Values{"connector_type": {"asset"}}, view: PermissionViewIntakes, manage: PermissionManageIntakes,
}

// Connector is what Sekoia's API calls a connector configuration: one connector that fetches with one account.
// (Sekoia's ConnectorConfigurationSchema, without its value.)
type Connector struct {
	ID          string  `json:"uuid"`
	CommunityID string  `json:"community_uuid"`
	AccountID   string  `json:"module_configuration_uuid"`
	ConnectorID string  `json:"connector_uuid"` // in the catalogue
	Name        string  `json:"name"`
	CreatedAt   string  `json:"created_at"`
	UpdatedAt   string  `json:"updated_at"`
	Status      *Status `json:"display_status"` // nil if the answer has none
	Deleted     bool    `json:"deleted"`        // false in what the client returns
}

func (k Connector) id() string { return k.ID }

func (k Connector) head() head { return head{k.ConnectorID, k.CommunityID, k.Name, k.Deleted} }

// Status is a connector's display status. New values may appear: they are values, not errors.
type Status string

// The documented values of Status (Sekoia's OpenAPI document, August 2026).
const (
	StatusRunning       Status = "RUNNING"
	StatusStopped       Status = "STOPPED"
	StatusError         Status = "ERROR"          // running, with more than five error logs in the last 24 hours
	StatusCriticalError Status = "CRITICAL_ERROR" // stopped by itself; "requires intervention"
	StatusStopping      Status = "STOPPING"       // there is STARTING too
)

// Enabled is false for a connector that has stopped, is stopping, or has stopped by itself. It is true for every other
// status, also for one that is not documented.
func (s Status) Enabled() bool {
	return s != StatusStopped && s != StatusStopping && s != StatusCriticalError
}

// ConnectorFields are what a connector is created with, or what of it is changed. A field that is not set is not sent.
// A change has a name, an account of the same module and community, or both. Without a CommunityID, Sekoia chooses the
// community.
type ConnectorFields struct {
	Name        string `json:"name,omitempty"`
	ConnectorID string `json:"connector_uuid,omitempty"` // in the catalogue
	AccountID   string `json:"module_configuration_uuid,omitempty"`
	CommunityID string `json:"community_uuid,omitempty"`
}

// Connectors lists the asset connectors that a query finds, oldest first, without the deleted ones.
func (c *Client) Connectors(ctx context.Context, query Query) ([]Connector, error) {
	return listAll[Connector](ctx, c, connectors, query)
}

// Connector reads one connector. IsNotFound is true of the error if there is none, or only a deleted one.
func (c *Client) Connector(ctx context.Context, id string) (*Connector, error) {
	return readOne[Connector](ctx, c, connectors, id)
}

// CreateConnector creates a connector, which Sekoia then starts. It is never retried: after an error of which
// OutcomeUnknown is true, the connector may exist. The caller compares the answer's community.
func (c *Client) CreateConnector(ctx context.Context, fields ConnectorFields) (*Connector, error) {
	return create[Connector](ctx, c, connectors, newConnector{ConnectorFields: fields}, nil)
}

// UpdateConnector changes a connector's name, puts it on another account, or both.
func (c *Client) UpdateConnector(ctx context.Context, id string, fields ConnectorFields) error {
	return change[Connector](ctx, c, connectors, id, fields, nil)
}

// DeleteConnector removes a connector. Its assets stay in Sekoia. One that is not there is no error.
func (c *Client) DeleteConnector(ctx context.Context, id string) error {
	return c.remove(ctx, connectors, id)
}

// StartConnector starts a connector, or does nothing if it runs. It returns the Date of Sekoia's answer: by Sekoia's
// clock, what the connector logs from then on belongs to the new run. It is the zero time if the answer has none, and
// if the connector ran already, because nobody knows since when.
func (c *Client) StartConnector(ctx context.Context, id string) (time.Time, error) {
	return c.switchConnector(ctx, id, "start", true)
}

// StopConnector stops a connector, or does nothing if it has stopped. It returns the Date of Sekoia's answer, as
// StartConnector does.
func (c *Client) StopConnector(ctx context.Context, id string) (time.Time, error) {
	return c.switchConnector(ctx, id, "stop", false)
}

// LogLine is a line of a connector's log.
type LogLine struct {
	ID      string    `json:"uuid"`
	Level   string    `json:"level"`
	Message string    `json:"message"` // as the connector wrote it. Sanitize it before it is shown
	Date    time.Time `json:"date"`    // UTC; the zero time if Sekoia gives none
}

// maxLogLines bounds how far back a log is read.
const maxLogLines = 100_000

// ConnectorLogs reads the newest lines of a connector's log, newest first, at most limit of them. Lines reach Sekoia in
// batches, up to five seconds late, and repeats within a minute are dropped there.
func (c *Client) ConnectorLogs(ctx context.Context, id string, limit int) ([]LogLine, error) {
	lines, err := c.readLog(ctx, id, func(_ []LogLine, read int) bool { return read >= limit })
	return lines[:min(limit, len(lines))], err
}

// ConnectorLogsUntil reads a connector's log from its newest line back to one that until is true of, or to its
// beginning: newest first, in whole pages of 100, so that the lines around that one are among them.
func (c *Client) ConnectorLogsUntil(ctx context.Context, id string, until func(LogLine) bool) ([]LogLine, error) {
	return c.readLog(ctx, id, func(page []LogLine, _ int) bool { return slices.ContainsFunc(page, until) })
}

// readLog reads pages of a log until one is enough; read is how many lines were read with it. A line that moved from
// one page to the next meanwhile is kept once.
func (c *Client) readLog(ctx context.Context, id string, enough func(page []LogLine, read int) bool) ([]LogLine, error) {
	what := logCall(id)
	var lines []LogLine
	seen := map[string]bool{}
	for read := 0; read < maxLogLines; {
		current, err := fetchPage[LogLine](ctx, c, what.ranged(pageSize, read))
		if err != nil {
			return nil, err
		}
		for _, line := range current.Items {
			if folded := strings.ToLower(line.ID); line.ID == "" || !seen[folded] {
				seen[folded] = true
				line.Date = line.Date.UTC()
				lines = append(lines, line)
			}
		}
		if read += len(current.Items); current.ends(read) {
			break
		}
		if first, last := current.Items[0], current.Items[len(current.Items)-1]; first.Date.Before(last.Date) {
			return nil, what.unexpected(http.StatusOK, "the oldest lines of the log come first, and not the newest")
		}
		if enough(current.Items, read) {
			break
		}
	}
	slices.SortStableFunc(lines, func(a, b LogLine) int { return b.Date.Compare(a.Date) }) // late lines are not in order
	return lines, nil
}

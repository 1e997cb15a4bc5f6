// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package sekoia

import (
	"context"
	"net/url"
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
	Deleted     bool    `json:"deleted"`        // of what the client returns: false
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

// NewConnector is a connector to create. An empty CommunityID leaves the choice to Sekoia.
type NewConnector struct {
	ConnectorID string // in the catalogue
	Name        string
	CommunityID string
	AccountID   string
}

// ConnectorChange is what to change of a connector; nil leaves a part as it is.
type ConnectorChange struct {
	Name      *string
	AccountID *string // an account of the same module and community
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
func (c *Client) CreateConnector(ctx context.Context, connector NewConnector) (*Connector, error) {
	return create[Connector](ctx, c, connectors, connectorBody{
		Name: &connector.Name, ConnectorUUID: connector.ConnectorID, ModuleConfigurationUUID: &connector.AccountID,
		CommunityUUID: connector.CommunityID, Value: &struct{}{},
	}, nil)
}

// UpdateConnector changes a connector's name, puts it on another account, or both.
func (c *Client) UpdateConnector(ctx context.Context, id string, to ConnectorChange) error {
	return change[Connector](ctx, c, connectors, id, connectorBody{Name: to.Name, ModuleConfigurationUUID: to.AccountID}, nil)
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

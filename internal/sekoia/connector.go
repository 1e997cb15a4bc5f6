// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package sekoia

import (
	"context"
	"errors"
	"net/http"
	"time"
)

const connectorsPath = "/v1/symphony/connector-configurations"

// Connector is what Sekoia's API calls a connector configuration: one connector that fetches with one account.
type Connector struct {
	ID          string
	CommunityID string
	AccountID   string // the module configuration
	ConnectorID string // in the catalogue
	Name        string
	CreatedBy   string  // the UUID of who made it
	CreatedAt   string  // as Sekoia wrote it
	UpdatedAt   string  // as Sekoia wrote it
	Status      *Status // nil where the answer has none
	Deleted     bool
}

// Status is a connector's display status. New values may appear: they are values, not errors.
type Status string

// The documented values of Status (Sekoia's OpenAPI document, August 2026).
const (
	StatusRunning       Status = "RUNNING"
	StatusStopped       Status = "STOPPED"
	StatusError         Status = "ERROR"          // running, with more than five error logs in the last 24 hours
	StatusCriticalError Status = "CRITICAL_ERROR" // stopped by itself; "requires intervention"
	StatusStarting      Status = "STARTING"
	StatusStopping      Status = "STOPPING"
)

// Enabled is false for a connector that has stopped, is stopping, or has stopped by itself; true for every other
// status, an unknown one among them.
func (s Status) Enabled() bool {
	switch s {
	case StatusStopped, StatusStopping, StatusCriticalError:
		return false
	}
	return true
}

// ConnectorQuery narrows a list of connectors. Empty fields narrow nothing. Ids are compared without case, the name
// exactly.
type ConnectorQuery struct {
	ConnectorID string // in the catalogue
	CommunityID string
	Name        string
	// MayRead is asked once the length of the list is known, in pages, unless all is on the first. If it says no, what
	// is on that page is returned, with ErrMore. Nil: yes.
	MayRead func(pages int) bool
}

// NewConnector is a connector to create. An empty CommunityID leaves the community to Sekoia.
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

// wireConnector is Sekoia's ConnectorConfigurationSchema, without its value.
type wireConnector struct {
	UUID             string `json:"uuid"`
	CommunityUUID    string `json:"community_uuid"`
	ModuleConfigUUID string `json:"module_configuration_uuid"`
	ConnectorUUID    string `json:"connector_uuid"`
	Name             string `json:"name"`
	CreatedBy        text   `json:"created_by"`
	CreatedAt        text   `json:"created_at"`
	UpdatedAt        text   `json:"updated_at"`
	DisplayStatus    text   `json:"display_status"`
	Deleted          bool   `json:"deleted"`
}

func (w wireConnector) id() string { return w.UUID }

func (w wireConnector) connector() Connector {
	connector := Connector{
		ID: w.UUID, CommunityID: w.CommunityUUID, AccountID: w.ModuleConfigUUID, ConnectorID: w.ConnectorUUID, Name: w.Name,
		CreatedBy: string(w.CreatedBy), CreatedAt: string(w.CreatedAt), UpdatedAt: string(w.UpdatedAt), Deleted: w.Deleted,
	}
	if w.DisplayStatus != "" {
		status := Status(w.DisplayStatus)
		connector.Status = &status
	}
	return connector
}

// Connectors lists the asset connectors that a query finds, oldest first, without the deleted ones.
func (c *Client) Connectors(ctx context.Context, query ConnectorQuery) ([]Connector, error) {
	what := call{
		method: http.MethodGet, path: connectorsPath, query: matching(query.CommunityID, query.Name),
		needs:   []string{PermissionViewIntakes},
		mayRead: query.MayRead,
	}
	if query.ConnectorID != "" {
		what.query.Set("match[connector_uuid]", query.ConnectorID)
	}
	what.query.Set("connector_type", "asset")
	var connectors []Connector
	for wire, err := range list[wireConnector](ctx, c, what) {
		if errors.Is(err, ErrMore) {
			return connectors, err
		}
		if err != nil {
			return nil, err
		}
		if !wire.Deleted && sameIfAsked(query.ConnectorID, wire.ConnectorUUID) &&
			sameIfAsked(query.CommunityID, wire.CommunityUUID) && (query.Name == "" || query.Name == wire.Name) {
			connectors = append(connectors, wire.connector())
		}
	}
	return connectors, nil
}

// Connector reads one connector. IsNotFound is true of the error where there is none, or only a deleted one.
func (c *Client) Connector(ctx context.Context, id string) (*Connector, error) {
	path, err := under(connectorsPath, id)
	if err != nil {
		return nil, err
	}
	what := call{method: http.MethodGet, path: path, needs: []string{PermissionViewIntakes}}
	wire, err := fetchIdentified[wireConnector](ctx, c, what, id)
	if err != nil {
		return nil, err
	}
	if wire.Deleted {
		return nil, &DeletedError{Kind: "connector", ID: id}
	}
	connector := wire.connector()
	return &connector, nil
}

// CreateConnector creates a connector, which Sekoia starts by itself. It is not repeated by itself: after an error of
// which OutcomeUnknown is true, the connector may be there. The answer's community is for the caller to compare.
func (c *Client) CreateConnector(ctx context.Context, connector NewConnector) (*Connector, error) {
	what := call{
		method: http.MethodPost, path: connectorsPath, body: newConnectorBody(connector),
		needs: []string{PermissionManageIntakes},
	}
	wire, err := fetchIdentified[wireConnector](ctx, c, what, "")
	if err != nil {
		return nil, err
	}
	created := wire.connector()
	return &created, nil
}

// UpdateConnector changes a connector's name, puts it on another account, or both. A change of nothing makes no call.
func (c *Client) UpdateConnector(ctx context.Context, id string, change ConnectorChange) error {
	if change == (ConnectorChange{}) {
		return nil
	}
	path, err := under(connectorsPath, id)
	if err != nil {
		return err
	}
	return edit[wireConnector](ctx, c, call{
		method: http.MethodPatch, path: path, body: connectorChangeBody(change), repeatable: true,
		needs: []string{PermissionManageIntakes},
	}, id)
}

// DeleteConnector removes a connector; the assets that it brought stay in Sekoia. One that is not there is no error.
func (c *Client) DeleteConnector(ctx context.Context, id string) error {
	path, err := under(connectorsPath, id)
	if err != nil {
		return err
	}
	return c.remove(ctx, call{
		method: http.MethodDelete, path: path, repeatable: true, needs: []string{PermissionManageIntakes},
	})
}

// StartConnector starts a connector, or does nothing where it runs. It returns the Date of Sekoia's answer: by Sekoia's
// clock, what the connector logs from then on belongs to the new run. It is the zero time where the answer has none,
// and where the connector was found running, for then nobody knows since when.
func (c *Client) StartConnector(ctx context.Context, id string) (time.Time, error) {
	return c.switchConnector(ctx, id, "start", Status.Enabled)
}

// StopConnector stops a connector, or does nothing if it has stopped. It returns the Date of Sekoia's answer, with the
// exceptions of StartConnector.
func (c *Client) StopConnector(ctx context.Context, id string) (time.Time, error) {
	return c.switchConnector(ctx, id, "stop", func(status Status) bool { return !status.Enabled() })
}

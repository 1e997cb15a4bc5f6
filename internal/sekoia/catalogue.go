// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package sekoia

import (
	"context"
	"net/http"
)

// Identifiers of Okta's integration in Sekoia's catalogue (Sekoia's public automation library). They are used because
// the names of the entries aren't stable.
const (
	OktaModuleID          = "4ef895d1-3f21-4678-8d0a-5c39c37210fe"
	OktaDeviceConnectorID = "b6e2c8a2-4f3b-4e7a-8c1d-2e4f3a6b7c9d"
)

// The settings of an account of the Okta module. That the API takes these names is inferred: they are those that the
// public source of Sekoia's Okta connector (2.10.0) reads, and the platform hands an account's value to it.
const (
	SettingBaseURL = "base_url"
	SettingAPIKey  = "apikey"
)

// CatalogueEntry is a module or a connector that Sekoia offers in the key's community.
type CatalogueEntry struct {
	ID       string
	Name     string
	ModuleID string // of a connector: its module, where the answer has it
	Version  string // of a module: its release, where the answer has it. Not fit for a terminal without transport.Sanitize
}

type wireCatalogueEntry struct {
	UUID       string `json:"uuid"`
	Name       text   `json:"name"`
	ModuleUUID text   `json:"module_uuid"`
	Version    text   `json:"version"`
}

func (w wireCatalogueEntry) id() string { return w.UUID }

// CatalogueConnector reads a connector's entry (GET /v1/symphony/connectors/{uuid}). IsNotFound is true of the error
// where it isn't offered here.
func (c *Client) CatalogueConnector(ctx context.Context, id string) (*CatalogueEntry, error) {
	return c.catalogueEntry(ctx, "/v1/symphony/connectors", id)
}

// CatalogueModule reads a module's entry (GET /v1/symphony/modules/{uuid}), with errors as CatalogueConnector.
func (c *Client) CatalogueModule(ctx context.Context, id string) (*CatalogueEntry, error) {
	return c.catalogueEntry(ctx, "/v1/symphony/modules", id)
}

func (c *Client) catalogueEntry(ctx context.Context, collection, id string) (*CatalogueEntry, error) {
	path, err := under(collection, id)
	if err != nil {
		return nil, err
	}
	what := call{method: http.MethodGet, path: path, needs: []string{PermissionViewIntegrations}}
	wire, err := fetchIdentified[wireCatalogueEntry](ctx, c, what, id)
	if err != nil {
		return nil, err
	}
	return &CatalogueEntry{ID: wire.UUID, Name: string(wire.Name), ModuleID: string(wire.ModuleUUID), Version: string(wire.Version)}, nil
}

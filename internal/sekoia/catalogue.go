// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package sekoia

import (
	"context"
	"net/http"
)

// Identifiers of Okta's integration in Sekoia's catalogue (Sekoia's public automation library). The names of the
// entries change, these don't.
const (
	OktaModuleID          = "4ef895d1-3f21-4678-8d0a-5c39c37210fe"
	OktaDeviceConnectorID = "b6e2c8a2-4f3b-4e7a-8c1d-2e4f3a6b7c9d"
)

// The settings of an account of the Okta module. The public source of Sekoia's Okta connector (2.10.0) reads them by
// these names, and the platform hands an account's value to it.
const (
	SettingBaseURL = "base_url"
	SettingAPIKey  = "apikey"
)

// CatalogueEntry is a module or a connector that Sekoia offers in the key's community.
type CatalogueEntry struct {
	ID      string `json:"uuid"`
	Version string `json:"version"` // of a module: its release. Not fit for a terminal without transport.Sanitize
}

func (e CatalogueEntry) id() string { return e.ID }

// CatalogueConnector reads a connector's entry. IsNotFound is true of the error if it isn't offered here.
func (c *Client) CatalogueConnector(ctx context.Context, id string) (*CatalogueEntry, error) {
	return c.catalogueEntry(ctx, "/v1/symphony/connectors", id)
}

// CatalogueModule reads a module's entry, with errors as CatalogueConnector.
func (c *Client) CatalogueModule(ctx context.Context, id string) (*CatalogueEntry, error) {
	return c.catalogueEntry(ctx, "/v1/symphony/modules", id)
}

func (c *Client) catalogueEntry(ctx context.Context, collection, id string) (*CatalogueEntry, error) {
	path, err := under(collection, id)
	if err != nil {
		return nil, err
	}
	return fetchObject[CatalogueEntry](ctx, c, call{method: http.MethodGet, path: path, needs: []string{PermissionViewIntegrations}}, id)
}

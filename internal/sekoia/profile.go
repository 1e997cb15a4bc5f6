// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package sekoia

import (
	"context"
	"net/http"
	"slices"
	"strings"
)

// Profile is whom an API key stands for.
type Profile struct {
	ID string `json:"uuid"`
}

func (p Profile) id() string { return p.ID }

// Permission is something that a key may do.
type Permission struct {
	ID    string `json:"uuid"`
	Title string `json:"-"` // in Sekoia's web pages; "" in what the client returns
}

// The permissions that the provider's calls need, by the UUIDs that GET /v1/me/permissions answers with (Sekoia's
// OpenAPI document, August 2026: "The following permissions are required").
var (
	PermissionViewIntakes   = Permission{"2f0da527-2cf1-4a00-8f4c-033bfb43ddeb", "View intakes"}   // read connectors
	PermissionManageIntakes = Permission{"efde546e-06db-4355-b2e5-84de1f66511b", "Manage intakes"} // create, change, delete, start and stop connectors
	// PermissionEditAssetConnectors is needed next to PermissionManageIntakes to start and stop connectors.
	PermissionEditAssetConnectors = Permission{"6e1e0400-0a03-4a17-a1d5-a0c57cab2c6a", "Create and edit asset-connectors data"}
	PermissionViewPlaybooks       = Permission{"e75117b9-bb99-4248-8e1d-77c0914b15bd", "View playbooks"}     // read accounts and their usage
	PermissionManagePlaybooks     = Permission{"1d231a6b-9010-4fa1-a9cc-9fafeabb60a0", "Manage playbooks"}   // create, change and delete accounts
	PermissionViewPlaybookRuns    = Permission{"9648daab-0c06-4624-b610-0b69a06d95df", "View playbook runs"} // read logs
	PermissionViewIntegrations    = Permission{"b7413c71-cec8-49ec-9b9c-327ee328a383", "View integrations"}  // read the catalogue
)

// Me reads the key's profile (GET /v1/me). A key that Sekoia doesn't know is an *APIError with status 401.
func (c *Client) Me(ctx context.Context) (*Profile, error) {
	return fetchObject[Profile](ctx, c, call{method: http.MethodGet, path: "/v1/me"}, "")
}

// Permissions lists what the key may do (GET /v1/me/permissions, which has no pages).
func (c *Client) Permissions(ctx context.Context) ([]Permission, error) {
	found, err := fetchPage[Permission](ctx, c, call{method: http.MethodGet, path: "/v1/me/permissions"})
	if err != nil {
		return nil, err
	}
	return found.Items, nil
}

// Communities lists the UUIDs of the communities that the key sees (GET /v1/me/communities, which has no pages): each
// followed by its subcommunities, in Sekoia's order, without duplicates.
func (c *Client) Communities(ctx context.Context) ([]string, error) {
	type community struct {
		UUID           string   `json:"uuid"`
		Subcommunities []string `json:"subcommunities"`
	}
	what := call{method: http.MethodGet, path: "/v1/me/communities"}
	found, err := fetchPage[community](ctx, c, what)
	if err != nil {
		return nil, err
	}
	communities := []string{}
	for _, item := range found.Items {
		for _, id := range append([]string{item.UUID}, item.Subcommunities...) {
			if id == "" {
				return nil, what.unexpected(http.StatusOK, "a community has no uuid")
			}
			if !slices.ContainsFunc(communities, func(listed string) bool { return strings.EqualFold(listed, id) }) {
				communities = append(communities, id)
			}
		}
	}
	return communities, nil
}

// Identifiers of Okta's integration in Sekoia's catalogue (Sekoia's public automation library). The names of the
// entries change, these don't.
const (
	OktaModuleID          = "4ef895d1-3f21-4678-8d0a-5c39c37210fe"
	OktaDeviceConnectorID = "b6e2c8a2-4f3b-4e7a-8c1d-2e4f3a6b7c9d"
)

// CatalogueEntry is a module or a connector that Sekoia offers in the key's community.
type CatalogueEntry struct {
	ID      string `json:"uuid"`
	Version string `json:"version"` // of a module: its release. Sanitize it before it is shown
}

func (e CatalogueEntry) id() string { return e.ID }

// CatalogueConnector reads a connector's entry. IsNotFound is true of the error if it isn't offered here.
func (c *Client) CatalogueConnector(ctx context.Context, id string) (*CatalogueEntry, error) {
	return fetchObject[CatalogueEntry](ctx, c, objectCall(http.MethodGet, "/v1/symphony/connectors/{id}", id, PermissionViewIntegrations), id)
}

// CatalogueModule reads a module's entry, with errors as CatalogueConnector.
func (c *Client) CatalogueModule(ctx context.Context, id string) (*CatalogueEntry, error) {
	return fetchObject[CatalogueEntry](ctx, c, objectCall(http.MethodGet, "/v1/symphony/modules/{id}", id, PermissionViewIntegrations), id)
}

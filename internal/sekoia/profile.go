// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package sekoia

import (
	"context"
	"net/http"
	"strings"
)

// Profile is whom an API key stands for.
type Profile struct {
	ID string `json:"uuid"`
}

func (p Profile) id() string { return p.ID }

// Permission is something that a key may do. PermissionTitle has its name in Sekoia's web pages.
type Permission struct {
	ID string `json:"uuid"`
}

// Me reads the key's profile (GET /v1/me). A key that Sekoia doesn't know is an *APIError with status 401.
func (c *Client) Me(ctx context.Context) (*Profile, error) {
	return fetchObject[Profile](ctx, c, call{method: http.MethodGet, path: "/v1/me"}, "")
}

// Permissions lists what the key may do (GET /v1/me/permissions, which has no pages).
func (c *Client) Permissions(ctx context.Context) ([]Permission, error) {
	what := call{method: http.MethodGet, path: "/v1/me/permissions"}
	found, err := fetchPage[Permission](ctx, c, what)
	if err != nil {
		return nil, err
	}
	for _, permission := range found.Items {
		if permission.ID == "" {
			return nil, misshapen(what, "an item has no uuid")
		}
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
	seen := map[string]bool{}
	for _, item := range found.Items {
		for _, id := range append([]string{item.UUID}, item.Subcommunities...) {
			if id == "" {
				return nil, misshapen(what, "a community has no uuid")
			}
			if folded := strings.ToLower(id); !seen[folded] {
				seen[folded] = true
				communities = append(communities, id)
			}
		}
	}
	return communities, nil
}

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
	ID string
}

// Permission is something that a key may do. ID is stable; Title is what Sekoia's web pages show.
type Permission struct {
	ID    string
	Name  string
	Title string
}

type wireProfile struct {
	UUID string `json:"uuid"`
}

func (w wireProfile) id() string { return w.UUID }

type wirePermission struct {
	UUID  string `json:"uuid"`
	Name  text   `json:"name"`
	Title text   `json:"title"`
}

type wireCommunity struct {
	UUID           string   `json:"uuid"`
	Subcommunities []string `json:"subcommunities"`
}

// Me reads the key's profile (GET /v1/me). A key that Sekoia doesn't know is an *APIError with status 401.
func (c *Client) Me(ctx context.Context) (*Profile, error) {
	wire, err := fetchIdentified[wireProfile](ctx, c, call{method: http.MethodGet, path: "/v1/me"}, "")
	if err != nil {
		return nil, err
	}
	return &Profile{ID: wire.UUID}, nil
}

// Permissions lists what the key may do (GET /v1/me/permissions, which has no pages).
func (c *Client) Permissions(ctx context.Context) ([]Permission, error) {
	what := call{method: http.MethodGet, path: "/v1/me/permissions"}
	list, err := fetchPage[wirePermission](ctx, c, what)
	if err != nil {
		return nil, err
	}
	permissions := make([]Permission, 0, len(list.Items))
	for _, item := range list.Items {
		if item.UUID == "" {
			return nil, misshapen(what, "an item has no uuid")
		}
		permissions = append(permissions, Permission{ID: item.UUID, Name: string(item.Name), Title: string(item.Title)})
	}
	return permissions, nil
}

// Communities lists the UUIDs of the communities that the key sees (GET /v1/me/communities, which has no pages): each
// with its subcommunities behind it, in Sekoia's order, none twice.
func (c *Client) Communities(ctx context.Context) ([]string, error) {
	what := call{method: http.MethodGet, path: "/v1/me/communities"}
	list, err := fetchPage[wireCommunity](ctx, c, what)
	if err != nil {
		return nil, err
	}
	communities := make([]string, 0, len(list.Items))
	seen := map[string]bool{}
	for _, item := range list.Items {
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

// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package sekoia

import (
	"context"
	"iter"
	"net/http"
	"net/url"
	"strings"
)

const assetsPath = "/v2/asset-management/assets"

// Asset is what Sekoia holds of a device, merged from all connectors that see it: the part that is used of Sekoia's
// AssetShortDTO. Times are as Sekoia wrote them; nil is what Sekoia does not have.
type Asset struct {
	ID          string           `json:"uuid"`
	CommunityID string           `json:"community_uuid"`
	Name        string           `json:"name"`
	Type        string           `json:"type"`
	FirstSeen   *string          `json:"first_seen"`
	LastSeen    *string          `json:"last_seen"`
	CreatedAt   *string          `json:"created_at"`
	Revoked     bool             `json:"revoked"`
	Connectors  []AssetConnector `json:"connectors"`
}

func (a Asset) id() string { return a.ID }

// AssetConnector is one connector's share in an asset.
type AssetConnector struct {
	ID          string  `json:"uuid"`           // the connector configuration
	ConnectorID *string `json:"connector_uuid"` // in the catalogue
	FirstSeen   *string `json:"first_seen"`
	LastSeen    *string `json:"last_seen"`
	ExternalID  *string `json:"external_id"` // of an Okta device: its id in Okta
}

// AssetQuery narrows a list of assets. Empty fields narrow nothing.
type AssetQuery struct {
	ConnectorID string // a connector configuration
	Type        string // "host" for devices
	Search      string // in the asset's name
	// IncludeRevoked asks also for assets that somebody revoked, which Sekoia leaves out by default.
	IncludeRevoked bool
}

func (q AssetQuery) values() url.Values {
	values := url.Values{}
	setGiven(values, "connectors_configuration", strings.ToLower(q.ConnectorID)) // see Query.values
	setGiven(values, "type", q.Type)
	setGiven(values, "search", q.Search)
	if q.IncludeRevoked {
		values.Set("include_revoked", "true")
	}
	return values
}

// CountAssets returns how many assets a connector has brought, in one call.
func (c *Client) CountAssets(ctx context.Context, connectorID string) (int, error) {
	query := AssetQuery{ConnectorID: connectorID}.values()
	query.Set("limit", "1")
	what := call{method: http.MethodGet, path: assetsPath, query: query}
	found, err := fetchPage[Asset](ctx, c, what)
	if err != nil {
		return 0, err
	}
	if found.Total == nil || *found.Total < len(found.Items) {
		return 0, what.unexpected(http.StatusOK, "it has no total that can be right")
	}
	return *found.Total, nil
}

// Assets reads the assets that a query finds, oldest first, page by page as they are consumed. An error is the last
// thing that it yields.
func (c *Client) Assets(ctx context.Context, query AssetQuery) iter.Seq2[Asset, error] {
	values := query.values()
	values.Set("sort", "created_at")
	values.Set("direction", "asc")
	return list[Asset](ctx, c, call{method: http.MethodGet, path: assetsPath, query: values})
}

// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package sekoia

import (
	"context"
	"iter"
	"net/http"
	"net/url"
)

const assetsPath = "/v2/asset-management/assets"

// Asset is what Sekoia holds of a device, merged from all connectors that see it. nil where Sekoia has nothing.
type Asset struct {
	ID          string
	CommunityID string
	Name        string
	Type        string
	FirstSeen   *string // times as Sekoia wrote them
	LastSeen    *string
	CreatedAt   *string
	Revoked     bool
	Connectors  []AssetConnector
}

// AssetConnector is one connector's share in an asset.
type AssetConnector struct {
	ID          string  // the connector configuration
	ConnectorID *string // in the catalogue
	FirstSeen   *string
	LastSeen    *string
	ExternalID  *string // of an Okta device: its id in Okta
}

// AssetQuery narrows a list of assets. Empty fields narrow nothing.
type AssetQuery struct {
	ConnectorID string // a connector configuration
	Type        string // "host" for devices
	Search      string // in the asset's name
	// IncludeRevoked asks for the assets too that somebody revoked; Sekoia leaves them out by default.
	IncludeRevoked bool
}

// wireAsset is the part that is used of Sekoia's AssetShortDTO.
type wireAsset struct {
	UUID          string  `json:"uuid"`
	CommunityUUID string  `json:"community_uuid"`
	Name          string  `json:"name"`
	Type          string  `json:"type"`
	FirstSeen     *string `json:"first_seen"`
	LastSeen      *string `json:"last_seen"`
	CreatedAt     *string `json:"created_at"`
	Revoked       bool    `json:"revoked"`
	Connectors    []struct {
		UUID          string  `json:"uuid"`
		ConnectorUUID *string `json:"connector_uuid"`
		FirstSeen     *string `json:"first_seen"`
		LastSeen      *string `json:"last_seen"`
		ExternalID    *string `json:"external_id"`
	} `json:"connectors"`
}

func (w wireAsset) id() string { return w.UUID }

func (w wireAsset) asset() Asset {
	asset := Asset{
		ID: w.UUID, CommunityID: w.CommunityUUID, Name: w.Name, Type: w.Type,
		FirstSeen: w.FirstSeen, LastSeen: w.LastSeen, CreatedAt: w.CreatedAt, Revoked: w.Revoked,
		Connectors: make([]AssetConnector, 0, len(w.Connectors)),
	}
	for _, share := range w.Connectors {
		asset.Connectors = append(asset.Connectors, AssetConnector{
			ID: share.UUID, ConnectorID: share.ConnectorUUID,
			FirstSeen: share.FirstSeen, LastSeen: share.LastSeen, ExternalID: share.ExternalID,
		})
	}
	return asset
}

func (q AssetQuery) values() url.Values {
	values := url.Values{}
	for name, value := range map[string]string{
		"connectors_configuration": q.ConnectorID, "type": q.Type, "search": q.Search,
	} {
		if value != "" {
			values.Set(name, value)
		}
	}
	if q.IncludeRevoked {
		values.Set("include_revoked", "true")
	}
	return values
}

// CountAssets tells how many assets a connector has brought, in one call.
func (c *Client) CountAssets(ctx context.Context, connectorID string) (int, error) {
	query := AssetQuery{ConnectorID: connectorID}.values()
	query.Set("limit", "1")
	what := call{method: http.MethodGet, path: assetsPath, query: query}
	list, err := fetchPage[wireAsset](ctx, c, what)
	if err != nil {
		return 0, err
	}
	if list.Total == nil || *list.Total < len(list.Items) {
		return 0, misshapen(what, "it has no total that can be right")
	}
	return *list.Total, nil
}

// Assets reads the assets that a query finds, oldest first, page by page as they are consumed. After an error there are
// no more.
func (c *Client) Assets(ctx context.Context, query AssetQuery) iter.Seq2[Asset, error] {
	values := query.values()
	values.Set("sort", "created_at")
	values.Set("direction", "asc")
	what := call{method: http.MethodGet, path: assetsPath, query: values}
	return func(yield func(Asset, error) bool) {
		for wire, err := range list[wireAsset](ctx, c, what) {
			if !yield(wire.asset(), err) {
				return
			}
		}
	}
}

// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package asset

import (
	"context"
	"fmt"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/memo"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/sekoia"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/access"
)

// connectorIDAttribute is the argument of both data sources that names a connector.
const connectorIDAttribute = "connector_id"

const assetsNotListed = "Sekoia's assets could not be listed"

// listAssets lists assets once in a process, however many data sources ask for the same. The list is shared: nobody may
// change it.
func listAssets(ctx context.Context, clients *access.Clients, client *sekoia.Client, query sekoia.AssetQuery) ([]sekoia.Asset, error) {
	key := fmt.Sprintf("asset/list %q %q %q", query.ConnectorID, query.Type, query.Search)
	return memo.Remember(ctx, clients.Shared(), key, func(ctx context.Context) ([]sekoia.Asset, error) {
		found := []sekoia.Asset{}
		for asset, err := range client.Assets(ctx, query) {
			if err != nil {
				return nil, err
			}
			found = append(found, asset)
		}
		return found, nil
	})
}

// listSightings lists what a connector has seen once in a process. Of its assets no more is kept than that. It is
// shared: nobody may change it.
func listSightings(ctx context.Context, clients *access.Clients, client *sekoia.Client, connectorID string) (*sightings, error) {
	return memo.Remember(ctx, clients.Shared(), "asset/sightings "+connectorID, func(ctx context.Context) (*sightings, error) {
		seen := newSightings(connectorID)

		// The revoked ones too: they arrived, and the newest of them may be what shows the checkpoint.
		for asset, err := range client.Assets(ctx, sekoia.AssetQuery{ConnectorID: connectorID, IncludeRevoked: true}) {
			if err != nil {
				return nil, err
			}
			seen.read(&asset)
		}
		return seen, nil
	})
}

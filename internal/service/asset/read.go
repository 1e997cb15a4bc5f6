// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package asset

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/memo"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/sekoia"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/access"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/attribute"
)

// connectorIDAttribute is the argument of both data sources that names a connector.
const connectorIDAttribute = "connector_id"

// configured is what both data sources are given by the provider.
type configured struct {
	clients *access.Clients
}

// Configure takes the provider's clients.
func (c *configured) Configure(_ context.Context, req datasource.ConfigureRequest, resp *datasource.ConfigureResponse) {
	c.clients = access.ConfiguredClients(req.ProviderData, &resp.Diagnostics)
}

func connectorIDValidators() []validator.String {
	return []validator.String{attribute.UUIDValidator()}
}

// listAssets lists assets once in a process, however many data sources ask for the same. The list is shared: nobody may
// change it.
func (c *configured) listAssets(ctx context.Context, client *sekoia.Client, query sekoia.AssetQuery) ([]sekoia.Asset, error) {
	key := fmt.Sprintf("asset/list %q %q %q", query.ConnectorID, query.Type, query.Search)
	return memo.Remember(ctx, c.clients.Shared(), key, func(ctx context.Context) ([]sekoia.Asset, error) {
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
func (c *configured) listSightings(ctx context.Context, client *sekoia.Client, connectorID string) (*sightings, error) {
	return memo.Remember(ctx, c.clients.Shared(), "asset/sightings "+connectorID, func(ctx context.Context) (*sightings, error) {
		seen := newSightings(connectorID)

		// The revoked ones too: they arrived, and the newest of them may be what tells the checkpoint.
		for asset, err := range client.Assets(ctx, sekoia.AssetQuery{ConnectorID: connectorID, IncludeRevoked: true}) {
			if err != nil {
				return nil, err
			}
			seen.read(&asset)
		}
		return seen, nil
	})
}

// addAssetsError says why assets could not be listed.
func (c *configured) addAssetsError(diags *diag.Diagnostics, err error) {
	c.clients.AddSekoiaError(diags, path.Empty(), "Sekoia's assets could not be listed", err)
}

// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package asset

import (
	"github.com/sekoia-io/terraform-provider-sekoia/internal/sekoia"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/longlist"
)

// assetTable has the attributes of an asset. What Sekoia does not have is null.
var assetTable = longlist.NewTable(
	longlist.Value("id", "Sekoia's id of the asset.", func(a *sekoia.Asset) *string { return &a.ID }),
	longlist.Value("name", "The name.", func(a *sekoia.Asset) *string { return &a.Name }),
	longlist.Value("type", "The type, such as `host`.", func(a *sekoia.Asset) *string { return &a.Type }),
	longlist.Value("community_id", "The community that the asset is in.", func(a *sekoia.Asset) *string { return &a.CommunityID }),
	longlist.Value("first_seen", "When a connector first saw it.", func(a *sekoia.Asset) **string { return &a.FirstSeen }),
	longlist.Value("last_seen", "When a connector last saw it.", func(a *sekoia.Asset) **string { return &a.LastSeen }),
	longlist.Value("created_at", "When Sekoia created it.", func(a *sekoia.Asset) **string { return &a.CreatedAt }),
	longlist.Value("revoked", "Whether somebody revoked it.", func(a *sekoia.Asset) *bool { return &a.Revoked }),
	longlist.Objects("connectors", "The connectors that have seen the asset.", shareTable,
		func(a *sekoia.Asset) []sekoia.AssetConnector { return a.Connectors }),
)

// shareTable has the attributes of a connector's share in an asset.
var shareTable = longlist.NewTable(
	longlist.Value(connectorIDAttribute, "The connector.", func(c *sekoia.AssetConnector) *string { return &c.ID }),
	longlist.Value("catalogue_id", "The kind of connector: its UUID in Sekoia's catalogue.",
		func(c *sekoia.AssetConnector) **string { return &c.ConnectorID }),
	longlist.Value("external_id", "The id that the connector gives the asset. For an Okta device, this is Okta's id.",
		func(c *sekoia.AssetConnector) **string { return &c.ExternalID }),
	longlist.Value("first_seen", "When this connector first saw it.", func(c *sekoia.AssetConnector) **string { return &c.FirstSeen }),
	longlist.Value("last_seen", "When this connector last saw it.", func(c *sekoia.AssetConnector) **string { return &c.LastSeen }),
)

// missingTable has the attributes of a device that a connector has not brought.
var missingTable = longlist.NewTable(
	longlist.Value("id", "Okta's id of the device.", func(d *missingDevice) *string { return &d.id }),
	longlist.Value("reason", "Why it is missing: `lacks_field`, `behind`, `before_checkpoint`, `pending`, or `unknown` if it is one of the last three and it "+
		"is not known which. `lacks_field` is certain. The others are worked out from the times at which assets were seen.",
		func(d *missingDevice) *string { return (*string)(&d.reason) }),
	longlist.Value("detail", "With `lacks_field`, the missing fields, as Okta spells them. With `behind`, the id of the device that has to be fixed "+
		"first, if it is known. Otherwise null.", func(d *missingDevice) *string { return &d.detail }),
)

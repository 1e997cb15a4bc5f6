// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package asset

import (
	"github.com/sekoia-io/terraform-provider-sekoia/internal/sekoia"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/longlist"
)

// assetTable has the attributes of an asset. What Sekoia has not is null.
var assetTable = longlist.NewTable(
	longlist.Value("id", "Sekoia's id of the asset.", func(a *sekoia.Asset) *string { return &a.ID }),
	longlist.Value("name", "The name.", func(a *sekoia.Asset) *string { return &a.Name }),
	longlist.Value("type", "The type, such as `host`.", func(a *sekoia.Asset) *string { return &a.Type }),
	longlist.Value("community_id", "The community that the asset is in.", func(a *sekoia.Asset) *string { return &a.CommunityID }),
	longlist.Value("first_seen", "When any connector saw it first.", func(a *sekoia.Asset) **string { return &a.FirstSeen }),
	longlist.Value("last_seen", "When any connector saw it last.", func(a *sekoia.Asset) **string { return &a.LastSeen }),
	longlist.Value("created_at", "When Sekoia made it.", func(a *sekoia.Asset) **string { return &a.CreatedAt }),
	longlist.Value("revoked", "Whether somebody revoked it.", func(a *sekoia.Asset) *bool { return &a.Revoked }),
	longlist.Objects("connectors", "The connectors that have seen the asset.", shareTable,
		func(a *sekoia.Asset) []sekoia.AssetConnector { return a.Connectors }),
)

// shareTable has the attributes of a connector's share in an asset.
var shareTable = longlist.NewTable(
	longlist.Value(connectorIDAttribute, "The connector.", func(c *sekoia.AssetConnector) *string { return &c.ID }),
	longlist.Value("catalogue_id", "Which kind of connector it is: its UUID in Sekoia's catalogue.",
		func(c *sekoia.AssetConnector) **string { return &c.ConnectorID }),
	longlist.Value("external_id", "The id that the connector knows the asset by. Of an Okta device: Okta's id.",
		func(c *sekoia.AssetConnector) **string { return &c.ExternalID }),
	longlist.Value("first_seen", "When this connector saw it first.", func(c *sekoia.AssetConnector) **string { return &c.FirstSeen }),
	longlist.Value("last_seen", "When this connector saw it last.", func(c *sekoia.AssetConnector) **string { return &c.LastSeen }),
)

// missingTable has the attributes of a device that a connector has not brought.
var missingTable = longlist.NewTable(
	longlist.Value("id", "Okta's id of the device.", func(d *missingDevice) *string { return &d.id }),
	longlist.Value("reason", "Why it is missing: `lacks_field`, `behind`, `before_checkpoint`, `pending`, or `unknown` if it can't be said which of the last "+
		"three it is. `lacks_field` is certain. The others are worked out from when assets were seen.",
		func(d *missingDevice) *string { return (*string)(&d.reason) }),
	longlist.Value("detail", "With `lacks_field`, the fields that it lacks, as Okta spells them. With `behind`, the id of the device that has to be "+
		"fixed first, if it is certain which. Else null.", func(d *missingDevice) *string { return &d.detail }),
)

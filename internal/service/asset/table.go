// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package asset

import (
	"github.com/sekoia-io/terraform-provider-sekoia/internal/sekoia"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/longlist"
)

// These are the kinds of rows in the tables below.
var (
	assetText   = longlist.Text[sekoia.Asset]
	assetFlag   = longlist.Flag[sekoia.Asset]
	shareText   = longlist.Text[sekoia.AssetConnector]
	missingText = longlist.Text[missingDevice]
)

// assetTable has the attributes of an asset. What Sekoia has not is null.
var assetTable = longlist.NewTable(
	assetText("id", "Sekoia's id of the asset.", func(a *sekoia.Asset) *string { return &a.ID }),
	assetText("name", "The name.", func(a *sekoia.Asset) *string { return nilIfEmpty(&a.Name) }),
	assetText("type", "The type, such as `host`.", func(a *sekoia.Asset) *string { return nilIfEmpty(&a.Type) }),
	assetText("community_id", "The community that the asset is in.", func(a *sekoia.Asset) *string { return nilIfEmpty(&a.CommunityID) }),
	assetText("first_seen", "When any connector first saw it.", func(a *sekoia.Asset) *string { return a.FirstSeen }),
	assetText("last_seen", "When any connector last saw it.", func(a *sekoia.Asset) *string { return a.LastSeen }),
	assetText("created_at", "When Sekoia created it.", func(a *sekoia.Asset) *string { return a.CreatedAt }),
	assetFlag("revoked", "Whether someone revoked it.", func(a *sekoia.Asset) *bool { return &a.Revoked }),
	longlist.Objects("connectors", "The connectors that have seen the asset.", shareTable,
		func(a *sekoia.Asset) []sekoia.AssetConnector { return a.Connectors }),
)

// shareTable has the attributes of a connector's share in an asset.
var shareTable = longlist.NewTable(
	shareText(connectorIDAttribute, "The connector.", func(c *sekoia.AssetConnector) *string { return nilIfEmpty(&c.ID) }),
	shareText("catalogue_id", "The UUID of the kind of connector in Sekoia's catalogue.",
		func(c *sekoia.AssetConnector) *string { return c.ConnectorID }),
	shareText("external_id", "The connector's own id for the asset. For an Okta device it is Okta's id.",
		func(c *sekoia.AssetConnector) *string { return c.ExternalID }),
	shareText("first_seen", "When this connector first saw it.", func(c *sekoia.AssetConnector) *string { return c.FirstSeen }),
	shareText("last_seen", "When this connector last saw it.", func(c *sekoia.AssetConnector) *string { return c.LastSeen }),
)

// missingTable has the attributes of a device that a connector has not brought.
var missingTable = longlist.NewTable(
	missingText("id", "Okta's id of the device.", func(d *missingDevice) *string { return nilIfEmpty(&d.id) }),
	missingText("reason", "Why it is missing: `lacks_field`, `behind`, `before_checkpoint` or `pending`. `unknown` means one of the "+
		"last three. Only `lacks_field` is certain. The others are estimated from when assets were seen."+
		"three it is. `lacks_field` is certain. The others are worked out from when assets were seen.",
		func(d *missingDevice) *string { return (*string)(&d.reason) }),
	missingText("detail", "With `lacks_field`: the missing fields, as Okta spells them. With `behind`: the id of the device to fix "+
		"first, if that is certain. Otherwise null."+
		"fixed first, if it is certain which. Else null.", func(d *missingDevice) *string { return nilIfEmpty(&d.detail) }),
)

// nilIfEmpty is for text of which "" says that there is none.
func nilIfEmpty(text *string) *string {
	if *text == "" {
		return nil
	}
	return text
}

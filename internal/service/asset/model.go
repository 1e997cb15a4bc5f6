// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package asset

import (
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/sekoia"
)

// The types of both data sources' lists. Their values are made by hand, for the framework's reflection takes long on long lists.
var (
	shareTypes = map[string]attr.Type{
		"connector_id": types.StringType,
		"catalogue_id": types.StringType,
		"external_id":  types.StringType,
		"first_seen":   types.StringType,
		"last_seen":    types.StringType,
	}
	shareType = types.ObjectType{AttrTypes: shareTypes}

	assetTypes = map[string]attr.Type{
		"id":           types.StringType,
		"name":         types.StringType,
		"type":         types.StringType,
		"community_id": types.StringType,
		"first_seen":   types.StringType,
		"last_seen":    types.StringType,
		"created_at":   types.StringType,
		"revoked":      types.BoolType,
		"connectors":   types.ListType{ElemType: shareType},
	}
	assetType = types.ObjectType{AttrTypes: assetTypes}

	missingTypes = map[string]attr.Type{
		"id":     types.StringType,
		"reason": types.StringType,
		"detail": types.StringType,
	}
	missingType = types.ObjectType{AttrTypes: missingTypes}
)

// assetList is the list of these assets. What Sekoia has not is null.
func assetList(assets []sekoia.Asset) types.List {
	elements := make([]attr.Value, len(assets))

	for index := range assets {
		each := &assets[index]
		elements[index] = types.ObjectValueMust(assetTypes, map[string]attr.Value{
			"id":           types.StringValue(each.ID),
			"name":         nullIfEmpty(each.Name),
			"type":         nullIfEmpty(each.Type),
			"community_id": nullIfEmpty(each.CommunityID),
			"first_seen":   types.StringPointerValue(each.FirstSeen),
			"last_seen":    types.StringPointerValue(each.LastSeen),
			"created_at":   types.StringPointerValue(each.CreatedAt),
			"revoked":      types.BoolValue(each.Revoked),
			"connectors":   shareList(each.Connectors),
		})
	}

	return types.ListValueMust(assetType, elements)
}

func shareList(shares []sekoia.AssetConnector) types.List {
	elements := make([]attr.Value, len(shares))

	for index := range shares {
		each := &shares[index]
		elements[index] = types.ObjectValueMust(shareTypes, map[string]attr.Value{
			"connector_id": nullIfEmpty(each.ID),
			"catalogue_id": types.StringPointerValue(each.ConnectorID),
			"external_id":  types.StringPointerValue(each.ExternalID),
			"first_seen":   types.StringPointerValue(each.FirstSeen),
			"last_seen":    types.StringPointerValue(each.LastSeen),
		})
	}

	return types.ListValueMust(shareType, elements)
}

// coverageValues are what sekoia_okta_device_coverage says of a comparison.
func coverageValues(found *coverage) map[string]attr.Value {
	missing := make([]attr.Value, len(found.missing))
	for index := range found.missing {
		each := &found.missing[index]
		missing[index] = types.ObjectValueMust(missingTypes, map[string]attr.Value{
			"id": nullIfEmpty(each.id), "reason": types.StringValue(string(each.reason)), "detail": nullIfEmpty(each.detail),
		})
	}

	counts := make(map[string]attr.Value, len(reasons))
	for _, why := range reasons {
		counts[string(why)] = types.Int64Value(int64(found.count(why)))
	}

	ratio := types.Float64Null()
	if found.devices > 0 {
		ratio = types.Float64Value(float64(len(found.covered)) / float64(found.devices))
	}

	return map[string]attr.Value{
		"covered":           idList(found.covered),
		"missing":           types.ListValueMust(missingType, missing),
		"stale":             idList(found.stale),
		"missing_by_reason": types.MapValueMust(types.Int64Type, counts),
		"coverage_ratio":    ratio,
		"summary_markdown":  types.StringValue(found.summary()),
	}
}

func idList(ids []string) types.List {
	elements := make([]attr.Value, len(ids))
	for index, id := range ids {
		elements[index] = types.StringValue(id)
	}

	return types.ListValueMust(types.StringType, elements)
}

// nullIfEmpty is for text of which "" says that there is none.
func nullIfEmpty(text string) types.String {
	if text == "" {
		return types.StringNull()
	}

	return types.StringValue(text)
}

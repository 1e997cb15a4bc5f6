// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package asset

import (
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/sekoia"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/longlist"
)

// assetResults are what sekoia_assets says of the assets that it read.
func assetResults(assets []sekoia.Asset) longlist.Results {
	return longlist.Results{
		Values: map[string]attr.Value{"total": types.Int64Value(int64(len(assets)))},
		Lists:  map[string]longlist.List{"assets": assetTable.List(assets)},
	}
}

// coverageResults are what sekoia_okta_device_coverage says of a comparison.
func coverageResults(found *coverage) longlist.Results {
	counts := make(map[string]attr.Value, len(reasons))
	for _, why := range reasons {
		counts[string(why)] = types.Int64Value(int64(found.count(why)))
	}
	ratio := types.Float64Null()
	if found.devices > 0 {
		ratio = types.Float64Value(float64(len(found.covered)) / float64(found.devices))
	}
	return longlist.Results{
		Values: map[string]attr.Value{
			"missing_by_reason": types.MapValueMust(types.Int64Type, counts),
			"coverage_ratio":    ratio,
			"summary_markdown":  types.StringValue(found.summary()),
		},
		Lists: map[string]longlist.List{
			"covered": longlist.Texts(found.covered), "missing": missingTable.List(found.missing), "stale": longlist.Texts(found.stale),
		},
	}
}

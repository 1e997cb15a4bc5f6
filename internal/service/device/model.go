// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package device

import (
	"cmp"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/okta"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/access"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/longlist"
)

// results are what sekoia_okta_devices says of a listing. Without devices, their list stays null.
func results(listing *access.DeviceListing, includeDevices bool) longlist.Results {
	read := longlist.Results{Values: map[string]attr.Value{
		"total":             types.Int64Value(int64(listing.Total)),
		"count_by_platform": counts(listing.ByPlatform),
		"count_by_status":   counts(listing.ByStatus),
	}}
	if includeDevices {
		read.Lists = map[string]longlist.List{"devices": deviceTable.List(listing.Devices)}
	}
	return read
}

func counts(by map[string]int) types.Map {
	values := make(map[string]attr.Value, len(by))
	for key, count := range by {
		values[key] = types.Int64Value(int64(count))
	}
	return types.MapValueMust(types.Int64Type, values)
}

// candidateIDs are the ids of several devices, for an error.
func candidateIDs(devices []okta.Device) []string {
	ids := make([]string, len(devices))
	for index := range devices {
		ids[index] = cmp.Or(devices[index].ID, "(without id)")
	}
	return ids
}

// oktaTime writes a time as Okta's search takes it: UTC, with milliseconds.
func oktaTime(moment time.Time) string {
	return moment.UTC().Format("2006-01-02T15:04:05.000Z")
}

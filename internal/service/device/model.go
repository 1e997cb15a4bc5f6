// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package device

import (
	"cmp"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/okta"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/longlist"
)

// results are what sekoia_okta_devices says of the devices that it read.
func results(devices []okta.Device) terraform.Results {
	return terraform.Results{
		Values: map[string]attr.Value{
			"total":             types.Int64Value(int64(len(devices))),
			"count_by_platform": countBy(devices, func(device *okta.Device) *string { return device.Platform }),
			"count_by_status":   countBy(devices, func(device *okta.Device) *string { return device.Status }),
		},
		Lists: map[string]longlist.List{"devices": deviceTable.List(devices)},
	}
}

// countBy counts the devices by a field. A device without it is counted under no key.
func countBy(devices []okta.Device, field func(*okta.Device) *string) types.Map {
	counts := map[string]int64{}

	for index := range devices {
		if value := field(&devices[index]); value != nil {
			counts[*value]++
		}
	}

	values := make(map[string]attr.Value, len(counts))
	for key, count := range counts {
		values[key] = types.Int64Value(count)
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

// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package device

import (
	"cmp"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/okta"
)

// userTypes are the attributes of a device's user.
var userTypes = map[string]attr.Type{
	"id":                types.StringType,
	"login":             types.StringType,
	"email":             types.StringType,
	"first_name":        types.StringType,
	"last_name":         types.StringType,
	"status":            types.StringType,
	"management_status": types.StringType,
	"screen_lock_type":  types.StringType,
	"created":           types.StringType,
}

// deviceTypes are the attributes of a device.
var deviceTypes = map[string]attr.Type{
	"id":                      types.StringType,
	"status":                  types.StringType,
	"display_name":            types.StringType,
	"platform":                types.StringType,
	"manufacturer":            types.StringType,
	"model":                   types.StringType,
	"os_version":              types.StringType,
	"serial_number":           types.StringType,
	"imei":                    types.StringType,
	"meid":                    types.StringType,
	"udid":                    types.StringType,
	"sid":                     types.StringType,
	"tpm_public_key_hash":     types.StringType,
	"disk_encryption_type":    types.StringType,
	"registered":              types.BoolType,
	"secure_hardware_present": types.BoolType,
	"managed":                 types.BoolType,
	"integrity_jailbreak":     types.BoolType,
	"created":                 types.StringType,
	"last_updated":            types.StringType,
	"users":                   types.ListType{ElemType: userType},
}

var (
	userType   = types.ObjectType{AttrTypes: userTypes}
	deviceType = types.ObjectType{AttrTypes: deviceTypes}
)

// deviceValues are the attributes of one device. What Okta left out is null.
func deviceValues(device *okta.Device) map[string]attr.Value {
	return map[string]attr.Value{
		"id":                      nullIfEmpty(device.ID),
		"status":                  types.StringPointerValue(device.Status),
		"display_name":            types.StringPointerValue(device.DisplayName),
		"platform":                types.StringPointerValue(device.Platform),
		"manufacturer":            types.StringPointerValue(device.Manufacturer),
		"model":                   types.StringPointerValue(device.Model),
		"os_version":              types.StringPointerValue(device.OSVersion),
		"serial_number":           types.StringPointerValue(device.SerialNumber),
		"imei":                    types.StringPointerValue(device.IMEI),
		"meid":                    types.StringPointerValue(device.MEID),
		"udid":                    types.StringPointerValue(device.UDID),
		"sid":                     types.StringPointerValue(device.SID),
		"tpm_public_key_hash":     types.StringPointerValue(device.TPMPublicKeyHash),
		"disk_encryption_type":    types.StringPointerValue(device.DiskEncryptionType),
		"registered":              types.BoolPointerValue(device.Registered),
		"secure_hardware_present": types.BoolPointerValue(device.SecureHardwarePresent),
		"managed":                 types.BoolPointerValue(device.Managed),
		"integrity_jailbreak":     types.BoolPointerValue(device.IntegrityJailbreak),
		"created":                 types.StringPointerValue(device.Created),
		"last_updated":            types.StringPointerValue(device.LastUpdated),
		"users":                   userList(device.Users),
	}
}

// nullIfEmpty is for an id, which Okta's answer always has unless it is of odd shape.
func nullIfEmpty(text string) types.String {
	if text == "" {
		return types.StringNull()
	}

	return types.StringValue(text)
}

// results are what sekoia_okta_devices says of the devices that it read.
func results(devices []okta.Device) map[string]attr.Value {
	return map[string]attr.Value{
		"devices":           deviceList(devices),
		"total":             types.Int64Value(int64(len(devices))),
		"count_by_platform": countBy(devices, func(device *okta.Device) *string { return device.Platform }),
		"count_by_status":   countBy(devices, func(device *okta.Device) *string { return device.Status }),
	}
}

// deviceList is the list of these devices, made by hand.
func deviceList(devices []okta.Device) types.List {
	elements := make([]attr.Value, len(devices))
	for index := range devices {
		elements[index] = types.ObjectValueMust(deviceTypes, deviceValues(&devices[index]))
	}

	return types.ListValueMust(deviceType, elements)
}

// userList is null where nobody asked for users, and empty where a device has none.
func userList(users []okta.DeviceUser) types.List {
	if users == nil {
		return types.ListNull(userType)
	}

	elements := make([]attr.Value, len(users))
	for index := range users {
		elements[index] = types.ObjectValueMust(userTypes, userValues(&users[index]))
	}

	return types.ListValueMust(userType, elements)
}

func userValues(user *okta.DeviceUser) map[string]attr.Value {
	return map[string]attr.Value{
		"id":                types.StringPointerValue(user.ID),
		"login":             types.StringPointerValue(user.Login),
		"email":             types.StringPointerValue(user.Email),
		"first_name":        types.StringPointerValue(user.FirstName),
		"last_name":         types.StringPointerValue(user.LastName),
		"status":            types.StringPointerValue(user.Status),
		"management_status": types.StringPointerValue(user.ManagementStatus),
		"screen_lock_type":  types.StringPointerValue(user.ScreenLockType),
		"created":           types.StringPointerValue(user.Created),
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

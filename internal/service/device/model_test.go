// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package device

import (
	"maps"
	"slices"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/okta"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/access"
)

func TestDeviceValuesKeepNull(t *testing.T) {
	t.Parallel()
	for name, value := range deviceTable.Values(&okta.Device{}) {
		if !value.IsNull() {
			t.Errorf("%s of a device that Okta says nothing about is %s", name, value)
		}
	}
	for name, value := range userTable.Values(&okta.DeviceUser{}) {
		if !value.IsNull() {
			t.Errorf("%s of a user that Okta says nothing about is %s", name, value)
		}
	}
}

func TestDeviceValues(t *testing.T) {
	t.Parallel()
	text := func(value string) *string { return &value }
	yes, no := true, false
	full := okta.Device{
		ID: "guo1", Status: text("ACTIVE"), DisplayName: text("Laptop"), Platform: text("MACOS"), Manufacturer: text("ACME"), Model: text("M1"),
		OSVersion: text("15.1"), SerialNumber: text("S1"), IMEI: text("I1"), MEID: text("E1"), UDID: text("U1"), SID: text("D1"),
		TPMPublicKeyHash: text("T1"), DiskEncryptionType: text("FULL"), Registered: &yes, SecureHardwarePresent: &no, Managed: &yes,
		IntegrityJailbreak: &no, Created: text("2026-01-01T00:00:00.000Z"), LastUpdated: text("2026-01-02T00:00:00.000Z"),
		Users: []okta.DeviceUser{{
			ID: text("00u1"), Login: text("user@example.com"), Email: text("mail@example.com"), FirstName: text("User"), LastName: text("001"),
			Status: text("STAGED"), ManagementStatus: text("MANAGED"), ScreenLockType: text("BIOMETRIC"), Created: text("2026-01-03T00:00:00.000Z"),
		}},
	}
	want := map[string]attr.Value{
		"id": types.StringValue("guo1"), "status": types.StringValue("ACTIVE"), "display_name": types.StringValue("Laptop"),
		"platform": types.StringValue("MACOS"), "manufacturer": types.StringValue("ACME"), "model": types.StringValue("M1"),
		"os_version": types.StringValue("15.1"), "serial_number": types.StringValue("S1"), "imei": types.StringValue("I1"),
		"meid": types.StringValue("E1"), "udid": types.StringValue("U1"), "sid": types.StringValue("D1"),
		"tpm_public_key_hash": types.StringValue("T1"), "disk_encryption_type": types.StringValue("FULL"), "registered": types.BoolValue(true),
		"secure_hardware_present": types.BoolValue(false), "managed": types.BoolValue(true), "integrity_jailbreak": types.BoolValue(false),
		"created": types.StringValue("2026-01-01T00:00:00.000Z"), "last_updated": types.StringValue("2026-01-02T00:00:00.000Z"),
		"users": types.ListValueMust(userTable.Type(), []attr.Value{types.ObjectValueMust(userTable.Type().AttrTypes, map[string]attr.Value{
			"id": types.StringValue("00u1"), "login": types.StringValue("user@example.com"), "email": types.StringValue("mail@example.com"),
			"first_name": types.StringValue("User"), "last_name": types.StringValue("001"), "status": types.StringValue("STAGED"),
			"management_status": types.StringValue("MANAGED"), "screen_lock_type": types.StringValue("BIOMETRIC"),
			"created": types.StringValue("2026-01-03T00:00:00.000Z"),
		})}),
	}
	kinds := deviceTable.Type().AttrTypes
	if got, want := types.ObjectValueMust(kinds, deviceTable.Values(&full)), types.ObjectValueMust(kinds, want); !got.Equal(want) {
		t.Errorf("the device is %s, want %s", got, want)
	}
}

func TestUsersTellNoneFromNotAskedFor(t *testing.T) {
	t.Parallel()
	if got := deviceTable.Values(&okta.Device{})["users"]; !got.IsNull() {
		t.Errorf("users that nobody asked for are %s", got)
	}
	none := types.ListValueMust(userTable.Type(), []attr.Value{})
	if got := deviceTable.Values(&okta.Device{Users: []okta.DeviceUser{}})["users"]; !got.Equal(none) {
		t.Errorf("no users are %s", got)
	}
}

func TestCounts(t *testing.T) {
	t.Parallel()
	want := types.MapValueMust(types.Int64Type, map[string]attr.Value{"MACOS": types.Int64Value(2), "HAL9000": types.Int64Value(1)})
	if got := counts(map[string]int{"MACOS": 2, "HAL9000": 1}); !got.Equal(want) {
		t.Errorf("the counts are %s, want %s", got, want)
	}
	if got := counts(map[string]int{}); got.IsNull() || len(got.Elements()) != 0 {
		t.Errorf("the counts of no devices are %s", got)
	}
}

func TestOktaTime(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{"2026-11-01T02:03:04.0056+02:00": "2026-11-01T00:03:04.005Z", "": "", "yesterday": "yesterday"} {
		if got := oktaTime(text); got != want {
			t.Errorf("the time is %s, want %s", got, want)
		}
	}
}

func TestCandidateIDs(t *testing.T) {
	t.Parallel()
	if got := candidateIDs([]okta.Device{{ID: "guo1"}, {}}); !slices.Equal(got, []string{"guo1", "(without id)"}) {
		t.Errorf("the ids are %v", got)
	}
}

// TestSchemasFitValues fails where an attribute is in the schema and not in the values, or the reverse.
func TestSchemasFitValues(t *testing.T) {
	t.Parallel()
	var singular, plural datasource.SchemaResponse
	NewDataSource().Schema(t.Context(), datasource.SchemaRequest{}, &singular)
	NewPluralDataSource().Schema(t.Context(), datasource.SchemaRequest{}, &plural)
	single := maps.Clone(deviceTable.Type().AttrTypes)
	single[access.OktaOrganizationAttribute] = types.StringType
	if got := singular.Schema.Type(); !got.Equal(types.ObjectType{AttrTypes: single}) {
		t.Errorf("sekoia_okta_device is %s", got)
	}
	devices, ok := plural.Schema.Attributes["devices"].(schema.ListNestedAttribute)
	if !ok || !devices.NestedObject.Type().Equal(deviceTable.Type()) {
		t.Errorf("an element of sekoia_okta_devices is %s", devices.NestedObject.Type())
	}
	for _, response := range []datasource.SchemaResponse{singular, plural} {
		if diags := response.Schema.ValidateImplementation(t.Context()); diags.HasError() {
			t.Error(diags)
		}
	}
}

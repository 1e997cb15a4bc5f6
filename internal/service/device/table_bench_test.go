// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package device

import (
	"fmt"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/okta"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/longlist"
)

// reflectedDevice is a device as the framework would take it apart by reflection.
type reflectedDevice struct {
	ID                    types.String    `tfsdk:"id"`
	Status                types.String    `tfsdk:"status"`
	DisplayName           types.String    `tfsdk:"display_name"`
	Platform              types.String    `tfsdk:"platform"`
	Manufacturer          types.String    `tfsdk:"manufacturer"`
	Model                 types.String    `tfsdk:"model"`
	OSVersion             types.String    `tfsdk:"os_version"`
	SerialNumber          types.String    `tfsdk:"serial_number"`
	IMEI                  types.String    `tfsdk:"imei"`
	MEID                  types.String    `tfsdk:"meid"`
	UDID                  types.String    `tfsdk:"udid"`
	SID                   types.String    `tfsdk:"sid"`
	TPMPublicKeyHash      types.String    `tfsdk:"tpm_public_key_hash"`
	DiskEncryptionType    types.String    `tfsdk:"disk_encryption_type"`
	Registered            types.Bool      `tfsdk:"registered"`
	SecureHardwarePresent types.Bool      `tfsdk:"secure_hardware_present"`
	Managed               types.Bool      `tfsdk:"managed"`
	IntegrityJailbreak    types.Bool      `tfsdk:"integrity_jailbreak"`
	Created               types.String    `tfsdk:"created"`
	LastUpdated           types.String    `tfsdk:"last_updated"`
	Users                 []reflectedUser `tfsdk:"users"`
}

type reflectedUser struct {
	ID               types.String `tfsdk:"id"`
	Login            types.String `tfsdk:"login"`
	Email            types.String `tfsdk:"email"`
	FirstName        types.String `tfsdk:"first_name"`
	LastName         types.String `tfsdk:"last_name"`
	Status           types.String `tfsdk:"status"`
	ManagementStatus types.String `tfsdk:"management_status"`
	ScreenLockType   types.String `tfsdk:"screen_lock_type"`
	Created          types.String `tfsdk:"created"`
}

func reflected(device *okta.Device) reflectedDevice {
	made := reflectedDevice{
		ID: types.StringValue(device.ID), Status: types.StringPointerValue(device.Status), DisplayName: types.StringPointerValue(device.DisplayName),
		Platform: types.StringPointerValue(device.Platform), Manufacturer: types.StringPointerValue(device.Manufacturer),
		Model: types.StringPointerValue(device.Model), OSVersion: types.StringPointerValue(device.OSVersion),
		SerialNumber: types.StringPointerValue(device.SerialNumber), IMEI: types.StringPointerValue(device.IMEI),
		MEID: types.StringPointerValue(device.MEID), UDID: types.StringPointerValue(device.UDID), SID: types.StringPointerValue(device.SID),
		TPMPublicKeyHash: types.StringPointerValue(device.TPMPublicKeyHash), DiskEncryptionType: types.StringPointerValue(device.DiskEncryptionType),
		Registered: types.BoolPointerValue(device.Registered), SecureHardwarePresent: types.BoolPointerValue(device.SecureHardwarePresent),
		Managed: types.BoolPointerValue(device.Managed), IntegrityJailbreak: types.BoolPointerValue(device.IntegrityJailbreak),
		Created: types.StringPointerValue(device.Created), LastUpdated: types.StringPointerValue(device.LastUpdated),
	}
	for index := range device.Users {
		user := &device.Users[index]
		made.Users = append(made.Users, reflectedUser{
			ID: types.StringPointerValue(user.ID), Login: types.StringPointerValue(user.Login), Email: types.StringPointerValue(user.Email),
			FirstName: types.StringPointerValue(user.FirstName), LastName: types.StringPointerValue(user.LastName),
			Status: types.StringPointerValue(user.Status), ManagementStatus: types.StringPointerValue(user.ManagementStatus),
			ScreenLockType: types.StringPointerValue(user.ScreenLockType), Created: types.StringPointerValue(user.Created),
		})
	}
	return made
}

// emptyConfig is a configuration of sekoia_okta_devices that says nothing.
func emptyConfig(tb testing.TB) tfsdk.State {
	tb.Helper()
	var described datasource.SchemaResponse
	NewPluralDataSource().Schema(tb.Context(), datasource.SchemaRequest{}, &described)
	object, ok := described.Schema.Type().TerraformType(tb.Context()).(tftypes.Object)
	if !ok {
		tb.Fatal("the schema is no object")
	}
	values := map[string]tftypes.Value{}
	for name, kind := range object.AttributeTypes {
		values[name] = tftypes.NewValue(kind, nil)
	}
	return tfsdk.State{Schema: described.Schema, Raw: tftypes.NewValue(object, values)}
}

// byHand makes a state with these devices as the data source does.
func byHand(tb testing.TB, config tfsdk.State, devices []okta.Device) tfsdk.State {
	tb.Helper()
	raw, err := longlist.WithResults(tb.Context(), config.Raw, longlist.Results{Lists: map[string]longlist.List{"devices": deviceTable.List(devices)}})
	if err != nil {
		tb.Fatal(err)
	}
	return tfsdk.State{Schema: config.Schema, Raw: raw}
}

// byReflection makes it from a slice of structs.
func byReflection(tb testing.TB, config tfsdk.State, devices []okta.Device) tfsdk.State {
	tb.Helper()
	list := make([]reflectedDevice, len(devices))
	for index := range devices {
		list[index] = reflected(&devices[index])
	}
	if diags := config.SetAttribute(tb.Context(), path.Root("devices"), list); diags.HasError() {
		tb.Fatal(diags)
	}
	return config
}

// manyDevices are devices with a user each, with every third field left out.
func manyDevices(count int) []okta.Device {
	devices := make([]okta.Device, count)
	yes := true
	for index := range devices {
		text := func(name string) *string {
			value := fmt.Sprintf("%s %d", name, index)
			return &value
		}
		devices[index] = okta.Device{
			ID: *text("guo"), Status: text("status"), DisplayName: text("name"), Platform: text("platform"), Manufacturer: text("manufacturer"),
			Model: text("model"), OSVersion: text("version"), SerialNumber: text("serial"), UDID: text("udid"), Registered: &yes,
			SecureHardwarePresent: &yes, Created: text("created"), LastUpdated: text("updated"),
			Users: []okta.DeviceUser{{ID: text("00u"), Login: text("login"), Email: text("email"), ManagementStatus: text("management")}},
		}
	}
	return devices
}

// TestDeviceListIsWhatReflectionMakes fails where the list that is made by hand differs from the framework's own.
func TestDeviceListIsWhatReflectionMakes(t *testing.T) {
	t.Parallel()
	devices := append(manyDevices(3), okta.Device{ID: "guo"})
	hand, reflection := byHand(t, emptyConfig(t), devices), byReflection(t, emptyConfig(t), devices)
	if !hand.Raw.Equal(reflection.Raw) {
		diff, err := hand.Raw.Diff(reflection.Raw)
		t.Errorf("the states differ: %v, %v", diff, err)
	}
}

// BenchmarkDeviceList sets 5,000 devices with a user each, by hand and by reflection, and says how many times longer
// the latter takes.
func BenchmarkDeviceList(b *testing.B) {
	devices := manyDevices(5000)
	var hand, reflection time.Duration
	for b.Loop() {
		config := emptyConfig(b)
		begin := time.Now()
		byHand(b, config, devices)
		between := time.Now()
		hand += between.Sub(begin)
		byReflection(b, config, devices)
		reflection += time.Since(between)
	}
	b.ReportMetric(float64(hand.Milliseconds())/float64(b.N), "hand-ms/op")
	b.ReportMetric(float64(reflection.Milliseconds())/float64(b.N), "reflection-ms/op")
	b.ReportMetric(float64(reflection)/float64(hand), "reflection/hand")
}

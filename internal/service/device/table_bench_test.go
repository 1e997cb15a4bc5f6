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
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/okta"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/longlist"
)

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
	resp := datasource.ReadResponse{State: tfsdk.State{Schema: config.Schema}}
	longlist.SetState(tb.Context(), datasource.ReadRequest{Config: tfsdk.Config(config)}, &resp,
		longlist.Results{Lists: map[string]longlist.List{"devices": deviceTable.List(devices)}})
	if resp.Diagnostics.HasError() {
		tb.Fatal(resp.Diagnostics)
	}
	return resp.State
}

// byFramework puts devices into the state the framework's own way.
func byFramework(tb testing.TB, config tfsdk.State, devices []okta.Device) tfsdk.State {
	tb.Helper()
	if diags := config.SetAttribute(tb.Context(), path.Root("devices"), deviceTable.List(devices).Value()); diags.HasError() {
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

// TestDeviceListIsWhatTheFrameworkMakes fails where the list that is made by hand differs from the framework's own.
func TestDeviceListIsWhatTheFrameworkMakes(t *testing.T) {
	t.Parallel()
	devices := append(manyDevices(3), okta.Device{})
	hand, framework := byHand(t, emptyConfig(t), devices), byFramework(t, emptyConfig(t), devices)
	if !hand.Raw.Equal(framework.Raw) {
		diff, err := hand.Raw.Diff(framework.Raw)
		t.Errorf("the states differ: %v, %v", diff, err)
	}
}

// BenchmarkDeviceList sets 5,000 devices with a user each, by hand and through the framework, and says how many times
// longer the latter takes.
func BenchmarkDeviceList(b *testing.B) {
	devices := manyDevices(5000)
	var hand, framework time.Duration
	for b.Loop() {
		config := emptyConfig(b)
		begin := time.Now()
		byHand(b, config, devices)
		between := time.Now()
		hand += between.Sub(begin)
		byFramework(b, config, devices)
		framework += time.Since(between)
	}
	b.ReportMetric(float64(hand.Milliseconds())/float64(b.N), "hand-ms/op")
	b.ReportMetric(float64(framework.Milliseconds())/float64(b.N), "framework-ms/op")
	b.ReportMetric(float64(framework)/float64(hand), "framework/hand")
}

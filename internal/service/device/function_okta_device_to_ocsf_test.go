// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package device

import (
	"maps"
	"math/big"
	"reflect"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/ocsf"
)

// run calls the function with these attributes; what is left out is null.
func run(t *testing.T, attributes map[string]attr.Value) function.RunResponse {
	t.Helper()
	whole := map[string]attr.Value{}
	for name, kind := range mappedTable.Type().AttrTypes {
		whole[name] = types.StringNull()
		if kind == types.BoolType {
			whole[name] = types.BoolNull()
		}
	}
	maps.Copy(whole, attributes)
	var definition function.DefinitionResponse
	NewOCSFFunction().Definition(t.Context(), function.DefinitionRequest{}, &definition)
	result, problem := definition.Definition.Return.NewResultData(t.Context())
	if problem != nil {
		t.Fatal(problem)
	}
	resp := function.RunResponse{Result: result}
	arguments := function.NewArgumentsData([]attr.Value{types.ObjectValueMust(mappedTable.Type().AttrTypes, whole)})
	NewOCSFFunction().Run(t.Context(), function.RunRequest{Arguments: arguments}, &resp)
	return resp
}

func TestOCSFFunction(t *testing.T) {
	t.Parallel()
	device := ocsf.Device{IsCompliant: new(false)}
	nothing := ocsf.DeviceInventoryInfo{
		ActivityID: 2, ActivityName: "Collect", CategoryUID: 5, CategoryName: "Discovery", ClassUID: 5001, ClassName: "Device Inventory Info",
		TypeUID: 500102, TypeName: "Device Inventory Info: Collect", SeverityID: 1, Severity: "Informational", Device: device,
		Metadata: ocsf.Metadata{Version: "1.6.0", Product: ocsf.Product{Name: "Okta", VendorName: "Okta", Version: "N/A"}},
	}
	phone := nothing
	phone.Time = new(ocsf.Time(1793577600123))
	phone.Device = ocsf.Device{
		UID: new("guo1"), Hostname: new("Phone"), Name: new("Phone"), Type: new("Mobile"), TypeID: new(int64(5)), IMEIList: []string{"1"},
		OS:          ocsf.OperatingSystem{Name: new("iOS"), Type: new("ios"), TypeID: new(int64(301))},
		CreatedTime: phone.Time, FirstSeenTime: phone.Time, IsManaged: new(true), IsCompliant: new(true),
	}
	phone.Enrichments = []ocsf.Enrichment{{Name: "device_info", Value: "hardware_and_security", Data: ocsf.EnrichmentData{
		StorageEncryption: &ocsf.StorageEncryption{Partitions: map[string]string{"full": "Enabled"}},
	}}}
	for name, test := range map[string]struct {
		attributes map[string]attr.Value
		want       ocsf.DeviceInventoryInfo
	}{
		"a device of nulls has all keys": {want: nothing},
		"a phone": {want: phone, attributes: map[string]attr.Value{
			"id": types.StringValue("guo1"), "status": types.StringValue("ACTIVE"), "display_name": types.StringValue("Phone"),
			"platform": types.StringValue("IOS"), "registered": types.BoolValue(true), "imei": types.StringValue("1"),
			"created": types.StringValue("2026-11-02T00:00:00.123Z"), "disk_encryption_type": types.StringValue("FULL"),
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			resp := run(t, test.attributes)
			if resp.Error != nil {
				t.Fatal(resp.Error)
			}
			want, err := eventValue(t.Context(), test.want)
			if err != nil || !resp.Result.Value().Equal(want) {
				t.Errorf("got\n%s\nwant\n%s, %v", resp.Result.Value(), want, err)
			}
		})
	}
}

// TestOCSFParameterIsWhatTheMappingReads sets each attribute of a device alone: the event changes if, and only if, the
// function has that attribute.
func TestOCSFParameterIsWhatTheMappingReads(t *testing.T) {
	t.Parallel()
	base := map[string]attr.Value{"status": types.StringValue("ACTIVE")}
	nothing := ocsf.FromOkta(deviceTable.Read(base))
	for name, kind := range deviceTable.Type().AttrTypes {
		var values []attr.Value
		switch kind {
		case types.StringType:
			// One of them is not what the attribute is without.
			values = []attr.Value{types.StringValue("FULL"), types.StringValue("2026-11-02T00:00:00.123Z")}
		case types.BoolType:
			values = []attr.Value{types.BoolValue(true)}
		}
		read := false
		for _, value := range values {
			device := maps.Clone(base)
			device[name] = value
			read = read || !reflect.DeepEqual(ocsf.FromOkta(deviceTable.Read(device)), nothing)
		}
		if _, has := mappedTable.Type().AttrTypes[name]; has != read {
			t.Errorf("%s: the mapping reads it: %v, the function has it: %v", name, read, has)
		}
	}
}

// TestOCSFTimes: a time equals the same number in HCL, which Terraform reads with 512 bits.
func TestOCSFTimes(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ moment, hcl string }{
		"whole seconds":    {"2026-11-02T00:00:00.000Z", "1793577600"},
		"milliseconds":     {"2026-11-02T00:00:00.123Z", "1793577600.123"},
		"half a second":    {"2026-11-02T00:00:00.5Z", "1793577600.5"},
		"before the epoch": {"1969-12-31T23:59:58.750Z", "-1.25"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			written, _, err := big.ParseFloat(test.hcl, 10, 512, big.ToNearestEven)
			if err != nil {
				t.Fatal(err)
			}
			resp := run(t, map[string]attr.Value{"created": types.StringValue(test.moment)})
			if resp.Error != nil {
				t.Fatal(resp.Error)
			}
			event, ok := resp.Result.Value().(types.Object)
			if !ok || !event.Attributes()["time"].Equal(types.NumberValue(written)) {
				t.Errorf("got %s, which is not %s", event.Attributes()["time"], test.hcl)
			}
		})
	}
}

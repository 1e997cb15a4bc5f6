// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package device

import (
	"maps"
	"math/big"
	"reflect"
	"strings"
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
	for name, kind := range mappedTypes {
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
	arguments := function.NewArgumentsData([]attr.Value{types.ObjectValueMust(mappedTypes, whole)})
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
		problem    string
	}{
		"a device of nulls has all keys": {want: nothing},
		"a phone": {want: phone, attributes: map[string]attr.Value{
			"id": types.StringValue("guo1"), "status": types.StringValue("ACTIVE"), "display_name": types.StringValue("Phone"),
			"platform": types.StringValue("IOS"), "registered": types.BoolValue(true), "imei": types.StringValue("1"),
			"created": types.StringValue("2026-11-02T00:00:00.123Z"), "disk_encryption_type": types.StringValue("FULL"),
		}},
		// Terraform does not call a function with these.
		"an unknown attribute is an error of the argument": {
			attributes: map[string]attr.Value{"model": types.StringUnknown()}, problem: "The device's model is not known yet.",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			resp := run(t, test.attributes)
			if test.problem != "" {
				if resp.Error == nil || resp.Error.FunctionArgument == nil || *resp.Error.FunctionArgument != 0 ||
					!strings.Contains(resp.Error.Text, test.problem) {
					t.Errorf("got %v, want an error of the first argument that says %q", resp.Error, test.problem)
				}
				return
			}
			if resp.Error != nil {
				t.Fatal(resp.Error)
			}
			if want := eventValue(&test.want); !resp.Result.Value().Equal(want) {
				t.Errorf("got\n%s\nwant\n%s", resp.Result.Value(), want)
			}
		})
	}
}

// What the data sources give as a device has to fit the parameter as it is.
func TestOCSFParameter(t *testing.T) {
	t.Parallel()
	fields := reflect.VisibleFields(reflect.TypeFor[mappedDevice]())
	if len(fields) != len(mappedTypes) {
		t.Errorf("%d fields of mappedDevice for %d attributes", len(fields), len(mappedTypes))
	}
	for name, kind := range mappedTypes {
		if deviceTable.Type().AttrTypes[name] != kind {
			t.Errorf("%s is %s, and %v in a device of the data sources", name, kind, deviceTable.Type().AttrTypes[name])
		}
	}
}

func TestSeconds(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		moment ocsf.Time
		hcl    string
	}{
		"whole seconds":    {1793577600000, "1793577600"},
		"milliseconds":     {1793577600123, "1793577600.123"},
		"half a second":    {1793577600500, "1793577600.5"},
		"before the epoch": {-1250, "-1.25"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			// As Terraform reads a number in HCL.
			written, _, err := big.ParseFloat(test.hcl, 10, 512, big.ToNearestEven)
			if err != nil {
				t.Fatal(err)
			}
			if got := seconds(&test.moment).ValueBigFloat(); got.Cmp(written) != 0 {
				t.Errorf("got %s, which is not %s", got, test.hcl)
			}
		})
	}
	if !seconds(nil).IsNull() {
		t.Error("a time that is not there is not null")
	}
}

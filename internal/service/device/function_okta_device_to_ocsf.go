// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package device

import (
	"context"
	"maps"
	"math/big"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/ocsf"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/okta"
)

var _ function.Function = (*ocsfFunction)(nil)

// NewOCSFFunction is the function okta_device_to_ocsf.
func NewOCSFFunction() function.Function { return &ocsfFunction{} }

type ocsfFunction struct{}

// mappedDevice is what the mapping reads of a device. Terraform drops the other attributes of an object when it
// converts that to the parameter's type, so devices of both data sources fit.
type mappedDevice struct {
	ID                    *string `tfsdk:"id"`
	Status                *string `tfsdk:"status"`
	DisplayName           *string `tfsdk:"display_name"`
	Platform              *string `tfsdk:"platform"`
	Manufacturer          *string `tfsdk:"manufacturer"`
	Model                 *string `tfsdk:"model"`
	SerialNumber          *string `tfsdk:"serial_number"`
	IMEI                  *string `tfsdk:"imei"`
	UDID                  *string `tfsdk:"udid"`
	SID                   *string `tfsdk:"sid"`
	DiskEncryptionType    *string `tfsdk:"disk_encryption_type"`
	Registered            *bool   `tfsdk:"registered"`
	SecureHardwarePresent *bool   `tfsdk:"secure_hardware_present"`
	Created               *string `tfsdk:"created"`
	LastUpdated           *string `tfsdk:"last_updated"`
}

// mappedTypes are the parameter's attributes.
var mappedTypes = map[string]attr.Type{
	"id":                      types.StringType,
	"status":                  types.StringType,
	"display_name":            types.StringType,
	"platform":                types.StringType,
	"manufacturer":            types.StringType,
	"model":                   types.StringType,
	"serial_number":           types.StringType,
	"imei":                    types.StringType,
	"udid":                    types.StringType,
	"sid":                     types.StringType,
	"disk_encryption_type":    types.StringType,
	"registered":              types.BoolType,
	"secure_hardware_present": types.BoolType,
	"created":                 types.StringType,
	"last_updated":            types.StringType,
}

// Metadata names the function.
func (*ocsfFunction) Metadata(_ context.Context, _ function.MetadataRequest, resp *function.MetadataResponse) {
	resp.Name = "okta_device_to_ocsf"
}

// Definition describes the function.
func (*ocsfFunction) Definition(_ context.Context, _ function.DefinitionRequest, resp *function.DefinitionResponse) {
	resp.Definition = function.Definition{
		Summary: "What Sekoia holds of an Okta device",
		MarkdownDescription: "Returns the object that Sekoia's connector makes of an Okta device: an event of the class Device " +
			"Inventory Info of the [Open Cybersecurity Schema Framework](https://schema.ocsf.io/1.6.0/classes/inventory_info) (OCSF) " +
			"1.6.0, as Sekoia documents its mapping. It makes no call.\n\nThe object always has all keys, with `null` for what is " +
			"absent. Times are seconds since 1970, with milliseconds, as Sekoia's connector writes them.\n\nThe function maps any " +
			"device. Sekoia's connector accepts only devices that have `display_name`, `platform`, `registered` and " +
			"`secure_hardware_present`.",
		Parameters: []function.Parameter{function.ObjectParameter{
			Name:           "device",
			AttributeTypes: mappedTypes,
			MarkdownDescription: "The device: an element of `devices` of the data source `sekoia_okta_devices`, or the data source " +
				"`sekoia_okta_device` itself. An object written by hand needs all fifteen attributes that the function reads, with " +
				"`null` for unknown ones. Other attributes are ignored.",
		}},
		Return: function.ObjectReturn{AttributeTypes: eventTypes},
	}
}

// Run maps the device.
func (*ocsfFunction) Run(ctx context.Context, req function.RunRequest, resp *function.RunResponse) {
	var argument types.Object
	if resp.Error = req.Arguments.Get(ctx, &argument); resp.Error != nil {
		return
	}
	device, problem := mapped(ctx, argument)
	if problem != nil {
		resp.Error = problem
		return
	}
	event := ocsf.FromOkta(device.okta())
	resp.Error = resp.Result.Set(ctx, eventValue(&event))
}

// mapped reads the argument. Terraform does not call a function with an object that has an unknown attribute; the
// answer is unknown then.
func mapped(ctx context.Context, argument types.Object) (*mappedDevice, *function.FuncError) {
	for _, name := range slices.Sorted(maps.Keys(mappedTypes)) {
		if argument.Attributes()[name].IsUnknown() {
			return nil, function.NewArgumentFuncError(0, "The device's "+name+" is not known yet.")
		}
	}
	var device mappedDevice
	if diags := argument.As(ctx, &device, basetypes.ObjectAsOptions{}); diags.HasError() {
		return nil, function.FuncErrorFromDiags(ctx, diags)
	}
	return &device, nil
}

// okta is the device as the mapping takes it.
func (d *mappedDevice) okta() *okta.Device {
	device := &okta.Device{
		Status: d.Status, DisplayName: d.DisplayName, Platform: d.Platform, Manufacturer: d.Manufacturer, Model: d.Model,
		SerialNumber: d.SerialNumber, IMEI: d.IMEI, UDID: d.UDID, SID: d.SID, DiskEncryptionType: d.DiskEncryptionType,
		Registered: d.Registered, SecureHardwarePresent: d.SecureHardwarePresent, Created: d.Created, LastUpdated: d.LastUpdated,
	}
	if d.ID != nil {
		device.ID = *d.ID
	}
	return device
}

// The types of the result, by the names of OCSF's objects.
var (
	productTypes = map[string]attr.Type{
		"name": types.StringType, "vendor_name": types.StringType, "version": types.StringType,
	}
	metadataTypes = map[string]attr.Type{
		"product": types.ObjectType{AttrTypes: productTypes}, "version": types.StringType,
	}
	systemTypes = map[string]attr.Type{
		"name": types.StringType, "type": types.StringType, "type_id": types.Int64Type,
	}
	eventDeviceTypes = map[string]attr.Type{
		"uid": types.StringType, "uid_alt": types.StringType, "hostname": types.StringType, "name": types.StringType,
		"type": types.StringType, "type_id": types.Int64Type, "os": types.ObjectType{AttrTypes: systemTypes},
		"vendor_name": types.StringType, "model": types.StringType, "udid": types.StringType, "imei_list": textListType,
		"created_time": types.NumberType, "first_seen_time": types.NumberType, "last_seen_time": types.NumberType,
		"is_managed": types.BoolType, "is_compliant": types.BoolType, "is_trusted": types.BoolType,
	}
	encryptionTypes = map[string]attr.Type{
		"partitions": types.MapType{ElemType: types.StringType},
	}
	dataTypes = map[string]attr.Type{
		"Storage_encryption": types.ObjectType{AttrTypes: encryptionTypes}, "Users": textListType,
	}
	enrichmentTypes = map[string]attr.Type{
		"name": types.StringType, "value": types.StringType, "data": types.ObjectType{AttrTypes: dataTypes},
	}
	eventTypes = map[string]attr.Type{
		"activity_id": types.Int64Type, "activity_name": types.StringType, "category_uid": types.Int64Type, "category_name": types.StringType,
		"class_uid": types.Int64Type, "class_name": types.StringType, "type_uid": types.Int64Type, "type_name": types.StringType,
		"severity_id": types.Int64Type, "severity": types.StringType, "time": types.NumberType,
		"metadata": types.ObjectType{AttrTypes: metadataTypes}, "device": types.ObjectType{AttrTypes: eventDeviceTypes},
		"enrichments": types.ListType{ElemType: enrichmentType},
	}

	enrichmentType = types.ObjectType{AttrTypes: enrichmentTypes}
	textListType   = types.ListType{ElemType: types.StringType}
)

// eventValue is the event with all its keys, null where nothing is known.
func eventValue(event *ocsf.DeviceInventoryInfo) types.Object {
	return types.ObjectValueMust(eventTypes, map[string]attr.Value{
		"activity_id":   types.Int64Value(event.ActivityID),
		"activity_name": types.StringValue(event.ActivityName),
		"category_uid":  types.Int64Value(event.CategoryUID),
		"category_name": types.StringValue(event.CategoryName),
		"class_uid":     types.Int64Value(event.ClassUID),
		"class_name":    types.StringValue(event.ClassName),
		"type_uid":      types.Int64Value(event.TypeUID),
		"type_name":     types.StringValue(event.TypeName),
		"severity_id":   types.Int64Value(event.SeverityID),
		"severity":      types.StringValue(event.Severity),
		"time":          seconds(event.Time),
		"metadata":      metadataValue(event.Metadata),
		"device":        eventDeviceValue(&event.Device),
		"enrichments":   enrichmentList(event.Enrichments),
	})
}

func metadataValue(metadata ocsf.Metadata) types.Object {
	return types.ObjectValueMust(metadataTypes, map[string]attr.Value{
		"version": types.StringValue(metadata.Version),
		"product": types.ObjectValueMust(productTypes, map[string]attr.Value{
			"name":        types.StringValue(metadata.Product.Name),
			"vendor_name": types.StringValue(metadata.Product.VendorName),
			"version":     types.StringValue(metadata.Product.Version),
		}),
	})
}

func eventDeviceValue(device *ocsf.Device) types.Object {
	return types.ObjectValueMust(eventDeviceTypes, map[string]attr.Value{
		"uid":      types.StringPointerValue(device.UID),
		"uid_alt":  types.StringPointerValue(device.UIDAlt),
		"hostname": types.StringPointerValue(device.Hostname),
		"name":     types.StringPointerValue(device.Name),
		"type":     types.StringPointerValue(device.Type),
		"type_id":  types.Int64PointerValue(device.TypeID),
		"os": types.ObjectValueMust(systemTypes, map[string]attr.Value{
			"name":    types.StringPointerValue(device.OS.Name),
			"type":    types.StringPointerValue(device.OS.Type),
			"type_id": types.Int64PointerValue(device.OS.TypeID),
		}),
		"vendor_name":     types.StringPointerValue(device.VendorName),
		"model":           types.StringPointerValue(device.Model),
		"udid":            types.StringPointerValue(device.UDID),
		"imei_list":       textList(device.IMEIList),
		"created_time":    seconds(device.CreatedTime),
		"first_seen_time": seconds(device.FirstSeenTime),
		"last_seen_time":  seconds(device.LastSeenTime),
		"is_managed":      types.BoolPointerValue(device.IsManaged),
		"is_compliant":    types.BoolPointerValue(device.IsCompliant),
		"is_trusted":      types.BoolPointerValue(device.IsTrusted),
	})
}

func enrichmentList(enrichments []ocsf.Enrichment) types.List {
	if enrichments == nil {
		return types.ListNull(enrichmentType)
	}
	elements := make([]attr.Value, len(enrichments))
	for index, enrichment := range enrichments {
		elements[index] = types.ObjectValueMust(enrichmentTypes, map[string]attr.Value{
			"name":  types.StringValue(enrichment.Name),
			"value": types.StringValue(enrichment.Value),
			"data": types.ObjectValueMust(dataTypes, map[string]attr.Value{
				"Storage_encryption": encryptionValue(enrichment.Data.StorageEncryption),
				"Users":              textList(enrichment.Data.Users),
			}),
		})
	}
	return types.ListValueMust(enrichmentType, elements)
}

func encryptionValue(encryption *ocsf.StorageEncryption) types.Object {
	if encryption == nil {
		return types.ObjectNull(encryptionTypes)
	}
	partitions := make(map[string]attr.Value, len(encryption.Partitions))
	for partition, state := range encryption.Partitions {
		partitions[partition] = types.StringValue(state)
	}
	return types.ObjectValueMust(encryptionTypes, map[string]attr.Value{"partitions": types.MapValueMust(types.StringType, partitions)})
}

// textList is null where there is no list.
func textList(texts []string) types.List {
	if texts == nil {
		return types.ListNull(types.StringType)
	}
	elements := make([]attr.Value, len(texts))
	for index, text := range texts {
		elements[index] = types.StringValue(text)
	}
	return types.ListValueMust(types.StringType, elements)
}

// precision is that of Terraform's own numbers, in bits: a time made here equals the same number written in HCL, which
// a float64 does not.
const precision = 512

// seconds is a time as a decimal number of seconds.
func seconds(moment *ocsf.Time) types.Number {
	if moment == nil {
		return types.NumberNull()
	}
	number, _, err := big.ParseFloat(moment.String(), 10, precision, big.ToNearestEven)
	if err != nil {
		return types.NumberNull() // never: String is a decimal number
	}
	return types.NumberValue(number)
}

// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package device

import (
	"context"
	"encoding/json"
	"reflect"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/ocsf"
)

// NewOCSFFunction returns the function okta_device_to_ocsf.
func NewOCSFFunction() function.Function { return &ocsfFunction{} }

type ocsfFunction struct{}

// mappedTable has the attributes that the mapping reads. Terraform drops the other attributes of an object when it
// converts that to the parameter's type, so devices of both data sources fit.
var mappedTable = deviceTable.Only("id", "status", "display_name", "platform", "manufacturer", "model", "serial_number", "imei", "udid", "sid",
	"disk_encryption_type", "registered", "secure_hardware_present", "created", "last_updated")

// Metadata names the function.
func (*ocsfFunction) Metadata(_ context.Context, _ function.MetadataRequest, resp *function.MetadataResponse) {
	resp.Name = "okta_device_to_ocsf"
}

// Definition describes the function.
func (*ocsfFunction) Definition(_ context.Context, _ function.DefinitionRequest, resp *function.DefinitionResponse) {
	resp.Definition = function.Definition{
		Summary: "Maps an Okta device to the OCSF event that Sekoia stores",
		MarkdownDescription: "Returns the object that Sekoia's connector makes from an Okta device: a Device Inventory Info event of the " +
			"[Open Cybersecurity Schema Framework](https://schema.ocsf.io/1.6.0/classes/inventory_info) (OCSF) 1.6.0, mapped as Sekoia documents it. It " +
			"makes no call.\n\n" +
			"The object always has all its keys. What is absent is `null`. Times are seconds since 1970, with milliseconds as decimals, as Sekoia's " +
			"connector writes them.\n\n" +
			"The function maps any device. Sekoia's connector accepts only devices with `display_name`, `platform`, `registered`, " +
			"`secure_hardware_present`, `status` and `last_updated`.",
		Parameters: []function.Parameter{function.ObjectParameter{
			Name:           "device",
			AttributeTypes: mappedTable.Type().AttrTypes,
			MarkdownDescription: "The device: an element of `devices` of the data source `sekoia_okta_devices`, or the data source `sekoia_okta_device` " +
				"itself. An object written by hand needs all fifteen attributes that the function reads. Those that are not known are `null`. Other " +
				"attributes are ignored.",
		}},
		Return: function.ObjectReturn{AttributeTypes: eventType.AttrTypes},
	}
}

// Run maps the device. Terraform does not call a function with an unknown attribute.
func (*ocsfFunction) Run(ctx context.Context, req function.RunRequest, resp *function.RunResponse) {
	var argument types.Object
	if resp.Error = req.Arguments.Get(ctx, &argument); resp.Error != nil {
		return
	}
	event, err := eventValue(ctx, ocsf.FromOkta(mappedTable.Read(argument.Attributes())))
	if err != nil {
		resp.Error = function.NewFuncError("The event could not be converted: " + err.Error())
		return
	}
	resp.Error = resp.Result.Set(ctx, event)
}

// eventType is the type of the result.
var eventType, _ = typeOf(reflect.TypeFor[ocsf.DeviceInventoryInfo]()).(types.ObjectType)

// typeOf returns Terraform's type for one of package ocsf's. The attributes of an object have the names of its JSON
// form.
func typeOf(of reflect.Type) attr.Type {
	switch of.Kind() { //nolint:exhaustive // the kinds of package ocsf
	case reflect.Pointer:
		return typeOf(of.Elem())
	case reflect.Slice:
		return types.ListType{ElemType: typeOf(of.Elem())}
	case reflect.Map:
		return types.MapType{ElemType: typeOf(of.Elem())}
	case reflect.Struct:
		attributes := make(map[string]attr.Type, of.NumField())
		for field := range of.Fields() {
			attributes[field.Tag.Get("json")] = typeOf(field.Type)
		}
		return types.ObjectType{AttrTypes: attributes}
	case reflect.Int64:
		if of == reflect.TypeFor[ocsf.Time]() {
			return types.NumberType
		}
		return types.Int64Type
	case reflect.Bool:
		return types.BoolType
	default:
		return types.StringType
	}
}

// eventValue returns the event with all the keys of its JSON form. Numbers of seconds are read from JSON, as Terraform
// reads them in HCL: a float64 would be another number.
func eventValue(ctx context.Context, event ocsf.DeviceInventoryInfo) (attr.Value, error) {
	text, err := json.Marshal(event)
	if err != nil {
		return nil, err
	}
	value, err := tfprotov6.DynamicValue{JSON: text}.Unmarshal(eventType.TerraformType(ctx))
	if err != nil {
		return nil, err
	}
	return eventType.ValueFromTerraform(ctx, value)
}

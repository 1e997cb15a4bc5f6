// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"context"
	"fmt"
	"maps"
	"os"
	"strconv"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// countVariable says how many devices are made up.
const countVariable = "BARE_DEVICES"

// devices is the data source sekoia_okta_devices, without what filters and counts.
type devices struct{}

// The attributes of a device and of its users, as the real provider has them.
var (
	userTypes = map[string]attr.Type{
		"id": types.StringType, "login": types.StringType, "email": types.StringType, "first_name": types.StringType, "last_name": types.StringType,
		"status": types.StringType, "management_status": types.StringType, "screen_lock_type": types.StringType, "created": types.StringType,
	}
	userType    = types.ObjectType{AttrTypes: userTypes}
	deviceTypes = map[string]attr.Type{
		"id": types.StringType, "status": types.StringType, "display_name": types.StringType, "platform": types.StringType,
		"manufacturer": types.StringType, "model": types.StringType, "os_version": types.StringType, "serial_number": types.StringType,
		"imei": types.StringType, "meid": types.StringType, "udid": types.StringType, "sid": types.StringType,
		"tpm_public_key_hash": types.StringType, "disk_encryption_type": types.StringType, "registered": types.BoolType,
		"secure_hardware_present": types.BoolType, "managed": types.BoolType, "integrity_jailbreak": types.BoolType,
		"created": types.StringType, "last_updated": types.StringType, "users": types.ListType{ElemType: userType},
	}
	deviceType = types.ObjectType{AttrTypes: deviceTypes}
)

// nulls are the attributes of a device about which nothing is known.
var nulls = func() map[string]tftypes.Value {
	values := map[string]tftypes.Value{}
	for name, kind := range deviceTypes {
		values[name] = tftypes.NewValue(kind.TerraformType(context.Background()), nil)
	}
	return values
}()

// Metadata implements datasource.DataSource.
func (devices) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_okta_devices"
}

// Schema implements datasource.DataSource.
func (devices) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	attributes := attributesOf(deviceTypes)
	attributes["users"] = schema.ListNestedAttribute{
		Computed: true, NestedObject: schema.NestedAttributeObject{Attributes: attributesOf(userTypes)},
	}
	resp.Schema = schema.Schema{Attributes: map[string]schema.Attribute{
		"devices": schema.ListNestedAttribute{Computed: true, NestedObject: schema.NestedAttributeObject{Attributes: attributes}},
		"total":   schema.Int64Attribute{Computed: true},
	}}
}

func attributesOf(kinds map[string]attr.Type) map[string]schema.Attribute {
	attributes := make(map[string]schema.Attribute, len(kinds))
	for name, kind := range kinds {
		if kind == types.BoolType {
			attributes[name] = schema.BoolAttribute{Computed: true}
		} else {
			attributes[name] = schema.StringAttribute{Computed: true}
		}
	}
	return attributes
}

// Read makes the devices up, in the cheapest way that the framework has. Its own values would take twice as long, and
// reflection over Go structs several times that.
func (devices) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	count, err := strconv.Atoi(os.Getenv(countVariable))
	if err != nil {
		resp.Diagnostics.AddError("How many devices?", err.Error())
		return
	}
	kind := deviceType.TerraformType(ctx)
	elements := make([]tftypes.Value, count)
	for index := range elements {
		elements[index] = tftypes.NewValue(kind, device(index))
	}
	resp.State.Raw = tftypes.NewValue(req.Config.Raw.Type(), map[string]tftypes.Value{
		"devices": tftypes.NewValue(tftypes.List{ElementType: kind}, elements), "total": tftypes.NewValue(tftypes.Number, int64(count)),
	})
}

// device is one that the simulator might have: about as many of its attributes are null, and they are about as long.
func device(index int) map[string]tftypes.Value {
	made := make(map[string]tftypes.Value, len(nulls))
	maps.Copy(made, nulls)

	// The simulator leaves two in nine of these out.
	optional := func(number int, name string, value tftypes.Value) {
		if (index*7+number*5)%9 < 7 {
			made[name] = value
		}
	}
	word := func(value string) tftypes.Value { return tftypes.NewValue(tftypes.String, value) }
	flag := func(value bool) tftypes.Value { return tftypes.NewValue(tftypes.Bool, value) }
	text := func(format string) tftypes.Value { return word(fmt.Sprintf(format, index)) }
	made["id"], made["status"], made["display_name"] = text("guoBare%013d"), word("ACTIVE"), text("Laptop %05d")
	made["created"], made["last_updated"] = word("2025-10-31T18:00:00.000Z"), word("2025-10-31T18:30:00.000Z")
	made["registered"], made["secure_hardware_present"] = flag(true), flag(index%4 > 0)
	optional(0, "manufacturer", word("Example Inc."))
	optional(1, "model", word("Example 7440"))
	optional(2, "os_version", word("10.0.22631"))
	optional(3, "serial_number", text("SERIAL%06d"))
	optional(4, "managed", flag(index%4 > 0))
	optional(5, "disk_encryption_type", word("ALL_INTERNAL_VOLUMES"))
	switch platform := index % 20; {
	case platform < 7:
		made["platform"] = word("WINDOWS")
		optional(6, "sid", text("S-1-5-21-1234567890-1234567890-%010d"))
		optional(7, "tpm_public_key_hash", text("%064d"))
	case platform < 13:
		made["platform"] = word("MACOS")
		optional(8, "udid", text("12345678-1234-1234-1234-%012d"))
	default:
		made["platform"] = word("IOS")
		optional(9, "udid", text("%040d"))
		optional(10, "imei", text("35%013d"))
		optional(11, "meid", text("A0%012d"))
		optional(12, "integrity_jailbreak", flag(false))
	}
	return made
}

// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package device

import (
	"context"
	"fmt"
	"maps"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/okta"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/access"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/attribute"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/diagnostic"
)

var (
	_ datasource.DataSource                     = (*dataSource)(nil)
	_ datasource.DataSourceWithConfigure        = (*dataSource)(nil)
	_ datasource.DataSourceWithConfigValidators = (*dataSource)(nil)
)

// NewDataSource is sekoia_okta_device.
func NewDataSource() datasource.DataSource { return &dataSource{} }

type dataSource struct {
	configured
}

// The attributes that a device can be chosen by; exactly one is set.
const (
	byID           = "id"
	bySerialNumber = "serial_number"
	byDisplayName  = "display_name"
)

// Metadata names the data source.
func (*dataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_okta_device"
}

// Schema describes the data source.
func (*dataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	attributes := deviceTable.Attributes()
	attributes[usersAttribute] = userTable.Attribute("The device's users.")
	attributes[access.OktaOrganizationAttribute] = access.OktaOrganizationSchema()
	for name, description := range map[string]string{
		byID:           "Okta's id of the device.",
		bySerialNumber: "The serial number. It need not be unique: if several devices have it, the error lists their ids.",
		byDisplayName:  "The display name. It need not be unique: if several devices have it, the error lists their ids.",
	} {
		attributes[name] = schema.StringAttribute{
			Optional: true, Computed: true,
			MarkdownDescription: description + " Exactly one of `id`, `serial_number` and `display_name` is set.",
			Validators:          []validator.String{attribute.NotEmpty()},
		}
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: "Reads one device of an Okta organization, with its users. What Okta does not say about the device is " +
			"`null`.\n\nA search by `serial_number` or `display_name` uses an index that lags a little behind the devices. It is an " +
			"error if no device or several devices match. To look up many devices, use `sekoia_okta_devices`.",
		Attributes: attributes,
	}
}

// ConfigValidators want exactly one way to choose the device.
func (*dataSource) ConfigValidators(context.Context) []datasource.ConfigValidator {
	return []datasource.ConfigValidator{
		attribute.ExactlyOneOf(byID, bySerialNumber, byDisplayName),
	}
}

// choice is the attribute that a device is chosen by, and its value.
type choice struct {
	attribute, value string
	// organization is the key of the organisation that the device is in; null for the provider's okta block.
	organization types.String
}

// Read finds the device and reads its users.
func (d *dataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	chosen, diags := readChoice(ctx, req)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	organization, diags := d.organization(ctx, chosen.organization)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	device := findDevice(ctx, organization, chosen, &resp.Diagnostics)
	if device == nil {
		return
	}
	users, err := readUsers(ctx, organization, device.ID)
	if err != nil {
		diagnostic.AddOktaError(&resp.Diagnostics, chosen.paths(organization.Place), "the device's users could not be read from Okta", err)
		return
	}

	// What was read is shared with others that ask for it.
	withUsers := *device
	withUsers.Users = users
	values := deviceTable.Values(&withUsers)
	values[chosen.attribute] = types.StringValue(chosen.value)
	values[access.OktaOrganizationAttribute] = chosen.organization
	state, diags := types.ObjectValue(singleTypes(), values)
	resp.Diagnostics.Append(diags...)
	resp.Diagnostics.Append(resp.State.Set(ctx, state)...)
}

// singleTypes are the data source's attributes: a device's, and where it is read.
func singleTypes() map[string]attr.Type {
	single := maps.Clone(deviceTable.Type().AttrTypes)
	single[access.OktaOrganizationAttribute] = types.StringType
	return single
}

// readChoice reads the one attribute that is set.
func readChoice(ctx context.Context, req datasource.ReadRequest) (choice, diag.Diagnostics) {
	var organization types.String
	diags := req.Config.GetAttribute(ctx, path.Root(access.OktaOrganizationAttribute), &organization)
	for _, attribute := range []string{byID, bySerialNumber, byDisplayName} {
		var value types.String
		diags.Append(req.Config.GetAttribute(ctx, path.Root(attribute), &value)...)
		if !value.IsNull() {
			return choice{attribute: attribute, value: value.ValueString(), organization: organization}, diags
		}
	}
	diags.AddError("No device is chosen", "Set one of id, serial_number and display_name.")
	return choice{}, diags
}

// paths are where errors of Okta about this device belong.
func (c choice) paths(place diagnostic.OktaPlace) diagnostic.OktaErrorPaths {
	at := path.Root(c.attribute)
	return diagnostic.OktaErrorPaths{Place: place, ID: at, Search: at}
}

// findDevice is the chosen device, or nil and an error in diags.
func findDevice(ctx context.Context, organization *access.OktaOrganization, chosen choice, diags *diag.Diagnostics) *okta.Device {
	if chosen.attribute != byID {
		return searchDevice(ctx, organization, chosen, diags)
	}
	device, err := readDevice(ctx, organization, chosen.value)
	switch {
	case okta.IsNotFound(err):
		diagnostic.AddError(diags, path.Root(byID), organization.Place.Summary("Okta has no such device"), err,
			"The id is Okta's own (guo…), and the device has to be of the organization at "+organization.Place.Name("base_url")+".")
	case err != nil:
		diagnostic.AddOktaError(diags, chosen.paths(organization.Place), "the device could not be read from Okta", err)
	default:
		return device
	}
	return nil
}

// searchDevice wants exactly one device.
func searchDevice(ctx context.Context, organization *access.OktaOrganization, chosen choice, diags *diag.Diagnostics) *okta.Device {
	result, err := organization.ListDevices(ctx, okta.DeviceQuery{Search: chosen.expression()}, true)
	at := path.Root(chosen.attribute)
	switch {
	case err != nil:
		diagnostic.AddOktaError(diags, chosen.paths(organization.Place), "the device could not be searched for in Okta", err)
	case len(result.Devices) == 0:
		diags.AddAttributeError(at, organization.Place.Summary("Okta has no such device"),
			"Okta found no device with this "+chosen.attribute+". Its search lags behind new devices a little, and knows only those of the "+
				"organization at "+organization.Place.Name("base_url")+".")
	case len(result.Devices) > 1:
		diags.AddAttributeError(at, organization.Place.Summary("Okta has several such devices"), fmt.Sprintf(
			"Okta found %d devices with this %s: %s.\nSet id to one of them instead.",
			len(result.Devices), chosen.attribute, diagnostic.List(candidateIDs(result.Devices))))
	case result.Devices[0].ID == "":
		diags.AddAttributeError(at, organization.Place.Summary("a device has no id in Okta's answer"), "Okta's answer names no id for the device that it found, so its users can't be read.")
	default:
		return &result.Devices[0]
	}
	return nil
}

// expression is Okta's search for the choice.
func (c choice) expression() string {
	filter := okta.SearchFilter{SerialNumber: c.value}
	if c.attribute == byDisplayName {
		filter = okta.SearchFilter{DisplayName: c.value}
	}
	return filter.Expression()
}

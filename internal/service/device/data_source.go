// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package device

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/memo"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/okta"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/access"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/attribute"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/diagnostic"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/longlist"
)

var _ datasource.DataSourceWithConfigValidators = (*dataSource)(nil)

// NewDataSource returns the data source sekoia_okta_device.
func NewDataSource() datasource.DataSource { return &dataSource{} }

type dataSource struct {
	access.ConfiguredDataSource
}

// The attributes that a device can be chosen by. Exactly one is set.
const (
	byID           = "id"
	bySerialNumber = "serial_number"
	byDisplayName  = "display_name"
)

var choices = []string{byID, bySerialNumber, byDisplayName}

// Metadata names the data source.
func (*dataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_okta_device"
}

// Schema describes the data source.
func (*dataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	attributes := deviceTable.Attributes()
	attributes[access.OktaOrganizationAttribute] = access.OktaOrganizationSchema()
	for _, name := range choices {
		attributes[name] = schema.StringAttribute{
			Optional: true, Computed: true, Validators: []validator.String{attribute.NotEmpty()},
			MarkdownDescription: attributes[name].GetMarkdownDescription() + " Set exactly one of `" + strings.Join(choices, "`, `") + "`.",
		}
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: "Reads one device of an Okta organization, with its users. Without `okta_organization`, this is the organization in the " +
			"provider's `okta` block or in Okta's environment variables. What Okta does not say about the device is `null`.\n\n" +
			"With `serial_number` or `display_name`, Okta searches an index that lags a little behind the devices. It is an error if there is no such " +
			"device. If there are several, the error lists their ids.\n\nTo look up many devices, some of which Okta may not know, list them once with " +
			"`sekoia_okta_devices`. The guide \"Devices that are missing\" has an example with serial numbers.",
		Attributes: attributes,
	}
}

// ConfigValidators require exactly one way to choose the device.
func (*dataSource) ConfigValidators(context.Context) []datasource.ConfigValidator {
	return []datasource.ConfigValidator{attribute.ExactlyOneOf(choices...)}
}

// Read finds the device and reads its users.
func (d *dataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	chosen, diags := readChoice(ctx, req)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	organization, diags := d.Clients.Okta(ctx, chosen.organization)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	found := findDevice(ctx, organization, chosen, &resp.Diagnostics)
	if found == nil {
		return
	}
	device := *found // what was read is shared with others that ask for it
	var err error
	device.Users, err = memo.Remember(ctx, organization.Shared, "users "+device.ID, func(ctx context.Context) ([]okta.DeviceUser, error) {
		return organization.Client.DeviceUsers(ctx, device.ID)
	})
	if err != nil {
		diagnostic.AddOktaError(&resp.Diagnostics, chosen.paths(organization.Place), "the device's users could not be read from Okta", err)
		return
	}
	values := deviceTable.Values(&device)
	delete(values, chosen.attribute) // Okta may write it in another case than the configuration, which must stay
	longlist.SetState(ctx, req, resp, longlist.Results{Values: values})
}

// choice is the attribute that a device is chosen by, and its value.
type choice struct {
	attribute, value string
	// organization is the key of the organization that the device is in; null for the provider's okta block.
	organization types.String
}

// readChoice reads the one attribute that is set.
func readChoice(ctx context.Context, req datasource.ReadRequest) (choice, diag.Diagnostics) {
	var chosen choice
	diags := req.Config.GetAttribute(ctx, path.Root(access.OktaOrganizationAttribute), &chosen.organization)
	for _, name := range choices {
		var value types.String
		diags.Append(req.Config.GetAttribute(ctx, path.Root(name), &value)...)
		if !value.IsNull() {
			chosen.attribute, chosen.value = name, value.ValueString()
		}
	}
	if chosen.attribute == "" && !diags.HasError() {
		diags.AddError("No device is chosen", "Set one of "+strings.Join(choices, ", ")+".")
	}
	return chosen, diags
}

// paths are where Okta's errors about this device belong.
func (c choice) paths(place diagnostic.OktaPlace) diagnostic.OktaErrorPaths {
	at := path.Root(c.attribute)
	return diagnostic.OktaErrorPaths{Place: place, ID: at, Search: at}
}

const noDevice = "Okta has no such device"

// findDevice returns the chosen device, or nil and an error in diags.
func findDevice(ctx context.Context, organization *access.OktaOrganization, chosen choice, diags *diag.Diagnostics) *okta.Device {
	if chosen.attribute != byID {
		return searchDevice(ctx, organization, chosen, diags)
	}
	device, err := memo.Remember(ctx, organization.Shared, "device "+chosen.value, func(ctx context.Context) (*okta.Device, error) {
		return organization.Client.Device(ctx, chosen.value)
	})
	if okta.IsNotFound(err) {
		diagnostic.AddError(diags, path.Root(byID), organization.Place.Summary(noDevice), err,
			"The id is Okta's own (guo…). The device must belong to the organization at "+organization.Place.Name("base_url")+".")
	} else if err != nil {
		diagnostic.AddOktaError(diags, chosen.paths(organization.Place), "the device could not be read from Okta", err)
	}
	return device
}

// searchDevice returns the only device that fits, or nil and an error in diags.
func searchDevice(ctx context.Context, organization *access.OktaOrganization, chosen choice, diags *diag.Diagnostics) *okta.Device {
	filter := okta.SearchFilter{SerialNumber: chosen.value}
	if chosen.attribute == byDisplayName {
		filter = okta.SearchFilter{DisplayName: chosen.value}
	}
	result, err := organization.ListDevices(ctx, okta.DeviceQuery{Search: filter.Expression()}, true)
	if err != nil {
		diagnostic.AddOktaError(diags, chosen.paths(organization.Place), "the device could not be searched for in Okta", err)
		return nil
	}
	problem := func(news, detail string) {
		diags.AddAttributeError(path.Root(chosen.attribute), organization.Place.Summary(news), detail)
	}
	switch count := len(result.Devices); {
	case count == 0:
		problem(noDevice, "Okta found no device with this "+chosen.attribute+". Its search lags a little behind new devices.\n"+
			"The device must belong to the organization at "+organization.Place.Name("base_url")+".")
	case count > 1:
		ids := make([]string, count)
		for index := range ids {
			ids[index] = cmp.Or(result.Devices[index].ID, "(without id)")
		}
		problem("Okta has several such devices", fmt.Sprintf("Okta found %d devices with this %s: %s.\nSet id to one of them instead.",
			count, chosen.attribute, diagnostic.List(ids)))
	case result.Devices[0].ID == "":
		problem("a device has no id in Okta's answer", "Okta's answer names no id for this device, so its users can't be read.")
	default:
		return &result.Devices[0]
	}
	return nil
}

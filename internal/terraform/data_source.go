// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package terraform

import (
	"context"
	"fmt"
	"maps"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/memo"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/okta"
)

// DeviceListing is what a list of devices came to.
type DeviceListing struct {
	Devices []okta.Device
	// Unreadable counts what was in the list and was no device.
	Unreadable int
}

// ListDevices lists the organisation's devices once in a process, however many data sources ask for the same. The result is shared:
// nobody may change it.
func (o *OktaOrganization) ListDevices(ctx context.Context, query okta.DeviceQuery) (*DeviceListing, error) {
	key := fmt.Sprintf("devices %q %t %d", query.Search, query.ExpandUsers, query.Limit)

	return memo.Remember(ctx, o.Shared, key, func(ctx context.Context) (*DeviceListing, error) {
		result := &DeviceListing{Devices: []okta.Device{}}
		count := okta.OnPage(func(page okta.PageSummary) { result.Unreadable += page.Unreadable })

		for device, err := range o.Client.Devices(ctx, query, count) {
			if err != nil {
				return nil, err
			}

			result.Devices = append(result.Devices, device)
		}

		return result, nil
	})
}

// ConfiguredClients takes the provider's clients from the ProviderData of a Configure request. There are none yet where Terraform only
// validates.
func ConfiguredClients(providerData any, diags *diag.Diagnostics) *Clients {
	if providerData == nil {
		return nil
	}

	clients, ok := providerData.(*Clients)
	if !ok {
		diags.AddError("The provider handed over something else than its clients",
			fmt.Sprintf("This is a mistake in the provider: %T.", providerData))
	}

	return clients
}

// WithResults is a data source's state: its configuration with what was read. The framework's own way, State.Set, takes several times as
// long for a long list, and its reflection over Go structs several times that.
func WithResults(ctx context.Context, config tftypes.Value, read map[string]attr.Value) (tftypes.Value, error) {
	var configured map[string]tftypes.Value

	if err := config.As(&configured); err != nil {
		return tftypes.Value{}, fmt.Errorf("read the configuration: %w", err)
	}

	attributes := maps.Clone(configured) // As hands out the map of the value itself

	for name, value := range read {
		raw, err := value.ToTerraformValue(ctx)
		if err != nil {
			return tftypes.Value{}, fmt.Errorf("convert %s: %w", name, err)
		}

		attributes[name] = raw
	}

	if err := tftypes.ValidateValue(config.Type(), attributes); err != nil {
		return tftypes.Value{}, fmt.Errorf("build the state: %w", err)
	}

	return tftypes.NewValue(config.Type(), attributes), nil
}

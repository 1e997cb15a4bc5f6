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

	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/longlist"
)

// ConfiguredClients takes the provider's clients from the ProviderData of a Configure request. There are none yet where
// Terraform only validates.
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

// Results are what a data source read, by the attributes that it belongs to.
type Results struct {
	Values map[string]attr.Value
	// Lists are those that may be long.
	Lists map[string]longlist.List
}

// WithResults is a data source's state: its configuration with what was read. The framework's own way, State.Set, takes
// several times as long, and its reflection over Go structs several times that. Lists go to the server where it takes
// them, and are null in this state.
func WithResults(ctx context.Context, config tftypes.Value, read Results) (tftypes.Value, error) {
	var configured map[string]tftypes.Value
	if err := config.As(&configured); err != nil {
		return tftypes.Value{}, fmt.Errorf("read the configuration: %w", err)
	}
	values := make(map[string]attr.Value, len(read.Values)+len(read.Lists))
	maps.Copy(values, read.Values)
	for name, list := range read.Lists {
		if !longlist.Put(ctx, name, list) {
			values[name] = list.Value()
		}
	}
	attributes := maps.Clone(configured) // As hands out the map of the value itself
	for name, value := range values {
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

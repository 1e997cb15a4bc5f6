// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package longlist

import (
	"context"
	"fmt"
	"maps"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// Results are what a data source read, by the attributes that it belongs to.
type Results struct {
	Values map[string]attr.Value
	// Lists are those that may be long.
	Lists map[string]List
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
		if !put(ctx, name, list) {
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

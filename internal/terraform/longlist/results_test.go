// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package longlist_test

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/longlist"
)

func TestWithResults(t *testing.T) {
	t.Parallel()
	config := tftypes.NewValue(
		tftypes.Object{AttributeTypes: map[string]tftypes.Type{"id": tftypes.String, "total": tftypes.Number}},
		map[string]tftypes.Value{"id": tftypes.NewValue(tftypes.String, "one"), "total": tftypes.NewValue(tftypes.Number, nil)},
	)
	for name, test := range map[string]struct {
		config tftypes.Value
		read   map[string]attr.Value
		want   string
		err    string
	}{
		"what was read joins the configuration": {
			config: config, read: map[string]attr.Value{"total": types.Int64Value(3)}, want: `"total":tftypes.Number<"3">`,
		},
		"an attribute of another type is an error": {
			config: config, read: map[string]attr.Value{"total": types.StringValue("three")}, err: "build the state",
		},
		"an attribute that there is not is an error": {
			config: config, read: map[string]attr.Value{"sum": types.Int64Value(3)}, err: "build the state",
		},
		"a configuration that is no object is an error": {
			config: tftypes.NewValue(tftypes.String, "text"), err: "read the configuration",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			state, err := longlist.WithResults(t.Context(), test.config, longlist.Results{Values: test.read})
			if test.err != "" {
				if err == nil || !strings.Contains(err.Error(), test.err) {
					t.Errorf("want an error with %q, not %v", test.err, err)
				}
				return
			}
			if err != nil || !strings.Contains(state.String(), test.want) || !strings.Contains(state.String(), `"id":tftypes.String<"one">`) {
				t.Errorf("want %s in %s, error %v", test.want, state, err)
			}
		})
	}
}

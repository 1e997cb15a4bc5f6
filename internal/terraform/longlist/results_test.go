// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package longlist_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/longlist"
)

func TestSetState(t *testing.T) {
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
			var resp datasource.ReadResponse
			longlist.SetState(t.Context(), datasource.ReadRequest{Config: tfsdk.Config{Raw: test.config}}, &resp, longlist.Results{Values: test.read})
			errs, state := fmt.Sprint(resp.Diagnostics.Errors()), resp.State.Raw.String()
			if test.err != "" {
				if !resp.Diagnostics.HasError() || !strings.Contains(errs, test.err) {
					t.Errorf("want an error with %q, not %s", test.err, errs)
				}
				return
			}
			if resp.Diagnostics.HasError() || !strings.Contains(state, test.want) || !strings.Contains(state, `"id":tftypes.String<"one">`) {
				t.Errorf("want %s in %s, errors %s", test.want, state, errs)
			}
		})
	}
}

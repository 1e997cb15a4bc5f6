// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package device_test

import (
	"maps"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/acctest"
)

func TestValidateDataSources(t *testing.T) {
	t.Parallel()
	text := func(value any) tftypes.Value { return tftypes.NewValue(tftypes.String, value) }
	set := func(values ...tftypes.Value) tftypes.Value {
		return tftypes.NewValue(tftypes.Set{ElementType: tftypes.String}, values)
	}
	unknown := text(tftypes.UnknownValue)
	const plural, singular = "sekoia_okta_devices", "sekoia_okta_device"
	cases := map[string]struct {
		source    string
		arguments map[string]tftypes.Value
		wants     string
	}{
		"no filter": {source: plural},
		"all filters": {source: plural, arguments: map[string]tftypes.Value{
			"status": set(text("ACTIVE")), "platform": set(text("MACOS"), text("HAL9000")), "display_name_contains": text(`"`),
			"registered": tftypes.NewValue(tftypes.Bool, false), "last_updated_after": text("2026-11-01T00:00:00Z"),
			"include_users": tftypes.NewValue(tftypes.Bool, true),
		}},
		"an expression with users":        {source: plural, arguments: map[string]tftypes.Value{"search": text("id pr"), "include_users": tftypes.NewValue(tftypes.Bool, true)}},
		"values that are not known yet":   {source: plural, arguments: map[string]tftypes.Value{"search": unknown, "display_name_contains": unknown, "status": tftypes.NewValue(tftypes.Set{ElementType: tftypes.String}, tftypes.UnknownValue)}},
		"an expression beside a status":   {source: plural, arguments: map[string]tftypes.Value{"search": text("id pr"), "status": set(text("ACTIVE"))}, wants: "search and status can't be set together"},
		"an expression beside a name":     {source: plural, arguments: map[string]tftypes.Value{"search": text("id pr"), "display_name_contains": text("a")}, wants: "search and display_name_contains can't be set together"},
		"an expression beside a time":     {source: plural, arguments: map[string]tftypes.Value{"search": text("id pr"), "last_updated_after": text("2026-11-01T00:00:00Z")}, wants: "search and last_updated_after can't be set together"},
		"an expression beside registered": {source: plural, arguments: map[string]tftypes.Value{"search": text("id pr"), "registered": tftypes.NewValue(tftypes.Bool, true)}, wants: "search and registered can't be set together"},
		"an expression beside a platform": {source: plural, arguments: map[string]tftypes.Value{"search": text("id pr"), "platform": set(text("IOS"))}, wants: "search and platform can't be set together"},
		"an empty expression":             {source: plural, arguments: map[string]tftypes.Value{"search": text("")}, wants: "must not be empty"},
		"an empty set":                    {source: plural, arguments: map[string]tftypes.Value{"status": set()}, wants: "at least 1 element"},
		"a platform in small letters":     {source: plural, arguments: map[string]tftypes.Value{"platform": set(text("macos"))}, wants: `"macos" must be upper case: "MACOS"`},
		"a time that is none":             {source: plural, arguments: map[string]tftypes.Value{"last_updated_after": text("yesterday")}, wants: "must be a time with a time zone"},
		"by id":                           {source: singular, arguments: map[string]tftypes.Value{"id": text("guo1")}},
		"by what is not known yet":        {source: singular, arguments: map[string]tftypes.Value{"display_name": unknown}},
		"by nothing":                      {source: singular, wants: "Set exactly one of id, serial_number, display_name."},
		"by two things":                   {source: singular, arguments: map[string]tftypes.Value{"id": text("guo1"), "serial_number": text("S1")}, wants: "id and serial_number can't be set together"},
		"by the empty text":               {source: singular, arguments: map[string]tftypes.Value{"id": text("")}, wants: "must not be empty"},
	}
	server := acctest.Server(t, nil)
	schemas, err := server.GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			object, ok := schemas.DataSourceSchemas[test.source].ValueType().(tftypes.Object)
			if !ok {
				t.Fatal("the schema is no object")
			}
			values := map[string]tftypes.Value{}
			for attribute, kind := range object.AttributeTypes {
				values[attribute] = tftypes.NewValue(kind, nil)
			}
			maps.Copy(values, test.arguments)
			config, err := tfprotov6.NewDynamicValue(object, tftypes.NewValue(object, values))
			if err != nil {
				t.Fatal(err)
			}
			resp, err := server.ValidateDataResourceConfig(t.Context(), &tfprotov6.ValidateDataResourceConfigRequest{TypeName: test.source, Config: &config})
			if err != nil {
				t.Fatal(err)
			}
			var said strings.Builder
			for _, diagnostic := range resp.Diagnostics {
				said.WriteString(diagnostic.Summary + ": " + diagnostic.Detail + "\n")
			}
			if (test.wants == "") != (len(resp.Diagnostics) == 0) || !strings.Contains(said.String(), test.wants) {
				t.Errorf("validation says %q, want %q", said.String(), test.wants)
			}
		})
	}
}

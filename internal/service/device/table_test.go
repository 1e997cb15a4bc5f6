// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package device

import (
	"maps"
	"reflect"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/okta"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/access"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/longlist"
)

// TestTablesAreWhole compares the tables with the client's types: a row reads the field of its name and no other, and
// each field has a row, except for lists of strings, which are the client's own notes. What is not set is null.
func TestTablesAreWhole(t *testing.T) {
	t.Parallel()
	tableIsWhole(t, deviceTable)
	tableIsWhole(t, userTable)
}

func tableIsWhole[T any](t *testing.T, table *longlist.Table[T]) {
	t.Helper()
	rows := 0
	for field := range reflect.TypeFor[T]().Fields() {
		if field.Type == reflect.TypeFor[[]string]() {
			continue
		}
		rows++
		var (
			of   T
			want attr.Value
		)
		switch into := reflect.ValueOf(&of).Elem().FieldByIndex(field.Index).Addr().Interface().(type) {
		case *string:
			*into, want = field.Name, types.StringValue(field.Name)
		case **string:
			*into, want = &field.Name, types.StringValue(field.Name)
		case **bool:
			*into, want = new(true), types.BoolValue(true)
		case *[]okta.DeviceUser:
			*into, want = []okta.DeviceUser{}, types.ListValueMust(userTable.Type(), []attr.Value{})
		default:
			t.Errorf("%s is of a kind that no row has", field.Name)
		}
		found := false
		for name, got := range table.Values(&of) {
			if strings.EqualFold(strings.ReplaceAll(name, "_", ""), field.Name) {
				if found = true; !got.Equal(want) {
					t.Errorf("%s is %s, want %s", name, got, want)
				}
			} else if !got.IsNull() {
				t.Errorf("%s is %s, and only %s is set", name, got, field.Name)
			}
		}
		if !found {
			t.Errorf("%s has no row", field.Name)
		}
	}
	if got := len(table.Type().AttrTypes); got != rows {
		t.Errorf("%d rows for %d fields of %s", got, rows, reflect.TypeFor[T]())
	}
}

func TestUsersTellNoneFromNotAskedFor(t *testing.T) {
	t.Parallel()
	if got := deviceTable.Values(&okta.Device{})["users"]; !got.IsNull() {
		t.Errorf("users that nobody asked for are %s", got)
	}
	none := types.ListValueMust(userTable.Type(), []attr.Value{})
	if got := deviceTable.Values(&okta.Device{Users: []okta.DeviceUser{}})["users"]; !got.Equal(none) {
		t.Errorf("no users are %s", got)
	}
}

func TestCounts(t *testing.T) {
	t.Parallel()
	want := types.MapValueMust(types.Int64Type, map[string]attr.Value{"MACOS": types.Int64Value(2), "HAL9000": types.Int64Value(1)})
	if got := counts(map[string]int{"MACOS": 2, "HAL9000": 1}); !got.Equal(want) {
		t.Errorf("the counts are %s, want %s", got, want)
	}
	if got := counts(map[string]int{}); got.IsNull() || len(got.Elements()) != 0 {
		t.Errorf("the counts of no devices are %s", got)
	}
}

func TestOktaTime(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{"2026-11-01T02:03:04.0056+02:00": "2026-11-01T00:03:04.005Z", "": "", "yesterday": "yesterday"} {
		if got := oktaTime(text); got != want {
			t.Errorf("the time is %s, want %s", got, want)
		}
	}
}

// TestSchemasFitValues fails where an attribute is in the schema and not in the values, or the reverse.
func TestSchemasFitValues(t *testing.T) {
	t.Parallel()
	var singular, plural datasource.SchemaResponse
	NewDataSource().Schema(t.Context(), datasource.SchemaRequest{}, &singular)
	NewPluralDataSource().Schema(t.Context(), datasource.SchemaRequest{}, &plural)
	single := maps.Clone(deviceTable.Type().AttrTypes)
	single[access.OktaOrganizationAttribute] = types.StringType
	if got := singular.Schema.Type(); !got.Equal(types.ObjectType{AttrTypes: single}) {
		t.Errorf("sekoia_okta_device is %s", got)
	}
	devices, ok := plural.Schema.Attributes["devices"].(schema.ListNestedAttribute)
	if !ok || !devices.NestedObject.Type().Equal(deviceTable.Type()) {
		t.Errorf("an element of sekoia_okta_devices is %s", devices.NestedObject.Type())
	}
	for _, response := range []datasource.SchemaResponse{singular, plural} {
		if diags := response.Schema.ValidateImplementation(t.Context()); diags.HasError() {
			t.Error(diags)
		}
	}
}

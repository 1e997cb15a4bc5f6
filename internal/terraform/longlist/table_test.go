// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package longlist_test

import (
	"reflect"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/longlist"
)

// kinds has each kind of value.
type kinds struct {
	ID, Name *string
	Key      string
	Set      bool
	On       *bool
}

var table = longlist.NewTable(
	longlist.Value("id", "", func(k *kinds) **string { return &k.ID }),
	longlist.Value("name", "", func(k *kinds) **string { return &k.Name }),
	longlist.Value("key", "", func(k *kinds) *string { return &k.Key }),
	longlist.Value("set", "", func(k *kinds) *bool { return &k.Set }),
	longlist.Value("on", "", func(k *kinds) **bool { return &k.On }),
)

func TestTableReadsWhatItWrites(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		of   kinds
		want map[string]attr.Value
	}{
		"what is not there is null, but a bool that is not a pointer": {kinds{}, map[string]attr.Value{
			"id": types.StringNull(), "name": types.StringNull(), "key": types.StringNull(), "set": types.BoolValue(false), "on": types.BoolNull(),
		}},
		"an empty string behind a pointer is a string": {
			kinds{ID: new(""), Name: new("a"), Key: "b", Set: true, On: new(false)}, map[string]attr.Value{
				"id": types.StringValue(""), "name": types.StringValue("a"), "key": types.StringValue("b"), "set": types.BoolValue(true), "on": types.BoolValue(false),
			},
		},
	} {
		got := table.Values(&test.of)
		if !reflect.DeepEqual(got, test.want) {
			t.Errorf("%s: got %v, want %v", name, got, test.want)
		}
		if back := table.Read(got); !reflect.DeepEqual(*back, test.of) {
			t.Errorf("%s: back comes %+v, want %+v", name, *back, test.of)
		}
	}
	if got := table.Only("key", "on").Type(); !got.Equal(types.ObjectType{AttrTypes: map[string]attr.Type{"key": types.StringType, "on": types.BoolType}}) {
		t.Errorf("a part of the table is %s", got)
	}
}

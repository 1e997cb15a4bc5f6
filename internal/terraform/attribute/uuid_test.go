// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package attribute

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

const (
	oneUUID     = "6bffbac8-3a5d-4b1e-9d5c-0d3b6f6f2f0a"
	anotherUUID = "6bffbac8-3a5d-4b1e-9d5c-0d3b6f6f2f0b"
)

func TestUUIDsCompareWithoutCase(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		a, b UUID
		want bool
	}{
		"the same":                {NewUUID(oneUUID), NewUUID(oneUUID), true},
		"in capitals":             {NewUUID(oneUUID), NewUUID(strings.ToUpper(oneUUID)), true},
		"another":                 {NewUUID(oneUUID), NewUUID(anotherUUID), false},
		"other text, the same":    {NewUUID("ours"), NewUUID("Ours"), true},
		"other text and a UUID":   {NewUUID("ours"), NewUUID(oneUUID), false},
		"the empty text and UUID": {NewUUID(""), NewUUID(oneUUID), false},
	}
	for name, test := range cases {
		for _, pair := range [][2]UUID{{test.a, test.b}, {test.b, test.a}} {
			if got, diags := pair[0].StringSemanticEquals(t.Context(), pair[1]); got != test.want || diags.HasError() {
				t.Errorf("%s: %v, %v", name, got, diags)
			}
		}
	}
	if NewUUID(oneUUID).Equal(NewUUID(strings.ToUpper(oneUUID))) || NewUUID(oneUUID).Equal(types.StringValue(oneUUID)) {
		t.Error("what is only equivalent is equal")
	}
	for value, want := range map[UUID]string{
		NewUUID(strings.ToUpper(oneUUID)): oneUUID, NewUUID("Ours"): "ours", NullUUID(): "", UnknownUUID(): "",
	} {
		if got := value.Canonical(); got != want {
			t.Errorf("%s in lower case is %q", value, got)
		}
	}
}

func TestUUIDIsAType(t *testing.T) {
	t.Parallel()
	var kind attr.Type = UUIDType{}
	for name, test := range map[string]struct {
		wire tftypes.Value
		want UUID
	}{
		"a value":            {tftypes.NewValue(tftypes.String, oneUUID), NewUUID(oneUUID)},
		"what is no UUID":    {tftypes.NewValue(tftypes.String, "%%%"), NewUUID("%%%")},
		"null":               {tftypes.NewValue(tftypes.String, nil), NullUUID()},
		"an unknown value":   {tftypes.NewValue(tftypes.String, tftypes.UnknownValue), UnknownUUID()},
		"the empty text too": {tftypes.NewValue(tftypes.String, ""), NewUUID("")},
	} {
		got, err := kind.ValueFromTerraform(t.Context(), test.wire)
		if err != nil || !got.Equal(test.want) || !got.Type(t.Context()).Equal(kind) {
			t.Errorf("%s: %v, %v", name, got, err)
		}
		back, err := got.ToTerraformValue(t.Context())
		if err != nil || !back.Equal(test.wire) {
			t.Errorf("%s goes back as %v, %v", name, back, err)
		}
	}
	if _, err := kind.ValueFromTerraform(t.Context(), tftypes.NewValue(tftypes.Bool, true)); err == nil {
		t.Error("a bool is taken for a UUID")
	}
	if kind.Equal(types.StringType) || kind.Equal(BaseURLType{}) {
		t.Error("a UUID and another string are of the same type")
	}
	if kind.String() != "attribute.UUIDType" || kind.ValueType(t.Context()).Type(t.Context()).String() != kind.String() {
		t.Error("the type's name is wrong")
	}
	fromString, diags := UUIDType{}.ValueFromString(t.Context(), types.StringValue("a"))
	if diags.HasError() || !fromString.Equal(NewUUID("a")) {
		t.Errorf("from a string comes %v, %v", fromString, diags)
	}
}

func TestUUIDValidator(t *testing.T) {
	t.Parallel()
	check := UUIDValidator()
	cases := map[string]struct {
		value types.String
		fails bool
	}{
		"a UUID":                         {types.StringValue(oneUUID), false},
		"in capitals":                    {types.StringValue(strings.ToUpper(oneUUID)), false},
		"null":                           {types.StringNull(), false},
		"not known yet":                  {types.StringUnknown(), false},
		"empty":                          {types.StringValue(""), true},
		"a name":                         {types.StringValue("hunter2"), true},
		"in braces":                      {types.StringValue("{" + oneUUID + "}"), true},
		"without hyphens":                {types.StringValue(strings.ReplaceAll(oneUUID, "-", "")), true},
		"with a line break":              {types.StringValue(oneUUID + "\n"), true},
		"with a letter that no UUID has": {types.StringValue("g" + oneUUID[1:]), true},
	}
	for name, test := range cases {
		at := path.Root("community_id")
		resp := validator.StringResponse{}
		check.ValidateString(t.Context(), validator.StringRequest{Path: at, ConfigValue: test.value}, &resp)
		if resp.Diagnostics.HasError() != test.fails {
			t.Errorf("%s: %v", name, resp.Diagnostics)
		}
		if test.fails && (!isAt(resp.Diagnostics[0], at) ||
			resp.Diagnostics[0].Detail() != "community_id must be a UUID such as 6bffbac8-3a5d-4b1e-9d5c-0d3b6f6f2f0a.") {
			t.Errorf("%s: the error is %v", name, resp.Diagnostics)
		}
	}
	if check.Description(t.Context()) != check.MarkdownDescription(t.Context()) {
		t.Error("the two descriptions differ")
	}
}

func TestKeepEquivalentUUID(t *testing.T) {
	t.Parallel()
	null, unknown, text := types.StringNull(), types.StringUnknown(), types.StringValue
	capitals := strings.ToUpper(oneUUID)
	cases := map[string]struct {
		state, config, plan, want types.String
	}{
		"the same in capitals keeps the state's":        {text(oneUUID), text(capitals), text(capitals), text(oneUUID)},
		"capitals in the state stay":                    {text(capitals), text(oneUUID), text(oneUUID), text(capitals)},
		"another one is planned":                        {text(oneUUID), text(anotherUUID), text(anotherUUID), text(anotherUUID)},
		"a new resource's is planned":                   {null, text(capitals), text(capitals), text(capitals)},
		"one that the provider chooses keeps the state": {text(oneUUID), null, unknown, text(oneUUID)},
		"a new resource's stays unknown":                {null, null, unknown, unknown},
		"one that is not known yet may be another":      {text(oneUUID), unknown, unknown, unknown},
		"null stays null":                               {text(oneUUID), null, null, null},
	}
	for name, test := range cases {
		modifier := KeepEquivalentUUID()
		resp := planmodifier.StringResponse{PlanValue: test.plan}
		modifier.PlanModifyString(t.Context(), planmodifier.StringRequest{
			StateValue: test.state, ConfigValue: test.config, PlanValue: test.plan,
		}, &resp)
		if !resp.PlanValue.Equal(test.want) {
			t.Errorf("%s: planned is %s, want %s", name, resp.PlanValue, test.want)
		}
		if modifier.Description(t.Context()) != modifier.MarkdownDescription(t.Context()) {
			t.Error("the two descriptions differ")
		}
	}
}

// isAt reports whether a diagnostic sits on an attribute; the empty path means on none.
func isAt(diagnostic diag.Diagnostic, at path.Path) bool {
	with, ok := diagnostic.(diag.DiagnosticWithPath)
	if !ok {
		return len(at.Steps()) == 0
	}
	return with.Path().Equal(at)
}

// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package attribute

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
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
		NewUUID(strings.ToUpper(oneUUID)): oneUUID, NewUUID("Ours"): "ours", {StringValue: types.StringNull()}: "", {StringValue: types.StringUnknown()}: "",
	} {
		if got := value.Canonical(); got != want {
			t.Errorf("%s in lower case is %q", value, got)
		}
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

// isAt reports whether a diagnostic sits on an attribute; the empty path means on none.
func isAt(diagnostic diag.Diagnostic, at path.Path) bool {
	with, ok := diagnostic.(diag.DiagnosticWithPath)
	if !ok {
		return len(at.Steps()) == 0
	}
	return with.Path().Equal(at)
}

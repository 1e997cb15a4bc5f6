// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package device

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// A variable that was left at its default is null: it asks for nothing, neither for devices without a platform nor for
// none at all.
func TestANullInASetIsLeftOut(t *testing.T) {
	t.Parallel()
	set := func(elements ...attr.Value) types.Set { return types.SetValueMust(types.StringType, elements) }
	null, macOS, active := types.StringNull(), types.StringValue("MACOS"), types.StringValue("ACTIVE")
	for name, test := range map[string]struct{ with, without pluralModel }{
		"a null alone":            {pluralModel{Platform: set(null)}, pluralModel{}},
		"nulls in both":           {pluralModel{Platform: set(null), Status: set(null)}, pluralModel{}},
		"a null next to a word":   {pluralModel{Platform: set(null, macOS)}, pluralModel{Platform: set(macOS)}},
		"a null in the other set": {pluralModel{Platform: set(macOS), Status: set(null)}, pluralModel{Platform: set(macOS)}},
		"a null next to a status": {pluralModel{Status: set(active, null)}, pluralModel{Status: set(active)}},
		"sets that are null":      {pluralModel{Platform: types.SetNull(types.StringType), Status: types.SetNull(types.StringType)}, pluralModel{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if with, without := test.with.query(), test.without.query(); with != without {
				t.Errorf("it asks for %+v, want %+v", with, without)
			}
		})
	}
	if all, some := (&pluralModel{}).query(), (&pluralModel{Platform: set(macOS)}).query(); all == some || all.Search != "" {
		t.Errorf("all is %+v, and some %+v", all, some)
	}
}

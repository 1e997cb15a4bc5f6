// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package attribute

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

func TestValidatorsSayWhatItMustBe(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		validator validator.String
		value     string
		says      string // "" if it is accepted
	}{
		"a word":                   {OneOf("off", "always"), "off", ""},
		"a word in capitals":       {OneOf("off", "always"), "OFF", `x.y: "OFF" must be lower case: "off".`},
		"another word":             {OneOf("off", "always"), "never", `x.y: "never" must be one of off, always.`},
		"a word with line breaks":  {OneOf("off"), "a\n\"b", `x.y: "a\n"b" must be one of off.`},
		"a region":                 {Region(), "fra1", ""},
		"a region in capitals":     {Region(), "FRA1", `x.y: "FRA1" must be lower case: "fra1".`},
		"another region":           {Region(), "france", `x.y: "france" must be three lower-case letters and a number, such as fra1.`},
		"nothing":                  {NotEmpty(), "", "x.y must not be empty. Leave it out, or set it to null, if there is nothing to set."},
		"something":                {NotEmpty(), " ", ""},
		"a time":                   {Time(), "2026-01-31T00:00:00+01:00", ""},
		"a day":                    {Time(), "2026-01-31", `x.y: "2026-01-31" must be a time with a time zone, such as 2026-01-31T00:00:00Z.`},
		"a duration":               {Duration("1s", "10m"), "45s", ""},
		"a duration too long":      {Duration("1s", "10m"), "11m", `x.y: "11m" must be a duration from 1s to 10m, such as 45s or 2m.`},
		"a duration without units": {Duration("1s", "10m"), "45", `x.y: "45" must be a duration from 1s to 10m, such as 45s or 2m.`},
		"a timeout":                {Timeout(), "1h30m", ""},
		"a timeout in words":       {Timeout(), "10 minutes", `x.y: "10 minutes" must be a duration longer than zero, such as 30m or 1h30m.`},
		"a timeout of nothing":     {Timeout(), "0s", `x.y: "0s" must be a duration longer than zero, such as 30m or 1h30m.`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var resp validator.StringResponse
			test.validator.ValidateString(t.Context(), validator.StringRequest{Path: path.Root("x").AtName("y"), ConfigValue: types.StringValue(test.value)}, &resp)
			said := ""
			if len(resp.Diagnostics) > 0 {
				said = resp.Diagnostics[0].Detail()
			}
			if said != test.says || len(resp.Diagnostics) > 1 {
				t.Errorf("it says %q, want %q", said, test.says)
			}
		})
	}
}

func TestASetOfOktaWords(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		elements []attr.Value
		says     string
	}{
		"words":                {[]attr.Value{types.StringValue("ACTIVE"), types.StringValue("CHROME_OS")}, ""},
		"null and unknown":     {[]attr.Value{types.StringNull(), types.StringUnknown()}, ""},
		"a word in lower case": {[]attr.Value{types.StringNull(), types.StringValue("active")}, `status: "active" must be upper case: "ACTIVE".`},
		"two words in one":     {[]attr.Value{types.StringValue("ACTIVE,STAGED")}, `status: "ACTIVE,STAGED" must be a word in capital letters, such as ACTIVE or MACOS.`},
		"nothing":              {[]attr.Value{}, "status must hold at least 1 element. Leave it out for all of them."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var resp validator.SetResponse
			OktaWords().ValidateSet(t.Context(), validator.SetRequest{Path: path.Root("status"), ConfigValue: types.SetValueMust(types.StringType, test.elements)}, &resp)
			said := ""
			if len(resp.Diagnostics) > 0 {
				said = resp.Diagnostics[0].Detail()
			}
			if said != test.says || len(resp.Diagnostics) > 1 {
				t.Errorf("it says %q, want %q", said, test.says)
			}
		})
	}
}

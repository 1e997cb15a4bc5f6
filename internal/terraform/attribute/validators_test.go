// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package attribute

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

func TestValidatorsSayWhatItMustBe(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		validator validator.String
		value     string
		says      string // "" if it is accepted
	}{
		"a word":                    {OneOf("off", "always"), "off", ""},
		"a word in capitals":        {OneOf("off", "always"), "OFF", `x.y: "OFF" must be lower case: "off".`},
		"another word":              {OneOf("off", "always"), "never", `x.y: "never" must be one of off, always.`},
		"a word with line breaks":   {OneOf("off"), "a\n\"b", `x.y: "a\n"b" must be one of off.`},
		"a region":                  {Region(), "fra1", ""},
		"a region in capitals":      {Region(), "FRA1", `x.y: "FRA1" must be lower case: "fra1".`},
		"another region":            {Region(), "france", `x.y: "france" must be three lower-case letters and a number, such as fra1.`},
		"nothing":                   {NotEmpty(), "", "x.y must not be empty. Leave it out, or set it to null, if there is nothing to set."},
		"nothing of a required one": {RequiredNotEmpty(), "", "x.y must not be empty."},
		"something":                 {NotEmpty(), " ", ""},
		"a time":                    {Time(), "2026-01-31T00:00:00+01:00", ""},
		"a day":                     {Time(), "2026-01-31", `x.y: "2026-01-31" must be a time with a time zone, such as 2026-01-31T00:00:00Z.`},
		"a duration":                {Duration("1s", "10m"), "45s", ""},
		"a duration too long":       {Duration("1s", "10m"), "11m", `x.y: "11m" must be a duration from 1s to 10m, such as 45s or 2m.`},
		"a duration without units":  {Duration("1s", "10m"), "45", `x.y: "45" must be a duration from 1s to 10m, such as 45s or 2m.`},
		"a timeout":                 {Timeout(), "1h30m", ""},
		"a timeout in words":        {Timeout(), "10 minutes", `x.y: "10 minutes" must be a duration longer than zero, such as 30m or 1h30m.`},
		"a timeout of nothing":      {Timeout(), "0s", `x.y: "0s" must be a duration longer than zero, such as 30m or 1h30m.`},
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

// Terraform folds warnings with the same summary: with the name, each customer's is seen.
func TestASummaryBeginsWithWhatItIsAbout(t *testing.T) {
	t.Parallel()
	text := schema.StringAttribute{Optional: true}
	kind := tftypes.Object{AttributeTypes: map[string]tftypes.Type{"name": tftypes.String, "other": tftypes.String, "x": tftypes.String}}
	config := func(of schema.Schema, name any) tfsdk.Config {
		values := map[string]tftypes.Value{"name": tftypes.NewValue(tftypes.String, name), "other": tftypes.NewValue(tftypes.String, "x"), "x": tftypes.NewValue(tftypes.String, nil)}
		return tfsdk.Config{Schema: of, Raw: tftypes.NewValue(kind, values)}
	}
	named := schema.Schema{Attributes: map[string]schema.Attribute{"name": text, "other": text, "x": text}}
	for name, test := range map[string]struct {
		validator validator.String
		at        path.Path
		config    tfsdk.Config
		says      string
	}{
		"a connector":                {OktaTokenValidator(), path.Root("x"), config(named, "Okta devices"), "Okta devices: not an API token"},
		"a connector's inner value":  {OneOf("a"), path.Root("x").AtName("y"), config(named, "Okta devices"), "Okta devices: this value is not accepted"},
		"a name that is not known":   {OktaTokenValidator(), path.Root("x"), config(named, tftypes.UnknownValue), "Not an API token"},
		"a name that is empty":       {NotEmpty(), path.Root("name"), config(named, ""), "This value is not accepted"},
		"a name that draws":          {UUIDValidator(), path.Root("x"), config(named, "a\n\x1b[31mb"), `a\n\x1b[31mb: not a UUID`},
		"a warning about a URL":      {OktaBaseURLValidator(), path.Root("x"), config(named, "globex"), "globex: Sekoia's connector can't use this URL"},
		"two arguments":              {ConflictsWith("other"), path.Root("x"), config(named, "globex"), "globex: two arguments exclude each other"},
		"a missing argument":         {Requires("x"), path.Root("x"), config(named, "globex"), "globex: an argument is missing"},
		"an organization":            {OktaBaseURLValidator(), path.Root("okta_organizations").AtMapKey("acme").AtName("base_url"), tfsdk.Config{}, "acme: not the base URL of an Okta organization"},
		"something without any name": {OktaBaseURLValidator(), path.Root("okta").AtName("base_url"), tfsdk.Config{Schema: schema.Schema{}}, "Not the base URL of an Okta organization"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			value := ` "`
			if strings.HasPrefix(name, "a warning") {
				value = "https://acme-admin.example.com"
			} else if name == "a name that is empty" {
				value = ""
			}
			var resp validator.StringResponse
			test.validator.ValidateString(t.Context(), validator.StringRequest{Path: test.at, Config: test.config, ConfigValue: types.StringValue(value)}, &resp)
			if len(resp.Diagnostics) != 1 || resp.Diagnostics[0].Summary() != test.says {
				t.Errorf("it says %v, want %q", resp.Diagnostics, test.says)
			}
		})
	}
}

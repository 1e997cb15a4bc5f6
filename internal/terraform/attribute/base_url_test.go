// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package attribute

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

func TestSameBaseURL(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		a, b string
		want bool
	}{
		"the same text":                           {"https://acme.okta.com", "https://acme.okta.com", true},
		"a trailing slash":                        {"https://acme.okta.com", "https://acme.okta.com/", true},
		"several trailing slashes":                {"https://acme.okta.com", "https://acme.okta.com//", true},
		"the case of the host":                    {"https://acme.okta.com", "https://ACME.Okta.com", true},
		"the case of the scheme":                  {"https://acme.okta.com", "HTTPS://acme.okta.com", true},
		"the port 443":                            {"https://acme.okta.com", "https://acme.okta.com:443/", true},
		"the port 80 with http":                   {"http://localhost", "http://localhost:80", true},
		"the port 443 with http":                  {"http://localhost", "http://localhost:443", false},
		"another port":                            {"https://acme.okta.com", "https://acme.okta.com:8443", false},
		"another scheme":                          {"https://acme.okta.com", "http://acme.okta.com", false},
		"another host":                            {"https://acme.okta.com", "https://acme-admin.okta.com", false},
		"a path":                                  {"https://acme.okta.com", "https://acme.okta.com/login", false},
		"the case of a path":                      {"https://acme.okta.com/A", "https://acme.okta.com/a", false},
		"a query":                                 {"https://acme.okta.com", "https://acme.okta.com/?a=b", false},
		"text that is no URL, the same":           {"::", "::", true},
		"text that is no URL, in another case":    {"acme", "ACME", false},
		"text that can't be parsed and a slash":   {"https://a b", "https://a b/", false},
		"the empty text and a URL":                {"", "https://acme.okta.com", false},
		"the empty text and a slash":              {"", "/", false},
		"an IPv6 host with and without its port":  {"https://[::1]", "https://[::1]:443", true},
		"hosts that end in the digits of a port":  {"https://acme443.okta.com", "https://acme.okta.com", false},
		"a user name on one side, not the other":  {"https://a@acme.okta.com", "https://acme.okta.com", false},
		"the default port behind a subdomain":     {"https://a.b.okta.com:443", "https://A.B.okta.com", true},
		"an escaped slash at the end of the path": {"https://acme.okta.com/%2F", "https://acme.okta.com", false},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, pair := range [][2]string{{test.a, test.b}, {test.b, test.a}} {
				if got := SameBaseURL(pair[0], pair[1]); got != test.want {
					t.Errorf("%q and %q: %v, want %v", pair[0], pair[1], got, test.want)
				}
				equal, diags := NewBaseURL(pair[0]).StringSemanticEquals(t.Context(), NewBaseURL(pair[1]))
				if equal != test.want || diags.HasError() {
					t.Errorf("%q and %q as values: %v, %v", pair[0], pair[1], equal, diags)
				}
			}
		})
	}
}

func TestBaseURLIsAType(t *testing.T) {
	t.Parallel()
	var kind attr.Type = BaseURLType{}
	for name, test := range map[string]struct {
		wire tftypes.Value
		want BaseURL
	}{
		"a value":            {tftypes.NewValue(tftypes.String, "https://acme.okta.com"), NewBaseURL("https://acme.okta.com")},
		"what is no URL":     {tftypes.NewValue(tftypes.String, "%%%"), NewBaseURL("%%%")},
		"null":               {tftypes.NewValue(tftypes.String, nil), NullBaseURL()},
		"an unknown value":   {tftypes.NewValue(tftypes.String, tftypes.UnknownValue), UnknownBaseURL()},
		"the empty text too": {tftypes.NewValue(tftypes.String, ""), NewBaseURL("")},
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
		t.Error("a bool is taken for a base URL")
	}
	if kind.Equal(types.StringType) || NewBaseURL("a").Equal(types.StringValue("a")) {
		t.Error("a base URL and a string are the same")
	}
	if kind.String() != "attribute.BaseURLType" || kind.ValueType(t.Context()).Type(t.Context()).String() != kind.String() {
		t.Error("the type's name is wrong")
	}
	fromString, diags := BaseURLType{}.ValueFromString(t.Context(), types.StringValue("a"))
	if diags.HasError() || !fromString.Equal(NewBaseURL("a")) {
		t.Errorf("from a string comes %v, %v", fromString, diags)
	}
}

func TestBaseURLParses(t *testing.T) {
	t.Parallel()
	parsed, err := NewBaseURL("https://acme.okta.com/").URL()
	if err != nil || parsed.Host != "acme.okta.com" {
		t.Errorf("parsed is %v, %v", parsed, err)
	}
	for _, bad := range []BaseURL{NullBaseURL(), UnknownBaseURL(), NewBaseURL("acme.okta.com"), NewBaseURL("https://u:p\x7f@h")} {
		if _, err := bad.URL(); err == nil {
			t.Errorf("%s is taken for a URL", bad)
		}
	}
}

func TestKeepEquivalentBaseURL(t *testing.T) {
	t.Parallel()
	null := types.StringNull()
	text := types.StringValue
	cases := map[string]struct {
		state, plan, want types.String
	}{
		"an equivalent one keeps the state's": {text("https://acme.okta.com"), text("https://ACME.okta.com/"), text("https://acme.okta.com")},
		"another one is planned":              {text("https://acme.okta.com"), text("https://b.okta.com"), text("https://b.okta.com")},
		"a new resource's is planned":         {null, text("https://acme.okta.com/"), text("https://acme.okta.com/")},
		"an unknown one stays unknown":        {text("https://acme.okta.com"), types.StringUnknown(), types.StringUnknown()},
		"none stays none":                     {text("https://acme.okta.com"), null, null},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			modifier := KeepEquivalentBaseURL()
			resp := planmodifier.StringResponse{PlanValue: test.plan}
			modifier.PlanModifyString(t.Context(), planmodifier.StringRequest{StateValue: test.state, PlanValue: test.plan}, &resp)
			if !resp.PlanValue.Equal(test.want) {
				t.Errorf("planned is %s, want %s", resp.PlanValue, test.want)
			}
			if modifier.Description(t.Context()) != modifier.MarkdownDescription(t.Context()) {
				t.Error("the two descriptions differ")
			}
		})
	}
}

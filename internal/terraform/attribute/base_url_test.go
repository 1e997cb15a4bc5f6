// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package attribute

import (
	"testing"
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

func TestParseBaseURL(t *testing.T) {
	t.Parallel()
	parsed, err := ParseBaseURL("https://acme.okta.com/")
	if err != nil || parsed.Host != "acme.okta.com" {
		t.Errorf("parsed is %v, %v", parsed, err)
	}
	for _, bad := range []string{"", "acme.okta.com", "https://u:p\x7f@h"} {
		if _, err := ParseBaseURL(bad); err == nil {
			t.Errorf("%q is taken for a URL", bad)
		}
	}
}

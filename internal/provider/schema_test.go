// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"strings"
	"testing"
)

func TestParseSekoiaBaseURL(t *testing.T) {
	t.Parallel()
	cases := map[string]struct{ raw, should string }{
		"no path":                              {"https://api.sekoia.io", ""},
		"a slash":                              {"https://api.sekoia.io/", ""},
		"an app host's path":                   {"https://app.fra2.sekoia.io/api", ""},
		"with a slash behind it":               {"https://app.fra2.sekoia.io/api/", ""},
		"this machine's":                       {"http://127.0.0.1:8080/api/", ""},
		"a path of another host":               {"https://y.example/sekoia", ""},
		"a word that only begins as a version": {"https://y.example/v1beta", ""},
		"version 1":                            {"https://api.sekoia.io/v1", "https://api.sekoia.io"},
		"version 1 and a slash":                {"https://api.sekoia.io/v1/", "https://api.sekoia.io"},
		"version 2 and slashes":                {"https://api.sekoia.io//v2//", "https://api.sekoia.io"},
		"a capital version":                    {"https://API.sekoia.io/V1", "https://api.sekoia.io"},
		"a whole call":                         {"https://api.sekoia.io/v1/me", "https://api.sekoia.io"},
		"a deep call":                          {"https://api.sekoia.io/v2/asset-management/assets", "https://api.sekoia.io"},
		"the call without a version":           {"https://api.fra2.sekoia.io/outgoing-ips", "https://api.fra2.sekoia.io"},
		"the app's path on the API's host":     {"https://api.sekoia.io/api", "https://api.sekoia.io"},
		"and a version behind it":              {"https://api.usa1.sekoia.io/api/v1", "https://api.usa1.sekoia.io"},
		"a version behind the app's path":      {"https://app.fra2.sekoia.io/api/v1", "https://app.fra2.sekoia.io/api"},
		"a call behind the app's path":         {"https://app.fra2.sekoia.io/api/v1/me/", "https://app.fra2.sekoia.io/api"},
		"a version in place of the app's path": {"https://app.mco1.sekoia.io/v1", "https://app.mco1.sekoia.io/api"},
		"the app itself":                       {"https://app.fra2.sekoia.io", "https://app.fra2.sekoia.io/api"},
		"the app's first page":                 {"https://app.usa1.sekoia.io/", "https://app.usa1.sekoia.io/api"},
		"http to Sekoia":                       {"http://api.sekoia.io/v1", "https://api.sekoia.io"},
		"this machine with a version":          {"http://127.0.0.1:8080/v1", "http://127.0.0.1:8080"},
		"IPv6 with a version":                  {"http://[::1]:8080/api/v1", "http://[::1]:8080/api"},
		"another host's path and a version":    {"https://y.example:8443/sekoia/v1/me", "https://y.example:8443/sekoia"},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := parseSekoiaBaseURL("base_url", test.raw)
			if test.should == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			if err == nil || !strings.HasSuffix(err.Error(), ". It should be: "+test.should) ||
				!strings.HasPrefix(err.Error(), `base_url: "`+test.raw+`" `) || !strings.Contains(err.Error(), " path ") {
				t.Fatalf("the error is %v", err)
			}
			if _, err := parseSekoiaBaseURL("base_url", test.should); err != nil {
				t.Errorf("what it should be is refused: %v", err)
			}
		})
	}
}

func TestSekoiaBaseURLKeepsSecretsOut(t *testing.T) {
	t.Parallel()
	for _, raw := range []string{
		"https://u:hunter2@api.sekoia.io/v1", "https://api.sekoia.io/v1?key=hunter2", "https://api.sekoia.io/v1/me#hunter2",
	} {
		if _, err := parseSekoiaBaseURL("base_url", raw); err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("the error is %v", err)
		}
	}
}

// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package okta

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestSearchExpression(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		filter SearchFilter
		want   string
	}{
		"nothing is no expression":        {},
		"empty sets are no expression":    {filter: SearchFilter{Statuses: []string{}, Platforms: []string{}}},
		"one status":                      {filter: SearchFilter{Statuses: []string{"ACTIVE"}}, want: `status eq "ACTIVE"`},
		"statuses are sorted, each once":  {filter: SearchFilter{Statuses: []string{"SUSPENDED", "ACTIVE", "SUSPENDED"}}, want: `(status eq "ACTIVE" or status eq "SUSPENDED")`},
		"platforms":                       {filter: SearchFilter{Platforms: []string{"MACOS", "IOS"}}, want: `(profile.platform eq "IOS" or profile.platform eq "MACOS")`},
		"registered devices":              {filter: SearchFilter{Registered: new(true)}, want: `profile.registered eq true`},
		"devices that are not registered": {filter: SearchFilter{Registered: new(false)}, want: `profile.registered eq false`},
		"a part of the name":              {filter: SearchFilter{DisplayNameContains: "lap"}, want: `profile.displayName co "lap"`},
		"the whole name":                  {filter: SearchFilter{DisplayName: "laptop 1"}, want: `profile.displayName eq "laptop 1"`},
		"an id":                           {filter: SearchFilter{ID: "guo1"}, want: `id eq "guo1"`},
		"a serial number":                 {filter: SearchFilter{SerialNumber: "56 4d"}, want: `profile.serialNumber eq "56 4d"`},
		"a date":                          {filter: SearchFilter{LastUpdatedAfter: "2026-01-01T00:00:00Z"}, want: `lastUpdated gt "2026-01-01T00:00:00Z"`},
		"quotes can't end a literal":      {filter: SearchFilter{DisplayName: `" or id pr or "`}, want: `profile.displayName eq "\" or id pr or \""`},
		"nor can a backslash":             {filter: SearchFilter{DisplayName: `\" or \`}, want: `profile.displayName eq "\\\" or \\"`},
		"nor can a value of a set":        {filter: SearchFilter{Statuses: []string{`A" or "B`}}, want: `status eq "A\" or \"B"`},
		"unicode stays":                   {filter: SearchFilter{DisplayName: "Gerät 電腦 😀 <&>'"}, want: `profile.displayName eq "Gerät 電腦 😀 <&>'"`},
		"control characters are escaped":  {filter: SearchFilter{DisplayName: "a\n\t\x00\x1fb"}, want: `profile.displayName eq "a\n\t\u0000\u001fb"`},
		"bytes that are no UTF-8":         {filter: SearchFilter{DisplayName: "a\xffb"}, want: `profile.displayName eq "a` + `\ufffd` + `b"`},
		"all together, joined by and": {
			filter: SearchFilter{
				Statuses: []string{"CREATED", "ACTIVE"}, Platforms: []string{"IOS"}, DisplayNameContains: "b", ID: "c", SerialNumber: "d", DisplayName: "e",
				Registered: new(true), LastUpdatedAfter: "f",
			},
			want: `id eq "c" and profile.displayName eq "e" and profile.displayName co "b" and profile.serialNumber eq "d" and ` +
				`(status eq "ACTIVE" or status eq "CREATED") and profile.platform eq "IOS" and profile.registered eq true and lastUpdated gt "f"`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := test.filter.Expression(); got != test.want {
				t.Errorf("%s\nwant %s", got, test.want)
			}
		})
	}
}

func TestTheExpressionLeavesTheFilterAsItWas(t *testing.T) {
	t.Parallel()
	statuses := []string{"b", "a", "b"}
	_ = SearchFilter{Statuses: statuses}.Expression()
	if strings.Join(statuses, "") != "bab" {
		t.Errorf("statuses are now %v", statuses)
	}
}

// FuzzQuote looks for a text that gets out of its literal.
func FuzzQuote(f *testing.F) {
	for _, seed := range []string{"", `"`, `\`, `\"`, `" or "`, "\x00", "\u2028", "ü", "\xff", "a\nb", `\u0022`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, value string) {
		literal := quote(value)
		var read string
		if err := json.Unmarshal([]byte(literal), &read); err != nil {
			t.Fatalf("%s is no string: %v", literal, err)
		}
		if read != strings.ToValidUTF8(value, "\ufffd") && strings.ToValidUTF8(value, "") == value {
			t.Fatalf("%q became %q", value, read)
		}
		if strings.ContainsAny(literal, "\n\r\x00") {
			t.Fatalf("control characters in %q", literal)
		}
	})
}

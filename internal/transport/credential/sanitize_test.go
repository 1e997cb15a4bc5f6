// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package credential_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/credential"
)

func TestSanitize(t *testing.T) {
	t.Parallel()
	cases := map[string]struct{ in, want string }{
		"plain text stays":                        {"Invalid token provided", "Invalid token provided"},
		"the empty text stays":                    {"", ""},
		"letters of all scripts stay":             {"Zoë 東京 Ελλάδα العربية é", "Zoë 東京 Ελλάδα العربية é"},
		"quotes and backslashes stay":             {`say "no" to C:\temp`, `say "no" to C:\temp`},
		"spaces that are no ASCII stay":           {"12\u00a0000", "12\u00a0000"},
		"line breaks and tabs are escaped":        {"a\r\nb\tc", `a\r\nb\tc`},
		"terminal control is escaped":             {"\x1b[31mred\x1b[0m", `\x1b[31mred\x1b[0m`},
		"C1 control is escaped":                   {"\u009b31m", `\u009b31m`},
		"NUL and DEL are escaped":                 {"\x00\x7f", `\x00\x7f`},
		"direction overrides are escaped":         {"\u202egnp.exe\u202c", `\u202egnp.exe\u202c`},
		"direction isolates are escaped":          {"\u2066x\u2069", `\u2066x\u2069`},
		"direction marks are escaped":             {"\u200e\u200f\u061c", `\u200e\u200f\u061c`},
		"invisible characters are escaped":        {"a\u200bb\ufeff", `a\u200bb\ufeff`},
		"line and paragraph separators too":       {"\u2028\u2029", `\u2028\u2029`},
		"tag characters are escaped":              {"\U000e0041", `\U000e0041`},
		"broken UTF-8 is escaped":                 {"a\xffb\xc3", `a\xffb\xc3`},
		"a replacement character that came stays": {"\ufffd", "\ufffd"},
		"200 runes stay":                          {strings.Repeat("é", 200), strings.Repeat("é", 200)},
		"201 runes are cut":                       {strings.Repeat("é", 201), strings.Repeat("é", 199) + "…"},
		"an escape is not cut in two":             {strings.Repeat("a", 198) + "\u202eb", strings.Repeat("a", 198) + "…"},
		"an escape that just fits stays":          {strings.Repeat("a", 194) + "\u202e", strings.Repeat("a", 194) + `\u202e`},
		"an escape at the cut gives way":          {strings.Repeat("a", 194) + "\u202eb", strings.Repeat("a", 194) + "…"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := credential.Sanitize(c.in)
			if got != c.want {
				t.Errorf("got  %q\nwant %q", got, c.want)
			}
			if again := credential.Sanitize(got); again != got {
				t.Errorf("a second time changes it: %q", again)
			}
		})
	}
}

func FuzzSanitize(f *testing.F) {
	f.Add("plain")
	f.Add("\x1b[0m\u202e\xff")
	f.Add(strings.Repeat("\u2066", 100))
	f.Fuzz(func(t *testing.T, text string) {
		got := credential.Sanitize(text)
		if n := utf8.RuneCountInString(got); n > 200 {
			t.Errorf("%d runes", n)
		}
		if strings.ContainsAny(got, "\n\r\x1b\u202e\u2066") || !utf8.ValidString(got) {
			t.Errorf("not fit to be shown: %q", got)
		}
	})
}

// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package diagnostic

import "testing"

func TestHCLString(t *testing.T) {
	t.Parallel()
	cases := map[string]struct{ text, want string }{
		"a UUID stays":                       {"6bffbac8-3a5d-4b1e-9d5c-0d3b6f6f2f0a", `"6bffbac8-3a5d-4b1e-9d5c-0d3b6f6f2f0a"`},
		"quotes and backslashes":             {`a"b\c`, `"a\"b\\c"`},
		"an interpolation":                   {"${file(\"/etc/passwd\")}", `"\u0024{file(\"/etc/passwd\")}"`},
		"a directive":                        {"%{ if true }", `"\u0025{ if true }"`},
		"an interpolation behind a dollar":   {"$${a}", `"$\u0024{a}"`},
		"a dollar and a percent by itself":   {"5 $ % {", `"5 $ % {"`},
		"control characters":                 {"a\n\x00\x1b", `"a\u000a\u0000\u001b"`},
		"what changes the direction":         {"\u202eevil", `"\u202eevil"`},
		"what does not print, far up":        {"\U000e0041", `"\U000e0041"`},
		"bytes that are no UTF-8":            {"a\xff", "\"a\ufffd\""},
		"letters of other scripts and emoji": {"Zoë 東京 😀", `"Zoë 東京 😀"`},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := HCLString(test.text); got != test.want {
				t.Errorf("%q is written %s, want %s", test.text, got, test.want)
			}
		})
	}
}

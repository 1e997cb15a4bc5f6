// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package wire

import "testing"

func TestRedactor(t *testing.T) {
	t.Parallel()
	d := &Redactor{}
	d.Hide("short")
	d.Hide("s3cret/with space")
	for text, want := range map[string]string{
		"a short one stays":                  "a short one stays",
		"?a=s3cret/with space&b":             "?a=***&b",
		"?a=s3cret%2Fwith+space&b":           "?a=***&b",
		"/a/s3cret%2Fwith%20space/b":         "/a/***/b",
		"s3cret/with spaces3cret/with space": "******",
	} {
		if got := d.Clean(text); got != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
	}
}

// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package credential_test

import (
	"encoding/base64"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/credential"
)

func TestConceal(t *testing.T) {
	t.Parallel()
	const token = `00qYb7RzKd1=mXs5T/Ue9Lp3V+Hj6Cf8Ao2Ixk4Zr`
	const proof = "eyJhbGciOiJFUzI1NiJ9.eyJqdGkiOiJ4In0.c2lnbmF0dXJl"
	cases := map[string]struct{ in, want string }{
		"nothing":       {"", ""},
		"broken UTF-8":  {"\xff\xfe" + token + "\xff", "\xff\xfe***\xff"},
		"nothing of it": {"Invalid token provided", "Invalid token provided"},
		"the whole":     {"token " + token + " is invalid", "token *** is invalid"},
		"twice":         {token + ", " + token, "***, ***"},
		"in lower case": {"https://" + strings.ToLower(token) + ".example", "https://***.example"},
		"in a query":    {"t=" + url.QueryEscape(token) + "&x", "t=***&x"},
		"in a path":     {"/" + url.PathEscape(token) + "/x", "/***/x"},
		"hexadecimal":   {fmt.Sprintf("%x %X", token, token), "*** ***"},
		"half of it":    {token[:20], token[:20]},
		"a JWT":         {"proof " + proof + " is used", "proof *** is used"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := credential.Conceal(c.in, credential.NewSecret(token), credential.NewSecret("short"), credential.Secret{}); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
	for _, encoding := range []*base64.Encoding{base64.StdEncoding, base64.URLEncoding} {
		for _, before := range []string{"", "x", "xy", "user:"} {
			text := encoding.EncodeToString([]byte(before + token + "tail"))
			if got := credential.Conceal(text, credential.NewSecret(token)); !strings.Contains(got, "***") || len(got) > 20 {
				t.Errorf("behind %q: %q", before, got)
			}
		}
	}
	if got := credential.Conceal("key short and 12345678", credential.NewSecret("short"), credential.NewSecret("12345678")); got != "key short and ***" {
		t.Errorf("short ones: %q", got)
	}
	if got := credential.Conceal(strings.Repeat("x", 1<<20)+token, credential.NewSecret(token)); len(got) > 1<<14 {
		t.Errorf("a long text keeps %d bytes", len(got))
	}
}

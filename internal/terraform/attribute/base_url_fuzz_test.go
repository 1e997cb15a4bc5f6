// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package attribute

import (
	"net/url"
	"strings"
	"testing"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/credential"
)

// FuzzSameBaseURL looks for base URLs that are the same without meaning the same, or the reverse, and for three that
// are no equivalence.
func FuzzSameBaseURL(f *testing.F) {
	for _, seed := range [][3]string{
		{"https://acme.okta.com", "https://ACME.okta.com/", "HTTPS://acme.okta.com:443//"},
		{"https://acme.okta.com", "https://acme.o\u212ata.com", "https://acme.okta.com\n"},
		{"http://a:80", "http://a", "https://a:80"},
		{"", " ", "/"},
		{"https://u:p@a/b/?c=d#e", "https://u:p@A/b?c=d#e", "https://a/b"},
		{"https://[::1]:443", "https://[::1]", "https://[::1]:"},
		{"https://a/%2f", "https://a/%2F", "https://a//"},
		{"https://a?", "https://a", "https://a#"},
		{"https://a/b\n", "https://a\n/b", "https://a/b"},
	} {
		f.Add(seed[0], seed[1], seed[2])
	}
	f.Fuzz(func(t *testing.T, a, b, c string) {
		all := [...]string{a, b, c, a + "/", strings.ToLower(a), variant(a)}
		for _, one := range all {
			if !SameBaseURL(one, one) {
				t.Errorf("%q is not the same as itself", one)
			}
			for _, two := range all {
				same := SameBaseURL(one, two)
				if same != SameBaseURL(two, one) {
					t.Errorf("%q and %q are the same in one order only", one, two)
				}
				if same && !meansTheSame(one, two) {
					t.Errorf("%q and %q are the same, and mean different things", one, two)
				}
				for _, three := range all {
					if same && SameBaseURL(two, three) && !SameBaseURL(one, three) {
						t.Errorf("%q, %q and %q: the first is the same as the second, that as the third, but not the first as the third", one, two, three)
					}
				}
			}
		}
		if !SameBaseURL(a, variant(a)) {
			t.Errorf("%q and %q are not the same", a, variant(a))
		}
	})
}

// variant writes a base URL in another way that means the same; what is none stays.
func variant(raw string) string {
	parsed, err := url.Parse(raw)
	if err != nil || parsed.Host == "" || parsed.Scheme != "https" || parsed.Port() != "" || strings.HasSuffix(parsed.Host, ":") {
		return raw
	}
	scheme, rest, _ := strings.Cut(raw, "://")
	authority, path := rest, ""
	if end := strings.IndexAny(rest, "/?#"); end >= 0 {
		authority, path = rest[:end], rest[end:]
	}
	at := strings.LastIndex(authority, "@") + 1
	if path == "" || strings.HasSuffix(path, "/") && !strings.ContainsAny(path, "?#") {
		path += "/"
	}
	return strings.ToUpper(scheme) + "://" + authority[:at] + upperASCII(authority[at:]) + ":443" + path
}

func upperASCII(text string) string {
	return strings.Map(func(r rune) rune {
		if 'a' <= r && r <= 'z' {
			return r - 'a' + 'A'
		}
		return r
	}, text)
}

// meansTheSame compares two base URLs part by part, their origins as the package that decides about credentials does.
func meansTheSame(one, two string) bool {
	if one == two {
		return true
	}
	first, err := url.Parse(one)
	second, other := url.Parse(two)
	return err == nil && other == nil && first.Host != "" && second.Host != "" &&
		credential.OriginOf(first) == credential.OriginOf(second) && first.User.String() == second.User.String() &&
		strings.TrimRight(first.EscapedPath(), "/") == strings.TrimRight(second.EscapedPath(), "/") &&
		first.RawQuery == second.RawQuery && first.EscapedFragment() == second.EscapedFragment()
}

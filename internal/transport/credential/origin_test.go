// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package credential_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/credential"
)

func TestParseOrigin(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		raw  string
		want credential.Origin
		text string
	}{
		"the port of https is filled in":        {"https://acme.okta.com", credential.Origin{Scheme: "https", Host: "acme.okta.com", Port: "443"}, "https://acme.okta.com"},
		"the port of http is filled in":         {"http://localhost", credential.Origin{Scheme: "http", Host: "localhost", Port: "80"}, "http://localhost"},
		"its own port is left out of the text":  {"https://acme.okta.com:443/", credential.Origin{Scheme: "https", Host: "acme.okta.com", Port: "443"}, "https://acme.okta.com"},
		"another port stays":                    {"https://acme.okta.com:80", credential.Origin{Scheme: "https", Host: "acme.okta.com", Port: "80"}, "https://acme.okta.com:80"},
		"letters become lower case":             {"HTTPS://ACME.Okta.COM", credential.Origin{Scheme: "https", Host: "acme.okta.com", Port: "443"}, "https://acme.okta.com"},
		"path, query and fragment play no part": {"https://app.fra2.sekoia.io/api?x=1#y", credential.Origin{Scheme: "https", Host: "app.fra2.sekoia.io", Port: "443"}, "https://app.fra2.sekoia.io"},
		"an IPv6 host has no brackets":          {"http://[::1]:8080", credential.Origin{Scheme: "http", Host: "::1", Port: "8080"}, "http://[::1]:8080"},
		"an IPv6 host without a port":           {"https://[::1]", credential.Origin{Scheme: "https", Host: "::1", Port: "443"}, "https://[::1]"},
		"spaces around it are taken off":        {" https://acme.okta.com\n", credential.Origin{Scheme: "https", Host: "acme.okta.com", Port: "443"}, "https://acme.okta.com"},
		"the Kelvin sign is not the letter k":   {"https://o\u212ata.com", credential.Origin{Scheme: "https", Host: "o\u212ata.com", Port: "443"}, "https://o%E2%84%AAta.com"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := credential.ParseOrigin(c.raw)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
			if got.String() != c.text {
				t.Errorf("text: %s, want %s", got, c.text)
			}
			if again := credential.OriginOf(got.URL()); again != got {
				t.Errorf("its URL has the origin %v", again)
			}
		})
	}
}

func TestParseOriginRefuses(t *testing.T) {
	t.Parallel()
	cases := map[string]struct{ raw, want string }{
		"nothing":               {"", "scheme"},
		"a host alone":          {"acme.okta.com", "scheme"},
		"a host and a port":     {"acme.okta.com:443", "scheme is acme.okta.com"},
		"another scheme":        {"ftp://acme.okta.com", "scheme is ftp"},
		"no host":               {"https:///path", "host is missing"},
		"an opaque URL":         {"https:acme.okta.com", "host is missing"},
		"a user name":           {"https://hunter2@acme.okta.com", "user name"},
		"a password":            {"https://user:hunter2@acme.okta.com", "user name"},
		"what is not a URL":     {"https://user:hunter2@acme okta.com", "not a URL"},
		"a port that is no one": {"https://acme.okta.com:hunter2", "not a URL"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := credential.ParseOrigin(c.raw)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Fatalf("the error is %v, want one with %q", err, c.want)
			}
			if strings.Contains(err.Error(), "hunter2") {
				t.Errorf("the error shows the password: %v", err)
			}
			if !got.IsZero() {
				t.Errorf("the origin is %v", got)
			}
		})
	}
}

func TestOriginOfNothing(t *testing.T) {
	t.Parallel()
	if got := credential.OriginOf(nil); !got.IsZero() || got.String() != "" {
		t.Errorf("nil has the origin %v", got)
	}
	if got := credential.OriginOf(&url.URL{Scheme: "ftp", Host: "a.example"}); got.Port != "" {
		t.Errorf("an unknown scheme has the port %q", got.Port)
	}
}

// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package connector

import "testing"

func TestOrganizationClaims(t *testing.T) {
	t.Parallel()
	acme := claimant{name: "Acme", baseURL: "https://acme.okta.com", communityID: "a"}
	cases := map[string]struct {
		earlier []claimant
		by      claimant
		other   string
	}{
		"the first one":                          {by: acme},
		"the same one again":                     {earlier: []claimant{acme}, by: acme},
		"the same one, its community not known":  {earlier: []claimant{acme}, by: claimant{name: acme.name, baseURL: acme.baseURL}},
		"another one":                            {earlier: []claimant{acme}, by: claimant{name: "Again", baseURL: acme.baseURL, communityID: "a"}, other: "Acme"},
		"another one, its community not known":   {earlier: []claimant{acme}, by: claimant{name: "Again", baseURL: acme.baseURL}, other: "Acme"},
		"another one by another URL":             {earlier: []claimant{acme}, by: claimant{name: "Acme", baseURL: "https://id.acme.com", communityID: "a"}, other: "Acme"},
		"one of another community":               {earlier: []claimant{acme}, by: claimant{name: "Again", baseURL: acme.baseURL, communityID: "b"}},
		"the first of two others":                {earlier: []claimant{acme, {name: "B", communityID: "a"}}, by: claimant{name: "C", communityID: "a"}, other: "Acme"},
		"another one, after it was there itself": {earlier: []claimant{{name: "C", communityID: "a"}, acme}, by: claimant{name: "C", communityID: "a"}, other: "Acme"},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			claims := organizationClaims{byID: map[string][]claimant{}}
			for _, earlier := range test.earlier {
				claims.claim("00o1", earlier)
			}
			claims.claim("00o2", claimant{name: "Elsewhere", communityID: "a"})
			if other := claims.claim("00o1", test.by); other != test.other {
				t.Errorf("it meets %q, want %q", other, test.other)
			}
		})
	}
}

// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package sekoia_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/sekoia"
)

func TestRegionBaseURL(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		base  string
		known bool
	}{
		"fra1":  {"https://api.sekoia.io", true},
		"fra2":  {"https://app.fra2.sekoia.io/api", true},
		"mco1":  {"https://app.mco1.sekoia.io/api", true},
		"uae1":  {"https://app.uae1.sekoia.io/api", true},
		"usa1":  {"https://api.usa1.sekoia.io", true},
		"sgp1":  {"https://api.sgp1.sekoia.io", true},
		"fra3":  {"https://api.fra3.sekoia.io", false},
		"jpn12": {"https://api.jpn12.sekoia.io", false},
	}
	for region, test := range tests {
		t.Run(region, func(t *testing.T) {
			t.Parallel()
			base, known := sekoia.RegionBaseURL(region)
			if base != test.base || known != test.known {
				t.Errorf("got %s, %t", base, known)
			}
			if parsed, err := url.Parse(base); err != nil || !strings.HasSuffix(parsed.Hostname(), ".sekoia.io") {
				t.Errorf("%s is not Sekoia's", base)
			}
		})
	}
}

func TestRegionsThatCannotBe(t *testing.T) {
	t.Parallel()
	for _, region := range []string{"", "fra", "FRA1", "fr1", "fran1", "fra1 ", "fra1\n", "fra1.evil.example/", "1fra", "frá1", "fra1x"} {
		base, known := sekoia.RegionBaseURL(region)
		if base != "" || known {
			t.Errorf("%q: got %q, %t", region, base, known)
		}
	}
}

func TestRegions(t *testing.T) {
	t.Parallel()
	want := []string{"fra1", "fra2", "mco1", "uae1", "usa1", "sgp1"}
	if diff := cmp.Diff(want, sekoia.Regions()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	sekoia.Regions()[0] = "changed"
	if sekoia.Regions()[0] != sekoia.DefaultRegion {
		t.Error("a caller can change the list")
	}
}

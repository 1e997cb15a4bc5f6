// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package sekoia

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/credential"
)

// Config is what a Client needs. HTTP should come from transport.New, which retries, bounds and guards.
type Config struct {
	HTTP    *http.Client
	BaseURL *url.URL          // may have a path, as https://app.fra2.sekoia.io/api has; query, fragment and userinfo are dropped
	APIKey  credential.Secret // sent as a bearer token to the base URL's origin, and to no other
}

// Client calls Sekoia's API with one key at one base URL. It holds no state and is safe for concurrent use.
type Client struct {
	http   *http.Client
	base   *url.URL
	origin credential.Origin
	key    credential.Secret
}

// New returns a client. It makes no call. Without a key, only the calls that need none can be made.
func New(config Config) *Client {
	base := *config.BaseURL
	base.User, base.RawQuery, base.ForceQuery, base.Fragment, base.RawFragment = nil, "", false, "", ""
	return &Client{http: config.HTTP, base: &base, origin: credential.OriginOf(&base), key: config.APIKey}
}

// DefaultRegion is Sekoia's first region, and the one that is used if none is named.
const DefaultRegion = "fra1"

// regions are those of Sekoia's regions page (August 2026), which is followed if Sekoia's other pages contradict it
// (USA1).
var regions = []struct{ name, base string }{
	{DefaultRegion, "https://api.sekoia.io"},
	{"fra2", "https://app.fra2.sekoia.io/api"},
	{"mco1", "https://app.mco1.sekoia.io/api"},
	{"uae1", "https://app.uae1.sekoia.io/api"},
	{"usa1", "https://api.usa1.sekoia.io"},
	{"sgp1", "https://api.sgp1.sekoia.io"},
}

var regionPattern = regexp.MustCompile(`^[a-z]{3}[0-9]+$`)

// Regions lists the names of the documented regions, the default first.
func Regions() []string {
	names := make([]string, len(regions))
	for index, region := range regions {
		names[index] = region.name
	}
	return names
}

// RegionBaseURL returns the API's base URL of a region such as "fra1"; "" if a region can't have that name. known is
// false for one that isn't documented yet, whose URL is inferred.
func RegionBaseURL(region string) (base string, known bool) {
	for _, documented := range regions {
		if documented.name == region {
			return documented.base, true
		}
	}
	if !regionPattern.MatchString(region) {
		return "", false
	}
	return inferredRegionBaseURL(region), false
}

// publicBase is where a region answers what anybody may ask: https://api.<region>.sekoia.io, and https://api.sekoia.io
// for FRA1, on two of Sekoia's pages. For FRA2, MCO1 and UAE1 that is another host than the API's. A base URL that is
// not Sekoia's own stays as it is.
func publicBase(base *url.URL) *url.URL {
	origin := credential.OriginOf(base)
	region, found := strings.CutPrefix(origin.Host, "app.")
	if !found || !strings.HasSuffix("."+region, ".sekoia.io") {
		return base
	}
	origin.Host = "api." + region
	return origin.URL()
}

// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package sekoia

import (
	"net/http"
	"net/url"

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

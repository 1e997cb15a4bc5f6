// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package simulator

import "net/http"

// newOktaHandler answers as the Okta organisation; baseURL is what its links begin with.
func newOktaHandler(inv *inventory, cfg Config, baseURL func() string, now clock) http.Handler {
	return http.NotFoundHandler()
}

// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package wire

import (
	"net/http"
	"strings"
)

// ConnectorUserAgent is how the connector of this simulator names itself. Only it and Sekoia's real one may send what
// Okta's document does not know: created in a search, sortBy and sortOrder.
const ConnectorUserAgent = "sekoia-connector"

// OfConnector reports whether a request is a connector's: the simulator's own, or Sekoia's real one, whose SDKs name
// themselves.
func OfConnector(r *http.Request) bool {
	agent := r.UserAgent()
	return agent == ConnectorUserAgent || strings.HasPrefix(agent, "okta-sdk-python/") || strings.HasPrefix(agent, "sekoiaio-asset-connector-")
}

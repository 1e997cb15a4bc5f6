// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package transport

import "net/http"

// RootCertificates lets a test compare the pool, for which no server of the system's authorities is at hand.
var RootCertificates = rootCertificates

// WithoutGate takes the gates out of a client that New made, for tests and benchmarks that show what they do.
func WithoutGate(client *http.Client) *http.Client {
	outer, _ := client.Transport.(*roundTripper)
	outer.retries.next = outer.gates.next
	return client
}

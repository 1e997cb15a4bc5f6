// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package pace

import "net/http"

// WithoutGate takes the gates out of a client, for tests and benchmarks that show what they do.
func WithoutGate(client *http.Client) *http.Client {
	made := of(client)
	made.retries.next = made.gates.next
	return client
}

// RateLimitOf reads an answer's headers.
var RateLimitOf = rateLimitOf

// IsConcurrency is isConcurrency.
func (l RateLimit) IsConcurrency() bool { return l.isConcurrency() }

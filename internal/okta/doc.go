// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

// Package okta is a client for the parts of Okta's API that the provider reads: the organization's metadata, its
// devices, and a device's users. It sends nothing but GET, and with a service app POST to the token endpoint.
//
// [Resolve] decides where a credential may go before one is sent; a [Client] then sends it to that origin and to no
// other. Decoding is lenient: a field of another JSON type than the documented one is nil, and never costs the device
// or its page. Text from the network is sanitized before it enters an error, and no error holds the body of an answer.
//
// The package does not judge what it reads: what an answer means for a connector is the business of package preflight.
// Repeats, rate limits and TLS are those of package transport, whose client it is given.
//
// Paths, parameters and fields: Okta API 2026.06.3.
package okta

// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

// Package simulator is both clouds on loopback: an Okta organization with devices, the parts of Sekoia's API that the
// provider uses, and a connector that really syncs from the one to the other over HTTP.
//
// Service apps (OAuth 2.0) are those of [Config], or of PUT /_simulator/service-apps, which takes a list of what
// [ServiceApp] shows, and revokes every access token.
//
// It is as strict as the services are known to be: it answers 400 to a request that no document describes, never
// returns a secret, and its connector fails the way Sekoia's fails. It shares no code with the clients, so that each
// side checks the other. It is for tests, the demo and the benchmarks, and must never be reachable from elsewhere.
package simulator

// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

// Package credentials is the table of where a credential may go: each way in which a proposed change, or an answer, can
// name a URL, with each host that looks like Okta's or Sekoia's.
//
// A [World] is an organization at acme.okta.com, a Sekoia at api.sekoia.io, and an attacker who answers at every other
// name as well as the services would. All of the provider's requests, and those of the simulated connector, go through
// it, without sockets. A case is wrong if a credential was seen at an origin that is not allowed, or was stored in
// Sekoia with one. It is also wrong if something forbidden is not refused, or something allowed is refused, and if an
// error does not name what fixes it, or repeats what the attacker said.
//
// What is allowed is written by hand next to each host, and is not asked of the provider. The rules themselves are
// those of the provider's page, "Where a credential may go".
package credentials

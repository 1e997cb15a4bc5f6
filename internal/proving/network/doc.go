// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

// Package network holds the table of what a network can do to the provider: each failure (certificates, TLS, proxies,
// names, connections that hang or break) at each place (plan, refresh, between a create's calls, data sources, the
// token endpoint). The provider is whole, its TLS, HTTP/2 and timeouts the real ones; only connections are made in
// memory, so that a bubble of testing/synctest has its own time. A row each for what belongs to a process goes through
// the real Terraform CLI.
package network

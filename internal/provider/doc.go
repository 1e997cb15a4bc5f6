// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

// Package provider is the provider block: its schema, its settings together with the environment's, and the list of
// what the provider offers. It makes no call: the service packages get the settings as access.Clients.
package provider

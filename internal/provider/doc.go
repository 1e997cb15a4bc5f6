// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

// Package provider is the provider block: its schema, what it comes to together with the environment's variables, and
// the list of what the provider offers.
//
// Nothing is dialled here. What the settings come to is handed to the service packages as terraform.Clients.
package provider

// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

// Package terraform is what the service packages share: the clients that a provider block came to, the mode of the
// connection test, the base URL as an attribute type, and the translation of errors and of connection test reports into
// diagnostics.
//
// It does not read the provider block (internal/provider does), and it knows no resource and no data source.
package terraform

// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

// Package transport is the one HTTP client that both clouds are called with.
package transport

// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

// Package engine is the simulator's connector: it lists an account's devices from Okta over HTTP, maps them to OCSF and
// pushes them to Sekoia over HTTP, and fails the way Sekoia's own fails.
package engine

// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

// Package sekoia is the simulator's Sekoia: what the region holds, the calls of its API, and when a connector runs.
// What a running connector does is not decided here: a [Runner] does it.
package sekoia

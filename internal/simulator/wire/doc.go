// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

// Package wire is what both simulated clouds and the connector share: JSON as it is written, the bounds of bodies,
// time, how a connector names itself, and what a cloud writes to the request log.
package wire

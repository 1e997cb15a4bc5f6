// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

// Package repository tests what stands beside the code: that each claim of SECURITY.md names a test that exists, that links between the
// documents lead somewhere, that no workflow runs an action which somebody could exchange, and that a release holds what it should. It
// has no code of its own. make lint runs these tests too, for they take no time.
package repository

// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

// Package repository tests what is not code, or is about all of it: that each claim of SECURITY.md names a test that
// exists, that links between the documents lead somewhere, that errors of the connection test link to sections which
// exist, that nothing uses private state, that no workflow runs an action which somebody could exchange, and that a
// release holds what it should. It has no code of its own. make lint runs these tests too, because they are quick.
package repository

// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

// Package diagnostic makes Terraform diagnostics of errors and of the connection test's report: a summary that names
// the organization or connector, a detail that says what was answered and what to do, on the attribute that can fix it.
package diagnostic

// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

// Package protocol does what Terraform does with a provider, in protocol 6 and in one process: validate, plan, apply,
// destroy, import, data sources, the sync action and the list. Tests that need thousands of runs, or time of their own,
// use it in place of the CLI. It knows as much of Terraform as one connector and its data sources need.
package protocol

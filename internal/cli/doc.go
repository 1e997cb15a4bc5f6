// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

// Package cli finds the program that tests, the demo and the benchmark run, Terraform or OpenTofu, and knows how the
// two differ. It runs only `version`.
package cli

// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

//go:build unix

// Command bench compares the provider with a bare one, using the real Terraform CLI. make bench runs it.
//
// The bare provider (package bareprovider) is as little as a framework provider can be: its one data source makes up as
// many devices, and fetches nothing. The ratio of both says what the provider costs over Terraform and the framework,
// on any machine. Both are run in turns, so that other work of the machine affects both.
//
// Time is that of the Terraform process. The kernel counts processor time and memory: for Terraform with all that it
// started, and, by package metered around each provider, for the provider only.
package main

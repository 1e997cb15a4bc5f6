// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

// Package faults is the fault matrix: what the provider does when any one of its calls fails in any one way.
//
// An [Operation] is what a person does with Terraform (a create, an update, a data source). Its calls are those of a
// clean run, so that a new call is in the matrix without further work. Each call meets each [Fault]. A [World] is both
// clouds and a provider in one process, without sockets: in a bubble of testing/synctest its waits cost nothing.
//
// The package does not start Terraform: it talks to the provider as Terraform does (protocol 6). A sample through the
// real CLI is a test next to it.
package faults

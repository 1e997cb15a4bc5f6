// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

//go:build !unix

package main

import "os/exec"

// inOwnGroup does nothing here: without process groups, canceling ends the command itself, and Terraform's providers
// end when their connection to it does.
func inOwnGroup(*exec.Cmd) {}

func endGroup(*exec.Cmd) error { return nil }

// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

// Command demo shows the provider's main job as a person would see it: it builds the provider, starts the simulator of
// both clouds, and runs the real Terraform or OpenTofu on the configuration in examples/demo, one step after the other.
//
// Every step is checked (exit codes, JSON plans and state, the simulator's state and request log); the exit code is 0
// only if each step did what it says, 1 if one failed, and 130 after Ctrl-C. Whatever was started is ended and whatever
// was written is removed, in every case. Nothing of the caller's own Terraform, Sekoia or Okta settings has an effect.
//
// The command imports only the simulator and what finds Terraform: it knows what a user knows.
package main

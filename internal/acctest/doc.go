// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

// Package acctest is what acceptance tests share: both clouds for a test (a simulator of its own, or the real
// services), the provider configured for them, the simulator's admin calls, and a Terraform CLI.
//
// No test skips. A test that changes the clouds behind Terraform's back uses [Start], and so runs on a simulator even
// if TF_ACC_LIVE=1 makes [StartAny] give the real services.
package acctest

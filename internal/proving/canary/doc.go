// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

// Package canary searches everything that a run wrote for the secrets that it was given: whole or in pieces, as they
// are or encoded (base64, URL, hexadecimal, JSON, the words of a crash), in files, in archives such as a saved plan,
// and in what is encoded within those, such as the private state.
//
// A finding says which secret, where and how, and never shows it. The package knows nothing of Terraform and of the
// provider; its tests in package canary_test run the real Terraform over whole life cycles.
package canary

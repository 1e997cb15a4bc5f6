// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

// Package oktasdk lets Okta's own Go SDK read the simulator: what the vendor's client takes for Okta is Okta enough.
//
// It is a module of its own, so that the SDK and what it needs stay out of the provider's dependencies, and it holds
// nothing but tests.
package oktasdk

// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

// Package oktasdk lets Okta's own Go SDK read the simulator: if the vendor's client accepts it as Okta, it is close
// enough.
//
// It is a module of its own, so that the SDK and what it needs stay out of the provider's dependencies, and it has only
// tests.
package oktasdk

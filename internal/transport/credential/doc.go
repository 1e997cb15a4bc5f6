// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

// Package credential holds credentials, the rules about where they may go, and what may be shown of a text that could
// quote one.
//
// Trust decides whether an origin may have a credential at all. Authorize and Pin hold a request to that decision, and
// Guard refuses a request that breaks it. The package makes no calls.
package credential

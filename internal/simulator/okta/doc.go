// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

// Package okta is the simulator's Okta organization: its devices and users, its tokens and service apps, and the calls
// of its API that the provider and the connector make.
package okta

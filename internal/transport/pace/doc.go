// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

// Package pace decides when a call is sent, and how often.
//
// Retries send a call again if that is safe and may help. Under them, a gate for each origin holds calls back before a
// rate limit refuses them; the time of such a wait is taken from no attempt and from no budget.
package pace

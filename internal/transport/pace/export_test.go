// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package pace

// RateLimitOf reads an answer's headers.
var RateLimitOf = rateLimitOf

// IsConcurrency is isConcurrency.
func (l RateLimit) IsConcurrency() bool { return l.isConcurrency() }

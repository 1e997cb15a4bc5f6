// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package transport

// Failure is a kind of network failure.
type Failure int

// The kinds.
const (
	FailureNone Failure = iota // no error
	FailureOther
	FailureDNS
	FailureTLSAuthority
	FailureTLSHostname
	FailureTLSExpired
	FailureTLSOther
	FailureProxy
	FailureTimeout
	FailureRefused
	FailureReset
	FailureRedirect
	FailureBodyTooLarge
	FailureCanceled
)

// Classify tells network failures apart.
func Classify(err error) Failure { return FailureOther }

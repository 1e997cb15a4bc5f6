// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

// Package transport is the one HTTP client that Okta and Sekoia are called with, and the rules that hold for both:
// which origins a credential may go to, what is repeated and after which wait, how large a body and how long an attempt
// may be, which certificates and proxies are used, and what an error or a log line may say.
//
// From the outside in, a request passes
//
//   - the guard (credential.Guard): a request with an Authorization header goes nowhere but to the origin that
//     Authorize named;
//   - redirects (client.go): within one origin, for GET and HEAD;
//   - the retries (package pace): idempotent calls, and whatever a rate limit refused;
//   - the gate of its origin (package pace), which holds each attempt back if a rate limit would refuse it;
//   - one attempt (attempt.go), which bounds time and size and reads the answers of repeatable requests whole, so that
//     a connection that breaks in the middle of a body is repeated like one that breaks before;
//   - the network, or Options.Base in tests.
//
// The package knows the services' hosts and rate-limit headers, but none of their calls.
package transport

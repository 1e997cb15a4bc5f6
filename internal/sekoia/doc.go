// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

// Package sekoia is a client for the parts of Sekoia's API that the provider uses: the key's own profile, permissions
// and communities, the catalogue, accounts (Sekoia: module configurations), connectors (connector configurations),
// their logs, and assets.
//
// What the API's documents leave open is inferred, and stands in inferred.go with its reasons. Nothing in another file
// rests on a guess about the wire. Each answer has one shape: any other is an *UnexpectedAnswerError. A list is read to
// its end or is an error. Objects that Sekoia marks as deleted count as not found. OutcomeUnknown separates a lost
// reply from a refusal.
//
// The package doesn't retry, doesn't decide where the key may go, and keeps nothing between calls. Retries, trusted
// origins and size limits are those of the http.Client that it is given (package transport).
package sekoia

// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

// Package sekoia is a client for the parts of Sekoia's API that the provider uses: the key's own profile, permissions
// and communities, the catalogue, accounts (Sekoia: module configurations), connectors (connector configurations),
// their logs, and assets.
//
// What the API's documents leave open is inferred, and stands in inferred.go with its reasons; nothing in another file
// rests on a guess about the wire. Answers are checked for their shape, lists are read to their end with a guard
// against a server that repeats itself, objects that Sekoia marks as deleted count as not found, and errors tell a
// refusal from a lost reply (OutcomeUnknown).
//
// The package doesn't retry, does not decide where the key may go, and keeps nothing between calls: retries, trusted
// origins and size limits are those of the http.Client it is given (package transport).
package sekoia

// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

// Package failure says in plain words why a call got no answer, and what a person can do about it.
//
// Its errors are those of calls, not of answers: an answer with status 403 is no failure here. Attempt follows one
// attempt of a call, because the same error means one thing in a handshake and another in a body. The table behind
// Explain is the only place where network errors are told apart.
package failure

// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

// Package lifecycle creates, reads, updates, syncs and removes Sekoia's Okta Device connector with its account.
//
// A connector needs two objects in Sekoia: an account ("module configuration"), which holds the address and the
// credential that the connector reads with, and the connector on it ("connector configuration"). The account belongs to
// the connector alone.
//
// The files go by what is done. create.go never creates anything twice, and removes what it created. read.go compares
// Sekoia with what was known before, from the lists of listing.go. update.go restarts a connector as stop, PATCH and
// start, so that an update that is cut off leaves a stopped connector behind. sync.go fetches now. run.go stops, starts
// and waits, by what cycle.go reads in the connector's log.
//
// The package knows nothing of Terraform. What the wire looks like is decided in internal/sekoia, and whether a token
// works and where it may go is known before this package is called.
package lifecycle

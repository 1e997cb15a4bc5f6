// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

// Package preflight is the connection test: it finds out whether an Okta organisation, its API token and the Sekoia API
// key will do, before anything is written anywhere.
//
// A test is a list of small checks, each with a stable id. okta.go and sekoia.go hold the two clouds' checks, check.go
// runs such a list, report.go is what comes out, and tester.go shares one run among all who ask the same question in a
// process. To add a check: give it an id in report.go, append it to its cloud's list with the checks that must have
// passed before it, and write the function that asks. The order of the lists is the order of a report.
//
// The package only reads, and it only reports: whether a finding stops a run, and which Terraform attribute it sits on,
// is decided by its callers.
package preflight

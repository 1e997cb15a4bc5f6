// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

// Package preflight is the connection test: it finds out whether an Okta organization, its API token and the Sekoia API
// key work, before anything is written anywhere.
//
// A test is a list of small checks, each with a stable id. checks.go has the table of all checks, and runs it. okta.go
// and sekoia.go have the functions that ask. report.go is what comes out, in Markdown too. tester.go shares one run
// among all who ask the same question in a process. To add a check, write a function and a row of the table.
//
// The package only reads and reports. Its callers decide whether a finding stops a run, and which Terraform attribute
// it belongs to.
package preflight

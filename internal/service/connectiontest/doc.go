// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

// Package connectiontest is the data source sekoia_okta_connection_test: the connection test's report as data.
//
// It never fails for what it is there to tell: a setting that is missing, not known yet or refused is a failed check in
// the report. The checks themselves are those of internal/preflight, which the connector's plans make too.
package connectiontest

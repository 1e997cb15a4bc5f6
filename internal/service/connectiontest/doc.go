// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

// Package connectiontest has the data source sekoia_okta_connection_test: the connection test's report as data.
//
// A problem that the test finds is a failed check, not an error: a setting that is missing, not known yet or refused.
// The checks are those of internal/preflight, which the connector's plans run too.
package connectiontest

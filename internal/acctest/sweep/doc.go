// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

// Command sweep removes from Sekoia what an interrupted run of the live acceptance tests left there: Okta Device
// connectors and accounts of the Okta module whose names begin with "tf-acc-". It is `make sweep`.
//
// It takes SEKOIA_API_KEY, and SEKOIA_BASE_URL or SEKOIA_REGION, from the environment. An account that something else
// uses stays. The exit code is 1 if something that should go is still there.
package main

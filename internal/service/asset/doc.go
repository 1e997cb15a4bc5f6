// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

// Package asset is what Terraform sees of Sekoia's assets: sekoia_assets, and sekoia_okta_device_coverage, which
// compares them with Okta's devices and says of each device that is missing why it is.
//
// coverage.go and summary.go are that comparison and its Markdown: pure, and without Terraform's types. Nothing here
// changes anything in either cloud.
package asset

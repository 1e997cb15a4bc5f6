// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

// Package asset is what Terraform sees of Sekoia's assets: sekoia_assets, and sekoia_okta_device_coverage, which
// compares them with Okta's devices and says why a device is missing.
//
// That comparison (coverage.go, replay.go, checkpoint.go) and its Markdown (summary.go) are pure, and without
// Terraform's types. Nothing here changes anything in either cloud.
package asset

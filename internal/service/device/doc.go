// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

// Package device is Okta's devices as a Terraform user sees them: the data sources sekoia_okta_device and sekoia_okta_devices.
//
// What Okta leaves out is null. It does not know what Sekoia makes of a device.
package device

// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

// Package device has what a Terraform user sees of Okta's devices: the data sources sekoia_okta_device and
// sekoia_okta_devices, and the function okta_device_to_ocsf. An attribute of a device is a row of the table in
// table.go.
//
// What Okta leaves out is null. Package ocsf maps a device as Sekoia does.
package device

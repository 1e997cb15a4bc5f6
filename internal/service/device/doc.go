// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

// Package device is Okta's devices as a Terraform user sees them: the data sources sekoia_okta_device and
// sekoia_okta_devices, and the function okta_device_to_ocsf.
//
// What Okta leaves out is null. What Sekoia makes of a device is package ocsf's to know; the function
// okta_device_to_ocsf only gives it to Terraform.
package device

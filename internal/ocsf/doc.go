// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

// Package ocsf says what Sekoia holds of an Okta device: an event of the class Device Inventory Info of the Open
// Cybersecurity Schema Framework (OCSF) 1.6.0, as Sekoia's connector writes it. [FromOkta] is a pure function of a
// device and of the connector's [Version].
//
// The mapping is Sekoia's, and the package follows it also where it differs from OCSF: times are in seconds where OCSF
// 1.6.0 counts milliseconds (timestamp_t), and device.os.type is in lower case where OCSF writes the caption of
// type_id. The package does not say whether the connector takes a device at all: one that lacks a field which its
// parser requires is mapped all the same, with nil for what is not known.
//
// OCSF's numbers and names are constants here: the Go module that has them, github.com/valllabh/ocsf-schema-golang,
// ends with OCSF 1.2.0 in its last release (v1.0.3 of 2024), and brings the protocol buffers of all of OCSF with it for
// the fifteen that are needed.
package ocsf

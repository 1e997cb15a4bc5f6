// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

// Package ocsf says what Sekoia holds of an Okta device: an event of the class Device Inventory Info of the Open
// Cybersecurity Schema Framework (OCSF) 1.6.0, as Sekoia's connector writes it.
//
// The mapping is Sekoia's, also where it differs from OCSF: times are in seconds, not in milliseconds (timestamp_t).
// device.os.type is in lower case, not the caption of type_id. [Lacking] says which fields the connector's parser would
// miss in a device. [FromOkta] maps such a device all the same, with nil for what is not known.
//
// OCSF's numbers and names are constants here. The Go module that has them, github.com/valllabh/ocsf-schema-golang,
// ends with OCSF 1.2.0 in its last release (v1.0.3 of 2024), and brings the protocol buffers of all of OCSF with it.
package ocsf

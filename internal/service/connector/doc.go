// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

// Package connector is what a Terraform user sees of Sekoia's Okta Device
// connector: the resource sekoia_okta_device_connector, the data sources that
// read one or all of them, the action that syncs one, the list resource that
// finds them, and sekoia_outgoing_ips, the addresses that they call from.
//
// The resource is made of two objects of Sekoia: an account (Sekoia's "module
// configuration", which holds the base URL and the API token) and the connector
// on it ("connector configuration"). The files go by what they do: resource.go
// is the life cycle, resource_plan.go what a plan shows and tests, proof.go what
// the connection test means for a run, provision.go how account and connector
// come to be without ever being made twice, update.go how a change is made step by
// step, drift.go what somebody changed by hand, sync.go how a connector is stopped,
// started and waited for, cycle.go what its log says.
//
// The package decides nothing about the wire: that is internal/sekoia's and
// internal/okta's. What the connection test checks is internal/preflight's.
package connector

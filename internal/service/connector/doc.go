// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

// Package connector is Sekoia's Okta Device connector as a Terraform user sees it: the resource
// sekoia_okta_device_connector, the data sources that read one connector or all of them, the action that syncs one, the
// list resource that finds them, and sekoia_outgoing_ips, the addresses that they call from.
//
// The resource remembers nothing: what it knows is in Terraform's state or in Sekoia. resource.go is its life cycle,
// resource_plan.go is what a plan shows and tests, proof.go is what the connection test means for a run. model.go
// compares a state, a plan and Sekoia. table.go has the attributes that the data sources show, and reads them.
//
// internal/lifecycle creates, restarts, repairs and removes a connector with its account. internal/preflight has the
// checks of the connection test.
package connector

// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

// Package connector is what a Terraform user sees of Sekoia's Okta Device connector: the resource
// sekoia_okta_device_connector, the data sources that read one or all of them, the action that syncs one, the list
// resource that finds them, and sekoia_outgoing_ips, the addresses that they call from.
//
// The resource remembers nothing: what it knows is in Terraform's state or in Sekoia. resource.go is its life cycle,
// resource_plan.go what a plan shows and tests, proof.go what the connection test means for a run, update.go how the
// state follows each step of an update, model.go how a state, a plan and Sekoia are compared.
//
// How a connector and its account are made, restarted, repaired and removed is internal/lifecycle's. What the
// connection test checks is internal/preflight's.
package connector

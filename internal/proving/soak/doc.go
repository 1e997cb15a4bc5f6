// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

// Package soak runs the provider for a long while in a world in which nothing is certain: random wishes, an inventory
// that changes, people who work on Sekoia's page by hand, and random faults of both clouds, under the real Terraform
// CLI and the race detector.
//
// It has only tests. A life (life_test.go) is one folder with its own clouds: round after round something goes wrong, a
// plain apply then has to repair it, and what is in Sekoia is compared with what was wished for. Several lives run at a
// time in one process, which serves the provider to each of them. Between batches of lives, when all is closed, the
// process should hold what it held at the beginning: memory and goroutines (soak_test.go).
//
// make soak runs it for a quarter of an hour, make test for a few rounds. Both print the seed that repeats a life.
package soak

// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

//go:build !race

package faults_test

// raceDetector reports whether the tests run with the race detector.
const raceDetector = false

// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package transport

// RootCertificates lets a test compare the pool, for which no server of the system's authorities is at hand.
var RootCertificates = rootCertificates

// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

// Package attribute has the types and validators that the schemas share: base URLs and UUIDs that compare as the
// services do, and checks that answer in a plain sentence on the attribute that can fix the input.
package attribute

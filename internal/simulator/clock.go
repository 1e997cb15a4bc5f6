// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package simulator

import "time"

// clock tells the time; both clouds and the engine take it from the same one.
type clock func() time.Time

// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package sekoia

// DeletedError lets a test recognize an object that is marked as deleted.
type DeletedError = deletedError

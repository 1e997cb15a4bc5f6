// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package simulator

import "net/http"

// markAuthorized notes in the request log that the call's credential was accepted. Each cloud calls it once its
// check has passed.
func markAuthorized(*http.Request) {}

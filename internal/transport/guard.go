// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package transport

import "net/http"

// Authorize sets the Authorization header on a copy of req ("<scheme> <secret>") and pins the credential to origin.
func Authorize(req *http.Request, origin Origin, scheme string, secret Secret) *http.Request {
	return req
}

// OriginError is a request that would have carried a credential where it may not go. Nothing of it was sent.
type OriginError struct {
	Pinned, Requested Origin
	Reason            string
}

func (e *OriginError) Error() string { return e.Reason }

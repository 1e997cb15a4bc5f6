// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package transport

import (
	"context"
	"net/http"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/credential"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/failure"
)

type signKey struct{}

// SignEach returns a copy of req that sign completes before each attempt and after each redirect, for headers and
// bodies that are good for one call only, such as a DPoP proof or a client assertion. sign is given a copy of its own,
// whose headers and body it may set; it can't change where the request goes. An error of it ends the request with a
// *failure.SigningError.
func SignEach(req *http.Request, sign func(*http.Request) error) *http.Request {
	return req.WithContext(context.WithValue(req.Context(), signKey{}, sign))
}

// signed is the request of one attempt as it goes out.
func signed(req *http.Request) (*http.Request, error) {
	sign, ok := req.Context().Value(signKey{}).(func(*http.Request) error)
	if !ok {
		return req, nil
	}
	copied := req.Clone(req.Context())
	if err := sign(copied); err != nil {
		return nil, &failure.SigningError{Err: err}
	}
	copied.URL, copied.Host, copied.Method = req.URL, req.Host, req.Method
	// What a signature changes is weighed again: the Authorization is still the pinned one, or the request does not
	// leave.
	if err := credential.Guard(copied); err != nil {
		return nil, err
	}
	return copied, nil
}

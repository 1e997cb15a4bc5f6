// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package transport

import (
	"context"
	"net/http"
)

// SigningError is a request that could not be completed before it was to be sent. Nothing of it was sent.
type SigningError struct {
	Err error
}

// Error says what failed.
func (e *SigningError) Error() string { return "signing the request: " + e.Err.Error() }

// Unwrap returns what failed.
func (e *SigningError) Unwrap() error { return e.Err }

type signKey struct{}

// SignEach returns a copy of req that sign completes anew before each attempt and after each redirect, for headers and
// bodies that are good for one call only, such as a DPoP proof or a client assertion. sign is given a copy of its own,
// whose headers and body it may set; it can't change where the request goes. An error of it ends the request with a
// *SigningError.
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
		return nil, &SigningError{Err: err}
	}
	copied.URL, copied.Host, copied.Method = req.URL, req.Host, req.Method
	// What a signature changes is weighed again: the Authorization is still the pinned one, or the request does not
	// leave.
	if err := guard(copied); err != nil {
		return nil, err
	}
	return copied, nil
}

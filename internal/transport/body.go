// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package transport

import (
	"errors"
	"net/http"
	"strconv"
)

// DefaultBodyLimit is the size, in bytes, of the largest body that is read where nothing else is said.
const DefaultBodyLimit = 32 << 20

// ReadBody reads at most limit bytes and closes the body; more: *BodyTooLargeError.
func ReadBody(resp *http.Response, limit int64) ([]byte, error) {
	return nil, errors.New("not there yet")
}

// BodyTooLargeError is an answer with a larger body than is read.
type BodyTooLargeError struct {
	Limit int64 // bytes
}

func (e *BodyTooLargeError) Error() string {
	return "the answer's body is larger than " + strconv.FormatInt(e.Limit, 10) + " bytes"
}

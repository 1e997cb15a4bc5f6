// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package transport

import (
	"fmt"
	"io"
	"math"
	"net/http"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/failure"
)

// DefaultBodyLimit is the size, in bytes, of the largest body that is read if nothing else is said.
const DefaultBodyLimit = 32 << 20

// ReadBody returns the whole body of an answer and closes it. A body of more than limit bytes is a
// *failure.BodyTooLargeError,
// one that ends before its announced length is io.ErrUnexpectedEOF; both, and other failures, are wrapped.
func ReadBody(resp *http.Response, limit int64) ([]byte, error) {
	defer resp.Body.Close() //nolint:errcheck // it was only read
	limit = min(max(limit, 0), math.MaxInt64-1)
	data, err := io.ReadAll(io.LimitReader(resp.Body, limit+1))
	if err == nil && int64(len(data)) > limit {
		err = &failure.BodyTooLargeError{Limit: limit}
	}
	if err != nil {
		return nil, fmt.Errorf("reading the answer: %w", err)
	}
	return data, nil
}

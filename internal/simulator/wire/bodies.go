// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package wire

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// ErrNoSuch is an object that is not there.
var ErrNoSuch = errors.New("there is no such object")

// ErrIncomplete is a body of which something is missing.
var ErrIncomplete = errors.New("the body did not arrive whole")

// Bounds of a body, in bytes.
const (
	MaxBody = 64 << 10 // of a call
	MaxPush = 8 << 20  // of a push of assets, and of an admin call
)

// ReadLimited reads a body of at most limit bytes.
func ReadLimited(body io.Reader, limit int64) ([]byte, error) {
	content, err := io.ReadAll(io.LimitReader(body, limit+1))
	if err != nil {
		return nil, ErrIncomplete
	}
	if int64(len(content)) > limit {
		return nil, fmt.Errorf("the body is larger than %d bytes", limit)
	}
	return content, nil
}

// StrictJSON decodes an admin call's body; a field that nobody reads is a mistake in a test, and so is null for the
// whole, or something after it.
func StrictJSON(body []byte, into any) error {
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		return err
	}
	if !json.Valid(body) || string(bytes.TrimSpace(body)) == "null" {
		return errors.New("the body is null, or more than one JSON value")
	}
	return nil
}

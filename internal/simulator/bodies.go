// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package simulator

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// errNoSuch is an object that is not there.
var errNoSuch = errors.New("there is no such object")

// Bounds of a body, in bytes.
const (
	maxBody = 64 << 10 // of a call
	maxPush = 8 << 20  // of a push of assets, and of an admin call
)

// readLimited reads a body of at most limit bytes.
func readLimited(body io.Reader, limit int64) ([]byte, error) {
	content, err := io.ReadAll(io.LimitReader(body, limit+1))
	if err != nil {
		return nil, errors.New("the body did not arrive whole")
	}
	if int64(len(content)) > limit {
		return nil, fmt.Errorf("the body is larger than %d bytes", limit)
	}
	return content, nil
}

// strictJSON decodes an admin call's body; a field that nobody reads is a mistake in a test.
func strictJSON(body []byte, into any) error {
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.DisallowUnknownFields()
	return decoder.Decode(into)
}

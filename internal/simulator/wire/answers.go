// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package wire

import (
	"encoding/json"
	"net/http"
	"strconv"
)

// WriteJSON answers with a JSON body. Both clouds end here.
func WriteJSON(w http.ResponseWriter, status int, value any) {
	body, written := value.(json.RawMessage)
	if !written { // encoding/json would read it all again, to be sure that it is JSON
		body = MustJSON(value)
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	_, _ = w.Write(body)
}

// MustJSON encodes what this package built itself, which always encodes.
func MustJSON(value any) []byte {
	body, err := json.Marshal(value)
	if err != nil {
		panic("simulator: " + err.Error())
	}
	return body
}

// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package sekoia

import (
	"encoding/json"
	"fmt"
	"mime"
	"net/http"
	"slices"
	"strings"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/simulator/wire"
)

// readObject reads a body that must be one JSON object of at most limit bytes, with no other fields than those named.
func readObject(r *http.Request, limit int64, names ...string) (map[string]json.RawMessage, *refusal) {
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		return nil, badRequest("The body's content type is not application/json")
	}
	body, err := wire.ReadLimited(r.Body, limit)
	if err != nil {
		return nil, badRequest(err.Error())
	}
	var object map[string]json.RawMessage
	if err = json.Unmarshal(body, &object); err != nil || object == nil {
		return nil, badRequest("The body is not a JSON object")
	}
	for name := range object {
		if !slices.Contains(names, name) {
			return nil, badRequest(fmt.Sprintf("%q: this call has no such field", name))
		}
	}
	return object, nil
}

// textField returns a field that must be a string that is not empty.
func textField(object map[string]json.RawMessage, name string) (string, *refusal) {
	var text *string
	if json.Unmarshal(object[name], &text) != nil || text == nil || strings.TrimSpace(*text) == "" {
		return "", badRequest(fmt.Sprintf("%q: a text that is not empty is needed", name))
	}
	return *text, nil
}

// uuidField returns a field that must be a UUID.
func uuidField(object map[string]json.RawMessage, name string) (string, *refusal) {
	text, refused := textField(object, name)
	if refused != nil {
		return "", refused
	}
	if !isUUID(text) {
		return "", badRequest(fmt.Sprintf("%q: a UUID is needed", name))
	}
	return strings.ToLower(text), nil
}

// accountValue reads an account's value, which is always whole: whether the service merges or replaces is not known, so
// what gives a part is refused.
func accountValue(raw json.RawMessage) (baseURL, apiKey string, refused *refusal) {
	var value map[string]json.RawMessage
	if json.Unmarshal(raw, &value) != nil || value == nil {
		return "", "", badRequest(`"value": an object of base_url and apikey is needed`)
	}
	if len(value) != 2 {
		return "", "", badRequest(`"value": base_url and apikey are needed, and nothing else`)
	}
	if baseURL, refused = textField(value, "base_url"); refused != nil {
		return "", "", refused
	}
	if !strings.HasPrefix(baseURL, "https://") && !strings.HasPrefix(baseURL, "http://") {
		return "", "", badRequest(`"base_url": a URL is needed`)
	}
	apiKey, refused = textField(value, "apikey")
	return baseURL, apiKey, refused
}

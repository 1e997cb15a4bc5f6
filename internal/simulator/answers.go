// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package simulator

import (
	"encoding/json"
	"net/http"
	"strconv"
)

// writeJSON answers with a JSON body. Both clouds end here.
func writeJSON(w http.ResponseWriter, status int, value any) {
	body, written := value.(json.RawMessage)
	if !written { // encoding/json would read it all again, to be sure that it is JSON
		body = mustJSON(value)
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	_, _ = w.Write(body)
}

// mustJSON encodes what this package built itself, which always encodes.
func mustJSON(value any) []byte {
	body, err := json.Marshal(value)
	if err != nil {
		panic("simulator: " + err.Error())
	}
	return body
}

// refusal is an answer of Sekoia that is an error. The form is what its own clients read ({code, message}), and for
// asset management what the document says of 422 ({detail: [...]}).
type refusal struct {
	status  int
	code    string
	message string
	loc     []string // asset management: where the request is wrong
}

func (r *refusal) body() any {
	if r.loc != nil {
		return map[string]any{"detail": []any{
			map[string]any{"loc": r.loc, "msg": r.message, "type": r.code},
		}}
	}
	return map[string]string{"code": r.code, "message": r.message}
}

func (r *refusal) write(w http.ResponseWriter) {
	writeJSON(w, r.status, r.body())
}

func badRequest(message string) *refusal {
	return &refusal{status: http.StatusBadRequest, code: "invalid_parameters", message: message}
}

// unauthorized has the code of a key that nobody knows; T301 and T302 are those of one that has expired and one that
// was revoked.
func unauthorized() *refusal {
	return &refusal{status: http.StatusUnauthorized, code: "T300", message: "The API key is missing or not valid"}
}

func forbidden(message string) *refusal {
	return &refusal{status: http.StatusForbidden, code: "insufficient_permissions", message: message}
}

func notFound(message string) *refusal {
	return &refusal{status: http.StatusNotFound, code: "not_found", message: message}
}

func conflict(message string) *refusal {
	return &refusal{status: http.StatusConflict, code: "conflict", message: message}
}

func unprocessable(message string, loc ...string) *refusal {
	return &refusal{status: http.StatusUnprocessableEntity, code: "value_error", message: message, loc: loc}
}

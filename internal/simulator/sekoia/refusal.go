// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package sekoia

import (
	"net/http"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/simulator/wire"
)

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
	wire.WriteJSON(w, r.status, r.body())
}

func badRequest(message string) *refusal {
	return &refusal{status: http.StatusBadRequest, code: "invalid_parameters", message: message}
}

// unauthorized has the code of an unknown key; T301 and T302 are those of one that has expired and one that was
// revoked.
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

// FaultBody is a refusal as a fault writes it.
func FaultBody(status int) []byte {
	refused := refusal{status: status, code: "fault", message: http.StatusText(status)}
	return wire.MustJSON(refused.body())
}

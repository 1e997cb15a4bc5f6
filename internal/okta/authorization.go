// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package okta

import (
	"context"
	"net/http"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport"
)

// An authorizer gives each call what it is sent with.
type authorizer interface {
	credential(ctx context.Context) (credential, error)
	// refused is told of a refusal of a call with this credential, whatever its status. True: the same call is worth
	// another try, with a new credential.
	refused(used credential, got *answer) bool
}

// A credential is what one call is sent with.
type credential struct {
	scheme string
	secret transport.Secret
	// sign completes each attempt; nil: there is nothing to add.
	sign func(*http.Request) error
	// proved is the nonce in the proof of the last attempt; nil without sign.
	proved *string
}

func (c credential) authorize(request *http.Request, origin transport.Origin) *http.Request {
	request = transport.Authorize(request, origin, c.scheme, c.secret)
	if c.sign != nil {
		request = transport.SignEach(request, c.sign)
	}
	return request
}

// apiToken is an SSWS token: always the same.
type apiToken transport.Secret

func (t apiToken) credential(context.Context) (credential, error) {
	return credential{scheme: "SSWS", secret: transport.Secret(t)}, nil
}

func (apiToken) refused(credential, *answer) bool { return false }

// authorizerOf is what a configuration authorizes calls with; nil: nothing.
func authorizerOf(config Config) authorizer {
	switch {
	case config.App != nil:
		return config.App.at(config.HTTP, config.Origin)
	case !config.Token.IsZero():
		return apiToken(config.Token)
	default:
		return nil
	}
}

// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package okta

import (
	"context"
	"net/http"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/credential"
)

// An authorizer gives each call what it is sent with.
type authorizer interface {
	authorize(ctx context.Context) (authorization, error)
	// refused is told of a refusal of a call with this credential, whatever its status. True: the same call is worth
	// another try, with a new credential.
	refused(used authorization, got *answer) bool
}

// An authorization is what one call is sent with.
type authorization struct {
	scheme string
	secret credential.Secret
	// sign completes each attempt; nil: there is nothing to add.
	sign func(*http.Request) error
	// proved is the nonce in the proof of the last attempt; nil without sign.
	proved *string
}

func (a authorization) authorize(request *http.Request, origin credential.Origin) *http.Request {
	request = credential.Authorize(request, origin, a.scheme, a.secret)
	if a.sign != nil {
		request = transport.SignEach(request, a.sign)
	}
	return request
}

// apiToken is an SSWS token: always the same.
type apiToken credential.Secret

func (t apiToken) authorize(context.Context) (authorization, error) {
	return authorization{scheme: "SSWS", secret: credential.Secret(t)}, nil
}

func (apiToken) refused(authorization, *answer) bool { return false }

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

// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package preflight

import (
	"context"
	"errors"
	"net/http"
	"slices"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/okta"
)

// askServiceApp is the check of the credentials where they are a service app's. Its access token was asked for with the
// devices.
func askServiceApp(r *run) Check {
	_, err := r.devices()
	refused, isRefusal := errors.AsType[*okta.TokenError](err)
	switch {
	case err == nil || lacksScope(err) || (mayNotRead(err) && !isRefusal):
		return passed("Okta accepts the service app, and gave it an access token.")
	case isRefusal && refused.ConcernsScopes():
		return passed("Okta accepts the service app.")
	case isRefusal && refused.Refusal.Code != "" && refused.Refusal.Status < http.StatusInternalServerError && !okta.IsRateLimited(err):
		_, remedy := refused.Remedy()
		return rejected(TargetOktaToken, refused.Error()+".", remedy)
	}
	if api, ok := errors.AsType[*okta.APIError](err); ok && !isRefusal && okta.IsInvalidProof(err) {
		return rejected(TargetOktaToken, api.Error()+".", okta.ProofRemedy)
	} else if ok && !isRefusal && api.Status == http.StatusUnauthorized && api.Code != "" && !okta.IsFeatureDisabled(err) {
		return rejected(TargetOktaToken, api.Error()+".", lines(
			"Okta gave the service app an access token, and then did not accept it.",
			"The app may be bound to network zones that this machine is not in, or was changed just now. Try again."))
	}
	return refusedDevices(err)
}

// lacksScope tells that there is an access token, or would be, and that reading devices is not among what it may do.
func lacksScope(err error) bool {
	_, lacks := errors.AsType[*okta.ScopeError](err)
	return lacks
}

// askServiceAppDevicesRead tells of each scope whether it was granted. Only the first is needed.
func askServiceAppDevicesRead(ctx context.Context, r *run) Check {
	_, err := r.devices()
	if _, isRefusal := errors.AsType[*okta.TokenError](err); isRefusal {
		return refusedScopes(err)
	}
	resolution, unresolved := r.resolve()
	if unresolved != nil {
		return unanswered("Okta", "", unresolved)
	}
	// The token is there already: this makes no call.
	granted, tokenErr := r.client(resolution).GrantedScopes(ctx)
	if tokenErr != nil {
		return refusedScopes(tokenErr)
	}
	scopes := scopeLines(r.input.OktaApp.Scopes(), granted)
	switch {
	case err == nil:
		return passed(lines("The access token may read devices.", scopes))
	case lacksScope(err):
		return rejected(TargetOktaToken, lines("The access token may not read devices.", err.Error()+".", scopes),
			"Grant "+okta.ScopeDevicesRead+" to the app (Applications > the app > Okta API Scopes), and name it in scopes.")
	case mayNotRead(err):
		api, _ := errors.AsType[*okta.APIError](err)
		if api.Code == okta.CodeInsufficientScope {
			return rejected(TargetOktaToken, lines(api.Error()+".", scopes),
				"Grant "+okta.ScopeDevicesRead+" to the app (Applications > the app > Okta API Scopes), and name it in scopes.")
		}
		return rejected(TargetOktaToken, lines(api.Error()+".", scopes),
			"Besides its scopes the service app needs an admin role that may view devices (Applications > the app > Admin roles).")
	default:
		return unanswered("Okta", "", err)
	}
}

func refusedScopes(err error) Check {
	refused, ok := errors.AsType[*okta.TokenError](err)
	if !ok || !refused.ConcernsScopes() {
		return unanswered("Okta", "", err)
	}
	_, remedy := refused.Remedy()
	return rejected(TargetOktaToken, refused.Error()+".", remedy)
}

// scopeLines say of each scope whether it was granted: those that have to do with devices, in the order of their
// weight.
func scopeLines(asked, granted []string) string {
	var told []string
	for _, scope := range []string{okta.ScopeDevicesRead, okta.ScopeDeviceTrustRead, okta.ScopeDevicesManage} {
		switch {
		case slices.Contains(granted, scope):
			told = append(told, scope+": granted.")
		case slices.Contains(asked, scope):
			told = append(told, scope+": not granted.")
		case scope == okta.ScopeDevicesRead:
			told = append(told, scope+": not granted (not asked for: it is not in scopes).")
		default:
			told = append(told, scope+": not granted (not asked for: it is not in scopes, and nothing here needs it).")
		}
	}
	return lines(told...)
}

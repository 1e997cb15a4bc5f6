// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package faults

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"io"
	"net/http"
	"strings"
	"sync"

	"github.com/go-jose/go-jose/v4"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/simulator"
)

// tokenPath is Okta's token endpoint, which a service app gets its access tokens from.
const tokenPath = "/oauth2/v1/token" //nolint:gosec // a path

// isTokenRequest is true for a call that only asks for an access token: it changes nothing that a destroy would have to
// remove.
func (c Call) isTokenRequest() bool { return c.Path == tokenPath }

// clientID is the service app's.
const clientID = "0oa1serviceapp"

// appScopes are what the service app asks for, and was granted.
var appScopes = []string{"okta.devices.manage", "okta.devices.read"}

// appKey is the service app's key, as a person has it and as Okta has it.
type appKey struct {
	text string
	jwks json.RawMessage
}

// serviceKey is made once.
var serviceKey = sync.OnceValues(func() (appKey, error) {
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return appKey{}, err
	}
	content, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return appKey{}, err
	}
	jwks, err := json.Marshal(jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: private.Public(), KeyID: "kid-1"}}})
	return appKey{string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: content})), jwks}, err
})

// secret is the part of the key that no text may show.
func (k appKey) secret() string {
	if _, rest, found := strings.Cut(k.text, "\n"); found {
		return strings.SplitN(rest, "\n", 2)[0]
	}
	return k.text
}

// app is the service app as Okta has it.
func (k appKey) app(dpop bool) []simulator.ServiceApp {
	return []simulator.ServiceApp{{ClientID: clientID, JWKS: k.jwks, Scopes: appScopes, DPoP: dpop}}
}

// setup says what a world is like.
type setup struct {
	devices int
	// app lets the provider's Okta credential be a service app's, in place of an API token; dpop lets that app demand
	// proofs.
	app, dpop bool
	// second is a second organization, which the provider reads with a service app. Both are then in
	// okta_organizations.
	second bool
}

// oauthOperations are what reads from Okta, with a service app.
func oauthOperations() []Operation {
	var operations []Operation
	for _, dpop := range []bool{false, true} {
		for _, operation := range dataSources() {
			switch operation.Name {
			case "devices", "device by id", "coverage", "connection test":
			default:
				continue
			}
			operation.Name += ", with a service app"
			operation.setup.app, operation.setup.dpop = true, dpop

			// One of them with several pages is enough.
			if operation.Name != "devices, with a service app" {
				operation.setup.devices = fewDevices
			}
			if dpop {
				operation.Name += " and DPoP"
			}
			operations = append(operations, operation)
		}
	}
	return append(operations, twoOrganizations())
}

// twoOrganizations reads the devices of two organizations, each with a credential of its own.
func twoOrganizations() Operation {
	made := Operation{Name: "devices of two organizations", prepare: forgotten, setup: setup{second: true}}
	made.run = func(ctx context.Context, w *World) (Diagnostics, error) {
		var (
			all  Diagnostics
			read []string
		)
		for _, key := range []string{"first", "second"} {
			value, said, err := w.Data(ctx, "sekoia_okta_devices", map[string]any{"okta_organization": key})
			all = append(all, said...)
			if err != nil {
				return all, err
			}
			read = append(read, value.String())
		}
		w.data = strings.Join(read, "\n")
		return all, nil
	}
	return made
}

// Marks that are in what a lying token endpoint answers: no diagnostic may show them.
const (
	lyingToken = "TOKEN-OF-A-LYING-ENDPOINT"
	lyingScope = "okta.devices.manage"
)

// TokenFaults are the ways in which only the token endpoint fails: answers with 200 that are no good, and its own
// refusals.
func TokenFaults() []Fault {
	return []Fault{
		{Name: "a token_type that nobody knows", strike: changedToken("token_type", "MAC")},
		{Name: "a token_type that is a number", strike: changedToken("token_type", 7)},
		{Name: "no token_type", strike: changedToken("token_type", nil)},
		{Name: "DPoP for Bearer, and Bearer for DPoP", strike: otherType},
		{Name: "no expires_in", strike: changedToken("expires_in", nil)},
		{Name: "expires_in 0", strike: changedToken("expires_in", 0)},
		{Name: "expires_in below 0", strike: changedToken("expires_in", -3600)},
		{Name: "a huge expires_in", strike: changedToken("expires_in", 1e300)},
		{Name: "expires_in as a text", strike: changedToken("expires_in", "3600")},
		{Name: "no scope", strike: changedToken("scope", nil)},
		{Name: "fewer scopes", strike: changedToken("scope", lyingScope)},
		{Name: "an empty scope", strike: changedToken("scope", "")},
		{Name: "no access_token", strike: changedToken("access_token", nil)},
		{Name: "an access_token with a line break", strike: changedToken("access_token", lyingToken+"\nX-Evil: 1")},
		{Name: "a huge access_token", strike: changedToken("access_token", lyingToken+strings.Repeat("x", 1<<20))},
		{Name: "another's access_token", strike: changedToken("access_token", lyingToken)},
		{Name: "invalid_client", strike: refusedToken(http.StatusUnauthorized, "invalid_client", "The client_assertion signature is invalid.")},
		{Name: "an expired assertion", strike: refusedToken(http.StatusUnauthorized, "invalid_client", "The client_assertion token is expired.")},
		{Name: "consent_required", strike: refusedToken(http.StatusBadRequest, "consent_required", "You are not allowed any of the requested scopes.")},
		{Name: "invalid_scope", strike: refusedToken(http.StatusBadRequest, "invalid_scope", "")},
		{Name: "access_denied", strike: refusedToken(http.StatusForbidden, "access_denied", "Policy evaluation failed for this request.")},
		{Name: "invalid_dpop_proof", strike: refusedToken(http.StatusBadRequest, "invalid_dpop_proof", "The DPoP proof JWT header is missing.")},
		{Name: "use_dpop_nonce", strike: refusedToken(http.StatusBadRequest, "use_dpop_nonce", "Authorization server requires nonce in DPoP proof.")},
		{Name: "the assertion and the proof, echoed", strike: echoed},
	}
}

// changedToken changes a token that the endpoint gives; what is no token passes as it is. nil takes the member away.
func changedToken(member string, value any) strike {
	return rewritten(func(wire map[string]any) {
		if wire[member] = value; value == nil {
			delete(wire, member)
		}
	})
}

// otherType gives a token of the type that was not asked for.
func otherType(req *http.Request, cloud string, pass func() (*http.Response, error)) (*http.Response, error) {
	return rewritten(func(wire map[string]any) {
		if wire["token_type"] == "DPoP" {
			wire["token_type"] = "Bearer"
		} else {
			wire["token_type"] = "DPoP"
		}
	})(req, cloud, pass)
}

func rewritten(change func(map[string]any)) strike {
	return func(_ *http.Request, _ string, pass func() (*http.Response, error)) (*http.Response, error) {
		answered, err := pass()
		if err != nil || answered.StatusCode != http.StatusOK {
			return answered, err
		}
		wire := map[string]any{}
		err = json.NewDecoder(answered.Body).Decode(&wire)
		if err != nil {
			return nil, err
		}
		change(wire)
		text, err := json.Marshal(wire)
		answered.Body, answered.ContentLength = io.NopCloser(bytes.NewReader(text)), int64(len(text))
		return answered, err
	}
}

// refusedToken is a refusal in OAuth's form, each with another nonce.
func refusedToken(status int, code, description string) strike {
	return func(req *http.Request, _ string, _ func() (*http.Response, error)) (*http.Response, error) {
		text, err := json.Marshal(map[string]string{"error": code, "error_description": description})
		refused := answer(req, status, jsonType, bytes.NewReader(text))
		refused.Header.Set("DPoP-Nonce", rand.Text())
		return refused, err
	}
}

// echoed refuses with all that was sent.
func echoed(req *http.Request, cloud string, pass func() (*http.Response, error)) (*http.Response, error) {
	form, err := formOf(req)
	if err != nil {
		return nil, err
	}
	return refusedToken(http.StatusBadRequest, "invalid_request", "not "+form+" with "+req.Header.Get("DPoP"))(req, cloud, pass)
}

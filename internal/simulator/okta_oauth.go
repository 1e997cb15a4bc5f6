// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package simulator

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
)

// tokenPath is the organisation's own authorization server, from which service apps get tokens for Okta's API.
const tokenPath = "/oauth2/v1/token" //nolint:gosec // a path

const (
	maxForm       = 64 << 10
	assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
)

// Errors of the token endpoint (RFC 6749, section 5.2; RFC 9449, sections 5 and 8).
const (
	oauthInvalidRequest   = "invalid_request"
	oauthInvalidClient    = "invalid_client"
	oauthInvalidScope     = "invalid_scope"
	oauthUnsupportedGrant = "unsupported_grant_type"
	oauthInvalidProof     = "invalid_dpop_proof"
	oauthUseNonce         = "use_dpop_nonce"
)

// signatures are what Okta takes of a service app and in a proof.
var signatures = []jose.SignatureAlgorithm{
	jose.RS256, jose.RS384, jose.RS512, jose.ES256, jose.ES384, jose.ES512,
}

// oauthError is a refusal of the token endpoint.
type oauthError struct {
	status            int
	code, description string
}

// Error implements error.
func (e *oauthError) Error() string { return e.code + ": " + e.description }

func invalidClient(description string) error {
	return &oauthError{http.StatusUnauthorized, oauthInvalidClient, description}
}

func invalidProof(description string) error {
	return &oauthError{http.StatusBadRequest, oauthInvalidProof, description}
}

func writeOAuthError(w http.ResponseWriter, err error) {
	var refused *oauthError
	if !errors.As(err, &refused) {
		refused = &oauthError{http.StatusBadRequest, oauthInvalidRequest, err.Error()}
	}
	writeJSON(w, refused.status, fields{{"error", refused.code}, {"error_description", refused.description}})
}

// token answers the token endpoint.
func (h *oktaHandler) token(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-cache, no-store")
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		writeOktaError(w, http.StatusMethodNotAllowed, codeMethodNotAllowed, "The endpoint does not support the provided HTTP method")
		return
	}
	form, err := readForm(r)
	if err != nil {
		writeOAuthError(w, err)
		return
	}
	server, endpoint := h.inv.oauth, h.baseURL()+tokenPath
	app, err := server.authenticate(form, endpoint)
	if errors.Is(err, errNoSuch) {
		// As Okta answers here: in its own form, not in OAuth's.
		writeOktaError(w, http.StatusUnauthorized, oauthInvalidClient, "Invalid value for 'client_id' parameter.")
		return
	}
	thumbprint := ""
	if err == nil {
		thumbprint, err = server.checkTokenProof(w.Header(), r, app, endpoint)
	}
	var scopes []string
	if err == nil {
		scopes, err = app.grant(form.Get("scope"))
	}
	if err != nil {
		writeOAuthError(w, err)
		return
	}
	issued := server.issue(app, scopes, thumbprint)
	hideFrom(r, issued.text)
	markAuthorized(r)
	writeJSON(w, http.StatusOK, fields{
		{"token_type", issued.scheme()}, {"expires_in", json.RawMessage(strconv.Itoa(int(server.lifetime.Seconds())))},
		{"access_token", issued.text}, {"scope", strings.Join(scopes, " ")},
	})
}

// readForm reads the parameters: each once, and all in the body.
func readForm(r *http.Request) (url.Values, error) {
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/x-www-form-urlencoded" {
		return nil, errors.New("The content type must be application/x-www-form-urlencoded.") //nolint:revive,staticcheck // shown as it is
	}
	if r.URL.RawQuery != "" {
		return nil, errors.New("Parameters belong into the body.") //nolint:revive,staticcheck // shown as it is
	}
	body, err := readLimited(r.Body, maxForm)
	if err != nil {
		return nil, err
	}
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return nil, errors.New("The body is not a form.") //nolint:revive,staticcheck // shown as it is
	}
	for name, values := range form {
		if len(values) > 1 {
			return nil, errors.New("The parameter " + name + " is given more than once.")
		}
	}
	return form, nil
}

// assertion are the claims of a client assertion.
type assertion struct {
	Issuer   string           `json:"iss"`
	Subject  string           `json:"sub"`
	Audience jwt.Audience     `json:"aud"`
	ID       string           `json:"jti"`
	IssuedAt *jwt.NumericDate `json:"iat"`
	Expiry   *jwt.NumericDate `json:"exp"`
}

// authenticate finds the app that an assertion proves; errNoSuch where there is none by its name.
func (s *authorizationServer) authenticate(form url.Values, endpoint string) (*serviceApp, error) {
	if form.Get("grant_type") != "client_credentials" {
		return nil, &oauthError{http.StatusBadRequest, oauthUnsupportedGrant, "The authorization grant type is not supported by the authorization server."}
	}
	if form.Get("client_assertion_type") != assertionType {
		return nil, &oauthError{http.StatusBadRequest, oauthInvalidRequest, "The client_assertion_type is invalid."}
	}
	parsed, err := jwt.ParseSigned(form.Get("client_assertion"), signatures)
	if err != nil {
		return nil, invalidClient("The client_assertion is not a valid JWT.")
	}
	var unproven assertion
	if parsed.UnsafeClaimsWithoutVerification(&unproven) != nil {
		return nil, invalidClient("The client_assertion is not a valid JWT.")
	}
	app := s.app(unproven.Subject)
	if app == nil {
		return nil, errNoSuch
	}
	claims, proven := app.verify(parsed)
	if !proven {
		return nil, invalidClient("The client_assertion signature is invalid.")
	}
	return app, s.judge(app, claims, endpoint)
}

// judge checks an assertion whose signature is good.
func (s *authorizationServer) judge(app *serviceApp, claims *assertion, endpoint string) error {
	now := s.now()
	switch {
	case claims.Issuer != app.clientID || claims.Subject != app.clientID:
		return invalidClient("The client_assertion's issuer and subject must be the client_id.")
	case len(claims.Audience) != 1 || claims.Audience[0] != endpoint:
		return invalidClient("The audience claim for client_assertion must be the endpoint invoked for the request.")
	case claims.Expiry == nil:
		return invalidClient("The client_assertion has no expiration.")
	case !now.Before(claims.Expiry.Time()):
		return invalidClient("The client_assertion token has expired.")
	case claims.Expiry.Time().After(now.Add(maxAssertionLife)):
		return invalidClient("The client_assertion token has an expiration too far into the future.")
	case claims.IssuedAt != nil && claims.IssuedAt.Time().After(now.Add(clockSkew)):
		return invalidClient("The client_assertion token was issued in the future.")
	case claims.ID == "":
		return invalidClient("The client_assertion has no jti.")
	case !s.first("assertion\n"+app.clientID+"\n"+claims.ID, claims.Expiry.Time()):
		return invalidClient("The client_assertion's jti has been used already.")
	default:
		return nil
	}
}

// verify checks a signature by the key that the assertion names, or by any of the app's where it names none.
func (a *serviceApp) verify(parsed *jwt.JSONWebToken) (*assertion, bool) {
	id := parsed.Headers[0].KeyID
	for _, key := range a.keys {
		if id != "" && key.KeyID != "" && key.KeyID != id {
			continue
		}
		var claims assertion
		if parsed.Claims(key.Key, &claims) == nil {
			return &claims, true
		}
	}
	return nil, false
}

// grant checks the scopes that are asked for: one that the app was not granted fails them all.
func (a *serviceApp) grant(asked string) ([]string, error) {
	scopes := strings.Fields(asked)
	if len(scopes) == 0 {
		return nil, &oauthError{http.StatusBadRequest, oauthInvalidScope, "The scope parameter must not be empty."}
	}
	for _, scope := range scopes {
		if !slices.Contains(a.scopes, scope) {
			return nil, &oauthError{http.StatusBadRequest, oauthInvalidScope, "One or more scopes are not configured for the authorization server resource."}
		}
	}
	return scopes, nil
}

// issue makes a token and remembers it. It is opaque to clients, as Okta says that they shall take it.
func (s *authorizationServer) issue(app *serviceApp, scopes []string, thumbprint string) *accessToken {
	issued := &accessToken{
		text: "eyJ" + rand.Text() + "." + rand.Text() + rand.Text() + "." + rand.Text(), app: app.clientID, role: app.adminRole,
		scopes: scopes, thumbprint: thumbprint, expires: s.now().Add(s.lifetime),
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tokens[issued.text] = issued
	return issued
}

// hideFrom keeps a secret out of the request log, should a client write it into a URL.
func hideFrom(r *http.Request, secret string) {
	if call, ok := r.Context().Value(callKey{}).(*loggedCall); ok {
		call.log.hidden.hide(secret)
	}
}

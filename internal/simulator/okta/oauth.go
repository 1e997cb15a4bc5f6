// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package okta

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"mime"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/simulator/wire"
)

// tokenPath is the organization's own authorization server, from which service apps get tokens for Okta's API.
const tokenPath = "/oauth2/v1/token" //nolint:gosec // a path

const (
	maxForm       = 64 << 10
	assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
)

// Errors of the token endpoint and of the API (RFC 6749, section 5.2; RFC 6750, section 3.1; RFC 9449, sections 5 and
// 8). consent_required is Okta's own.
const (
	oauthConsentRequired  = "consent_required"
	oauthInvalidRequest   = "invalid_request"
	oauthInvalidToken     = "invalid_token"
	oauthNoScope          = "insufficient_scope"
	oauthInvalidClient    = "invalid_client"
	oauthInvalidScope     = "invalid_scope"
	oauthUnsupportedGrant = "unsupported_grant_type"
	oauthInvalidProof     = "invalid_dpop_proof"
	oauthUseNonce         = "use_dpop_nonce"
)

// What Okta says of an assertion, word for word if a public text shows it: articles of support.okta.com ("Invalid Key
// ID", "Invalid Client Assertion Signature", "The audience claim for client_assertion must be the endpoint invoked",
// "Invalid_Client Error Returned When Requesting OAuth Token(s)"), okta-sdk-python (issue 382; its OAuth client, of a
// jti that came twice), terraform-provider-okta (issue 1024). That of an assertion that expired is from other clients'
// notes. Okta requires aud, exp, iss and sub; iat and jti are optional (its guide "Build a JWT for client
// authentication").
const (
	saysUnknownClient = "Invalid value for 'client_id' parameter."
	saysKeyID         = "The client_assertion JWT kid is invalid."
	saysSignature     = "The client_assertion signature is invalid."
	saysAudience      = "The audience claim for client_assertion must be the endpoint invoked for the request."
	saysExpired       = "The client_assertion token is expired."
	saysTooFar        = "The client_assertion token has an expiration too far into the future."
	saysUsed          = "The client_assertion token has already been used."
)

// What Okta says of scopes: those that its API does not have (as an authorization server's own are refused,
// okta-express-sample issue 6), and those of which the app was granted none (notes of several clients). Where it was
// granted some, the token has these (okta-sdk-golang issue 145, terraform-provider-okta issue 2375).
const (
	saysNoSuchScope = "One or more scopes are not configured for the authorization server resource."
	saysNoneGranted = "You are not allowed any of the requested scopes."
)

// signatures are the algorithms that Okta accepts from a service app and in a proof.
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
	wire.WriteJSON(w, refused.status, fields{{"error", refused.code}, {"error_description", refused.description}})
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
	server, endpoint := h.inv.oauth, h.baseURL+tokenPath
	app, err := server.authenticate(form, endpoint)
	if errors.Is(err, wire.ErrNoSuch) {
		// As Okta answers here: in its own form, not in OAuth's.
		writeOktaError(w, http.StatusUnauthorized, oauthInvalidClient, saysUnknownClient)
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
	wire.HideFrom(r, issued.text)
	wire.MarkAuthorized(r)
	wire.WriteJSON(w, http.StatusOK, fields{
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
	body, err := wire.ReadLimited(r.Body, maxForm)
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

// authenticate finds the app that an assertion proves, or returns errNoSuch if there is none with its name. A
// deactivated app is not found either. That is inferred: no public text shows that case.
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
	if app == nil || app.inactive {
		return nil, wire.ErrNoSuch
	}
	claims, err := app.verify(parsed)
	if err != nil {
		return nil, err
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
		return invalidClient(saysAudience)
	case claims.Expiry == nil:
		return invalidClient("The client_assertion has no expiration.")
	case !now.Before(claims.Expiry.Time()):
		return invalidClient(saysExpired)
	case claims.Expiry.Time().After(now.Add(maxAssertionLife)):
		return invalidClient(saysTooFar)
	case claims.IssuedAt != nil && claims.IssuedAt.Time().After(now.Add(clockSkew)):
		return invalidClient("The client_assertion token was issued in the future.")
	case claims.ID != "" && !s.first("assertion\n"+app.clientID+"\n"+claims.ID, claims.Expiry.Time()):
		return invalidClient(saysUsed)
	default:
		return nil
	}
}

// verify checks a signature by the key that the assertion names, or by the app's only key if it names none: an app of
// several wants the name (support.okta.com, "Creating a Private Key JWT when a Client Has Multiple Public/Private Key
// Pairs").
func (a *serviceApp) verify(parsed *jwt.JSONWebToken) (*assertion, error) {
	id, named := parsed.Headers[0].KeyID, false
	for _, key := range a.keys {
		if id == "" && len(a.keys) > 1 || id != "" && key.KeyID != "" && key.KeyID != id {
			continue
		}
		named = true
		var claims assertion
		if parsed.Claims(key.Key, &claims) == nil {
			return &claims, nil
		}
	}
	if !named {
		return nil, invalidClient(saysKeyID)
	}
	return nil, invalidClient(saysSignature)
}

// oktaScope is the form of a scope of Okta's API.
var oktaScope = regexp.MustCompile(`^okta\.[A-Za-z.]+\.(?:read|manage)$`)

// grant is which of the scopes that are asked for the app has.
func (a *serviceApp) grant(asked string) ([]string, error) {
	scopes := strings.Fields(asked)
	if len(scopes) == 0 {
		return nil, &oauthError{http.StatusBadRequest, oauthInvalidScope, "The scope parameter must not be empty."}
	}
	var granted []string
	for _, scope := range scopes {
		switch {
		case !oktaScope.MatchString(scope):
			return nil, &oauthError{http.StatusBadRequest, oauthInvalidScope, saysNoSuchScope}
		case slices.Contains(a.scopes, scope):
			granted = append(granted, scope)
		}
	}
	if len(granted) == 0 {
		return nil, &oauthError{http.StatusBadRequest, oauthConsentRequired, saysNoneGranted}
	}
	return granted, nil
}

// issue makes a token and remembers it. It is opaque: Okta asks clients not to look into it.
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

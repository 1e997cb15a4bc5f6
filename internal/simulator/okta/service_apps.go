// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package okta

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/simulator/wire"
)

// ServiceApp is an API service app of the organization, which gets access tokens for itself (OAuth 2.0 client
// credentials with private_key_jwt).
type ServiceApp struct {
	ClientID string `json:"client_id"`
	// JWKS are its public keys, as a JWK set: {"keys": […]}. RSA of at least 2048 bits, or a curve's.
	JWKS json.RawMessage `json:"jwks"`
	// Scopes are those that were granted to it. A token has those of them that it is asked for; if that is none, it is
	// refused.
	Scopes []string `json:"scopes"`
	// DPoP makes it demand proofs of possession, as new apps do.
	DPoP bool `json:"dpop"`
	// NoAdminRole removes its admin role: its tokens are then valid, and may read nothing.
	NoAdminRole bool `json:"no_admin_role"`
	// Inactive is an app that was deactivated.
	Inactive bool `json:"inactive"`
}

const (
	// usualTokenLife is Okta's for its own API.
	usualTokenLife = time.Hour
	// usualNonceLife is Okta's.
	usualNonceLife = 24 * time.Hour
	// maxAssertionLife is the longest that Okta takes.
	maxAssertionLife = time.Hour
	// clockSkew is how far a client's clock may be ahead.
	clockSkew   = time.Minute
	minRSABytes = 2048 / 8
	pruneEvery  = 4096
)

// authorizationServer is the organization's. All methods are safe for concurrent use.
type authorizationServer struct {
	now                     wire.Clock
	lifetime, nonceLifetime time.Duration

	mu     sync.Mutex
	apps   map[string]*serviceApp
	tokens map[string]*accessToken
	nonces map[string]time.Time // until when each is taken
	used   map[string]time.Time // what may come once, and until when that must be remembered
	marks  int                  // how often used was added to
}

// serviceApp is an app as it is now; a change makes another one.
type serviceApp struct {
	clientID        string
	keys            []jose.JSONWebKey
	scopes          []string
	dpop, adminRole bool
	inactive        bool
}

// accessToken is one that was issued.
type accessToken struct {
	text, app  string
	role       bool
	scopes     []string
	thumbprint string // of the key that it is bound to; "" for a bearer's
	expires    time.Time
}

func (t *accessToken) scheme() string {
	if t.thumbprint != "" {
		return "DPoP"
	}
	return "Bearer"
}

// validateServiceApps says what is wrong with what the options say of service apps.
func (o *Options) validateServiceApps() error {
	if o.TokenLifetime < 0 || o.DPoPNonceLifetime < 0 {
		return errors.New("access tokens and nonces do not last less than 0")
	}
	_, err := readServiceApps(o.ServiceApps)
	return err
}

// newAuthorizationServer has the configuration's apps; validate has seen them.
func newAuthorizationServer(cfg *Options, now wire.Clock) *authorizationServer {
	s := &authorizationServer{
		now: now, lifetime: cfg.TokenLifetime, nonceLifetime: cfg.DPoPNonceLifetime,
		nonces: map[string]time.Time{}, used: map[string]time.Time{},
	}
	if s.lifetime == 0 {
		s.lifetime = usualTokenLife
	}
	if s.nonceLifetime == 0 {
		s.nonceLifetime = usualNonceLife
	}
	_ = s.replace(cfg.ServiceApps)
	return s
}

// replace changes the apps. All tokens of before are revoked.
func (s *authorizationServer) replace(apps []ServiceApp) error {
	read, err := readServiceApps(apps)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.apps, s.tokens = read, map[string]*accessToken{}
	return nil
}

func readServiceApps(apps []ServiceApp) (map[string]*serviceApp, error) {
	read := map[string]*serviceApp{}
	for _, app := range apps {
		if app.ClientID == "" || read[app.ClientID] != nil {
			return nil, errors.New("service apps: each has a client_id of its own")
		}
		keys, err := readKeys(app.JWKS)
		if err != nil {
			return nil, fmt.Errorf("service app %s: %w", app.ClientID, err)
		}
		read[app.ClientID] = &serviceApp{
			clientID: app.ClientID, keys: keys, scopes: slices.Clone(app.Scopes), dpop: app.DPoP, adminRole: !app.NoAdminRole,
			inactive: app.Inactive,
		}
	}
	return read, nil
}

// readKeys accepts what Okta accepts: public keys of RSA and of curves.
func readKeys(set json.RawMessage) ([]jose.JSONWebKey, error) {
	var parsed jose.JSONWebKeySet
	if err := json.Unmarshal(set, &parsed); err != nil {
		return nil, fmt.Errorf("jwks: %w", err)
	}
	if len(parsed.Keys) == 0 {
		return nil, errors.New("jwks: it has no key")
	}
	for _, key := range parsed.Keys {
		if !key.Valid() || !key.IsPublic() {
			return nil, errors.New("jwks: only public keys are registered")
		}
		if bits, isRSA := key.Key.(interface{ Size() int }); isRSA && bits.Size() < minRSABytes {
			return nil, errors.New("jwks: an RSA key has at least 2048 bits")
		}
	}
	return parsed.Keys, nil
}

func (s *authorizationServer) app(clientID string) *serviceApp {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.apps[clientID]
}

// find returns a token that is valid now, or nil.
func (s *authorizationServer) find(text string) *accessToken {
	s.mu.Lock()
	defer s.mu.Unlock()
	token := s.tokens[text]
	if token == nil || !s.now().Before(token.expires) {
		return nil
	}
	return token
}

// first is true if a mark was not seen before. It is remembered until it would be refused for its age.
func (s *authorizationServer) first(mark string, until time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	if s.marks++; s.marks%pruneEvery == 0 {
		maps.DeleteFunc(s.used, func(_ string, end time.Time) bool { return end.Before(now) })
	}
	_, seen := s.used[mark]
	s.used[mark] = until
	return !seen
}

// authorizedByToken checks a call's access token and its proof, and answers if they are not good.
func (h *oktaHandler) authorizedByToken(w http.ResponseWriter, r *http.Request, scheme, text string) bool {
	token := h.inv.oauth.find(text)
	place := h.baseURL + r.URL.EscapedPath()
	switch {
	case token == nil, scheme == "DPoP" && token.scheme() != scheme:
		h.challenge(w, r, scheme, oauthInvalidToken, "The access token is invalid or has expired.")
		writeOktaError(w, http.StatusUnauthorized, codeInvalidToken, "Invalid token provided")
		return false
	case token.scheme() != scheme:
		// okta-blog, "Elevate access token security by demonstrating proof-of-possession".
		h.challenge(w, r, scheme, oauthInvalidRequest, "The resource request requires a DPoP proof.")
		w.WriteHeader(http.StatusBadRequest)
		return false
	case scheme == "DPoP":
		// Without a body (okta-sdk-python issue 541, okta-sdk-nodejs issue 453).
		if err := h.inv.oauth.checkCallProof(r, token, place); err != nil {
			h.challenge(w, r, scheme, oauthInvalidProof, err.Error())
			w.WriteHeader(http.StatusBadRequest)
			return false
		}
	}
	return h.allowedByToken(w, r, token)
}

// challenge says why a call with an access token is refused, in Okta's words (okta-sdk-golang issue 145,
// okta-sdk-nodejs issue 453).
func (h *oktaHandler) challenge(w http.ResponseWriter, r *http.Request, scheme, code, description string) {
	algorithms := ""
	if scheme == "DPoP" {
		algorithms = `algs="RS256 RS384 RS512 ES256 ES384 ES512", `
	}
	w.Header().Set("WWW-Authenticate", fmt.Sprintf(
		`%s %sauthorization_uri="%s/oauth2/v1/authorize", realm=%q, scope=%q, error=%q, error_description=%q, resource=%q`,
		scheme, algorithms, h.baseURL, h.baseURL, scopeDevicesRead, code, description, r.URL.EscapedPath()))
}

const scopeDevicesRead = "okta.devices.read"

// allowedByToken checks what a good token allows: every path here reads devices. What lacks the scope gets no body
// (okta-sdk-golang issue
// 145), what lacks the admin role does (support.okta.com, "Receiving Error Code E0000006 When Calling Okta Management
// API").
func (h *oktaHandler) allowedByToken(w http.ResponseWriter, r *http.Request, token *accessToken) bool {
	switch {
	case !slices.Contains(token.scopes, scopeDevicesRead):
		h.challenge(w, r, token.scheme(), oauthNoScope, "The access token provided does not contain the required scopes.")
		w.WriteHeader(http.StatusForbidden)
		return false
	case !token.role:
		writeOktaError(w, http.StatusForbidden, codeAccessDenied, "You do not have permission to perform the requested action")
		return false
	default:
		return true
	}
}

// bearerOf parses an Authorization that has an access token.
func bearerOf(authorization string) (scheme, token string, ok bool) {
	scheme, token, ok = strings.Cut(authorization, " ")
	return scheme, token, ok && token != "" && (scheme == "Bearer" || scheme == "DPoP")
}

// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package okta

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
)

const (
	appID    = "0oa1serviceapp"
	endpoint = testBase + tokenPath
)

// appKey is a service app's key, and what signs with it.
type appKey struct {
	private *ecdsa.PrivateKey
	id      string
}

func newAppKey(t *testing.T, id string) appKey {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return appKey{private, id}
}

func (k appKey) jwks(t *testing.T) json.RawMessage {
	t.Helper()
	set, err := json.Marshal(jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: k.private.Public(), KeyID: k.id}}})
	if err != nil {
		t.Fatal(err)
	}
	return set
}

// sign makes a JWT of any claims.
func (k appKey) sign(t *testing.T, options *jose.SignerOptions, claims map[string]any) string {
	t.Helper()
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: k.private}, options)
	if err != nil {
		t.Fatal(err)
	}
	text, err := jwt.Signed(signer).Claims(claims).Serialize()
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// claims are a good assertion's, with changes; nil takes a claim away.
func (c *oktaCloud) claims(changes map[string]any) map[string]any {
	return changed(map[string]any{
		"iss": appID, "sub": appID, "aud": endpoint, "jti": rand.Text(), "iat": c.at.Unix(), "exp": c.at.Add(time.Minute).Unix(),
	}, changes)
}

func changed(claims, changes map[string]any) map[string]any {
	maps.Copy(claims, changes)
	maps.DeleteFunc(claims, func(_ string, value any) bool { return value == nil })
	return claims
}

// asked is a request for a token.
func (c *oktaCloud) asked(assertion, proof string, changes url.Values) *httptest.ResponseRecorder {
	form := url.Values{
		"grant_type": {"client_credentials"}, "scope": {"okta.devices.read"}, "client_assertion_type": {assertionType}, "client_assertion": {assertion},
	}
	maps.Copy(form, changes)
	header := http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}
	if proof != "" {
		header.Set(dpopHeader, proof)
	}
	return c.call(http.MethodPost, tokenPath, header, strings.NewReader(form.Encode()))
}

type oauthAnswer struct {
	TokenType   string `json:"token_type"`
	ExpiresIn   int    `json:"expires_in"`
	AccessToken string `json:"access_token"`
	Scope       string `json:"scope"`
	Error       string `json:"error"`
	Description string `json:"error_description"`
	ErrorCode   string `json:"errorCode"`
}

func TestAssertionsAreVerified(t *testing.T) {
	t.Parallel()
	key, other := newAppKey(t, "kid-1"), newAppKey(t, "kid-1")
	for name, test := range map[string]struct {
		claims  map[string]any
		form    url.Values
		kid     string
		by      *appKey
		change  func(*ServiceApp)
		raw     string
		status  int
		code    string
		says    string
		oktaOwn bool
	}{
		"a good one":                     {status: 200},
		"a good one that names its key":  {kid: "kid-1", status: 200},
		"one that lasts an hour":         {claims: map[string]any{"exp": testNow.Add(time.Hour).Unix()}, status: 200},
		"one that lasts longer":          {claims: map[string]any{"exp": testNow.Add(time.Hour + time.Second).Unix()}, status: 401, code: "invalid_client", says: "too far"},
		"one that ended":                 {claims: map[string]any{"exp": testNow.Unix()}, status: 401, code: "invalid_client", says: "The client_assertion token is expired."},
		"one that never ends":            {claims: map[string]any{"exp": nil}, status: 401, code: "invalid_client", says: "no expiration"},
		"one from the future":            {claims: map[string]any{"iat": testNow.Add(2 * time.Minute).Unix()}, status: 401, code: "invalid_client", says: "future"},
		"one for the organization":       {claims: map[string]any{"aud": testBase}, status: 401, code: "invalid_client", says: "audience"},
		"one for another organization":   {claims: map[string]any{"aud": "https://other.okta.com" + tokenPath}, status: 401, code: "invalid_client", says: "audience"},
		"one for two audiences":          {claims: map[string]any{"aud": []string{endpoint, testBase}}, status: 401, code: "invalid_client", says: "audience"},
		"one of another issuer":          {claims: map[string]any{"iss": "other"}, status: 401, code: "invalid_client", says: "issuer"},
		"one without a time of issue":    {claims: map[string]any{"iat": nil}, status: 200},
		"one of an app that is not here": {claims: map[string]any{"iss": "other", "sub": "other"}, status: 401, code: "invalid_client", oktaOwn: true},
		"one by another key":             {by: &other, status: 401, code: "invalid_client", says: "The client_assertion signature is invalid."},
		"one by another key, by name":    {by: &other, kid: "kid-1", status: 401, code: "invalid_client", says: "signature"},
		"one that names another key":     {kid: "kid-9", status: 401, code: "invalid_client", says: "The client_assertion JWT kid is invalid."},
		"one that names none of several": {
			change: func(a *ServiceApp) { a.JWKS = bothKeys(t, key, newAppKey(t, "kid-2")) }, status: 401, code: "invalid_client", says: "JWT kid is invalid",
		},
		"one that names one of several":  {change: func(a *ServiceApp) { a.JWKS = bothKeys(t, key, newAppKey(t, "kid-2")) }, kid: "kid-1", status: 200},
		"one of an app that is inactive": {change: func(a *ServiceApp) { a.Inactive = true }, status: 401, code: "invalid_client", oktaOwn: true},
		"none":                           {raw: "x", status: 401, code: "invalid_client", says: "not a valid JWT"},
		"one without a signature":        {raw: "eyJhbGciOiJub25lIn0.e30.", status: 401, code: "invalid_client", says: "not a valid JWT"},
		"another grant":                  {form: url.Values{"grant_type": {"password"}}, status: 400, code: "unsupported_grant_type"},
		"another kind of assertion":      {form: url.Values{"client_assertion_type": {"x"}}, status: 400, code: "invalid_request"},
		"no scope":                       {form: url.Values{"scope": {" "}}, status: 400, code: "invalid_scope", says: "empty"},
		"a scope that was not granted":   {form: url.Values{"scope": {"okta.devices.read okta.users.read"}}, status: 200},
		"scopes that were not granted":   {form: url.Values{"scope": {"okta.apps.read okta.users.read"}}, status: 400, code: "consent_required", says: "not allowed any"},
		"a scope that nobody has":        {form: url.Values{"scope": {"okta.devices.read devices"}}, status: 400, code: "invalid_scope", says: "not configured"},
		"a parameter twice":              {form: url.Values{"scope": {"a", "b"}}, status: 400, code: "invalid_request", says: "more than once"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cloud := newOktaCloud(t, func(c *Options) {
				c.ServiceApps = []ServiceApp{{ClientID: appID, JWKS: key.jwks(t), Scopes: []string{"okta.devices.read"}}}
				if test.change != nil {
					test.change(&c.ServiceApps[0])
				}
			})
			by, options := key, &jose.SignerOptions{}
			if test.by != nil {
				by = *test.by
			}
			if test.kid != "" {
				options.WithHeader("kid", test.kid)
			}
			text := test.raw
			if text == "" {
				text = by.sign(t, options, cloud.claims(test.claims))
			}
			answer := cloud.asked(text, "", test.form)
			got := decoded[oauthAnswer](t, answer)
			if answer.Code != test.status || got.Error+got.ErrorCode != test.code || !strings.Contains(got.Description, test.says) || (got.ErrorCode != "") != test.oktaOwn {
				t.Fatalf("status %d, %+v", answer.Code, got)
			}
			if test.status != http.StatusOK {
				return
			}
			if got.TokenType != "Bearer" || got.ExpiresIn != 3600 || got.Scope != "okta.devices.read" {
				t.Errorf("got %+v", got)
			}
			if again := cloud.asked(text, "", nil); again.Code != http.StatusUnauthorized || !strings.Contains(again.Body.String(), saysUsed) {
				t.Errorf("the same once more: %d %s", again.Code, again.Body)
			}
			wantDevices(t, cloud, "Bearer "+got.AccessToken, "", http.StatusOK, "")
			wantDevices(t, cloud, "DPoP "+got.AccessToken, "", http.StatusUnauthorized, `error="invalid_token"`)
			cloud.at = cloud.at.Add(time.Hour)
			wantDevices(t, cloud, "Bearer "+got.AccessToken, "", http.StatusUnauthorized, "expired")
		})
	}
}

// wantDevices lists devices with an Authorization, and wants a status and a challenge.
func wantDevices(t *testing.T, cloud *oktaCloud, authorization, proof string, status int, challenge string) {
	t.Helper()
	header := http.Header{"Authorization": {authorization}}
	if proof != "" {
		header.Set(dpopHeader, proof)
	}
	answer := cloud.call(http.MethodGet, devicesPath+"?limit=1", header, nil)
	if got := answer.Header().Get("WWW-Authenticate"); answer.Code != status || !strings.Contains(got, challenge) || (challenge == "") != (got == "") {
		t.Errorf("status %d, challenge %q; want %d, %q", answer.Code, got, status, challenge)
	}
}

// bothKeys are the public keys of an app that has two.
func bothKeys(t *testing.T, keys ...appKey) json.RawMessage {
	t.Helper()
	var set jose.JSONWebKeySet
	for _, key := range keys {
		set.Keys = append(set.Keys, jose.JSONWebKey{Key: key.private.Public(), KeyID: key.id})
	}
	text, err := json.Marshal(set)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestATokenThatLacksTheScopeIsRefusedInAHeaderAlone(t *testing.T) {
	t.Parallel()
	key := newAppKey(t, "")
	cloud := newOktaCloud(t, func(c *Options) {
		c.ServiceApps = []ServiceApp{{ClientID: appID, JWKS: key.jwks(t), Scopes: []string{"okta.devices.manage"}}}
	})
	got := decoded[oauthAnswer](t, cloud.asked(key.sign(t, nil, cloud.claims(nil)), "", url.Values{"scope": {"okta.devices.manage okta.devices.read"}}))
	if got.Scope != "okta.devices.manage" {
		t.Fatalf("got %+v", got)
	}
	answer := cloud.call(http.MethodGet, devicesPath, http.Header{"Authorization": {"Bearer " + got.AccessToken}}, nil)
	want := `error="insufficient_scope", error_description="The access token provided does not contain the required scopes.", resource="/api/v1/devices"`
	if answer.Code != http.StatusForbidden || answer.Body.Len() > 0 || !strings.Contains(answer.Header().Get("WWW-Authenticate"), want) {
		t.Errorf("%d %s, %v", answer.Code, answer.Body, answer.Header())
	}
}

func TestTheTokenEndpointTakesAFormAlone(t *testing.T) {
	t.Parallel()
	cloud := newOktaCloud(t, nil)
	form := http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}
	for name, test := range map[string]struct {
		method, query, body string
		header              http.Header
		status              int
	}{
		"GET":                    {method: http.MethodGet, status: http.StatusMethodNotAllowed},
		"JSON":                   {method: http.MethodPost, body: "{}", header: http.Header{"Content-Type": {"application/json"}}, status: http.StatusBadRequest},
		"no content type":        {method: http.MethodPost, body: "a=b", status: http.StatusBadRequest},
		"parameters in the URL":  {method: http.MethodPost, query: "?client_assertion=x", header: form, status: http.StatusBadRequest},
		"a body that is no form": {method: http.MethodPost, body: "%zz", header: form, status: http.StatusBadRequest},
		"more than a form":       {method: http.MethodPost, body: strings.Repeat("a", maxForm+1), header: form, status: http.StatusBadRequest},
	} {
		if answer := cloud.call(test.method, tokenPath+test.query, test.header, strings.NewReader(test.body)); answer.Code != test.status {
			t.Errorf("%s: %d %s", name, answer.Code, answer.Body)
		}
	}
}

func TestProofsAreVerified(t *testing.T) {
	t.Parallel()
	key, owner, thief := newAppKey(t, "kid-1"), newAppKey(t, ""), newAppKey(t, "")
	cloud := newOktaCloud(t, func(c *Options) {
		c.DPoPNonceLifetime = time.Minute
		c.ServiceApps = []ServiceApp{{ClientID: appID, JWKS: key.jwks(t), Scopes: []string{"okta.devices.read"}, DPoP: true}}
	})
	prove := func(by appKey, method, place string, changes map[string]any) string {
		return by.sign(t, (&jose.SignerOptions{EmbedJWK: true}).WithType("dpop+jwt"),
			changed(map[string]any{"jti": rand.Text(), "htm": method, "htu": place, "iat": cloud.at.Unix()}, changes))
	}
	ask := func(proof string) (*httptest.ResponseRecorder, oauthAnswer) {
		answer := cloud.asked(key.sign(t, nil, cloud.claims(nil)), proof, nil)
		return answer, decoded[oauthAnswer](t, answer)
	}
	if answer, got := ask(""); answer.Code != 400 || got.Error != oauthInvalidProof || answer.Header().Get(dpopNonceHeader) != "" {
		t.Errorf("without a proof: %d %+v", answer.Code, got)
	}
	answer, got := ask(prove(owner, "POST", endpoint, nil))
	nonce := answer.Header().Get(dpopNonceHeader)
	if answer.Code != 400 || got.Error != oauthUseNonce || nonce == "" {
		t.Fatalf("without a nonce: %d %+v", answer.Code, got)
	}
	for name, proof := range map[string]string{
		"another method":      prove(owner, "GET", endpoint, map[string]any{"nonce": nonce}),
		"another URL":         prove(owner, "POST", testBase+devicesPath, map[string]any{"nonce": nonce}),
		"an old one":          prove(owner, "POST", endpoint, map[string]any{"nonce": nonce, "iat": cloud.at.Add(-time.Hour).Unix()}),
		"one from the future": prove(owner, "POST", endpoint, map[string]any{"nonce": nonce, "iat": cloud.at.Add(time.Hour).Unix()}),
		"one without a time":  prove(owner, "POST", endpoint, map[string]any{"nonce": nonce, "iat": nil}),
		"one without a jti":   prove(owner, "POST", endpoint, map[string]any{"nonce": nonce, "jti": nil}),
		"no JWT":              "a.b.c",
		"one of another type": owner.sign(t, &jose.SignerOptions{EmbedJWK: true}, map[string]any{"nonce": nonce}),
		"one without its key": owner.sign(t, (&jose.SignerOptions{}).WithType("dpop+jwt"), map[string]any{"nonce": nonce}),
	} {
		if answer, got := ask(proof); answer.Code != 400 || got.Error != oauthInvalidProof {
			t.Errorf("%s: %d %+v", name, answer.Code, got)
		}
	}
	good := prove(owner, "POST", endpoint, map[string]any{"nonce": nonce})
	if answer, got = ask(good); answer.Code != 200 || got.TokenType != "DPoP" {
		t.Fatalf("a good proof: %d %+v", answer.Code, got)
	}
	if answer, refused := ask(good); answer.Code != 400 || !strings.Contains(refused.Description, "already been used") {
		t.Errorf("the same proof: %d %+v", answer.Code, refused)
	}
	sum := sha256.Sum256([]byte(got.AccessToken))
	hash, place := base64.RawURLEncoding.EncodeToString(sum[:]), testBase+devicesPath
	once := prove(owner, "GET", place, map[string]any{"ath": hash})
	for _, test := range []struct {
		authorization, proof, challenge string
		status                          int
	}{
		{"DPoP " + got.AccessToken, once, "", 200},
		{"DPoP " + got.AccessToken, once, "already been used", 400},
		{"DPoP " + got.AccessToken, "", "missing", 400},
		{"Bearer " + got.AccessToken, "", "requires a DPoP proof", 400},
		{"DPoP " + got.AccessToken, prove(thief, "GET", place, map[string]any{"ath": hash}), "bound to", 400},
		{"DPoP " + got.AccessToken, prove(owner, "GET", place, nil), "ath", 400},
		{"DPoP " + got.AccessToken, prove(owner, "GET", place+"?limit=1", map[string]any{"ath": hash}), "htu", 400},
	} {
		wantDevices(t, cloud, test.authorization, test.proof, test.status, test.challenge)
	}
	cloud.at = cloud.at.Add(time.Minute)
	if answer, got := ask(prove(owner, "POST", endpoint, map[string]any{"nonce": nonce})); got.Error != oauthUseNonce || answer.Header().Get(dpopNonceHeader) == nonce {
		t.Errorf("a nonce that ended: %d %+v", answer.Code, got)
	}
}

func TestServiceAppsThatMakeNoSense(t *testing.T) {
	t.Parallel()
	key := newAppKey(t, "")
	small, err := rsa.GenerateKey(rand.Reader, 1024) //nolint:gosec // that is the case
	if err != nil {
		t.Fatal(err)
	}
	set := func(key any) json.RawMessage {
		text, err := json.Marshal(jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: key}}})
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	for name, apps := range map[string][]ServiceApp{
		"one without an id":      {{JWKS: key.jwks(t)}},
		"two of one id":          {{ClientID: "a", JWKS: key.jwks(t)}, {ClientID: "a", JWKS: key.jwks(t)}},
		"one without a key":      {{ClientID: "a", JWKS: json.RawMessage(`{"keys":[]}`)}},
		"one with a private key": {{ClientID: "a", JWKS: set(key.private)}},
		"one with a secret":      {{ClientID: "a", JWKS: set([]byte("secret"))}},
		"one with a small key":   {{ClientID: "a", JWKS: set(small.Public())}},
		"one with no JWKS":       {{ClientID: "a", JWKS: json.RawMessage(`[]`)}},
	} {
		cfg := DefaultOptions()
		cfg.ServiceApps = apps
		if err := Validate(&cfg); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
	cfg := DefaultOptions()
	cfg.TokenLifetime = -1
	if err := Validate(&cfg); err == nil {
		t.Error("a negative lifetime is taken")
	}
}

func TestServiceAppsAreReplacedAndTheirTokensRevoked(t *testing.T) {
	t.Parallel()
	key := newAppKey(t, "")
	server := newAuthorizationServer(&Options{}, time.Now)
	apps := []ServiceApp{{ClientID: appID, JWKS: key.jwks(t)}}
	if err := server.replace(apps); err != nil {
		t.Fatal(err)
	}
	token := server.issue(server.app(appID), nil, "")
	if server.find(token.text) == nil {
		t.Error("a new token is not found")
	}
	if err := server.replace(apps); err != nil || server.find(token.text) != nil {
		t.Errorf("a revoked token is found, error %v", err)
	}
}

func TestWhatCameOnceIsForgottenInTime(t *testing.T) {
	t.Parallel()
	at := testNow
	server := newAuthorizationServer(&Options{}, func() time.Time { return at })
	for range pruneEvery - 1 {
		server.first(rand.Text(), at.Add(time.Minute))
	}
	at = at.Add(2 * time.Minute)
	if !server.first("last", at) || len(server.used) != 1 {
		t.Errorf("%d marks are kept", len(server.used))
	}
}

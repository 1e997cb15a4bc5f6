// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package okta

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync/atomic"
	"time"

	"github.com/go-jose/go-jose/v4/jwt"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/credential"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/pace"
)

const (
	// tokenPath is the organization's own authorization server (Okta's guide "Implement OAuth for Okta with a service
	// app").
	tokenPath = "/oauth2/v1/token" //nolint:gosec // a path
	// assertionType is private_key_jwt's (RFC 7523, section 2.2).
	assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
	// assertionLife is far less than the hour that Okta allows, and more than clocks are apart.
	assertionLife = 5 * time.Minute
	// tokenAnswerLimit is in bytes.
	tokenAnswerLimit = 256 << 10
	// maxTokenLife bounds what the answer says of itself.
	maxTokenLife = 24 * time.Hour
	// maxRounds bounds one fetch: without a proof, with one, with its nonce, and with another nonce where that one
	// ended meanwhile.
	maxRounds = 4

	codeInvalidProof = "invalid_dpop_proof"
	codeUseNonce     = "use_dpop_nonce"
)

// GrantedScopes are the scopes of the client's access token, sorted as Okta gave them; it is fetched where there is
// none. A client without a service app has no scopes: nil, and no call.
func (c *Client) GrantedScopes(ctx context.Context) ([]string, error) {
	source, ok := c.authorizer.(*tokenSource)
	if !ok {
		return nil, nil
	}
	token, err := source.token(ctx)
	if err != nil {
		return nil, err
	}
	return token.scopes, nil
}

// fetch asks the token endpoint, and gives it the proof and the nonce that it demands.
func (s *tokenSource) fetch(ctx context.Context) (*accessToken, error) {
	var last error
	for range maxRounds {
		began := time.Now()
		key, nonce := s.proof()
		result, assertion, err := s.ask(ctx, key, nonce)
		if err != nil {
			return nil, err
		}
		demanded := nonceOf(result)
		s.keepNonce(demanded)
		if result.status == http.StatusOK {
			return s.accept(result, assertion, key, began)
		}
		last = tokenRefusal(result, assertion)
		switch code := refusalCode(last); {
		case code == codeInvalidProof && key == nil:
		case code == codeUseNonce && demanded != "" && demanded != nonce:
		default:
			return nil, last
		}
		if err := s.demandProof(); err != nil {
			return nil, err
		}
	}
	return nil, last
}

func (s *tokenSource) keepNonce(nonce string) {
	if nonce == "" {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tokenNonce = nonce
}

// demandProof makes the key for proofs where there is none. Later tokens are asked for with a proof at once.
func (s *tokenSource) demandProof() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.dpop != nil {
		return nil
	}
	key, err := newDPoPKey()
	s.dpop = key
	return err
}

// ask makes one request. An assertion and a proof are good for one attempt, so each is made for each; the same question
// twice has the same result, so it is repeated as a GET is.
func (s *tokenSource) ask(ctx context.Context, key *dpopKey, nonce string) (*answer, credential.Secret, error) {
	target := s.origin.URL()
	target.Path = tokenPath
	request, err := http.NewRequestWithContext(pace.WithRateLimits(pace.WithRepeatable(ctx)), http.MethodPost, target.String(), nil)
	if err != nil {
		return nil, credential.Secret{}, fmt.Errorf("making a request to Okta for %s: %w", tokenPath, err)
	}
	request.Header.Set("Accept", "application/json")
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	var assertion atomic.Pointer[credential.Secret]
	assertion.Store(&credential.Secret{})
	request = transport.SignEach(credential.Pin(request, s.origin), func(attempt *http.Request) error {
		made, err := s.assert(target.String())
		if err != nil {
			return err
		}
		assertion.Store(&made)
		setForm(attempt, url.Values{
			"grant_type": {"client_credentials"}, "scope": {strings.Join(s.app.scopes, " ")},
			"client_assertion_type": {assertionType}, "client_assertion": {made.Reveal()},
		})
		if key == nil {
			return nil
		}
		return key.prove(attempt, nonce, credential.Secret{})
	})
	result, err := do(s.http, request, tokenAnswerLimit)
	return result, *assertion.Load(), err
}

func setForm(request *http.Request, form url.Values) {
	body := form.Encode()
	request.Body = io.NopCloser(strings.NewReader(body))
	request.ContentLength = int64(len(body))
	request.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(body)), nil }
}

// assertionClaims are those of a client assertion (RFC 7523, section 3). The audience is one string: a list is allowed,
// and not what Okta's own SDK sends.
type assertionClaims struct {
	Issuer   string           `json:"iss"`
	Subject  string           `json:"sub"`
	Audience string           `json:"aud"`
	ID       string           `json:"jti"`
	IssuedAt *jwt.NumericDate `json:"iat"`
	Expiry   *jwt.NumericDate `json:"exp"`
}

// assert makes a client assertion for the token endpoint, which is its audience.
func (s *tokenSource) assert(audience string) (credential.Secret, error) {
	now := time.Now()
	text, err := jwt.Signed(s.app.key.parts.signer).Claims(assertionClaims{
		Issuer: s.app.clientID, Subject: s.app.clientID, Audience: audience, ID: rand.Text(),
		IssuedAt: jwt.NewNumericDate(now), Expiry: jwt.NewNumericDate(now.Add(assertionLife)),
	}).Serialize()
	if err != nil {
		return credential.Secret{}, errors.New("the private key can't sign the client assertion")
	}
	return credential.NewSecret(text), nil
}

// tokenWire is a token (RFC 6749, section 5.1).
type tokenWire struct {
	AccessToken string  `json:"access_token"`
	TokenType   string  `json:"token_type"`
	ExpiresIn   float64 `json:"expires_in"`
	Scope       *string `json:"scope"`
}

// maxToken is in bytes: more than any server takes in a header.
const maxToken = 16 << 10

// tokenForm is what an access token is made of (b64token, RFC 6750, section 2.1).
var tokenForm = regexp.MustCompile(`^[A-Za-z0-9._~+/-]+=*$`)

// maxScopes bounds what an answer says of the token's scopes: Okta's API has about two hundred.
const maxScopes = 1000

// scopesOf reads a list of scopes, in its order, each as an error may show it.
func scopesOf(text string, secrets ...credential.Secret) []string {
	scopes := strings.Fields(text)
	scopes = scopes[:min(len(scopes), maxScopes)]
	for index, scope := range scopes {
		scopes[index] = cleaned(scope, secrets...)
	}
	return scopes
}

// accept reads a token that was asked for at began.
func (s *tokenSource) accept(result *answer, assertion credential.Secret, key *dpopKey, began time.Time) (*accessToken, error) {
	var wire tokenWire
	err := json.Unmarshal(result.body, &wire)
	if unexpected := result.check(err, '{', "an access token"); unexpected != nil {
		return nil, unexpected
	}
	if err != nil {
		return nil, result.unexpected("it is not an access token: a field has another type than the documented one")
	}
	life := min(time.Duration(min(wire.ExpiresIn, maxTokenLife.Seconds())*float64(time.Second)), maxTokenLife)
	if wire.AccessToken == "" || life <= 0 {
		return nil, result.unexpected("it has no access_token that lasts (expires_in)")
	}
	if !tokenForm.MatchString(wire.AccessToken) || len(wire.AccessToken) > maxToken {
		return nil, result.unexpected(fmt.Sprintf("its access_token is none: it has more than %d bytes, or characters that no token has", maxToken))
	}
	token := &accessToken{scopes: s.app.Scopes(), expiry: began.Add(life)}
	token.renew = token.expiry.Add(-min(life/renewalShare, maxRenewalAhead))
	token.secret = credential.NewSecret(wire.AccessToken)
	if wire.Scope != nil {
		token.scopes = scopesOf(*wire.Scope, token.secret, assertion)
	}
	switch {
	case strings.EqualFold(wire.TokenType, "Bearer") && key != nil:
		// Whoever demands a proof and then binds the token to nothing is not to be trusted with either.
		return nil, result.unexpected("its token_type is Bearer, although a proof of possession (DPoP) was demanded")
	case strings.EqualFold(wire.TokenType, "Bearer"):
		token.scheme = "Bearer"
	case strings.EqualFold(wire.TokenType, "DPoP") && key != nil:
		token.scheme, token.key = "DPoP", key
	default:
		return nil, result.unexpected("its token_type is neither Bearer nor a DPoP that was asked for")
	}
	return token, nil
}

// tokenRefusal makes the error of an answer that is no token.
func tokenRefusal(result *answer, assertion credential.Secret) error {
	failed := &TokenError{Refusal: refusal(result, assertion)}
	if date, err := http.ParseTime(result.header.Get("Date")); err == nil {
		failed.clockAhead = time.Since(date)
	}
	return failed
}

func refusalCode(err error) string {
	if refused, ok := errors.AsType[*APIError](err); ok {
		return refused.Code
	}
	return ""
}

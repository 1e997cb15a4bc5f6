// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package okta

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"
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
	// The next token is asked for in the last tenth of a token's life, at most a minute before its end.
	renewalShare    = 10
	maxRenewalAhead = time.Minute
	// maxRounds bounds one fetch: without a proof, with one, with its nonce, and with another nonce if that one ended
	// meanwhile.
	maxRounds = 4

	codeInvalidProof = "invalid_dpop_proof"
	codeUseNonce     = "use_dpop_nonce"
)

// GrantedScopes are the scopes of the client's access token, in Okta's order. A token is fetched if there is none. A
// client without a service app has no scopes: nil, and no call.
func (c *Client) GrantedScopes(ctx context.Context) ([]string, error) {
	if c.app == nil {
		return nil, nil
	}
	token, err := c.app.token(ctx)
	if err != nil {
		return nil, err
	}
	return token.scopes, nil
}

// fetch asks the token endpoint, and gives it the proof and the nonce that it demands. Later tokens are asked for with
// a proof at once.
func (s *tokenSource) fetch(ctx context.Context) (*accessToken, error) {
	for round := 1; ; round++ {
		began, key := time.Now(), s.dpop.Load()
		result, err := s.ask(ctx, key)
		if err != nil {
			return nil, err
		}
		demanded := key != nil && key.learn(result)
		if result.status == http.StatusOK {
			return s.accept(result, key, began)
		}
		refused := refusal(result)
		refused.ForToken = true
		if date, err := http.ParseTime(result.header.Get("Date")); err == nil {
			refused.clockAhead = time.Since(date)
		}
		needsProof := refused.Code == codeInvalidProof || refused.Code == codeUseNonce
		if round == maxRounds || !needsProof || key != nil && !demanded {
			return nil, refused
		}
		if key == nil {
			key = newDPoPKey()
			key.learn(result)
			s.dpop.Store(key)
		}
	}
}

// ask makes one request. An assertion and a proof are good for one attempt, so each attempt gets its own. Asking twice
// does no harm, so it is repeated as a GET is.
func (s *tokenSource) ask(ctx context.Context, key *dpopKey) (*answer, error) {
	target := s.origin.URL()
	target.Path = tokenPath
	request, err := newRequest(pace.WithRepeatable(ctx), http.MethodPost, target)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	var assertion string
	result, err := do(s.http, transport.SignEach(credential.Pin(request, s.origin), func(attempt *http.Request) error {
		// RFC 7523, section 3. The audience is one string, as Okta's own SDK sends it, although a list is allowed.
		made, err := signed(s.app.key.signer, map[string]any{
			"iss": s.app.clientID, "sub": s.app.clientID, "aud": target.String(), "exp": time.Now().Add(assertionLife).Unix(),
		})
		if err != nil {
			return err
		}
		assertion = made
		body := url.Values{
			"grant_type": {"client_credentials"}, "scope": {strings.Join(s.app.scopes, " ")},
			"client_assertion_type": {assertionType}, "client_assertion": {assertion},
		}.Encode()
		attempt.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(body)), nil }
		attempt.Body, _ = attempt.GetBody()
		attempt.ContentLength = int64(len(body))
		if key == nil {
			return nil
		}
		return key.prove(attempt, credential.Secret{})
	}), tokenAnswerLimit)
	if err != nil {
		return nil, err
	}
	result.sent = credential.NewSecret(assertion)
	return result, nil
}

// signed makes a JWT of these claims that is good for one request.
func signed(signer jose.Signer, claims map[string]any) (string, error) {
	claims["jti"], claims["iat"] = rand.Text(), time.Now().Unix()
	token, err := jwt.Signed(signer).Claims(claims).Serialize()
	if err != nil {
		return "", errors.New("the key can't sign a JWT")
	}
	return token, nil
}

// tokenForm is what an access token is made of (b64token, RFC 6750, section 2.1).
var tokenForm = regexp.MustCompile(`^[A-Za-z0-9._~+/-]+=*$`)

// accept reads a token (RFC 6749, section 5.1) that was asked for at began.
func (s *tokenSource) accept(result *answer, key *dpopKey, began time.Time) (*accessToken, error) {
	var wire struct {
		AccessToken string  `json:"access_token"`
		TokenType   string  `json:"token_type"`
		ExpiresIn   float64 `json:"expires_in"`
		Scope       *string `json:"scope"`
	}
	err := json.Unmarshal(result.body, &wire)
	if unexpected := result.check(err, '{', "an access token"); unexpected != nil {
		return nil, unexpected
	}
	life := time.Duration(min(wire.ExpiresIn, maxTokenLife.Seconds()) * float64(time.Second))
	if err != nil || !tokenForm.MatchString(wire.AccessToken) || life <= 0 {
		return nil, result.unexpected("it has no usable access_token and expires_in")
	}
	token := &accessToken{secret: credential.NewSecret(wire.AccessToken), scopes: s.app.scopes, key: key, expiry: began.Add(life)}
	token.renew = token.expiry.Add(-min(life/renewalShare, maxRenewalAhead))
	if wire.Scope != nil {
		token.scopes = strings.Fields(*wire.Scope)
		for i, scope := range token.scopes {
			token.scopes[i] = credential.Conceal(scope, token.secret, result.sent)
		}
	}
	// An endpoint that demands a proof and then binds the token to nothing is not to be trusted with either.
	token.scheme = "Bearer"
	if key != nil {
		token.scheme = "DPoP"
	}
	if !strings.EqualFold(wire.TokenType, token.scheme) {
		return nil, result.unexpected("its token_type is not " + token.scheme)
	}
	return token, nil
}

// A dpopKey makes proofs of possession (RFC 9449). It is made for one process and never leaves it.
type dpopKey struct {
	signer jose.Signer
	// nonces holds what the token endpoint (true) and the API (false) demand in the next proof.
	nonces sync.Map
}

func newDPoPKey() *dpopKey {
	private, _ := ecdsa.GenerateKey(elliptic.P256(), rand.Reader) // rand.Reader never fails
	options := (&jose.SignerOptions{EmbedJWK: true}).WithType("dpop+jwt")
	signer, _ := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: private}, options) // the key fits
	return &dpopKey{signer: signer}
}

// maxNonce is far more characters than any server demands.
const maxNonce = 1000

// learn keeps the nonce that an answer demands (RFC 9449, section 8), and reports whether it demands one.
func (k *dpopKey) learn(a *answer) bool {
	nonce := a.header.Get("DPoP-Nonce")
	if nonce == "" || len(nonce) > maxNonce {
		return false
	}
	k.nonces.Store(a.path == tokenPath, nonce)
	return true
}

// prove puts a proof for this one attempt into its header (RFC 9449, section 4). token is the access token that the
// call carries; zero: none.
func (k *dpopKey) prove(request *http.Request, token credential.Secret) error {
	// htu is without query and fragment.
	place := url.URL{Scheme: request.URL.Scheme, Host: request.URL.Host, Path: request.URL.Path, RawPath: request.URL.RawPath}
	claims := map[string]any{"htm": request.Method, "htu": place.String()}
	if nonce, found := k.nonces.Load(request.URL.Path == tokenPath); found {
		claims["nonce"] = nonce
	}
	if !token.IsZero() {
		sum := sha256.Sum256([]byte(token.Reveal()))
		claims["ath"] = base64.RawURLEncoding.EncodeToString(sum[:])
	}
	proof, err := signed(k.signer, claims)
	request.Header.Set("DPoP", proof)
	return err
}

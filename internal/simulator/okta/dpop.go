// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package okta

import (
	"crypto"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"net/http"
	"time"

	"github.com/go-jose/go-jose/v4/jwt"
)

const (
	dpopHeader      = "DPoP"
	dpopNonceHeader = "DPoP-Nonce"
	// proofLife is how long a proof is accepted after it was made.
	proofLife = 5 * time.Minute
)

// proofClaims are a DPoP proof's (RFC 9449, section 4.2).
type proofClaims struct {
	ID       string           `json:"jti"`
	Method   string           `json:"htm"`
	URL      string           `json:"htu"`
	IssuedAt *jwt.NumericDate `json:"iat"`
	Nonce    string           `json:"nonce"`
	Token    string           `json:"ath"`
}

// What Okta says of a proof, word for word if a public text shows it: support.okta.com ("The DPoP Proof JWT Header Is
// Missing"), okta-sdk-nodejs (issue 453: htu), okta-auth-js (tests: ath), answers that other clients wrote down (what
// came twice, and what is old). The others follow their form.
var (
	errNoProof     = errors.New("The DPoP proof JWT header is missing.")                                    //nolint:revive,staticcheck // shown as it is
	errProofMethod = errors.New("'htm' claim in the DPoP proof JWT is invalid.")                            //nolint:revive,staticcheck // shown as it is
	errProofPlace  = errors.New("'htu' claim in the DPoP proof JWT is invalid.")                            //nolint:revive,staticcheck // shown as it is
	errProofToken  = errors.New("'ath' claim in the DPoP proof does not match the presented access_token.") //nolint:revive,staticcheck // shown as it is
	errProofUsed   = errors.New("The DPoP proof JWT has already been used.")                                //nolint:revive,staticcheck // shown as it is
	errProofOld    = errors.New("The DPoP proof JWT is issued more than five minutes in the past.")         //nolint:revive,staticcheck // shown as it is
	errProofFuture = errors.New("The DPoP proof JWT is issued in the future.")                              //nolint:revive,staticcheck // shown as it is
)

// readProof checks the proof of a call to place, and returns its claims and its key's thumbprint (RFC 9449, section
// 4.3).
func (s *authorizationServer) readProof(r *http.Request, place string) (*proofClaims, string, error) {
	given := r.Header.Values(dpopHeader)
	if len(given) == 0 {
		return nil, "", errNoProof
	}
	if len(given) > 1 {
		return nil, "", errors.New("There is more than one DPoP proof.") //nolint:revive,staticcheck // shown as it is
	}
	parsed, err := jwt.ParseSigned(given[0], signatures)
	if err != nil {
		return nil, "", errors.New("The DPoP proof is not a valid JWT.") //nolint:revive,staticcheck // shown as it is
	}
	header := parsed.Headers[0]
	if header.ExtraHeaders["typ"] != "dpop+jwt" || header.JSONWebKey == nil || !header.JSONWebKey.IsPublic() {
		return nil, "", errors.New("The DPoP proof's typ is not dpop+jwt, or its jwk is not a public key.") //nolint:revive,staticcheck // shown as it is
	}
	var claims proofClaims
	if parsed.Claims(header.JSONWebKey.Key, &claims) != nil {
		return nil, "", errors.New("The DPoP proof's signature is invalid.") //nolint:revive,staticcheck // shown as it is
	}
	sum, err := header.JSONWebKey.Thumbprint(crypto.SHA256)
	if err != nil {
		return nil, "", errors.New("The DPoP proof's key has no thumbprint.") //nolint:revive,staticcheck // shown as it is
	}
	thumbprint := base64.RawURLEncoding.EncodeToString(sum)
	return &claims, thumbprint, s.judgeProof(&claims, thumbprint, r.Method, place)
}

// judgeProof checks the claims that every proof has.
func (s *authorizationServer) judgeProof(claims *proofClaims, thumbprint, method, place string) error {
	now := s.now()
	switch {
	case claims.Method != method:
		return errProofMethod
	case claims.URL != place:
		return errProofPlace
	case claims.IssuedAt == nil:
		return errors.New("The DPoP proof has no iat.") //nolint:revive,staticcheck // shown as it is
	case claims.IssuedAt.Time().After(now.Add(clockSkew)):
		return errProofFuture
	case claims.IssuedAt.Time().Before(now.Add(-proofLife)):
		return errProofOld
	case claims.ID == "":
		return errors.New("The DPoP proof has no jti.") //nolint:revive,staticcheck // shown as it is
	case !s.first("proof\n"+thumbprint+"\n"+claims.ID, now.Add(proofLife+clockSkew)):
		return errProofUsed
	default:
		return nil
	}
}

// checkTokenProof checks the proof of a call for a token, and returns its key's thumbprint; "" without one, where the
// app needs none.
func (s *authorizationServer) checkTokenProof(answer http.Header, r *http.Request, app *serviceApp, endpoint string) (string, error) {
	claims, thumbprint, err := s.readProof(r, endpoint)
	switch {
	case errors.Is(err, errNoProof) && !app.dpop:
		return "", nil
	case err != nil:
		return "", invalidProof(err.Error())
	case !s.nonceValid(claims.Nonce):
		answer.Set(dpopNonceHeader, s.newNonce())
		return "", &oauthError{http.StatusBadRequest, oauthUseNonce, "Authorization server requires nonce in DPoP proof."}
	default:
		return thumbprint, nil
	}
}

// checkCallProof checks the proof of a call that carries a token.
func (s *authorizationServer) checkCallProof(r *http.Request, token *accessToken, place string) error {
	claims, thumbprint, err := s.readProof(r, place)
	sum := sha256.Sum256([]byte(token.text))
	switch {
	case err != nil:
		return err
	case thumbprint != token.thumbprint:
		return errors.New("The DPoP proof's key is not the one that the token is bound to.") //nolint:revive,staticcheck // shown as it is
	case claims.Token != base64.RawURLEncoding.EncodeToString(sum[:]):
		return errProofToken
	default:
		return nil
	}
}

func (s *authorizationServer) newNonce() string {
	nonce := rand.Text()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.nonces[nonce] = s.now().Add(s.nonceLifetime)
	return nonce
}

func (s *authorizationServer) nonceValid(nonce string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now().Before(s.nonces[nonce])
}

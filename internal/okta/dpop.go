// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package okta

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/credential"
)

// dpopHeader carries a proof (RFC 9449, section 4.1).
const dpopHeader = "DPoP"

// dpopNonceHeader is what a server demands in the next proof (RFC 9449, section 8).
const dpopNonceHeader = "DPoP-Nonce"

// maxNonce is far more characters than any server demands.
const maxNonce = 1000

// isNonce reports whether a server may demand this: printable ASCII but for the double quote and the backslash (RFC
// 9449, section 8.1). A regular expression of a thousand characters would take most of the time that the provider needs
// to start.
func isNonce(text string) bool {
	strange := func(c rune) bool { return c <= ' ' || c > '~' || c == '"' || c == '\\' }
	return text != "" && len(text) <= maxNonce && !strings.ContainsFunc(text, strange)
}

// nonceOf is the nonce that an answer demands; "" where it demands none, or something that is none.
func nonceOf(a *answer) string {
	nonce := a.header.Get(dpopNonceHeader)
	if !isNonce(nonce) {
		return ""
	}
	return nonce
}

// A dpopKey makes proofs of possession (RFC 9449). It is made for one process and never leaves it.
type dpopKey struct {
	signer jose.Signer
}

func newDPoPKey() (*dpopKey, error) {
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, errors.New("making a key for DPoP failed")
	}
	options := (&jose.SignerOptions{EmbedJWK: true}).WithType("dpop+jwt")
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: private}, options)
	if err != nil {
		return nil, errors.New("making a key for DPoP failed")
	}
	return &dpopKey{signer: signer}, nil
}

// dpopClaims are a proof's claims (RFC 9449, section 4.2).
type dpopClaims struct {
	ID       string           `json:"jti"`
	Method   string           `json:"htm"`
	URL      string           `json:"htu"`
	IssuedAt *jwt.NumericDate `json:"iat"`
	Nonce    string           `json:"nonce,omitempty"`
	Token    string           `json:"ath,omitempty"`
}

// prove puts a proof for this one attempt into its header. token is the access token that the call carries; zero: none.
func (k *dpopKey) prove(request *http.Request, nonce string, token credential.Secret) error {
	// htu is without query and fragment.
	place := url.URL{Scheme: request.URL.Scheme, Host: request.URL.Host, Path: request.URL.Path, RawPath: request.URL.RawPath}
	claims := dpopClaims{
		ID: rand.Text(), Method: request.Method, URL: place.String(), IssuedAt: jwt.NewNumericDate(time.Now()), Nonce: nonce,
	}
	if !token.IsZero() {
		sum := sha256.Sum256([]byte(token.Reveal()))
		claims.Token = base64.RawURLEncoding.EncodeToString(sum[:])
	}
	proof, err := jwt.Signed(k.signer).Claims(claims).Serialize()
	if err != nil {
		return errors.New("making a DPoP proof failed")
	}
	request.Header.Set(dpopHeader, proof)
	return nil
}

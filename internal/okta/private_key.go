// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package okta

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/go-jose/go-jose/v4"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/credential"
)

const (
	// minRSABits is the smallest RSA key that Okta takes for a service app.
	minRSABits = 2048
	// maxRSABits is where crypto/tls stops too: the time that a signature takes grows with the cube.
	maxRSABits = 8192
	// maxPrivateKey is in bytes; a PEM of 8192 bits has about 6,500.
	maxPrivateKey = 16 << 10
)

// signatures are what Okta takes in a client assertion (its discovery document,
// token_endpoint_auth_signing_alg_values_supported, without those of shared secrets), by the kind of key.
var signatures = map[string][]jose.SignatureAlgorithm{
	"RSA":   {jose.RS256, jose.RS384, jose.RS512},
	"P-256": {jose.ES256},
	"P-384": {jose.ES384},
	"P-521": {jose.ES512},
}

// A PrivateKey is what a service app proves itself with. It prints as ***. It is safe for concurrent use.
type PrivateKey struct {
	// The parts are behind a pointer, as a [credential.Secret]'s text is.
	parts *privateKeyParts
}

type privateKeyParts struct {
	signer      jose.Signer
	fingerprint string
}

// ParsePrivateKey reads a private key: PEM (PKCS#1, PKCS#8 or SEC 1) or a JWK, RSA of at least 2048 bits or an elliptic
// curve's (P-256, P-384, P-521). id is the key's id (kid) at Okta; "" is the JWK's own, or none. What variables,
// templates and copying do to a key's text is undone (see plainKeyText). Errors say what is wrong with the key, and
// nothing of what is in it.
func ParsePrivateKey(key credential.Secret, id string) (*PrivateKey, error) {
	if len(key.Reveal()) > maxPrivateKey {
		return nil, fmt.Errorf("it is larger than %d bytes", maxPrivateKey)
	}
	text := plainKeyText(key.Reveal())
	var (
		found jose.JSONWebKey
		err   error
	)
	switch {
	case text == "":
		return nil, errors.New("it is empty")
	case text[0] == '{':
		found, err = parseJWK([]byte(text))
	default:
		found.Key, err = parsePEM(text)
	}
	if err != nil {
		return nil, err
	}
	if id != "" && found.KeyID != "" && id != found.KeyID {
		return nil, errors.New("the JWK has another key id (kid) than the one that is given beside it: leave one of them out")
	}
	if id != "" {
		found.KeyID = id
	}
	algorithm, err := algorithmOf(found)
	if err != nil {
		return nil, err
	}
	options := &jose.SignerOptions{}
	if found.KeyID != "" {
		options.WithHeader("kid", found.KeyID)
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: algorithm, Key: found.Key}, options)
	if err != nil {
		return nil, errors.New("it can't sign")
	}
	if !verifies(signer, found) {
		return nil, errors.New("its private and its public half don't belong together: was it copied whole?")
	}
	parts := &privateKeyParts{signer: signer, fingerprint: credential.NewSecret(text + "\n" + found.KeyID).Fingerprint()}
	return &PrivateKey{parts: parts}, nil
}

// verifies tells whether the public half of a key, which is what Okta has, verifies what it signs. A JWK's may be
// another key's.
func verifies(signer jose.Signer, key jose.JSONWebKey) bool {
	signed, err := signer.Sign([]byte("trial"))
	if err != nil {
		return false
	}
	public := key.Public()
	_, err = signed.Verify(public.Key)
	return err == nil
}

// Format writes ***, whatever the verb and flags.
func (*PrivateKey) Format(state fmt.State, _ rune) {
	_, _ = io.WriteString(state, "***") // fmt.State keeps what is written in memory: it can't fail
}

// MarshalJSON returns the JSON string "***".
func (*PrivateKey) MarshalJSON() ([]byte, error) { return []byte(`"***"`), nil }

// parsePEM reads the only private key of a PEM text. openssl puts a curve's parameters before it.
func parsePEM(text string) (crypto.PrivateKey, error) {
	var (
		keys           []pemBlock
		public, others bool
	)
	blocks, err := pemBlocks(text)
	if err != nil {
		return nil, err
	}
	for _, block := range blocks {
		switch {
		case block.kind == "EC PARAMETERS":
		case strings.Contains(block.kind, "PUBLIC KEY") || strings.Contains(block.kind, "CERTIFICATE"):
			public = true
		case strings.HasSuffix(block.kind, "PRIVATE KEY"):
			keys = append(keys, block)
		default:
			others = true
		}
	}
	switch {
	case len(keys) > 1:
		return nil, errors.New("it holds several private keys: give the one key that this app uses")
	case len(keys) == 1 && keys[0].isEncrypted():
		return nil, errors.New("it is encrypted with a passphrase: decrypt it first, with openssl pkey")
	case len(keys) == 1 && (public || others):
		return nil, errors.New("it holds a certificate, a public key or something else next to the private key: give the private key alone")
	case len(keys) == 1:
		return keys[0].parse()
	case public:
		return nil, errors.New("it is a public key or a certificate: the private key is needed, which Okta showed once, when the key was made")
	default:
		return nil, errNoKeyInPEM
	}
}

var errNoKeyInPEM = errors.New("the PEM holds no private key of PKCS#1, PKCS#8 or SEC 1")

func (b pemBlock) parse() (key crypto.PrivateKey, err error) {
	der, err := b.der()
	if err != nil {
		return nil, err
	}
	switch b.kind {
	case "RSA PRIVATE KEY":
		key, err = x509.ParsePKCS1PrivateKey(der)
	case "EC PRIVATE KEY":
		key, err = x509.ParseECPrivateKey(der)
	case "PRIVATE KEY":
		key, err = x509.ParsePKCS8PrivateKey(der)
	default:
		return nil, errNoKeyInPEM
	}
	if size := tooSmall.FindStringSubmatch(fmt.Sprint(err)); size != nil {
		return nil, smallKeyError(size[1])
	}
	if err != nil {
		// The parser's own text may quote numbers of the key.
		return nil, errors.New("the PEM's content is not the private key that its first line announces: was it copied whole?")
	}
	return key, nil
}

// tooSmall is how crypto/rsa refuses a key that it does not even take for a test. Its error has no type.
var tooSmall = regexp.MustCompile(`([0-9]+)-bit keys are insecure`)

func smallKeyError(bits string) error {
	return fmt.Errorf("it is an RSA key of %s bits, and Okta takes %d and more", bits, minRSABits)
}

// parseJWK reads a JWK, or the only key of a set.
func parseJWK(text []byte) (key jose.JSONWebKey, err error) {
	var set struct {
		Keys []json.RawMessage `json:"keys"`
	}
	if json.Unmarshal(text, &set) == nil && set.Keys != nil {
		if len(set.Keys) != 1 {
			return key, fmt.Errorf("it is a set of %d JWKs: give the one key that this app uses", len(set.Keys))
		}
		text = set.Keys[0]
	}
	if err := checkMembers(text); err != nil {
		return key, err
	}
	err = key.UnmarshalJSON(text)
	if size := tooSmall.FindStringSubmatch(fmt.Sprint(err)); size != nil {
		return key, smallKeyError(size[1])
	}
	if err != nil {
		return key, errors.New("it is not a JWK of RSA or an elliptic curve: was it copied whole?")
	}
	if key.IsPublic() {
		return key, errors.New("the JWK is a public key: the private one is needed, which Okta showed once, when the key was made")
	}
	if key.Use != "" && key.Use != "sig" {
		return key, errors.New("the JWK is not for signatures (its use is not sig): give the key that the app signs with")
	}
	return key, nil
}

// members are those that a private JWK must have, by its kty (RFC 7518, 6.2 and 6.3).
var members = map[string][]string{
	"RSA": {"n", "e", "d", "p", "q"},
	"EC":  {"crv", "x", "y", "d"},
}

// checkMembers names what a JWK lacks. One without d is a public key, which is not for this function to say.
func checkMembers(text []byte) error {
	var found map[string]any
	if json.Unmarshal(text, &found) != nil {
		return errors.New("it begins as a JWK does, and is not valid JSON: was it copied whole?")
	}
	kind, _ := found["kty"].(string)
	if kind == "" {
		return errors.New("the JWK has no kty, which says what kind of key it is: was it copied whole?")
	}
	missing := slices.DeleteFunc(slices.Clone(members[kind]), func(name string) bool { return found[name] != nil && found[name] != "" })
	if len(missing) == 0 || slices.Contains(missing, "d") {
		return nil
	}
	return fmt.Errorf("the JWK lacks %s: export the private key with all its members (%s)",
		strings.Join(missing, ", "), strings.Join(members[kind], ", "))
}

// algorithmOf is what a key signs with: what its JWK says, else the usual for its kind.
func algorithmOf(key jose.JSONWebKey) (jose.SignatureAlgorithm, error) {
	var kind string
	switch private := key.Key.(type) {
	case *rsa.PrivateKey:
		switch bits := private.N.BitLen(); {
		case bits < minRSABits:
			return "", smallKeyError(strconv.Itoa(bits))
		case bits > maxRSABits:
			return "", fmt.Errorf("it is an RSA key of %d bits, with which each signature takes long: make one of at most %d", bits, maxRSABits)
		}
		kind = "RSA"
	case *ecdsa.PrivateKey:
		kind = curveName(private.Curve)
	}
	known, found := signatures[kind]
	switch {
	case !found:
		return "", errors.New("it is of a kind that Okta does not take: RSA, or an elliptic curve's (P-256, P-384, P-521)")
	case key.Algorithm == "":
		return known[0], nil
	case slices.Contains(known, jose.SignatureAlgorithm(key.Algorithm)):
		return jose.SignatureAlgorithm(key.Algorithm), nil
	default:
		return "", errors.New("its alg is not one that Okta takes for a key of its kind: RS256, RS384, RS512, or the ES… of its curve")
	}
}

func curveName(curve elliptic.Curve) string {
	if curve == nil || curve.Params() == nil {
		return ""
	}
	return curve.Params().Name
}

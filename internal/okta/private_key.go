// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package okta

import (
	"cmp"
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/go-jose/go-jose/v4"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/credential"
)

const (
	// minRSABits is the smallest RSA key that Okta takes for a service app.
	minRSABits = 2048
	// maxRSABits is crypto/tls's limit too: the time that a signature takes grows with the cube.
	maxRSABits = 8192
	// maxPrivateKey is in bytes; a PEM of 8192 bits has about 6,500.
	maxPrivateKey = 16 << 10
)

// signatures are the algorithms that Okta accepts in a client assertion (its discovery document,
// token_endpoint_auth_signing_alg_values_supported, without those of shared secrets), by kind of key. The first is used
// if the key does not name one.
var signatures = map[string][]jose.SignatureAlgorithm{
	"RSA":   {jose.RS256, jose.RS384, jose.RS512},
	"P-256": {jose.ES256},
	"P-384": {jose.ES384},
	"P-521": {jose.ES512},
}

// A PrivateKey proves who a service app is. It prints as ***. It is safe for concurrent use.
type PrivateKey struct {
	signer      jose.Signer
	fingerprint string
}

// Format writes ***, whatever the verb and flags.
func (PrivateKey) Format(state fmt.State, _ rune) { _, _ = io.WriteString(state, "***") }

// Errors of [ParsePrivateKey]. A parser's own error is not shown: it may quote numbers of the key.
var (
	errUnusable = fmt.Errorf("it is not a complete private key of a kind that Okta takes, RSA of %d to %d bits or an elliptic curve (P-256, P-384, P-521), "+
		"in PEM (PKCS#1, PKCS#8, SEC 1) or as a JWK with all its members: was it copied whole?", minRSABits, maxRSABits)
	errKind   = fmt.Errorf("it is a whole key, but not of a kind that Okta takes: RSA of %d to %d bits or an elliptic curve (P-256, P-384, P-521)", minRSABits, maxRSABits)
	errPublic = errors.New("it is a public key or a certificate: the private key is needed, which Okta showed once, when the key was made")
)

// ParsePrivateKey reads a private key: PEM (PKCS#1, PKCS#8 or SEC 1) or a JWK, RSA of 2048 to 8192 bits or an elliptic
// curve (P-256, P-384, P-521). id is the key's id (kid) at Okta; "" for the JWK's own, or none. The text may have lost
// its line ends, be quoted, escaped or in base64 (see plainKeyText). Errors say what is wrong with the key, and quote
// nothing of it.
func ParsePrivateKey(key credential.Secret, id string) (*PrivateKey, error) {
	if len(key.Reveal()) > maxPrivateKey {
		return nil, fmt.Errorf("it is larger than %d bytes", maxPrivateKey)
	}
	text := plainKeyText(key.Reveal())
	if text == "" {
		return nil, errors.New("it is empty")
	}
	parse := parsePEM
	if text[0] == '{' {
		parse = parseJWK
	}
	found, err := parse(text)
	if err != nil {
		return nil, err
	}
	if id != "" && found.KeyID != "" && id != found.KeyID {
		return nil, errors.New("the JWK has another key id (kid) than the one that is given next to it: leave one of them out")
	}
	found.KeyID = cmp.Or(id, found.KeyID)
	algorithm, err := algorithmOf(found)
	if err != nil {
		return nil, err
	}
	options := &jose.SignerOptions{}
	if found.KeyID != "" {
		options.WithHeader("kid", found.KeyID)
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: algorithm, Key: found.Key}, options)
	if err != nil || !verifies(signer, found) {
		return nil, errUnusable
	}
	return &PrivateKey{signer: signer, fingerprint: credential.NewSecret(text + "\n" + found.KeyID).Fingerprint()}, nil
}

// verifies reports whether the public half of a key, which is what Okta has, verifies what it signs. A JWK's may be
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

// algorithmOf is what a key signs with.
func algorithmOf(key jose.JSONWebKey) (jose.SignatureAlgorithm, error) {
	var known []jose.SignatureAlgorithm
	switch private := key.Key.(type) {
	case *rsa.PrivateKey:
		bits := private.N.BitLen()
		if bits < minRSABits || bits > maxRSABits {
			return "", fmt.Errorf("it is an RSA key of %d bits, and Okta takes %d to %d", bits, minRSABits, maxRSABits)
		}
		known = signatures["RSA"]
	case *ecdsa.PrivateKey:
		known = signatures[private.Curve.Params().Name]
	}
	if known == nil {
		return "", errKind
	}
	algorithm := cmp.Or(jose.SignatureAlgorithm(key.Algorithm), known[0])
	if !slices.Contains(known, algorithm) {
		return "", errors.New("its alg is not one that Okta takes for a key of its kind: RS256, RS384, RS512, or the ES… of its curve")
	}
	return algorithm, nil
}

// pemBlock is one block of a PEM text. Unlike encoding/pem, it needs no line ends.
var pemBlock = regexp.MustCompile(`(?s)-----BEGIN ([A-Z0-9 ]+)-----(.*?)-----END ([A-Z0-9 ]+)-----`)

// parsePEM reads the only private key of a PEM text. What stands next to it (a certificate, the public key, a curve's
// parameters) is passed over.
func parsePEM(text string) (key jose.JSONWebKey, err error) {
	blocks := pemBlock.FindAllStringSubmatch(text, -1)
	private := slices.DeleteFunc(slices.Clone(blocks), func(block []string) bool { return !strings.HasSuffix(block[1], "PRIVATE KEY") })
	switch {
	case len(private) == 1:
		key.Key, err = parsePEMBlock(private[0][1], private[0][2], private[0][3])
		return key, err
	case len(private) > 1:
		return key, errors.New("it holds several private keys: give the one key that this app uses")
	case len(blocks) > 0:
		return key, errPublic
	case strings.Contains(text, "PRIVATE KEY"):
		return key, errors.New("its first or last line is missing or changed (-----BEGIN PRIVATE KEY-----, -----END PRIVATE KEY-----): was it copied whole?")
	}
	if der, invalid := decodeBase64(text); invalid == nil {
		key.Key, err = parseDER(der)
	}
	if key.Key == nil {
		err = errors.New("it is neither PEM (-----BEGIN PRIVATE KEY-----) nor a JWK ({\"kty\": …}): if it names a file, give what is in the file, " +
			"with file(\"…\") in HCL or \"$(cat …)\" in a shell")
	}
	return key, err
}

func parsePEMBlock(begin, body, end string) (crypto.PrivateKey, error) {
	switch der, err := decodeBase64(body); {
	case strings.Contains(begin+body, "ENCRYPTED"):
		return nil, errors.New("it is encrypted with a passphrase: decrypt it first, with openssl pkey")
	case begin == "OPENSSH PRIVATE KEY":
		return nil, errors.New("it is in OpenSSH's own form: convert a copy of the file, with ssh-keygen -p -m PKCS8 -f FILE")
	case err != nil || begin != end:
		return nil, errUnusable
	default:
		return parseDER(der)
	}
}

// parseDER tries each form, as crypto/tls does: people put one form's first line before another's content.
func parseDER(der []byte) (crypto.PrivateKey, error) {
	if key, err := x509.ParsePKCS8PrivateKey(der); err == nil {
		return key, nil
	}
	if key, err := x509.ParsePKCS1PrivateKey(der); err == nil {
		return key, nil
	}
	if key, err := x509.ParseECPrivateKey(der); err == nil {
		return key, nil
	}
	return nil, errUnusable
}

// parseJWK reads a JWK, or the only key of a set.
func parseJWK(text string) (key jose.JSONWebKey, err error) {
	var set struct{ Keys []json.RawMessage }
	if err = json.Unmarshal([]byte(text), &set); err == nil && set.Keys != nil {
		if len(set.Keys) != 1 {
			return key, fmt.Errorf("it is a set of %d JWKs: give the one key that this app uses", len(set.Keys))
		}
		text = string(set.Keys[0])
	}
	switch err = key.UnmarshalJSON([]byte(text)); {
	case !json.Valid([]byte(text)):
		return key, errors.New("it begins as a JWK does, and is not valid JSON: was it copied whole?")
	case err != nil:
		return key, lacking(text)
	case key.IsPublic():
		return key, errPublic
	case key.Use != "" && key.Use != "sig":
		return key, errors.New("the JWK is not for signatures (its use is not sig): give the key that the app signs with")
	default:
		return key, nil
	}
}

// lacking says what is wrong with a JSON object that is not a usable JWK.
func lacking(object string) error {
	var members map[string]json.RawMessage
	_ = json.Unmarshal([]byte(object), &members)                                                      // it is valid
	needed := map[string][]string{`"RSA"`: {"n", "e", "d", "p", "q"}, `"EC"`: {"crv", "x", "y", "d"}} // of a private one, by go-jose
	lacks := slices.DeleteFunc(needed[string(members["kty"])], func(name string) bool { return members[name] != nil })
	switch {
	case members["kty"] == nil:
		return errors.New("it is a JSON object, but not a JWK (it has no kty): if the key is in one of its members, give that one alone, as with jsondecode(…).NAME")
	case len(lacks) > 0:
		return errors.New("the JWK lacks " + strings.Join(lacks, ", ") + ": give it with all its members")
	}
	return errUnusable
}

// unescape undoes the escapes of line ends and quotes, however often they were made.
var unescape = strings.NewReplacer(`\n`, "\n", `\r`, "\n", `\"`, `"`, `\`, "")

// plainKeyText undoes what variables, templates, secret stores and the clipboard do to the text of a private key:
// blanks, a byte order mark or quotes around it, line ends written \n or \r\n, all of it in base64, however often. The
// text of a JWK then begins with {.
func plainKeyText(text string) string {
	for {
		text = strings.TrimFunc(text, isWrapping)
		if strings.HasPrefix(text, "{") && json.Valid([]byte(text)) {
			return text
		}
		text = strings.TrimFunc(unescape.Replace(text), isWrapping)
		decoded, err := decodeBase64(text)
		if err != nil || len(decoded) == 0 || strings.ContainsFunc(string(decoded), isBinary) {
			return text
		}
		text = string(decoded)
	}
}

// isWrapping reports whether a character may stand around a key: what isFiller allows, and quotes.
func isWrapping(r rune) bool {
	return isFiller(r) || strings.ContainsRune("\"'`\u201c\u201d\u2018\u2019", r)
}

// isFiller reports whether a character may stand between the characters of a key: white space, and what is not seen
// (Cf: the byte order mark, a space of no width).
func isFiller(r rune) bool { return unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) }

// isBinary reports whether a character is of something that is not a text, such as DER.
func isBinary(r rune) bool { return r == utf8.RuneError || unicode.IsControl(r) && !unicode.IsSpace(r) }

// decodeBase64 takes either alphabet, with and without padding, and passes over fillers.
func decodeBase64(text string) ([]byte, error) {
	text = strings.Map(func(r rune) rune {
		if isFiller(r) {
			return -1
		}
		return r
	}, text)
	text = strings.NewReplacer("-", "+", "_", "/").Replace(strings.TrimRight(text, "="))
	return base64.RawStdEncoding.DecodeString(text) //nolint:wrapcheck // no caller shows it
}

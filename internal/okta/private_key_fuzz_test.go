// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package okta

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"

	"github.com/go-jose/go-jose/v4"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/credential"
)

// FuzzParsePrivateKey looks for a text that makes the parser panic, its error tell of the text, or that is taken for a
// key whose signatures its public half does not verify: Okta would refuse each of them.
func FuzzParsePrivateKey(f *testing.F) {
	for _, key := range testKeys() {
		f.Add(key.private, "")
		f.Add(key.private[:len(key.private)/2], "kid")
		f.Add(strings.ReplaceAll(key.private, "\n", `\n `), "")
		f.Add(pemBlock.ReplaceAllString(key.private, "$2"), "")
		f.Add("\""+base64.StdEncoding.EncodeToString([]byte(key.private))+"\"", "")
	}
	for _, text := range []string{"", "{}", `{"keys":[{}]}`, `{"keys":null}`, `{"kty":"EC","crv":"P-256"}`, `{"kty":"oct","k":"AAAA"}`, "-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----"} {
		f.Add(text, "kid")
	}
	first := must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	second := must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	first.PublicKey = second.PublicKey // two halves of two keys
	f.Add(jwkOf(first, "", ""), "")
	const telling = 16
	f.Fuzz(func(t *testing.T, text, id string) {
		key, err := ParsePrivateKey(credential.NewSecret(text), id)
		if (key == nil) != (err != nil) {
			t.Fatalf("key %v, error %v", key, err)
		}
		if err == nil {
			if again, err := ParsePrivateKey(credential.NewSecret(text), id); err != nil || again.fingerprint != key.fingerprint {
				t.Errorf("the second time: %v", err)
			}
			checkSignature(t, key, text)
			return
		}
		for _, word := range strings.FieldsFunc(text, notBase64) {
			if len(word) >= telling && strings.Contains(err.Error(), word) {
				t.Errorf("the error shows the text: %v", err)
			}
		}
	})
}

func notBase64(r rune) bool {
	return !strings.ContainsRune("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_=", r)
}

// checkSignature signs, and verifies with the public half that is in the text, read in another way.
func checkSignature(t *testing.T, key *PrivateKey, text string) {
	t.Helper()
	signed, err := key.signer.Sign([]byte("assertion"))
	if err != nil {
		t.Fatalf("what is taken can't sign: %v", err)
	}
	var public any
	if text = plainKeyText(text); text[0] == '{' {
		public = publicJWK(t, text)
	} else {
		public = publicPEM(t, text)
	}
	if content, err := signed.Verify(public); err != nil || string(content) != "assertion" {
		t.Errorf("the public half does not verify what is signed: %v", err)
	}
}

// publicJWK reads the members of a JWK, or of the one in a set, that are no secret.
func publicJWK(t *testing.T, text string) any {
	t.Helper()
	var set struct {
		Keys []json.RawMessage `json:"keys"`
	}
	if json.Unmarshal([]byte(text), &set) == nil && len(set.Keys) == 1 {
		text = string(set.Keys[0])
	}
	var members map[string]any
	if err := json.Unmarshal([]byte(text), &members); err != nil {
		t.Fatalf("it is no JSON: %v", err)
	}
	public := map[string]any{}
	for _, name := range []string{"kty", "crv", "n", "e", "x", "y"} {
		if member, found := members[name]; found {
			public[name] = member
		}
	}
	var key jose.JSONWebKey
	if err := key.UnmarshalJSON(must(json.Marshal(public))); err != nil || !key.IsPublic() {
		t.Fatalf("its public half is none: %v", err)
	}
	return key.Key
}

// publicPEM is the public half of the first private key of a PEM text, or of a key in base64 alone.
func publicPEM(t *testing.T, text string) any {
	t.Helper()
	for _, block := range append(pemBlock.FindAllStringSubmatch(text, -1), []string{"", "", text}) {
		der, err := decodeBase64(block[2])
		if err != nil {
			continue
		}
		for _, parse := range []func([]byte) (any, error){
			func(der []byte) (any, error) { return x509.ParsePKCS1PrivateKey(der) },
			func(der []byte) (any, error) { return x509.ParseECPrivateKey(der) },
			x509.ParsePKCS8PrivateKey,
		} {
			if parsed, err := parse(der); err == nil {
				if signer, ok := parsed.(crypto.Signer); ok {
					return signer.Public()
				}
			}
		}
	}
	t.Fatal("there is no key in it")
	return nil
}

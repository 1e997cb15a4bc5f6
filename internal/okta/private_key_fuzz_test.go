// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package okta

import (
	"strings"
	"testing"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport"
)

// FuzzParsePrivateKey looks for a text that makes the parser panic, or its error tell of the text.
func FuzzParsePrivateKey(f *testing.F) {
	for _, key := range testKeys() {
		f.Add(key.private, "")
		f.Add(key.private[:len(key.private)/2], "kid")
	}
	for _, text := range []string{"", "{}", `{"keys":[{}]}`, `{"keys":null}`, `{"kty":"EC","crv":"P-256"}`, `{"kty":"oct","k":"AAAA"}`, "-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----"} {
		f.Add(text, "kid")
	}
	const telling = 24
	f.Fuzz(func(t *testing.T, text, id string) {
		key, err := ParsePrivateKey(transport.NewSecret(text), id)
		if (key == nil) != (err != nil) {
			t.Fatalf("key %v, error %v", key, err)
		}
		if err == nil {
			if again, err := ParsePrivateKey(transport.NewSecret(text), id); err != nil || again.parts.fingerprint != key.parts.fingerprint {
				t.Errorf("the second time: %v", err)
			}
			return
		}
		for line := range strings.FieldsSeq(text) {
			if len(line) >= telling && strings.Contains(err.Error(), line) {
				t.Errorf("the error shows the text: %v", err)
			}
		}
	})
}

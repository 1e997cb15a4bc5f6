// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package credential

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"fmt"
	"io"
)

// redacted is what every way of printing a Secret shows.
const redacted = "***"

// Secret holds a credential. It prints as *** with every verb of package fmt, in JSON, as text and with log/slog; only
// Reveal gives the credential away. The zero Secret is empty.
//
// The text sits behind a pointer because fmt calls no methods on unexported fields: a struct that keeps a Secret in one
// would otherwise print the credential.
type Secret struct {
	value *string
}

// NewSecret returns a Secret that holds value, as it is.
func NewSecret(value string) Secret {
	return Secret{value: &value}
}

// Reveal returns the credential. Its result belongs into a request's header or body and nowhere else.
func (s Secret) Reveal() string {
	if s.value == nil {
		return ""
	}
	return *s.value
}

// IsZero reports whether the credential is empty.
func (s Secret) IsZero() bool { return s.Reveal() == "" }

// Equal reports whether both hold the same credential. The time that it takes depends on the lengths only.
func (s Secret) Equal(other Secret) bool {
	return subtle.ConstantTimeCompare([]byte(s.Reveal()), []byte(other.Reveal())) == 1
}

// Fingerprint returns the credential's SHA-256 in lower-case hexadecimal: a key to compare and remember credentials by
// within a process. It must not be shown or stored: a weak credential could be guessed from it.
func (s Secret) Fingerprint() string {
	sum := sha256.Sum256([]byte(s.Reveal()))
	return hex.EncodeToString(sum[:])
}

func (s Secret) String() string { return redacted }

// Format writes ***, whatever the verb and flags.
func (s Secret) Format(state fmt.State, _ rune) {
	_, _ = io.WriteString(state, redacted) // fmt.State keeps what is written in memory: it can't fail
}

// MarshalText returns ***, for JSON and log/slog too.
func (s Secret) MarshalText() ([]byte, error) { return []byte(redacted), nil }

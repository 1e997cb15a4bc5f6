// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package transport

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"log/slog"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
)

const (
	// maxConcealed is how much of a text is looked at, in bytes; the rest is cut off. Sanitize shows less than that.
	maxConcealed = 8 << 10
	// minWhole is the length from which a credential as a whole is looked for: a shorter text may be there by chance.
	minWhole = 8
	// minPiece is how many characters of a credential, as they are, are taken for a piece of it.
	minPiece = 10
)

// jwt matches a JWT, or enough of one: an assertion, an access token or a DPoP proof.
var jwt = regexp.MustCompile(`eyJ[A-Za-z0-9_-]{8,}(\.[A-Za-z0-9_-]*)*`)

// Conceal returns text from the network without these credentials, in case a service quotes them: whole or a piece of
// at least ten characters, as they are or in base64, hexadecimal, percent or backslash escapes. JWTs go too, whoever's
// they are. What was there is ***.
func Conceal(text string, secrets ...Secret) string { return concealer(secrets...)(text) }

// concealer is Conceal for several texts: what the credentials can be written as is worked out once, and only if a text
// is looked at.
func concealer(secrets ...Secret) func(text string) string {
	written := sync.OnceValue(func() []writtenForm {
		var forms []writtenForm
		for _, secret := range secrets {
			if value := secret.Reveal(); len(value) >= minWhole {
				forms = append(forms, writtenForms(value)...)
			}
		}
		return forms
	})
	return func(text string) string {
		if len(text) < minWhole {
			return text // most of what a log line says is as short
		}
		text = text[:min(len(text), maxConcealed)]
		hidden := make([]bool, len(text))
		for _, span := range jwt.FindAllStringIndex(text, -1) {
			hide(hidden, span[0], span[1])
		}
		lower := lowerASCII(text) // letters may be in another case: host names are written in lower case
		for _, form := range written() {
			form.hideIn(lower, hidden)
		}
		return without(text, hidden)
	}
}

// without puts *** in the place of what is hidden.
func without(text string, hidden []bool) string {
	if !slices.Contains(hidden, true) {
		return text
	}
	var shown strings.Builder
	for at := range len(text) {
		switch {
		case !hidden[at]:
			shown.WriteByte(text[at])
		case at == 0 || !hidden[at-1]:
			shown.WriteString(redacted)
		}
	}
	return shown.String()
}

func hide(hidden []bool, from, to int) {
	for at := from; at < to; at++ {
		hidden[at] = true
	}
}

// writtenForm is a credential as it may be written: every piece of it, in lower case.
type writtenForm struct {
	pieces map[string]bool
	length int // of a piece, in bytes
}

// newWrittenForm takes a form apart into pieces of a length, or into one where it is shorter.
func newWrittenForm(text string, length int) writtenForm {
	text = lowerASCII(text)
	form := writtenForm{pieces: make(map[string]bool, len(text)), length: min(length, len(text))}
	for at := 0; at+form.length <= len(text); at++ {
		form.pieces[text[at:at+form.length]] = true
	}
	return form
}

func writtenForms(value string) []writtenForm {
	inHex := hex.EncodeToString([]byte(value))
	forms := []writtenForm{
		newWrittenForm(value, minPiece), newWrittenForm(strings.Trim(strconv.Quote(value), `"`), minPiece),
		newWrittenForm(url.QueryEscape(value), minPiece), newWrittenForm(url.PathEscape(value), minPiece),
		newWrittenForm(inHex, 2*minPiece),
		newWrittenForm(escapedBytes("%%%02x", value), 3*minPiece), newWrittenForm(escapedBytes(`\x%02x`, value), 4*minPiece),
	}
	for _, encoding := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
		for before := range 3 { // where it stands behind something else, such as a scheme or a user name
			text := encoding.EncodeToString(append(make([]byte, before), value...))
			forms = append(forms, newWrittenForm(text[(before*8+5)/6:(before+len(value))*8/6], (minPiece*4+2)/3))
		}
	}
	return forms
}

func escapedBytes(format, value string) string {
	var text strings.Builder
	for _, b := range []byte(value) {
		fmt.Fprintf(&text, format, b)
	}
	return text.String()
}

// hideIn marks every piece of the form in a text of lower case.
func (f writtenForm) hideIn(lower string, hidden []bool) {
	for at := 0; at+f.length <= len(lower); at++ {
		if f.pieces[lower[at:at+f.length]] {
			hide(hidden, at, at+f.length)
		}
	}
}

// credentialOf is what a request with this context is authorized by; the zero Secret where it is not.
func credentialOf(ctx context.Context) Secret {
	pinned, _ := ctx.Value(pinKey{}).(pin)
	return pinned.header
}

// concealing is a log without the credential of the request that a line is about, wherever it came from: a redirect's
// path, say.
func concealing(log logFunc) logFunc {
	return func(ctx context.Context, level slog.Level, message string, fields map[string]any) {
		conceal := concealer(credentialOf(ctx))
		for name, value := range fields {
			if text, ok := value.(string); ok {
				fields[name] = conceal(text)
			}
		}
		log(ctx, level, message, fields)
	}
}

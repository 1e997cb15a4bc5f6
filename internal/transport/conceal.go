// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package transport

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
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

// Conceal returns text from the network without these credentials, in case a service quotes them: whole or a piece of at least ten
// characters, as they are or in base64, hexadecimal, percent or backslash escapes. JWTs go too, whoever's they are. What was there is ***.
func Conceal(text string, secrets ...Secret) string {
	if len(text) < minWhole {
		return text // most of what a log line says is as short, and a long token has many forms
	}
	text = text[:min(len(text), maxConcealed)]
	hidden := make([]bool, len(text))

	for _, span := range jwt.FindAllStringIndex(text, -1) {
		hide(hidden, span[0], span[1])
	}
	for _, secret := range secrets {
		if value := secret.Reveal(); len(value) >= minWhole {
			for _, form := range writtenForms(value) {
				hidePieces(text, form, hidden)
			}
		}
	}
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

// writtenForm is a credential as it may be written, and how many bytes of that are a piece.
type writtenForm struct {
	text  string
	piece int
}

func writtenForms(value string) []writtenForm {
	forms := []writtenForm{
		{value, minPiece}, {strings.Trim(strconv.Quote(value), `"`), minPiece},
		{url.QueryEscape(value), minPiece}, {url.PathEscape(value), minPiece},
		{hex.EncodeToString([]byte(value)), 2 * minPiece}, {strings.ToUpper(hex.EncodeToString([]byte(value))), 2 * minPiece},
		{escapedBytes("%%%02x", value), 3 * minPiece}, {escapedBytes("%%%02X", value), 3 * minPiece}, {escapedBytes(`\x%02x`, value), 4 * minPiece},
	}
	for _, encoding := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
		for before := range 3 { // where it stands behind something else, such as a scheme or a user name
			text := encoding.EncodeToString(append(make([]byte, before), value...))
			forms = append(forms, writtenForm{text[(before*8+5)/6 : (before+len(value))*8/6], (minPiece*4 + 2) / 3})
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

// hidePieces marks every piece of a form in a text. Letters may be in another case: host names are written in lower case.
func hidePieces(text string, form writtenForm, hidden []bool) {
	text, written := lowerASCII(text), lowerASCII(form.text)
	piece := min(form.piece, len(written))
	if len(text) < piece {
		return
	}
	pieces := make(map[string]bool, len(written))
	for at := 0; at+piece <= len(written); at++ {
		pieces[written[at:at+piece]] = true
	}
	for at := 0; at+piece <= len(text); at++ {
		if pieces[text[at:at+piece]] {
			hide(hidden, at, at+piece)
		}
	}
}

// credentialOf is what a request with this context is authorized by; the zero Secret where it is not.
func credentialOf(ctx context.Context) Secret {
	pinned, _ := ctx.Value(pinKey{}).(pin)
	return pinned.header
}

// concealing is a log without the credential of the request that a line is about, wherever it came from: a redirect's path, say.
func concealing(log logFunc) logFunc {
	return func(ctx context.Context, level Level, message string, fields map[string]any) {
		secret := credentialOf(ctx)
		for name, value := range fields {
			if text, ok := value.(string); ok {
				fields[name] = Conceal(text, secret)
			}
		}
		log(ctx, level, message, fields)
	}
}

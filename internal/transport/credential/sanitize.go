// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package credential

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxShownRunes is how much text from the network a diagnostic or a log line shows.
const maxShownRunes = 200

// Sanitize makes text from the network fit for a diagnostic or a log. What does not print (control characters, line
// breaks, those that change the direction of text or have no width, broken UTF-8) is escaped as in a Go string, and the
// result has at most 200 runes; where it was longer, the last is an ellipsis.
func Sanitize(text string) string {
	var (
		out   strings.Builder
		count int // runes in out
		cut   int // bytes of out that leave room for the ellipsis
	)
	for len(text) > 0 {
		r, size := utf8.DecodeRuneInString(text)
		piece, width := text[:size], 1
		if !isPlain(r, size) {
			piece = escape(text[:size])
			width = len(piece) // an escape is ASCII
		}
		if count+width > maxShownRunes {
			return out.String()[:cut] + "…"
		}
		out.WriteString(piece)
		count += width
		if count < maxShownRunes {
			cut = out.Len()
		}
		text = text[size:]
	}
	return out.String()
}

// isPlain reports whether a rune, decoded from size bytes, can be shown as it is.
func isPlain(r rune, size int) bool {
	if r == utf8.RuneError && size == 1 {
		return false // a byte that is no UTF-8
	}
	return unicode.IsPrint(r) || unicode.Is(unicode.Zs, r)
}

// escape writes one rune, or one stray byte, as a Go string literal does.
func escape(s string) string {
	return strings.Trim(strconv.QuoteToASCII(s), `"`)
}

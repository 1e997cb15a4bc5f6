// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package canary

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html"
	"math/big"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// A form is a way in which a canary may be written.
type form struct {
	canary, name, text string
	// secret is the canary's value.
	secret []byte
	// piece is how many bytes of the text are a finding.
	piece int
}

// forms are all ways in which a canary is searched for. Those whose texts are the same are one.
func (c Canary) forms() []form {
	var (
		found []form
		seen  = map[string]bool{}
	)
	add := func(name, text string, piece int) {
		if piece = min(piece, len(text)); piece >= window && !seen[text] {
			seen[text] = true
			found = append(found, form{canary: c.Name, name: name, text: text, piece: piece, secret: c.value})
		}
	}
	value, piece := string(c.value), max(c.piece, minPiece)
	add("as it is", value, piece)
	add("without blanks", strings.Join(strings.Fields(value), ""), piece) // in lines that are joined
	add("quoted", inner(strconv.Quote(value)), piece)
	add("quoted twice", inner(strconv.Quote(inner(strconv.Quote(value)))), piece)
	add("as JSON", inner(asJSON(value)), piece)
	add("as JSON within JSON", inner(asJSON(inner(asJSON(value)))), piece)
	add("as HTML", html.EscapeString(value), piece)
	add("URL-encoded in a query", url.QueryEscape(value), piece)
	add("URL-encoded in a path", url.PathEscape(value), piece)
	add("URL-encoded, each byte", percents(c.value), 3*piece)
	add("backwards", reversed(c.value), piece)
	for shift := range 3 {
		for name, encoding := range map[string]*base64.Encoding{"base64": base64.RawStdEncoding, "base64url": base64.RawURLEncoding} {
			add(fmt.Sprintf("%s, alignment %d", name, shift), aligned(encoding, c.value, shift), (piece*4+2)/3)
		}
	}
	add("hexadecimal", hex.EncodeToString(c.value), 2*piece)
	add("hexadecimal, upper case", strings.ToUpper(hex.EncodeToString(c.value)), 2*piece)
	add("as a list of bytes", separated(c.value, " "), 3*piece)
	add("as a JSON list of bytes", separated(c.value, ","), 3*piece)
	if c.number {
		add("decimal", new(big.Int).SetBytes(c.value).String(), 3*piece)
	}
	for i := 0; i+8 <= len(c.value) && piece <= len(c.value); i++ {
		eight := c.value[i : i+8]
		for name, word := range map[string]uint64{"little": binary.LittleEndian.Uint64(eight), "big": binary.BigEndian.Uint64(eight)} {
			text := "0x" + strconv.FormatUint(word, 16)
			add(name+"-endian word of a crash", text, len(text))
		}
	}
	return found
}

// inner is a quoted text without its quotes.
func inner(quoted string) string { return quoted[1 : len(quoted)-1] }

func asJSON(value string) string {
	encoded, err := json.Marshal(value)
	if err != nil {
		panic(err) // a string can always be encoded
	}
	return string(encoded)
}

func percents(value []byte) string {
	var text strings.Builder
	for _, b := range value {
		fmt.Fprintf(&text, "%%%02X", b)
	}
	return text.String()
}

func separated(value []byte, by string) string {
	words := make([]string, len(value))
	for i, b := range value {
		words[i] = strconv.Itoa(int(b))
	}
	return strings.Join(words, by)
}

func reversed(value []byte) string {
	backwards := slices.Clone(value)
	slices.Reverse(backwards)
	return string(backwards)
}

// aligned is the base64 of a value that stands shift bytes after a multiple of three within something longer, without
// the characters that its neighbors have a part in.
func aligned(encoding *base64.Encoding, value []byte, shift int) string {
	text := encoding.EncodeToString(append(make([]byte, shift), value...))
	begin := (shift*8 + 5) / 6
	end := (shift + len(value)) * 8 / 6
	return text[begin:end]
}

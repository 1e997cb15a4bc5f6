// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package credential

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	// maxConcealed is how much of a text is searched, in bytes; the rest is cut off. Sanitize shows less than that.
	maxConcealed = 8 << 10
	// minConcealed is the length from which a credential is searched for: a shorter text may be there by chance.
	minConcealed = 8
	// maxShownRunes is how much text from the network a diagnostic or a log line shows.
	maxShownRunes = 200
)

// jwt matches a JWT, or enough of one: an assertion, an access token or a DPoP proof.
var jwt = regexp.MustCompile(`eyJ[A-Za-z0-9_-]{8,}(\.[A-Za-z0-9_-]*)*`)

// Conceal returns text from the network without these credentials, in case a service quotes them: as they are, in
// base64, in hexadecimal or escaped for a URL, in any case of letters. It takes out every JWT too. Each becomes ***. A
// piece of a credential is not recognized.
func Conceal(text string, secrets ...Secret) string { return conceal(text, formsOf(secrets)) }

// ConcealFields takes the credential of a request with this context out of the text fields of a log line, wherever it
// came from: the path of a redirect, say.
func ConcealFields(ctx context.Context, fields map[string]any) {
	forms := formsOf([]Secret{Of(ctx)})
	for name, value := range fields {
		if text, ok := value.(string); ok {
			fields[name] = conceal(text, forms)
		}
	}
}

func conceal(text string, forms []string) string {
	if len(text) < minConcealed {
		return text
	}
	text = jwt.ReplaceAllString(text[:min(len(text), maxConcealed)], redacted)
	for _, form := range forms {
		text = replaceAll(text, form)
	}
	return text
}

// replaceAll puts *** in the place of a form, which is in lower case.
func replaceAll(text, form string) string {
	lower := lowerASCII(text) // host names are written in lower case, for one
	var shown strings.Builder
	for {
		at := strings.Index(lower, form)
		if at < 0 {
			return shown.String() + text
		}
		shown.WriteString(text[:at] + redacted)
		text, lower = text[at+len(form):], lower[at+len(form):]
	}
}

// formsOf returns how the credentials may be written, in lower case.
func formsOf(secrets []Secret) []string {
	var forms []string
	for _, secret := range secrets {
		value := secret.Reveal()
		if len(value) < minConcealed {
			continue
		}
		forms = append(forms, lowerASCII(value), hex.EncodeToString([]byte(value)),
			"%"+strings.ReplaceAll(fmt.Sprintf("% x", value), " ", "%")) // each byte escaped for a URL
		for _, escaped := range []string{url.QueryEscape(value), url.PathEscape(value)} {
			if escaped != value {
				forms = append(forms, lowerASCII(escaped))
			}
		}
		for _, encoding := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
			for before := range 3 { // bytes in front of it, such as the user name of Basic
				text := encoding.EncodeToString(append(make([]byte, before), value...))
				forms = append(forms, lowerASCII(text[(before*8+5)/6:(before+len(value))*8/6]))
			}
		}
	}
	return forms
}

// Sanitize makes text from the network fit for a diagnostic or a log. What does not print (control characters, line
// breaks, those that change the direction of text or have no width, broken UTF-8) is escaped as in a Go string, and the
// result has at most 200 runes; the last is an ellipsis if it was longer.
func Sanitize(text string) string {
	var (
		out   strings.Builder
		count int // runes in out
		cut   int // bytes of out that leave room for the ellipsis
	)
	for len(text) > 0 {
		r, size := utf8.DecodeRuneInString(text)
		piece, width := text[:size], 1
		if broken := r == utf8.RuneError && size == 1; broken || !unicode.IsPrint(r) && !unicode.Is(unicode.Zs, r) {
			piece = strings.Trim(strconv.QuoteToASCII(piece), `"`)
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

// ShownURL returns a request's URL without userinfo, query, fragment and its credential, which a link or a redirect may
// have put there: what an error or a log line may show of it.
func ShownURL(req *http.Request) string {
	if req.URL == nil {
		return ""
	}
	shown := url.URL{Scheme: req.URL.Scheme, Host: req.URL.Host, Path: req.URL.Path, RawPath: req.URL.RawPath}
	return Sanitize(Conceal(shown.String(), Of(req.Context())))
}

// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package okta

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"regexp"
	"strings"
	"unicode"
)

// maxLayers is how many layers are taken off a key's text, one around the other: base64 of a quoted text, say.
const maxLayers = 4

// plainKeyText undoes what happens to a private key's text on its way through variables, templates, secret stores and
// the clipboard: blanks, a byte order mark or quotes around it, line breaks written \n or \r\n, all of it in base64.
// The result of a JWK begins with {.
func plainKeyText(text string) string {
	for range maxLayers {
		text = strings.TrimFunc(text, isFiller)
		inner, found := unquoted(text)
		if !found {
			inner, found = fromBase64(text)
		}
		if !found {
			break
		}
		text = inner
	}
	if strings.HasPrefix(text, "{") && json.Valid([]byte(text)) {
		return text
	}
	text = escapedLineBreak.ReplaceAllString(text, "\n")
	if strings.HasPrefix(text, "{") {
		text = strings.ReplaceAll(text, `\"`, `"`)
	}
	return strings.TrimFunc(text, isFiller)
}

// escapedLineBreak is one written as text, escaped once or more.
var escapedLineBreak = regexp.MustCompile(`\\+r\\+n|\\+n|\\+r`)

// isFiller reports whether a character may stand around or between the characters of a key: white space, and what is
// not seen.
func isFiller(r rune) bool {
	return unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) // Cf: the byte order mark, a space of no width
}

// quotes are the marks that may be around a text, by the one that begins it.
var quotes = map[string]string{`"`: `"`, `'`: `'`, "`": "`", "\u201c": "\u201d", "\u2018": "\u2019"}

func unquoted(text string) (string, bool) {
	var decoded string
	if json.Unmarshal([]byte(text), &decoded) == nil && strings.HasPrefix(text, `"`) {
		return decoded, true
	}
	for begin, end := range quotes {
		if inner, found := strings.CutPrefix(text, begin); found {
			return strings.CutSuffix(inner, end)
		}
	}
	return "", false
}

// fromBase64 decodes a text that is PEM or a JWK in base64.
func fromBase64(text string) (string, bool) {
	decoded, err := decodeBase64(escapedLineBreak.ReplaceAllString(text, ""))
	if err != nil {
		return "", false
	}
	plain := strings.TrimFunc(string(decoded), isFiller)
	return plain, strings.HasPrefix(plain, "{") || strings.HasPrefix(plain, `"`) || strings.Contains(plain, "-----BEGIN")
}

// decodeBase64 takes either alphabet, with and without padding, and passes over fillers.
func decodeBase64(text string) ([]byte, error) {
	text = strings.Map(func(r rune) rune {
		if isFiller(r) {
			return -1
		}
		return r
	}, text)
	text = strings.TrimRight(text, "=")
	if strings.ContainsAny(text, "-_") {
		return base64.RawURLEncoding.DecodeString(text) //nolint:wrapcheck // no caller shows it
	}
	return base64.RawStdEncoding.DecodeString(text) //nolint:wrapcheck // no caller shows it
}

// A pemBlock is one block of a PEM text, whose line breaks may be lost.
type pemBlock struct {
	kind, body string
}

var (
	wholeBlock = regexp.MustCompile(`(?s)-----BEGIN ([A-Z0-9 ]+)-----(.*?)-----END ([A-Z0-9 ]+)-----`)
	beginLine  = regexp.MustCompile(`-----BEGIN [A-Z0-9 ]+-----`)
	endLine    = regexp.MustCompile(`-----END [A-Z0-9 ]+-----`)
	// pemHeader is a line such as DEK-Info: AES-256-CBC,… (RFC 1421, 4.6).
	pemHeader = regexp.MustCompile(`(?m)^[ \t]*[A-Za-z0-9-]+:.*$`)
)

// pemBlocks finds the blocks of a PEM text; there is at least one. package encoding/pem wants each line where it
// belongs, and says nothing of what it can't read.
func pemBlocks(text string) ([]pemBlock, error) {
	var blocks []pemBlock
	for _, found := range wholeBlock.FindAllStringSubmatch(text, -1) {
		if found[1] != found[3] {
			return nil, errors.New("its BEGIN line and its END line do not belong together: was it copied whole?")
		}
		blocks = append(blocks, pemBlock{kind: found[1], body: found[2]})
	}
	der, err := decodeBase64(text)
	switch begins, ends := beginLine.MatchString(text), endLine.MatchString(text); {
	case len(blocks) > 0:
		return blocks, nil
	case begins:
		return nil, errors.New("its END line (-----END PRIVATE KEY-----) is missing: was it copied whole?")
	case ends:
		return nil, errors.New("its BEGIN line (-----BEGIN PRIVATE KEY-----) is missing: was it copied whole?")
	case strings.Contains(text, "BEGIN") && strings.Contains(text, "KEY"):
		return nil, errors.New("its BEGIN line is changed: it reads -----BEGIN PRIVATE KEY-----, with five hyphens on either side")
	case err == nil && len(der) > 0 && der[0] == derSequence:
		return nil, errors.New("its first and its last line are missing (-----BEGIN PRIVATE KEY----- and -----END PRIVATE KEY-----)")
	default:
		return nil, errors.New("it is neither PEM (-----BEGIN PRIVATE KEY-----) nor a JWK ({\"kty\": …}); a file's content is read with file(\"…\")")
	}
}

// derSequence is the first byte of every key in DER.
const derSequence = 0x30

func (b pemBlock) isEncrypted() bool {
	return b.kind == "ENCRYPTED PRIVATE KEY" || strings.Contains(b.body, "DEK-Info:") || strings.Contains(b.body, "ENCRYPTED")
}

// der is the block's content.
func (b pemBlock) der() ([]byte, error) {
	content, err := decodeBase64(pemHeader.ReplaceAllString(b.body, ""))
	if err != nil || len(content) == 0 {
		return nil, errors.New("what is between its BEGIN line and its END line is not base64: was it copied whole?")
	}
	return content, nil
}

// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package okta

import (
	"bytes"
	"encoding/json"
	"unicode/utf8"
)

// A cursor reads JSON that is known to be valid (json.Valid), once, from left to right. It exists because encoding/json
// can't say which fields of which element had another type, and stops being lenient or being quick where it is made to.
// On text that is not valid its results mean nothing.
type cursor struct {
	text []byte
	at   int
}

// kind is the first byte of the next value: { [ " t f n, a digit or a minus sign.
func (c *cursor) kind() byte {
	for isSpace(c.text[c.at]) {
		c.at++
	}
	return c.text[c.at]
}

// enter goes into an object or a list.
func (c *cursor) enter() {
	c.kind()
	c.at++
}

// more is true where there is another member or element, and leaves the object or list where there is none. Of valid
// JSON a comma needs no more attention than space does.
func (c *cursor) more() bool {
	for isSpace(c.text[c.at]) || c.text[c.at] == ',' {
		c.at++
	}
	if c.text[c.at] == '}' || c.text[c.at] == ']' {
		c.at++
		return false
	}
	return true
}

// key reads a member's name; the cursor is then before its value. The bytes are those of the text, where nothing in
// them is escaped.
func (c *cursor) key() []byte {
	raw := c.quoted()
	for c.text[c.at] != ':' {
		c.at++
	}
	c.at++
	if bytes.IndexByte(raw, '\\') < 0 {
		return raw[1 : len(raw)-1]
	}
	return []byte(unquote(raw))
}

// string reads a string; the next value must be one.
func (c *cursor) string() string {
	c.kind()
	return unquote(c.quoted())
}

// quoted passes over a string that begins here, and returns it with its quotes.
func (c *cursor) quoted() []byte {
	begin := c.at
	for c.at++; c.text[c.at] != '"'; c.at++ {
		if c.text[c.at] == '\\' {
			c.at++
		}
	}
	c.at++
	return c.text[begin:c.at]
}

// unquote has the replacement of what is not UTF-8, and of half surrogate pairs, done by encoding/json.
func unquote(raw []byte) string {
	inner := raw[1 : len(raw)-1]
	if bytes.IndexByte(inner, '\\') < 0 && utf8.Valid(inner) {
		return string(inner)
	}
	var text string
	// Valid JSON that is a string can't fail.
	_ = json.Unmarshal(raw, &text)
	return text
}

// skip passes over a value of any kind.
func (c *cursor) skip() {
	depth := 0
	for {
		switch c.kind() {
		case '"':
			c.quoted()
		case '{', '[':
			depth++
			c.at++
		case '}', ']':
			depth--
			c.at++
		case ',', ':':
			c.at++
			continue
		default:
			c.scalar()
		}
		if depth == 0 {
			return
		}
	}
}

// scalar passes over a number, true, false or null.
func (c *cursor) scalar() {
	for c.at < len(c.text) && !isSpace(c.text[c.at]) && c.text[c.at] != ',' && c.text[c.at] != '}' && c.text[c.at] != ']' {
		c.at++
	}
}

// kindName is what a value is called in an error.
func kindName(kind byte) string {
	switch kind {
	case '{':
		return "an object"
	case '[':
		return "a list"
	case '"':
		return "a string"
	case 't', 'f':
		return "true or false"
	case 'n':
		return "null"
	default:
		return "a number"
	}
}

func isSpace(b byte) bool { return b == ' ' || b == '\n' || b == '\t' || b == '\r' }

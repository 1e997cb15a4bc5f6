// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package okta

import (
	"errors"
	"strings"
)

var (
	errLinkUnreadable = errors.New("its Link header, which names a next page, can't be read")
	errLinkTwice      = errors.New("its Link header names two next pages")
)

// nextLink finds the target of rel="next" in the values of Link headers (RFC 8288 section 3), "" where there is none.
// Okta sends one header for each link, a proxy may join them. What can't be read is passed over, unless a next page may
// be in it: to stop there would pass a part of the devices off as all of them.
func nextLink(headers []string) (string, error) {
	var next string
	unreadable := false
	for _, header := range headers {
		rest := header
		for rest != "" {
			var (
				found link
				ok    bool
			)
			found, rest, ok = parseLink(rest)
			switch {
			case !ok:
				unreadable = unreadable || mayNameNext(header)
			case !found.isNext():
			case found.target == "":
				return "", errLinkUnreadable
			case next != "" && next != found.target:
				return "", errLinkTwice
			default:
				next = found.target
			}
		}
	}
	if next == "" && unreadable {
		return "", errLinkUnreadable
	}
	return next, nil
}

func mayNameNext(header string) bool {
	return strings.Contains(strings.ToLower(header), "next")
}

// A link is one link-value of a Link header.
type link struct {
	target    string
	relations string
	hasRel    bool
	anchored  bool
}

// isNext is true for a link to the page that follows. One with an anchor is about another document.
func (l *link) isNext() bool {
	if l.anchored {
		return false
	}
	for relation := range strings.FieldsSeq(l.relations) {
		if strings.EqualFold(relation, "next") {
			return true
		}
	}
	return false
}

const linkSpace = " \t"

// parseLink reads the first link of text and returns what follows it. Where the first one can't be read, ok is false
// and the rest begins after the next comma. Text that is only commas and space is a link without a target.
func parseLink(text string) (found link, rest string, ok bool) {
	text = strings.TrimLeft(text, linkSpace+",")
	if text == "" {
		return link{}, "", true
	}
	inner, isTarget := strings.CutPrefix(text, "<")
	target, rest, closed := strings.Cut(inner, ">")
	if !isTarget || !closed || strings.Contains(target, "<") {
		_, rest, _ = strings.Cut(text, ",")
		return link{}, rest, false
	}
	found.target = strings.Trim(target, linkSpace)
	for {
		rest = strings.TrimLeft(rest, linkSpace)
		switch {
		case rest == "":
			return found, "", true
		case rest[0] == ',':
			return found, rest[1:], true
		case rest[0] != ';':
			_, rest, _ = strings.Cut(rest, ",")
			return link{}, rest, false
		}
		var name, value string
		name, value, rest, ok = parseParameter(rest[1:])
		if !ok {
			return link{}, rest, false
		}
		found.take(name, value)
	}
}

// take notes a parameter. Of several rel the first counts (RFC 8288 section 3.3).
func (l *link) take(name, value string) {
	switch {
	case strings.EqualFold(name, "rel") && !l.hasRel:
		l.relations, l.hasRel = value, true
	case strings.EqualFold(name, "anchor"):
		l.anchored = true
	}
}

// parseParameter reads `name`, `name=token` or `name="quoted"` up to the next semicolon or comma. An empty one is
// allowed, for a trailing semicolon is common. It is not ok where a quote does not end.
func parseParameter(text string) (name, value, rest string, ok bool) {
	end := strings.IndexAny(text, "=;,")
	if end < 0 {
		return strings.Trim(text, linkSpace), "", "", true
	}
	name = strings.Trim(text[:end], linkSpace)
	if text[end] != '=' {
		return name, "", text[end:], true
	}
	rest = strings.TrimLeft(text[end+1:], linkSpace)
	if strings.HasPrefix(rest, `"`) {
		value, rest, ok = parseQuoted(rest[1:])
		return name, value, rest, ok
	}
	end = strings.IndexAny(rest, ";,")
	if end < 0 {
		end = len(rest)
	}
	return name, strings.Trim(rest[:end], linkSpace), rest[end:], true
}

// parseQuoted reads a quoted-string (RFC 9110 section 5.6.4) whose opening quote is gone.
func parseQuoted(text string) (value, rest string, ok bool) {
	var unescaped strings.Builder
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '"':
			return unescaped.String(), text[i+1:], true
		case '\\':
			i++
			if i == len(text) {
				return "", "", false
			}
		}
		unescaped.WriteByte(text[i])
	}
	return "", "", false
}

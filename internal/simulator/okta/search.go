// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package okta

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// Bounds of a search: neither is Okta's, both are far above what a person writes.
const (
	maxSearchLength = 8192
	maxSearchDepth  = 64
)

// searchError is why Okta does not accept an expression.
type searchError struct{ reason string }

func (e *searchError) Error() string { return "search: " + e.reason }

// predicate reports whether a device is found.
type predicate func(*oktaDevice) bool

// attributeKind decides which operators and literals an attribute takes.
type attributeKind int

const (
	kindID       attributeKind = iota // compared as it is
	kindText                          // compared without case
	kindContains                      // likewise, and co
	kindBool
	kindTime
)

// searchAttribute finds an attribute by its lower-case name (Okta API 2026.06.3, listDevices: profile.*, id, status,
// lastUpdated; co on six of the profile; created only for Sekoia's connector, which sends it).
func searchAttribute(lower string, connector bool) (name string, kind attributeKind, ok bool) {
	switch lower {
	case "id":
		return "id", kindID, true
	case "status":
		return "status", kindText, true
	case "lastupdated":
		return "lastUpdated", kindTime, true
	case "created":
		return "created", kindTime, connector
	}
	lower, profile := strings.CutPrefix(lower, "profile.")
	if !profile {
		return "", 0, false
	}
	for kind, names := range map[attributeKind][]string{
		kindContains: {"displayName", "serialNumber", "imei", "meid", "udid", "sid"},
		kindText:     {"platform", "manufacturer", "model", "osVersion", "tpmPublicKeyHash", "diskEncryptionType"},
		kindBool:     {"registered", "secureHardwarePresent", "managed", "integrityJailbreak"},
	} {
		if at := slices.IndexFunc(names, func(name string) bool { return strings.ToLower(name) == lower }); at >= 0 {
			return "profile." + names[at], kind, true
		}
	}
	return "", 0, false
}

// parseSearch reads a SCIM filter (RFC 7644, section 3.4.2.2) as far as Okta's device search goes: eq, co, sw, gt, ge,
// lt, le, pr, and, or, not and parentheses. Names and operators are read without regard to case. connector allows what
// only Sekoia's connector sends. Every error is a *searchError.
func parseSearch(expression string, connector bool) (predicate, error) {
	if len(expression) > maxSearchLength {
		return nil, &searchError{"the expression is too long"}
	}
	if !utf8.ValidString(expression) {
		return nil, &searchError{"the expression is not UTF-8"}
	}
	tokens, err := searchTokens(expression)
	if err != nil {
		return nil, err
	}
	parser := &searchParser{tokens: tokens, connector: connector}
	found, err := parser.disjunction()
	if err != nil {
		return nil, err
	}
	if parser.at < len(tokens) {
		return nil, &searchError{fmt.Sprintf("nothing may follow before %q", tokens[parser.at])}
	}
	return found, nil
}

// searchTokens splits an expression into parentheses, words and quoted literals; these keep their quotes.
func searchTokens(expression string) ([]string, error) {
	var tokens []string
	for rest := strings.TrimLeft(expression, " "); rest != ""; rest = strings.TrimLeft(rest, " ") {
		length := strings.IndexAny(rest, ` ()"`)
		switch {
		case rest[0] == '(' || rest[0] == ')':
			length = 1
		case rest[0] == '"':
			if length = quotedLength(rest); length == 0 {
				return nil, &searchError{"a quoted literal is not closed"}
			}
			if next := rest[length:]; next != "" && next[0] != ' ' && next[0] != ')' {
				return nil, &searchError{"a quoted literal runs into what follows"}
			}
		case length < 0:
			length = len(rest)
		case rest[length] == '"':
			return nil, &searchError{"a quoted literal follows without a space"}
		}
		tokens = append(tokens, rest[:length])
		rest = rest[length:]
	}
	return tokens, nil
}

// quotedLength is the length of the literal that text begins with, quotes included. It is 0 if the literal is not
// closed.
func quotedLength(text string) int {
	for i := 1; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return 0
}

// searchParser goes down the grammar: or, and, not and parentheses, comparison.
type searchParser struct {
	tokens    []string
	at, depth int
	connector bool
}

// take moves past the next token if it is the word, without regard to case.
func (p *searchParser) take(word string) bool {
	if p.at < len(p.tokens) && strings.EqualFold(p.tokens[p.at], word) {
		p.at++
		return true
	}
	return false
}

// next moves past the next token and returns it; "" is the end.
func (p *searchParser) next() string {
	if p.at == len(p.tokens) {
		return ""
	}
	p.at++
	return p.tokens[p.at-1]
}

func (p *searchParser) disjunction() (predicate, error) {
	left, err := p.conjunction()
	for err == nil && p.take("or") {
		before := left
		var right predicate
		right, err = p.conjunction()
		left = func(device *oktaDevice) bool { return before(device) || right(device) }
	}
	return left, err
}

func (p *searchParser) conjunction() (predicate, error) {
	left, err := p.factor()
	for err == nil && p.take("and") {
		before := left
		var right predicate
		right, err = p.factor()
		left = func(device *oktaDevice) bool { return before(device) && right(device) }
	}
	return left, err
}

func (p *searchParser) factor() (predicate, error) {
	negated := p.take("not")
	if !p.take("(") {
		if negated {
			return nil, &searchError{"not needs a parenthesis"}
		}
		return p.comparison()
	}
	if p.depth++; p.depth > maxSearchDepth {
		return nil, &searchError{"too many parentheses inside each other"}
	}
	inner, err := p.disjunction()
	if err != nil {
		return nil, err
	}
	if !p.take(")") {
		return nil, &searchError{"a parenthesis is not closed"}
	}
	p.depth--
	if negated {
		return func(device *oktaDevice) bool { return !inner(device) }, nil
	}
	return inner, nil
}

func (p *searchParser) comparison() (predicate, error) {
	word := p.next()
	name, kind, ok := searchAttribute(strings.ToLower(word), p.connector)
	if !ok {
		return nil, &searchError{fmt.Sprintf("%q is not an attribute that can be searched", word)}
	}
	operator := strings.ToLower(p.next())
	if operator == "pr" {
		return func(device *oktaDevice) bool { value := device.attribute(name); return value != nil }, nil
	}
	literal := p.next()
	switch kind {
	case kindBool:
		return compareBool(name, operator, literal)
	case kindTime:
		return compareTime(name, operator, literal)
	}
	return compareText(name, kind, operator, literal)
}

// attribute is a value by its name in a search; nil is absent or null.
func (d *oktaDevice) attribute(name string) any {
	if inner, ok := strings.CutPrefix(name, "profile."); ok {
		value, _ := d.profile.Get(inner)
		return value
	}
	value, _ := d.body.Get(name)
	return value
}

func compareBool(name, operator, literal string) (predicate, error) {
	if operator != "eq" {
		return nil, &searchError{fmt.Sprintf("%s takes eq and pr, not %q", name, operator)}
	}
	if literal != "true" && literal != "false" {
		return nil, &searchError{fmt.Sprintf("%s is compared with true or false", name)}
	}
	wanted := literal == "true"
	return func(device *oktaDevice) bool { return device.attribute(name) == wanted }, nil
}

func compareTime(name, operator, literal string) (predicate, error) {
	text, err := unquoted(literal)
	if err != nil {
		return nil, err
	}
	wanted, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		return nil, &searchError{fmt.Sprintf("%s is compared with a time such as 2026-01-31T08:00:00.000Z", name)}
	}
	holds := map[string]func(order int) bool{
		"eq": func(order int) bool { return order == 0 },
		"gt": func(order int) bool { return order > 0 },
		"ge": func(order int) bool { return order >= 0 },
		"lt": func(order int) bool { return order < 0 },
		"le": func(order int) bool { return order <= 0 },
	}[operator]
	if holds == nil {
		return nil, &searchError{fmt.Sprintf("%s takes eq, gt, ge, lt, le and pr, not %q", name, operator)}
	}
	return func(device *oktaDevice) bool {
		at := device.updated
		if name == "created" {
			at = device.created
		}
		return !at.IsZero() && holds(at.Compare(wanted))
	}, nil
}

// compareText compares without regard to case, as Okta's search does, but for ids.
func compareText(name string, kind attributeKind, operator, literal string) (predicate, error) {
	wanted, err := unquoted(literal)
	if err != nil {
		return nil, err
	}
	fold := strings.ToLower
	if kind == kindID {
		fold = func(text string) string { return text }
	}
	var holds func(text, wanted string) bool
	switch {
	case operator == "eq":
		holds = func(text, wanted string) bool { return text == wanted }
	case operator == "sw":
		holds = strings.HasPrefix
	case operator == "co" && kind == kindContains:
		holds = strings.Contains
	default:
		return nil, &searchError{fmt.Sprintf("%s does not take %q", name, operator)}
	}
	wanted = fold(wanted)
	return func(device *oktaDevice) bool {
		text, ok := device.attribute(name).(string)
		return ok && holds(fold(text), wanted)
	}, nil
}

// unquoted reads a literal: a JSON string (RFC 7644: "compValue … based on the rules of JSON").
func unquoted(literal string) (string, error) {
	var text string
	if !strings.HasPrefix(literal, `"`) || json.Unmarshal([]byte(literal), &text) != nil {
		return "", &searchError{fmt.Sprintf("%q is not a quoted literal", literal)}
	}
	return text, nil
}

// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package simulator

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
)

// fields is a JSON object that keeps the order of its members, and the difference between absent and null. A value is a
// string, a bool, nil, a fields, a []any of these, or a json.RawMessage for what has no meaning here.
type fields []field

type field struct {
	name  string
	value any
}

// get returns a member's value; ok is false where it is absent.
func (f fields) get(name string) (value any, ok bool) {
	for i := range f {
		if f[i].name == name {
			return f[i].value, true
		}
	}
	return nil, false
}

// text returns a member that is a string, and "" otherwise.
func (f fields) text(name string) string {
	value, _ := f.get(name)
	text, _ := value.(string)
	return text
}

// with returns the object with a member set, in its old place or at the end. The receiver is not changed.
func (f fields) with(name string, value any) fields {
	changed := slices.Clone(f)
	for i := range changed {
		if changed[i].name == name {
			changed[i].value = value
			return changed
		}
	}
	return append(changed, field{name, value})
}

// without returns the object less some members. The receiver is not changed.
func (f fields) without(names ...string) fields {
	return slices.DeleteFunc(slices.Clone(f), func(member field) bool { return slices.Contains(names, member.name) })
}

// MarshalJSON writes the members in their order.
func (f fields) MarshalJSON() ([]byte, error) { return appendJSON(nil, f), nil }

// appendJSON writes one of the values that fields may hold. It is used instead of encoding/json's reflection because a
// page is 200 devices and benchmarks should measure the provider.
func appendJSON(to []byte, value any) []byte {
	switch value := value.(type) {
	case nil:
		return append(to, "null"...)
	case string:
		return appendJSONString(to, value)
	case bool:
		return strconv.AppendBool(to, value)
	case json.RawMessage:
		return append(to, value...)
	case []any:
		to = append(to, '[')
		for i, item := range value {
			if i > 0 {
				to = append(to, ',')
			}
			to = appendJSON(to, item)
		}
		return append(to, ']')
	case fields:
		to = append(to, '{')
		for i, member := range value {
			if i > 0 {
				to = append(to, ',')
			}
			to = append(appendJSONString(to, member.name), ':')
			to = appendJSON(to, member.value)
		}
		return append(to, '}')
	}
	panic(fmt.Sprintf("simulator: a JSON value of type %T", value))
}

func appendJSONString(to []byte, text string) []byte {
	for i := range len(text) {
		if c := text[i]; c < 0x20 || c > 0x7e || c == '"' || c == '\\' || c == '<' || c == '>' || c == '&' {
			return append(to, mustJSON(text)...)
		}
	}
	to = append(to, '"')
	to = append(to, text...)
	return append(to, '"')
}

// decodeFields reads an object; its members are sorted by name, for encoding/json does not give their order. Members
// that are objects are read too, as deep as they go; numbers and arrays stay as they were written.
func decodeFields(body []byte) (fields, error) {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(body, &members); err != nil {
		return nil, fmt.Errorf("read a JSON object: %w", err)
	}
	if members == nil {
		return nil, fmt.Errorf("read a JSON object: it is null")
	}
	object := make(fields, 0, len(members))
	for name, raw := range members {
		object = append(object, field{name, decodeValue(raw)})
	}
	slices.SortFunc(object, func(a, b field) int { return bytes.Compare([]byte(a.name), []byte(b.name)) })
	return object, nil
}

func decodeValue(raw json.RawMessage) any {
	switch raw[0] {
	case '{':
		if object, err := decodeFields(raw); err == nil {
			return object
		}
	case '"':
		var text string
		if json.Unmarshal(raw, &text) == nil {
			return text
		}
	case 't', 'f':
		return raw[0] == 't'
	case 'n':
		return nil
	}
	var compact bytes.Buffer
	if json.Compact(&compact, raw) != nil {
		return raw
	}
	return json.RawMessage(compact.Bytes())
}

// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package wire

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
)

// Fields is a JSON object that keeps the order of its members, and the difference between absent and null. A value is a
// string, a bool, nil, a fields, a []any of these, or a json.RawMessage for what has no meaning here.
type Fields []Field

// Field is a member. It has no type of its own, so that a literal can leave out the names of its fields.
type Field = struct {
	Name  string
	Value any
}

// Get returns a member's value; ok is false if it is absent.
func (f Fields) Get(name string) (value any, ok bool) {
	for i := range f {
		if f[i].Name == name {
			return f[i].Value, true
		}
	}
	return nil, false
}

// Text returns a member that is a string, and "" otherwise.
func (f Fields) Text(name string) string {
	value, _ := f.Get(name)
	text, _ := value.(string)
	return text
}

// With returns the object with a member set, in its old place or at the end. The receiver is not changed.
func (f Fields) With(name string, value any) Fields {
	changed := slices.Clone(f)
	for i := range changed {
		if changed[i].Name == name {
			changed[i].Value = value
			return changed
		}
	}
	return append(changed, Field{name, value})
}

// Without returns the object less some members. The receiver is not changed.
func (f Fields) Without(names ...string) Fields {
	return slices.DeleteFunc(slices.Clone(f), func(member Field) bool { return slices.Contains(names, member.Name) })
}

// MarshalJSON writes the members in their order.
func (f Fields) MarshalJSON() ([]byte, error) { return AppendJSON(nil, f), nil }

// AppendJSON writes one of the values that fields may hold. It is used instead of encoding/json's reflection because a
// page is 200 devices and benchmarks should measure the provider.
func AppendJSON(to []byte, value any) []byte {
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
			to = AppendJSON(to, item)
		}
		return append(to, ']')
	case Fields:
		to = append(to, '{')
		for i, member := range value {
			if i > 0 {
				to = append(to, ',')
			}
			to = append(appendJSONString(to, member.Name), ':')
			to = AppendJSON(to, member.Value)
		}
		return append(to, '}')
	}
	panic(fmt.Sprintf("simulator: a JSON value of type %T", value))
}

func appendJSONString(to []byte, text string) []byte {
	for i := range len(text) {
		if c := text[i]; c < 0x20 || c > 0x7e || c == '"' || c == '\\' || c == '<' || c == '>' || c == '&' {
			return append(to, MustJSON(text)...)
		}
	}
	to = append(to, '"')
	to = append(to, text...)
	return append(to, '"')
}

// DecodeFields reads an object; its members are sorted by name, for encoding/json does not give their order. Members
// that are objects are read too, as deep as they go; numbers and arrays stay as they were written.
func DecodeFields(body []byte) (Fields, error) {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(body, &members); err != nil {
		return nil, fmt.Errorf("read a JSON object: %w", err)
	}
	if members == nil {
		return nil, fmt.Errorf("read a JSON object: it is null")
	}
	object := make(Fields, 0, len(members))
	for name, raw := range members {
		object = append(object, Field{name, DecodeValue(raw)})
	}
	slices.SortFunc(object, func(a, b Field) int { return bytes.Compare([]byte(a.Name), []byte(b.Name)) })
	return object, nil
}

// DecodeValue reads one of the values that fields may hold.
func DecodeValue(raw json.RawMessage) any {
	switch raw[0] {
	case '{':
		if object, err := DecodeFields(raw); err == nil {
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

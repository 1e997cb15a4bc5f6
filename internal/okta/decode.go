// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package okta

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// decode reads an answer that must be a JSON object. A value inside it that has another type than target's is left out:
// encoding/json reports it, and reads the rest.
func (a *answer) decode(target any, expected string) *UnexpectedAnswerError {
	return a.check(json.Unmarshal(a.body, target), '{', expected)
}

// decodeList reads the objects of an answer that must be a list, and counts what else is in it.
func decodeList[Wire, T any](a *answer, noun string, convert func(*Wire) T) (elements []T, unreadable int, err error) {
	found, unreadable, err := readObjects[Wire](a.body)
	if unexpected := a.check(err, '[', "a list of "+noun); unexpected != nil {
		return nil, 0, unexpected
	}
	elements = make([]T, len(found))
	for i := range found {
		elements[i] = convert(found[i])
	}
	return elements, unreadable, nil
}

// check makes the error of an answer that encoding/json refused, or that is not of the expected kind. It never quotes
// the body.
func (a *answer) check(err error, kind byte, expected string) *UnexpectedAnswerError {
	switch {
	case len(a.body) == 0:
		return a.unexpected("its body is empty")
	case a.body[0] == '<':
		return a.unexpected("it is a page (HTML or XML) where JSON was expected: a proxy or a sign-in page may have answered")
	case err != nil && !isTypeError(err):
		return a.unexpected(fmt.Sprintf("it is not valid JSON, or was cut off after %d bytes", len(a.body)))
	case a.body[0] != kind:
		return a.unexpected("it is not " + expected)
	default:
		return nil
	}
}

func isTypeError(err error) bool {
	_, isType := errors.AsType[*json.UnmarshalTypeError](err)
	return isType
}

// A text is a string of an answer. Its pointer is nil if the answer has null there, or another type.
type text struct{ pointer *string }

// UnmarshalJSON never fails, so that a value of another type costs itself alone.
func (t *text) UnmarshalJSON(raw []byte) error {
	t.pointer = nil
	if raw[0] != '"' {
		return nil
	}
	value := string(raw[1 : len(raw)-1])
	if strings.Contains(value, `\`) || !utf8.ValidString(value) {
		_ = json.Unmarshal(raw, &value) // a JSON string fits
	}
	t.pointer = &value
	return nil
}

// value is "" for an absent text.
func (t text) value() string {
	if t.pointer == nil {
		return ""
	}
	return *t.pointer
}

// A flag is true or false. Its pointer is nil if the answer has null there, or another type.
type flag struct{ pointer *bool }

// UnmarshalJSON never fails, as text's.
func (f *flag) UnmarshalJSON(raw []byte) error {
	f.pointer = nil
	if raw[0] == 't' || raw[0] == 'f' {
		f.pointer = new(raw[0] == 't')
	}
	return nil
}

// objects are the objects of a list; nil if the answer has no list there. What else is in the list is left out.
type objects[T any] struct{ list []*T }

// UnmarshalJSON never fails, as text's.
func (o *objects[T]) UnmarshalJSON(raw []byte) error {
	o.list = nil
	if raw[0] == '[' {
		o.list, _, _ = readObjects[T](raw) // it is valid JSON
	}
	return nil
}

// readObjects reads the objects of a list, and counts what else is in it.
func readObjects[T any](raw []byte) (list []*T, others int, err error) {
	if err = json.Unmarshal(raw, &list); isTypeError(err) {
		// Of what is no object, and of an object without members, encoding/json has made the same.
		var elements []json.RawMessage
		err = json.Unmarshal(raw, &elements)
		for i, element := range elements {
			if element[0] != '{' {
				list[i] = nil
			}
		}
	}
	all := len(list)
	list = slices.DeleteFunc(list, func(element *T) bool { return element == nil })
	return list, all - len(list), err
}

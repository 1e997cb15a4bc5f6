// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package engine

import (
	"bytes"
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"unicode"
)

// The real connector is a Python program, and its log lines show values as Python writes them. What reads them in the
// provider has to be tried on that, quotes, braces and all.

// pythonJSONError is what Python says of a text that is no JSON from its first character on.
const pythonJSONError = "Expecting value: line 1 column 1 (char 0)"

// pythonFloat writes a number as str() does: with a decimal point, even if nothing comes after it.
func pythonFloat(value float64) string {
	if value == math.Trunc(value) && math.Abs(value) < 1e16 {
		return strconv.FormatFloat(value, 'f', 1, 64)
	}
	return strconv.FormatFloat(value, 'g', -1, 64)
}

// parsePythonFloat reads a number as float() does, spaces around it and all.
func parsePythonFloat(text string) (float64, error) {
	return strconv.ParseFloat(strings.TrimSpace(text), 64)
}

// pythonText writes a text as repr() does.
func pythonText(text string) string {
	quote := '\''
	if strings.ContainsRune(text, '\'') && !strings.ContainsRune(text, '"') {
		quote = '"'
	}
	var out strings.Builder
	out.WriteRune(quote)
	for _, char := range text {
		switch {
		case char == quote || char == '\\':
			out.WriteRune('\\')
			out.WriteRune(char)
		case char == '\n':
			out.WriteString(`\n`)
		case char == '\r':
			out.WriteString(`\r`)
		case char == '\t':
			out.WriteString(`\t`)
		case unicode.IsPrint(char):
			out.WriteRune(char)
		case char < 0x100:
			out.WriteString(`\x` + hex(char, 2))
		case char < 0x10000:
			out.WriteString(`\u` + hex(char, 4))
		default:
			out.WriteString(`\U` + hex(char, 8))
		}
	}
	out.WriteRune(quote)
	return out.String()
}

func hex(char rune, digits int) string {
	text := strconv.FormatInt(int64(char), 16)
	return strings.Repeat("0", max(digits-len(text), 0)) + text
}

// pythonValue writes JSON as repr() shows what json.loads() made of it, members in their order.
func pythonValue(raw []byte) string {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	var out strings.Builder
	if writePython(&out, decoder) != nil {
		return string(raw)
	}
	return out.String()
}

func writePython(out *strings.Builder, from *json.Decoder) error {
	token, err := from.Token()
	if err != nil {
		return err
	}
	switch token := token.(type) {
	case json.Delim:
		return writePythonMembers(out, from, token)
	case string:
		out.WriteString(pythonText(token))
	case json.Number:
		out.WriteString(token.String())
	case bool:
		out.WriteString(map[bool]string{true: "True", false: "False"}[token])
	default:
		out.WriteString("None")
	}
	return nil
}

// writePythonMembers writes an object or a list from behind its opening bracket on.
func writePythonMembers(out *strings.Builder, from *json.Decoder, open json.Delim) error {
	out.WriteString(open.String())
	for first := true; from.More(); first = false {
		if !first {
			out.WriteString(", ")
		}
		if open == '{' {
			if err := writePython(out, from); err != nil {
				return err
			}
			out.WriteString(": ")
		}
		if err := writePython(out, from); err != nil {
			return err
		}
	}
	end, err := from.Token()
	if err != nil {
		return err
	}
	if bracket, ok := end.(json.Delim); ok {
		out.WriteString(bracket.String())
	}
	return nil
}

// pythonType names the type of JSON as Python has it.
func pythonType(raw []byte) string {
	switch raw = bytes.TrimSpace(raw); {
	case len(raw) == 0 || raw[0] == 'n':
		return "NoneType"
	case raw[0] == '{':
		return "dict"
	case raw[0] == '[':
		return "list"
	case raw[0] == '"':
		return "str"
	case raw[0] == 't' || raw[0] == 'f':
		return "bool"
	case bytes.ContainsAny(raw, ".eE"):
		return "float"
	}
	return "int"
}

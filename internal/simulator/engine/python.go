// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package engine

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"unicode"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/simulator/wire"
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

// networkError is what aiohttp says of a call that was not answered.
func networkError(err error, target string) error {
	if known, ok := errors.AsType[*url.Error](err); ok {
		err = known.Err // the line has the URL already
	}
	at, _ := url.Parse(target)
	noConnection := func(why string) error {
		port := cmp.Or(at.Port(), map[string]string{"http": "80"}[at.Scheme], "443")
		return fmt.Errorf("Cannot connect to host %s:%s ssl:default [%s]", at.Hostname(), port, why) //nolint:staticcheck // it is a line of the log
	}
	timeout := net.Error(nil)
	unknown, isUnknown := errors.AsType[*net.DNSError](err)
	switch {
	case isUnknown:
		return noConnection(unknown.Err)
	case errors.Is(err, syscall.ECONNREFUSED):
		return noConnection("Connect call failed (" + pythonText(at.Hostname()) + ", " + at.Port() + ")")
	case errors.Is(err, syscall.ECONNRESET):
		return errors.New("[Errno 104] Connection reset by peer")
	case errors.Is(err, io.EOF):
		return errors.New("Server disconnected") //nolint:staticcheck // likewise
	case errors.Is(err, wire.ErrIncomplete):
		return errors.New("Response payload is not completed: <ContentLengthError: 400, " + //nolint:staticcheck // likewise
			"message='Not enough data to satisfy content length header.'>")
	case errors.As(err, &timeout) && timeout.Timeout():
		return &timeoutError{}
	}
	return err
}

// timeoutError is Python's, which has no text.
type timeoutError struct{}

func (*timeoutError) Error() string { return "" }

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
	if len(raw) == 0 {
		return "None"
	}
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

// pythonString writes JSON as str() shows what json.loads() made of it: a text is itself.
func pythonString(raw json.RawMessage) string {
	var text string
	if pythonType(raw) == "str" && json.Unmarshal(raw, &text) == nil {
		return text
	}
	return pythonValue(raw)
}

// pythonFalse reports whether JSON is nothing to Python: null, false, 0, or without any content.
func pythonFalse(raw json.RawMessage) bool {
	var compact bytes.Buffer
	if len(raw) > 20 || json.Compact(&compact, raw) != nil { // an empty list is short
		return len(raw) == 0
	}
	return slices.Contains([]string{"null", "false", "0", "0.0", `""`, "[]", "{}"}, compact.String())
}

// pythonBool reads a value as pydantic reads a bool. problem is what it says of one that it does not take.
func pythonBool(raw json.RawMessage) (value bool, problem, kind string) {
	written := strings.ToLower(pythonString(raw))
	switch kind := pythonType(raw); {
	case kind != "bool" && kind != "str" && kind != "int" && kind != "float":
		return false, "Input should be a valid boolean", "bool_type"
	case slices.Contains([]string{"true", "1", "1.0", "t", "y", "yes", "on"}, written):
		return true, "", ""
	case slices.Contains([]string{"false", "0", "0.0", "f", "n", "no", "off"}, written):
		return false, "", ""
	}
	return false, "Input should be a valid boolean, unable to interpret input", "bool_parsing"
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

// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package diagnostic

import (
	"fmt"
	"strings"
	"unicode"
)

// HCLString writes a text as a quoted string of HCL that a person can paste: nothing in it ends the string, and nothing
// is evaluated (HCL native syntax specification, "Template Expressions"). What does not print is escaped, and bytes
// that are no UTF-8 become U+FFFD.
func HCLString(text string) string {
	var quoted strings.Builder
	quoted.WriteByte('"')
	for index, character := range text {
		switch {
		case character == '"' || character == '\\':
			quoted.WriteByte('\\')
			quoted.WriteRune(character)
		case (character == '$' || character == '%') && strings.HasPrefix(text[index+1:], "{"):
			fmt.Fprintf(&quoted, `\u%04x`, character) // doubled, it would not stand behind another one
		case unicode.IsPrint(character):
			quoted.WriteRune(character)
		case character > 0xffff:
			fmt.Fprintf(&quoted, `\U%08x`, character)
		default:
			fmt.Fprintf(&quoted, `\u%04x`, character)
		}
	}
	quoted.WriteByte('"')
	return quoted.String()
}

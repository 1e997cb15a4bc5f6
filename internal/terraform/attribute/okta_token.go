// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package attribute

import (
	"errors"
	"regexp"
	"strings"
	"unicode"

	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
)

// OktaTokenValidator refuses a text that can't be an Okta API token as it is: one with white space around it, with the
// word of the Authorization header before it, empty, or with characters that no token has. The error never repeats the
// value.
func OktaTokenValidator() validator.String {
	return Checked("an Okta API token as Okta shows it, without SSWS before it and without white space", "Not an API token", func(_, text string) string {
		if err := CheckOktaToken(text); err != nil {
			return err.Error()
		}
		return ""
	})
}

// authorizationWord is what stands before a token in an Authorization header.
var authorizationWord = regexp.MustCompile(`^(?i:(ssws)|bearer)\s+`)

// CheckOktaToken returns nil for a token that OktaTokenValidator accepts. Otherwise the error says what is wrong, one
// sentence a line.
func CheckOktaToken(token string) error {
	text := strings.TrimSpace(token)
	if text == "" {
		return errors.New("The token is empty. Is the secret set in CI?") //nolint:staticcheck // shown as it is
	}
	var problems []string
	if text != token {
		problems = append(problems, `The token has white space or a line break around it. Wrap it in trimspace(), for example trimspace(file("token")).`)
	}
	if found := authorizationWord.FindStringSubmatch(text); found != nil {
		word := "Bearer"
		if found[1] != "" {
			word = "SSWS"
		}
		problems = append(problems, "The token begins with "+word+". Leave that word out: the provider adds it.")
		text = text[len(found[0]):]
	}
	if problem := strangeCharacter(text); problem != "" {
		problems = append(problems, problem)
	}
	if problems == nil {
		return nil
	}
	return errors.New(strings.Join(problems, "\n"))
}

// tokenCharacters are those that tokens consist of.
var tokenCharacters = regexp.MustCompile(`^[A-Za-z0-9_.-]*`)

// strangeCharacter describes the first character that no token has; "" if there is no such character.
func strangeCharacter(text string) string {
	strange := []rune(text[len(tokenCharacters.FindString(text)):])
	if len(strange) == 0 {
		return ""
	}
	switch first := strange[0]; {
	case unicode.IsSpace(first):
		return "The token has white space or a line break inside it. Copy the token alone, and all of it."
	case strings.ContainsRune("\"'`\u2018\u2019\u201c\u201d", first):
		return "The token has quotation marks in it. Leave them out."
	case unicode.IsControl(first):
		return "The token has a control character in it. Copy it again from Okta."
	case first > unicode.MaxASCII:
		return "The token has a character outside ASCII in it, perhaps an invisible one. Copy it again from Okta."
	}
	return "The token has a character in it that no Okta API token has. A token consists of letters, digits, hyphens, underscores and dots."
}

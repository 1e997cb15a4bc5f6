// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package attribute

import (
	"context"
	"errors"
	"regexp"
	"strings"
	"unicode"

	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
)

var _ validator.String = oktaTokenValidator{}

// OktaTokenValidator refuses what can't be an API token of Okta's as it is: with white space around it, with the word
// of the Authorization header before it, empty, or with characters that no token has. The error never repeats the
// value.
func OktaTokenValidator() validator.String { return oktaTokenValidator{} }

type oktaTokenValidator struct{}

// Description says what is accepted.
func (oktaTokenValidator) Description(context.Context) string {
	return "an Okta API token as Okta shows it, without SSWS before it and without white space"
}

// MarkdownDescription is Description.
func (v oktaTokenValidator) MarkdownDescription(ctx context.Context) string {
	return v.Description(ctx)
}

// ValidateString adds one error with everything that is wrong.
func (oktaTokenValidator) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	if err := CheckOktaToken(req.ConfigValue.ValueString()); err != nil {
		resp.Diagnostics.AddAttributeError(req.Path, "Not an API token", err.Error())
	}
}

// authorizationWord is what stands before a token in an Authorization header.
var authorizationWord = regexp.MustCompile(`^(?i:(ssws)|bearer)\s+`)

// CheckOktaToken is what OktaTokenValidator does, as an error: nil, or what is wrong in plain sentences, one a line.
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

// strangeCharacter says what is in a token that no token has: they consist of letters and digits of ASCII, _, - and
// "."; "" if there is nothing of the kind.
func strangeCharacter(text string) string {
	at := strings.IndexFunc(text, func(r rune) bool {
		return r > unicode.MaxASCII || !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("_-.", r)
	})
	if at < 0 {
		return ""
	}
	switch first := []rune(text[at:])[0]; {
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

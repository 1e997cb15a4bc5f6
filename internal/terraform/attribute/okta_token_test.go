// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package attribute

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

const goodToken = "00hunter2-Hunter2_hunter2.hunter2"

func TestOktaTokenValidator(t *testing.T) {
	t.Parallel()
	const (
		around = `The token has white space or a line break around it. Wrap it in trimspace(), for example trimspace(file("token")).`
		ssws   = "The token begins with SSWS. Leave that word out: the provider adds it."
		bearer = "The token begins with Bearer. Leave that word out: the provider adds it."
		empty  = "The token is empty. Is the secret set in CI?"
		quotes = "The token has quotation marks in it. Leave them out."
		inside = "The token has white space or a line break inside it. Copy it alone, and all of it."
		other  = "The token has a character that it can't have, perhaps an invisible one. Copy it again, without anything around it."
	)
	cases := map[string]struct{ token, want string }{
		"a token":                          {goodToken, ""},
		"a token that begins as a word":    {"SSWS" + goodToken, ""},
		"one letter":                       {"t", ""},
		"a file's line break":              {goodToken + "\n", around},
		"a file's line break on Windows":   {goodToken + "\r\n", around},
		"a blank before it":                {" " + goodToken, around},
		"a no-break space behind it":       {goodToken + "\u00a0", around},
		"a heredoc":                        {"\n  " + goodToken + "\n", around},
		"nothing":                          {"", empty},
		"white space alone":                {" \n", empty},
		"SSWS before it":                   {"SSWS " + goodToken, ssws},
		"SSWS in small letters":            {"ssws " + goodToken, ssws},
		"SSWS and a tab":                   {"Ssws\t" + goodToken, ssws},
		"Bearer before it":                 {"bearer " + goodToken, bearer},
		"SSWS and a line break":            {"SSWS " + goodToken + "\n", around + "\n" + ssws},
		"SSWS, quoted":                     {`SSWS "` + goodToken + `"`, ssws + "\n" + quotes},
		"white space inside":               {goodToken + " " + goodToken, inside},
		"a line break inside":              {goodToken + "\n" + goodToken, inside},
		"a header":                         {"Authorization: SSWS " + goodToken, other},
		"quotes":                           {`"` + goodToken + `"`, quotes},
		"single quotes":                    {"'" + goodToken + "'", quotes},
		"a word processor's quotes":        {"\u201c" + goodToken + "\u201d", quotes},
		"a byte order mark":                {"\ufeff" + goodToken, other},
		"a letter outside ASCII":           {goodToken + "é", other},
		"what is not UTF-8":                {goodToken + "\xff", other},
		"a NUL":                            {goodToken + "\x00", other},
		"a template that nobody filled in": {"${" + goodToken + "}", other},
		"a name and a value":               {"token=" + goodToken, other},
		"a private key":                    {"-----BEGIN PRIVATE KEY-----", inside},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			at := path.Root("api_token_wo")
			resp := validator.StringResponse{}
			OktaTokenValidator().ValidateString(t.Context(), validator.StringRequest{Path: at, ConfigValue: types.StringValue(test.token)}, &resp)
			switch {
			case resp.Diagnostics.HasError() != (test.want != ""):
				t.Errorf("the validator says %v", resp.Diagnostics)
			case test.want != "" && (!isAt(resp.Diagnostics[0], at) || resp.Diagnostics[0].Summary() != "Not an API token" || resp.Diagnostics[0].Detail() != test.want):
				t.Errorf("the validator says %v", resp.Diagnostics)
			}
		})
	}
}

func TestOktaTokenValidatorLeavesWhatIsNotThere(t *testing.T) {
	t.Parallel()
	check := OktaTokenValidator()
	for _, value := range []types.String{types.StringNull(), types.StringUnknown()} {
		resp := validator.StringResponse{}
		check.ValidateString(t.Context(), validator.StringRequest{ConfigValue: value}, &resp)
		if len(resp.Diagnostics) > 0 {
			t.Errorf("%s: %v", value, resp.Diagnostics)
		}
	}
	if check.Description(t.Context()) != check.MarkdownDescription(t.Context()) {
		t.Error("the two descriptions differ")
	}
}

// TestOktaTokenValidatorKeepsTheValue puts each byte, and some runes, before, inside and behind a token: no message has
// any part of it.
func TestOktaTokenValidatorKeepsTheValue(t *testing.T) {
	t.Parallel()
	strange := []string{"é", "\u00a0", "\u200b", "\ufeff", "\u201c", "SSWS ", "ssws\t", "Bearer ", "Authorization: SSWS "}
	for b := range 256 {
		strange = append(strange, string([]byte{byte(b)}))
	}
	refused := 0
	for _, with := range strange {
		for _, token := range []string{with + goodToken, goodToken + with, goodToken[:9] + with + goodToken[9:], with + goodToken + with} {
			problem := Problem(OktaTokenValidator(), "", token)
			if problem == "" {
				continue
			}
			refused++
			if strings.Contains(strings.ToLower(problem), "hunter2") || strings.Contains(problem, token) {
				t.Errorf("with %q the error repeats the token: %v", with, problem)
			}
		}
	}
	if refused < 4*(256-2*26-10-3) {
		t.Errorf("only %d were refused", refused)
	}
}

func TestSekoiaKeyValidator(t *testing.T) {
	t.Parallel()
	for key, want := range map[string]string{
		"hunter2+/=:":          "",
		"":                     "The API key is empty.",
		"hunter2\n":            "The API key has white space or a line break around it.",
		"Bearer hunter2":       "The API key begins with Bearer.",
		"'hunter2'":            "The API key has quotation marks in it.",
		"hunter2 hunter2":      "The API key has white space or a line break inside it.",
		"hunter2\u200bhunter2": "The API key has a character that it can't have, perhaps an invisible one.",
	} {
		got := Problem(SekoiaKeyValidator(), "", key)
		if !strings.HasPrefix(got, want) || (got == "") != (want == "") || strings.Contains(got, "hunter2") {
			t.Errorf("%q: the error is %q, want %q", key, got, want)
		}
	}
}

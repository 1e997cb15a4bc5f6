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

func TestCheckOktaBaseURLTakes(t *testing.T) {
	t.Parallel()
	for name, raw := range map[string]string{
		"an organization":                      "https://acme.okta.com",
		"a trailing slash":                     "https://acme.okta.com/",
		"the port 443":                         "https://acme.okta.com:443",
		"capital letters":                      "HTTPS://Acme.Okta.com",
		"a preview organization":               "https://acme.oktapreview.com",
		"an organization for defence":          "https://acme.okta.mil",
		"a custom domain":                      "https://login.acme.example",
		"a custom domain on a port":            "https://login.acme.example:8443",
		"loopback with http":                   "http://127.0.0.1:8080",
		"localhost with http":                  "http://localhost:8080/",
		"loopback in IPv6":                     "http://[::1]:8080",
		"a host that only contains -admin":     "https://acme-admin.example",
		"a host that looks like Okta's":        "https://acme.okta.com.evil.example",
		"an organization with admin before it": "https://admin-acme.okta.com",
	} {
		if err := CheckOktaBaseURL(raw); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestCheckOktaBaseURLSaysWhatItShouldBe(t *testing.T) {
	t.Parallel()
	const acme = "https://acme.okta.com"
	cases := map[string]struct {
		raw, problem, should string
	}{
		"a missing scheme":                     {"acme.okta.com", "The URL must begin with https://.", acme},
		"a missing scheme before a port":       {"acme.okta.com:443", "The URL must begin with https://.", acme},
		"http":                                 {"http://acme.okta.com", "The URL must begin with https://.", acme},
		"http on its port":                     {"http://acme.okta.com:80", "The URL must begin with https://.", acme},
		"another scheme":                       {"ftp://acme.okta.com", "The URL must begin with https://.", acme},
		"the scheme twice":                     {"https://https://acme.okta.com", "The URL must begin with https://.", acme},
		"the scheme without slashes":           {"https:acme.okta.com", "The URL must begin with https://.", acme},
		"the scheme with three slashes":        {"https:///acme.okta.com", "The URL must begin with https://.", acme},
		"the admin host":                       {"https://acme-admin.okta.com", "admin console", acme},
		"the admin host of a preview":          {"https://acme-admin.oktapreview.com", "admin console", "https://acme.oktapreview.com"},
		"the admin host of okta.mil":           {"https://acme-admin.okta.mil", "admin console", "https://acme.okta.mil"},
		"the admin console's address":          {"https://acme-admin.okta.com/admin/dashboard", "no path", acme},
		"a path":                               {"https://acme.okta.com/api/v1", "Nothing may follow the host", acme},
		"a query":                              {"https://acme.okta.com?token=abc", "Nothing may follow the host", acme},
		"a fragment":                           {"https://acme.okta.com/#/x", "Nothing may follow the host", acme},
		"userinfo":                             {"https://user:hunter2@acme.okta.com", "Leave the user name", acme},
		"userinfo without a scheme":            {"user:hunter2@acme.okta.com", "Leave the user name and password out of the URL. The URL must begin with https://.", acme},
		"userinfo that looks like a scheme":    {"https://u:p@acme.okta.com", "Leave the user name and password out of the URL.\n", acme},
		"userinfo with a number as password":   {"https://u:1@acme.okta.com", "Leave the user name and password out of the URL.\n", acme},
		"a user name alone":                    {"https://user@acme.okta.com", "Leave the user name and password out of the URL.\n", acme},
		"the domain twice":                     {"https://acme.okta.com.okta.com", "The domain is written twice.", acme},
		"two of Okta's domains":                {"https://acme.okta.com.oktapreview.com", "The domain is written twice.", acme},
		"com twice":                            {"https://acme.okta.com.com", "The domain is written twice.", acme},
		"everything at once":                   {" http://u:p@acme-admin.okta.com.okta.com/admin ", "white space", acme},
		"white space":                          {"https://acme.okta.com\n", "white space", acme},
		"another port of Okta's":               {"https://acme.okta.com:8443", "Okta answers on port 443.", acme},
		"a port that can't be":                 {"https://acme.okta.com:99999", "Okta answers on port 443.", acme},
		"a backslash":                          {`https://acme.okta.com\login`, "Nothing may follow the host", acme},
		"a custom domain with http":            {"http://login.acme.example", "The URL must begin with https://.", "https://login.acme.example"},
		"loopback with a path":                 {"http://localhost:8080/x", "Nothing may follow the host", "http://localhost:8080"},
		"IPv6 loopback with a path":            {"http://[::1]/x", "Nothing may follow the host", "http://[::1]"},
		"IPv6 loopback with a port and a path": {"http://[::1]:8080/x", "Nothing may follow", "http://[::1]:8080"},
		"the bare domain":                      {"https://okta.com", "The host names no organization.", ""},
		"the domain's web page":                {"https://www.okta.com", "The host names no organization.", ""},
		"the empty text":                       {"", "The URL is empty.", ""},
		"white space alone":                    {"  ", "The URL is empty.", ""},
		"a scheme alone":                       {"https://", "There is no valid host", ""},
		"a host with a space":                  {"https://acme okta.com", "There is no valid host", ""},
		"quotes of a .env file":                {`"https://acme.okta.com"`, "quotation marks, brackets or invisible characters around", "https://acme.okta.com"},
		"brackets of a mail":                   {"<https://acme.okta.com>", "quotation marks, brackets or invisible characters around", "https://acme.okta.com"},
		"a byte order mark":                    {"\ufeffhttps://acme.okta.com", "quotation marks, brackets or invisible characters around", "https://acme.okta.com"},
		"quotes and nothing else":              {`""`, "The URL is empty", ""},
		"a host with an underscore and a star": {"https://*.okta.com", "There is no valid host", ""},
		"a port without a host":                {"https://:443", "There is no valid host", ""},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := CheckOktaBaseURL(test.raw)
			if err == nil {
				t.Fatalf("%q is taken", test.raw)
			}
			should := "It should be: " + test.should
			if test.should == "" {
				should = "It should look like: https://acme.okta.com"
			}
			if !strings.Contains(err.Error(), test.problem) || !strings.HasSuffix(err.Error(), "\n"+should) {
				t.Errorf("the error is %q, want %q and %q", err, test.problem, should)
			}
			for _, secret := range []string{"hunter2", "token=abc", "u:p"} {
				if strings.Contains(err.Error(), secret) {
					t.Errorf("the error repeats %q: %v", secret, err)
				}
			}
			if test.should != "" && CheckOktaBaseURL(test.should) != nil {
				t.Errorf("what it should be is refused too: %v", CheckOktaBaseURL(test.should))
			}
		})
	}
}

func TestOktaBaseURLValidator(t *testing.T) {
	t.Parallel()
	check := OktaBaseURLValidator()
	cases := map[string]struct {
		value types.String
		fails bool
	}{
		"a good one":   {types.StringValue("https://acme.okta.com"), false},
		"a bad one":    {types.StringValue("https://acme-admin.okta.com"), true},
		"none":         {types.StringNull(), false},
		"one unknown":  {types.StringUnknown(), false},
		"an empty one": {types.StringValue(""), true},
	}
	for name, test := range cases {
		at := path.Root("okta").AtName("base_url")
		resp := validator.StringResponse{}
		check.ValidateString(t.Context(), validator.StringRequest{Path: at, ConfigValue: test.value}, &resp)
		if resp.Diagnostics.HasError() != test.fails {
			t.Errorf("%s: %v", name, resp.Diagnostics)
		}
		if test.fails && !isAt(resp.Diagnostics[0], at) {
			t.Errorf("%s: the error is not on the attribute: %v", name, resp.Diagnostics)
		}
	}
	if check.Description(t.Context()) != check.MarkdownDescription(t.Context()) {
		t.Error("the two descriptions differ")
	}
}

func TestOktaBaseURLValidatorWarnsOfAdminInTheHost(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		raw          string
		warns, fails bool
	}{
		"an organization's host":          {"https://acme.okta.com", false, false},
		"a word that begins with -admin":  {"https://acme-administration.okta.com", true, false},
		"a custom domain":                 {"https://login-admin.acme.com", true, false},
		"in capitals":                     {"https://Login-ADMIN.acme.com", true, false},
		"in a later label":                {"https://login.acme-admin.com", true, false},
		"admin without a hyphen":          {"https://admin.acme.com", false, false},
		"the admin console's host":        {"https://acme-admin.okta.com", false, true},
		"the admin console's in capitals": {"https://ACME-ADMIN.okta.com", false, true},
		"the admin console's doubled":     {"https://acme-admin.okta.com.okta.com", false, true},
		"in a path alone":                 {"https://acme.okta.com/x-admin", false, true},
		"in a password alone":             {"https://u:x-admin@acme.okta.com", false, true},
		"with another mistake":            {"http://login-admin.acme.com", true, true},
		"what is not a URL":               {"", false, true},
	}
	for name, test := range cases {
		at := path.Root("base_url")
		resp := validator.StringResponse{}
		OktaBaseURLValidator().ValidateString(t.Context(), validator.StringRequest{Path: at, ConfigValue: types.StringValue(test.raw)}, &resp)
		warnings := resp.Diagnostics.Warnings()
		if resp.Diagnostics.HasError() != test.fails || (len(warnings) == 1) != test.warns {
			t.Errorf("%s: %v", name, resp.Diagnostics)
		}
		if test.warns && (!isAt(warnings[0], at) || !strings.Contains(warnings[0].Detail(), "refuses any URL with -admin in it")) {
			t.Errorf("%s: the warning is %v", name, warnings)
		}
		if (CheckOktaBaseURL(test.raw) != nil) != test.fails {
			t.Errorf("%s: the check and the validator differ", name)
		}
	}
}

func FuzzCheckOktaBaseURL(f *testing.F) {
	for _, seed := range []string{"https://acme.okta.com", "u:p@x", "https://[::1", "\\", "http:////a@b:c", "https://a.okta.com.com.com:0"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		err := CheckOktaBaseURL(raw)
		if err == nil {
			if _, parse := ParseBaseURL(raw); parse != nil {
				t.Errorf("%q is taken, and is no URL: %v", raw, parse)
			}
			return
		}
		if _, should, found := strings.Cut(err.Error(), "It should be: "); found && CheckOktaBaseURL(should) != nil {
			t.Errorf("%q should be %q, which is refused: %v", raw, should, CheckOktaBaseURL(should))
		}
	})
}

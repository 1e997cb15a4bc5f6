// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package diagnostic

import (
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/okta"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/sekoia"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/credential"
)

// isAt tells whether a diagnostic sits on this attribute; the empty path is none.
func isAt(diagnostic diag.Diagnostic, at path.Path) bool {
	with, ok := diagnostic.(diag.DiagnosticWithPath)
	if !ok {
		return len(at.Steps()) == 0
	}
	return with.Path().Equal(at)
}

func TestNewDiagnostic(t *testing.T) {
	t.Parallel()
	name := path.Root("name")
	cases := map[string]struct {
		severity diag.Severity
		at       path.Path
		err      error
		hint     string
		detail   string
	}{
		"an error on an attribute": {diag.SeverityError, name, errors.New("it broke"), "Mend it.", "It broke.\nMend it."},
		"an error on none":         {diag.SeverityError, path.Empty(), errors.New("it broke"), "", "It broke."},
		"a warning on one":         {diag.SeverityWarning, name, nil, "Mend it.", "Mend it."},
		"a warning on none":        {diag.SeverityWarning, path.Empty(), errors.New("it broke"), "", "It broke."},
		"an error with a host":     {diag.SeverityError, name, errors.New("acme.example is gone"), "", "acme.example is gone."},
		"an error of an attribute": {diag.SeverityError, name, errors.New("base_url is empty"), "", "base_url is empty."},
		"an error with no text":    {diag.SeverityError, name, errors.New(""), "", ""},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got diag.Diagnostics
			if test.severity == diag.SeverityError {
				AddError(&got, test.at, "Summary", test.err, test.hint)
			} else {
				AddWarning(&got, test.at, "Summary", test.err, test.hint)
			}
			if len(got) != 1 || got[0].Severity() != test.severity || got[0].Summary() != "Summary" || got[0].Detail() != test.detail {
				t.Errorf("the diagnostic is %v", got)
			}
			if !isAt(got[0], test.at) {
				t.Errorf("it sits elsewhere than on %q", test.at)
			}
		})
	}
}

func TestDiagnosticsAreShort(t *testing.T) {
	t.Parallel()
	long := errors.New(strings.Repeat("line\n", 40))
	got := NewDiagnostic(diag.SeverityError, path.Empty(), "Summary", long, "What to do.")
	lines := strings.Split(got.Detail(), "\n")
	if len(lines) > 6 || lines[len(lines)-1] != "What to do." || !strings.Contains(got.Detail(), "…") {
		t.Errorf("the text has %d lines: %q", len(lines), got.Detail())
	}
}

func TestAddOktaError(t *testing.T) {
	t.Parallel()
	place := OktaPlace{Subject: "acme.okta.com", Key: types.StringNull(), Source: SourceEnvironment, Variables: map[string]string{
		"base_url": "OKTA_ORG_NAME", "api_token": "OKTA_CLIENT_TOKEN", "client_id": "OKTA_API_CLIENT_ID", "scopes": "OKTA_API_SCOPES",
	}}
	paths := OktaErrorPaths{Place: place, ID: path.Root("id"), Search: path.Root("search")}
	answer := func(status int, code string) error {
		return fmt.Errorf("list: %w", &okta.APIError{Method: "GET", Path: "/api/v1/devices", Status: status, Code: code, ID: "oae1"})
	}
	asApp := func(status int, code string) error {
		return &okta.APIError{Method: "GET", Path: "/api/v1/devices", Status: status, Code: code, Scheme: "DPoP"}
	}
	refused := func(status int, code string) error {
		return &okta.APIError{ForToken: true, Method: "POST", Path: "/oauth2/v1/token", Status: status, Code: code}
	}
	cases := map[string]struct {
		err     error
		at      path.Path
		summary string
		says    string
	}{
		"an app that is refused":   {refused(401, "invalid_client"), path.Empty(), "Okta gave the service app no access token (401)", "OKTA_API_CLIENT_ID"},
		"scopes not granted":       {refused(400, "consent_required"), path.Empty(), "Okta gave the service app no access token (400)", "OKTA_API_SCOPES"},
		"an app without the scope": {asApp(403, "insufficient_scope"), path.Empty(), "the access token lacks a scope (403)", "OKTA_API_SCOPES"},
		"an app without the role":  {asApp(403, "E0000006"), path.Empty(), "the service app may not read devices (403)", "Admin roles"},
		"an app's token refused":   {asApp(401, "E0000011"), path.Empty(), "Okta rejected the access token (401)", "network zone"},
		"an app's proof refused":   {asApp(400, "invalid_dpop_proof"), path.Empty(), "Okta rejected the proof of possession (DPoP) (400)", "clock"},
		"an app, the feature off":  {asApp(401, "E0000015"), path.Empty(), "the organization's Devices API is off (401)", "Identity Engine"},
		"an app in an outage":      {asApp(503, ""), path.Empty(), "Okta did not answer (503)", "status.okta.com"},
		"tokens that are limited":  {refused(429, ""), path.Empty(), "Okta's rate limit is used up (429)", "a minute"},
		"no tokens for an outage":  {refused(503, ""), path.Empty(), "Okta did not answer (503)", "status.okta.com"},
		"no tokens by a proxy":     {refused(403, ""), path.Empty(), "this is not Okta's answer (403)", "HTTPS_PROXY"},
		"a token without a scope":  {&okta.ScopeError{}, path.Empty(), "the access token lacks the scope okta.devices.read", "OKTA_API_SCOPES"},
		"an invalid token":         {answer(401, "E0000011"), path.Empty(), "Okta rejected the API token (401)", "OKTA_CLIENT_TOKEN"},
		"a failed authentication":  {answer(401, "E0000004"), path.Empty(), "Okta rejected the API token (401)", "network zone"},
		"a feature that is off":    {answer(401, "E0000015"), path.Empty(), "the organization's Devices API is off (401)", "OKTA_ORG_NAME"},
		"a token without the role": {answer(403, "E0000006"), path.Empty(), "the API token may not read devices (403)", "OKTA_CLIENT_TOKEN"},
		"a proxy's login page":     {answer(401, ""), path.Empty(), "this is not Okta's answer (401)", "HTTPS_PROXY"},
		"a firewall's page":        {answer(403, ""), path.Empty(), "this is not Okta's answer (403)", "firewall"},
		"an app behind a firewall": {asApp(403, ""), path.Empty(), "this is not Okta's answer (403)", "firewall"},
		"a device that is not":     {answer(404, "E0000007"), paths.ID, "Summary", "errorId is oae1"},
		"a bad search":             {answer(400, "E0000031"), paths.Search, "Summary", "double quotes"},
		"an invalid request":       {answer(400, "E0000001"), paths.Search, "Summary", "double quotes"},
		"another 400":              {answer(400, "E0000003"), path.Empty(), "Summary", "E0000003"},
		"a rate limit":             {answer(429, "E0000047"), path.Empty(), "Okta's rate limit is used up (429)", "a minute"},
		"an outage":                {answer(503, ""), path.Empty(), "Okta did not answer (503)", "status.okta.com"},
		"an untrusted host": {
			&okta.UntrustedHostError{Host: "evil.example", Reason: "so", Remedy: "Use SEKOIA_TRUSTED_OKTA_HOSTS"}, path.Empty(),
			"base_url may not be trusted with an Okta credential", "SEKOIA_TRUSTED_OKTA_HOSTS",
		},
		"an untrusted host behind a proxy": {
			&okta.UntrustedHostError{Host: "login.example", Reason: "so", Remedy: "Do", Err: x509.UnknownAuthorityError{}}, path.Empty(),
			"base_url may not be trusted with an Okta credential", "http.ca_certificate_file",
		},
		"a host that is not Okta's": {&okta.NotOktaError{Host: "acme.okta.com", Reason: "it answered 404"}, path.Empty(), "no Okta organization answers at base_url", "OKTA_ORG_NAME"},
		"an answer of odd shape": {
			&okta.UnexpectedAnswerError{Method: "GET", Path: "/", Status: 200, Reason: "it is HTML"}, path.Empty(), "this is not Okta's answer (200)", "login page",
		},
		"a token with a line break": {fmt.Errorf("list: %w", credential.ErrCredentialCharacters), path.Empty(), "the API token can't be sent", "copied whole"},
		"a name that is none":       {&net.DNSError{Name: "acme.okta.com", IsNotFound: true}, path.Empty(), "Okta did not answer", "OKTA_ORG_NAME"},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got diag.Diagnostics
			AddOktaError(&got, paths, "Summary", test.err)
			if got.ErrorsCount() != 1 || len(got) != 1 {
				t.Fatalf("there are %d diagnostics: %v", len(got), got)
			}
			if got[0].Summary() != "acme.okta.com: "+test.summary || !isAt(got[0], test.at) || !strings.Contains(got[0].Detail(), test.says) {
				t.Errorf("the diagnostic is %v, want %q on %q saying %q", got[0], test.summary, test.at, test.says)
			}
			for _, unset := range []string{"OKTA_CLIENT_ORGURL", "OKTA_API_TOKEN"} {
				if strings.Contains(got[0].Detail(), unset) {
					t.Errorf("it names %s, which is not set: %q", unset, got[0].Detail())
				}
			}
			if !strings.HasPrefix(got[0].Detail(), okta.Advise(test.err).Happened) {
				t.Errorf("it does not begin with what happened: %q", got[0].Detail())
			}
		})
	}
}

func TestAddSekoiaError(t *testing.T) {
	t.Parallel()
	at := path.Root("name")
	answer := func(status int) error {
		return fmt.Errorf("list: %w", &sekoia.APIError{Method: "GET", Path: "/v1/me", Status: status, Code: "X1"})
	}
	const rejected = `provider "sekoia": Sekoia rejected the API key (401)`
	cases := map[string]struct {
		err     error
		at      path.Path
		summary string
		says    string
	}{
		"a rejected key":          {answer(401), path.Empty(), rejected, "another region.\nThe key is here. The region is there."},
		"a missing permission":    {answer(403), at, "Summary", "Give the API key a role"},
		"a rate limit":            {answer(429), path.Empty(), "Summary", "a minute"},
		"an outage":               {answer(502), path.Empty(), "Summary", "status.sekoia.io"},
		"a refusal":               {answer(400), at, "Summary", "X1"},
		"an answer of odd shape":  {&sekoia.UnexpectedAnswerError{Method: "GET", Path: "/v1/me", Status: 200, Reason: "HTML"}, path.Empty(), `provider "sekoia": this is not Sekoia's answer (200)`, "\nThe region is there."},
		"a key with a line break": {fmt.Errorf("list: %w", credential.ErrCredentialCharacters), path.Empty(), `provider "sekoia": the API key can't be sent`, "The key is here."},
		"a broken connection":     {&sekoia.CallError{Method: "GET", Path: "/v1/me", Err: errors.New("broke")}, path.Empty(), "Summary", "calling Sekoia (GET /v1/me): broke."},
		"a name that is wrong":    {&net.DNSError{Name: "api.sekoia.io", IsNotFound: true}, path.Empty(), `provider "sekoia": Sekoia did not answer`, "\nThe region is there."},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			place := SekoiaPlace{sekoia.InputAPIKey: "The key is here.", sekoia.InputRegion: "The region is there."}
			var got diag.Diagnostics
			AddSekoiaError(&got, place, at, "Summary", test.err)
			if len(got) != 1 || got[0].Summary() != test.summary || !isAt(got[0], test.at) || !strings.Contains(got[0].Detail(), test.says) {
				t.Errorf("the diagnostics are %v, want %q on %q saying %q", got, test.summary, test.at, test.says)
			}

			// What is left behind must not be lost when the provider's fault is told once.
			got = nil
			AddSekoiaError(&got, place, at, "Summary", test.err, "The account stays.")
			if got[0].Summary() != "Summary" || !strings.Contains(got[0].Detail(), test.says) || !strings.Contains(got[0].Detail(), "The account stays.") {
				t.Errorf("with something left behind, the diagnostic is %v", got[0])
			}
		})
	}
}

func TestHCLString(t *testing.T) {
	t.Parallel()
	cases := map[string]struct{ text, want string }{
		"a UUID stays":                       {"6bffbac8-3a5d-4b1e-9d5c-0d3b6f6f2f0a", `"6bffbac8-3a5d-4b1e-9d5c-0d3b6f6f2f0a"`},
		"quotes and backslashes":             {`a"b\c`, `"a\U00000022b\U0000005cc"`},
		"an interpolation":                   {"${file}", `"\U00000024{file}"`},
		"a directive":                        {"%{ if true }", `"\U00000025{ if true }"`},
		"an interpolation after a dollar":    {"$${a}", `"\U00000024\U00000024{a}"`},
		"control characters":                 {"a\n\x00\x1b", `"a\U0000000a\U00000000\U0000001b"`},
		"what changes the direction":         {"\u202eevil", `"\U0000202eevil"`},
		"bytes that are no UTF-8":            {"a\xff", "\"a\ufffd\""},
		"letters of other scripts and emoji": {"Zoë 東京 😀", `"Zoë 東京 😀"`},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := HCLString(test.text); got != test.want {
				t.Errorf("%q is written %s, want %s", test.text, got, test.want)
			}
		})
	}
}

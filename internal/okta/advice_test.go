// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package okta

import (
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/advice"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/credential"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/failure"
)

func TestWhatAnErrorOfOktaMeans(t *testing.T) {
	t.Parallel()
	answer := func(status int, code string) error {
		return fmt.Errorf("list: %w", &APIError{Method: "GET", Path: "/api/v1/devices", Status: status, Code: code, ID: "oae1", Scheme: "SSWS"})
	}
	asApp := func(status int, code string) error {
		return &APIError{Method: "GET", Path: "/api/v1/devices", Status: status, Code: code, Scheme: "DPoP"}
	}
	refused := func(status int, code string) error {
		return &APIError{ForToken: true, Method: "POST", Path: "/oauth2/v1/token", Status: status, Code: code}
	}
	called := func(url string, err error) error { return &failure.CallError{Method: "GET", URL: url, Err: err} }
	redirect := &failure.RedirectError{Reason: "it is another origin"}
	cases := map[string]struct {
		err   error
		kind  advice.Kind
		input string
		news  string
		do    string
	}{
		"an app that is refused":   {refused(401, "invalid_client"), advice.Rejected, InputClientID, "Okta gave the service app no access token (401)", "the app is active"},
		"scopes not granted":       {refused(400, "consent_required"), advice.Denied, InputScopes, "Okta gave the service app no access token (400)", "Grant the scopes"},
		"an app without the scope": {asApp(403, "insufficient_scope"), advice.Denied, InputScopes, "the access token lacks a scope (403)", "Grant okta.devices.read"},
		"an app without the role":  {asApp(403, "E0000006"), advice.Denied, InputClientID, "the service app may not read devices (403)", "Admin roles"},
		"an app's token refused":   {asApp(401, "E0000011"), advice.Rejected, InputClientID, "Okta rejected the access token (401)", "network zone"},
		"an app's proof refused":   {asApp(400, "invalid_dpop_proof"), advice.Rejected, InputClientID, "Okta rejected the proof of possession (DPoP) (400)", "clock"},
		"an app, the feature off":  {asApp(401, "E0000015"), advice.Rejected, InputBaseURL, "the organization's Devices API is off (401)", "Identity Engine"},
		"an app in an outage":      {asApp(503, ""), advice.Untested, "", "Okta did not answer (503)", "status.okta.com"},
		"tokens that are limited":  {refused(429, ""), advice.Untested, "", "Okta's rate limit is used up (429)", "a minute"},
		"no tokens for an outage":  {refused(503, ""), advice.Untested, "", "Okta did not answer (503)", "status.okta.com"},
		"no tokens by a proxy":     {refused(403, ""), advice.Untested, "", "this is not Okta's answer (403)", "HTTPS_PROXY"},
		"a token without a scope": {
			&ScopeError{}, advice.Denied, InputScopes, "the access token lacks the scope okta.devices.read", "name it in scopes",
		},
		"an invalid token":           {answer(401, "E0000011"), advice.Rejected, InputToken, "Okta rejected the API token (401)", "30 days unused"},
		"a failed authentication":    {answer(401, "E0000004"), advice.Rejected, InputToken, "Okta rejected the API token (401)", "network zone"},
		"a feature that is off":      {answer(401, "E0000015"), advice.Rejected, InputBaseURL, "the organization's Devices API is off (401)", "the errorId"},
		"the same, said with 403":    {answer(403, "E0000015"), advice.Rejected, InputBaseURL, "the organization's Devices API is off (403)", "the errorId"},
		"a token without the role":   {answer(403, "E0000006"), advice.Denied, InputToken, "the API token may not read devices (403)", "admin role"},
		"an owner who was suspended": {answer(403, "E0000005"), advice.Denied, InputToken, "the API token may not read devices (403)", "suspended"},
		"a proxy's login page":       {answer(401, ""), advice.Untested, "", "this is not Okta's answer (401)", "HTTPS_PROXY"},
		"a firewall's page":          {answer(403, ""), advice.Untested, "", "this is not Okta's answer (403)", "firewall"},
		"an app behind a firewall":   {asApp(403, ""), advice.Untested, "", "this is not Okta's answer (403)", "firewall"},
		"a proxy's 404":              {answer(404, ""), advice.Untested, "", "this is not Okta's answer (404)", "firewall"},
		"a proxy that wants a login": {answer(407, ""), advice.Untested, "", "Okta did not answer (407)", "HTTPS_PROXY"},
		"a device that is not":       {answer(404, "E0000007"), advice.Rejected, InputDevice, "", ""},
		"another that is not":        {answer(404, "E0000008"), advice.Rejected, InputDevice, "", ""},
		"a bad search":               {answer(400, "E0000031"), advice.Rejected, InputSearch, "", "double quotes"},
		"an invalid request":         {answer(400, "E0000001"), advice.Rejected, InputSearch, "", "double quotes"},
		"another 400":                {answer(400, "E0000003"), advice.Untested, "", "", "does not know this answer"},
		"a rate limit":               {answer(429, "E0000047"), advice.Untested, "", "Okta's rate limit is used up (429)", "a minute"},
		"a call that was held back":  {called("https://acme.okta.com/api/v1/devices", &failure.RateLimitError{}), advice.Untested, "", "Okta's rate limit is used up", "timeouts"},
		"an outage":                  {answer(503, ""), advice.Untested, "", "Okta did not answer (503)", "status.okta.com"},
		"Okta's own outage":          {answer(500, "E0000009"), advice.Untested, "", "Okta did not answer (500)", "status.okta.com"},
		"a host that is not trusted": {&UntrustedHostError{Host: "evil.example", Reason: "so", Remedy: "Do this"}, advice.Untrusted, InputBaseURL, untrusted, "Do this."},
		"a host that is not Okta's":  {&NotOktaError{Host: "acme.okta.com", Reason: "it answered 404"}, advice.Rejected, InputBaseURL, "no Okta organization answers at base_url", "-admin"},
		"an answer of odd shape":     {&UnexpectedAnswerError{Method: "GET", Path: "/", Status: 200, Reason: "it is HTML"}, advice.Untested, "", "this is not Okta's answer (200)", "login page"},
		"a token with a line break":  {fmt.Errorf("list: %w", credential.ErrCredentialCharacters), advice.Rejected, InputToken, "the API token can't be sent", "copied whole"},
		"a name that does not exist": {&net.DNSError{Name: "acme.okta.com", IsNotFound: true}, advice.Untested, InputBaseURL, "Okta did not answer", "spelling of the host"},
		"a call that redirects":      {called("https://acme.okta.com/api/v1/devices", redirect), advice.Untested, InputBaseURL, "Okta did not answer", "login page"},
		"an untrusted host behind a proxy": {
			&UntrustedHostError{Host: "login.example", Reason: "so", Remedy: "Do", Err: x509.UnknownAuthorityError{}}, advice.Untrusted, InputBaseURL,
			untrusted, "http.ca_certificate_file",
		},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := Advise(test.err)
			if got.Kind != test.kind || got.Input != test.input || got.News != test.news || !strings.Contains(got.Do, test.do) {
				t.Errorf("it means %+v", got)
			}
			if _, ok := errors.AsType[*APIError](test.err); ok && !strings.HasPrefix(got.Happened, "Okta answered ") {
				t.Errorf("it does not begin with the answer: %q", got.Happened)
			}
			if strings.Contains(got.Happened, "oae1") || strings.Contains(test.err.Error(), "oae1") != (got.Trace == "Okta's errorId is oae1.") {
				t.Errorf("the errorId is not where it should be: %+v", got)
			}
		})
	}
}

const untrusted = "base_url may not be trusted with an Okta credential"

func TestARefusalsHintBreaksNoSentence(t *testing.T) {
	t.Parallel()
	for _, row := range refusals {
		for line := range strings.Lines(row.do) {
			if text := strings.TrimSpace(line); !strings.ContainsAny(text[len(text)-1:], ".)") {
				t.Errorf("a line of the hint for %v %v is %q", row.codes, row.words, text)
			}
		}
	}
}

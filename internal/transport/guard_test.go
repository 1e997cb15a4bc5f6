// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package transport_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/jarcoal/httpmock"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/credential"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/failure"
)

// authorized returns a GET of url with a credential that is pinned to the origin of pinned.
func authorized(t *testing.T, url, pinned string) *http.Request {
	t.Helper()
	req := newRequest(t, t.Context(), http.MethodGet, url, "")
	return credential.Authorize(req, mustOrigin(t, pinned), "SSWS", credential.NewSecret(testToken))
}

func TestCredentialGoesToItsOrigin(t *testing.T) {
	t.Parallel()
	cases := map[string]struct{ url, pinned string }{
		"the same":               {acme + "/api/v1/devices?limit=200", acme},
		"the port written":       {acme + ":443/api/v1/devices", acme},
		"another case of a host": {"https://ACME.okta.com/api/v1/devices", acme},
		"loopback":               {"http://127.0.0.1:8080/api/v1/devices", "http://127.0.0.1:8080"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var header http.Header
			mock := newMock(func(req *http.Request) (*http.Response, error) {
				header = req.Header
				return httpmock.NewStringResponse(http.StatusOK, "[]"), nil
			})
			client := newClient(t, transport.Options{Base: mock, UserAgent: "test/1"})
			got, err := fetch(client, authorized(t, c.url, c.pinned))
			if err != nil || got.body != "[]" {
				t.Fatalf("the body is %q, %v", got.body, err)
			}
			if got := header.Get("Authorization"); got != "SSWS "+testToken {
				t.Errorf("Authorization: %s", got)
			}
			if got := header.Get("User-Agent"); got != "test/1" {
				t.Errorf("User-Agent: %s", got)
			}
		})
	}
}

func TestAuthorizeLeavesTheRequestAlone(t *testing.T) {
	t.Parallel()
	req := newRequest(t, t.Context(), http.MethodGet, acme, "")
	if credential.Authorize(req, mustOrigin(t, acme), "SSWS", credential.NewSecret(testToken)); req.Header.Get("Authorization") != "" {
		t.Error("the request that was given has the credential")
	}
}

func TestGuardSendsNothingElsewhere(t *testing.T) {
	t.Parallel()
	with := func(change func(*http.Request)) func(*testing.T) *http.Request {
		return func(t *testing.T) *http.Request {
			t.Helper()
			req := authorized(t, acme+"/api", acme)
			change(req)
			return req
		}
	}
	to := func(url string) func(*testing.T) *http.Request {
		return func(t *testing.T) *http.Request {
			t.Helper()
			return authorized(t, url, acme)
		}
	}
	plain := func(t *testing.T) *http.Request {
		t.Helper()
		return newRequest(t, t.Context(), http.MethodGet, acme, "")
	}
	cases := map[string]struct {
		request func(*testing.T) *http.Request
		want    string
	}{
		"another host":           {to("https://evil.example/api"), "for https://acme.okta.com only"},
		"another port":           {to(acme + ":8443/api"), "for https://acme.okta.com only"},
		"another scheme":         {to("http://acme.okta.com/api"), "for https://acme.okta.com only"},
		"a trailing dot":         {to("https://acme.okta.com./api"), "for https://acme.okta.com only"},
		"a name below":           {to("https://evil.acme.okta.com/api"), "for https://acme.okta.com only"},
		"a user name in the URL": {to("https://hunter2@acme.okta.com/api"), "user name or a password"},
		"no host":                {to("https:///api"), "host is missing"},
		"another Host header":    {with(func(r *http.Request) { r.Host = "evil.example" }), "Host header"},
		"another credential":     {with(func(r *http.Request) { r.Header.Set("Authorization", "SSWS other") }), "not set for any origin"},
		"a second credential":    {with(func(r *http.Request) { r.Header.Add("Authorization", "SSWS "+testToken) }), "not set for any origin"},
		"a second in lower case": {with(func(r *http.Request) { r.Header["authorization"] = []string{"Bearer x"} }), "not set for any origin"},
		"a URL that was changed": {with(func(r *http.Request) { r.URL.Host = "evil.example"; r.Host = "" }), "for https://acme.okta.com only"},
		"a redirect's request, which lost its header": {with(func(r *http.Request) {
			r.Header.Del("Authorization")
			r.URL.Host, r.Host = "evil.example", ""
		}), "for https://acme.okta.com only"},
		"a header set by hand": {func(t *testing.T) *http.Request {
			t.Helper()
			r := plain(t)
			r.Header.Set("Authorization", "SSWS x")
			return r
		}, "not set for any origin"},
		"one in lower case": {func(t *testing.T) *http.Request {
			t.Helper()
			r := plain(t)
			r.Header["authorization"] = []string{"SSWS x"}
			return r
		}, "not set for any origin"},
		"a password for basic": {func(t *testing.T) *http.Request {
			t.Helper()
			return newRequest(t, t.Context(), http.MethodGet, "https://a:hunter2@acme.okta.com", "")
		}, "user name or a password"},
		"a scheme that is not HTTP": {func(t *testing.T) *http.Request {
			t.Helper()
			return newRequest(t, t.Context(), http.MethodGet, "ftp://acme.okta.com", "")
		}, "scheme is ftp"},
		"a scheme that is missing": {func(t *testing.T) *http.Request {
			t.Helper()
			return newRequest(t, t.Context(), http.MethodGet, "//acme.okta.com", "")
		}, "scheme"},
		"a pin without an origin": {func(t *testing.T) *http.Request {
			t.Helper()
			return credential.Authorize(plain(t), credential.Origin{}, "SSWS", credential.NewSecret("x"))
		}, "its credential is for"},
		"a credential used twice on": {func(t *testing.T) *http.Request { t.Helper(); return borrowed(t) }, "for https://acme.okta.com only"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			mock := newMock(httpmock.NewStringResponder(http.StatusOK, "[]"))
			client := newClient(t, transport.Options{Base: mock, MaxRetries: 2})
			_, err := fetch(client, c.request(t))
			var refusal *credential.OriginError
			if !errors.As(err, &refusal) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("the error is %v, want an OriginError with %q", err, c.want)
			}
			if text := fmt.Sprintf("%v %+v", err, refusal); strings.Contains(text, testToken) || strings.Contains(text, "hunter2") {
				t.Errorf("the error shows a credential: %s", text)
			}
			if calls := mock.GetTotalCallCount(); calls != 0 {
				t.Errorf("%d calls were made", calls)
			}
		})
	}
}

// borrowed is a request to another origin with the context and the header of an authorised one.
func borrowed(t *testing.T) *http.Request {
	t.Helper()
	source := authorized(t, acme, acme)
	req := newRequest(t, source.Context(), http.MethodGet, "https://evil.example", "")
	req.Header = source.Header
	return req
}

func TestCredentialThatNoHeaderCanCarry(t *testing.T) {
	t.Parallel()
	mock := newMock(httpmock.NewStringResponder(http.StatusOK, "[]"))
	client := newClient(t, transport.Options{Base: mock})
	req := newRequest(t, t.Context(), http.MethodGet, acme, "")
	_, err := fetch(client, credential.Authorize(req, mustOrigin(t, acme), "SSWS", credential.NewSecret("hunter2\n")))
	if !errors.Is(err, credential.ErrCredentialCharacters) || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("the error is %v", err)
	}
	if mock.GetTotalCallCount() != 0 {
		t.Error("a call was made")
	}
}

// redirect answers with a status and a Location until it was called times times, then with 200.
func redirect(status int, location string, times int) httpmock.Responder {
	return func(*http.Request) (*http.Response, error) {
		if times == 0 {
			return httpmock.NewStringResponse(http.StatusOK, "there"), nil
		}
		times--
		resp := httpmock.NewStringResponse(status, "elsewhere")
		resp.Header.Set("Location", location)
		return resp, nil
	}
}

func TestRedirects(t *testing.T) {
	t.Parallel()
	type outcome struct {
		status int
		refuse string
		calls  int
	}
	cases := map[string]struct {
		method   string
		status   int
		location string
		times    int
		want     outcome
	}{
		"within the origin, by path":        {http.MethodGet, http.StatusFound, "/x", 1, outcome{status: 200, calls: 2}},
		"within the origin, whole":          {http.MethodGet, http.StatusMovedPermanently, acme + ":443/x", 1, outcome{status: 200, calls: 2}},
		"307 within the origin":             {http.MethodGet, http.StatusTemporaryRedirect, "/x", 1, outcome{status: 200, calls: 2}},
		"HEAD within the origin":            {http.MethodHead, http.StatusFound, "/x", 1, outcome{status: 200, calls: 2}},
		"five times":                        {http.MethodGet, http.StatusFound, "/x", 5, outcome{status: 200, calls: 6}},
		"six times":                         {http.MethodGet, http.StatusFound, "/x", 6, outcome{refuse: "too many", calls: 6}},
		"to another host":                   {http.MethodGet, http.StatusFound, "https://evil.example/x?a=1", 1, outcome{refuse: "to https://evil.example, which is not followed: it is another origin", calls: 1}},
		"to another host without a scheme":  {http.MethodGet, http.StatusFound, "//evil.example/x", 1, outcome{refuse: "another origin", calls: 1}},
		"to a name below":                   {http.MethodGet, http.StatusFound, "https://x.acme.okta.com", 1, outcome{refuse: "another origin", calls: 1}},
		"to another port":                   {http.MethodGet, http.StatusFound, acme + ":8443/x", 1, outcome{refuse: "another origin", calls: 1}},
		"to plain http":                     {http.MethodGet, http.StatusFound, "http://acme.okta.com/x", 1, outcome{refuse: "another origin", calls: 1}},
		"to the origin with userinfo":       {http.MethodGet, http.StatusFound, "https://hunter2@acme.okta.com/x", 1, outcome{refuse: "user name", calls: 1}},
		"to what is not a URL":              {http.MethodGet, http.StatusFound, "https://hunter2:%zz@x", 1, outcome{refuse: "Location is not a URL", calls: 1}},
		"without a Location":                {http.MethodGet, http.StatusFound, "", 1, outcome{status: 302, calls: 1}},
		"300 is no redirect":                {http.MethodGet, http.StatusMultipleChoices, "https://evil.example", 1, outcome{status: 300, calls: 1}},
		"POST within the origin":            {http.MethodPost, http.StatusFound, "/x", 1, outcome{status: 302, calls: 1}},
		"POST within the origin, 307":       {http.MethodPost, http.StatusTemporaryRedirect, "/x", 1, outcome{status: 307, calls: 1}},
		"POST to another host":              {http.MethodPost, http.StatusTemporaryRedirect, "https://evil.example", 1, outcome{refuse: "another origin", calls: 1}},
		"POST to another host as a GET":     {http.MethodPost, http.StatusSeeOther, "https://evil.example", 1, outcome{refuse: "another origin", calls: 1}},
		"DELETE within the origin":          {http.MethodDelete, http.StatusFound, "/x", 1, outcome{status: 302, calls: 1}},
		"POST to what is not a URL":         {http.MethodPost, http.StatusFound, "https://hunter2:%zz@x", 1, outcome{refuse: "Location is not a URL", calls: 1}},
		"from the redirect to another host": {http.MethodGet, http.StatusPermanentRedirect, "https://acme.okta.com@evil.example/", 1, outcome{refuse: "another origin", calls: 1}},
	}
	for name, c := range cases {
		for _, authorized := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s, credential %t", name, authorized), func(t *testing.T) {
				t.Parallel()
				mock := newMock(redirect(c.status, c.location, c.times))
				client := newClient(t, transport.Options{Base: mock, MaxRetries: 3})
				req := newRequest(t, t.Context(), c.method, acme+"/api", "{}")
				if authorized {
					req = credential.Authorize(req, mustOrigin(t, acme), "SSWS", credential.NewSecret(testToken))
				}
				got, err := fetch(client, req)
				if calls := mock.GetTotalCallCount(); calls != c.want.calls {
					t.Errorf("%d calls, want %d", calls, c.want.calls)
				}
				if c.want.refuse != "" {
					assertRedirectError(t, err, c.want.refuse)
					return
				}
				if err != nil {
					t.Fatal(err)
				}
				if got.status != c.want.status {
					t.Errorf("status %d, want %d", got.status, c.want.status)
				}
			})
		}
	}
}

func assertRedirectError(t *testing.T, err error, want string) {
	t.Helper()
	var refusal *failure.RedirectError
	if !errors.As(err, &refusal) || !strings.Contains(err.Error(), want) {
		t.Fatalf("the error is %v, want a RedirectError with %q", err, want)
	}
	if strings.Contains(err.Error(), "hunter2") {
		t.Errorf("the error shows a password: %v", err)
	}
}

func TestRedirectKeepsTheCredential(t *testing.T) {
	t.Parallel()
	var headers []string
	move := redirect(http.StatusFound, "/x", 1)
	mock := newMock(func(req *http.Request) (*http.Response, error) {
		headers = append(headers, req.Header.Get("Authorization"))
		return move(req)
	})
	got, err := fetch(newClient(t, transport.Options{Base: mock}), authorized(t, acme, acme))
	if err != nil {
		t.Fatal(err)
	}
	if len(headers) != 2 || headers[1] != "SSWS "+testToken {
		t.Errorf("Authorization was %q", headers)
	}
	if path := got.request.URL.Path; path != "/x" {
		t.Errorf("the answer is to %s", path)
	}
}

func TestErrorsHoldNoPartOfTheURLThatMayBeSecret(t *testing.T) {
	t.Parallel()
	mock := newMock(httpmock.NewErrorResponder(errors.New("connect: \x1b[31mbroken")))
	client := newClient(t, transport.Options{Base: mock})
	req := newRequest(t, t.Context(), http.MethodGet, acme+"/api/v1/devices?search=hunter2#hunter2", "")
	_, err := fetch(client, req)
	if _, ok := errors.AsType[*failure.CallError](err); !ok {
		t.Fatalf("the error is %v", err)
	}
	const want = `GET https://acme.okta.com/api/v1/devices: connect: \x1b[31mbroken`
	if err.Error() != want {
		t.Errorf("got  %s\nwant %s", err, want)
	}
	for cause := err; cause != nil; cause = errors.Unwrap(cause) {
		if strings.Contains(cause.Error(), "hunter2") {
			t.Errorf("inside the error: %v", cause)
		}
	}
}

func TestUserAgentOfARequestStays(t *testing.T) {
	t.Parallel()
	var got string
	mock := newMock(func(req *http.Request) (*http.Response, error) {
		got = req.UserAgent()
		return httpmock.NewStringResponse(http.StatusNoContent, ""), nil
	})
	req := newRequest(t, context.Background(), http.MethodPut, acme, "x")
	req.Header.Set("User-Agent", "own/2")
	if _, err := fetch(newClient(t, transport.Options{Base: mock, UserAgent: "test/1"}), req); err != nil {
		t.Fatal(err)
	}
	if got != "own/2" {
		t.Errorf("User-Agent: %s", got)
	}
}

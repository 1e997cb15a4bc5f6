// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package sekoia_test

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/jarcoal/httpmock"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/advice"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/sekoia"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/credential"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/failure"
)

func TestRefusalsSayWhatSekoiaSaid(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		status     int
		body       string
		code, text string
	}{
		"code and message":   {400, `{"code":"bad","message":"no such thing"}`, "bad", "no such thing"},
		"a code alone":       {400, `{"code":"bad"}`, "bad", ""},
		"a message alone":    {429, `{"message":"slow down"}`, "", "slow down"},
		"fields of odd type": {400, `{"code":{"a":1},"message":["x"]}`, "", ""},
		"asset-management's details": {422,
			`{"detail":[{"loc":["query","limit"],"msg":"too large","type":"x"},{"loc":["body",0],"msg":"missing","type":"y"},{"msg":"bare"}]}`,
			"", "query.limit: too large; body.0: missing; bare"},
		"a detail in words":       {404, `{"detail":"Not found"}`, "", "Not found"},
		"a detail of odd type":    {422, `{"detail":{"a":1}}`, "", ""},
		"plain text is not shown": {502, "upstream said: secret things", "", ""},
		"nothing":                 {500, "", "", ""},
		"a list":                  {500, "[]", "", ""},
		"a page":                  {503, "<html>", "", "an HTML page, perhaps from something between here and Sekoia"},
		"the key quoted":          {401, `{"code":"bad","message":"unknown key the-api-key!"}`, "bad", "unknown key ***!"},
		"the token quoted":        {400, `{"code":"the-okta-token","message":"the-okta-token"}`, "***", "***"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			mock, client := newCloud(t)
			mock.on(http.MethodPost, accountsPath, test.status, test.body)
			_, err := client.CreateAccount(t.Context(), sekoia.AccountFields{Name: "n", Settings: settings()})
			refusal := wantError[*sekoia.APIError](t, err)
			if refusal.Status != test.status || refusal.Code != test.code || refusal.Message != test.text {
				t.Errorf("got %+v", refusal)
			}
		})
	}
}

// A proxy or a firewall that answers with a page says nothing about the key, and nothing about what Sekoia has.
func TestAPageIsNoRefusalOfSekoia(t *testing.T) {
	t.Parallel()
	for _, status := range []int{302, 400, 401, 403, 404, 407, 511, 200} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			t.Parallel()
			mock, client := newCloud(t)
			mock.on(http.MethodGet, "/v1/me", status, "\n<!DOCTYPE html><title>hunter2</title>")
			_, err := client.Me(t.Context())
			got := sekoia.Advise(err)
			if err == nil || got.Kind != advice.Untested || got.Input == sekoia.InputAPIKey || sekoia.IsNotFound(err) || sekoia.OutcomeUnknown(err) {
				t.Errorf("%v means %+v", err, got)
			}
			if !strings.Contains(got.News, fmt.Sprintf("(%d)", status)) || strings.Contains(fmt.Sprint(err, got), "hunter2") || got.Do == "" {
				t.Errorf("it says %+v", got)
			}
		})
	}
}

func TestRefusalsAsText(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		refusal sekoia.APIError
		want    string
	}{
		"code and message": {sekoia.APIError{Method: "GET", Path: "/v1/me", Status: 401, Code: "c", Message: "m"},
			"Sekoia answered 401 (c: m) to GET /v1/me"},
		"a code": {sekoia.APIError{Method: "GET", Path: "/v1/me", Status: 401, Code: "c"},
			"Sekoia answered 401 (c) to GET /v1/me"},
		"a message": {sekoia.APIError{Method: "GET", Path: "/v1/me", Status: 401, Message: "m"},
			"Sekoia answered 401 (m) to GET /v1/me"},
		"neither": {sekoia.APIError{Method: "GET", Path: "/v1/me", Status: 503}, "Sekoia answered 503 to GET /v1/me"},
		"a permission": {sekoia.APIError{Method: "POST", Path: "/v1/x", Status: 403, Needs: `"View intakes"`},
			`Sekoia answered 403 to POST /v1/x; the API key needs the permission "View intakes"`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := test.refusal.Error(); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestTextFromTheNetworkIsMadeHarmless(t *testing.T) {
	t.Parallel()
	mock, client := newCloud(t)
	mock.on(http.MethodGet, "/v1/me", 400, `{"code":"a\u001b[31mb","message":"`+strings.Repeat("x", 1000)+`"}`)
	_, err := client.Me(t.Context())
	refusal := wantError[*sekoia.APIError](t, err)
	if strings.ContainsRune(refusal.Code, '\x1b') || len([]rune(refusal.Message)) > 210 {
		t.Errorf("got %q", err)
	}
}

func TestForbiddenNamesThePermission(t *testing.T) {
	t.Parallel()
	const startStop = `"Manage intakes" and "Create and edit asset-connectors data"`
	tests := map[string]string{
		"CatalogueConnector": `"View integrations"`,
		"CatalogueModule":    `"View integrations"`,
		"Account":            `"View playbooks"`,
		"Accounts":           `"View playbooks"`,
		"AccountUsage":       `"View playbooks"`,
		"CreateAccount":      `"Manage playbooks"`,
		"UpdateAccount":      `"Manage playbooks"`,
		"DeleteAccount":      `"Manage playbooks"`,
		"Connector":          `"View intakes"`,
		"Connectors":         `"View intakes"`,
		"CreateConnector":    `"Manage intakes"`,
		"UpdateConnector":    `"Manage intakes"`,
		"DeleteConnector":    `"Manage intakes"`,
		"StartConnector":     startStop,
		"StopConnector":      startStop,
		"ConnectorLogs":      `"View playbook runs"`,
		"Me":                 "",
		"Permissions":        "",
		"Communities":        "",
		"CountAssets":        "",
		"Assets":             "",
	}
	_, anyClient := newCloud(t)
	if len(everyCall(anyClient)) != len(tests) {
		t.Fatalf("%d calls, but %d expectations", len(everyCall(anyClient)), len(tests))
	}
	for name, want := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			mock, client := newCloud(t)
			mock.RegisterNoResponder(httpmock.NewStringResponder(403, `{"code":"forbidden"}`))
			refusal := wantError[*sekoia.APIError](t, everyCall(client)[name](t.Context()))
			if refusal.Needs != want {
				t.Errorf("got %q, want %q", refusal.Needs, want)
			}
		})
	}
	t.Run("not where a page says no", func(t *testing.T) {
		t.Parallel()
		mock, client := newCloud(t)
		mock.on(http.MethodGet, connectorPath, 403, "<html>blocked</html>")
		_, err := client.Connector(t.Context(), connectorID)
		if odd := wantError[*sekoia.UnexpectedAnswerError](t, err); odd.Status != 403 || strings.Contains(odd.Error(), "permission") {
			t.Errorf("got %v", odd)
		}
	})
	t.Run("not with another status", func(t *testing.T) {
		t.Parallel()
		mock, client := newCloud(t)
		mock.on(http.MethodGet, connectorPath, 401, `{}`)
		_, err := client.Connector(t.Context(), connectorID)
		if refusal := wantError[*sekoia.APIError](t, err); refusal.Needs != "" {
			t.Errorf("got %q", refusal.Needs)
		}
	})
}

func TestIsNotFound(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		err  error
		want bool
	}{
		"no error":               {nil, false},
		"404":                    {&sekoia.APIError{Status: 404}, true},
		"404, wrapped":           {fmt.Errorf("reading: %w", &sekoia.APIError{Status: 404}), true},
		"403":                    {&sekoia.APIError{Status: 403}, false},
		"410":                    {&sekoia.APIError{Status: 410}, false},
		"500":                    {&sekoia.APIError{Status: 500}, false},
		"a page with status 404": {&sekoia.UnexpectedAnswerError{Status: 404}, false},
		"no answer":              {&sekoia.CallError{Err: errors.New("reset")}, false},
		"anything else":          {errors.New("404"), false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := sekoia.IsNotFound(test.err); got != test.want {
				t.Errorf("got %t", got)
			}
		})
	}
}

func TestAPageWithStatus404IsNotGone(t *testing.T) {
	t.Parallel()
	mock, client := newCloud(t)
	mock.RegisterNoResponder(httpmock.NewStringResponder(404, "<!doctype html><title>404 Not Found</title>"))
	for name, call := range everyCall(client) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := call(t.Context())
			odd := wantError[*sekoia.UnexpectedAnswerError](t, err)
			if odd.Status != 404 || sekoia.IsNotFound(err) || sekoia.OutcomeUnknown(err) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestOutcomeUnknown(t *testing.T) {
	t.Parallel()
	dial := &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}
	tests := map[string]struct {
		responder httpmock.Responder
		want      bool
	}{
		"connection reset":             {httpmock.NewErrorResponder(&net.OpError{Op: "read", Err: syscall.ECONNRESET}), true},
		"any failure":                  {httpmock.NewErrorResponder(errors.New("broken")), true},
		"deadline":                     {httpmock.NewErrorResponder(context.DeadlineExceeded), true},
		"connection refused":           {httpmock.NewErrorResponder(dial), false},
		"proxy not reached":            {httpmock.NewErrorResponder(&net.OpError{Op: "proxyconnect", Err: dial}), false},
		"proxy refused":                {httpmock.NewErrorResponder(&failure.ProxyError{Status: 407}), false},
		"name not resolved":            {httpmock.NewErrorResponder(&net.DNSError{Name: "api.sekoia.test"}), false},
		"certificate not trusted":      {httpmock.NewErrorResponder(&tls.CertificateVerificationError{Err: errors.New("x")}), false},
		"refused by the transport":     {httpmock.NewErrorResponder(&credential.OriginError{Reason: "not there"}), false},
		"a key that no header carries": {httpmock.NewErrorResponder(credential.ErrCredentialCharacters), false},
		"held back by a rate limit":    {httpmock.NewErrorResponder(&failure.RateLimitError{Cause: context.Canceled}), false},
		"sent elsewhere":               {httpmock.NewErrorResponder(&failure.RedirectError{Reason: "elsewhere"}), false},
		"broken-off success":           {brokenBody(201, `{"uu`), true},
		"success that can't be read":   {httpmock.NewStringResponder(201, `{"uuid":`), true},
		"success in HTML":              {httpmock.NewStringResponder(200, `<html>`), true},
		"success without uuid":         {httpmock.NewStringResponder(201, `{}`), true},
		"500":                          {httpmock.NewStringResponder(500, `{"code":"x"}`), true},
		"502 in HTML":                  {httpmock.NewStringResponder(502, `<html>`), true},
		"504":                          {httpmock.NewStringResponder(504, ``), true},
		"broken-off 500":               {brokenBody(500, `{"co`), true},
		"302 without a place to go to": {httpmock.NewStringResponder(302, ``), false},
		"400":                          {httpmock.NewStringResponder(400, `{"code":"x"}`), false},
		"401":                          {httpmock.NewStringResponder(401, ``), false},
		"403 in HTML":                  {httpmock.NewStringResponder(403, `<html>`), false},
		"404 in HTML":                  {httpmock.NewStringResponder(404, `<html>`), false},
		"409":                          {httpmock.NewStringResponder(409, ``), false},
		"422":                          {httpmock.NewStringResponder(422, `{"detail":[]}`), false},
		"429":                          {httpmock.NewStringResponder(429, ``), false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			mock, client := newCloud(t)
			mock.respond(http.MethodPost, accountsPath, test.responder)
			mock.respond(http.MethodGet, "/v1/me", test.responder)
			_, err := client.CreateAccount(t.Context(), sekoia.AccountFields{Name: "n", Settings: settings()})
			if err == nil || sekoia.OutcomeUnknown(err) != test.want {
				t.Errorf("POST: %v, unknown %t", err, sekoia.OutcomeUnknown(err))
			}
			if wrapped := fmt.Errorf("creating: %w", err); sekoia.OutcomeUnknown(wrapped) != test.want {
				t.Error("wrapped, it is another")
			}
			if _, err := client.Me(t.Context()); err != nil && sekoia.OutcomeUnknown(err) {
				t.Errorf("GET has no outcome, but %v says so", err)
			}
		})
	}
	t.Run("no error", func(t *testing.T) {
		t.Parallel()
		if sekoia.OutcomeUnknown(nil) || sekoia.OutcomeUnknown(errors.New("x")) {
			t.Error("unknown without a call")
		}
	})
	t.Run("canceled between refusals by the rate limit", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			mock := httpmock.NewMockTransport()
			mock.RegisterResponder(http.MethodPost, baseURL+accountsPath, httpmock.NewStringResponder(429, ""))
			httpClient, err := transport.New(transport.Options{MaxRetries: 4, Base: mock})
			wantNoError(t, err)
			base, err := url.Parse(baseURL)
			wantNoError(t, err)
			client := sekoia.New(sekoia.Config{HTTP: httpClient, BaseURL: base, APIKey: credential.NewSecret(apiKey)})
			ctx, cancel := context.WithCancel(t.Context())
			time.AfterFunc(100*time.Millisecond, cancel) // the first wait is half a second at least
			_, err = client.CreateAccount(ctx, sekoia.AccountFields{Name: "n", Settings: settings()})
			if !errors.Is(err, context.Canceled) || sekoia.OutcomeUnknown(err) || mock.GetTotalCallCount() != 1 {
				t.Errorf("got %v after %d calls", err, mock.GetTotalCallCount())
			}
		})
	})
	t.Run("a refused connection after attempts that may have been heard", func(t *testing.T) {
		t.Parallel()
		mock, client := newCloud(t)
		mock.respond(http.MethodPatch, connectorPath, httpmock.NewErrorResponder(dial))
		if err := client.UpdateConnector(t.Context(), connectorID, sekoia.ConnectorFields{Name: "n"}); !sekoia.OutcomeUnknown(err) {
			t.Errorf("got %v", err)
		}
	})
}

func TestCallsWithoutAnAnswer(t *testing.T) {
	t.Parallel()
	mock, client := newCloud(t)
	cause := &net.OpError{Op: "read", Net: "tcp", Err: syscall.ECONNRESET}
	mock.respond(http.MethodGet, connectorsPath, httpmock.NewErrorResponder(cause))
	_, err := client.Connectors(t.Context(), sekoia.Query{Name: "private name"})
	failed := wantError[*sekoia.CallError](t, err)
	want := "calling Sekoia (GET https://api.sekoia.test" + connectorsPath + ")" +
		": connection lost before the answer was complete (read tcp: connection reset by peer)"
	if failed.Error() != want {
		t.Errorf("got %q, want %q", failed.Error(), want)
	}
	if !errors.Is(err, syscall.ECONNRESET) || failure.Explain(err).What != "connection lost before the answer was complete" {
		t.Errorf("the cause is lost: %v", err)
	}
}

func TestWhatAnErrorOfSekoiaMeans(t *testing.T) {
	t.Parallel()
	answer := func(status int, code string) error {
		return fmt.Errorf("x: %w", &sekoia.APIError{Method: "GET", Path: "/v1/me", Status: status, Code: code})
	}
	const rejected = "Sekoia rejected the API key (401)"
	for name, test := range map[string]struct {
		err   error
		kind  advice.Kind
		input string
		news  string
		do    string
	}{
		"a key that nobody knows": {answer(401, "T300"), advice.Rejected, sekoia.InputAPIKey, rejected, "does not know this API key"},
		"one that has expired":    {answer(401, "T301"), advice.Rejected, sekoia.InputAPIKey, rejected, "has expired: a key lives 30, 180 or 365 days"},
		"one that was revoked":    {answer(401, "T302"), advice.Rejected, sekoia.InputAPIKey, rejected, "Somebody revoked"},
		"another code":            {answer(401, "T303"), advice.Rejected, sekoia.InputAPIKey, rejected, "wrong, expired, revoked, or of another region"},
		"no code":                 {answer(401, ""), advice.Rejected, sekoia.InputAPIKey, rejected, "wrong, expired, revoked, or of another region"},
		"a missing permission":    {answer(403, "T301"), advice.Denied, "", "the API key lacks a permission (403)", "a role that allows this"},
		"what is not there":       {answer(404, "x"), advice.Rejected, "", "Sekoia does not have it (404)", "deleted"},
		"a rate limit":            {answer(429, ""), advice.Untested, "", "Sekoia's rate limit is used up (429)", "a minute"},
		"an outage":               {answer(503, ""), advice.Untested, "", "Sekoia did not answer (503)", "status.sekoia.io"},
		"an unknown answer":       {answer(400, "x"), advice.Untested, "", "", "does not know this answer"},
		"a page of a proxy":       {answer(400, ""), advice.Untested, "", "this is not Sekoia's answer (400)", "HTTPS_PROXY"},
		"an answer of odd shape":  {&sekoia.UnexpectedAnswerError{Status: 200, Reason: "HTML"}, advice.Untested, sekoia.InputRegion, "this is not Sekoia's answer (200)", "HTTPS_PROXY"},
		"half an answer":          {&sekoia.UnexpectedAnswerError{Status: 200, Err: io.ErrUnexpectedEOF}, advice.Untested, "", "Sekoia did not answer", "what cuts the connection"},
		"a call that was held":    {&sekoia.CallError{Method: "POST", Path: "/v1", Err: &failure.RateLimitError{}}, advice.Untested, "", "Sekoia's rate limit is used up", "timeouts"},
		"no answer":               {&sekoia.CallError{Method: "POST", Path: "/v1", Err: &failure.TimeoutError{}}, advice.Untested, "", "Sekoia did not answer", "request_timeout"},
		"a key that can't be sent": {
			&sekoia.CallError{Method: "POST", Path: "/v1", Err: credential.ErrCredentialCharacters}, advice.Rejected, sekoia.InputAPIKey, "the API key can't be sent", "copied whole",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := sekoia.Advise(test.err)
			if got.Kind != test.kind || got.Input != test.input || got.News != test.news || !strings.Contains(got.Do, test.do) || got.Happened == "" {
				t.Errorf("it means %+v", got)
			}
		})
	}
}

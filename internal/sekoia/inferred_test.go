// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package sekoia_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"

	"github.com/jarcoal/httpmock"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/sekoia"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/credential"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/failure"
)

func TestSecretsDoNotPrint(t *testing.T) {
	t.Parallel()
	whole := settings()
	for _, value := range []any{
		sekoia.AccountFields{Settings: whole}, sekoia.AccountFields{Settings: whole}, whole,
		sekoia.Config{APIKey: credential.NewSecret(apiKey), BaseURL: &url.URL{}},
		sekoia.New(sekoia.Config{APIKey: credential.NewSecret(apiKey), BaseURL: &url.URL{}}),
	} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x"} {
			if text := fmt.Sprintf(verb, value); strings.Contains(text, apiKey) || strings.Contains(text, oktaToken) {
				t.Errorf("%s of a %T shows a secret: %s", verb, value, text)
			}
		}
	}
}

// TestCallsThatAreRepeated goes through the real transport. What it is about is which calls the client declares to be
// the same when they are sent twice.
func TestCallsThatAreRepeated(t *testing.T) {
	t.Parallel()
	reset := httpmock.NewErrorResponder(syscall.ECONNRESET)
	yes := httpmock.NewStringResponder(200, `{"uuid":"`+connectorID+`"}`)
	tests := map[string]struct {
		first httpmock.Responder
		then  httpmock.Responder
		call  string
		calls int
		fails bool
	}{
		"GET after a reset":                {reset, yes, "Connector", 2, false},
		"PATCH after a reset":              {reset, yes, "UpdateConnector", 2, false},
		"PATCH of an account likewise":     {reset, yes, "UpdateAccount", 2, false},
		"start after a reset":              {reset, yes, "StartConnector", 2, false},
		"stop after a reset":               {reset, yes, "StopConnector", 2, false},
		"DELETE that was heard":            {reset, httpmock.NewStringResponder(404, `{}`), "DeleteAccount", 2, false},
		"DELETE after a 502":               {httpmock.NewStringResponder(502, ""), yes, "DeleteConnector", 2, false},
		"POST of an account, never":        {reset, yes, "CreateAccount", 1, true},
		"POST of a connector, never":       {reset, yes, "CreateConnector", 1, true},
		"nor after a 503":                  {httpmock.NewStringResponder(503, ""), yes, "CreateConnector", 1, true},
		"POST that was refused by a 429":   {httpmock.NewStringResponder(429, ""), yes, "CreateConnector", 2, false},
		"POST whose answer makes no sense": {httpmock.NewStringResponder(201, `{"uu`), yes, "CreateAccount", 1, true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var mu sync.Mutex
				calls := 0
				mock := httpmock.NewMockTransport()
				mock.RegisterNoResponder(func(request *http.Request) (*http.Response, error) {
					mu.Lock()
					defer mu.Unlock()
					if calls++; calls == 1 {
						return test.first(request)
					}
					return test.then(request)
				})
				httpClient, err := transport.New(transport.Options{MaxRetries: 3, Base: mock})
				wantNoError(t, err)
				base, err := url.Parse(baseURL)
				wantNoError(t, err)
				client := sekoia.New(sekoia.Config{HTTP: httpClient, BaseURL: base, APIKey: credential.NewSecret(apiKey)})
				err = everyCall(client)[test.call](t.Context())
				if (err != nil) != test.fails || calls != test.calls {
					t.Errorf("got %v after %d calls", err, calls)
				}
				if err != nil && !sekoia.OutcomeUnknown(err) {
					t.Errorf("the outcome of %v is not known", err)
				}
			})
		})
	}
}

// TestTheKeyStaysWithItsOrigin goes through the real transport, which must accept what the client declares, and refuse
// the rest before it is sent.
func TestTheKeyStaysWithItsOrigin(t *testing.T) {
	t.Parallel()
	mock := httpmock.NewMockTransport()
	mock.RegisterResponder(http.MethodGet, "https://app.fra2.sekoia.io/api/v1/me",
		httpmock.NewStringResponder(302, "").HeaderSet(http.Header{"Location": {"https://evil.example/v1/me"}}))
	mock.RegisterResponder(http.MethodPost, "https://app.fra2.sekoia.io/api"+accountsPath,
		httpmock.NewStringResponder(307, "").HeaderSet(http.Header{"Location": {"https://evil.example/"}}))
	httpClient, err := transport.New(transport.Options{Base: mock})
	wantNoError(t, err)
	base, err := url.Parse("https://app.fra2.sekoia.io/api")
	wantNoError(t, err)
	client := sekoia.New(sekoia.Config{HTTP: httpClient, BaseURL: base, APIKey: credential.NewSecret(apiKey)})
	_, err = client.Me(t.Context())
	failed := wantError[*sekoia.CallError](t, err)
	if !isRefusedRedirect(failed) || !failed.Unsent {
		t.Errorf("got %v", err)
	}
	_, err = client.CreateAccount(t.Context(), sekoia.AccountFields{Settings: settings()})
	if err == nil || sekoia.OutcomeUnknown(err) {
		t.Errorf("got %v", err)
	}
	if mock.GetTotalCallCount() != 2 {
		t.Errorf("%d calls: %v", mock.GetTotalCallCount(), mock.GetCallCountInfo())
	}
}

func isRefusedRedirect(err error) bool {
	_, redirect := errors.AsType[*failure.RedirectError](err)
	return redirect
}

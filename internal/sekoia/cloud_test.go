// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package sekoia_test

import (
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jarcoal/httpmock"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/sekoia"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/credential"
)

const (
	baseURL     = "https://api.sekoia.test"
	apiKey      = "the-api-key"
	oktaToken   = "the-okta-token"
	communityID = "c0000000-0000-4000-8000-000000000001"
	accountID   = "a0000000-0000-4000-8000-000000000001"
	connectorID = "b0000000-0000-4000-8000-000000000001"

	accountsPath   = "/v1/symphony/module-configurations"
	accountPath    = accountsPath + "/" + accountID
	connectorsPath = "/v1/symphony/connector-configurations"
	connectorPath  = connectorsPath + "/" + connectorID
	assetsPath     = "/v2/asset-management/assets"
)

// cloud answers in Sekoia's place, and keeps what it was asked.
type cloud struct {
	*httpmock.MockTransport
	mu    sync.Mutex
	calls []received
}

// received is a request as it came in.
type received struct {
	Method, Path string
	Query        url.Values
	Header       http.Header
	Body         string
}

func newCloud(t *testing.T) (*cloud, *sekoia.Client) {
	t.Helper()
	return newCloudAt(t, baseURL)
}

func newCloudAt(t *testing.T, base string) (*cloud, *sekoia.Client) {
	t.Helper()
	mock := &cloud{MockTransport: httpmock.NewMockTransport()}
	parsed, err := url.Parse(base)
	if err != nil {
		t.Fatal(err)
	}
	return mock, sekoia.New(sekoia.Config{
		HTTP: &http.Client{Transport: mock}, BaseURL: parsed, APIKey: credential.NewSecret(apiKey),
	})
}

// RoundTrip keeps the request before it is answered.
func (c *cloud) RoundTrip(request *http.Request) (*http.Response, error) {
	kept := received{
		Method: request.Method, Path: request.URL.EscapedPath(), Query: request.URL.Query(), Header: request.Header.Clone(),
	}
	if request.Body != nil {
		body, err := io.ReadAll(request.Body)
		if err != nil {
			return nil, err
		}
		kept.Body = string(body)
		request.Body = io.NopCloser(strings.NewReader(kept.Body))
	}
	c.mu.Lock()
	c.calls = append(c.calls, kept)
	c.mu.Unlock()
	return c.MockTransport.RoundTrip(request)
}

// on answers calls of a method and path, whatever their query.
func (c *cloud) on(method, path string, status int, body string) {
	c.respond(method, path, httpmock.NewStringResponder(status, body))
}

func (c *cloud) respond(method, path string, responder httpmock.Responder) {
	c.RegisterResponder(method, baseURL+path, responder)
}

// sequence answers one call after the other, and fails what comes after the last.
func sequence(responders ...httpmock.Responder) httpmock.Responder {
	next := 0
	return func(request *http.Request) (*http.Response, error) {
		if next == len(responders) {
			return nil, errors.New("one call too many")
		}
		next++
		return responders[next-1](request)
	}
}

// expect compares the calls so far, as "METHOD path".
func (c *cloud) expect(t *testing.T, calls ...string) {
	t.Helper()
	got := []string{}
	for _, call := range c.calls {
		got = append(got, call.Method+" "+call.Path)
	}
	if diff := cmp.Diff(append([]string{}, calls...), got); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
}

func (c *cloud) last(t *testing.T) received {
	t.Helper()
	if len(c.calls) == 0 {
		t.Fatal("no call was made")
	}
	return c.calls[len(c.calls)-1]
}

// brokenBody is an answer whose body ends with an error after some of it.
func brokenBody(status int, body string) httpmock.Responder {
	return func(request *http.Request) (*http.Response, error) {
		return &http.Response{
			StatusCode: status, Header: http.Header{}, Request: request, ContentLength: -1,
			Body: io.NopCloser(io.MultiReader(strings.NewReader(body), failing{})),
		}, nil
	}
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

// number reads a number out of a query; what is none is -1.
func number(query url.Values, name string) int {
	value, err := strconv.Atoi(query.Get(name))
	if err != nil {
		return -1
	}
	return value
}

func wantNoError(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatalf("unexpected error: %v", err)
	}
}

// wantError fails unless err is a T, and returns it as one.
func wantError[T error](t *testing.T, err error) T {
	t.Helper()
	typed, ok := errors.AsType[T](err)
	if !ok {
		t.Fatalf("got error %T (%v), want %T", err, err, typed)
	}
	for _, secret := range []string{apiKey, oktaToken} {
		if strings.Contains(err.Error(), secret) {
			t.Fatalf("the error shows a secret: %v", err)
		}
	}
	return typed
}

// settings are an account's, with the token that no error may show.
func settings() sekoia.AccountSettings {
	return sekoia.AccountSettings{
		sekoia.SettingBaseURL: credential.NewSecret("https://acme.okta.com"), sekoia.SettingAPIKey: credential.NewSecret(oktaToken),
	}
}

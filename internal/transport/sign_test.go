// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package transport_test

import (
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/credential"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/failure"
)

type network func(*http.Request) (*http.Response, error)

func (n network) RoundTrip(request *http.Request) (*http.Response, error) { return n(request) }

func answered(request *http.Request, status int, header http.Header) *http.Response {
	if header == nil {
		header = http.Header{}
	}
	return &http.Response{StatusCode: status, Header: header, Body: http.NoBody, Request: request, ProtoMajor: 1, ProtoMinor: 1}
}

func signing(t *testing.T, base network) *http.Client {
	t.Helper()
	client, err := transport.New(transport.Options{Base: base, MaxRetries: 2})
	if err != nil {
		t.Fatal(err)
	}
	return client
}

func plain(t *testing.T, method, target string) *http.Request {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, target, nil)
	if err != nil {
		t.Fatal(err)
	}
	return request
}

func TestEachAttemptAndEachRedirectIsSignedAnew(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var seen []string
		client := signing(t, func(request *http.Request) (*http.Response, error) {
			body := ""
			if request.Body != nil {
				read, err := io.ReadAll(request.Body)
				if err != nil {
					t.Error(err)
				}
				body = string(read)
			}
			seen = append(seen, request.URL.Path+" "+request.Header.Get("Proof")+" "+body)
			switch len(seen) {
			case 1:
				return answered(request, http.StatusServiceUnavailable, nil), nil
			case 2:
				return answered(request, http.StatusFound, http.Header{"Location": {"/b"}}), nil
			default:
				return answered(request, http.StatusOK, nil), nil
			}
		})
		signed := 0
		request := transport.SignEach(plain(t, http.MethodGet, "https://acme.okta.com/a"), func(attempt *http.Request) error {
			signed++
			attempt.Header.Set("Proof", attempt.URL.Path+strings.Repeat("!", signed))
			attempt.Body, attempt.ContentLength = io.NopCloser(strings.NewReader("x")), 1
			attempt.URL.Host = "evil.example" // what it is given is a copy
			return nil
		})
		response, err := transport.Do(client, request)
		if err != nil {
			t.Fatal(err)
		}
		if err := response.Body.Close(); err != nil {
			t.Error(err)
		}
		if want := []string{"/a /a! x", "/a /a!! x", "/b /b!!! x"}; !slices.Equal(seen, want) {
			t.Errorf("sent %q, want %q", seen, want)
		}
		if request.Header.Get("Proof") != "" {
			t.Error("the caller's request was changed")
		}
	})
}

func TestARequestThatCannotBeSignedIsNotSent(t *testing.T) {
	t.Parallel()
	broken := errors.New("no key")
	pinned, err := credential.ParseOrigin("https://acme.okta.com")
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		sign func(*http.Request) error
		is   func(error) bool
	}{
		"the signature fails": {
			sign: func(*http.Request) error { return broken },
			is: func(err error) bool {
				return errors.Is(err, failure.ErrSigning) && errors.Is(err, broken) && strings.Contains(err.Error(), "signing the request: no key")
			},
		},
		"it sets another credential": {
			sign: func(attempt *http.Request) error { attempt.Header.Set("Authorization", "Bearer other"); return nil },
			is:   func(err error) bool { _, ok := errors.AsType[*credential.OriginError](err); return ok },
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			calls := 0
			client := signing(t, func(request *http.Request) (*http.Response, error) {
				calls++
				return answered(request, http.StatusOK, nil), nil
			})
			request := credential.Authorize(plain(t, http.MethodGet, "https://acme.okta.com/a"), pinned, "Bearer", credential.NewSecret("t"))
			response, err := transport.Do(client, transport.SignEach(request, test.sign))
			if err == nil {
				_ = response.Body.Close()
			}
			if !test.is(err) || calls != 0 {
				t.Errorf("error %v after %d calls", err, calls)
			}
		})
	}
}

func TestAPinnedBodyGoesToItsOriginAlone(t *testing.T) {
	t.Parallel()
	pinned, err := credential.ParseOrigin("https://acme.okta.com")
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		target, host, authorization string
		sent                        bool
	}{
		"its origin":             {target: "https://acme.okta.com/oauth2/v1/token", sent: true},
		"its origin with a port": {target: "https://ACME.okta.com:443/oauth2/v1/token", sent: true},
		"another host":           {target: "https://acme.okta.com.evil.example/oauth2/v1/token"},
		"another port":           {target: "https://acme.okta.com:444/oauth2/v1/token"},
		"another scheme":         {target: "http://acme.okta.com/oauth2/v1/token"},
		"another Host header":    {target: "https://acme.okta.com/oauth2/v1/token", host: "evil.example"},
		"a credential besides":   {target: "https://acme.okta.com/oauth2/v1/token", authorization: "Bearer x"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			calls := 0
			client := signing(t, func(request *http.Request) (*http.Response, error) {
				calls++
				return answered(request, http.StatusOK, nil), nil
			})
			request := credential.Pin(plain(t, http.MethodPost, test.target), pinned)
			if test.host != "" {
				request.Host = test.host
			}
			if test.authorization != "" {
				request.Header.Set("Authorization", test.authorization)
			}
			response, err := transport.Do(client, request)
			if err == nil {
				_ = response.Body.Close()
			}
			if _, refused := errors.AsType[*credential.OriginError](err); refused == test.sent || (calls == 1) != test.sent {
				t.Errorf("error %v, %d calls", err, calls)
			}
		})
	}
}

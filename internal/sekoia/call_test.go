// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package sekoia_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/jarcoal/httpmock"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/sekoia"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/credential"
)

func TestBaseURLJoining(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ base, want string }{
		"a bare host":                       {"https://api.sekoia.io", "https://api.sekoia.io/v1/me"},
		"a trailing slash":                  {"https://api.sekoia.io/", "https://api.sekoia.io/v1/me"},
		"a path prefix":                     {"https://app.fra2.sekoia.io/api", "https://app.fra2.sekoia.io/api/v1/me"},
		"a path prefix with slash":          {"https://app.fra2.sekoia.io/api/", "https://app.fra2.sekoia.io/api/v1/me"},
		"an escaped slash in the prefix":    {"https://proxy.sekoia.io/a%2Fb", "https://proxy.sekoia.io/a%2Fb/v1/me"},
		"two slashes before the prefix":     {"https://proxy.sekoia.io//api", "https://proxy.sekoia.io//api/v1/me"},
		"a port":                            {"http://127.0.0.1:8080", "http://127.0.0.1:8080/v1/me"},
		"query, fragment and userinfo gone": {"https://user:pass@api.sekoia.io/?a=b#c", "https://api.sekoia.io/v1/me"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			mock, client := newCloudAt(t, test.base)
			mock.RegisterResponder(http.MethodGet, test.want, httpmock.NewStringResponder(200, `{"uuid":"u"}`))
			profile, err := client.Me(t.Context())
			wantNoError(t, err)
			if profile.ID != "u" || mock.GetTotalCallCount() != 1 {
				t.Errorf("got %+v after %d calls", profile, mock.GetTotalCallCount())
			}
		})
	}
}

func TestConfigStaysAsItWas(t *testing.T) {
	t.Parallel()
	base := &url.URL{Scheme: "https", Host: "api.sekoia.io", RawQuery: "a=b"}
	sekoia.New(sekoia.Config{BaseURL: base, APIKey: credential.NewSecret(apiKey)})
	if base.RawQuery != "a=b" {
		t.Error("New changed the URL that it was given")
	}
}

func TestIDsAreEscaped(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ id, want string }{
		"a slash":          {"a/b", connectorsPath + "/a%2Fb"},
		"a way up":         {"../../me", connectorsPath + "/..%2F..%2Fme"},
		"a query":          {"a?x=1#y", connectorsPath + "/a%3Fx=1%23y"},
		"a percent":        {"50%", connectorsPath + "/50%25"},
		"a line break":     {"a\r\nb", connectorsPath + "/a%0D%0Ab"},
		"an ordinary uuid": {connectorID, connectorPath},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			mock, client := newCloud(t)
			mock.RegisterNoResponder(httpmock.NewStringResponder(404, `{"code":"not_found"}`))
			if _, err := client.Connector(t.Context(), test.id); !sekoia.IsNotFound(err) {
				t.Errorf("got %v", err)
			}
			mock.expect(t, "GET "+test.want)
		})
	}
}

// everyCallWithID are the calls that take the id of one object.
func everyCallWithID(client *sekoia.Client, id string) map[string]func(context.Context) error {
	return map[string]func(context.Context) error{
		"CatalogueConnector": func(ctx context.Context) error { _, err := client.CatalogueConnector(ctx, id); return err },
		"CatalogueModule":    func(ctx context.Context) error { _, err := client.CatalogueModule(ctx, id); return err },
		"Account":            func(ctx context.Context) error { _, err := client.Account(ctx, id); return err },
		"AccountUsage":       func(ctx context.Context) error { _, err := client.AccountUsage(ctx, id); return err },
		"UpdateAccount": func(ctx context.Context) error {
			return client.UpdateAccount(ctx, id, sekoia.AccountFields{Settings: settings()})
		},
		"DeleteAccount": func(ctx context.Context) error { return client.DeleteAccount(ctx, id) },
		"Connector":     func(ctx context.Context) error { _, err := client.Connector(ctx, id); return err },
		"UpdateConnector": func(ctx context.Context) error {
			return client.UpdateConnector(ctx, id, sekoia.ConnectorFields{Name: "n"})
		},
		"DeleteConnector": func(ctx context.Context) error { return client.DeleteConnector(ctx, id) },
		"StartConnector":  func(ctx context.Context) error { _, err := client.StartConnector(ctx, id); return err },
		"StopConnector":   func(ctx context.Context) error { _, err := client.StopConnector(ctx, id); return err },
		"ConnectorLogs":   func(ctx context.Context) error { _, err := client.ConnectorLogs(ctx, id, 5); return err },
	}
}

// everyCall are all calls of the client.
func everyCall(client *sekoia.Client) map[string]func(context.Context) error {
	calls := everyCallWithID(client, connectorID)
	calls["Me"] = func(ctx context.Context) error { _, err := client.Me(ctx); return err }
	calls["Permissions"] = func(ctx context.Context) error { _, err := client.Permissions(ctx); return err }
	calls["Communities"] = func(ctx context.Context) error { _, err := client.Communities(ctx); return err }
	calls["Accounts"] = func(ctx context.Context) error { _, err := client.Accounts(ctx, sekoia.Query{}); return err }
	calls["Connectors"] = func(ctx context.Context) error {
		_, err := client.Connectors(ctx, sekoia.Query{})
		return err
	}
	calls["CreateAccount"] = func(ctx context.Context) error {
		_, err := client.CreateAccount(ctx, sekoia.AccountFields{Name: "n", Settings: settings()})
		return err
	}
	calls["CreateConnector"] = func(ctx context.Context) error {
		_, err := client.CreateConnector(ctx, sekoia.ConnectorFields{Name: "n", AccountID: accountID})
		return err
	}
	calls["CountAssets"] = func(ctx context.Context) error { _, err := client.CountAssets(ctx, connectorID); return err }
	calls["Assets"] = func(ctx context.Context) error {
		for _, err := range client.Assets(ctx, sekoia.AssetQuery{}) {
			return err
		}
		return nil
	}
	return calls
}

func TestIDsThatNameNothing(t *testing.T) {
	t.Parallel()
	for _, id := range []string{"", " ", ".", "..", "\t..\n"} {
		mock, client := newCloud(t)
		for name, call := range everyCallWithID(client, id) {
			t.Run(fmt.Sprintf("%s of %q", name, id), func(t *testing.T) {
				t.Parallel()
				err := call(t.Context())
				if err == nil || !strings.Contains(err.Error(), "can't be the id") || sekoia.OutcomeUnknown(err) {
					t.Errorf("got %v", err)
				}
				mock.expect(t)
			})
		}
	}
}

func TestRequestHeaders(t *testing.T) {
	t.Parallel()
	mock, client := newCloud(t)
	mock.on(http.MethodGet, "/v1/me", 200, `{"uuid":"u"}`)
	mock.on(http.MethodPatch, connectorPath, 204, "")
	_, err := client.Me(t.Context())
	wantNoError(t, err)
	get := mock.last(t).Header
	wantNoError(t, client.UpdateConnector(t.Context(), connectorID, sekoia.ConnectorFields{Name: "n"}))
	patch := mock.last(t).Header
	for _, header := range []http.Header{get, patch} {
		if header.Get("Authorization") != "Bearer "+apiKey || header.Get("Accept") != "application/json" {
			t.Errorf("got headers %v", header)
		}
	}
	if get.Get("Content-Type") != "" || patch.Get("Content-Type") != "application/json" {
		t.Errorf("content types: GET %q, PATCH %q", get.Get("Content-Type"), patch.Get("Content-Type"))
	}
}

func TestACallWithoutAKeyIsNotSent(t *testing.T) {
	t.Parallel()
	mock := httpmock.NewMockTransport()
	base := &url.URL{Scheme: "https", Host: "api.sekoia.test"}
	client := sekoia.New(sekoia.Config{HTTP: &http.Client{Transport: mock}, BaseURL: base})
	_, err := client.CreateConnector(t.Context(), sekoia.ConnectorFields{})
	if err == nil || !strings.Contains(err.Error(), "no API key is set") || sekoia.OutcomeUnknown(err) || mock.GetTotalCallCount() != 0 {
		t.Errorf("got %v after %d calls", err, mock.GetTotalCallCount())
	}
}

func TestEveryCallStopsWithItsContext(t *testing.T) {
	t.Parallel()
	mock, client := newCloud(t)
	for name, call := range everyCall(client) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			err := call(ctx)
			if !errors.Is(err, context.Canceled) || sekoia.OutcomeUnknown(err) {
				t.Errorf("got %v", err)
			}
			mock.expect(t)
		})
	}
}

func TestEveryCallNamesItself(t *testing.T) {
	t.Parallel()
	mock, client := newCloud(t)
	mock.RegisterNoResponder(httpmock.NewStringResponder(418, `{"code":"teapot","message":"short and stout"}`))
	for name, call := range everyCall(client) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			refusal := wantError[*sekoia.APIError](t, call(t.Context()))
			want := fmt.Sprintf("Sekoia answered 418 (teapot: short and stout) to %s %s", refusal.Method, refusal.Path)
			if refusal.Error() != want || !strings.HasPrefix(refusal.Path, "/v") || strings.Contains(refusal.Path, "?") {
				t.Errorf("got %q", refusal.Error())
			}
		})
	}
}

func TestAnswersThatAreNotDocumented(t *testing.T) {
	t.Parallel()
	bodies := map[string]struct{ body, reason string }{
		"a page":         {"\n<!doctype html><title>Sign in</title>", "it is an HTML page"},
		"null":           {" null ", "it is null"},
		"nothing":        {"", "it is empty"},
		"half an object": {`{"uuid":"` + connectorID, "it is not JSON"},
		"a list":         {`[{"uuid":"u"}]`, "it is a JSON array"},
		"a sentence":     {"welcome", "it is not JSON"},
	}
	answersWithObject := []string{
		"CatalogueConnector", "CatalogueModule", "Account", "AccountUsage", "UpdateAccount", "Connector", "UpdateConnector",
		"ConnectorLogs", "Me", "Permissions", "Communities", "Accounts", "Connectors", "CreateAccount", "CreateConnector",
		"CountAssets", "Assets",
	}
	for name, test := range bodies {
		for _, method := range answersWithObject {
			t.Run(method+" answered with "+name, func(t *testing.T) {
				t.Parallel()
				mock, client := newCloud(t)
				mock.RegisterNoResponder(httpmock.NewStringResponder(200, test.body))
				err := everyCall(client)[method](t.Context())
				odd := wantError[*sekoia.UnexpectedAnswerError](t, err)
				if !strings.HasPrefix(odd.Reason, test.reason) {
					t.Errorf("got reason %q, want %q", odd.Reason, test.reason)
				}
				want := fmt.Sprintf("Sekoia answered 200 to %s %s, but not as documented: %s", odd.Method, odd.Path, odd.Reason)
				if err.Error() != want {
					t.Errorf("got %q, want %q", err.Error(), want)
				}
				if strings.Contains(err.Error(), "Sign in") || strings.Contains(err.Error(), "welcome") {
					t.Errorf("the error shows the body: %v", err)
				}
				if got, want := sekoia.OutcomeUnknown(err), odd.Method != http.MethodGet; got != want {
					t.Errorf("OutcomeUnknown is %t", got)
				}
			})
		}
	}
}

func TestObjectsOfOddShape(t *testing.T) {
	t.Parallel()
	bodies := map[string]struct{ body, reason string }{
		"without uuid":       {`{"name":"n"}`, "it has no uuid"},
		"with an empty uuid": {`{"uuid":" "}`, "it has no uuid"},
		"with a null uuid":   {`{"uuid":null}`, "it has no uuid"},
		"with a uuid that would harm a terminal": {`{"uuid":"u1\u001b[2J"}`,
			"it has no uuid"},
		"with a number as uuid": {`{"uuid":12}`,
			"its uuid is a JSON number"},
		"another than asked for": {`{"uuid":"` + accountID + `"}`, "it is about another object"},
	}
	for name, test := range bodies {
		for _, method := range []string{
			"CatalogueConnector", "CatalogueModule", "Account", "Connector", "UpdateAccount", "UpdateConnector",
		} {
			t.Run(method+" answered with an object "+name, func(t *testing.T) {
				t.Parallel()
				mock, client := newCloud(t)
				mock.RegisterNoResponder(httpmock.NewStringResponder(200, test.body))
				odd := wantError[*sekoia.UnexpectedAnswerError](t, everyCall(client)[method](t.Context()))
				if odd.Reason != test.reason {
					t.Errorf("got reason %q, want %q", odd.Reason, test.reason)
				}
			})
		}
	}
}

func TestAnUUIDInCapitalsIsTheSame(t *testing.T) {
	t.Parallel()
	mock, client := newCloud(t)
	mock.on(http.MethodGet, connectorPath, 200, `{"uuid":"`+strings.ToUpper(connectorID)+`"}`)
	_, err := client.Connector(t.Context(), connectorID)
	wantNoError(t, err)
}

func TestAnswersThatCreateNothingNamed(t *testing.T) {
	t.Parallel()
	for _, method := range []string{"CreateAccount", "CreateConnector"} {
		for status, body := range map[int]string{200: `{}`, 201: `{"name":"n"}`, 202: "", 204: ""} {
			t.Run(fmt.Sprintf("%s answered with %d", method, status), func(t *testing.T) {
				t.Parallel()
				mock, client := newCloud(t)
				mock.RegisterNoResponder(httpmock.NewStringResponder(status, body))
				err := everyCall(client)[method](t.Context())
				odd := wantError[*sekoia.UnexpectedAnswerError](t, err)
				if odd.Status != status || !sekoia.OutcomeUnknown(err) {
					t.Errorf("got %v, unknown %t", err, sekoia.OutcomeUnknown(err))
				}
			})
		}
	}
}

func TestAnswersThatBreakOff(t *testing.T) {
	t.Parallel()
	mock, client := newCloud(t)
	mock.respond(http.MethodPost, accountsPath, brokenBody(201, `{"uuid":"`))
	_, err := client.CreateAccount(t.Context(), sekoia.AccountFields{Settings: settings()})
	odd := wantError[*sekoia.UnexpectedAnswerError](t, err)
	if !strings.HasPrefix(odd.Reason, "it broke off: ") || !sekoia.OutcomeUnknown(err) {
		t.Errorf("got %v", err)
	}
	mock.respond(http.MethodPost, connectorsPath, brokenBody(403, `{"code":"`))
	_, err = client.CreateConnector(t.Context(), sekoia.ConnectorFields{})
	if refusal := wantError[*sekoia.APIError](t, err); refusal.Status != 403 || sekoia.OutcomeUnknown(err) {
		t.Errorf("a refusal that broke off is one all the same, got %v", err)
	}
}

func TestLargeAnswersAreRefused(t *testing.T) {
	t.Parallel()
	mock, client := newCloud(t)
	mock.respond(http.MethodPost, connectorsPath, func(*http.Request) (*http.Response, error) {
		return httpmock.NewStringResponse(201, strings.Repeat(" ", transport.DefaultBodyLimit+1)), nil
	})
	_, err := client.CreateConnector(t.Context(), sekoia.ConnectorFields{})
	if odd := wantError[*sekoia.UnexpectedAnswerError](t, err); !sekoia.OutcomeUnknown(odd) {
		t.Errorf("got %v", err)
	}
}

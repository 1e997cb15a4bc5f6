// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package sekoia_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"unicode/utf8"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/sekoia"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/credential"
)

// constant is a network with one answer to everything, but that it quotes the key where it has a §.
type constant struct {
	status int
	body   string
	asked  atomic.Int32
}

func (c *constant) RoundTrip(request *http.Request) (*http.Response, error) {
	c.asked.Add(1)
	return &http.Response{
		StatusCode: c.status, Header: http.Header{"Content-Type": {"application/json"}}, Request: request,
		Body: io.NopCloser(strings.NewReader(c.body)),
	}, nil
}

// calls are all that the client has. Each returns the ids of what it read.
var calls = []func(context.Context, *sekoia.Client) ([]string, error){
	func(ctx context.Context, c *sekoia.Client) ([]string, error) {
		found, err := c.Accounts(ctx, sekoia.Query{})
		return idsOf(found, func(a sekoia.Account) string { return a.ID }), err
	},
	func(ctx context.Context, c *sekoia.Client) ([]string, error) {
		return one(c.Account(ctx, accountID))(func(a *sekoia.Account) string { return strings.Replace(strings.ToLower(a.ID), accountID, "wanted", 1) })
	},
	func(ctx context.Context, c *sekoia.Client) ([]string, error) {
		return one(c.CreateAccount(ctx, sekoia.AccountFields{Name: "a", Settings: settings()}))(func(a *sekoia.Account) string { return a.ID })
	},
	func(ctx context.Context, c *sekoia.Client) ([]string, error) {
		return nil, c.UpdateAccount(ctx, accountID, sekoia.AccountFields{Settings: settings()})
	},
	func(ctx context.Context, c *sekoia.Client) ([]string, error) {
		return nil, c.DeleteAccount(ctx, accountID)
	},
	func(ctx context.Context, c *sekoia.Client) ([]string, error) {
		usage, err := c.AccountUsage(ctx, accountID)
		if err == nil && min(usage.Actions, usage.Connectors, usage.Playbooks, usage.Triggers) < 0 {
			err = errors.New("a negative count")
		}
		return nil, err
	},
	func(ctx context.Context, c *sekoia.Client) ([]string, error) {
		found, err := c.Connectors(ctx, sekoia.Query{})
		return idsOf(found, func(a sekoia.Connector) string { return a.ID }), err
	},
	func(ctx context.Context, c *sekoia.Client) ([]string, error) {
		return one(c.Connector(ctx, connectorID))(func(a *sekoia.Connector) string {
			return strings.Replace(strings.ToLower(a.ID), connectorID, "wanted", 1)
		})
	},
	func(ctx context.Context, c *sekoia.Client) ([]string, error) {
		return one(c.CreateConnector(ctx, sekoia.ConnectorFields{Name: "a", AccountID: accountID}))(func(a *sekoia.Connector) string { return a.ID })
	},
	func(ctx context.Context, c *sekoia.Client) ([]string, error) {
		return nil, c.UpdateConnector(ctx, connectorID, sekoia.ConnectorFields{Name: "b"})
	},
	func(ctx context.Context, c *sekoia.Client) ([]string, error) {
		return nil, c.DeleteConnector(ctx, connectorID)
	},
	func(ctx context.Context, c *sekoia.Client) ([]string, error) {
		_, err := c.StartConnector(ctx, connectorID)
		return nil, err
	},
	func(ctx context.Context, c *sekoia.Client) ([]string, error) {
		_, err := c.StopConnector(ctx, connectorID)
		return nil, err
	},
	func(ctx context.Context, c *sekoia.Client) ([]string, error) {
		lines, err := c.ConnectorLogs(ctx, connectorID, 100)
		for index := 1; index < len(lines); index++ {
			if lines[index].Date.After(lines[index-1].Date) {
				err = errors.New("an older line stands before a newer one")
			}
		}
		if len(lines) > 100 {
			err = errors.New("there are more lines than were asked for")
		}
		return nil, err
	},
	func(ctx context.Context, c *sekoia.Client) ([]string, error) {
		count, err := c.CountAssets(ctx, connectorID)
		if err == nil && count < 0 {
			err = errors.New("a negative count")
		}
		return nil, err
	},
	func(ctx context.Context, c *sekoia.Client) (ids []string, err error) {
		for asset, problem := range c.Assets(ctx, sekoia.AssetQuery{}) {
			if err = problem; err == nil {
				ids = append(ids, asset.ID)
			}
		}
		return ids, err
	},
	func(ctx context.Context, c *sekoia.Client) ([]string, error) {
		_, err := c.CatalogueConnector(ctx, connectorID)
		return nil, err
	},
	func(ctx context.Context, c *sekoia.Client) ([]string, error) {
		return one(c.Me(ctx))(func(p *sekoia.Profile) string { return p.ID })
	},
	func(ctx context.Context, c *sekoia.Client) ([]string, error) {
		_, err := c.Permissions(ctx)
		return nil, err
	},
	func(ctx context.Context, c *sekoia.Client) ([]string, error) { return c.Communities(ctx) },
	func(ctx context.Context, c *sekoia.Client) ([]string, error) { return c.OutgoingIPs(ctx) },
}

func idsOf[T any](found []T, id func(T) string) []string {
	ids := make([]string, len(found))
	for index := range found {
		ids[index] = id(found[index])
	}
	return ids
}

// one is the id of an object, or nothing where there is an error.
func one[T any](object *T, err error) func(id func(*T) string) ([]string, error) {
	return func(id func(*T) string) ([]string, error) {
		if err != nil {
			if object != nil {
				return nil, errors.New("an object and an error: " + err.Error())
			}
			return nil, err
		}
		return []string{id(object)}, nil
	}
}

// FuzzAnswers looks for an answer of Sekoia's that makes a call panic, go on for ever, return what is no object, or
// fail in words that are not fit to be shown.
func FuzzAnswers(f *testing.F) {
	for index, body := range []string{
		"", "null", "{}", "[]", "1", `"§"`, "<html>§", "{", `{"uuid":"` + accountID + `"}`, `{"uuid":"` + connectorID + `","deleted":true}`, `{"uuid":"` + strings.ToUpper(accountID) + `","value":[],"name":"§"}`,
		`{"uuid":"x"}`, `{"uuid":"§"}`, "0§", `{"uuid":1}`, `{"uuid":" ","name":null}`, `{"items":[],"total":0}`, `{"items":[{}],"total":1}`, `{"items":[{"uuid":"a"},{"uuid":"A"}],"total":2}`, `{"items":[{"uuid":"a","deleted":"no"}]}`,
		`{"items":[{"uuid":"a","date":"2026-01-01T00:00:00Z"},{"uuid":"b","date":"2026-01-02","level":1,"message":{}}],"total":1000000}`, `{"items":null,"total":-1}`, `{"items":[null,1]}`, `{"total":1e99}`, `{"total":9223372036854775807,"items":[{"uuid":"a","connectors":[null,{"uuid":null}]}]}`,
		`{"code":"§","message":"no \u001b[31m § \u202e"}`, `{"detail":[{"loc":["body",0,"§"],"msg":"§\n"}]}`, `{"detail":"§"}`, `{"message":{"§":1}}`, `{"actions":-1,"triggers":"1","playbooks":1.5}`, `{"actions":0,"triggers":0,"playbooks":0,"connectors":0}`,
		`["1.2.3.4","::1/64"]`, `{"a":["1.2.3.4"],"b":["§"]}`, "1.2.3.4\n5.6.7.8", `["\u202e"]`, `{"items":[{"uuid":"c1","subcommunities":["c2",null]}],"total":1}`, strings.Repeat("[", 20000),
	} {
		for call := range calls {
			f.Add(byte(call), 200, body)
		}
		for _, status := range []int{400, 401, 403, 404, 409, 422, 429, 500, 204} {
			f.Add(byte(index%len(calls)), status, body) //nolint:gosec // there are fewer than 256
		}
	}
	base := &url.URL{Scheme: "https", Host: "api.sekoia.io"}
	f.Fuzz(func(t *testing.T, call byte, status int, body string) {
		if status < 200 || status > 999 || status/100 == 3 { // a redirect is of package transport
			status = http.StatusOK
		}
		network := &constant{status: status, body: strings.ReplaceAll(body, "§", apiKey)}
		guarded, err := transport.New(transport.Options{Base: network})
		if err != nil {
			t.Fatal(err)
		}
		client := sekoia.New(sekoia.Config{HTTP: guarded, BaseURL: base, APIKey: credential.NewSecret(apiKey)})
		at := int(call) % len(calls)
		ids, err := calls[at](t.Context(), client)
		if network.asked.Load() == 0 || network.asked.Load() > 110 {
			t.Errorf("call %d asked %d times", at, network.asked.Load())
		}
		checkFailure(t, err)
		if err != nil {
			return
		}
		already := status == http.StatusConflict || status == http.StatusBadRequest // a start or a stop; then the status is read
		if status > 299 && !already && (status != http.StatusNotFound || !isRemoval(at)) {
			t.Errorf("call %d took a %d for a success", at, status)
		}
		seen := map[string]bool{}
		for _, id := range ids {
			if strings.TrimSpace(id) == "" || seen[id] {
				t.Errorf("call %d gave %q", at, ids)
			}
			seen[id] = true
		}
		if (at == 1 || at == 7) && ids[0] != "wanted" {
			t.Errorf("call %d gave another object, %q", at, ids[0])
		}
	})
}

// isRemoval is true for the calls whose aim is reached where there is nothing.
func isRemoval(call int) bool { return call == 4 || call == 10 }

// checkFailure tells of an error that is not one of the package's, or is not fit to be shown.
func checkFailure(t *testing.T, err error) {
	t.Helper()
	if err == nil {
		return
	}
	var (
		refused    *sekoia.APIError
		unexpected *sekoia.UnexpectedAnswerError
	)
	if !errors.As(err, &refused) && !errors.As(err, &unexpected) && !sekoia.IsNotFound(err) {
		t.Errorf("%T: %v", err, err)
	}
	text := err.Error()
	// Code and message have 200 runes at most; the rest is a path and what the provider says.
	if n := utf8.RuneCountInString(text); n > 1200 {
		t.Errorf("%d runes: %q", n, text)
	}
	if strings.ContainsAny(text, "\n\r\x00\x1b\u202e\u2066\u200b") || !utf8.ValidString(text) {
		t.Errorf("not fit to be shown: %q", text)
	}
	if strings.Contains(text, apiKey) || strings.Contains(text, oktaToken) {
		t.Errorf("it shows a secret: %q", text)
	}
}

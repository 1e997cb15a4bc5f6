// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package sekoia_test

import (
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jarcoal/httpmock"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/advice"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/sekoia"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/credential"
)

// accountAnswer is an account as the service has it, with its value.
func accountAnswer(value string) string {
	return `{"uuid":"` + accountID + `","community_uuid":"` + communityID + `","module_uuid":"` + sekoia.OktaModuleID + `",
		"name":"Okta","created_at":"2026-01-02T03:04:05.678901+00:00","created_by":"user-001","created_by_type":"apikey",
		"updated_at":"2026-01-03T03:04:05+00:00","updated_by":"user-002","updated_by_type":"avatar","deleted":false,
		"deleted_at":null,"value":` + value + `,"something_new":{"a":[1]}}`
}

func TestAccount(t *testing.T) {
	t.Parallel()
	url := "https://acme.okta.com"
	tests := map[string]struct {
		value string
		want  *string
	}{
		"with a base URL":                {`{"base_url":"https://acme.okta.com"}`, &url},
		"with a base URL and a token":    {`{"base_url":"https://acme.okta.com","apikey":"the-okta-token"}`, &url},
		"with a token of odd type":       {`{"apikey":{"a":1},"base_url":"https://acme.okta.com"}`, &url},
		"with an empty base URL":         {`{"base_url":""}`, new("")},
		"without a base URL":             {`{}`, nil},
		"with null as base URL":          {`{"base_url":null}`, nil},
		"with null as value":             {`null`, nil},
		"with a base URL that isn't one": {`{"base_url":"acme"}`, new("acme")},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			mock, client := newCloud(t)
			mock.on(http.MethodGet, accountPath, 200, accountAnswer(test.value))
			account, err := client.Account(t.Context(), accountID)
			wantNoError(t, err)
			want := &sekoia.Account{
				ID: accountID, CommunityID: communityID, ModuleID: sekoia.OktaModuleID, Name: "Okta",
				AccountValue: sekoia.AccountValue{BaseURL: test.want},
			}
			if diff := cmp.Diff(want, account); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			mock.expect(t, "GET "+accountPath)
		})
	}
	for value, reason := range map[string]string{
		`"hidden"`: "its value is a JSON string", `[1]`: "its value is a JSON array", `{"base_url":12}`: "its value.base_url is a JSON number",
	} {
		t.Run("with a value that is not documented: "+value, func(t *testing.T) {
			t.Parallel()
			mock, client := newCloud(t)
			mock.on(http.MethodGet, accountPath, 200, accountAnswer(value))
			_, err := client.Account(t.Context(), accountID)
			if odd := wantError[*sekoia.UnexpectedAnswerError](t, err); odd.Reason != reason {
				t.Errorf("got reason %q, want %q", odd.Reason, reason)
			}
		})
	}
}

func TestAccountThatIsGone(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		status int
		body   string
		gone   bool
	}{
		"404":             {404, `{"code":"not_found","message":"Unknown Module Configuration"}`, true},
		"404 and no body": {404, ``, true},
		"deleted":         {200, `{"uuid":"` + accountID + `","deleted":true}`, true},
		"403":             {403, `{}`, false},
		"500":             {500, `{}`, false},
		"400":             {400, `{}`, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			mock, client := newCloud(t)
			mock.on(http.MethodGet, accountPath, test.status, test.body)
			account, err := client.Account(t.Context(), accountID)
			if err == nil || account != nil || sekoia.IsNotFound(err) != test.gone {
				t.Errorf("got %v, %v", account, err)
			}
		})
	}
	t.Run("the error of a deleted one names it", func(t *testing.T) {
		t.Parallel()
		mock, client := newCloud(t)
		mock.on(http.MethodGet, accountPath, 200, `{"uuid":"`+accountID+`","deleted":true}`)
		_, err := client.Account(t.Context(), accountID)
		if want := "the account " + accountID + " is marked as deleted in Sekoia"; err == nil || err.Error() != want {
			t.Errorf("got %v", err)
		}
		if got := sekoia.Advise(err); got != (advice.Advice{Happened: "T" + err.Error()[1:] + "."}) {
			t.Errorf("it means %+v", got)
		}
	})
}

func TestCreateAccount(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		account sekoia.AccountFields
		body    string
	}{
		"in a community": {
			sekoia.AccountFields{ModuleID: sekoia.OktaModuleID, Name: "Okta", CommunityID: communityID, Settings: settings()},
			`{"name":"Okta","module_uuid":"4ef895d1-3f21-4678-8d0a-5c39c37210fe","community_uuid":"` + communityID + `",` +
				`"value":{"apikey":"the-okta-token","base_url":"https://acme.okta.com"}}`,
		},
		"in the key's own": {
			sekoia.AccountFields{ModuleID: sekoia.OktaModuleID, Name: "Okta", Settings: settings()},
			`{"name":"Okta","module_uuid":"4ef895d1-3f21-4678-8d0a-5c39c37210fe",` +
				`"value":{"apikey":"the-okta-token","base_url":"https://acme.okta.com"}}`,
		},
		"with a name and a token that need escapes": {
			sekoia.AccountFields{ModuleID: sekoia.OktaModuleID, Name: `"Ökta" <&>`, Settings: sekoia.AccountSettings{
				"apikey": credential.NewSecret(`a"b\c<&>`), "base_url": credential.NewSecret("u"), "tenant <&>": credential.NewSecret("t"),
			}},
			`{"name":"\"Ökta\" \u003c\u0026\u003e","module_uuid":"4ef895d1-3f21-4678-8d0a-5c39c37210fe",` +
				`"value":{"apikey":"a\"b\\c\u003c\u0026\u003e","base_url":"u","tenant \u003c\u0026\u003e":"t"}}`,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			mock, client := newCloud(t)
			mock.on(http.MethodPost, accountsPath, 201, accountAnswer(`{}`))
			account, err := client.CreateAccount(t.Context(), test.account)
			wantNoError(t, err)
			if account.ID != accountID || account.CommunityID != communityID {
				t.Errorf("got %+v", account)
			}
			mock.expect(t, "POST "+accountsPath)
			if diff := cmp.Diff(test.body, mock.last(t).Body); diff != "" {
				t.Errorf("body (-want +got):\n%s", diff)
			}
		})
	}
	t.Run("of another community is returned, so that it can be removed", func(t *testing.T) {
		t.Parallel()
		mock, client := newCloud(t)
		mock.on(http.MethodPost, accountsPath, 201, `{"uuid":"`+accountID+`","community_uuid":"other"}`)
		account, err := client.CreateAccount(t.Context(), sekoia.AccountFields{CommunityID: communityID, Settings: settings()})
		wantNoError(t, err)
		if account.ID != accountID || account.CommunityID != "other" {
			t.Errorf("got %+v", account)
		}
	})
}

func TestUpdateAccount(t *testing.T) {
	t.Parallel()
	whole := settings()
	tests := map[string]struct {
		change sekoia.AccountFields
		status int
		answer string
		body   string
	}{
		"the name": {sekoia.AccountFields{Name: "New"}, 200, accountAnswer(`{}`), `{"name":"New"}`},
		"the settings": {sekoia.AccountFields{Settings: whole}, 204, "",
			`{"value":{"apikey":"the-okta-token","base_url":"https://acme.okta.com"}}`},
		"both": {sekoia.AccountFields{Name: "New", Settings: whole}, 204, "",
			`{"name":"New","value":{"apikey":"the-okta-token","base_url":"https://acme.okta.com"}}`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			mock, client := newCloud(t)
			mock.on(http.MethodPatch, accountPath, test.status, test.answer)
			wantNoError(t, client.UpdateAccount(t.Context(), accountID, test.change))
			mock.expect(t, "PATCH "+accountPath)
			if diff := cmp.Diff(test.body, mock.last(t).Body); diff != "" {
				t.Errorf("body (-want +got):\n%s", diff)
			}
		})
	}
	t.Run("one that is gone", func(t *testing.T) {
		t.Parallel()
		mock, client := newCloud(t)
		mock.on(http.MethodPatch, accountPath, 404, `{"code":"not_found"}`)
		err := client.UpdateAccount(t.Context(), accountID, sekoia.AccountFields{Name: "New"})
		if !sekoia.IsNotFound(err) {
			t.Errorf("got %v", err)
		}
	})
	t.Run("to no settings at all", func(t *testing.T) {
		t.Parallel()
		mock, client := newCloud(t)
		mock.on(http.MethodPatch, accountPath, 204, "")
		wantNoError(t, client.UpdateAccount(t.Context(), accountID, sekoia.AccountFields{Settings: sekoia.AccountSettings{}}))
		if got := mock.last(t).Body; got != `{"value":{}}` {
			t.Errorf("sent %s", got)
		}
	})
	t.Run("quoting the token in the refusal", func(t *testing.T) {
		t.Parallel()
		mock, client := newCloud(t)
		mock.on(http.MethodPatch, accountPath, 400, `{"message":"bad apikey the-okta-token for https://acme.okta.com"}`)
		err := client.UpdateAccount(t.Context(), accountID, sekoia.AccountFields{Settings: whole})
		if refusal := wantError[*sekoia.APIError](t, err); refusal.Message != "bad apikey *** for https://acme.okta.com" {
			t.Errorf("got %q", refusal.Message)
		}
	})
}

func TestRemovals(t *testing.T) {
	t.Parallel()
	outcomes := map[string]struct {
		responder httpmock.Responder
		fails     bool
	}{
		"204":                     {httpmock.NewStringResponder(204, ""), false},
		"200 with an object":      {httpmock.NewStringResponder(200, `{"uuid":"u"}`), false},
		"200 with nothing":        {httpmock.NewStringResponder(200, ""), false},
		"204 that breaks off":     {brokenBody(204, ""), false},
		"404":                     {httpmock.NewStringResponder(404, `{"code":"not_found"}`), false},
		"200 with a page":         {httpmock.NewStringResponder(200, "<html>"), true},
		"404 with a page":         {httpmock.NewStringResponder(404, "<html>"), true},
		"403":                     {httpmock.NewStringResponder(403, `{}`), true},
		"409":                     {httpmock.NewStringResponder(409, `{}`), true},
		"500":                     {httpmock.NewStringResponder(500, `{}`), true},
		"a connection that fails": {httpmock.NewErrorResponder(http.ErrServerClosed), true},
	}
	for name, outcome := range outcomes {
		for method, path := range map[string]string{"DeleteAccount": accountPath, "DeleteConnector": connectorPath} {
			t.Run(method+" answered with "+name, func(t *testing.T) {
				t.Parallel()
				mock, client := newCloud(t)
				mock.respond(http.MethodDelete, path, outcome.responder)
				remove, id := client.DeleteAccount, accountID
				if method == "DeleteConnector" {
					remove, id = client.DeleteConnector, connectorID
				}
				if err := remove(t.Context(), id); (err != nil) != outcome.fails {
					t.Errorf("got %v", err)
				}
				mock.expect(t, "DELETE "+path)
				if body := mock.last(t).Body; body != "" {
					t.Errorf("sent %q", body)
				}
			})
		}
	}
}

func TestAccountUsage(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		body   string
		want   sekoia.Usage
		unused bool
		reason string
	}{
		"nobody": {body: `{"actions":0,"triggers":0,"playbooks":0,"connectors":0}`, unused: true},
		"all":    {body: `{"actions":1,"triggers":2,"playbooks":3,"connectors":4}`, want: sekoia.Usage{Actions: 1, Triggers: 2, Playbooks: 3, Connectors: 4}},
		"a connector": {body: `{"actions":0,"triggers":0,"playbooks":0,"connectors":1}`,
			want: sekoia.Usage{Connectors: 1}},
		"a missing count":   {body: `{"actions":0,"triggers":0,"playbooks":0}`, reason: "a count is missing"},
		"a null count":      {body: `{"actions":null,"triggers":0,"playbooks":0,"connectors":0}`, reason: "a count is missing"},
		"an empty object":   {body: `{}`, reason: "a count is missing"},
		"a count in words":  {body: `{"actions":"none"}`, reason: "its actions is a JSON string"},
		"half a connector":  {body: `{"actions":0.5}`, reason: "its actions is a JSON number"},
		"a list of counts":  {body: `[0,0,0,0]`, reason: "it is a JSON array"},
		"something between": {body: `{"actions":0,"triggers":0,"playbooks":0,"connectors":`, reason: "it is not JSON: unexpected end of JSON input"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			mock, client := newCloud(t)
			mock.on(http.MethodGet, accountPath+"/usage", 200, test.body)
			usage, err := client.AccountUsage(t.Context(), accountID)
			mock.expect(t, "GET "+accountPath+"/usage")
			if test.reason != "" {
				if odd := wantError[*sekoia.UnexpectedAnswerError](t, err); odd.Reason != test.reason {
					t.Errorf("got reason %q", odd.Reason)
				}
				return
			}
			wantNoError(t, err)
			if usage != test.want || usage.Unused() != test.unused {
				t.Errorf("got %+v, unused %t", usage, usage.Unused())
			}
		})
	}
}

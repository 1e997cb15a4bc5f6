// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package sekoia_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jarcoal/httpmock"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/sekoia"
)

func TestConnector(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		status string // the JSON of display_status; "": left out
		want   *sekoia.Status
	}{
		"running":           {`"RUNNING"`, new(sekoia.StatusRunning)},
		"stopped by itself": {`"CRITICAL_ERROR"`, new(sekoia.StatusCriticalError)},
		"a new status":      {`"PAUSED"`, new(sekoia.Status("PAUSED"))},
		"no status":         {"", nil},
		"null as status":    {"null", nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			status := test.status
			if status != "" {
				status = `"display_status":` + status + `,`
			}
			mock, client := newCloud(t)
			mock.on(http.MethodGet, connectorPath, 200, `{`+status+`"uuid":"`+connectorID+`","community_uuid":"`+communityID+`",
				"module_configuration_uuid":"`+accountID+`","connector_uuid":"`+sekoia.OktaDeviceConnectorID+`","name":"Okta devices",
				"created_at":"2026-01-02T03:04:05Z","created_by":"user-001","updated_at":"2026-01-03T03:04:05Z","deleted":false,
				"connector_type":"asset","value":{"sekoia_api_key":"hidden"}}`)
			connector, err := client.Connector(t.Context(), connectorID)
			wantNoError(t, err)
			want := &sekoia.Connector{
				ID: connectorID, CommunityID: communityID, AccountID: accountID, ConnectorID: sekoia.OktaDeviceConnectorID,
				Name: "Okta devices", CreatedAt: "2026-01-02T03:04:05Z", UpdatedAt: "2026-01-03T03:04:05Z",
				Status: test.want,
			}
			if diff := cmp.Diff(want, connector); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			mock.expect(t, "GET "+connectorPath)
		})
	}
}

func TestConnectorThatIsGone(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		status int
		body   string
		gone   bool
	}{
		"404":     {404, `{"code":"not_found"}`, true},
		"deleted": {200, `{"uuid":"` + connectorID + `","deleted":true,"display_status":"STOPPED"}`, true},
		"400":     {400, `{"code":"bad_request"}`, false},
		"403":     {403, `{"code":"forbidden"}`, false},
		"410":     {410, ``, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			mock, client := newCloud(t)
			mock.on(http.MethodGet, connectorPath, test.status, test.body)
			connector, err := client.Connector(t.Context(), connectorID)
			if err == nil || connector != nil || sekoia.IsNotFound(err) != test.gone {
				t.Errorf("got %v, %v", connector, err)
			}
		})
	}
}

func TestStatusEnabled(t *testing.T) {
	t.Parallel()
	tests := map[sekoia.Status]bool{
		sekoia.StatusRunning: true, "STARTING": true, sekoia.StatusError: true, "PAUSED": true, "": true,
		sekoia.StatusStopped: false, sekoia.StatusStopping: false, sekoia.StatusCriticalError: false,
	}
	for status, want := range tests {
		if got := status.Enabled(); got != want {
			t.Errorf("%q: got %t", status, got)
		}
	}
}

func TestCreateConnector(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		connector sekoia.ConnectorFields
		body      string
	}{
		"in a community": {
			sekoia.ConnectorFields{ConnectorID: sekoia.OktaDeviceConnectorID, Name: "Okta devices", CommunityID: communityID, AccountID: accountID},
			`{"name":"Okta devices","connector_uuid":"b6e2c8a2-4f3b-4e7a-8c1d-2e4f3a6b7c9d","module_configuration_uuid":"` + accountID +
				`","community_uuid":"` + communityID + `","value":{}}`,
		},
		"of another kind": {
			sekoia.ConnectorFields{ConnectorID: "d0000000-0000-4000-8000-000000000001", Name: "Entra", AccountID: accountID},
			`{"name":"Entra","connector_uuid":"d0000000-0000-4000-8000-000000000001","module_configuration_uuid":"` + accountID + `","value":{}}`,
		},
		"in the key's own": {
			sekoia.ConnectorFields{ConnectorID: sekoia.OktaDeviceConnectorID, Name: "Okta devices", AccountID: accountID},
			`{"name":"Okta devices","connector_uuid":"b6e2c8a2-4f3b-4e7a-8c1d-2e4f3a6b7c9d","module_configuration_uuid":"` + accountID +
				`","value":{}}`,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			mock, client := newCloud(t)
			mock.on(http.MethodPost, connectorsPath, 201, `{"uuid":"`+connectorID+`","display_status":"STARTING"}`)
			connector, err := client.CreateConnector(t.Context(), test.connector)
			wantNoError(t, err)
			if connector.ID != connectorID || *connector.Status != "STARTING" {
				t.Errorf("got %+v", connector)
			}
			mock.expect(t, "POST "+connectorsPath)
			if diff := cmp.Diff(test.body, mock.last(t).Body); diff != "" {
				t.Errorf("body (-want +got):\n%s", diff)
			}
		})
	}
}

func TestUpdateConnector(t *testing.T) {
	t.Parallel()
	const other = "a0000000-0000-4000-8000-000000000002"
	tests := map[string]struct {
		change sekoia.ConnectorFields
		status int
		answer string
		body   string
	}{
		"the name":               {sekoia.ConnectorFields{Name: "New <&>"}, 200, `{"uuid":"` + connectorID + `","name":"New"}`, `{"name":"New \u003c\u0026\u003e"}`},
		"the name, answered 204": {sekoia.ConnectorFields{Name: "New"}, 204, "", `{"name":"New"}`},
		"the account":            {sekoia.ConnectorFields{AccountID: other}, 204, "", `{"module_configuration_uuid":"` + other + `"}`},
		"both, answered in capitals": {sekoia.ConnectorFields{Name: "New", AccountID: other}, 200,
			`{"uuid":"` + strings.ToUpper(connectorID) + `"}`, `{"name":"New","module_configuration_uuid":"` + other + `"}`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			mock, client := newCloud(t)
			mock.on(http.MethodPatch, connectorPath, test.status, test.answer)
			wantNoError(t, client.UpdateConnector(t.Context(), connectorID, test.change))
			mock.expect(t, "PATCH "+connectorPath)
			if got := mock.last(t).Body; got != test.body {
				t.Errorf("sent %s, want %s", got, test.body)
			}
		})
	}
}

const answeredAt = "Mon, 02 Nov 2026 10:00:00 GMT"

// dated answers with a Date.
func dated(status int, body, date string) httpmock.Responder {
	return httpmock.NewStringResponder(status, body).HeaderSet(http.Header{"Date": {date}})
}

func TestStartAndStop(t *testing.T) {
	t.Parallel()
	start, stop := "POST "+connectorPath+"/start", "POST "+connectorPath+"/stop"
	read := "GET " + connectorPath
	date := time.Date(2026, 11, 2, 10, 0, 0, 0, time.UTC)
	tests := map[string]struct {
		verb   string
		answer httpmock.Responder
		status string // that a GET of the connector answers with
		want   time.Time
		fails  string // what the error says; "": there is none
		calls  []string
	}{
		"200":                        {"start", dated(200, `{}`, answeredAt), "", date, "", []string{start}},
		"201 with anything":          {"start", dated(201, `ok`, answeredAt), "", date, "", []string{start}},
		"202 with nothing":           {"start", dated(202, ``, answeredAt), "", date, "", []string{start}},
		"204":                        {"start", dated(204, ``, answeredAt), "", date, "", []string{start}},
		"200 with null":              {"start", dated(200, `null`, answeredAt), "", date, "", []string{start}},
		"200 that breaks off":        {"start", brokenBody(200, `{"a`), "", time.Time{}, "", []string{start}},
		"no Date":                    {"start", httpmock.NewStringResponder(200, `{}`), "", time.Time{}, "", []string{start}},
		"an odd Date":                {"start", dated(200, `{}`, "yesterday"), "", time.Time{}, "", []string{start}},
		"a page":                     {"start", dated(200, `<html>`, answeredAt), "", time.Time{}, "HTML page", []string{start}},
		"409 of one that runs":       {"start", dated(409, `{"code":"conflict"}`, answeredAt), "RUNNING", time.Time{}, "", []string{start, read}},
		"409 of one that starts":     {"start", dated(409, ``, answeredAt), "STARTING", time.Time{}, "", []string{start, read}},
		"409 of one with errors":     {"start", dated(409, ``, answeredAt), "ERROR", time.Time{}, "", []string{start, read}},
		"409 of one that stopped":    {"start", dated(409, `{"code":"conflict"}`, answeredAt), "STOPPED", time.Time{}, "409 (conflict)", []string{start, read}},
		"409 of one that broke down": {"start", dated(409, ``, answeredAt), "CRITICAL_ERROR", time.Time{}, "answered 409", []string{start, read}},
		"400 that says already": {"start", dated(400, `{"message":"Connector is Already started"}`, answeredAt), "RUNNING", time.Time{}, "",
			[]string{start, read}},
		"400 that says so in its code": {"start", dated(400, `{"code":"already_started"}`, answeredAt), "RUNNING", time.Time{}, "",
			[]string{start, read}},
		"400 that says already of one that stopped": {"start", dated(400, `{"message":"already"}`, answeredAt), "STOPPED", time.Time{},
			"400 (already)", []string{start, read}},
		"400 for another reason":               {"start", dated(400, `{"message":"no"}`, answeredAt), "", time.Time{}, "400 (no)", []string{start}},
		"403 that says already":                {"start", dated(403, `{"message":"already"}`, answeredAt), "", time.Time{}, "403 (already)", []string{start}},
		"404":                                  {"start", dated(404, `{}`, answeredAt), "", time.Time{}, "answered 404", []string{start}},
		"500":                                  {"start", dated(500, `{}`, answeredAt), "", time.Time{}, "answered 500", []string{start}},
		"stopping: 200":                        {"stop", dated(200, `{}`, answeredAt), "", time.Time{}, "", []string{stop}},
		"stopping: 409 of one that stopped":    {"stop", dated(409, ``, answeredAt), "STOPPED", time.Time{}, "", []string{stop, read}},
		"stopping: 409 of one that stops":      {"stop", dated(409, ``, answeredAt), "STOPPING", time.Time{}, "", []string{stop, read}},
		"stopping: 409 of one that broke down": {"stop", dated(409, ``, answeredAt), "CRITICAL_ERROR", time.Time{}, "", []string{stop, read}},
		"stopping: 409 of one that runs":       {"stop", dated(409, ``, answeredAt), "RUNNING", time.Time{}, "answered 409", []string{stop, read}},
		"stopping: 400 of one that stopped": {"stop", dated(400, `{"message":"already stopped"}`, answeredAt), "STOPPED", time.Time{}, "",
			[]string{stop, read}},
		"stopping: 404": {"stop", dated(404, `{}`, answeredAt), "", time.Time{}, "answered 404", []string{stop}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			mock, client := newCloud(t)
			mock.respond(http.MethodPost, connectorPath+"/"+test.verb, test.answer)
			mock.on(http.MethodGet, connectorPath, 200, `{"uuid":"`+connectorID+`","display_status":"`+test.status+`"}`)
			var got time.Time
			var err error
			if test.verb == "start" {
				got, err = client.StartConnector(t.Context(), connectorID)
			} else {
				_, err = client.StopConnector(t.Context(), connectorID)
			}
			if (err != nil) != (test.fails != "") || err != nil && !strings.Contains(err.Error(), test.fails) {
				t.Errorf("got error %v, want %q", err, test.fails)
			}
			if !got.Equal(test.want) {
				t.Errorf("got %s, want %s", got, test.want)
			}
			mock.expect(t, test.calls...)
			if body := mock.calls[0].Body; body != "" {
				t.Errorf("sent %q", body)
			}
		})
	}
}

func TestStartThatCannotBeConfirmed(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		read     httpmock.Responder
		want     string
		notFound bool
	}{
		"no status":      {httpmock.NewStringResponder(200, `{"uuid":"`+connectorID+`"}`), "Sekoia answered 409", false},
		"gone meanwhile": {httpmock.NewStringResponder(404, `{"code":"not_found"}`), "Sekoia answered 404 (not_found)", true},
		"deleted":        {httpmock.NewStringResponder(200, `{"uuid":"`+connectorID+`","deleted":true}`), "is marked as deleted", true},
		"may not read": {httpmock.NewStringResponder(403, `{}`),
			"/start (its status could not be read either: Sekoia answered 403 to GET " + connectorPath, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			mock, client := newCloud(t)
			mock.on(http.MethodPost, connectorPath+"/start", 409, "")
			mock.respond(http.MethodGet, connectorPath, test.read)
			_, err := client.StartConnector(t.Context(), connectorID)
			if err == nil || !strings.Contains(err.Error(), test.want) || sekoia.IsNotFound(err) != test.notFound {
				t.Errorf("got %v", err)
			}
		})
	}
}

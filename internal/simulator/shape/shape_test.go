// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package shape

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
)

const (
	someUUID  = "b6e2c8a2-4f3b-4e7a-8c1d-2e4f3a6b7c9d"
	otherUUID = "4ef895d1-3f21-4678-8d0a-5c39c37210fe"
	someTime  = "2026-01-01T00:00:00.000Z"
)

// device is one that Okta's document allows, as an answer.
func device() object {
	return object{
		"id": "guo1", "status": "CREATED", "created": someTime, "lastUpdated": someTime,
		"profile":      object{"displayName": "One", "platform": "IOS", "registered": true, "serialNumber": nil},
		"resourceType": "UDDevice", "resourceId": "guo1", "resourceAlternateId": nil, "resourceDisplayName": object{"value": "One", "sensitive": false},
		"_links": object{"self": object{"href": "https://acme.okta.com/api/v1/devices/guo1"}},
	}
}

func account() object {
	return object{
		"uuid": someUUID, "community_uuid": otherUUID, "module_uuid": otherUUID, "name": "One", "created_at": someTime, "created_by": someUUID,
		"created_by_type": "apikey", "updated_at": someTime, "updated_by": someUUID, "updated_by_type": "apikey",
		"value": object{"base_url": "https://acme.okta.com"},
	}
}

func connector() object {
	return object{
		"uuid": someUUID, "community_uuid": otherUUID, "connector_uuid": someUUID, "module_configuration_uuid": otherUUID, "name": "One",
		"created_at": someTime, "created_by": someUUID, "created_by_type": "apikey", "updated_at": someTime, "updated_by": someUUID,
		"updated_by_type": "apikey", "connector_type": "asset", "display_status": "RUNNING", "value": object{},
	}
}

func asset() object {
	return object{"uuid": someUUID, "community_uuid": otherUUID, "name": "One", "type": "host", "category": nil, "first_seen": someTime,
		"connectors": []any{object{"uuid": someUUID, "connector_uuid": nil, "external_id": "guo1"}}}
}

func oktaError(code string) object {
	return object{"errorCode": code, "errorSummary": "No", "errorLink": code, "errorId": "oae1", "errorCauses": []any{}}
}

// with is an object with members set; a path of names goes down.
func with(from object, value any, path ...string) object {
	copied := deepCopy(from)
	inner := copied
	for _, name := range path[:len(path)-1] {
		inner, _ = inner[name].(object)
	}
	last := path[len(path)-1]
	if value == missing {
		delete(inner, last)
	} else {
		inner[last] = value
	}
	return copied
}

var missing any = struct{}{}

// traffic is an exchange to check; the zero values of most fields are the usual.
type traffic struct {
	cloud     Cloud
	method    string // GET
	path      string
	userAgent string
	open      bool // without a credential
	body      any  // of the request
	status    int  // 200
	headers   http.Header
	answer    any // nil: no body
	text      string
}

// send puts the exchange through the middleware, or through the round tripper.
func (x traffic) send(t *testing.T, v *Validator, asClient bool) {
	t.Helper()
	if x.method == "" {
		x.method = http.MethodGet
	}
	var body io.Reader = http.NoBody
	if x.body != nil {
		body = bytes.NewReader(encoded(t, x.body))
	}
	request := httptest.NewRequest(x.method, x.path, body)
	request.Header.Set("User-Agent", x.userAgent)
	if x.body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	if !x.open {
		request.Header.Set("Authorization", map[Cloud]string{Okta: "SSWS 00x", Sekoia: "Bearer x"}[x.cloud])
	}
	if asClient {
		answer, err := v.RoundTripper(x.cloud, roundTripper(func(*http.Request) (*http.Response, error) {
			recorder := httptest.NewRecorder()
			x.respond(t, recorder)
			return recorder.Result(), nil
		})).RoundTrip(request)
		if err != nil {
			t.Fatal(err)
		}
		if err := answer.Body.Close(); err != nil {
			t.Fatal(err)
		}
		return
	}
	v.Middleware(string(x.cloud), http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { x.respond(t, w) })).
		ServeHTTP(httptest.NewRecorder(), request)
}

func (x traffic) respond(t *testing.T, w http.ResponseWriter) {
	t.Helper()
	w.Header().Set("Content-Type", "application/json")
	if x.cloud == Okta {
		w.Header().Set("X-Rate-Limit-Limit", "600")
		w.Header().Set("X-Rate-Limit-Remaining", "599")
		w.Header().Set("X-Rate-Limit-Reset", "1800000000")
		w.Header().Set("Link", `<https://acme.okta.com/api/v1/devices>; rel="self"`)
	}
	for name, values := range x.headers {
		if w.Header()[name] = values; len(values) == 0 {
			w.Header().Del(name)
		}
	}
	if x.status == 0 {
		x.status = http.StatusOK
	}
	w.WriteHeader(x.status)
	text := []byte(x.text)
	if x.answer != nil {
		text = encoded(t, x.answer)
	}
	if len(text) == 0 {
		return
	}
	if _, err := w.Write(text); err != nil {
		t.Error(err)
	}
}

func encoded(t *testing.T, value any) []byte {
	t.Helper()
	text, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func validator(t *testing.T, options Options) *Validator {
	t.Helper()
	v, err := New(options)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

const (
	accounts   = "/v1/symphony/module-configurations"
	connectors = "/v1/symphony/connector-configurations"
)

// good is traffic that is as it should be.
func good() map[string]traffic {
	newAccount := object{"name": "One", "module_uuid": otherUUID, "community_uuid": otherUUID, "value": object{"base_url": "https://acme.okta.com", "apikey": "x"}}
	newConnector := object{"name": "One", "connector_uuid": someUUID, "module_configuration_uuid": otherUUID, "value": object{}}
	list := func(item object) object { return object{"items": []any{item}, "total": 1} }
	page := with(device(), object{"users": []any{object{"created": someTime, "managementStatus": "MANAGED",
		"user": object{"id": "00u1", "profile": object{"firstName": nil}, "_links": object{}}}}}, "_embedded")
	return map[string]traffic{
		"metadata": {cloud: Okta, path: "/.well-known/okta-organization", open: true, answer: object{"id": "00o1", "pipeline": "idx",
			"_links": object{"organization": object{"href": "https://acme.okta.com"}}}},
		"devices":                   {cloud: Okta, path: "/api/v1/devices?limit=200&expand=userSummary&search=id%20pr", answer: []any{page}},
		"the connector's search":    {cloud: Okta, path: "/api/v1/devices?search=x&sortBy=created&sortOrder=ASC", userAgent: "sekoia-connector", answer: []any{}},
		"a device":                  {cloud: Okta, path: "/api/v1/devices/guo1", answer: with(device(), []any{object{"provider": "oktaVerify"}}, "providers")},
		"a wrong token":             {cloud: Okta, path: "/api/v1/devices", status: 401, answer: oktaError("E0000011")},
		"a rate limit":              {cloud: Okta, path: "/api/v1/devices", status: 429, answer: oktaError("E0000047")},
		"the key's profile":         {cloud: Sekoia, path: "/v1/me", answer: object{"uuid": someUUID, "name": "Key"}},
		"communities":               {cloud: Sekoia, path: "/v1/me/communities", answer: list(object{"uuid": someUUID, "subcommunities": []any{otherUUID}})},
		"permissions":               {cloud: Sekoia, path: "/v1/me/permissions", answer: list(object{"uuid": someUUID, "bitmask_id": 1, "name": "x", "title": "X"})},
		"a new account":             {cloud: Sekoia, method: "POST", path: accounts, body: newAccount, status: 201, answer: account()},
		"accounts":                  {cloud: Sekoia, path: accounts + "?limit=100&offset=0&match[name]=One&match%5Bmodule_uuid%5D=" + otherUUID, answer: list(account())},
		"an account's change":       {cloud: Sekoia, method: "PATCH", path: accounts + "/" + someUUID, body: object{"name": "Two"}, answer: account()},
		"a silent change":           {cloud: Sekoia, method: "PATCH", path: accounts + "/" + someUUID, body: object{"name": "Two"}, status: 204},
		"usage":                     {cloud: Sekoia, path: accounts + "/" + someUUID + "/usage", answer: object{"connectors": 1}},
		"a new connector":           {cloud: Sekoia, method: "POST", path: connectors, body: newConnector, status: 201, answer: connector()},
		"a connector":               {cloud: Sekoia, path: connectors + "/" + someUUID, answer: connector()},
		"a connector's new name":    {cloud: Sekoia, method: "PATCH", path: connectors + "/" + someUUID, body: object{"name": "Two"}, answer: connector()},
		"a connector's new account": {cloud: Sekoia, method: "PATCH", path: connectors + "/" + someUUID, body: object{"module_configuration_uuid": otherUUID}, answer: connector()},
		"a gone connector":          {cloud: Sekoia, path: connectors + "/" + someUUID, status: 404, answer: object{"code": "not_found", "message": "No"}},
		"a start":                   {cloud: Sekoia, method: "POST", path: connectors + "/" + someUUID + "/start", status: 202, answer: object{"anything": true}},
		"a second stop":             {cloud: Sekoia, method: "POST", path: connectors + "/" + someUUID + "/stop", status: 409, answer: object{"code": "conflict", "message": "No"}},
		"a removal":                 {cloud: Sekoia, method: "DELETE", path: connectors + "/" + someUUID, status: 204},
		"logs":                      {cloud: Sekoia, path: connectors + "/" + someUUID + "/logs?limit=10", answer: list(object{"uuid": someUUID, "level": "info", "message": "x", "date": someTime})},
		"assets":                    {cloud: Sekoia, path: "/v2/asset-management/assets?limit=1&type=host&connectors_configuration=" + someUUID, answer: list(asset())},
		"a push":                    {cloud: Sekoia, method: "POST", path: "/v2/asset-management/asset-connector/" + someUUID, body: push(), answer: object{"task_id": someUUID}},
		"a push's task":             {cloud: Sekoia, path: "/v1/tasks/" + someUUID, answer: object{"uuid": someUUID, "status": "RUNNING", "error": nil}},
		"addresses without key":     {cloud: Sekoia, path: "/outgoing-ips", open: true, answer: []any{"192.0.2.1"}},
		"a catalogue's connector":   {cloud: Sekoia, path: "/v1/symphony/connectors/" + someUUID, answer: object{"uuid": someUUID, "capability": nil}},
	}
}

func push() object {
	return object{"version": 1, "items": []any{object{
		"class_uid": 5001, "type_uid": 500102, "activity_id": 2, "category_uid": 5, "metadata": object{"version": "1.6.0", "product": object{}},
		"device": object{"uid": "guo1", "hostname": "One", "type_id": 5, "os": object{"type_id": 301}},
	}}}
}

func TestGoodTrafficHasNoProblem(t *testing.T) {
	t.Parallel()
	for name, exchange := range good() {
		for way, asClient := range map[string]bool{"server": false, "client": true} {
			t.Run(name+" as seen by the "+way, func(t *testing.T) {
				t.Parallel()
				v := Watch(t, Options{})
				exchange.send(t, v, asClient)
				if v.Checked(exchange.cloud) != 1 {
					t.Error("nothing was checked")
				}
			})
		}
	}
}

// change is one thing made wrong in good traffic.
type change struct {
	from string // the name of the good traffic
	edit func(*traffic)
	side Side
	says string // part of the problem
}

func answering(value any, path ...string) func(*traffic) {
	return func(x *traffic) { answer, _ := x.answer.(object); x.answer = with(answer, value, path...) }
}

func asking(value any, path ...string) func(*traffic) {
	return func(x *traffic) { body, _ := x.body.(object); x.body = with(body, value, path...) }
}

func TestBrokenTrafficIsAProblem(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]change{
		"a field of wrong type":                  {"a device", answering("yes", "profile", "registered"), Answer, "/profile/registered"},
		"a required field is missing":            {"a device", answering(missing, "profile", "platform"), Answer, `"platform" is missing`},
		"a field that only the overlay requires": {"a device", answering(missing, "lastUpdated"), Answer, `"lastUpdated" is missing`},
		"a field that nobody describes":          {"a device", answering("x", "profile", "displayname"), Answer, `"displayname" is unsupported`},
		"an enum's unknown value":                {"a device", answering("GONE", "status"), Answer, "/status"},
		"null where none may be":                 {"a device", answering(nil, "profile", "displayName"), Answer, "/profile/displayName"},
		"a date that is none":                    {"a device", answering("today", "created"), Answer, "/created"},
		"a field deep in a page":                 {"devices", func(x *traffic) { x.answer = []any{device(), with(device(), 7, "id")} }, Answer, "/1/id"},
		"an object where a list is due":          {"devices", func(x *traffic) { x.answer = device() }, Answer, "must be an array"},
		"a password":                             {"devices", func(x *traffic) { x.answer = []any{withUser(object{"password": object{"value": "x"}})} }, Answer, "write"},
		"an error without its id":                {"a wrong token", answering(missing, "errorId"), Answer, `"errorId" is missing`},
		"an undocumented status":                 {"a device", func(x *traffic) { x.status = 202 }, Answer, "status 202 is not described"},
		"a redirect":                             {"a device", func(x *traffic) { x.status = 301 }, Answer, "status 301 is not described"},
		"an answer that is no JSON":              {"a device", func(x *traffic) { x.answer, x.text = nil, "<html>" }, Answer, "decode"},
		"an answer of another type":              {"a device", func(x *traffic) { x.headers = http.Header{"Content-Type": {"text/html"}} }, Answer, "Content-Type"},
		"a rate-limit header is missing":         {"devices", func(x *traffic) { x.headers = http.Header{"X-Rate-Limit-Reset": nil} }, Answer, "X-Rate-Limit-Reset"},
		"a rate-limit header is no number":       {"devices", func(x *traffic) { x.headers = http.Header{"X-Rate-Limit-Limit": {"many"}} }, Answer, "X-Rate-Limit-Limit"},
		"a 429 without its headers":              {"a rate limit", func(x *traffic) { x.headers = http.Header{"X-Rate-Limit-Reset": nil} }, Answer, "X-Rate-Limit-Reset"},
		"a link that is none":                    {"devices", func(x *traffic) { x.headers = http.Header{"Link": {"next"}} }, Answer, "Link"},
		"an undocumented query parameter":        {"devices", func(x *traffic) { x.path += "&page=2" }, Request, `"page" is not described`},
		"a parameter twice":                      {"devices", func(x *traffic) { x.path += "&limit=1" }, Request, `"limit" is given 2 times`},
		"a limit that is too large":              {"devices", func(x *traffic) { x.path = "/api/v1/devices?limit=201" }, Request, "limit"},
		"a limit that is no number":              {"devices", func(x *traffic) { x.path = "/api/v1/devices?limit=x" }, Request, "limit"},
		"an enum parameter's unknown value":      {"devices", func(x *traffic) { x.path = "/api/v1/devices?expand=all" }, Request, "expand"},
		"a query that is none":                   {"devices", func(x *traffic) { x.path = "/api/v1/devices?a;b" }, Request, "query cannot be read"},
		"the connector's parameter from others":  {"the connector's search", func(x *traffic) { x.userAgent = "other" }, Request, `"sortBy" is not described`},
		"a path that nobody describes":           {"a device", func(x *traffic) { x.path = "/api/v1/groups" }, Request, "path is not described"},
		"a method that nobody describes":         {"a device", func(x *traffic) { x.method = "DELETE" }, Request, "method is not described"},
		"a good answer to an undescribed call":   {"a device", func(x *traffic) { x.path = "/api/v1/groups" }, Answer, "status is 200 for a call that is not described"},
		"a bad error to an undescribed call":     {"a wrong token", func(x *traffic) { x.path, x.answer = "/api/v1/groups", object{} }, Answer, `"errorCode" is missing`},
		"no JSON error to an undescribed call":   {"a wrong token", func(x *traffic) { x.path, x.answer, x.text = "/api/v1/groups", nil, "no" }, Answer, "not JSON"},
		"no credential":                          {"devices", func(x *traffic) { x.open = true }, Request, "0 Authorization headers"},
		"a credential on the metadata":           {"metadata", func(x *traffic) { x.open = false }, Request, "does not need"},
		"a body on a GET":                        {"devices", func(x *traffic) { x.body = object{} }, Request, "body not allowed"},
		"a refusal of an API token without a body": {"a wrong token", func(x *traffic) {
			x.status, x.answer = 403, nil
			x.headers = http.Header{"Www-Authenticate": {`Bearer error="insufficient_scope", error_description="x"`}}
		}, Answer, ""},
		"Okta's 401 on the metadata": {"metadata", func(x *traffic) { x.status, x.answer = 401, oktaError("E0000011") }, Answer, "status 401"},
		"a UUID that is none":        {"a connector", answering("1", "uuid"), Answer, "/uuid"},
		"a secret that comes back": {"accounts", func(x *traffic) {
			x.answer = object{"items": []any{with(account(), "x", "value", "apikey")}, "total": 1}
		}, Answer, "/items/0/value"},
		"a secret that comes back from a change": {"an account's change", answering("x", "value", "apikey"), Answer, "/value"},
		"a status that Sekoia does not have":     {"a connector", answering("BROKEN", "display_status"), Answer, "/display_status"},
		"null where only some types may be":      {"assets", func(x *traffic) { x.answer = object{"items": []any{with(asset(), nil, "name")}, "total": 1} }, Answer, "/items/0/name"},
		"wrong type in an anyOf with null":       {"assets", func(x *traffic) { x.answer = object{"items": []any{with(asset(), 7, "first_seen")}, "total": 1} }, Answer, "/items/0/first_seen"},
		"an asset limit of zero":                 {"assets", func(x *traffic) { x.path = "/v2/asset-management/assets?limit=0" }, Request, "limit"},
		"a request field that nobody describes":  {"a new account", asking("x", "owner"), Request, `"owner" is unsupported`},
		"a request field is missing":             {"a new account", asking(missing, "name"), Request, `"name" is missing`},
		"an account's value in part":             {"an account's change", asking(object{"base_url": "https://acme.okta.com"}, "value"), Request, `"apikey" is missing`},
		"a connector's change of its value":      {"a connector", func(x *traffic) { x.method, x.body = "PATCH", object{"name": "x", "value": object{"a": "b"}} }, Request, `at most 0 properties`},
		"a connector's change of nothing":        {"a connector", func(x *traffic) { x.method, x.body = "PATCH", object{} }, Request, "at least 1 properties"},
		"a connector's value":                    {"a new connector", asking("x", "value", "sekoia_api_key"), Request, "/value"},
		"a request without its body":             {"a new account", func(x *traffic) { x.body = nil }, Request, "body"},
		"a body on a start":                      {"a start", func(x *traffic) { x.body = object{} }, Request, "body not allowed"},
		"a push of another class": {"a push", func(x *traffic) {
			x.body = object{"version": 1, "items": []any{object{"class_uid": 1, "device": object{"uid": "guo1"}}}}
		}, Request, "/items/0/class_uid"},
		"a push of another version": {"a push", func(x *traffic) { x.body = with(push(), 2, "version") }, Request, "/version"},
		"an error without its code": {"a gone connector", answering(missing, "code"), Answer, `"code" is missing`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			exchange, ok := good()[test.from]
			if !ok {
				t.Fatalf("there is no traffic %q", test.from)
			}
			test.edit(&exchange)
			for way, asClient := range map[string]bool{"server": false, "client": true} {
				v := validator(t, Options{})
				exchange.send(t, v, asClient)
				if !slices.ContainsFunc(v.Problems(), func(p Problem) bool { return p.Side == test.side && strings.Contains(p.String(), test.says) }) {
					t.Errorf("as seen by the %s, the problems are %v", way, v.Problems())
				}
			}
		})
	}
}

func withUser(credentials object) object {
	return with(device(), object{"users": []any{object{"created": someTime, "managementStatus": "MANAGED",
		"user": object{"id": "00u1", "profile": object{}, "_links": object{}, "credentials": credentials}}}}, "_embedded")
}

func TestOptionsLetPass(t *testing.T) {
	t.Parallel()
	lacking := traffic{cloud: Okta, path: "/api/v1/devices/guo1", answer: with(device(), missing, "profile", "displayName")}
	strange := traffic{cloud: Okta, path: "/api/v1/devices/guo1", answer: with(device(), 7, "status")}
	wrong := traffic{cloud: Okta, path: "/api/v1/devices?limit=0", status: 400, answer: oktaError("E0000001")}
	wrongTaken := traffic{cloud: Okta, path: "/api/v1/devices?limit=0", answer: []any{}}
	for name, test := range map[string]struct {
		options  Options
		exchange traffic
		problems int
	}{
		"a lacking device":                              {Options{}, lacking, 1},
		"a lacking device where such are expected":      {Options{OddDevices: true}, lacking, 0},
		"a strange device where lacking ones are":       {Options{OddDevices: true}, strange, 1},
		"a strange device where any is":                 {Options{AnyDevices: true}, strange, 0},
		"a refused request":                             {Options{}, wrong, 1},
		"a refused request where such are expected":     {Options{WrongRequests: true}, wrong, 0},
		"a wrong request that is answered all the same": {Options{WrongRequests: true}, wrongTaken, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v := validator(t, test.options)
			test.exchange.send(t, v, false)
			if got := v.Problems(); len(got) != test.problems {
				t.Errorf("%d problems, not %d: %v", len(got), test.problems, got)
			}
		})
	}
}

// fakeTB is a test that fails without anyone minding.
type fakeTB struct {
	cleanups []func()
	errors   []string
}

func (f *fakeTB) Helper()           {}
func (f *fakeTB) Cleanup(do func()) { f.cleanups = append(f.cleanups, do) }
func (f *fakeTB) Errorf(format string, a ...any) {
	f.errors = append(f.errors, fmt.Sprintf(format, a...))
}
func (f *fakeTB) Fatalf(format string, a ...any) { f.Errorf(format, a...) }

func TestWatchFailsTheTestAtItsEnd(t *testing.T) {
	t.Parallel()
	watched := &fakeTB{}
	v := Watch(watched, Options{})
	traffic{cloud: Okta, path: "/api/v1/devices?page=1", answer: []any{}}.send(t, v, false)
	if len(watched.errors) != 0 {
		t.Error("the test failed before its end")
	}
	for _, do := range watched.cleanups {
		do()
	}
	want := `okta GET /api/v1/devices?page=1 (answered 200): the request: the query parameter "page" is not described`
	if len(watched.errors) != 1 || watched.errors[0] != want {
		t.Errorf("the errors are %q", watched.errors)
	}
}

func TestManyReasonsAreCut(t *testing.T) {
	t.Parallel()
	devices := make([]any, 200)
	for i := range devices {
		devices[i] = with(device(), 7, "id")
	}
	v := validator(t, Options{})
	traffic{cloud: Okta, path: "/api/v1/devices", answer: devices}.send(t, v, false)
	if got := v.Problems(); len(got) != 1 || strings.Count(got[0].String(), "/id") != maxReasons || !strings.Contains(got[0].String(), "and 195 more") {
		t.Errorf("the problems are %v", got)
	}
}

func TestBodiesPassThroughUnchanged(t *testing.T) {
	t.Parallel()
	v := validator(t, Options{})
	handler := v.Middleware("sekoia", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		given, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		if err := http.NewResponseController(w).Flush(); err != nil {
			t.Error(err)
		}
		_, _ = w.Write(given)
	}))
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	client := &http.Client{Transport: v.RoundTripper(Sekoia, server.Client().Transport)}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL+accounts, strings.NewReader("body"))
	if err != nil {
		t.Fatal(err)
	}
	answer, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(answer.Body)
	if err != nil || string(got) != "body" {
		t.Errorf("the answer is %q, %v", got, err)
	}
	if err := answer.Body.Close(); err != nil {
		t.Error(err)
	}
	if v.Checked(Sekoia) != 2 {
		t.Errorf("%d exchanges were checked, not one on either side", v.Checked(Sekoia))
	}
}

func TestSilentHandlerAnswered200(t *testing.T) {
	t.Parallel()
	v := validator(t, Options{})
	v.Middleware("sekoia", http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})).
		ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodDelete, connectors+"/"+someUUID, nil))
	if got := fmt.Sprint(v.Problems()); !strings.Contains(got, "status 200 is not described") {
		t.Errorf("the problems are %s", got)
	}
}

func TestLostAnswersAreNotChecked(t *testing.T) {
	t.Parallel()
	lost := errors.New("lost")
	for name, next := range map[string]roundTripper{
		"no answer": func(*http.Request) (*http.Response, error) { return nil, lost },
		"half an answer": func(*http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(io.MultiReader(strings.NewReader("{"), failing{lost}))}, nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v := validator(t, Options{})
			answer, err := v.RoundTripper(Okta, next).RoundTrip(httptest.NewRequest(http.MethodGet, "/api/v1/devices", nil))
			if err == nil {
				_, err = io.ReadAll(answer.Body)
				err = errors.Join(err, answer.Body.Close())
			}
			if !errors.Is(err, lost) || v.Checked(Okta) != 0 {
				t.Errorf("the error is %v, and %d exchanges were checked", err, v.Checked(Okta))
			}
		})
	}
	v := validator(t, Options{})
	_, err := v.RoundTripper(Okta, nil).RoundTrip(&http.Request{Body: io.NopCloser(failing{lost})}) //nolint:bodyclose // there is none
	if !errors.Is(err, lost) {
		t.Errorf("a request that cannot be read gives %v", err)
	}
}

func TestRequestsThatWereCutOffAreNotChecked(t *testing.T) {
	t.Parallel()
	v := validator(t, Options{})
	v.Middleware("sekoia", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) })).
		ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodPost, accounts, failing{errors.New("lost")}))
	if v.Checked(Sekoia) != 0 || len(v.Problems()) > 0 {
		t.Errorf("%d exchanges were checked, with the problems %s", v.Checked(Sekoia), v.Problems())
	}
}

func TestUnknownCloudPanics(t *testing.T) {
	t.Parallel()
	defer func() {
		if recover() == nil {
			t.Error("no panic")
		}
	}()
	validator(t, Options{}).Middleware("aws", nil)
}

// A server cannot send a body with 204, but a mock can.
func TestBodyIn204IsAProblem(t *testing.T) {
	t.Parallel()
	v := validator(t, Options{})
	mock := roundTripper(func(*http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: http.StatusNoContent, Body: io.NopCloser(strings.NewReader("{}"))}, nil
	})
	request := httptest.NewRequest(http.MethodDelete, connectors+"/"+someUUID, nil)
	request.Header.Set("Authorization", "Bearer x")
	answer, err := v.RoundTripper(Sekoia, mock).RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	if err := answer.Body.Close(); err != nil {
		t.Error(err)
	}
	if got := fmt.Sprint(v.Problems()); !strings.Contains(got, "without content has a body") {
		t.Errorf("the problems are %s", got)
	}
}

// Every part of an overlay says how well it is known, and from where.
func TestOverlaysSayWhereTheyComeFrom(t *testing.T) {
	t.Parallel()
	for _, cloud := range []Cloud{Okta, Sekoia} {
		overlay, err := readDocument(string(cloud) + ".overlay.json")
		if err != nil {
			t.Fatal(err)
		}
		unmarked(t, string(cloud), overlay, false)
	}
}

// unmarked goes down to the first x-confidence of each branch; a leaf without one above it is an error.
func unmarked(t *testing.T, at string, value any, marked bool) {
	t.Helper()
	switch value := value.(type) {
	case object:
		if confidence, ok := value["x-confidence"]; ok {
			marked = true
			source, _ := value["x-source"].(string)
			if !slices.Contains([]any{"D", "C", "I"}, confidence) || len(source) < 10 {
				t.Errorf("%s: confidence %v from %q", at, confidence, source)
			}
		}
		for _, name := range slices.Sorted(maps.Keys(value)) {
			unmarked(t, at+"/"+name, value[name], marked)
		}
	case []any:
		for i, item := range value {
			unmarked(t, fmt.Sprintf("%s/%d", at, i), item, marked)
		}
	default:
		if name := at[strings.LastIndex(at, "/")+1:]; !marked && name != "$ref" && name != "description" {
			t.Errorf("%s has no x-confidence", at)
		}
	}
}

func TestDocumentsThatCannotBeUsed(t *testing.T) {
	t.Parallel()
	schema := func(schemas object) object {
		return object{"openapi": "3.0.3", "info": object{"title": "x", "version": "1"}, "paths": object{}, "components": object{"schemas": schemas}}
	}
	of := func(name string) object {
		return object{"allOf": []any{object{"$ref": "#/components/schemas/" + name}}}
	}
	for name, document := range map[string]object{
		"no paths":                    {},
		"a reference to nothing":      schema(object{"A": of("B")}),
		"a reference to a reference":  schema(object{"A": of("B"), "B": object{"$ref": "#/components/schemas/C"}}),
		"allOfs in a circle":          schema(object{"A": of("B"), "B": of("C"), "C": of("B")}),
		"an allOf of what is no type": schema(object{"A": object{"allOf": []any{"x"}}}),
		"another reference to none":   schema(object{"A": object{"properties": object{"b": object{"$ref": "#/components/schemas/B"}}}}),
		"a type that there is not":    schema(object{"A": object{"type": "date"}}),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := lay(document, object{})
			if err == nil {
				err = tighten(document)
			}
			if err == nil {
				_, err = parse(document)
			}
			if err == nil {
				t.Error("no error")
			}
		})
	}
}

func TestDowngrade(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ from, want string }{
		"a list of types with null":     {`{"type":["string","null"]}`, `{"nullable":true,"type":"string"}`},
		"anyOf of one and null":         {`{"anyOf":[{"type":"string"},{"type":"null"}]}`, `{"allOf":[{"type":"string"}],"nullable":true}`},
		"anyOf of two and null":         {`{"anyOf":[{"type":"string"},{"type":"integer"},{"type":"null"}]}`, `{"anyOf":[{"type":"string"},{"type":"integer"}],"nullable":true}`},
		"anyOf without null":            {`{"anyOf":[{"type":"string"},{"type":"integer"}]}`, `{"anyOf":[{"type":"string"},{"type":"integer"}]}`},
		"const":                         {`{"const":"v1"}`, `{"enum":["v1"]}`},
		"a number in exclusiveMinimum":  {`{"exclusiveMinimum":0}`, `{"exclusiveMinimum":true,"minimum":0}`},
		"what is the same in both":      {`{"items":{"type":"string"},"type":"array"}`, `{"items":{"type":"string"},"type":"array"}`},
		"a property that is named type": {`{"properties":{"type":{"const":1}}}`, `{"properties":{"type":{"enum":[1]}}}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for version, want := range map[string]string{"3.1.0": test.want, "3.0.3": test.from} {
				var schema object
				if err := json.Unmarshal([]byte(test.from), &schema); err != nil {
					t.Fatal(err)
				}
				downgrade(object{"openapi": version, "schema": schema})
				if got := string(encoded(t, schema)); got != want {
					t.Errorf("from %s it becomes %s, not %s", version, got, want)
				}
			}
		})
	}
}

func BenchmarkPage(b *testing.B) {
	devices := make([]any, 200)
	for i := range devices {
		devices[i] = device()
	}
	body, err := json.Marshal(devices)
	if err != nil {
		b.Fatal(err)
	}
	v, err := New(Options{})
	if err != nil {
		b.Fatal(err)
	}
	handler := v.Middleware("okta", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(body)
	}))
	for b.Loop() {
		handler.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/api/v1/devices", nil))
	}
}

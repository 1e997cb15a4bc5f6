// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package simulator

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/simulator/wire"
)

func TestSekoiaTakesOneKey(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.admin(http.MethodDelete, "/requests", "")
	for _, authorization := range []string{"", "Bearer nope"} {
		got, err := w.send(t.Context(), http.MethodGet, w.ready.SekoiaURL+"/v1/me", authorization, "")
		if err != nil || got.status != 401 {
			t.Errorf("%q is answered %d %v", authorization, got.status, err)
		}
	}
	logged := w.requests(func(r request) bool { return !r.Authorized && r.Status == 401 })
	if len(logged) != 2 {
		t.Errorf("%d of 2 calls are logged as not authorized", len(logged))
	}
	got, err := w.send(t.Context(), http.MethodGet, w.ready.SekoiaURL+"/outgoing-ips", "", "")
	if err != nil || got.status != 200 || len(got.list()) == 0 {
		t.Errorf("the addresses need no key: %d %s %v", got.status, got.text, err)
	}
	req, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, w.ready.SekoiaURL+"/v1/me", http.NoBody)
	req.Header["Authorization"] = []string{"Bearer " + w.ready.SekoiaAPIKey, "Bearer " + w.ready.SekoiaAPIKey}
	resp, err := w.http.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	if _ = resp.Body.Close(); resp.StatusCode != http.StatusUnauthorized {
		t.Errorf("two Authorization headers are answered %d", resp.StatusCode)
	}
}

func TestProfileOfTheKey(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	me := w.want(200, w.sekoia(http.MethodGet, "/v1/me?extended=true", "")).str("uuid")
	if uuid.Validate(me) != nil {
		t.Errorf("the profile's uuid is %q", me)
	}
	listed := w.want(200, w.sekoia(http.MethodGet, "/v1/me/permissions", ""))
	if listed.at("total") != float64(len(listed.list("items"))) {
		t.Errorf("the total is not the number of permissions: %s", listed.text)
	}
	for _, id := range []string{
		"2f0da527-2cf1-4a00-8f4c-033bfb43ddeb", "efde546e-06db-4355-b2e5-84de1f66511b", "6e1e0400-0a03-4a17-a1d5-a0c57cab2c6a",
		"e75117b9-bb99-4248-8e1d-77c0914b15bd", "1d231a6b-9010-4fa1-a9cc-9fafeabb60a0", "9648daab-0c06-4624-b610-0b69a06d95df",
		"b7413c71-cec8-49ec-9b9c-327ee328a383",
	} {
		if !strings.Contains(listed.text, id) {
			t.Errorf("the permission %s is not listed", id)
		}
	}
	account := w.want(200, w.sekoia(http.MethodGet, accountsPath+"/"+w.account(), ""))
	if account.str("created_by") != me {
		t.Errorf("an account was created by %s, want the key's profile %s", account.str("created_by"), me)
	}
	connectorID := w.connector(account.str("uuid"))
	if got := w.sekoia(http.MethodGet, connectorsPath+"/"+connectorID, "").str("created_by"); got != me {
		t.Errorf("a connector was created by %s, want the key's profile %s", got, me)
	}
}

func TestCommunities(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(c *Config) { c.Communities = 3 })
	listed := w.want(200, w.sekoia(http.MethodGet, "/v1/me/communities", ""))
	below := listed.list("items", 0, "subcommunities")
	if listed.at("total") != 1.0 || listed.str("items", 0, "uuid") != w.ready.CommunityID || len(below) != 2 {
		t.Fatalf("three communities are not one item with two below it: %s", listed.text)
	}
	body := func(community string) string {
		return encode(map[string]any{
			"name": "n", "module_uuid": oktaModuleID, "value": map[string]any{"base_url": "http://u", "apikey": "k"}, "community_uuid": community,
		})
	}
	second, _ := below[0].(string)
	made := w.want(201, w.sekoia(http.MethodPost, accountsPath, body(second)))
	if made.str("community_uuid") != second {
		t.Errorf("the account is in %s, want %s", made.str("community_uuid"), second)
	}
	w.want(403, w.sekoia(http.MethodPost, accountsPath, body(uuid.NewString())))
	w.want(400, w.sekoia(http.MethodPost, accountsPath, strings.Replace(body(second), `"community_uuid":"`+second+`",`, "", 1)))
	w.want(400, w.sekoia(http.MethodPost, connectorsPath, encode(map[string]any{
		"name": "n", "connector_uuid": oktaDeviceConnectorID, "module_configuration_uuid": made.str("uuid"),
		"community_uuid": w.ready.CommunityID, "value": map[string]any{},
	})))
	for query, want := range map[string]float64{
		"?match[community_uuid]=" + second: 1, "?community_uuid=" + second: 1, "?match[community_uuid]=" + w.ready.CommunityID: 0,
		"?match[community_uuid]=" + w.ready.CommunityID + "," + second: 1,
	} {
		if got := w.want(200, w.sekoia(http.MethodGet, accountsPath+query, "")).at("total"); got != want {
			t.Errorf("%s finds %v accounts, want %v", query, got, want)
		}
	}
	w.admin(http.MethodPatch, "/accounts/"+made.str("uuid"), encode(map[string]any{"community_uuid": uuid.NewString()}))
	w.want(404, w.sekoia(http.MethodGet, accountsPath+"/"+made.str("uuid"), ""))
	if got := w.want(200, w.sekoia(http.MethodGet, accountsPath, "")).at("total"); got != 0.0 {
		t.Error("an account of a community that the key does not see is listed")
	}
}

func TestOneCommunityNeedsNoName(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	made := w.want(201, w.sekoia(http.MethodPost, accountsPath,
		`{"name":"n","module_uuid":"`+oktaModuleID+`","value":{"base_url":"http://u","apikey":"k"}}`))
	if made.str("community_uuid") != w.ready.CommunityID {
		t.Errorf("the account is in %q", made.str("community_uuid"))
	}
}

// goodBodies are what the contract describes; the tables below break them.
func goodBodies(w *world) (account, connector map[string]any) {
	account = map[string]any{
		"name": "n", "module_uuid": oktaModuleID, "community_uuid": w.ready.CommunityID,
		"value": map[string]any{"base_url": "https://acme.okta.com", "apikey": "a-secret-token"},
	}
	connector = map[string]any{
		"name": "n", "connector_uuid": oktaDeviceConnectorID, "module_configuration_uuid": w.account(),
		"community_uuid": w.ready.CommunityID, "value": map[string]any{},
	}
	return account, connector
}

func TestBodiesThatTheContractDoesNotDescribe(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	account, connector := goodBodies(w)
	accountID, connectorID := w.account(), w.connector(w.account())
	before := w.admin(http.MethodGet, "/state", "")
	broken := func(body map[string]any, name string, value any) string {
		changed := maps.Clone(body)
		changed[name] = value
		if value == nil {
			delete(changed, name)
		}
		return encode(changed)
	}
	type refused struct{ method, path, body string }
	cases := map[string]refused{
		"an account that is not JSON":                          {http.MethodPost, accountsPath, "{"},
		"an account that is a list":                            {http.MethodPost, accountsPath, "[]"},
		"an account that is null":                              {http.MethodPost, accountsPath, "null"},
		"an account with a field of its own":                   {http.MethodPost, accountsPath, broken(account, "description", "d")},
		"an account without a name":                            {http.MethodPost, accountsPath, broken(account, "name", nil)},
		"an account with an empty name":                        {http.MethodPost, accountsPath, broken(account, "name", " ")},
		"an account with a number for a name":                  {http.MethodPost, accountsPath, broken(account, "name", 1)},
		"an account without a module":                          {http.MethodPost, accountsPath, broken(account, "module_uuid", nil)},
		"an account of a module that is not there":             {http.MethodPost, accountsPath, broken(account, "module_uuid", uuid.NewString())},
		"an account of a module that is not a UUID":            {http.MethodPost, accountsPath, broken(account, "module_uuid", "okta")},
		"an account without a value":                           {http.MethodPost, accountsPath, broken(account, "value", nil)},
		"an account without a token":                           {http.MethodPost, accountsPath, broken(account, "value", map[string]any{"base_url": "http://u"})},
		"an account without a base URL":                        {http.MethodPost, accountsPath, broken(account, "value", map[string]any{"apikey": "k"})},
		"an account with a base URL that is none":              {http.MethodPost, accountsPath, broken(account, "value", map[string]any{"base_url": "acme.okta.com", "apikey": "k"})},
		"an account with an empty token":                       {http.MethodPost, accountsPath, broken(account, "value", map[string]any{"base_url": "http://u", "apikey": ""})},
		"an account with something more":                       {http.MethodPost, accountsPath, broken(account, "value", map[string]any{"base_url": "http://u", "apikey": "k", "x": 1})},
		"an account with another name for its token":           {http.MethodPost, accountsPath, broken(account, "value", map[string]any{"base_url": "http://u", "api_token": "k"})},
		"an account of a community that is no UUID":            {http.MethodPost, accountsPath, broken(account, "community_uuid", "x")},
		"an account that is far too large":                     {http.MethodPost, accountsPath, broken(account, "name", strings.Repeat("x", wire.MaxBody))},
		"an account's change of nothing":                       {http.MethodPatch, accountsPath + "/" + accountID, "{}"},
		"an account's change of half a value":                  {http.MethodPatch, accountsPath + "/" + accountID, `{"value":{"base_url":"https://acme.okta.com"}}`},
		"an account's change of its module":                    {http.MethodPatch, accountsPath + "/" + accountID, `{"module_uuid":"` + oktaModuleID + `"}`},
		"an account's change to no name":                       {http.MethodPatch, accountsPath + "/" + accountID, `{"name":""}`},
		"an account's change that is not JSON":                 {http.MethodPatch, accountsPath + "/" + accountID, "x"},
		"a connector that is not JSON":                         {http.MethodPost, connectorsPath, "x"},
		"a connector with a field of its own":                  {http.MethodPost, connectorsPath, broken(connector, "enabled", true)},
		"a connector without a name":                           {http.MethodPost, connectorsPath, broken(connector, "name", nil)},
		"a connector of a kind that is not there":              {http.MethodPost, connectorsPath, broken(connector, "connector_uuid", uuid.NewString())},
		"a connector without a kind":                           {http.MethodPost, connectorsPath, broken(connector, "connector_uuid", nil)},
		"a connector on an account that is not there":          {http.MethodPost, connectorsPath, broken(connector, "module_configuration_uuid", uuid.NewString())},
		"a connector without an account":                       {http.MethodPost, connectorsPath, broken(connector, "module_configuration_uuid", nil)},
		"a connector without a value":                          {http.MethodPost, connectorsPath, broken(connector, "value", nil)},
		"a connector with a value":                             {http.MethodPost, connectorsPath, broken(connector, "value", map[string]any{"sekoia_api_key": "k"})},
		"a connector of a community that is no UUID":           {http.MethodPost, connectorsPath, broken(connector, "community_uuid", 1)},
		"a connector's change to no account":                   {http.MethodPatch, connectorsPath + "/" + connectorID, `{"name":"n","module_configuration_uuid":null}`},
		"a connector's change to a missing account":            {http.MethodPatch, connectorsPath + "/" + connectorID, `{"name":"n","module_configuration_uuid":"` + uuid.NewString() + `"}`},
		"a connector's change to what is no UUID":              {http.MethodPatch, connectorsPath + "/" + connectorID, `{"module_configuration_uuid":"okta"}`},
		"a connector's change of its account and name to none": {http.MethodPatch, connectorsPath + "/" + connectorID, `{"name":"","module_configuration_uuid":"` + accountID + `"}`},
		"a connector's change of its kind":                     {http.MethodPatch, connectorsPath + "/" + connectorID, `{"connector_uuid":"` + oktaDeviceConnectorID + `"}`},
		"a connector's change of its value":                    {http.MethodPatch, connectorsPath + "/" + connectorID, `{"value":{}}`},
		"a connector's change of nothing":                      {http.MethodPatch, connectorsPath + "/" + connectorID, "{}"},
		"a start with a body":                                  {http.MethodPost, connectorsPath + "/" + connectorID + "/start", "{}"},
		"a stop with a body":                                   {http.MethodPost, connectorsPath + "/" + connectorID + "/stop", "[]"},
		"a start that is far too large":                        {http.MethodPost, connectorsPath + "/" + connectorID + "/start", strings.Repeat(" ", wire.MaxBody+1)},
		"a read with a body":                                   {http.MethodGet, connectorsPath + "/" + connectorID, "{}"},
		"a deletion with a body":                               {http.MethodDelete, connectorsPath + "/" + connectorID, "{}"},
		"an account that is put":                               {http.MethodPut, accountsPath + "/" + accountID, "{}"},
		"all accounts deleted":                                 {http.MethodDelete, accountsPath, ""},
		"an id that is not one":                                {http.MethodGet, accountsPath + "/1", ""},
		"an empty id":                                          {http.MethodGet, connectorsPath + "/", ""},
	}
	for name, c := range cases {
		got := w.sekoia(c.method, c.path, c.body)
		if got.status != 400 || got.str("code") == "" || got.str("message") == "" {
			t.Errorf("%s: answered %d %s, want 400 with code and message", name, got.status, got.text)
		}
	}
	after := w.admin(http.MethodGet, "/state", "")
	if len(after.list("accounts")) != len(before.list("accounts")) || len(after.list("connectors")) != len(before.list("connectors")) {
		t.Error("a call that was refused had an effect")
	}
	req, _ := http.NewRequestWithContext(t.Context(), http.MethodPost, w.ready.SekoiaURL+accountsPath, strings.NewReader(encode(account)))
	req.Header.Set("Authorization", "Bearer "+w.ready.SekoiaAPIKey)
	req.Header.Set("Content-Type", "text/plain")
	resp, err := w.http.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	if _ = resp.Body.Close(); resp.StatusCode != http.StatusBadRequest {
		t.Errorf("JSON under another name is answered %d", resp.StatusCode)
	}
}

func TestQueriesThatTheContractDoesNotDescribe(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	id := w.connector(w.account())
	for _, path := range []string{
		"/v1/me?x=1", "/v1/me?extended=1", "/v1/me/permissions?limit=1", "/v1/me/communities?limit=1",
		"/v1/symphony/modules/" + oktaModuleID + "?detailed=yes", "/v1/symphony/connectors/" + oktaDeviceConnectorID + "?detailed=true",
		accountsPath + "?limit=0", accountsPath + "?limit=101", accountsPath + "?limit=", accountsPath + "?limit=x", accountsPath + "?offset=-1",
		accountsPath + "?limit=1&limit=1", accountsPath + "?match[uuid]=" + uuid.NewString(), accountsPath + "?match[module_uuid]=okta",
		accountsPath + "?with_module=1", accountsPath + "?sort=uuid", accountsPath + "?direction=up", accountsPath + "?%zz",
		accountsPath + "?date[created_at]=2026-01-01T00:00:00", accountsPath + "?date[created_at]=a,b",
		accountsPath + "/" + uuid.NewString() + "?with_value=true", accountsPath + "/" + uuid.NewString() + "/usage?x=1",
		connectorsPath + "?limit=1000", connectorsPath + "?connector_type=okta", connectorsPath + "?match[account]=x",
		connectorsPath + "/" + id + "?with_detailed_status=true", connectorsPath + "/" + id + "/logs?match[log_level]=loud",
		connectorsPath + "/" + id + "/logs?match[message]=x", connectorsPath + "/" + id + "/logs?limit=101",
	} {
		if got := w.sekoia(http.MethodGet, path, ""); got.status != 400 || got.str("message") == "" {
			t.Errorf("GET %s: %d %s, want 400", path, got.status, got.text)
		}
	}
	for _, path := range []string{
		assetsPath + "?limit=0", assetsPath + "?limit=101", assetsPath + "?x=1", assetsPath + "?connectors_configuration=1",
		assetsPath + "?sort=uuid", assetsPath + "?reviewed=1", assetsPath + "?format=v1",
	} {
		got := w.sekoia(http.MethodGet, path, "")
		if got.status != 422 || got.str("detail", 0, "msg") == "" || got.str("detail", 0, "type") == "" || len(got.list("detail", 0, "loc")) != 2 {
			t.Errorf("GET %s: %d %s, want 422 with details", path, got.status, got.text)
		}
	}
	for _, path := range []string{"/", "/v1", "/v1/symphony", "/v1/symphony/playbooks", "/v1/me/", "//v1/me", "/v1/symphony/module-configurations/1/2/3"} {
		if got := w.sekoia(http.MethodGet, path, ""); got.status != 404 || got.str("code") == "" {
			t.Errorf("GET %s: %d %s, want 404", path, got.status, got.text)
		}
	}
}

func TestWhatIsNotThereIs404(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	id := uuid.NewString()
	for _, c := range [][3]string{
		{http.MethodGet, "/v1/symphony/modules/" + id}, {http.MethodGet, "/v1/symphony/connectors/" + id},
		{http.MethodGet, accountsPath + "/" + id}, {http.MethodGet, accountsPath + "/" + id + "/usage"}, {http.MethodDelete, accountsPath + "/" + id},
		{http.MethodPatch, accountsPath + "/" + id, `{"name":"n"}`},
		{http.MethodGet, connectorsPath + "/" + id}, {http.MethodGet, connectorsPath + "/" + id + "/logs"}, {http.MethodDelete, connectorsPath + "/" + id},
		{http.MethodPatch, connectorsPath + "/" + id, `{"name":"n"}`},
		{http.MethodPost, connectorsPath + "/" + id + "/start"}, {http.MethodPost, connectorsPath + "/" + id + "/stop"},
	} {
		if got := w.sekoia(c[0], c[1], c[2]); got.status != 404 || got.str("code") == "" || got.str("message") == "" {
			t.Errorf("%s %s: %d %s, want 404 with code and message", c[0], c[1], got.status, got.text)
		}
	}
}

func TestAccountFromCreationToDeletion(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	good, _ := goodBodies(w)
	made := w.want(201, w.sekoia(http.MethodPost, accountsPath, encode(good)))
	id := made.str("uuid")
	for _, name := range []string{
		"community_uuid", "created_at", "created_by", "created_by_type", "module_uuid", "name", "updated_at", "updated_by", "updated_by_type", "uuid",
	} {
		if made.str(name) == "" {
			t.Errorf("the answer has no %s: %s", name, made.text)
		}
	}
	if made.str("value", "base_url") != "https://acme.okta.com" || made.at("deleted") != any(false) {
		t.Errorf("the answer is not what was asked for: %s", made.text)
	}
	if _, err := time.Parse(time.RFC3339, made.str("created_at")); err != nil {
		t.Error(err)
	}
	changed := w.want(200, w.sekoia(http.MethodPatch, accountsPath+"/"+id, `{"name":"renamed"}`))
	if changed.str("name") != "renamed" || changed.str("value", "base_url") != "https://acme.okta.com" {
		t.Errorf("the name alone was to change: %s", changed.text)
	}
	changed = w.want(200, w.sekoia(http.MethodPatch, accountsPath+"/"+id, `{"value":{"base_url":"https://b.okta.com","apikey":"another-secret"}}`))
	if changed.str("name") != "renamed" || changed.str("value", "base_url") != "https://b.okta.com" || changed.str("updated_at") <= made.str("updated_at") {
		t.Errorf("the value was to change, and its date: %s", changed.text)
	}
	read := w.want(200, w.sekoia(http.MethodGet, accountsPath+"/"+id+"?with_module=true", ""))
	if read.str("module", "uuid") != oktaModuleID || read.str("value", "base_url") != "https://b.okta.com" {
		t.Errorf("the account with its module: %s", read.text)
	}
	usage := w.want(200, w.sekoia(http.MethodGet, accountsPath+"/"+id+"/usage", ""))
	if usage.text != `{"actions":0,"connectors":0,"playbooks":0,"triggers":0}` {
		t.Errorf("an account that nobody uses: %s", usage.text)
	}
	connectorID := w.connector(id)
	w.admin(http.MethodPatch, "/accounts/"+id, `{"usage":{"playbooks":2,"connectors":1}}`)
	usage = w.want(200, w.sekoia(http.MethodGet, accountsPath+"/"+id+"/usage", ""))
	if usage.text != `{"actions":0,"connectors":2,"playbooks":2,"triggers":0}` {
		t.Errorf("a connector and what an admin call said: %s", usage.text)
	}
	w.want(204, w.sekoia(http.MethodDelete, connectorsPath+"/"+connectorID, ""))
	w.admin(http.MethodPatch, "/accounts/"+id, `{"usage":null}`)
	if usage = w.sekoia(http.MethodGet, accountsPath+"/"+id+"/usage", ""); usage.at("connectors") != 0.0 {
		t.Errorf("a connector that was deleted is counted: %s", usage.text)
	}
	for _, shown := range []reply{made, changed, read, w.sekoia(http.MethodGet, accountsPath, ""), w.admin(http.MethodGet, "/state", "")} {
		if strings.Contains(shown.text, "secret") || strings.Contains(shown.text, w.ready.OktaToken) {
			t.Errorf("an answer has a secret: %s", shown.text)
		}
	}
	w.want(204, w.sekoia(http.MethodDelete, accountsPath+"/"+id, ""))
	w.want(404, w.sekoia(http.MethodGet, accountsPath+"/"+id, ""))
	w.want(404, w.sekoia(http.MethodDelete, accountsPath+"/"+id, ""))
}

func TestListsAreFilteredSortedAndPaged(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	accountID := w.account()
	var ids []string
	for _, name := range []string{"b", "a", "c", "with,comma", "a"} {
		w.want(201, w.sekoia(http.MethodPost, accountsPath, encode(map[string]any{
			"name": name, "module_uuid": oktaModuleID, "value": map[string]any{"base_url": "http://u", "apikey": "k"},
		})))
		ids = append(ids, w.want(201, w.sekoia(http.MethodPost, connectorsPath, encode(map[string]any{
			"name": name, "connector_uuid": oktaDeviceConnectorID, "module_configuration_uuid": accountID, "value": map[string]any{},
		}))).str("uuid"))
	}
	names := func(path string) string {
		got := w.want(200, w.sekoia(http.MethodGet, path, ""))
		var found []string
		for _, item := range got.list("items") {
			found = append(found, reply{body: item}.str("name"))
		}
		return fmt.Sprint(strings.Join(found, " "), " of ", got.at("total"))
	}
	hour := func(from, to int) string {
		at := func(h int) string {
			return time.Now().UTC().Add(time.Duration(h) * time.Hour).Format("2006-01-02T15:04:05")
		}
		return at(from) + "," + at(to)
	}
	for path, want := range map[string]string{
		connectorsPath:                                                                               "a with,comma c a b of 5",
		connectorsPath + "?direction=asc":                                                            "b a c with,comma a of 5",
		connectorsPath + "?sort=created_at&direction=asc":                                            "b a c with,comma a of 5",
		connectorsPath + "?sort=name&direction=asc":                                                  "a a b c with,comma of 5",
		connectorsPath + "?sort=name&direction=desc":                                                 "with,comma c b a a of 5",
		connectorsPath + "?sort=connector_id&direction=asc":                                          "b a c with,comma a of 5",
		connectorsPath + "?sort=display_status&direction=asc":                                        "b a c with,comma a of 5",
		connectorsPath + "?limit=2&offset=1&direction=asc":                                           "a c of 5",
		connectorsPath + "?offset=9":                                                                 " of 5",
		connectorsPath + "?match[name]=a":                                                            "a a of 2",
		connectorsPath + "?match[name]=a,c":                                                          "a c a of 3",
		connectorsPath + "?match[name]=with,comma":                                                   " of 0",
		connectorsPath + "?match[uuid]=" + ids[0] + "," + ids[2]:                                     "c b of 2",
		connectorsPath + "?match[connector_uuid]=" + oktaDeviceConnectorID + "&connector_type=asset": "a with,comma c a b of 5",
		connectorsPath + "?match[connector_uuid]=" + oktaModuleID:                                    " of 0",
		connectorsPath + "?match[module_uuid]=" + oktaModuleID:                                       "a with,comma c a b of 5",
		connectorsPath + "?match[module_uuid]=" + oktaDeviceConnectorID:                              " of 0",
		connectorsPath + "?connector_type=event":                                                     " of 0",
		connectorsPath + "?date[created_at]=" + hour(-1, 1):                                          "a with,comma c a b of 5",
		connectorsPath + "?date[created_at]=" + hour(-2, -1):                                         " of 0",
		accountsPath + "?match[name]=a,b":                                                            "a a b of 3",
		accountsPath + "?match[name]=a,b&sort=created_at&direction=asc":                              "b a a of 3",
		accountsPath + "?match[module_uuid]=" + oktaDeviceConnectorID:                                " of 0",
		accountsPath + "?date[updated_at]=" + hour(1, 2) + "&with_module=false":                      " of 0",
	} {
		if got := names(path); got != want {
			t.Errorf("GET %s: %q, want %q", path, got, want)
		}
	}
	w.want(200, w.sekoia(http.MethodPatch, accountsPath+"/"+accountID, `{"name":"touched"}`))
	if got := names(accountsPath + "?limit=1"); got != "touched of 6" {
		t.Errorf("what was updated last comes first: %s", got)
	}
	if got := w.sekoia(http.MethodGet, accountsPath+"?with_module=true&limit=1", ""); got.str("items", 0, "module", "name") == "" {
		t.Errorf("the list has no modules: %s", got.text)
	}
	if got := w.sekoia(http.MethodGet, connectorsPath+"?with_detailed_status=false&limit=1", ""); got.at("items", 0, "display_status") != nil {
		t.Errorf("the list has statuses that were not asked for: %s", got.text)
	}
	for range 20 {
		w.account()
	}
	if got := w.sekoia(http.MethodGet, accountsPath, ""); len(got.list("items")) != 20 || got.at("total") != 26.0 {
		t.Errorf("without a limit there are %d of %v, want 20 of 26", len(got.list("items")), got.at("total"))
	}
}

func TestConnectorFromCreationToDeletion(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	accountID := w.account()
	id := w.connector(accountID)
	read := w.want(200, w.sekoia(http.MethodGet, connectorsPath+"/"+id, ""))
	for _, name := range []string{
		"community_uuid", "connector_type", "connector_uuid", "created_at", "created_by", "created_by_type", "module_configuration_uuid",
		"name", "updated_at", "updated_by", "updated_by_type", "uuid", "display_status",
	} {
		if read.str(name) == "" {
			t.Errorf("the answer has no %s: %s", name, read.text)
		}
	}
	if value, ok := read.at("value").(map[string]any); !ok || len(value) != 0 {
		t.Errorf("a connector's value is shown: %s", read.text)
	}
	w.eventually("it was started by its creation", func() bool { return w.assets(id) == 5 })
	renamed := w.want(200, w.sekoia(http.MethodPatch, connectorsPath+"/"+id, `{"name":"renamed"}`))
	if renamed.str("name") != "renamed" || renamed.str("updated_at") <= read.str("updated_at") {
		t.Errorf("the name was to change, and its date: %s", renamed.text)
	}
	w.want(204, w.sekoia(http.MethodDelete, connectorsPath+"/"+id, ""))
	w.want(404, w.sekoia(http.MethodGet, connectorsPath+"/"+id, ""))
	if got := w.assets(id); got != 5 {
		t.Errorf("%d assets stay after their connector was deleted, want 5", got)
	}
	if got := w.want(200, w.sekoia(http.MethodGet, connectorsPath, "")).at("total"); got != 0.0 {
		t.Error("a connector that was deleted is listed")
	}
}

func TestConnectorIsPutOnAnotherAccount(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(c *Config) { c.Communities = 2 })
	first, second := w.account(), w.account()
	id := w.connector(first)
	count := func(account string) any {
		return w.want(200, w.sekoia(http.MethodGet, accountsPath+"/"+account+"/usage", "")).at("connectors")
	}
	moved := w.want(200, w.sekoia(http.MethodPatch, connectorsPath+"/"+id, `{"module_configuration_uuid":"`+strings.ToUpper(second)+`"}`))
	if moved.str("module_configuration_uuid") != second || moved.str("name") != "Okta devices" {
		t.Errorf("only the account was to change: %s", moved.text)
	}
	if count(first) != 0.0 || count(second) != 1.0 {
		t.Errorf("%v connectors on the first account and %v on the second, want 0 and 1", count(first), count(second))
	}
	moved = w.want(200, w.sekoia(http.MethodPatch, connectorsPath+"/"+id, `{"name":"back","module_configuration_uuid":"`+first+`"}`))
	if moved.str("module_configuration_uuid") != first || moved.str("name") != "back" {
		t.Errorf("name and account were to change: %s", moved.text)
	}
	communities := w.want(200, w.sekoia(http.MethodGet, "/v1/me/communities", ""))
	others := w.want(201, w.sekoia(http.MethodPost, accountsPath, encode(map[string]any{
		"name": "n", "module_uuid": oktaModuleID, "community_uuid": communities.str("items", 0, "subcommunities", 0),
		"value": map[string]any{"base_url": "http://u", "apikey": "k"},
	}))).str("uuid")
	refused := w.want(400, w.sekoia(http.MethodPatch, connectorsPath+"/"+id, `{"name":"x","module_configuration_uuid":"`+others+`"}`))
	if got := refused.str("message"); got != `"module_configuration_uuid": it is another community's` {
		t.Errorf("refused with %q", got)
	}
	w.admin(http.MethodPatch, "/accounts/"+second, encode(map[string]any{"module_uuid": uuid.NewString()}))
	refused = w.want(400, w.sekoia(http.MethodPatch, connectorsPath+"/"+id, `{"module_configuration_uuid":"`+second+`"}`))
	if got := refused.str("message"); got != `"module_configuration_uuid": it is another module's` {
		t.Errorf("refused with %q", got)
	}
	if read := w.want(200, w.sekoia(http.MethodGet, connectorsPath+"/"+id, "")); read.str("name") != "back" ||
		read.str("module_configuration_uuid") != first {
		t.Errorf("a refused change changed something: %s", read.text)
	}
}

func TestDeletedIsFlaggedWhereAnAdminCallSaysSo(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	accountID := w.account()
	id := w.connector(accountID)
	for kind, path := range map[string]string{"accounts": accountsPath + "/" + accountID, "connectors": connectorsPath + "/" + id} {
		w.admin(http.MethodPatch, "/"+kind+"/"+path[strings.LastIndex(path, "/")+1:], `{"deleted":true}`)
		if got := w.want(200, w.sekoia(http.MethodGet, path, "")); got.at("deleted") != any(true) {
			t.Errorf("GET %s does not say that it is deleted: %s", path, got.text)
		}
		if got := w.want(200, w.sekoia(http.MethodGet, path[:strings.LastIndex(path, "/")], "")); got.at("items", 0, "deleted") != any(true) {
			t.Errorf("the list of %s does not show what is deleted: %s", kind, got.text)
		}
		w.want(404, w.sekoia(http.MethodDelete, path, ""))
		w.want(404, w.sekoia(http.MethodPatch, path, `{"name":"n"}`))
	}
	w.want(404, w.sekoia(http.MethodPost, connectorsPath+"/"+id+"/start", ""))
	w.want(404, w.sekoia(http.MethodGet, accountsPath+"/"+accountID+"/usage", ""))
	w.want(400, w.sekoia(http.MethodPost, connectorsPath, encode(map[string]any{
		"name": "n", "connector_uuid": oktaDeviceConnectorID, "module_configuration_uuid": accountID, "value": map[string]any{},
	})))
}

func TestCatalogue(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	const module, connector = "/v1/symphony/modules/" + oktaModuleID, "/v1/symphony/connectors/" + oktaDeviceConnectorID
	if got := w.want(200, w.sekoia(http.MethodGet, module+"?detailed=true", "")); got.str("uuid") != oktaModuleID {
		t.Errorf("the module: %s", got.text)
	}
	if got := w.want(200, w.sekoia(http.MethodGet, connector, "")); got.str("module_uuid") != oktaModuleID || got.str("type") != "asset" {
		t.Errorf("the connector: %s", got.text)
	}
	other := uuid.NewString()
	w.admin(http.MethodPut, "/catalogue", `{"connectors":[{"uuid":"`+oktaDeviceConnectorID+`","module_uuid":"`+other+`","name":"Okta Devices"}]}`)
	w.want(200, w.sekoia(http.MethodGet, module, ""))
	if got := w.sekoia(http.MethodGet, connector, ""); got.str("name") != "Okta Devices" {
		t.Errorf("the connector was not renamed: %s", got.text)
	}
	_, body := goodBodies(w)
	w.want(400, w.sekoia(http.MethodPost, connectorsPath, encode(body))) // the account is another module's
	w.admin(http.MethodPut, "/catalogue", `{"connectors":[],"modules":["`+other+`"]}`)
	w.want(404, w.sekoia(http.MethodGet, module, ""))
	w.want(200, w.sekoia(http.MethodGet, "/v1/symphony/modules/"+other, ""))
	w.want(404, w.sekoia(http.MethodGet, connector, ""))
	w.want(400, w.sekoia(http.MethodPost, connectorsPath, encode(body)))
	if got := w.sekoia(http.MethodGet, accountsPath+"?with_module=true", ""); got.str("items", 0, "module", "uuid") != oktaModuleID {
		t.Errorf("an account of a module that is gone: %s", got.text)
	}
	w.admin(http.MethodPut, "/catalogue", `{"modules":["`+strings.ToUpper(oktaModuleID)+`"]}`)
	if got := w.want(200, w.sekoia(http.MethodGet, module, "")); got.str("uuid") != oktaModuleID {
		t.Errorf("a module that was named in capitals: %s", got.text)
	}
	for _, wrong := range []string{"x", "null", `{"modules":[]} x`, `{"module":[]}`, `{"modules":["okta"]}`, `{"connectors":[1]}`, `{"connectors":[{}]}`} {
		if got := w.adminAnswer(http.MethodPut, "/catalogue", wrong); got.status != 400 {
			t.Errorf("the catalogue %s is answered %d", wrong, got.status)
		}
	}
}

// pushable is an OCSF object with all that the platform can't do without; device is more of its device.
func pushable(uid, device string) string {
	return `{"class_uid":5001,"type_uid":500102,"activity_id":2,"category_uid":5,"metadata":{"version":"1.6.0","product":{"name":"Okta"}},` +
		`"device":{"uid":"` + uid + `","type_id":2,"os":{"type_id":100},` + device + `}}`
}

func TestPushedAssets(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(c *Config) { c.Devices = 0 })
	id := w.connector(w.account())
	path := "/v2/asset-management/asset-connector/" + id
	item := pushable("guo1", `"hostname":"first","name":"First"`)
	got := w.want(200, w.sekoia(http.MethodPost, path, `{"version":1,"items":[`+item+`]}`))
	if uuid.Validate(got.str("task_id")) != nil {
		t.Errorf("the answer has no task: %s", got.text)
	}
	listed := w.want(200, w.sekoia(http.MethodGet, assetsPath+"?connectors_configuration="+id+"&type=host", ""))
	for name, want := range map[string]any{"name": "First", "type": "host", "community_uuid": w.ready.CommunityID, "revoked": false} {
		if listed.at("items", 0, name) != want {
			t.Errorf("the asset's %s is %v, want %v", name, listed.at("items", 0, name), want)
		}
	}
	seen := reply{body: listed.at("items", 0, "connectors", 0)}
	if seen.str("uuid") != id || seen.str("connector_uuid") != oktaDeviceConnectorID || seen.str("external_id") != "guo1" || seen.str("first_seen") == "" {
		t.Errorf("who saw the asset: %s", listed.text)
	}
	w.want(200, w.sekoia(http.MethodPost, path, strings.Replace(`{"version":1,"items":[`+item+`]}`, `,"name":"First"`, "", 1)))
	again := w.want(200, w.sekoia(http.MethodGet, assetsPath, ""))
	if again.at("total") != 1.0 || again.str("items", 0, "name") != "first" || again.at("items", 0, "connectors", 0, "first_seen") != seen.at("first_seen") ||
		again.str("items", 0, "connectors", 0, "last_seen") <= seen.str("last_seen") {
		t.Errorf("an asset that was pushed twice: %s", again.text)
	}
	for name, body := range map[string]string{
		"no JSON":                   "x",
		"another version":           `{"version":2,"items":[` + item + `]}`,
		"no version":                `{"items":[` + item + `]}`,
		"a field of its own":        `{"version":1,"x":1,"items":[` + item + `]}`,
		"no items":                  `{"version":1,"items":[]}`,
		"items that are no list":    `{"version":1,"items":{}}`,
		"more than a hundred":       `{"version":1,"items":[` + item + strings.Repeat(","+item, 100) + `]}`,
		"an item of another class":  `{"version":1,"items":[` + strings.Replace(item, "5001", "5002", 1) + `]}`,
		"an item without a uid":     `{"version":1,"items":[` + strings.Replace(item, `"uid":"guo1",`, "", 1) + `]}`,
		"an item without an os":     `{"version":1,"items":[` + strings.Replace(item, `"os"`, `"so"`, 1) + `]}`,
		"an item without a version": `{"version":1,"items":[` + strings.Replace(item, `"version":"1.6.0"`, "", 1) + `]}`,
		"an item without a device":  `{"version":1,"items":[` + strings.Replace(item, `"device"`, `"thing"`, 1) + `]}`,
		"an item that is a number":  `{"version":1,"items":[1]}`,
	} {
		if refused := w.sekoia(http.MethodPost, path, body); refused.status != 422 || refused.str("detail", 0, "msg") == "" {
			t.Errorf("a push with %s: %d %s, want 422", name, refused.status, refused.text)
		}
	}
	w.want(404, w.sekoia(http.MethodPost, "/v2/asset-management/asset-connector/"+uuid.NewString(), `{"version":1,"items":[`+item+`]}`))
	w.want(422, w.sekoia(http.MethodPost, "/v2/asset-management/asset-connector/1", `{"version":1,"items":[`+item+`]}`))
}

func TestAssetsAreFilteredAndRevoked(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(c *Config) { c.Devices = 0 })
	id := w.connector(w.account())
	var items []string
	for _, name := range []string{"Beta", "alpha", "Gamma"} {
		items = append(items, pushable("guo"+name, `"hostname":"`+name+`"`))
	}
	w.want(200, w.sekoia(http.MethodPost, "/v2/asset-management/asset-connector/"+id, `{"version":1,"items":[`+strings.Join(items, ",")+`]}`))
	found := func(query string) string {
		var names []string
		for _, item := range w.want(200, w.sekoia(http.MethodGet, assetsPath+query, "")).list("items") {
			names = append(names, reply{body: item}.str("name"))
		}
		return strings.Join(names, " ")
	}
	beta := w.sekoia(http.MethodGet, assetsPath+"?search=beta", "").str("items", 0, "uuid")
	for query, want := range map[string]string{
		"":                                        "Gamma alpha Beta",
		"?sort=created_at&direction=asc":          "Beta alpha Gamma",
		"?sort=name&direction=asc":                "Beta Gamma alpha",
		"?sort=type&direction=asc&limit=1":        "Beta",
		"?search=ALPHA":                           "alpha",
		"?search=a&offset=1&limit=1":              "alpha",
		"?uuids=" + beta:                          "Beta",
		"?type=host":                              "Gamma alpha Beta",
		"?type=account":                           "",
		"?type=host,account":                      "Gamma alpha Beta",
		"?source=manual":                          "",
		"?tags=x":                                 "",
		"?category=x":                             "",
		"?rule_uuid=" + beta:                      "",
		"?reviewed=true":                          "",
		"?reviewed=false&criticality=0":           "Gamma alpha Beta",
		"?criticality=1":                          "",
		"?connectors=" + oktaDeviceConnectorID:    "Gamma alpha Beta",
		"?connectors=" + oktaModuleID:             "",
		"?connectors_configuration=" + id:         "Gamma alpha Beta",
		"?connectors_configuration=" + beta:       "",
		"?community_uuids=" + w.ready.CommunityID: "Gamma alpha Beta",
		"?community_uuids=" + beta:                "",
		"?with_telemetry=true&include_intake_formats=false": "Gamma alpha Beta",
	} {
		if got := found(query); got != want {
			t.Errorf("%s finds %q, want %q", query, got, want)
		}
	}
	const bulk = "/v2/asset-management/assets/revoke/bulk"
	if got := w.want(200, w.sekoia(http.MethodPost, bulk, `{"revoke":true,"uuids":"`+beta+`"}`)); got.str() == "" {
		t.Errorf("the answer is not a string: %s", got.text)
	}
	if got := found(""); got != "Gamma alpha" {
		t.Errorf("an asset that was revoked is found: %q", got)
	}
	if got := w.sekoia(http.MethodGet, assetsPath+"?include_revoked=true&search=beta", ""); got.at("items", 0, "revoked") != any(true) || got.str("items", 0, "revoked_at") == "" {
		t.Errorf("an asset that was revoked: %s", got.text)
	}
	w.want(200, w.sekoia(http.MethodPost, bulk, `{"revoke":false,"name":"beta","types":"host","sources":null,"reviewed":false,"criticality":0}`))
	if got := found("?search=beta"); got != "Beta" {
		t.Errorf("a revocation that was taken back: %q", got)
	}
	for _, wrong := range []string{"x", "{}", `{"revoke":"yes"}`, `{"revoke":true,"x":1}`, `{"revoke":true,"uuids":["a"]}`} {
		if got := w.sekoia(http.MethodPost, bulk, wrong); got.status != 422 || got.str("detail", 0, "msg") == "" {
			t.Errorf("%s: %d %s, want 422", wrong, got.status, got.text)
		}
	}
}

func TestLogsAreNewestFirstAndFiltered(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	id := w.connector(w.accountAt(w.ready.OktaURL, "wrong"))
	w.waitForLog(id, lineError, 2)
	w.want(204, w.sekoia(http.MethodPost, connectorsPath+"/"+id+"/stop", ""))
	all := w.want(200, w.sekoia(http.MethodGet, connectorsPath+"/"+id+"/logs?limit=100", ""))
	var dates []string
	for _, line := range all.list("items") {
		each := reply{body: line}
		dates = append(dates, each.str("date"))
		if uuid.Validate(each.str("uuid")) != nil || each.str("level") == "" || each.str("message") == "" {
			t.Errorf("a line lacks something: %v", line)
		}
	}
	if !slices.IsSortedFunc(dates, func(a, b string) int { return strings.Compare(b, a) }) {
		t.Errorf("the lines are not newest first: %v", dates)
	}
	errorsOnly := w.want(200, w.sekoia(http.MethodGet, connectorsPath+"/"+id+"/logs?match[log_level]=error&limit=1", ""))
	if errorsOnly.str("items", 0, "level") != "error" || len(errorsOnly.list("items")) != 1 || errorsOnly.at("total") == all.at("total") {
		t.Errorf("the lines of one level: %s", errorsOnly.text)
	}
	if got := w.sekoia(http.MethodGet, connectorsPath+"/"+id+"/logs?match[log_level]=debug,critical", ""); got.at("total") != 0.0 {
		t.Errorf("lines of levels that nobody wrote: %s", got.text)
	}
}

// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package lifecycle

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jarcoal/httpmock"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/sekoia"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/credential"
)

const (
	moduleID    = sekoia.OktaModuleID
	productID   = sekoia.OktaDeviceConnectorID
	communityID = "community-1"
	devices     = "Okta devices" // the name of the connector in most tests
	acme        = "https://acme.okta.com"
	globex      = "https://globex.okta.com"
)

// wantedSpec is the connector of most tests.
var wantedSpec = Spec{Name: devices, CommunityID: communityID, Target: acme}

// settingsWith are an account's settings for acme with a token.
func settingsWith(token string) sekoia.AccountSettings { return settingsFor(acme, token) }

func settingsFor(target, token string) sekoia.AccountSettings {
	return sekoia.AccountSettings{sekoia.SettingBaseURL: credential.NewSecret(target), "api_token": credential.NewSecret(token)}
}

// trouble is what a call to the cloud meets, in place of its answer or after its effect.
type trouble struct {
	status int    // the call is refused, without an effect
	reset  bool   // the connection breaks before the effect
	drop   bool   // the connection breaks after the effect
	then   func() // happens before the answer, or its loss; nil: nothing
}

func refusedWith(status int) trouble { return trouble{status: status} }

var (
	noTrouble    = trouble{}
	refused      = refusedWith(http.StatusBadRequest)
	lostUndone   = trouble{reset: true}
	lostDone     = trouble{drop: true}
	errConnReset = errors.New("connection reset by peer")
)

// troubles are what calls meet, by their names. "stop" is the first stop, "stop 2" the second, "stop *" each of them.
type troubles map[string]trouble

func (t troubles) meet(call string, nth int) trouble {
	for _, name := range []string{fmt.Sprintf("%s %d", call, nth), call + " *"} {
		if met, ok := t[name]; ok {
			return met
		}
	}
	if nth == 1 {
		return t[call]
	}
	return noTrouble
}

// cloud is Sekoia in memory, as far as connectors and their accounts go. It is an http.RoundTripper.
type cloud struct {
	// meet says what a call meets, given its name and how often it was made; nil: nothing. It is called without the
	// lock.
	meet func(call string, nth int) trouble
	// puts is the community that new objects come to; "": the one that is asked for.
	puts string

	mu         sync.Mutex
	accounts   []*cloudAccount
	connectors []*cloudConnector
	calls      []string
	serial     int
}

type cloudAccount struct {
	id, name, community string
	value               map[string]string
	silent              bool         // its base URL is not in any answer
	others              sekoia.Usage // who uses it, besides the connectors of this cloud
}

type cloudConnector struct {
	id, name, community, account, product string
	status                                string            // "": Sekoia gives none
	runsWith                              map[string]string // what its account held when it started
	log                                   []string          // oldest first, one a second
	logFrom                               time.Time         // of the first line; zero: noon
}

// newCloud holds account-1 for acme with the token "old", and connector-1 that runs on it.
func newCloud() *cloud {
	c := emptyCloud()
	account := c.addAccount(devices, acme, "old")
	c.addConnector(devices, account)
	return c
}

func emptyCloud() *cloud { return &cloud{} }

func (c *cloud) addAccount(name, target, token string) *cloudAccount {
	account := &cloudAccount{
		id: fmt.Sprintf("account-%d", len(c.accounts)+1), name: name, community: communityID,
		value: map[string]string{"base_url": target, "api_token": token},
	}
	c.accounts = append(c.accounts, account)
	return account
}

func (c *cloud) addConnector(name string, on *cloudAccount) {
	c.connectors = append(c.connectors, &cloudConnector{
		id: fmt.Sprintf("connector-%d", len(c.connectors)+1), name: name, community: communityID, account: on.id, product: productID,
		status: "RUNNING", runsWith: maps.Clone(on.value),
	})
}

// open returns the connectors of the cloud, as a new process sees them.
func (c *cloud) open(t *testing.T) *Connectors {
	t.Helper()
	base, err := url.Parse("https://api.sekoia.io")
	if err != nil {
		t.Fatal(err)
	}
	return New(sekoia.New(sekoia.Config{HTTP: &http.Client{Transport: c}, BaseURL: base, APIKey: credential.NewSecret("key")}), strings.EqualFold)
}

// made returns the names of the calls so far.
func (c *cloud) made() string {
	c.mu.Lock()
	defer c.mu.Unlock()

	// The two lists of a look go out at the same time.
	return strings.ReplaceAll(strings.Join(c.calls, ", "), "list accounts, list connectors", "list connectors, list accounts")
}

// holds says what is in the cloud, a line for each object.
func (c *cloud) holds() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	var lines []string
	for _, a := range c.accounts {
		lines = append(lines, fmt.Sprintf("%s %q %s %s", a.id, a.name, a.value["base_url"], a.value["api_token"]))
	}
	for _, k := range c.connectors {
		lines = append(lines, fmt.Sprintf("%s %q on %s %s", k.id, k.name, k.account, k.status))
	}
	return strings.Join(lines, "\n")
}

// account is an account by its id; nil if there is none.
func (c *cloud) account(id string) *cloudAccount {
	at := slices.IndexFunc(c.accounts, func(a *cloudAccount) bool { return strings.EqualFold(a.id, id) })
	if at < 0 {
		return nil
	}
	return c.accounts[at]
}

// connector is a connector by its id; nil if there is none.
func (c *cloud) connector(id string) *cloudConnector {
	at := slices.IndexFunc(c.connectors, func(k *cloudConnector) bool { return strings.EqualFold(k.id, id) })
	if at < 0 {
		return nil
	}
	return c.connectors[at]
}

// without takes an account or a connector away, by hand.
func (c *cloud) without(id string) {
	c.accounts = slices.DeleteFunc(c.accounts, func(a *cloudAccount) bool { return a.id == id })
	c.connectors = slices.DeleteFunc(c.connectors, func(k *cloudConnector) bool { return k.id == id })
}

// callNames are the calls, by method and the form of their paths.
var callNames = map[string]string{
	"GET module-configurations":             "list accounts",
	"POST module-configurations":            "make account",
	"GET module-configurations/-":           "read account",
	"PATCH module-configurations/-":         "change account",
	"DELETE module-configurations/-":        "delete account",
	"GET module-configurations/-/usage":     "usage",
	"GET connector-configurations":          "list connectors",
	"POST connector-configurations":         "make connector",
	"GET connector-configurations/-":        "read connector",
	"PATCH connector-configurations/-":      "change connector",
	"DELETE connector-configurations/-":     "delete connector",
	"GET connector-configurations/-/logs":   "log",
	"POST connector-configurations/-/stop":  "stop",
	"POST connector-configurations/-/start": "start",
	"GET /v2/asset-management/assets":       "count assets",
}

// RoundTrip answers a call.
func (c *cloud) RoundTrip(req *http.Request) (*http.Response, error) {
	path := strings.Split(strings.TrimPrefix(req.URL.Path, "/v1/symphony/"), "/")
	id := ""
	if len(path) > 1 && path[0] != "" {
		id, path[1] = path[1], "-"
	}
	call, ok := callNames[req.Method+" "+strings.Join(path, "/")]
	if !ok {
		return nil, fmt.Errorf("the cloud has no %s %s", req.Method, req.URL.Path)
	}
	body := map[string]any{}
	if req.Body != nil {
		raw, err := io.ReadAll(req.Body)
		if err == nil {
			err = json.Unmarshal(raw, &body)
		}
		if err != nil {
			return nil, err
		}
	}
	met := c.enter(call)
	if met.then != nil && !met.drop {
		met.then()
	}
	switch {
	case met.status != 0:
		return answered(req, met.status, map[string]any{"code": "refused", "message": "no"})
	case met.reset:
		return nil, errConnReset
	case req.Context().Err() != nil:
		return nil, req.Context().Err()
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	status, answer := c.act(call, id, body, req.URL.Query())
	if met.drop {
		if met.then != nil {
			met.then()
		}
		return nil, errConnReset
	}
	return answered(req, status, answer)
}

// enter notes a call, and says what it meets.
func (c *cloud) enter(call string) trouble {
	c.mu.Lock()
	c.calls = append(c.calls, call)
	nth := 0
	for _, earlier := range c.calls {
		if earlier == call {
			nth++
		}
	}
	c.mu.Unlock()
	if c.meet == nil {
		return noTrouble
	}
	return c.meet(call, nth)
}

func answered(req *http.Request, status int, body any) (*http.Response, error) {
	resp := httpmock.NewStringResponse(status, "")
	if body != nil {
		var err error
		if resp, err = httpmock.NewJsonResponse(status, body); err != nil {
			return nil, err
		}
	}
	resp.Header.Set("Date", time.Now().UTC().Format(http.TimeFormat))
	resp.Request = req
	return resp, nil
}

// act does what a call asks for.
func (c *cloud) act(call, id string, body map[string]any, query url.Values) (status int, answer any) {
	switch call {
	case "list accounts", "list connectors", "make account", "make connector":
		return c.actOnAll(call, body, query)
	case "read account", "change account", "delete account", "usage":
		if account := c.account(id); account != nil {
			return c.actOnAccount(call, account, body)
		}
	case "count assets":
		return http.StatusOK, map[string]any{"total": 7, "items": []any{}}
	default:
		if connector := c.connector(id); connector != nil {
			return c.actOnConnector(call, connector, body)
		}
	}
	return http.StatusNotFound, map[string]any{"code": "not_found", "message": "there is no such object"}
}

func (c *cloud) actOnAll(call string, body map[string]any, query url.Values) (status int, answer any) {
	items := []any{}
	switch call {
	case "list accounts":
		for _, account := range c.accounts {
			if name := query.Get("match[name]"); name == "" || name == account.name {
				items = append(items, account.wire())
			}
		}
	case "list connectors":
		for _, connector := range c.connectors {
			if name := query.Get("match[name]"); name == "" || name == connector.name {
				items = append(items, connector.wire())
			}
		}
	case "make account":
		account := &cloudAccount{id: c.newID("account"), name: text(body["name"]), community: c.communityFor(body), value: values(body["value"])}
		c.accounts = append(c.accounts, account)
		return http.StatusOK, account.wire()
	case "make connector":
		connector := &cloudConnector{
			id: c.newID("connector"), name: text(body["name"]), community: c.communityFor(body), account: text(body["module_configuration_uuid"]),
			product: text(body["connector_uuid"]), status: "RUNNING",
		}
		if account := c.account(connector.account); account != nil {
			connector.runsWith = maps.Clone(account.value)
		}
		c.connectors = append(c.connectors, connector)
		return http.StatusOK, connector.wire()
	}
	from := min(atoi(query.Get("offset")), len(items))
	to := min(from+atoi(query.Get("limit")), len(items))
	return http.StatusOK, map[string]any{"items": items[from:to], "total": len(items)}
}

func atoi(digits string) int {
	number, _ := strconv.Atoi(digits) // the client's own
	return number
}

func (c *cloud) newID(kind string) string {
	c.serial++
	return fmt.Sprintf("new-%s-%d", kind, c.serial)
}

func (c *cloud) communityFor(body map[string]any) string {
	if c.puts != "" {
		return c.puts
	}
	return text(body["community_uuid"])
}

func (c *cloud) actOnAccount(call string, account *cloudAccount, body map[string]any) (status int, answer any) {
	switch call {
	case "change account":
		if name, ok := body["name"]; ok {
			account.name = text(name)
		}
		if value, ok := body["value"]; ok {
			account.value = values(value)
		}
	case "delete account":
		c.without(account.id)
		return http.StatusNoContent, nil
	case "usage":
		usage := account.others
		for _, connector := range c.connectors {
			if connector.account == account.id {
				usage.Connectors++
			}
		}
		return http.StatusOK, map[string]any{
			"actions": usage.Actions, "triggers": usage.Triggers, "playbooks": usage.Playbooks, "connectors": usage.Connectors,
		}
	}
	return http.StatusOK, account.wire()
}

func (c *cloud) actOnConnector(call string, connector *cloudConnector, body map[string]any) (status int, answer any) {
	switch call {
	case "change connector":
		if name, ok := body["name"]; ok {
			connector.name = text(name)
		}
		if account, ok := body["module_configuration_uuid"]; ok {
			connector.account = text(account)
		}
	case "delete connector":
		c.without(connector.id)
		return http.StatusNoContent, nil
	case "stop":
		connector.status, connector.runsWith = "STOPPED", nil
		return http.StatusNoContent, nil
	case "start":
		if connector.status != "RUNNING" { // one that runs keeps what it runs with
			connector.status, connector.runsWith = "RUNNING", nil
			if account := c.account(connector.account); account != nil {
				connector.runsWith = maps.Clone(account.value)
			}
		}
		return http.StatusNoContent, nil
	case "log":
		return http.StatusOK, connector.wireLog()
	}
	return http.StatusOK, connector.wire()
}

func (a *cloudAccount) wire() map[string]any {
	value := map[string]any{}
	if !a.silent {
		value["base_url"] = a.value["base_url"]
	}
	return map[string]any{"uuid": a.id, "name": a.name, "community_uuid": a.community, "module_uuid": moduleID, "value": value}
}

func (k *cloudConnector) wire() map[string]any {
	wire := map[string]any{
		"uuid": k.id, "name": k.name, "community_uuid": k.community, "module_configuration_uuid": k.account, "connector_uuid": k.product,
	}
	if k.status != "" {
		wire["display_status"] = k.status
	}
	return wire
}

func (k *cloudConnector) wireLog() map[string]any {
	items, from := []any{}, noon
	if !k.logFrom.IsZero() {
		from = k.logFrom.UTC()
	}
	for index, message := range slices.Backward(k.log) {
		level := "info"
		if strings.HasPrefix(message, "Error") {
			level = "error"
		}
		items = append(items, map[string]any{
			"uuid": fmt.Sprint(index), "level": level, "message": message, "date": from.Add(time.Duration(index) * time.Second).Format(time.RFC3339),
		})
	}
	return map[string]any{"items": items, "total": len(items)}
}

func text(value any) string { return fmt.Sprint(value) }

func values(value any) map[string]string {
	texts := map[string]string{}
	if object, ok := value.(map[string]any); ok {
		for name, setting := range object {
			texts[name] = text(setting)
		}
	}
	return texts
}

// checkCalls compares the calls that were made with those that were expected.
func (c *cloud) checkCalls(t *testing.T, want string) {
	t.Helper()
	if diff := cmp.Diff(want, c.made()); diff != "" {
		t.Errorf("calls (-want +got)\n%s", diff)
	}
}

// checkHolds compares what is in the cloud with what should be, a line for each object.
func (c *cloud) checkHolds(t *testing.T, want ...string) {
	t.Helper()
	if diff := cmp.Diff(strings.Join(want, "\n"), c.holds()); diff != "" {
		t.Errorf("in the cloud (-want +got)\n%s", diff)
	}
}

// checkError checks that an error has all texts in it; without any, that there is no error.
func checkError(t *testing.T, err error, texts ...string) {
	t.Helper()
	if len(texts) == 0 {
		if err != nil {
			t.Errorf("unexpected error: %v", err)
		}
		return
	}
	for _, want := range texts {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("the error is %v, want %q in it", err, want)
		}
	}
}

// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package simulator

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/simulator/wire"
)

// requests are the calls in the log, narrowed to those that a test looks at.
func (w *world) requests(keep func(request) bool) []request {
	w.t.Helper()
	var found []request
	for _, each := range w.sim.front.log.list() {
		if keep(each) {
			found = append(found, each)
		}
	}
	return found
}

func byConnectorTo(cloud string) func(request) bool {
	return func(r request) bool { return r.Cloud == cloud && r.UserAgent == wire.ConnectorUserAgent }
}

const (
	lineStarting  = "Starting a new asset fetch cycle for connector "
	linePosted    = "Successfully posted "
	lineNextRun   = "Next run in the future. Waiting "
	lineError     = "Error while fetching devices from "
	lineException = "Exception while fetching devices from "
)

func TestFirstLoadIsUnsortedAndInBatches(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(c *Config) { c.Devices = 450 })
	connectorID := w.connector(w.account())
	w.waitForLog(connectorID, lineNextRun, 1)
	if got := w.assets(connectorID); got != 450 {
		t.Errorf("%d assets arrived, want 450", got)
	}
	calls := w.requests(byConnectorTo(cloudOkta))
	if len(calls) < 4 || calls[0].Path != "/api/v1/devices" || calls[0].Query != "" {
		t.Fatalf("the first call was not an unsorted listing: %+v", calls)
	}
	for i, call := range calls[1:3] {
		if given, _ := url.ParseQuery(call.Query); given.Get("after") == "" || given.Has("search") {
			t.Errorf("call %d did not follow the link: %s", i+2, call.Query)
		}
	}
	given, _ := url.ParseQuery(calls[3].Query)
	if !strings.HasPrefix(given.Get("search"), `created gt "`) {
		t.Errorf("the second cycle searched %q", given.Get("search"))
	}
	if given.Get("sortBy") != "created" || !strings.EqualFold(given.Get("sortOrder"), "asc") {
		t.Errorf("the second cycle was not sorted by created: %s", calls[3].Query)
	}
	pushes := w.requests(func(r request) bool { return byConnectorTo(cloudSekoia)(r) && r.Method == http.MethodPost })
	if len(pushes) < 5 {
		t.Errorf("%d pushes, want at least 5 of at most 100", len(pushes))
	}
	for _, push := range pushes {
		if push.Path != "/v2/asset-management/asset-connector/"+connectorID || push.Status != 200 || !push.Authorized {
			t.Errorf("a push went wrong: %+v", push)
		}
	}
	lines := w.logs(connectorID)
	if !strings.HasPrefix(lines[0], lineStarting) {
		t.Errorf("the log begins with %q", lines[0])
	}
	if !slices.Contains(lines, "Successfully posted 100 assets to Sekoia.io asset connector API") ||
		!slices.Contains(lines, "Successfully posted 50 assets to Sekoia.io asset connector API") {
		t.Errorf("the log does not tell both sizes: %q", lines)
	}
}

func TestCheckpointLagsByOneAfterAFullBatch(t *testing.T) {
	t.Parallel()
	for devices, last := range map[int]int{30: 29, 99: 98, 100: 98, 101: 100, 200: 198, 201: 200} {
		t.Run(fmt.Sprint(devices, " devices"), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, func(c *Config) { c.Devices = devices })
			connectorID := w.connector(w.account())
			w.eventually("a second cycle", func() bool { return len(w.requests(searching)) >= 1 })
			listed := w.okta("/api/v1/devices").list()
			if devices > 200 {
				listed = append(listed, w.okta(w.nextPage(w.okta("/api/v1/devices"))).list()...)
			}
			want := `created gt "` + reply{body: listed[last]}.str("created") + `"`
			if given, _ := url.ParseQuery(w.requests(searching)[0].Query); given.Get("search") != want {
				t.Errorf("the second cycle searched %q, want %q: the created of device %d in Okta's order", given.Get("search"), want, last)
			}
			w.waitForLog(connectorID, lineNextRun, 1)
			if got := w.assets(connectorID); got != devices {
				t.Errorf("%d assets arrived", got)
			}
		})
	}
}

// nextPage is the path of the page after one of Okta's answers.
func (w *world) nextPage(page reply) string {
	for _, link := range page.header.Values("Link") {
		if target, isNext := strings.CutSuffix(link, `>; rel="next"`); isNext {
			return strings.TrimPrefix(target, "<"+w.ready.OktaURL)
		}
	}
	return ""
}

func searching(r request) bool {
	return byConnectorTo(cloudOkta)(r) && strings.Contains(r.Query, "search=")
}

func TestNextCycleBringsWhatIsNewAndNotWhatChanged(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(c *Config) { c.SyncInterval = 100 * time.Second })
	connectorID := w.connector(w.account())
	w.waitForLog(connectorID, lineNextRun, 1)
	changed := w.okta("/api/v1/devices").str(0, "id")
	w.admin(http.MethodPut, "/devices/"+changed, `{"profile":{"displayName":"renamed","platform":"MACOS","registered":true,"secureHardwarePresent":true}}`)
	w.admin(http.MethodPut, "/devices/guonew", `{"profile":{"displayName":"new one","platform":"IOS","registered":true,"secureHardwarePresent":true}}`)
	w.eventually("the new device arrives", func() bool { return w.assets(connectorID) == 6 })
	if names := w.want(200, w.sekoia(http.MethodGet, assetsPath+"?search=renamed", "")); names.at("total") != 0.0 {
		t.Error("a device that changed was fetched again")
	}
}

func TestStopAndStartKeepTheCheckpoint(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(c *Config) { c.Speed = 1000 })
	accountID := w.account()
	connectorID := w.connector(accountID)
	w.waitForLog(connectorID, lineNextRun, 1)
	w.want(204, w.sekoia(http.MethodPost, connectorsPath+"/"+connectorID+"/stop", ""))
	w.eventually("the connector is stopped", func() bool { return w.status(connectorID) == statusStopped })
	w.admin(http.MethodDelete, "/requests", "")
	w.want(204, w.sekoia(http.MethodPost, connectorsPath+"/"+connectorID+"/start", ""))
	w.waitForLog(connectorID, lineNextRun, 2)
	for _, call := range w.requests(byConnectorTo(cloudOkta)) {
		if !strings.Contains(call.Query, "search=created") {
			t.Errorf("after a restart the connector listed everything: %s", call.Query)
		}
	}
	if again := w.connector(accountID); w.assets(again) != 0 {
		t.Error("a new connector has assets before it fetched")
	} else {
		w.eventually("a new configuration starts from nothing", func() bool { return w.assets(again) == 5 })
	}
	merged := w.want(200, w.sekoia(http.MethodGet, assetsPath+"?limit=1", ""))
	if merged.at("total") != 5.0 || len(merged.list("items", 0, "connectors")) != 2 {
		t.Errorf("a device that two connectors saw is not one asset: %s", merged.text)
	}
}

func TestNextRunSaysUnscaledSeconds(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	connectorID := w.connector(w.account())
	w.waitForLog(connectorID, lineNextRun, 2)
	for _, line := range w.logs(connectorID) {
		if !strings.HasPrefix(line, lineNextRun) {
			continue
		}
		var seconds float64
		if _, err := fmt.Sscanf(line, lineNextRun+"%g seconds", &seconds); err != nil || seconds < 1100 || seconds > 1200 {
			t.Errorf("%q does not say some 1200 seconds: %v", line, err)
		}
	}
}

func TestDeviceThatDoesNotParseCostsItsPageAndAllAfterIt(t *testing.T) {
	t.Parallel()
	const whole = `{"status":"ACTIVE","lastUpdated":"2025-01-02T03:04:05.000Z","profile":{"displayName":"odd","platform":"WINDOWS","registered":true,"secureHardwarePresent":true}}`
	for name, c := range map[string]struct {
		change string // a merge patch on the whole device
		want   int
		says   string
	}{
		"without displayName":                  {`{"profile":{"displayName":"-"}}`, 200, "profile.displayName\n  Field required [type=missing, input_value={"},
		"without platform":                     {`{"profile":{"platform":"-"}}`, 200, "profile.platform\n  Field required [type=missing, "},
		"without registered":                   {`{"profile":{"registered":"-"}}`, 200, "profile.registered\n  Field required [type=missing, "},
		"without secureHardwarePresent":        {`{"profile":{"secureHardwarePresent":"-"}}`, 200, "profile.secureHardwarePresent\n  Field required [type=missing, "},
		"with a status of null":                {`{"status":null}`, 200, "status\n  Input should be a valid string [type=string_type, input_value=None, input_type=NoneType]"},
		"with a lastUpdated of null":           {`{"lastUpdated":null}`, 200, "lastUpdated\n  Input should be a valid string [type=string_type, input_value=None, "},
		"with registered of null":              {`{"profile":{"registered":null}}`, 200, "profile.registered\n  Input should be a valid boolean [type=bool_type, input_value=None, "},
		"with a display name without a value":  {`{"resourceDisplayName":{"sensitive":false}}`, 200, "resourceDisplayName.value\n  Field required [type=missing, input_value={'sensitive': False}, input_type=dict]"},
		"without osVersion":                    {`{}`, 450, ""},
		"with an osVersion of null":            {`{"profile":{"osVersion":null,"serialNumber":null}}`, 450, ""},
		"with an empty displayName, itself":    {`{"profile":{"displayName":""}}`, 449, "Device profile and displayName are required"},
		"with a time that is none, itself":     {`{"lastUpdated":"tomorrow"}`, 449, "invalid literal for int() with base 10: b'tomo'"},
		"with a lastSeen that is none, itself": {`{"lastSeen":"x"}`, 449, "ISO string too short"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, func(cfg *Config) { cfg.Devices = 450; cfg.SyncInterval = time.Hour; unchecked(cfg) })
			second := w.okta(w.nextPage(w.okta("/api/v1/devices?limit=200")))
			id := second.str(150, "id")
			w.admin(http.MethodPut, "/devices/"+id, changedDevice(t, whole, c.change))
			// The search of the second cycle must not find it too: stop at the first cycle's end.
			w.admin(http.MethodPut, "/faults", `[{"cloud":"okta","path":"/api/v1/devices","kind":"hold","skip":`+
				map[bool]string{true: "3", false: "2"}[c.want > 200]+`,"connector":true}]`)
			connectorID := w.connector(w.account())
			w.eventually("the assets arrive", func() bool { return w.assets(connectorID) == c.want })
			if c.want == 450 {
				return
			}
			prefix := map[bool]string{true: "Error while mapping device " + id + ": ", false: lineException + "/api/v1/devices?"}[c.want == 449]
			w.waitForLog(connectorID, prefix, 1)
			lines := w.logs(connectorID)
			if !slices.ContainsFunc(lines, func(line string) bool { return strings.HasPrefix(line, prefix) && strings.Contains(line, c.says) }) {
				t.Errorf("no line says %q: %q", c.says, lines)
			}
			if countLines(lines, lineError) != 0 || w.assets(connectorID) != c.want {
				t.Errorf("an exception was logged as an error, or more came: %q", lines)
			}
		})
	}
}

// changedDevice merges a change into a device; a member of "-" is taken out, for null is a value here.
func changedDevice(t *testing.T, whole, change string) string {
	t.Helper()
	var device, patch map[string]any
	for text, into := range map[string]*map[string]any{whole: &device, change: &patch} {
		if err := json.Unmarshal([]byte(text), into); err != nil {
			t.Fatal(err)
		}
	}
	var apply func(to, from map[string]any)
	apply = func(to, from map[string]any) {
		for name, value := range from {
			inner, isObject := value.(map[string]any)
			old, hasObject := to[name].(map[string]any)
			switch {
			case value == "-":
				delete(to, name)
			case isObject && hasObject:
				apply(old, inner)
			default:
				to[name] = value
			}
		}
	}
	apply(device, patch)
	return encode(device)
}

func TestFetchThatFails(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		baseURL, token string
		want           string
	}{
		"a wrong token":                           {"", "wrong", `{'message': 'Okta HTTP 401 E0000011 Invalid token provided\n'}`},
		"a base URL where nothing listens":        {"http://127.0.0.1:1", "", "Cannot connect to host 127.0.0.1:1 ssl:default [Connect call failed ('127.0.0.1', 1)]"},
		"a base URL that is not one":              {"http://127.0.0.1:port", "", "the URL is not valid"},
		"an admin host":                           {"https://acme-admin.okta.com", "", "should not contain -admin"},
		"an organization in the world is not met": {"https://acme.okta.com", "", "no such host"},
		"a base URL that answers with something":  {"admin", "", "{'message': 'HTTP 404 "},
		"a base URL with a slash at its end":      {"slash", "", "Okta HTTP 404 E0000008"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, func(cfg *Config) { cfg.SyncInterval = 100 * time.Second })
			baseURL, token := c.baseURL, c.token
			switch baseURL {
			case "":
				baseURL = w.ready.OktaURL
			case "admin":
				baseURL = w.ready.AdminURL
			case "slash":
				baseURL = w.ready.OktaURL + "/"
			}
			if token == "" {
				token = w.ready.OktaToken
			}
			connectorID := w.connector(w.accountAt(baseURL, token))
			w.waitForLog(connectorID, lineNextRun, 1)
			lines := w.logs(connectorID)
			prefix := map[bool]string{true: lineException, false: lineError}[strings.Contains(baseURL, "-admin")]
			found := slices.IndexFunc(lines, func(line string) bool {
				return strings.HasPrefix(line, prefix+"/api/v1/devices: ") && strings.Contains(line, c.want)
			})
			if found < 0 {
				t.Errorf("no line says %q: %q", c.want, lines)
			}
			if got := w.assets(connectorID); got != 0 {
				t.Errorf("%d assets arrived", got)
			}
			if strings.Contains(strings.Join(lines, ""), token) {
				t.Errorf("the log has the token: %q", lines)
			}
		})
	}
}

func TestWrongTokenIsRunningForLongAndThenAnError(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	connectorID := w.connector(w.accountAt(w.ready.OktaURL, "wrong token"))
	w.waitForLog(connectorID, lineError, 1)
	// The status is read before the lines are counted: there were at most so many.
	if got, lines := w.status(connectorID), countLines(w.logs(connectorID), lineError); got != statusRunning && lines <= 5 {
		t.Errorf("the connector is %s after %d errors", got, lines)
	}
	w.eventually("ERROR", func() bool { return w.status(connectorID) == statusError })
	if got := countLines(w.logs(connectorID), lineError); got <= 5 {
		t.Errorf("ERROR came with %d error lines", got)
	}
	w.admin(http.MethodPatch, "/accounts/"+w.want(200, w.sekoia(http.MethodGet, accountsPath, "")).str("items", 0, "uuid"),
		encode(map[string]any{"value": map[string]any{"apikey": w.ready.OktaToken}}))
	w.want(204, w.sekoia(http.MethodPost, connectorsPath+"/"+connectorID+"/stop", ""))
	w.want(204, w.sekoia(http.MethodPost, connectorsPath+"/"+connectorID+"/start", ""))
	w.eventually("the assets arrive with the good token", func() bool { return w.assets(connectorID) == 5 })
	if got := w.status(connectorID); got != statusError {
		t.Errorf("ERROR did not outlive its cause: %s", got)
	}
	w.eventually("the errors are older than a day", func() bool { return w.status(connectorID) == statusRunning })
}

func TestRunningConnectorKeepsWhatItStartedWith(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	accountID := w.account()
	connectorID := w.connector(accountID)
	w.waitForLog(connectorID, lineNextRun, 1)
	w.want(200, w.sekoia(http.MethodPatch, accountsPath+"/"+accountID,
		encode(map[string]any{"value": map[string]any{"base_url": w.ready.OktaURL, "apikey": "another token"}})))
	w.waitForLog(connectorID, lineNextRun, 3)
	if lines := w.logs(connectorID); countLines(lines, lineError) > 0 {
		t.Errorf("a change of the account reached the running connector: %q", lines)
	}
	w.want(204, w.sekoia(http.MethodPost, connectorsPath+"/"+connectorID+"/stop", ""))
	w.want(204, w.sekoia(http.MethodPost, connectorsPath+"/"+connectorID+"/start", ""))
	w.waitForLog(connectorID, lineError, 1)
}

func TestRunningConnectorIsPutOnAnotherAccount(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	wrong := w.accountAt(w.ready.OktaURL, "another token")
	good := w.account()
	connectorID := w.connector(wrong)
	w.waitForLog(connectorID, lineError, 1)
	w.want(200, w.sekoia(http.MethodPatch, connectorsPath+"/"+connectorID, encode(map[string]any{"module_configuration_uuid": good})))
	if got := w.status(connectorID); got == statusStopped || got == statusStopping {
		t.Errorf("the connector is %s", got)
	}
	w.eventually("the assets arrive without a restart", func() bool { return w.assets(connectorID) == 5 })
}

func TestStoppedConnectorIsPutOnAnotherAccount(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	wrong, good := w.accountAt(w.ready.OktaURL, "another token"), w.account()
	connectorID := w.connector(wrong)
	w.want(204, w.sekoia(http.MethodPost, connectorsPath+"/"+connectorID+"/stop", ""))
	w.want(200, w.sekoia(http.MethodPatch, connectorsPath+"/"+connectorID, encode(map[string]any{"module_configuration_uuid": good})))
	w.eventually("it stays stopped", func() bool { return w.status(connectorID) == statusStopped })
	w.want(204, w.sekoia(http.MethodPost, connectorsPath+"/"+connectorID+"/start", ""))
	w.eventually("the assets arrive", func() bool { return w.assets(connectorID) == 5 })
}

func TestDeletedAccountMakesItsConnectorFail(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	accountID := w.account()
	connectorID := w.connector(accountID)
	w.waitForLog(connectorID, lineNextRun, 1)
	w.want(204, w.sekoia(http.MethodDelete, accountsPath+"/"+accountID, ""))
	w.waitForLog(connectorID, lineError+"/api/v1/devices", 1)
	if got := w.status(connectorID); got != statusRunning {
		t.Errorf("the connector is %s", got)
	}
	w.want(204, w.sekoia(http.MethodPost, connectorsPath+"/"+connectorID+"/stop", ""))
	w.want(204, w.sekoia(http.MethodPost, connectorsPath+"/"+connectorID+"/start", ""))
	w.waitForLog(connectorID, lineError+"/api/v1/devices", 2)
}

func TestStopEndsARunningCycle(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(c *Config) { c.Devices = 450 })
	w.admin(http.MethodPut, "/faults", `[{"cloud":"okta","path":"/api/v1/devices","kind":"hold","skip":1,"connector":true}]`)
	connectorID := w.connector(w.account())
	w.eventually("the first page arrives", func() bool { return w.assets(connectorID) == 200 })
	w.want(204, w.sekoia(http.MethodPost, connectorsPath+"/"+connectorID+"/stop", ""))
	w.admin(http.MethodPut, "/faults", "[]")
	w.eventually("the run ends", func() bool { return w.status(connectorID) == statusStopped })
	w.eventually("the last line arrives", func() bool { return countLines(w.logs(connectorID), linePosted) > 0 })
	if lines := w.logs(connectorID); countLines(lines, lineNextRun) > 0 || countLines(lines, lineError) > 0 {
		t.Errorf("a cycle that was stopped logged its end: %q", lines)
	}
	w.want(204, w.sekoia(http.MethodPost, connectorsPath+"/"+connectorID+"/start", ""))
	w.waitForLog(connectorID, lineNextRun, 1)
	if got := w.assets(connectorID); got <= 200 || got >= 450 {
		t.Errorf("%d assets arrived in the end: those older than the checkpoint are to be left out for good", got)
	}
}

func TestDisplayStatusFollowsStartAndStop(t *testing.T) {
	t.Parallel()
	// 3 s of starting and stopping are 600 ms here.
	w := newWorld(t, func(c *Config) { c.Speed = 5 })
	accountID := w.account()
	created := w.want(201, w.sekoia(http.MethodPost, connectorsPath, encode(map[string]any{
		"name": "n", "connector_uuid": oktaDeviceConnectorID, "module_configuration_uuid": accountID,
		"community_uuid": w.ready.CommunityID, "value": map[string]any{},
	})))
	id := created.str("uuid")
	if got := created.str("display_status"); got != statusStarting {
		t.Errorf("a connector that was created just now is %s", got)
	}
	w.want(409, w.sekoia(http.MethodPost, connectorsPath+"/"+id+"/start", ""))
	w.eventually(statusRunning, func() bool { return w.status(id) == statusRunning })
	w.want(204, w.sekoia(http.MethodPost, connectorsPath+"/"+id+"/stop", ""))
	if got := w.status(id); got != statusStopping {
		t.Errorf("a connector that was stopped just now is %s", got)
	}
	w.eventually(statusStopped, func() bool { return w.status(id) == statusStopped })
	w.want(409, w.sekoia(http.MethodPost, connectorsPath+"/"+id+"/stop", ""))
	w.want(204, w.sekoia(http.MethodPost, connectorsPath+"/"+id+"/start", ""))
	if got := w.status(id); got != statusStarting {
		t.Errorf("a connector that was started just now is %s", got)
	}
}

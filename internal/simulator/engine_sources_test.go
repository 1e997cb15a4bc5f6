// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package simulator

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/simulator/wire"
)

// place is where the real connector does what a row of the table says.
type place struct{ repository, file, commit string }

// The sources that the engine was read against, each at the commit that it was read at. The connector's release is
// 2.10.0 with what came after it, which wants an SDK of 1.25; Okta's SDK is v2.9.13, the last one before its version 3.
var (
	deviceAssets   = place{"SEKOIA-IO/automation-library", "Okta/okta_modules/asset_connector/device_assets.py", "02a253433c46667f39819c8535ba8018d75ed020"}
	deviceModels   = place{"SEKOIA-IO/automation-library", "Okta/okta_modules/asset_connector/device_models.py", "e14aa993c8d8a63ac0fa34461391d20345f13499"}
	asyncConnector = place{"SEKOIA-IO/sekoia-automation-sdk", "sekoia_automation/asset_connector/async_connector.py", "0c49bfb419c758a00e5d9cf4cef9cfd03cf449db"}
	sdkMixin       = place{"SEKOIA-IO/sekoia-automation-sdk", "sekoia_automation/asset_connector/mixin.py", "0c49bfb419c758a00e5d9cf4cef9cfd03cf449db"}
	sdkUtils       = place{"SEKOIA-IO/sekoia-automation-sdk", "sekoia_automation/asset_connector/utils.py", "0e18fa57325e2532fc93d9f466f767cb583b8c74"}
	sdkTrigger     = place{"SEKOIA-IO/sekoia-automation-sdk", "sekoia_automation/trigger.py", "008039031d93d3185cfe7cd406530a190fa9cfbd"}
	oktaExecutor   = place{"okta/okta-sdk-python", "okta/request_executor.py", "e9764a4b24d998b6240c4a1bb5cb2d577a03252e"}
	oktaResponse   = place{"okta/okta-sdk-python", "okta/api_response.py", "e9764a4b24d998b6240c4a1bb5cb2d577a03252e"}
	oktaErrors     = place{"okta/okta-sdk-python", "okta/errors/okta_api_error.py", "e9764a4b24d998b6240c4a1bb5cb2d577a03252e"}
	oktaHTTP       = place{"okta/okta-sdk-python", "okta/http_client.py", "e9764a4b24d998b6240c4a1bb5cb2d577a03252e"}
	oktaValidator  = place{"okta/okta-sdk-python", "okta/config/config_validator.py", "e9764a4b24d998b6240c4a1bb5cb2d577a03252e"}
)

// Faults that bring the engine to a row.
const (
	pushFault = `{"cloud":"sekoia","method":"POST","path":"/v2/asset-management/asset-connector/*","connector":true,`
	taskFault = `{"cloud":"sekoia","method":"GET","path":"/v1/tasks/*","connector":true,`
	listFault = `{"cloud":"okta","path":"/api/v1/devices","connector":true,`

	nextPage   = `"Link":"<https://acme.okta.com/api/v1/devices?after=x+y%2B&search=created+gt+%222025-01-01T00:00:00.000Z%22>; rel=\"next\""`
	goodDevice = `{"id":"c","status":"ACTIVE","created":"2030-01-01T00:00:00.000Z","lastUpdated":"2025-01-01T00:00:00.000Z","profile":{"displayName":"c","platform":"IOS","registered":true,"secureHardwarePresent":true}}`
)

// TestEngineAgainstTheSources drives the engine to each line, request and failure of the real connector. A row's line
// is a regular expression for a whole log line, with its level before it; a call is a method and a URL with its query.
//
// Some lines of the sources have no row: the connector declares no field mapping, so it never resets its checkpoint
// for a new one; it has always passed a device before a push of a hundred, so there is a checkpoint to move; nobody
// sets the environment variables that it complains of; and its disk does not fail. A push that is never answered has a
// test of its own: TestAPushThatTakesTooLong.
func TestEngineAgainstTheSources(t *testing.T) {
	t.Parallel()
	const id = `[0-9a-f-]{36}`
	for name, row := range map[string]struct {
		from          place
		devices, odd  int    // 5 and 0 if they are left out
		baseURL       string // put behind the simulator's own, or instead of it
		token, faults string
		lines, calls  []string
		never         string // a line that must not be there by then
		assets        int    // in the end; -1 does not matter
	}{
		// What a cycle says.
		"a cycle begins":                          {from: asyncConnector, lines: []string{`info Starting a new asset fetch cycle for connector OktaDeviceAssetConnector`}, assets: 5},
		"the generator begins":                    {from: deviceAssets, lines: []string{`info Starting Okta device assets generator`, `info Data path: /.+`}, assets: 5},
		"a push is announced":                     {from: asyncConnector, lines: []string{`info Pushing assets to Sekoia.io asset connector API at http://.+/api/v2/asset-management/asset-connector/` + id}, assets: 5},
		"a push has arrived":                      {from: asyncConnector, devices: 150, lines: []string{`info Successfully posted 100 assets to Sekoia.io asset connector API`, `info Successfully posted 50 assets to Sekoia.io asset connector API`}, assets: 150},
		"each push moves the checkpoint":          {from: deviceAssets, devices: 250, lines: []string{`info Checkpoint updated with date: 20\d\d-.+Z`, `info Checkpoint updated with date: 20\d\d-.+Z`, `info Checkpoint updated with date: 20\d\d-.+Z`}, assets: 250},
		"a cycle that found nothing says so":      {from: deviceAssets, lines: []string{`warning No devices found at /api/v1/devices\?search=created\+gt\+%2220.+%22&sortBy=created&sortOrder=asc`}, assets: 5},
		"and that it sleeps":                      {from: asyncConnector, lines: []string{`info Next run in the future\. Waiting 1\d\d\d(\.\d+)? seconds`}, assets: 5},
		"an empty organization is a cycle alike":  {from: deviceAssets, devices: -1, lines: []string{`warning No devices found at /api/v1/devices`, `info Next run in the future\. Waiting .+ seconds`}, never: "Successfully posted"},
		"a task that ended well":                  {from: sdkMixin, lines: []string{`info Asset push task ` + id + ` finished successfully`}, assets: 5},
		"a repeated line is dropped for a minute": {from: sdkTrigger, devices: 400, lines: []string{`info Successfully posted 100 assets to Sekoia.io asset connector API`}, assets: 400},

		// What it asks for.
		"the first listing is without parameters": {from: deviceAssets, calls: []string{`GET /api/v1/devices`}, assets: 5},
		"later ones are behind the checkpoint":    {from: deviceAssets, calls: []string{`GET /api/v1/devices\?search=created\+gt\+%2220.+%22&sortBy=created&sortOrder=asc`}, assets: 5},
		"pages follow the link, by its path":      {from: oktaResponse, devices: 201, calls: []string{`GET /api/v1/devices\?after=.+&limit=200`}, assets: 201},
		"pushes go out in batches":                {from: asyncConnector, devices: 101, calls: []string{`POST /v2/asset-management/asset-connector/` + id, `POST /v2/asset-management/asset-connector/` + id}, assets: 101},
		"a push's task is looked at":              {from: asyncConnector, calls: []string{`GET /v1/tasks/` + id}, assets: 5},
		"the base URL is joined as it is stored":  {from: oktaExecutor, baseURL: "/", calls: []string{`GET //api/v1/devices`}, lines: []string{`error Error while fetching devices from /api/v1/devices: .+404.+`}},
		"a later page's is written for people":    {from: oktaResponse, faults: listFault + `"kind":"status","status":200,"times":1,"headers":{` + nextPage + `},"body":[` + goodDevice + `]}`, lines: []string{`error Error while fetching devices from /api/v1/devices\?after=x y%2B&search=created gt "2025-01-01T00:00:00\.000Z": .+400.+`}, calls: []string{`GET /api/v1/devices\?after=x\+y%2B&search=created\+gt\+%222025-01-01T00%3A00%3A00\.000Z%22`}, assets: 1},
		"a base URL with -admin anywhere makes no call": {from: oktaValidator, baseURL: "https://acme.example/x-admin", lines: []string{
			`error Exception while fetching devices from /api/v1/devices: \nErrors:\nYour Okta domain should not contain -admin\.  Current value: https://acme\.example/x-admin\. You can copy your domain .+\n\nSee https://.+ for usage`, `info Next run in the future.+`,
		}},
		"and one with two mistakes is told of both": {from: oktaValidator, baseURL: "https://https://acme-admin.okta.com.com", lines: []string{
			`error Exception while fetching devices from /api/v1/devices: \nErrors:\nYour Okta domain should not contain -admin\..+\nIt looks like there's a typo .+\nIt looks like there's a typo .+\n\nSee .+`,
		}},

		// What goes wrong at Okta.
		"a wrong token":                {from: oktaErrors, token: "wrong", lines: []string{`error Error while fetching devices from /api/v1/devices: \{'message': 'Okta HTTP 401 E0000011 Invalid token provided\\n'\}`, `info Next run in the future.+`}},
		"an error with causes":         {from: oktaErrors, faults: listFault + `"kind":"status","status":400,"body":{"errorCode":"E0000001","errorSummary":"s","errorLink":"l","errorId":"i","errorCauses":[{"errorSummary":"a"},{"errorSummary":"it's"}]}}`, lines: []string{`error Error while fetching devices from /api/v1/devices: \{'message': "Okta HTTP 400 E0000001 s\\na. it's"\}`}},
		"an error page":                {from: oktaHTTP, faults: listFault + `"kind":"status","status":403,"body":"<html>"}`, lines: []string{`error Error while fetching devices from /api/v1/devices: \{'message': 'HTTP 403 <html>'\}`}},
		"an error page, as JSON":       {from: oktaHTTP, faults: listFault + `"kind":"status","status":403,"body":"<html>","headers":{"Content-Type":"application/json"}}`, lines: []string{`error Exception while fetching devices from /api/v1/devices: Expecting value: line 1 column 1 \(char 0\)`}},
		"causes that are not a list":   {from: oktaErrors, faults: listFault + `"kind":"status","status":400,"body":{"errorCode":"E","errorLink":"l","errorId":"i","errorCauses":null}}`, lines: []string{`error Error while fetching devices from /api/v1/devices: \{'message': "HTTP 400 \{'errorCode': 'E', 'errorLink': 'l', 'errorId': 'i', 'errorCauses': None\}"\}`}},
		"a page that is not a list":    {from: deviceAssets, faults: listFault + `"kind":"status","status":200,"body":"<html>"}`, lines: []string{`error Exception while fetching devices from /api/v1/devices: okta_modules\.asset_connector\.device_models\.OktaDevice\(\) argument after \*\* must be a mapping, not str`}},
		"a page that is a number":      {from: deviceAssets, faults: listFault + `"kind":"status","status":200,"body":5}`, lines: []string{`error Exception while fetching devices from /api/v1/devices: 'int' object is not iterable`}},
		"an object that is empty":      {from: deviceAssets, faults: listFault + `"kind":"status","status":200,"body":{}}`, lines: []string{`warning No devices found at /api/v1/devices`, `info Next run in the future.+`}, never: "Exception"},
		"a page of numbers":            {from: deviceAssets, faults: listFault + `"kind":"status","status":200,"body":[1]}`, lines: []string{`error Exception while fetching devices from /api/v1/devices: .+must be a mapping, not int`}},
		"a 429 without a reset":        {from: oktaExecutor, faults: listFault + `"kind":"status","status":429}`, lines: []string{`error Error while fetching devices from /api/v1/devices: 429 response must have the 'X-Rate-Limit-Reset' and 'Date' headers`}},
		"a reset that is not a number": {from: oktaExecutor, faults: listFault + `"kind":"status","status":429,"headers":{"X-Rate-Limit-Reset":"soon"}}`, lines: []string{`error Exception while fetching devices from /api/v1/devices: could not convert string to float: 'soon'`}},
		"a 503 without a reset":        {from: oktaExecutor, faults: listFault + `"kind":"status","status":503,"times":1}`, lines: []string{`error Error while fetching devices from /api/v1/devices: 429 response must have .+`, `info Next run in the future.+`}, assets: 5},
		"a 503 with a reset":           {from: oktaExecutor, faults: listFault + `"kind":"status","status":503,"times":2,"headers":{"X-Rate-Limit-Reset":"1"}}`, lines: []string{`info Next run in the future.+`}, never: "Error while fetching", assets: 5},
		"a third 504 is the end":       {from: oktaExecutor, faults: listFault + `"kind":"status","status":504,"times":3,"headers":{"X-Rate-Limit-Reset":"1"}}`, lines: []string{`error Error while fetching devices from /api/v1/devices: .+HTTP 504.+`}, assets: 5},
		"a 429 with a reset":           {from: oktaExecutor, faults: listFault + `"kind":"status","status":429,"times":1,"headers":{"X-Rate-Limit-Reset":"1"}}`, lines: []string{`info Next run in the future.+`}, never: "Error while fetching", assets: 5},
		"a 500 is not repeated":        {from: oktaExecutor, faults: listFault + `"kind":"status","status":500,"times":1}`, lines: []string{`error Error while fetching devices from /api/v1/devices: .+HTTP 500.+`}, assets: 5},
		"one reset connection":         {from: oktaHTTP, faults: listFault + `"kind":"reset","times":1}`, lines: []string{`info Next run in the future.+`}, never: "Error while fetching", assets: 5},
		"two reset connections":        {from: oktaHTTP, faults: listFault + `"kind":"reset","times":2}`, lines: []string{`error Error while fetching devices from /api/v1/devices: \[Errno 104\] Connection reset by peer`}, assets: 5},
		"half a page":                  {from: oktaHTTP, faults: listFault + `"kind":"truncate","times":1}`, lines: []string{`error Error while fetching devices from /api/v1/devices: Response payload is not completed: .+`}, assets: 5},
		"a device that does not parse": {from: deviceModels, devices: 20, odd: 2, lines: []string{
			`error Exception while fetching devices from /api/v1/devices: 2 validation errors for OktaDevice\nprofile.displayName\n  Field required \[type=missing, input_value=\{'platform': '.{1,60}\}, input_type=dict\]\n.+\nresourceDisplayName.value\n.+\n.+`,
		}, never: "Successfully posted"},
		"a bool that is a text": {from: deviceModels, faults: listFault + `"kind":"status","status":200,"times":1,"body":[
			{"id":"c","status":"ACTIVE","created":"2030-01-01T00:00:00.000Z","lastUpdated":"2025-01-01 00:00","profile":{"displayName":"c","platform":"IOS","registered":"yes","secureHardwarePresent":0}}]}`, lines: []string{`info Successfully posted 1 assets to .+`}, assets: 1},
		"and one that says nothing": {from: deviceModels, faults: listFault + `"kind":"status","status":200,"times":1,"body":[
			{"id":"c","status":"ACTIVE","created":"2030-01-01T00:00:00.000Z","lastUpdated":"2025-01-01T00:00:00.000Z","profile":{"displayName":"c","platform":"IOS","registered":"perhaps","secureHardwarePresent":null},"_embedded":{"users":"no"}}]}`, lines: []string{
			`error Exception while fetching devices from /api/v1/devices: 3 validation errors for OktaDevice\nprofile.registered\n  Input should be a valid boolean, unable to interpret input \[type=bool_parsing, .+\n.+\nprofile.secureHardwarePresent\n.+type=bool_type.+\n.+\n_embedded.users\n.+type=list_type.+\n.+`,
		}, assets: 5},
		"a device without a name, alone": {from: deviceAssets, devices: 20, odd: 7, faults: listFault + `"kind":"status","status":200,"times":1,"body":[
			{"id":"a","status":"ACTIVE","created":"2025-01-01T00:00:00.000Z","lastUpdated":"2025-01-01T00:00:00.000Z","profile":{"displayName":"","platform":"IOS","registered":true,"secureHardwarePresent":true}},
			{"id":"b","status":"ACTIVE","created":"2025-01-01T00:00:00.000Z","lastUpdated":"tomorrow","profile":{"displayName":"b","platform":"IOS","registered":true,"secureHardwarePresent":true}},
			{"id":"c","status":"ACTIVE","created":"2030-01-01T00:00:00.000Z","lastUpdated":"2025-01-01T00:00:00.000Z","profile":{"displayName":"c","platform":"IOS","registered":true,"secureHardwarePresent":true}}]}`,
			lines: []string{`error Error while mapping device a: Device profile and displayName are required`, `error Error while mapping device b: .+`, `info Successfully posted 1 assets to .+`}, assets: 1},

		// What goes wrong at Sekoia.
		"a push that is refused": {from: asyncConnector, faults: pushFault + `"kind":"status","status":503}`, lines: []string{
			`error Error while pushing assets to Sekoia.io - Server error - HTTP \(503\) - \{.+\}`, `error Failed to push assets to Sekoia.io asset connector API at http.+`,
			`error Error while pushing assets to Sekoia.io - Server error - HTTP \(503\) - \{.+\}`, // and again, without a rest
		}, never: "Next run"},
		"a push whose key is refused": {from: asyncConnector, faults: pushFault + `"kind":"status","status":401}`, lines: []string{`error Error while pushing assets to Sekoia.io - Client error - HTTP \(401\) - \{.+\}`}, never: "Next run"},
		"an answer that is no JSON":   {from: asyncConnector, faults: pushFault + `"kind":"status","status":200,"body":"<html>","times":1}`, lines: []string{`error Failed to parse JSON response from Sekoia.io asset connector API\n.+`, `error Failed to push assets .+`}, assets: 5},
		"an answer that is nothing":   {from: asyncConnector, faults: pushFault + `"kind":"status","status":200,"body":"null","times":1}`, lines: []string{`info Successfully posted 5 assets .+`, `error Failed to push assets to Sekoia.io asset connector API at http.+`, `info Next run in the future.+`}, assets: -1},
		"an answer that is a list":    {from: asyncConnector, faults: pushFault + `"kind":"status","status":200,"body":[],"times":1}`, lines: []string{`info Successfully posted 5 assets .+`, `error Error while running asset connector OktaDeviceAssetConnector\n'list' object has no attribute 'get'`, `info Next run in the future.+`}, assets: -1},
		"a push that gets no answer":  {from: sdkMixin, faults: pushFault + `"kind":"reset","times":2}`, lines: []string{`info Next run in the future.+`}, never: "Failed to push", assets: 5},
		"nor for an hour":             {from: asyncConnector, faults: pushFault + `"kind":"reset"}`, lines: []string{`error Error while running asset connector OktaDeviceAssetConnector\n\[Errno 104\] Connection reset by peer`}, never: "Next run"},
		"too many pushes":             {from: asyncConnector, faults: pushFault + `"kind":"status","status":429,"headers":{"Retry-After":"1"},"times":1}`, lines: []string{`warning Asset connector push rate limited \(HTTP 429\)\. Waiting 1\.0 seconds before refetching\.`, `warning Rate limit hit, pausing connector for 1\.0 seconds`}, assets: 5},
		"and nobody says how long":    {from: sdkUtils, faults: pushFault + `"kind":"status","status":429,"times":1}`, lines: []string{`warning .+ Waiting 3600 seconds before refetching\.`, `warning Rate limit hit, pausing connector for 3600 seconds`}, assets: 5},
		"a task that failed": {from: sdkMixin, faults: taskFault + `"kind":"status","status":200,"body":{"status":"FAILED","error":"no room"}}`, lines: []string{
			`error Asset push task ` + id + ` ended with the status FAILED - no room`, `info Next run in the future.+`,
		}, assets: 5},
		"a task that failed without a word": {from: sdkMixin, faults: taskFault + `"kind":"status","status":200,"body":{"status":"CANCELED","error":null}}`, lines: []string{`error Asset push task ` + id + ` ended with the status CANCELED - no error reported`}, assets: 5},
		"a task that nobody knows":          {from: asyncConnector, devices: 250, faults: taskFault + `"kind":"status","status":404}`, lines: []string{`error Unable to get the status of the asset push task ` + id + ` - Client error - HTTP \(404\)`, `info Next run in the future.+`}, assets: 250},
		"a task that can't be asked for":    {from: asyncConnector, faults: taskFault + `"kind":"reset"}`, lines: []string{`error Unable to get the status of the asset push task ` + id + `\n.+`}, assets: 5},
		"a task that makes no sense":        {from: asyncConnector, faults: taskFault + `"kind":"status","status":200,"body":"<html>"}`, lines: []string{`error Failed to parse the status of the asset push task ` + id + `\n.+`}, assets: 5},
		"a task without a status":           {from: sdkMixin, faults: taskFault + `"kind":"status","status":200,"body":{"error":["no room"]}}`, lines: []string{`error Asset push task ` + id + ` ended with the status None - \['no room'\]`}, assets: 5},
		"a task that is a list":             {from: asyncConnector, faults: taskFault + `"kind":"status","status":200,"body":[],"times":1}`, lines: []string{`error Error while running asset connector OktaDeviceAssetConnector\n'list' object has no attribute 'get'`, `info Next run in the future.+`}, assets: 5},
		"a task that does not end": {from: asyncConnector, devices: 150, faults: taskFault + `"kind":"status","status":200,"body":{"status":"PENDING"}}`, lines: []string{
			`warning Asset push task ` + id + ` is still PENDING after 300\.0 seconds\. Not waiting for the push tasks of the remaining batches of this cycle`, `info Next run in the future.+`,
		}, assets: 150},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, func(c *Config) {
				c.Devices, c.Odd, c.OddFrom = max(row.devices, 0), row.odd, 3
				if row.devices == 0 {
					c.Devices = 5
				}
				unchecked(c)
			})
			if row.faults != "" {
				w.admin(http.MethodPut, "/faults", "["+row.faults+"]")
			}
			baseURL, token := w.ready.OktaURL+row.baseURL, w.ready.OktaToken
			if strings.HasPrefix(row.baseURL, "https:") {
				baseURL = row.baseURL
			}
			if row.token != "" {
				token = row.token
			}
			connectorID := w.connector(w.accountAt(baseURL, token))
			want := make([]*regexp.Regexp, len(row.lines))
			for i, line := range row.lines {
				want[i] = regexp.MustCompile("^(?:" + line + ")$")
			}
			w.eventually("the lines of "+row.from.file, func() bool { return haveAll(w.leveledLogs(connectorID), want) })
			if lines := w.leveledLogs(connectorID); row.never != "" && slices.ContainsFunc(lines, func(line string) bool { return strings.Contains(line, row.never) }) {
				t.Errorf("it says %q: %q", row.never, lines)
			}
			asked := make([]*regexp.Regexp, len(row.calls))
			for i, call := range row.calls {
				asked[i] = regexp.MustCompile("^(?:" + call + ")$")
			}
			w.eventually("the calls of "+row.from.file, func() bool { return haveAll(w.callsOfConnector(), asked) })
			if row.assets > 0 {
				w.eventually("the assets", func() bool { return w.assets(connectorID) == row.assets })
			} else if got := w.assets(connectorID); row.assets == 0 && got != 0 {
				t.Errorf("%d assets arrived", got)
			}
			if row.from.repository == "" || row.from.file == "" || len(row.from.commit) != 40 {
				t.Errorf("the row has no place in the sources: %+v", row.from)
			}
		})
	}
}

// TestAPushThatTakesTooLong is repeated for an hour, half a minute each time.
func TestAPushThatTakesTooLong(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		cfg := DefaultConfig()
		cfg.Offline, cfg.Devices, cfg.Odd, cfg.Speed = true, 5, 0, 1
		sim, err := Start(cfg)
		if err != nil {
			t.Fatal(err)
		}
		defer sim.Close() //nolint:errcheck // what does not end fails the bubble
		w := &world{t: t, sim: sim, ready: sim.Ready(), http: &http.Client{Transport: sim.Transport()}}
		w.admin(http.MethodPut, "/faults", "["+pushFault+`"kind":"delay","delay":"31s"}]`)
		connectorID := w.connector(w.account())
		time.Sleep(59 * time.Minute) //nolint:forbidigo // it is in a bubble
		if lines := w.leveledLogs(connectorID); strings.Contains(strings.Join(lines, "\n"), "Timeout") {
			t.Errorf("it gave up before the hour is over: %q", lines)
		}
		time.Sleep(3 * time.Minute) //nolint:forbidigo // likewise
		want := []*regexp.Regexp{
			regexp.MustCompile(`^error Timeout while pushing assets to Sekoia\.io asset connector API\n$`),
			regexp.MustCompile(`^error Failed to push assets to Sekoia\.io asset connector API at http.+`),
		}
		if lines := w.leveledLogs(connectorID); !haveAll(lines, want) || strings.Contains(strings.Join(lines, "\n"), "Next run") {
			t.Errorf("the log says %q", lines)
		}
	})
}

// haveAll reports whether there is an entry of its own for each of the expressions.
func haveAll(entries []string, want []*regexp.Regexp) bool {
	left := slices.Clone(entries)
	for _, each := range want {
		at := slices.IndexFunc(left, each.MatchString)
		if at < 0 {
			return false
		}
		left = slices.Delete(left, at, at+1)
	}
	return true
}

// leveledLogs are the lines that have arrived, oldest first, each with its level before it.
func (w *world) leveledLogs(connectorID string) []string {
	w.t.Helper()
	var lines []string
	for _, line := range w.want(200, w.sekoia(http.MethodGet, connectorsPath+"/"+connectorID+"/logs?limit=100", "")).list("items") {
		lines = append(lines, reply{body: line}.str("level")+" "+reply{body: line}.str("message"))
	}
	slices.Reverse(lines)
	return lines
}

// callsOfConnector are the connector's calls so far.
func (w *world) callsOfConnector() []string {
	var calls []string
	for _, made := range w.requests(func(r request) bool { return r.UserAgent == wire.ConnectorUserAgent }) {
		call := made.Method + " " + made.Path
		if made.Query != "" {
			call += "?" + made.Query
		}
		calls = append(calls, call)
	}
	return calls
}

// TestRealConnectorFindsADoorThatIsOpen calls as Sekoia's own SDKs do: below /api, under their own names.
func TestRealConnectorFindsADoorThatIsOpen(t *testing.T) {
	t.Parallel()
	w := newWorld(t, unchecked)
	connectorID := w.connector(w.account())
	w.waitForLog(connectorID, lineNextRun, 1)
	item := encode(w.admin(http.MethodGet, "/state", "").at("assets", 0, "ocsf"))
	answered := w.want(200, w.sekoia(http.MethodPost, "/api/v2/asset-management/asset-connector/"+connectorID, `{"version":1,"items":[`+item+`]}`))
	w.eventually("its task has ended", func() bool {
		return w.want(200, w.sekoia(http.MethodGet, "/api/v1/tasks/"+answered.str("task_id"), "")).str("status") == "FINISHED"
	})
	w.want(404, w.sekoia(http.MethodGet, "/api/v1/me", ""))
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, w.ready.OktaURL+"/api/v1/devices?search=created+gt+%222020-01-01T00:00:00.000Z%22&sortBy=created&sortOrder=asc", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "SSWS "+w.ready.OktaToken)
	for agent, want := range map[string]int{"okta-sdk-python/2.9.13 python/3.11.9 Linux/6.1": 200, "curl/8": 400} {
		req.Header.Set("User-Agent", agent)
		resp, err := w.http.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		if _ = resp.Body.Close(); resp.StatusCode != want {
			t.Errorf("%s is answered %d", agent, resp.StatusCode)
		}
	}
}

// TestRefusedPushesLoopWithoutARest shows what a wait must cope with: there is neither an end of the cycle nor a rest.
func TestRefusedPushesLoopWithoutARest(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.admin(http.MethodPut, "/faults", "["+pushFault+`"kind":"status","status":403}]`)
	connectorID := w.connector(w.account())
	w.eventually("ten pushes", func() bool {
		return len(w.requests(func(r request) bool { return byConnectorTo(cloudSekoia)(r) && r.Method == http.MethodPost })) >= 10
	})
	if lines := w.logs(connectorID); countLines(lines, lineNextRun) > 0 || countLines(lines, linePosted) > 0 {
		t.Errorf("the log says %q", lines)
	}
	w.admin(http.MethodPut, "/faults", "[]")
	w.waitForLog(connectorID, lineNextRun, 1)
	if got := w.assets(connectorID); got != 5 {
		t.Errorf("%d assets arrived in the end", got)
	}
}

// TestAssetsOfAPushShareATime shows that these times are no order.
func TestAssetsOfAPushShareATime(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(c *Config) { c.Devices = 150; c.Speed = 1000 })
	connectorID := w.connector(w.account())
	w.waitForLog(connectorID, lineNextRun, 1)
	times := map[string]int{}
	for _, each := range w.admin(http.MethodGet, "/state", "").list("assets") {
		times[reply{body: each}.str("connectors", 0, "first_seen")]++
	}
	counts := []int{}
	for _, count := range times {
		counts = append(counts, count)
	}
	if slices.Sort(counts); !slices.Equal(counts, []int{50, 100}) {
		t.Errorf("assets by their first_seen: %v", counts)
	}
}

// TestRetryAfterIsNotScaled compares the one wait that a service chose with a clock: the tempo does not divide it.
func TestRetryAfterIsNotScaled(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.admin(http.MethodPut, "/faults", "["+pushFault+`"kind":"status","status":429,"headers":{"Retry-After":"1"},"times":1}]`)
	connectorID := w.connector(w.account())
	began := time.Now()
	w.waitForLog(connectorID, linePosted, 1)
	if took := time.Since(began); took < time.Second {
		t.Errorf("it waited %s, which is not the second that was asked for", took)
	}
}

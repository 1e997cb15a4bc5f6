// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package okta

import (
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/simulator/shape"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/simulator/wire"
)

const testBase = "https://acme.okta.com"

// oktaCloud is an Okta side without the rest of the simulator.
type oktaCloud struct {
	*Inventory
	handler http.Handler
	at      time.Time // what the clock shows
}

// newOktaCloud makes one whose every answer is checked against Okta's document, and so is that it refuses every request
// which the document does not describe.
func newOktaCloud(t *testing.T, change func(*Options)) *oktaCloud {
	t.Helper()
	return newWatchedOktaCloud(t, change, false)
}

// newWatchedOktaCloud makes one that may have devices of any shape.
func newWatchedOktaCloud(t *testing.T, change func(*Options), anyDevices bool) *oktaCloud {
	t.Helper()
	cfg := DefaultOptions()
	if change != nil {
		change(&cfg)
	}
	cloud := &oktaCloud{at: testNow}
	now := func() time.Time { return cloud.at }
	cloud.Inventory = NewInventory(&cfg, now)
	odd, _ := oddDevices(&cfg, cfg.Devices)
	validator := shape.Watch(t, shape.Options{OddDevices: odd > 0, AnyDevices: anyDevices, WrongRequests: true})
	cloud.handler = validator.Middleware("okta", NewHandler(cloud.Inventory, &cfg, testBase, now))
	return cloud
}

// call sends a request; target may be a whole URL, as in a link.
func (c *oktaCloud) call(method, target string, header http.Header, body io.Reader) *httptest.ResponseRecorder {
	request := httptest.NewRequest(method, strings.TrimPrefix(target, testBase), body)
	maps.Copy(request.Header, header)
	recorder := httptest.NewRecorder()
	c.handler.ServeHTTP(recorder, request)
	return recorder
}

// get sends a GET with the organization's token, or without one for the metadata.
func (c *oktaCloud) get(target string) *httptest.ResponseRecorder {
	if target == wellKnownPath {
		return c.call(http.MethodGet, target, nil, nil)
	}
	return c.call(http.MethodGet, target, http.Header{"Authorization": {"SSWS " + c.PrimaryToken()}}, nil)
}

// getAsConnector sends a GET as the simulator's connector does.
func (c *oktaCloud) getAsConnector(target string) *httptest.ResponseRecorder {
	return c.call(http.MethodGet, target, http.Header{"Authorization": {"SSWS " + c.PrimaryToken()}, "User-Agent": {wire.ConnectorUserAgent}}, nil)
}

type wireDevice struct {
	ID       string         `json:"id"`
	Created  string         `json:"created"`
	Profile  map[string]any `json:"profile"`
	Embedded struct {
		Users []wireUser `json:"users"`
	} `json:"_embedded"`
	Providers []any                            `json:"providers"`
	Links     map[string]struct{ Href string } `json:"_links"`
}

type wireUser struct {
	Created, ManagementStatus string
	User                      map[string]any
}

type wireError struct {
	ErrorCode, ErrorSummary, ErrorLink, ErrorID string
	ErrorCauses                                 []struct{ ErrorSummary string }
}

func decoded[T any](t *testing.T, answer *httptest.ResponseRecorder) T {
	t.Helper()
	var value T
	if err := json.Unmarshal(answer.Body.Bytes(), &value); err != nil {
		t.Fatalf("%d %s: %v", answer.Code, answer.Body, err)
	}
	return value
}

// wantError checks an answer that is Okta's error object.
func wantError(t *testing.T, answer *httptest.ResponseRecorder, status int, code string) wireError {
	t.Helper()
	if answer.Code != status {
		t.Fatalf("the answer is %d, not %d: %s", answer.Code, status, answer.Body)
	}
	got := decoded[wireError](t, answer)
	if got.ErrorCode != code || got.ErrorLink != code || got.ErrorSummary == "" || !strings.HasPrefix(got.ErrorID, "oae") || got.ErrorCauses == nil {
		t.Errorf("the error is %s, not a whole %s", answer.Body, code)
	}
	return got
}

var linkPattern = regexp.MustCompile(`^<([^>]+)>; rel="(self|next)"$`)

// links reads the Link headers.
func links(t *testing.T, answer *httptest.ResponseRecorder) map[string]string {
	t.Helper()
	found := map[string]string{}
	for _, link := range answer.Header().Values("Link") {
		parts := linkPattern.FindStringSubmatch(link)
		if parts == nil {
			t.Fatalf("a link that nobody can read: %s", link)
		}
		found[parts[2]] = parts[1]
	}
	return found
}

// walk follows next from a first call to the end, and returns the ids and how many calls it took.
func walk(t *testing.T, get func(string) *httptest.ResponseRecorder, target string) (ids []string, calls int) {
	t.Helper()
	for target != "" {
		answer := get(target)
		calls++
		if answer.Code != http.StatusOK || calls > 100 {
			t.Fatalf("call %d is answered %d: %s", calls, answer.Code, answer.Body)
		}
		for _, device := range decoded[[]wireDevice](t, answer) {
			ids = append(ids, device.ID)
		}
		target = links(t, answer)["next"]
	}
	return ids, calls
}

func idsOf(devices []*oktaDevice) (ids []string) {
	for _, device := range devices {
		ids = append(ids, device.id)
	}
	return ids
}

func TestDevicesAreListedPageByPage(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		devices int
		query   string
		calls   int
	}{
		"2,500 devices take 13 calls":        {2500, "", 13},
		"200 devices are one page":           {200, "", 1},
		"201 devices are two":                {201, "", 2},
		"a smaller limit makes more pages":   {50, "?limit=20", 3},
		"an empty organization has one page": {0, "", 1},
		"users do not change the pages":      {50, "?limit=25&expand=userSummary", 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cloud := newOktaCloud(t, func(cfg *Options) { cfg.Devices = test.devices })
			ids, calls := walk(t, cloud.get, devicesPath+test.query)
			if diff := cmp.Diff(idsOf(cloud.list()), ids); diff != "" {
				t.Errorf("ids (-want +got):\n%s", diff)
			}
			if calls != test.calls {
				t.Errorf("%d calls, not %d", calls, test.calls)
			}
		})
	}
}

func TestPagesSurviveChangesBetweenThem(t *testing.T) {
	t.Parallel()
	cloud := newOktaCloud(t, func(cfg *Options) { cfg.Devices = 40 })
	before := idsOf(cloud.list())
	first := cloud.get(devicesPath + "?limit=20")
	cloud.DeleteDevice(before[0])
	cloud.DeleteDevice(before[19])
	if err := cloud.PutDevice("guonew", json.RawMessage(`{"profile":{"displayName":"New","platform":"IOS","registered":true}}`)); err != nil {
		t.Fatal(err)
	}
	ids, _ := walk(t, cloud.get, links(t, first)["next"])
	if diff := cmp.Diff(append(before[20:], "guonew"), ids); diff != "" {
		t.Errorf("the second page (-want +got):\n%s", diff)
	}
}

func TestLinksCarryTheQuery(t *testing.T) {
	t.Parallel()
	cloud := newOktaCloud(t, nil)
	query := url.Values{"limit": {"5"}, "expand": {"userSummary"}, "search": {`status eq "ACTIVE" or profile.displayName co "\"&<é"`}}
	answer := cloud.get(devicesPath + "?" + query.Encode())
	found := links(t, answer)
	if want := testBase + devicesPath + "?" + query.Encode(); found["self"] != want {
		t.Errorf("self is %s, not %s", found["self"], want)
	}
	next, err := url.Parse(found["next"])
	if err != nil {
		t.Fatal(err)
	}
	got := next.Query()
	if got.Get("after") == "" || next.Host != "acme.okta.com" || next.Path != devicesPath {
		t.Errorf("next is %s", next)
	}
	got.Del("after")
	if diff := cmp.Diff(query, got); diff != "" {
		t.Errorf("next's query (-want +got):\n%s", diff)
	}
}

func TestCursorsAreOpaqueAndSealed(t *testing.T) {
	t.Parallel()
	cloud := newOktaCloud(t, nil)
	next, err := url.Parse(links(t, cloud.get(devicesPath+"?limit=10"))["next"])
	if err != nil {
		t.Fatal(err)
	}
	after := next.Query().Get("after")
	for i := range len(after) {
		changed := []byte(after)
		changed[i] = map[bool]byte{true: 'B', false: 'A'}[changed[i] == 'A']
		wantError(t, cloud.get(devicesPath+"?after="+string(changed)), http.StatusBadRequest, "E0000001")
	}
	for name, wrong := range map[string]string{"empty": "", "short": after[:20], "long": after + "AAAA", "a number": "200", "a device": cloud.list()[9].id, "padded": after + "="} {
		if answer := cloud.get(devicesPath + "?after=" + url.QueryEscape(wrong)); answer.Code != http.StatusBadRequest {
			t.Errorf("a cursor that is %s is answered %d", name, answer.Code)
		}
	}
	wantError(t, newOktaCloud(t, nil).get(next.String()), http.StatusBadRequest, "E0000001")
	wantError(t, cloud.get(next.String()+"&search="+url.QueryEscape(`status eq "ACTIVE"`)), http.StatusBadRequest, "E0000031")
	if answer := cloud.get(devicesPath + "?limit=50&after=" + after); answer.Code != http.StatusOK || len(decoded[[]wireDevice](t, answer)) != 40 {
		t.Errorf("a cursor with another limit is answered %d", answer.Code)
	}
}

func TestSearchOverHTTP(t *testing.T) {
	t.Parallel()
	cloud := newOktaCloud(t, func(cfg *Options) { cfg.Devices = 500 })
	var want []string
	for _, device := range cloud.list() {
		if device.body.Text("status") == "ACTIVE" && device.profile.Text("platform") == "MACOS" {
			want = append(want, device.id)
		}
	}
	ids, calls := walk(t, cloud.get, devicesPath+"?limit=50&search="+url.QueryEscape(`status eq "ACTIVE" and profile.platform eq "MACOS"`))
	if diff := cmp.Diff(want, ids); diff != "" {
		t.Errorf("found (-want +got):\n%s", diff)
	}
	if wantCalls := (len(want) + 49) / 50; calls != wantCalls {
		t.Errorf("%d calls for %d devices", calls, len(want))
	}
	got := wantError(t, cloud.get(devicesPath+"?search="+url.QueryEscape(`status ne "ACTIVE"`)), http.StatusBadRequest, "E0000031")
	if len(got.ErrorCauses) != 1 {
		t.Errorf("the causes are %v", got.ErrorCauses)
	}
}

func TestConnectorSearchesByCreated(t *testing.T) {
	t.Parallel()
	cloud := newOktaCloud(t, func(cfg *Options) { cfg.Devices = 60 })
	checkpoint := cloud.list()[30].body.Text("created")
	for order, ascending := range map[string]bool{"ASC": true, "asc": true, "desc": false} {
		query := url.Values{"limit": {"7"}, "search": {`created gt "` + checkpoint + `"`}, "sortBy": {"created"}, "sortOrder": {order}}
		var created []string
		for target := devicesPath + "?" + query.Encode(); target != ""; {
			answer := cloud.getAsConnector(target)
			for _, device := range decoded[[]wireDevice](t, answer) {
				created = append(created, device.Created)
			}
			target = links(t, answer)["next"]
		}
		want := 0
		for _, device := range cloud.list() {
			if device.body.Text("created") > checkpoint {
				want++
			}
		}
		if len(created) != want {
			t.Errorf("%s: %d devices, not %d", order, len(created), want)
		}
		for i, at := range created {
			if at <= checkpoint || (i > 0 && (at > created[i-1]) != ascending) {
				t.Errorf("%s: device %d of %v is out of place", order, i, created)
				break
			}
		}
	}
}

func TestConnectorMayAppendNoSearchToALink(t *testing.T) {
	t.Parallel()
	cloud := newOktaCloud(t, nil)
	next := links(t, cloud.getAsConnector(devicesPath+"?limit=20"))["next"]
	next += "&sortBy=created&sortOrder=ASC&search=" + url.QueryEscape(`created gt "2022-01-01T00:00:00.000Z"`)
	wantError(t, cloud.getAsConnector(next), http.StatusBadRequest, "E0000031")
}

func TestParametersThatAreRefused(t *testing.T) {
	t.Parallel()
	cloud := newOktaCloud(t, nil)
	created := url.QueryEscape(`created gt "2022-01-01T00:00:00.000Z"`)
	for name, test := range map[string]struct {
		target string
		code   string
		as     func(string) *httptest.ResponseRecorder
	}{
		"a limit of zero":                    {"?limit=0", "E0000001", cloud.get},
		"a limit above 200":                  {"?limit=201", "E0000001", cloud.get},
		"a negative limit":                   {"?limit=-1", "E0000001", cloud.get},
		"a limit that is no number":          {"?limit=ten", "E0000001", cloud.get},
		"an empty limit":                     {"?limit=", "E0000001", cloud.get},
		"another expand":                     {"?expand=users", "E0000001", cloud.get},
		"an empty expand":                    {"?expand=", "E0000001", cloud.get},
		"an empty search":                    {"?search=", "E0000031", cloud.get},
		"an unknown parameter":               {"?page=2", "E0000001", cloud.get},
		"a parameter given twice":            {"?limit=5&limit=6", "E0000001", cloud.get},
		"a query that is not one":            {"?limit=%zz", "E0000001", cloud.get},
		"a semicolon":                        {"?limit=5;after=x", "E0000001", cloud.get},
		"created from others":                {"?search=" + created, "E0000031", cloud.get},
		"sortBy from others":                 {"?search=id%20pr&sortBy=created", "E0000001", cloud.get},
		"sortOrder from others":              {"?search=id%20pr&sortOrder=ASC", "E0000001", cloud.get},
		"the connector's sort of a whole":    {"?sortBy=created&sortOrder=ASC", "E0000001", cloud.getAsConnector},
		"the connector's sort by other":      {"?sortBy=id&search=" + created, "E0000001", cloud.getAsConnector},
		"the connector's unknown order":      {"?sortBy=created&sortOrder=up&search=" + created, "E0000001", cloud.getAsConnector},
		"the connector's order without sort": {"?sortOrder=ASC&search=" + created, "E0000001", cloud.getAsConnector},
		"a parameter on one device":          {"/" + cloud.list()[0].id + "?expand=user", "E0000001", cloud.get},
		"a parameter on users":               {"/" + cloud.list()[0].id + "/users?limit=1", "E0000001", cloud.get},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			wantError(t, test.as(devicesPath+test.target), http.StatusBadRequest, test.code)
		})
	}
}

func TestCredentialsAreChecked(t *testing.T) {
	t.Parallel()
	cloud := newOktaCloud(t, nil)
	token := cloud.PrimaryToken()
	paths := []string{devicesPath, devicesPath + "/" + cloud.list()[0].id, devicesPath + "/" + cloud.list()[0].id + "/users", "/api/v1/elsewhere"}
	for name, test := range map[string]struct {
		authorization []string
		code          string
	}{
		"no credential":          {nil, "E0000004"},
		"a wrong token":          {[]string{"SSWS 00wrong"}, "E0000011"},
		"an empty token":         {[]string{"SSWS "}, "E0000011"},
		"another scheme":         {[]string{"Basic " + token}, "E0000004"},
		"no access token":        {[]string{"Bearer " + token}, "E0000011"},
		"no scheme":              {[]string{token}, "E0000004"},
		"a token in other case":  {[]string{"SSWS " + strings.ToLower(token)}, "E0000011"},
		"a token and more":       {[]string{"SSWS " + token + "x"}, "E0000011"},
		"two good credentials":   {[]string{"SSWS " + token, "SSWS " + token}, "E0000004"},
		"a token after a blank":  {[]string{"SSWS  " + token}, "E0000011"},
		"a scheme in lower case": {[]string{"ssws " + token}, "E0000004"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, path := range paths {
				answer := cloud.call(http.MethodGet, path, http.Header{"Authorization": test.authorization}, nil)
				wantError(t, answer, http.StatusUnauthorized, test.code)
				if strings.Contains(answer.Body.String(), "00") && strings.Contains(answer.Body.String(), token) {
					t.Error("the answer repeats the token")
				}
			}
		})
	}
}

func TestRevokedTokenIsRefused(t *testing.T) {
	t.Parallel()
	cloud := newOktaCloud(t, nil)
	cloud.SetTokens([]string{"00rotated"})
	wantError(t, cloud.get(devicesPath), http.StatusUnauthorized, "E0000011")
	if answer := cloud.call(http.MethodGet, devicesPath, http.Header{"Authorization": {"SSWS 00rotated"}}, nil); answer.Code != http.StatusOK {
		t.Errorf("the new token is answered %d", answer.Code)
	}
}

func TestMethodsPathsAndBodies(t *testing.T) {
	t.Parallel()
	cloud := newOktaCloud(t, nil)
	id := cloud.list()[0].id
	header := http.Header{"Authorization": {"SSWS " + cloud.PrimaryToken()}}
	for name, test := range map[string]struct {
		method, path, body string
		status             int
		code               string
	}{
		"POST on the list":         {http.MethodPost, devicesPath, "", 405, "E0000022"},
		"DELETE of a device":       {http.MethodDelete, devicesPath + "/" + id, "", 405, "E0000022"},
		"HEAD of the users":        {http.MethodHead, devicesPath + "/" + id + "/users", "", 405, "E0000022"},
		"PUT on the metadata":      {http.MethodPut, wellKnownPath, "", 405, "E0000022"},
		"a body on a GET":          {http.MethodGet, devicesPath, "{}", 400, "E0000001"},
		"an unknown device":        {http.MethodGet, devicesPath + "/guonone", "", 404, "E0000007"},
		"an unknown device's user": {http.MethodGet, devicesPath + "/guonone/users", "", 404, "E0000007"},
		"an unknown path":          {http.MethodGet, "/api/v1/nothing", "", 404, "E0000008"},
		"the token's own page":     {http.MethodGet, "/api/v1/api-tokens/current", "", 404, "E0000008"},
		"a slash too many":         {http.MethodGet, devicesPath + "/", "", 404, "E0000008"},
		"a path that only begins":  {http.MethodGet, devicesPath + "x", "", 404, "E0000008"},
		"a part too many":          {http.MethodGet, devicesPath + "/" + id + "/users/1", "", 404, "E0000008"},
		"another part":             {http.MethodGet, devicesPath + "/" + id + "/lifecycle", "", 404, "E0000008"},
		"users of no device":       {http.MethodGet, devicesPath + "//users", "", 404, "E0000008"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			wantError(t, cloud.call(test.method, test.path, header, strings.NewReader(test.body)), test.status, test.code)
		})
	}
}

func TestOneDeviceAndItsUsers(t *testing.T) {
	t.Parallel()
	cloud := newOktaCloud(t, func(cfg *Options) { cfg.UsersPerDevice = 2 })
	for _, held := range cloud.list() {
		device := decoded[wireDevice](t, cloud.get(devicesPath+"/"+held.id))
		if device.ID != held.id || len(device.Providers) != 1 || device.Links["users"].Href != testBase+devicesPath+"/"+held.id+"/users" {
			t.Errorf("device %s is answered as %+v", held.id, device)
		}
		users := decoded[[]wireUser](t, cloud.get(devicesPath+"/"+held.id+"/users"))
		if len(users) != len(held.users) {
			t.Errorf("device %s has %d users, not %d", held.id, len(users), len(held.users))
		}
		for _, user := range users {
			if user.User["status"] == nil || user.User["credentials"] == nil || user.Created == "" {
				t.Errorf("a user is not whole: %v", user)
			}
		}
	}
}

func TestLifecycleLinksFollowTheStatus(t *testing.T) {
	t.Parallel()
	want := map[string]string{
		"ACTIVE": "deactivate suspend", "UNSUSPENDED": "deactivate suspend", "SUSPENDED": "deactivate unsuspend",
		"CREATED": "activate", "DEACTIVATED": "activate",
	}
	for _, device := range newOktaCloud(t, nil).list() {
		var steps []string
		for _, step := range []string{"activate", "deactivate", "suspend", "unsuspend"} {
			if _, ok := device.links("").Get(step); ok {
				steps = append(steps, step)
			}
		}
		if status := device.body.Text("status"); strings.Join(steps, " ") != want[status] {
			t.Errorf("a device that is %s offers %v", status, steps)
		}
	}
}

func TestExpand(t *testing.T) {
	t.Parallel()
	cloud := newOktaCloud(t, nil)
	plain := cloud.get(devicesPath).Body.String()
	if strings.Contains(plain, "_embedded") || strings.Contains(plain, "providers") {
		t.Error("a list that asks for no users has some, or providers")
	}
	for expand, keys := range map[string][]string{
		expandUserSummary: {"_links", "id", "profile", "realmId"},
		expandUser: {"_links", "activated", "created", "credentials", "id", "lastLogin", "lastUpdated", "passwordChanged", "profile", "status",
			"statusChanged", "type"},
	} {
		devices := decoded[[]wireDevice](t, cloud.get(devicesPath+"?expand="+expand))
		seen := 0
		for i, device := range devices {
			if len(device.Embedded.Users) != len(cloud.list()[i].users) || device.Embedded.Users == nil {
				t.Errorf("%s: device %d has %d users", expand, i, len(device.Embedded.Users))
			}
			for _, user := range device.Embedded.Users {
				seen++
				for _, key := range keys {
					if _, ok := user.User[key]; !ok {
						t.Errorf("%s: a user has no %s", expand, key)
					}
				}
				if len(user.User) != len(keys) {
					t.Errorf("%s: a user has %d fields, not %d", expand, len(user.User), len(keys))
				}
			}
		}
		if seen == 0 {
			t.Errorf("%s: no users", expand)
		}
	}
}

func TestNoAnswerHasASecret(t *testing.T) {
	t.Parallel()
	cloud := newOktaCloud(t, nil)
	id := cloud.list()[0].id
	for _, target := range []string{wellKnownPath, devicesPath, devicesPath + "?expand=user", devicesPath + "?expand=userSummary", devicesPath + "/" + id, devicesPath + "/" + id + "/users"} {
		answer := cloud.get(target)
		if answer.Code != http.StatusOK {
			t.Fatalf("%s is answered %d", target, answer.Code)
		}
		for _, secret := range []string{cloud.PrimaryToken(), "recovery_question", "answer", "hash", "Authorization"} {
			if strings.Contains(answer.Body.String(), secret) {
				t.Errorf("%s contains %s", target, secret)
			}
		}
	}
}

func TestMetadataNeedsNoCredential(t *testing.T) {
	t.Parallel()
	cloud := newOktaCloud(t, nil)
	alternate := "https://devices.example.com"
	if err := cloud.SetOrganization(nil, nil, &alternate); err != nil {
		t.Fatal(err)
	}
	id := cloud.currentOrganization().id
	answer := cloud.call(http.MethodGet, wellKnownPath, nil, nil)
	want := `{"id":"` + id + `","_links":{"organization":{"href":"` + testBase + `"},"alternate":{"href":"https://devices.example.com"}},"pipeline":"idx"}`
	if answer.Code != http.StatusOK || answer.Body.String() != want {
		t.Errorf("%d %s, not %s", answer.Code, answer.Body, want)
	}
}

func TestClassicEngineHasNoDevices(t *testing.T) {
	t.Parallel()
	cloud := newOktaCloud(t, nil)
	pipeline := pipelineClassic
	if err := cloud.SetOrganization(nil, &pipeline, nil); err != nil {
		t.Fatal(err)
	}
	if answer := cloud.call(http.MethodGet, wellKnownPath, nil, nil); !strings.Contains(answer.Body.String(), `"pipeline":"v1"`) {
		t.Errorf("the metadata is %s", answer.Body)
	}
	id := cloud.list()[0].id
	for _, target := range []string{devicesPath, devicesPath + "/" + id, devicesPath + "/" + id + "/users"} {
		wantError(t, cloud.get(target), http.StatusUnauthorized, "E0000015")
	}
	cloud.SetTokens(nil)
	wantError(t, cloud.get(devicesPath), http.StatusUnauthorized, "E0000011")
}

func TestPublicURLIsInEveryLink(t *testing.T) {
	t.Parallel()
	cloud := newOktaCloud(t, func(cfg *Options) { cfg.OktaPublicURL = "https://front.example.com/" })
	for _, target := range []string{wellKnownPath, devicesPath + "?limit=5&expand=user", devicesPath + "/" + cloud.list()[0].id + "/users"} {
		answer := cloud.get(target)
		text := answer.Body.String() + strings.Join(answer.Header().Values("Link"), "")
		if strings.Contains(text, testBase) || !strings.Contains(text, `https://front.example.com`) || strings.Contains(text, "example.com//") {
			t.Errorf("%s is answered with %s", target, text)
		}
	}
}

func TestHeadersOfEveryAnswer(t *testing.T) {
	t.Parallel()
	cloud := newOktaCloud(t, nil)
	for _, answer := range []*httptest.ResponseRecorder{
		cloud.get(devicesPath), cloud.get(devicesPath + "/none"), cloud.get(devicesPath + "?x=1"), cloud.get("/none"),
		cloud.call(http.MethodGet, devicesPath, nil, nil), cloud.call(http.MethodGet, wellKnownPath, nil, nil),
	} {
		header := answer.Header()
		got := []string{header.Get("X-Rate-Limit-Limit"), header.Get("X-Rate-Limit-Remaining"), header.Get("X-Rate-Limit-Reset"), header.Get("Date"), header.Get("Content-Type")}
		want := []string{"600", "599", strconv.FormatInt(testNow.Unix()+60, 10), "Mon, 23 Nov 2026 12:00:00 GMT", "application/json"}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%d (-want +got):\n%s", answer.Code, diff)
		}
		if !strings.HasPrefix(header.Get("X-Okta-Request-Id"), "req") {
			t.Errorf("the request id is %q", header.Get("X-Okta-Request-Id"))
		}
	}
}

func TestRateLimit(t *testing.T) {
	t.Parallel()
	cloud := newOktaCloud(t, func(cfg *Options) { cfg.RateLimit = 3 })
	remaining := func(answer *httptest.ResponseRecorder) string { return answer.Header().Get("X-Rate-Limit-Remaining") }
	for _, want := range []string{"2", "1", "0"} {
		if answer := cloud.get(devicesPath); answer.Code != http.StatusOK || remaining(answer) != want || answer.Header().Get("X-Rate-Limit-Limit") != "3" {
			t.Fatalf("%d with %s remaining, not %s", answer.Code, remaining(answer), want)
		}
	}
	refused := cloud.get(devicesPath)
	wantError(t, refused, http.StatusTooManyRequests, "E0000047")
	if remaining(refused) != "0" || refused.Header().Get("X-Rate-Limit-Limit") != "3" {
		t.Errorf("a refused call has the headers %v", refused.Header())
	}
	if answer := cloud.call(http.MethodGet, wellKnownPath, nil, nil); answer.Code != http.StatusOK {
		t.Errorf("the metadata shares the devices' limit: %d", answer.Code)
	}
	reset, err := strconv.ParseInt(refused.Header().Get("X-Rate-Limit-Reset"), 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	cloud.at = time.Unix(reset, 0).Add(-time.Millisecond)
	wantError(t, cloud.get(devicesPath), http.StatusTooManyRequests, "E0000047")
	cloud.at = time.Unix(reset, 0)
	if answer := cloud.get(devicesPath); answer.Code != http.StatusOK || remaining(answer) != "2" {
		t.Errorf("at Reset the answer is %d with %s remaining", answer.Code, remaining(answer))
	}
}

func TestOddDeviceIsAnsweredAsItIs(t *testing.T) {
	t.Parallel()
	cloud := newWatchedOktaCloud(t, nil, true)
	if err := cloud.PutDevice("guoodd", json.RawMessage(`{"status":7,"created":"soon","profile":"none","extra":{"deep":[true]}}`)); err != nil {
		t.Fatal(err)
	}
	if err := cloud.PutDevice("guoodd", json.RawMessage(`{"status":7,"created":"soon","profile":"none","extra":{"deep":[true]}}`)); err != nil {
		t.Fatal(err)
	}
	got := decoded[map[string]any](t, cloud.get(devicesPath+"/guoodd"))
	if got["status"] != 7.0 || got["created"] != "soon" || got["profile"] != "none" || got["extra"] == nil {
		t.Errorf("the device is %v", got)
	}
	for _, search := range []string{`status eq "7"`, `created lt "2030-01-01T00:00:00Z" and id eq "guoodd"`, `profile.displayName pr and id eq "guoodd"`} {
		if ids, _ := walk(t, cloud.getAsConnector, devicesPath+"?search="+url.QueryEscape(search)); len(ids) != 0 {
			t.Errorf("%s finds %v", search, ids)
		}
	}
}

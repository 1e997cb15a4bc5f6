// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package device

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/jarcoal/httpmock"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/access"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/diagnostic"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/credential"
)

const (
	acme       = "https://acme.okta.com"
	wellKnown  = acme + "/.well-known/okta-organization"
	devicesURL = acme + "/api/v1/devices"
	secret     = "00token"
)

// acmeIs answers as an organization of this pipeline.
func acmeIs(pipeline string) httpmock.Responder {
	return httpmock.NewStringResponder(http.StatusOK, `{"id":"00o1","pipeline":"`+pipeline+`","_links":{"organization":{"href":"`+acme+`"}}}`)
}

// fake is an Okta organization whose answers a test gives, and the provider's clients for it.
type fake struct {
	*httpmock.MockTransport

	clients *access.Clients
	mu      sync.Mutex
	queries []url.Values
}

// newFake answers for the organization itself; all else is the test's.
func newFake(t *testing.T) *fake {
	t.Helper()
	made := &fake{MockTransport: httpmock.NewMockTransport()}
	made.RegisterResponder(http.MethodGet, wellKnown, acmeIs("idx"))
	client, err := transport.New(transport.Options{Base: made.MockTransport})
	if err != nil {
		t.Fatal(err)
	}
	made.clients = access.NewClients(access.Config{
		HTTP: client,
		Okta: access.OktaSettings{Place: diagnostic.OktaPlace{Source: diagnostic.SourceEnvironment}, BaseURL: acme, APIToken: credential.NewSecret(secret)},
	})
	return made
}

// answers registers an answer, and notes the queries that it is given to.
func (f *fake) answers(at string, status int, body string) {
	f.RegisterResponder(http.MethodGet, at, func(req *http.Request) (*http.Response, error) {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.queries = append(f.queries, req.URL.Query())
		if req.Header.Get("Authorization") != "SSWS "+secret {
			return nil, errors.New("without the credential")
		}
		return httpmock.NewStringResponse(status, body), nil
	})
}

// read reads a data source with these arguments; the others are null.
func (f *fake) read(t *testing.T, source datasource.DataSource, arguments map[string]attr.Value) (tfsdk.State, diag.Diagnostics) {
	t.Helper()
	var described datasource.SchemaResponse
	source.Schema(t.Context(), datasource.SchemaRequest{}, &described)
	if with, ok := source.(datasource.DataSourceWithConfigure); ok {
		var resp datasource.ConfigureResponse
		with.Configure(t.Context(), datasource.ConfigureRequest{ProviderData: f.clients}, &resp)
		if resp.Diagnostics.HasError() {
			t.Fatal(resp.Diagnostics)
		}
	}
	object, ok := described.Schema.Type().TerraformType(t.Context()).(tftypes.Object)
	if !ok {
		t.Fatal("the schema is no object")
	}
	values := map[string]tftypes.Value{}
	for name, kind := range object.AttributeTypes {
		values[name] = tftypes.NewValue(kind, nil)
	}
	for name, argument := range arguments {
		value, err := argument.ToTerraformValue(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		values[name] = value
	}
	empty := tftypes.NewValue(object, nil)
	resp := datasource.ReadResponse{State: tfsdk.State{Schema: described.Schema, Raw: empty}}
	source.Read(t.Context(), datasource.ReadRequest{
		Config: tfsdk.Config{Schema: described.Schema, Raw: tftypes.NewValue(object, values)},
	}, &resp)
	if resp.Diagnostics.HasError() && !resp.State.Raw.Equal(empty) {
		t.Error("there is an error and a state")
	}
	return resp.State, resp.Diagnostics
}

// get is an attribute of a state.
func get[T any](t *testing.T, state tfsdk.State, at path.Path) T {
	t.Helper()
	var value T
	if diags := state.GetAttribute(t.Context(), at, &value); diags.HasError() {
		t.Fatal(diags)
	}
	return value
}

func words(values ...string) types.Set {
	elements := make([]attr.Value, len(values))
	for index, value := range values {
		elements[index] = types.StringValue(value)
	}
	return types.SetValueMust(types.StringType, elements)
}

func TestDevicesQuery(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		arguments map[string]attr.Value
		search    string
		expand    string
	}{
		"without filters all devices are listed, without users": {},
		"an expression is sent as it is": {
			arguments: map[string]attr.Value{"search": types.StringValue(`profile.model co "x" or id pr`)}, search: `profile.model co "x" or id pr`,
		},
		"quotes and backslashes are escaped": {
			arguments: map[string]attr.Value{"display_name_contains": types.StringValue(`a "b" or \`)},
			search:    `profile.displayName co "a \"b\" or \\"`,
		},
		"a quote can't end the filter": {
			arguments: map[string]attr.Value{"display_name_contains": types.StringValue(`" or id pr or profile.displayName co "`)},
			search:    `profile.displayName co "\" or id pr or profile.displayName co \""`,
		},
		"filters are joined, sets sorted": {
			arguments: map[string]attr.Value{
				"platform": words("WINDOWS", "MACOS"), "status": words("ACTIVE"), "registered": types.BoolValue(false),
				"last_updated_after": types.StringValue("2026-11-01T02:00:00+02:00"),
			},
			search: `status eq "ACTIVE" and (profile.platform eq "MACOS" or profile.platform eq "WINDOWS") and profile.registered eq false and ` +
				`lastUpdated gt "2026-11-01T00:00:00.000Z"`,
		},
		"users come as summaries": {
			arguments: map[string]attr.Value{"include_users": types.BoolValue(true)}, expand: "userSummary",
		},
		"nobody reads the users of devices that are left out": {
			arguments: map[string]attr.Value{"include_users": types.BoolValue(true), "include_devices": types.BoolValue(false)},
		},
		"users that are not wanted are not asked for": {
			arguments: map[string]attr.Value{"include_users": types.BoolValue(false)},
		},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cloud := newFake(t)
			cloud.answers(devicesURL, http.StatusOK, `[]`)
			state, diags := cloud.read(t, NewPluralDataSource(), test.arguments)
			if len(diags) > 0 {
				t.Fatal(diags)
			}
			if len(cloud.queries) != 1 {
				t.Fatalf("%d calls, want one", len(cloud.queries))
			}
			query := cloud.queries[0]
			if query.Get("search") != test.search || query.Get("expand") != test.expand || query.Get("limit") != "200" {
				t.Errorf("asked for %v, want %q, %q", query, test.search, test.expand)
			}
			_, leftOut := test.arguments["include_devices"]
			if devices := get[types.List](t, state, path.Root("devices")); devices.IsNull() != leftOut || len(devices.Elements()) != 0 {
				t.Errorf("no devices are %s", devices)
			}
		})
	}
}

func TestDevicesAreCountedAndKeepNull(t *testing.T) {
	t.Parallel()
	cloud := newFake(t)
	cloud.answers(devicesURL, http.StatusOK, `[
		{"id":"guo1","status":"ACTIVE","profile":{"displayName":"a","platform":"MACOS","registered":true,"secureHardwarePresent":false}},
		{"id":"guo2","status":"ACTIVE","profile":{"displayName":"b","platform":null,"serialNumber":null}},
		{"id":"guo3","profile":{"displayName":7,"platform":"HAL9000","registered":"yes"}},
		"no device"
	]`)
	state, diags := cloud.read(t, NewPluralDataSource(), nil)
	if diags.ErrorsCount() > 0 || diags.WarningsCount() != 1 || !strings.Contains(diags[0].Detail(), "1 of the elements") {
		t.Fatalf("the diagnostics are %v", diags)
	}
	if total := get[int64](t, state, path.Root("total")); total != 3 {
		t.Errorf("the total is %d", total)
	}
	counts := get[map[string]int64](t, state, path.Root("count_by_platform"))
	if len(counts) != 2 || counts["MACOS"] != 1 || counts["HAL9000"] != 1 {
		t.Errorf("the platforms are %v", counts)
	}
	if counts := get[map[string]int64](t, state, path.Root("count_by_status")); len(counts) != 1 || counts["ACTIVE"] != 2 {
		t.Errorf("the statuses are %v", counts)
	}
	device := path.Root("devices").AtListIndex(0)
	if !get[types.Bool](t, state, device.AtName("registered")).ValueBool() {
		t.Error("a registered device is not")
	}
	if secure := get[types.Bool](t, state, device.AtName("secure_hardware_present")); secure.IsNull() || secure.ValueBool() {
		t.Errorf("a device without secure hardware says %s", secure)
	}
	for _, index := range []int{1, 2} {
		if registered := get[types.Bool](t, state, path.Root("devices").AtListIndex(index).AtName("registered")); !registered.IsNull() {
			t.Errorf("device %d says registered %s", index, registered)
		}
	}
	if users := get[types.List](t, state, device.AtName("users")); !users.IsNull() {
		t.Errorf("users that nobody asked for are %s", users)
	}
}

func TestDevicesAreListedOnce(t *testing.T) {
	t.Parallel()
	cloud := newFake(t)
	cloud.answers(devicesURL, http.StatusOK, `[]`)
	var readers sync.WaitGroup
	for range 8 {
		readers.Go(func() {
			if _, diags := cloud.read(t, NewPluralDataSource(), nil); diags.HasError() {
				t.Error(diags)
			}
		})
	}
	readers.Wait()
	if _, diags := cloud.read(t, NewPluralDataSource(), map[string]attr.Value{"status": words("ACTIVE")}); diags.HasError() {
		t.Error(diags)
	}
	if len(cloud.queries) != 2 || cloud.GetCallCountInfo()["GET "+wellKnown] != 1 {
		t.Errorf("%d listings of two, calls are %v", len(cloud.queries), cloud.GetCallCountInfo())
	}
}

// A listing that is only counted keeps no device. Who wants the devices shares a listing that begins, and has its own
// after that.
func TestDevicesThatAreOnlyCounted(t *testing.T) {
	t.Parallel()
	const page = `[{"id":"guo1","status":"ACTIVE","profile":{"platform":"MACOS"}},{"id":"guo2","profile":{"platform":"IOS"}},{"id":"guo2"}]`
	count := map[string]attr.Value{"include_devices": types.BoolValue(false)}
	for name, test := range map[string]struct {
		reads []map[string]attr.Value
		calls int
	}{
		"counted alone":               {reads: []map[string]attr.Value{count, count}, calls: 1},
		"counted, then wanted":        {reads: []map[string]attr.Value{count, nil, nil, count}, calls: 2},
		"wanted, then counted":        {reads: []map[string]attr.Value{nil, count, nil}, calls: 1},
		"counted by one who wants it": {reads: []map[string]attr.Value{{"include_devices": types.BoolValue(true)}, count}, calls: 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cloud := newFake(t)
			cloud.answers(devicesURL, http.StatusOK, page)
			for _, arguments := range test.reads {
				state, diags := cloud.read(t, NewPluralDataSource(), arguments)
				if len(diags) > 0 {
					t.Fatal(diags)
				}
				flag, given := arguments["include_devices"]
				leftOut := given && flag.Equal(types.BoolValue(false))
				if devices := get[types.List](t, state, path.Root("devices")); devices.IsNull() != leftOut || !leftOut && len(devices.Elements()) != 2 {
					t.Errorf("with %v the devices are %s", arguments, devices)
				}
				platforms := get[map[string]int64](t, state, path.Root("count_by_platform"))
				if total := get[int64](t, state, path.Root("total")); total != 2 || len(platforms) != 2 {
					t.Errorf("with %v there are %d devices of the platforms %v", arguments, total, platforms)
				}
			}
			if len(cloud.queries) != test.calls {
				t.Errorf("%d listings, want %d", len(cloud.queries), test.calls)
			}
		})
	}
}

// The first page is held back until a reader that wants the devices has joined one that counts them.
func TestDevicesAreSharedWithWhoCountsThem(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		cloud := newFake(t)
		cloud.RegisterResponder(http.MethodGet, devicesURL, httpmock.NewStringResponder(http.StatusOK, `[{"id":"guo1"}]`).Delay(time.Second))
		var readers sync.WaitGroup
		for _, include := range []bool{false, true} {
			readers.Go(func() {
				state, diags := cloud.read(t, NewPluralDataSource(), map[string]attr.Value{"include_devices": types.BoolValue(include)})
				if len(diags) > 0 {
					t.Error(diags)
				}
				if devices := get[types.List](t, state, path.Root("devices")); devices.IsNull() == include {
					t.Errorf("include_devices is %t, and the devices are %s", include, devices)
				}
			})
			synctest.Wait()
		}
		readers.Wait()
		if calls := cloud.GetCallCountInfo()["GET "+devicesURL]; calls != 1 {
			t.Errorf("%d listings, want one", calls)
		}
	})
}

func TestDevicesErrors(t *testing.T) {
	t.Parallel()
	search := map[string]attr.Value{"search": types.StringValue("nonsense")}
	cases := map[string]struct {
		arguments map[string]attr.Value
		status    int
		body      string
		at        path.Path
		summary   string
		says      string
	}{
		"an expression that Okta refuses sits on search": {
			arguments: search, status: http.StatusBadRequest, body: `{"errorCode":"E0000031","errorSummary":"Invalid search criteria.","errorId":"oae1"}`,
			at: path.Root("search"), summary: "acme.okta.com: Okta's devices could not be listed", says: "errorId is oae1",
		},
		"a filter that Okta refuses sits on no attribute": {
			status: http.StatusBadRequest, body: `{"errorCode":"E0000031","errorSummary":"Invalid search criteria.","errorId":"oae1"}`,
			summary: "acme.okta.com: Okta's devices could not be listed", says: "E0000031",
		},
		"a revoked token sits on the provider": {
			status: http.StatusUnauthorized, body: `{"errorCode":"E0000011","errorSummary":"Invalid token provided","errorId":"oae1"}`,
			summary: "acme.okta.com: Okta rejected the API token (401)", says: "revoked",
		},
		"a token without the role sits on the provider": {
			status: http.StatusForbidden, body: `{"errorCode":"E0000006","errorSummary":"You do not have permission","errorId":"oae1"}`,
			summary: "acme.okta.com: the API token may not read devices (403)", says: "admin role",
		},
		"a proxy's page with 403": {
			status: http.StatusForbidden, body: `<html>hunter2</html>`, summary: "acme.okta.com: this is not Okta's answer (403)", says: "firewall",
		},
		"a proxy's page with 401": {
			status: http.StatusUnauthorized, body: `<html>hunter2</html>`, summary: "acme.okta.com: this is not Okta's answer (401)", says: "HTTPS_PROXY",
		},
		"an error object of something else": {
			status: http.StatusUnauthorized, body: `{"message":"hunter2"}`, summary: "acme.okta.com: this is not Okta's answer (401)", says: "HTTPS_PROXY",
		},
		"an outage": {
			status: http.StatusServiceUnavailable, body: `hunter2`, summary: "acme.okta.com: Okta did not answer (503)", says: "status.okta.com",
		},
		"an answer that is no JSON": {
			status: http.StatusOK, body: `<html>hunter2</html>`, summary: "acme.okta.com: this is not Okta's answer (200)", says: "login page",
		},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cloud := newFake(t)
			cloud.answers(devicesURL, test.status, test.body)
			_, diags := cloud.read(t, NewPluralDataSource(), test.arguments)
			expectError(t, diags, test.at, test.summary, test.says)
		})
	}
}

// expectError wants one error, on this attribute (the empty path is none), that shows no secret.
func expectError(t *testing.T, diags diag.Diagnostics, at path.Path, summary, says string) {
	t.Helper()
	if len(diags) != 1 || diags.ErrorsCount() != 1 {
		t.Fatalf("want one error, not %v", diags)
	}
	got, where := diags[0], path.Empty()
	if with, ok := got.(diag.DiagnosticWithPath); ok {
		where = with.Path()
	}
	if got.Summary() != summary || !where.Equal(at) || !strings.Contains(got.Detail(), says) {
		t.Errorf("the error is %q on %q: %q, want %q on %q saying %q", got.Summary(), where, got.Detail(), summary, at, says)
	}
	if text := got.Summary() + got.Detail(); strings.Contains(text, secret) || strings.Contains(text, "hunter2") {
		t.Errorf("the error shows a secret or a body: %q", text)
	}
}

// Only v1 is Classic Engine. What else Okta says of its pipeline, or leaves out, does not stop the call that tells.
func TestAnUnknownPipelineIsAsked(t *testing.T) {
	t.Parallel()
	for _, pipeline := range []string{"", "idx2"} {
		cloud := newFake(t)
		cloud.RegisterResponder(http.MethodGet, wellKnown, acmeIs(pipeline))
		cloud.answers(devicesURL, http.StatusOK, `[]`)
		if _, diags := cloud.read(t, NewPluralDataSource(), nil); len(diags) > 0 {
			t.Errorf("pipeline %q: %v", pipeline, diags)
		}
	}
}

func TestClassicOrganizationIsNotAsked(t *testing.T) {
	t.Parallel()
	cloud := newFake(t)
	cloud.RegisterResponder(http.MethodGet, wellKnown, acmeIs("v1"))
	for argument, source := range map[string]datasource.DataSource{"id": NewDataSource(), "search": NewPluralDataSource()} {
		_, diags := cloud.read(t, source, map[string]attr.Value{argument: types.StringValue("guo1")})
		expectError(t, diags, path.Empty(), "acme.okta.com: the organization runs on Okta's Classic Engine", "Classic Engine")
	}
	if calls := cloud.GetTotalCallCount(); calls != 1 {
		t.Errorf("%d calls, want one", calls)
	}
}

func TestDevice(t *testing.T) {
	t.Parallel()
	const (
		found = `{"id":"guo1","status":"ACTIVE","profile":{"displayName":"Laptop","platform":"MACOS","serialNumber":"s1"}}`
		users = `[{"created":"2026-01-01T00:00:00.000Z","managementStatus":"MANAGED","screenLockType":"NONE",` +
			`"user":{"id":"00u1","status":"ACTIVE","profile":{"login":"user@example.com","firstName":"User","lastName":"001"}}}]`
	)
	cases := map[string]struct {
		arguments map[string]attr.Value
		search    string
		serial    string
	}{
		"by id":            {arguments: map[string]attr.Value{"id": types.StringValue("guo1")}, serial: "s1"},
		"by serial number": {arguments: map[string]attr.Value{"serial_number": types.StringValue("S1")}, search: `profile.serialNumber eq "S1"`, serial: "S1"},
		"by display name":  {arguments: map[string]attr.Value{"display_name": types.StringValue("Laptop")}, search: `profile.displayName eq "Laptop"`, serial: "s1"},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cloud := newFake(t)
			cloud.answers(devicesURL, http.StatusOK, "["+found+"]")
			cloud.answers(devicesURL+"/guo1", http.StatusOK, found)
			cloud.answers(devicesURL+"/guo1/users", http.StatusOK, users)
			var state tfsdk.State
			for range 2 {
				var diags diag.Diagnostics
				state, diags = cloud.read(t, NewDataSource(), test.arguments)
				if len(diags) > 0 {
					t.Fatal(diags)
				}
			}
			if len(cloud.queries) != 2 || cloud.queries[0].Get("search") != test.search {
				t.Errorf("the calls are %v, want two", cloud.queries)
			}
			if id := get[string](t, state, path.Root("id")); id != "guo1" {
				t.Errorf("the id is %q", id)
			}
			if serial := get[string](t, state, path.Root("serial_number")); serial != test.serial {
				t.Errorf("the serial number is %q, want %q as it was asked for", serial, test.serial)
			}
			if status := get[string](t, state, path.Root("users").AtListIndex(0).AtName("status")); status != "ACTIVE" {
				t.Errorf("the user's status is %q", status)
			}
			if email := get[types.String](t, state, path.Root("users").AtListIndex(0).AtName("email")); !email.IsNull() {
				t.Errorf("a user without an address has %s", email)
			}
		})
	}
}

func TestDeviceErrors(t *testing.T) {
	t.Parallel()
	id := map[string]attr.Value{"id": types.StringValue("guo1")}
	serial := map[string]attr.Value{"serial_number": types.StringValue("S1")}
	const (
		one     = `{"id":"guo1","profile":{}}`
		unknown = `{"errorCode":"E0000007","errorSummary":"Not found: Resource not found: guo1 (Device)","errorId":"oae1"}`
		refused = `{"errorCode":"E0000011","errorSummary":"Invalid token provided","errorId":"oae1"}`
	)
	cases := map[string]struct {
		arguments                               map[string]attr.Value
		listed                                  string
		device, users                           string
		listedStatus, deviceStatus, usersStatus int
		at                                      path.Path
		summary                                 string
		says                                    string
	}{
		"an id that Okta does not know": {
			arguments: id, device: unknown, deviceStatus: http.StatusNotFound, at: path.Root("id"), summary: "acme.okta.com: Okta has no such device", says: "E0000007",
		},
		"a revoked token": {
			arguments: id, device: refused, deviceStatus: http.StatusUnauthorized, summary: "acme.okta.com: Okta rejected the API token (401)", says: "E0000011",
		},
		"users that can't be read": {
			arguments: id, device: one, users: refused, usersStatus: http.StatusUnauthorized, summary: "acme.okta.com: Okta rejected the API token (401)", says: "/users",
		},
		"a device that goes before its users are read": {
			arguments: id, device: one, users: unknown, usersStatus: http.StatusNotFound, at: path.Root("id"),
			summary: "acme.okta.com: the device's users could not be read from Okta", says: "E0000007",
		},
		"no device of this serial number": {
			arguments: serial, listed: `[]`, at: path.Root("serial_number"), summary: "acme.okta.com: Okta has no such device", says: "serial_number",
		},
		"several of this serial number": {
			arguments: serial, listed: `[{"id":"guo1","profile":{"displayName":"hunter2"}},{"id":"guo2","profile":{}}]`, at: path.Root("serial_number"),
			summary: "acme.okta.com: Okta has several such devices", says: "found 2 devices with this serial_number: guo1, guo2.",
		},
		"one without an id": {
			arguments: serial, listed: `[{"profile":{}}]`, at: path.Root("serial_number"), summary: "acme.okta.com: a device has no id in Okta's answer", says: "no id",
		},
		"a search that Okta refuses": {
			arguments: serial, listed: `{"errorCode":"E0000031","errorSummary":"Invalid search criteria."}`, listedStatus: http.StatusBadRequest,
			at: path.Root("serial_number"), summary: "acme.okta.com: the device could not be searched for in Okta", says: "E0000031",
		},
		"nothing is chosen": {
			summary: "No device is chosen", says: "serial_number",
		},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			orOK := func(status int) int { return max(status, http.StatusOK) }
			cloud := newFake(t)
			cloud.answers(devicesURL, orOK(test.listedStatus), test.listed)
			cloud.answers(devicesURL+"/guo1", orOK(test.deviceStatus), test.device)
			cloud.answers(devicesURL+"/guo1/users", orOK(test.usersStatus), test.users)
			_, diags := cloud.read(t, NewDataSource(), test.arguments)
			expectError(t, diags, test.at, test.summary, test.says)
		})
	}
}

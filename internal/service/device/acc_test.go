// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package device_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/config"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/acctest"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/simulator"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/simulator/shape"
)

// The configurations name the provider by its address, as a person's do.
func TestMain(m *testing.M) {
	if err := os.Setenv("TF_ACC_PROVIDER_NAMESPACE", "sekoia-io"); err != nil {
		panic(err)
	}
	acctest.Main(m)
}

const devicesPath = "/api/v1/devices"

// in is a step's folder.
func in(folder string) config.TestStepConfigFunc { return config.StaticDirectory("testdata/" + folder) }

// words matches a text however Terraform breaks its lines.
func words(text string) *regexp.Regexp {
	fields := strings.Fields(text)
	for index, field := range fields {
		fields[index] = regexp.QuoteMeta(field)
	}
	return regexp.MustCompile(strings.Join(fields, `\s+`))
}

// simulatedDevice is what a test looks at in a device of the simulator.
type simulatedDevice struct {
	ID      string `json:"id"`
	Status  string `json:"status"`
	Profile struct {
		DisplayName  *string `json:"displayName"`
		Platform     *string `json:"platform"`
		SerialNumber *string `json:"serialNumber"`
		Registered   *bool   `json:"registered"`
	} `json:"profile"`
}

// inventory are the simulator's devices, in Okta's order.
func inventory(t *testing.T, clouds *acctest.Clouds) []simulatedDevice {
	t.Helper()
	state := clouds.State(t)
	devices := make([]simulatedDevice, len(state.Devices))
	for index, raw := range state.Devices {
		if err := json.Unmarshal(raw, &devices[index]); err != nil {
			t.Fatal(err)
		}
	}
	return devices
}

// count is how many of the devices are so.
func count(devices []simulatedDevice, so func(simulatedDevice) bool) int64 {
	var found int64
	for _, device := range devices {
		if so(device) {
			found++
		}
	}
	return found
}

// is tells whether a value is there and equal.
func is[T comparable](value *T, want T) bool { return value != nil && *value == want }

// total checks how many devices a data source found.
func total(name string, want int64) statecheck.StateCheck {
	return statecheck.ExpectKnownValue("data.sekoia_okta_devices."+name, tfjsonpath.New("total"), knownvalue.Int64Exact(want))
}

func TestAccDevices_everyDeviceOnce(t *testing.T) {
	t.Parallel()
	clouds := acctest.Start(t, func(c *simulator.Config) { c.Devices = 2500 })
	devices := inventory(t, clouds)
	cli := acctest.NewCLI(t, clouds, nil)
	written, err := os.ReadFile("testdata/TestAccDevices_everyDeviceOnce/1/main.tf")
	if err != nil {
		t.Fatal(err)
	}
	cli.Write(t, "main.tf", string(written))
	clouds.ResetRequests(t)
	cli.Succeed(t, "apply", "-auto-approve")
	calls := clouds.Requests(t).Of(acctest.Okta)
	if pages := calls.Path(http.MethodGet, devicesPath); len(pages) != 13 || len(calls) != 14 {
		t.Errorf("want 13 pages after one look at the organization, not %d of %d calls:\n%s", len(pages), len(calls), calls)
	}
	var outputs struct {
		IDs        struct{ Value []string }         `json:"ids"`
		Total      struct{ Value int64 }            `json:"total"`
		ByPlatform struct{ Value map[string]int64 } `json:"count_by_platform"`
		ByStatus   struct{ Value map[string]int64 } `json:"count_by_status"`
	}
	cli.JSON(t, &outputs, "output", "-json")
	ids := make([]string, len(devices))
	platforms, statuses := map[string]int64{}, map[string]int64{}
	for index, device := range devices {
		ids[index] = device.ID
		if device.Status != "" { // one of the odd devices has none
			statuses[device.Status]++
		}
		if device.Profile.Platform != nil {
			platforms[*device.Profile.Platform]++
		}
	}
	if len(ids) != 2500 || !slices.Equal(outputs.IDs.Value, ids) {
		t.Errorf("the %d devices are not the organization's %d, each once, in its order", len(outputs.IDs.Value), len(ids))
	}
	if outputs.Total.Value != 2500 || !maps.Equal(outputs.ByPlatform.Value, platforms) || !maps.Equal(outputs.ByStatus.Value, statuses) {
		t.Errorf("the counts are %+v, want %v and %v", outputs, platforms, statuses)
	}
}

func TestAccDevices_filters(t *testing.T) {
	t.Parallel()
	const quoted = `"or id pr" \ profile`
	clouds := acctest.Start(t, func(c *simulator.Config) { c.Devices = 120 })
	for _, registered := range []bool{true, false} {
		clouds.PutDevice(t, fmt.Sprintf("guoquotes%v", registered), map[string]any{
			"status": "ACTIVE", "lastUpdated": "2026-11-02T00:00:00.000Z", "profile": map[string]any{
				"displayName": "Say " + quoted + " twice", "platform": "MACOS", "registered": registered, "secureHardwarePresent": true,
			},
		})
	}
	devices := inventory(t, clouds)
	acctest.Test(t, clouds, resource.TestCase{Steps: []resource.TestStep{{
		ConfigDirectory: config.TestStepDirectory(),
		ConfigVariables: config.Variables{
			"name": config.StringVariable(quoted), "after": config.StringVariable("2026-11-01T02:00:00+02:00"),
		},
		ConfigStateChecks: []statecheck.StateCheck{
			total("name", 2),
			total("recent", 2),
			total("everything", 1),
			total("platform", count(devices, func(d simulatedDevice) bool {
				return is(d.Profile.Platform, "MACOS") || is(d.Profile.Platform, "WINDOWS")
			})),
			total("status", count(devices, func(d simulatedDevice) bool { return d.Status == "SUSPENDED" })),
			total("registered", count(devices, func(d simulatedDevice) bool { return is(d.Profile.Registered, true) })),
			total("expression", count(devices, func(d simulatedDevice) bool { return is(d.Profile.Platform, "IOS") && d.Status == "ACTIVE" })),
			statecheck.ExpectKnownValue("data.sekoia_okta_devices.everything", tfjsonpath.New("devices").AtSliceIndex(0).AtMapKey("id"),
				knownvalue.StringExact("guoquotestrue")),
		},
	}}})
}

func TestAccDevices_onlyCounted(t *testing.T) {
	t.Parallel()
	clouds := acctest.Start(t, func(c *simulator.Config) { c.Devices = 120 })
	devices := inventory(t, clouds)
	active := count(devices, func(d simulatedDevice) bool { return d.Status == "ACTIVE" })
	acctest.Test(t, clouds, resource.TestCase{Steps: []resource.TestStep{{
		ConfigDirectory: config.TestStepDirectory(),
		ConfigStateChecks: []statecheck.StateCheck{
			total("counted", 120),
			statecheck.ExpectKnownValue("data.sekoia_okta_devices.counted", tfjsonpath.New("devices"), knownvalue.Null()),
			statecheck.ExpectKnownValue("data.sekoia_okta_devices.counted", tfjsonpath.New("count_by_status"),
				knownvalue.MapPartial(map[string]knownvalue.Check{"ACTIVE": knownvalue.Int64Exact(active)})),
		},
	}}})
}

func TestAccDevices_absentIsNull(t *testing.T) {
	t.Parallel()

	// This device is what Okta's document does not allow, and Okta may send all the same.
	anyDevices := shape.Watch(t, shape.Options{AnyDevices: true}).Middleware
	clouds := acctest.Start(t, func(c *simulator.Config) { c.Devices, c.Middleware = 3, anyDevices })
	clouds.PutDevice(t, "guobare", map[string]any{
		"status": "CREATED", "profile": map[string]any{"displayName": "Bare", "platform": "HAL9000", "serialNumber": nil},
		"_embedded": map[string]any{"users": []any{map[string]any{
			"created": "2026-01-01T00:00:00.000Z", "managementStatus": "NOT_MANAGED",
			"user": map[string]any{"id": "00ubare", "profile": map[string]any{"login": "bare@example.com", "email": "bare@example.com"}},
		}}},
	})
	device := tfjsonpath.New("devices").AtSliceIndex(0)
	nulls := map[string]knownvalue.Check{
		"display_name": knownvalue.StringExact("Bare"), "platform": knownvalue.StringExact("HAL9000"), "status": knownvalue.StringExact("CREATED"),
	}
	for _, absent := range []string{"registered", "secure_hardware_present", "managed", "integrity_jailbreak", "serial_number", "os_version", "users"} {
		nulls[absent] = knownvalue.Null()
	}
	acctest.Test(t, clouds, resource.TestCase{Steps: []resource.TestStep{{
		ConfigDirectory: config.TestStepDirectory(),
		ConfigStateChecks: []statecheck.StateCheck{
			statecheck.ExpectKnownValue("data.sekoia_okta_devices.bare", device, knownvalue.ObjectPartial(nulls)),
			statecheck.ExpectKnownValue("data.sekoia_okta_devices.bare", tfjsonpath.New("count_by_platform"),
				knownvalue.MapExact(map[string]knownvalue.Check{"HAL9000": knownvalue.Int64Exact(1)})),
			statecheck.ExpectKnownValue("data.sekoia_okta_devices.with_users", device.AtMapKey("users"), knownvalue.ListExact([]knownvalue.Check{
				knownvalue.ObjectPartial(map[string]knownvalue.Check{
					"id": knownvalue.StringExact("00ubare"), "login": knownvalue.StringExact("bare@example.com"),
					"management_status": knownvalue.StringExact("NOT_MANAGED"), "screen_lock_type": knownvalue.Null(), "status": knownvalue.Null(),
				}),
			})),
		},
	}}})
}

func TestAccDevice_isFound(t *testing.T) {
	t.Parallel()
	clouds := acctest.Start(t, func(c *simulator.Config) { c.Devices = 30; c.UsersPerDevice = 2 })
	for index, name := range []string{"Alone", "Other"} {
		clouds.PutDevice(t, fmt.Sprintf("guo%d", index), map[string]any{"profile": map[string]any{
			"displayName": name, "platform": "WINDOWS", "serialNumber": "serial " + name, "registered": true, "secureHardwarePresent": true,
		}, "_embedded": map[string]any{"users": []any{map[string]any{
			"created": "2026-01-01T00:00:00.000Z", "managementStatus": "MANAGED",
			"user": map[string]any{
				"id": "00u" + name, "status": "SUSPENDED", "profile": map[string]any{"login": "user@example.com"}, "_links": map[string]any{},
			},
		}}}})
	}
	var checks []statecheck.StateCheck
	for _, way := range []string{"by_id", "by_serial_number", "by_display_name"} {
		address := "data.sekoia_okta_device." + way
		checks = append(checks,
			statecheck.ExpectKnownValue(address, tfjsonpath.New("id"), knownvalue.StringExact("guo0")),
			statecheck.ExpectKnownValue(address, tfjsonpath.New("serial_number"), knownvalue.StringExact("serial Alone")),
			statecheck.ExpectKnownValue(address, tfjsonpath.New("users"), knownvalue.ListExact([]knownvalue.Check{
				knownvalue.ObjectPartial(map[string]knownvalue.Check{
					"id": knownvalue.StringExact("00uAlone"), "status": knownvalue.StringExact("SUSPENDED"), "email": knownvalue.Null(),
				}),
			})),
		)
	}
	acctest.Test(t, clouds, resource.TestCase{Steps: []resource.TestStep{{
		ConfigDirectory:   config.TestStepDirectory(),
		ConfigVariables:   config.Variables{"device_id": config.StringVariable("guo0")},
		ConfigStateChecks: checks,
	}}})
}

func TestAccDevice_isNotFound(t *testing.T) {
	t.Parallel()
	clouds := acctest.Start(t, func(c *simulator.Config) { c.Devices = 3 })
	for _, id := range []string{"guotwin1", "guotwin2"} {
		clouds.PutDevice(t, id, map[string]any{"profile": map[string]any{"displayName": "Twin", "platform": "IOS", "registered": true}})
	}
	step := func(variable, value, want string) resource.TestStep {
		variables := config.Variables{}
		if variable != "" {
			variables[variable] = config.StringVariable(value)
		}
		return resource.TestStep{ConfigDirectory: in("TestAccDevice_isNotFound"), ConfigVariables: variables, ExpectError: words(want)}
	}
	both := step("device_id", "guotwin1", "Two arguments exclude each other")
	both.ConfigVariables["display_name"] = config.StringVariable("Twin")
	acctest.Test(t, clouds, resource.TestCase{Steps: []resource.TestStep{
		step("device_id", "guonone", "Okta has no such device"),
		step("serial_number", "none", "Okta found no device with this serial_number."),
		step("display_name", "Twin", "Okta found 2 devices with this display_name: guotwin1, guotwin2."),
		step("", "", "Set exactly one of id, serial_number, display_name."),
		both,
	}})
}

func TestAccDevices_unknownToken(t *testing.T) {
	t.Parallel()
	clouds := acctest.Start(t)
	acctest.Test(t, clouds, resource.TestCase{Steps: []resource.TestStep{
		{
			ProtoV6ProviderFactories: clouds.Factories(), ConfigDirectory: config.TestStepDirectory(), ConfigVariables: clouds.Variables(nil),
			ExpectError: words(`Okta can't be called: the provider's okta.api_token comes from something that does not exist yet. Add depends_on to ` +
				`this block, so that it waits for the apply, or create what the provider needs first: apply with -target=…`),
		},
		{
			ProtoV6ProviderFactories: clouds.Factories(), ConfigDirectory: config.TestStepDirectory(), ConfigVariables: clouds.Variables(nil),
			ConfigStateChecks: []statecheck.StateCheck{total("all", 50)},
		},
	}})
}

func TestAccDevices_errors(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		environment map[string]string
		tokens      []string
		folder      string
		search      string
		want        string
		calls       int
	}{
		"no Okta organization is named": {
			environment: map[string]string{"OKTA_CLIENT_ORGURL": "", "OKTA_API_TOKEN": ""}, folder: "all",
			want: `No base URL of an Okta organization is set`,
		},
		"no token is set": {
			environment: map[string]string{"OKTA_API_TOKEN": ""}, folder: "all",
			want: `no credential for Okta is set`,
		},
		"the admin console's URL is in the environment": {
			environment: map[string]string{"OKTA_CLIENT_ORGURL": "https://acme-admin.okta.com"}, folder: "all",
			want: `It should be: https://acme.okta.com`,
		},
		"the token was revoked": {
			tokens: []string{"another"}, folder: "all", want: `Okta answered 401 E0000011`, calls: 2,
		},
		"the expression is nonsense": {
			folder: "search", search: `profile.platform is "MACOS"`, want: `Okta answered 400 E0000031`, calls: 2,
		},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			clouds := acctest.Start(t, func(c *simulator.Config) { c.Devices = 1 })
			if test.tokens != nil {
				clouds.SetTokens(t, test.tokens...)
			}
			acctest.Test(t, clouds, resource.TestCase{
				ProtoV6ProviderFactories: clouds.FactoriesWith(test.environment),
				Steps: []resource.TestStep{{
					ConfigDirectory: in(test.folder), ConfigVariables: config.Variables{"search": config.StringVariable(test.search)},
					ExpectError: words(test.want), PlanOnly: true,
				}},
			})
			if calls := clouds.Requests(t).Of(acctest.Okta); len(calls) != test.calls {
				t.Errorf("want %d calls to Okta, not\n%s", test.calls, calls)
			}
		})
	}
}

// wellKnown answers as an organization with this host of its own and this custom domain.
func wellKnown(id, own, alternate string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/.well-known/okta-organization" {
			http.Error(w, "hunter2", http.StatusTeapot)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = fmt.Fprintf(w, `{"id":%q,"pipeline":"idx","_links":{"organization":{"href":%q},"alternate":{"href":%q}}}`, id, own, alternate)
	})
}

// These tests make a proxy of their own that of the process, so they can't be parallel.
//
//nolint:paralleltest // see above
func TestAccDevices_untrustedHosts(t *testing.T) {
	const custom = "https://login.acme.example"
	clouds := acctest.Start(t, func(c *simulator.Config) { c.Devices = 7; c.OktaPublicURL = "https://acme.okta.com" })
	organization := "00oacme"
	clouds.SetOrganization(t, map[string]any{"id": organization, "alternate": custom})
	cases := map[string]struct {
		url     string
		hosts   map[string]http.Handler
		trusted string
		want    string
		count   int64
	}{
		"a custom domain that Okta's own host confirms needs no setting": {
			url: custom, count: 7, hosts: map[string]http.Handler{
				"login.acme.example": wellKnown(organization, "https://acme.okta.com", custom),
				"acme.okta.com":      acctest.ForwardTo(t, clouds.Ready.OktaURL),
			},
		},
		"a host that only says that it is a custom domain": {
			url: "https://okta.evil.example", want: "SEKOIA_TRUSTED_OKTA_HOSTS", hosts: map[string]http.Handler{
				"okta.evil.example": wellKnown(organization, "https://acme.okta.com", "https://okta.evil.example"),
				"acme.okta.com":     acctest.ForwardTo(t, clouds.Ready.OktaURL),
			},
		},
		"a custom domain of another organization than the one that it names": {
			url: custom, want: "the Okta host that it names as its", hosts: map[string]http.Handler{
				"login.acme.example": wellKnown("00oevil", "https://acme.okta.com", custom),
				"acme.okta.com":      acctest.ForwardTo(t, clouds.Ready.OktaURL),
			},
		},
		"a host whose own host is not Okta's": {
			url: "https://okta.evil.example", want: "SEKOIA_TRUSTED_OKTA_HOSTS", hosts: map[string]http.Handler{
				"okta.evil.example": wellKnown("00oevil", "https://okta.com.evil.example", "https://okta.evil.example"),
			},
		},
		"a host that is no organization": {
			url: "https://okta.com.evil.example", want: "SEKOIA_TRUSTED_OKTA_HOSTS", hosts: map[string]http.Handler{
				"okta.com.evil.example": http.NotFoundHandler(),
			},
		},
		"a host that does not answer": {
			url: "https://okta.silent.example", want: "SEKOIA_TRUSTED_OKTA_HOSTS",
		},
		"a port that is not 443": {
			url: "https://login.acme.example:8443", want: "SEKOIA_TRUSTED_OKTA_HOSTS",
		},
		"a host that the environment lists": {
			url: "https://okta.internal.example", trusted: "okta.internal.example", count: 7, hosts: map[string]http.Handler{
				"okta.internal.example": acctest.ForwardTo(t, clouds.Ready.OktaURL),
			},
		},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			interceptor := acctest.Intercept(t, test.hosts)
			interceptor.UseProxy(t)
			step := resource.TestStep{ConfigDirectory: in("elsewhere"), ConfigVariables: config.Variables{
				"base_url": config.StringVariable(test.url), "okta_token": config.StringVariable(clouds.Ready.OktaToken),
				"authority": config.StringVariable(interceptor.CAFile),
			}}
			if test.want != "" {
				step.ExpectError = words(test.want)
			} else {
				step.ConfigStateChecks = []statecheck.StateCheck{total("all", test.count)}
			}
			step.ProtoV6ProviderFactories = clouds.FactoriesWith(map[string]string{
				"OKTA_CLIENT_ORGURL": "", "OKTA_API_TOKEN": "", "SEKOIA_TRUSTED_OKTA_HOSTS": test.trusted,
			})
			acctest.Test(t, clouds, resource.TestCase{Steps: []resource.TestStep{step}})
			mayKnow := map[string]bool{"acme.okta.com": test.want == "", test.trusted: true}
			authorized := false
			for _, request := range interceptor.Seen() {
				if request.Authorization == "" {
					continue
				}
				authorized = true
				if !mayKnow[request.Host] {
					t.Errorf("%s saw the credential in %s %s", request.Host, request.Method, request.Path)
				}
			}
			if authorized != (test.want == "") {
				t.Errorf("that a credential was sent is %v", authorized)
			}
		})
	}
}

// TestAccDevices_live runs on the real services too, where TF_ACC_LIVE=1: it needs no more than an organization.
func TestAccDevices_live(t *testing.T) {
	t.Parallel()
	clouds := acctest.StartAny(t)
	acctest.Test(t, clouds, resource.TestCase{
		ProtoV6ProviderFactories: clouds.FactoriesWith(nil),
		Steps: []resource.TestStep{{
			ConfigDirectory: in("all"),
			ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectKnownValue("data.sekoia_okta_devices.all", tfjsonpath.New("total"), knownvalue.NotNull()),
				statecheck.ExpectKnownValue("data.sekoia_okta_devices.all", tfjsonpath.New("devices"), knownvalue.NotNull()),
			},
		}},
	})
}

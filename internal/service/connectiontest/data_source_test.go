// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package connectiontest_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/acctest"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/simulator"
)

type organizations map[string]map[string]string

// read applies testdata/test, and returns what the data source says.
func read(t *testing.T, cli *acctest.CLI, several organizations, key string) tested {
	t.Helper()
	variables := map[string]any{"organizations": several}
	if key != "" {
		variables["key"] = key
	}
	values, err := json.Marshal(variables)
	if err != nil {
		t.Fatal(err)
	}
	cli.Write(t, "main.tf", file(t, "testdata/test/main.tf"))
	cli.Write(t, "terraform.tfvars.json", string(values))
	cli.Succeed(t, "apply", "-auto-approve")
	var outputs struct {
		Report struct{ Value tested }
	}
	cli.JSON(t, &outputs, "output", "-json")
	return outputs.Report.Value
}

func TestAccConnectionTestPasses(t *testing.T) {
	t.Parallel()
	clouds := acctest.Start(t, func(c *simulator.Config) { c.Devices, c.Odd = 9, 0 })
	cli := acctest.NewCLI(t, clouds, nil)

	// Also through a key, beside which the environment's is not asked for.
	several := organizations{"acme": {"base_url": clouds.Ready.OktaURL, "api_token": clouds.Ready.OktaToken}}
	for _, key := range []string{"", "acme"} {
		clouds.ResetRequests(t)
		got := read(t, cli, several, key)
		for _, check := range got.Checks {
			if check.Status != "passed" || check.Message == "" || check.Hint != nil {
				t.Errorf("the check is %+v", check)
			}
		}
		if !got.Passed || len(got.Checks) == 0 || got.OktaOrganizationID == nil ||
			!strings.HasPrefix(got.SummaryMarkdown, "### ✅ "+strings.TrimPrefix(clouds.Ready.OktaURL, "http://")+": Okta connection test\n\nPassed.\n\n<details>") {
			t.Errorf("the report is %+v", got)
		}
		requests := clouds.Requests(t)
		if okta, sekoia := requests.Of(acctest.Okta), requests.Of(acctest.Sekoia); len(okta) != 2 || len(sekoia) != 5 {
			t.Errorf("want two calls to Okta and five to Sekoia, not\n%s%s", okta, sekoia)
		}
	}
}

// A summary is an output that is posted. One that counts the calls that are left would make each plan a change.
func TestAccConnectionTestLeavesAPlanEmpty(t *testing.T) {
	t.Parallel()
	for name, prepare := range map[string]func(*testing.T, *acctest.Clouds){
		"all is well":           func(*testing.T, *acctest.Clouds) {},
		"the token was revoked": func(t *testing.T, c *acctest.Clouds) { t.Helper(); c.SetTokens(t, "another") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			clouds := acctest.Start(t, func(c *simulator.Config) { c.Devices, c.Odd, c.RateLimit = 9, 0, 100 })
			cli := acctest.NewCLI(t, clouds, nil)
			prepare(t, clouds)
			cli.Write(t, "main.tf", withRequired(`
data "sekoia_okta_connection_test" "this" {}

output "summary" {
  value = data.sekoia_okta_connection_test.this.summary_markdown
}
`))
			cli.Succeed(t, "apply", "-auto-approve")
			if again := cli.Run(t, "plan", "-detailed-exitcode"); again.Exit != 0 {
				t.Errorf("the next plan ended with %d:\n%s", again.Exit, again.Text)
			}
		})
	}
}

func TestAccConnectionTestNeverFails(t *testing.T) {
	t.Parallel()
	okta := func(method, path string, status int, body any) acctest.Fault {
		return acctest.Fault{Cloud: acctest.Okta, Method: method, Path: path, Kind: "status", Status: status, Body: body}
	}
	oktaError := func(code string) map[string]any {
		return map[string]any{"errorCode": code, "errorSummary": "a | b `c` <d>", "errorLink": code, "errorId": "oae1", "errorCauses": []any{}}
	}
	cases := map[string]struct {
		environment map[string]string
		several     func(*acctest.Clouds) organizations
		prepare     func(*testing.T, *acctest.Clouds)
		failed      []string
		says        string
		calls       int // to Okta
	}{
		"nothing is set for Okta": {
			environment: map[string]string{"OKTA_CLIENT_ORGURL": "", "OKTA_API_TOKEN": ""}, failed: []string{"okta_reachable"},
			says: "No base URL of an Okta organization is set.",
		},
		"no token is set": {
			environment: map[string]string{"OKTA_API_TOKEN": ""}, failed: []string{"okta_credentials"}, says: "No credential for Okta is set.", calls: 1,
		},
		"no key for Sekoia is set": {
			environment: map[string]string{"SEKOIA_API_KEY": ""}, failed: []string{"sekoia_credentials"}, says: "No Sekoia API key is set.", calls: 2,
		},
		"the admin console's URL is set": {
			environment: map[string]string{"OKTA_CLIENT_ORGURL": "https://acme-admin.okta.com"}, failed: []string{"okta_reachable"},
			says: "base_url is not the URL of an Okta organization.",
		},
		"a URL that can't be parsed is set": {
			environment: map[string]string{"OKTA_CLIENT_ORGURL": "https://acme.okta.com/%zz"}, failed: []string{"okta_reachable"},
			says: "base_url is not the URL of an Okta organization.",
		},
		"a host that may not be trusted": {
			environment: map[string]string{"OKTA_CLIENT_ORGURL": "https://okta.invalid"}, failed: []string{"okta_reachable"}, says: "is not trusted",
		},
		"an organization of several that has no token": {
			several: func(c *acctest.Clouds) organizations { return organizations{"acme": {"base_url": c.Ready.OktaURL}} },
			failed:  []string{"okta_credentials"}, says: "No credential for Okta is set.", calls: 1,
		},
		"an organization of several whose CI secret is not set": {
			several: func(c *acctest.Clouds) organizations {
				return organizations{"acme": {"base_url": c.Ready.OktaURL, "api_token": ""}}
			},
			failed: []string{"okta_credentials"}, says: `okta_organizations["acme"].api_token is empty: is the CI secret set?`, calls: 1,
		},
		"a token with what stands before it in a header": {
			environment: map[string]string{"OKTA_API_TOKEN": "SSWS abc"}, failed: []string{"okta_credentials"}, says: "OKTA_API_TOKEN is not an API token.", calls: 1,
		},
		"a private key that is none": {
			environment: map[string]string{"OKTA_API_TOKEN": "", "OKTA_API_CLIENT_ID": "0oa1", "OKTA_API_PRIVATE_KEY": "nonsense"}, failed: []string{"okta_credentials"},
			says: "OKTA_API_PRIVATE_KEY is not a usable private key.", calls: 1,
		},
		"a token that was revoked": {
			prepare: func(t *testing.T, c *acctest.Clouds) { t.Helper(); c.SetTokens(t, "another") },
			failed:  []string{"okta_credentials"}, says: "Okta answered 401 E0000011", calls: 2,
		},
		"a role that was taken away": {
			prepare: func(t *testing.T, c *acctest.Clouds) {
				t.Helper()
				c.SetFaults(t, okta(http.MethodGet, "/api/v1/devices", http.StatusForbidden, oktaError("E0000006")))
			},
			failed: []string{"okta_devices_read"}, says: "Okta answered 403 E0000006", calls: 2,
		},
		"an outage of Okta": {
			prepare: func(t *testing.T, c *acctest.Clouds) {
				t.Helper()
				c.SetFaults(t, okta("", "", http.StatusServiceUnavailable, nil))
			},
			failed: []string{"okta_reachable"}, says: "503", calls: 2,
		},
		"a key for Sekoia that is wrong": {
			environment: map[string]string{"SEKOIA_API_KEY": "wrong"}, failed: []string{"sekoia_credentials"}, says: "Sekoia answered 401", calls: 2,
		},
		"both are missing": {
			environment: map[string]string{"SEKOIA_API_KEY": "", "OKTA_API_TOKEN": ""}, failed: []string{"okta_credentials", "sekoia_credentials"}, calls: 1,
		},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			clouds := acctest.Start(t, func(c *simulator.Config) { c.Devices, c.Odd = 3, 0 })
			cli := acctest.NewCLI(t, clouds, test.environment)
			several, key := organizations{}, ""
			if test.several != nil {
				several, key = test.several(clouds), "acme"
			}
			if test.prepare != nil {
				test.prepare(t, clouds)
			}
			got := read(t, cli, several, key)
			var failed []string
			for _, check := range got.Checks {
				if check.Status == "failed" {
					failed = append(failed, check.ID)
					if check.Hint == nil || *check.Hint == "" {
						t.Errorf("the check does not say what to do: %+v", check)
					}
				}
			}
			if got.Passed || !slices.Equal(failed, test.failed) {
				t.Errorf("the report is %+v", got)
			}
			if _, message := got.status(test.failed[0]); !strings.Contains(message, test.says) {
				t.Errorf("it does not say %q: %q", test.says, message)
			}
			if rows := strings.Count(got.SummaryMarkdown, "\n| "); rows != len(got.Checks)+1 || !strings.HasPrefix(got.SummaryMarkdown, "### ❌ ") {
				t.Errorf("the summary has %d rows:\n%s", rows, got.SummaryMarkdown)
			}
			if calls := clouds.Requests(t).Of(acctest.Okta); len(calls) != test.calls {
				t.Errorf("want %d calls to Okta, not\n%s", test.calls, calls)
			}
		})
	}
}

func TestAccConnectionTestUnknownKey(t *testing.T) {
	t.Parallel()
	clouds := acctest.Start(t)
	cli := acctest.NewCLI(t, clouds, nil)
	cli.Write(t, "main.tf", file(t, "testdata/test/main.tf"))
	cli.Fail(t, `The provider has no Okta organization with the key "gamma".`, "plan", "-var", "key=gamma")
}

// TestAccConnectionTestUnknownSettings plans with settings that are not known before the apply: the plan goes on, and
// says what is not known. Terraform does not read the data source again in that apply; the next plan does.
func TestAccConnectionTestUnknownSettings(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		unknown string
		failed  string
		status  map[string]string
		says    string
		calls   int
	}{
		"the token": {
			unknown: "api_token", failed: "okta_credentials", says: "okta.api_token", calls: 1,
			status: map[string]string{"okta_reachable": "passed", "okta_inventory": "skipped", "sekoia_credentials": "passed"},
		},
		"the base URL": {
			unknown: "base_url", failed: "okta_reachable", says: "okta.base_url",
			status: map[string]string{"okta_credentials": "skipped", "sekoia_credentials": "passed"},
		},
		"Sekoia's key": {
			unknown: "api_key", failed: "sekoia_credentials", says: "api_key", calls: 2,
			status: map[string]string{"okta_credentials": "passed", "sekoia_community": "skipped"},
		},
		"the community": {
			unknown: "community_id", failed: "sekoia_community", says: "community_id", calls: 2,
			status: map[string]string{"okta_credentials": "passed", "sekoia_credentials": "passed"},
		},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			clouds := acctest.Start(t, func(c *simulator.Config) { c.Devices, c.Odd = 3, 0 })
			cli := acctest.NewCLI(t, clouds, nil)
			settings := map[string]string{
				"base_url": clouds.Ready.OktaURL, "api_token": clouds.Ready.OktaToken, "api_key": clouds.Ready.SekoiaAPIKey,
				"community_id": clouds.Ready.CommunityID,
			}
			delete(settings, test.unknown)
			values, err := json.Marshal(map[string]any{"settings": settings, "okta_url": clouds.Ready.OktaURL, "okta_token": clouds.Ready.OktaToken})
			if err != nil {
				t.Fatal(err)
			}
			cli.Write(t, "main.tf", file(t, "testdata/unknown/main.tf"))
			cli.Write(t, "terraform.tfvars.json", string(values))
			cli.Succeed(t, "plan", "-out=plan")
			var plan struct {
				Changes struct {
					Report struct {
						After tested `json:"after"`
					} `json:"report"`
				} `json:"output_changes"`
			}
			cli.JSON(t, &plan, "show", "-json", "plan")
			got := plan.Changes.Report.After
			if status, message := got.status(test.failed); got.Passed || status != "failed" || !strings.Contains(message, test.says) {
				t.Errorf("the report is %+v", got)
			}
			for id, want := range test.status {
				if status, _ := got.status(id); status != want {
					t.Errorf("%s is %s, want %s", id, status, want)
				}
			}
			if calls := clouds.Requests(t).Of(acctest.Okta); len(calls) != test.calls {
				t.Errorf("want %d calls to Okta, not\n%s", test.calls, calls)
			}
		})
	}
}

// TestAccConnectionTestShowsNoNames looks for what no report may hold.
func TestAccConnectionTestShowsNoNames(t *testing.T) {
	t.Parallel()
	const secretName = "Sesame|`laptop`"
	clouds := acctest.Start(t, func(c *simulator.Config) { c.Devices, c.Odd, c.OddFrom = 5, 0, 0 })
	clouds.PutDevice(t, "guonamed", map[string]any{"status": "ACTIVE", "profile": map[string]any{
		"displayName": secretName, "platform": "MACOS", "serialNumber": secretName, "registered": true,
	}})
	got := read(t, acctest.NewCLI(t, clouds, nil), nil, "")
	status, message := got.status("okta_inventory")
	if status != "warning" || !got.Passed || !strings.Contains(message, "guonamed") {
		t.Errorf("the inventory is %s: %s", status, message)
	}
	encoded, err := json.Marshal(got)
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{"Sesame", clouds.Ready.OktaToken, clouds.Ready.SekoiaAPIKey} {
		if strings.Contains(string(encoded), secret) {
			t.Errorf("the report shows %q", secret)
		}
	}
}

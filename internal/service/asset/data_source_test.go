// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package asset_test

import (
	"encoding/json"
	"net/http"
	"os"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/acctest"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/simulator"
)

// few is a small inventory without odd devices.
func few(devices int) func(*simulator.Config) {
	return func(c *simulator.Config) { c.Devices, c.Odd = devices, 0 }
}

// Two connectors on one account see the same devices, which are one asset each: each connector's coverage counts what
// it saw itself.
func TestAccCoverage_mergedAssets(t *testing.T) {
	t.Parallel()
	clouds := acctest.Start(t, sleepy, few(50))
	on := account(t, clouds, clouds.Ready.OktaURL, clouds.Ready.OktaToken)
	first := connector(t, clouds, on, oktaDeviceConnector)
	asleep(t, clouds, first, 1)
	add(t, clouds, "guolate", 5, nil)
	second := connector(t, clouds, on, oktaDeviceConnector)
	asleep(t, clouds, second, 1)
	if merged := len(held(t, clouds).Assets); merged != 55 {
		t.Fatalf("want 55 assets of two connectors, not %d", merged)
	}
	for id, pending := range map[string]int{first: 5, second: 0} {
		got := coverageOf(t, clouds, map[string]string{"connector_id": strings.ToUpper(id)})
		compare(t, held(t, clouds), id, got)
		if got.MissingByReason["pending"] != pending {
			t.Errorf("want %d pending, not %v", pending, got.MissingByReason)
		}
	}
}

// A revoked asset has arrived, and is not asked to be cleaned up where its device is gone.
func TestAccCoverage_revokedAssets(t *testing.T) {
	t.Parallel()
	clouds := acctest.Start(t, sleepy, few(10))
	id := synced(t, clouds)
	state := held(t, clouds)
	var revoked []string
	for _, asset := range state.Assets {
		if external := asset.Connectors[0].ExternalID; external == state.Devices[0].ID || external == state.Devices[1].ID {
			revoked = append(revoked, asset.UUID)
		}
	}
	clouds.Sekoia(t, http.MethodPost, assetsPath+"/revoke/bulk", map[string]any{"uuids": strings.Join(revoked, ","), "revoke": true}, nil)
	clouds.DeleteDevice(t, state.Devices[1].ID)
	clouds.DeleteDevice(t, state.Devices[2].ID)
	got := coverageOf(t, clouds, map[string]string{"connector_id": id})
	if len(got.Covered) != 8 || len(got.Missing) != 0 || !gocmp.Equal(got.Stale, []string{state.Devices[2].ID}) {
		t.Errorf("want 8 covered, none missing and only the device without a revoked asset stale: %+v", got)
	}
	if want := "\nCovered, and revoked in Sekoia: 1.\n"; !strings.Contains(got.SummaryMarkdown, want) {
		t.Errorf("want %q in:\n%s", want, got.SummaryMarkdown)
	}
	if listed := assetsOf(t, clouds, map[string]string{"connector_id": id}); listed.Total != 8 {
		t.Errorf("sekoia_assets lists %d, want the 8 that are not revoked", listed.Total)
	}
}

func TestAccCoverage_noDevices(t *testing.T) {
	t.Parallel()
	clouds := acctest.Start(t, sleepy, few(0))
	id := synced(t, clouds)
	clouds.ResetRequests(t)
	got := coverageOf(t, clouds, map[string]string{"connector_id": id})
	if got.CoverageRatio != nil || len(got.Covered)+len(got.Missing)+len(got.Stale) > 0 || len(got.MissingByReason) != 5 {
		t.Errorf("want nothing, and no ratio: %+v", got)
	}
	countCalls(t, clouds, 0, 0)
}

// The names of the devices and of their users are in neither the Markdown nor the state.
func TestAccCoverage_namesNobody(t *testing.T) {
	t.Parallel()
	clouds := acctest.Start(t, sleepy, func(c *simulator.Config) { c.Devices, c.Odd, c.OddFrom = 300, 20, 250 })
	id := synced(t, clouds)
	cli := prepared(t, clouds, "coverage", map[string]string{"connector_id": id})
	text := cli.Succeed(t, "apply", "-auto-approve") + cli.Succeed(t, "show", "-json")
	for _, device := range held(t, clouds).Devices {
		for _, field := range []string{"displayName", "serialNumber"} {
			if name, _ := device.Profile[field].(string); len(name) > 4 && strings.Contains(text, name) {
				t.Errorf("the %s of a device is shown", field)
			}
		}
	}
}

func TestAccCoverage_isRefused(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		// prepare does what the case is about to a synced connector, and returns the id to ask for.
		prepare func(t *testing.T, clouds *acctest.Clouds, id string) string
		want    string
		// without is a path that must not have been called.
		without string
	}{
		"no such connector": {
			prepare: func(*testing.T, *acctest.Clouds, string) string { return "00000000-0000-4000-8000-000000000000" },
			want:    "Sekoia has no such connector", without: assetsPath,
		},
		"no UUID": {
			prepare: func(*testing.T, *acctest.Clouds, string) string { return "Okta devices" }, want: "connector_id must be a UUID", without: connectorsPath,
		},
		"a connector of another type": {
			prepare: func(t *testing.T, clouds *acctest.Clouds, _ string) string {
				t.Helper()
				const users = "aaaaaaaa-0000-4000-8000-00000000aaaa"
				clouds.SetCatalogue(t, map[string]any{"connectors": []any{oktaDeviceConnector, map[string]any{"uuid": users, "module_uuid": oktaModule}}})
				return connector(t, clouds, clouds.State(t).Accounts[0].UUID, users)
			},
			want: "This connector is another one of Sekoia's catalogue: aaaaaaaa-0000-4000-8000-00000000aaaa.", without: assetsPath,
		},
		"the account is gone": {
			prepare: func(t *testing.T, clouds *acctest.Clouds, id string) string {
				t.Helper()
				clouds.PatchAccount(t, clouds.State(t).Accounts[0].UUID, map[string]any{"deleted": true})
				return id
			},
			want: "the connector's account is gone", without: assetsPath,
		},
		"the key may not read accounts": {
			prepare: forbidden(accountsPath + "/*"), want: `the API key needs the permission "View playbooks"`, without: assetsPath,
		},
		"the key may not read the connector": {
			prepare: forbidden(connectorsPath + "/*"), want: "the connector could not be read from Sekoia", without: assetsPath,
		},
		"the key may not read assets": {
			prepare: forbidden(assetsPath), want: "Give the API key a role that allows this",
		},
		"Okta does not list its devices": {
			prepare: func(t *testing.T, clouds *acctest.Clouds, id string) string {
				t.Helper()
				clouds.SetFaults(t, acctest.Fault{Cloud: acctest.Okta, Path: devicesPath, Kind: "status", Status: http.StatusForbidden, Body: map[string]any{
					"errorCode": "E0000006", "errorSummary": "You do not have permission to perform the requested action",
				}})
				return id
			},
			want: "may not read devices",
		},
		"Classic Engine": {
			prepare: func(t *testing.T, clouds *acctest.Clouds, id string) string {
				t.Helper()
				clouds.SetOrganization(t, map[string]any{"pipeline": "v1"})
				return id
			},
			want: "This organization is on Okta's Classic Engine", without: devicesPath,
		},
		"a host that no credential may go to": {
			prepare: onBaseURL("http://acme.example"), want: "the connector's organization could not be compared", without: assetsPath,
		},
		"a base URL that is none": {
			prepare: onBaseURL("https://[acme"), want: "The connector reads https://[acme, and this data source", without: assetsPath,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			clouds := acctest.Start(t, sleepy, few(3))
			id := test.prepare(t, clouds, synced(t, clouds))
			clouds.ResetRequests(t)
			prepared(t, clouds, "coverage", map[string]string{"connector_id": id}).Fail(t, test.want, "plan")
			calls := clouds.Requests(t).Pick(func(r acctest.Request) bool { return r.UserAgent != acctest.ConnectorUserAgent })
			if unwanted := calls.Path(http.MethodGet, test.without+"*"); test.without != "" && len(unwanted) > 0 {
				t.Errorf("calls that were not needed:\n%s", unwanted)
			}
		})
	}
}

// forbidden answers 403 to one path of Sekoia's.
func forbidden(path string) func(*testing.T, *acctest.Clouds, string) string {
	return func(t *testing.T, clouds *acctest.Clouds, id string) string {
		t.Helper()
		clouds.SetFaults(t, acctest.Fault{
			Cloud: acctest.Sekoia, Path: path, Kind: "status", Status: http.StatusForbidden, Body: map[string]any{"code": "forbidden", "message": "Permissions required"},
		})
		return id
	}
}

// onBaseURL changes where the connector's account says that the organization is.
func onBaseURL(base any) func(*testing.T, *acctest.Clouds, string) string {
	return func(t *testing.T, clouds *acctest.Clouds, id string) string {
		t.Helper()
		clouds.PatchAccount(t, clouds.State(t).Accounts[0].UUID, map[string]any{"value": map[string]any{"base_url": base}})
		return id
	}
}

func TestAccCoverage_anotherOrganization(t *testing.T) {
	t.Parallel()

	// A connector of clouds calls the other simulator, so that one ends last: until then no other test gets its port.
	other := acctest.Start(t, few(3), func(c *simulator.Config) { c.Seed = 77 })
	clouds := acctest.Start(t, sleepy, few(3))
	id := connector(t, clouds, account(t, clouds, other.Ready.OktaURL, other.Ready.OktaToken), oktaDeviceConnector)
	asleep(t, clouds, id, 1)
	clouds.ResetRequests(t)
	other.ResetRequests(t)
	prepared(t, clouds, "coverage", map[string]string{"connector_id": id}).Fail(t, "the connector reads another Okta organization", "plan")
	asked := other.Requests(t).Of(acctest.Okta)
	if len(asked) != 1 || asked[0].Path != wellKnownPath || asked[0].Authorized {
		t.Errorf("want one look at the other organization, without a credential:\n%s", asked)
	}
	if listed := clouds.Requests(t).Of(acctest.Okta).Path(http.MethodGet, devicesPath); len(listed) > 0 {
		t.Errorf("devices were listed all the same:\n%s", listed)
	}
}

// The same organization under another name is no error.
func TestAccCoverage_theSameOrganization(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		base func(t *testing.T, clouds *acctest.Clouds) any
		// looks is how often the organization is asked what it is.
		looks   int
		warning string
	}{
		"with a trailing slash": {
			base:  func(_ *testing.T, clouds *acctest.Clouds) any { return clouds.Ready.OktaURL + "/" },
			looks: 1,
		},
		"on another host, which gives the same id": {
			base: func(_ *testing.T, clouds *acctest.Clouds) any {
				return strings.Replace(clouds.Ready.OktaURL, "127.0.0.1", "localhost", 1)
			},
			looks: 2,
		},
		"on the custom domain that the organization names": {
			base: func(t *testing.T, clouds *acctest.Clouds) any {
				t.Helper()
				clouds.SetOrganization(t, map[string]any{"alternate": "https://id.acme.example"})
				return "https://id.acme.example"
			},
			looks: 1,
		},
		"where Sekoia does not tell the base URL": {
			base: func(*testing.T, *acctest.Clouds) any { return nil }, looks: 1, warning: "the connector's organization is not known",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			clouds := acctest.Start(t, sleepy, few(3))
			id := onBaseURL(test.base(t, clouds))(t, clouds, synced(t, clouds))
			clouds.ResetRequests(t)
			text := prepared(t, clouds, "coverage", map[string]string{"connector_id": id}).Succeed(t, "plan")
			if flat := acctest.Flat(text); !strings.Contains(flat, "3 of 3 devices arrived (100.0 %)") || !strings.Contains(flat, test.warning) {
				t.Errorf("want all covered, and the warning %q:\n%s", test.warning, text)
			}
			if test.warning == "" && strings.Contains(text, "Warning: The connector") {
				t.Errorf("did not want a warning:\n%s", text)
			}
			if looks := clouds.Requests(t).Of(acctest.Okta).Path(http.MethodGet, wellKnownPath); len(looks) != test.looks {
				t.Errorf("want %d looks at the organization:\n%s", test.looks, looks)
			}
		})
	}
}

// assetsResult is what sekoia_assets says.
type assetsResult struct {
	Total  int
	Assets []struct {
		ID          string
		Name        string
		Type        string
		CommunityID string `json:"community_id"`
		Revoked     bool
		Connectors  []struct {
			ConnectorID string `json:"connector_id"`
			CatalogueID string `json:"catalogue_id"`
			ExternalID  string `json:"external_id"`
		}
	}
}

func assetsOf(t *testing.T, clouds *acctest.Clouds, variables map[string]string) assetsResult {
	t.Helper()
	cli := prepared(t, clouds, "assets", variables)
	cli.Succeed(t, "apply", "-auto-approve")
	var outputs struct{ Assets struct{ Value assetsResult } }
	cli.JSON(t, &outputs, "output", "-json")
	return outputs.Assets.Value
}

// named is how many assets have a text in their name.
func named(state heldState, text string) int {
	found := 0
	for _, asset := range state.Assets {
		if strings.Contains(strings.ToLower(asset.Name), strings.ToLower(text)) {
			found++
		}
	}
	return found
}

func TestAccAssets(t *testing.T) {
	t.Parallel()
	clouds := acctest.Start(t, sleepy, few(230))
	first := synced(t, clouds)
	add(t, clouds, "guolate", 2, nil)
	second := synced(t, clouds)
	state := held(t, clouds)
	for name, test := range map[string]struct {
		variables map[string]string
		total     int
	}{
		"all":                       {total: 232},
		"of one connector":          {map[string]string{"connector_id": first}, 230},
		"of another, in capitals":   {map[string]string{"connector_id": strings.ToUpper(second)}, 232},
		"by type":                   {map[string]string{"connector_id": second, "type": "host"}, 232},
		"by a type that none is of": {map[string]string{"type": "account"}, 0},
		"by name":                   {map[string]string{"search": "Laptop 001"}, named(state, "Laptop 001")},
		"of nobody":                 {map[string]string{"connector_id": "00000000-0000-4000-8000-000000000000"}, 0},
	} {
		if got := assetsOf(t, clouds, test.variables); got.Total != test.total || len(got.Assets) != test.total {
			t.Errorf("%s: want %d assets, not %d of %d", name, test.total, len(got.Assets), got.Total)
		}
	}
	clouds.ResetRequests(t)
	got := assetsOf(t, clouds, nil)
	if calls := clouds.Requests(t).Of(acctest.Sekoia); len(calls) != 3 || len(calls.Path(http.MethodGet, assetsPath)) != 3 {
		t.Errorf("want 3 calls for 232 assets:\n%s", calls)
	}
	for index, want := range state.Assets {
		asset := got.Assets[index]
		if asset.ID != want.UUID || asset.Name != want.Name || asset.Type != "host" || asset.CommunityID != clouds.Ready.CommunityID ||
			asset.Revoked || len(asset.Connectors) != len(want.Connectors) {
			t.Fatalf("asset %d is %+v, want %+v", index, asset, want)
		}
		for share, by := range want.Connectors {
			if seen := asset.Connectors[share]; seen.ConnectorID != by.UUID || seen.ExternalID != by.ExternalID || seen.CatalogueID != oktaDeviceConnector {
				t.Fatalf("asset %d was seen by %+v, want %+v", index, seen, by)
			}
		}
	}
}

func TestAccAssets_areRefused(t *testing.T) {
	t.Parallel()
	clouds := acctest.Start(t, few(0))
	forbidden(assetsPath)(t, clouds, "")
	prepared(t, clouds, "assets", nil).Fail(t, "Give the API key a role that allows this", "plan")
	clouds.SetFaults(t, acctest.Fault{Cloud: acctest.Sekoia, Path: assetsPath, Kind: "status", Status: http.StatusUnauthorized, Body: map[string]any{}})
	prepared(t, clouds, "assets", nil).Fail(t, `provider "sekoia": Sekoia rejected the API key (401)`, "plan")
	prepared(t, clouds, "assets", map[string]string{"search": ""}).Fail(t, "must not be empty", "plan")
}

// However many data sources ask for the same, each page is one call.
func TestAccCoverage_readsNothingTwice(t *testing.T) {
	t.Parallel()
	clouds := acctest.Start(t, sleepy, few(250))
	id := synced(t, clouds)
	clouds.ResetRequests(t)
	cli := prepared(t, clouds, "shared", map[string]string{"connector_id": id})
	cli.Succeed(t, "apply", "-auto-approve")
	countCalls(t, clouds, 250, 250)
	var outputs struct{ Covered struct{ Value []int } }
	cli.JSON(t, &outputs, "output", "-json")
	if diff := gocmp.Diff([]int{250, 250, 250}, outputs.Covered.Value); diff != "" {
		t.Errorf("covered (-want +got):\n%s", diff)
	}
}

// Each connector is compared with the organization that it reads, and with no other.
func TestAccCoverage_severalOrganizations(t *testing.T) {
	t.Parallel()
	beta := acctest.Start(t, few(4), func(c *simulator.Config) { c.Seed = 77 })
	alpha := acctest.Start(t, sleepy, few(7))
	alphaID := synced(t, alpha)
	betaID := connector(t, alpha, account(t, alpha, beta.Ready.OktaURL, beta.Ready.OktaToken), oktaDeviceConnector)
	asleep(t, alpha, betaID, 1)
	organizations := func(alphaConnector, betaConnector string) map[string]string {
		written, err := json.Marshal(map[string]map[string]string{
			"alpha": {"base_url": alpha.Ready.OktaURL, "api_token": alpha.Ready.OktaToken, "connector_id": alphaConnector},
			"beta":  {"base_url": beta.Ready.OktaURL, "api_token": beta.Ready.OktaToken, "connector_id": betaConnector},
		})
		if err != nil {
			t.Fatal(err)
		}
		return map[string]string{"organizations": string(written)}
	}
	cli := prepared(t, alpha, "organizations", organizations(alphaID, betaID))
	cli.Setenv("OKTA_API_TOKEN", "")
	cli.Setenv("OKTA_CLIENT_ORGURL", "")
	cli.Succeed(t, "apply", "-auto-approve")
	var outputs struct {
		Covered struct{ Value map[string]int } `json:"covered"`
	}
	cli.JSON(t, &outputs, "output", "-json")
	if diff := gocmp.Diff(map[string]int{"alpha": 7, "beta": 4}, outputs.Covered.Value); diff != "" {
		t.Errorf("covered (-want +got):\n%s", diff)
	}
	prepared(t, alpha, "organizations", organizations(betaID, betaID)).Fail(t, "the connector reads another Okta organization", "plan")
}

// The examples are what the registry's pages show.
func TestAccExamples(t *testing.T) {
	t.Parallel()
	clouds := acctest.Start(t, sleepy, few(6))
	synced(t, clouds)
	add(t, clouds, "guonew", 2, func(number int) string {
		if number == 1 {
			return "platform"
		}
		return ""
	})
	for _, name := range []string{"sekoia_okta_device_coverage", "sekoia_assets"} {
		content, err := os.ReadFile("../../../examples/data-sources/" + name + "/data-source.tf")
		if err != nil {
			t.Fatal(err)
		}
		cli := acctest.NewCLI(t, clouds, nil)
		cli.Write(t, "main.tf", string(content))
		cli.Write(t, "versions.tf", "terraform {\n  required_providers {\n    sekoia = {\n      source = \"sekoia-io/sekoia\"\n    }\n  }\n}\n")
		text := acctest.Flat(cli.Succeed(t, "apply", "-auto-approve"))
		var outputs map[string]struct{ Value any }
		cli.JSON(t, &outputs, "output", "-json")
		switch name {
		case "sekoia_assets":
			if ids, _ := outputs["okta_ids"].Value.(map[string]any); outputs["asset_count"].Value != 6.0 || len(ids) != 6 {
				t.Errorf("the example's outputs are %v", outputs)
			}
		default:
			fix, _ := outputs["to_fix"].Value.(map[string]any)
			if !gocmp.Equal(fix, map[string]any{"guonew001": "platform"}) {
				t.Errorf("the example's outputs are %v", outputs)
			}
			if want := `Missing in Sekoia: {"before_checkpoint":0,"behind":1,"lacks_field":1,"pending":0,"unknown":0}`; !strings.Contains(text, want) {
				t.Errorf("the check of the example does not say %s:\n%s", want, text)
			}
		}
	}
}

// on_failure relaxes what could not be read, and not a mistake in the configuration.
func TestAccCoverage_onFailureKeepsMistakes(t *testing.T) {
	t.Parallel()
	other := acctest.Start(t, few(3), func(c *simulator.Config) { c.Seed = 77 })
	clouds := acctest.Start(t, sleepy, few(3))
	id := connector(t, clouds, account(t, clouds, other.Ready.OktaURL, other.Ready.OktaToken), oktaDeviceConnector)
	asleep(t, clouds, id, 1)
	cli := prepared(t, clouds, "coverage", map[string]string{"connector_id": id, "on_failure": "warning"})
	cli.Fail(t, "the connector reads another Okta organization", "plan")
}

// Okta refuses the token of a configuration that is to be destroyed.
func TestAccCoverage_onFailure(t *testing.T) {
	t.Parallel()
	clouds := acctest.Start(t, sleepy, few(10))
	id := synced(t, clouds)
	clouds.SetTokens(t, clouds.Ready.OktaToken+"2")
	cli := prepared(t, clouds, "coverage", map[string]string{"connector_id": id})
	if text := cli.Fail(t, "API token", "apply", "-auto-approve"); strings.Count(text, "troubleshooting#a-destroy-blocked-by-its-plan") != 1 {
		t.Errorf("the way out is not shown once:\n%s", text)
	}
	cli.Setenv("TF_VAR_on_failure", "warning")
	if text := cli.Succeed(t, "apply", "-auto-approve"); !strings.Contains(text, `The results are null, because on_failure is "warning".`) {
		t.Errorf("the warning does not say what on_failure did:\n%s", text)
	}
	var outputs struct {
		Coverage struct{ Value coverageResult } `json:"coverage"`
	}
	cli.JSON(t, &outputs, "output", "-json")
	got := outputs.Coverage.Value
	if got.Covered != nil || got.Missing != nil || got.Stale != nil || got.MissingByReason != nil || got.CoverageRatio != nil {
		t.Errorf("want null, not %+v", got)
	}
	host := strings.TrimPrefix(clouds.Ready.OktaURL, "http://")
	if !strings.HasPrefix(got.SummaryMarkdown, "### ❌ "+host+": Okta devices in Sekoia\n\nThe coverage could not be read.\n") {
		t.Errorf("the summary does not say so:\n%s", got.SummaryMarkdown)
	}
	cli.Succeed(t, "plan", "-detailed-exitcode") // a code of 2 would be a change
	cli.Succeed(t, "destroy", "-auto-approve")
}

// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package connector_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/acctest"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/simulator"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/diagnostic"
)

const (
	oktaModule          = "4ef895d1-3f21-4678-8d0a-5c39c37210fe"
	oktaDeviceConnector = "b6e2c8a2-4f3b-4e7a-8c1d-2e4f3a6b7c9d"
	assetsPath          = "/v2/asset-management/assets"
)

// shown is a connector as the data sources show it.
type shown struct {
	ID          string  `json:"id"`
	Name        string  `json:"name"`
	BaseURL     *string `json:"base_url"`
	AccountID   string  `json:"account_id"`
	CommunityID string  `json:"community_id"`
	Status      *string `json:"status"`
	Enabled     *bool   `json:"enabled"`
	AssetCount  *int    `json:"asset_count"`
	CreatedAt   *string `json:"created_at"`
	UpdatedAt   *string `json:"updated_at"`
	Logs        []struct {
		Date    time.Time `json:"date"`
		Level   string    `json:"level"`
		Message string    `json:"message"`
	} `json:"logs"`
}

// byHand makes an account and a connector on it as a person does on Sekoia's web page.
func byHand(t *testing.T, clouds *acctest.Clouds, name, community string) (accountID, connectorID string) {
	t.Helper()
	var account, connector struct {
		UUID string `json:"uuid"`
	}
	clouds.Sekoia(t, http.MethodPost, accountsPath, map[string]any{
		"name": name, "module_uuid": oktaModule, "community_uuid": community,
		"value": map[string]any{"base_url": clouds.Ready.OktaURL, "apikey": clouds.Ready.OktaToken},
	}, &account)
	clouds.Sekoia(t, http.MethodPost, connectorsPath, map[string]any{
		"name": name, "connector_uuid": oktaDeviceConnector, "module_configuration_uuid": account.UUID, "community_uuid": community,
		"value": map[string]any{},
	}, &connector)
	return account.UUID, connector.UUID
}

// readsWith is a CLI with one of the configurations in testdata, or in the examples.
func readsWith(t *testing.T, clouds *acctest.Clouds, file string) *acctest.CLI {
	t.Helper()
	text := fileText(t, file)
	if !strings.Contains(text, "required_providers") {
		text = providerSource + text
	}
	cli := acctest.NewCLI(t, clouds, nil)
	cli.Write(t, "main.tf", text)
	return cli
}

// fileText reads a file.
func fileText(t *testing.T, file string) string {
	t.Helper()
	content, err := os.ReadFile(filepath.Clean(file))
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

// applied applies, and reads an output.
func applied[T any](t *testing.T, cli *acctest.CLI, output string, variables ...string) (value T, printed string) {
	t.Helper()
	arguments := []string{"apply", "-auto-approve", "-no-color"}
	for _, variable := range variables {
		arguments = append(arguments, "-var", variable)
	}
	printed = cli.Succeed(t, arguments...)
	var outputs map[string]struct {
		Value T `json:"value"`
	}
	cli.JSON(t, &outputs, "output", "-json")
	return outputs[output].Value, printed
}

// idle reports whether the connector has ended a cycle with nothing more to fetch.
func idle(t *testing.T, clouds *acctest.Clouds, connectorID string) bool {
	t.Helper()
	var log struct {
		Items []struct{ Message string } `json:"items"`
	}
	clouds.Sekoia(t, http.MethodGet, connectorsPath+"/"+connectorID+"/logs?limit=100", nil, &log)
	for _, line := range log.Items {
		if strings.HasPrefix(line.Message, "Next run in the future") {
			return true
		}
	}
	return false
}

// settled waits until the simulated connector has brought its devices.
func settled(t *testing.T, clouds *acctest.Clouds, connectorID string, assets int) {
	t.Helper()
	deadline := time.After(20 * time.Second)
	for {
		brought := 0
		for _, asset := range clouds.State(t).Assets {
			for _, share := range asset.Connectors {
				if share.UUID == connectorID {
					brought++
				}
			}
		}
		if brought == assets && idle(t, clouds, connectorID) {
			return
		}
		select {
		case <-deadline:
			t.Fatalf("the connector brought %d assets, want %d", brought, assets)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

func TestAccConnectorDataSourceShowsOne(t *testing.T) {
	t.Parallel()
	const name = `Okta, "devices" – ünïcode`
	clouds := acctest.Start(t, func(c *simulator.Config) { c.Devices, c.Odd = 7, 0 })
	accountID, connectorID := byHand(t, clouds, name, clouds.Ready.CommunityID)
	byHand(t, clouds, "Okta", clouds.Ready.CommunityID)
	settled(t, clouds, connectorID, 7)
	cli := readsWith(t, clouds, "testdata/one/main.tf")
	for variable, calls := range map[string]string{"connector_id=" + connectorID: connectorsPath + "/" + connectorID, "name=" + name: connectorsPath} {
		clouds.ResetRequests(t)
		cli.Succeed(t, "plan", "-refresh-only", "-var", variable)

		// Each of what is needed once: the connector, its account, its assets, its log.
		want := []string{calls, accountsPath + "/" + accountID, assetsPath, connectorsPath + "/" + connectorID + "/logs"}
		if got := paths(clouds.Requests(t)); !slices.Equal(got, sorted(want)) {
			t.Errorf("%s makes the calls %v, want %v", variable, got, want)
		}
		got, _ := applied[shown](t, cli, "connector", variable)
		if got.ID != connectorID || got.Name != name || got.AccountID != accountID || got.CommunityID != clouds.Ready.CommunityID ||
			*got.BaseURL != clouds.Ready.OktaURL || *got.Status != "RUNNING" || !*got.Enabled || *got.AssetCount != 7 ||
			got.CreatedAt == nil || len(got.Logs) == 0 {
			t.Errorf("%s shows %+v", variable, got)
		}
		if !slices.IsSortedFunc(got.Logs, func(a, b struct {
			Date    time.Time `json:"date"`
			Level   string    `json:"level"`
			Message string    `json:"message"`
		}) int {
			return b.Date.Compare(a.Date)
		}) {
			t.Errorf("the log is not newest first: %+v", got.Logs)
		}
	}
	clouds.ResetRequests(t)
	got, _ := applied[shown](t, cli, "connector", "connector_id="+connectorID, "log_lines=0")
	if got.Logs != nil || len(clouds.Requests(t).Path(http.MethodGet, connectorsPath+"/*").Pick(isLog)) != 0 {
		t.Errorf("without log_lines the log is read: %+v", got.Logs)
	}
	got, _ = applied[shown](t, cli, "connector", "connector_id="+connectorID, "log_lines=1")
	if len(got.Logs) != 1 {
		t.Errorf("one line of the log is %+v", got.Logs)
	}
}

func isLog(request acctest.Request) bool { return strings.HasSuffix(request.Path, "/logs") }

// paths are those of the calls to Sekoia, sorted.
func paths(requests acctest.Requests) []string {
	var paths []string
	for _, request := range requests.Of(acctest.Sekoia) {
		paths = append(paths, request.Path)
	}
	return sorted(paths)
}

func sorted(texts []string) []string {
	slices.Sort(texts)
	return texts
}

func TestAccConnectorDataSourceRefusals(t *testing.T) {
	t.Parallel()
	clouds := acctest.Start(t, func(c *simulator.Config) { c.Devices, c.Communities = 1, 2 })
	_, first := byHand(t, clouds, "Twice", clouds.Ready.CommunityID)
	_, second := byHand(t, clouds, "Twice", clouds.Ready.CommunityID)
	_, deleted := byHand(t, clouds, "Deleted", clouds.Ready.CommunityID)
	_, other := byHand(t, clouds, "Other", clouds.Ready.CommunityID)
	clouds.PatchConnector(t, deleted, map[string]any{"deleted": true})
	clouds.PatchConnector(t, other, map[string]any{"connector_uuid": "00000000-0000-4000-8000-000000000001"})
	elsewhere := otherCommunity(t, clouds)
	_, third := byHand(t, clouds, "Two communities", elsewhere)
	_, fourth := byHand(t, clouds, "Two communities", clouds.Ready.CommunityID)
	cli := readsWith(t, clouds, "testdata/one/main.tf")
	for name, test := range map[string]struct{ variable, want string }{
		"an ambiguous name":                      {"name=Twice", fmt.Sprintf("Sekoia has 2 Okta Device connectors with this name: %s, %s.", first, second)},
		"a name that two communities have":       {"name=Two communities", fmt.Sprintf("%s (in the community %s), %s", third, elsewhere, fourth)},
		"a name that nothing has":                {"name=Nothing", ": no such connector"},
		"a name that only begins the same":       {"name=Twic", ": no such connector"},
		"the name of a deleted one":              {"name=Deleted", ": no such connector"},
		"the id of a deleted one":                {"connector_id=" + deleted, ": no such connector"},
		"the name of one of another type":        {"name=Other", ": no such connector"},
		"the id of one of another type":          {"connector_id=" + other, "is of another type"},
		"an id that nothing has":                 {"connector_id=00000000-0000-4000-8000-000000000002", ": no such connector"},
		"an id that is none":                     {"connector_id=Twice", "id must be a UUID such as"},
		"neither id nor name":                    {"log_lines=3", "Set exactly one of id, name."},
		"more lines than the data source offers": {"log_lines=1001", "log_lines: 1001 must be a whole number from 0 to 1000"},
		"half a line":                            {"log_lines=1.5", "log_lines: 1.5 must be a whole number from 0 to 1000"},
	} {
		output := cli.Run(t, "plan", "-var", test.variable)
		if output.Exit == 0 || !strings.Contains(acctest.Flat(output.Text), test.want) {
			t.Errorf("%s does not say %q:\n%s", name, test.want, output.Text)
		}
	}
	got, _ := applied[shown](t, cli, "connector", "name=Two communities", "community_id="+elsewhere)
	if got.ID != third || got.CommunityID != elsewhere {
		t.Errorf("in one community the name is that of %+v", got)
	}
}

// otherCommunity is a community that the key sees besides its own.
func otherCommunity(t *testing.T, clouds *acctest.Clouds) string {
	t.Helper()
	var seen struct {
		Items []struct {
			Subcommunities []string `json:"subcommunities"`
		} `json:"items"`
	}
	clouds.Sekoia(t, http.MethodGet, "/v1/me/communities", nil, &seen)
	return seen.Items[0].Subcommunities[0]
}

func TestAccConnectorDataSourcesWithoutPermissions(t *testing.T) {
	t.Parallel()
	clouds := acctest.Start(t, func(c *simulator.Config) { c.Devices, c.Odd = 3, 0 })
	accountID, connectorID := byHand(t, clouds, "One", clouds.Ready.CommunityID)
	byHand(t, clouds, "Two", clouds.Ready.CommunityID)
	settled(t, clouds, connectorID, 3)
	refusal := map[string]any{"code": "F1", "message": "not allowed"}
	forbids := func(path string) acctest.Fault {
		return answer(acctest.Sekoia, http.MethodGet, path, http.StatusForbidden, refusal)
	}
	one := readsWith(t, clouds, "testdata/one/main.tf")
	all := readsWith(t, clouds, "testdata/connectors/main.tf")
	cases := map[string]struct {
		path    []string
		warning string
		missing func(shown) bool
	}{
		"logs": {
			[]string{connectorsPath + "/" + connectorID + "/logs"}, "the log could not be read",
			func(c shown) bool { return c.Logs == nil && c.AssetCount != nil && c.BaseURL != nil },
		},
		"assets": {
			[]string{assetsPath}, "the assets could not be counted",
			func(c shown) bool { return c.AssetCount == nil && c.Logs != nil && c.BaseURL != nil },
		},
		"accounts": {
			[]string{accountsPath, accountsPath + "/" + accountID}, "the account could not be read",
			func(c shown) bool { return c.BaseURL == nil && c.Logs != nil && c.AssetCount != nil },
		},
	}
	for name, test := range cases {
		var faults []acctest.Fault
		for _, path := range test.path {
			faults = append(faults, forbids(path))
		}
		clouds.SetFaults(t, faults...)
		got, printed := applied[shown](t, one, "connector", "connector_id="+connectorID)
		if !test.missing(got) || strings.Count(printed, ": "+test.warning) != 1 || !strings.Contains(printed, "403") {
			t.Errorf("%s: one connector is shown as %+v\n%s", name, got, printed)
		}
		connectors, printed := applied[[]shown](t, all, "connectors", "log_lines=5")
		if len(connectors) != 2 || !test.missing(connectors[0]) || strings.Count(printed, diagnostic.About("", test.warning)) != 1 {
			t.Errorf("%s: all connectors are shown as %+v\n%s", name, connectors, printed)
		}
	}

	// An outage is no missing permission.
	clouds.SetFaults(t, answer(acctest.Sekoia, http.MethodGet, assetsPath, http.StatusBadRequest, refusal))
	one.Fail(t, ": the assets or the log of a connector could not be read", "plan", "-var", "connector_id="+connectorID)
	all.Fail(t, "The assets or the log of a connector could not be read", "plan")
	clouds.SetFaults(t, answer(acctest.Sekoia, http.MethodGet, accountsPath+"*", http.StatusBadRequest, refusal))
	one.Fail(t, ": the connector's account could not be read", "plan", "-var", "connector_id="+connectorID)
	all.Fail(t, "The connectors' accounts could not be listed", "plan")
	clouds.SetFaults(t, forbids(connectorsPath), forbids(connectorsPath+"/"+connectorID))
	one.Fail(t, `needs the permission "View intakes"`, "plan", "-var", "connector_id="+connectorID)
	one.Fail(t, `needs the permission "View intakes"`, "plan", "-var", "name=One")
	all.Fail(t, `needs the permission "View intakes"`, "plan")
}

func TestAccConnectorsDataSourceShowsAll(t *testing.T) {
	t.Parallel()
	const count = 130
	clouds := acctest.Start(t, func(c *simulator.Config) { c.Devices, c.Odd, c.Communities = 2, 0, 2 })
	elsewhere := otherCommunity(t, clouds)
	var ids []string
	for index := range count {
		_, id := byHand(t, clouds, fmt.Sprintf("Connector, %03d", index), clouds.Ready.CommunityID)
		ids = append(ids, id)
	}
	clouds.PatchConnector(t, ids[0], map[string]any{"deleted": true})
	clouds.PatchConnector(t, ids[1], map[string]any{"connector_uuid": "00000000-0000-4000-8000-000000000001"})
	clouds.PatchConnector(t, ids[2], map[string]any{"display_status": nil})
	clouds.PatchConnector(t, ids[3], map[string]any{"display_status": "CRITICAL_ERROR"})
	_, away := byHand(t, clouds, "Away", elsewhere)
	want := append(slices.Clone(ids[2:]), away)
	settled(t, clouds, away, 2)
	cli := readsWith(t, clouds, "testdata/connectors/main.tf")
	clouds.ResetRequests(t)
	connectors, _ := applied[[]shown](t, cli, "connectors")
	var got []string
	for _, connector := range connectors {
		got = append(got, connector.ID)
	}
	if !slices.Equal(got, want) {
		t.Fatalf("%d connectors are shown, want the %d others, oldest first", len(got), len(want))
	}
	first, second, last := connectors[0], connectors[1], connectors[len(connectors)-1]
	if first.Status != nil || first.Enabled != nil || *second.Status != "CRITICAL_ERROR" || *second.Enabled ||
		last.CommunityID != elsewhere || *last.AssetCount != 2 || *last.BaseURL != clouds.Ready.OktaURL || last.Logs != nil {
		t.Errorf("connectors are shown as %+v, %+v, %+v", first, second, last)
	}

	// Both lists have two pages; nothing but the assets is asked for once for each connector.
	calls := clouds.Requests(t).Of(acctest.Sekoia)
	if lists, accounts, counts := len(calls.Path(http.MethodGet, connectorsPath)), len(calls.Path(http.MethodGet, accountsPath)),
		len(calls.Path(http.MethodGet, assetsPath)); lists != 2 || accounts != 2 || counts != len(want) || len(calls) != 4+len(want) {
		t.Errorf("%d lists, %d of accounts, %d counts, %d calls in all", lists, accounts, counts, len(calls))
	}
	clouds.ResetRequests(t)
	connectors, _ = applied[[]shown](t, cli, "connectors", "name=Connector, 007", "log_lines=3")
	if len(connectors) != 1 || connectors[0].ID != ids[7] || len(connectors[0].Logs) != 3 {
		t.Errorf("the connectors of a name with a comma are %+v", connectors)
	}
	connectors, _ = applied[[]shown](t, cli, "connectors", "community_id="+strings.ToUpper(elsewhere))
	if len(connectors) != 1 || connectors[0].ID != away {
		t.Errorf("the connectors of a community are %+v", connectors)
	}
	connectors, _ = applied[[]shown](t, cli, "connectors", "name=Nothing")
	if connectors == nil || len(connectors) != 0 {
		t.Errorf("no connectors are %+v", connectors)
	}
}

// The account may be gone while its connector is there, or Sekoia may not tell its base URL.
func TestAccConnectorDataSourceOfAnAccountThatIsGone(t *testing.T) {
	t.Parallel()
	clouds := acctest.Start(t, func(c *simulator.Config) { c.Devices = 1 })
	gone, orphan := byHand(t, clouds, "Orphan", clouds.Ready.CommunityID)
	silent, quiet := byHand(t, clouds, "Quiet", clouds.Ready.CommunityID)
	clouds.PatchAccount(t, gone, map[string]any{"deleted": true})
	clouds.PatchAccount(t, silent, map[string]any{"value": map[string]any{"base_url": nil}})
	one := readsWith(t, clouds, "testdata/one/main.tf")
	for _, id := range []string{orphan, quiet} {
		if got, _ := applied[shown](t, one, "connector", "connector_id="+id); got.BaseURL != nil || got.AccountID == "" {
			t.Errorf("the connector is shown as %+v", got)
		}
	}
	connectors, _ := applied[[]shown](t, readsWith(t, clouds, "testdata/connectors/main.tf"), "connectors")
	for _, connector := range connectors {
		if connector.BaseURL != nil {
			t.Errorf("the connector is shown as %+v", connector)
		}
	}
}

func TestAccConnectorDataSourceExamples(t *testing.T) {
	t.Parallel()
	clouds := acctest.Start(t, func(c *simulator.Config) { c.Devices, c.Odd = 4, 0 })
	_, connectorID := byHand(t, clouds, "Okta devices", clouds.Ready.CommunityID)
	settled(t, clouds, connectorID, 4)
	const examples = "../../../examples/data-sources/"
	one := readsWith(t, clouds, examples+"sekoia_okta_device_connector/data-source.tf")
	if assets, _ := applied[any](t, one, "asset_count"); assets != float64(4) {
		t.Errorf("the example counts %v assets", assets)
	}
	all := readsWith(t, clouds, examples+"sekoia_okta_device_connectors/data-source.tf")
	counts, _ := applied[map[string]any](t, all, "assets_by_organization")
	if counts, ok := counts[clouds.Ready.OktaURL].([]any); !ok || len(counts) != 1 || counts[0] != float64(4) {
		t.Errorf("the example counts %v", counts)
	}
}

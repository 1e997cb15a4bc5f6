// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package connector_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/acctest"
)

// block is the connector's resource block, as a person writes it.
type block struct {
	label, name, url, token, version, more string
}

// tf writes the block. What is left out has the value that works.
func (b block) tf(clouds *acctest.Clouds) string {
	or := func(text, unset string) string {
		if text == "" {
			return unset
		}

		return text
	}

	return fmt.Sprintf(`
resource "sekoia_okta_device_connector" %q {
  name                 = %q
  base_url             = %q
  api_token_wo         = %q
  api_token_wo_version = %q
  %s
}
`, or(b.label, "test"), or(b.name, "Okta devices"), or(b.url, clouds.Ready.OktaURL), or(b.token, clouds.Ready.OktaToken), or(b.version, "1"), b.more)
}

// folder is a configuration and the clouds that it is applied to.
type folder struct {
	*acctest.CLI
	clouds *acctest.Clouds
}

// newFolder has the real provider binary: each command is a process of its own, which remembers nothing of the one before it.
func newFolder(t *testing.T) *folder {
	t.Helper()

	clouds := acctest.Start(t)

	return &folder{CLI: acctest.NewBinaryCLI(t, clouds, nil), clouds: clouds}
}

// write makes the blocks the whole configuration.
func (f *folder) write(t *testing.T, blocks ...string) {
	t.Helper()
	f.Write(t, "main.tf", mainTF(strings.Join(blocks, "\n")))
}

// apply writes the connector's block and applies it.
func (f *folder) apply(t *testing.T, b block) string {
	t.Helper()
	f.write(t, b.tf(f.clouds))

	return f.Succeed(t, "apply", "-auto-approve")
}

// settled checks that nothing is left to do.
func (f *folder) settled(t *testing.T, flags ...string) {
	t.Helper()

	if output := f.Run(t, append([]string{"plan", "-detailed-exitcode"}, flags...)...); output.Exit != 0 {
		t.Errorf("the next plan ends with %d:\n%s", output.Exit, output.Text)
	}
}

// destroyed destroys, and checks that nothing is left in Sekoia.
func (f *folder) destroyed(t *testing.T) {
	t.Helper()
	f.Succeed(t, "destroy", "-auto-approve")

	if held := inSekoia(t, f.clouds); len(held.accounts) > 0 || len(held.connectors) > 0 {
		t.Errorf("left in Sekoia: %+v", held)
	}
}

// storedToken checks that the account holds this token: with no other one valid, the running connector gets its devices.
func (f *folder) storedToken(t *testing.T, token string, alsoValid ...string) {
	t.Helper()
	f.clouds.SetTokens(t, token)
	f.clouds.ResetRequests(t)

	var calls acctest.Requests

	eventually(t, "the connector to call Okta", func() bool {
		calls = f.clouds.Requests(t).Pick(func(r acctest.Request) bool {
			return r.Cloud == acctest.Okta && r.UserAgent == acctest.ConnectorUserAgent
		})

		return len(calls) > 0
	})

	if !calls[0].Authorized {
		t.Errorf("the account does not hold the token that it should:\n%s", calls)
	}

	f.clouds.SetTokens(t, append(alsoValid, token)...)
}

// byHand is what somebody does to a connector in Sekoia, by the drift that it makes.
var byHand = map[string]func(t *testing.T, f *folder, account acctest.Account, connector acctest.Connector){
	"its account says https://other.okta.com": func(t *testing.T, f *folder, account acctest.Account, _ acctest.Connector) {
		t.Helper()
		f.clouds.PatchAccount(t, account.UUID, map[string]any{"value": map[string]any{"base_url": "https://other.okta.com"}})
	},
	"its account is gone": func(t *testing.T, f *folder, account acctest.Account, _ acctest.Connector) {
		t.Helper()
		f.clouds.Sekoia(t, http.MethodDelete, accountsPath+"/"+account.UUID, nil, nil)
	},
	"it was moved to another account": func(t *testing.T, f *folder, _ acctest.Account, connector acctest.Connector) {
		t.Helper()
		f.clouds.Sekoia(t, http.MethodPatch, connectorsPath+"/"+connector.UUID,
			map[string]any{"module_configuration_uuid": accountByHand(t, f.clouds, "By hand")}, nil)
	},
	"it was deleted, its account is still there": func(t *testing.T, f *folder, _ acctest.Account, connector acctest.Connector) {
		t.Helper()
		f.clouds.Sekoia(t, http.MethodDelete, connectorsPath+"/"+connector.UUID, nil, nil)
	},
}

// cleanUpByHand removes the account that byHand made.
func (f *folder) cleanUpByHand(t *testing.T) {
	t.Helper()

	for _, account := range inSekoia(t, f.clouds).accounts {
		if account.Name == "By hand" {
			f.clouds.Sekoia(t, http.MethodDelete, accountsPath+"/"+account.UUID, nil, nil)
		}
	}
}

// TestAccConnectorTaintsLeaveNothing: Terraform drops private state in a taint, so nothing may be built on it.
func TestAccConnectorTaintsLeaveNothing(t *testing.T) {
	t.Parallel()

	f := newFolder(t)
	f.apply(t, block{})
	f.Succeed(t, "taint", address)
	f.apply(t, block{})
	f.Succeed(t, "taint", address)

	text := f.apply(t, block{name: "Renamed"})
	checkText(t, text, nil, []string{"was not made by", "will refuse"})

	if _, connector := onePair(t, f.clouds); connector.Name != "Renamed" {
		t.Errorf("the connector is %+v", connector)
	}

	f.settled(t)
	f.destroyed(t)
}

// TestAccConnectorSavedPlanIsTheSameInAnotherProcess: plan and apply are two processes, which must come to the same plan.
func TestAccConnectorSavedPlanIsTheSameInAnotherProcess(t *testing.T) {
	t.Parallel()

	for drift, change := range byHand {
		for _, mode := range []string{"off", "apply", "on_change"} {
			t.Run(drift+"/"+mode, func(t *testing.T) {
				t.Parallel()

				f := newFolder(t)
				f.apply(t, block{more: fmt.Sprintf("connection_test = { mode = %q }", mode)})

				account, connector := onePair(t, f.clouds)
				change(t, f, account, connector)

				checkText(t, f.Succeed(t, "plan", "-out=saved"),
					[]string{fmt.Sprintf(`- drift = "%s" -> null`, drift), "0 to add, 1 to change, 0 to destroy"}, nil)
				checkText(t, f.Succeed(t, "apply", "saved"), nil, []string{"inconsistent", "bug in the provider"})
				f.settled(t)
				f.cleanUpByHand(t)

				if _, repaired := onePair(t, f.clouds); repaired.DisplayStatus != "RUNNING" {
					t.Errorf("the connector is %+v", repaired)
				}

				f.destroyed(t)
			})
		}
	}
}

// TestAccConnectorSavedPlanAppliedInAnOutage: on_failure forgives the outage, so the connector is created without the organization's id.
func TestAccConnectorSavedPlanAppliedInAnOutage(t *testing.T) {
	t.Parallel()

	f := newFolder(t)
	f.write(t, block{more: `connection_test = { on_failure = "warning" }`}.tf(f.clouds))
	f.Succeed(t, "plan", "-out=saved")
	f.clouds.SetFaults(t, oktaDown)
	checkText(t, f.Succeed(t, "apply", "saved"), []string{"Warning: Okta devices: Okta did not answer (503)"}, []string{"bug in the provider"})
	f.clouds.SetFaults(t)
	onePair(t, f.clouds)
	f.settled(t)
	f.destroyed(t)
}

// TestAccConnectorImportWithAnUnknownKey: a plan on the empty state of an import that nobody could read would replace the connector.
func TestAccConnectorImportWithAnUnknownKey(t *testing.T) {
	t.Parallel()

	f := newFolder(t)
	id := madeByHand(t, f.clouds, "Okta devices")

	f.Setenv("SEKOIA_API_KEY", "")
	f.write(t, block{}.tf(f.clouds), fmt.Sprintf(`
resource "terraform_data" "key" {
  input = %q
}

provider "sekoia" {
  api_key = terraform_data.key.output
}

import {
  to = %s
  id = %q
}
`, f.clouds.Ready.SekoiaAPIKey, address, id))
	f.Fail(t, `provider "sekoia": api_key is not known yet`, "apply", "-auto-approve")

	if _, connector := onePair(t, f.clouds); connector.UUID != id || connector.DisplayStatus != "RUNNING" {
		t.Errorf("the connector is %+v", connector)
	}

	f.Succeed(t, "apply", "-auto-approve", "-target=terraform_data.key")
	f.Succeed(t, "apply", "-auto-approve")

	if _, connector := onePair(t, f.clouds); connector.UUID != id {
		t.Errorf("the connector is %+v", connector)
	}

	f.settled(t)
}

// TestAccConnectorCommunityInCapitals: a UUID means the same in capitals, in the environment and in the block.
func TestAccConnectorCommunityInCapitals(t *testing.T) {
	t.Parallel()

	f := newFolder(t)
	capitals := strings.ToUpper(f.clouds.Ready.CommunityID)

	f.Setenv("SEKOIA_COMMUNITY_ID", capitals)
	f.apply(t, block{})
	f.settled(t)

	// The same community, in the block: no change.
	f.write(t, block{more: fmt.Sprintf("community_id = %q", capitals)}.tf(f.clouds))
	f.settled(t)
	f.destroyed(t)
	f.apply(t, block{more: fmt.Sprintf("community_id = %q", capitals)})

	if _, connector := onePair(t, f.clouds); connector.CommunityUUID != f.clouds.Ready.CommunityID {
		t.Errorf("the connector is %+v", connector)
	}

	f.settled(t)
	f.destroyed(t)
}

// TestAccConnectorNewAddressWithoutMoved: the plan suggests a moved block, and offers no import of what is about to be deleted.
func TestAccConnectorNewAddressWithoutMoved(t *testing.T) {
	t.Parallel()

	f := newFolder(t)
	f.apply(t, block{})
	f.write(t, block{label: "other"}.tf(f.clouds))
	checkText(t, f.Succeed(t, "plan"), []string{"exists already", "add a moved block"}, []string{"import {", "will refuse"})
	f.Succeed(t, "apply", "-auto-approve")
	onePair(t, f.clouds)
	f.settled(t)

	// And with it, nothing is touched.
	_, before := onePair(t, f.clouds)
	f.write(t, block{}.tf(f.clouds), "moved {\n  from = sekoia_okta_device_connector.other\n  to   = "+address+"\n}")
	f.Succeed(t, "apply", "-auto-approve")

	if _, after := onePair(t, f.clouds); after.UUID != before.UUID {
		t.Errorf("the connector is %+v, and was %+v", after, before)
	}

	f.destroyed(t)
}

// TestAccConnectorTokensThatNoTokenLooksLike are errors on the token's attribute, in every mode, whatever on_failure says.
func TestAccConnectorTokensThatNoTokenLooksLike(t *testing.T) {
	t.Parallel()

	clouds := acctest.Start(t)
	token := clouds.Ready.OktaToken

	cases := map[string]struct{ expression, want string }{
		"a file with a line break at its end": {`file("token")`, "Wrap it in trimspace()"},
		"a heredoc":                           {"<<-EOT\n" + token + "\nEOT\n", "Wrap it in trimspace()"},
		"with SSWS in front":                  {fmt.Sprintf("%q", "SSWS "+token), "begins with SSWS"},
		"an unset secret of CI":               {`""`, "is empty"},
		"in quotes":                           {fmt.Sprintf("%q", `"`+token+`"`), "quotation marks"},
	}
	ways := []string{
		`api_token = %s`,
		"api_token_wo_version = \"1\"\n  api_token_wo = %s\n  connection_test = { mode = \"off\", on_failure = \"warning\" }",
		"api_token_wo_version = \"1\"\n  api_token_wo = %s\n  connection_test = { mode = \"apply\", on_failure = \"error_at_apply\" }",
		"api_token_wo_version = \"1\"\n  api_token_wo = %s\n  connection_test = { mode = \"always\", on_failure = \"warning\" }",
	}

	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			f := &folder{CLI: acctest.NewCLI(t, clouds, nil), clouds: clouds}
			f.Write(t, "token", token+"\n")

			for _, way := range ways {
				f.write(t, "resource \"sekoia_okta_device_connector\" \"test\" {\n  name = \"Okta devices\"\n  base_url = \""+clouds.Ready.OktaURL+
					"\"\n  "+fmt.Sprintf(way, test.expression)+"\n}\n")

				text := f.Fail(t, test.want, "apply", "-auto-approve")
				attribute, _, _ := strings.Cut(strings.TrimPrefix(way, "api_token_wo_version = \"1\"\n  "), " ")
				checkText(t, text, []string{"Error: Not an API token", attribute + " = "}, nil)
			}

			noWrite(t, clouds)
		})
	}
}

// TestAccConnectorImportIDs that are no UUID get a plain sentence.
func TestAccConnectorImportIDs(t *testing.T) {
	t.Parallel()

	clouds := acctest.Start(t)
	f := &folder{CLI: acctest.NewCLI(t, clouds, nil), clouds: clouds}
	f.write(t, block{}.tf(clouds))

	for _, id := range []string{"", " ", "Okta devices", "6bffbac8", clouds.Ready.CommunityID + "x"} {
		checkText(t, f.Fail(t, "The import id is not a UUID", "import", address, id), []string{"Import by the UUID of the connector"},
			[]string{"Value Conversion Error"})
	}
}

// TestAccConnectorStoresThePlainOrigin: Sekoia's connector joins the URL as it is stored. State keeps the configuration's text.
func TestAccConnectorStoresThePlainOrigin(t *testing.T) {
	t.Parallel()

	f := newFolder(t)
	written := strings.Replace(strings.ToUpper(f.clouds.Ready.OktaURL), "127.0.0.1", "LOCALHOST", 1) + "/"
	f.apply(t, block{url: written})

	account, _ := onePair(t, f.clouds)
	if want := strings.TrimSuffix(strings.ToLower(written), "/"); account.Value["base_url"] != want {
		t.Errorf("the account holds %v, want %s", account.Value["base_url"], want)
	}

	checkText(t, f.Succeed(t, "show"), []string{written}, nil)
	f.settled(t)
	f.destroyed(t)
}

// TestAccConnectorURLsWithAdmin: the admin console's host is an error, any other -admin a warning.
func TestAccConnectorURLsWithAdmin(t *testing.T) {
	t.Parallel()

	clouds := acctest.Start(t)
	f := &folder{CLI: acctest.NewCLI(t, clouds, nil), clouds: clouds}

	for _, url := range []string{"https://acme-administration.okta.com", "https://login-admin.acme.com"} {
		f.write(t, block{url: url}.tf(clouds))
		checkText(t, f.Succeed(t, "validate"), []string{"refuses any URL with -admin in it"}, nil)
	}

	f.write(t, block{url: "https://acme-admin.okta.com"}.tf(clouds))
	f.Fail(t, "It should be: https://acme.okta.com", "validate")
}

// TestAccConnectorTwoBlocksOfTheSame: the error names the other resource of this run, and offers no import.
func TestAccConnectorTwoBlocksOfTheSame(t *testing.T) {
	t.Parallel()

	f := newFolder(t)
	f.write(t, block{}.tf(f.clouds), block{label: "again"}.tf(f.clouds))
	checkText(t, f.Fail(t, "Another sekoia_okta_device_connector of this run created it", "apply", "-auto-approve"), nil, []string{"import {"})
	onePair(t, f.clouds)
	f.destroyed(t)
}

// TestAccConnectorSameOrganizationTwice warns: its devices arrive twice.
func TestAccConnectorSameOrganizationTwice(t *testing.T) {
	t.Parallel()

	f := newFolder(t)
	f.write(t, block{}.tf(f.clouds), block{label: "again", name: "Another name"}.tf(f.clouds))

	const warning = "another connector reads the same Okta organization"

	checkText(t, f.Succeed(t, "plan"), []string{warning, "Its devices arrive twice."}, nil)
	f.Succeed(t, "apply", "-auto-approve")
	checkText(t, f.Succeed(t, "plan"), []string{warning, "No changes."}, nil)
	f.destroyed(t)
}

// TestAccConnectorNewTokenUnderTheOldVersion: by design that is no change. Mode always tests the configuration's token, and says that it is
// not the one in Sekoia.
func TestAccConnectorNewTokenUnderTheOldVersion(t *testing.T) {
	t.Parallel()

	const always = `connection_test = { mode = "always" }`

	f := newFolder(t)
	f.apply(t, block{more: always})
	f.write(t, block{more: always, token: "not-a-token-of-okta"}.tf(f.clouds))
	checkText(t, f.Succeed(t, "plan"), []string{
		"Warning: Okta devices: Okta rejected the API token (401)", "not in Sekoia until api_token_wo_version changes", "No changes.",
	}, nil)
	f.destroyed(t)
}

// TestAccConnectorReverted: an update fails half way, then the configuration is taken back. After one apply, Sekoia has what it says.
func TestAccConnectorReverted(t *testing.T) {
	t.Parallel()

	const second = "second-token"

	start := func(connector acctest.Connector) acctest.Fault {
		return answer(acctest.Sekoia, http.MethodPost, connectorsPath+"/"+connector.UUID+"/start", http.StatusInternalServerError, map[string]any{})
	}
	lost := func(acctest.Connector) acctest.Fault {
		return kind("drop_reply", acctest.Sekoia, http.MethodPatch, accountsPath+"/*")
	}
	triggers := func(value string) string { return fmt.Sprintf(`sync = { triggers = { at = %q } }`, value) }

	cases := map[string]struct {
		before, change func(url string) block
		fault          func(acctest.Connector) acctest.Fault
	}{
		"a token whose start failed": {
			change: func(string) block { return block{token: second, version: "2"} }, fault: start,
		},
		"a token whose PATCH lost its reply": {
			change: func(string) block { return block{token: second, version: "2"} }, fault: lost,
		},
		"a base URL of the same organization whose start failed": {
			change: func(url string) block { return block{url: strings.Replace(url, "127.0.0.1", "localhost", 1)} }, fault: start,
		},
		"a base URL of the same organization whose PATCH lost its reply": {
			change: func(url string) block { return block{url: strings.Replace(url, "127.0.0.1", "localhost", 1)} }, fault: lost,
		},
		"triggers whose start failed": {
			before: func(string) block { return block{more: triggers("monday")} },
			change: func(string) block { return block{more: triggers("tuesday")} }, fault: start,
		},
	}

	for name, test := range cases {
		for _, flags := range [][]string{nil, {"-refresh=false"}} {
			t.Run(strings.Join(append([]string{name}, flags...), " "), func(t *testing.T) {
				t.Parallel()

				f := newFolder(t)
				first := f.clouds.Ready.OktaToken
				f.clouds.SetTokens(t, first, second)

				before := block{}
				if test.before != nil {
					before = test.before(f.clouds.Ready.OktaURL)
				}

				f.apply(t, before)

				_, connector := onePair(t, f.clouds)
				f.clouds.SetFaults(t, test.fault(connector))
				f.write(t, test.change(f.clouds.Ready.OktaURL).tf(f.clouds))
				f.Fail(t, "Okta devices: ", "apply", "-auto-approve")
				f.clouds.SetFaults(t)

				f.write(t, before.tf(f.clouds))
				f.Succeed(t, append([]string{"apply", "-auto-approve"}, flags...)...)

				account, after := onePair(t, f.clouds)
				if account.Value["base_url"] != f.clouds.Ready.OktaURL || after.DisplayStatus != "RUNNING" || after.UUID != connector.UUID {
					t.Errorf("Sekoia has %+v, %+v", account, after)
				}

				f.storedToken(t, first, second)
				f.settled(t)
				f.destroyed(t)
			})
		}
	}
}

// TestAccConnectorDriftUnderLifecycleSettings: whatever refers to a connector's attributes, and whatever its lifecycle block says, a drift
// is no error and no endless diff, and it is repaired.
func TestAccConnectorDriftUnderLifecycleSettings(t *testing.T) {
	t.Parallel()

	const uses = `
output "all" {
  value = {
    name = %[1]s.name, base_url = %[1]s.base_url, id = %[1]s.id, account = %[1]s.account_id, community = %[1]s.community_id
    enabled = %[1]s.enabled, drift = %[1]s.drift, organization = %[1]s.okta_organization_id
    text = "${%[1]s.name} reads ${%[1]s.base_url} as ${%[1]s.id} in ${%[1]s.community_id}"
  }

  precondition {
    condition     = startswith(%[1]s.base_url, "http") && %[1]s.name != "" && %[1]s.enabled
    error_message = "The connector is not whole."
  }
}
`

	const postcondition = `lifecycle {
    %s
    postcondition {
      condition     = startswith(self.base_url, "http") && self.name != "" && self.id != ""
      error_message = "The connector is not whole."
    }
  }`

	settings := []string{
		"", "prevent_destroy = true", "ignore_changes = all",
		"ignore_changes = [name, base_url, api_token, api_token_wo, api_token_wo_version, enabled, community_id, connection_test, sync, timeouts]",
	}

	for drift, change := range byHand {
		t.Run(drift, func(t *testing.T) {
			t.Parallel()

			f := newFolder(t)

			for _, setting := range settings {
				f.write(t, block{more: fmt.Sprintf(postcondition, setting)}.tf(f.clouds), fmt.Sprintf(uses, address))
				f.Succeed(t, "apply", "-auto-approve")

				account, connector := onePair(t, f.clouds)
				change(t, f, account, connector)

				f.Succeed(t, "apply", "-refresh-only", "-auto-approve")
				checkText(t, f.Succeed(t, "apply", "-auto-approve"), []string{`- drift = "` + drift + `" -> null`}, nil)
				f.settled(t)
				f.settled(t, "-refresh-only")
				f.cleanUpByHand(t)

				if account, connector := onePair(t, f.clouds); account.Value["base_url"] != f.clouds.Ready.OktaURL || connector.DisplayStatus != "RUNNING" {
					t.Errorf("with %q Sekoia has %+v, %+v", setting, account, connector)
				}
			}

			f.write(t, block{}.tf(f.clouds))
			f.destroyed(t)
		})
	}
}

// TestAccConnectorGeneratedThenReplaced: the block that Terraform writes for an import, with a token put into it, can be replaced.
func TestAccConnectorGeneratedThenReplaced(t *testing.T) {
	t.Parallel()

	f := newFolder(t)
	id := madeByHand(t, f.clouds, "Okta devices")
	f.write(t, fmt.Sprintf("import {\n  to = %s\n  id = %q\n}\n", address, id))
	f.Succeed(t, "plan", "-generate-config-out=generated.tf")
	checkText(t, f.Succeed(t, "apply", "-auto-approve"), []string{"1 imported, 0 added, 0 changed, 0 destroyed"}, nil)
	f.settled(t)

	f.write(t, block{}.tf(f.clouds))
	f.Write(t, "generated.tf", "")
	checkText(t, f.Succeed(t, "apply", "-auto-approve"), []string{`+ api_token_wo_version = "1"`, "0 added, 1 changed, 0 destroyed"}, nil)
	f.Succeed(t, "apply", "-auto-approve", "-replace="+address)

	if _, connector := onePair(t, f.clouds); connector.UUID == id {
		t.Errorf("the connector is still %s", id)
	}

	f.settled(t)
	f.destroyed(t)
}

// TestAccConnectorErrorAtApply: of five customers one has a bad token. The plan passes with a warning that names them, and the apply does
// the other four.
func TestAccConnectorErrorAtApply(t *testing.T) {
	t.Parallel()

	clouds := acctest.Start(t)
	cli := acctest.NewBinaryCLI(t, clouds, nil)
	f := &folder{CLI: cli, clouds: clouds}

	var blocks []string

	for _, customer := range []string{"acme", "globex", "initech", "umbrella", "hooli"} {
		organization := acctest.Start(t) // an Okta organization of its own
		b := block{
			label: customer, name: customer, url: organization.Ready.OktaURL, token: organization.Ready.OktaToken,
			more: `connection_test = { on_failure = "error_at_apply" }`,
		}

		if customer == "globex" {
			b.token = "not-a-token-of-okta"
		}

		blocks = append(blocks, b.tf(clouds))
	}

	f.write(t, blocks...)
	checkText(t, f.Succeed(t, "plan", "-out=saved"), []string{
		"5 to add", "Warning: globex: Okta rejected the API token (401)", "An apply stops at this connector before anything is written.",
	}, []string{"Error:"})
	checkText(t, f.Fail(t, "Error: globex: Okta rejected the API token (401)", "apply", "saved"), nil, []string{"Error: acme", "Error: hooli"})

	if held := inSekoia(t, clouds); len(held.connectors) != 4 || len(held.accounts) != 4 {
		t.Errorf("Sekoia has %+v", held)
	}

	f.destroyed(t)
}

// TestAccConnectorCreateBeforeDestroy with an unchanged name and URL can't work, and the error says so; with a new name it does.
func TestAccConnectorCreateBeforeDestroy(t *testing.T) {
	t.Parallel()

	const first = "lifecycle {\n    create_before_destroy = true\n  }"

	f := newFolder(t)
	f.apply(t, block{more: first})
	f.Fail(t, "create_before_destroy can't work with an unchanged name and base URL", "apply", "-auto-approve", "-replace="+address)
	onePair(t, f.clouds)

	f.write(t, block{more: first, name: "Another name"}.tf(f.clouds))
	f.Succeed(t, "apply", "-auto-approve", "-replace="+address)

	if _, connector := onePair(t, f.clouds); connector.Name != "Another name" {
		t.Errorf("the connector is %+v", connector)
	}

	f.settled(t)
	f.destroyed(t)
}

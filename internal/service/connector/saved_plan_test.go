// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package connector_test

import (
	"fmt"
	"net/http"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/acctest"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/simulator"
)

// TestAccConnectorSavedPlanInAnOutage makes a plan while Okta answers, and applies it while it does not. With
// on_failure = "warning" a person asked to go on.
func TestAccConnectorSavedPlanInAnOutage(t *testing.T) {
	t.Parallel()
	clouds := acctest.Start(t)
	cli := acctest.NewBinaryCLI(t, clouds, nil)
	configuration := connectorTF(clouds, `connection_test = { on_failure = "warning" }`)
	cli.Write(t, "main.tf", mainTF(configuration))
	cli.Succeed(t, "plan", "-out=plan")
	clouds.SetFaults(t, oktaDown)
	checkText(t, cli.Succeed(t, "apply", "plan"), []string{"Warning: Okta devices: Okta did not answer (503)"}, nil)
	clouds.SetFaults(t)
	_, connector := onePair(t, clouds)
	if organization := inState(t, cli)["okta_organization_id"]; organization != nil {
		t.Errorf("okta_organization_id is %v, which nobody has seen", organization)
	}

	// The first change that is tested sees it.
	checkText(t, cli.Succeed(t, "plan"), []string{"No changes."}, nil)
	cli.Write(t, "main.tf", mainTF(strings.Replace(configuration, `_version = "1"`, `_version = "2"`, 1)))
	cli.Succeed(t, "plan", "-out=plan")
	cli.Succeed(t, "apply", "plan")
	if organization := inState(t, cli)["okta_organization_id"]; organization == nil || inState(t, cli)["id"] != connector.UUID {
		t.Errorf("after an update: %v", inState(t, cli))
	}
}

// TestAccConnectorTaint drops all that Terraform keeps besides the state: whatever comes next, a destroy leaves nothing
// behind.
func TestAccConnectorTaint(t *testing.T) {
	t.Parallel()
	clouds := acctest.Start(t)
	cli := acctest.NewBinaryCLI(t, clouds, nil)
	cli.Write(t, "main.tf", mainTF(connectorTF(clouds, "")))
	cli.Succeed(t, "apply", "-auto-approve")
	_, first := onePair(t, clouds)
	cli.Succeed(t, "taint", address)
	checkText(t, cli.Succeed(t, "plan", "-out=plan"), []string{
		"is tainted, so ", "1 to add, 0 to change, 1 to destroy",
		// Terraform plans it as a create, so that it looks like a connector under a new address.
		"This configuration manages it: ", "If this resource is only replaced (tainted, say), all is well.",
	}, []string{"import {", "An apply stops here,"})
	checkText(t, cli.Succeed(t, "apply", "plan"), []string{"1 added, 0 changed, 1 destroyed"}, []string{"stays in Sekoia"})
	_, second := onePair(t, clouds)
	if second.UUID == first.UUID {
		t.Errorf("not replaced: %+v", second)
	}
	cli.Succeed(t, "taint", address)
	cli.Write(t, "main.tf", mainTF(strings.Replace(connectorTF(clouds, ""), `"Okta devices"`, `"Renamed"`, 1)))
	cli.Succeed(t, "plan", "-out=plan")
	cli.Succeed(t, "apply", "plan")
	if account, connector := onePair(t, clouds); account.Name != "Renamed" || connector.Name != "Renamed" || connector.UUID == second.UUID {
		t.Errorf("after a taint and a rename: %+v, %+v", account, connector)
	}
	cli.Succeed(t, "taint", address)
	checkText(t, cli.Succeed(t, "destroy", "-auto-approve"), nil, []string{"stays in Sekoia"})
	if left := inSekoia(t, clouds); len(left.connectors)+len(left.accounts) != 0 {
		t.Errorf("left after the destroy: %+v", left)
	}
}

// TestAccConnectorCreateBeforeDestroyWithAnotherName replaces without a gap: the new connector gets an account of its
// own.
func TestAccConnectorCreateBeforeDestroyWithAnotherName(t *testing.T) {
	t.Parallel()
	more := "lifecycle {\n    create_before_destroy = true\n  }"
	s, cli := stage(t, acctest.NewBinaryCLI, more)
	cli.Write(t, "main.tf", mainTF(strings.Replace(connectorTF(s.clouds, more), `"Okta devices"`, `"Renamed"`, 1)))
	cli.Succeed(t, "plan", "-replace="+address, "-out=plan")
	checkText(t, cli.Succeed(t, "apply", "plan"), []string{"1 added, 0 changed, 1 destroyed"}, []string{"stays in Sekoia"})
	account, connector := onePair(t, s.clouds)
	if account.UUID == s.account.UUID || connector.UUID == s.connector.UUID || connector.Name != "Renamed" {
		t.Errorf("after the replacement: %+v, %+v", account, connector)
	}
}

// TestAccConnectorImportWithAnUnknownProvider: a plan on an import that nobody could read would delete the connector
// that runs.
func TestAccConnectorImportWithAnUnknownProvider(t *testing.T) {
	t.Parallel()
	clouds := acctest.Start(t)
	id := madeByHand(t, clouds, "Okta devices")
	cli := acctest.NewCLI(t, clouds, map[string]string{"SEKOIA_API_KEY": ""})
	configuration := `
resource "terraform_data" "key" {
  input = "` + clouds.Ready.SekoiaAPIKey + `"
}

provider "sekoia" {
  api_key = terraform_data.key.output
}
` + connectorTF(clouds, "") + `
import {
  to = ` + address + `
  id = "` + id + `"
}
`
	cli.Write(t, "main.tf", mainTF(configuration))
	clouds.ResetRequests(t)
	cli.Fail(t, "api_key is not known yet", "apply", "-auto-approve")
	noWrite(t, clouds)

	// The way out that the error names.
	cli.Succeed(t, "apply", "-auto-approve", "-target=terraform_data.key")
	checkText(t, cli.Succeed(t, "apply", "-auto-approve"), []string{"1 imported, 0 added, 1 changed, 0 destroyed"}, nil)
	if _, connector := onePair(t, clouds); connector.UUID != id {
		t.Errorf("the connector was replaced: %+v", connector)
	}
}

// TestAccConnectorCommunityInCapitals: a UUID means the same in capitals, wherever it is written.
func TestAccConnectorCommunityInCapitals(t *testing.T) {
	t.Parallel()
	for _, where := range []string{"the environment", "the resource"} {
		t.Run(where, func(t *testing.T) {
			t.Parallel()
			clouds := acctest.Start(t)
			capitals := strings.ToUpper(clouds.Ready.CommunityID)
			environment, more := map[string]string{"SEKOIA_COMMUNITY_ID": capitals}, ""
			if where == "the resource" {
				environment, more = nil, fmt.Sprintf("community_id = %q", capitals)
			}
			cli := acctest.NewCLI(t, clouds, environment)
			cli.Write(t, "main.tf", mainTF(connectorTF(clouds, more)))
			cli.Succeed(t, "plan", "-out=plan")
			cli.Succeed(t, "apply", "plan")
			if account, _ := onePair(t, clouds); account.CommunityUUID != clouds.Ready.CommunityID {
				t.Errorf("made in %s", account.CommunityUUID)
			}
			checkText(t, cli.Succeed(t, "plan"), []string{"No changes."}, nil)

			// The same in lower case is no other community.
			cli.Setenv("SEKOIA_COMMUNITY_ID", clouds.Ready.CommunityID)
			cli.Write(t, "main.tf", mainTF(connectorTF(clouds, strings.ToLower(more))))
			checkText(t, cli.Succeed(t, "plan"), []string{"No changes."}, nil)
		})
	}
}

// TestAccConnectorErrorAtApply: one customer's bad token stops neither the plan nor the apply of the others.
func TestAccConnectorErrorAtApply(t *testing.T) {
	t.Parallel()
	clouds := acctest.Start(t)
	cli := acctest.NewCLI(t, clouds, nil)
	configuration := func(onFailure, customer3 string) string {
		return mainTF(fmt.Sprintf(`
resource "sekoia_okta_device_connector" "test" {
  for_each = { one = %[2]q, two = %[2]q, three = %[3]q, four = %[2]q, five = %[2]q }

  name                 = "Customer ${each.key}"
  base_url             = %[1]q
  api_token_wo         = each.value
  api_token_wo_version = "1"
  connection_test      = { on_failure = %[4]q }
}
`, clouds.Ready.OktaURL, clouds.Ready.OktaToken, customer3, onFailure))
	}
	cli.Write(t, "main.tf", configuration("error", "00wrong"))
	cli.Fail(t, "Error: Customer three: Okta rejected the API token (401)", "plan")
	cli.Write(t, "main.tf", configuration("error_at_apply", "00wrong"))
	checkText(t, cli.Succeed(t, "plan", "-out=plan"), []string{
		"Warning: Customer three: Okta rejected the API token (401)", "An apply stops at this connector before anything is written.", "5 to add",
	}, []string{"Error:"})
	cli.Fail(t, "Error: Customer three: Okta rejected the API token (401)", "apply", "plan")
	names := map[string]bool{}
	for _, connector := range inSekoia(t, clouds).connectors {
		names[connector.Name] = true
	}
	if len(names) != 4 || names["Customer three"] || len(inSekoia(t, clouds).accounts) != 4 {
		t.Errorf("made: %v", names)
	}
	cli.Write(t, "main.tf", configuration("error_at_apply", clouds.Ready.OktaToken))
	checkText(t, cli.Succeed(t, "apply", "-auto-approve"), []string{"1 added, 0 changed, 0 destroyed"}, nil)

	// In a replacement the delete comes first: there it is an error at plan.
	cli.Write(t, "main.tf", configuration("error_at_apply", "00wrong"))
	clouds.ResetRequests(t)
	cli.Fail(t, "Error: Customer three: Okta rejected the API token (401)", "plan", `-replace=`+address+`["three"]`)
	noWrite(t, clouds)
}

// TestAccConnectorNewURLWithoutAnAnswer: whether a new base URL replaces the connector depends on the answer, so that
// no plan is made without one, whatever on_failure says.
func TestAccConnectorNewURLWithoutAnAnswer(t *testing.T) {
	t.Parallel()
	for _, onFailure := range []string{"error", "error_at_apply", "warning"} {
		t.Run(onFailure, func(t *testing.T) {
			t.Parallel()
			more := fmt.Sprintf("connection_test = { on_failure = %q }", onFailure)
			s, cli := stage(t, acctest.NewCLI, more)
			byName := strings.Replace(s.clouds.Ready.OktaURL, "127.0.0.1", "localhost", 1)
			cli.Write(t, "main.tf", mainTF(strings.Replace(connectorTF(s.clouds, more), s.clouds.Ready.OktaURL, byName, 1)))
			s.clouds.SetFaults(t, oktaDown)
			s.clouds.ResetRequests(t)
			checkText(t, cli.Fail(t, "Error: Okta devices: Okta did not answer (503)", "plan"), []string{
				"SEKOIA_CONNECTION_TEST=off skips the test, but then a new plan replaces the connector.",
			}, nil)
			noWrite(t, s.clouds)

			// Planned while it answered, it is in place.
			s.clouds.SetFaults(t)
			checkText(t, cli.Succeed(t, "plan", "-out=plan"), []string{"0 to add, 1 to change, 0 to destroy"}, nil)
		})
	}
}

// TestAccConnectorUnknownURL: it may turn out to be another organization's. Then the apply stops, and the next one
// replaces.
func TestAccConnectorUnknownURL(t *testing.T) {
	t.Parallel()
	s, cli := stage(t, acctest.NewCLI, "")
	other := acctest.Start(t, func(c *simulator.Config) { c.Seed = 2 })
	configuration := func(address string) string {
		return mainTF(fmt.Sprintf("\nresource \"terraform_data\" \"url\" {\n  triggers_replace = %[1]q\n  input            = %[1]q\n}\n", address) +
			strings.Replace(connectorTF(s.clouds, ""), fmt.Sprintf("%q", s.clouds.Ready.OktaURL), "terraform_data.url.output", 1))
	}
	cli.Write(t, "main.tf", configuration(s.clouds.Ready.OktaURL))
	checkText(t, cli.Succeed(t, "plan"), []string{
		"Warning: Okta devices: base_url is not known yet", "1 to add, 1 to change, 0 to destroy",
	}, nil)
	cli.Succeed(t, "apply", "-auto-approve")
	onePair(t, s.clouds)
	cli.Write(t, "main.tf", strings.Replace(configuration(other.Ready.OktaURL), s.clouds.Ready.OktaToken, other.Ready.OktaToken, 1))
	cli.Succeed(t, "plan", "-out=plan")
	s.clouds.ResetRequests(t)
	if output := cli.Run(t, "apply", "plan"); output.Exit == 0 {
		t.Errorf("the apply moved the connector to another organization:\n%s", output.Text)
	}
	noWrite(t, s.clouds)
	checkText(t, cli.Succeed(t, "plan"), []string{"must be replaced"}, nil)
}

// TestAccConnectorUnknownEnabled starts a connector that was never tested. The plan knows neither that it will run, nor
// which organization the test will see.
func TestAccConnectorUnknownEnabled(t *testing.T) {
	t.Parallel()
	clouds := acctest.Start(t)
	cli := acctest.NewCLI(t, clouds, map[string]string{"SEKOIA_CONNECTION_TEST": "off"})
	configuration := func(enabled bool) string {
		return mainTF(fmt.Sprintf("\nresource \"terraform_data\" \"enabled\" {\n  input = %t\n}\n", enabled) +
			connectorTF(clouds, "enabled = terraform_data.enabled.output"))
	}
	cli.Write(t, "main.tf", configuration(false))
	cli.Succeed(t, "apply", "-auto-approve")
	cli.Setenv("SEKOIA_CONNECTION_TEST", "")
	cli.Write(t, "main.tf", configuration(true))
	checkText(t, cli.Succeed(t, "apply", "-auto-approve"), []string{"0 added, 2 changed, 0 destroyed"}, nil)
	now := inState(t, cli)
	if runs, _ := now["enabled"].(bool); !runs || now["okta_organization_id"] == nil {
		t.Errorf("after the start: %v", now)
	}
}

// TestAccConnectorIgnoredChanges: Terraform hides what ignore_changes has from a plan, but not from its apply. Neither
// uses it.
func TestAccConnectorIgnoredChanges(t *testing.T) {
	t.Parallel()
	clouds := acctest.Start(t)
	cli := acctest.NewCLI(t, clouds, nil)
	write := func(name, token, mode, trigger string) {
		cli.Write(t, "main.tf", mainTF(fmt.Sprintf(`
resource "sekoia_okta_device_connector" "test" {
  name            = %q
  base_url        = %q
  api_token       = %q
  connection_test = { mode = %q }
  sync            = { triggers = { now = %q } }
  lifecycle {
    ignore_changes = [api_token, connection_test]
  }
}
`, name, clouds.Ready.OktaURL, token, mode, trigger)))
		cli.Succeed(t, "apply", "-auto-approve")
	}
	write("Okta devices", clouds.Ready.OktaToken, "on_change", "1")
	write("Okta devices", "00wrong", "on_change", "2")
	clouds.SetFaults(t, oktaDown)
	write("Renamed", "00wrong", "always", "2")
	if state := inState(t, cli); state["name"] != "Renamed" || state["api_token"] != clouds.Ready.OktaToken {
		t.Errorf("in the end: %v", state)
	}
}

// TestAccConnectorImportThenReplace imports as the guide says. Who imports a connector can replace it once there is a
// token.
func TestAccConnectorImportThenReplace(t *testing.T) {
	t.Parallel()
	clouds := acctest.Start(t)
	id := madeByHand(t, clouds, "Okta devices")
	cli := acctest.NewCLI(t, clouds, nil)
	guide := fileText(t, "../../../templates/guides/operations.md")
	_, block, _ := strings.Cut(guide, "```terraform\n   import {")
	block, _, _ = strings.Cut("import {"+block, "```")
	cli.Write(t, "main.tf", mainTF(strings.NewReplacer(exampleID, id, connectorType+".acme", address).Replace(block)))
	clouds.ResetRequests(t)
	for _, step := range [][2]string{
		{"plan -generate-config-out=generated.tf -out=import.tfplan", "1 to import, 0 to add, 0 to change, 0 to destroy"},
		{"apply import.tfplan", "1 imported, 0 added, 0 changed, 0 destroyed"},
	} {
		checkText(t, guide, []string{"terraform " + step[0]}, nil)
		checkText(t, cli.Succeed(t, strings.Fields(step[0])...), []string{step[1]}, nil)
	}
	noWrite(t, clouds)
	generated := fileText(t, filepath.Join(cli.Dir, "generated.tf"))
	cli.Write(t, "generated.tf", regexp.MustCompile(`(?m)^.*= null.*\n`).ReplaceAllString(generated, ""))
	cli.Write(t, "main.tf", mainTF(""))
	checkText(t, cli.Succeed(t, "plan"), []string{"No changes."}, nil)
	checkText(t, cli.Fail(t, "there is no API token", "plan", "-replace="+address), []string{wayOut}, nil)
	cli.Write(t, "generated.tf", connectorTF(clouds, ""))
	checkText(t, cli.Succeed(t, "apply", "-auto-approve", "-replace="+address), []string{"1 added, 0 changed, 1 destroyed"}, []string{"stays in Sekoia"})
	if _, connector := onePair(t, clouds); connector.UUID == id {
		t.Errorf("not replaced: %+v", connector)
	}
	if err := countCalls(t, clouds, map[string]int{"DELETE " + connectorsPath + "/*": 1, "DELETE " + accountsPath + "/*": 1}); err != nil {
		t.Error(err)
	}
}

// TestAccConnectorImportByWhatIsNoID says it in a sentence, on the command line too.
func TestAccConnectorImportByWhatIsNoID(t *testing.T) {
	t.Parallel()
	clouds := acctest.Start(t)
	cli := acctest.NewCLI(t, clouds, nil)
	cli.Write(t, "main.tf", mainTF(connectorTF(clouds, "")))
	for _, id := range []string{"", "Okta devices", "6bffbac8"} {
		checkText(t, cli.Fail(t, "The import id is not a UUID", "import", address, id), nil, []string{"Value Conversion Error"})
	}
	if calls := clouds.Requests(t).Of(acctest.Sekoia).Path(http.MethodGet, connectorsPath+"/*"); len(calls) != 0 {
		t.Errorf("Sekoia was asked:\n%s", calls)
	}
}

// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package connector_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/acctest"
)

// TestAccConnectorDrift changes things by hand, and looks that the next plan shows exactly that, that an apply repairs
// exactly that, and that a destroy leaves nothing over.
func TestAccConnectorDrift(t *testing.T) {
	t.Parallel()

	type scene struct {
		clouds    *acctest.Clouds
		account   acctest.Account
		connector acctest.Connector
	}

	cases := map[string]struct {
		byHand func(*testing.T, scene)
		// plan is what the next plan prints, planNot what it does not.
		plan, planNot []string
		// replaced tells that the repair makes another connector.
		replaced bool
		// writes are the calls of the repair that change something, in order.
		writes []string
		// foreign is how many accounts stay after the destroy: those that somebody else made.
		foreign int
	}{
		"stopped": {
			byHand: func(t *testing.T, s scene) {
				t.Helper()
				s.clouds.Sekoia(t, http.MethodPost, connectorsPath+"/"+s.connector.UUID+"/stop", nil, nil)
			},
			plan: []string{"~ enabled = false -> true", "0 to add, 1 to change, 0 to destroy"}, planNot: []string{"okta_organization_id"},
			writes: []string{"POST " + connectorsPath + "/ID/start"},
		},
		"in CRITICAL_ERROR": {
			byHand: func(t *testing.T, s scene) {
				t.Helper()
				s.clouds.PatchConnector(t, s.connector.UUID, map[string]any{"display_status": "CRITICAL_ERROR"})
			},
			plan:   []string{"~ enabled = false -> true", "Warning: The connector is in CRITICAL_ERROR"},
			writes: []string{"POST " + connectorsPath + "/ID/start"},
		},
		"renamed": {
			byHand: func(t *testing.T, s scene) {
				t.Helper()
				s.clouds.Sekoia(t, http.MethodPatch, connectorsPath+"/"+s.connector.UUID, map[string]any{"name": "By hand"}, nil)
			},
			plan:   []string{`~ name = "By hand" -> "Okta devices"`, "0 to add, 1 to change, 0 to destroy"},
			writes: []string{"PATCH " + accountsPath + "/ACCOUNT", "PATCH " + connectorsPath + "/ID"},
		},
		"put on another account": {
			byHand: func(t *testing.T, s scene) {
				t.Helper()
				other := madeByHand(t, s.clouds, "Another")
				for _, connector := range inSekoia(t, s.clouds).connectors {
					if connector.UUID == other {
						s.clouds.PatchConnector(t, s.connector.UUID, map[string]any{"module_configuration_uuid": connector.ModuleConfigurationUUID})
						s.clouds.PatchConnector(t, other, map[string]any{"deleted": true})
					}
				}
			},
			plan:     []string{"Warning: The connector was put on another account", "# forces replacement", "1 to add, 0 to change, 1 to destroy"},
			replaced: true, foreign: 1,
			writes: []string{
				"DELETE " + connectorsPath + "/ID", "DELETE " + accountsPath + "/ACCOUNT", "POST " + accountsPath, "POST " + connectorsPath,
			},
		},
		"whose account was pointed elsewhere": {
			byHand: func(t *testing.T, s scene) {
				t.Helper()
				s.clouds.PatchAccount(t, s.account.UUID, map[string]any{"value": map[string]any{"base_url": "https://other.okta.com"}})
			},
			plan: []string{`~ base_url = "https://other.okta.com" -> "http`, "0 to add, 1 to change, 0 to destroy"},
			writes: []string{
				"PATCH " + accountsPath + "/ACCOUNT", "POST " + connectorsPath + "/ID/stop", "POST " + connectorsPath + "/ID/start",
			},
		},
		"whose account was deleted": {
			byHand: func(t *testing.T, s scene) {
				t.Helper()
				s.clouds.Sekoia(t, http.MethodDelete, accountsPath+"/"+s.account.UUID, nil, nil)
			},
			plan: []string{"# forces replacement", "1 to add, 0 to change, 1 to destroy"}, replaced: true,
			writes: []string{"DELETE " + connectorsPath + "/ID", "POST " + accountsPath, "POST " + connectorsPath},
		},
		"deleted": {
			byHand: func(t *testing.T, s scene) {
				t.Helper()
				s.clouds.Sekoia(t, http.MethodDelete, connectorsPath+"/"+s.connector.UUID, nil, nil)
			},
			// Or a destroy would find nothing to do, and leave the account there.
			plan:    []string{"The connector is deleted, but its account is not", "1 to add, 0 to change, 1 to destroy"},
			planNot: []string{"exists already"}, replaced: true,
			writes: []string{
				"DELETE " + connectorsPath + "/ID", "DELETE " + accountsPath + "/ACCOUNT", "POST " + accountsPath, "POST " + connectorsPath,
			},
		},
		"marked as deleted": {
			byHand: func(t *testing.T, s scene) {
				t.Helper()
				s.clouds.PatchConnector(t, s.connector.UUID, map[string]any{"deleted": true})
			},
			plan: []string{"The connector is deleted, but its account is not", "1 to add, 0 to change, 1 to destroy"}, replaced: true,
			writes: []string{
				"DELETE " + connectorsPath + "/ID", "DELETE " + accountsPath + "/ACCOUNT", "POST " + accountsPath, "POST " + connectorsPath,
			},
		},
		"deleted, with its account used by somebody": {
			byHand: func(t *testing.T, s scene) {
				t.Helper()
				s.clouds.PatchAccount(t, s.account.UUID, map[string]any{"usage": map[string]any{"playbooks": 1}})
				s.clouds.Sekoia(t, http.MethodDelete, connectorsPath+"/"+s.connector.UUID, nil, nil)
			},
			plan: []string{"1 to add, 0 to change, 0 to destroy"}, planNot: []string{"its account is not"}, replaced: true, foreign: 1,
			writes: []string{"POST " + accountsPath, "POST " + connectorsPath},
		},
	}

	for name, test := range cases {
		t.Run("a connector "+name, func(t *testing.T) {
			t.Parallel()

			clouds := acctest.Start(t)
			cli := acctest.NewCLI(t, clouds, nil)
			cli.Write(t, "main.tf", mainTF(connectorTF(clouds, "")))
			cli.Succeed(t, "apply", "-auto-approve")

			account, connector := onePair(t, clouds)
			test.byHand(t, scene{clouds, account, connector})

			checkText(t, cli.Succeed(t, "plan"), test.plan, test.planNot)

			clouds.ResetRequests(t)
			cli.Succeed(t, "apply", "-auto-approve")

			ids := strings.NewReplacer(connector.UUID, "ID", account.UUID, "ACCOUNT")

			var writes []string
			for _, request := range clouds.Requests(t).Of(acctest.Sekoia).Writes() {
				writes = append(writes, ids.Replace(request.Method+" "+request.Path))
			}

			if strings.Join(writes, "\n") != strings.Join(test.writes, "\n") {
				t.Errorf("the repair wrote\n%s\nwant\n%s", strings.Join(writes, "\n"), strings.Join(test.writes, "\n"))
			}

			if text := cli.Succeed(t, "plan"); !contains(text, "No changes.") {
				t.Errorf("the plan after the repair says:\n%s", text)
			}

			repaired := inSekoia(t, clouds)
			if len(repaired.connectors) != 1 || (repaired.connectors[0].UUID != connector.UUID) != test.replaced || repaired.connectors[0].Name != "Okta devices" {
				t.Errorf("after the repair: %+v", repaired)
			}

			cli.Succeed(t, "destroy", "-auto-approve")

			if left := inSekoia(t, clouds); len(left.connectors) != 0 || len(left.accounts) != test.foreign {
				t.Errorf("left after the destroy: %+v", left)
			}
		})
	}
}

// checkText checks what a run printed, as a person reads it.
func checkText(t *testing.T, text string, want, unwanted []string) {
	t.Helper()

	flat := strings.Join(strings.Fields(acctest.Flat(text)), " ")

	for _, part := range want {
		if !strings.Contains(flat, part) {
			t.Errorf("it does not say %q:\n%s", part, text)
		}
	}

	for _, part := range unwanted {
		if strings.Contains(flat, part) {
			t.Errorf("it says %q:\n%s", part, text)
		}
	}
}

func TestAccConnectorDestroyWorksWhatever(t *testing.T) {
	t.Parallel()

	cases := map[string]struct {
		// spoil makes the destroy hard; it may rewrite the configuration.
		spoil func(*testing.T, *acctest.Clouds, *acctest.CLI, acctest.Connector)
	}{
		"a dead token": {func(t *testing.T, clouds *acctest.Clouds, _ *acctest.CLI, _ acctest.Connector) {
			t.Helper()
			clouds.SetTokens(t)
		}},
		"an unset token": {func(t *testing.T, clouds *acctest.Clouds, cli *acctest.CLI, _ acctest.Connector) {
			t.Helper()
			cli.Write(t, "main.tf", mainTF(`
resource "sekoia_okta_device_connector" "test" {
  name     = "Okta devices"
  base_url = "`+clouds.Ready.OktaURL+`"
}
`))
		}},
		"Okta down": {func(t *testing.T, clouds *acctest.Clouds, _ *acctest.CLI, _ acctest.Connector) {
			t.Helper()
			clouds.SetFaults(t, oktaDown)
		}},
		"a dead token, and the connector stopped by hand": {func(t *testing.T, clouds *acctest.Clouds, _ *acctest.CLI, connector acctest.Connector) {
			t.Helper()
			clouds.SetTokens(t)
			clouds.Sekoia(t, http.MethodPost, connectorsPath+"/"+connector.UUID+"/stop", nil, nil)
		}},
		"a dead token, and the connector deleted by hand": {func(t *testing.T, clouds *acctest.Clouds, _ *acctest.CLI, connector acctest.Connector) {
			t.Helper()
			clouds.SetTokens(t)
			clouds.Sekoia(t, http.MethodDelete, connectorsPath+"/"+connector.UUID, nil, nil)
		}},
		"an unset token, and the connector deleted by hand": {func(t *testing.T, clouds *acctest.Clouds, cli *acctest.CLI, connector acctest.Connector) {
			t.Helper()
			cli.Write(t, "main.tf", mainTF(`
resource "sekoia_okta_device_connector" "test" {
  name     = "Okta devices"
  base_url = "`+clouds.Ready.OktaURL+`"
}
`))
			clouds.Sekoia(t, http.MethodDelete, connectorsPath+"/"+connector.UUID, nil, nil)
		}},
		"Okta down, and the account pointed elsewhere by hand": {func(t *testing.T, clouds *acctest.Clouds, _ *acctest.CLI, connector acctest.Connector) {
			t.Helper()
			clouds.SetFaults(t, oktaDown)
			clouds.PatchAccount(t, connector.ModuleConfigurationUUID, map[string]any{"value": map[string]any{"base_url": clouds.Ready.OktaURL + "/x"}})
		}},
	}

	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			for _, mode := range []string{"on_change", "always"} {
				clouds := acctest.Start(t)
				cli := acctest.NewCLI(t, clouds, map[string]string{"SEKOIA_CONNECTION_TEST": mode})
				cli.Write(t, "main.tf", mainTF(connectorTF(clouds, "")))
				cli.Succeed(t, "apply", "-auto-approve")

				_, connector := onePair(t, clouds)
				test.spoil(t, clouds, cli, connector)
				cli.Succeed(t, "destroy", "-auto-approve")

				// Where somebody deleted the connector, its account is what this resource no longer knows of.
				left := inSekoia(t, clouds)
				if len(left.connectors) != 0 || (len(left.accounts) != 0 && !strings.Contains(name, "deleted by hand")) {
					t.Errorf("mode %s: left after the destroy: %+v", mode, left)
				}
			}
		})
	}
}

// TestAccConnectorOfACommunityThatLostTheModule reads and destroys where the catalogue has neither Okta's module nor the
// connector any more, beside a connector of another type and an account with several connectors that a playbook uses too.
func TestAccConnectorOfACommunityThatLostTheModule(t *testing.T) {
	t.Parallel()

	clouds := acctest.Start(t)
	cli := acctest.NewCLI(t, clouds, nil)
	resource := connectorTF(clouds, `sync = { wait_for = "synced" }`)
	cli.Write(t, "main.tf", mainTF(resource))
	cli.Succeed(t, "apply", "-auto-approve")

	account, connector := onePair(t, clouds)
	second := connectorByHand(t, clouds, "Second on the account", account.UUID)
	other := connectorByHand(t, clouds, "Another type", accountByHand(t, clouds, "Another"))
	clouds.PatchConnector(t, other, map[string]any{"connector_uuid": "11111111-2222-4333-8444-555555555555"})
	clouds.PatchAccount(t, account.UUID, map[string]any{"usage": map[string]any{"playbooks": 1}})
	clouds.SetCatalogue(t, map[string]any{"modules": []any{}, "connectors": []any{}})

	cli.Write(t, "main.tf", mainTF(resource+`
data "sekoia_okta_device_connectors" "all" {}

data "sekoia_okta_device_connector" "one" {
  id = sekoia_okta_device_connector.test.id
}

data "sekoia_assets" "all" {
  connector_id = sekoia_okta_device_connector.test.id
}

data "sekoia_okta_device_coverage" "all" {
  connector_id = sekoia_okta_device_connector.test.id
}

data "sekoia_okta_connection_test" "now" {}

output "seen" {
  value = join(" ", [
    length(data.sekoia_okta_device_connectors.all.connectors), data.sekoia_okta_device_connector.one.asset_count,
    data.sekoia_assets.all.total, data.sekoia_okta_device_coverage.all.coverage_ratio, data.sekoia_okta_connection_test.now.passed,
  ])
}
`))

	checkText(t, cli.Succeed(t, "apply", "-auto-approve"), []string{`seen = "2 50 50 1 false"`}, nil)
	checkText(t, cli.Succeed(t, "destroy", "-auto-approve"), []string{"The connector's account stays in Sekoia", account.UUID}, nil)

	for _, left := range inSekoia(t, clouds).connectors {
		if left.UUID == connector.UUID || (left.UUID != second && left.UUID != other) {
			t.Errorf("left in Sekoia: %+v", left)
		}
	}
}

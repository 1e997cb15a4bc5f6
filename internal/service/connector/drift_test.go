// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package connector_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/acctest"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/simulator"
)

// scene is a connector in Sekoia that somebody is about to change by hand.
type scene struct {
	clouds    *acctest.Clouds
	account   acctest.Account
	connector acctest.Connector
}

// moved puts the connector on another account.
func (s scene) moved(t *testing.T) {
	t.Helper()
	other := accountByHand(t, s.clouds, "Another")
	s.clouds.PatchConnector(t, s.connector.UUID, map[string]any{"module_configuration_uuid": other})
}

func (s scene) pointedElsewhere(t *testing.T) {
	t.Helper()
	s.clouds.PatchAccount(t, s.account.UUID, map[string]any{"value": map[string]any{"base_url": "https://other.okta.com"}})
}

func (s scene) withoutAccount(t *testing.T) {
	t.Helper()
	s.clouds.Sekoia(t, http.MethodDelete, accountsPath+"/"+s.account.UUID, nil, nil)
}

func (s scene) deleted(t *testing.T) {
	t.Helper()
	s.clouds.Sekoia(t, http.MethodDelete, connectorsPath+"/"+s.connector.UUID, nil, nil)
}

// stage makes a connector with more arguments, in a folder where Terraform runs.
func stage(t *testing.T, cli func(testing.TB, *acctest.Clouds, map[string]string) *acctest.CLI, more string) (scene, *acctest.CLI) {
	t.Helper()
	clouds := acctest.Start(t, func(c *simulator.Config) { c.Devices, c.Odd = 3, 0 })
	folder := cli(t, clouds, nil)
	folder.Write(t, "main.tf", mainTF(connectorTF(clouds, more)))
	folder.Succeed(t, "apply", "-auto-approve")
	account, connector := onePair(t, clouds)
	return scene{clouds, account, connector}, folder
}

// writes are the calls to Sekoia that changed something since the log was reset, in order, with ID and ACCOUNT for the
// scene's.
func (s scene) writes(t *testing.T) string {
	t.Helper()
	ids := strings.NewReplacer(connectorsPath, "connectors", accountsPath, "accounts", s.connector.UUID, "ID", s.account.UUID, "ACCOUNT")
	var writes []string
	for _, request := range s.clouds.Requests(t).Of(acctest.Sekoia).Writes() {
		writes = append(writes, ids.Replace(request.Method+" "+request.Path))
	}
	return strings.Join(writes, "\n")
}

// driftCase is one of the four kinds of drift.
type driftCase struct {
	byHand func(scene, *testing.T)
	drift  string
	// unknown are the attributes of which only the apply knows the value.
	unknown []string
	// noAccount: the state holds no account_id until the repair.
	noAccount bool
	// recreated: the repair makes another connector.
	recreated bool
	// writes are the calls of the repair that change something, in order.
	writes string
	// foreign is how many accounts somebody else made.
	foreign int
}

var driftCases = map[string]driftCase{
	"its account was pointed elsewhere": {
		byHand: scene.pointedElsewhere, drift: "its account says https://other.okta.com",
		writes: "POST connectors/ID/stop\nPATCH accounts/ACCOUNT\nPOST connectors/ID/start",
	},
	"its account was deleted": {
		byHand: scene.withoutAccount, drift: "its account is gone", unknown: []string{"account_id"}, noAccount: true,
		writes: "POST connectors/ID/stop\nPOST accounts\nPATCH connectors/ID\nPOST connectors/ID/start",
	},
	"it was moved": {
		byHand: scene.moved, drift: "it was moved to another account", foreign: 1,
		writes: "POST connectors/ID/stop\nPATCH accounts/ACCOUNT\nPATCH connectors/ID\nPOST connectors/ID/start",
	},
	"it was deleted": {
		byHand: scene.deleted, drift: "it was deleted, its account is still there", unknown: []string{"id"}, recreated: true,
		writes: "PATCH accounts/ACCOUNT\nPOST connectors",
	},
}

// onlyDrift checks that the plan saved in the file "plan" changes nothing but drift, in place, and which values only
// the apply knows.
func onlyDrift(t *testing.T, cli *acctest.CLI, test driftCase) {
	t.Helper()
	var plan struct {
		Changes []struct {
			Change struct {
				Actions      []string       `json:"actions"`
				Before       map[string]any `json:"before"`
				After        map[string]any `json:"after"`
				AfterUnknown map[string]any `json:"after_unknown"`
			} `json:"change"`
		} `json:"resource_changes"`
	}
	cli.JSON(t, &plan, "show", "-json", "plan")
	if len(plan.Changes) != 1 || !slices.Equal(plan.Changes[0].Change.Actions, []string{"update"}) {
		t.Fatalf("want one update, got %+v", plan.Changes)
	}
	change := plan.Changes[0].Change
	changed := map[string]string{}
	for name, before := range change.Before {
		after, known := change.After[name]
		switch {
		case fmt.Sprint(change.AfterUnknown[name]) == "true":
			changed[name] = "unknown"
		case !known || fmt.Sprint(before) != fmt.Sprint(after):
			changed[name] = fmt.Sprintf("%v -> %v", before, after)
		}
	}
	want := map[string]string{"drift": test.drift + " -> <nil>"}
	for _, name := range test.unknown {
		want[name] = "unknown"
	}
	if diff := cmp.Diff(want, changed); diff != "" {
		t.Errorf("what the plan changes (-want +got)\n%s", diff)
	}
}

// repaired checks what a repair came to.
func (s scene) repaired(t *testing.T, cli *acctest.CLI, test driftCase) {
	t.Helper()
	if got := s.writes(t); got != test.writes {
		t.Errorf("the repair wrote\n%s\nwant\n%s", got, test.writes)
	}
	held := inSekoia(t, s.clouds)
	if len(held.connectors) != 1 || len(held.accounts) != 1+test.foreign {
		t.Fatalf("after the repair: %+v", held)
	}
	connector := held.connectors[0]
	if (connector.UUID != s.connector.UUID) != test.recreated || connector.Name != "Okta devices" {
		t.Errorf("the repaired connector: %+v", connector)
	}
	for _, account := range held.accounts {
		if account.UUID == connector.ModuleConfigurationUUID && account.Value["base_url"] != s.clouds.Ready.OktaURL {
			t.Errorf("its account: %+v", account)
		}
	}
	if s.account.UUID != connector.ModuleConfigurationUUID && !test.noAccount {
		t.Errorf("it is not on its own account: %+v", connector)
	}
	checkText(t, cli.Succeed(t, "plan"), []string{"No changes."}, nil)
}

// TestAccConnectorDrift changes by hand what an update can't be asked for. The plan shows drift, and nothing else; the
// apply repairs it in place; the plan that follows is empty, and a destroy leaves nothing behind.
func TestAccConnectorDrift(t *testing.T) {
	t.Parallel()
	for name, test := range driftCases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, cli := stage(t, acctest.NewCLI, `sync = { wait_for = "synced" }`)
			test.byHand(s, t)
			s.clouds.ResetRequests(t)
			text := cli.Succeed(t, "plan", "-out=plan")
			checkText(t, text, []string{`- drift = "` + test.drift + `" -> null`, "0 to add, 1 to change, 0 to destroy"}, []string{"Warning:"})
			noWrite(t, s.clouds)
			onlyDrift(t, cli, test)
			cli.Succeed(t, "apply", "-auto-approve")
			s.repaired(t, cli, test)
			cli.Succeed(t, "destroy", "-auto-approve")
			if left := inSekoia(t, s.clouds); len(left.connectors) != 0 || len(left.accounts) != test.foreign {
				t.Errorf("left after the destroy: %+v", left)
			}
		})
	}
}

// TestAccConnectorDriftInASavedPlan applies a plan in another process than the one that made it, in every mode.
func TestAccConnectorDriftInASavedPlan(t *testing.T) {
	t.Parallel()
	for name, test := range driftCases {
		for _, mode := range []string{"off", "apply", "on_change", "always"} {
			t.Run(name+", in mode "+mode, func(t *testing.T) {
				t.Parallel()
				s, cli := stage(t, acctest.NewBinaryCLI, `connection_test = { mode = "`+mode+`" }`)
				test.byHand(s, t)
				s.clouds.ResetRequests(t)
				cli.Succeed(t, "plan", "-out=plan")
				onlyDriftInMode(t, cli, mode, test)
				noWrite(t, s.clouds)
				asked := len(s.clouds.Requests(t).Of(acctest.Okta)) > 0
				if want := mode == "on_change" || mode == "always"; asked != want {
					t.Errorf("the plan asked Okta: %t, want %t", asked, want)
				}
				cli.Succeed(t, "apply", "plan")
				if asked := len(s.clouds.Requests(t).Of(acctest.Okta)) > 0; asked == (mode == "off") {
					t.Errorf("the apply asked Okta: %t", asked)
				}
				s.repaired(t, cli, test)
			})
		}
	}
}

// onlyDriftInMode is onlyDrift, for a connector that was made in a mode: in mode off, nobody has seen its organization
// yet.
func onlyDriftInMode(t *testing.T, cli *acctest.CLI, mode string, test driftCase) {
	t.Helper()
	if mode == "off" {
		test.unknown = append(slices.Clone(test.unknown), "okta_organization_id")
	}
	onlyDrift(t, cli, test)
}

// TestAccConnectorDriftInRefreshOnly: what refers to name and URL goes on working while there is drift, and nothing
// hides it.
func TestAccConnectorDriftInRefreshOnly(t *testing.T) {
	t.Parallel()
	for name, test := range driftCases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, cli := stage(t, acctest.NewCLI, "lifecycle {\n    ignore_changes  = all\n    prevent_destroy = true\n  }")
			outputs := `
output "about" {
  value = "${sekoia_okta_device_connector.test.name} reads ${sekoia_okta_device_connector.test.base_url}"

  precondition {
    condition     = startswith(sekoia_okta_device_connector.test.base_url, "http")
    error_message = "No base URL."
  }
}
`
			cli.Write(t, "outputs.tf", outputs)
			cli.Succeed(t, "apply", "-auto-approve")
			test.byHand(s, t)
			s.clouds.ResetRequests(t)
			cli.Succeed(t, "plan", "-refresh-only")
			cli.Succeed(t, "apply", "-refresh-only", "-auto-approve")
			noWrite(t, s.clouds)
			want := map[string]any{
				"name": "Okta devices", "base_url": s.clouds.Ready.OktaURL, "id": s.connector.UUID, "account_id": s.account.UUID,
				"drift": test.drift, "enabled": true,
			}
			if test.noAccount {
				want["account_id"] = nil
			}
			values := inState(t, cli)
			for attribute, value := range want {
				if values[attribute] != value {
					t.Errorf("%s is %v in state, want %v", attribute, values[attribute], value)
				}
			}
			about := "Okta devices reads " + s.clouds.Ready.OktaURL
			checkText(t, cli.Succeed(t, "output", "about"), []string{about}, nil)
			cli.Succeed(t, "plan", "-out=plan")
			onlyDrift(t, cli, test)
			cli.Succeed(t, "apply", "plan")
			s.repaired(t, cli, test)
			checkText(t, cli.Succeed(t, "output", "about"), []string{about}, nil)
		})
	}
}

// inState is what the state holds of the connector.
func inState(t *testing.T, cli *acctest.CLI) map[string]any {
	t.Helper()
	var state struct {
		Values struct {
			Root struct {
				Resources []struct {
					Address string         `json:"address"`
					Values  map[string]any `json:"values"`
				} `json:"resources"`
			} `json:"root_module"`
		} `json:"values"`
	}
	cli.JSON(t, &state, "show", "-json")
	for _, resource := range state.Values.Root.Resources {
		if resource.Address == address {
			return resource.Values
		}
	}
	t.Fatalf("the state has no %s", address)
	return nil
}

// TestAccConnectorDriftThenDestroy: nobody repairs it, and a destroy removes it all the same, with and without a look.
func TestAccConnectorDriftThenDestroy(t *testing.T) {
	t.Parallel()
	for name, test := range driftCases {
		for _, refresh := range []string{"true", "false"} {
			t.Run(name+", refresh "+refresh, func(t *testing.T) {
				t.Parallel()
				s, cli := stage(t, acctest.NewCLI, "")
				test.byHand(s, t)
				cli.Succeed(t, "destroy", "-auto-approve", "-refresh="+refresh)
				if left := inSekoia(t, s.clouds); len(left.connectors) != 0 || len(left.accounts) != test.foreign {
					t.Errorf("left after the destroy: %+v", left)
				}
			})
		}
	}
}

// TestAccConnectorDriftWithoutAToken: what moves or makes a connector needs none, what writes an account does. A plan
// is no error, so that a destroy gets past it.
func TestAccConnectorDriftWithoutAToken(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		writes string // "": the apply stops
	}{
		"its account was pointed elsewhere": {},
		"its account was deleted":           {},
		"it was moved":                      {writes: "POST connectors/ID/stop\nPATCH connectors/ID\nPOST connectors/ID/start"},
		"it was deleted":                    {writes: "POST connectors"},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, cli := stage(t, acctest.NewCLI, "")
			cli.Write(t, "main.tf", mainTF(withoutToken(connectorTF(s.clouds, ""))))
			cli.Succeed(t, "apply", "-auto-approve")
			driftCases[name].byHand(s, t)
			s.clouds.ResetRequests(t)
			if test.writes != "" {
				checkText(t, cli.Succeed(t, "plan"), []string{"Warning: Okta devices: the connection is tested without a token"}, nil)
				cli.Succeed(t, "apply", "-auto-approve")
				repair := driftCases[name]
				repair.writes = test.writes
				s.repaired(t, cli, repair)
				return
			}
			checkText(t, cli.Succeed(t, "plan"), []string{"Warning: Okta devices: there is no API token", "A destroy needs no token."}, nil)
			cli.Fail(t, "Error: Okta devices: there is no API token", "apply", "-auto-approve")
			noWrite(t, s.clouds)
			cli.Succeed(t, "destroy", "-auto-approve")
			if left := inSekoia(t, s.clouds); len(left.connectors)+len(left.accounts) != 0 {
				t.Errorf("left after the destroy: %+v", left)
			}
		})
	}
}

// TestAccConnectorDriftWhileDisabled repairs what does not run, and starts nothing.
func TestAccConnectorDriftWhileDisabled(t *testing.T) {
	t.Parallel()
	cases := map[string]string{
		"its account was pointed elsewhere": "PATCH accounts/ACCOUNT",
		"its account was deleted":           "POST accounts\nPATCH connectors/ID",
		"it was moved":                      "PATCH connectors/ID",
		"it was deleted":                    "POST connectors\nPOST connectors/NEW/stop", // Sekoia starts what is created
	}
	for name, writes := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			repair := driftCases[name]
			s, cli := stage(t, acctest.NewCLI, "enabled = false")
			repair.byHand(s, t)
			cli.Succeed(t, "plan", "-out=plan")
			onlyDrift(t, cli, repair)
			s.clouds.ResetRequests(t)
			cli.Succeed(t, "apply", "plan")
			held := inSekoia(t, s.clouds)
			if len(held.connectors) != 1 || held.connectors[0].DisplayStatus != "STOPPED" {
				t.Fatalf("after the repair: %+v", held)
			}
			repair.writes = strings.ReplaceAll(writes, "NEW", held.connectors[0].UUID)
			s.repaired(t, cli, repair)
		})
	}
}

// TestAccConnectorDriftOfASharedAccount: others would get the settings that are put back. The apply stops before
// anything is written.
func TestAccConnectorDriftOfASharedAccount(t *testing.T) {
	t.Parallel()
	s, cli := stage(t, acctest.NewCLI, "")
	s.pointedElsewhere(t)
	s.clouds.PatchAccount(t, s.account.UUID, map[string]any{"usage": map[string]any{"playbooks": 2}})
	s.clouds.ResetRequests(t)
	checkText(t, cli.Succeed(t, "plan"), []string{`- drift = "its account says https://other.okta.com" -> null`}, nil)
	checkText(t, cli.Fail(t, "Error: Okta devices: others use the connector's account", "apply", "-auto-approve"), []string{"2 playbooks"}, nil)
	noWrite(t, s.clouds)
	checkText(t, cli.Succeed(t, "destroy", "-auto-approve"), []string{"Warning: Okta devices: the connector's account stays in Sekoia"}, nil)
}

// TestAccConnectorDriftAfterThePlan: what a saved plan did not know stops the apply before anything is written, and the
// next plan knows it.
func TestAccConnectorDriftAfterThePlan(t *testing.T) {
	t.Parallel()
	s, cli := stage(t, acctest.NewBinaryCLI, "")
	cli.Write(t, "main.tf", mainTF(strings.Replace(connectorTF(s.clouds, ""), `_version = "1"`, `_version = "2"`, 1)))
	cli.Succeed(t, "plan", "-out=plan")
	s.withoutAccount(t)
	s.clouds.ResetRequests(t)
	cli.Fail(t, "Error: Okta devices: its account was deleted since the plan", "apply", "plan")
	noWrite(t, s.clouds)
	checkText(t, cli.Succeed(t, "plan"), []string{`- drift = "its account is gone" -> null`, `~ api_token_wo_version = "1" -> "2"`}, nil)
	cli.Succeed(t, "apply", "-auto-approve")
	onePair(t, s.clouds)
	checkText(t, cli.Succeed(t, "plan"), []string{"No changes."}, nil)
}

// TestAccConnectorChangedByHand changes what a plan shows as an attribute, or what makes no work at all.
func TestAccConnectorChangedByHand(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		byHand func(*testing.T, scene)
		// plan is what the next plan prints, planNot what it does not.
		plan, planNot []string
		// writes are the calls of the repair that change something, in order.
		writes string
		// recreated: there is another connector afterwards.
		recreated bool
		// foreign is how many accounts stay after the destroy: those that somebody else uses.
		foreign int
	}{
		"stopped": {
			byHand: func(t *testing.T, s scene) {
				t.Helper()
				s.clouds.Sekoia(t, http.MethodPost, connectorsPath+"/"+s.connector.UUID+"/stop", nil, nil)
			},
			plan:    []string{"~ enabled = false -> true", "0 to add, 1 to change, 0 to destroy"},
			planNot: []string{"okta_organization_id", "drift"},
			writes:  "PATCH accounts/ACCOUNT\nPOST connectors/ID/start",
		},
		"in CRITICAL_ERROR": {
			byHand: func(t *testing.T, s scene) {
				t.Helper()
				s.clouds.PatchConnector(t, s.connector.UUID, map[string]any{"display_status": "CRITICAL_ERROR"})
			},
			plan:   []string{"~ enabled = false -> true", "Warning: Okta devices: the connector is in CRITICAL_ERROR"},
			writes: "PATCH accounts/ACCOUNT\nPOST connectors/ID/start",
		},
		"renamed": {
			byHand: func(t *testing.T, s scene) {
				t.Helper()
				s.clouds.Sekoia(t, http.MethodPatch, connectorsPath+"/"+s.connector.UUID, map[string]any{"name": "By hand"}, nil)
			},
			plan:   []string{`~ name = "By hand" -> "Okta devices"`, "0 to add, 1 to change, 0 to destroy"},
			writes: "PATCH accounts/ACCOUNT\nPATCH connectors/ID",
		},
		"marked as deleted": {
			byHand: func(t *testing.T, s scene) {
				t.Helper()
				s.clouds.PatchConnector(t, s.connector.UUID, map[string]any{"deleted": true})
			},
			plan:   []string{`- drift = "it was deleted, its account is still there" -> null`, "0 to add, 1 to change, 0 to destroy"},
			writes: "PATCH accounts/ACCOUNT\nPOST connectors", recreated: true,
		},
		"moved and stopped": {
			byHand: func(t *testing.T, s scene) {
				t.Helper()
				s.moved(t)
				s.clouds.PatchConnector(t, s.connector.UUID, map[string]any{"display_status": "STOPPED"})
			},
			plan:    []string{`- drift = "it was moved to another account" -> null`, "~ enabled = false -> true"},
			writes:  "PATCH accounts/ACCOUNT\nPATCH connectors/ID\nPOST connectors/ID/start",
			foreign: 1,
		},
		"whose account was deleted, and that was put on another with the same base URL": {
			byHand: func(t *testing.T, s scene) {
				t.Helper()
				s.moved(t)
				s.withoutAccount(t)
			},
			plan: []string{"No changes."},
		},
		"deleted, with its account used by somebody": {
			byHand: func(t *testing.T, s scene) {
				t.Helper()
				s.clouds.PatchAccount(t, s.account.UUID, map[string]any{"usage": map[string]any{"playbooks": 1}})
				s.deleted(t)
			},
			plan: []string{
				"1 to add, 0 to change, 0 to destroy", "Warning: Okta devices: the connector is gone. Its account stays in Sekoia", "1 playbook", "still holds the API token",
			},
			planNot: []string{"drift ="}, recreated: true, foreign: 1,
			writes: "POST accounts\nPOST connectors",
		},
		"deleted with its account": {
			byHand: func(t *testing.T, s scene) {
				t.Helper()
				s.deleted(t)
				s.withoutAccount(t)
			},
			plan: []string{"1 to add, 0 to change, 0 to destroy"}, planNot: []string{"drift ="}, recreated: true,
			writes: "POST accounts\nPOST connectors",
		},
	}
	for name, test := range cases {
		t.Run("a connector "+name, func(t *testing.T) {
			t.Parallel()
			s, cli := stage(t, acctest.NewCLI, "")
			test.byHand(t, s)
			checkText(t, cli.Succeed(t, "plan"), test.plan, test.planNot)
			s.clouds.ResetRequests(t)
			cli.Succeed(t, "apply", "-auto-approve")
			if got := s.writes(t); got != test.writes {
				t.Errorf("the repair wrote\n%s\nwant\n%s", got, test.writes)
			}
			checkText(t, cli.Succeed(t, "plan"), []string{"No changes."}, nil)
			repaired := inSekoia(t, s.clouds)
			if len(repaired.connectors) != 1 || (repaired.connectors[0].UUID != s.connector.UUID) != test.recreated || repaired.connectors[0].Name != "Okta devices" {
				t.Errorf("after the repair: %+v", repaired)
			}
			cli.Succeed(t, "destroy", "-auto-approve")
			if left := inSekoia(t, s.clouds); len(left.connectors) != 0 || len(left.accounts) != test.foreign {
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
				if left := inSekoia(t, clouds); len(left.connectors)+len(left.accounts) != 0 {
					t.Errorf("mode %s: left after the destroy: %+v", mode, left)
				}
			}
		})
	}
}

// TestAccConnectorOfACommunityThatLostTheModule reads and destroys where the catalogue has neither Okta's module nor
// the connector any more, beside a connector of another type and an account with several connectors that a playbook
// uses too.
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
	checkText(t, cli.Succeed(t, "destroy", "-auto-approve"), []string{"Warning: Okta devices: the connector's account stays in Sekoia", account.UUID}, nil)
	for _, left := range inSekoia(t, clouds).connectors {
		if left.UUID == connector.UUID || (left.UUID != second && left.UUID != other) {
			t.Errorf("left in Sekoia: %+v", left)
		}
	}
}

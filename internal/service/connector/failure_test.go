// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package connector_test

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/acctest"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/simulator"
)

func kind(kind, cloud, method, path string) acctest.Fault {
	return acctest.Fault{Cloud: cloud, Method: method, Path: path, Kind: kind}
}

// TestAccConnectorCreateIsNeverDoubled breaks each call of a create, and looks that one clean apply leaves one account
// and one connector, and a destroy none.
func TestAccConnectorCreateIsNeverDoubled(t *testing.T) {
	t.Parallel()
	serverError := func(path string) acctest.Fault {
		return once(answer(acctest.Sekoia, http.MethodPost, path, http.StatusInternalServerError, map[string]any{"code": "internal", "message": "trouble"}))
	}
	cases := map[string]struct {
		faults []acctest.Fault
		// fails is what the first apply prints; empty where it succeeds.
		fails string
		// left is how many accounts the failed apply leaves.
		left int
	}{
		"the account's reply is lost": {
			faults: []acctest.Fault{once(kind("drop_reply", acctest.Sekoia, http.MethodPost, accountsPath))},
		},
		"the account's reply is cut off": {
			faults: []acctest.Fault{once(kind("truncate", acctest.Sekoia, http.MethodPost, accountsPath))},
		},
		"the account is refused": {
			faults: []acctest.Fault{once(answer(acctest.Sekoia, http.MethodPost, accountsPath, http.StatusForbidden, map[string]any{"code": "forbidden", "message": "no"}))},
			fails:  `the API key needs the permission "Manage playbooks"`,
		},
		"the account's call ends before its effect": {
			faults: []acctest.Fault{once(kind("reset", acctest.Sekoia, http.MethodPost, accountsPath))},
			fails:  "Okta devices: the connector was not created",
		},
		"a server error for the account": {
			faults: []acctest.Fault{serverError(accountsPath)}, fails: "Sekoia answered 500 (internal: trouble) to POST",
		},
		"the connector's reply is lost": {
			faults: []acctest.Fault{once(kind("drop_reply", acctest.Sekoia, http.MethodPost, connectorsPath))},
		},
		"the connector's reply is cut off": {
			faults: []acctest.Fault{once(kind("truncate", acctest.Sekoia, http.MethodPost, connectorsPath))},
		},
		"the connector is refused": {
			faults: []acctest.Fault{once(answer(acctest.Sekoia, http.MethodPost, connectorsPath, http.StatusForbidden, map[string]any{"code": "forbidden", "message": "no"}))},
			fails:  `the API key needs the permission "Manage intakes"`,
		},
		"the connector's call ends before its effect": {
			faults: []acctest.Fault{once(kind("reset", acctest.Sekoia, http.MethodPost, connectorsPath))},
			fails:  "Okta devices: the connector was not created",
		},
		"the connector is refused, and its account can't be removed": {
			faults: []acctest.Fault{
				once(answer(acctest.Sekoia, http.MethodPost, connectorsPath, http.StatusBadRequest, map[string]any{"code": "bad", "message": "no"})),
				once(answer(acctest.Sekoia, http.MethodDelete, accountsPath+"/*", http.StatusForbidden, map[string]any{"code": "forbidden", "message": "no"})),
			},
			fails: "was created before that. It could not be removed", left: 1,
		},
		"the connector's reply is lost, and the look after it fails": {
			faults: []acctest.Fault{
				once(kind("drop_reply", acctest.Sekoia, http.MethodPost, connectorsPath)),
				{Cloud: acctest.Sekoia, Method: http.MethodGet, Path: connectorsPath, Kind: "status", Status: http.StatusForbidden, Skip: 3, Body: map[string]any{}},
			},
			fails: "It may exist all the same, on the account", left: 1,
		},
		"the look before the create fails": {
			faults: []acctest.Fault{answer(acctest.Sekoia, http.MethodGet, connectorsPath, http.StatusForbidden, map[string]any{})},
			fails:  "t could not be checked if the connector exists already",
		},
		"the list of accounts fails": {
			faults: []acctest.Fault{answer(acctest.Sekoia, http.MethodGet, accountsPath, http.StatusForbidden, map[string]any{})},
			fails:  "t could not be checked if the connector exists already",
		},
		"the wait can't read the connector": {
			faults: []acctest.Fault{answer(acctest.Sekoia, http.MethodGet, connectorsPath+"/*", http.StatusForbidden, map[string]any{})},
		},
		"the log can't be read": {
			faults: []acctest.Fault{answer(acctest.Sekoia, http.MethodGet, connectorsPath+"/*", http.StatusForbidden, map[string]any{})},
		},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			clouds := acctest.Start(t)
			cli := acctest.NewCLI(t, clouds, nil)
			cli.Write(t, "main.tf", mainTF(connectorTF(clouds, "")))
			clouds.SetFaults(t, test.faults...)
			if test.fails != "" {
				cli.Fail(t, test.fails, "apply", "-auto-approve")
				if left := inSekoia(t, clouds); len(left.accounts) != test.left {
					t.Errorf("left by the failed apply: %+v", left)
				}
			} else {
				cli.Succeed(t, "apply", "-auto-approve")
				onePair(t, clouds)
			}
			clouds.SetFaults(t)
			if strings.Contains(test.fails, "may exist") {
				// The connector is there, and no state knows it: the plan says how to take it in.
				checkText(t, cli.Succeed(t, "plan"), []string{"exists already", "import {"}, nil)
				return
			}
			if text := cli.Succeed(t, "apply", "-auto-approve"); test.fails == "" && !contains(text, "No changes.") {
				t.Errorf("the apply after one that succeeded says:\n%s", text)
			}
			onePair(t, clouds)
			cli.Succeed(t, "destroy", "-auto-approve")
			if left := inSekoia(t, clouds); len(left.accounts)+len(left.connectors) != 0 {
				t.Errorf("left after the destroy: %+v", left)
			}
		})
	}
}

func TestAccConnectorOfAnotherCommunityIsRemoved(t *testing.T) {
	t.Parallel()

	// Sekoia is made to answer as if it had ignored community_uuid.
	const other = "11111111-2222-3333-4444-555555555555"
	const id = "22222222-2222-3333-4444-555555555555"
	made := map[string]any{
		"uuid": id, "community_uuid": other, "module_uuid": "4ef895d1-3f21-4678-8d0a-5c39c37210fe", "connector_type": "asset",
		"connector_uuid": "b6e2c8a2-4f3b-4e7a-8c1d-2e4f3a6b7c9d", "module_configuration_uuid": "33333333-2222-3333-4444-555555555555",
		"name": "Okta devices", "created_at": "2026-11-23T12:00:00Z", "created_by": "me", "created_by_type": "apikey",
		"updated_at": "2026-11-23T12:00:00Z", "updated_by": "me", "updated_by_type": "apikey", "value": map[string]any{},
	}
	for what, path := range map[string]string{"account": accountsPath, "connector": connectorsPath} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			clouds := acctest.Start(t)
			clouds.SetFaults(t, once(answer(acctest.Sekoia, http.MethodPost, path, http.StatusCreated, made)))
			cli := acctest.NewCLI(t, clouds, nil)
			cli.Write(t, "main.tf", mainTF(connectorTF(clouds, "")))
			cli.Fail(t, "he "+what+" was created in the community "+other, "apply", "-auto-approve")
			if deletes := clouds.Requests(t).Path(http.MethodDelete, path+"/"+id); len(deletes) != 1 {
				t.Errorf("it was not removed again:\n%s", clouds.Requests(t))
			}
			if left := inSekoia(t, clouds); len(left.accounts) != 0 {
				t.Errorf("left: %+v", left)
			}
		})
	}
}

func TestAccConnectorLeftoverAccounts(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		// spoil makes the leftover account one that may not be taken over.
		spoil map[string]any
		taken bool
	}{
		"unused and made by this key":   {taken: true},
		"with another base URL":         {spoil: map[string]any{"value": map[string]any{"base_url": "https://other.okta.com"}}},
		"unused, made by somebody else": {spoil: map[string]any{"created_by": "11111111-2222-3333-4444-555555555555"}, taken: true},
		"used by a playbook":            {spoil: map[string]any{"usage": map[string]any{"playbooks": 1}}},
		"deleted":                       {spoil: map[string]any{"deleted": true}},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			clouds := acctest.Start(t)
			id := accountByHand(t, clouds, "Okta devices")
			if test.spoil != nil {
				clouds.PatchAccount(t, id, test.spoil)
			}
			cli := acctest.NewCLI(t, clouds, nil)
			cli.Write(t, "main.tf", mainTF(connectorTF(clouds, "")))
			cli.Succeed(t, "apply", "-auto-approve")
			connectors := inSekoia(t, clouds).connectors
			if len(connectors) != 1 || (connectors[0].ModuleConfigurationUUID == id) != test.taken {
				t.Errorf("the account %s was taken over: want %t, got %+v", id, test.taken, connectors)
			}
		})
	}
}

func TestAccConnectorRotation(t *testing.T) {
	t.Parallel()
	clouds := acctest.Start(t)
	cli := acctest.NewCLI(t, clouds, nil)
	first, second := clouds.Ready.OktaToken, "00second"
	write := func(token, version string) {
		configuration := connectorTF(clouds, `sync = { wait_for = "synced" }`)
		configuration = strings.Replace(configuration, first, token, 1)
		cli.Write(t, "main.tf", mainTF(strings.Replace(configuration, `api_token_wo_version = "1"`, `api_token_wo_version = "`+version+`"`, 1)))
	}
	write(first, "1")
	cli.Succeed(t, "apply", "-auto-approve")

	// A new version with a revoked token stops at plan, and nothing is written.
	clouds.ResetRequests(t)
	write("00revoked", "2")
	cli.Fail(t, "E0000011", "plan")
	noWrite(t, clouds)

	// With a good one it is sent, the connector restarts once, and the next sync uses it.
	clouds.SetTokens(t, second)
	clouds.PutDevice(t, "guoAfterRotation", map[string]any{
		"status": "ACTIVE", "profile": map[string]any{"displayName": "new", "platform": "MACOS", "registered": true, "secureHardwarePresent": true},
	})
	write(second, "2")
	cli.Succeed(t, "apply", "-auto-approve")
	_, connector := onePair(t, clouds)
	err := countCalls(t, clouds, map[string]int{
		"PATCH " + accountsPath + "/*": 1, "PATCH " + connectorsPath + "/*": 0,
		"POST " + connectorsPath + "/" + connector.UUID + "/stop": 1, "POST " + connectorsPath + "/" + connector.UUID + "/start": 1,
	})
	if err != nil {
		t.Error(err)
	}
	if assets := len(clouds.State(t).Assets); assets != 51 {
		t.Errorf("%d assets after the rotation, want the 50 and the new one", assets)
	}
}

// withoutRetries lets a lost reply be lost at once.
const withoutRetries = "provider \"sekoia\" {\n  http = { max_retries = 0 }\n}\n"

// TestAccConnectorUpdateThatIsCutOff fails each call of an update. The state follows each step, so that the next plan
// shows the work that is left, also without a look at Sekoia, and one apply does it.
func TestAccConnectorUpdateThatIsCutOff(t *testing.T) {
	t.Parallel()
	refusal := map[string]any{"code": "forbidden", "message": "no"}
	newToken := func(configuration string, _ *acctest.Clouds) string {
		return strings.Replace(configuration, `_version = "1"`, `_version = "2"`, 1)
	}
	newURL := func(configuration string, clouds *acctest.Clouds) string {
		return strings.Replace(configuration, clouds.Ready.OktaURL, strings.Replace(clouds.Ready.OktaURL, "127.0.0.1", "localhost", 1), 1)
	}
	newTrigger := func(configuration string, _ *acctest.Clouds) string {
		return strings.Replace(configuration, "monday", "tuesday", 1)
	}
	cases := map[string]struct {
		change func(string, *acctest.Clouds) string
		fault  func(id string) acctest.Fault
		fails  string
		// status is the connector's after the failed apply.
		status string
		// plan is what is left to do, planNot what is done.
		plan, planNot []string
	}{
		"a new token, and the stop is refused": {
			change: newToken, fails: "the connector could not be stopped", status: "RUNNING",
			fault: func(id string) acctest.Fault {
				return answer(acctest.Sekoia, http.MethodPost, connectorsPath+"/"+id+"/stop", http.StatusForbidden, refusal)
			},
			plan: []string{`~ api_token_wo_version = "1" -> "2"`}, planNot: []string{"enabled ="},
		},
		"a new token, and the account is refused": {
			change: newToken, fails: "the connector's account could not be changed", status: "RUNNING",
			fault: func(string) acctest.Fault {
				return answer(acctest.Sekoia, http.MethodPatch, accountsPath+"/*", http.StatusForbidden, refusal)
			},
			plan: []string{`~ api_token_wo_version = "1" -> "2"`}, planNot: []string{"enabled ="},
		},
		"a new token, and the account's reply is lost": {
			change: newToken, fails: "the connector's account may not have been changed", status: "STOPPED",
			fault: func(string) acctest.Fault {
				return kind("drop_reply", acctest.Sekoia, http.MethodPatch, accountsPath+"/*")
			},
			plan: []string{`+ api_token_wo_version = "2"`, "~ enabled = false -> true"},
		},
		"a new token, and the start is refused": {
			change: newToken, fails: "the connector could not be started", status: "STOPPED",
			fault: func(id string) acctest.Fault {
				return answer(acctest.Sekoia, http.MethodPost, connectorsPath+"/"+id+"/start", http.StatusForbidden, refusal)
			},
			plan: []string{"~ enabled = false -> true"}, planNot: []string{"api_token_wo_version"},
		},
		"a new base URL of the same organization, and the stop is refused": {
			change: newURL, fails: "the connector could not be stopped", status: "RUNNING",
			fault: func(id string) acctest.Fault {
				return answer(acctest.Sekoia, http.MethodPost, connectorsPath+"/"+id+"/stop", http.StatusForbidden, refusal)
			},
			plan: []string{"~ base_url = "}, planNot: []string{"enabled =", "drift"},
		},
		"a new base URL of the same organization, and the start is refused": {
			change: newURL, fails: "the connector could not be started", status: "STOPPED",
			fault: func(id string) acctest.Fault {
				return answer(acctest.Sekoia, http.MethodPost, connectorsPath+"/"+id+"/start", http.StatusForbidden, refusal)
			},
			plan: []string{"~ enabled = false -> true"}, planNot: []string{"base_url", "drift"},
		},
		"another trigger, and the start is refused": {
			change: newTrigger, fails: "the connector could not be started", status: "STOPPED",
			fault: func(id string) acctest.Fault {
				return answer(acctest.Sekoia, http.MethodPost, connectorsPath+"/"+id+"/start", http.StatusForbidden, refusal)
			},
			plan: []string{`"monday" -> "tuesday"`, "~ enabled = false -> true"},
		},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			more := `sync = { triggers = { at = "monday" } }`
			s, cli := stage(t, acctest.NewCLI, more)
			cli.Write(t, "provider.tf", withoutRetries)
			cli.Write(t, "main.tf", mainTF(test.change(connectorTF(s.clouds, more), s.clouds)))
			s.clouds.SetFaults(t, test.fault(s.connector.UUID))
			cli.Fail(t, "Error: Okta devices: "+test.fails, "apply", "-auto-approve")
			s.clouds.SetFaults(t)
			_, connector := onePair(t, s.clouds)
			if status := strings.Replace(connector.DisplayStatus, "STARTING", "RUNNING", 1); status != test.status {
				t.Errorf("the connector is left %s, want %s", connector.DisplayStatus, test.status)
			}
			plan := append([]string{"0 to add, 1 to change, 0 to destroy"}, test.plan...)
			checkText(t, cli.Succeed(t, "plan", "-refresh=false"), plan, test.planNot)
			checkText(t, cli.Succeed(t, "plan"), plan, test.planNot)
			s.clouds.ResetRequests(t)
			cli.Succeed(t, "apply", "-auto-approve")
			if starts := s.clouds.Requests(t).Path(http.MethodPost, connectorsPath+"/"+s.connector.UUID+"/start"); len(starts) != 1 {
				t.Errorf("the apply that follows starts it %d times", len(starts))
			}
			checkText(t, cli.Succeed(t, "plan"), []string{"No changes."}, nil)
		})
	}
}

// TestAccConnectorChangeTakenBack takes a change back of which the start failed: Sekoia has the new settings, and the
// configuration says the old ones again. One apply brings the old ones back to Sekoia. The old token alone works then,
// so that the sync shows which one it has.
func TestAccConnectorChangeTakenBack(t *testing.T) {
	t.Parallel()
	const second = "00second"
	cases := map[string]func(configuration string, clouds *acctest.Clouds) string{
		"a token": func(configuration string, clouds *acctest.Clouds) string {
			return strings.NewReplacer(clouds.Ready.OktaToken, second, `_version = "1"`, `_version = "2"`).Replace(configuration)
		},
		"a token and a trigger": func(configuration string, clouds *acctest.Clouds) string {
			return strings.NewReplacer(clouds.Ready.OktaToken, second, `_version = "1"`, `_version = "2"`, "monday", "tuesday").Replace(configuration)
		},
		"a token and a base URL of the same organization": func(configuration string, clouds *acctest.Clouds) string {
			byName := strings.Replace(clouds.Ready.OktaURL, "127.0.0.1", "localhost", 1)
			return strings.NewReplacer(clouds.Ready.OktaToken, second, `_version = "1"`, `_version = "2"`, clouds.Ready.OktaURL, byName).Replace(configuration)
		},
		"a base URL of the same organization": func(configuration string, clouds *acctest.Clouds) string {
			return strings.Replace(configuration, clouds.Ready.OktaURL, strings.Replace(clouds.Ready.OktaURL, "127.0.0.1", "localhost", 1), 1)
		},
		"a trigger, with a new token under the old version": func(configuration string, clouds *acctest.Clouds) string {
			return strings.NewReplacer(clouds.Ready.OktaToken, second, "monday", "tuesday").Replace(configuration)
		},
	}
	faults := map[string]func(id string) acctest.Fault{
		"the start is refused": func(id string) acctest.Fault {
			return answer(acctest.Sekoia, http.MethodPost, connectorsPath+"/"+id+"/start", http.StatusForbidden, map[string]any{})
		},
		"the account's reply is lost": func(string) acctest.Fault {
			return kind("drop_reply", acctest.Sekoia, http.MethodPatch, accountsPath+"/*")
		},
	}
	// Each pair of a change, a fault and a refresh is tried, which takes half of all combinations.
	for row, name := range slices.Sorted(maps.Keys(cases)) {
		for column, what := range slices.Sorted(maps.Keys(faults)) {
			refresh := fmt.Sprint((row+column)%2 == 0)
			t.Run(name+", and "+what+", refresh "+refresh, func(t *testing.T) {
				t.Parallel()
				more := `sync = { wait_for = "synced", triggers = { at = "monday" } }`
				s, cli := stage(t, acctest.NewCLI, more)
				original := connectorTF(s.clouds, more)
				cli.Write(t, "provider.tf", withoutRetries)
				s.clouds.SetTokens(t, s.clouds.Ready.OktaToken, second)
				s.clouds.SetFaults(t, faults[what](s.connector.UUID))
				cli.Write(t, "main.tf", mainTF(cases[name](original, s.clouds)))
				cli.Fail(t, "Error: Okta devices: the connector", "apply", "-auto-approve")
				s.clouds.SetFaults(t)
				s.clouds.SetTokens(t, s.clouds.Ready.OktaToken)
				cli.Write(t, "main.tf", mainTF(original))
				cli.Succeed(t, "apply", "-auto-approve", "-refresh="+refresh)
				account, connector := onePair(t, s.clouds)
				if account.Value["base_url"] != s.clouds.Ready.OktaURL || connector.UUID != s.connector.UUID || connector.DisplayStatus != "RUNNING" {
					t.Errorf("after the apply: %+v, %+v", account, connector)
				}
				checkText(t, cli.Succeed(t, "plan"), []string{"No changes."}, nil)
			})
		}
	}
}

// TestAccConnectorReplacedForItsSharedAccount follows the error: a replacement gets an account of its own, and then the
// change. Terraform asks for the change before it replaces, so the two can't be one apply.
func TestAccConnectorReplacedForItsSharedAccount(t *testing.T) {
	t.Parallel()
	s, cli := stage(t, acctest.NewCLI, "")
	original := connectorTF(s.clouds, "")
	changed := strings.Replace(original, `_version = "1"`, `_version = "2"`, 1)
	s.clouds.PatchAccount(t, s.account.UUID, map[string]any{"usage": map[string]any{"playbooks": 2}})
	replace := []string{"apply", "-auto-approve", "-replace=sekoia_okta_device_connector.test"}
	cli.Write(t, "main.tf", mainTF(changed))
	checkText(t, cli.Fail(t, "Error: Okta devices: others use the connector's account", replace...),
		[]string{"replace this connector first, without this change (apply with -replace=…)"}, nil)
	cli.Write(t, "main.tf", mainTF(original))
	cli.Succeed(t, replace...)
	cli.Write(t, "main.tf", mainTF(changed))
	cli.Succeed(t, "apply", "-auto-approve")
	if held := inSekoia(t, s.clouds); len(held.accounts) != 2 || len(held.connectors) != 1 || held.connectors[0].ModuleConfigurationUUID == s.account.UUID {
		t.Errorf("after the change: %+v", held)
	}
}

func TestAccConnectorSharedAccount(t *testing.T) {
	t.Parallel()
	clouds := acctest.Start(t)
	cli := acctest.NewCLI(t, clouds, nil)
	cli.Write(t, "main.tf", mainTF(connectorTF(clouds, "")))
	cli.Succeed(t, "apply", "-auto-approve")
	account, _ := onePair(t, clouds)
	clouds.PatchAccount(t, account.UUID, map[string]any{"usage": map[string]any{"playbooks": 2}})

	// A new token would reach the playbooks: an error that names the counts, at plan already.
	clouds.ResetRequests(t)
	cli.Write(t, "main.tf", mainTF(strings.Replace(connectorTF(clouds, ""), `_version = "1"`, `_version = "2"`, 1)))
	checkText(t, cli.Fail(t, "Error: Okta devices: others use the connector's account", "plan"), []string{"2 playbooks", wayOut}, nil)
	noWrite(t, clouds)

	// A trigger sends the token again, which is said at plan too.
	triggers := func(text string) string {
		return mainTF(connectorTF(clouds, fmt.Sprintf("sync = { triggers = { now = %q } }", text)))
	}
	cli.Write(t, "main.tf", triggers("1"))
	cli.Succeed(t, "apply", "-auto-approve")
	cli.Write(t, "main.tf", triggers("2"))
	checkText(t, cli.Fail(t, "Error: Okta devices: others use the connector's account", "plan"), []string{"2 playbooks", wayOut}, nil)
	noWrite(t, clouds)

	// What is stopped needs no restart, so that nothing is sent.
	cli.Write(t, "main.tf", strings.Replace(triggers("2"), "sync =", "enabled = false\n  sync =", 1))
	cli.Succeed(t, "apply", "-auto-approve")

	// A start alone and a rename leave the account alone.
	cli.Write(t, "main.tf", mainTF(connectorTF(clouds, "")))
	_, connector := onePair(t, clouds)
	clouds.PatchConnector(t, connector.UUID, map[string]any{"display_status": "CRITICAL_ERROR"})
	cli.Succeed(t, "apply", "-auto-approve")
	if _, connector := onePair(t, clouds); connector.DisplayStatus != "RUNNING" {
		t.Errorf("not started: %+v", connector)
	}
	cli.Write(t, "main.tf", mainTF(strings.Replace(connectorTF(clouds, ""), `"Okta devices"`, `"Renamed"`, 1)))
	cli.Succeed(t, "apply", "-auto-approve")
	if account, connector := onePair(t, clouds); account.Name != "Okta devices" || connector.Name != "Renamed" {
		t.Errorf("after the rename: %+v, %+v", account, connector)
	}

	// And a destroy leaves it, and names it.
	checkText(t, cli.Succeed(t, "destroy", "-auto-approve"), []string{"Warning: Renamed: the connector's account stays in Sekoia", account.UUID, "2 playbooks"}, nil)
	if left := inSekoia(t, clouds); len(left.connectors) != 0 || len(left.accounts) != 1 {
		t.Errorf("left after the destroy: %+v", left)
	}
}

// wayOut is where each error of a plan leads that has no section of its own in the guide.
const wayOut = "/docs/guides/troubleshooting#a-destroy-blocked-by-its-plan"

func TestAccConnectorAfterAFailedCreate(t *testing.T) {
	t.Parallel()
	clouds := acctest.Start(t)
	cli := acctest.NewCLI(t, clouds, nil)
	beside := `
resource "terraform_data" "beside" {
  input = "there"
}
`
	cli.Write(t, "main.tf", mainTF(beside+connectorTF(clouds, "depends_on = [terraform_data.beside]")))
	clouds.SetFaults(t, answer(acctest.Sekoia, http.MethodPost, accountsPath, http.StatusBadRequest, map[string]any{}))
	cli.Fail(t, "Okta devices: the connector was not created", "apply", "-auto-approve")

	// The token dies meanwhile: a destroy plans first, so that it stops as any plan does. The way out is in the guide,
	// not in the error.
	clouds.SetFaults(t)
	clouds.SetTokens(t)
	checkText(t, cli.Fail(t, "Error: Okta devices: Okta rejected the API token (401)", "destroy", "-auto-approve"),
		[]string{"/docs/guides/troubleshooting#okta_credentials"}, []string{"-refresh=false", "SEKOIA_CONNECTION_TEST", wayOut})
	cli.Succeed(t, "destroy", "-auto-approve", "-refresh=false")
}

func TestAccConnectorSyncOfOddDevices(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		devices, odd, from int
		// least and most bound how many assets arrive: a later cycle may bring some that were created after the
		// checkpoint.
		least, most int
	}{
		"on a later page":  {devices: 450, odd: 1, from: 430, least: 400, most: 449},
		"on the only page": {devices: 50, odd: 1, from: 20},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			clouds := acctest.Start(t, func(c *simulator.Config) { c.Devices, c.Odd, c.OddFrom = test.devices, test.odd, test.from })
			cli := acctest.NewCLI(t, clouds, nil)
			cli.Write(t, "main.tf", mainTF(connectorTF(clouds, `sync = { wait_for = "synced" }`)))
			text := cli.Succeed(t, "apply", "-auto-approve")
			arrived := len(clouds.State(t).Assets)
			if arrived < test.least || arrived > test.most {
				t.Errorf("%d assets arrived, want %d to %d", arrived, test.least, test.most)
			}
			checkText(t, text, []string{
				"Warning: Okta devices: the sync is not complete", fmt.Sprintf("%d assets have arrived", arrived), "Exception while fetching devices from",
			}, nil)
			if text := cli.Succeed(t, "plan"); !contains(text, "No changes.") {
				t.Errorf("the plan says:\n%s", text)
			}
		})
	}
}

// What a sync would miss is in the plan already, and nobody has to open the warning to read how much.
func TestAccConnectorPlanSaysWhatSekoiaWillMiss(t *testing.T) {
	t.Parallel()
	clouds := acctest.Start(t, func(c *simulator.Config) { c.Devices, c.Odd, c.OddFrom = 60, 2, 10 })
	cli := acctest.NewCLI(t, clouds, nil)
	cli.Write(t, "main.tf", mainTF(connectorTF(clouds, `sync = { wait_for = "synced" }`)))
	checkText(t, cli.Succeed(t, "plan"), []string{
		"Warning: Okta devices: Sekoia will miss devices: 2 of 60 lack a required field, and all after the first of them", "1 to add",
	}, nil)
}

func TestAccConnectorSyncThatFindsNothingNew(t *testing.T) {
	t.Parallel()
	clouds := acctest.Start(t)
	cli := acctest.NewCLI(t, clouds, nil)
	write := func(trigger string) {
		cli.Write(t, "main.tf", mainTF(connectorTF(clouds, `sync = { wait_for = "synced", triggers = { at = "`+trigger+`" } }`)))
	}
	write("monday")
	cli.Succeed(t, "apply", "-auto-approve")
	write("tuesday")
	if text := cli.Succeed(t, "apply", "-auto-approve"); contains(text, "not complete") {
		t.Errorf("the apply says:\n%s", text)
	}

	// A token that was revoked meanwhile: the sync fails, but the change is made, so that the work is not shown again.
	clouds.SetTokens(t)
	write("wednesday")
	cli.Setenv("SEKOIA_CONNECTION_TEST", "off")
	cli.Fail(t, "Okta devices: the change was made, but the sync failed", "apply", "-auto-approve")
	if text := cli.Succeed(t, "plan"); !contains(text, "No changes.") {
		t.Errorf("the plan says:\n%s", text)
	}
}

func TestAccConnectorRenameIsNotHalfDone(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		fault acctest.Fault
		// fails is what the apply says; where it succeeds all the same, warns is.
		fails, warns string
	}{
		"the usage can't be read": {
			fault: answer(acctest.Sekoia, http.MethodGet, accountsPath+"/*", http.StatusInternalServerError, map[string]any{}), fails: "Sekoia answered 500",
		},
		"the account can't be renamed for now": {
			fault: answer(acctest.Sekoia, http.MethodPatch, accountsPath+"/*", http.StatusInternalServerError, map[string]any{}), fails: "Sekoia answered 500",
		},
		"the connector can't be renamed for now": {
			fault: answer(acctest.Sekoia, http.MethodPatch, connectorsPath+"/*", http.StatusInternalServerError, map[string]any{}), fails: "Sekoia answered 500",
		},
		"the key may not rename the account": {
			fault: answer(acctest.Sekoia, http.MethodPatch, accountsPath+"/*", http.StatusForbidden, map[string]any{}),
			warns: "Warning: Renamed: the connector's account keeps its old name",
		},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			clouds := acctest.Start(t)
			cli := acctest.NewCLI(t, clouds, nil)
			cli.Write(t, "main.tf", mainTF(connectorTF(clouds, "")))
			cli.Succeed(t, "apply", "-auto-approve")
			cli.Write(t, "main.tf", mainTF(strings.Replace(connectorTF(clouds, ""), `"Okta devices"`, `"Renamed"`, 1)))
			cli.Succeed(t, "plan", "-out=plan")
			clouds.SetFaults(t, test.fault)
			if test.warns != "" {
				checkText(t, cli.Succeed(t, "apply", "plan"), []string{test.warns}, nil)
				return
			}
			cli.Fail(t, test.fails, "apply", "plan")
			clouds.SetFaults(t)
			cli.Succeed(t, "apply", "-auto-approve")
			if account, connector := onePair(t, clouds); account.Name != "Renamed" || connector.Name != "Renamed" {
				t.Errorf("after the next apply: %+v, %+v", account, connector)
			}
		})
	}
}

func TestAccConnectorDeleteThatLeavesItsAccount(t *testing.T) {
	t.Parallel()
	cases := map[string]func(t *testing.T, clouds *acctest.Clouds, cli *acctest.CLI){
		"the next destroy removes it": func(t *testing.T, clouds *acctest.Clouds, cli *acctest.CLI) {
			t.Helper()
			cli.Succeed(t, "destroy", "-auto-approve")
			if left := inSekoia(t, clouds); len(left.accounts) != 0 {
				t.Errorf("left: %+v", left)
			}
		},
		"the next apply makes a connector on it": func(t *testing.T, clouds *acctest.Clouds, cli *acctest.CLI) {
			t.Helper()
			before := inSekoia(t, clouds).accounts[0]
			checkText(t, cli.Succeed(t, "plan"), []string{`- drift = "it was deleted, its account is still there" -> null`}, nil)
			cli.Succeed(t, "apply", "-auto-approve")
			if account, _ := onePair(t, clouds); account.UUID != before.UUID {
				t.Errorf("the account was not used: %+v", account)
			}
		},
		"somebody removes it by hand": func(t *testing.T, clouds *acctest.Clouds, cli *acctest.CLI) {
			t.Helper()
			clouds.Sekoia(t, http.MethodDelete, accountsPath+"/"+inSekoia(t, clouds).accounts[0].UUID, nil, nil)
			checkText(t, cli.Succeed(t, "plan"), []string{"1 to add, 0 to change, 0 to destroy"}, nil)
		},
	}
	for name, then := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			clouds := acctest.Start(t)
			cli := acctest.NewCLI(t, clouds, nil)
			cli.Write(t, "main.tf", mainTF(connectorTF(clouds, "")))
			cli.Succeed(t, "apply", "-auto-approve")
			clouds.SetFaults(t, answer(acctest.Sekoia, http.MethodDelete, accountsPath+"/*", http.StatusInternalServerError, map[string]any{}))
			text := cli.Fail(t, "Okta devices: the connector was deleted. Its account", "destroy", "-auto-approve")
			clouds.SetFaults(t)
			left := inSekoia(t, clouds)
			if len(left.connectors) != 0 || len(left.accounts) != 1 {
				t.Fatalf("left by the delete that failed: %+v", left)
			}
			checkText(t, text, []string{left.accounts[0].UUID}, nil)
			then(t, clouds, cli)
		})
	}
}

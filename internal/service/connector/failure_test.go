// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package connector_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/acctest"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/simulator"
)

func kind(kind, cloud, method, path string) acctest.Fault {
	return acctest.Fault{Cloud: cloud, Method: method, Path: path, Kind: kind}
}

// TestAccConnectorCreateIsNeverDoubled breaks each call of a create, and looks that one clean apply leaves one account and
// one connector, and a destroy none.
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
			fails: "was made before that. It could not be removed again", left: 1,
		},
		"the connector's reply is lost, and the look after it fails": {
			faults: []acctest.Fault{
				once(kind("drop_reply", acctest.Sekoia, http.MethodPost, connectorsPath)),
				{Cloud: acctest.Sekoia, Method: http.MethodGet, Path: connectorsPath, Kind: "status", Status: http.StatusForbidden, Skip: 3, Body: map[string]any{}},
			},
			fails: "The connector may or may not have been created on the account", left: 1,
		},
		"the look before the create fails": {
			faults: []acctest.Fault{answer(acctest.Sekoia, http.MethodGet, connectorsPath, http.StatusForbidden, map[string]any{})},
			fails:  "Sekoia did not say whether the connector exists already",
		},
		"the list of accounts fails": {
			faults: []acctest.Fault{answer(acctest.Sekoia, http.MethodGet, accountsPath, http.StatusForbidden, map[string]any{})},
			fails:  "The accounts could not be listed",
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

			if strings.Contains(test.fails, "may or may not") {
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
			cli.Fail(t, "Sekoia made the "+what+" in the community "+other, "apply", "-auto-approve")

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

func TestAccConnectorRestartThatFailsIsOwed(t *testing.T) {
	t.Parallel()

	for _, call := range []string{"stop", "start"} {
		t.Run(call, func(t *testing.T) {
			t.Parallel()

			for name, change := range map[string]func(string, *acctest.Clouds) string{
				"a new token": func(configuration string, _ *acctest.Clouds) string {
					return strings.Replace(configuration, `_version = "1"`, `_version = "2"`, 1)
				},
				"a new base URL of the same organization": func(configuration string, clouds *acctest.Clouds) string {
					return strings.Replace(configuration, clouds.Ready.OktaURL, strings.Replace(clouds.Ready.OktaURL, "127.0.0.1", "localhost", 1), 1)
				},
			} {
				clouds := acctest.Start(t)
				cli := acctest.NewCLI(t, clouds, nil)
				cli.Write(t, "main.tf", mainTF(connectorTF(clouds, "")))
				cli.Succeed(t, "apply", "-auto-approve")

				_, connector := onePair(t, clouds)

				cli.Write(t, "main.tf", mainTF(change(connectorTF(clouds, ""), clouds)))
				clouds.SetFaults(t, answer(acctest.Sekoia, http.MethodPost, connectorsPath+"/"+connector.UUID+"/"+call,
					http.StatusForbidden, map[string]any{"code": "forbidden", "message": "no"}))
				cli.Fail(t, "Sekoia answered 403", "apply", "-auto-approve")

				clouds.SetFaults(t)

				if text := cli.Succeed(t, "plan"); !contains(text, "0 to add, 1 to change, 0 to destroy") {
					t.Errorf("%s: the plan does not show the work that is left:\n%s", name, text)
				}

				clouds.ResetRequests(t)
				cli.Succeed(t, "apply", "-auto-approve")

				if starts := clouds.Requests(t).Path(http.MethodPost, connectorsPath+"/"+connector.UUID+"/start"); len(starts) != 1 {
					t.Errorf("%s: the apply that follows starts it %d times", name, len(starts))
				}

				if text := cli.Succeed(t, "plan"); !contains(text, "No changes.") {
					t.Errorf("%s: the plan at the end says:\n%s", name, text)
				}
			}
		})
	}
}

func TestAccConnectorOwedRestartSurvivesATakenBackChange(t *testing.T) {
	t.Parallel()

	clouds := acctest.Start(t)
	cli := acctest.NewCLI(t, clouds, nil)
	original := connectorTF(clouds, "")
	cli.Write(t, "main.tf", mainTF(original))
	cli.Succeed(t, "apply", "-auto-approve")

	_, connector := onePair(t, clouds)
	byName := strings.Replace(clouds.Ready.OktaURL, "127.0.0.1", "localhost", 1)

	cli.Write(t, "main.tf", mainTF(strings.Replace(original, clouds.Ready.OktaURL, byName, 1)))
	clouds.SetFaults(t, answer(acctest.Sekoia, http.MethodPost, connectorsPath+"/"+connector.UUID+"/stop", http.StatusForbidden, map[string]any{}))
	cli.Fail(t, "Sekoia answered 403", "apply", "-auto-approve")
	clouds.SetFaults(t)

	// Sekoia holds the new base URL, and the configuration the old one again.
	cli.Write(t, "main.tf", mainTF(original))
	cli.Succeed(t, "apply", "-auto-approve")

	if account, _ := onePair(t, clouds); account.Value["base_url"] != clouds.Ready.OktaURL {
		t.Errorf("the account still holds %v", account.Value["base_url"])
	}

	if text := cli.Succeed(t, "plan"); !contains(text, "No changes.") {
		t.Errorf("the plan at the end says:\n%s", text)
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
	checkText(t, cli.Fail(t, "Error: Okta devices: others use the connector's account", "plan"), []string{"2 playbooks"}, nil)
	noWrite(t, clouds)

	// A rename leaves the account alone.
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

	// The token dies meanwhile: a destroy plans first, so that it stops as any plan does, and says the way out.
	clouds.SetFaults(t)
	clouds.SetTokens(t)
	cli.Fail(t, "terraform destroy -refresh=false", "destroy", "-auto-approve")
	cli.Succeed(t, "destroy", "-auto-approve", "-refresh=false")
}

func TestAccConnectorSyncOfOddDevices(t *testing.T) {
	t.Parallel()

	cases := map[string]struct {
		devices, odd, from int
		// least and most bound how many assets arrive: a later cycle may bring some that were created after the checkpoint.
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
		"the next apply replaces it": func(t *testing.T, clouds *acctest.Clouds, cli *acctest.CLI) {
			t.Helper()

			before := inSekoia(t, clouds).accounts[0]

			checkText(t, cli.Succeed(t, "plan"), []string{"Warning: The connector is deleted, but its account is not", before.UUID}, nil)
			cli.Succeed(t, "apply", "-auto-approve")

			if account, _ := onePair(t, clouds); account.UUID == before.UUID {
				t.Errorf("the account was not replaced: %+v", account)
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
			cli.Fail(t, "Okta devices: the connector was deleted. Its account", "destroy", "-auto-approve")
			clouds.SetFaults(t)

			if left := inSekoia(t, clouds); len(left.connectors) != 0 || len(left.accounts) != 1 {
				t.Fatalf("left by the delete that failed: %+v", left)
			}

			then(t, clouds, cli)
		})
	}
}

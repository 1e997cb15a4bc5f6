// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package connector_test

import (
	"crypto/rand"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/acctest"
)

func TestAccConnectorLifeCycle(t *testing.T) {
	t.Parallel()
	clouds := acctest.Start(t)
	synced := set{"wait_for": "synced"}
	second := "second-" + clouds.Ready.OktaToken
	var first string
	create := planned(plancheck.ResourceActionCreate, apply(clouds, synced))
	create.ConfigPlanChecks.PreApply = append(create.ConfigPlanChecks.PreApply,
		plancheck.ExpectUnknownValue(address, tfjsonpath.New("okta_organization_id")),
		plancheck.ExpectKnownValue(address, tfjsonpath.New("drift"), knownvalue.Null()))
	create.ConfigStateChecks = []statecheck.StateCheck{
		statecheck.ExpectKnownValue(address, tfjsonpath.New("enabled"), knownvalue.Bool(true)),
		statecheck.ExpectKnownValue(address, tfjsonpath.New("community_id"), knownvalue.StringExact(clouds.Ready.CommunityID)),
		statecheck.ExpectKnownValue(address, tfjsonpath.New("api_token_wo"), knownvalue.Null()),
		statecheck.ExpectKnownValue(address, tfjsonpath.New("drift"), knownvalue.Null()),
		statecheck.ExpectKnownValue(address, tfjsonpath.New("okta_organization_id"), knownvalue.StringRegexp(regexp.MustCompile("^00o"))),
	}
	acctest.Test(t, clouds, resource.TestCase{
		CheckDestroy: nothingLeft(t, clouds),
		Steps: []resource.TestStep{
			after(create, func(state *terraform.State) error {
				account, connector := onePair(t, clouds)
				first = connector.UUID
				if attribute(state, "id") != first || attribute(state, "account_id") != account.UUID || connector.DisplayStatus != "RUNNING" {
					return fmt.Errorf("state and Sekoia differ: %+v, %+v", account, connector)
				}
				if assets := len(clouds.State(t).Assets); assets != 50 {
					return fmt.Errorf("%d assets arrived of 50 devices", assets)
				}
				return nil
			}),
			before(func() { clouds.ResetRequests(t) }, unchanged(clouds, synced)),
			before(func() {
				requests := clouds.Requests(t)
				if n := len(requests.Of(acctest.Okta)); n != 0 {
					t.Errorf("plans without a change made calls to Okta:\n%s", requests.Of(acctest.Okta))
				}
				clouds.ResetRequests(t)
			}, planned(plancheck.ResourceActionUpdate, after(apply(clouds, synced, set{"name": "Renamed, with a comma"}), func(*terraform.State) error {
				account, connector := onePair(t, clouds)
				if connector.UUID != first || connector.Name != "Renamed, with a comma" || account.Name != connector.Name {
					return fmt.Errorf("after the rename: %+v, %+v", account, connector)
				}
				return countCalls(t, clouds, map[string]int{"PATCH " + connectorsPath + "/*": 1, "PATCH " + accountsPath + "/*": 1, "POST *": 0})
			}))),
			before(func() { clouds.SetTokens(t, second); clouds.ResetRequests(t) },
				planned(plancheck.ResourceActionUpdate, after(
					apply(clouds, synced, set{"name": "Renamed, with a comma", "okta_token": second, "token_version": "2"}), func(*terraform.State) error {
						return countCalls(t, clouds, map[string]int{
							"PATCH " + accountsPath + "/*": 1, "POST " + connectorsPath + "/" + first + "/stop": 1,
							"POST " + connectorsPath + "/" + first + "/start": 1, "PATCH " + connectorsPath + "/*": 0,
						})
					}))),
			before(func() { clouds.ResetRequests(t) }, planned(plancheck.ResourceActionUpdate, after(
				apply(clouds, set{"name": "Renamed, with a comma", "okta_token": second, "token_version": "2", "enabled": false}),
				func(*terraform.State) error {
					if _, connector := onePair(t, clouds); connector.DisplayStatus != "STOPPED" {
						return fmt.Errorf("the connector is %s", connector.DisplayStatus)
					}
					return countCalls(t, clouds, map[string]int{"PATCH *": 0, "POST " + connectorsPath + "/" + first + "/start": 0})
				}))),
		},
	})
}

// countCalls compares how often calls ("METHOD path", the path may end in *) reached Sekoia since the log was reset.
func countCalls(t *testing.T, clouds *acctest.Clouds, want map[string]int) error {
	t.Helper()
	requests := clouds.Requests(t).Of(acctest.Sekoia)
	for call, count := range want {
		var method, path string
		if _, err := fmt.Sscan(call, &method, &path); err != nil {
			return err
		}
		if got := len(requests.Path(method, path)); got != count {
			return fmt.Errorf("%s: %d calls, want %d, of\n%s", call, got, count, requests)
		}
	}
	return nil
}

func TestAccConnectorUnchangedPlanMakesTwoCalls(t *testing.T) {
	t.Parallel()
	clouds := acctest.Start(t)
	cli := acctest.NewCLI(t, clouds, nil)
	cli.Write(t, "main.tf", mainTF(`
resource "sekoia_okta_device_connector" "test" {
  name                 = "Okta devices"
  base_url             = "`+clouds.Ready.OktaURL+`/"
  api_token_wo         = "`+clouds.Ready.OktaToken+`"
  api_token_wo_version = "1"
}
`))
	cli.Succeed(t, "apply", "-auto-approve")
	if account, _ := onePair(t, clouds); account.Value["base_url"] != clouds.Ready.OktaURL {
		t.Errorf("stored: %v", account.Value)
	}
	clouds.ResetRequests(t)
	if text := cli.Succeed(t, "plan"); !contains(text, "No changes.") {
		t.Errorf("the plan says:\n%s", text)
	}
	requests := clouds.Requests(t)
	if len(requests.Of(acctest.Okta)) != 0 || len(requests.Of(acctest.Sekoia)) != 2 {
		t.Errorf("want no call to Okta and two to Sekoia, got\n%s", requests)
	}
}

func TestAccConnectorWithTokenInState(t *testing.T) {
	t.Parallel()
	clouds := acctest.Start(t)
	token, second := clouds.Ready.OktaToken, "second-"+clouds.Ready.OktaToken
	acctest.Test(t, clouds, resource.TestCase{
		CheckDestroy: nothingLeft(t, clouds),
		Steps: []resource.TestStep{
			after(apply(clouds, set{"okta_token": nil, "token_in_state": token}), func(state *terraform.State) error {
				if attribute(state, "api_token") != token {
					return fmt.Errorf("the token is not in state")
				}
				return nil
			}),
			refused(clouds, "E0000011", set{"okta_token": nil, "token_in_state": second}),
			before(func() { clouds.SetTokens(t, second); clouds.ResetRequests(t) },
				after(apply(clouds, set{"okta_token": nil, "token_in_state": second}), func(*terraform.State) error {
					return countCalls(t, clouds, map[string]int{"PATCH " + accountsPath + "/*": 1, "POST " + connectorsPath + "/*": 2})
				})),
			// To the write-only form: the version is new, so that the token is sent once more.
			before(func() { clouds.ResetRequests(t) }, after(apply(clouds, set{"okta_token": second}), func(state *terraform.State) error {
				if attribute(state, "api_token") != "" {
					return fmt.Errorf("the token is still in state")
				}
				return countCalls(t, clouds, map[string]int{"PATCH " + accountsPath + "/*": 1})
			})),
			// The token taken out: no call that writes, and a plan that can be applied.
			before(func() { clouds.ResetRequests(t) }, after(apply(clouds, set{"okta_token": nil}), func(*terraform.State) error {
				noWrite(t, clouds)
				return nil
			})),
		},
	})
}

func TestAccConnectorSettingsThatMakeNoCall(t *testing.T) {
	t.Parallel()
	clouds := acctest.Start(t)
	quiet := func(changes set) resource.TestStep {
		return before(func() { clouds.ResetRequests(t) }, planned(plancheck.ResourceActionUpdate, after(apply(clouds, changes), func(*terraform.State) error {
			noWrite(t, clouds)
			if calls := clouds.Requests(t).Of(acctest.Okta); len(calls) > 0 {
				return fmt.Errorf("calls to Okta:\n%s", calls)
			}
			return nil
		})))
	}
	acctest.Test(t, clouds, resource.TestCase{
		CheckDestroy: nothingLeft(t, clouds),
		Steps: []resource.TestStep{
			apply(clouds),
			quiet(set{"wait_for": "none"}),
			quiet(set{"mode": "apply"}),
			quiet(set{"update_timeout": "1m"}),
			quiet(set{"triggers": map[string]string{"at": "monday"}}),
			before(func() { clouds.ResetRequests(t) }, after(apply(clouds, set{"triggers": map[string]string{"at": "tuesday"}}), func(*terraform.State) error {
				// Every start sends the token again: what an update that was cut off has stored is repaired by any
				// start.
				return countCalls(t, clouds, map[string]int{
					"POST " + connectorsPath + "/*": 2, "PATCH " + accountsPath + "/*": 1, "PATCH " + connectorsPath + "/*": 0,
				})
			})),
			before(func() { clouds.ResetRequests(t) },
				after(apply(clouds, set{"okta_token": nil, "triggers": map[string]string{"at": "wednesday"}}), func(*terraform.State) error {
					return countCalls(t, clouds, map[string]int{"POST " + connectorsPath + "/*": 2, "PATCH *": 0})
				})),
		},
	})
}

func TestAccConnectorCreatedDisabled(t *testing.T) {
	t.Parallel()
	clouds := acctest.Start(t)
	acctest.Test(t, clouds, resource.TestCase{
		CheckDestroy: nothingLeft(t, clouds),
		Steps: []resource.TestStep{
			after(apply(clouds, set{"enabled": false}), func(*terraform.State) error {
				if _, connector := onePair(t, clouds); connector.DisplayStatus != "STOPPED" {
					return fmt.Errorf("the connector is %s", connector.DisplayStatus)
				}
				return nil
			}),
			// While it is disabled a new token is stored, and nothing is started.
			before(func() { clouds.ResetRequests(t) }, after(apply(clouds, set{"enabled": false, "token_version": "2"}), func(*terraform.State) error {
				return countCalls(t, clouds, map[string]int{"PATCH " + accountsPath + "/*": 1, "POST *": 0})
			})),
			before(func() { clouds.ResetRequests(t) }, after(apply(clouds, set{"token_version": "2", "wait_for": "synced"}), func(*terraform.State) error {
				return countCalls(t, clouds, map[string]int{
					"PATCH " + accountsPath + "/*": 1, "PATCH " + connectorsPath + "/*": 0, "POST " + connectorsPath + "/*": 1,
				})
			})),
		},
	})
}

func TestAccConnectorImport(t *testing.T) {
	t.Parallel()
	clouds := acctest.Start(t)
	withoutToken := set{"okta_token": nil}
	var id string
	importIt := apply(clouds, withoutToken)
	importIt.ResourceName = address
	importIt.ImportState = true
	importIt.ImportStatePersist = true
	importIt.ImportStateIdFunc = func(*terraform.State) (string, error) { return id, nil }
	wrong := apply(clouds, withoutToken)
	wrong.ResourceName = address
	wrong.ImportState = true
	wrong.ImportStateId = "Okta devices"
	wrong.ExpectError = words("The import id is not a UUID")
	acctest.Test(t, clouds, resource.TestCase{
		Steps: []resource.TestStep{
			before(func() {
				id = madeByHand(t, clouds, "Okta devices")
				clouds.PatchAccount(t, inSekoia(t, clouds).accounts[0].UUID, map[string]any{"created_by": "a5b1e1c8-0c8b-4f0e-9d1c-5e2f7a4c9b11"})
			}, importIt),
			wrong,
			before(func() { clouds.ResetRequests(t) }, unchanged(clouds, withoutToken)),
			before(func() { noWrite(t, clouds) }, planned(plancheck.ResourceActionUpdate, after(apply(clouds), func(state *terraform.State) error {
				if attribute(state, "okta_organization_id") == "" {
					return fmt.Errorf("the organization's id is not in state")
				}
				return countCalls(t, clouds, map[string]int{"PATCH " + accountsPath + "/*": 1, "POST " + connectorsPath + "/" + id + "/*": 2})
			}))),
			unchanged(clouds),
		},
		CheckDestroy: func(*terraform.State) error {
			return nothingLeft(t, clouds)(nil) // who imports a connector manages its account
		},
	})
}

// madeByHand makes an account and a connector as a person does on the web page, and returns the connector's UUID.
func madeByHand(t *testing.T, clouds *acctest.Clouds, name string) string {
	t.Helper()
	return connectorByHand(t, clouds, name, accountByHand(t, clouds, name))
}

// connectorByHand makes a connector on an account.
func connectorByHand(t *testing.T, clouds *acctest.Clouds, name, account string) string {
	t.Helper()
	var connector struct {
		UUID string `json:"uuid"`
	}
	clouds.Sekoia(t, http.MethodPost, connectorsPath, map[string]any{
		"name": name, "connector_uuid": "b6e2c8a2-4f3b-4e7a-8c1d-2e4f3a6b7c9d", "community_uuid": clouds.Ready.CommunityID,
		"module_configuration_uuid": account, "value": map[string]any{},
	}, &connector)
	return connector.UUID
}

// accountByHand makes an account alone, as a create that was killed between its two POSTs does.
func accountByHand(t *testing.T, clouds *acctest.Clouds, name string) string {
	t.Helper()
	var account struct {
		UUID string `json:"uuid"`
	}
	clouds.Sekoia(t, http.MethodPost, accountsPath, map[string]any{
		"name": name, "module_uuid": "4ef895d1-3f21-4678-8d0a-5c39c37210fe", "community_uuid": clouds.Ready.CommunityID,
		"value": map[string]any{"base_url": clouds.Ready.OktaURL, "apikey": clouds.Ready.OktaToken},
	}, &account)
	return account.UUID
}

// TestAccConnectorAnywhere needs no admin call, so that it runs against the real services too (TF_ACC_LIVE=1).
func TestAccConnectorAnywhere(t *testing.T) {
	t.Parallel()
	clouds := acctest.StartAny(t)
	name := "tf-acc-" + strings.ToLower(rand.Text()[:8])
	community := set{}
	if clouds.Ready.CommunityID != "" {
		community["community_id"] = clouds.Ready.CommunityID
	}
	acctest.Test(t, clouds, resource.TestCase{
		Steps: []resource.TestStep{
			planned(plancheck.ResourceActionCreate, apply(clouds, community, set{"name": name, "wait_for": "synced"})),
			unchanged(clouds, community, set{"name": name, "wait_for": "synced"}),
			planned(plancheck.ResourceActionUpdate, apply(clouds, community, set{"name": name + ", renamed", "wait_for": "synced"})),
			planned(plancheck.ResourceActionUpdate, apply(clouds, community, set{"name": name + ", renamed", "enabled": false})),
			unchanged(clouds, community, set{"name": name + ", renamed", "enabled": false}),
		},
	})
}

// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package connector_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/acctest"
)

// onAccountTF is a connector on an account that exists.
func onAccountTF(account, more string) string {
	return mainTF(fmt.Sprintf(`
resource "sekoia_okta_device_connector" "test" {
  name       = "Devices"
  account_id = %q
  %s
}
`, account, more))
}

func TestAccConnectorOnAGivenAccount(t *testing.T) {
	t.Parallel()

	clouds := acctest.Start(t)
	account := accountByHand(t, clouds, "Okta, of everyone")
	// Okta's system-log connector and a playbook use it too.
	clouds.PatchAccount(t, account, map[string]any{"usage": map[string]any{"connectors": 1, "playbooks": 2}})

	cli := acctest.NewCLI(t, clouds, nil)
	cli.Write(t, "main.tf", onAccountTF(account, `sync = { wait_for = "synced", triggers = { at = "monday" } }`))
	clouds.ResetRequests(t)

	checkText(t, cli.Succeed(t, "plan"), []string{
		`base_url = "` + clouds.Ready.OktaURL + `"`, `community_id = "` + clouds.Ready.CommunityID + `"`, "okta_organization_id = \"00o",
		"Warning: The connection is tested without a token",
	}, nil)

	cli.Succeed(t, "apply", "-auto-approve")

	if assets := len(clouds.State(t).Assets); assets != 50 {
		t.Errorf("%d assets arrived", assets)
	}

	checkText(t, cli.Succeed(t, "plan"), []string{"No changes."}, nil)

	// A rename and a sync leave the account alone.
	cli.Write(t, "main.tf", strings.Replace(onAccountTF(account, `sync = { wait_for = "synced", triggers = { at = "tuesday" } }`), `"Devices"`, `"Renamed"`, 1))
	checkText(t, cli.Succeed(t, "apply", "-auto-approve"), []string{"0 added, 1 changed, 0 destroyed"}, nil)

	// Its URL may change under the connector: that is nothing to repair from here.
	clouds.PatchAccount(t, account, map[string]any{"value": map[string]any{"base_url": strings.Replace(clouds.Ready.OktaURL, "127.0.0.1", "localhost", 1)}})
	checkText(t, cli.Succeed(t, "plan"), nil, []string{"to add", "to change", "to destroy"})

	checkText(t, cli.Succeed(t, "destroy", "-auto-approve"), nil, []string{"The connector's account stays"})

	if held := inSekoia(t, clouds); len(held.connectors) != 0 || len(held.accounts) != 1 || held.accounts[0].Name != "Okta, of everyone" {
		t.Errorf("left: %+v", held)
	}

	for _, request := range clouds.Requests(t).Of(acctest.Sekoia).Writes() {
		if strings.HasPrefix(request.Path, accountsPath) {
			t.Errorf("the account was written: %s %s", request.Method, request.Path)
		}
	}
}

func TestAccConnectorOnAGivenAccountIsRefused(t *testing.T) {
	t.Parallel()

	const missing = "11111111-2222-4333-8444-555555555555"

	cases := map[string]struct {
		arrange func(*testing.T, *acctest.Clouds, string) (account, more string)
		want    string
	}{
		"one that does not exist": {
			func(*testing.T, *acctest.Clouds, string) (string, string) { return missing, "" }, "There is no such account",
		},
		"one of another integration": {
			func(t *testing.T, clouds *acctest.Clouds, account string) (string, string) {
				t.Helper()
				clouds.PatchAccount(t, account, map[string]any{"module_uuid": missing})

				return account, ""
			}, "The account is not one of Okta",
		},
		"one of another community": {
			func(_ *testing.T, _ *acctest.Clouds, account string) (string, string) {
				return account, `community_id = "` + missing + `"`
			}, "The account is in another community",
		},
		"with a base URL beside it": {
			func(_ *testing.T, _ *acctest.Clouds, account string) (string, string) {
				return account, `base_url = "https://acme.okta.com"`
			}, "An account that exists holds its own base URL and token",
		},
		"with a token beside it": {
			func(_ *testing.T, _ *acctest.Clouds, account string) (string, string) {
				return account, `api_token = "t"`
			},
			"An account that exists holds its own base URL and token",
		},
		"of a Classic organisation": {
			func(t *testing.T, clouds *acctest.Clouds, account string) (string, string) {
				t.Helper()
				clouds.SetOrganization(t, map[string]any{"pipeline": "v1"})

				return account, ""
			}, "okta_identity_engine",
		},
		"with a connector of this name on it": {
			func(t *testing.T, clouds *acctest.Clouds, account string) (string, string) {
				t.Helper()
				connectorByHand(t, clouds, "Devices", account)

				return account, ""
			}, "Error: A connector with this name and account exists already",
		},
	}

	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			clouds := acctest.Start(t)
			account, more := test.arrange(t, clouds, accountByHand(t, clouds, "Okta"))
			cli := acctest.NewCLI(t, clouds, nil)
			cli.Write(t, "main.tf", onAccountTF(account, more))
			clouds.ResetRequests(t)
			cli.Fail(t, test.want, "apply", "-auto-approve")
			noWrite(t, clouds)
		})
	}
}

func TestAccConnectorFailedOnAGivenAccount(t *testing.T) {
	t.Parallel()

	clouds := acctest.Start(t)
	account := accountByHand(t, clouds, "Okta")
	other := connectorByHand(t, clouds, "Another", account)
	cli := acctest.NewCLI(t, clouds, nil)
	cli.Write(t, "main.tf", onAccountTF(account, ""))

	// A refusal leaves the account, and a lost reply finds the connector that is new on it.
	clouds.SetFaults(t, answer(acctest.Sekoia, http.MethodPost, connectorsPath, http.StatusForbidden, map[string]any{}))
	cli.Fail(t, "The connector was not created", "apply", "-auto-approve")
	clouds.SetFaults(t, once(kind("drop_reply", acctest.Sekoia, http.MethodPost, connectorsPath)))
	cli.Succeed(t, "apply", "-auto-approve")

	held := inSekoia(t, clouds)
	if len(held.accounts) != 1 || len(held.connectors) != 2 {
		t.Fatalf("in Sekoia: %+v", held)
	}

	cli.Succeed(t, "destroy", "-auto-approve")

	if held := inSekoia(t, clouds); len(held.accounts) != 1 || len(held.connectors) != 1 || held.connectors[0].UUID != other {
		t.Errorf("left: %+v", held)
	}
}

func TestAccConnectorFromItsOwnToAGivenAccount(t *testing.T) {
	t.Parallel()

	clouds := acctest.Start(t)
	cli := acctest.NewCLI(t, clouds, nil)
	cli.Write(t, "main.tf", mainTF(strings.Replace(connectorTF(clouds, ""), `"Okta devices"`, `"Devices"`, 1)))
	cli.Succeed(t, "apply", "-auto-approve")

	// Its own account, given: in place, nothing is written, and from then on the account is nobody's to delete.
	account, _ := onePair(t, clouds)
	clouds.ResetRequests(t)
	cli.Write(t, "main.tf", onAccountTF(account.UUID, ""))
	checkText(t, cli.Succeed(t, "apply", "-auto-approve"), []string{"0 added, 1 changed, 0 destroyed"}, nil)
	noWrite(t, clouds)

	// Another one: the connector is replaced.
	other := accountByHand(t, clouds, "Another")
	cli.Write(t, "main.tf", onAccountTF(other, ""))
	checkText(t, cli.Succeed(t, "apply", "-auto-approve"), []string{"1 added, 0 changed, 1 destroyed"}, nil)
	cli.Succeed(t, "destroy", "-auto-approve")

	if held := inSekoia(t, clouds); len(held.accounts) != 2 || len(held.connectors) != 0 {
		t.Errorf("left: %+v", held)
	}
}

func TestAccConnectorFromAGivenAccountToItsOwn(t *testing.T) {
	t.Parallel()

	clouds := acctest.Start(t)
	account := accountByHand(t, clouds, "Okta, of everyone")
	cli := acctest.NewCLI(t, clouds, nil)
	cli.Write(t, "main.tf", onAccountTF(account, ""))
	cli.Succeed(t, "apply", "-auto-approve")
	clouds.ResetRequests(t)

	// The given account's token is somebody else's: the connector gets an account of its own.
	cli.Write(t, "main.tf", mainTF(strings.Replace(connectorTF(clouds, ""), `"Okta devices"`, `"Devices"`, 1)))
	checkText(t, cli.Succeed(t, "apply", "-auto-approve"), []string{"1 added, 0 changed, 1 destroyed"}, nil)
	checkText(t, cli.Succeed(t, "plan"), []string{"No changes."}, nil)

	if writes := clouds.Requests(t).Pick(func(r acctest.Request) bool { return r.Writes() && r.Path == accountsPath+"/"+account }); len(writes) > 0 {
		t.Errorf("the given account was written:\n%s", writes)
	}

	cli.Succeed(t, "destroy", "-auto-approve")

	if held := inSekoia(t, clouds); len(held.connectors) != 0 || len(held.accounts) != 1 || held.accounts[0].UUID != account {
		t.Errorf("left: %+v", held)
	}
}

func TestAccConnectorGeneratedForAnImport(t *testing.T) {
	t.Parallel()

	clouds := acctest.Start(t)
	id := madeByHand(t, clouds, "Made by hand")
	cli := acctest.NewCLI(t, clouds, nil)
	cli.Write(t, "main.tf", mainTF("import {\n  to = "+address+"\n  id = \""+id+"\"\n}\n"))

	// Terraform writes what the state holds: the account beside the base URL.
	checkText(t, cli.Succeed(t, "plan", "-generate-config-out=generated.tf"), []string{"1 to import, 0 to add, 0 to change, 0 to destroy"}, nil)

	generated, err := os.ReadFile(filepath.Join(cli.Dir, "generated.tf"))
	if err != nil || !strings.Contains(string(generated), "account_id") || !strings.Contains(string(generated), "base_url") {
		t.Fatalf("generated: %v\n%s", err, generated)
	}

	cli.Succeed(t, "apply", "-auto-approve")

	// The block with a token is a change in place of the token alone.
	withToken := strings.ReplaceAll(string(generated), "api_token_wo         = null", "api_token_wo = \""+clouds.Ready.OktaToken+"\"")
	withToken = strings.ReplaceAll(withToken, "api_token_wo_version = null", "api_token_wo_version = \"1\"")
	cli.Write(t, "generated.tf", withToken)
	checkText(t, cli.Succeed(t, "plan"), []string{"0 to add, 1 to change, 0 to destroy", "api_token_wo_version"}, []string{"~ base_url", "~ account_id"})

	// A connector that does not exist yet is made either way, not both.
	cli.Fail(t, "An account that exists holds its own base URL and token", "plan", "-replace="+address)

	// One that somebody deleted stops no destroy.
	clouds.Sekoia(t, http.MethodDelete, connectorsPath+"/"+id, nil, nil)
	checkText(t, cli.Succeed(t, "destroy", "-auto-approve"), []string{"Destroy complete!"}, nil)
}

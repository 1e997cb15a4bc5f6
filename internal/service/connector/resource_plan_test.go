// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package connector_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/acctest"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/simulator"
)

func TestAccConnectorPlanIsStopped(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		// arrange prepares the clouds.
		arrange func(*testing.T, *acctest.Clouds)
		changes set
		env     map[string]string
		// want is printed, and at is the line of the configuration that it points at; empty where it points at the
		// provider.
		want, at string
	}{
		"a wrong token": {
			changes: set{"okta_token": "00wrong"}, want: "Okta devices: Okta rejected the API token (401)", at: "api_token_wo = var.okta_token",
		},
		"no token": {
			changes: set{"okta_token": nil}, want: "Okta devices: there is no API token", at: "api_token_wo = var.okta_token",
		},
		"an admin URL": {
			changes: set{"okta_url": "https://acme-admin.okta.com"}, want: "https://acme.okta.com", at: "base_url = var.okta_url",
		},
		"http": {
			changes: set{"okta_url": "http://acme.okta.com"}, want: "https://acme.okta.com", at: "base_url = var.okta_url",
		},
		"a Classic organization": {
			arrange: func(t *testing.T, clouds *acctest.Clouds) {
				t.Helper()
				clouds.SetOrganization(t, map[string]any{"pipeline": "v1"})
			},
			want: "okta_identity_engine", at: "base_url = var.okta_url",
		},
		"a feature that is off": {
			arrange: func(t *testing.T, clouds *acctest.Clouds) {
				t.Helper()
				clouds.SetFaults(t, answer(acctest.Okta, http.MethodGet, devicesPath, http.StatusUnauthorized, oktaError("E0000015", "Feature not enabled")))
			},
			want: "E0000015", at: "base_url = var.okta_url",
		},
		"a token without the role": {
			arrange: func(t *testing.T, clouds *acctest.Clouds) {
				t.Helper()
				clouds.SetFaults(t, answer(acctest.Okta, http.MethodGet, devicesPath, http.StatusForbidden, oktaError("E0000006", "No permission")))
			},
			want: "okta_devices_read", at: "api_token_wo = var.okta_token",
		},
		"a community that the key does not see": {
			changes: set{"community_id": "11111111-2222-3333-4444-555555555555"},
			want:    "11111111-2222-3333-4444-555555555555", at: "community_id = var.community_id",
		},
		"a provider's community that the key does not see": {
			env:  map[string]string{"SEKOIA_COMMUNITY_ID": "11111111-2222-3333-4444-555555555555"},
			want: `provider "sekoia": the Sekoia community is not the right one`,
		},
		"a wrong Sekoia key": {
			env: map[string]string{"SEKOIA_API_KEY": "wrong"}, want: `provider "sekoia": Sekoia rejected the API key (401)`,
		},
		"no Sekoia key": {
			env: map[string]string{"SEKOIA_API_KEY": ""}, want: `provider "sekoia": no Sekoia API key is set`,
		},
		"a connector that Sekoia does not offer here": {
			arrange: func(t *testing.T, clouds *acctest.Clouds) {
				t.Helper()
				clouds.SetCatalogue(t, map[string]any{"modules": []any{}, "connectors": []any{}})
			},
			want: "sekoia_connector_available",
		},
		"another word for the mode": {
			env: map[string]string{"SEKOIA_CONNECTION_TEST": "sometimes"}, want: "SEKOIA_CONNECTION_TEST",
		},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			clouds := acctest.Start(t)
			if test.arrange != nil {
				test.arrange(t, clouds)
			}
			steps := []resource.TestStep{planOnly(refused(clouds, test.want, test.changes))}
			if test.at != "" {
				steps = append(steps, planOnly(refused(clouds, test.at, test.changes)))
			}
			acctest.Test(t, clouds, resource.TestCase{ProtoV6ProviderFactories: clouds.FactoriesWith(test.env), Steps: steps})
			noWrite(t, clouds)
		})
	}
}

func TestAccConnectorSeveralCommunities(t *testing.T) {
	t.Parallel()
	clouds := acctest.Start(t, func(c *simulator.Config) { c.Communities = 3 })
	acctest.Test(t, clouds, resource.TestCase{
		CheckDestroy: nothingLeft(t, clouds),
		Steps: []resource.TestStep{
			// None chosen: the error lists them.
			refused(clouds, clouds.Ready.CommunityID),
			after(apply(clouds, set{"community_id": clouds.Ready.CommunityID}), func(*terraform.State) error {
				account, connector := onePair(t, clouds)
				if account.CommunityUUID != clouds.Ready.CommunityID || connector.CommunityUUID != clouds.Ready.CommunityID {
					return fmt.Errorf("made in %s and %s", account.CommunityUUID, connector.CommunityUUID)
				}
				return nil
			}),
		},
	})
}

func TestAccConnectorWarningsInsteadOfErrors(t *testing.T) {
	t.Parallel()
	clouds := acctest.Start(t)
	cli := acctest.NewCLI(t, clouds, nil)
	cli.Write(t, "main.tf", mainTF(`
resource "sekoia_okta_device_connector" "test" {
  name                 = "Okta devices"
  base_url             = "`+clouds.Ready.OktaURL+`"
  api_token_wo         = "00wrong"
  api_token_wo_version = "1"
  connection_test      = { on_failure = "warning" }
  sync                 = { wait_for = "synced" }
}
`))
	text := cli.Succeed(t, "apply", "-auto-approve")
	for _, want := range []string{
		"Warning: Okta devices: Okta rejected the API token (401)",
		"Warning: Okta devices: the connector was created, but its sync failed",
		"Error while fetching devices from",
	} {
		if !contains(text, want) {
			t.Errorf("the apply does not say %q:\n%s", want, text)
		}
	}
	onePair(t, clouds)

	// Untainted: nothing is to be done but what a person changes.
	if text := cli.Succeed(t, "plan"); !contains(text, "No changes.") {
		t.Errorf("the plan after a sync that failed says:\n%s", text)
	}
}

func TestAccConnectorOktaDown(t *testing.T) {
	t.Parallel()
	clouds := acctest.Start(t)
	cli := acctest.NewCLI(t, clouds, nil)
	cli.Write(t, "main.tf", mainTF(connectorTF(clouds, "")))
	clouds.SetFaults(t, oktaDown)
	checkText(t, cli.Succeed(t, "plan", "-out=plan"), []string{
		"Warning: Okta devices: Okta did not answer (503)", "If it still fails at apply, this connector is not written.",
		"/docs/guides/troubleshooting#okta_reachable",
	}, []string{"SEKOIA_CONNECTION_TEST"})
	checkText(t, cli.Fail(t, "Error: Okta devices: Okta did not answer (503)", "apply", "plan"), []string{"SEKOIA_CONNECTION_TEST=off skips the test."}, nil)
	noWrite(t, clouds)

	// A plan that was made while Okta answered, applied in an outage, is not applied either.
	clouds.SetFaults(t)
	cli.Succeed(t, "plan", "-out=plan")
	clouds.SetFaults(t, oktaDown)
	cli.Fail(t, "Error: Okta devices: Okta did not answer (503)", "apply", "plan")
	noWrite(t, clouds)

	// Mode off asks Okta nothing: one of the ways out that the error names.
	cli.Setenv("SEKOIA_CONNECTION_TEST", "off")
	cli.Succeed(t, "apply", "-auto-approve")
	onePair(t, clouds)
}

// connectorTF is a connector as a person writes it, with more arguments.
func connectorTF(clouds *acctest.Clouds, more string) string {
	return fmt.Sprintf(`
resource "sekoia_okta_device_connector" "test" {
  name                 = "Okta devices"
  base_url             = %q
  api_token_wo         = %q
  api_token_wo_version = "1"
  %s
}
`, clouds.Ready.OktaURL, clouds.Ready.OktaToken, more)
}

func TestAccConnectorUnknownToken(t *testing.T) {
	t.Parallel()
	clouds := acctest.Start(t)
	configuration := func(token string) string {
		return mainTF(fmt.Sprintf(`
resource "terraform_data" "token" {
  input = %q
}

resource "sekoia_okta_device_connector" "test" {
  name                 = "Okta devices"
  base_url             = %q
  api_token_wo         = terraform_data.token.output
  api_token_wo_version = "1"
}
`, token, clouds.Ready.OktaURL))
	}
	cli := acctest.NewCLI(t, clouds, nil)
	cli.Write(t, "main.tf", configuration("00wrong"))
	if text := cli.Succeed(t, "plan"); contains(text, "Error") {
		t.Errorf("the plan says:\n%s", text)
	}
	if calls := clouds.Requests(t).Of(acctest.Okta); len(calls) > 0 {
		t.Errorf("a plan with an unknown token made calls to Okta:\n%s", calls)
	}
	cli.Fail(t, "E0000011", "apply", "-auto-approve")
	noWrite(t, clouds)
	cli.Write(t, "main.tf", configuration(clouds.Ready.OktaToken))
	cli.Succeed(t, "apply", "-auto-approve", "-replace=terraform_data.token")
	onePair(t, clouds)
}

func TestAccConnectorExistsAlready(t *testing.T) {
	t.Parallel()
	clouds := acctest.Start(t)
	id := madeByHand(t, clouds, "Okta devices, by hand")
	cli := acctest.NewCLI(t, clouds, nil)
	cli.Write(t, "main.tf", mainTF(`
resource "sekoia_okta_device_connector" "test" {
  name                 = "Okta devices, by hand"
  base_url             = "`+clouds.Ready.OktaURL+`"
  api_token_wo         = "`+clouds.Ready.OktaToken+`"
  api_token_wo_version = "1"
}
`))
	clouds.ResetRequests(t)
	text := cli.Succeed(t, "plan")
	for _, want := range []string{"Warning: Okta devices, by hand: a connector with this name and base URL exists already", "import {", `id = "` + id + `"`} {
		if !contains(text, want) {
			t.Errorf("the plan does not say %q:\n%s", want, text)
		}
	}
	cli.Fail(t, "Error: Okta devices, by hand: a connector with this name and base URL exists already", "apply", "-auto-approve")
	noWrite(t, clouds)

	// One that is deleted does not count.
	clouds.PatchConnector(t, id, map[string]any{"deleted": true})
	if text := cli.Succeed(t, "plan"); contains(text, "exists already") {
		t.Errorf("a deleted connector counts:\n%s", text)
	}
}

func TestAccConnectorCreateBeforeDestroy(t *testing.T) {
	t.Parallel()
	clouds := acctest.Start(t)
	cli := acctest.NewCLI(t, clouds, nil)
	cli.Write(t, "main.tf", mainTF(connectorTF(clouds, "lifecycle {\n    create_before_destroy = true\n  }")))
	cli.Succeed(t, "apply", "-auto-approve")
	clouds.ResetRequests(t)
	cli.Fail(t, "create_before_destroy can't work with an unchanged name and base URL. Remove it.", "apply", "-auto-approve", "-replace="+address)
	noWrite(t, clouds)
}

func TestAccConnectorReplacementProvesBeforeTheDelete(t *testing.T) {
	t.Parallel()
	clouds := acctest.Start(t)
	cli := acctest.NewCLI(t, clouds, nil)
	cli.Write(t, "main.tf", mainTF(connectorTF(clouds, "")))
	cli.Succeed(t, "apply", "-auto-approve")

	// What could not be tested is an error at plan already, for the delete comes first.
	clouds.ResetRequests(t)
	clouds.SetFaults(t, oktaDown)
	cli.Fail(t, "Error: Okta devices: Okta did not answer (503)", "plan", "-replace="+address)
	noWrite(t, clouds)
	clouds.SetFaults(t)
	text := cli.Succeed(t, "apply", "-auto-approve", "-replace="+address)
	if contains(text, "exists already") {
		t.Errorf("the connector that is replaced counts as one that exists:\n%s", text)
	}
	onePair(t, clouds)
}

func TestAccConnectorOfAnotherOrganizationIsReplaced(t *testing.T) {
	t.Parallel()

	// Two organizations with different inventories. The one whose Sekoia is not used ends last: until then, a connector
	// calls it, and another test must not get its port.
	other := acctest.Start(t, func(c *simulator.Config) { c.Seed, c.Devices = 2, 7 })
	clouds := acctest.Start(t)
	cli := acctest.NewCLI(t, clouds, nil)
	cli.Write(t, "main.tf", mainTF(connectorTF(clouds, "")))
	cli.Succeed(t, "apply", "-auto-approve")
	_, first := onePair(t, clouds)
	cli.Write(t, "main.tf", mainTF(connectorTF(other, "sync = { wait_for = \"synced\" }")))

	// Mode apply can't know the organization at plan, and warns that the delete comes before the test.
	cli.Setenv("SEKOIA_CONNECTION_TEST", "apply")
	if text := cli.Succeed(t, "plan"); !contains(text, "must be replaced") ||
		strings.Count(acctest.Flat(text), "Okta devices: the old connector is deleted before the new one is tested") != 1 {
		t.Errorf("the plan says:\n%s", text)
	}
	cli.Setenv("SEKOIA_CONNECTION_TEST", "on_change")
	cli.Succeed(t, "apply", "-auto-approve")
	account, second := onePair(t, clouds)
	if second.UUID == first.UUID || account.Value["base_url"] != other.Ready.OktaURL {
		t.Errorf("not replaced: %+v, %+v", account, second)
	}
}

func TestAccConnectorOfTheSameOrganizationIsChangedInPlace(t *testing.T) {
	t.Parallel()
	clouds := acctest.Start(t)
	cli := acctest.NewCLI(t, clouds, nil)
	cli.Write(t, "main.tf", mainTF(connectorTF(clouds, "")))
	cli.Succeed(t, "apply", "-auto-approve")
	_, first := onePair(t, clouds)
	// The same address by another name: the same organization answers.
	byName := strings.Replace(clouds.Ready.OktaURL, "127.0.0.1", "localhost", 1)
	cli.Write(t, "main.tf", mainTF(strings.Replace(connectorTF(clouds, ""), clouds.Ready.OktaURL, byName, 1)))
	cli.Succeed(t, "apply", "-auto-approve")
	account, second := onePair(t, clouds)
	if second.UUID != first.UUID || account.Value["base_url"] != byName {
		t.Errorf("not changed in place: %+v, %+v", account, second)
	}
}

// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package device_test

import (
	"encoding/json"
	"maps"
	"os"
	"strings"
	"testing"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/acctest"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/simulator"
)

// organization is an object of okta_organizations; without a token that is null.
type organization struct {
	BaseURL  string  `json:"base_url"`
	APIToken *string `json:"api_token"`
}

func organizationOf(clouds *acctest.Clouds) organization {
	return organization{BaseURL: clouds.Ready.OktaURL, APIToken: &clouds.Ready.OktaToken}
}

// choosing is a folder in which a configuration reads these organizations, those that the keys choose, and the
// environment's. (The real CLI: terraform-plugin-testing takes no for_each.)
func choosing(t *testing.T, cli *acctest.CLI, organizations map[string]organization, device string, keys ...string) {
	t.Helper()
	written, err := os.ReadFile("testdata/organizations/main.tf")
	if err != nil {
		t.Fatal(err)
	}
	values := map[string]any{"organizations": organizations, "keys": keys}
	if device != "" {
		values["device_id"] = device
	}
	variables, err := json.Marshal(values)
	if err != nil {
		t.Fatal(err)
	}
	cli.Write(t, "main.tf", string(written))
	cli.Write(t, "terraform.tfvars.json", string(variables))
}

func TestAccDevices_organizations(t *testing.T) {
	t.Parallel()
	acme := acctest.Start(t, func(c *simulator.Config) { c.Devices = 5 })
	beta := acctest.Start(t, func(c *simulator.Config) { c.Devices, c.Seed = 7, 2 })
	device := inventory(t, beta)[3].ID
	both := map[string]organization{"acme": organizationOf(acme), "beta": organizationOf(beta)}
	cli := acctest.NewCLI(t, acme, nil)
	choosing(t, cli, both, device, "acme", "beta")
	cli.Succeed(t, "apply", "-auto-approve")
	var outputs struct {
		Totals struct{ Value map[string]int }
		Device struct{ Value string }
	}
	cli.JSON(t, &outputs, "output", "-json")
	if want := map[string]int{"environment": 5, "acme": 5, "beta": 7}; !maps.Equal(outputs.Totals.Value, want) || outputs.Device.Value != device {
		t.Errorf("the organizations have %v devices, and %s", outputs.Totals.Value, outputs.Device.Value)
	}
	choosing(t, cli, both, "", "acme", "gamma")
	cli.Fail(t, `The provider has no Okta organization with the key "gamma". Its okta_organizations has: acme, beta.`, "plan")
	for name, test := range map[string]struct {
		beta organization
		want string
	}{
		"the environment's token is for the environment's organization alone, also where another one has its URL": {
			organization{BaseURL: acme.Ready.OktaURL}, `beta: no credential for Okta is set`,
		},
		"a token of another organization": {
			organization{BaseURL: beta.Ready.OktaURL, APIToken: new("another")}, `It is set in the provider block: okta_organizations["beta"].api_token.`,
		},
		"a host that may not be trusted": {
			organization{BaseURL: "https://okta.invalid", APIToken: &beta.Ready.OktaToken}, `beta: base_url may not be trusted with an Okta credential`,
		},
		"a device of another organization": {
			organizationOf(acme), `The device must belong to the organization at okta_organizations["beta"].base_url.`,
		},
	} {
		t.Log(name)
		choosing(t, cli, map[string]organization{"beta": test.beta}, device, "beta")
		cli.Fail(t, test.want, "plan")
	}
}

// TestAccDevices_credentialOfOneOrganization has a CI secret that is not set: only who uses it is stopped, by name.
func TestAccDevices_credentialOfOneOrganization(t *testing.T) {
	t.Parallel()
	clouds := acctest.Start(t, func(c *simulator.Config) { c.Devices = 3 })
	cli := acctest.NewCLI(t, clouds, nil)
	for name, test := range map[string]struct{ token, want string }{
		"an unset secret":    {"", `globex: okta_organizations["globex"].api_token is empty: is the CI secret set?`},
		"a line end":         {clouds.Ready.OktaToken + "\n", `globex: okta_organizations["globex"].api_token is not an API token`},
		"a header's word":    {"SSWS " + clouds.Ready.OktaToken, "The token begins with SSWS. Leave that word out"},
		"quotation marks":    {`"` + clouds.Ready.OktaToken + `"`, "The token has quotation marks in it."},
		"blanks of any kind": {" \t", `globex: okta_organizations["globex"].api_token is empty`},
	} {
		t.Log(name)
		both := map[string]organization{"acme": organizationOf(clouds), "globex": {BaseURL: clouds.Ready.OktaURL, APIToken: &test.token}}
		choosing(t, cli, both, "", "acme")
		cli.Succeed(t, "plan")
		choosing(t, cli, both, "", "acme", "globex")
		cli.Fail(t, test.want, "plan")
	}
}

// TestAccDevices_twoOutagesAtOnce has two organizations that are down: each is named, for Terraform shows one of equal
// summaries.
func TestAccDevices_twoOutagesAtOnce(t *testing.T) {
	t.Parallel()
	clouds := acctest.Start(t, func(c *simulator.Config) { c.Devices = 3 })
	cli := acctest.NewCLI(t, clouds, nil)
	clouds.SetFaults(t, acctest.Fault{Cloud: acctest.Okta, Path: "/api/v1/devices", Kind: "status", Status: 500})
	both := map[string]organization{"acme": organizationOf(clouds), "globex": organizationOf(clouds)}
	choosing(t, cli, both, "", "acme", "globex")
	said := cli.Fail(t, "acme: Okta did not answer (500)", "plan")
	if !strings.Contains(said, "globex: Okta did not answer (500)") {
		t.Errorf("globex is not named: %s", said)
	}
}

// TestAccDevices_oneOrganizationOnce asks for the same organization with several keys and without one: it is read once
// in a process.
func TestAccDevices_oneOrganizationOnce(t *testing.T) {
	t.Parallel()
	clouds := acctest.Start(t, func(c *simulator.Config) { c.Devices = 450 })
	same := map[string]organization{"acme": organizationOf(clouds), "again": {BaseURL: clouds.Ready.OktaURL + "/", APIToken: &clouds.Ready.OktaToken}}
	cli := acctest.NewCLI(t, clouds, nil)
	choosing(t, cli, same, "", "acme", "again")
	clouds.ResetRequests(t)
	cli.Succeed(t, "plan")

	// One call for the organization, and one for each of three pages.
	if calls := clouds.Requests(t).Of(acctest.Okta); len(calls) != 4 {
		t.Errorf("want four calls, not\n%s", calls)
	}
}

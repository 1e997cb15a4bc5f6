// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"bytes"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/acctest"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/simulator"
)

// example reads a file of the examples.
func example(t *testing.T, path string) string {
	t.Helper()
	content, err := os.ReadFile(filepath.Clean("../../examples/" + path))
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

// simulated replaces the addresses of the examples with the simulator's.
func simulated(clouds *acctest.Clouds) *strings.Replacer {
	return strings.NewReplacer(
		`"https://acme.okta.com"`, `"`+clouds.Ready.OktaURL+`"`,
		`region = "fra1"`, `base_url = "`+clouds.Ready.SekoiaURL+`"`)
}

// TestAccExamples applies what the pages of the provider, the resource and the device data sources show, in one
// configuration as a person would write it. Only the addresses are the simulator's.
func TestAccExamples(t *testing.T) {
	t.Parallel()
	clouds := acctest.Start(t)
	clouds.PutDevice(t, "guoOfTheExample", map[string]any{"status": "ACTIVE", "profile": map[string]any{
		"displayName": "lab", "platform": "MACOS", "registered": true, "secureHardwarePresent": true, "serialNumber": "C02XK0AAJG5H",
	}})
	cli := acctest.NewCLI(t, clouds, map[string]string{"OKTA_CLIENT_ORGURL": "", "OKTA_API_TOKEN": "", "SEKOIA_BASE_URL": ""})
	cli.Setenv("TF_VAR_okta_api_token", clouds.Ready.OktaToken)
	for name, path := range map[string]string{
		"provider.tf": "provider/provider.tf", "resource.tf": "resources/sekoia_okta_device_connector/resource.tf",
		"devices.tf": "data-sources/sekoia_okta_devices/data-source.tf", "device.tf": "data-sources/sekoia_okta_device/data-source.tf",
	} {
		text := simulated(clouds).Replace(example(t, path))
		if name == "resource.tf" {
			text, _, _ = strings.Cut(text, "variable \"okta_api_token\"") // provider.tf declares the same
		}
		cli.Write(t, name, text)
	}
	text := acctest.Flat(cli.Succeed(t, "apply", "-auto-approve"))
	for _, want := range []string{"Apply complete! Resources: 1 added", "devices_by_platform = tomap({", "users = tolist(["} {
		if !strings.Contains(text, want) {
			t.Errorf("the apply does not say %q:\n%s", want, text)
		}
	}
	if again := cli.Succeed(t, "plan"); !strings.Contains(again, "No changes.") {
		t.Errorf("the plan after it says:\n%s", again)
	}
	cli.Succeed(t, "destroy", "-auto-approve")
	if state := clouds.State(t); len(state.Connectors)+len(state.Accounts) != 0 {
		t.Errorf("left in Sekoia: %+v, %+v", state.Connectors, state.Accounts)
	}
}

// TestAccExampleServiceApp applies the provider page's service app, with what the page of the devices shows.
func TestAccExampleServiceApp(t *testing.T) {
	t.Parallel()
	registered, key := serviceApp(t, "okta.devices.read")
	registered.ClientID = "0oa1b2c3d4e5f6g7h8i9"
	registered.JWKS = bytes.ReplaceAll(registered.JWKS, []byte("kid-1"), []byte("terraform"))
	clouds := acctest.Start(t, func(c *simulator.Config) { c.Devices, c.Odd, c.ServiceApps = 5, 0, []simulator.ServiceApp{registered} })
	cli := acctest.NewCLI(t, clouds, map[string]string{"OKTA_CLIENT_ORGURL": "", "OKTA_API_TOKEN": "", "SEKOIA_BASE_URL": ""})
	cli.Setenv("TF_VAR_okta_private_key", key)
	for name, path := range map[string]string{"provider.tf": "provider/service-app.tf", "devices.tf": "data-sources/sekoia_okta_devices/data-source.tf"} {
		cli.Write(t, name, simulated(clouds).Replace(example(t, path)))
	}
	if text := acctest.Flat(cli.Succeed(t, "apply", "-auto-approve")); !strings.Contains(text, "devices_by_platform = tomap({") {
		t.Errorf("the apply says:\n%s", text)
	}
	given := 0
	for _, call := range clouds.Requests(t).Of(acctest.Okta) {
		if call.Path == "/oauth2/v1/token" && call.Status == http.StatusOK {
			given++
		}
	}
	if given == 0 {
		t.Error("no access token was given")
	}
}

// TestAccExampleMissingDevices fails a pipeline while Sekoia misses devices, and not any more when they have arrived.
func TestAccExampleMissingDevices(t *testing.T) {
	t.Parallel()
	clouds := acctest.Start(t, func(c *simulator.Config) { c.Devices, c.Odd, c.OddFrom = 20, 1, 3 })
	cli := acctest.NewCLI(t, clouds, nil)
	cli.Write(t, "connector.tf", strings.Replace(
		simulated(clouds).Replace(example(t, "resources/sekoia_okta_device_connector/resource.tf")), "wait_for = \"synced\"", "wait_for = \"none\"", 1))
	cli.Write(t, "main.tf", example(t, "missing-devices/main.tf"))
	cli.Setenv("TF_VAR_okta_api_token", clouds.Ready.OktaToken)
	cli.Setenv("TF_VAR_connector_id", "0f7a3c52-9f5e-4d0b-8a53-6a3f0b5b7c11")
	cli.Succeed(t, "apply", "-auto-approve", "-target=sekoia_okta_device_connector.acme")
	cli.Setenv("TF_VAR_connector_id", clouds.State(t).Connectors[0].UUID)
	printed := cli.Fail(t, `Sekoia misses devices: {"before_checkpoint":0,"behind":19,"lacks_field":1,"pending":0,"unknown":0}.`, "plan", "-detailed-exitcode")
	cli.Setenv("TF_VAR_least_coverage", "0")
	printed += cli.Succeed(t, "apply", "-auto-approve")
	if !strings.Contains(acctest.Flat(printed), "Warning: Check block assertion failed") || !strings.Contains(acctest.Flat(printed), "Fix these devices in Okta: guo") {
		t.Errorf("the check does not warn:\n%s", printed)
	}
}

// TestAccExampleCMDB looks up serial numbers, one of which Okta has, one twice and one not at all.
func TestAccExampleCMDB(t *testing.T) {
	t.Parallel()
	clouds := acctest.Start(t, func(c *simulator.Config) { c.Devices, c.Odd = 3, 0 })
	for id, serial := range map[string]string{"guoOne": "S1", "guoTwo": "S2", "guoTwoAgain": "S2"} {
		clouds.PutDevice(t, id, map[string]any{"status": "ACTIVE", "profile": map[string]any{
			"displayName": "lab", "platform": "MACOS", "registered": true, "secureHardwarePresent": true, "serialNumber": serial,
		}})
	}
	cli := acctest.NewCLI(t, clouds, nil)
	cli.Write(t, "main.tf", example(t, "cmdb/main.tf"))
	cli.Setenv("TF_VAR_serial_numbers", `["S1", "S2", "S3"]`)
	cli.Succeed(t, "apply", "-auto-approve")
	var outputs struct {
		Found struct {
			Value map[string][]struct {
				ID string `json:"id"`
			} `json:"value"`
		} `json:"found"`
		Unknown struct {
			Value []string `json:"value"`
		} `json:"unknown_to_okta"`
	}
	cli.JSON(t, &outputs, "output", "-json")
	found := outputs.Found.Value
	if len(found) != 2 || len(found["S1"]) != 1 || found["S1"][0].ID != "guoOne" || len(found["S2"]) != 2 || !slices.Equal(outputs.Unknown.Value, []string{"S3"}) {
		t.Errorf("found %+v, unknown %q", found, outputs.Unknown.Value)
	}
}

// TestAccExampleTerraformTest runs the tests of the example's module: with a mocked provider, which calls nobody, and
// with the real one against the simulator.
func TestAccExampleTerraformTest(t *testing.T) {
	t.Parallel()
	clouds := acctest.Start(t, func(c *simulator.Config) { c.Devices, c.Odd = 3, 0 })
	cli := acctest.NewBinaryCLI(t, clouds, nil)
	if err := os.Mkdir(filepath.Join(cli.Dir, "tests"), 0o700); err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{"main.tf", "tests/mock.tftest.hcl", "tests/simulator.tftest.hcl"} {
		cli.Write(t, file, example(t, "terraform-test/"+file))
	}
	if printed := cli.Succeed(t, "test", "-filter=tests/mock.tftest.hcl"); !strings.Contains(printed, "Success! 2 passed, 0 failed.") {
		t.Errorf("the tests with a mocked provider say:\n%s", printed)
	}
	if calls := clouds.Requests(t); len(calls) != 0 {
		t.Errorf("a mocked provider made calls:\n%s", calls)
	}
	cli.Setenv("TF_VAR_okta_base_url", clouds.Ready.OktaURL)
	cli.Setenv("TF_VAR_okta_api_token", clouds.Ready.OktaToken)
	if printed := cli.Succeed(t, "test", "-filter=tests/simulator.tftest.hcl"); !strings.Contains(printed, "Success! 2 passed, 0 failed.") {
		t.Errorf("the tests against the simulator say:\n%s", printed)
	}
	if state := clouds.State(t); len(state.Connectors)+len(state.Accounts) != 0 {
		t.Errorf("left in Sekoia: %+v, %+v", state.Connectors, state.Accounts)
	}
}

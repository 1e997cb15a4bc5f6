// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"bytes"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/acctest"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/simulator"
)

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
	simulated := strings.NewReplacer(
		`"https://acme.okta.com"`, `"`+clouds.Ready.OktaURL+`"`,
		`region = "fra1"`, `base_url = "`+clouds.Ready.SekoiaURL+`"`)
	for name, path := range map[string]string{
		"provider.tf": "provider/provider.tf", "resource.tf": "resources/sekoia_okta_device_connector/resource.tf",
		"devices.tf": "data-sources/sekoia_okta_devices/data-source.tf", "device.tf": "data-sources/sekoia_okta_device/data-source.tf",
	} {
		content, err := os.ReadFile("../../examples/" + path)
		if err != nil {
			t.Fatal(err)
		}
		text := simulated.Replace(string(content))
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
	simulated := strings.NewReplacer(
		`"https://acme.okta.com"`, `"`+clouds.Ready.OktaURL+`"`,
		`region = "fra1"`, `base_url = "`+clouds.Ready.SekoiaURL+`"`)
	for name, path := range map[string]string{"provider.tf": "provider/service-app.tf", "devices.tf": "data-sources/sekoia_okta_devices/data-source.tf"} {
		content, err := os.ReadFile("../../examples/" + path)
		if err != nil {
			t.Fatal(err)
		}
		cli.Write(t, name, simulated.Replace(string(content)))
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

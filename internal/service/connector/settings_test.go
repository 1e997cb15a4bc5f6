// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package connector_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/acctest"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/simulator"
)

func TestAccConnectorValidate(t *testing.T) {
	t.Parallel()
	cases := map[string]struct{ arguments, want string }{
		"both forms of the token": {
			`base_url = "https://acme.okta.com"
  api_token = "a"
  api_token_wo = "b"
  api_token_wo_version = "1"`, "api_token and api_token_wo can't be set together",
		},
		"a write-only token without its version": {
			`base_url = "https://acme.okta.com"
  api_token_wo = "b"`, "api_token_wo needs api_token_wo_version: set both",
		},
		"an admin URL":     {`base_url = "https://acme-admin.okta.com"`, "https://acme.okta.com"},
		"http":             {`base_url = "http://acme.okta.com"`, "https://acme.okta.com"},
		"a path":           {`base_url = "https://acme.okta.com/admin"`, "https://acme.okta.com"},
		"a doubled domain": {`base_url = "https://acme.okta.com.okta.com"`, "https://acme.okta.com"},
		"userinfo":         {`base_url = "https://user:word@acme.okta.com"`, "https://acme.okta.com"},
		"no scheme":        {`base_url = "acme.okta.com"`, "https://acme.okta.com"},
		"an unknown mode":  {"base_url = \"https://acme.okta.com\"\n  connection_test = { mode = \"sometimes\" }", "connection_test.mode"},
		"an account": {
			"base_url = \"https://acme.okta.com\"\n  account_id = \"6bffbac8-3a5d-4b1e-9d5c-0d3b6f6f2f0a\"", "Cannot set value for this attribute as the provider has marked it as read-only",
		},
		"a token in state with a line end": {"base_url = \"https://acme.okta.com\"\n  api_token = \"00token\\n\"", "trimspace("},
		"a write-only token with a line end": {
			"base_url = \"https://acme.okta.com\"\n  api_token_wo = \"00token\\n\"\n  api_token_wo_version = \"1\"", "trimspace(",
		},
		"a token with its scheme in front": {
			"base_url = \"https://acme.okta.com\"\n  api_token_wo = \"SSWS 00token\"\n  api_token_wo_version = \"1\"", "SSWS",
		},
		"an unknown wait":    {"base_url = \"https://acme.okta.com\"\n  sync = { wait_for = \"ever\" }", "sync.wait_for"},
		"a community's name": {"base_url = \"https://acme.okta.com\"\n  community_id = \"ours\"", "must be a UUID"},
		"a timeout without unit": {
			"base_url = \"https://acme.okta.com\"\n  timeouts = { create = \"10\" }", `timeouts.create: "10" must be a duration longer than zero`,
		},
		"a timeout in words": {
			"base_url = \"https://acme.okta.com\"\n  timeouts = { delete = \"10 minutes\" }", `timeouts.delete: "10 minutes" must be a duration`,
		},
		"a timeout in the past": {
			"base_url = \"https://acme.okta.com\"\n  timeouts = { update = \"-5m\" }", `timeouts.update: "-5m" must be a duration longer than zero`,
		},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			clouds := acctest.Start(t)
			cli := acctest.NewCLI(t, clouds, nil)
			cli.Write(t, "main.tf", mainTF("resource \"sekoia_okta_device_connector\" \"test\" {\n  name = \"Okta devices\"\n  "+test.arguments+"\n}\n"))
			cli.Fail(t, test.want, "validate")
			if calls := clouds.Requests(t); len(calls) != 0 {
				t.Errorf("validate made calls:\n%s", calls)
			}
		})
	}
}

func TestAccConnectorTriggersAreTested(t *testing.T) {
	t.Parallel()
	clouds := acctest.Start(t)
	cli := acctest.NewCLI(t, clouds, nil)
	write := func(trigger string, token bool) {
		configuration := connectorTF(clouds, `sync = { triggers = { at = "`+trigger+`" } }`)
		if !token {
			configuration = withoutToken(configuration)
		}
		cli.Write(t, "main.tf", mainTF(configuration))
	}
	write("monday", true)
	cli.Succeed(t, "apply", "-auto-approve")

	// With a token, a dead one stops the plan.
	clouds.SetTokens(t)
	write("tuesday", true)
	cli.Fail(t, "E0000011", "plan")

	// Without one, the checks that need none are made, and a warning says so.
	write("tuesday", false)
	checkText(t, cli.Succeed(t, "plan"), []string{"Warning: Okta devices: the connection is tested without a token"}, []string{"E0000011"})
}

// withoutToken takes the token out of a configuration of connectorTF.
func withoutToken(configuration string) string {
	var kept []string
	for line := range strings.Lines(configuration) {
		if !strings.Contains(line, "api_token_wo") {
			kept = append(kept, line)
		}
	}
	return strings.Join(kept, "")
}

func TestAccConnectorModeAlways(t *testing.T) {
	t.Parallel()
	clouds := acctest.Start(t)
	cli := acctest.NewCLI(t, clouds, nil)
	cli.Write(t, "main.tf", mainTF(connectorTF(clouds, `connection_test = { mode = "always" }`)))
	cli.Succeed(t, "apply", "-auto-approve")

	// Of an unchanged connector, what fails is a warning: nobody asked for anything that it could stop.
	clouds.SetTokens(t)
	checkText(t, cli.Succeed(t, "plan"), []string{
		"Warning: Okta devices: Okta rejected the API token (401)", "E0000011", "An apply stops at this connector before anything is written.",
		"/docs/guides/troubleshooting#okta_credentials",
		// By design Terraform sees no change of a token alone.
		"A new token is not in Sekoia until api_token_wo_version changes.",
	}, []string{"Error:", "SEKOIA_CONNECTION_TEST"})

	// The environment lowers the mode, and never raises it.
	cli.Setenv("SEKOIA_CONNECTION_TEST", "on_change")
	clouds.ResetRequests(t)
	checkText(t, cli.Succeed(t, "plan"), []string{"No changes."}, []string{"E0000011"})
	if calls := clouds.Requests(t).Of(acctest.Okta); len(calls) != 0 {
		t.Errorf("calls to Okta:\n%s", calls)
	}
}

func TestAccConnectorReadThatFailsChangesNothing(t *testing.T) {
	t.Parallel()
	for name, path := range map[string]string{"the connector": connectorsPath + "*", "its account": accountsPath + "*"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			clouds := acctest.Start(t)
			cli := acctest.NewCLI(t, clouds, nil)
			cli.Write(t, "main.tf", mainTF(connectorTF(clouds, "")))
			cli.Succeed(t, "apply", "-auto-approve")
			clouds.SetFaults(t, answer(acctest.Sekoia, http.MethodGet, path, http.StatusForbidden, map[string]any{"code": "forbidden", "message": "no"}))
			cli.Fail(t, "could not be read", "plan")
			clouds.SetFaults(t)
			checkText(t, cli.Succeed(t, "plan"), []string{"No changes."}, nil)
		})
	}
}

func TestAccConnectorImportWithoutABaseURL(t *testing.T) {
	t.Parallel()
	clouds := acctest.Start(t)
	id := madeByHand(t, clouds, "Okta devices")
	account, _ := onePair(t, clouds)
	clouds.PatchAccount(t, account.UUID, map[string]any{"value": map[string]any{"base_url": nil}})
	cli := acctest.NewCLI(t, clouds, nil)
	cli.Write(t, "main.tf", mainTF(withoutToken(connectorTF(clouds, ""))))
	cli.Succeed(t, "import", address, id)

	// Nothing says that it changes: it is set in place, and nobody is called for it.
	clouds.ResetRequests(t)
	checkText(t, cli.Succeed(t, "apply", "-auto-approve"), []string{"0 added, 1 changed, 0 destroyed"}, nil)
	noWrite(t, clouds)
	checkText(t, cli.Succeed(t, "plan"), []string{"No changes."}, nil)

	// A token is sent with it, whole.
	cli.Write(t, "main.tf", mainTF(connectorTF(clouds, "")))
	cli.Succeed(t, "apply", "-auto-approve")
	if account, _ := onePair(t, clouds); account.Value["base_url"] != clouds.Ready.OktaURL {
		t.Errorf("stored: %v", account.Value)
	}
}

func TestAccConnectorUnknownProvider(t *testing.T) {
	t.Parallel()
	clouds := acctest.Start(t)
	cli := acctest.NewCLI(t, clouds, map[string]string{"SEKOIA_API_KEY": ""})
	write := func(generation string) {
		cli.Write(t, "main.tf", mainTF(`
resource "terraform_data" "key" {
  input            = "`+clouds.Ready.SekoiaAPIKey+`"
  triggers_replace = ["`+generation+`"]
}

provider "sekoia" {
  api_key = terraform_data.key.output
}
`+connectorTF(clouds, "")))
	}

	// The key is not known at plan: no error, and the test is made at apply.
	write("1")
	checkText(t, cli.Succeed(t, "plan"), []string{"2 to add"}, nil)
	cli.Succeed(t, "apply", "-auto-approve")
	onePair(t, clouds)

	// The key is about to change: the connector can't be read, and its state stays.
	write("2")
	checkText(t, cli.Succeed(t, "plan"), []string{"Warning: Okta devices: the connector was not read", "api_key is not known yet", "1 to add, 0 to change, 1 to destroy"}, nil)
	cli.Succeed(t, "apply", "-auto-approve")
	onePair(t, clouds)
}

func TestAccConnectorTimeouts(t *testing.T) {
	t.Parallel()

	// By itself the connector begins no cycle while the test holds its listing.
	clouds := acctest.Start(t, func(c *simulator.Config) { c.SyncInterval = 1000 * time.Hour })
	cli := acctest.NewCLI(t, clouds, nil)
	write := func(trigger, timeout string) {
		cli.Write(t, "main.tf", mainTF(connectorTF(clouds,
			`sync = { wait_for = "synced", triggers = { at = "`+trigger+`" } }
  timeouts = { create = "`+timeout+`", update = "`+timeout+`" }`)))
	}

	// A cycle that does not end: the connector's listing is held. Without the test, the provider makes no call that is
	// held too.
	cli.Setenv("SEKOIA_CONNECTION_TEST", "off")
	listing := kind("hold", acctest.Okta, http.MethodGet, devicesPath)
	listing.Connector = true
	clouds.SetFaults(t, listing)
	write("monday", "10s")
	checkText(t, cli.Succeed(t, "apply", "-auto-approve"), []string{"The wait reached its timeout", "Raise the timeout to wait longer"}, []string{"proxy"})

	// A stop waits for that cycle, and the work that it holds up is shown again.
	write("tuesday", "10s")
	cli.Fail(t, "A fetch cycle is running, and a stop would cut it off", "apply", "-auto-approve")
	checkText(t, cli.Succeed(t, "plan"), []string{`"monday" -> "tuesday"`}, nil)
	clouds.SetFaults(t)
	eventually(t, "the first load to end", func() bool { return len(clouds.State(t).Assets) == 50 })
	write("tuesday", "5m")
	cli.Succeed(t, "apply", "-auto-approve")

	// A wait that ends badly in an update is an error, which can't taint; what was changed is not shown again.
	clouds.SetFaults(t, listing)
	write("wednesday", "10s")
	cli.Fail(t, "The wait reached its timeout", "apply", "-auto-approve")
	checkText(t, cli.Succeed(t, "plan"), []string{"No changes."}, nil)
}

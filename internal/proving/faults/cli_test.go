// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package faults_test

import (
	"fmt"
	"testing"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/acctest"
)

func TestMain(m *testing.M) { acctest.Main(m) }

const (
	connectorsPath = "/v1/symphony/connector-configurations"
	accountsPath   = "/v1/symphony/module-configurations"
)

// TestAccSample is a sample of the matrix through the real CLI, over real sockets: a create, a rename and a destroy
// that each meet a fault. What one of them could not do, the same command does afterwards.
func TestAccSample(t *testing.T) {
	t.Parallel()
	once := 1
	for name, test := range map[string]struct {
		create, rename, destroy acctest.Fault
		// says are what the commands print if they fail, and "" if they succeed.
		createSays, renameSays, destroySays string
	}{
		"short outages": {
			create:  acctest.Fault{Cloud: acctest.Sekoia, Method: "GET", Kind: "status", Status: 503, Times: &once},
			rename:  acctest.Fault{Method: "PATCH", Kind: "status", Status: 429, Headers: map[string]string{"Retry-After": "1"}, Times: &once},
			destroy: acctest.Fault{Method: "DELETE", Kind: "status", Status: 502, Body: "<html>gateway</html>", Times: &once},
		},
		"lost replies": {
			create:  acctest.Fault{Method: "POST", Kind: "drop_reply"},
			rename:  acctest.Fault{Method: "PATCH", Kind: "drop_reply", Times: &once},
			destroy: acctest.Fault{Method: "DELETE", Kind: "drop_reply", Times: &once},
		},
		"truncated bodies": {
			create:  acctest.Fault{Method: "POST", Kind: "truncate"},
			rename:  acctest.Fault{Method: "PATCH", Kind: "truncate", Times: &once},
			destroy: acctest.Fault{Cloud: acctest.Sekoia, Method: "GET", Kind: "truncate", Times: &once},
		},
		"pages and refusals": {
			create:      acctest.Fault{Method: "POST", Path: connectorsPath, Kind: "status", Status: 500},
			createSays:  "Sekoia answered 500",
			rename:      acctest.Fault{Method: "PATCH", Path: connectorsPath + "/*", Kind: "status", Status: 200, Body: "<html>sign in</html>"},
			renameSays:  "PATCH " + connectorsPath + "/",
			destroy:     acctest.Fault{Method: "DELETE", Path: accountsPath + "/*", Kind: "status", Status: 500},
			destroySays: "DELETE " + accountsPath + "/",
		},
		"redirects": {
			create: acctest.Fault{
				Cloud: acctest.Sekoia, Method: "POST", Kind: "status", Status: 307, Headers: map[string]string{"Location": "http://127.0.0.2:1/"},
			},
			createSays: accountsPath,
			rename: acctest.Fault{
				Cloud: acctest.Okta, Kind: "status", Status: 302, Headers: map[string]string{"Location": "http://127.0.0.2:1/"},
			},
			destroy: acctest.Fault{
				Cloud: acctest.Sekoia, Method: "DELETE", Kind: "status", Status: 307, Headers: map[string]string{"Location": "http://127.0.0.2:1/"},
			},
			destroySays: connectorsPath + "/",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			clouds := acctest.Start(t)
			cli := acctest.NewCLI(t, clouds, nil)
			under := func(fault acctest.Fault, says string, args ...string) {
				t.Helper()
				clouds.SetFaults(t, fault)
				if says == "" {
					cli.Succeed(t, args...)
				} else {
					cli.Fail(t, says, args...)
				}
				clouds.SetFaults(t)
			}
			cli.Write(t, "main.tf", sampleTF(clouds, "Okta devices"))
			under(test.create, test.createSays, "apply", "-auto-approve")
			cli.Succeed(t, "apply", "-auto-approve")
			onePair(t, clouds, "Okta devices")
			cli.Write(t, "main.tf", sampleTF(clouds, "Renamed"))
			under(test.rename, test.renameSays, "apply", "-auto-approve")
			cli.Succeed(t, "apply", "-auto-approve")
			onePair(t, clouds, "Renamed")
			under(test.destroy, test.destroySays, "destroy", "-auto-approve")
			if test.destroySays != "" {
				cli.Succeed(t, "destroy", "-auto-approve")
			}
			if state := clouds.State(t); len(state.Accounts) > 0 || len(state.Connectors) > 0 {
				t.Errorf("left over: accounts %+v, connectors %+v", state.Accounts, state.Connectors)
			}
		})
	}
}

// sampleTF is a configuration with one connector.
func sampleTF(clouds *acctest.Clouds, name string) string {
	return fmt.Sprintf(`terraform {
  required_providers {
    sekoia = { source = "sekoia-io/sekoia" }
  }
}

resource "sekoia_okta_device_connector" "test" {
  name                 = %q
  base_url             = %q
  api_token_wo         = %q
  api_token_wo_version = "1"
}
`, name, clouds.Ready.OktaURL, clouds.Ready.OktaToken)
}

// onePair fails the test unless Sekoia holds one account and one connector on it, of this name.
func onePair(t *testing.T, clouds *acctest.Clouds, name string) {
	t.Helper()
	state := clouds.State(t)
	if len(state.Accounts) != 1 || len(state.Connectors) != 1 ||
		state.Connectors[0].ModuleConfigurationUUID != state.Accounts[0].UUID || state.Connectors[0].Name != name {
		t.Errorf("Sekoia holds the accounts %+v and the connectors %+v", state.Accounts, state.Connectors)
	}
}

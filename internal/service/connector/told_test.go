// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package connector_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/acctest"
)

// fiveTF has a connector for each of five customers.
func fiveTF(clouds *acctest.Clouds) string {
	return mainTF(fmt.Sprintf(`
resource "sekoia_okta_device_connector" "test" {
  count = 5

  name                 = "Customer ${count.index}"
  base_url             = %q
  api_token_wo         = %q
  api_token_wo_version = "1"
}
`, clouds.Ready.OktaURL, clouds.Ready.OktaToken))
}

// A person with five connectors and one wrong key reads one error.
func TestAccAFaultOfTheWholeProviderIsToldOnce(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ key, summary, says string }{
		"a key that is missing":      {"", `provider "sekoia": no Sekoia API key is set`, "Set api_key in the provider block, or the environment variable SEKOIA_API_KEY."},
		"a key that Sekoia rejected": {"wrong", `provider "sekoia": Sekoia rejected the API key (401)`, "api_key is set in the environment: SEKOIA_API_KEY."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			clouds := acctest.Start(t)
			cli := acctest.NewCLI(t, clouds, nil)
			cli.Write(t, "main.tf", fiveTF(clouds))
			once := func(when string, command ...string) {
				t.Helper()
				said := acctest.Flat(cli.Fail(t, test.summary, command...))
				if strings.Count(said, "Error:") != 1 || strings.Count(said, test.says) != 1 {
					t.Errorf("%s it reads:\n%s", when, said)
				}
			}

			// What is planned is not there yet; then it is, and is read.
			good := clouds.Ready.SekoiaAPIKey
			cli.Setenv("SEKOIA_API_KEY", test.key)
			once("with nothing there,", "plan")
			cli.Setenv("SEKOIA_API_KEY", good)
			cli.Succeed(t, "plan", "-out=plan")
			cli.Succeed(t, "apply", "-auto-approve")
			cli.Setenv("SEKOIA_API_KEY", test.key)
			once("of what is there,", "plan")
			once("of a destroy", "plan", "-destroy")

			// A data source needs an error of its own: a short one.
			cli.Write(t, "data.tf", `
data "sekoia_okta_device_connectors" "all" {
  count = 2
}
`)
			said := acctest.Flat(cli.Fail(t, test.summary, "plan", "-refresh=false"))
			if strings.Count(said, test.says) != 1 || strings.Count(said, "Error:") != 2 ||
				strings.Count(said, "Another message of this run says what to do.") != 1 || !strings.Contains(said, "#a-destroy-blocked-by-its-plan") {
				t.Errorf("with two data sources it reads:\n%s", said)
			}

			// In a check block, Terraform makes a warning of it: the connectors must have an error all the same.
			cli.Write(t, "data.tf", `
check "connectors" {
  data "sekoia_okta_device_connectors" "all" {}

  assert {
    condition     = length(data.sekoia_okta_device_connectors.all.connectors) == 5
    error_message = "There are others."
  }
}
`)
			said = acctest.Flat(cli.Fail(t, test.summary, "plan"))
			if strings.Count(said, test.says) != 1 || strings.Count(said, "Error:") != 1 || strings.Count(said, "Another message of this run") > 1 {
				t.Errorf("with a check block it reads:\n%s", said)
			}
		})
	}
}

// Terraform folds warnings with the same summary, and names one of them. So each begins with its customer.
func TestAccEachCustomerIsNamedInAnOutage(t *testing.T) {
	t.Parallel()
	clouds := acctest.Start(t)
	cli := acctest.NewCLI(t, clouds, nil)
	cli.Write(t, "main.tf", fiveTF(clouds))
	clouds.SetFaults(t, acctest.Fault{Cloud: acctest.Okta, Kind: "status", Status: http.StatusServiceUnavailable})
	said := acctest.Flat(cli.Succeed(t, "plan"))
	for customer := range 5 {
		if summary := fmt.Sprintf("Warning: Customer %d: Okta did not answer (503)", customer); strings.Count(said, summary) != 1 {
			t.Errorf("%q is not there once:\n%s", summary, said)
		}
	}
	if strings.Contains(said, "more similar") {
		t.Errorf("a warning is folded:\n%s", said)
	}
}

// Five connectors at a base URL where something else than Sekoia answers, such as a gateway without its routes, have
// one error, and stay in the state.
func TestAccABaseURLThatIsNotSekoiasIsToldOnce(t *testing.T) {
	t.Parallel()
	clouds := acctest.Start(t)
	cli := acctest.NewCLI(t, clouds, nil)
	cli.Write(t, "main.tf", fiveTF(clouds))
	cli.Succeed(t, "apply", "-auto-approve")
	const summary, says = `provider "sekoia": this is not Sekoia's answer (404)`, "base_url is set in the environment: SEKOIA_BASE_URL."
	for _, body := range []any{map[string]string{"message": "no Route matched with those values"}, "<html>Welcome</html>"} {
		clouds.SetFaults(t, acctest.Fault{Cloud: acctest.Sekoia, Kind: "status", Status: http.StatusNotFound, Body: body})
		for _, command := range []string{"plan", "refresh"} {
			if said := acctest.Flat(cli.Fail(t, summary, command)); strings.Count(said, "Error:") != 1 || strings.Count(said, says) != 1 {
				t.Errorf("%s says:\n%s", command, said)
			}
		}
	}

	// What does not exist yet has warnings of the connection test. Terraform folds those with the same summary.
	cli.Succeed(t, "state", "rm", "sekoia_okta_device_connector.test")
	said := acctest.Flat(cli.Succeed(t, "plan"))
	if strings.Count(said, "Warning: "+summary) != 1 {
		t.Errorf("with nothing there, plan says:\n%s", said)
	}
}

// A plan that was saved with a good key, and is applied with a wrong one, makes nothing, and each connector has its
// error.
func TestAccAFaultAtApplyIsAnErrorOfEach(t *testing.T) {
	t.Parallel()
	clouds := acctest.Start(t)
	cli := acctest.NewCLI(t, clouds, nil)
	cli.Write(t, "main.tf", mainTF(connectorTF(clouds, "count = 3")))
	cli.Succeed(t, "plan", "-out=plan")
	cli.Setenv("SEKOIA_API_KEY", "")
	said := acctest.Flat(cli.Fail(t, `provider "sekoia": no Sekoia API key is set`, "apply", "plan"))
	if strings.Count(said, "Set api_key in the provider block") != 1 || len(inSekoia(t, clouds).connectors) != 0 {
		t.Errorf("it reads:\n%s", said)
	}
}

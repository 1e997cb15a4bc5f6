// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package canary_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/acctest"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/proving/canary"
)

// reading uses every secret of the provider block, of which %s declares the variables' kind.
const reading = `
variable "key" {
  type = string
  %[1]s
}

variable "token" {
  type = string
  %[1]s
}

provider "sekoia" {
  api_key            = %[2]s
  okta               = { base_url = "%[4]s", api_token = %[3]s }
  okta_organizations = { acme = { base_url = "%[4]s", api_token = %[3]s } }
}

data "sekoia_okta_devices" "all" {}

data "sekoia_okta_devices" "acme" {
  okta_organization = "acme"
}

data "sekoia_okta_connection_test" "this" {}

data "sekoia_okta_device_connectors" "all" {}

resource "terraform_data" "total" {
  input = data.sekoia_okta_devices.all.total + data.sekoia_okta_devices.acme.total
}

output "report" {
  value = data.sekoia_okta_connection_test.this
}
`

func TestAccSecretsOfTheProvider(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		variables, key, token string
		// files are where both secrets are.
		files []string
	}{
		"from ephemeral variables": {variables: "ephemeral = true", key: "var.key", token: "var.token"},
		"from sensitive variables, which a plan keeps": {
			variables: "sensitive = true", key: "var.key", token: "var.token",
			files: []string{"work/plan!tfplan", "printed/*-show-json-plan.txt"},
		},
		"from literals, which a plan keeps with the configuration": {
			variables: `default = "unused"`,
			files:     []string{"work/main.tf", "work/plan!tfconfig/m-/main.tf", "printed/*-show-json-plan.txt"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			clouds := acctest.Start(t)
			w := write(t, clouds, map[string]string{"OKTA_CLIENT_ORGURL": "", "OKTA_API_TOKEN": "", "SEKOIA_API_KEY": ""})
			if test.key == "" {
				test.key, test.token = fmt.Sprintf("%q", clouds.Ready.SekoiaAPIKey), fmt.Sprintf("%q", clouds.Ready.OktaToken)
			} else {
				w.cli.Setenv("TF_VAR_key", clouds.Ready.SekoiaAPIKey)
				w.cli.Setenv("TF_VAR_token", clouds.Ready.OktaToken)
			}
			w.config(t, fmt.Sprintf(reading, test.variables, test.key, test.token, clouds.Ready.OktaURL))
			w.succeed(t, "validate", "-json")
			w.succeed(t, "plan", "-out=plan")
			w.succeed(t, "show", "-json", "plan")
			w.succeed(t, "apply", "plan")
			w.succeed(t, "show", "-json")
			w.succeed(t, "output", "-json")
			w.succeed(t, "destroy", "-auto-approve")
			var documented []canary.Documented
			for _, secret := range []string{"the token", "the API key"} {
				for _, file := range test.files {
					documented = append(documented, canary.Documented{Canary: secret, Files: file})
				}
			}
			w.check(t, secretsOf(clouds), documented...)
		})
	}
}

func TestAccSecretsOfTheEnvironment(t *testing.T) {
	t.Parallel()
	clouds := acctest.Start(t)
	w := write(t, clouds, nil)
	w.config(t, strings.NewReplacer("api_key            = %[2]s", "", "okta               = { base_url = \"%[4]s\", api_token = %[3]s }", "",
		"okta_organizations = { acme = { base_url = \"%[4]s\", api_token = %[3]s } }", "", "okta_organization = \"acme\"", "", "%[1]s", `default = ""`).Replace(reading))
	w.succeed(t, "plan", "-out=plan")
	w.succeed(t, "show", "-json", "plan")
	w.succeed(t, "apply", "plan")
	w.succeed(t, "show", "-json")

	// Neither is valid anymore.
	clouds.SetTokens(t)
	w.cli.Setenv("SEKOIA_API_KEY", third)
	w.fail(t, []string{"Okta answered 401", "Sekoia answered 401"}, "plan")
	w.check(t, secretsOf(clouds))
}

// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package canary_test

import (
	"bytes"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/acctest"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/proving/canary"
)

const (
	accountsPath = "/v1/symphony/module-configurations"
	rotated      = "00rotatedByALifeCycleWithItsTest2b7xQ"
	third        = "00refusedByOktaInTheMiddleOfIt9c4vR8"
)

// secretsOf are those of a connector's life.
func secretsOf(clouds *acctest.Clouds) []canary.Canary {
	return []canary.Canary{
		canary.Text("the token", clouds.Ready.OktaToken), canary.Text("the rotated token", rotated), canary.Text("the refused token", third),
		canary.Text("the API key", clouds.Ready.SekoiaAPIKey),
	}
}

// fault is an answer with a body that quotes a secret.
func fault(method, path string, status int, secret string) acctest.Fault {
	return acctest.Fault{Cloud: acctest.Sekoia, Method: method, Path: path, Kind: "status", Status: status, Body: map[string]any{
		"code": "bad", "message": "apikey " + secret + " is not one",
	}}
}

func TestAccSecretsWriteOnlyToken(t *testing.T) {
	t.Parallel()
	clouds := acctest.Start(t)
	w := write(t, clouds, nil)
	block := func(version string) string {
		return `
variable "token" {
  type      = string
  sensitive = true
  ephemeral = true
}

resource "sekoia_okta_device_connector" "test" {
  name                 = "Okta devices"
  base_url             = "` + clouds.Ready.OktaURL + `"
  api_token_wo         = var.token
  api_token_wo_version = "` + version + `"
  sync                 = { wait_for = "synced" }
}

output "connector" {
  value = sekoia_okta_device_connector.test
  sensitive = true
}
`
	}

	// What the SDK writes on demand is every value that it is given: that the search finds the secrets there shows that
	// it can.
	w.cli.Setenv("TF_LOG_SDK_PROTO_DATA_DIR", w.below(t, "proto"))
	w.cli.Setenv("TF_VAR_token", clouds.Ready.OktaToken)
	w.config(t, block("1"))
	w.succeed(t, "plan", "-out=plan")
	w.succeed(t, "show", "-json", "plan")
	w.succeed(t, "apply", "plan")

	// A token that Okta refuses, one whose account can't be written, and one that works.
	w.cli.Setenv("TF_VAR_token", third)
	w.config(t, block("2"))
	w.fail(t, []string{"Okta answered 401 E0000011"}, "plan")
	w.cli.Setenv("TF_VAR_token", rotated)
	clouds.SetTokens(t, rotated)
	clouds.SetFaults(t, fault(http.MethodPatch, accountsPath+"/*", http.StatusBadRequest, rotated))
	w.fail(t, []string{"apikey *** is not one"}, "apply", "-auto-approve")
	clouds.SetFaults(t)
	w.cli.Setenv("TF_LOG", "JSON")
	w.succeed(t, "apply", "-auto-approve")
	w.succeed(t, "show", "-json")
	w.succeed(t, "output", "-json")

	// It is forgotten, imported into a configuration that Terraform writes, and removed.
	w.succeed(t, "state", "rm", "sekoia_okta_device_connector.test")
	w.config(t, "import {\n  to       = sekoia_okta_device_connector.again\n  id       = \""+clouds.State(t).Connectors[0].UUID+"\"\n  provider = sekoia\n}\n")
	w.succeed(t, "plan", "-generate-config-out=generated.tf", "-out=plan")
	w.succeed(t, "apply", "plan")
	w.config(t, "") // an import block may not name a provider once the resource block exists
	w.succeed(t, "destroy", "-auto-approve")
	w.check(t, secretsOf(clouds), canary.Documented{Canary: "the", Files: "proto/*"})
}

func TestAccSecretsTokenInState(t *testing.T) {
	t.Parallel()
	clouds := acctest.Start(t)
	w := write(t, clouds, nil)
	w.config(t, `
variable "token" {
  type      = string
  sensitive = true
}

resource "sekoia_okta_device_connector" "test" {
  name      = "Okta devices"
  base_url  = "`+clouds.Ready.OktaURL+`"
  api_token = var.token
}
`)
	w.cli.Setenv("TF_VAR_token", clouds.Ready.OktaToken)
	w.succeed(t, "plan", "-out=plan")
	w.succeed(t, "show", "plan")
	w.succeed(t, "show", "-json", "plan")
	w.succeed(t, "apply", "plan")
	w.succeed(t, "show")
	w.succeed(t, "state", "pull")
	w.console(t, "sekoia_okta_device_connector.test")
	clouds.SetTokens(t, clouds.Ready.OktaToken, rotated)
	w.cli.Setenv("TF_VAR_token", rotated)
	clouds.SetFaults(t, fault(http.MethodPatch, accountsPath+"/*", http.StatusBadRequest, rotated))
	w.fail(t, []string{"apikey *** is not one"}, "apply", "-auto-approve")
	clouds.SetFaults(t)
	w.succeed(t, "apply", "-auto-approve")
	w.succeed(t, "show", "-json")

	// Both tokens have been in the state, the first one is in its backup.
	first, second := canary.Documented{Canary: "the token"}, canary.Documented{Canary: "the rotated token"}
	first.Files, second.Files = "work/terraform.tfstate.backup", "work/terraform.tfstate"
	w.check(t, secretsOf(clouds), first, second,
		canary.Documented{Canary: "the token", Files: "work/plan!tfplan"},
		canary.Documented{Canary: "the token", Files: "printed/*-show-json-plan.txt"},
		canary.Documented{Canary: "the token", Files: "printed/*-state-pull.txt"},
		canary.Documented{Canary: "the rotated token", Files: "printed/*-show-json.txt"},
	)
}

// console asks the console of Terraform for a value.
func (w *writer) console(t *testing.T, expression string) {
	t.Helper()
	var printed bytes.Buffer
	command := w.cli.Command(t.Context(), "console")
	command.Stdin, command.Stdout, command.Stderr = strings.NewReader(expression+"\n"), &printed, &printed
	if err := command.Run(); err != nil || !strings.Contains(printed.String(), "(sensitive value)") {
		t.Errorf("the console: %v\n%s", err, printed.String())
	}
	w.keep(t, "console", printed.String())
}

// TestAccSecretsLeakByHand puts leaks where the other tests look, and wants each of them found.
func TestAccSecretsLeakByHand(t *testing.T) {
	t.Parallel()
	clouds := acctest.Start(t)
	w := write(t, clouds, nil)

	// A provider that says what it sends, on standard error as a forgotten debugging line does.
	leaky := filepath.Join(w.below(t, "leaky"), "terraform-provider-sekoia")
	script := "#!/bin/sh\necho \"sending Authorization: SSWS $OKTA_API_TOKEN\" >&2\nexec '" + acctest.ProviderBinary(t) + "' \"$@\"\n"
	if err := os.WriteFile(leaky, []byte(script), 0o700); err != nil { //nolint:gosec // Terraform starts it
		t.Fatal(err)
	}
	settings := filepath.Join(w.below(t, "home"), "leaky.rc")
	w.cli.Setenv("TF_CLI_CONFIG_FILE", settings)
	if err := os.WriteFile(settings, []byte("provider_installation {\n  dev_overrides {\n    \"sekoia-io/sekoia\" = \""+filepath.Dir(leaky)+"\"\n  }\n  direct {}\n}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	w.config(t, `
variable "key" { type = string }

data "sekoia_okta_devices" "all" {}

resource "terraform_data" "leak" {
  input = var.key
}

resource "terraform_data" "nested" {
  input = base64encode(jsonencode({ authorization = base64encode("Bearer ${var.key}") }))
}

output "key" { value = var.key }
`)
	w.cli.Setenv("TF_VAR_key", clouds.Ready.SekoiaAPIKey)
	w.succeed(t, "plan", "-out=plan")
	w.succeed(t, "show", "-json", "plan")
	w.succeed(t, "apply", "plan")
	w.succeed(t, "output")
	w.console(t, `sensitive(var.key)`)
	w.succeed(t, "destroy", "-auto-approve")
	leaks := map[string]int{}
	findings, err := canary.New(secretsOf(clouds)...).Tree(w.folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, leak := range findings {
		leaks[leak.Canary+" in "+leak.File]++
	}
	for _, want := range []string{
		"the token in logs/terraform.log", "the API key in work/plan!tfplan", "the API key in work/terraform.tfstate.backup",
		"the API key in printed/01-plan-out-plan.txt", "the API key in printed/02-show-json-plan.txt", "the API key in printed/03-apply-plan.txt",
		"the API key in printed/04-output.txt",
	} {
		if leaks[want] == 0 {
			t.Errorf("not found: %s, among %v", want, leaks)
		}
	}
}

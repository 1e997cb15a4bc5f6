// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package connectiontest_test

import (
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/acctest"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/simulator"
)

const examples = "../../../examples/"

// The example of a check block warns, and stops nothing.
func TestAccExampleCheckBlock(t *testing.T) {
	t.Parallel()
	clouds := acctest.Start(t, func(c *simulator.Config) { c.Devices, c.Odd = 3, 0 })
	cli := acctest.NewCLI(t, clouds, nil)
	cli.Write(t, "main.tf", withRequired(file(t, examples+"data-sources/sekoia_okta_connection_test/data-source.tf")))
	if printed := cli.Succeed(t, "apply", "-auto-approve"); strings.Contains(printed, "Warning") {
		t.Errorf("a connection that works is warned of:\n%s", printed)
	}
	clouds.SetTokens(t, "another")
	for _, command := range [][]string{{"plan"}, {"apply", "-auto-approve"}} {
		printed := acctest.Flat(cli.Succeed(t, command...))
		if !strings.Contains(printed, "Warning: Check block assertion failed") || !strings.Contains(printed, "okta_credentials: Okta answered 401 E0000011") {
			t.Errorf("terraform %s does not warn: %s", command[0], printed)
		}
	}
}

// The guide's postcondition fails a pipeline on devices that lack a field. A destroy gets past it.
func TestAccExamplePostcondition(t *testing.T) {
	t.Parallel()
	guide := file(t, "../../../templates/guides/missing-devices.md.tmpl")
	block := func(language string) string {
		_, text, _ := strings.Cut(guide, "```"+language+"\n")
		text, _, _ = strings.Cut(text, "```")
		return text
	}
	clouds := acctest.Start(t, func(c *simulator.Config) { c.Devices, c.Odd, c.OddFrom = 60, 2, 10 })
	cli := acctest.NewCLI(t, clouds, nil)
	connector := file(t, examples+"resources/sekoia_okta_device_connector/resource.tf")
	cli.Write(t, "main.tf", withRequired(strings.NewReplacer("https://acme.okta.com", clouds.Ready.OktaURL, "synced", "none").Replace(connector)))
	cli.Setenv("TF_VAR_okta_api_token", clouds.Ready.OktaToken)
	if printed, warning := acctest.Flat(cli.Succeed(t, "plan")), acctest.Flat(block("text")); warning == "" || !strings.Contains(printed, warning) {
		t.Errorf("the plan does not warn with %q:\n%s", warning, printed)
	}
	cli.Succeed(t, "apply", "-auto-approve")
	cli.Write(t, "test.tf", block("terraform"))
	cli.Fail(t, "2 of 60 devices lack a field that Sekoia's connector requires", "plan")
	cli.Succeed(t, "destroy", "-auto-approve")
}

// script is the shell script of the example's pipeline, without what needs the registry.
func script(t *testing.T) string {
	t.Helper()
	_, text, found := strings.Cut(file(t, examples+"scheduled-check/workflow.yml"), "run: |\n")
	if !found {
		t.Fatal("the pipeline has no script")
	}
	var lines []string
	for line := range strings.Lines(text) {
		if !strings.Contains(line, "terraform init") {
			lines = append(lines, strings.TrimSpace(line))
		}
	}
	return "set -e\n" + strings.Join(lines, "\n")
}

// named is a folder in which a program goes by this name, for a script that looks on PATH.
func named(t *testing.T, name, program string) string {
	t.Helper()
	folder := t.TempDir()
	if err := os.Symlink(program, filepath.Join(folder, name)); err != nil {
		t.Fatal(err)
	}
	return folder
}

// pipeline is the example's folder, with Terraform and the provider as a runner has them.
type pipeline struct {
	cli *acctest.CLI
}

// run runs the script, and returns whether it passed, what it printed, and the job's summary.
func (p pipeline) run(t *testing.T) (passed bool, printed, summary string) {
	t.Helper()
	shown := filepath.Join(t.TempDir(), "summary.md")
	terraform := p.cli.Command(t.Context())
	command := exec.CommandContext(t.Context(), "bash", "-c", script(t)) //nolint:gosec // the example's own script
	command.Dir = p.cli.Dir
	command.Env = slices.Concat(terraform.Env, []string{"GITHUB_STEP_SUMMARY=" + shown})
	output, err := command.CombinedOutput()
	content, readErr := os.ReadFile(filepath.Clean(shown))
	if readErr != nil {
		t.Fatalf("there is no summary: %v\n%s", readErr, output)
	}
	return err == nil, acctest.Flat(acctest.Plain(string(output))), string(content)
}

func TestAccExampleScheduledCheck(t *testing.T) {
	t.Parallel()
	acme := acctest.Start(t, func(c *simulator.Config) { c.Devices, c.Odd = 3, 0 })
	beta := acctest.Start(t, func(c *simulator.Config) { c.Devices, c.Odd, c.Seed = 4, 0, 2 })
	connector := byHand(t, acme)
	logged(t, acme, connector, "info")
	variable := func(value any) string {
		encoded, err := json.Marshal(value)
		if err != nil {
			t.Fatal(err)
		}
		return string(encoded)
	}
	scheduled := pipeline{cli: acctest.NewBinaryCLI(t, acme, map[string]string{
		"OKTA_CLIENT_ORGURL": "", "OKTA_API_TOKEN": "",
		"TF_VAR_okta_organizations": variable(map[string]string{"acme": acme.Ready.OktaURL, "beta": beta.Ready.OktaURL}),
		"TF_VAR_okta_api_tokens":    variable(map[string]string{"acme": acme.Ready.OktaToken, "beta": beta.Ready.OktaToken}),
		"PATH":                      named(t, "terraform", acctest.Terraform(t).Path) + string(os.PathListSeparator) + os.Getenv("PATH"),
	})}
	scheduled.cli.Write(t, "main.tf", file(t, examples+"scheduled-check/main.tf"))
	passed, printed, summary := scheduled.run(t)
	if !passed || strings.Contains(printed, "Check block") || !strings.Contains(summary, "## beta\n\n### ✅ ") ||
		!strings.Contains(summary, "| "+connector+" | no | no |") {
		t.Errorf("a good connection fails the job:\n%s\n%s", printed, summary)
	}
	if strings.Contains(printed+summary, acme.Ready.OktaToken) {
		t.Error("a token is shown")
	}

	// A role is taken away from one token.
	beta.SetFaults(t, acctest.Fault{
		Cloud: acctest.Okta, Method: http.MethodGet, Path: "/api/v1/devices", Kind: "status", Status: http.StatusForbidden,
		Body: map[string]any{"errorCode": "E0000006", "errorSummary": "You do not have permission", "errorLink": "E0000006", "errorId": "oae1", "errorCauses": []any{}},
	})
	passed, printed, summary = scheduled.run(t)
	if passed || !strings.Contains(printed, "The connection test of beta failed.") || !strings.Contains(summary, "| ❌ failed | `okta_devices_read` |") {
		t.Errorf("a role that was taken away passes the job:\n%s\n%s", printed, summary)
	}
	beta.SetFaults(t)

	// Nothing was heard of the connector for a while.
	scheduled.cli.Setenv("TF_VAR_idle_days", "-1")
	passed, printed, summary = scheduled.run(t)
	if passed || !strings.Contains(printed, "or no log: "+connector+". Okta expires a token") || !strings.Contains(summary, "| "+connector+" | ⚠️ yes | no |") {
		t.Errorf("an idle connector passes the job:\n%s\n%s", printed, summary)
	}
	scheduled.cli.Setenv("TF_VAR_idle_days", "20")

	// The connector's own token was revoked.
	acme.SetTokens(t, "another")
	logged(t, acme, connector, "error")
	passed, printed, summary = scheduled.run(t)
	if passed || !strings.Contains(printed, "Errors in their logs within 24 hours: "+connector+".") || !strings.Contains(summary, "| "+connector+" | no | ⚠️ yes |") {
		t.Errorf("a connector whose token was revoked passes the job:\n%s\n%s", printed, summary)
	}
}

// logged waits until the connector has written a line of this level, which comes late.
func logged(t *testing.T, clouds *acctest.Clouds, connector, level string) {
	t.Helper()
	deadline := time.After(20 * time.Second)
	for {
		var log struct {
			Items []struct {
				Level string `json:"level"`
			} `json:"items"`
		}
		clouds.Sekoia(t, http.MethodGet, "/v1/symphony/connector-configurations/"+connector+"/logs", nil, &log)
		for _, line := range log.Items {
			if line.Level == level {
				return
			}
		}
		select {
		case <-deadline:
			t.Fatalf("the connector wrote no line of level %s: %+v", level, log)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// byHand makes an account and a connector as a person does on Sekoia's web page.
func byHand(t *testing.T, clouds *acctest.Clouds) string {
	t.Helper()
	var account, connector struct {
		UUID string `json:"uuid"`
	}
	clouds.Sekoia(t, http.MethodPost, "/v1/symphony/module-configurations", map[string]any{
		"name": "Okta", "module_uuid": "4ef895d1-3f21-4678-8d0a-5c39c37210fe", "community_uuid": clouds.Ready.CommunityID,
		"value": map[string]any{"base_url": clouds.Ready.OktaURL, "apikey": clouds.Ready.OktaToken},
	}, &account)
	clouds.Sekoia(t, http.MethodPost, "/v1/symphony/connector-configurations", map[string]any{
		"name": "Okta", "connector_uuid": "b6e2c8a2-4f3b-4e7a-8c1d-2e4f3a6b7c9d", "module_configuration_uuid": account.UUID,
		"community_uuid": clouds.Ready.CommunityID, "value": map[string]any{},
	}, &connector)
	return connector.UUID
}

// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
)

// steps is the demo. The order matters: each continues from where the one before it ended.
func steps() []step {
	return []step{
		{"Build the provider and find Terraform or OpenTofu", build},
		{"Start Okta and Sekoia, simulated on this machine", startClouds},
		{"Write down which Okta organization Sekoia takes its devices from", writeConfiguration},
		{"Plan with a wrong token: it is stopped before anything is stored", planWithWrongToken},
		{"Plan with the right token: it passes", planWithRightToken},
		{"Apply: the connector is created, starts and syncs", apply},
		{"The inventory, by platform", showInventory},
		{"Plan again: nothing to do", planWithoutChange},
		{"New devices in Okta: what is missing in Sekoia, and a sync that brings it", showCoverage},
		{"Rotate the token: the old one is revoked, the new one is sent", rotateToken},
		{"Destroy: Sekoia is as before, except for the assets", destroy},
	}
}

const (
	connectorType    = "sekoia_okta_device_connector"
	connectorAddress = connectorType + ".acme"
	planFile         = "plan.tfplan"
)

func planWithWrongToken(ctx context.Context, s *stage) error {
	good := s.token
	defer func() { s.token = good }()
	s.token = newToken()
	if err := s.forgetCalls(ctx); err != nil {
		return err
	}
	got, err := s.showTerraform(ctx, "plan")
	if err != nil {
		return err
	}
	calls, err := s.calls(ctx)
	if err != nil {
		return err
	}
	said := unboxed(got.text)
	return s.confirm(
		claim{"the plan ended with an error", codeIs(got, 1)},
		claim{"there is one error, and it sits on api_token_wo", firstProblem(
			problemIf(strings.Count(said, "Error: ") != 1, "there are %d errors", strings.Count(said, "Error: ")),
			contains(said, "api_token_wo"), contains(said, connectorAddress))},
		claim{"it gives Okta's own answer (E0000011)", contains(said, "E0000011")},
		claim{"the token itself is not in the output", lacks(got.text, s.token)},
		claim{"no call that writes reached Sekoia", noWrites(calls)},
	)
}

func planWithRightToken(ctx context.Context, s *stage) error {
	if err := s.forgetCalls(ctx); err != nil {
		return err
	}
	got, err := s.showTerraform(ctx, "plan", "-detailed-exitcode", "-out="+planFile)
	if err != nil {
		return err
	}
	if err := s.confirm(claim{"the plan passed, with changes to make", codeIs(got, 2)}); err != nil {
		return err
	}
	actions, text, err := s.plannedActions(ctx)
	if err != nil {
		return err
	}
	file, err := s.workFile(planFile)
	if err != nil {
		return err
	}
	calls, err := s.calls(ctx)
	if err != nil {
		return err
	}
	return s.confirm(
		claim{"the plan creates the connector", equal(actions, "create")},
		claim{"the token is neither in the plan's JSON nor in its file", firstProblem(lacks(text, s.token), lacks(file, s.token))},
		claim{"no call that writes reached Sekoia", noWrites(calls)},
	)
}

func apply(ctx context.Context, s *stage) error {
	got, err := s.showTerraform(ctx, "apply", planFile)
	if err != nil {
		return err
	}
	if err := s.confirm(claim{"the apply succeeded", codeIs(got, 0)}); err != nil {
		return err
	}
	clouds, err := s.cloudState(ctx)
	if err != nil {
		return err
	}
	written, err := s.workFile("terraform.tfstate")
	if err != nil {
		return err
	}
	return s.confirm(
		claim{"Sekoia has one connector and one account", firstProblem(
			equal(present(clouds.Connectors), 1), equal(present(clouds.Accounts), 1))},
		claim{fmt.Sprintf("%d devices in Okta, %d assets in Sekoia", present(clouds.Devices), present(clouds.Assets)), firstProblem(
			equal(present(clouds.Devices), s.settings.devices), equal(present(clouds.Assets), s.settings.devices))},
		claim{"the token is not in the state", lacks(written, s.token)},
	)
}

func showInventory(ctx context.Context, s *stage) error {
	s.screen.command(s.terraform.Command() + " output -json")
	text, err := s.askTerraform(ctx, "output", "-json") // shown as a chart below: apply has printed it already
	if err != nil {
		return err
	}
	var outputs struct {
		Total      struct{ Value int }            `json:"devices_total"`
		ByPlatform struct{ Value map[string]int } `json:"devices_by_platform"`
	}
	if err := json.Unmarshal([]byte(text), &outputs); err != nil {
		return fmt.Errorf("reading the outputs: %w", err)
	}
	platforms, sum := outputs.ByPlatform.Value, 0
	for _, platform := range slices.Sorted(maps.Keys(platforms)) {
		s.screen.note(fmt.Sprintf("%-10s %4d  %s", platform, platforms[platform], bar(platforms[platform], outputs.Total.Value)))
		sum += platforms[platform]
	}
	return s.confirm(
		claim{fmt.Sprintf("the data source has all %d devices", s.settings.devices), equal(outputs.Total.Value, s.settings.devices)},
		claim{"each is counted under one platform", equal(sum, s.settings.devices)},
	)
}

func planWithoutChange(ctx context.Context, s *stage) error {
	if err := s.forgetCalls(ctx); err != nil {
		return err
	}
	got, err := s.showTerraform(ctx, "plan", "-detailed-exitcode")
	if err != nil {
		return err
	}
	calls, err := s.calls(ctx)
	if err != nil {
		return err
	}
	toSekoia := slices.DeleteFunc(slices.Clone(calls), func(c call) bool { return c.Cloud != "sekoia" || c.UserAgent == connectorAgent })
	return s.confirm(
		claim{"the plan has nothing to change (exit code 0)", codeIs(got, 0)},
		claim{`it says "No changes"`, contains(got.text, "No changes.")},
		claim{"the connector cost two calls to Sekoia, and none that writes", firstProblem(equal(len(toSekoia), 2), noWrites(calls))},
	)
}

// newDevices is how many devices appear in Okta after the first sync.
const newDevices = 12

func showCoverage(ctx context.Context, s *stage) error {
	for n := range newDevices {
		if err := s.addDevice(ctx, fmt.Sprintf("guoNewInTheDemo%03d", n)); err != nil {
			return err
		}
	}
	s.screen.note(fmt.Sprintf("In Okta: %d new devices. In the configuration: a data source that compares both sides (examples/demo/coverage).", newDevices))
	if err := s.copyExample(filepath.Join(s.root, "examples", "demo", "coverage", "coverage.tf")); err != nil {
		return err
	}
	known := s.settings.devices
	if err := s.compareSides(ctx, "the apply succeeded, and changed nothing", "", coverage{covered: known, pending: newDevices}); err != nil {
		return err
	}
	s.syncRun = "2"
	s.screen.note("In the configuration: sync_run = \"2\", which is in sync.triggers.")
	return s.compareSides(ctx, "the connector stopped and started once, and was sent its token again", "stop, PATCH account, start", coverage{covered: known + newDevices})
}

// coverage is what the data source says of the devices of Okta.
type coverage struct{ covered, pending int }

// compareSides applies, and checks what that wrote to Sekoia and what the data source says then.
func (s *stage) compareSides(ctx context.Context, says, writes string, want coverage) error {
	if err := s.forgetCalls(ctx); err != nil {
		return err
	}
	applied, err := s.askTerraform(ctx, "apply", "-auto-approve")
	if err != nil {
		return fmt.Errorf("%w\n%s", err, applied)
	}
	calls, err := s.calls(ctx)
	if err != nil {
		return err
	}
	s.screen.command(fmt.Sprintf("%[1]s apply && %[1]s output -raw coverage", s.terraform.Command()))
	text, err := s.askTerraform(ctx, "output", "-json")
	if err != nil {
		return err
	}
	var outputs struct {
		Covered  struct{ Value int }            `json:"devices_covered"`
		Missing  struct{ Value map[string]int } `json:"devices_missing_by_reason"`
		Markdown struct{ Value string }         `json:"coverage"`
	}
	if err := json.Unmarshal([]byte(text), &outputs); err != nil {
		return fmt.Errorf("reading the outputs: %w", err)
	}
	table, _, _ := strings.Cut(outputs.Markdown.Value, "```") // the pie is for those who render it
	for line := range strings.Lines(strings.TrimSpace(table)) {
		s.screen.output(strings.TrimRight(line, "\n"))
	}
	missing := 0
	for _, count := range outputs.Missing.Value {
		missing += count
	}
	absent := "none are missing"
	if want.pending > 0 {
		absent = fmt.Sprintf("%d are missing, and the next cycle brings them (pending)", want.pending)
	}
	return s.confirm(
		claim{says, equal(summary(calls), writes)},
		claim{fmt.Sprintf("%d devices are covered", want.covered), equal(outputs.Covered.Value, want.covered)},
		claim{absent, firstProblem(
			equal(missing, want.pending), equal(outputs.Missing.Value["pending"], want.pending))},
	)
}

func rotateToken(ctx context.Context, s *stage) error {
	old := s.token
	s.token, s.version = newToken(), "2"
	if err := s.allowTokens(ctx, s.token); err != nil {
		return err
	}
	s.screen.note("In Okta: a new token was created, and the old one was revoked. In the configuration: the new token, and okta_api_token_version = \"2\".")
	if err := s.forgetCalls(ctx); err != nil {
		return err
	}
	got, err := s.showTerraform(ctx, "plan", "-detailed-exitcode", "-out="+planFile)
	if err != nil {
		return err
	}
	if err := s.confirm(claim{"the plan passed, with changes to make", codeIs(got, 2)}); err != nil {
		return err
	}
	actions, _, err := s.plannedActions(ctx)
	if err != nil {
		return err
	}
	if err := s.confirm(claim{"the connector is changed in place", equal(actions, "update")}); err != nil {
		return err
	}
	if got, err = s.showTerraform(ctx, "apply", planFile); err != nil {
		return err
	}
	calls, err := s.calls(ctx)
	if err != nil {
		return err
	}
	written, err := s.workFile("terraform.tfstate")
	if err != nil {
		return err
	}
	return s.confirm(
		claim{"the apply succeeded", codeIs(got, 0)},
		claim{"the token was sent once, and the connector stopped and started once", equal(summary(calls), "stop, PATCH account, start")},
		claim{"the connector now works with the new token", lastConnectorCall(calls)},
		claim{"neither token is in the state", firstProblem(lacks(written, old), lacks(written, s.token))},
	)
}

func destroy(ctx context.Context, s *stage) error {
	before, err := s.cloudState(ctx)
	if err != nil {
		return err
	}
	got, err := s.showTerraform(ctx, "destroy", "-auto-approve")
	if err != nil {
		return err
	}
	after, err := s.cloudState(ctx)
	if err != nil {
		return err
	}
	return s.confirm(
		claim{"the destroy succeeded", codeIs(got, 0)},
		claim{"Sekoia has no connector and no account anymore", firstProblem(
			equal(present(after.Connectors), 0), equal(present(after.Accounts), 0))},
		claim{fmt.Sprintf("the %d assets stay in Sekoia", present(after.Assets)), equal(present(after.Assets), present(before.Assets))},
	)
}

// plannedActions is what the plan file does with the connector ("create", "delete create" …), and the plan as JSON.
func (s *stage) plannedActions(ctx context.Context) (actions, text string, err error) {
	text, err = s.askTerraform(ctx, "show", "-json", planFile)
	if err != nil {
		return "", "", err
	}
	var plan struct {
		Changes []struct {
			Address string
			Change  struct{ Actions []string }
		} `json:"resource_changes"`
	}
	if err := json.Unmarshal([]byte(text), &plan); err != nil {
		return "", "", fmt.Errorf("reading the plan: %w", err)
	}
	for _, change := range plan.Changes {
		if change.Address == connectorAddress {
			return strings.Join(change.Change.Actions, " "), text, nil
		}
	}
	return "", "", fmt.Errorf("the plan does not have %s", connectorAddress)
}

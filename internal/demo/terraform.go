// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// gracePeriod is how long a canceled command may take to end by itself. Terraform ends its provider and releases its
// locks in this time.
const gracePeriod = 20 * time.Second

// answer is what a command printed, without colors, and its exit code.
type answer struct {
	text string
	code int
}

// terraformEnvironment is the caller's environment with nothing in it that changes what Terraform or the provider do,
// and with what the demo's configuration needs.
func (s *stage) terraformEnvironment() []string {
	return append(without(s.settings.environment, "TF_", "SEKOIA_", "OKTA_"),
		"TF_CLI_CONFIG_FILE="+s.terraformSettings(),
		"TF_IN_AUTOMATION=1", // no advice on which command to type next: the demo types it
		"TF_INPUT=0",
		"CHECKPOINT_DISABLE=1",
		"SEKOIA_BASE_URL="+s.clouds.SekoiaURL,
		"SEKOIA_API_KEY="+s.clouds.SekoiaAPIKey,
		"TF_VAR_okta_base_url="+s.clouds.OktaURL,
		"TF_VAR_okta_api_token="+s.token,
		"TF_VAR_okta_api_token_version="+s.version,
		"TF_VAR_sync_run="+s.syncRun,
	)
}

// showTerraform runs terraform and shows the command and its output as they come.
func (s *stage) showTerraform(ctx context.Context, arguments ...string) (answer, error) {
	s.screen.command(s.terraform.Command() + " " + strings.Join(arguments, " "))
	out := &lines{show: s.screen.output}
	return s.run(ctx, out, s.work, s.terraformEnvironment(), s.terraform.Path, arguments...)
}

// askTerraform runs terraform and returns its output. An exit code other than 0 is an error.
func (s *stage) askTerraform(ctx context.Context, arguments ...string) (string, error) {
	out := &lines{show: func(string) {}}
	got, err := s.run(ctx, out, s.work, s.terraformEnvironment(), s.terraform.Path, arguments...)
	if err == nil && got.code != 0 {
		err = fmt.Errorf("%s %s ended with code %d: %s", s.terraform.Command(), strings.Join(arguments, " "), got.code, got.text)
	}
	return got.text, err
}

// run runs a command in a process group of its own. A command that ran and failed is no error: its code is returned.
func (s *stage) run(ctx context.Context, out *lines, folder string, environment []string, path string, arguments ...string) (answer, error) {
	//nolint:gosec // G204: the demo runs go, and the Terraform that the person who starts it has chosen.
	cmd := exec.CommandContext(ctx, path, arguments...)
	cmd.Dir, cmd.Env = folder, environment
	cmd.Stdout, cmd.Stderr = out, out
	cmd.WaitDelay = gracePeriod
	inOwnGroup(cmd)
	if err := cmd.Start(); err != nil {
		return answer{}, fmt.Errorf("starting %s: %w", filepath.Base(path), err)
	}
	err := cmd.Wait()
	out.close()
	if ctx.Err() != nil {
		return answer{}, errors.Join(ctx.Err(), endGroup(cmd))
	}
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		return answer{}, fmt.Errorf("running %s: %w", filepath.Base(path), err)
	}
	return answer{text: out.text(), code: cmd.ProcessState.ExitCode()}, nil
}

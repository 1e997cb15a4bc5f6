// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/hashicorp/go-version"
	install "github.com/hashicorp/hc-install"
	"github.com/hashicorp/hc-install/product"
	"github.com/hashicorp/hc-install/releases"
	"github.com/hashicorp/hc-install/src"
)

// neededTerraform is the first release with write-only arguments.
const neededTerraform = ">= 1.11.0"

// gracePeriod is how long a cancelled command may take to end by itself. Terraform ends its provider and releases its
// locks in this time.
const gracePeriod = 20 * time.Second

// answer is what a command printed, without colours, and its exit code.
type answer struct {
	text string
	code int
}

// findTerraform is the path of the CLI: TF_ACC_TERRAFORM_PATH, else the one in PATH, else one that hc-install fetches
// into the demo's folder.
func (s *stage) findTerraform(ctx context.Context) (string, error) {
	if path := variable(s.settings.environment, "TF_ACC_TERRAFORM_PATH"); path != "" {
		return path, nil
	}
	path, err := exec.LookPath("terraform")
	if err == nil {
		return filepath.Abs(path)
	}
	s.screen.note("Terraform was not found in PATH; fetching the newest release.")
	needed, err := version.NewConstraint(neededTerraform)
	if err != nil {
		return "", fmt.Errorf("the constraint on Terraform's version: %w", err)
	}
	folder := filepath.Join(s.folder, "terraform")
	if err := os.Mkdir(folder, 0o700); err != nil {
		return "", err
	}
	path, err = install.NewInstaller().Ensure(ctx, []src.Source{
		&releases.LatestVersion{Product: product.Terraform, Constraints: needed, InstallDir: folder},
	})
	if err != nil {
		return "", fmt.Errorf("terraform is not in PATH and could not be fetched (%w): "+
			"install Terraform %s, or name it in TF_ACC_TERRAFORM_PATH", err, neededTerraform)
	}
	return path, nil
}

// terraformVersion asks the CLI what it is, and says what is wrong where it is too old for the configuration.
func (s *stage) terraformVersion(ctx context.Context) (string, error) {
	text, err := s.askTerraform(ctx, "version", "-json")
	if err != nil {
		return "", err
	}
	var said struct {
		Version string `json:"terraform_version"`
	}
	if err := json.Unmarshal([]byte(text), &said); err != nil {
		return "", fmt.Errorf("reading the version of %s: %w", s.terraform, err)
	}
	found, err := version.NewVersion(said.Version)
	if err != nil {
		return "", fmt.Errorf("reading the version of %s: %w", s.terraform, err)
	}
	needed, err := version.NewConstraint(neededTerraform)
	if err != nil {
		return "", fmt.Errorf("the constraint on Terraform's version: %w", err)
	}
	// A release candidate is taken for its release: it has what the release has.
	return said.Version, problemIf(!needed.Check(found.Core()), "%s is Terraform %s, and the demo needs %s: "+
		"name another in TF_ACC_TERRAFORM_PATH", s.terraform, said.Version, neededTerraform)
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
	s.screen.command("terraform " + strings.Join(arguments, " "))
	out := &lines{show: s.screen.output}
	return s.run(ctx, out, s.work, s.terraformEnvironment(), s.terraform, arguments...)
}

// askTerraform runs terraform for its output alone, which is returned; an exit code other than 0 is an error.
func (s *stage) askTerraform(ctx context.Context, arguments ...string) (string, error) {
	out := &lines{show: func(string) {}}
	got, err := s.run(ctx, out, s.work, s.terraformEnvironment(), s.terraform, arguments...)
	if err == nil && got.code != 0 {
		err = fmt.Errorf("terraform %s ended with code %d: %s", strings.Join(arguments, " "), got.code, got.text)
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

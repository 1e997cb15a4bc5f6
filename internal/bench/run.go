// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

//go:build unix

package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/cli"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/simulator"
)

const module = "github.com/sekoia-io/terraform-provider-sekoia"

// A subject is what is run and measured.
type subject string

// The subjects. The others are compared with the bare provider's.
const (
	bareDevices      subject = "bare provider, devices"
	devices          subject = "devices"
	devicesWithUsers subject = "devices with users"
	devicesCounted   subject = "devices, only counted"
	bareStart        subject = "bare provider, starts"
	start            subject = "starts"
)

// arguments are those of the data source.
func (s subject) arguments() string {
	switch s {
	case devicesWithUsers:
		return "include_users = true"
	case devicesCounted:
		return "include_devices = false"
	default:
		return ""
	}
}

// command is Terraform's.
func (s subject) command() []string {
	if s == start || s == bareStart {
		return []string{"providers", "schema", "-json"}
	}
	return []string{"apply", "-auto-approve"}
}

func (s subject) bare() bool { return s == bareDevices || s == bareStart }

// usage is what a run took.
type usage struct {
	wall time.Duration
	// processor is the time of Terraform and all that it started, provider is that of the provider's processes only.
	processor, provider time.Duration
	// memory is the most that a process of the provider held, in bytes.
	memory int64
	// state is the size of the state file in bytes.
	state int64
}

// with is what this run and another took together.
func (u usage) with(more usage) usage {
	return usage{
		wall: u.wall + more.wall, processor: u.processor + more.processor, provider: u.provider + more.provider,
		memory: max(u.memory, more.memory), state: max(u.state, more.state),
	}
}

// bench has all that a run needs.
type bench struct {
	folder      string
	terraform   cli.Program
	clouds      *simulator.Simulator
	environment []string
}

// prepare builds both providers, and starts both clouds in this process.
func prepare(ctx context.Context, chosen settings) (*bench, error) {
	folder, err := os.MkdirTemp("", "bench-")
	if err != nil {
		return nil, err
	}
	b := &bench{folder: folder}
	b.terraform, err = cli.Find(ctx, chosen.terraform, b.file("terraform"))
	if err == nil {
		err = b.build(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, b.close())
	}
	config := simulator.DefaultConfig()
	config.Devices, config.Odd, config.UsersPerDevice = chosen.devices, 0, 1
	b.clouds, err = simulator.Start(config)
	if err != nil {
		return nil, errors.Join(err, b.close())
	}
	ready := b.clouds.Ready()
	b.environment = []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + folder, "TMPDIR=" + folder, "TF_CLI_CONFIG_FILE=" + b.file("terraform.rc"), "CHECKPOINT_DISABLE=1",
		"SEKOIA_BASE_URL=" + ready.SekoiaURL, "SEKOIA_API_KEY=" + ready.SekoiaAPIKey, "OKTA_CLIENT_ORGURL=" + ready.OktaURL, "OKTA_API_TOKEN=" + ready.OktaToken,
		"BARE_DEVICES=" + strconv.Itoa(chosen.devices), "METERED_USAGE=" + b.file("usage.json"),
	}
	return b, nil
}

// build builds the provider as a release is built, and the others.
func (b *bench) build(ctx context.Context) error {
	for program, source := range map[string]string{
		"provider": module, "bareprovider": module + "/internal/bench/bareprovider", "plugins/terraform-provider-sekoia": module + "/internal/bench/metered",
	} {
		build := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags", "-s -w", "-o", b.file(program), source) //nolint:gosec // constants
		build.Env = append(os.Environ(), "CGO_ENABLED=0")
		if output, err := build.CombinedOutput(); err != nil {
			return fmt.Errorf("build %s: %w\n%s", source, err, output)
		}
	}
	settings := fmt.Sprintf("provider_installation {\n  dev_overrides {\n    \"sekoia-io/sekoia\" = %q\n  }\n  direct {}\n}\n", b.file("plugins"))
	return os.WriteFile(b.file("terraform.rc"), []byte(settings), 0o600)
}

func (b *bench) file(name string) string { return filepath.Join(b.folder, name) }

func (b *bench) close() error {
	var err error
	if b.clouds != nil {
		err = b.clouds.Close()
	}
	return errors.Join(err, os.RemoveAll(b.folder))
}

// run runs a subject once, in a folder of its own.
func (b *bench) run(ctx context.Context, what subject) (usage, error) {
	folder, err := os.MkdirTemp(b.folder, "run-")
	if err != nil {
		return usage{}, err
	}
	configuration := fmt.Sprintf("terraform {\n  required_providers {\n    sekoia = {\n      source = \"sekoia-io/sekoia\"\n    }\n  }\n}\n\n"+
		"data \"sekoia_okta_devices\" \"all\" {\n  %s\n}\n", what.arguments())
	if err := os.WriteFile(filepath.Join(folder, "main.tf"), []byte(configuration), 0o600); err != nil {
		return usage{}, err
	}
	program := "provider"
	if what.bare() {
		program = "bareprovider"
	}
	var output bytes.Buffer
	terraform := exec.CommandContext(ctx, b.terraform.Path, what.command()...) //nolint:gosec // the Terraform that was chosen
	terraform.Dir, terraform.Stdout, terraform.Stderr = folder, &output, &output
	terraform.Env = append(terraform.Env, b.environment...)
	terraform.Env = append(terraform.Env, "METERED_PROGRAM="+b.file(program))
	terraform.Cancel = func() error { return terraform.Process.Signal(syscall.SIGINT) }
	terraform.WaitDelay = time.Minute
	begin := time.Now()
	err = terraform.Run()
	used := usage{wall: time.Since(begin)}
	if err != nil {
		return usage{}, fmt.Errorf("%s %s: %w\n%s", b.terraform.Command(), strings.Join(what.command(), " "), err, output.String())
	}
	used.processor = terraform.ProcessState.UserTime() + terraform.ProcessState.SystemTime()
	if state, err := os.Stat(filepath.Join(folder, "terraform.tfstate")); err == nil {
		used.state = state.Size()
	}
	err = errors.Join(b.readProvider(&used), os.RemoveAll(folder))
	return used, err
}

// readProvider adds up what the provider's processes used, and forgets it.
func (b *bench) readProvider(used *usage) error {
	file, err := os.Open(b.file("usage.json"))
	if err != nil {
		return err
	}
	lines := bufio.NewScanner(file)
	for err == nil && lines.Scan() {
		var line struct{ Microseconds, Kilobytes int64 }
		err = json.Unmarshal(lines.Bytes(), &line)
		used.provider += time.Duration(line.Microseconds) * time.Microsecond
		used.memory = max(used.memory, line.Kilobytes<<10)
	}
	return errors.Join(err, lines.Err(), file.Close(), os.Remove(b.file("usage.json")))
}

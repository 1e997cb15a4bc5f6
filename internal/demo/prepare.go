// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/cli"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/simulator"
)

// The name and version that the built provider has in the demo's own mirror. The registry's name is kept, so that the
// configuration is one that works with a published provider too.
const (
	providerSource  = "sekoia-io/sekoia"
	providerVersion = "0.0.1"
)

func build(ctx context.Context, s *stage) error {
	if err := s.makeFolder(); err != nil {
		return err
	}
	root, err := moduleRoot(ctx)
	if err != nil {
		return err
	}
	s.root = root
	if s.terraform, err = cli.Find(ctx, variable(s.settings.environment, cli.PathVariable), filepath.Join(s.folder, "terraform")); err != nil {
		return err
	}
	binary := filepath.Join(s.mirror(), filepath.FromSlash(s.terraform.Address(providerSource)), providerVersion,
		runtime.GOOS+"_"+runtime.GOARCH, "terraform-provider-sekoia_v"+providerVersion)
	out := &lines{show: s.screen.output}
	s.screen.command("go build")
	// The provider runs on this machine, whatever the caller builds for otherwise. No flag that would keep the build
	// from sharing its cache with the tests'.
	environment := slices.Concat(s.settings.environment, []string{"GOOS=" + runtime.GOOS, "GOARCH=" + runtime.GOARCH})
	got, err := s.run(ctx, out, s.root, environment, "go", "build", "-o", binary, ".")
	if err != nil {
		return err
	}
	if err := s.confirm(claim{"the provider was built", codeIs(got, 0)}); err != nil {
		return err
	}
	s.screen.tick(s.terraform.String() + " was found (" + s.terraform.Path + ")")
	return nil
}

// moduleRoot is the folder of the repository that the demo is run in.
func moduleRoot(ctx context.Context) (string, error) {
	cmd := exec.CommandContext(ctx, "go", "env", "GOMOD")
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("asking go where the repository is: %w", err)
	}
	root := filepath.Dir(string(bytes.TrimSpace(out)))
	if _, err := os.Stat(filepath.Join(root, "examples", "demo")); err != nil {
		return "", fmt.Errorf("the demo must be run inside the provider's repository: %w", err)
	}
	return root, nil
}

// syncInterval passes --speed times faster: more than the demo takes.
const syncInterval = 7 * 24 * time.Hour

func startClouds(_ context.Context, s *stage) error {
	config := simulator.DefaultConfig()
	config.Devices = s.settings.devices
	config.Odd = 0 // an inventory without odd devices
	// By itself the connector would look for new devices before the demo has shown that they are missing.
	config.SyncInterval = syncInterval
	clouds, err := simulator.Start(config)
	if err != nil {
		return fmt.Errorf("starting the simulator: %w", err)
	}
	s.atEnd(clouds.Close)
	s.clouds = clouds.Ready()
	s.token, s.version, s.syncRun = s.clouds.OktaToken, "1", "1"
	s.screen.note("Okta listens at " + s.clouds.OktaURL + ", Sekoia at " + s.clouds.SekoiaURL + ".")
	s.screen.note(fmt.Sprintf("Okta has %d devices; Sekoia's times pass %g times faster than they would.", config.Devices, config.Speed))
	return nil
}

func writeConfiguration(ctx context.Context, s *stage) error {
	files, err := filepath.Glob(filepath.Join(s.root, "examples", "demo", "*.tf"))
	if err != nil || len(files) == 0 {
		return errors.Join(fmt.Errorf("examples/demo has no configuration"), err)
	}
	for _, file := range files {
		if err := s.copyExample(file); err != nil {
			return err
		}
	}
	s.showResource()
	s.screen.command(s.terraform.Command() + " init")
	// What init prints of a provider from a local mirror is about checksums for other platforms, and not shown.
	_, err = s.askTerraform(ctx, "init")
	return s.confirm(claim{"the init succeeded", err})
}

// copyExample puts a file of the examples into Terraform's working folder.
func (s *stage) copyExample(file string) error {
	content, err := os.ReadFile(file) //nolint:gosec // G304: a file of this repository's examples.
	if err != nil {
		return err
	}
	//nolint:gosec // G703: the demo's own folder, and the name of a file in examples/demo.
	return os.WriteFile(filepath.Join(s.work, filepath.Base(file)), content, 0o600)
}

// showResource prints the part of the configuration that the demo is about.
func (s *stage) showResource() {
	content, err := s.workFile("main.tf")
	if err != nil {
		return // what is missing here is missed by the init too, which says it better
	}
	s.screen.note("From examples/demo/main.tf:")
	inside := false
	for line := range strings.Lines(content) {
		line = strings.TrimRight(line, "\n")
		inside = inside || strings.HasPrefix(line, "resource ")
		if inside {
			s.screen.output(line)
		}
		if line == "}" {
			inside = false
		}
	}
}

// workFile is the content of a file in Terraform's working folder.
func (s *stage) workFile(name string) (string, error) {
	content, err := os.ReadFile(filepath.Join(s.work, name)) //nolint:gosec // G304: a file in the demo's own folder.
	return string(content), err
}

// newToken makes something that has the form of an Okta API token.
func newToken() string { return "00" + rand.Text() + rand.Text()[:14] }

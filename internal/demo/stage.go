// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/cli"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/simulator"
)

// settings is what the person who starts the demo can choose.
type settings struct {
	devices     int
	temporary   string   // the folder to make the demo's own folder in; "" is the system's
	environment []string // the caller's, as os.Environ gives it
}

// stage is what the steps share: each finds here what the ones before it made.
type stage struct {
	settings settings
	screen   *screen
	undo     []func() error

	root      string // the repository
	folder    string // holds everything that the demo writes
	work      string // Terraform's working folder
	terraform cli.Program
	clouds    simulator.Ready
	token     string // the Okta token that Terraform is given
	version   string // api_token_wo_version
	syncRun   string // sync.triggers.run
}

// step is one thing that the demo shows. run does it and checks it; its error says what was wrong.
type step struct {
	title string
	run   func(context.Context, *stage) error
}

// atEnd registers what undoes something; the last registered is done first.
func (s *stage) atEnd(undo func() error) { s.undo = append(s.undo, undo) }

// tearDown undoes everything, even if a part of it fails.
func (s *stage) tearDown() error {
	var problems []error
	for _, undo := range slices.Backward(s.undo) {
		problems = append(problems, undo())
	}
	s.undo = nil
	return errors.Join(problems...)
}

// claim is a sentence about what just happened, and what is wrong with it if it is not true.
type claim struct {
	says    string
	problem error
}

// confirm shows the claims that hold, and returns an error for the first that does not.
func (s *stage) confirm(claims ...claim) error {
	for _, claim := range claims {
		if claim.problem != nil {
			return fmt.Errorf("expected: %s; %w", claim.says, claim.problem)
		}
		s.screen.tick(claim.says)
	}
	return nil
}

// makeFolder makes the folder that everything of the demo lives in, and has it removed at the end.
func (s *stage) makeFolder() error {
	folder, err := os.MkdirTemp(s.settings.temporary, "sekoia-demo-")
	if err != nil {
		return fmt.Errorf("making a temporary folder: %w", err)
	}
	s.atEnd(func() error { return os.RemoveAll(folder) })
	s.folder = folder
	s.work = filepath.Join(folder, "work")
	if err := os.Mkdir(s.work, 0o700); err != nil {
		return err
	}
	// Terraform's settings: the provider comes from the demo's own mirror instead of the registry.
	mirrored := fmt.Sprintf("provider_installation {\n  filesystem_mirror {\n    path = %q\n  }\n}\n", s.mirror())
	return os.WriteFile(s.terraformSettings(), []byte(mirrored), 0o600)
}

func (s *stage) mirror() string            { return filepath.Join(s.folder, "mirror") }
func (s *stage) terraformSettings() string { return filepath.Join(s.folder, "terraformrc") }

// variable is the value of one variable of an environment, or "" if it is not set. The last one wins, as in os/exec.
func variable(environment []string, name string) string {
	for _, pair := range slices.Backward(environment) {
		if key, value, _ := strings.Cut(pair, "="); key == name {
			return value
		}
	}
	return ""
}

// without is the environment less the variables whose names begin with one of the prefixes.
func without(environment []string, prefixes ...string) []string {
	return slices.DeleteFunc(slices.Clone(environment), func(pair string) bool {
		return slices.ContainsFunc(prefixes, func(prefix string) bool { return strings.HasPrefix(pair, prefix) })
	})
}

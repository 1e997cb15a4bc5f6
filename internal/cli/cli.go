// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/hashicorp/go-version"
	install "github.com/hashicorp/hc-install"
	"github.com/hashicorp/hc-install/product"
	"github.com/hashicorp/hc-install/releases"
	"github.com/hashicorp/hc-install/src"
)

// PathVariable names the program to use. terraform-plugin-testing reads it too.
const PathVariable = "TF_ACC_TERRAFORM_PATH"

// needed is the first release with write-only arguments, of Terraform and of OpenTofu.
var needed = version.Must(version.NewVersion("1.11.0"))

// Program is a Terraform or an OpenTofu on this machine.
type Program struct {
	Path     string
	OpenTofu bool
	// Version is that of the program. A release candidate counts as its release: see [version.Version.Core].
	Version *version.Version
}

// Find looks for a program: the named one, else terraform or tofu on PATH, else the newest Terraform, which is
// downloaded into folder. A program that is too old for the provider is an error.
func Find(ctx context.Context, named, folder string) (Program, error) {
	path, err := find(named, exec.LookPath, func() (string, error) { return fetch(ctx, folder) })
	if err != nil {
		return Program{}, err
	}
	return identify(ctx, path)
}

func find(named string, look func(string) (string, error), fetch func() (string, error)) (string, error) {
	if named != "" {
		found, err := look(named)
		if err != nil {
			return "", fmt.Errorf("%s: %w", PathVariable, err)
		}
		return filepath.Abs(found)
	}
	for _, name := range []string{"terraform", "tofu"} {
		if found, err := look(name); err == nil {
			return filepath.Abs(found)
		}
	}
	found, err := fetch()
	if err != nil {
		return "", fmt.Errorf("neither terraform nor tofu is on PATH, and Terraform could not be downloaded (%w): "+
			"install one of them, %s or later, or name it in %s", err, needed, PathVariable)
	}
	return found, nil
}

// fetch downloads the newest release of Terraform.
func fetch(ctx context.Context, folder string) (string, error) {
	if err := os.MkdirAll(folder, 0o750); err != nil {
		return "", err
	}
	return install.NewInstaller().Ensure(ctx, []src.Source{
		&releases.LatestVersion{Product: product.Terraform, InstallDir: folder},
	})
}

// identify asks a program for its name. `version -json` does not give it: OpenTofu's answer says terraform_version.
func identify(ctx context.Context, path string) (Program, error) {
	command := exec.CommandContext(ctx, path, "version")

	// The caller's own arguments and settings (TF_CLI_ARGS, TF_CLI_CONFIG_FILE) have no effect.
	command.Env = append(slices.DeleteFunc(os.Environ(), func(pair string) bool { return strings.HasPrefix(pair, "TF_") }), "CHECKPOINT_DISABLE=1")
	text, err := command.Output()
	if err != nil {
		if exit, failed := errors.AsType[*exec.ExitError](err); failed {
			err = fmt.Errorf("%w: %s", err, exit.Stderr)
		}
		return Program{}, fmt.Errorf("%s version: %w", path, err)
	}
	return read(path, string(text))
}

// firstLine is what a version command answers with. Warnings about the CLI configuration may precede it.
var firstLine = regexp.MustCompile(`(?m)^(Terraform|OpenTofu) v(\S+)\s*$`)

// read makes a program of what its version command printed.
func read(path, text string) (Program, error) {
	said := firstLine.FindStringSubmatch(text)
	if said == nil {
		return Program{}, fmt.Errorf("%s is neither Terraform nor OpenTofu: its version command printed %q", path, text)
	}
	found, err := version.NewVersion(said[2])
	if err != nil {
		return Program{}, fmt.Errorf("the version of %s: %w", path, err)
	}
	program := Program{Path: path, OpenTofu: said[1] == "OpenTofu", Version: found}
	if found.Core().LessThan(needed) {
		return Program{}, fmt.Errorf("%s is %s, and the provider needs %s or later: name another in %s", path, program, needed, PathVariable)
	}
	return program, nil
}

// String is the name and the version, such as "OpenTofu 1.12.6".
func (p Program) String() string {
	if p.OpenTofu {
		return "OpenTofu " + p.Version.String()
	}
	return "Terraform " + p.Version.String()
}

// Command is what people type to run it.
func (p Program) Command() string {
	if p.OpenTofu {
		return "tofu"
	}
	return "terraform"
}

// Host is the registry that a provider comes from if its source names none.
func (p Program) Host() string {
	if p.OpenTofu {
		return "registry.opentofu.org"
	}
	return "registry.terraform.io"
}

// Address is the whole address of a provider with this source, such as "okta/okta".
func (p Program) Address(source string) string { return p.Host() + "/" + source }

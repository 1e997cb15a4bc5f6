// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
)

// file is what the list is written to.
const file = "THIRD_PARTY_LICENSES"

// own begins the names of this repository's packages.
const own = "github.com/sekoia-io/terraform-provider-sekoia"

func main() {
	check := flag.Bool("check", false, "check the licenses of all modules that are built or tested here, and write nothing")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	run := write
	if *check {
		run = checkAll
	}
	if err := run(ctx, os.Stdout, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		stop()
		os.Exit(1) //nolint:gocritic // stop has run
	}
}

// released are the programs of a release (.goreleaser.yml).
var released = []string{".", "./internal/simulator/cmd/simulator"}

// write lists what is linked into the programs of a release, in the folder that it is run in.
func write(ctx context.Context, to io.Writer, _ []string) error {
	config, err := os.ReadFile(".goreleaser.yml")
	if err != nil {
		return err
	}
	platforms, err := platformsOf(string(config))
	if err != nil {
		return err
	}
	if err := download(ctx, "."); err != nil {
		return err
	}
	var libraries []library
	for _, platform := range platforms {
		found, err := report(ctx, ".", platform, released...)
		if err != nil {
			return err
		}
		libraries = append(libraries, found...)
	}
	toolchain, err := goLibrary(ctx)
	if err != nil {
		return err
	}
	libraries = sorted(append(libraries, toolchain))
	if err := refused(libraries); err != nil {
		return err
	}
	text, err := document(libraries)
	if err != nil {
		return err
	}
	if err := os.WriteFile(file, text, 0o644); err != nil { //nolint:gosec // a file of the repository, for everyone
		return err
	}
	_, err = fmt.Fprintf(to, "%s is up to date: %d parts of other people's code.\n", file, len(libraries))
	return err
}

// checkAll checks every package of the modules in the given folders, including their tests.
func checkAll(ctx context.Context, to io.Writer, folders []string) error {
	if len(folders) == 0 {
		folders = []string{"."}
	}
	var all []error
	for _, folder := range folders {
		if err := download(ctx, folder); err != nil {
			return err
		}
		found, err := report(ctx, folder, "", "./...", "--include_tests")
		if err == nil {
			err = refused(sorted(found))
		}
		if err != nil {
			all = append(all, fmt.Errorf("%s: %w", folder, err))
			continue
		}
		if _, err := fmt.Fprintf(to, "%s: %d parts of other people's code, each under an allowed license.\n", folder, len(sorted(found))); err != nil {
			return err
		}
	}
	return errors.Join(all...)
}

// download puts the modules of folder into the module cache, while a proxy may still be asked.
func download(ctx context.Context, folder string) error {
	_, err := output(ctx, folder, nil, "go", "mod", "download")
	return err
}

// report asks go-licenses for what the packages in folder are built of on platform (GOOS; "": this machine's).
func report(ctx context.Context, folder, platform string, packages ...string) ([]library, error) {
	tool, err := output(ctx, ".", nil, "go", "tool", "-n", "-modfile=tools/go.mod", "go-licenses")
	if err != nil {
		return nil, err
	}
	template, err := os.CreateTemp("", "licenses-*")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.Remove(template.Name()) }()
	if _, err := template.WriteString(rowTemplate); err != nil {
		return nil, err
	}
	if err := template.Close(); err != nil {
		return nil, err
	}

	// This proxy refuses everything: go-licenses would look up the web addresses of the licenses, which are not needed.
	// The modules are in the module cache by then: see download.
	environment := append(os.Environ(),
		"HTTPS_PROXY=http://127.0.0.1:1", "HTTP_PROXY=http://127.0.0.1:1", "NO_PROXY=", "CGO_ENABLED=0")
	if platform != "" {
		environment = append(environment, "GOOS="+platform, "GOARCH=amd64")
	}
	rows, err := output(ctx, folder, environment, tool, append([]string{"report", "--template", template.Name()}, packages...)...)
	if err != nil {
		return nil, err
	}
	return parse(rows)
}

// goLibrary is Go's own license: the runtime and the standard library are linked in too.
func goLibrary(ctx context.Context) (library, error) {
	root, err := output(ctx, ".", nil, "go", "env", "GOROOT")
	if err != nil {
		return library{}, err
	}
	for _, path := range []string{filepath.Join(root, "LICENSE"), filepath.Join(root, "..", "LICENSE"), "/usr/share/doc/golang/LICENSE"} {
		if _, err := os.Stat(path); err == nil {
			return library{Name: "The Go runtime and standard library", License: "BSD-3-Clause", Path: path}, nil
		}
	}
	return library{}, fmt.Errorf("no LICENSE was found in %s, Go's own folder", root)
}

// output runs a command and returns what it writes. If it fails, the error has what it wrote to standard error.
func output(ctx context.Context, folder string, environment []string, name string, arguments ...string) (string, error) {
	command := exec.CommandContext(ctx, name, arguments...) //nolint:gosec // Go, and the tool that tools/go.mod pins
	command.Dir, command.Env = folder, environment
	var complaint bytes.Buffer
	command.Stderr = &complaint
	answer, err := command.Output()
	if err != nil {
		return "", fmt.Errorf("%s %s: %w\n%s", filepath.Base(name), strings.Join(arguments, " "), err, complaint.String())
	}
	return strings.TrimSpace(string(answer)), nil
}

// platformsOf reads the operating systems of .goreleaser.yml: goos: [a, b].
func platformsOf(config string) ([]string, error) {
	for line := range strings.Lines(config) {
		list, found := strings.CutPrefix(strings.TrimSpace(line), "goos: [")
		if !found {
			continue
		}
		platforms := strings.FieldsFunc(strings.TrimSuffix(list, "]"), func(r rune) bool { return r == ',' || r == ' ' })
		slices.Sort(platforms)
		return platforms, nil
	}
	return nil, errors.New(".goreleaser.yml has no line such as goos: [darwin, linux]")
}

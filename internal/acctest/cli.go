// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package acctest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

// CLI is a folder with a configuration, in which the real Terraform runs the
// real provider binary in a process of its own, as a person's does. It is for
// what terraform-plugin-testing hides: printed text, files, signals, processes.
type CLI struct {
	// Dir is the folder.
	Dir         string
	environment map[string]string
	terraform   string
}

// Output is what a run of Terraform ended with.
type Output struct {
	// Text is what it printed, standard output and error together, without colour.
	Text string
	// Exit is its exit code; -1 where a signal ended it.
	Exit int
}

// cliTimeout is the longest that one command may take: far more than any does, so that a hang fails the test and not the suite.
const cliTimeout = 5 * time.Minute

// NewCLI makes an empty folder for the clouds. changes overrides the environment's
// variables of the provider; an empty value unsets one.
func NewCLI(t testing.TB, clouds *Clouds, changes map[string]string) *CLI {
	t.Helper()

	binary, err := providerBinary()
	if err != nil {
		t.Fatal(err)
	}

	home := t.TempDir()
	cli := &CLI{Dir: t.TempDir(), terraform: TerraformPath(t)}
	settings := filepath.Join(home, "terraform.rc")

	overrides := fmt.Sprintf("provider_installation {\n  dev_overrides {\n    \"sekoia-io/sekoia\" = %q\n  }\n  direct {}\n}\n", filepath.Dir(binary))
	if err := os.WriteFile(settings, []byte(overrides), 0o600); err != nil {
		t.Fatal(err)
	}

	cli.environment = map[string]string{
		"PATH": os.Getenv("PATH"), "HOME": home, "TMPDIR": home, "TF_CLI_CONFIG_FILE": settings,
		"CHECKPOINT_DISABLE": "1", "TF_IN_AUTOMATION": "1",
	}
	maps.Copy(cli.environment, clouds.Environment(changes))

	return cli
}

// Setenv sets a variable for the runs that follow.
func (c *CLI) Setenv(name, value string) { c.environment[name] = value }

// Write puts a file into the folder.
func (c *CLI) Write(t testing.TB, name, content string) {
	t.Helper()

	if err := os.WriteFile(filepath.Join(c.Dir, name), []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

// Command prepares a run, for a test that has to do something while it is under way.
func (c *CLI) Command(ctx context.Context, args ...string) *exec.Cmd {
	command := exec.CommandContext(ctx, c.terraform, args...) //nolint:gosec // the Terraform that the test found
	command.Dir = c.Dir
	command.WaitDelay = 10 * time.Second

	for name, value := range c.environment {
		command.Env = append(command.Env, name+"="+value)
	}

	return command
}

// Run runs Terraform to its end.
func (c *CLI) Run(t testing.TB, args ...string) Output {
	t.Helper()

	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), cliTimeout)
	defer cancel()

	var text bytes.Buffer

	command := c.Command(ctx, args...)
	command.Stdout, command.Stderr = &text, &text

	err := command.Run()
	if ctx.Err() != nil {
		t.Fatalf("terraform %s did not end in %s:\n%s", strings.Join(args, " "), cliTimeout, text.String())
	}

	if _, exited := errors.AsType[*exec.ExitError](err); err != nil && !exited {
		t.Fatalf("terraform %s: %v", strings.Join(args, " "), err)
	}

	return Output{Text: Plain(text.String()), Exit: command.ProcessState.ExitCode()}
}

// Succeed runs Terraform, and fails the test where that fails.
func (c *CLI) Succeed(t testing.TB, args ...string) string {
	t.Helper()

	output := c.Run(t, args...)
	if output.Exit != 0 {
		t.Fatalf("terraform %s ended with %d:\n%s", strings.Join(args, " "), output.Exit, output.Text)
	}

	return output.Text
}

// Fail runs Terraform, and fails the test where that succeeds, or does not print what is wanted. Text is compared as a
// person reads it: without the frame of a diagnostic and without its line breaks.
func (c *CLI) Fail(t testing.TB, want string, args ...string) string {
	t.Helper()

	output := c.Run(t, args...)
	if output.Exit == 0 {
		t.Fatalf("terraform %s succeeded:\n%s", strings.Join(args, " "), output.Text)
	}

	if !strings.Contains(Flat(output.Text), want) {
		t.Fatalf("terraform %s did not say %q:\n%s", strings.Join(args, " "), want, output.Text)
	}

	return output.Text
}

// colour is the escape sequences that Terraform prints, also where nobody sees them.
var colour = regexp.MustCompile(`\x1b\[[0-9;]*m`)

// Plain is printed text without colours.
func Plain(text string) string { return colour.ReplaceAllString(text, "") }

// frame is what Terraform draws around a diagnostic.
var frame = regexp.MustCompile(`[\s│╷╵]+`)

// Flat is printed text without the frames and line breaks that Terraform puts into a sentence.
func Flat(text string) string { return strings.TrimSpace(frame.ReplaceAllString(text, " ")) }

// JSON reads what Terraform prints with -json, from a command such as show.
func (c *CLI) JSON(t testing.TB, into any, args ...string) {
	t.Helper()

	text := c.Succeed(t, args...)
	if begin := strings.Index(text, "{"); begin > 0 {
		text = text[begin:] // the warning about development overrides comes first
	}

	if err := json.Unmarshal([]byte(text), into); err != nil {
		t.Fatalf("terraform %s: %v in\n%s", strings.Join(args, " "), err, text)
	}
}

// Main runs the tests of a package that uses NewCLI, and removes what that built: func TestMain(m *testing.M) { acctest.Main(m) }.
func Main(m *testing.M) {
	m.Run() // its code is the process's, when TestMain returns

	if builtFolder != "" {
		_ = os.RemoveAll(builtFolder)
	}
}

// builtFolder holds the built provider; empty where none was built.
var builtFolder string

// providerBinary builds the provider, once for a test process.
var providerBinary = sync.OnceValues(func() (string, error) {
	folder, err := os.MkdirTemp("", "terraform-provider-sekoia-")
	if err != nil {
		return "", err
	}

	builtFolder = folder
	binary := filepath.Join(folder, "terraform-provider-sekoia")

	build := exec.Command("go", "build", "-o", binary, "github.com/sekoia-io/terraform-provider-sekoia") //nolint:gosec // constant but for the folder made above

	if output, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build the provider: %w\n%s", err, output)
	}

	return binary, nil
})

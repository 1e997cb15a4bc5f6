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

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6/tf6server"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/cli"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/provider"
)

// CLI is a folder with a configuration, in which the real Terraform runs. It is for what terraform-plugin-testing
// hides: printed text, files, signals, processes.
type CLI struct {
	// Dir is the folder.
	Dir         string
	environment map[string]string
	terraform   cli.Program
	// served reports whether Run serves the provider from this process, so that the race detector and the coverage see
	// it.
	served bool
}

// Output is the result of a run of Terraform.
type Output struct {
	// Text is what it printed, standard output and error together, without color.
	Text string
	// Exit is its exit code; -1 if a signal ended it.
	Exit int
}

// source is how configurations name the provider. Terraform and OpenTofu complete it with their own registry's host.
const source = "sekoia-io/sekoia"

// coverageVariable names a folder in which the provider's own process leaves its coverage counters; unset: none are
// kept.
const coverageVariable = "PROVIDER_COVERAGE"

// cliTimeout bounds one command. It is far more than any command needs, so that a hang fails the test and not the
// suite.
const cliTimeout = 5 * time.Minute

// NewCLI makes an empty folder for the clouds, whose provider is served from this process: Terraform attaches to it.
// changes overrides the environment's variables of the provider; an empty value unsets one.
func NewCLI(t testing.TB, clouds *Clouds, changes map[string]string) *CLI {
	t.Helper()
	c := newCLI(t, clouds, changes, "provider_installation {\n  direct {}\n}\n")
	c.served = true
	return c
}

// NewBinaryCLI is NewCLI with the real provider binary, which Terraform starts by a dev_overrides setting, as for a
// person. It is for tests of the process: its environment (proxies), its log or its death.
func NewBinaryCLI(t testing.TB, clouds *Clouds, changes map[string]string) *CLI {
	t.Helper()
	return newCLI(t, clouds, changes, fmt.Sprintf(
		"provider_installation {\n  dev_overrides {\n    %q = %q\n  }\n  direct {}\n}\n", source, filepath.Dir(ProviderBinary(t))))
}

// ProviderBinary is the provider as NewBinaryCLI has it, for a test that wraps it.
func ProviderBinary(t testing.TB) string {
	t.Helper()
	binary, err := providerBinary()
	if err != nil {
		t.Fatal(err)
	}
	return binary
}

func newCLI(t testing.TB, clouds *Clouds, changes map[string]string, settings string) *CLI {
	t.Helper()
	home := t.TempDir()
	file := filepath.Join(home, "terraform.rc")
	if err := os.WriteFile(file, []byte(settings), 0o600); err != nil {
		t.Fatal(err)
	}
	c := &CLI{Dir: t.TempDir(), terraform: Terraform(t), environment: map[string]string{
		"PATH": os.Getenv("PATH"), "HOME": home, "TMPDIR": home, "TF_CLI_CONFIG_FILE": file,
		"CHECKPOINT_DISABLE": "1", "TF_IN_AUTOMATION": "1",
	}}
	if counters := os.Getenv(coverageVariable); counters != "" {
		c.environment["GOCOVERDIR"] = counters
	}
	if pace := os.Getenv("GOGC"); pace != "" { // scripts/test sets it to save time
		c.environment["GOGC"] = pace
	}
	maps.Copy(c.environment, clouds.Environment(changes))
	return c
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

// serve serves the provider from this process, with the environment of the folder, until it is stopped. Terraform finds
// it by TF_REATTACH_PROVIDERS.
func (c *CLI) serve(t testing.TB) (attach string, stop func()) {
	t.Helper()
	environment := maps.Clone(c.environment)
	lookup := func(name string) (string, bool) {
		value, found := environment[name]
		return value, found
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	where, ended := make(chan *plugin.ReattachConfig), make(chan struct{})
	options := []tf6server.ServeOpt{
		tf6server.WithDebug(ctx, where, ended), tf6server.WithGoPluginLogger(hclog.NewNullLogger()),
		tf6server.WithoutLogStderrOverride(), tf6server.WithoutLogLocation(),
	}
	if test, ok := t.(*testing.T); ok {
		options = append(options, tf6server.WithLoggingSink(test)) // or the provider's trace goes to this process's standard error
	}
	go func() {
		err := tf6server.Serve(c.terraform.Address(source), provider.NewServer(provider.New("test", provider.Environment{Lookup: lookup})), options...)
		if err != nil {
			t.Errorf("serve the provider: %v", err)
			close(where)
		}
	}()
	config := <-where
	if config == nil {
		cancel()
		t.Fatal("the provider is not served")
	}
	encoded, err := json.Marshal(map[string]any{c.terraform.Address(source): map[string]any{
		"Protocol": string(config.Protocol), "ProtocolVersion": config.ProtocolVersion, "Pid": config.Pid, "Test": config.Test,
		"Addr": map[string]string{"Network": config.Addr.Network(), "String": config.Addr.String()},
	}})
	if err != nil {
		t.Fatal(err)
	}
	return string(encoded), func() {
		cancel()
		<-ended
	}
}

// Command prepares a run of NewBinaryCLI, for a test that has to do something while it is under way.
func (c *CLI) Command(ctx context.Context, args ...string) *exec.Cmd {
	command := exec.CommandContext(ctx, c.terraform.Path, args...) //nolint:gosec // the Terraform that the test found
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
	if c.served {
		attach, stop := c.serve(t)
		defer stop()
		command.Env = append(command.Env, "TF_REATTACH_PROVIDERS="+attach)
	}
	err := command.Run()
	if ctx.Err() != nil {
		t.Fatalf("%s %s did not end in %s:\n%s", c.terraform.Command(), strings.Join(args, " "), cliTimeout, text.String())
	}
	if _, exited := errors.AsType[*exec.ExitError](err); err != nil && !exited {
		t.Fatalf("%s %s: %v", c.terraform.Command(), strings.Join(args, " "), err)
	}
	return Output{Text: Plain(text.String()), Exit: command.ProcessState.ExitCode()}
}

// Succeed runs Terraform, and fails the test if Terraform fails.
func (c *CLI) Succeed(t testing.TB, args ...string) string {
	t.Helper()
	output := c.Run(t, args...)
	if output.Exit != 0 {
		t.Fatalf("%s %s ended with %d:\n%s", c.terraform.Command(), strings.Join(args, " "), output.Exit, output.Text)
	}
	return output.Text
}

// Fail runs Terraform, and fails the test if Terraform succeeds or does not print what is wanted. Text is compared as a
// person reads it: without the frame of a diagnostic and without its line breaks.
func (c *CLI) Fail(t testing.TB, want string, args ...string) string {
	t.Helper()
	output := c.Run(t, args...)
	if output.Exit == 0 {
		t.Fatalf("%s %s succeeded:\n%s", c.terraform.Command(), strings.Join(args, " "), output.Text)
	}
	if !strings.Contains(Flat(output.Text), want) {
		t.Fatalf("%s %s did not say %q:\n%s", c.terraform.Command(), strings.Join(args, " "), want, output.Text)
	}
	return output.Text
}

// color matches the escape sequences that Terraform prints, even if its output is not a terminal.
var color = regexp.MustCompile(`\x1b\[[0-9;]*m`)

// Plain is printed text without colors.
func Plain(text string) string { return color.ReplaceAllString(text, "") }

// frame matches what Terraform draws around a diagnostic.
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
		t.Fatalf("%s %s: %v in\n%s", c.terraform.Command(), strings.Join(args, " "), err, text)
	}
}

// Main runs the tests of a package that uses NewCLI, and removes what that built: func TestMain(m *testing.M) {
// acctest.Main(m) }.
func Main(m *testing.M) {
	m.Run() // its code is the process's, when TestMain returns
	if builtFolder != "" {
		_ = os.RemoveAll(builtFolder)
	}
}

// builtFolder holds the built provider; empty if none was built.
var builtFolder string

// providerBinary builds the provider, once for a test process.
var providerBinary = sync.OnceValues(func() (string, error) {
	folder, err := os.MkdirTemp("", "terraform-provider-sekoia-")
	if err != nil {
		return "", err
	}
	builtFolder = folder
	binary := filepath.Join(folder, "terraform-provider-sekoia")
	arguments := []string{"build", "-o", binary}
	if os.Getenv(coverageVariable) != "" {
		arguments = append(arguments, "-cover", "-covermode=atomic", "-coverpkg=github.com/sekoia-io/terraform-provider-sekoia/...")
	}

	//nolint:gosec // constants but for the folder made above
	build := exec.Command("go", append(arguments, "github.com/sekoia-io/terraform-provider-sekoia")...)
	if output, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build the provider: %w\n%s", err, output)
	}
	return binary, nil
})

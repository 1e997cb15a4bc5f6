// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package canary_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/acctest"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/proving/canary"
)

func TestMain(m *testing.M) { acctest.Main(m) }

// required is the head of each configuration.
const required = `
terraform {
  required_providers {
    sekoia = { source = "sekoia-io/sekoia" }
  }
}
`

// A writer is a folder in which all that Terraform and the provider write ends up: work (configuration, state, plans),
// home (temporary files), logs, and printed, with a file for each command.
type writer struct {
	cli    *acctest.CLI
	folder string
	count  int
}

// write makes one with the real provider binary. Everything that can log logs all it can.
func write(t *testing.T, clouds *acctest.Clouds, changes map[string]string) *writer {
	t.Helper()
	w := &writer{cli: acctest.NewBinaryCLI(t, clouds, changes), folder: t.TempDir()}
	w.cli.Dir = w.below(t, "work")
	for name, value := range map[string]string{
		"HOME": w.below(t, "home"), "TMPDIR": w.below(t, "home"), "TF_LOG_PATH": filepath.Join(w.below(t, "logs"), "terraform.log"),
		"TF_LOG": "TRACE", "TF_LOG_CORE": "TRACE", "TF_LOG_PROVIDER": "TRACE", "TF_LOG_PROVIDER_SEKOIA": "TRACE",
		"TF_LOG_SDK": "TRACE", "TF_LOG_SDK_FRAMEWORK": "TRACE", "TF_LOG_SDK_PROTO": "TRACE", "GOTRACEBACK": "all",
	} {
		w.cli.Setenv(name, value)
	}
	return w
}

// below makes a folder, once, and says where it is.
func (w *writer) below(t *testing.T, name string) string {
	t.Helper()
	folder := filepath.Join(w.folder, name)
	if err := os.MkdirAll(folder, 0o750); err != nil {
		t.Fatal(err)
	}
	return folder
}

// config replaces the configuration.
func (w *writer) config(t *testing.T, text string) {
	t.Helper()
	w.cli.Write(t, "main.tf", required+text)
}

var notInName = regexp.MustCompile(`[^a-z0-9.]+`)

// run runs a command and keeps what it printed, in a file that is named after it.
func (w *writer) run(t *testing.T, args ...string) acctest.Output {
	t.Helper()
	output := w.cli.Run(t, args...)
	w.keep(t, strings.Join(args, " "), output.Text)
	return output
}

func (w *writer) keep(t *testing.T, command, printed string) {
	t.Helper()
	w.count++
	name := fmt.Sprintf("%02d-%s.txt", w.count, strings.Trim(notInName.ReplaceAllString(command, "-"), "-"))
	if err := os.WriteFile(filepath.Join(w.below(t, "printed"), name), []byte(printed), 0o600); err != nil {
		t.Fatal(err)
	}
}

// succeed is run for a command that has to.
func (w *writer) succeed(t *testing.T, args ...string) {
	t.Helper()
	output := w.run(t, args...)
	if output.Exit != 0 {
		t.Fatalf("terraform %s ended with %d:\n%s", strings.Join(args, " "), output.Exit, output.Text)
	}
}

// fail is run for a command that must not succeed, and has to say these texts.
func (w *writer) fail(t *testing.T, want []string, args ...string) {
	t.Helper()
	output := w.run(t, args...)
	said := acctest.Flat(output.Text)
	for _, text := range want {
		if !strings.Contains(said, text) {
			t.Errorf("terraform %s did not say %q:\n%s", strings.Join(args, " "), text, output.Text)
		}
	}
	if output.Exit == 0 {
		t.Fatalf("terraform %s succeeded:\n%s", strings.Join(args, " "), output.Text)
	}
}

// log is the trace of all commands so far.
func (w *writer) log(t *testing.T) string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(w.folder, "logs", "terraform.log"))
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

// check searches all that was written. It fails if the provider's own trace is not among it: then nothing would be
// shown.
func (w *writer) check(t *testing.T, secrets []canary.Canary, documented ...canary.Documented) {
	t.Helper()
	if log := w.log(t); len(log) < 20_000 || !strings.Contains(log, "HTTP call") || !strings.Contains(log, "tf_rpc=") && !strings.Contains(log, `"tf_rpc"`) {
		t.Errorf("the trace of the provider is not among what was written: %d bytes", len(log))
	}
	canary.New(secrets...).Check(t, w.folder, documented...)
}

// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package canary_test

import (
	"bytes"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/acctest"
)

// TestAccSecretsOfACrash ends the provider in the middle of an apply by the signals that make Go write the stacks of
// all goroutines, with their arguments as words.
func TestAccSecretsOfACrash(t *testing.T) {
	t.Parallel()
	for name, signal := range map[string]syscall.Signal{"SIGQUIT": syscall.SIGQUIT, "SIGABRT": syscall.SIGABRT} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			clouds := acctest.Start(t)
			w := write(t, clouds, nil)
			w.cli.Setenv("TF_VAR_token", clouds.Ready.OktaToken)
			w.config(t, `
variable "token" {
  type      = string
  ephemeral = true
}

resource "sekoia_okta_device_connector" "test" {
  name                 = "Okta devices"
  base_url             = "`+clouds.Ready.OktaURL+`"
  api_token_wo         = var.token
  api_token_wo_version = "1"
}
`)
			clouds.SetFaults(t, acctest.Fault{Cloud: acctest.Sekoia, Method: "POST", Path: accountsPath, Kind: "hold"})
			var printed bytes.Buffer
			command := w.cli.Command(t.Context(), "apply", "-auto-approve")
			command.Stdout, command.Stderr = &printed, &printed
			if err := command.Start(); err != nil {
				t.Fatal(err)
			}
			waitFor(t, func() bool { return len(clouds.Requests(t).Path("POST", accountsPath)) > 0 })
			acctest.SignalChildren(t, command.Process.Pid, signal)
			if err := command.Wait(); err == nil {
				t.Error("the apply survived its provider")
			}
			clouds.SetFaults(t)
			w.keep(t, "apply", printed.String())

			// The trace has the stack that waits for the answer, so the search covers it.
			log := w.log(t)
			if !strings.Contains(log, name+": ") || !strings.Contains(log, "internal/sekoia.(*Client).") || len(words.FindAllString(log, -1)) < 100 {
				t.Error("there is no trace of the crash in the log")
			}
			w.run(t, "apply", "-auto-approve")
			w.check(t, secretsOf(clouds))
		})
	}
}

// words are addresses, and what else an argument of a stack is written as. Go begins its heap anywhere.
var words = regexp.MustCompile(`0x[0-9a-f]{9,16}\b`)

func waitFor(t *testing.T, done func() bool) {
	t.Helper()
	for deadline := time.After(2 * time.Minute); !done(); {
		select {
		case <-deadline:
			t.Fatal("it did not happen within two minutes")
		case <-time.After(20 * time.Millisecond):
		}
	}
}

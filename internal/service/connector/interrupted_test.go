// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package connector_test

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/acctest"
)

// underWay is a run of Terraform that something happens to.
type underWay struct {
	command *exec.Cmd
	text    bytes.Buffer
	ended   chan struct{}
}

func begin(t *testing.T, cli *acctest.CLI, args ...string) *underWay {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), time.Minute)
	t.Cleanup(cancel)
	run := &underWay{command: cli.Command(ctx, args...), ended: make(chan struct{})}
	run.command.Stdout, run.command.Stderr = &run.text, &run.text
	if err := run.command.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(run.ended)
		_ = run.command.Wait() // what it printed says more
	}()
	return run
}

// end waits for the run's end, and returns what it printed.
func (r *underWay) end(t *testing.T) string {
	t.Helper()
	select {
	case <-r.ended:
	case <-time.After(time.Minute):
		t.Fatal("terraform did not end within a minute")
	}
	return acctest.Plain(r.text.String())
}

// killProvider kills the provider's process, which Terraform started.
func (r *underWay) killProvider(t *testing.T) {
	t.Helper()
	acctest.SignalChildren(t, r.command.Process.Pid, os.Kill)
}

// saysThatTheProviderDied tells whether Terraform names the provider's end as what went wrong: in one of two ways, by
// what it noticed first.
func saysThatTheProviderDied(text string) bool {
	return contains(text, "Plugin did not respond") || contains(text, "request was cancelled")
}

// reached waits until a call has reached a cloud.
func reached(t *testing.T, clouds *acctest.Clouds, method, path string) {
	t.Helper()
	eventually(t, method+" "+path+" to be called", func() bool { return len(clouds.Requests(t).Path(method, path)) > 0 })
}

// eventually looks again and again until something is so.
func eventually(t *testing.T, what string, isSo func() bool) {
	t.Helper()
	deadline := time.After(30 * time.Second)
	pause := time.NewTicker(20 * time.Millisecond)
	defer pause.Stop()
	for !isSo() {
		select {
		case <-pause.C:
		case <-deadline:
			t.Fatalf("waited in vain for %s", what)
		}
	}
}

func TestAccProviderKilledInAPlan(t *testing.T) {
	t.Parallel()
	clouds := acctest.Start(t)
	cli := acctest.NewBinaryCLI(t, clouds, nil)
	cli.Write(t, "main.tf", mainTF(connectorTF(clouds, "")))
	clouds.SetFaults(t, kind("hold", acctest.Okta, http.MethodGet, devicesPath))
	run := begin(t, cli, "plan")
	reached(t, clouds, http.MethodGet, wellKnownPath)
	run.killProvider(t)
	if text := run.end(t); !saysThatTheProviderDied(text) {
		t.Errorf("terraform says:\n%s", text)
	}
	clouds.SetFaults(t)
	noWrite(t, clouds)
	cli.Succeed(t, "apply", "-auto-approve")
	onePair(t, clouds)
}

func TestAccProviderKilledBetweenTheTwoPosts(t *testing.T) {
	t.Parallel()
	clouds := acctest.Start(t)
	cli := acctest.NewBinaryCLI(t, clouds, nil)
	cli.Write(t, "main.tf", mainTF(connectorTF(clouds, "")))
	clouds.SetFaults(t, kind("hold", acctest.Sekoia, http.MethodPost, accountsPath))
	run := begin(t, cli, "apply", "-auto-approve")
	reached(t, clouds, http.MethodPost, accountsPath)
	run.killProvider(t)
	if text := run.end(t); !saysThatTheProviderDied(text) {
		t.Errorf("terraform says:\n%s", text)
	}

	// The call that was held goes on, though nobody waits for its answer.
	clouds.SetFaults(t)
	eventually(t, "the account to be made", func() bool { return len(inSekoia(t, clouds).accounts) == 1 })
	left := inSekoia(t, clouds)
	if len(left.connectors) != 0 {
		t.Fatalf("left by the kill: %+v", left)
	}
	cli.Succeed(t, "apply", "-auto-approve")
	if account, _ := onePair(t, clouds); account.UUID != left.accounts[0].UUID {
		t.Errorf("the account that was left over was not used again: %+v", account)
	}
}

// TestAccProviderKilledInAnUpdate kills the provider between two steps of an update. Terraform keeps the state from
// before, and the look finds a stopped connector: one apply does the rest, and so it does after the change is taken
// back.
func TestAccProviderKilledInAnUpdate(t *testing.T) {
	t.Parallel()
	cases := map[string]struct{ method, path string }{
		"between the stop and the PATCH":  {http.MethodPatch, accountsPath + "/*"},
		"between the PATCH and the start": {http.MethodPost, connectorsPath + "/*"},
	}
	for name, test := range cases {
		for _, back := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, taken back: %t", name, back), func(t *testing.T) {
				t.Parallel()
				more := `sync = { wait_for = "synced" }`
				s, cli := stage(t, acctest.NewBinaryCLI, more)
				original := connectorTF(s.clouds, more)
				changed := strings.NewReplacer(s.clouds.Ready.OktaToken, "00second", `_version = "1"`, `_version = "2"`).Replace(original)
				s.clouds.SetTokens(t, s.clouds.Ready.OktaToken, "00second")
				cli.Write(t, "main.tf", mainTF(changed))
				held := kind("hold", acctest.Sekoia, test.method, test.path)
				if test.method == http.MethodPost {
					held.Skip = 1 // the stop
				}
				s.clouds.SetFaults(t, held)
				run := begin(t, cli, "apply", "-auto-approve")
				eventually(t, "the stop", func() bool {
					_, connector := onePair(t, s.clouds)
					return connector.DisplayStatus == "STOPPED"
				})
				if test.method == http.MethodPost {
					reached(t, s.clouds, http.MethodPatch, accountsPath+"/*")
				}
				run.killProvider(t)
				if text := run.end(t); !saysThatTheProviderDied(text) {
					t.Errorf("terraform says:\n%s", text)
				}

				// The call that was held may still have its effect, or not: the connection is gone.
				s.clouds.SetFaults(t)
				works := "00second"
				if back {
					works = s.clouds.Ready.OktaToken
					cli.Write(t, "main.tf", mainTF(original))
				}
				s.clouds.SetTokens(t, works)
				cli.Succeed(t, "apply", "-auto-approve")

				// The sync that the apply waited for shows which token Sekoia has.
				if _, connector := onePair(t, s.clouds); connector.UUID != s.connector.UUID || connector.DisplayStatus != "RUNNING" {
					t.Errorf("after the apply: %+v", connector)
				}
				checkText(t, cli.Succeed(t, "plan"), []string{"No changes."}, nil)
				cli.Succeed(t, "destroy", "-auto-approve")
				if left := inSekoia(t, s.clouds); len(left.connectors)+len(left.accounts) != 0 {
					t.Errorf("left after the destroy: %+v", left)
				}
			})
		}
	}
}

func TestAccSimulatorKilledInAnApply(t *testing.T) {
	t.Parallel()
	clouds := acctest.Start(t)
	cli := acctest.NewBinaryCLI(t, clouds, nil)
	cli.Write(t, "main.tf", mainTF(connectorTF(clouds, "")))
	clouds.SetFaults(t, kind("hold", acctest.Sekoia, http.MethodPost, connectorsPath))
	run := begin(t, cli, "apply", "-auto-approve")
	reached(t, clouds, http.MethodPost, connectorsPath)
	clouds.Stop()
	checkText(t, run.end(t), []string{"Error: Okta devices: the connector was not created", "The call to Sekoia failed"}, nil)

	// The clouds are new ones, the folder and its state are the old ones.
	again := acctest.Start(t)
	for name, value := range again.Environment(nil) {
		cli.Setenv(name, value)
	}
	cli.Write(t, "main.tf", mainTF(connectorTF(again, "")))
	cli.Succeed(t, "apply", "-auto-approve")
	onePair(t, again)
	cli.Succeed(t, "destroy", "-auto-approve")
}

// TestAccConnectorInterruptedWait interrupts Terraform in each of the waits: for the sync of a create and of an update,
// and for the end of a running cycle before a stop. The cycle is held in each, so that the wait goes on: the first one,
// or the one that the update starts. There, an earlier hold would let the create wait too, where the connector begins
// its cycle before it is stopped.
func TestAccConnectorInterruptedWait(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		// before and after are what the configuration has more, before the connector is held and after it; before "" is
		// none.
		before, after string
		// heldBefore tells that the cycle that before starts is the one that is held.
		heldBefore bool
		// waiting tells that the wait has begun.
		method, path string
		signal       syscall.Signal
		says         string
		// left is what the plan afterwards shows; "" for no changes.
		left string
	}{
		"a create": {
			after:  `sync = { wait_for = "synced" }`,
			method: http.MethodPost, path: connectorsPath, signal: syscall.SIGINT, says: "The wait was interrupted",
		},
		"a create, by SIGTERM": {
			after:  `sync = { wait_for = "synced" }`,
			method: http.MethodPost, path: connectorsPath, signal: syscall.SIGTERM, says: "The wait was interrupted",
		},
		"an update": {
			before: `enabled = false`, after: `sync = { wait_for = "synced" }`,
			method: http.MethodPost, path: connectorsPath + "/*", signal: syscall.SIGINT, says: "The wait was interrupted",
		},
		"a stop": {
			before: `sync = { wait_for = "none" }`, heldBefore: true, after: "sync = { wait_for = \"none\" }\n  enabled = false",
			method: http.MethodGet, path: connectorsPath + "/*", signal: syscall.SIGINT, says: "Okta devices: the connector could not be stopped",
			left: "~ enabled = true -> false",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			clouds := acctest.Start(t)
			cli := acctest.NewBinaryCLI(t, clouds, nil)
			// Without the test, the provider makes no call that is held too.
			cli.Setenv("SEKOIA_CONNECTION_TEST", "off")
			listing := kind("hold", acctest.Okta, http.MethodGet, devicesPath)
			listing.Connector = true
			if test.heldBefore {
				clouds.SetFaults(t, listing)
			}
			if test.before != "" {
				cli.Write(t, "main.tf", mainTF(connectorTF(clouds, test.before)))
				cli.Succeed(t, "apply", "-auto-approve")
			}
			if !test.heldBefore {
				clouds.SetFaults(t, listing) // setting it twice would let go what the first one holds
			}
			cli.Write(t, "main.tf", mainTF(connectorTF(clouds, test.after)))
			clouds.ResetRequests(t)
			run := begin(t, cli, "apply", "-auto-approve")
			reached(t, clouds, test.method, test.path)
			eventually(t, "several looks", func() bool {
				return len(clouds.Requests(t).Path(http.MethodGet, connectorsPath+"/*")) > 4
			})
			interrupted := time.Now()
			if err := run.command.Process.Signal(test.signal); err != nil {
				t.Fatal(err)
			}
			text := run.end(t)
			if took := time.Since(interrupted); took > 20*time.Second { // two seconds on a machine that does nothing else
				t.Errorf("it took %s to end", took)
			}
			checkText(t, text, []string{test.says}, nil)
			clouds.SetFaults(t)
			want := test.left
			if want == "" {
				want = "No changes."
			}

			// Saved, and not tainted.
			checkText(t, cli.Succeed(t, "plan"), []string{want}, []string{"tainted", "replaced"})
			cli.Succeed(t, "apply", "-auto-approve")
			onePair(t, clouds)
		})
	}
}

// TestAccConnectorInterruptedAfterALostReply interrupts the look for an account of whose making the reply was lost: it
// is found, and removed.
func TestAccConnectorInterruptedAfterALostReply(t *testing.T) {
	t.Parallel()
	clouds := acctest.Start(t)
	cli := acctest.NewBinaryCLI(t, clouds, nil)
	cli.Write(t, "main.tf", mainTF(connectorTF(clouds, "")))
	look := kind("hold", acctest.Sekoia, http.MethodGet, accountsPath)
	look.Skip = 3 // those of the two plans, and the one before the account is made
	clouds.SetFaults(t, once(kind("drop_reply", acctest.Sekoia, http.MethodPost, accountsPath)), look)
	run := begin(t, cli, "apply", "-auto-approve")
	eventually(t, "the look", func() bool {
		requests := clouds.Requests(t)
		return len(requests.Path(http.MethodPost, accountsPath)) == 1 && len(requests.Path(http.MethodGet, accountsPath)) == 4
	})
	if left := inSekoia(t, clouds); len(left.accounts) != 1 {
		t.Fatalf("the reply was lost, but the account was not made: %+v", left)
	}
	if err := run.command.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}

	// The provider hears of it while the look goes on.
	<-time.After(3 * time.Second)
	clouds.SetFaults(t)
	checkText(t, run.end(t), []string{"Okta devices: the connector was not created"}, nil)
	if left := inSekoia(t, clouds); len(left.accounts)+len(left.connectors) != 0 {
		t.Errorf("left: %+v", left)
	}
	cli.Succeed(t, "apply", "-auto-approve")
	onePair(t, clouds)
}

// TestAccTerraformKilledInAnApply kills Terraform itself. The provider notices, and ends too; the next command is not
// kept out by the lock, which ended with the process.
func TestAccTerraformKilledInAnApply(t *testing.T) {
	t.Parallel()
	clouds := acctest.Start(t)
	cli := acctest.NewBinaryCLI(t, clouds, nil)
	cli.Write(t, "main.tf", mainTF(connectorTF(clouds, "")))
	clouds.SetFaults(t, kind("hold", acctest.Sekoia, http.MethodPost, accountsPath))
	run := begin(t, cli, "apply", "-auto-approve")
	reached(t, clouds, http.MethodPost, accountsPath)
	providers := acctest.Children(t, run.command.Process.Pid)
	if err := run.command.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	run.end(t)
	// The call that was held goes on.
	clouds.SetFaults(t)
	eventually(t, "the account to be made", func() bool { return len(inSekoia(t, clouds).accounts) == 1 })
	eventually(t, "the provider's end", func() bool { return len(alive(providers)) == 0 })

	// Had the provider gone on to the connector before it noticed, the refusal would show the block to import it with.
	made := len(inSekoia(t, clouds).connectors) == 1
	if output := cli.Run(t, "apply", "-auto-approve"); made != (output.Exit != 0) || made != contains(output.Text, "import {") {
		t.Errorf("the next apply, with a connector: %t:\n%s", made, output.Text)
	}
	onePair(t, clouds)
}

// alive are the processes that have not ended.
func alive(pids []int) []int {
	return slices.DeleteFunc(slices.Clone(pids), func(pid int) bool { return syscall.Kill(pid, 0) != nil })
}

// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package faults_test

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/acctest"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/acctest/faults"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/simulator"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/simulator/shape"
)

// killsVariable names a file for the table of all calls; without it, the writes of some operations are run.
const killsVariable = "KILLS_TABLE"

// gate lets calls through, but for one, which it holds until its caller is dead.
type gate struct {
	mu     sync.Mutex
	counts map[faults.Call]int
	calls  []faults.Call
	at     *target
}

// target is the call that is held.
type target struct {
	call faults.Call
	// write is for the first call that writes, instead.
	write         bool
	moment        faults.Moment
	reached, over chan struct{}
	once          sync.Once
}

// around is the gate in front of a cloud.
func (g *gate) around(cloud string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		at := g.note(cloud, r)
		if at == nil {
			next.ServeHTTP(w, r)

			return
		}

		if at.moment == faults.After {
			next.ServeHTTP(httptest.NewRecorder(), r)
		}

		at.once.Do(func() { close(at.reached) })
		<-at.over
		panic(http.ErrAbortHandler)
	})
}

func (g *gate) note(cloud string, r *http.Request) *target {
	if r.UserAgent() == acctest.ConnectorUserAgent {
		return nil
	}

	g.mu.Lock()
	defer g.mu.Unlock()

	call := faults.CallOf(cloud, r)
	g.counts[call]++
	call.Nth = g.counts[call]
	g.calls = append(g.calls, call)

	if g.at != nil && (call == g.at.call || g.at.write && call.Method != http.MethodGet) {
		return g.at
	}

	return nil
}

// begin forgets the calls until now, and takes aim; nil lets everything through.
func (g *gate) begin(at *target) []faults.Call {
	g.mu.Lock()
	defer g.mu.Unlock()

	made := g.calls
	g.counts, g.calls, g.at = map[faults.Call]int{}, nil, at

	if at != nil {
		at.reached, at.over = make(chan struct{}), make(chan struct{})
	}

	return made
}

// bench is where one operation is killed again and again.
type bench struct {
	*gate
	clouds *acctest.Clouds
	cli    *acctest.CLI
	turn   int
	config settings
}

// settings are what the operations change.
type settings struct {
	Name, Version, Trigger string
	Stopped                bool
}

func newBench(t *testing.T) *bench {
	t.Helper()

	b := &bench{turn: 1, gate: &gate{counts: map[faults.Call]int{}}, config: settings{Name: "Okta devices", Version: "first", Trigger: "first"}}
	watch := shape.Watch(t, shape.Options{OddDevices: true})
	b.clouds = acctest.Start(t, func(c *simulator.Config) {
		c.Devices, c.Odd = 3, 0
		c.Middleware = func(cloud string, next http.Handler) http.Handler {
			return b.around(cloud, watch.Middleware(cloud, next))
		}
	})
	b.cli = acctest.NewBinaryCLI(t, b.clouds, nil)

	return b
}

// write writes the configuration.
func (b *bench) write(t *testing.T) {
	t.Helper()
	b.cli.Write(t, "main.tf", fmt.Sprintf(`terraform {
  required_providers {
    sekoia = { source = "sekoia-io/sekoia" }
  }
}

resource "sekoia_okta_device_connector" "test" {
  name                 = %q
  base_url             = %q
  api_token_wo         = %q
  api_token_wo_version = %q
  enabled              = %t
  sync                 = { wait_for = "synced", triggers = { at = %q } }
}
`, b.config.Name, b.clouds.Ready.OktaURL, b.clouds.Ready.OktaToken, b.config.Version, !b.config.Stopped, b.config.Trigger))
}

// killing is an operation that is killed.
type killing struct {
	name string
	// prepare brings the bench to where the operation begins, which may be where the last case ended.
	prepare func(*testing.T, *bench)
	command []string
	// twice kills the next apply too.
	twice bool
	// sample tells that it is run without a table too, for its writes.
	sample bool
}

func gone(t *testing.T, b *bench) {
	t.Helper()
	b.cli.Succeed(t, "destroy", "-auto-approve")
	b.write(t)
}

// there makes the connector where it is not there, and then changes the configuration.
func there(change func(*bench)) func(*testing.T, *bench) {
	return func(t *testing.T, b *bench) {
		t.Helper()
		b.turn++

		if len(b.clouds.State(t).Connectors) == 0 {
			b.write(t)
			b.cli.Succeed(t, "apply", "-auto-approve")
		}

		change(b)
		b.write(t)
	}
}

// switched is there for a change of enabled, which begins at its contrary.
func switched(stopped bool) func(*testing.T, *bench) {
	return func(t *testing.T, b *bench) {
		t.Helper()

		b.config.Stopped = !stopped
		b.write(t)
		b.cli.Succeed(t, "apply", "-auto-approve")

		b.config.Stopped = stopped
		b.write(t)
	}
}

func killings() []killing {
	apply := []string{"apply", "-auto-approve"}
	stopped := func(t *testing.T, b *bench) {
		t.Helper()

		b.config.Stopped = true
		gone(t, b)
	}
	rename := func(b *bench) { b.config.Name = fmt.Sprintf("Okta devices %d", b.turn) }
	rotate := func(b *bench) { b.config.Version = strconv.Itoa(b.turn) }

	return []killing{
		{name: "create", prepare: gone, command: apply},
		{name: "create stopped", prepare: stopped, command: apply, sample: true},
		{name: "create, and the next apply too", prepare: gone, command: apply, twice: true},
		{name: "update: name", prepare: there(rename), command: apply},
		{name: "update: token", prepare: there(rotate), command: apply},
		{name: "update: base URL", prepare: func(t *testing.T, b *bench) {
			t.Helper()
			there(func(*bench) {})(t, b)
			b.clouds.PatchAccount(t, b.clouds.State(t).Accounts[0].UUID, map[string]any{"value": map[string]any{"base_url": "https://other.okta.com"}})
		}, command: apply},
		{name: "update: triggers", prepare: there(func(b *bench) { b.config.Trigger = strconv.Itoa(b.turn) }), command: apply},
		{name: "update: name and token", prepare: there(func(b *bench) { rename(b); rotate(b) }), command: apply, sample: true},
		{name: "update: disable", prepare: switched(true), command: apply},
		{name: "update: enable", prepare: switched(false), command: apply},
		{name: "delete", prepare: there(func(*bench) {}), command: []string{"destroy", "-auto-approve"}, sample: true},
	}
}

// TestAccKilled kills the provider's process, as Terraform started it, at the calls of operations.
func TestAccKilled(t *testing.T) {
	t.Parallel()

	file := os.Getenv(killsVariable)
	rows := make([]string, len(killings()))

	t.Run("operations", func(t *testing.T) {
		t.Parallel()

		for index, operation := range killings() {
			if file == "" && !operation.sample {
				continue
			}

			t.Run(operation.name, func(t *testing.T) {
				t.Parallel()

				rows[index] = operation.run(t, file != "")
			})
		}
	})
	t.Cleanup(func() {
		text := fmt.Sprintf("%-92s %-20s %s\n%s", "The provider is killed (SIGKILL) at this call; the next apply then:", "just before it", "just after it",
			strings.Join(rows, ""))
		if file != "" {
			if err := os.WriteFile(file, []byte(text), 0o600); err != nil { //nolint:gosec // the file that whoever runs it names
				t.Error(err)
			}
		}
	})
}

// run kills an operation at each of its calls, or at those that write, and returns its rows of the table.
func (k killing) run(t *testing.T, all bool) string {
	t.Helper()

	b := newBench(t)
	k.prepare(t, b)
	b.begin(nil)
	b.cli.Succeed(t, k.command...)

	calls := b.begin(nil)
	first := slices.IndexFunc(calls, func(call faults.Call) bool { return call.Method != http.MethodGet })
	if first < 0 {
		t.Fatalf("%s writes nothing: %v", k.name, calls)
	}

	var rows strings.Builder

	fmt.Fprintf(&rows, "\n%s\n", k.name)

	for index, call := range calls {
		writes := call.Method != http.MethodGet
		if call.Nth > 3 || !writes && (!all || k.twice) {
			continue
		}

		fmt.Fprintf(&rows, "  %-6s %-83s", call.Cloud, call)

		for _, moment := range []faults.Moment{faults.Before, faults.After} {
			fmt.Fprintf(&rows, " %-20s", k.at(t, b, call, moment, index >= first))
		}

		rows.WriteString("\n")
	}

	b.cli.Succeed(t, "destroy", "-auto-approve")
	b.nothing(t, k.name)

	return rows.String()
}

// at kills the operation at one call, and says in a few words how it went on.
func (k killing) at(t *testing.T, b *bench, call faults.Call, moment faults.Moment, written bool) string {
	t.Helper()

	what := fmt.Sprintf("%s: killed %s %s", k.name, moment, call)

	k.prepare(t, b)

	if !b.kill(t, &target{call: call, moment: moment}, k.command...) {
		if call.Nth == 1 {
			t.Errorf("%s: the call was not made", what)
		}

		return "not made"
	}

	if k.twice {
		b.kill(t, &target{write: true, moment: moment}, k.command...)
	}

	if k.name == "delete" {
		return b.deleted(t, what)
	}

	came := b.applied(t, what)
	if !written {
		return came
	}

	if text := b.cli.Succeed(t, "plan"); !strings.Contains(text, "No changes.") {
		t.Errorf("%s: the plan after the next apply:\n%s", what, text)
	}

	if call.Method != http.MethodGet {
		b.cli.Succeed(t, "destroy", "-auto-approve")
		b.nothing(t, what)
	}

	return came
}

// kill runs Terraform, and kills the provider's process where the target says; false where it never came there.
func (b *bench) kill(t *testing.T, at *target, args ...string) bool {
	t.Helper()

	b.begin(at)
	defer b.begin(nil)
	defer close(at.over)

	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), 2*time.Minute)
	defer cancel()

	var text bytes.Buffer

	command := b.cli.Command(ctx, args...)
	command.Stdout, command.Stderr = &text, &text

	if err := command.Start(); err != nil {
		t.Fatal(err)
	}

	ended := make(chan struct{})

	go func() {
		defer close(ended)

		_ = command.Wait() // what it printed says more
	}()

	select {
	case <-ended:
		return false
	case <-at.reached:
	}

	acctest.SignalChildren(t, command.Process.Pid, os.Kill)
	<-ended

	if said := acctest.Flat(acctest.Plain(text.String())); !strings.Contains(said, "Plugin did not respond") && !strings.Contains(said, "request was cancelled") {
		t.Errorf("killed at %s, terraform says:\n%s", at.call, said)
	}

	return true
}

// applied applies after a kill, follows the refusal where it is one, and looks that Sekoia holds what the configuration says.
func (b *bench) applied(t *testing.T, what string) string {
	t.Helper()

	accounts := b.clouds.State(t).Accounts
	b.clouds.ResetRequests(t)

	output := b.cli.Run(t, "apply", "-auto-approve")
	writes := b.clouds.Requests(t).Of(acctest.Sekoia).Writes()
	came := "applied again"

	switch {
	case output.Exit != 0:
		came = "import block"
		b.follow(t, what, output.Text)
	case len(writes) == 0:
		came = "nothing to do"
	case len(accounts) > 0 && len(writes.Path(http.MethodPost, connectorsPath)) > 0 && len(writes.Path(http.MethodPost, accountsPath)) == 0:
		came = "account used again"
	}

	state := b.clouds.State(t)
	status := map[bool]string{true: "STOPPED", false: "RUNNING"}[b.config.Stopped]

	if len(state.Accounts) != 1 || len(state.Connectors) != 1 || state.Connectors[0].ModuleConfigurationUUID != state.Accounts[0].UUID ||
		state.Connectors[0].Name != b.config.Name || state.Accounts[0].Name != b.config.Name || state.Connectors[0].DisplayStatus != status ||
		state.Accounts[0].Value["base_url"] != b.clouds.Ready.OktaURL {
		t.Errorf("%s: Sekoia holds the accounts %+v and the connectors %+v", what, state.Accounts, state.Connectors)
	}

	return came
}

// follow puts the import block that Terraform printed into the configuration, and applies.
func (b *bench) follow(t *testing.T, what, text string) {
	t.Helper()

	flat := acctest.Flat(text)
	begin, end := strings.Index(flat, "import {"), -1

	if begin >= 0 {
		end = strings.Index(flat[begin:], "}")
	}

	if end < 0 {
		t.Fatalf("%s: the next apply failed, and shows no import block:\n%s", what, text)
	}

	fields := strings.Fields(flat[begin : begin+end+1]) // import { to = A id = "B" }
	if len(fields) != 9 {
		t.Fatalf("%s: the import block is %q", what, fields)
	}

	b.cli.Write(t, "import.tf", fmt.Sprintf("import {\n  to = %s\n  id = %s\n}\n", strings.Replace(fields[4], "NAME", "test", 1), fields[7]))
	b.cli.Succeed(t, "apply", "-auto-approve")
	b.cli.Write(t, "import.tf", "")
}

// deleted destroys again.
func (b *bench) deleted(t *testing.T, what string) string {
	t.Helper()

	b.clouds.ResetRequests(t)
	b.cli.Succeed(t, "destroy", "-auto-approve")
	b.nothing(t, what)

	if len(b.clouds.Requests(t).Of(acctest.Sekoia).Writes()) == 0 {
		return "nothing to do"
	}

	return "applied again"
}

// nothing looks that Sekoia holds nothing.
func (b *bench) nothing(t *testing.T, what string) {
	t.Helper()

	if state := b.clouds.State(t); len(state.Accounts) > 0 || len(state.Connectors) > 0 {
		t.Errorf("%s: left over after a destroy: accounts %+v, connectors %+v", what, state.Accounts, state.Connectors)
	}
}

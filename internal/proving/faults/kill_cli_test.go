// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package faults_test

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/acctest"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/proving/faults"
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

// begin forgets the calls until now, and sets the aim. nil lets everything through.
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
	// before is what was applied before the configuration changed.
	before settings
}

// settings are what the operations change.
type settings struct {
	Name, Token, Version, Trigger string
	Stopped                       bool
	// Domain gives the organization its other name.
	Domain bool
	// NewFirst is create_before_destroy.
	NewFirst bool
}

func newBench(t *testing.T) *bench {
	t.Helper()
	b := &bench{turn: 1, gate: &gate{counts: map[faults.Call]int{}}}
	watch := shape.Watch(t, shape.Options{OddDevices: true})
	b.clouds = acctest.Start(t, func(c *simulator.Config) {
		c.Devices, c.Odd = 3, 0
		c.Middleware = func(cloud string, next http.Handler) http.Handler {
			return b.around(cloud, watch.Middleware(cloud, next))
		}
	})
	b.config = settings{Name: "Okta devices", Token: b.clouds.Ready.OktaToken, Version: "first", Trigger: "first"}
	b.cli = acctest.NewBinaryCLI(t, b.clouds, nil)
	return b
}

// baseURL is the configured one.
func (b *bench) baseURL() string {
	if b.config.Domain {
		return strings.Replace(b.clouds.Ready.OktaURL, "127.0.0.1", "localhost", 1)
	}
	return b.clouds.Ready.OktaURL
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

  lifecycle {
    create_before_destroy = %t
  }
}
`, b.config.Name, b.baseURL(), b.config.Token, b.config.Version, !b.config.Stopped, b.config.Trigger, b.config.NewFirst))
}

// then is what a person does after the kill.
type then int

const (
	// again is the same command.
	again then = iota
	// killed is the same command, killed too, and once more.
	killed
	// tainted is terraform taint and an apply.
	tainted
	// takenBack is an apply of the configuration from before.
	takenBack
)

// killing is an operation that is killed.
type killing struct {
	name string
	// prepare brings the bench to where the operation begins, which may be where the last case ended.
	prepare func(*testing.T, *bench)
	command []string
	then    then
	// sample reports whether it is run without a table too, for its writes.
	sample bool
}

func gone(t *testing.T, b *bench) {
	t.Helper()
	b.cli.Succeed(t, "destroy", "-auto-approve")
	b.write(t)
}

// there makes the connector if it is not there, and then changes the configuration.
func there(change func(*bench)) func(*testing.T, *bench) {
	return func(t *testing.T, b *bench) {
		t.Helper()
		b.turn++
		if len(b.clouds.State(t).Connectors) == 0 {
			b.write(t)
			b.cli.Succeed(t, "apply", "-auto-approve")
		}
		b.before = b.config
		change(b)
		b.clouds.SetTokens(t, b.before.Token, b.config.Token)
		b.write(t)
	}
}

// byHand is there, and then changed by hand.
func byHand(change func(*testing.T, *bench, acctest.Account, acctest.Connector)) func(*testing.T, *bench) {
	return func(t *testing.T, b *bench) {
		t.Helper()
		there(func(*bench) {})(t, b)
		accounts, connectors := b.held(t)
		change(t, b, accounts[0], connectors[0])
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

// drifts are what somebody does by hand.
var drifts = map[string]func(*testing.T, *bench, acctest.Account, acctest.Connector){
	"the account says another URL": func(t *testing.T, b *bench, account acctest.Account, _ acctest.Connector) {
		t.Helper()
		b.clouds.PatchAccount(t, account.UUID, map[string]any{"value": map[string]any{"base_url": "https://other.okta.com"}})
	},
	"the account is gone": func(t *testing.T, b *bench, account acctest.Account, _ acctest.Connector) {
		t.Helper()
		b.clouds.Sekoia(t, http.MethodDelete, accountsPath+"/"+account.UUID, nil, nil)
	},
	"moved to another account": func(t *testing.T, b *bench, account acctest.Account, connector acctest.Connector) {
		t.Helper()
		var made acctest.Account
		b.clouds.Sekoia(t, http.MethodPost, accountsPath, map[string]any{
			"name": othersName, "module_uuid": account.ModuleUUID, "community_uuid": account.CommunityUUID,
			"value": map[string]any{"base_url": "https://other.okta.com", "apikey": "00somebodyElses"},
		}, &made)
		b.clouds.Sekoia(t, http.MethodPatch, connectorsPath+"/"+connector.UUID, map[string]any{"module_configuration_uuid": made.UUID}, nil)
	},
	"the connector is deleted": func(t *testing.T, b *bench, _ acctest.Account, connector acctest.Connector) {
		t.Helper()
		b.clouds.Sekoia(t, http.MethodDelete, connectorsPath+"/"+connector.UUID, nil, nil)
	},
}

// othersName is the name of accounts that somebody else uses.
const othersName = "Somebody else's"

func killings() []killing {
	apply := []string{"apply", "-auto-approve"}
	stopped := func(t *testing.T, b *bench) {
		t.Helper()
		b.config.Stopped = true
		gone(t, b)
	}
	rename := func(b *bench) { b.config.Name = fmt.Sprintf("Okta devices %d", b.turn) }
	rotate := func(b *bench) {
		b.config.Version, b.config.Token = strconv.Itoa(b.turn), fmt.Sprintf("00rotatedToken%d", b.turn)
	}
	domain := func(b *bench) { b.config.Domain = !b.config.Domain }
	restart := func(b *bench) { b.config.Trigger = strconv.Itoa(b.turn) }
	all := func(b *bench) { rename(b); rotate(b); domain(b); restart(b) }
	cells := []killing{
		{name: "create", prepare: gone, command: apply},
		{name: "create stopped", prepare: stopped, command: apply, sample: true},
		{name: "create, and the next apply too", prepare: gone, command: apply, then: killed},
		{name: "update: name", prepare: there(rename), command: apply},
		{name: "update: token", prepare: there(rotate), command: apply},
		{name: "update: base URL of the same organization", prepare: there(domain), command: apply},
		{name: "update: triggers", prepare: there(restart), command: apply},
		{name: "update: name and token", prepare: there(func(b *bench) { rename(b); rotate(b) }), command: apply, sample: true},
		{name: "update: all at once, then taint", prepare: there(all), command: apply, then: tainted},
		{name: "update: token, then taken back", prepare: there(rotate), command: apply, then: takenBack},
		{name: "update: base URL, then taken back", prepare: there(domain), command: apply, then: takenBack},
		{name: "update: triggers, then taken back", prepare: there(restart), command: apply, then: takenBack},
		{name: "update: disable", prepare: switched(true), command: apply},
		{name: "update: enable", prepare: switched(false), command: apply},
		{name: "replace, the new one first", command: apply, prepare: func(t *testing.T, b *bench) {
			t.Helper()
			there(func(b *bench) { rename(b); b.config.NewFirst = true })(t, b)
			b.cli.Succeed(t, "taint", address)
		}},
		{name: "delete", prepare: there(func(*bench) {}), command: []string{"destroy", "-auto-approve"}, sample: true},
	}
	for _, name := range slices.Sorted(maps.Keys(drifts)) {
		cells = append(cells,
			killing{name: "repair: " + name, prepare: byHand(drifts[name]), command: apply},
			killing{name: "repair: " + name + ", then taint", prepare: byHand(drifts[name]), command: apply, then: tainted})
	}
	return cells
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
	starts := slices.IndexFunc(calls, func(call faults.Call) bool { return strings.HasSuffix(call.Path, "/start") })
	var rows strings.Builder
	fmt.Fprintf(&rows, "\n%s\n", k.name)
	for index, call := range calls {
		writes := call.Method != http.MethodGet
		if call.Nth > 3 || !writes && (!all || k.then != again) {
			continue
		}
		fmt.Fprintf(&rows, "  %-6s %-83s", call.Cloud, call)
		for _, moment := range []faults.Moment{faults.Before, faults.After} {
			started := starts >= 0 && (index > starts || index == starts && moment == faults.After)
			fmt.Fprintf(&rows, " %-20s", k.at(t, b, call, moment, index >= first, started))
		}
		rows.WriteString("\n")
	}
	b.cli.Succeed(t, "destroy", "-auto-approve")
	b.nothing(t, k.name)
	return rows.String()
}

// at kills the operation at one call, and says in a few words how it continued. written and started report whether it
// had come to its first write, and had started the connector.
func (k killing) at(t *testing.T, b *bench, call faults.Call, moment faults.Moment, written, started bool) string {
	t.Helper()
	what := fmt.Sprintf("%s: killed %s %s", k.name, moment, call)
	k.prepare(t, b)
	if !b.kill(t, &target{call: call, moment: moment}, k.command...) {
		if call.Nth == 1 {
			t.Errorf("%s: the call was not made", what)
		}
		return "not made"
	}
	switch k.then {
	case killed:
		b.kill(t, &target{write: true, moment: moment}, k.command...)
	case tainted:
		if b.known(t) {
			b.cli.Succeed(t, "taint", address)
		}
	case takenBack:
		b.takeBack(t, started)
	case again:
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
	if k.then == takenBack {
		b.works(t, what)
	}
	if call.Method != http.MethodGet {
		b.cli.Succeed(t, "destroy", "-auto-approve")
		b.nothing(t, what)
	}
	return came
}

// takeBack takes the configuration back. If the connector was started with another token, nothing shows that: the
// documented way back is a new version text.
func (b *bench) takeBack(t *testing.T, started bool) {
	t.Helper()
	rotated := b.config.Token != b.before.Token
	b.config = b.before
	if rotated && started {
		b.config.Version = fmt.Sprintf("back %d", b.turn)
	}
	b.write(t)
}

// works looks that the connector works with the configured token.
func (b *bench) works(t *testing.T, what string) {
	t.Helper()
	b.clouds.SetTokens(t, b.config.Token)
	b.clouds.ResetRequests(t)
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) { //nolint:forbidigo // Sekoia's pace
		for _, request := range b.clouds.Requests(t) {
			if request.Cloud != acctest.Okta || request.UserAgent != acctest.ConnectorUserAgent {
				continue
			}
			if !request.Authorized {
				t.Errorf("%s: the connector has another token than the configured one", what)
			}
			return
		}
	}
	t.Errorf("%s: the connector does not fetch", what)
}

// kill runs Terraform, and kills the provider's process at the target. It returns false if the run never reached it.
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

// isAs reports whether a connector is as it should be: ERROR is one that runs, with errors in the log of its last day.
func isAs(status, wanted string) bool {
	return status == wanted || status == "ERROR" && wanted == "RUNNING"
}

// applied applies after a kill, follows the refusal if there is one, and looks that Sekoia holds what the configuration
// says.
func (b *bench) applied(t *testing.T, what string) string {
	t.Helper()
	accounts, _ := b.held(t)
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
	held, connectors := b.held(t)
	status := map[bool]string{true: "STOPPED", false: "RUNNING"}[b.config.Stopped]
	if len(held) != 1 || len(connectors) != 1 || connectors[0].ModuleConfigurationUUID != held[0].UUID ||
		connectors[0].Name != b.config.Name || held[0].Name != b.config.Name || !isAs(connectors[0].DisplayStatus, status) ||
		held[0].Value["base_url"] != b.baseURL() {
		t.Errorf("%s: Sekoia holds the accounts %+v and the connectors %+v", what, held, connectors)
	}
	return came
}

// held is what Sekoia holds, without what somebody else uses.
func (b *bench) held(t *testing.T) ([]acctest.Account, []acctest.Connector) {
	t.Helper()
	state := b.clouds.State(t)
	return slices.DeleteFunc(state.Accounts, func(a acctest.Account) bool { return a.Name == othersName }), state.Connectors
}

// address is the resource's.
const address = "sekoia_okta_device_connector.test"

// known reports whether the resource has an object in Terraform's state.
func (b *bench) known(t *testing.T) bool {
	t.Helper()
	return strings.Contains(b.cli.Succeed(t, "state", "list"), address)
}

// importBlock is what the refusal prints.
var importBlock = regexp.MustCompile(`import \{ to = (\S+) id = ("[0-9a-f-]+") \}`)

// follow puts the import block that Terraform printed into the configuration, and applies. If the resource's own
// address is taken, because its old object is still there, the block gets another address, and what it imports is
// destroyed.
func (b *bench) follow(t *testing.T, what, text string) {
	t.Helper()
	block := importBlock.FindStringSubmatch(acctest.Flat(text))
	if block == nil {
		t.Fatalf("%s: the next apply failed, and shows no import block:\n%s", what, text)
	}
	imported := func(name string) string {
		return fmt.Sprintf("import {\n  to = %s\n  id = %s\n}\n", strings.Replace(block[1], "NAME", name, 1), block[2])
	}
	if !b.known(t) {
		b.cli.Write(t, "import.tf", imported("test"))
		b.cli.Succeed(t, "apply", "-auto-approve")
		b.cli.Write(t, "import.tf", "")
		return
	}
	b.cli.Write(t, "import.tf", imported("left")+fmt.Sprintf("\nresource \"sekoia_okta_device_connector\" \"left\" {\n  name     = %q\n  base_url = %q\n}\n",
		b.config.Name, b.baseURL()))
	b.cli.Succeed(t, "apply", "-auto-approve", "-target=sekoia_okta_device_connector.left")
	b.cli.Write(t, "import.tf", "")
	b.cli.Succeed(t, "apply", "-auto-approve", "-target=sekoia_okta_device_connector.left")
	b.cli.Succeed(t, "apply", "-auto-approve")
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
	if accounts, connectors := b.held(t); len(accounts) > 0 || len(connectors) > 0 {
		t.Errorf("%s: left over after a destroy: accounts %+v, connectors %+v", what, accounts, connectors)
	}
}

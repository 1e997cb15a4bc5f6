// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package soak_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/acctest"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/simulator"
)

const (
	connectorsPath = "/v1/symphony/connector-configurations"
	accountsPath   = "/v1/symphony/module-configurations"
	devices        = 230 // two pages
)

// stoppedStatuses are those of a connector that does not run.
var stoppedStatuses = []string{"STOPPED", "STOPPING", "CRITICAL_ERROR"}

// wish is a connector that the configuration asks for.
type wish struct {
	name     string
	enabled  bool
	version  int // of its token
	triggers int
	waitFor  string
}

// life is a folder with a configuration, and the clouds that it is applied to.
type life struct {
	*testing.T
	random *rand.Rand
	clouds *acctest.Clouds
	cli    *acctest.CLI

	wishes  map[string]wish // by the resource's name
	reads   bool            // whether the configuration has data sources
	hasty   bool            // whether the provider gives up soon
	token   string
	tokens  int
	names   int
	imports map[string]string // the ids that an error asked a person to import, by the resource's name, until that is done
	others  []string          // the accounts that somebody else uses by hand
	story   strings.Builder
	tally   tally
}

// live runs some rounds and then destroys what it made.
func live(t *testing.T, random *rand.Rand, rounds int) tally {
	t.Helper()
	clouds := acctest.Start(t, func(c *simulator.Config) { c.Devices, c.Odd = devices, 0 })
	l := &life{
		T: t, random: random, clouds: clouds, cli: acctest.NewCLI(t, clouds, nil), token: clouds.Ready.OktaToken,
		wishes: map[string]wish{}, imports: map[string]string{},
	}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("the story of this life:\n%s", l.story.String())
		}
	})
	for range rounds {
		l.round()
	}
	l.destroy()
	return l.tally
}

// round makes something fail, and then repairs it.
func (l *life) round() {
	l.tally.rounds++
	l.clouds.ResetRequests(l)
	if !l.byHand() {
		l.wish()
	}
	l.inventory()
	l.write()
	l.strike()
	l.attempt()
	l.clouds.SetFaults(l) // held calls continue now
	l.repair()
	l.check()
	l.tally.writes += len(l.clouds.Requests(l).Of(acctest.Sekoia).Writes())
	if l.random.IntN(6) == 0 {
		l.destroy()
	}
}

// wish changes what the configuration asks for.
func (l *life) wish() {
	l.reads, l.hasty = l.random.IntN(3) > 0, l.random.IntN(4) > 0
	for _, key := range []string{"one", "two", "three"} {
		wished, exists := l.wishes[key]
		switch {
		case !exists && l.random.IntN(2) == 0:
			l.names++
			l.wishes[key] = wish{name: fmt.Sprintf("Okta devices %d", l.names), enabled: l.random.IntN(4) > 0, version: l.tokens, waitFor: l.pick("none", "started", "synced")}
		case !exists:
		case l.random.IntN(6) == 0:
			delete(l.wishes, key)
		default:
			l.wishes[key] = l.other(wished)
		}
	}
	if l.random.IntN(4) == 0 {
		l.rotate()
	}
}

// other changes a wish, or leaves it.
func (l *life) other(wished wish) wish {
	switch l.random.IntN(6) {
	case 0:
		l.names++
		wished.name = fmt.Sprintf("Appareils n° %d – « Okta »", l.names)
	case 1:
		wished.enabled = !wished.enabled
	case 2:
		wished.triggers++
	case 3:
		wished.waitFor = l.pick("none", "started", "synced")
	}
	return wished
}

// rotate revokes the token and gives all connectors another.
func (l *life) rotate() {
	l.tokens++
	l.token = fmt.Sprintf("00rotatedTokenOfTheSoakNumber%d", l.tokens)
	l.clouds.SetTokens(l, l.clouds.Ready.OktaToken, l.token)
	for key, wished := range l.wishes {
		wished.version = l.tokens
		l.wishes[key] = wished
	}
}

func (l *life) pick(among ...string) string { return among[l.random.IntN(len(among))] }

// write writes the configuration.
func (l *life) write() {
	var text strings.Builder
	text.WriteString("terraform {\n  required_providers {\n    sekoia = {\n      source = \"sekoia-io/sekoia\"\n    }\n  }\n}\n\n" +
		"variable \"token\" {\n  type      = string\n  sensitive = true\n  ephemeral = true\n}\n\n")
	if l.hasty {
		text.WriteString("provider \"sekoia\" {\n  http = { request_timeout = \"2s\", max_retries = 1 }\n}\n\n")
	}
	for _, key := range slices.Sorted(maps.Keys(l.wishes)) {
		wished := l.wishes[key]
		fmt.Fprintf(&text, `resource "sekoia_okta_device_connector" %q {
  name                 = %q
  base_url             = %q
  api_token_wo         = var.token
  api_token_wo_version = "%d"
  enabled              = %t
  sync                 = { wait_for = %q, triggers = { n = "%d" } }
}

`, key, wished.name, l.clouds.Ready.OktaURL, wished.version, wished.enabled, wished.waitFor, wished.triggers)
		if id := l.imports[key]; id != "" {
			fmt.Fprintf(&text, "import {\n  to = sekoia_okta_device_connector.%s\n  id = %q\n}\n\n", key, id)
		}
		if l.reads {
			fmt.Fprintf(&text, "data \"sekoia_okta_device_coverage\" %q {\n  connector_id = sekoia_okta_device_connector.%s.id\n}\n\n", key, key)
		}
	}
	if l.reads {
		text.WriteString("data \"sekoia_okta_devices\" \"all\" {\n  include_users = true\n}\n\noutput \"total\" {\n  value = data.sekoia_okta_devices.all.total\n}\n\n" +
			"data \"sekoia_okta_connection_test\" \"now\" {}\n\ndata \"sekoia_okta_device_connectors\" \"all\" {}\n")
	}
	l.cli.Write(l, "main.tf", text.String())
	l.cli.Setenv("TF_VAR_token", l.token)
}

// run runs Terraform, and checks for what no run may print, whatever went wrong.
func (l *life) run(args ...string) acctest.Output {
	output := l.cli.Run(l.T, args...) // the provider's log goes to a *testing.T only
	l.tally.commands++
	if output.Exit != 0 {
		l.tally.failed++
	}
	fmt.Fprintf(&l.story, "\n$ terraform %s   (exit %d)\n%s\n", strings.Join(args, " "), output.Exit, output.Text)
	flat := acctest.Flat(output.Text)
	for _, lie := range []string{
		"panic:", "Provider produced", "Provider returned invalid", "bug in the provider", "Plugin did not respond", "Request cancelled", "-refresh=false",
	} {
		if strings.Contains(flat, lie) {
			l.Errorf("terraform %s says %q:\n%s", strings.Join(args, " "), lie, output.Text)
		}
	}
	for _, secret := range []string{l.token, l.clouds.Ready.OktaToken, l.clouds.Ready.SekoiaAPIKey} {
		if strings.Contains(output.Text, secret) {
			l.Errorf("terraform %s shows a secret", strings.Join(args, " "))
		}
	}
	return output
}

// attempt is the run that meets a fault. It may fail.
func (l *life) attempt() {
	switch l.random.IntN(8) {
	case 0:
		l.run("plan")
	case 1:
		l.run("apply", "-auto-approve", "-refresh-only")
	case 2:
		l.run("destroy", "-auto-approve")
	case 3:
		l.run("plan", "-out=plan")
		l.clouds.SetFaults(l) // a saved plan is applied later, without faults
		l.run("apply", "plan")
	default:
		l.run("apply", "-auto-approve")
	}
}

// importBlock matches a diagnostic that asks for an import: the resource that it is about comes first.
var importBlock = regexp.MustCompile(`with sekoia_okta_device_connector\.(\w+),.* import { to = \S+ id = "([0-9a-f-]{36})" }`)

// importsIn finds the ids that printed diagnostics ask to import, by the resource's name.
func importsIn(text string) map[string]string {
	asked := map[string]string{}
	for diagnostic := range strings.SplitSeq(text, "╷") {
		if found := importBlock.FindStringSubmatch(acctest.Flat(diagnostic)); found != nil {
			asked[found[1]] = found[2]
		}
	}
	return asked
}

func TestImportsIn(t *testing.T) {
	t.Parallel()
	const text = `Creating...
╷
│ Warning: Okta devices 3: a connector with this name and base URL exists already
│ 
│   with sekoia_okta_device_connector.three,
│   on main.tf line 29:
│ 
│ To manage it, put this next to the resource:
│ import {
│   to = sekoia_okta_device_connector.NAME
│   id = "445023e0-5c1c-4ca1-a42f-c6dcbcdde942"
│ }
╵
╷
│ Warning: Okta devices 1: another connector reads the same Okta organization
│ 
│   with sekoia_okta_device_connector.one,
│   on main.tf line 21:
│ 
│ Remove one of the two.
╵
`
	want := map[string]string{"three": "445023e0-5c1c-4ca1-a42f-c6dcbcdde942"}
	if got := importsIn(text); !maps.Equal(got, want) {
		t.Errorf("imports %v, not %v", got, want)
	}
}

// repair applies while nothing goes wrong. If a connector is there that no state knows, it does what the error says.
func (l *life) repair() {
	output := l.run("apply", "-auto-approve")
	if output.Exit == 0 {
		return
	}
	asked := importsIn(output.Text)
	maps.Copy(l.imports, asked)
	l.tally.taken += len(asked)
	l.write()
	if output = l.run("apply", "-auto-approve"); output.Exit != 0 {
		l.Fatalf("a calm apply ended with %d:\n%s", output.Exit, output.Text)
	}
	clear(l.imports)
}

// check compares Sekoia with the wishes. The next plan must have nothing to do.
func (l *life) check() {
	accounts, connectors := l.held()
	byName := map[string][]acctest.Connector{}
	for _, connector := range connectors {
		byName[connector.Name] = append(byName[connector.Name], connector)
	}
	for key, wished := range l.wishes {
		found := byName[wished.name]
		if len(found) != 1 {
			l.Errorf("%d connectors are called %q (%s)", len(found), wished.name, key)
			continue
		}
		if stopped := slices.Contains(stoppedStatuses, found[0].DisplayStatus); stopped == wished.enabled {
			l.Errorf("%s: enabled is %t, and the connector is %s", key, wished.enabled, found[0].DisplayStatus)
		}
		account, exists := accounts[found[0].ModuleConfigurationUUID]
		if !exists || account.Value["base_url"] != l.clouds.Ready.OktaURL {
			l.Errorf("%s: the account of the connector is %+v", key, account)
		}
		delete(accounts, found[0].ModuleConfigurationUUID)
	}
	for _, account := range l.clouds.State(l).Accounts {
		if slices.Contains(l.others, account.UUID) && (account.Deleted || account.Name != othersName) {
			l.Errorf("somebody else's account was changed: %+v", account)
		}
	}
	if len(connectors) != len(l.wishes) {
		l.Errorf("%d connectors for %d wishes: %+v", len(connectors), len(l.wishes), connectors)
	}
	if len(accounts) != 0 {
		l.Errorf("accounts that nobody asked for: %+v", accounts)
	}
	if output := l.run("plan", "-detailed-exitcode"); output.Exit != 0 {
		l.Errorf("the plan after a calm apply ended with %d:\n%s", output.Exit, output.Text)
	}
	if l.Failed() {
		l.FailNow()
	}
}

// held are the accounts, by id, and the connectors in Sekoia.
func (l *life) held() (map[string]acctest.Account, []acctest.Connector) {
	state, accounts := l.clouds.State(l), map[string]acctest.Account{}
	for _, account := range state.Accounts {
		if !account.Deleted && !slices.Contains(l.others, account.UUID) {
			accounts[account.UUID] = account
		}
	}
	return accounts, slices.DeleteFunc(state.Connectors, func(c acctest.Connector) bool { return c.Deleted })
}

// destroy ends with nothing in Sekoia.
func (l *life) destroy() {
	l.tally.destroyed++
	if output := l.run("destroy", "-auto-approve"); output.Exit != 0 {
		l.Fatalf("a calm destroy ended with %d:\n%s", output.Exit, output.Text)
	}
	if accounts, connectors := l.held(); len(accounts)+len(connectors) != 0 {
		l.Fatalf("left after a destroy: %+v %+v", accounts, connectors)
	}
	l.wishes = map[string]wish{}
}

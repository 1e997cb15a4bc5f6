// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package faults

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/proving/protocol"
)

// Outcome is how a case ended.
type Outcome string

// The outcomes.
const (
	// Passed is a success without a call more than in a clean run.
	Passed Outcome = "passed"
	// Retried is a success with calls that were repeated, or others in their place.
	Retried Outcome = "retried and passed"
	// Failed is an error that says which cloud, which call and what to do.
	Failed Outcome = "failed cleanly"
	// NotMade is a run in which the call was not made: it is chance how often a wait polls.
	NotMade Outcome = "not made"
	// Wrong is everything else: Result.Complaints say what.
	Wrong Outcome = "WRONG"
)

// Case is a call of an operation that meets a fault.
type Case struct {
	Operation Operation
	Call      Call
	Fault     Fault
	// Always lets the same calls after it meet the fault too.
	Always bool
	// clean is how many calls the operation makes if nothing fails.
	clean int
	// thorough looks at what comes after the operation even if nothing was written and Terraform's state is as it was.
	thorough bool
}

// String names the case.
func (c Case) String() string {
	how := "once"
	if c.Always {
		how = "always"
	}
	return fmt.Sprintf("%s: %s %s: %s, %s", c.Operation.Name, c.Call.Cloud, c.Call, c.Fault.Name, how)
}

// Result is the result of a case.
type Result struct {
	Case
	Outcome    Outcome
	Complaints []string
	// Said are the diagnostics of the operation.
	Said Diagnostics
	// Took is how long the operation took by its own clock.
	Took time.Duration
}

// longest bounds an operation, whatever fails: the resource's ten minutes for a process that applies, and a plan
// before.
const longest = 14 * time.Minute

// settled is more than Sekoia takes to change a connector's status.
const settled = 10 * time.Second

// Calls are those of a clean run of an operation, each once, in their order. It must be called in a bubble of
// testing/synctest.
func (o Operation) Calls(ctx context.Context) ([]Call, error) {
	w, err := o.world(ctx)
	if err != nil {
		return nil, err
	}
	defer w.Close() //nolint:errcheck // what does not end fails the bubble
	w.network.begin(nil)
	if said, err := o.run(ctx, w); err != nil {
		return nil, fmt.Errorf("%s without a fault: %w\n%s", o.Name, err, said)
	}
	var calls []Call
	for _, made := range w.network.calls() {
		calls = append(calls, made.Call)
	}
	return calls, errors.Join(complaintsError(o.aftermath(ctx, w)))
}

func complaintsError(complaints []string) error {
	if len(complaints) == 0 {
		return nil
	}
	return errors.New(strings.Join(complaints, "\n"))
}

// world is one in which the operation can begin.
func (o Operation) world(ctx context.Context) (*World, error) {
	w, err := newWorld(ctx, o.setup)
	if err != nil {
		return nil, err
	}
	if o.prepare != nil {
		if err := o.prepare(ctx, w); err != nil {
			return nil, errors.Join(fmt.Errorf("prepare %s: %w", o.Name, err), w.Close())
		}
	}
	return w, nil
}

// Recorded is an operation with the calls of a clean run.
type Recorded struct {
	Operation
	Calls []Call
}

// Cases are the cases of operations, in their order. All of them are each fault of each call, once and from then on, up
// to the third of the same calls. A choice of them is each fault of the first of the same calls: once or from then on,
// and for calls that write both; a call that several operations make alike meets each fault in some of them. The rounds
// of a proof of possession are such calls; what writes a token that is in the state is what writes one that is not.
func Cases(operations []Recorded, all bool) [][]Case {
	cases := make([][]Case, len(operations))
	makers := map[Call]int{}
	for index, operation := range operations {
		for row, call := range operation.Calls {
			makers[call]++
			if call.Nth > sameCalls || call.Nth > 1 && !all && (!call.isTokenRequest() || call.Cloud != okta) {
				continue
			}
			for column, fault := range faultsOf(call) {
				for _, always := range []bool{false, true} {
					one := Case{Operation: operation.Operation, Call: call, Fault: fault, Always: always, clean: len(operation.Calls), thorough: all}
					chosen := (row+column)%2 == 0 == always && (makers[call]+column)%spread(operations, call) == 0
					if all || chosen || call.writes() && !fault.costly && !operation.tokenInState {
						cases[index] = append(cases[index], one)
					}
				}
			}
		}
	}
	return cases
}

// faultsOf are those that a call can meet.
func faultsOf(call Call) []Fault {
	if call.isTokenRequest() {
		return append(Faults(), TokenFaults()...)
	}
	return Faults()
}

// mostSpread is over how many operations the faults of a call that they share are spread.
const mostSpread = 6

// spread is over how many operations the faults of a call are spread.
func spread(operations []Recorded, call Call) int {
	makers := 0
	for _, operation := range operations {
		if slices.Contains(operation.Calls, call) {
			makers++
		}
	}
	return min(max(makers, 1), mostSpread)
}

// sameCalls is how many of the same calls of an operation are struck: what is behind them are looks of the same wait.
const sameCalls = 3

// Run runs the case. It must be called in a bubble of testing/synctest.
func (c Case) Run(ctx context.Context) Result {
	result := Result{Case: c, Outcome: Wrong}
	w, err := c.Operation.world(ctx)
	if err != nil {
		result.Complaints = []string{err.Error()}
		return result
	}
	defer w.Close() //nolint:errcheck // what does not end fails the bubble
	w.network.begin(&aim{call: c.Call, fault: c.Fault, always: c.Always})
	before, begin := w.State, time.Now()
	result.Said, err = c.Operation.run(ctx, w)
	result.Took = time.Since(begin)
	made := w.network.calls()
	result.judge(err, w, made)
	w.network.begin(nil)
	read := w.data
	if c.thorough || err == nil || w.State.Value != before.Value || slices.ContainsFunc(made, sent.writes) {
		result.complain(c.Operation.aftermath(ctx, w)...)
	}
	if err == nil && c.Operation.goal == nil && len(result.Said) == 0 && read != w.data && !strings.Contains(read, unreadRelease) {
		result.complain("what was read is not what is there, and no diagnostic says so:\n" + read + "\n" + w.data)
	}
	for _, stray := range w.network.strays() {
		result.complain("a request went to another host: " + stray)
	}
	return result
}

func (r *Result) complain(complaints ...string) {
	if len(complaints) > 0 {
		r.Outcome = Wrong
		r.Complaints = append(r.Complaints, complaints...)
	}
}

// judge checks the result of the operation itself.
func (r *Result) judge(err error, w *World, made []sent) {
	struck := slices.IndexFunc(made, func(s sent) bool { return s.struck })
	switch {
	case errors.Is(err, protocol.ErrFailed):
		r.Outcome = Failed
		r.complain(r.unclear(made, struck)...)
	case err != nil:
		r.complain("neither success nor diagnostics: " + err.Error())
	case len(made) > r.clean:
		r.Outcome = Retried
	default:
		r.Outcome = Passed
	}
	switch {
	case struck < 0 && r.Call.Nth > 1:
		r.Outcome = NotMade
	case struck < 0:
		r.complain("the call was not made")
	}
	if r.Took > longest {
		r.complain("it took " + r.Took.String())
	}
	r.complain(untrue(r.Said, slices.ContainsFunc(made, sent.wrote))...)
	text := r.Said.String()
	for _, secret := range w.secrets() {
		if strings.Contains(text, secret) {
			r.complain("a diagnostic shows " + secret[:4] + "…")
		}
		documented := r.Operation.tokenInState && (secret == w.ready.OktaToken || secret == w.otherToken)
		if w.State.Holds(secret) && !documented {
			r.complain("the state holds " + secret[:4] + "…")
		}
	}
}

// toDo are words of sentences that say what to do; a grant in lower case is a thing.
var toDo = regexp.MustCompile(`(?i:\b(?:check|try again|set|see|give|use|raise|make|import|run|take|choose|remove|look|wait|apply|once)\b)|\b(?:Grant|grant it|grant them)\b`)

// maxLines is how long the detail of a diagnostic may be, an import block apart.
const maxLines = 6

// importBlock is what a person pastes.
var importBlock = regexp.MustCompile(`(?s)\n*import \{.*?\n\}\n*`)

// refusal is how a message names what was tested and refused.
var refusal = regexp.MustCompile(`\b(?:reject|rejected|refused the|revoked|expired|invalid_client|\(401\)|\(403\)|E0000011|E0000006)\b`)

// untrue says what diagnostics of any severity may not say. wrote reports whether the operation changed anything.
func untrue(said Diagnostics, wrote bool) []string {
	var complaints []string
	for _, diagnostic := range said {
		text := diagnostic.Summary + "\n" + diagnostic.Detail
		complain := func(what string) { complaints = append(complaints, "a diagnostic "+what+":\n"+text) }
		if strings.Contains(text, "-refresh=false") {
			complain("offers -refresh=false")
		}
		if refusal.MatchString(text) && (strings.Contains(text, "SEKOIA_CONNECTION_TEST") || strings.Contains(text, `"off"`)) {
			complain("offers to switch the test off after a rejection")
		}
		if wrote && strings.Contains(text, "Nothing was changed") {
			complain("says that nothing was changed")
		}
		if lines := strings.Count(importBlock.ReplaceAllString(strings.TrimSpace(diagnostic.Detail), "\n"), "\n") + 1; lines > maxLines {
			complain(fmt.Sprintf("has %d lines", lines))
		}
	}
	return complaints
}

// unclear says what the errors lack: one of them has to name the cloud, the call and what to do.
func (r *Result) unclear(made []sent, struck int) []string {
	failed := r.Said.Errors()
	named := false
	for _, diagnostic := range failed {
		text := diagnostic.Summary + "\n" + diagnostic.Detail
		cloud := strings.Contains(strings.ToLower(text), vendor(r.Call.Cloud))
		call := struck >= 0 && slices.ContainsFunc(r.culprits(made, struck), func(s sent) bool {
			return strings.Contains(text, s.Method+" ") && strings.Contains(text, s.path)
		})
		named = named || cloud && call && toDo.MatchString(diagnostic.Detail)
	}
	if !named {
		return []string{"no error names the cloud, the call and what to do: " + failed.String()}
	}
	return nil
}

// culprits are the calls that an error may name: the one that met the fault, and after a request for an access token
// each later call of the same cloud, because a token that is no good shows where it is used, and several may use it at
// the same time.
func (r *Result) culprits(made []sent, struck int) []sent {
	if !r.Call.isTokenRequest() {
		return made[struck : struck+1]
	}
	return slices.DeleteFunc(slices.Clone(made[struck:]), func(s sent) bool { return s.Cloud != r.Call.Cloud })
}

// aftermath is what is wrong after one clean apply, and after a destroy; for what only reads, after a clean run.
func (o Operation) aftermath(ctx context.Context, w *World) []string {
	if o.goal == nil {
		if said, err := o.run(ctx, w); err != nil {
			return []string{fmt.Sprintf("a clean run afterwards: %v\n%s", err, said)}
		}
		return o.leftOver(ctx, w)
	}

	// What was not imported still is not Terraform's.
	if o.imports && w.State.Value == nil {
		if said, err := o.run(ctx, w); err != nil {
			return []string{fmt.Sprintf("a clean import afterwards: %v\n%s", err, said)}
		}
	}
	return w.reach(ctx, o.goal(w))
}

// unreadRelease is what the connection test says of the one call that it can do without.
const unreadRelease = "The release of its Okta module could not be read."

// reach says what is wrong after one clean apply of a configuration, and after a destroy.
func (w *World) reach(ctx context.Context, goal map[string]any) []string {
	said, err := w.Apply(ctx, goal)
	if err != nil {
		return []string{fmt.Sprintf("a clean apply afterwards: %v\n%s", err, said)}
	}
	<-time.After(settled)
	complaints := append(untrue(said, false), w.mismatches(ctx, goal)...)
	if changes, said, err := w.Plan(ctx, goal); err != nil || changes {
		complaints = append(complaints, fmt.Sprintf("the plan after a clean apply: changes %t, %v\n%s", changes, err, said))
	}
	return append(complaints, w.removed(ctx)...)
}

// removed says what is wrong after a destroy.
func (w *World) removed(ctx context.Context) []string {
	var complaints []string
	if said, err := w.Destroy(ctx); err != nil {
		complaints = append(complaints, fmt.Sprintf("a clean destroy: %v\n%s", err, said))
	}
	return append(complaints, w.leftOver(ctx)...)
}

// leftOver says what Sekoia holds that should be gone, and what is gone that should not.
func (w *World) leftOver(ctx context.Context) []string {
	complaints := w.wronged(ctx)
	accounts, connectors, err := w.held(ctx)
	if err != nil || len(connectors) > 0 || len(accounts) > 0 {
		complaints = append(complaints, fmt.Sprintf("after the destroy: %d accounts and %d connectors, %v", len(accounts), len(connectors), err))
	}
	return complaints
}

// leftOver says what Sekoia holds after an operation that leaves nothing.
func (o Operation) leftOver(ctx context.Context, w *World) []string {
	if !o.leavesNothing {
		return nil
	}
	return w.leftOver(ctx)
}

// mismatches says how Sekoia differs from the configuration.
func (w *World) mismatches(ctx context.Context, goal map[string]any) []string {
	accounts, connectors, err := w.held(ctx)
	if err != nil {
		return []string{err.Error()}
	}
	if len(accounts) != 1 || len(connectors) != 1 || connectors[0].ModuleConfigurationUUID != accounts[0].UUID {
		return []string{fmt.Sprintf("after a clean apply there are the accounts %+v and the connectors %+v", accounts, connectors)}
	}
	var complaints []string
	differs := func(what string, got, want any) {
		if got != want {
			complaints = append(complaints, fmt.Sprintf("after a clean apply the %s is %v, not %v", what, got, want))
		}
	}
	differs("connector's name", connectors[0].Name, goal["name"])
	if w.takenBack == nil || accounts[0].Name != w.takenBack {
		differs("account's name", accounts[0].Name, goal["name"])
	}
	differs("status", connectors[0].DisplayStatus, status(goal))
	differs("base URL", accounts[0].Value["base_url"], goal["base_url"])
	if token, host := w.connector.used(); status(goal) == "RUNNING" {
		differs("host that the connector reads", "http://"+host, goal["base_url"])
		if token != tokenOf(goal) {
			complaints = append(complaints, "after a clean apply the connector's token is not the configured one")
		}
	}
	return complaints
}

func status(goal map[string]any) string {
	if enabled, isSet := goal["enabled"].(bool); isSet && !enabled {
		return "STOPPED"
	}
	return "RUNNING"
}

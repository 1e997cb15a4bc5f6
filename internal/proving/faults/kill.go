// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package faults

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/acctest"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/proving/protocol"
)

// Moment is when the provider's process dies, as one of its calls sees it.
type Moment string

// The moments.
const (
	// Before: the call never reaches the cloud.
	Before Moment = "before"
	// After: the call has its effect, and nobody hears the answer.
	After Moment = "after"
	// Later: the call has its effect when the process is dead already.
	Later Moment = "later"
)

// Kill is a case: the provider's process dies at a call of an operation.
type Kill struct {
	Operation Operation
	Call      Call
	Moment    Moment
	Then      Then
}

// Then is what a person does after the kill.
type Then string

// What a person does.
const (
	// Repeated is the same once more.
	Repeated Then = "the same again"
	// KilledAgain is the same, killed at the same moment of its own first call that writes, and the same once more.
	KilledAgain Then = "killed again"
	// Tainted is terraform taint, and an apply.
	Tainted Then = "tainted"
	// TakenBack is an apply of the configuration from before.
	TakenBack Then = "taken back"
	// Destroyed is terraform destroy.
	Destroyed Then = "destroyed"
)

// String names the case.
func (k Kill) String() string {
	return fmt.Sprintf("%s: killed %s %s %s, then %s", k.Operation.Name, k.Moment, k.Call.Cloud, k.Call, k.Then)
}

// Killed is the result of a case.
type Killed struct {
	Kill
	// Came says in a few fixed words how it continued.
	Came string
	// Complaints say what is wrong. None: nothing is wrong.
	Complaints []string
}

// The results of the apply after a kill.
const (
	cameApplied  = "applied again"
	cameAccount  = "account used again"
	cameImport   = "import block"
	cameNothing  = "nothing to do"
	cameNotThere = "not made"
)

// death is a process that will die.
type death struct {
	call Call
	// write is for the first call that writes, instead.
	write   bool
	moment  Moment
	reached chan struct{} // closed when the call is made
	over    chan struct{} // closed when the process is dead
}

// fault is the death as the network knows it: the call, and whatever the process does afterwards, comes to nothing.
func (d *death) fault() Fault {
	return Fault{Name: "killed", strike: func(_ *http.Request, _ string, pass func() (*http.Response, error)) (*http.Response, error) {
		effect := func() {
			if answered, err := pass(); err == nil {
				_ = answered.Body.Close()
			}
		}
		select {
		case <-d.reached: // a dead process makes no calls
			return nil, errDead
		default:
		}
		if d.moment == After {
			effect()
		}
		close(d.reached)
		<-d.over
		if d.moment == Later {
			effect()
		}
		return nil, errDead
	}}
}

var errDead = errors.New("the process is dead")

// dying is the provider in a process that will die. It knows what Terraform waits for.
type dying struct {
	tfprotov6.ProviderServer
	tfprotov6.ActionServer
	updating *bool
}

// ApplyResourceChange implements tfprotov6.ResourceServer.
func (d dying) ApplyResourceChange(
	ctx context.Context, req *tfprotov6.ApplyResourceChangeRequest,
) (*tfprotov6.ApplyResourceChangeResponse, error) {
	*d.updating = !isNull(req.PriorState) && !isNull(req.PlannedState)
	answered, err := d.ProviderServer.ApplyResourceChange(ctx, req)
	*d.updating = false
	return answered, err
}

func isNull(value *tfprotov6.DynamicValue) bool {
	null, err := value.IsNull()
	return err == nil && null
}

// kill runs something, and ends its process at a call. It returns false if the call was not made.
//
// What Terraform (1.11.4, and 1.14) keeps of a resource whose provider dies was tried with the real one: in a create
// nothing, in a delete all, in an update the attributes from before it, without the private state and the identity; at
// any other moment what it had.
func (w *World) kill(ctx context.Context, d *death, run func(context.Context, *World) (Diagnostics, error)) bool {
	d.reached, d.over = make(chan struct{}), make(chan struct{})
	updating := false
	victim := *w
	terraform := *w.Terraform
	victim.Terraform = &terraform
	serve := terraform.Serve
	terraform.Serve = func() (tfprotov6.ProviderServer, error) {
		server, err := serve()
		actions, _ := server.(tfprotov6.ActionServer)
		return dying{server, actions, &updating}, err
	}
	w.network.begin(&aim{call: d.call, write: d.write, fault: d.fault(), dead: d.reached})
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_, _ = run(ctx, &victim) // nobody gets its answer
	}()
	select {
	case <-ended:
		w.State, w.Deposed = terraform.State, terraform.Deposed
		w.network.begin(nil)
		return false
	case <-d.reached:
	}
	kept, deposed := terraform.State, terraform.Deposed
	if updating {
		kept.Private, kept.Identity = nil, nil
	}
	if kept.Value == nil { // the old object is the current one again if the new one did not come to be
		kept, deposed = deposed, protocol.State{}
	}
	cancel()
	close(d.over)
	<-ended
	w.State, w.Deposed, w.killed = kept, deposed, w.network.calls()
	w.network.begin(nil)
	return true
}

// Kills are the cases of an operation: each call that writes at each moment; each that reads, up to the third of the
// same ones, before and after it; and after each whatever a person can do. A choice of them leaves out tokens in the
// state and every other call that reads, and takes turns with the moments and with what is done then.
func Kills(operation Recorded, all bool) []Kill {
	var kills []Kill
	if operation.tokenInState && !all {
		return nil // it makes the calls of one whose token is not in the state
	}
	for index, call := range operation.Calls {
		writes := call.Method != http.MethodGet
		moments := []Moment{Before, After, Later}
		switch {
		case writes:
		case all && call.Nth <= sameCalls:
			moments = moments[:2]
		case call.Nth == 1 && index%2 == 0:
			moments = moments[index/2%2 : index/2%2+1]
		default:
			continue
		}
		thens := operation.thens(writes)
		for turn, moment := range moments {
			for number, then := range thens {
				if all || number == (index+turn)%len(thens) || writes && then == Repeated && moment == After {
					kills = append(kills, Kill{Operation: operation.Operation, Call: call, Moment: moment, Then: then})
				}
			}
		}
	}
	return kills
}

// thens are what a person can do after an operation was killed.
func (o Operation) thens(writes bool) []Then {
	thens := []Then{Repeated}
	if o.goal == nil || o.imports {
		return thens
	}
	if writes {
		thens = append(thens, KilledAgain)
	}
	if o.prepare == nil {
		return thens
	}
	thens = append(thens, Tainted)
	if o.before != nil {
		thens = append(thens, TakenBack)
	}
	if o.prior {
		thens = append(thens, Destroyed)
	}
	return thens
}

// KillOperations are those that write.
func KillOperations() []Operation {
	var operations []Operation
	for _, operation := range Operations() {
		if kind, _, _ := strings.Cut(operation.Name, ":"); slices.Contains([]string{
			"create", "create stopped", "create with api_token", "update", "repair", "repair and update", "replace", "replace, the new one first",
			"destroy", "destroy, and again", "import", "action sync",
		}, kind) {
			operations = append(operations, operation)
		}
	}
	return append(operations,
		apply("create stopped, without a wait", nil, map[string]any{"enabled": false, "sync": map[string]any{"wait_for": "none"}}),
		apply("update: all at once", map[string]any{"sync": map[string]any{"wait_for": "synced", "triggers": map[string]any{"a": "1"}}},
			map[string]any{
				"name": "Renamed", "api_token_wo": "other", "api_token_wo_version": "2", "base_url": "other",
				"sync": map[string]any{"wait_for": "synced", "triggers": map[string]any{"a": "2"}},
			}),
		apply("update: token, while stopped", map[string]any{"enabled": false},
			map[string]any{"enabled": false, "api_token_wo": "other", "api_token_wo_version": "2"}),
		adopt(),
	)
}

// adopt is the import block of a connector whose create was killed, and the apply that comes with it.
func adopt() Operation {
	made := apply("import and update", nil, map[string]any{})
	made.prepare, made.imports = forgotten, true
	made.run = func(ctx context.Context, w *World) (Diagnostics, error) {
		if w.State.Value == nil {
			id, err := w.connectorID(ctx)
			if err != nil {
				return nil, err
			}
			if said, err := w.Import(ctx, id); err != nil {
				return said, err
			}
		}
		return w.Apply(ctx, made.goal(w))
	}
	return made
}

// Run runs the case. It must be called in a bubble of testing/synctest.
func (k Kill) Run(ctx context.Context) Killed {
	result := Killed{Kill: k}
	w, err := k.Operation.world(ctx)
	if err != nil {
		result.complain(err.Error())
		return result
	}
	defer w.Close() //nolint:errcheck // what does not end fails the bubble

	// Its name is the resource's, and it is of another organization.
	if _, err := w.strange(ctx, "Okta devices", "https://other.okta.com"); err != nil {
		result.complain(err.Error())
		return result
	}
	if !w.kill(ctx, &death{call: k.Call, moment: k.Moment}, k.Operation.run) {
		if result.Came = cameNotThere; k.Call.Nth == 1 {
			result.complain("the call was not made")
		}
		return result
	}
	<-time.After(settled)
	result.then(ctx, w)
	for _, stray := range w.network.strays() {
		result.complain("a request went to another host: " + stray)
	}
	return result
}

func (r *Killed) complain(complaints ...string) { r.Complaints = append(r.Complaints, complaints...) }

// then is what a person does next.
func (r *Killed) then(ctx context.Context, w *World) {
	goal := r.Operation.goal
	switch {
	case goal == nil, r.Then == Destroyed && w.knows(ctx): // nothing is wanted anymore
		r.Came = cameApplied
		if w.State.Value == nil {
			r.Came = cameNothing
		}
		r.complain(w.removed(ctx)...)
		return
	case r.Then == TakenBack:
		r.takeBack(ctx, w)
		return
	case r.Then == KilledAgain:
		w.kill(ctx, &death{write: true, moment: r.Moment}, func(ctx context.Context, w *World) (Diagnostics, error) { return w.Apply(ctx, goal(w)) })
		<-time.After(settled)
	case r.Then == Tainted && w.State.Value != nil:
		w.State.Tainted, w.State.Private = true, nil
	}
	r.applyAgain(ctx, w, goal(w))
	r.complain(r.Operation.aftermath(ctx, w)...)
}

// knows reports whether each connector in Sekoia is in Terraform's state. One that was made by a call which was cut off
// is not.
func (w *World) knows(ctx context.Context) bool {
	_, connectors, err := w.held(ctx)
	return err == nil && !slices.ContainsFunc(connectors, func(c acctest.Connector) bool { return !w.State.Holds(c.UUID) && !w.Deposed.Holds(c.UUID) })
}

// takeBack applies the configuration from before. If the connector was started with another token, nothing shows that:
// the documented way back is a new version text, and for a token that is in the state a stop and a start.
func (r *Killed) takeBack(ctx context.Context, w *World) {
	goal := r.Operation.before(w)
	if tokenOf(goal) != tokenOf(r.Operation.goal(w)) && r.started(w) {
		if r.Operation.tokenInState {
			stopped := maps.Clone(goal)
			stopped["enabled"] = false
			r.applyAgain(ctx, w, stopped)
		} else {
			goal["api_token_wo_version"] = "the first again"
		}
	}
	w.takenBack = r.Operation.goal(w)["name"]
	r.applyAgain(ctx, w, goal)
	<-time.After(settled)

	// What is stopped gets its token with the next start.
	if status(goal) != "RUNNING" {
		r.complain(w.mismatches(ctx, goal)...)
		goal["enabled"] = true
	}
	r.complain(w.reach(ctx, goal)...)
}

// started reports whether the process that was killed started the connector.
func (r *Killed) started(w *World) bool {
	return slices.ContainsFunc(w.killed, func(one sent) bool {
		return strings.HasSuffix(one.path, "/start") && (!one.struck || one.Call == r.Call && r.Moment != Before)
	})
}

// applyAgain applies. If that shows an import block, it does what that says.
func (r *Killed) applyAgain(ctx context.Context, w *World, goal map[string]any) {
	if r.Operation.imports && w.State.Value == nil { // a block that still stands in the configuration
		if said, err := r.Operation.run(ctx, w); err != nil {
			r.complain(fmt.Sprintf("the import again: %v\n%s", err, said))
		}
	}
	accounts, _, err := w.held(ctx)
	if err != nil {
		r.complain(err.Error())
	}
	w.network.begin(nil)
	said, err := w.Apply(ctx, goal)
	made := w.network.calls()
	r.complain(untrue(said, slices.ContainsFunc(made, sent.wrote))...)
	switch {
	case errors.Is(err, protocol.ErrFailed):
		r.Came = cameImport
		r.follow(ctx, w, said)
	case err != nil:
		r.complain("neither success nor diagnostics: " + err.Error())
	case !slices.ContainsFunc(made, sent.writes):
		r.Came = cameNothing
	case wrote(made, http.MethodPost, connectorsPath) && !wrote(made, http.MethodPost, accountsPath) && len(accounts) > 0:
		r.Came = cameAccount
	default:
		r.Came = cameApplied
	}
}

// importedID is the id in an import block.
var importedID = regexp.MustCompile(`import \{[^}]*\bid\s+= "([0-9a-f-]{36})"`)

// follow does what the refusal says: it pastes the import block. If the resource's own address is taken, because its
// old object is still there, the block gets another address, and what it imports is destroyed.
func (r *Killed) follow(ctx context.Context, w *World, said Diagnostics) {
	block := importedID.FindStringSubmatch(said.String())
	if block == nil {
		r.complain("the apply afterwards failed, and shows no import block:\n" + said.String())
		return
	}
	current, deposed := w.State, w.Deposed
	w.State, w.Deposed = protocol.State{}, protocol.State{}
	if said, err := w.Import(ctx, block[1]); err != nil {
		r.complain(fmt.Sprintf("the import of the block: %v\n%s", err, said))
	}
	if current.Value == nil {
		return
	}
	if said, err := w.Destroy(ctx); err != nil {
		r.complain(fmt.Sprintf("the destroy of what was imported: %v\n%s", err, said))
	}
	w.State, w.Deposed = current, deposed
}

func wrote(made []sent, method, path string) bool {
	for _, one := range made {
		if one.Method == method && one.path == path {
			return true
		}
	}
	return false
}

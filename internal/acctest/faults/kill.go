// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package faults

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/acctest/protocol"
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
	// Again kills the apply that follows too, at the same moment of its own first call that writes.
	Again bool
}

// String names the case.
func (k Kill) String() string {
	return fmt.Sprintf("%s: killed %s %s %s", k.Operation.Name, k.Moment, k.Call.Cloud, k.Call)
}

// Killed is what a case came to.
type Killed struct {
	Kill
	// Came is in a few fixed words how it went on.
	Came string
	// Complaints say what is wrong; none: nothing is.
	Complaints []string
}

// What the apply after a kill comes to.
const (
	cameApplied  = "applied again"
	cameAccount  = "account used again"
	cameImport   = "import block"
	cameNothing  = "nothing to do"
	cameNotThere = "not made"
)

// death is a process that is to die.
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

// dying is the provider in a process that is to die: it knows what Terraform waits for.
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

// kill runs something, and ends its process at a call. It returns false where the call was not made.
//
// What Terraform (1.11.4, and 1.14) keeps of a resource whose provider dies was tried with the real one: in a create nothing, in a delete
// all, in an update the attributes from before it, without the private state and the identity; at any other moment what it had.
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

		_, _ = run(ctx, &victim) // whatever it says, nobody hears it
	}()

	select {
	case <-ended:
		w.State = terraform.State
		w.network.begin(nil)

		return false
	case <-d.reached:
	}

	kept := terraform.State
	if updating {
		kept.Private, kept.Identity = nil, nil
	}

	cancel()
	close(d.over)
	<-ended

	w.State, w.killed = kept, w.network.calls()
	w.network.begin(nil)

	return true
}

// stranger made what a person or another tool made beside this provider.
const stranger = "5f1c5f9e-6a51-4d0b-9a9c-2f8f4f3f1f10"

// strange puts an unused account beside, which has the resource's name and base URL, and somebody else's created_by.
func (w *World) strange(ctx context.Context) (id string, err error) {
	var account struct {
		UUID string `json:"uuid"`
	}

	err = w.call(ctx, http.MethodPost, w.ready.SekoiaURL+"/v1/symphony/module-configurations", map[string]any{
		"name": "Okta devices", "module_uuid": oktaModule, "community_uuid": w.ready.CommunityID,
		"value": map[string]any{"base_url": w.ready.OktaURL, "apikey": w.ready.OktaToken},
	}, &account)
	if err != nil {
		return "", err
	}

	return account.UUID, w.call(ctx, http.MethodPatch, w.ready.AdminURL+"/_simulator/accounts/"+account.UUID,
		map[string]any{"created_by": stranger}, nil)
}

// Kills are the cases of an operation: each call that writes at each moment; each that reads, up to the third of the same ones, before and
// after it. A choice of them leaves out what reads for a second time, and takes turns with the moments.
func Kills(operation Recorded, all bool) []Kill {
	var kills []Kill

	for index, call := range operation.Calls {
		one := Kill{Operation: operation.Operation, Call: call}

		switch writes := call.Method != http.MethodGet; {
		case writes:
			kills = append(kills, one.at(Before, After, Later)...)
		case all && call.Nth <= sameCalls:
			kills = append(kills, one.at(Before, After)...)
		case call.Nth == 1:
			kills = append(kills, one.at([]Moment{Before, After}[index%2])...)
		}
	}

	return kills
}

// at is the case at some moments; a create's write is killed a second time too.
func (k Kill) at(moments ...Moment) []Kill {
	var kills []Kill

	for _, moment := range moments {
		k.Moment, k.Again = moment, false
		kills = append(kills, k)

		if k.Again = k.Call.Method != http.MethodGet && strings.HasPrefix(k.Operation.Name, "create"); k.Again {
			kills = append(kills, k)
		}
	}

	return kills
}

// KillOperations are those that write.
func KillOperations() []Operation {
	var operations []Operation

	for _, operation := range Operations() {
		writes := strings.HasPrefix(operation.Name, "create") || strings.HasPrefix(operation.Name, "update") ||
			slices.Contains([]string{"replace", "destroy", "destroy, and again", "import", "action sync"}, operation.Name)
		if writes {
			operations = append(operations, operation)
		}
	}

	return append(operations,
		apply("create stopped, without a wait", nil, map[string]any{"enabled": false, "sync": map[string]any{"wait_for": "none"}}),
		apply("update: all at once", map[string]any{"sync": map[string]any{"wait_for": "synced", "triggers": map[string]any{"a": "1"}}},
			map[string]any{
				"name": "Renamed", "api_token_wo": "other", "api_token_wo_version": "2",
				"sync": map[string]any{"wait_for": "synced", "triggers": map[string]any{"a": "2"}},
			}),
		apply("update: token, while stopped", map[string]any{"enabled": false},
			map[string]any{"enabled": false, "api_token_wo": "other", "api_token_wo_version": "2"}),
		pointedElsewhere(), adopt(),
	)
}

// pointedElsewhere is an update of the base URL alone: somebody has pointed the account at another host, and it is put back.
func pointedElsewhere() Operation {
	made := apply("update: base URL", map[string]any{}, map[string]any{})
	made.prepare = func(ctx context.Context, w *World) error {
		if err := w.applied(ctx, configuration(w, nil)); err != nil {
			return err
		}

		accounts, _, err := w.held(ctx)
		if err != nil || len(accounts) != 1 {
			return fmt.Errorf("%d accounts, %w", len(accounts), err)
		}

		return w.call(ctx, http.MethodPatch, w.ready.AdminURL+"/_simulator/accounts/"+accounts[0].UUID,
			map[string]any{"value": map[string]any{"base_url": "https://other.okta.com"}}, nil)
	}

	return made
}

// adopt is the import block of a connector whose create was killed, and the apply that comes with it.
func adopt() Operation {
	made := apply("import and update", nil, map[string]any{})
	made.prepare = forgotten
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

	foreign, err := w.strange(ctx)
	if err != nil {
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

	made := w.killed

	if k.Again {
		again := &death{write: true, moment: k.Moment}
		goal := k.Operation.goal(w)

		w.kill(ctx, again, func(ctx context.Context, w *World) (Diagnostics, error) { return w.Apply(ctx, goal) })

		<-time.After(settled)
	}

	result.recover(ctx, w)
	result.complain(result.unstarted(w, append(made, w.network.calls()...))...)
	result.strangers(ctx, w, foreign)

	for _, stray := range w.network.strays() {
		result.complain("a request went to another host: " + stray)
	}

	return result
}

func (r *Killed) complain(complaints ...string) { r.Complaints = append(r.Complaints, complaints...) }

// recover is what a person does next: an apply, and where that shows an import block, what it says.
func (r *Killed) recover(ctx context.Context, w *World) {
	if r.Operation.goal == nil { // nothing is wanted any more: the same destroy again
		r.Came = cameApplied

		if w.State.Value == nil {
			r.Came = cameNothing
		}

		if said, err := w.Destroy(ctx); err != nil {
			r.complain(fmt.Sprintf("the same again: %v\n%s", err, said))
		}

		r.complain(r.Operation.leftOver(ctx, w)...)

		return
	}

	if strings.HasPrefix(r.Operation.Name, "import") && w.State.Value == nil { // a block that stands in the configuration still
		if said, err := r.Operation.run(ctx, w); err != nil {
			r.complain(fmt.Sprintf("the import again: %v\n%s", err, said))
		}
	}

	accounts, _, err := w.held(ctx)
	if err != nil {
		r.complain(err.Error())
	}

	w.network.begin(nil)

	said, err := w.Apply(ctx, r.Operation.goal(w))

	switch made := w.network.calls(); {
	case errors.Is(err, protocol.ErrFailed):
		r.Came = cameImport
		r.follow(ctx, w, said)
	case err != nil:
		r.complain("neither success nor diagnostics: " + err.Error())
	case !anyWrites(made):
		r.Came = cameNothing
	case wrote(made, http.MethodPost, connectorsPath) && !wrote(made, http.MethodPost, accountsPath) && len(accounts) > 0 && !r.Operation.keepsAccount:
		r.Came = cameAccount
	default:
		r.Came = cameApplied
	}

	r.complain(r.Operation.aftermath(ctx, w)...)
}

// follow does what the refusal says: it pastes the import block.
func (r *Killed) follow(ctx context.Context, w *World, said Diagnostics) {
	id, err := w.connectorID(ctx)
	text := said.String()

	switch {
	case err != nil:
		r.complain(fmt.Sprintf("the apply afterwards failed: %v\n%s", err, text))
	case !strings.Contains(text, "import {") || !strings.Contains(text, id):
		r.complain("the apply afterwards failed, and shows no import block of " + id + ":\n" + text)
	default:
		if said, err := w.Import(ctx, id); err != nil {
			r.complain(fmt.Sprintf("the import of the block: %v\n%s", err, said))
		}
	}
}

// strangers says what became of the account that somebody else made.
func (r *Killed) strangers(ctx context.Context, w *World, id string) {
	var state struct {
		Accounts []struct {
			UUID      string `json:"uuid"`
			CreatedAt string `json:"created_at"`
			UpdatedAt string `json:"updated_at"`
			Deleted   bool   `json:"deleted"`
		} `json:"accounts"`
	}

	err := w.call(ctx, http.MethodGet, w.ready.AdminURL+"/_simulator/state", nil, &state)

	for _, account := range state.Accounts {
		if account.UUID == id && account.UpdatedAt == account.CreatedAt && !account.Deleted {
			return
		}
	}

	r.complain(fmt.Sprintf("the account that somebody else made was changed: %+v, %v", state.Accounts, err))
}

// unstarted says that what was stored in the account never reached the connector: no start came after it.
func (r *Killed) unstarted(w *World, made []sent) []string {
	if r.Operation.goal == nil || status(r.Operation.goal(w)) != "RUNNING" || r.Operation.Name == "update: name" {
		return nil
	}

	stored, started := -1, -1

	for index, one := range made {
		switch {
		case one.Method == http.MethodPatch && strings.HasPrefix(one.path, accountsPath):
			stored = index
		case strings.HasSuffix(one.path, "/start"), one.Method == http.MethodPost && one.path == connectorsPath:
			started = index
		}
	}

	if stored > started {
		return []string{"the account was changed, and the connector was not started afterwards"}
	}

	return nil
}

const (
	accountsPath   = "/v1/symphony/module-configurations"
	connectorsPath = "/v1/symphony/connector-configurations"
)

func anyWrites(made []sent) bool {
	for _, one := range made {
		if one.writes() {
			return true
		}
	}

	return false
}

func wrote(made []sent, method, path string) bool {
	for _, one := range made {
		if one.Method == method && one.path == path {
			return true
		}
	}

	return false
}

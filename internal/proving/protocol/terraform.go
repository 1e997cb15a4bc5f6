// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package protocol

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"strings"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

const (
	resourceType = "sekoia_okta_device_connector"
	actionType   = "sekoia_okta_device_connector_sync"
)

// Diagnostics are what a command ended with.
type Diagnostics []*tfprotov6.Diagnostic

// Errors are those that ended it.
func (d Diagnostics) Errors() Diagnostics {
	var failed Diagnostics
	for _, diagnostic := range d {
		if diagnostic.Severity == tfprotov6.DiagnosticSeverityError {
			failed = append(failed, diagnostic)
		}
	}
	return failed
}

// String is each diagnostic as a person reads it.
func (d Diagnostics) String() string {
	var text strings.Builder
	for _, diagnostic := range d {
		fmt.Fprintf(&text, "%s: %s\n%s\n", diagnostic.Severity, diagnostic.Summary, diagnostic.Detail)
	}
	return text.String()
}

// Terraform does with one connector, and with data sources, what Terraform does, in protocol 6: each command is a
// process (or two) of its own. Configurations are of Go's kinds: nil, string, bool, int, map[string]any, []any and
// Unknown; what a map lacks is null.
type Terraform struct {
	// Serve begins a process of the provider.
	Serve func() (tfprotov6.ProviderServer, error)
	// Provider is the provider block; nil: an empty one.
	Provider map[string]any
	// State is the connector as the state file holds it.
	State State
	// CreateBeforeDestroy is the resource's lifecycle argument.
	CreateBeforeDestroy bool
	// Deposed is a connector that was replaced and is still to be destroyed.
	Deposed State

	schemas *tfprotov6.GetProviderSchemaResponse
}

// State is a connector as a state file holds it; the zero value means that there is none.
type State struct {
	Value    *tftypes.Value
	Private  []byte
	Identity *tfprotov6.ResourceIdentityData
	Tainted  bool
}

// Unknown stands in a configuration for a value that is known after apply.
var Unknown any = unknown{}

type unknown struct{}

// process is one process of the provider, configured.
type process struct {
	tfprotov6.ProviderServer
	terraform *Terraform
	typ       tftypes.Type
	said      Diagnostics
}

// ErrFailed says that a command ended with an error among its diagnostics.
var ErrFailed = errors.New("the command failed")

// start begins a process and configures it, as each walk of Terraform does.
func (t *Terraform) start(ctx context.Context) (*process, error) {
	p, err := t.serve(ctx)
	if err != nil {
		return nil, err
	}
	config, err := encode(t.schemas.Provider.ValueType(), t.Provider)
	if err != nil {
		return nil, err
	}
	response, err := p.ConfigureProvider(ctx, &tfprotov6.ConfigureProviderRequest{TerraformVersion: "1.14.0", Config: config})
	if err != nil {
		return nil, err
	}
	err = p.hear(response.Diagnostics)
	return p, err
}

// serve begins a process.
func (t *Terraform) serve(ctx context.Context) (*process, error) {
	server, err := t.Serve()
	if err != nil {
		return nil, err
	}
	if t.schemas == nil {
		if t.schemas, err = server.GetProviderSchema(ctx, &tfprotov6.GetProviderSchemaRequest{}); err != nil {
			return nil, err
		}
	}
	return &process{ProviderServer: server, terraform: t, typ: t.schemas.ResourceSchemas[resourceType].ValueType()}, nil
}

// hear records diagnostics. Errors end the command.
func (p *process) hear(said []*tfprotov6.Diagnostic) error {
	p.said = append(p.said, said...)
	if len(Diagnostics(said).Errors()) > 0 {
		return ErrFailed
	}
	return nil
}

// encode makes a value of Go's kinds (nil, string, bool, int, map, slice) one of a type; what a map lacks is null.
func encode(typ tftypes.Type, value any) (*tfprotov6.DynamicValue, error) {
	made := build(typ, value)
	if object, isObject := typ.(tftypes.Object); isObject && made.IsNull() {
		made = build(object, map[string]any{})
	}
	return dynamic(typ, made)
}

func dynamic(typ tftypes.Type, value tftypes.Value) (*tfprotov6.DynamicValue, error) {
	encoded, err := tfprotov6.NewDynamicValue(typ, value)
	return &encoded, err
}

func build(typ tftypes.Type, value any) tftypes.Value {
	if value == nil {
		return tftypes.NewValue(typ, nil)
	}
	if value == Unknown {
		return tftypes.NewValue(typ, tftypes.UnknownValue)
	}
	switch typ := typ.(type) {
	case tftypes.Object:
		given, _ := value.(map[string]any)
		attributes := map[string]tftypes.Value{}
		for name, attribute := range typ.AttributeTypes {
			attributes[name] = build(attribute, given[name])
		}
		return tftypes.NewValue(typ, attributes)
	case tftypes.Set:
		return tftypes.NewValue(typ, elements(typ.ElementType, value))
	case tftypes.List:
		return tftypes.NewValue(typ, elements(typ.ElementType, value))
	case tftypes.Map:
		given, _ := value.(map[string]any)
		elements := map[string]tftypes.Value{}
		for key, element := range given {
			elements[key] = build(typ.ElementType, element)
		}
		return tftypes.NewValue(typ, elements)
	default:
		return tftypes.NewValue(typ, value)
	}
}

func elements(typ tftypes.Type, value any) []tftypes.Value {
	given, _ := value.([]any)
	made := make([]tftypes.Value, len(given))
	for index, element := range given {
		made[index] = build(typ, element)
	}
	return made
}

// attributes takes an object apart; of none, all are null.
func attributes(typ tftypes.Type, value *tftypes.Value) (map[string]tftypes.Value, error) {
	parts := map[string]tftypes.Value{}
	if value == nil || value.IsNull() {
		object, _ := typ.(tftypes.Object)
		for name, attribute := range object.AttributeTypes {
			parts[name] = tftypes.NewValue(attribute, nil)
		}
		return parts, nil
	}
	err := value.As(&parts)
	return maps.Clone(parts), err // As gives the value's own
}

// proposed merges the configuration with the prior state as Terraform does for a schema without computed parts in its
// nested objects.
func (p *process) proposed(config tftypes.Value, prior *tftypes.Value) (tftypes.Value, error) {
	written, err := attributes(p.typ, &config)
	if err != nil {
		return tftypes.Value{}, err
	}
	before, err := attributes(p.typ, prior)
	if err != nil {
		return tftypes.Value{}, err
	}
	for _, attribute := range p.terraform.schemas.ResourceSchemas[resourceType].Block.Attributes {
		switch {
		case attribute.WriteOnly:
			written[attribute.Name] = tftypes.NewValue(attribute.ValueType(), nil)
		case written[attribute.Name].IsNull() && attribute.Computed:
			written[attribute.Name] = before[attribute.Name]
		}
	}
	return tftypes.NewValue(p.typ, written), nil
}

// planned is what a plan says of the resource.
type planned struct {
	value    tftypes.Value
	private  []byte
	identity *tfprotov6.ResourceIdentityData
	replace  bool
}

// plan asks for the plan from a prior state (nil: none) to a configuration (nil: a destroy).
func (p *process) plan(ctx context.Context, config *tftypes.Value, prior State) (planned, error) {
	goal := tftypes.NewValue(p.typ, nil)
	wanted := goal
	if config != nil {
		wanted = *config
		var err error
		if goal, err = p.proposed(*config, prior.Value); err != nil {
			return planned{}, err
		}
	}
	request := &tfprotov6.PlanResourceChangeRequest{TypeName: resourceType, PriorPrivate: prior.Private, PriorIdentity: prior.Identity}
	var err error
	if request.PriorState, err = p.prior(prior); err != nil {
		return planned{}, err
	}
	if request.ProposedNewState, err = dynamic(p.typ, goal); err != nil {
		return planned{}, err
	}
	if request.Config, err = dynamic(p.typ, wanted); err != nil {
		return planned{}, err
	}
	response, err := p.PlanResourceChange(ctx, request)
	if err != nil {
		return planned{}, err
	}
	if err := p.hear(response.Diagnostics); err != nil {
		return planned{}, err
	}
	value, err := response.PlannedState.Unmarshal(p.typ)
	return planned{value: value, private: response.PlannedPrivate, identity: response.PlannedIdentity, replace: len(response.RequiresReplace) > 0}, err
}

func (p *process) prior(prior State) (*tfprotov6.DynamicValue, error) {
	if prior.Value == nil {
		return dynamic(p.typ, tftypes.NewValue(p.typ, nil))
	}
	return dynamic(p.typ, *prior.Value)
}

// apply carries a plan out. The state is what the provider returned, even if it failed.
func (p *process) apply(ctx context.Context, config *tftypes.Value, prior State, plan planned) (State, error) {
	wanted := tftypes.NewValue(p.typ, nil)
	if config != nil {
		wanted = *config
	}
	request := &tfprotov6.ApplyResourceChangeRequest{TypeName: resourceType, PlannedPrivate: plan.private, PlannedIdentity: plan.identity}
	var err error
	if request.PriorState, err = p.prior(prior); err != nil {
		return prior, err
	}
	if request.PlannedState, err = dynamic(p.typ, plan.value); err != nil {
		return prior, err
	}
	if request.Config, err = dynamic(p.typ, wanted); err != nil {
		return prior, err
	}
	response, err := p.ApplyResourceChange(ctx, request)
	if err != nil {
		return prior, err
	}
	failed := p.hear(response.Diagnostics)
	after, err := p.held(response.NewState, response.Private, response.NewIdentity)
	if err != nil {
		return prior, err
	}
	after.Tainted = failed != nil && after.Value != nil && prior.Value == nil
	if failed == nil && config != nil {
		err = consistent(p.typ, plan.value, after.Value)
	}
	return after, errors.Join(failed, err)
}

// held is an object as the provider returned it; null is none.
func (p *process) held(value *tfprotov6.DynamicValue, private []byte, identity *tfprotov6.ResourceIdentityData) (State, error) {
	if value == nil {
		return State{}, nil
	}
	decoded, err := value.Unmarshal(p.typ)
	if err != nil || decoded.IsNull() {
		return State{}, err
	}
	return State{Value: &decoded, Private: private, Identity: identity}, nil
}

// consistent says what Terraform calls an inconsistent result: a planned value that came back as another, or one that
// is still unknown.
func consistent(typ tftypes.Type, plan tftypes.Value, after *tftypes.Value) error {
	if after == nil {
		return errors.New("inconsistent result: nothing is there after an apply without error")
	}
	if !after.IsFullyKnown() {
		return fmt.Errorf("inconsistent result: unknown values after the apply: %s", after)
	}
	wanted, err := attributes(typ, &plan)
	if err != nil {
		return err
	}
	got, err := attributes(typ, after)
	if err != nil {
		return err
	}
	for name, value := range wanted {
		if value.IsFullyKnown() && !value.Equal(got[name]) {
			return fmt.Errorf("inconsistent result: %s was planned as %s and is %s", name, value, got[name])
		}
	}
	return nil
}

// refresh reads the resource.
func (p *process) refresh(ctx context.Context, state State) (State, error) {
	if state.Value == nil {
		return state, nil
	}
	current, err := dynamic(p.typ, *state.Value)
	if err != nil {
		return state, err
	}
	response, err := p.ReadResource(ctx, &tfprotov6.ReadResourceRequest{
		TypeName: resourceType, CurrentState: current, Private: state.Private, CurrentIdentity: state.Identity,
	})
	if err != nil {
		return state, err
	}
	if err := p.hear(response.Diagnostics); err != nil {
		return state, err
	}
	read, err := p.held(response.NewState, response.Private, response.NewIdentity)
	read.Tainted = state.Tainted && read.Value != nil
	return read, err
}

// Plan is a refresh and a plan; it reports whether something would change.
func (t *Terraform) Plan(ctx context.Context, configuration map[string]any) (changes bool, said Diagnostics, err error) {
	p, err := t.start(ctx)
	if err != nil {
		return false, saidBy(p), err
	}
	config := build(p.typ, configuration)
	refreshed, err := p.refresh(ctx, t.State)
	if err != nil {
		return false, p.said, err
	}
	plan, err := p.plan(ctx, &config, refreshed)
	if err != nil {
		return false, p.said, err
	}
	return refreshed.Value == nil || refreshed.Tainted || !plan.value.Equal(*refreshed.Value), p.said, nil
}

func saidBy(p *process) Diagnostics {
	if p == nil {
		return nil
	}
	return p.said
}

// Validate is terraform validate: of the provider block, and of a connector's configuration (nil: there is none).
func (t *Terraform) Validate(ctx context.Context, configuration map[string]any) (Diagnostics, error) {
	p, err := t.serve(ctx)
	if err != nil {
		return nil, err
	}
	block, err := encode(t.schemas.Provider.ValueType(), t.Provider)
	if err != nil {
		return nil, err
	}
	ofProvider, err := p.ValidateProviderConfig(ctx, &tfprotov6.ValidateProviderConfigRequest{Config: block})
	if err != nil {
		return nil, err
	}
	failed := p.hear(ofProvider.Diagnostics)
	if configuration == nil {
		return p.said, failed
	}
	config, err := encode(p.typ, configuration)
	if err != nil {
		return p.said, err
	}
	ofResource, err := p.ValidateResourceConfig(ctx, &tfprotov6.ValidateResourceConfigRequest{
		TypeName: resourceType, Config: config, ClientCapabilities: &tfprotov6.ValidateResourceConfigClientCapabilities{WriteOnlyAttributesAllowed: true},
	})
	if err != nil {
		return p.said, err
	}
	return p.said, errors.Join(failed, p.hear(ofResource.Diagnostics))
}

// Apply is terraform apply: a process that refreshes and plans, and another one that applies.
func (t *Terraform) Apply(ctx context.Context, configuration map[string]any) (Diagnostics, error) {
	return t.ApplyLater(ctx, configuration, configuration)
}

// ApplyLater is Apply with another configuration (some of it Unknown) at plan.
func (t *Terraform) ApplyLater(ctx context.Context, atPlan, configuration map[string]any) (Diagnostics, error) {
	first, err := t.start(ctx)
	if err != nil {
		return saidBy(first), err
	}
	config := build(first.typ, atPlan)

	// Terraform saves the refreshed state with the apply, and not if the plan fails.
	refreshed, err := first.refresh(ctx, t.State)
	if err != nil {
		return first.said, err
	}
	plan, err := first.plan(ctx, &config, refreshed)
	if err != nil {
		return first.said, err
	}
	replaces := refreshed.Value != nil && (plan.replace || refreshed.Tainted)
	if replaces {
		if _, err = first.plan(ctx, &config, State{}); err != nil {
			return first.said, err
		}
	}
	deposed, err := first.refresh(ctx, t.Deposed)
	if err != nil {
		return first.said, err
	}
	t.State, t.Deposed = refreshed, deposed
	unchanged := refreshed.Value != nil && !replaces && plan.value.Equal(*refreshed.Value)
	if unchanged && deposed.Value == nil {
		return first.said, nil
	}
	config = build(first.typ, configuration)
	second, err := t.start(ctx)
	if err == nil {
		err = second.remove(ctx, &t.Deposed)
	}
	if err == nil && !unchanged {
		err = t.carryOut(ctx, second, &config, replaces)
	}
	return append(first.said, saidBy(second)...), err
}

// carryOut is the second half of an apply: Terraform plans once more with what is known by then.
func (t *Terraform) carryOut(ctx context.Context, p *process, config *tftypes.Value, replaces bool) error {
	if replaces {
		t.Deposed, t.State = t.State, State{}
	}
	if replaces && !t.CreateBeforeDestroy {
		if err := p.remove(ctx, &t.Deposed); err != nil {
			t.State, t.Deposed = t.Deposed, State{}
			return err
		}
	}
	plan, err := p.plan(ctx, config, t.State)
	if err == nil {
		t.State, err = p.apply(ctx, config, t.State, plan)
	}
	if t.State.Value == nil { // what was deposed is the current object again
		t.State, t.Deposed = t.Deposed, State{}
	}
	if err != nil {
		return err
	}
	return p.remove(ctx, &t.Deposed)
}

// remove destroys an object of the state, if there is one.
func (p *process) remove(ctx context.Context, state *State) error {
	if state.Value == nil {
		return nil
	}
	plan, err := p.plan(ctx, nil, *state)
	if err != nil {
		return err
	}
	*state, err = p.apply(ctx, nil, *state, plan)
	return err
}

// Destroy is terraform destroy.
func (t *Terraform) Destroy(ctx context.Context) (Diagnostics, error) {
	first, err := t.start(ctx)
	if err != nil {
		return saidBy(first), err
	}
	refreshed, err := first.refresh(ctx, t.State)
	if err != nil {
		return first.said, err
	}
	deposed, err := first.refresh(ctx, t.Deposed)
	if err != nil {
		return first.said, err
	}
	t.State, t.Deposed = refreshed, deposed
	for _, state := range []State{refreshed, deposed} {
		if state.Value == nil {
			continue
		}
		if _, err := first.plan(ctx, nil, state); err != nil {
			return first.said, err
		}
	}
	if refreshed.Value == nil && deposed.Value == nil {
		return first.said, nil
	}
	second, err := t.start(ctx)
	if err == nil {
		err = errors.Join(second.remove(ctx, &t.Deposed), second.remove(ctx, &t.State))
	}
	return append(first.said, saidBy(second)...), err
}

// Import is terraform import.
func (t *Terraform) Import(ctx context.Context, id string) (Diagnostics, error) {
	p, err := t.start(ctx)
	if err != nil {
		return saidBy(p), err
	}
	response, err := p.ImportResourceState(ctx, &tfprotov6.ImportResourceStateRequest{TypeName: resourceType, ID: id})
	if err != nil {
		return p.said, err
	}
	if err := p.hear(response.Diagnostics); err != nil {
		return p.said, err
	}
	imported := response.ImportedResources[0]
	state, err := p.held(imported.State, imported.Private, imported.Identity)
	if err == nil {
		state, err = p.refresh(ctx, state)
	}
	if err == nil && state.Value == nil {
		err = fmt.Errorf("%w: nothing was imported", ErrFailed)
	}
	if err == nil {
		t.State = state
	}
	return p.said, err
}

// Data reads a data source, as a plan does.
func (t *Terraform) Data(ctx context.Context, source string, configuration map[string]any) (*tftypes.Value, Diagnostics, error) {
	p, err := t.start(ctx)
	if err != nil {
		return nil, saidBy(p), err
	}
	typ := t.schemas.DataSourceSchemas[source].ValueType()
	config, err := encode(typ, configuration)
	if err != nil {
		return nil, p.said, err
	}
	response, err := p.ReadDataSource(ctx, &tfprotov6.ReadDataSourceRequest{TypeName: source, Config: config})
	if err != nil {
		return nil, p.said, err
	}
	if err := p.hear(response.Diagnostics); err != nil {
		return nil, p.said, err
	}
	read, err := response.State.Unmarshal(typ)
	return &read, p.said, err
}

// FailedChecks are the failed checks of a report that sekoia_okta_connection_test gave, as diagnostics of a severity:
// the data source itself never fails. It is an error if the report contradicts itself on whether it passed.
func FailedChecks(report tftypes.Value, severity tfprotov6.DiagnosticSeverity) (Diagnostics, error) {
	var (
		fields = map[string]tftypes.Value{}
		checks []tftypes.Value
		failed Diagnostics
		passed bool
	)
	if err := errors.Join(report.As(&fields), fields["checks"].As(&checks), fields["passed"].As(&passed)); err != nil {
		return nil, err
	}
	for _, check := range checks {
		parts, texts := map[string]tftypes.Value{}, map[string]string{}
		if err := check.As(&parts); err != nil {
			return nil, err
		}
		for name, part := range parts {
			var text string
			if part.As(&text) == nil {
				texts[name] = text
			}
		}
		if texts["status"] == "failed" {
			failed = append(failed, &tfprotov6.Diagnostic{
				Severity: severity, Summary: texts["id"], Detail: texts["message"] + "\n" + texts["hint"],
			})
		}
	}
	if passed != (len(failed) == 0) {
		return failed, errors.New("the report passed with failed checks, or failed without one")
	}
	return failed, nil
}

// Invoke runs the sync action.
func (t *Terraform) Invoke(ctx context.Context, configuration map[string]any) (Diagnostics, error) {
	p, err := t.start(ctx)
	if err != nil {
		return saidBy(p), err
	}
	server, ok := p.ProviderServer.(tfprotov6.ActionServer)
	if !ok {
		return p.said, errors.New("the provider serves no actions")
	}
	config, err := encode(t.schemas.ActionSchemas[actionType].Schema.ValueType(), configuration)
	if err != nil {
		return p.said, err
	}
	stream, err := server.InvokeAction(ctx, &tfprotov6.InvokeActionRequest{ActionType: actionType, Config: config})
	if err != nil {
		return p.said, err
	}
	for event := range stream.Events {
		if completed, isEnd := event.Type.(tfprotov6.CompletedInvokeActionEventType); isEnd {
			err = p.hear(completed.Diagnostics)
		}
	}
	return p.said, err
}

// List is terraform query; it returns the names of what was found.
func (t *Terraform) List(ctx context.Context, configuration map[string]any) ([]string, Diagnostics, error) {
	p, err := t.start(ctx)
	if err != nil {
		return nil, saidBy(p), err
	}
	server, ok := p.ProviderServer.(tfprotov6.ListResourceServer)
	if !ok {
		return nil, p.said, errors.New("the provider serves no lists")
	}
	config, err := encode(t.schemas.ListResourceSchemas[resourceType].ValueType(), configuration)
	if err != nil {
		return nil, p.said, err
	}
	stream, err := server.ListResource(ctx, &tfprotov6.ListResourceRequest{
		TypeName: resourceType, Config: config, IncludeResource: true, Limit: 100,
	})
	if err != nil {
		return nil, p.said, err
	}
	var found []string
	for result := range stream.Results {
		err = errors.Join(err, p.hear(result.Diagnostics))
		found = append(found, result.DisplayName)
	}
	return found, p.said, err
}

// Holds reports whether a text is in the state.
func (s State) Holds(text string) bool {
	return s.Value != nil && strings.Contains(s.Value.String(), text) || bytes.Contains(s.Private, []byte(text))
}

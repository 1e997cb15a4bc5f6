// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package faults

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/proving/protocol"
)

// Diagnostics are what a command ended with.
type Diagnostics = protocol.Diagnostics

// Operation is something that a person does with Terraform.
type Operation struct {
	// Name is what the table calls it.
	Name string
	// setup is what its world is like.
	setup setup
	// prepare brings the world to where the operation begins; nil: an empty one.
	prepare func(context.Context, *World) error
	// run is the operation.
	run func(context.Context, *World) (Diagnostics, error)
	// goal is the configuration that a clean apply afterwards has to bring about; nil for what changes nothing.
	goal func(*World) map[string]any
	// prior reports whether the operation begins with a connector in Terraform's state, and never replaces it.
	prior bool
	// before is the configuration that was applied before, if that is another one; else nil.
	before func(*World) map[string]any
	// imports reports whether the operation is an import, which an apply follows.
	imports bool
	// tokenInState reports whether the API token is in the state, as api_token is documented to be.
	tokenInState bool
	// leavesNothing reports whether Sekoia holds nothing after it.
	leavesNothing bool
}

// configuration is a connector, with changes; nil takes an argument out.
func configuration(w *World, changes map[string]any) map[string]any {
	made := map[string]any{
		"name": "Okta devices", "base_url": w.ready.OktaURL, "api_token_wo": w.ready.OktaToken, "api_token_wo_version": "1",
		"sync": map[string]any{"wait_for": "synced"},
	}
	maps.Copy(made, changes)

	// Tokens and hosts are another world's each time.
	own := map[string]string{"api_token": w.ready.OktaToken, "api_token_wo": w.ready.OktaToken, "base_url": w.ready.OktaURL}
	other := map[string]string{"api_token": w.otherToken, "api_token_wo": w.otherToken, "base_url": "http://" + otherName}
	for argument := range own {
		switch made[argument] {
		case "own":
			made[argument] = own[argument]
		case "other":
			made[argument] = other[argument]
		}
	}
	return made
}

// inState is a connector's configuration whose token is in the state.
func inState(token string) map[string]any {
	return map[string]any{"api_token": token, "api_token_wo": nil, "api_token_wo_version": nil}
}

// tokenOf is the token that a configuration gives the connector.
func tokenOf(goal map[string]any) any {
	if token, found := goal["api_token"]; found {
		return token
	}
	return goal["api_token_wo"]
}

// apply is an operation that applies a configuration after another one (nil: after none).
func apply(name string, before, after map[string]any) Operation {
	goal := func(w *World) map[string]any { return configuration(w, after) }
	made := Operation{
		Name: name, goal: goal, tokenInState: before["api_token"] != nil || after["api_token"] != nil,
		run: func(ctx context.Context, w *World) (Diagnostics, error) { return w.Apply(ctx, goal(w)) },
	}
	if before != nil {
		made.prior = true
		made.prepare = func(ctx context.Context, w *World) error { return w.applied(ctx, configuration(w, before)) }
		if !reflect.DeepEqual(before, after) {
			made.before = func(w *World) map[string]any { return configuration(w, before) }
		}
	}
	return made
}

// applied applies without any fault.
func (w *World) applied(ctx context.Context, configuration map[string]any) error {
	said, err := w.Apply(ctx, configuration)
	if err != nil {
		return fmt.Errorf("%w: %s", err, said)
	}
	return nil
}

// Operations are all of them.
func Operations() []Operation {
	plain := map[string]any{}
	stopped := map[string]any{"enabled": false}
	operations := []Operation{
		apply("create", nil, plain),
		apply("create stopped", nil, stopped),
		apply("plan of what is unchanged", plain, map[string]any{"connection_test": map[string]any{"mode": "always"}}),
		apply("update: name", plain, map[string]any{"name": "Renamed"}),
		apply("update: token", plain, map[string]any{"api_token_wo": "other", "api_token_wo_version": "2"}),
		apply("update: sync", map[string]any{"sync": map[string]any{"wait_for": "synced", "triggers": map[string]any{"a": "1"}}},
			map[string]any{"sync": map[string]any{"wait_for": "synced", "triggers": map[string]any{"a": "2"}}}),
		apply("update: disable", plain, stopped),
		apply("update: enable", stopped, plain),
		apply("update: base URL of the same organization", plain, map[string]any{"base_url": "other"}),
		apply("create with api_token", nil, inState("own")),
		apply("update: api_token", inState("own"), inState("other")),
		apply("update: api_token_wo to api_token", plain, inState("own")),
		replace(), replaceByNewFirst(), destroy(), destroyAgain(), imported("import", map[string]any{}), imported("import with api_token", inState("own")),
		invoke(), query(),
	}
	return slices.Concat(operations, repairs(), dataSources(), oauthOperations())
}

func replace() Operation {
	made := apply("replace", map[string]any{}, map[string]any{})
	made.prior = false
	made.prepare = func(ctx context.Context, w *World) error {
		err := w.applied(ctx, configuration(w, nil))
		w.State.Tainted = true
		return err
	}
	return made
}

// replaceByNewFirst is a replacement with create_before_destroy, which needs another name.
func replaceByNewFirst() Operation {
	made := apply("replace, the new one first", map[string]any{}, map[string]any{"name": "Renamed"})
	prepare := replace().prepare
	made.prior, made.before = false, nil
	made.prepare = func(ctx context.Context, w *World) error {
		w.CreateBeforeDestroy = true
		return prepare(ctx, w)
	}
	return made
}

func destroy() Operation {
	made := apply("destroy", map[string]any{}, map[string]any{})
	made.run = func(ctx context.Context, w *World) (Diagnostics, error) { return w.Destroy(ctx) }
	return made
}

// destroyAgain is a destroy after which nothing is applied: the same destroy has to remove what is left.
func destroyAgain() Operation {
	made := destroy()
	made.Name, made.goal, made.leavesNothing = "destroy, and again", nil, true
	return made
}

// forgotten applies a connector, and forgets it.
func forgotten(ctx context.Context, w *World) error {
	err := w.applied(ctx, configuration(w, nil))
	w.State = protocol.State{}
	<-time.After(settled)
	return err
}

func imported(name string, after map[string]any) Operation {
	made := apply(name, nil, after)
	made.imports = true
	made.prepare = forgotten
	made.run = func(ctx context.Context, w *World) (Diagnostics, error) {
		id, err := w.connectorID(ctx)
		if err != nil {
			return nil, err
		}
		return w.Import(ctx, id)
	}
	return made
}

// connectorID is that of the only connector.
func (w *World) connectorID(ctx context.Context) (string, error) {
	_, connectors, err := w.held(ctx)
	if err != nil {
		return "", err
	}
	if len(connectors) != 1 {
		return "", fmt.Errorf("%d connectors are there", len(connectors))
	}
	return connectors[0].UUID, nil
}

func invoke() Operation {
	made := apply("action sync", map[string]any{}, map[string]any{})
	made.run = func(ctx context.Context, w *World) (Diagnostics, error) {
		id, err := w.connectorID(ctx)
		if err != nil {
			return nil, err
		}
		return w.Invoke(ctx, map[string]any{"connector_id": id})
	}
	return made
}

func query() Operation {
	return Operation{
		Name: "list", prepare: forgotten,
		run: func(ctx context.Context, w *World) (Diagnostics, error) {
			found, said, err := w.List(ctx, nil)
			if err == nil {
				slices.Sort(found)
				w.data = strings.Join(found, ", ")
			}
			return said, err
		},
	}
}

// dataSources are an operation for each, or more if its arguments change its calls.
func dataSources() []Operation {
	connector := func(ctx context.Context, w *World) (map[string]any, error) {
		id, err := w.connectorID(ctx)
		return map[string]any{"connector_id": id}, err
	}
	fixed := func(arguments map[string]any) func(context.Context, *World) (map[string]any, error) {
		return func(context.Context, *World) (map[string]any, error) { return arguments, nil }
	}
	return []Operation{
		read("connection test", connectionTest, fixed(nil)),
		read("connector by name", "sekoia_okta_device_connector", fixed(map[string]any{"name": "Okta devices"})),
		read("connectors", "sekoia_okta_device_connectors", fixed(nil)),
		read("device by id", "sekoia_okta_device", func(ctx context.Context, w *World) (map[string]any, error) {
			id, err := w.deviceID(ctx)
			return map[string]any{"id": id}, err
		}),
		paged(read("devices", "sekoia_okta_devices", fixed(nil))),
		read("assets", "sekoia_assets", connector),
		paged(read("coverage", "sekoia_okta_device_coverage", connector)),
	}
}

// paged makes Okta's list of devices longer than a page.
func paged(operation Operation) Operation {
	operation.setup.devices = 203
	return operation
}

func read(name, source string, arguments func(context.Context, *World) (map[string]any, error)) Operation {
	return Operation{
		Name: name, prepare: forgotten,
		run: func(ctx context.Context, w *World) (Diagnostics, error) {
			asked, err := arguments(ctx, w)
			if err != nil {
				return nil, err
			}
			value, said, err := w.Data(ctx, source, asked)
			if err != nil {
				return said, err
			}
			w.data = value.String()
			if source == connectionTest {
				return failedChecks(*value)
			}
			return said, nil
		},
	}
}

// oktaModule is the Okta module of the catalogue, the same in every region.
const oktaModule = "4ef895d1-3f21-4678-8d0a-5c39c37210fe"

const connectionTest = "sekoia_okta_connection_test"

// failedChecks are the failed checks of a connection test as errors: the data source itself never fails.
func failedChecks(report tftypes.Value) (Diagnostics, error) {
	fields := map[string]tftypes.Value{}
	if err := report.As(&fields); err != nil {
		return nil, err
	}
	var (
		said   Diagnostics
		checks []tftypes.Value
	)
	if err := fields["checks"].As(&checks); err != nil {
		return nil, err
	}
	for _, check := range checks {
		parts := map[string]tftypes.Value{}
		if err := check.As(&parts); err != nil {
			return nil, err
		}
		texts := map[string]string{}
		for name, part := range parts {
			var text string
			if part.As(&text) == nil {
				texts[name] = text
			}
		}
		if texts["status"] == "failed" {
			said = append(said, &tfprotov6.Diagnostic{
				Severity: tfprotov6.DiagnosticSeverityError, Summary: texts["id"], Detail: texts["message"] + "\n" + texts["hint"],
			})
		}
	}
	var passed bool
	if err := fields["passed"].As(&passed); err != nil {
		return nil, err
	}
	if passed != (len(said) == 0) {
		return said, errors.New("the report passed with failed checks, or failed without one")
	}
	if !passed {
		return said, protocol.ErrFailed
	}
	return said, nil
}

// deviceID is that of a device.
func (w *World) deviceID(ctx context.Context) (string, error) {
	var state struct {
		Devices []struct {
			ID string `json:"id"`
		} `json:"devices"`
	}
	err := w.call(ctx, http.MethodGet, w.ready.AdminURL+"/_simulator/state", nil, &state)
	if err == nil && len(state.Devices) == 0 {
		err = errors.New("no device is in Okta")
	}
	if err != nil {
		return "", err
	}
	return state.Devices[0].ID, nil
}

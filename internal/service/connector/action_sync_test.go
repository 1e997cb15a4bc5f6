// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package connector_test

import (
	"context"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/acctest"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/simulator"
)

// syncable is a connector that has brought its three devices, and a provider that can make it sync.
func syncable(t *testing.T) (*acctest.Clouds, *protocol, string) {
	t.Helper()
	clouds := acctest.Start(t, func(c *simulator.Config) {
		c.Devices, c.Odd = 3, 0
		c.SyncInterval = 24 * time.Hour // its own next cycle must not bring what the action is to bring, however slow the machine is
	})
	id := madeByHand(t, clouds, "Okta devices")
	settled(t, clouds, id, 3)
	return clouds, speak(t, clouds, nil, nil), id
}

// logPath is where the connector's log is read.
func logPath(id string) string { return connectorsPath + "/" + id + "/logs" }

// hold lets calls that read wait, from the one after skip on.
func hold(path string, skip int) acctest.Fault {
	return acctest.Fault{Cloud: acctest.Sekoia, Method: http.MethodGet, Path: path, Kind: "hold", Skip: skip}
}

func TestSyncActionTellsItsProgressInOrder(t *testing.T) {
	t.Parallel()
	restarts := []string{"The connector's status is RUNNING", "Stopping the connector", "Starting the connector"}
	cases := map[string]struct {
		waitFor string // "": left out
		want    []string
	}{
		"until the cycle has ended, where wait_for is unset": {
			want: append(slices.Clone(restarts), "The connector's status is RUNNING", "The fetch cycle has ended; 4 assets so far",
				"The sync has ended. The connector has brought 4 assets, 1 more than before"),
		},
		"until the cycle has ended": {waitFor: "synced", want: append(slices.Clone(restarts), "The fetch cycle has ended; 4 assets so far")},
		"until the connector runs":  {waitFor: "started", want: append(slices.Clone(restarts), "The connector's status is RUNNING", "The connector runs")},
		"until the start":           {waitFor: "none", want: append(slices.Clone(restarts), "The connector was started")},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			clouds, provider, id := syncable(t)
			clouds.PutDevice(t, "guoNew00000000000001", map[string]any{
				"status":  "ACTIVE",
				"profile": map[string]any{"displayName": "Device 4", "platform": "MACOS", "registered": true, "secureHardwarePresent": true},
			})
			clouds.ResetRequests(t)
			config := values{"connector_id": text(id)}
			if test.waitFor != "" {
				config["wait_for"] = text(test.waitFor)
			}
			result := provider.invoke(t.Context(), t, config, nil)
			succeeded(t, nil, result.diagnostics)
			inOrder(t, result.messages, test.want)
			if last := test.want[len(test.want)-1]; test.waitFor != "synced" && result.messages[len(result.messages)-1] != last {
				t.Errorf("the last message is %q, want %q", result.messages[len(result.messages)-1], last)
			}
			wantWrites(t, clouds, "stop", "start")
			if test.waitFor == "" || test.waitFor == "synced" {
				settled(t, clouds, id, 4)
			}
		})
	}
}

// inOrder checks that messages has all of want, in this order, and none twice in a row.
func inOrder(t *testing.T, messages, want []string) {
	t.Helper()
	next := 0
	for index, message := range messages {
		if index > 0 && message == messages[index-1] {
			t.Errorf("told twice: %q", message)
		}
		if next < len(want) && message == want[next] {
			next++
		}
	}
	if next < len(want) {
		t.Errorf("%q is not told in its place; told were:\n%s", want[next], strings.Join(messages, "\n"))
	}
}

// wantWrites checks which calls on connectors wrote since the log was reset, by the last part of their path.
func wantWrites(t *testing.T, clouds *acctest.Clouds, want ...string) {
	t.Helper()
	var got []string
	for _, request := range clouds.Requests(t).Of(acctest.Sekoia).Writes() {
		got = append(got, request.Path[strings.LastIndex(request.Path, "/")+1:])
	}
	if !slices.Equal(got, want) {
		t.Errorf("wrote %v, want %v", got, want)
	}
}

// wantError checks that the diagnostics are one error, with all of these in it.
func wantError(t *testing.T, diagnostics []*tfprotov6.Diagnostic, parts ...string) {
	t.Helper()
	var failures []string
	for _, diagnostic := range diagnostics {
		if diagnostic.Severity == tfprotov6.DiagnosticSeverityError {
			failures = append(failures, diagnostic.Summary+": "+diagnostic.Detail)
		}
	}
	if len(failures) != 1 {
		t.Fatalf("want one error, got %q", failures)
	}
	for _, part := range parts {
		if !strings.Contains(failures[0], part) {
			t.Errorf("%q is not in %q", part, failures[0])
		}
	}
}

func TestSyncActionThatFails(t *testing.T) {
	t.Parallel()
	pinned := func(status any) func(*testing.T, *acctest.Clouds, string) {
		return func(t *testing.T, clouds *acctest.Clouds, id string) {
			t.Helper()
			clouds.PatchConnector(t, id, map[string]any{"display_status": status})
		}
	}
	cases := map[string]struct {
		before func(*testing.T, *acctest.Clouds, string)
		config values
		want   []string
		writes []string
	}{
		"with the log's line where the cycle does": {
			before: func(t *testing.T, clouds *acctest.Clouds, _ string) {
				t.Helper()
				clouds.SetTokens(t)
			},
			want: []string{": the connector's sync failed", "Error while fetching devices from", "401"}, writes: []string{"stop", "start"},
		},
		"with what is missing where the connector may not be restarted": {
			before: func(t *testing.T, clouds *acctest.Clouds, _ string) {
				t.Helper()
				clouds.SetFaults(t, answer(acctest.Sekoia, http.MethodPost, connectorsPath+"/*", http.StatusForbidden,
					map[string]any{"code": "forbidden", "message": "no"}))
			},
			want: []string{"could not be stopped", "403", "role"}, writes: []string{"stop"},
		},
		"starting it again where the start fails once it is stopped": {
			before: func(t *testing.T, clouds *acctest.Clouds, id string) {
				t.Helper()
				clouds.SetFaults(t, once(answer(acctest.Sekoia, http.MethodPost, connectorsPath+"/"+id+"/start", http.StatusForbidden,
					map[string]any{"code": "forbidden", "message": "no"})))
			},
			want: []string{"was stopped, but could not be started", "It was started again"}, writes: []string{"stop", "start", "start"},
		},
		"without a call where it is stopped":           {before: pinned("STOPPED"), want: []string{"is stopped", "start_if_stopped = true"}},
		"without a call where it is stopping":          {before: pinned("STOPPING"), want: []string{"is stopped", "STOPPING"}},
		"without a call where it stopped by itself":    {before: pinned("CRITICAL_ERROR"), want: []string{"is stopped", "CRITICAL_ERROR"}},
		"without a call where Sekoia gives no status":  {before: pinned(nil), want: []string{"not known", "start_if_stopped = true"}},
		"where start_if_stopped is false, as if unset": {before: pinned("STOPPED"), config: values{"start_if_stopped": boolean(false)}, want: []string{"is stopped"}},
		"where there is no such connector": {
			config: values{"connector_id": text("6bffbac8-3a5d-4b1e-9d5c-0d3b6f6f2f0a")}, want: []string{"no such connector", "404"},
		},
		"where the connector is of another type": {
			before: func(t *testing.T, clouds *acctest.Clouds, id string) {
				t.Helper()
				clouds.PatchConnector(t, id, map[string]any{"connector_uuid": "6bffbac8-3a5d-4b1e-9d5c-0d3b6f6f2f0a"})
			},
			want: []string{": not an Okta Device connector"},
		},
		"where Sekoia is down": {
			before: func(t *testing.T, clouds *acctest.Clouds, id string) {
				t.Helper()
				clouds.SetFaults(t, answer(acctest.Sekoia, http.MethodGet, connectorsPath+"/"+id, http.StatusNotImplemented, map[string]any{}))
			},
			want: []string{"could not be read", "501"},
		},
		"at its timeout, which it names": {
			before: func(t *testing.T, clouds *acctest.Clouds, id string) {
				t.Helper()
				clouds.SetFaults(t, hold(logPath(id), 2))
			},
			config: values{"timeout": text("10s")}, want: []string{"timeout"}, writes: []string{"stop", "start"},
		},
		"at its timeout before the stop, which it does not make": {
			before: func(t *testing.T, clouds *acctest.Clouds, id string) {
				t.Helper()
				clouds.SetFaults(t, hold(logPath(id), 0))
			},
			config: values{"timeout": text("10s")}, want: []string{"could not be stopped", "It was not stopped"},
		},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			clouds, provider, id := syncable(t)
			if test.before != nil {
				test.before(t, clouds, id)
			}
			clouds.ResetRequests(t)
			config := values{"connector_id": text(id)}
			maps.Copy(config, test.config)
			result := provider.invoke(t.Context(), t, config, nil)
			wantError(t, result.diagnostics, test.want...)
			wantWrites(t, clouds, test.writes...)
		})
	}
}

func TestSyncActionStartsAStoppedConnectorWhenTold(t *testing.T) {
	t.Parallel()
	for _, status := range []string{"STOPPED", "CRITICAL_ERROR"} {
		t.Run(status, func(t *testing.T) {
			t.Parallel()
			clouds, provider, id := syncable(t)
			clouds.PatchConnector(t, id, map[string]any{"display_status": status})
			clouds.ResetRequests(t)
			result := provider.invoke(t.Context(), t, values{"connector_id": text(id), "start_if_stopped": boolean(true)}, nil)
			succeeded(t, nil, result.diagnostics)
			inOrder(t, result.messages, []string{
				"The connector's status is " + status, "Starting the connector", "The connector's status is RUNNING",
				"The sync has ended. The connector has brought 3 assets, 0 more than before",
			})
			wantWrites(t, clouds, "start")
		})
	}
}

func TestSyncActionWaitsForARunningCycle(t *testing.T) {
	t.Parallel()
	clouds := acctest.Start(t, func(c *simulator.Config) { c.Devices, c.Odd = 3, 0 })
	// The connector's first cycle goes on until its call is answered.
	clouds.SetFaults(t, acctest.Fault{Cloud: acctest.Okta, Kind: "hold", Connector: true})
	id := madeByHand(t, clouds, "Okta devices")
	provider := speak(t, clouds, nil, nil)
	waiting := "A fetch cycle is running. The stop waits for its end; 0 assets so far"
	clouds.ResetRequests(t)
	begun(t, clouds, id)
	result := provider.invoke(t.Context(), t, values{"connector_id": text(id)}, func(message string) {
		if message == waiting {
			wantWrites(t, clouds)
			clouds.SetFaults(t)
		}
	})
	succeeded(t, nil, result.diagnostics)
	inOrder(t, result.messages, []string{waiting, "Stopping the connector", "Starting the connector"})
	settled(t, clouds, id, 3)
}

// begun waits until the connector's first cycle can be seen in its log.
func begun(t *testing.T, clouds *acctest.Clouds, id string) {
	t.Helper()
	deadline := time.After(20 * time.Second)
	for {
		var log struct {
			Items []struct {
				Message string `json:"message"`
			} `json:"items"`
		}
		clouds.Sekoia(t, http.MethodGet, logPath(id), nil, &log)
		if len(log.Items) > 0 {
			return
		}
		select {
		case <-deadline:
			t.Fatal("the connector wrote no line")
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// promptly is within what a cancelled call ends: about a second if the machine does nothing else, and five more if the
// connector has to be started again and Sekoia does not answer. By itself it would end later: a pause between two looks
// is up to 15 seconds, and a call without an answer ends after 30.
const promptly = 10 * time.Second

func TestSyncActionThatIsCancelled(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		fault  func(id string) acctest.Fault
		at     string // the message at which it is cancelled
		stop   bool   // by StopProvider, as Terraform does it; else by the call's own context
		want   []string
		writes []string
	}{
		"while it waits for the cycle": {
			fault: func(id string) acctest.Fault { return hold(logPath(id), 2) },
			at:    "Starting the connector", want: []string{"interrupted", "The connector continues without it"}, writes: []string{"stop", "start"},
		},
		"while it waits for the cycle, by Terraform": {
			fault: func(id string) acctest.Fault { return hold(logPath(id), 2) }, stop: true,
			at: "Starting the connector", want: []string{"interrupted"}, writes: []string{"stop", "start"},
		},
		"between the stop and the start, and starts the connector again": {
			fault: func(id string) acctest.Fault { return hold(connectorsPath+"/"+id, 1) },
			at:    "Stopping the connector", want: []string{"could not be stopped", "It was started again"}, writes: []string{"stop", "start"},
		},
		"before the stop, and leaves the connector alone": {
			fault: func(id string) acctest.Fault { return hold(logPath(id), 0) },
			at:    "The connector's status is RUNNING", want: []string{"could not be stopped", "It was not stopped"},
		},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			clouds, provider, id := syncable(t)
			clouds.SetFaults(t, test.fault(id))
			clouds.ResetRequests(t)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			var cancelled time.Time
			result := provider.invoke(ctx, t, values{"connector_id": text(id)}, func(message string) {
				if message != test.at {
					return
				}
				time.AfterFunc(time.Second, func() {
					cancelled = time.Now()
					if !test.stop {
						cancel()
						return
					}
					if _, err := provider.server.StopProvider(context.WithoutCancel(ctx), &tfprotov6.StopProviderRequest{}); err != nil {
						t.Error(err)
					}
				})
			})
			if took := time.Since(cancelled); cancelled.IsZero() || took > promptly {
				t.Errorf("it returned %s after it was cancelled at %s", took, cancelled)
			}
			wantError(t, result.diagnostics, test.want...)
			wantWrites(t, clouds, test.writes...)
			clouds.SetFaults(t)
			if status := clouds.State(t).Connectors[0].DisplayStatus; status != "RUNNING" && status != "STARTING" {
				t.Errorf("the connector is left %s", status)
			}
		})
	}
}

func TestSyncActionEndsThoughNobodyTakesItsProgress(t *testing.T) {
	t.Parallel()
	_, provider, id := syncable(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	stream, err := provider.server.InvokeAction(ctx, &tfprotov6.InvokeActionRequest{
		ActionType: syncType, Config: dynamic(t, provider.schemas.ActionSchemas[syncType].Schema.ValueType(), values{"connector_id": text(id)}),
	})
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for range stream.Events {
			cancel() // as a broken connection does
			break
		}
	}()
	select {
	case <-ended:
	case <-time.After(promptly):
		t.Error("the stream did not end")
	}
}

func TestSyncActionConfiguration(t *testing.T) {
	t.Parallel()
	id := text("6bffbac8-3a5d-4b1e-9d5c-0d3b6f6f2f0a")
	unknown := tftypes.NewValue(tftypes.String, tftypes.UnknownValue)
	cases := map[string]struct {
		config values
		want   string // "": it is fine
	}{
		"a connector alone is enough": {config: values{"connector_id": id}},
		"everything at once":          {config: values{"connector_id": id, "wait_for": text("none"), "start_if_stopped": boolean(true), "timeout": text("90m")}},
		"what is not known yet is no error": {
			config: values{"connector_id": unknown, "wait_for": unknown, "start_if_stopped": tftypes.NewValue(tftypes.Bool, tftypes.UnknownValue), "timeout": unknown},
		},
		"a name is no connector_id":         {config: values{"connector_id": text("Okta devices")}, want: "UUID"},
		"another word is no wait_for":       {config: values{"connector_id": id, "wait_for": text("done")}, want: "synced"},
		"a number alone is no timeout":      {config: values{"connector_id": id, "timeout": text("30")}, want: `timeout: "30" must be a duration`},
		"nothing is no timeout":             {config: values{"connector_id": id, "timeout": text("0s")}, want: "must be a duration longer than zero"},
		"less than nothing is no timeout":   {config: values{"connector_id": id, "timeout": text("-5m")}, want: "must be a duration longer than zero"},
		"an empty text is no id":            {config: values{"connector_id": text("")}, want: "UUID"},
		"a connector_id in capitals is one": {config: values{"connector_id": text("6BFFBAC8-3A5D-4B1E-9D5C-0D3B6F6F2F0A")}},
	}
	clouds := acctest.Start(t)
	provider := speak(t, clouds, nil, nil)
	of := provider.schemas.ActionSchemas[syncType].Schema.ValueType()
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			config := dynamic(t, of, test.config)
			validated, err := provider.server.ValidateActionConfig(t.Context(), &tfprotov6.ValidateActionConfigRequest{ActionType: syncType, Config: config})
			if err != nil {
				t.Fatal(err)
			}
			if test.want != "" {
				wantError(t, validated.Diagnostics, test.want)
				return
			}
			succeeded(t, nil, validated.Diagnostics)
			planned, err := provider.server.PlanAction(t.Context(), &tfprotov6.PlanActionRequest{ActionType: syncType, Config: config})
			succeeded(t, err, planned.Diagnostics)
		})
	}
	t.Cleanup(func() {
		if calls := clouds.Requests(t); len(calls) > 0 {
			t.Errorf("a plan of an action makes no call:\n%s", calls)
		}
	})
}

func TestSyncActionNeedsAKey(t *testing.T) {
	t.Parallel()
	provider := speak(t, acctest.Start(t), map[string]string{"SEKOIA_API_KEY": ""}, nil)
	result := provider.invoke(t.Context(), t, values{"connector_id": text("6bffbac8-3a5d-4b1e-9d5c-0d3b6f6f2f0a")}, nil)
	wantError(t, result.diagnostics, "SEKOIA_API_KEY")
}

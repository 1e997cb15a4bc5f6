// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package network_test

import (
	"context"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/proving/protocol"
)

// messagesVariable names a file for all messages of the table, for people who want to read them.
const messagesVariable = "NETWORK_MESSAGES"

// longestPlan is what a person waits at most for a plan to say something, with default settings.
const longestPlan = 2 * time.Minute

// place is what is being done when the trouble begins.
type place struct {
	name string
	// cloud and victim are whose side has the trouble.
	cloud, victim string
	// after is the call that is still answered; "": none.
	after string
	// prepare brings the world there.
	prepare func(context.Context, *internet) error
	run     func(context.Context, *internet) (protocol.Diagnostics, error)
	// call is part of the path of the call that fails.
	call string
	// warns reports whether the run continues with a warning; else it fails with one error.
	warns bool
	// calls is how many calls one run may make to the victim, not counting repeats.
	calls int
	// repeats is how often each may be repeated.
	repeats int
	// writes reports whether something is written before the trouble begins.
	writes bool
	// noGoal reports whether nothing is applied afterwards.
	noGoal bool
}

func (n *internet) plan(ctx context.Context) (protocol.Diagnostics, error) {
	_, said, err := n.Plan(ctx, n.configuration(oktaHost))
	return said, err
}

func (n *internet) applied(ctx context.Context) error {
	said, err := n.Apply(ctx, n.configuration(oktaHost))
	if err != nil {
		return fmt.Errorf("%w: %s", err, said)
	}
	return nil
}

func read(source string) func(context.Context, *internet) (protocol.Diagnostics, error) {
	return func(ctx context.Context, n *internet) (protocol.Diagnostics, error) {
		_, said, err := n.Data(ctx, source, nil)
		return said, err
	}
}

// tested reads the connection test, and gives its failed checks as warnings: the data source itself never fails.
func tested(ctx context.Context, n *internet) (protocol.Diagnostics, error) {
	value, said, err := n.Data(ctx, "sekoia_okta_connection_test", nil)
	if err != nil {
		return said, err
	}
	failed, err := protocol.FailedChecks(*value, tfprotov6.DiagnosticSeverityWarning)
	return append(said, failed...), err
}

func places() []place {
	plan := func(ctx context.Context, n *internet) (protocol.Diagnostics, error) { return n.plan(ctx) }
	apply := func(ctx context.Context, n *internet) (protocol.Diagnostics, error) {
		return n.Apply(ctx, n.configuration(oktaHost))
	}
	applied := func(ctx context.Context, n *internet) error { return n.applied(ctx) }
	app := func(_ context.Context, n *internet) error { n.serviceApp(); return nil }
	return []place{
		{name: "plan of a create, Okta", cloud: "Okta", victim: oktaHost, run: plan, call: "/.well-known/okta-organization", warns: true, calls: 1, repeats: 1},
		{name: "plan of a create, Sekoia", cloud: "Sekoia", victim: sekoiaHost, run: plan, call: "/v1/me", warns: true, calls: 7, repeats: 1}, // five of the test, two of the look for a duplicate
		{name: "plan of a create, custom domain", cloud: "Okta", victim: customHost, call: "login.acme.example", calls: 1, repeats: 1,
			run: func(ctx context.Context, n *internet) (protocol.Diagnostics, error) {
				_, said, err := n.Plan(ctx, n.configuration(customHost))
				return said, err
			}},
		{name: "refresh", cloud: "Sekoia", victim: sekoiaHost, prepare: applied, run: plan, call: "/v1/symphony/connector-configurations", calls: 3, repeats: 4},
		{name: "create, after its account", cloud: "Sekoia", victim: sekoiaHost, run: apply, after: "POST /v1/symphony/module-configurations",
			call: "/v1/symphony/connector-configurations", calls: 3, repeats: 4, writes: true},
		{name: "Okta's devices", cloud: "Okta", victim: oktaHost, run: read("sekoia_okta_devices"), call: "/.well-known/okta-organization", calls: 1, repeats: 4},
		{name: "Okta's devices, the second call", cloud: "Okta", victim: oktaHost, run: read("sekoia_okta_devices"),
			after: "GET /.well-known/okta-organization", call: "/api/v1/devices", calls: 1, repeats: 4},
		{name: "the token endpoint", cloud: "Okta", victim: oktaHost, prepare: app, run: read("sekoia_okta_devices"),
			after: "GET /.well-known/okta-organization", call: "/oauth2/v1/token", calls: 1, repeats: 4, noGoal: true},
		{name: "Sekoia's connectors", cloud: "Sekoia", victim: sekoiaHost, run: read("sekoia_okta_device_connectors"),
			call: "/v1/symphony/connector-configurations", calls: 1, repeats: 4},
		{name: "connection test, Okta", cloud: "Okta", victim: oktaHost, run: tested, call: "/.well-known/okta-organization", warns: true, calls: 1, repeats: 1},
		{name: "connection test, Sekoia", cloud: "Sekoia", victim: sekoiaHost, run: tested, call: "/v1/me", warns: true, calls: 5, repeats: 1},
	}
}

func TestEachTroubleAtEachPlace(t *testing.T) {
	t.Parallel()
	book := &messages{}
	t.Run("table", func(t *testing.T) {
		t.Parallel()
		for _, at := range places() {
			t.Run(at.name, func(t *testing.T) {
				t.Parallel()
				for _, some := range troubles() {
					if some.whole && at.after != "" {
						continue // no call would be answered before
					}
					t.Run(some.name, func(t *testing.T) { //nolint:paralleltest // a bubble each; the places are parallel
						synctest.Test(t, func(t *testing.T) { meet(t, at, some, book) })
					})
				}
			})
		}
	})
	t.Cleanup(func() { book.write(t) })
}

// meet is one cell.
func meet(t *testing.T, at place, some trouble, book *messages) {
	t.Helper()
	n := newInternet(t)
	ctx := t.Context()
	if at.prepare != nil {
		if err := at.prepare(ctx, n); err != nil {
			t.Fatal(err)
		}
	}
	accounts, connectors := n.held()
	n.begin(some, at.victim, at.after)
	began := time.Now()
	said, err := at.run(ctx, n)
	took := time.Since(began)
	book.add(at, some, took, said)
	if at.warns != (err == nil) {
		t.Fatalf("it ended with %v:\n%s", err, said)
	}
	judge(t, at, some, said)
	n.judgeAttempts(at, some, took)
	if a, c := n.held(); !at.writes && (a != accounts || c != connectors) {
		t.Errorf("something was written: %d accounts and %d connectors", a, c)
	}
	if at.warns && strings.HasPrefix(at.name, "plan") {
		if said, err := n.Apply(ctx, n.configuration(oktaHost)); err == nil || len(said.Errors()) != 1 {
			t.Errorf("the apply ended with %v:\n%s", err, said)
		}
		if a, c := n.held(); a != 0 || c != 0 {
			t.Errorf("an apply wrote: %d accounts and %d connectors", a, c)
		}
	}
	n.repair()
	if at.noGoal {
		return
	}
	if err := n.applied(ctx); err != nil {
		t.Errorf("after it was mended: %v", err)
	}
	if a, c := n.held(); a != 1 || c != 1 {
		t.Errorf("after it was mended there are %d accounts and %d connectors", a, c)
	}
}

// judge checks what a person reads.
func judge(t *testing.T, at place, some trouble, said protocol.Diagnostics) {
	t.Helper()
	if len(said) != 1 {
		t.Fatalf("%d diagnostics:\n%s", len(said), said)
	}
	text := said[0].Summary + "\n" + said[0].Detail
	for _, part := range []string{at.cloud, at.victim, at.call, some.what, some.says} {
		if !strings.Contains(strings.ReplaceAll(text, "\n", " "), part) {
			t.Errorf("it does not say %q:\n%s", part, text)
		}
	}
	for _, other := range troubles() {
		if other.says != some.says && strings.Contains(text, other.says) {
			t.Errorf("it has the hint of %q:\n%s", other.name, text)
		}
	}
	for _, never := range []string{"hunter2", "canary", "context deadline exceeded"} {
		if strings.Contains(text, never) {
			t.Errorf("it says %q:\n%s", never, text)
		}
	}
	if lines := strings.Count(text, "\n") + 1; lines > 7 {
		t.Errorf("%d lines:\n%s", lines, text)
	}
	if some.byURL && at.cloud == "Sekoia" && !strings.Contains(text, "SEKOIA_BASE_URL") {
		t.Errorf("it does not say where the URL is set:\n%s", text)
	}
	attribute := said[0].Attribute != nil && strings.Contains(said[0].Attribute.String(), "base_url") || strings.Contains(said[0].Summary, "okta.base_url")
	if at.warns && strings.HasPrefix(at.name, "plan") && at.cloud == "Okta" && some.byURL != attribute {
		t.Errorf("on base_url: %t:\n%s", attribute, text)
	}
}

// judgeAttempts counts the attempts.
func (n *internet) judgeAttempts(at place, some trouble, took time.Duration) {
	n.t.Helper()
	n.mu.Lock()
	defer n.mu.Unlock()
	most := at.calls * (1 + at.repeats)
	if some.lasts {
		most = at.calls
	}
	if some.redials {
		most *= 7 // net/http's own bound, for what HTTP/2 says was not begun
	}
	attempts := n.dials
	if some.answer != nil {
		attempts = n.requests
	}
	if attempts == 0 || attempts > most {
		n.t.Errorf("%d attempts, want 1 to %d", attempts, most)
	}
	if took > longestPlan {
		n.t.Errorf("it took %s", took)
	}
}

// messages are all that was said, for a reader.
type messages struct {
	mu    sync.Mutex
	texts []string
}

func (m *messages) add(at place, some trouble, took time.Duration, said protocol.Diagnostics) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.texts = append(m.texts, fmt.Sprintf("=== %s: %s (after %s)\n%s\n", at.name, some.name, took.Round(100*time.Millisecond), said))
}

func (m *messages) write(t *testing.T) {
	t.Helper()
	file := os.Getenv(messagesVariable)
	if file == "" {
		return
	}
	if err := os.WriteFile(file, []byte(strings.Join(m.texts, "\n")), 0o600); err != nil { //nolint:gosec // whoever runs the test names the file
		t.Error(err)
	}
}

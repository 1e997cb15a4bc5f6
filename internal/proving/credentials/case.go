// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package credentials

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/proving/protocol"
)

// Outcome is how a case ended.
type Outcome string

// The outcomes.
const (
	// AtValidate, AtPlan and AtApply are where the first error was.
	AtValidate Outcome = "refused at validate"
	AtPlan     Outcome = "refused at plan"
	AtApply    Outcome = "refused at apply"
	// Allowed is a success.
	Allowed Outcome = "allowed"
	// Wrong is everything else: Result.Complaints say what.
	Wrong Outcome = "WRONG"
)

// Case is a way with a host.
type Case struct {
	Way  Way
	Host Host
	// leak gives a credential away instead of the provider, to show that the judge notices. nil: no leak.
	leak func(ctx context.Context, w *World, url string) error
}

// String names it.
func (c Case) String() string { return c.Way.Name + ": " + c.Host.Name }

// Result is the result of a case.
type Result struct {
	Case
	Outcome    Outcome
	Complaints []string
	// Carried is how many requests had a credential.
	Carried int
}

// rest is how long a connector sleeps after a cycle: longer than any case.
const rest = 48 * time.Hour

// settled is long enough for the simulated connector to have called.
const settled = 10 * time.Second

// choice is the share of the cases that run if not all are asked for: one of so many.
const choice = 16

// Cases are those of the table, by their way. A choice has every host for some ways, and a share of them for the
// others.
func Cases(all bool) [][]Case {
	var cases [][]Case
	for row, way := range Ways() {
		var some []Case
		for column, host := range Hosts(way.Cloud) {
			if all || way.chosen || (row*5+column)%choice == 0 || host.rule != Never && (row+column)%4 == 0 {
				some = append(some, Case{Way: way, Host: host})
			}
		}
		cases = append(cases, some)
	}
	return cases
}

// Run runs the case. It must be called in a bubble of testing/synctest.
func (c Case) Run(ctx context.Context) Result {
	result := Result{Case: c, Outcome: Wrong}
	w, err := NewWorld(ctx)
	if err != nil {
		result.Complaints = []string{err.Error()}
		return result
	}
	defer w.Close() //nolint:errcheck // what does not end fails the bubble
	url := c.Host.URL(c.Way.Cloud)
	c.allow(w)
	if c.Way.set != nil {
		c.Way.set(w, url)
	}
	run := c.Way.run(ctx, w, url)
	result.Outcome = run.Stage
	if c.leak != nil {
		if err := c.leak(ctx, w, url); err != nil {
			result.complain(err.Error())
		}
	}
	<-time.After(settled)
	result.judge(ctx, w, run)
	return result
}

// allow lets credentials go to the host's origin, if its rule allows that.
func (c Case) allow(w *World) {
	w.mu.Lock()
	defer w.mu.Unlock()
	cloud, passes := c.Way.Cloud, c.Way.allows(c.Host) != Refused
	switch c.Host.rule {
	case Always:
		w.allowed[cloud] = append(w.allowed[cloud], c.Host.Origin(cloud))
	case Loopback, Listed:
		if c.Way.allows(c.Host) == Passes {
			w.allowed[cloud] = append(w.allowed[cloud], c.Host.Origin(cloud))
		}
	case Proved:
		// The provider itself sends nothing to a custom domain; Sekoia's connector does, once it is proved.
		w.custom = passes
	case Never:
		if c.Host.harmless {
			w.allowed[cloud] = append(w.allowed[cloud], c.Host.Origin(cloud))
		}
	}
}

func (r *Result) complain(complaints ...string) {
	if len(complaints) > 0 {
		r.Outcome = Wrong
		r.Complaints = append(r.Complaints, complaints...)
	}
}

// judge checks what happened.
func (r *Result) judge(ctx context.Context, w *World, run Run) {
	w.mu.Lock()
	r.Carried = w.carried
	r.complain(w.leaks...)
	w.mu.Unlock()
	if run.Broken != nil {
		r.complain("neither success nor diagnostics: " + run.Broken.Error())
	}
	switch wanted := r.Way.allows(r.Host); {
	case wanted == Refused && run.Stage == Allowed:
		r.complain("it was not refused")
	case wanted == Passes && run.Stage != Allowed && !r.Host.odd:
		r.complain("it was " + string(run.Stage) + ": " + run.Said.Errors().String())
	}
	r.judgeText(w, run)
	r.judgeStored(ctx, w)
}

// judgeText checks the diagnostics.
func (r *Result) judgeText(w *World, run Run) {
	text := run.Said.String()
	if strings.Contains(text, canary) {
		r.complain("a diagnostic repeats what the attacker said: " + text)
	}
	if holds(text, append(slices.Clone(w.oktaSecrets), w.sekoiaSecrets...)) {
		r.complain("a diagnostic shows a secret")
	}
	if run.Stage != Allowed && len(run.Said.Errors()) > 0 && !r.named(run.Said.Errors()) {
		r.complain("no error names what fixes it: " + run.Said.Errors().String())
	}
}

// named reports whether an error names an attribute, a variable or a call that fixes it.
func (r *Result) named(failed protocol.Diagnostics) bool {
	names := r.Way.names
	if len(names) == 0 {
		names = []string{"base_url", "SEKOIA_TRUSTED_OKTA_HOSTS", "SEKOIA_BASE_URL", "OKTA_CLIENT_ORGURL", "OKTA_BASE_URL"}
	}
	for _, diagnostic := range failed {
		text := diagnostic.Summary + "\n" + diagnostic.Detail
		if diagnostic.Attribute != nil {
			text += "\n" + diagnostic.Attribute.String()
		}
		if slices.ContainsFunc(names, func(name string) bool { return strings.Contains(text, name) }) {
			return true
		}
	}
	return false
}

// judgeStored looks at what Sekoia holds: none of our tokens with a URL that it may not go to.
func (r *Result) judgeStored(ctx context.Context, w *World) {
	accounts, err := w.accounts(ctx)
	if err != nil {
		r.complain(err.Error())
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, account := range accounts {
		if stored := fmt.Sprint(account.Value["base_url"]); !w.mayStore(stored) {
			r.complain(fmt.Sprintf("an account holds a token with %q", stored))
		}
	}
}

func isFailed(err error) bool { return errors.Is(err, protocol.ErrFailed) }

// failedChecks are the failed checks of a connection test as errors: the data source itself never fails.
func failedChecks(report tftypes.Value) (protocol.Diagnostics, error) {
	said, err := protocol.FailedChecks(report, tfprotov6.DiagnosticSeverityError)
	for _, check := range said {
		check.Summary += " base_url"
	}
	if err == nil && len(said) > 0 {
		err = protocol.ErrFailed
	}
	return said, err
}

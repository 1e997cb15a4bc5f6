// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package preflight

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/okta"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/sekoia"
)

// A check asks one question. Its answer is a Check without an id.
type check struct {
	id CheckID
	// after are checks further up in the list. Where one of them failed or was skipped, this one is skipped; otherwise
	// it is asked when all have ended.
	after []CheckID
	ask   func(ctx context.Context, r *run) Check
}

// allChecks are the checks in the order of a report.
func allChecks() []check { return slices.Concat(oktaChecks, sekoiaChecks) }

// run is one test under way. What several checks look at is fetched once, by whichever comes first.
type run struct {
	tester  *Tester
	input   Input
	resolve func() (*okta.Resolution, error)
	devices func() (*okta.DevicesPage, error)

	// begun are Sekoia's calls, which go out at once.
	begun       sync.WaitGroup
	profile     func() (*sekoia.Profile, error)
	permissions func() ([]sekoia.Permission, error)
	communities func() ([]string, error)
	connector   func() (*sekoia.CatalogueEntry, error)
	module      func() (*sekoia.CatalogueEntry, error)
}

// newRun makes a run whose calls end with ctx.
func newRun(ctx context.Context, tester *Tester, input Input) *run {
	r := &run{tester: tester, input: input}
	r.resolve = sync.OnceValues(func() (*okta.Resolution, error) {
		base := input.OktaBaseURL
		return tester.sharedResolution(base).get(ctx, nil, within(tester, tester.resolver(base)))
	})
	r.devices = sync.OnceValues(func() (*okta.DevicesPage, error) { return r.firstPage(ctx) })
	r.profile = fromSekoia(ctx, r, &tester.profile, (*sekoia.Client).Me)
	r.permissions = fromSekoia(ctx, r, &tester.permissions, (*sekoia.Client).Permissions)
	r.communities = fromSekoia(ctx, r, &tester.communities, (*sekoia.Client).Communities)
	r.connector = fromSekoia(ctx, r, &tester.connector, func(c *sekoia.Client, ctx context.Context) (*sekoia.CatalogueEntry, error) {
		return c.CatalogueConnector(ctx, sekoia.OktaDeviceConnectorID)
	})
	r.module = fromSekoia(ctx, r, &tester.module, func(c *sekoia.Client, ctx context.Context) (*sekoia.CatalogueEntry, error) {
		return c.CatalogueModule(ctx, sekoia.OktaModuleID)
	})
	return r
}

// report asks all checks, each as soon as those before it allow it: this is also what lets the two clouds be asked at
// the same time. It ends when all that it began has.
func (r *run) report(ctx context.Context) *Report {
	checks := allChecks()
	defer r.begun.Wait()
	results := make([]Check, len(checks))
	ended := make(map[CheckID]chan struct{}, len(checks))
	for _, c := range checks {
		ended[c.id] = make(chan struct{})
	}
	result := func(id CheckID) Check {
		<-ended[id]
		return results[slices.IndexFunc(checks, func(c check) bool { return c.id == id })]
	}
	for i, c := range checks {
		go func() {
			defer close(ended[c.id])
			results[i] = r.outcome(ctx, c, result)
		}()
	}
	for _, c := range checks {
		<-ended[c.id]
	}
	return r.conclude(results)
}

// outcome asks c, or says why it is skipped.
func (r *run) outcome(ctx context.Context, c check, result func(CheckID) Check) Check {
	finding := Check{}
	for _, id := range c.after {
		switch earlier := result(id); earlier.Status {
		case StatusFailed:
			finding = skipped(fmt.Sprintf("Not checked, because %s failed.", id))
		case StatusSkipped:
			finding = skipped(earlier.Message)
		default:
			continue
		}
		break
	}
	if finding.Status == "" {
		finding = c.ask(ctx, r)
		finding = finding.namingCall(calls[c.id])
	}
	finding.ID = c.id
	return finding
}

// calls are what the checks ask. Those that share a call's answer with another are not here.
var calls = map[CheckID]string{ //nolint:gosec // paths, and no credentials
	OktaReachable:            "GET /.well-known/okta-organization",
	OktaCredentials:          "GET /api/v1/devices",
	SekoiaCredentials:        "GET /v1/me",
	SekoiaPermissions:        "GET /v1/me/permissions",
	SekoiaCommunity:          "GET /v1/me/communities",
	SekoiaConnectorAvailable: "GET /v1/symphony/connectors/" + sekoia.OktaDeviceConnectorID,
}

// namingCall is a finding that nothing could be learned from with the call, if it does not say it already: the error of
// a wait that ended, or of a redirect, does not know it.
func (c Check) namingCall(call string) Check {
	_, path, known := strings.Cut(call, " ")
	unanswered := c.Inconclusive || strings.Contains(c.Message, "answered with a redirect")
	if known && unanswered && !strings.Contains(c.Message, path) {
		c.Message = lines(c.Message, "The call was "+call+".")
	}
	return c
}

// conclude makes the report of the results. It makes no call: what it reads has been asked for by then, or was never
// worth asking.
func (r *run) conclude(results []Check) *Report {
	report := &Report{Checks: results, TestedFrom: testedFrom, Custom: r.custom()}
	if r.input.OktaBaseURL != nil {
		report.Host = okta.ShownHost(r.input.OktaBaseURL.Host)
	}
	if report.Check(OktaReachable).Status != StatusPassed {
		return report
	}
	if resolution, err := r.resolve(); err == nil {
		report.API, report.Custom = resolution.API, resolution.Custom
		report.OrganizationID = resolution.Organization.ID
	}
	return report
}

// cancelled is the report for a caller that did not wait for the end.
func cancelled(cause error) *Report {
	report := &Report{TestedFrom: testedFrom}
	for _, c := range allChecks() {
		finding := skipped("Not checked, because the run was cancelled.")
		if len(c.after) == 0 {
			finding = inconclusive(TargetNone, "The run was cancelled before the test ended: "+cause.Error()+".", "Run it again.")
		}
		finding.ID = c.id
		report.Checks = append(report.Checks, finding)
	}
	return report
}

func passed(message string) Check { return Check{Status: StatusPassed, Message: message} }

func skipped(message string) Check { return Check{Status: StatusSkipped, Message: message} }

func warning(target Target, message, hint string) Check {
	return Check{Status: StatusWarning, Target: target, Message: message, Hint: hint}
}

func rejected(target Target, message, hint string) Check {
	return Check{Status: StatusFailed, Target: target, Message: message, Hint: hint}
}

func inconclusive(target Target, message, hint string) Check {
	return Check{Status: StatusFailed, Inconclusive: true, Target: target, Message: message, Hint: hint}
}

// lines joins sentences, each on a line of its own; empty ones are left out.
func lines(sentences ...string) string {
	return strings.Join(slices.DeleteFunc(sentences, func(s string) bool { return s == "" }), "\n")
}

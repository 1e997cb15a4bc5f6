// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package preflight

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/memo"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/okta"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/sekoia"
)

// CheckID names a check for good: people and policies refer to it, and each has a section in the guide
// "Troubleshooting".
type CheckID string

// The ids that code refers to.
const (
	OktaReachable     CheckID = "okta_reachable"
	OktaCredentials   CheckID = "okta_credentials"
	SekoiaCredentials CheckID = "sekoia_credentials" //nolint:gosec // the name of a check
	SekoiaCommunity   CheckID = "sekoia_community"
)

// A check asks one question.
type check struct {
	id CheckID
	// after are checks further up in the table. If one of them failed or was skipped, this one is skipped. Otherwise it
	// is asked when all of them have ended.
	after []CheckID
	// call is what it asks; "" if it reads an answer that another check has asked for.
	call string
	// ask returns the finding, without an id.
	ask func(ctx context.Context, r *run) Check
}

// checks are all checks, in the order of a report. A test makes at most three calls to Okta: one or two for the
// organization (a custom domain's own host is asked too), and one for a page of devices, besides those for a service
// app's access token. It makes five to Sekoia, whose answers all tests of a process share.
var checks = []check{
	{id: OktaReachable, call: "GET /.well-known/okta-organization", ask: askOrganization},
	{id: "okta_identity_engine", after: []CheckID{OktaReachable}, ask: askEngine},
	{id: OktaCredentials, after: []CheckID{"okta_identity_engine"}, call: "GET /api/v1/devices", ask: askCredentials},
	{id: "okta_devices_read", after: []CheckID{OktaCredentials}, ask: askDevicesRead},
	{id: "okta_inventory", after: []CheckID{"okta_devices_read"}, ask: askInventory},
	{id: "okta_rate_limit", after: []CheckID{"okta_devices_read"}, ask: askRateLimit},
	{id: SekoiaCredentials, call: "GET /v1/me", ask: askProfile},
	{id: "sekoia_permissions", after: []CheckID{SekoiaCredentials}, call: "GET /v1/me/permissions", ask: askPermissions},
	{id: SekoiaCommunity, after: []CheckID{SekoiaCredentials}, call: "GET /v1/me/communities", ask: askCommunity},
	{
		id: "sekoia_connector_available", after: []CheckID{SekoiaCredentials},
		call: "GET /v1/symphony/connectors/" + sekoia.OktaDeviceConnectorID, ask: askCatalogue,
	},
}

// run is one test under way. What several checks look at is fetched once.
type run struct {
	tester *Tester
	input  Input
	// begun are the calls that have gone out.
	begun sync.WaitGroup

	resolve     func() (*okta.Resolution, error)
	devices     func() (*okta.DevicesPage, error) // goes out when a check first asks for it
	profile     func() (*sekoia.Profile, error)
	permissions func() ([]sekoia.Permission, error)
	communities func() ([]string, error)
	connector   func() (*sekoia.CatalogueEntry, error)
	module      func() (*sekoia.CatalogueEntry, error)
}

// newRun makes a run whose calls end with ctx. The calls that need no other's answer go out at once.
func newRun(ctx context.Context, tester *Tester, input Input) *run {
	r := &run{tester: tester, input: input}
	if input.OktaBaseURL != nil {
		r.resolve = begin(r, func() (*okta.Resolution, error) { return tester.resolution(ctx, input.OktaBaseURL, tester.limitLoad) })
	}
	var once sync.Once
	var page func() (*okta.DevicesPage, error)
	r.devices = func() (*okta.DevicesPage, error) {
		once.Do(func() { page = begin(r, func() (*okta.DevicesPage, error) { return r.firstPage(ctx) }) })
		return page()
	}
	if tester.config.Sekoia == nil {
		return r
	}
	client := tester.config.Sekoia
	r.profile = beginShared(ctx, r, "profile", client.Me)
	r.permissions = beginShared(ctx, r, "permissions", client.Permissions)
	r.communities = beginShared(ctx, r, communitiesKey, client.Communities)
	r.connector = beginShared(ctx, r, "connector", func(ctx context.Context) (*sekoia.CatalogueEntry, error) {
		return client.CatalogueConnector(ctx, sekoia.OktaDeviceConnectorID)
	})
	r.module = beginShared(ctx, r, "module", func(ctx context.Context) (*sekoia.CatalogueEntry, error) {
		return client.CatalogueModule(ctx, sekoia.OktaModuleID)
	})
	return r
}

// begin makes a call at once. The result waits for it.
func begin[T any](r *run, load func() (T, error)) func() (T, error) {
	var (
		value T
		err   error
		ended = make(chan struct{})
	)
	r.begun.Go(func() {
		defer close(ended)
		value, err = load()
	})
	return func() (T, error) {
		<-ended
		return value, err
	}
}

// beginShared is begin for a call whose answer all runs of the tester share.
func beginShared[T any](ctx context.Context, r *run, key string, load func(context.Context) (T, error)) func() (T, error) {
	return begin(r, func() (T, error) { return memo.Remember(ctx, r.tester.memo, key, limited(r.tester.limitLoad, load)) })
}

// report asks all checks, each as soon as those before it allow it: so the two clouds are asked at the same time. It
// ends when all that it began has ended.
func (r *run) report(ctx context.Context) *Report {
	defer r.begun.Wait()
	results := make([]Check, len(checks))
	ended := make(map[CheckID]chan struct{}, len(checks))
	for _, c := range checks {
		ended[c.id] = make(chan struct{})
	}
	for i, c := range checks {
		go func() {
			defer close(ended[c.id])
			results[i] = r.outcome(ctx, c, func(id CheckID) Check {
				<-ended[id]
				return results[slices.IndexFunc(checks, func(c check) bool { return c.id == id })]
			})
		}()
	}
	for _, c := range checks {
		<-ended[c.id]
	}
	return r.conclude(results)
}

// outcome asks c, or says why it is skipped.
func (r *run) outcome(ctx context.Context, c check, result func(CheckID) Check) Check {
	for _, id := range c.after {
		switch earlier := result(id); earlier.Status {
		case StatusFailed:
			return c.skipped(fmt.Sprintf("Not checked, because %s failed.", id))
		case StatusSkipped:
			return c.skipped(earlier.Message)
		}
	}
	finding := c.ask(ctx, r)
	if finding.ID = c.id; finding.anonymous && c.call != "" {
		finding.Message = lines(finding.Message, "The call was "+c.call+".")
	}
	return finding
}

// conclude makes the report of the results. It makes no call.
func (r *run) conclude(results []Check) *Report {
	report := &Report{Checks: results, TestedFrom: testedFrom}
	if r.input.OktaBaseURL != nil {
		report.Host = okta.ShownHost(r.input.OktaBaseURL.Host)
	}
	if report.Check(OktaReachable).Status == StatusPassed {
		if resolution, err := r.resolve(); err == nil {
			report.OrganizationID = resolution.Organization.ID
		}
	}
	return report
}

// canceled is the report for a caller that did not wait for the end.
func canceled(cause error) *Report {
	report := &Report{TestedFrom: testedFrom}
	for _, c := range checks {
		finding := c.skipped("Not checked, because the run was canceled.")
		if len(c.after) == 0 {
			finding = failed("", "the run was canceled", "The run was canceled before the test ended: "+cause.Error()+".", "Run it again.")
			finding.ID, finding.Inconclusive = c.id, true
		}
		report.Checks = append(report.Checks, finding)
	}
	return report
}

func (c check) skipped(message string) Check {
	return Check{ID: c.id, Status: StatusSkipped, Message: message}
}

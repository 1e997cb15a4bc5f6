// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package preflight

import (
	"context"
	"errors"
	"fmt"
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
	// after is a check further up in the table, if any. This one waits for its end, and is skipped if it failed or was
	// skipped.
	after CheckID
	// call is what it asks; "" if it reads an answer that another check has asked for.
	call string
	// ask returns the finding, without an id.
	ask func(ctx context.Context, r *run) Check
}

// checks are all checks, in the order of a report. A test makes at most three calls to Okta: one or two for the
// organization (a custom domain's own host is asked too), and one for a page of devices. Those for a service app's
// access token are not counted. It makes five to Sekoia, whose answers all tests of a process share.
var checks = []check{
	{id: OktaReachable, call: "GET /.well-known/okta-organization", ask: askOrganization},
	{id: "okta_identity_engine", after: OktaReachable, ask: askEngine},
	{id: OktaCredentials, after: "okta_identity_engine", call: "GET /api/v1/devices", ask: askCredentials},
	{id: "okta_devices_read", after: OktaCredentials, ask: askDevicesRead},
	{id: "okta_inventory", after: "okta_devices_read", ask: askInventory},
	{id: "okta_rate_limit", after: "okta_devices_read", ask: askRateLimit},
	{id: SekoiaCredentials, call: "GET /v1/me", ask: askProfile},
	{id: "sekoia_permissions", after: SekoiaCredentials, call: "GET /v1/me/permissions", ask: askPermissions},
	{id: SekoiaCommunity, after: SekoiaCredentials, call: "GET /v1/me/communities", ask: askCommunity},
	{
		id: "sekoia_connector_available", after: SekoiaCredentials,
		call: "GET /v1/symphony/connectors/" + sekoia.OktaDeviceConnectorID, ask: askCatalogue,
	},
}

// run is one test under way. What several checks look at is fetched once.
type run struct {
	tester *Tester
	input  Input
	// begun waits for the calls that were started and must end with the run.
	begun []func()

	organization func() (*okta.Organization, error)
	devices      func() (*okta.DevicesPage, error)
	// Sekoia's answers are all asked for at once, not one after the other. The functions are nil without a key.
	profile     func() (*sekoia.Profile, error)
	permissions func() ([]sekoia.Permission, error)
	communities func() ([]string, error)
	connector   func() (*sekoia.CatalogueEntry, error)
}

// newRun makes a run whose calls end with ctx. The calls that need no other's answer go out at once.
func newRun(ctx context.Context, tester *Tester, input Input) *run {
	r := &run{tester: tester, input: input}
	r.organization = sync.OnceValues(func() (*okta.Organization, error) { return tester.organization(ctx, input.OktaBaseURL, sharedBudget) })
	r.devices = sync.OnceValues(func() (*okta.DevicesPage, error) {
		client, err := r.client()
		if err != nil {
			return nil, err
		}
		return client.DevicesPage(ctx, okta.DeviceQuery{})
	})
	if client := tester.config.Sekoia; client != nil {
		r.profile = beginShared(ctx, r, "profile", client.Me)
		r.permissions = beginShared(ctx, r, "permissions", client.Permissions)
		r.communities = beginShared(ctx, r, communitiesKey, client.Communities)
		r.connector = beginShared(ctx, r, "connector", func(ctx context.Context) (*sekoia.CatalogueEntry, error) {
			return client.CatalogueConnector(ctx, sekoia.OktaDeviceConnectorID)
		})
	}
	return r
}

// client carries the credential that is tested to where it may go.
func (r *run) client() (*okta.Client, error) {
	organization, err := r.organization()
	if err != nil {
		return nil, err
	}
	return okta.New(okta.Config{HTTP: r.tester.config.HTTP, Origin: organization.API, Token: r.input.OktaToken, App: r.input.OktaApp}), nil
}

// beginShared starts a call whose answer all runs of the tester share. The function that it returns waits for it.
func beginShared[T any](ctx context.Context, r *run, key string, load func(context.Context) (T, error)) func() (T, error) {
	wait := memo.Start(func() (T, error) { return shared(ctx, r.tester, key, sharedBudget, load) })
	r.begun = append(r.begun, func() { _, _ = wait() })
	return wait
}

// report asks all checks, each as soon as the one before it allows it: so the two clouds are asked at the same time. It
// ends when all that it began has ended.
func (r *run) report(ctx context.Context) *Report {
	outcomes := map[CheckID]func() (Check, error){}
	for _, c := range checks {
		earlier := outcomes[c.after]
		outcomes[c.id] = memo.Start(func() (Check, error) { return r.outcome(ctx, c, earlier), nil })
	}
	report := &Report{}
	for _, c := range checks {
		outcome, _ := outcomes[c.id]()
		report.Checks = append(report.Checks, outcome)
	}
	for _, wait := range r.begun {
		wait()
	}
	if r.input.OktaBaseURL != nil {
		report.Host = okta.ShownHost(r.input.OktaBaseURL.Host)
	}
	if report.Check(OktaReachable).Status == StatusPassed {
		if organization, err := r.organization(); err == nil {
			report.OrganizationID = organization.ID
		}
	}
	return report
}

// outcome asks c, or says why it is skipped. earlier is the outcome of the check that it comes after; nil if there is
// none.
func (r *run) outcome(ctx context.Context, c check, earlier func() (Check, error)) Check {
	if earlier != nil {
		switch before, _ := earlier(); before.Status {
		case StatusFailed:
			return c.skipped(fmt.Sprintf("Not checked, because %s failed.", before.ID))
		case StatusSkipped:
			return c.skipped(before.Message)
		}
	}
	finding := c.ask(ctx, r)
	if finding.ID = c.id; finding.anonymous && c.call != "" {
		finding.Message = lines(finding.Message, "The call was "+c.call+".")
	}
	return finding
}

// canceled is the report for a caller that did not wait for the end.
func canceled(cause error) *Report {
	report, news, happened, do := &Report{}, "the run was canceled", "The run was canceled before the test ended: "+cause.Error()+".", "Run it again."
	if errors.Is(cause, context.DeadlineExceeded) {
		news, happened, do = "the time ran out", "The timeout of the whole operation passed before the test ended.", "Raise the timeout to wait longer."
	}
	for _, c := range checks {
		finding := c.skipped("Not checked, because " + news + ".")
		if c.after == "" {
			finding = failed("", news, happened, do)
			finding.ID, finding.Inconclusive = c.id, true
		}
		report.Checks = append(report.Checks, finding)
	}
	return report
}

func (c check) skipped(message string) Check {
	return Check{ID: c.id, Status: StatusSkipped, Message: message}
}

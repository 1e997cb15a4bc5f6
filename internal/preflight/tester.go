// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package preflight

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/okta"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/sekoia"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/credential"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/pace"
)

// DefaultBudget is the longest that a test takes, repeats and waits included. Not included is the wait for a rate limit
// that others, the tests of other connectors among them, have used up: see patience.
const DefaultBudget = 15 * time.Second

// patience is the longest that a test waits for rate limits, besides its budget. With a hundred calls a minute it is
// enough for the tests of a thousand credentials.
const patience = 10 * time.Minute

// repeats is how often a test repeats a call that failed.
const repeats = 1

// Input is what a test is about.
type Input struct {
	OktaBaseURL *url.URL
	// OktaToken may be zero: the checks that need it are then skipped.
	OktaToken credential.Secret
	// OktaApp is a service app that stands in for the token, where one of the provider's own organisations has it.
	OktaApp *okta.ServiceApp
	// CommunityID is the community that was chosen; empty where none was.
	CommunityID string
}

// key is the same for inputs whose tests give the same report. It does not hold the token.
func (i Input) key() string {
	fingerprint := i.OktaToken.Fingerprint()
	if i.OktaApp != nil {
		fingerprint = i.OktaApp.Fingerprint()
	}
	return strings.Join([]string{credential.OriginOf(i.OktaBaseURL).String(), fingerprint, strings.ToLower(i.CommunityID)}, "\n")
}

// TesterConfig is what a Tester works with.
type TesterConfig struct {
	HTTP  *http.Client
	Trust credential.Trust
	// Sekoia may be nil: its checks are then skipped, and Communities must not be called.
	Sekoia *sekoia.Client
	// Budget is for one test; 0: DefaultBudget.
	Budget time.Duration
}

// Tester runs tests and shares their results for the life of a process: the same question is asked once, however many
// connectors ask it, and what several questions need is fetched once. It is safe for concurrent use.
type Tester struct {
	config TesterConfig

	mu            sync.Mutex
	reports       map[string]*shared[*Report]
	organizations map[credential.Origin]*shared[*okta.Resolution]

	profile     shared[*sekoia.Profile]
	permissions shared[[]sekoia.Permission]
	communities shared[[]string]
	connector   shared[*sekoia.CatalogueEntry]
	module      shared[*sekoia.CatalogueEntry]
}

// NewTester returns a Tester. It makes no call.
func NewTester(config TesterConfig) *Tester {
	if config.Budget <= 0 {
		config.Budget = DefaultBudget
	}
	return &Tester{
		config:        config,
		reports:       map[string]*shared[*Report]{},
		organizations: map[credential.Origin]*shared[*okta.Resolution]{},
	}
}

// Report returns the result of the test of input, whatever it was; it runs the test where that has not been done in
// this process. A run that is under way is shared, and lasts as long as somebody waits for it, at most the budget.
//
// A caller whose ctx ends gets a report whose first checks failed for it. Such a report is not kept.
func (t *Tester) Report(ctx context.Context, input Input) *Report {
	return t.report(ctx, input, nil)
}

// Fresh is Report, but runs the test again where it has not passed.
func (t *Tester) Fresh(ctx context.Context, input Input) *Report {
	return t.report(ctx, input, (*Report).Passed)
}

// HasPassed tells whether the test of input has passed in this process. It makes no call.
func (t *Tester) HasPassed(input Input) bool {
	_, passed := t.sharedReport(input).peek((*Report).Passed)
	return passed
}

// Resolution is okta.Resolve, asked once per origin where that succeeds.
func (t *Tester) Resolution(ctx context.Context, base *url.URL) (*okta.Resolution, error) {
	return t.sharedResolution(base).get(ctx, nil, t.resolver(base))
}

func (t *Tester) resolver(base *url.URL) func(context.Context) (*okta.Resolution, error) {
	return func(ctx context.Context) (*okta.Resolution, error) {
		return okta.Resolve(ctx, t.config.HTTP, t.config.Trust, base)
	}
}

// Communities is Sekoia's GET /v1/me/communities, asked once where that succeeds. The result is shared: it must not be
// changed.
func (t *Tester) Communities(ctx context.Context) ([]string, error) {
	return t.communities.get(ctx, nil, t.config.Sekoia.Communities)
}

func (t *Tester) report(ctx context.Context, input Input, good func(*Report) bool) *Report {
	report, err := t.sharedReport(input).get(ctx, good, func(ctx context.Context) (*Report, error) {
		limited, cancel := t.limit(ctx)
		defer cancel()
		// A report that was only cut short by cancellation says nothing: the error keeps it from being kept.
		return newRun(limited, t, input).report(limited), ctx.Err()
	})
	if err != nil {
		return cancelled(err)
	}
	return report
}

// limit gives a test's calls their limits: the budget, whose clock stands still during a wait for a rate limit, and the
// repeats of each.
func (t *Tester) limit(ctx context.Context) (context.Context, context.CancelFunc) {
	limited, cancel := pace.WithBudget(ctx, t.config.HTTP, t.config.Budget, patience)
	return pace.WithMaxRetries(limited, repeats), cancel
}

// within makes load keep a test's limits also where other runs, which began later, share it.
func within[T any](t *Tester, load func(context.Context) (T, error)) func(context.Context) (T, error) {
	return func(ctx context.Context) (T, error) {
		limited, cancel := t.limit(ctx)
		defer cancel()
		return load(limited)
	}
}

func (t *Tester) sharedReport(input Input) *shared[*Report] {
	return entry(t, t.reports, input.key())
}

func (t *Tester) sharedResolution(base *url.URL) *shared[*okta.Resolution] {
	return entry(t, t.organizations, credential.OriginOf(base))
}

// entry returns the entry of key, and makes it where there is none.
func entry[K comparable, T any](t *Tester, entries map[K]*shared[T], key K) *shared[T] {
	t.mu.Lock()
	defer t.mu.Unlock()
	if entries[key] == nil {
		entries[key] = &shared[T]{}
	}
	return entries[key]
}

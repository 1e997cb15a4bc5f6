// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package preflight

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/memo"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/okta"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/sekoia"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/credential"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/pace"
)

// DefaultBudget is the longest that a test takes, retries and waits included. It does not include the wait for a rate
// limit that others, the tests of other connectors among them, have used up: see maxRateLimitWait.
const DefaultBudget = 15 * time.Second

const (
	// maxRateLimitWait is the longest that a test waits for rate limits, in addition to its budget. With 100 calls a
	// minute it is enough for the tests of 1,000 credentials.
	maxRateLimitWait = 10 * time.Minute
	// maxRetries is how often a test retries a call that failed.
	maxRetries = 1
	// sharedBudget is for a call that tests share. It ends a little earlier than a test, so that its error, which says
	// what the call was waiting for, comes in time.
	sharedBudget = DefaultBudget - 50*time.Millisecond
)

// Input is what a test is about.
type Input struct {
	OktaBaseURL *url.URL
	// OktaToken may be zero: the checks that need it are then skipped.
	OktaToken credential.Secret
	// OktaApp is a service app that is used in place of the token, if one of the provider's own organizations has it.
	OktaApp *okta.ServiceApp
	// CommunityID is the chosen community; "" if none was chosen.
	CommunityID string
}

// key is the same for inputs whose tests give the same report. It does not hold the token.
func (i Input) key() string {
	fingerprint := i.OktaToken.Fingerprint()
	if i.OktaApp != nil {
		fingerprint = i.OktaApp.Fingerprint()
	}
	return strings.Join([]string{"report", credential.OriginOf(i.OktaBaseURL).String(), fingerprint, strings.ToLower(i.CommunityID)}, "\n")
}

// TesterConfig is what a Tester works with.
type TesterConfig struct {
	HTTP  *http.Client
	Trust credential.Trust
	// Sekoia may be nil: its checks are then skipped, and Communities must not be called.
	Sekoia *sekoia.Client
}

// Tester runs tests and shares their results for the life of a process: the same question is asked once, however many
// connectors ask it, and what several questions need is fetched once. It is safe for concurrent use.
type Tester struct {
	config TesterConfig
	memo   *memo.Memo
}

// NewTester returns a Tester. It makes no call.
func NewTester(config TesterConfig) *Tester { return &Tester{config: config, memo: memo.New()} }

// Report returns the result of the test of input, whatever it was; it runs the test if that has not been done in this
// process. A run that is under way is shared, and lasts as long as somebody waits for it, at most the budget.
//
// A caller whose ctx ends gets a report whose first checks failed for it. Such a report is not kept.
func (t *Tester) Report(ctx context.Context, input Input) *Report {
	return t.report(ctx, input, nil)
}

// Fresh is Report, but runs the test again if it has not passed.
func (t *Tester) Fresh(ctx context.Context, input Input) *Report {
	return t.report(ctx, input, (*Report).Passed)
}

func (t *Tester) report(ctx context.Context, input Input, good func(*Report) bool) *Report {
	report, err := memo.Renew(ctx, t.memo, input.key(), good, func(ctx context.Context) (*Report, error) {
		limited, cancel := t.limit(ctx, DefaultBudget)
		defer cancel()

		// A report that was only cut short by cancellation says nothing: the error keeps it from being kept.
		return newRun(limited, t, input).report(limited), ctx.Err()
	})
	if err != nil {
		return canceled(err)
	}
	return report
}

// Organization is okta.Resolve, asked once per origin if that succeeds.
func (t *Tester) Organization(ctx context.Context, base *url.URL) (*okta.Organization, error) {
	return t.organization(ctx, base, 0)
}

func (t *Tester) organization(ctx context.Context, base *url.URL, budget time.Duration) (*okta.Organization, error) {
	return shared(ctx, t, "organization "+credential.OriginOf(base).String(), budget, func(ctx context.Context) (*okta.Organization, error) {
		return okta.Resolve(ctx, t.config.HTTP, t.config.Trust, base)
	})
}

const communitiesKey = "communities"

// Communities is Sekoia's GET /v1/me/communities, asked once if that succeeds. The result is shared: it must not be
// changed.
func (t *Tester) Communities(ctx context.Context) ([]string, error) {
	return shared(ctx, t, communitiesKey, 0, t.config.Sekoia.Communities)
}

// shared returns what load gives, and asks once if that succeeds. A budget, if it is not 0, and a test's number of
// retries hold for the call also if others share it who began later or have more time.
func shared[T any](ctx context.Context, t *Tester, key string, budget time.Duration, load func(context.Context) (T, error)) (T, error) {
	return memo.Remember(ctx, t.memo, key, func(ctx context.Context) (T, error) {
		if budget > 0 {
			limited, cancel := t.limit(ctx, budget)
			defer cancel()
			ctx = limited
		}
		return load(ctx)
	})
}

// limit gives a test's calls their limits: the budget, in which a wait for a rate limit does not count, and the retries
// of each.
func (t *Tester) limit(ctx context.Context, budget time.Duration) (context.Context, context.CancelFunc) {
	limited, cancel := pace.WithBudget(ctx, t.config.HTTP, budget, maxRateLimitWait)
	return pace.WithMaxRetries(limited, maxRetries), cancel
}

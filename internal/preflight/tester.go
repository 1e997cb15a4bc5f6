// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package preflight

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/okta"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/sekoia"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport"
)

// DefaultBudget is the longest that a test takes, repeats and waits included.
const DefaultBudget = 15 * time.Second

// Input is what a test is about.
type Input struct {
	OktaBaseURL *url.URL
	// OktaToken may be zero: the checks that need it are then skipped.
	OktaToken transport.Secret
	// CommunityID is the community that was chosen; empty where none was.
	CommunityID string
}

// TesterConfig is what a Tester works with.
type TesterConfig struct {
	HTTP  *http.Client
	Trust transport.Trust
	// Sekoia may be nil: its checks are then skipped.
	Sekoia *sekoia.Client
	// Budget is for one test; 0: DefaultBudget.
	Budget time.Duration
}

// Tester runs tests and shares their results for the life of a process. It is
// safe for concurrent use.
type Tester struct {
	config TesterConfig
}

// NewTester returns a Tester. It makes no call.
func NewTester(config TesterConfig) *Tester { return &Tester{config: config} }

// Report returns the result of the test of input.
func (t *Tester) Report(ctx context.Context, input Input) *Report { return &Report{} }

// Fresh is Report, but runs the test again where it has not passed yet.
func (t *Tester) Fresh(ctx context.Context, input Input) *Report { return &Report{} }

// HasPassed tells whether the test of input has passed in this process. It makes no call.
func (t *Tester) HasPassed(input Input) bool { return false }

// Resolution is okta.Resolve, asked once per origin where it succeeds.
func (t *Tester) Resolution(ctx context.Context, base *url.URL) (*okta.Resolution, error) {
	return nil, nil
}

// Me is GET /v1/me, asked once where it succeeds.
func (t *Tester) Me(ctx context.Context) (*sekoia.Profile, error) { return nil, nil }

// Communities is GET /v1/me/communities, asked once where it succeeds.
func (t *Tester) Communities(ctx context.Context) ([]string, error) { return nil, nil }

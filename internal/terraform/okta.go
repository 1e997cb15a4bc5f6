// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package terraform

import (
	"context"
	"fmt"
	"net/url"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/okta"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport"
)

// Source says where the settings of an Okta organisation come from. All of one organisation's come from one source.
type Source int

// The sources.
const (
	// SourceNone is for settings that are set nowhere.
	SourceNone Source = iota
	// SourceConfiguration is the okta block of the provider.
	SourceConfiguration
	// SourceEnvironment are Okta's environment variables.
	SourceEnvironment
)

// OktaSettings are the settings of one Okta organisation, all from one source.
type OktaSettings struct {
	// Source is where they come from.
	Source Source
	// BaseURL is as a person wrote it, "" where it is not set.
	BaseURL string
	// APIToken is zero where none is set.
	APIToken transport.Secret
	// Unknown names the attributes that are not known yet: okta, okta.base_url, okta.api_token.
	Unknown []string
}

// OktaOrganization is an Okta organisation that data sources read.
type OktaOrganization struct {
	// Client talks to the organisation's own host.
	Client *okta.Client
	// Shared keeps what was read from this organisation for the life of the process.
	Shared *Memo
	// Resolution says how the base URL was found to be trustworthy.
	Resolution *okta.Resolution
}

// Okta is the organisation of the okta block. The key chooses one of several where a provider has them; null is the okta block. Where
// its credential may go is found out by the first call and kept.
func (c *Clients) Okta(ctx context.Context, key types.String) (*OktaOrganization, diag.Diagnostics) {
	var diags diag.Diagnostics

	if !key.IsNull() {
		diags.AddError("Unknown Okta organisation",
			fmt.Sprintf("The provider has no Okta organisation with the key %s.", transport.Sanitize(key.String())))

		return nil, diags
	}

	base, diags := c.oktaBaseURL()
	if diags.HasError() {
		return nil, diags
	}

	organization, err := Remember(ctx, c.organizations, "okta", func(ctx context.Context) (*OktaOrganization, error) {
		return c.resolveOkta(ctx, base)
	})
	if err != nil {
		AddOktaError(&diags, OktaErrorPaths{}, "Okta organisation could not be read", err)

		return nil, diags
	}

	return organization, diags
}

func (c *Clients) resolveOkta(ctx context.Context, base *url.URL) (*OktaOrganization, error) {
	resolution, err := c.tester.Resolution(ctx, base)
	if err != nil {
		return nil, err
	}

	return &OktaOrganization{
		Client: okta.New(okta.Config{
			HTTP: c.config.HTTP, Origin: resolution.API, Token: c.config.Okta.APIToken, Organization: resolution.Organization,
		}),
		Shared:     NewMemo(),
		Resolution: resolution,
	}, nil
}

// oktaBaseURL is the base URL of the okta settings, once these are complete.
func (c *Clients) oktaBaseURL() (*url.URL, diag.Diagnostics) {
	var diags diag.Diagnostics

	settings := c.config.Okta
	if unknown := sortedUnion(settings.Unknown, c.config.Unknown); len(unknown) > 0 {
		diags.AddError(unknownSummary(unknown), unknownDetail("Okta can't be called", unknown))

		return nil, diags
	}

	if settings.BaseURL == "" {
		diags.AddError(OktaBaseURLSummary, "No base URL of an Okta organisation is set. "+missingOktaHint(settings.Source, "base_url",
			"OKTA_CLIENT_ORGURL (or OKTA_ORG_NAME with OKTA_BASE_URL)"))

		return nil, diags
	}

	if err := CheckOktaBaseURL(settings.BaseURL); err != nil {
		diags.AddError(OktaBaseURLSummary, err.Error())

		return nil, diags
	}

	base, err := url.Parse(settings.BaseURL)
	if err != nil {
		diags.AddError(OktaBaseURLSummary, "This is not a URL such as https://acme.okta.com.")

		return nil, diags
	}

	if settings.APIToken.IsZero() {
		diags.AddError(OktaTokenSummary, "No API token for Okta is set. "+missingOktaHint(settings.Source, "api_token", "OKTA_API_TOKEN"))

		return nil, diags
	}

	return base, diags
}

// missingOktaHint says where a setting can be set without mixing two sources.
func missingOktaHint(source Source, attribute, variable string) string {
	switch source {
	case SourceConfiguration:
		return "Set okta." + attribute + " in the provider block: all settings of one Okta organisation come from one source, " +
			"so the environment is not asked where the block says anything."
	case SourceEnvironment:
		return "Set the environment variable " + variable + ", beside Okta's others that are set: all settings of one Okta organisation " +
			"come from one source."
	default:
		return "Set okta." + attribute + " in the provider block, or the environment variable " + variable + "."
	}
}

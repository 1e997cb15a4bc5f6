// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport"
)

// resolveOkta takes all of the organisation's settings from one source: the block where it says anything, else the environment. So the
// environment's token goes to the environment's own URL, and never to one that a configuration names.
func (s *settings) resolveOkta(env environment) terraform.OktaSettings {
	if s.block.Okta.IsUnknown() {
		return terraform.OktaSettings{Source: terraform.SourceConfiguration, Unknown: []string{"okta"}}
	}

	if s.oktaBlockSaysAnything() {
		return s.oktaBlock()
	}

	found := terraform.OktaSettings{BaseURL: env.oktaBaseURL(), APIToken: transport.NewSecret(env.oktaToken())}
	if found.BaseURL != "" || !found.APIToken.IsZero() {
		found.Source = terraform.SourceEnvironment
	}

	return found
}

// oktaBlockSaysAnything is false for an object whose attributes are all null: variables that were left at their default.
func (s *settings) oktaBlockSaysAnything() bool {
	return !s.okta.BaseURL.IsNull() || !s.okta.APIToken.IsNull()
}

func (s *settings) oktaBlock() terraform.OktaSettings {
	found := terraform.OktaSettings{
		Source:   terraform.SourceConfiguration,
		BaseURL:  s.okta.BaseURL.ValueString(),
		APIToken: transport.NewSecret(s.okta.APIToken.ValueString()),
	}

	if s.okta.BaseURL.IsUnknown() {
		found.Unknown = append(found.Unknown, "okta.base_url")
	}

	if s.okta.APIToken.IsUnknown() {
		found.Unknown = append(found.Unknown, "okta.api_token")
	}

	return found
}

// validateOkta says of an incomplete object that the environment does not complete it.
func (s *settings) validateOkta() diag.Diagnostics {
	var diags diag.Diagnostics

	const oneSource = "All settings of one Okta organisation come from one place, so none of Okta's environment variables completes the okta object. "

	hasURL, hasToken := !s.okta.BaseURL.IsNull(), !s.okta.APIToken.IsNull()

	switch {
	case hasToken && !hasURL:
		diags.AddAttributeError(path.Root("okta").AtName("api_token"), "An Okta API token without a base URL",
			oneSource+"Set okta.base_url beside the token.")
	case hasURL && !hasToken:
		diags.AddAttributeWarning(path.Root("okta").AtName("base_url"), "An Okta base URL without an API token",
			oneSource+"Data sources that read devices will fail; set okta.api_token beside the URL, or leave both out and set OKTA_CLIENT_ORGURL "+
				"and OKTA_API_TOKEN.")
	}

	return diags
}

// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package connectiontest

import (
	"context"
	"net/url"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/preflight"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/access"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/attribute"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/diagnostic"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/credential"
)

// report runs the test with the settings that the key chose. A setting that is missing, or not known yet, is a failed
// check: without it the test would skip what it is asked for, and pass.
func (d *dataSource) report(ctx context.Context, key types.String, settings access.OktaSettings) *preflight.Report {
	base, missing := d.oktaMissing(key, settings)
	missing = append(missing, d.sekoiaMissing()...)
	if !settings.HasCredential() {
		settings.APIToken, settings.App = credential.Secret{}, nil // a credential that can't be used is not sent
	}
	report := d.Clients.Tester().Report(ctx, preflight.Input{
		OktaBaseURL: base, OktaToken: settings.APIToken, OktaApp: settings.App, CommunityID: d.Clients.ConfiguredCommunityID().ValueString(),
	})
	for _, finding := range missing {
		report = report.Amend(finding)
	}
	return report
}

// oktaMissing returns the base URL to ask, nil if there is nothing to ask, and what is missing from the settings.
func (d *dataSource) oktaMissing(key types.String, settings access.OktaSettings) (*url.URL, []preflight.Check) {
	const id, target = preflight.OktaReachable, preflight.TargetOktaBaseURL
	unknown := d.Clients.OktaUnknown(settings)
	switch {
	case len(unknown) > 0 && (settings.BaseURL == "" || len(d.Clients.NetworkUnknown()) > 0):
		return nil, []preflight.Check{unknownYet(id, target, unknown)}
	case settings.BaseURL == "":
		return nil, []preflight.Check{preflight.Missing(id, target, true, "No base URL of an Okta organization is set.",
			d.Clients.MissingOktaHint(settings.Source, key, "base_url"))}
	}
	if err := attribute.CheckOktaBaseURL(settings.BaseURL); err != nil {
		message, hint, _ := strings.Cut(err.Error(), "\n") // the last line says what the URL should be
		return nil, []preflight.Check{preflight.Missing(id, target, true, message, hint+"\n"+settings.Place(key).Where("base_url"))}
	}
	base, err := url.Parse(settings.BaseURL)
	if err != nil {
		return nil, []preflight.Check{preflight.Missing(id, target, true, "The base URL is not a URL.",
			"It should look like: https://acme.okta.com\n"+settings.Place(key).Where("base_url"))}
	}
	switch {
	case settings.HasCredential():
		return base, nil
	case len(unknown) > 0:
		return base, []preflight.Check{unknownYet(preflight.OktaCredentials, preflight.TargetOktaToken, unknown)}
	case settings.Problem != nil:
		return base, []preflight.Check{preflight.Missing(preflight.OktaCredentials, preflight.TargetOktaToken, true,
			diagnostic.Sentence(settings.Problem.News), settings.Problem.Detail)}
	default:
		return base, []preflight.Check{preflight.Missing(preflight.OktaCredentials, preflight.TargetOktaToken, true, "No credential for Okta is set.",
			d.Clients.MissingOktaHint(settings.Source, key, "api_token"))}
	}
}

// sekoiaMissing returns what is missing from Sekoia's settings.
func (d *dataSource) sekoiaMissing() []preflight.Check {
	const id, target = preflight.SekoiaCredentials, preflight.TargetSekoia
	if unknown := d.Clients.SekoiaUnknown(); len(unknown) > 0 {
		return []preflight.Check{unknownYet(id, target, unknown)}
	}
	if _, diags := d.Clients.Sekoia(); diags.HasError() {
		if problem := d.Clients.SekoiaProblem(); problem != nil {
			return []preflight.Check{preflight.Missing(id, target, true, diagnostic.Sentence(problem.News), problem.Detail)}
		}
		return []preflight.Check{preflight.Missing(id, target, true, "No Sekoia API key is set.",
			"Set api_key in the provider block, or the environment variable SEKOIA_API_KEY.")}
	}
	if d.Clients.ConfiguredCommunityID().IsUnknown() {
		return []preflight.Check{unknownYet(preflight.SekoiaCommunity, preflight.TargetCommunity, []string{"community_id"})}
	}
	return nil
}

// unknownYet is the finding for settings that come from something that does not exist yet.
func unknownYet(id preflight.CheckID, target preflight.Target, unknown []string) preflight.Check {
	return preflight.Missing(id, target, false,
		"The provider's "+strings.Join(unknown, " and ")+" comes from something that does not exist yet, so nothing was asked.",
		"Add depends_on to the data source, so that it waits for the apply.")
}

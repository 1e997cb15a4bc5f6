// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package connectiontest

import (
	"context"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/preflight"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/access"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/credential"
)

// report is the test of these settings. What is missing of them, or not known yet, is a failed check: without it the
// test would skip what it is asked for, and pass.
func (d *dataSource) report(ctx context.Context, settings access.OktaSettings) *preflight.Report {
	base, missing := d.Clients.CheckOkta(settings)
	if missing != nil {
		settings.APIToken, settings.App = credential.Secret{}, nil // what can't be used is not sent
	}
	report := d.Clients.Tester().Report(ctx, preflight.Input{
		OktaBaseURL: base, OktaToken: settings.APIToken, OktaApp: settings.App, CommunityID: d.Clients.ConfiguredCommunityID().ValueString(),
	})
	switch {
	case missing == nil:
	case missing.Credential:
		report = amended(report, preflight.OktaCredentials, missing)
	default:
		report = amended(report, preflight.OktaReachable, missing)
	}
	if missing := d.Clients.CheckSekoia(); missing != nil {
		return amended(report, preflight.SekoiaCredentials, missing)
	}
	return amended(report, preflight.SekoiaCommunity, d.Clients.CheckCommunity())
}

func amended(report *preflight.Report, id preflight.CheckID, missing *access.Problem) *preflight.Report {
	if missing == nil {
		return report
	}
	return report.Missing(id, !missing.Unknown, missing.News, missing.Detail)
}

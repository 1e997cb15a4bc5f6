// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package asset

import (
	"context"
	"fmt"
	"net/url"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/memo"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/sekoia"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/access"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/diagnostic"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/credential"
)

// checkConnector finds the connector and its account, and holds that against the organisation whose devices are read:
// the devices of one organisation are all missing from, and all stale in, the assets of another. It returns the id as
// Sekoia writes it, whose filters may tell capital letters apart.
func (d *coverageDataSource) checkConnector(
	ctx context.Context, client *sekoia.Client, id string, organization *access.OktaOrganization,
) (string, diag.Diagnostics) {
	var diags diag.Diagnostics
	at := path.Root(connectorIDAttribute)
	connector, err := remember(ctx, d, "connector", id, client.Connector)
	switch {
	case sekoia.IsNotFound(err):
		diagnostic.AddError(&diags, at, organization.Place.Summary("Sekoia has no such connector"), err, "The id is a connector's UUID, such as the id of a sekoia_okta_device_connector.")
	case err != nil:
		d.clients.AddSekoiaError(&diags, at, organization.Place.Summary("the connector could not be read from Sekoia"), err)
	case !strings.EqualFold(connector.ConnectorID, sekoia.OktaDeviceConnectorID):
		diags.AddAttributeError(at, organization.Place.Summary("this is not an Okta Device connector"),
			"This connector is another one of Sekoia's catalogue: "+credential.Sanitize(connector.ConnectorID)+". Its assets can't be compared with Okta's devices.")
	}
	if diags.HasError() {
		return "", diags
	}
	account, err := remember(ctx, d, "account", connector.AccountID, client.Account)
	switch {
	case sekoia.IsNotFound(err):
		diagnostic.AddError(&diags, at, organization.Place.Summary("the connector's account is gone"), err,
			"Without it the connector can't read Okta, and it is not known which organization its assets are of.")
	case err != nil:
		d.clients.AddSekoiaError(&diags, at, organization.Place.Summary("the connector's account could not be read from Sekoia"), err)
	case account.BaseURL == nil:
		diags.AddAttributeWarning(at, organization.Place.Summary("the connector's organization is not known"),
			"Sekoia does not tell the base URL of the connector's account, so the provider could not make sure that the connector reads the same Okta "+
				"organisation as this data source.")
	default:
		diags.Append(d.sameOrganization(ctx, *account.BaseURL, organization)...)
	}
	return connector.ID, diags
}

// remember reads one of Sekoia's objects once in a process.
func remember[T any](ctx context.Context, d *coverageDataSource, kind, id string, read func(context.Context, string) (T, error)) (T, error) {
	return memo.Remember(ctx, d.clients.Shared(), "asset/"+kind+" "+id, func(ctx context.Context) (T, error) { return read(ctx, id) })
}

// sameOrganization compares the connector's base URL with the organisation. Where the host is none of that
// organisation's own, it is asked which one it is, without credentials and once in a process.
func (d *coverageDataSource) sameOrganization(ctx context.Context, base string, organization *access.OktaOrganization) diag.Diagnostics {
	var diags diag.Diagnostics
	at := path.Root(connectorIDAttribute)
	host := credential.Sanitize(base)
	origin, err := credential.ParseOrigin(base)
	if err == nil && belongs(origin, organization) {
		return diags
	}
	parsed, err := url.Parse(base)
	if err != nil {
		diags.AddAttributeError(at, organization.Place.Summary("the connector's organization could not be compared"), "The base URL of the connector's account is no URL: "+host+".")
		return diags
	}
	found, err := d.clients.Tester().Resolution(ctx, parsed)
	if err != nil {
		diagnostic.AddError(&diags, at, organization.Place.Summary("the connector's organization could not be compared"), err,
			"The connector reads "+host+", and this data source "+organization.Resolution.API.String()+": they may be different organisations. "+
				"Use the same base URL in both places if they are one.")
		return diags
	}
	if found.Organization.ID != organization.Resolution.Organization.ID {
		diags.AddAttributeError(at, organization.Place.Summary("the connector reads another Okta organization"), fmt.Sprintf(
			"The connector reads %s (organisation %s), and this data source %s (organisation %s). Compare the connector with the organisation that it reads.",
			host, found.Organization.ID, organization.Resolution.API, organization.Resolution.Organization.ID))
	}
	return diags
}

// belongs tells whether a host is one that the organisation is asked at, or names as its own: its custom domain among
// them.
func belongs(origin credential.Origin, organization *access.OktaOrganization) bool {
	if origin == organization.Resolution.API {
		return true
	}
	for _, href := range []string{organization.Resolution.Organization.Host, organization.Resolution.Organization.Alternate} {
		if own, err := credential.ParseOrigin(href); err == nil && own == origin {
			return true
		}
	}
	return false
}

// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package asset

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/memo"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/okta"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/preflight"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/sekoia"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/access"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/diagnostic"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/credential"
)

// comparison is one read of both sides. unread are the errors of what could not be read, which on_failure relaxes. said
// are all other errors, and the warnings.
type comparison struct {
	clients      *access.Clients
	settings     access.OktaSettings
	sekoia       *sekoia.Client
	organization *access.OktaOrganization
	unread, said diag.Diagnostics
}

// compare returns nil if there is an error. The id is used as Sekoia writes it: its filters may be case-sensitive.
func (c *comparison) compare(ctx context.Context, model coverageModel) *coverage {
	if c.settings, c.said = c.clients.OktaSettings(model.OktaOrganization); c.said.HasError() {
		return nil
	}
	if c.sekoia, c.unread = c.clients.Sekoia(); c.unread.HasError() {
		return nil
	}
	var diags diag.Diagnostics
	c.organization, diags = c.clients.Okta(ctx, model.OktaOrganization)
	if c.organization == nil {
		c.unread = diags
		return nil
	}
	c.said.Append(diags...)
	if c.said.HasError() { // it was read, and has no devices to compare
		return nil
	}
	id := c.checkConnector(ctx, model.ConnectorID.ValueString())
	if c.failed() {
		return nil
	}
	devices, seen := c.inventories(ctx, id)
	if c.failed() {
		return nil
	}
	found := cover(devices, seen)
	found.host = c.organization.About.API.URL().Host
	found.addWarning(&c.said, c.organization.Place)
	return found
}

// addWarning says what the result leaves out.
func (c *coverage) addWarning(diags *diag.Diagnostics, place diagnostic.OktaPlace) {
	if c.unidentified > 0 {
		diags.AddWarning(place.Summary("assets without an Okta id"), fmt.Sprintf(
			"%d assets of this connector have no external id in Sekoia, so it is not known which devices they are. They are left out, and their devices "+
				"appear to be missing.", c.unidentified))
	}
}

func (c *comparison) failed() bool { return c.unread.HasError() || c.said.HasError() }

// report returns the diagnostics as on_failure wants them.
func (c *comparison) report(model coverageModel) diag.Diagnostics {
	var shown diag.Diagnostics
	relaxes, subject := model.OnFailure.ValueString() == onFailureWarning, model.OktaOrganization.ValueString()
	for index, each := range slices.Concat(c.said, c.unread) {
		if each.Severity() != diag.SeverityError || index < len(c.said) || !relaxes {
			shown.Append(each)
			continue
		}
		summary := each.Summary()
		if !strings.HasPrefix(summary, subject+": ") {
			summary = diagnostic.About(subject, summary)
		}
		at := path.Empty()
		if attribute, found := each.(diag.DiagnosticWithPath); found {
			at = attribute.Path()
		}
		shown.Append(diagnostic.NewDiagnostic(diag.SeverityWarning, at, summary, nil, each.Detail()+"\nThe results are null, because on_failure is \"warning\"."))
	}
	return shown
}

// unreadSummary is the summary if one side could not be read.
func (c *comparison) unreadSummary(model coverageModel) string {
	var text strings.Builder
	host := model.OktaOrganization.ValueString()
	if base, _ := c.clients.CheckOkta(c.settings); base != nil {
		host = okta.ShownHost(base.Host)
	}
	text.WriteString(heading("❌", host) + "The coverage could not be read.\n\n<details><summary>Why</summary>\n\n")
	for _, each := range c.unread {
		text.WriteString("* " + preflight.MarkdownText(credential.Sanitize(each.Summary())) + "\n")
	}
	return text.String() + "\n</details>\n"
}

// inventories reads both sides at once.
func (c *comparison) inventories(ctx context.Context, connectorID string) ([]access.DeviceOutline, *sightings) {
	var (
		seen     *sightings
		assetErr error
		both     sync.WaitGroup
	)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	both.Go(func() {
		if seen, assetErr = remember(ctx, c.clients, "sightings", connectorID, c.sightings); assetErr != nil {
			cancel() // the devices are not needed then
		}
	})
	devices, err := c.organization.ListDevices(ctx, okta.DeviceQuery{}, false)
	if err != nil {
		cancel()
	}
	both.Wait()
	switch {
	case err != nil && (assetErr == nil || !errors.Is(err, context.Canceled)):
		diagnostic.AddOktaError(&c.unread, diagnostic.OktaErrorPaths{Place: c.organization.Place}, "Okta's devices could not be listed", err)
	case assetErr != nil:
		c.clients.AddSekoiaError(&c.unread, path.Empty(), assetsNotListed, assetErr)
	default:
		devices.AddWarnings(&c.said, c.organization.Place)
		return devices.Outlines, seen
	}
	return nil, nil
}

// checkConnector finds the connector and its account, and checks that it reads the organization whose devices are
// compared: the devices of one organization are all missing from the assets of another. It returns the connector's id.
func (c *comparison) checkConnector(ctx context.Context, id string) string {
	at, summary := path.Root(connectorIDAttribute), c.organization.Place.Summary
	connector, err := remember(ctx, c.clients, "connector", id, c.sekoia.Connector)
	switch {
	case sekoia.IsNotFound(err):
		diagnostic.AddError(&c.unread, at, summary("Sekoia has no such connector"), err, "The id is a connector's UUID, such as the id of a sekoia_okta_device_connector.")
	case err != nil:
		c.clients.AddSekoiaError(&c.unread, at, summary("the connector could not be read from Sekoia"), err)
	case !strings.EqualFold(connector.ConnectorID, sekoia.OktaDeviceConnectorID):
		c.said.AddAttributeError(at, summary("this is not an Okta Device connector"),
			"This connector is another one of Sekoia's catalogue: "+credential.Sanitize(connector.ConnectorID)+". Its assets can't be compared with Okta's devices.")
	}
	if c.failed() {
		return ""
	}
	account, err := remember(ctx, c.clients, "account", connector.AccountID, c.sekoia.Account)
	switch {
	case sekoia.IsNotFound(err):
		diagnostic.AddError(&c.unread, at, summary("the connector's account is gone"), err,
			"Without it the connector can't read Okta, and it is not known which organization its assets come from.")
	case err != nil:
		c.clients.AddSekoiaError(&c.unread, at, summary("the connector's account could not be read from Sekoia"), err)
	case account.BaseURL == nil:
		c.said.AddAttributeWarning(at, summary("the connector's organization is not known"),
			"Sekoia does not give the base URL of the connector's account, so it is not certain that the connector reads the same Okta organization as this "+
				"data source.")
	default:
		c.checkOrganization(ctx, *account.BaseURL)
	}
	return connector.ID
}

// remember reads one of Sekoia's objects once in a process.
func remember[T any](ctx context.Context, clients *access.Clients, kind, id string, read func(context.Context, string) (T, error)) (T, error) {
	return memo.Remember(ctx, clients.Shared(), "asset/"+kind+" "+id, func(ctx context.Context) (T, error) { return read(ctx, id) })
}

// sightings are what a connector has seen. Of its assets no more is kept than that. They are shared (see remember):
// nobody may change them.
func (c *comparison) sightings(ctx context.Context, connectorID string) (*sightings, error) {
	seen := newSightings(connectorID)
	// The revoked ones too: they arrived, and the newest of them may be what shows the checkpoint.
	for asset, err := range c.sekoia.Assets(ctx, sekoia.AssetQuery{ConnectorID: connectorID, IncludeRevoked: true}) {
		if err != nil {
			return nil, err
		}
		seen.read(&asset)
	}
	return seen, nil
}

// checkOrganization compares the connector's base URL with the organization. A host that is not the organization's own
// is asked which organization it is, without credentials and once in a process.
func (c *comparison) checkOrganization(ctx context.Context, base string) {
	at, summary := path.Root(connectorIDAttribute), c.organization.Place.Summary
	own, host := c.organization.About, credential.Sanitize(base)
	read, problem := credential.ParseOrigin(base)
	for _, href := range []string{own.API.String(), own.Host, own.Alternate} {
		if known, err := credential.ParseOrigin(href); err == nil && problem == nil && read == known {
			return
		}
	}
	var found *okta.Organization
	parsed, err := url.Parse(base)
	if err == nil {
		found, err = c.clients.Tester().Organization(ctx, parsed)
	}
	switch {
	case err != nil:
		diagnostic.AddError(&c.unread, at, summary("the connector's organization could not be compared"), err,
			"The connector reads "+host+", and this data source "+own.API.String()+": they may be different organizations. "+
				"Use the same base URL in both places if they are the same.")
	case found.ID != own.ID:
		c.said.AddAttributeError(at, summary("the connector reads another Okta organization"), fmt.Sprintf(
			"The connector reads %s (organization %s), and this data source %s (organization %s). Compare the connector with the organization that it reads.",
			host, found.ID, own.API, own.ID))
	}
}

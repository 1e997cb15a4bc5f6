// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package device

import (
	"context"
	"strconv"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/memo"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/okta"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/access"
)

// configured is what both data sources are given by the provider.
type configured struct {
	clients *access.Clients
}

// Configure takes the provider's clients. There are none yet where Terraform only validates.
func (c *configured) Configure(_ context.Context, req datasource.ConfigureRequest, resp *datasource.ConfigureResponse) {
	c.clients = access.ConfiguredClients(req.ProviderData, &resp.Diagnostics)
}

// organization is the Okta organisation whose devices are read: that with this key, or the okta block's where it is
// null. One without a Devices API is an error before any further call.
func (c *configured) organization(ctx context.Context, key types.String) (*access.OktaOrganization, diag.Diagnostics) {
	organization, diags := c.clients.Okta(ctx, key)
	if diags.HasError() {
		return nil, diags
	}
	if about := organization.Resolution.Organization; about != nil && about.ClassicEngine() {
		diags.AddError(organization.Place.Summary("the organization runs on Okta's Classic Engine"),
			"This organization is on Okta's Classic Engine, which has no Devices API. It has to be upgraded to Identity Engine, or another "+
				"organization be read.")
	}
	return organization, diags
}

// readDevice reads one device by its id, once in a process.
func readDevice(ctx context.Context, organization *access.OktaOrganization, id string) (*okta.Device, error) {
	return memo.Remember(ctx, organization.Shared, memoKey("one", id), func(ctx context.Context) (*okta.Device, error) {
		return organization.Client.Device(ctx, id)
	})
}

// readUsers reads the users of one device, once in a process.
func readUsers(ctx context.Context, organization *access.OktaOrganization, id string) ([]okta.DeviceUser, error) {
	return memo.Remember(ctx, organization.Shared, memoKey("users", id), func(ctx context.Context) ([]okta.DeviceUser, error) {
		return organization.Client.DeviceUsers(ctx, id)
	})
}

// memoKey is a name in the organisation's memo that no other package and no other parts have.
func memoKey(parts ...string) string {
	quoted := make([]string, len(parts))
	for index, part := range parts {
		quoted[index] = strconv.Quote(part)
	}
	return "device " + strings.Join(quoted, " ")
}

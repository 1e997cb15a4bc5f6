// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package access

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/diag"
)

// A ConfiguredDataSource is embedded in data sources that use the provider's clients.
type ConfiguredDataSource struct {
	// Clients is nil while Terraform only validates.
	Clients *Clients
}

// Configure takes the provider's clients.
func (d *ConfiguredDataSource) Configure(_ context.Context, req datasource.ConfigureRequest, resp *datasource.ConfigureResponse) {
	d.Clients = ConfiguredClients(req.ProviderData, &resp.Diagnostics)
}

// ConfiguredClients returns the provider's clients from the ProviderData of a Configure request: nil while Terraform
// only validates.
func ConfiguredClients(providerData any, diags *diag.Diagnostics) *Clients {
	if providerData == nil {
		return nil
	}
	clients, ok := providerData.(*Clients)
	if !ok {
		diags.AddError("The provider handed over something other than its clients",
			fmt.Sprintf("This is a mistake in the provider: %T.", providerData))
	}
	return clients
}

// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package access

import (
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
)

// ConfiguredClients takes the provider's clients from the ProviderData of a Configure request. There are none yet where
// Terraform only validates.
func ConfiguredClients(providerData any, diags *diag.Diagnostics) *Clients {
	if providerData == nil {
		return nil
	}
	clients, ok := providerData.(*Clients)
	if !ok {
		diags.AddError("The provider handed over something else than its clients",
			fmt.Sprintf("This is a mistake in the provider: %T.", providerData))
	}
	return clients
}

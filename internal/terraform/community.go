// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package terraform

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
)

// ResolveCommunity is the community that something new is made in: the chosen one, else the provider's, else the only one that the key
// sees. Where the key sees several and none is chosen, the error lists them. The list is fetched at most once in a process.
func (c *Clients) ResolveCommunity(ctx context.Context, chosen string) (string, diag.Diagnostics) {
	panic("not yet")
}

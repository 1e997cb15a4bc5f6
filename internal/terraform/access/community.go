// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package access

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/diagnostic"
)

// ResolveCommunity is the community that something new is made in: the chosen one, else the provider's, else the only
// one that the key sees. Where the key sees several and none is chosen, the error lists them. The list is fetched at
// most once in a process, and not at all where a community is chosen. The community is returned in lower case, as
// Sekoia writes it, whoever named it.
func (c *Clients) ResolveCommunity(ctx context.Context, chosen string) (string, diag.Diagnostics) {
	var diags diag.Diagnostics
	if chosen != "" {
		return strings.ToLower(chosen), diags
	}
	configured := c.config.CommunityID
	if configured.IsUnknown() {
		diags.AddError(unknownSummary([]string{"community_id"}), unknownDetail("The community can't be chosen", []string{"community_id"}))
		return "", diags
	}
	if configured.ValueString() != "" {
		return strings.ToLower(configured.ValueString()), diags
	}
	if _, diags := c.Sekoia(); diags.HasError() {
		return "", diags
	}
	communities, err := c.tester.Communities(ctx)
	if err != nil {
		diagnostic.AddSekoiaError(&diags, path.Empty(), "Sekoia's communities could not be listed", err)
		return "", diags
	}
	return onlyCommunity(communities)
}

func onlyCommunity(communities []string) (string, diag.Diagnostics) {
	var diags diag.Diagnostics
	switch len(communities) {
	case 1:
		return strings.ToLower(communities[0]), diags
	case 0:
		diags.AddError(diagnostic.SekoiaCommunitySummary,
			"The API key sees no community at all. Use a key of the community that the devices belong to.")
	default:
		diags.AddError(diagnostic.SekoiaCommunitySummary, fmt.Sprintf(
			"The API key sees %d communities and none is chosen: %s.\nSet community_id, in the resource or in the provider block, to one of them.",
			len(communities), diagnostic.List(communities)))
	}
	return "", diags
}

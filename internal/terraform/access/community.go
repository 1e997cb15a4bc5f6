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
// one that the key sees. If the key sees several and none is chosen, the error lists them. The list is fetched at most
// once in a process, and not at all if a community is chosen. The community is returned in lower case, as Sekoia writes
// it, whoever named it.
func (c *Clients) ResolveCommunity(ctx context.Context, chosen string) (string, diag.Diagnostics) {
	var diags diag.Diagnostics
	if chosen != "" {
		return strings.ToLower(chosen), diags
	}
	if missing := c.CheckCommunity(); missing != nil {
		diags.AddError(diagnostic.AboutProvider(missing.News), missing.Detail)
		return "", diags
	}
	if configured := c.config.CommunityID; configured.ValueString() != "" {
		return strings.ToLower(configured.ValueString()), diags
	}
	if _, diags := c.Sekoia(); diags.HasError() {
		return "", diags
	}
	communities, err := c.tester.Communities(ctx)
	if err != nil {
		c.AddSekoiaError(&diags, path.Empty(), "Sekoia's communities could not be listed", err)
		return "", diags
	}
	return onlyCommunity(communities)
}

// CheckCommunity returns what is missing of the provider's community_id: its value, if that is not known yet.
func (c *Clients) CheckCommunity() *Missing {
	if !c.config.CommunityID.IsUnknown() {
		return nil
	}
	unknown := []string{"community_id"}
	return &Missing{News: notKnownYet(unknown), Detail: unknownDetail("The community can't be chosen", unknown), Unknown: true}
}

func onlyCommunity(communities []string) (string, diag.Diagnostics) {
	var diags diag.Diagnostics
	switch len(communities) {
	case 1:
		return strings.ToLower(communities[0]), diags
	case 0:
		diags.AddError(diagnostic.AboutProvider("the API key sees no community"),
			"Sekoia lists no community for this API key. Use a key of the community that the devices belong to.")
	default:
		diags.AddError(diagnostic.AboutProvider("no community is chosen"), fmt.Sprintf(
			"The API key sees %d communities: %s.\nSet community_id, in the resource or in the provider block (SEKOIA_COMMUNITY_ID), to one of them.",
			len(communities), diagnostic.List(communities)))
	}
	return "", diags
}

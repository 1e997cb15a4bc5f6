// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package connector

import (
	"context"
	"sync"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/memo"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/access"
)

// claimant is a connector of this run that reads an organization. Both calls for a replacement have the same name and
// URL.
type claimant struct {
	name, baseURL string
	communityID   string // "" if it is not known yet
}

func (m *model) claimant() claimant {
	return claimant{m.Name.ValueString(), m.BaseURL.ValueString(), m.CommunityID.Canonical()}
}

// organizationClaims holds which connectors of this process read which organization, for the words of a warning alone.
type organizationClaims struct {
	mu   sync.Mutex
	byID map[string][]claimant
}

// claim notes that a connector reads an organization. It returns the name of another connector that does too and whose
// devices may arrive in the same community; "" if there is none.
func (c *organizationClaims) claim(organizationID string, by claimant) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	other, known := "", false
	for _, earlier := range c.byID[organizationID] {
		apart := earlier.communityID != "" && by.communityID != "" && earlier.communityID != by.communityID
		switch {
		case earlier.name == by.name && earlier.baseURL == by.baseURL:
			known = true
		case !apart && other == "":
			other = earlier.name
		}
	}
	if !known {
		c.byID[organizationID] = append(c.byID[organizationID], by)
	}
	return other
}

// organizations are the claims that all resources of a configured provider share.
func organizations(clients *access.Clients) *organizationClaims {
	shared, _ := memo.Remember(context.Background(), clients.Shared(), "organizations of connectors",
		func(context.Context) (*organizationClaims, error) {
			return &organizationClaims{byID: map[string][]claimant{}}, nil
		})
	return shared
}

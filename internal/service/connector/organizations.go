// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package connector

import (
	"context"
	"sync"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/memo"
)

// claimant is a connector of this run that reads an organization.
type claimant struct {
	name, baseURL string
	communityID   string // "" if it is not known yet
}

// is reports whether two claimants are the same connector. Both calls for a replacement have the same name and URL.
func (c claimant) is(other claimant) bool { return c.name == other.name && c.baseURL == other.baseURL }

// meets reports whether the devices of two connectors may arrive in the same community.
func (c claimant) meets(other claimant) bool {
	return c.communityID == "" || other.communityID == "" || c.communityID == other.communityID
}

func (m *model) claimant() claimant {
	return claimant{m.Name.ValueString(), m.BaseURL.ValueString(), m.CommunityID.Canonical()}
}

// organizationClaims holds which connectors of this process read which organization, for a warning's words alone.
type organizationClaims struct {
	mu   sync.Mutex
	byID map[string][]claimant
}

// claim notes that a connector reads an organization. It returns the name of another one of the same community that
// does too; "" if there is none.
func (c *organizationClaims) claim(organizationID string, by claimant) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	other, known := "", false
	for _, earlier := range c.byID[organizationID] {
		switch {
		case earlier.is(by):
			known = true
		case earlier.meets(by) && other == "":
			other = earlier.name
		}
	}
	if !known {
		c.byID[organizationID] = append(c.byID[organizationID], by)
	}
	return other
}

// organizations are the claims that all resources of a configured provider share.
func (r *Resource) organizations() *organizationClaims {
	shared, _ := memo.Remember(context.Background(), r.clients.Shared(), "organizations of connectors",
		func(context.Context) (*organizationClaims, error) {
			return &organizationClaims{byID: map[string][]claimant{}}, nil
		})
	return shared
}

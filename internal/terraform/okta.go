// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package terraform

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/okta"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport"
)

// Source says where the settings of an Okta organisation come from. All of one organisation's come from one source.
type Source int

// The sources.
const (
	// SourceNone: nothing is set.
	SourceNone Source = iota
	// SourceConfiguration: the okta block of the provider.
	SourceConfiguration
	// SourceEnvironment: Okta's environment variables.
	SourceEnvironment
)

// OktaSettings are the settings of one Okta organisation, all from one source.
type OktaSettings struct {
	// Source is where they come from.
	Source Source
	// BaseURL is as a person wrote it, "" where it is not set.
	BaseURL string
	// APIToken is zero where none is set.
	APIToken transport.Secret
	// Unknown names the attributes that are not known yet: okta, okta.base_url, okta.api_token.
	Unknown []string
}

// OktaOrganization is an Okta organisation that data sources read.
type OktaOrganization struct {
	// Client talks to the organisation's own host.
	Client *okta.Client
	// Shared keeps what was read from this organisation for the life of the process.
	Shared *Memo
	// Resolution says how the base URL was found to be trustworthy.
	Resolution *okta.Resolution
}

// Okta is the organisation with this key of okta_organizations, or that of the okta block where the key is null. Where it may be trusted
// is found out by the first call and kept.
func (c *Clients) Okta(ctx context.Context, key types.String) (*OktaOrganization, diag.Diagnostics) {
	panic("not yet")
}

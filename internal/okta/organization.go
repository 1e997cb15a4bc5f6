// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package okta

import (
	"context"
	"net/http"
	"net/url"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport"
)

const wellKnownPath = "/.well-known/okta-organization"

type Organization struct {
	ID, Pipeline    string
	Host, Alternate string
}

func (o Organization) IdentityEngine() bool { return o.Pipeline == "idx" }

func (c *Client) Organization(ctx context.Context) (*Organization, error) { return nil, ErrNoToken }

type Resolution struct {
	API          transport.Origin
	Organization *Organization
	Trust        transport.OktaTrust
	Custom       bool
}

func Resolve(ctx context.Context, client *http.Client, trust transport.Trust, base *url.URL) (*Resolution, error) {
	return nil, ErrNoToken
}

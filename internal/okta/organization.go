// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package okta

import (
	"context"
	"net/http"
	"strings"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/credential"
)

const (
	// wellKnownPath needs no authentication (Okta API 2026.06.3, getWellknownOrgMetadata).
	wellKnownPath = "/.well-known/okta-organization"
	// wellKnownLimit is in bytes. Okta's answer is a few hundred; this one is asked of hosts that may be anybody's.
	wellKnownLimit = 64 << 10
	// maxOrganizationID is in bytes; Okta's ids have 20.
	maxOrganizationID = 64
)

// An Organization is what an Okta organization tells everybody about itself.
type Organization struct {
	// ID is Okta's id: letters, digits, - and _.
	ID string
	// Pipeline is "idx" for Identity Engine, "v1" for Classic Engine; "" or another word says nothing about the Devices
	// API.
	Pipeline string
	// Host and Alternate are URLs as given, "" where absent: the organization's own host, and its custom domain.
	Host, Alternate string
}

// IdentityEngine reports whether the organization is known to be on Identity Engine, which has the Devices API.
func (o Organization) IdentityEngine() bool { return o.Pipeline == "idx" }

// ClassicEngine reports whether the organization is known to be on Classic Engine, which has no Devices API.
func (o Organization) ClassicEngine() bool { return o.Pipeline == "v1" }

// fetchOrganization asks origin for its metadata. No credential is sent, and nothing of the body is in an error unless
// the host is Okta's by its name. Errors: [*failure.CallError] without an answer, [*APIError] for 429 and 5xx,
// [*UnexpectedAnswerError] for an answer that was cut off, [*NotOktaError] for any other that no organization gives.
func fetchOrganization(ctx context.Context, client *http.Client, origin credential.Origin) (*Organization, error) {
	target := origin.URL()
	target.Path = wellKnownPath
	request, err := newRequest(ctx, target)
	if err != nil {
		return nil, err
	}
	result, err := do(client, request, wellKnownLimit)
	if err != nil {
		return nil, err
	}
	switch {
	case result.status == http.StatusTooManyRequests || result.status >= 500:
		if !credential.IsOktaDomain(origin.Host) {
			result.body = nil
		}
		return nil, refusal(result)
	case result.status != http.StatusOK:
		return nil, &NotOktaError{Host: target.Host, Status: result.status}
	}
	return decodeOrganization(target.Host, result)
}

func decodeOrganization(host string, a *answer) (*Organization, error) {
	type link struct {
		Href text `json:"href"`
	}
	var wire struct {
		ID       text `json:"id"`
		Pipeline text `json:"pipeline"`
		Links    struct {
			Organization link `json:"organization"`
			Alternate    link `json:"alternate"`
		} `json:"_links"`
	}
	switch unexpected := a.decode(&wire, "an organisation's metadata"); {
	case unexpected != nil && a.cutOff():
		return nil, unexpected
	case unexpected != nil:
		return nil, notOkta(host, a, unexpected)
	case !isOktaID(wire.ID.value()):
		return nil, notOkta(host, a, a.unexpected("it has no organization's id"))
	}
	return &Organization{
		ID: wire.ID.value(), Pipeline: wire.Pipeline.value(), Host: wire.Links.Organization.Href.value(), Alternate: wire.Links.Alternate.Href.value(),
	}, nil
}

func notOkta(host string, a *answer, why *UnexpectedAnswerError) *NotOktaError {
	return &NotOktaError{Host: host, Status: a.status, Reason: why.Reason, Err: why}
}

// isOktaID keeps what is not an id out of plans and states, where it would be shown.
func isOktaID(id string) bool {
	const allowed = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_"
	return id != "" && len(id) <= maxOrganizationID && strings.Trim(id, allowed) == ""
}

// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package okta

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/credential"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/failure"
)

// A Resolution says where the calls with credentials go.
type Resolution struct {
	// API is where they go: the base URL's own origin, or the organization's own host for a custom domain.
	API credential.Origin
	// Organization is what API said about itself; give it to [Config].
	Organization *Organization
	// Trust is how far the base URL was trusted before it was asked.
	Trust credential.OktaTrust
	// Custom is true where the base URL is a custom domain that proved to be one.
	Custom bool
}

// Resolve finds where calls with credentials go for a base URL that a person wrote, in one call, or two for a custom
// domain. It sends no credential.
//
// One of Okta's own domains, a host that the environment lists, and loopback where that is trusted are taken as they
// are; errors are then those of fetchOrganization. Another https host may be a custom domain: it has to name an
// organization's own host on one of Okta's domains, which has to have the same id and to name it in turn. Everything
// else, also a host that does not answer, is an [*UntrustedHostError]; look for that one first, for it wraps what
// happened.
func Resolve(ctx context.Context, client *http.Client, trust credential.Trust, base *url.URL) (*Resolution, error) {
	switch grade := trust.Okta(base); grade {
	case credential.OktaOwn, credential.OktaListed, credential.OktaLoopback:
		origin := credential.OriginOf(base)
		organization, err := fetchOrganization(ctx, client, origin)
		if err != nil {
			return nil, err
		}
		return &Resolution{API: origin, Organization: organization, Trust: grade}, nil
	case credential.OktaUntrusted:
		return resolveCustomDomain(ctx, client, credential.OriginOf(base))
	default:
		return nil, refusedHost(trust, base)
	}
}

func resolveCustomDomain(ctx context.Context, client *http.Client, custom credential.Origin) (*Resolution, error) {
	claimed, err := fetchOrganization(ctx, client, custom)
	if err != nil {
		return nil, unproven(custom, "it did not prove to be an organization's custom domain: "+failedProof(err), err)
	}
	own, ok := ownOrigin(claimed.Host)
	if !ok {
		return nil, unproven(custom, "it does not name an organization's own host on one of Okta's domains", nil)
	}
	proven, err := fetchOrganization(ctx, client, own)
	if err != nil {
		return nil, unproven(custom, "the Okta host that it names as its organization's own could not confirm that: "+failedProof(err), err)
	}
	if proven.ID != claimed.ID {
		return nil, unproven(custom, "the Okta host that it names as its organization's own is another organization", nil)
	}
	if alternate, err := credential.ParseOrigin(proven.Alternate); err != nil || alternate != custom {
		return nil, unproven(custom, fmt.Sprintf("%s, which it names as its organization's own host, does not name it as its custom domain", own), nil)
	}
	return &Resolution{API: own, Organization: proven, Trust: credential.OktaUntrusted, Custom: true}, nil
}

// ownOrigin is the origin of an organization's own host, and false for what is not one: another scheme, port or domain.
func ownOrigin(href string) (credential.Origin, bool) {
	named, err := url.Parse(href)
	// No list of the environment's has a say here: the zero Trust has none.
	if err != nil || (credential.Trust{}).Okta(named) != credential.OktaOwn {
		return credential.Origin{}, false
	}
	return credential.OriginOf(named), true
}

// unproven makes the error of a possible custom domain. A caller that gave up is no reason to distrust a host.
func unproven(custom credential.Origin, reason string, err error) error {
	if errors.Is(err, context.Canceled) {
		return err
	}
	host := ShownHost(custom.URL().Host)
	return &UntrustedHostError{
		Host:   host,
		Reason: reason,
		Remedy: fmt.Sprintf("Write the organization's own host (https://<name>.okta.com), or, where this host is known to be its own, name it in the environment: %s=%q",
			credential.TrustedOktaHostsVariable, host),
		Err: err,
	}
}

// refusedHost makes the error of a URL that is not even asked.
func refusedHost(trust credential.Trust, base *url.URL) error {
	host := "a URL without a host"
	if base != nil && base.Host != "" {
		host = ShownHost(base.Host)
	}
	return &UntrustedHostError{
		Host:   host,
		Reason: trust.OktaReason(base),
		Remedy: "It may go to https, port 443, on one of Okta's own domains, and to the hosts that the environment variable " +
			credential.TrustedOktaHostsVariable + " names",
	}
}

// maxWord is longer than any host without a dot that somebody gave a name to.
const maxWord = 24

// ShownHost is a host as an error or a summary may show it. A long word without a dot may be a token that was put in
// the URL's place.
func ShownHost(host string) string {
	if name, _, _ := strings.Cut(host, ":"); len(name) > maxWord && !strings.Contains(name, ".") {
		return "a host without a dot"
	}
	return credential.Sanitize(host)
}

// failedProof says in a clause what a host did instead of proving what it is. It quotes nothing of what it sent.
func failedProof(err error) string {
	var (
		refused    *APIError
		wrong      *NotOktaError
		unexpected *UnexpectedAnswerError
	)
	switch {
	case errors.As(err, &refused):
		return fmt.Sprintf("it answered %d to GET %s", refused.Status, wellKnownPath)
	case errors.As(err, &wrong):
		return fmt.Sprintf("it answered %d to GET %s%s", wrong.Status, wellKnownPath, reasonClause(wrong.Reason))
	case errors.As(err, &unexpected):
		return "of its answer to GET " + wellKnownPath + ", " + unexpected.Reason
	}
	if _, redirected := errors.AsType[*failure.RedirectError](err); redirected {
		return "it redirects to another place"
	}
	if _, tooLarge := errors.AsType[*failure.BodyTooLargeError](err); tooLarge {
		return "its answer is larger than an organization's metadata"
	}
	if met := failure.Explain(err); met.Known {
		return met.What
	}
	return "it gave no answer to GET " + wellKnownPath + " that can be read"
}

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
	switch unexpected := a.decode(&wire, "an organization's metadata"); {
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

// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package okta

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/credential"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/failure"
)

// An Organization is what an Okta organization says about itself, to anybody.
type Organization struct {
	// API is where calls with credentials go: the host that said all this. For a custom domain, [Resolve] asks the
	// organization's own host.
	API credential.Origin
	// ID is Okta's id: letters, digits, - and _.
	ID string
	// Pipeline is "idx" for Identity Engine, which has the Devices API, and [PipelineClassic] for Classic Engine, which
	// does not. Nothing is known about "" or another word.
	Pipeline string
	// Host and Alternate are URLs as given, "" if absent: the organization's own host, and its custom domain.
	Host, Alternate string
}

// PipelineClassic is the pipeline of Classic Engine.
const PipelineClassic = "v1"

// Resolve finds where calls with credentials go for a base URL that a person wrote, in one call, or two for a custom
// domain. It sends no credential.
//
// One of Okta's own domains, a host that the environment lists, and loopback if that is trusted are taken as they are;
// errors are then those of fetchOrganization. Another https host may be a custom domain: it has to name an
// organization's own host on one of Okta's domains, which has to have the same id and to name it in turn. Everything
// else, also a host that does not answer, is an [*UntrustedHostError]; look for that one first, for it wraps what
// happened.
func Resolve(ctx context.Context, client *http.Client, trust credential.Trust, base *url.URL) (*Organization, error) {
	grade, reason := trust.Okta(base)
	switch grade {
	case credential.OktaTrusted:
		return fetchOrganization(ctx, client, credential.OriginOf(base))
	case credential.OktaUntrusted:
		return resolveCustomDomain(ctx, client, credential.OriginOf(base))
	}
	host := "a URL without a host"
	if base != nil && base.Host != "" {
		host = ShownHost(base.Host)
	}
	return nil, &UntrustedHostError{
		Host:   host,
		Reason: reason,
		Remedy: "It may go to https, port 443, on one of Okta's own domains, and to the hosts that the environment variable " +
			credential.TrustedOktaHostsVariable + " names",
	}
}

func resolveCustomDomain(ctx context.Context, client *http.Client, custom credential.Origin) (*Organization, error) {
	claimed, err := fetchOrganization(ctx, client, custom)
	if err != nil {
		return nil, unproven(custom, "it did not prove to be an organization's custom domain: "+failedProof(err), err)
	}
	named, err := url.Parse(claimed.Host)
	// Only Okta's own domains count here, not the environment's list: the zero Trust has none.
	if grade, _ := (credential.Trust{}).Okta(named); err != nil || grade != credential.OktaTrusted {
		return nil, unproven(custom, "it does not name an organization's own host on one of Okta's domains", nil)
	}
	own, err := fetchOrganization(ctx, client, credential.OriginOf(named))
	if err != nil {
		return nil, unproven(custom, "the Okta host that it names as its organization's own could not confirm that: "+failedProof(err), err)
	}
	if own.ID != claimed.ID {
		return nil, unproven(custom, "the Okta host that it names as its organization's own is another organization", nil)
	}
	if alternate, err := credential.ParseOrigin(own.Alternate); err != nil || alternate != custom {
		return nil, unproven(custom, own.API.String()+", which it names as its organization's own host, does not name it as its custom domain", nil)
	}
	return own, nil
}

// unproven makes the error of a possible custom domain. A caller that gave up is no reason to distrust a host.
func unproven(custom credential.Origin, reason string, err error) error {
	if errors.Is(err, context.Canceled) {
		return err
	}
	host := ShownHost(custom.URL().Host)
	return &UntrustedHostError{
		Host: host, Reason: reason, Err: err,
		Remedy: fmt.Sprintf("Write the organization's own host (https://<name>.okta.com), or, if this host is known to be its own, name it in the environment: %s=%q",
			credential.TrustedOktaHostsVariable, host),
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
	if wrong, ok := errors.AsType[*NotOktaError](err); ok {
		return wrong.Reason
	}
	if refused, ok := errors.AsType[*APIError](err); ok {
		return fmt.Sprintf("it answered %d to GET %s", refused.Status, wellKnownPath)
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

// fetchOrganization asks origin for its metadata. No credential is sent, and nothing of the body is in an error unless
// the host is Okta's by its name. Errors: [*failure.CallError] without an answer, [*APIError] for 429 and 5xx,
// [*NotOktaError] for any other answer that no organization gives, a redirect to another origin too.
func fetchOrganization(ctx context.Context, client *http.Client, origin credential.Origin) (*Organization, error) {
	target := origin.URL()
	target.Path = wellKnownPath
	request, err := newRequest(ctx, http.MethodGet, target)
	if err != nil {
		return nil, err
	}
	notOkta := func(reason string) error { return &NotOktaError{Host: target.Host, Reason: reason} }
	result, err := do(client, request, wellKnownLimit)
	if redirect, ok := errors.AsType[*failure.RedirectError](err); ok {
		to := cmp.Or(credential.Sanitize(redirect.To.String()), "something that is not a URL")
		return nil, notOkta("it answered GET " + wellKnownPath + " with a redirect to " + to)
	}
	if err != nil {
		return nil, err
	}
	answered := fmt.Sprintf("it answered %d to GET %s", result.status, wellKnownPath)
	switch {
	case result.status == http.StatusTooManyRequests || result.status >= 500:
		if !credential.IsOktaDomain(origin.Host) {
			result.body = nil
		}
		return nil, refusal(result)
	case result.status != http.StatusOK:
		return nil, notOkta(answered)
	}
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
	if unexpected := result.decode(&wire, "an organization's metadata"); unexpected != nil {
		return nil, notOkta(answered + ", but " + unexpected.Reason)
	}
	if !isOktaID(wire.ID.value()) {
		return nil, notOkta(answered + ", but it has no organization's id")
	}
	return &Organization{
		API: origin, ID: wire.ID.value(), Pipeline: wire.Pipeline.value(),
		Host: wire.Links.Organization.Href.value(), Alternate: wire.Links.Alternate.Href.value(),
	}, nil
}

// isOktaID keeps what is not an id out of plans and states, where it would be shown.
func isOktaID(id string) bool {
	const allowed = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_"
	return id != "" && len(id) <= maxOrganizationID && strings.Trim(id, allowed) == ""
}

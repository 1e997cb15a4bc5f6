// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package preflight

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/ocsf"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/okta"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/credential"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/failure"
)

// oktaChecks make at most three calls: one or two for the organisation (a custom domain's own host is asked too), and
// one for a page of devices. A service app's access token is asked for besides, where there is none yet.
var oktaChecks = []check{
	{id: OktaReachable, ask: askOrganization},
	{id: OktaIdentityEngine, after: []CheckID{OktaReachable}, ask: askEngine},
	{id: OktaCredentials, after: []CheckID{OktaIdentityEngine}, ask: askCredentials},
	{id: OktaDevicesRead, after: []CheckID{OktaCredentials}, ask: askDevicesRead},
	{id: OktaInventory, after: []CheckID{OktaDevicesRead}, ask: askInventory},
	{id: OktaRateLimit, after: []CheckID{OktaDevicesRead}, ask: askRateLimit},
}

const (
	namedDevices        = 5
	scarceShareOfBudget = 5          // a warning under one fifth
	codeInvalidSession  = "E0000005" // Okta API 2026.06.3, error codes
)

// custom tells that the base URL may only be a custom domain.
func (r *run) custom() bool {
	return r.input.OktaBaseURL != nil && r.tester.config.Trust.Okta(r.input.OktaBaseURL) == credential.OktaUntrusted
}

// firstPage is the one call that four checks share.
func (r *run) firstPage(ctx context.Context) (*okta.DevicesPage, error) {
	resolution, err := r.resolve()
	if err != nil {
		return nil, err
	}
	return r.client(resolution).DevicesPage(ctx, okta.DeviceQuery{})
}

// client carries the credential that is tested to where it may go.
func (r *run) client(resolution *okta.Resolution) *okta.Client {
	return okta.New(okta.Config{
		HTTP: r.tester.config.HTTP, Origin: resolution.API, Token: r.input.OktaToken, App: r.input.OktaApp,
	})
}

func askOrganization(_ context.Context, r *run) Check {
	if r.input.OktaBaseURL == nil {
		return rejected(TargetOktaBaseURL, "There is no Okta base URL.", "Set base_url to the organisation's URL: https://<organisation>.okta.com.")
	}
	written := credential.OriginOf(r.input.OktaBaseURL).String()
	resolution, err := r.resolve()
	if err != nil {
		return r.unresolved(written, err)
	}
	message := fmt.Sprintf("Okta organisation %s answers at %s.", credential.Sanitize(resolution.Organization.ID), written)
	if resolution.Custom {
		message = lines(message, fmt.Sprintf("It is a custom domain: the credential goes to %s.", resolution.API))
	}
	return passed(message)
}

// unresolved is the finding for a base URL that no organisation was found at. Nothing that an unproven host wrote is
// repeated.
func (r *run) unresolved(written string, err error) Check {
	if untrusted, ok := errors.AsType[*okta.UntrustedHostError](err); ok {
		return refusedTrust(
			fmt.Sprintf("%s is not trusted with an Okta credential: %s.", untrusted.Host, untrusted.Reason),
			lines(networkHint(err), untrusted.Remedy+"."))
	}
	if notOkta, ok := errors.AsType[*okta.NotOktaError](err); ok {
		return rejected(TargetOktaBaseURL, notOkta.Error()+".",
			"Check the organisation's name in the URL: as in the address bar of its Okta dashboard, without -admin.")
	}
	if redirect, ok := errors.AsType[*failure.RedirectError](err); ok {
		return rejected(TargetOktaBaseURL, redirect.Error()+".", "An Okta organisation answers for itself. Check its name in the URL.")
	}
	if !r.custom() || errors.Is(err, context.Canceled) {
		return unanswered("Okta", written, err)
	}
	// The budget ended before the host proved anything.
	return refusedTrust(
		fmt.Sprintf("%s is not trusted with an Okta credential: it did not prove in time that it is an organisation's custom domain.", written),
		lines(failure.Explain(context.DeadlineExceeded).Do, fmt.Sprintf("Where this host is known to be Okta's, name it in the environment: %s=%q.",
			credential.TrustedOktaHostsVariable, r.input.OktaBaseURL.Host)))
}

// refusedTrust is a finding of the rule where a credential may go.
func refusedTrust(message, hint string) Check {
	finding := rejected(TargetOktaBaseURL, message, hint)
	finding.Untrusted = true
	return finding
}

func askEngine(_ context.Context, r *run) Check {
	resolution, err := r.resolve()
	if err != nil {
		return unanswered("Okta", "", err)
	}
	organization := resolution.Organization
	if organization.IdentityEngine() {
		return passed("The organization is on Okta Identity Engine.")
	}
	if !organization.ClassicEngine() {
		said := "names no pipeline"
		if organization.Pipeline != "" {
			said = fmt.Sprintf("names a pipeline that is not known (%s)", credential.Sanitize(strconv.Quote(organization.Pipeline)))
		}
		return warning(TargetOktaBaseURL,
			fmt.Sprintf("The organization %s %s, so it is not known whether it runs on Okta Identity Engine.", credential.Sanitize(organization.ID), said),
			"Nothing to do if okta_devices_read passes: then the organization has the Devices API.")
	}
	return rejected(TargetOktaBaseURL, lines(
		fmt.Sprintf("The organization %s runs on Okta's Classic Engine (pipeline \"v1\").", credential.Sanitize(organization.ID)),
		"Classic Engine has no Devices API."),
		"Name an organization on Identity Engine, or have Okta upgrade this one.")
}

// askCredentials passes on 403: Okta knew the token, and said no to what it asked for.
func askCredentials(_ context.Context, r *run) Check {
	if r.input.OktaApp != nil {
		return askServiceApp(r)
	}
	if r.input.OktaToken.IsZero() {
		return skipped("Not checked, because no Okta API token is known here.")
	}
	_, err := r.devices()
	if err == nil || mayNotRead(err) {
		return passed("Okta accepts the API token.")
	}
	api, ok := errors.AsType[*okta.APIError](err)
	if ok && api.Status == http.StatusUnauthorized && api.Code != "" && !okta.IsFeatureDisabled(err) {
		return rejected(TargetOktaToken, api.Error()+".", lines(
			"The token is wrong, expired (after 30 days unused), revoked, another organization's, or bound to a network zone that this machine is not in.",
			"Create one under Security > API > Tokens.")).answering(api.Status)
	}
	return refusedDevices(err)
}

// refusedDevices is the finding of an error that says nothing about the credential.
func refusedDevices(err error) Check {
	if api, ok := errors.AsType[*okta.APIError](err); ok && okta.IsFeatureDisabled(err) {
		return rejected(TargetOktaBaseURL, api.Error()+".", lines(
			"The token is not the trouble: the Devices API is a feature that this organisation does not have switched on.",
			"Ask Okta's support for it, with the errorId.")).answering(api.Status)
	}
	return unanswered("Okta", "", err)
}

// mayNotRead tells a 403 of Okta's from one of something in between, which has no code.
func mayNotRead(err error) bool {
	api, ok := errors.AsType[*okta.APIError](err)
	return ok && api.Status == http.StatusForbidden && api.Code != "" && !okta.IsFeatureDisabled(err)
}

func askDevicesRead(ctx context.Context, r *run) Check {
	if r.input.OktaApp != nil {
		return askServiceAppDevicesRead(ctx, r)
	}
	_, err := r.devices()
	if err == nil {
		return passed("The API token may read devices. It has no scopes of its own: it may do what its owner may.")
	}
	api, ok := errors.AsType[*okta.APIError](err)
	if !ok {
		return unanswered("Okta", "", err)
	}
	hint := "Give its owner an admin role that may view devices, or the scope okta.devices.read."
	if api.Code == codeInvalidSession {
		hint = lines("Okta sees no valid session behind the token: its owner may be suspended or deactivated.", hint)
	}
	return rejected(TargetOktaToken, lines(api.Error()+".", "Okta knows the token, but its owner may not read devices."), hint).answering(api.Status)
}

func askInventory(_ context.Context, r *run) Check {
	page, err := r.devices()
	if err != nil {
		return unanswered("Okta", "", err)
	}
	count := len(page.Devices) + page.Unreadable
	seen := strconv.Itoa(count)
	if page.HasNext {
		seen = "the first " + seen
	}
	lacking := lackOf(page)
	switch {
	case count == 0:
		empty := warning(TargetNone, "The organization has no devices, or the token's owner sees none.",
			"A connector will run, and bring nothing. Check the owner's admin role and its resource set.")
		empty.Empty = true
		return empty
	case lacking.devices == 0 && lacking.nameless == 0:
		return passed(fmt.Sprintf("Devices that lack a field which Sekoia's connector requires: 0 of %s.", seen))
	default:
		missed := warning(TargetNone, lacking.message(seen), "Re-enroll these devices, or delete those that nobody uses anymore.")
		missed.News = lacking.news(seen)
		return missed
	}
}

// lack is what a page's devices lack of what Sekoia's connector requires.
type lack struct {
	devices    int
	unreadable int
	byField    map[string]int
	ids        []string // the first few
	// Devices with an empty name lack nothing, and are missed all the same.
	nameless    int
	namelessIDs []string
}

func lackOf(page *okta.DevicesPage) lack {
	l := lack{devices: page.Unreadable, unreadable: page.Unreadable, byField: map[string]int{}}
	for i := range page.Devices {
		device := &page.Devices[i]
		fields := ocsf.Lacking(device)
		for _, field := range fields {
			l.byField[field]++
		}
		switch {
		case len(fields) > 0:
			l.devices++
			l.ids = withID(l.ids, device.ID)
		case ocsf.Nameless(device):
			l.nameless++
			l.namelessIDs = withID(l.namelessIDs, device.ID)
		}
	}
	return l
}

// withID adds an id to the first few.
func withID(ids []string, id string) []string {
	if len(ids) >= namedDevices || id == "" {
		return ids
	}
	return append(ids, credential.Sanitize(id))
}

// message says in at most three lines which devices Sekoia will miss, and what else they cost.
func (l lack) message(seen string) string {
	if l.devices == 0 {
		return lines(
			fmt.Sprintf("%d of %s devices %s an empty displayName. %s", l.nameless, seen, verb(l.nameless, "has", "have"), examples(l.nameless, l.namelessIDs)),
			"The connector skips such a device, and takes the others.")
	}
	also := ""
	if l.nameless > 0 {
		also = fmt.Sprintf("%d more %s an empty displayName, and only %s skipped. %s", l.nameless, verb(l.nameless, "has", "have"),
			verb(l.nameless, "it is", "they are"), examples(l.nameless, l.namelessIDs))
	}
	return lines(
		strings.TrimSpace(fmt.Sprintf("%d of %s devices %s a field that Sekoia's connector requires: %s. %s",
			l.devices, seen, verb(l.devices, "lacks", "lack"), l.fields(), examples(l.devices, l.ids))),
		"The connector drops the whole page (up to 200 devices) that such a device is on, and everything after it in that cycle.", also)
}

// news is the message in a headline.
func (l lack) news(seen string) string {
	if l.devices == 0 {
		return fmt.Sprintf("%d of %s %s an empty displayName", l.nameless, seen, verb(l.nameless, "has", "have"))
	}
	return fmt.Sprintf("%d of %s %s a required field, and all after the first of them", l.devices, seen, verb(l.devices, "lacks", "lack"))
}

func verb(count int, one, several string) string {
	if count == 1 {
		return one
	}
	return several
}

// fields lists which fields are missing how often, in the order of the parser's list.
func (l lack) fields() string {
	var parts []string
	for _, field := range ocsf.RequiredFields() {
		if n := l.byField[field]; n > 0 {
			parts = append(parts, fmt.Sprintf("%s (%d)", field, n))
		}
	}
	if l.unreadable > 0 {
		parts = append(parts, fmt.Sprintf("the shape of a device (%d)", l.unreadable))
	}
	return strings.Join(parts, ", ")
}

// examples names the first of some devices by their ids.
func examples(count int, ids []string) string {
	if len(ids) == 0 {
		return ""
	}
	which := "Ids"
	if count > len(ids) {
		which = "First ids"
	}
	return fmt.Sprintf("%s: %s.", which, strings.Join(ids, ", "))
}

func askRateLimit(_ context.Context, r *run) Check {
	page, err := r.devices()
	if err != nil {
		return unanswered("Okta", "", err)
	}
	limit := page.RateLimit
	if !limit.Known || limit.Limit <= 0 {
		return passed("Okta's answer names no rate limit.")
	}
	const enough = "Enough calls to Okta's Devices API are left."
	left := fmt.Sprintf("%d of %d calls to Okta's Devices API are left in this window.", limit.Remaining, limit.Limit)
	if limit.Remaining*scarceShareOfBudget >= limit.Limit {
		return passed(left).lastingly(enough)
	}
	// What this run used itself is no reason to warn: it waits for the next window before it runs into the limit.
	if own := min(limit.Own, limit.Limit-limit.Remaining); (limit.Remaining+own)*scarceShareOfBudget >= limit.Limit {
		return passed(lines(left, fmt.Sprintf("This run made %d of the others itself, and waits for the next window before none are left.", own))).lastingly(enough)
	}
	reset := ""
	if !limit.Reset.IsZero() {
		reset = fmt.Sprintf("It ends at %s.", limit.Reset.UTC().Format(time.RFC3339))
	}
	return warning(TargetNone, lines(left, reset),
		lines("Other clients, or a plan a moment ago, use up this organisation's budget: a sync may be slowed down.",
			"See Reports > Rate Limits in Okta's admin console.")).lastingly("Few calls to Okta's Devices API are left in this window.")
}

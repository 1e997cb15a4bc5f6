// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package preflight

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/advice"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/ocsf"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/okta"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/credential"
)

// scarceShareOfBudget warns when less than one fifth of the budget is left.
const scarceShareOfBudget = 5

func askOrganization(_ context.Context, r *run) Check {
	base := r.input.OktaBaseURL
	if base == nil {
		return failed(okta.InputBaseURL, "there is no Okta base URL", "There is no Okta base URL.",
			"Set base_url to the organization's URL: https://<organization>.okta.com.")
	}
	organization, err := r.organization()
	if err == nil {
		also := ""
		if organization.API != credential.OriginOf(base) {
			also = fmt.Sprintf("It is a custom domain: the credential goes to %s.", organization.API)
		}
		return passed(fmt.Sprintf("Okta organization %s answers at %s.", credential.Sanitize(organization.ID), credential.OriginOf(base)), also)
	}
	grade, _ := r.tester.config.Trust.Okta(base)
	if finding := failedCall(okta.Advise(err)); !finding.Inconclusive || errors.Is(err, context.Canceled) || grade != credential.OktaUntrusted {
		return finding
	}

	// The budget ended before a possible custom domain proved anything.
	return failedCall(okta.Advise(&okta.UntrustedHostError{
		Host: okta.ShownHost(base.Host), Reason: "it did not prove in time that it is an organization's custom domain", Err: context.DeadlineExceeded,
		Remedy: fmt.Sprintf("If this host is known to be Okta's, name it in the environment: %s=%q", credential.TrustedOktaHostsVariable, base.Host),
	}))
}

func askEngine(_ context.Context, r *run) Check {
	organization, err := r.organization()
	if err != nil {
		return failedCall(okta.Advise(err))
	}
	id := credential.Sanitize(organization.ID)
	switch organization.Pipeline {
	case "idx":
		return passed("The organization is on Okta Identity Engine.")
	case okta.PipelineClassic:
		return failed(okta.InputBaseURL, "the organization runs on Okta's Classic Engine", lines(
			fmt.Sprintf("The organization %s runs on Okta's Classic Engine (pipeline \"v1\").", id), "Classic Engine has no Devices API."),
			"Use an organization on Identity Engine, or have Okta upgrade this one.")
	}
	said := "names no pipeline"
	if organization.Pipeline != "" {
		said = fmt.Sprintf("names an unknown pipeline (%s)", credential.Sanitize(strconv.Quote(organization.Pipeline)))
	}
	return warning(okta.InputBaseURL, "the organization's engine is not known",
		fmt.Sprintf("The organization %s %s, so it is not known whether it runs on Okta Identity Engine.", id, said),
		"Nothing to do if okta_devices_read passes: then the organization has the Devices API.")
}

// askCredentials passes if Okta knew the credential, and refused what was asked for: that is the next check.
func askCredentials(_ context.Context, r *run) Check {
	if r.input.OktaApp == nil && r.input.OktaToken.IsZero() {
		return Check{Status: StatusSkipped, Message: "Not checked, because no Okta API token is known here."}
	}
	_, err := r.devices()
	meant := okta.Advise(err)
	switch {
	case err != nil && meant.Kind != advice.Denied:
		return failedCall(meant)
	case r.input.OktaApp == nil:
		return passed("Okta accepts the API token.")
	case refusedToken(err):
		return passed("Okta accepts the service app.")
	default:
		return passed("Okta accepts the service app, and gave it an access token.")
	}
}

// refusedToken reports whether Okta refused a service app its access token.
func refusedToken(err error) bool {
	refused, ok := errors.AsType[*okta.APIError](err)
	return ok && refused.ForToken
}

// askDevicesRead says of each scope of a service app whether it was granted. Only the first is needed.
func askDevicesRead(ctx context.Context, r *run) Check {
	_, err := r.devices()
	scopes := ""
	if client, unknown := r.client(); r.input.OktaApp != nil && unknown == nil && !refusedToken(err) {
		// The token is there already: this makes no call.
		granted, unknown := client.GrantedScopes(ctx)
		if unknown != nil {
			return failedCall(okta.Advise(unknown))
		}
		scopes = scopeLines(r.input.OktaApp.Scopes(), granted)
	}
	switch {
	case err != nil:
		finding := failedCall(okta.Advise(err))
		finding.Message = lines(finding.Message, scopes)
		return finding
	case r.input.OktaApp != nil:
		return passed("The access token may read devices.", scopes)
	default:
		return passed("The API token may read devices. It has no scopes of its own: it may do what its owner may.")
	}
}

// scopeLines say of each scope that has to do with devices whether it was granted.
func scopeLines(asked, granted []string) string {
	var shown []string
	for _, scope := range []string{okta.ScopeDevicesRead, okta.ScopeDeviceTrustRead, okta.ScopeDevicesManage} {
		switch {
		case slices.Contains(granted, scope):
			shown = append(shown, scope+": granted.")
		case slices.Contains(asked, scope):
			shown = append(shown, scope+": not granted.")
		case scope == okta.ScopeDevicesRead:
			shown = append(shown, scope+": not granted (not asked for: it is not in scopes).")
		default:
			shown = append(shown, scope+": not granted (not asked for: it is not in scopes, and nothing here needs it).")
		}
	}
	return lines(shown...)
}

func askRateLimit(_ context.Context, r *run) Check {
	page, err := r.devices()
	if err != nil {
		return failedCall(okta.Advise(err))
	}
	limit := page.RateLimit
	if !limit.Known || limit.Limit <= 0 {
		return passed("Okta's answer names no rate limit.")
	}
	enough := passed("Enough calls to Okta's Devices API are left.")
	enough.Trace = fmt.Sprintf("%d of %d calls to Okta's Devices API are left in this window.", limit.Remaining, limit.Limit)
	if limit.Remaining*scarceShareOfBudget >= limit.Limit {
		return enough
	}

	// What this run used itself is no reason to warn: it waits for the next window before it runs into the limit.
	if own := min(limit.Own, limit.Limit-limit.Remaining); (limit.Remaining+own)*scarceShareOfBudget >= limit.Limit {
		enough.Trace += fmt.Sprintf(" This run made %d of the others itself, and waits for the next window before none are left.", own)
		return enough
	}
	scarce := warning("", "Okta's rate limit is nearly used up", "Few calls to Okta's Devices API are left in this window.",
		"Other clients, or a plan a moment ago, use up the organization's limit. A sync may be slow. See Reports > Rate Limits in Okta's admin console.")
	scarce.Trace = enough.Trace
	if !limit.Reset.IsZero() {
		scarce.Trace += fmt.Sprintf(" It ends at %s.", limit.Reset.UTC().Format(time.RFC3339))
	}
	return scarce
}

func askInventory(_ context.Context, r *run) Check {
	page, err := r.devices()
	if err != nil {
		return failedCall(okta.Advise(err))
	}
	all := len(page.Devices) + page.Unreadable
	seen := strconv.Itoa(all)
	if page.HasNext {
		seen = "the first " + seen
	}
	lacking, nameless := lackOf(page)
	if all == 0 {
		return warning("", "there are no devices to fetch", "The organization has no devices, or the token's owner sees none.",
			"A connector would run and bring nothing. Check the owner's admin role and its resource set.")
	}
	const hint = "Re-enroll these devices, or delete those that nobody uses anymore."
	switch {
	case lacking.count == 0 && nameless.count == 0:
		return passed(fmt.Sprintf("Devices that lack a field which Sekoia's connector requires: 0 of %s.", seen))
	case lacking.count == 0:
		have := verb(nameless.count, "has", "have") + " an empty displayName"
		return warning("", fmt.Sprintf("Sekoia will miss devices: %d of %s %s", nameless.count, seen, have),
			lines(fmt.Sprintf("%d of %s devices %s.%s", nameless.count, seen, have, nameless.examples()), "The connector skips such a device, and takes the others."), hint)
	}
	also := ""
	if nameless.count > 0 {
		also = fmt.Sprintf("%d more %s an empty displayName, and only %s skipped.%s",
			nameless.count, verb(nameless.count, "has", "have"), verb(nameless.count, "it is", "they are"), nameless.examples())
	}
	lack := verb(lacking.count, "lacks", "lack")
	return warning("", fmt.Sprintf("Sekoia will miss devices: %d of %s %s a required field, and all after the first of them", lacking.count, seen, lack),
		lines(fmt.Sprintf("%d of %s devices %s a field that Sekoia's connector requires: %s.%s", lacking.count, seen, lack, lacking.fields(), lacking.examples()),
			"The connector drops the whole page (up to 200 devices) with such a device, and everything after it in that cycle.", also), hint)
}

// odd are devices that Sekoia will miss for one reason.
type odd struct {
	count   int
	ids     []string // the first few
	byField map[string]int
}

const (
	namedDevices = 5
	// shape stands among the fields for what is not a device at all.
	shape = "the shape of a device"
)

func (o *odd) add(id string) {
	if o.count++; len(o.ids) < namedDevices && id != "" {
		o.ids = append(o.ids, credential.Sanitize(id))
	}
}

// lackOf returns what a page's devices lack of what Sekoia's connector requires. Those with an empty name lack nothing,
// and are missed all the same.
func lackOf(page *okta.DevicesPage) (lacking, nameless odd) {
	lacking = odd{count: page.Unreadable, byField: map[string]int{shape: page.Unreadable}}
	for i := range page.Devices {
		device := &page.Devices[i]
		fields := ocsf.Lacking(device)
		for _, field := range fields {
			lacking.byField[field]++
		}
		switch {
		case len(fields) > 0:
			lacking.add(device.ID)
		case ocsf.Nameless(device):
			nameless.add(device.ID)
		}
	}
	return lacking, nameless
}

// fields lists which fields are missing how often, in the order of the parser's list.
func (o *odd) fields() string {
	var parts []string
	for _, field := range append(ocsf.RequiredFields(), shape) {
		if n := o.byField[field]; n > 0 {
			parts = append(parts, fmt.Sprintf("%s (%d)", field, n))
		}
	}
	return strings.Join(parts, ", ")
}

// examples names the first of the devices by their ids, to follow a sentence.
func (o *odd) examples() string {
	if len(o.ids) == 0 {
		return ""
	}
	which := " Ids: "
	if o.count > len(o.ids) {
		which = " First ids: "
	}
	return which + strings.Join(o.ids, ", ") + "."
}

func verb(count int, one, several string) string {
	if count == 1 {
		return one
	}
	return several
}

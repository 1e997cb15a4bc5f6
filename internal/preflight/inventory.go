// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package preflight

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/ocsf"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/okta"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/credential"
)

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
			"The connector drops the whole page (up to 200 devices) that such a device is on, and everything after it in that cycle.", also), hint)
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

// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package ocsf

import (
	"slices"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/okta"
)

// required are the fields without which the parser of Sekoia's connector takes no device (public source of the Okta
// module, 2.10.0 and later), null and another type counting as none. One such device costs the page that it is on, and
// all behind it in that cycle. What the parser requires of a device's links is left out: Okta makes them all alike.
var required = []struct {
	name    string // as Okta spells it, in the profile or outside of it
	present func(*okta.Device) bool
}{
	{"id", func(d *okta.Device) bool { return d.ID != "" }},
	{"created", func(d *okta.Device) bool { return d.Created != nil }},
	{"status", func(d *okta.Device) bool { return d.Status != nil }},
	{"lastUpdated", func(d *okta.Device) bool { return d.LastUpdated != nil }},
	{"displayName", func(d *okta.Device) bool { return d.DisplayName != nil }},
	{"platform", func(d *okta.Device) bool { return d.Platform != nil }},
	{"registered", func(d *okta.Device) bool { return d.Registered != nil }},
	{"secureHardwarePresent", func(d *okta.Device) bool { return d.SecureHardwarePresent != nil }},
	// A device without a name has none here either, and that was said.
	{"resourceDisplayName.value", func(d *okta.Device) bool { return d.DisplayName == nil || hasInside("resourceDisplayName.value")(d) }},
	{"resourceDisplayName.sensitive", hasInside("resourceDisplayName.sensitive")},
}

func hasInside(name string) func(*okta.Device) bool {
	return func(d *okta.Device) bool { return !slices.Contains(d.Lacks, name) }
}

// RequiredFields are the names of the fields that Sekoia's connector requires of a device, in the order in which
// Lacking gives them.
func RequiredFields() []string {
	names := make([]string, len(required))
	for i := range required {
		names[i] = required[i].name
	}
	return names
}

// Lacking names the required fields that a device does not have; nil for most devices.
func Lacking(device *okta.Device) []string {
	var names []string
	for i := range required {
		if !required[i].present(device) {
			names = append(names, required[i].name)
		}
	}
	return names
}

// Nameless reports whether a device's name is there, and empty. The connector skips such a device, and takes the others
// on its page.
func Nameless(device *okta.Device) bool {
	return device.DisplayName != nil && *device.DisplayName == ""
}

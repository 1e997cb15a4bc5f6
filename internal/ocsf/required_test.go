// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package ocsf

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/okta"
)

func TestLacking(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*okta.Device)
		want   []string
	}{
		"a whole device":            {func(*okta.Device) {}, nil},
		"no osVersion":              {func(d *okta.Device) { d.OSVersion = nil }, nil},
		"an empty name is there":    {func(d *okta.Device) { d.DisplayName = new("") }, nil},
		"a time that is none, too":  {func(d *okta.Device) { d.LastUpdated = new("soon") }, nil},
		"no status":                 {func(d *okta.Device) { d.Status = nil }, []string{"status"}},
		"no lastUpdated":            {func(d *okta.Device) { d.LastUpdated = nil }, []string{"lastUpdated"}},
		"no display name's value":   {func(d *okta.Device) { d.Lacks = []string{"resourceDisplayName.value"} }, []string{"resourceDisplayName.value"}},
		"no name in either place":   {func(d *okta.Device) { d.DisplayName, d.Lacks = nil, []string{"resourceDisplayName.value"} }, []string{"displayName"}},
		"nothing at all":            {func(d *okta.Device) { *d = okta.Device{} }, RequiredFields()[:8]},
		"two fields of the profile": {func(d *okta.Device) { d.Registered, d.Platform = nil, nil }, []string{"platform", "registered"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			device := windows()
			c.change(&device)
			if diff := cmp.Diff(c.want, Lacking(&device)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestNameless(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		displayName *string
		want        bool
	}{"a name": {new("a"), false}, "an empty one": {new(""), true}, "none": {nil, false}} {
		if got := Nameless(&okta.Device{DisplayName: c.displayName}); got != c.want {
			t.Errorf("%s: %t", name, got)
		}
	}
}

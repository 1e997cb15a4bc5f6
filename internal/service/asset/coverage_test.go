// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package asset

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/okta"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/sekoia"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/access"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/diagnostic"
)

const (
	thisConnector  = "11111111-aaaa-4aaa-8aaa-111111111111"
	otherConnector = "22222222-bbbb-4bbb-8bbb-222222222222"
)

// at is a time so many minutes into the test's day.
func at(minute int) *string {
	return new(time.Date(2026, time.March, 1, 0, minute, 0, 0, time.UTC).Format("2006-01-02T15:04:05.000Z"))
}

// sound is a device with all that any version requires.
func sound(id string, createdMinute int) okta.Device {
	return okta.Device{
		ID: id, Created: at(createdMinute), LastUpdated: at(createdMinute), Status: new("ACTIVE"), DisplayName: new("Device"), Platform: new("MACOS"), OSVersion: new("15.1"),
		Registered: new(true), SecureHardwarePresent: new(false),
	}
}

// odd is a device that lacks one of the fields.
func odd(id string, createdMinute int) okta.Device {
	device := sound(id, createdMinute)
	device.Registered = nil
	return device
}

// many are devices d<from> to d<to-1>, created in this order, a minute apart.
func many(from, to int, odds ...int) []okta.Device {
	var devices []okta.Device
	for number := from; number < to; number++ {
		device := sound(fmt.Sprintf("d%d", number), number)
		for _, each := range odds {
			if each == number {
				device = odd(device.ID, number)
			}
		}
		devices = append(devices, device)
	}
	return devices
}

// seenAt is an asset of this connector that was pushed once, or again at another minute.
func seenAt(id string, minute int, again ...int) sekoia.Asset {
	return sekoia.Asset{ID: "asset-" + id, Type: "host", Connectors: []sekoia.AssetConnector{{
		ID: thisConnector, ExternalID: &id, FirstSeen: at(minute), LastSeen: at(append([]int{minute}, again...)[len(again)]),
	}}}
}

func revoked(asset sekoia.Asset) sekoia.Asset {
	asset.Revoked = true
	return asset
}

// arrived are assets of devices d<from> to d<to-1>, pushed in this order in batches of 100.
func arrived(from, to int) []sekoia.Asset {
	var assets []sekoia.Asset
	for number := from; number < to; number++ {
		assets = append(assets, seenAt(fmt.Sprintf("d%d", number), 30_000+(number-from)/100))
	}
	return assets
}

// said is a result in words: devices that are missing one after the other for the same reason are one word,
// "d3-d7:pending".
func said(found *coverage) string {
	var text []string
	for begin := 0; begin < len(found.missing); {
		first, end := found.missing[begin], begin+1
		for end < len(found.missing) && found.missing[end].reason == first.reason && found.missing[end].detail == first.detail {
			end++
		}
		word := first.id
		if end > begin+1 {
			word += "-" + found.missing[end-1].id
		}
		word += ":" + string(first.reason)
		if first.detail != "" {
			word += "(" + first.detail + ")"
		}
		text = append(text, word)
		begin = end
	}
	return strings.Join(text, " ")
}

type coverageCase struct {
	devices []okta.Device
	assets  []sekoia.Asset
	missing string // as said has it
	covered []string
	stale   []string
	revoked int
	without int // an external id
}

func (c *coverageCase) check(t *testing.T) {
	t.Helper()
	found := compared(c.devices, c.assets, strings.ToUpper(thisConnector))
	if diff := cmp.Diff(c.missing, said(found)); diff != "" {
		t.Errorf("missing (-want +got):\n%s", diff)
	}
	if c.covered != nil && !cmp.Equal(c.covered, found.covered) {
		t.Errorf("covered: want %v, not %v", c.covered, found.covered)
	}
	if !cmp.Equal(c.stale, found.stale) {
		t.Errorf("stale: want %v, not %v", c.stale, found.stale)
	}
	if found.revoked != c.revoked || found.unidentified != c.without {
		t.Errorf("want %d revoked and %d without an id, not %d and %d", c.revoked, c.without, found.revoked, found.unidentified)
	}
	if len(found.covered)+len(found.missing) != len(c.devices) || found.devices != len(c.devices) {
		t.Errorf("%d covered and %d missing are not %d devices", len(found.covered), len(found.missing), len(c.devices))
	}
}

func TestCover_beforeTheFirstAsset(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]coverageCase{
		"nothing on either side":                      {},
		"all devices are pending":                     {devices: many(0, 450), missing: "d0-d449:pending"},
		"a page of exactly 200 is one":                {devices: many(0, 200, 199), missing: "d0-d198:behind(d199) d199:lacks_field(registered)"},
		"an odd device takes its page and all behind": {devices: many(0, 450, 250), missing: "d0-d199:pending d200-d249:behind(d250) d250:lacks_field(registered) d251-d449:behind(d250)"},
		"the first of two odd devices is named": {
			devices: many(0, 450, 230, 260, 440),
			missing: "d0-d199:pending d200-d229:behind(d230) d230:lacks_field(registered) d231-d259:behind(d230) d260:lacks_field(registered) d261-d439:behind(d230) d440:lacks_field(registered) d441-d449:behind(d230)",
		},
		"pages are in Okta's order, whatever was created when": {
			devices: append([]okta.Device{odd("late", 9000)}, many(0, 250)...), missing: "late:lacks_field(registered) d0-d249:behind(late)",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test.check(t)
		})
	}
}

func TestCover_withACheckpoint(t *testing.T) {
	t.Parallel()

	// The first cycle took Okta's order; what follows is pushed by creation. d5 was created last, so it was pushed a
	// second time.
	second := []sekoia.Asset{seenAt("d1", 20_000), seenAt("d2", 20_000), seenAt("d5", 20_000, 20_001)}
	for name, test := range map[string]coverageCase{
		"all arrived": {devices: many(0, 3), assets: arrived(0, 3), covered: []string{"d0", "d1", "d2"}},
		"a device that is newer is pending, one of the same time and one that is older are before it": {
			devices: append(many(0, 3), sound("same", 1), sound("newer", 5)), assets: arrived(1, 2), covered: []string{"d1"},
			missing: "d0:before_checkpoint d2:pending same:before_checkpoint newer:pending",
		},
		"the last push tells, not what is newest in the first": {
			devices: many(0, 10), assets: second, missing: "d0-d4:before_checkpoint d6-d9:pending",
		},
		"a push as large as the largest may have been full: the last device but one is possible too": {
			devices: many(0, 10), assets: []sekoia.Asset{seenAt("d0", 20_000), seenAt("d3", 20_000), seenAt("d1", 20_000)},
			missing: "d2:unknown d4-d9:pending",
		},
		"in the first cycle a push that another one followed was full, and so is one of its size": {
			devices: slices.Concat(many(6, 7), many(50, 60), many(0, 6), many(7, 10)),
			assets:  []sekoia.Asset{seenAt("d6", 20_000), seenAt("d50", 20_000), seenAt("d1", 20_001), seenAt("d9", 20_001)},
			missing: "d51-d59:pending d0:before_checkpoint d2-d8:pending",
		},
		"assets that have a time of their own each tell nothing but a bound": {
			devices: append(many(0, 10), sound("later", 90_000)), assets: []sekoia.Asset{seenAt("d8", 20_000), seenAt("d3", 20_001)},
			missing: "d0-d9:unknown later:pending",
		},
		"assets without times do not even tell that": {
			devices: many(0, 4), assets: []sekoia.Asset{
				{Connectors: []sekoia.AssetConnector{{ID: thisConnector, ExternalID: new("d2")}}},
				{Connectors: []sekoia.AssetConnector{{ID: thisConnector, ExternalID: new("d1"), FirstSeen: new("yesterday")}}},
			},
			missing: "d0-d3:unknown",
		},
		"what was seen last before it was seen first contradicts itself": {
			devices: many(0, 4), assets: []sekoia.Asset{seenAt("d1", 20_000, 10), seenAt("d2", 20_000, 10)}, missing: "d0-d3:unknown",
		},
		"an odd device older than the checkpoint stops nothing": {
			devices: append([]okta.Device{odd("old", 0)}, many(1, 4)...), assets: arrived(2, 3),
			missing: "old:lacks_field(registered) d1:before_checkpoint d3:pending",
		},
		"a newer odd device stops its page, and those behind it by creation": {
			devices: append(many(1, 4), odd("bad", 300), sound("last", 400)), assets: arrived(1, 2),
			missing: "d2-d3:behind(bad) bad:lacks_field(registered) last:behind(bad)",
		},
		"pages are by creation, whatever Okta's order is": {
			devices: append([]okta.Device{odd("bad", 5000)}, many(0, 402)...), assets: []sekoia.Asset{seenAt("d0", 20_000)},
			missing: "bad:lacks_field(registered) d1-d400:pending d401:behind(bad)",
		},
		"a device with an empty name is skipped, and no reason for others to be behind": {
			devices: append(many(0, 3), nameless("empty", 300), sound("last", 400)), assets: arrived(0, 3),
			missing: "empty:lacks_field(displayName) last:pending",
		},
		"so is one with a time that can't be read": {
			devices: append(many(0, 3), func() okta.Device { device := sound("x", 300); device.LastUpdated = new("soon"); return device }(), sound("last", 400)),
			assets:  arrived(0, 3), missing: "x:lacks_field(lastUpdated) last:pending",
		},
		"a covered device that lost a field stops the cycle too": {
			devices: append(many(0, 4), odd("lost", 10)), assets: []sekoia.Asset{seenAt("lost", 20_000), seenAt("d1", 20_000), seenAt("d0", 20_000, 20_001)},
			missing: "d2-d3:behind(lost)", covered: []string{"d0", "d1", "lost"},
		},
		"all that is lacking is named": {
			devices: []okta.Device{{ID: "empty"}, {}}, missing: "empty:lacks_field(created, status, lastUpdated, displayName, platform, registered, " +
				"secureHardwarePresent) :lacks_field(id, created, status, lastUpdated, displayName, platform, registered, secureHardwarePresent)",
		},
		"a device without an id stops the cycle, without a name": {
			devices: append(many(0, 1), sound("", 3)), missing: "d0:behind :lacks_field(id)",
		},
		"a time of creation that is none is skipped alone": {
			devices: append(many(0, 1), func() okta.Device { device := sound("x", 3); device.Created = new("soon"); return device }()),
			missing: "d0:pending x:lacks_field(created)",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test.check(t)
		})
	}
}

func nameless(id string, createdMinute int) okta.Device {
	device := sound(id, createdMinute)
	device.DisplayName = new("")
	return device
}

func TestCover_assets(t *testing.T) {
	t.Parallel()
	merged := seenAt("d1", 1)
	merged.Connectors = append([]sekoia.AssetConnector{{ID: otherConnector, ExternalID: new("d0"), FirstSeen: at(9000)}}, merged.Connectors...)
	foreign := seenAt("d2", 1)
	foreign.Connectors[0].ID = otherConnector
	nameless := seenAt("d2", 9000)
	nameless.Connectors[0].ExternalID = nil
	for name, test := range map[string]coverageCase{
		"a merged asset counts by this connector's share": {
			devices: many(0, 3), assets: []sekoia.Asset{merged}, covered: []string{"d1"}, missing: "d0:before_checkpoint d2:pending",
		},
		"an asset that only another connector has seen does not count": {
			devices: many(2, 3), assets: []sekoia.Asset{foreign}, covered: nil, missing: "d2:pending",
		},
		"an asset without an external id is counted apart, and tells no checkpoint": {
			devices: many(0, 3), assets: []sekoia.Asset{seenAt("d1", 1), nameless}, without: 1, missing: "d0:before_checkpoint d2:pending",
		},
		"what is gone from Okta is stale, the oldest asset first": {
			devices: many(1, 2), assets: []sekoia.Asset{seenAt("z", 1), seenAt("d1", 2), seenAt("a", 3)}, covered: []string{"d1"}, stale: []string{"z", "a"},
		},
		"a revoked asset arrived; it is not stale, and tells the checkpoint": {
			devices: many(0, 3), assets: []sekoia.Asset{seenAt("d0", 2), revoked(seenAt("d1", 2)), revoked(seenAt("gone", 1))},
			covered: []string{"d0", "d1"}, revoked: 1, missing: "d2:pending",
		},
		"a device of two assets is not revoked where one is not": {
			devices: many(0, 2), assets: []sekoia.Asset{revoked(seenAt("d0", 3)), seenAt("d0", 1), seenAt("d1", 1), revoked(seenAt("d1", 3))},
			covered: []string{"d0", "d1"},
		},
		"a device of two assets is revoked where both are, and was seen when the later was": {
			devices: many(0, 3), assets: []sekoia.Asset{revoked(seenAt("d0", 5)), revoked(seenAt("d0", 1)), seenAt("d2", 5)},
			covered: []string{"d0", "d2"}, revoked: 1, missing: "d1:unknown",
		},
		"where all assets are stale, the checkpoint is not later than when the last was seen": {
			devices: many(10, 13), assets: []sekoia.Asset{seenAt("gone", 11), seenAt("older", 2)}, stale: []string{"gone", "older"},
			missing: "d10-d11:unknown d12:pending",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test.check(t)
		})
	}
}

func TestCoverage_warning(t *testing.T) {
	t.Parallel()
	for unidentified, want := range map[int]string{0: "", 3: "3 assets of this connector"} {
		var diags diag.Diagnostics
		(&coverage{unidentified: unidentified}).addWarning(&diags, diagnostic.OktaPlace{})
		if want == "" && len(diags) > 0 || want != "" && (diags.WarningsCount() != 1 || !strings.HasPrefix(diags[0].Detail(), want)) {
			t.Errorf("%d assets without an id: %v", unidentified, diags)
		}
	}
}

// A comparison of a large organization, up to the values that Terraform gets.
func BenchmarkCover(b *testing.B) {
	const count = 20_000
	devices := many(0, count, count/2)
	assets := arrived(0, count/4)
	b.ReportAllocs()
	for b.Loop() {
		if found := coverageResults(compared(devices, assets, thisConnector)); len(found.Values) != 3 || len(found.Lists) != 3 {
			b.Fatal("not all values are there")
		}
	}
}

// compared is the coverage of what both clients read.
func compared(devices []okta.Device, assets []sekoia.Asset, connectorID string) *coverage {
	seen := newSightings(connectorID)
	for index := range assets {
		seen.read(&assets[index])
	}
	return cover(outlinesOf(devices), seen)
}

func outlinesOf(devices []okta.Device) []access.DeviceOutline {
	outlines := make([]access.DeviceOutline, len(devices))
	for index := range devices {
		outlines[index] = access.OutlineOf(&devices[index])
	}
	return outlines
}

// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package asset

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/renderer/html"
	nethtml "golang.org/x/net/html"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/okta"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/sekoia"
)

const fuzzedConnector = "b0000000-0000-4000-8000-000000000001"

// FuzzCoverage looks for an inventory of which devices or assets are counted twice or not at all, of which a device is
// said to be missing for a reason that a cycle of its own, played device by device, does not give, or whose Markdown is
// more than it should be. A byte of inventory is a device: when it was created, what it lacks, and whether the
// connector brought it. odd is an id.
func FuzzCoverage(f *testing.F) {
	for _, seed := range []string{"", "\x00", "abcdefgh", "\x07\x0f\x17", "\xff\xfe\xfd", "aaaa", "\x40\x41\x42\x43\x80\x81\xc0\xc1", strings.Repeat("\x03", 201), strings.Repeat("\x03", 200) + "\x20" + strings.Repeat("\x05", 205)} {
		for scale := range byte(3) {
			f.Add([]byte(seed), scale, "guo1", []byte("\x01\x02"))
		}
	}
	for _, odd := range []string{"", "`", "</code><img src=x>", "a|b", "@everyone", "https://evil.example", "\u202e\n\n# a", "<!--", "```\n", strings.Repeat("x", 70), "&#124;", "\xff", "[a](b)"} {
		f.Add([]byte("a\x20b"), byte(0), odd, []byte("\x00\x41\x81\xff"))
	}

	// A device that lacks a field is the first of the second page: those of the first are pending, not behind.
	f.Add([]byte(strings.Repeat("\x03", 200)+"\x24"+strings.Repeat("\x05", 205)), byte(0), "guo1", []byte{})
	markdown := goldmark.New(goldmark.WithExtensions(extension.GFM), goldmark.WithRendererOptions(html.WithUnsafe()))
	f.Fuzz(func(t *testing.T, inventory []byte, scale byte, odd string, gone []byte) {
		if len(inventory) > 700 || len(gone) > 100 {
			return
		}
		devices, assets := fuzzedInventory(inventory, 1+int(scale)%3, odd, gone)
		got := compared(devices, assets, fuzzedConnector)
		checkPartition(t, got, devices, assets)
		checkReasons(t, got, devices, assets)
		checkSummary(t, markdown, got)
	})
}

// fuzzedInventory makes as many devices of each byte, and assets of some of them and of devices that are gone.
func fuzzedInventory(inventory []byte, scale int, odd string, gone []byte) ([]okta.Device, []sekoia.Asset) {
	var (
		devices []okta.Device
		assets  []sekoia.Asset
	)
	begin := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for index, spec := range inventory {
		for copied := range scale {
			id := fmt.Sprintf("guo%d-%d", index, copied)
			if index == 1 && copied == 0 {
				id = odd
			}
			created := begin.Add(time.Duration(spec&0x1f) * time.Hour).Format(time.RFC3339Nano)
			device := okta.Device{
				ID: id, Created: &created, LastUpdated: &created, Status: new("ACTIVE"), DisplayName: new("a"), Platform: new("IOS"), Registered: new(true), SecureHardwarePresent: new(true), OSVersion: new("1"),
			}
			switch spec >> 5 & 3 {
			case 1:
				device.DisplayName = nil
			case 2:
				device.OSVersion = nil
			case 3:
				device.DisplayName = new("")
			}
			if spec == 0xff {
				device.Created = new("soon")
			}
			devices = append(devices, device)
			if spec>>7 == 1 {
				assets = append(assets, assetOf(id, begin.Add(time.Duration(index/3)*time.Minute).Format(time.RFC3339Nano), spec&0x10 != 0))
			}
		}
	}
	for index, spec := range gone {
		assets = append(assets, assetOf(fmt.Sprintf("gone%d", index/2), begin.Add(time.Duration(spec)*time.Minute).Format(time.RFC3339Nano), spec&1 == 1))
	}
	if len(gone) > 2 {
		assets = append(assets, assetOf("", "", false), assetOf(odd, "never", false))
	}
	return devices, assets
}

func assetOf(external, firstSeen string, revoked bool) sekoia.Asset {
	return sekoia.Asset{Revoked: revoked, Connectors: []sekoia.AssetConnector{
		{ID: "another", ExternalID: new("another's")}, {ID: strings.ToUpper(fuzzedConnector), ExternalID: &external, FirstSeen: &firstSeen, LastSeen: &firstSeen},
	}}
}

// brought are the ids that the connector has an asset of; true where one of them is not revoked.
func brought(assets []sekoia.Asset) map[string]bool {
	ids := map[string]bool{}
	for _, asset := range assets {
		if id := *asset.Connectors[1].ExternalID; id != "" {
			ids[id] = ids[id] || !asset.Revoked
		}
	}
	return ids
}

// checkPartition tells of a device or an asset that is nowhere or in two places.
func checkPartition(t *testing.T, got *coverage, devices []okta.Device, assets []sekoia.Asset) {
	t.Helper()
	seen := brought(assets)
	var covered, missing []string
	inOkta := map[string]bool{}
	for _, device := range devices {
		inOkta[device.ID] = true
		if _, found := seen[device.ID]; found && device.ID != "" {
			covered = append(covered, device.ID)
		} else {
			missing = append(missing, device.ID)
		}
	}
	stale := map[string]bool{}
	for id, current := range seen {
		if !inOkta[id] && current {
			stale[id] = true
		}
	}
	if got.devices != len(devices) || !slices.Equal(got.covered, covered) {
		t.Errorf("covered are %q of %d, want %q of %d", got.covered, got.devices, covered, len(devices))
	}
	if !slices.EqualFunc(got.missing, missing, func(device missingDevice, id string) bool { return device.id == id }) {
		t.Errorf("missing are %v, want %q", got.missing, missing)
	}
	for _, id := range got.stale {
		if !stale[id] {
			t.Errorf("%q is stale, and is not or is twice", id)
		}
		delete(stale, id)
	}
	if len(stale) > 0 {
		t.Errorf("%v are stale too", stale)
	}
	total := 0
	for _, why := range reasons {
		total += got.count(why.reason)
	}
	if total != len(got.missing) {
		t.Errorf("%d devices are missing, and %d for a reason", len(got.missing), total)
	}
}

// checkReasons plays the sync device by device, from some of the checkpoints that are possible, and reports where a
// reason says something else than what comes of one.
func checkReasons(t *testing.T, got *coverage, devices []okta.Device, assets []sekoia.Asset) {
	t.Helper()
	outlines, seen := outlinesOf(devices), newSightings(fuzzedConnector)
	for index := range assets {
		seen.read(&assets[index])
	}
	player, sizes := reasoning{devices: devices}, []int{100, 1 << 30, everyCount}
	starts := []time.Time{{}}
	if len(seen.order) > 0 {
		inventory := newInventory(outlines, seen)
		ranks, size := inventory.checkpoints(seen)
		starts, sizes = nil, []int{1 << 30, everyCount}
		if size.size > 0 {
			sizes = []int{size.size}
		}
		for _, rank := range []int{ranks[0], ranks[len(ranks)/2], ranks[len(ranks)-1]} {
			start := time.Unix(0, 0)
			if rank > 0 && inventory.byAge[rank-1].Created.After(start) {
				start = inventory.byAge[rank-1].Created
			}
			starts = append(starts, start)
		}
	}
	lacks := map[string]bool{}
	for index := range outlines {
		lacks[outlines[index].ID] = len(outlines[index].Lacks) > 0 || outlines[index].Unusable != ""
	}
	for _, device := range got.missing {
		if lacks[device.id] != (device.reason == reasonLacksField) {
			t.Errorf("%q is missing as %s, and lacks something: %t", device.id, device.reason, lacks[device.id])
		}
	}
	for _, start := range starts {
		for _, size := range sizes {
			arrived := player.arrive(start, size)
			for _, device := range got.missing {
				if device.reason != reasonUnknown && arrived[device.id] != (device.reason == reasonPending) {
					t.Errorf("%q is missing as %s, and arrives after %s with batches of %d: %t", device.id, device.reason, start, size, arrived[device.id])
				}
			}
		}
	}
}

// checkSummary renders the Markdown, and tells of what is in it that this package does not write.
func checkSummary(t *testing.T, markdown goldmark.Markdown, got *coverage) {
	t.Helper()
	summary := got.summary()
	if len(summary) > 60000 {
		t.Errorf("the summary has %d bytes", len(summary))
	}
	var page bytes.Buffer
	if err := markdown.Convert([]byte(summary), &page); err != nil {
		t.Fatal(err)
	}
	root, err := nethtml.Parse(&page)
	if err != nil {
		t.Fatal(err)
	}
	rows := 0
	for node := range root.Descendants() {
		switch {
		case node.Type == nethtml.TextNode || node.Type == nethtml.DocumentNode:
		case node.Type == nethtml.ElementNode && slices.Contains([]string{
			"html", "head", "body", "h3", "table", "thead", "tbody", "tr", "th", "td", "p", "pre", "code", "details", "summary",
		}, node.Data):
			if node.Data == "tr" {
				rows++
			}
		default:
			t.Errorf("there is a %q in\n%s", node.Data, summary)
		}
	}
	want := 1 + 1 + len(reasons) + 1
	if got.devices == 0 && len(got.stale) == 0 && got.unidentified == 0 {
		want = 0
	}
	if rows != want {
		t.Errorf("the table has %d rows, want %d:\n%s", rows, want, summary)
	}
}

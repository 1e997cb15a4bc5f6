// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package okta

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/simulator/wire"
)

// testNow is when the tests of the Okta side take place.
var testNow = time.Date(2026, time.November, 23, 12, 0, 0, 500_000_000, time.UTC)

func fixedClock() time.Time { return testNow }

// inventoryOf is an inventory of the default configuration with some of it changed.
func inventoryOf(change func(*Options)) *Inventory {
	cfg := DefaultOptions()
	if change != nil {
		change(&cfg)
	}
	return NewInventory(&cfg, fixedClock)
}

func TestInventoryIsMadeBySeedAlone(t *testing.T) {
	t.Parallel()
	written := func(seed int64, now wire.Clock) []byte {
		cfg := DefaultOptions()
		cfg.Devices, cfg.Seed = 300, seed
		inv := NewInventory(&cfg, now)
		all := make([]any, 0, 300)
		for _, device := range inv.list() {
			all = append(all, device.wire("https://acme.okta.com", expandUser))
		}
		return wire.AppendJSON(nil, append(all, inv.currentOrganization().wire("https://acme.okta.com")))
	}
	first := written(7, fixedClock)
	if again := written(7, time.Now); !bytes.Equal(first, again) {
		t.Error("the same seed gave another inventory")
	}
	if bytes.Equal(first, written(8, fixedClock)) {
		t.Error("another seed gave the same inventory")
	}
	if !json.Valid(first) {
		t.Error("the inventory is not JSON")
	}
}

func TestTokensAreNotMadeBySeed(t *testing.T) {
	t.Parallel()
	one, other := inventoryOf(nil), inventoryOf(nil)
	if one.PrimaryToken() == other.PrimaryToken() {
		t.Error("two organizations have the same token")
	}
	if len(one.PrimaryToken()) != 42 || !strings.HasPrefix(one.PrimaryToken(), "00") {
		t.Errorf("the token %q has not the form of Okta's", one.PrimaryToken())
	}
}

// fieldStates counts in how many profiles a field is there, null, or absent.
func fieldStates(devices []*oktaDevice, name string) map[string]int {
	states := map[string]int{}
	for _, device := range devices {
		switch value, ok := device.profile.Get(name); {
		case !ok:
			states["absent"]++
		case value == nil:
			states["null"]++
		default:
			states["present"]++
		}
	}
	return states
}

func TestInventoryHasAllThatDevicesCanBe(t *testing.T) {
	t.Parallel()
	devices := inventoryOf(func(cfg *Options) { cfg.Devices = 200 }).list()
	values := func(name string) []string {
		var all []string
		for _, device := range devices {
			if text, ok := device.attribute(name).(string); ok {
				all = append(all, text)
			}
		}
		slices.Sort(all)
		return slices.Compact(all)
	}
	for name, want := range map[string][]string{
		"status":                     {"ACTIVE", "CREATED", "DEACTIVATED", "SUSPENDED", "UNSUSPENDED"},
		"profile.platform":           {"ANDROID", "IOS", "MACOS", "WINDOWS"},
		"profile.diskEncryptionType": {"ALL_INTERNAL_VOLUMES", "FULL", "NONE", "SYSTEM_VOLUME", "USER"},
	} {
		if diff := cmp.Diff(want, values(name)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	for _, name := range []string{"manufacturer", "model", "serialNumber", "diskEncryptionType", "sid", "udid", "imei"} {
		if states := fieldStates(devices, name); states["present"] == 0 || states["null"] == 0 || states["absent"] == 0 {
			t.Errorf("%s is not present, null and absent by turns: %v", name, states)
		}
	}
	for _, name := range []string{"osVersion", "managed", "integrityJailbreak"} {
		if states := fieldStates(devices, name); states["present"] == 0 || states["null"] != 0 || states["absent"] == 0 {
			t.Errorf("%s is not present or absent by turns: %v", name, states)
		}
	}
	names := values("profile.displayName")
	if !slices.ContainsFunc(names, func(name string) bool { return utf8.RuneCountInString(name) < len(name) }) {
		t.Error("no device has a non-ASCII name")
	}
	if !slices.ContainsFunc(names, func(name string) bool { return strings.ContainsAny(name, `"\`) }) {
		t.Error("no device has a name that a search must escape")
	}
	if len(names) == len(devices) {
		t.Error("no two devices have the same name")
	}
}

func TestSmallInventoryHasAllPlatformsAndStatuses(t *testing.T) {
	t.Parallel()
	for seed := range int64(20) {
		statuses, platforms := map[string]bool{}, map[string]bool{}
		for _, device := range inventoryOf(func(cfg *Options) { cfg.Devices, cfg.Seed, cfg.Odd = 20, seed, 0 }).list() {
			statuses[device.body.Text("status")] = true
			platforms[device.profile.Text("platform")] = true
		}
		if len(statuses) != 5 || len(platforms) != 4 {
			t.Errorf("seed %d: 20 devices have statuses %v and platforms %v", seed, statuses, platforms)
		}
	}
}

func TestCreatedIsDistinctAndNotInIndexOrder(t *testing.T) {
	t.Parallel()
	devices := inventoryOf(func(cfg *Options) { cfg.Devices = 2500 }).list()
	seen, descents := map[string]bool{}, 0
	for i, device := range devices {
		created := device.body.Text("created")
		if seen[created] {
			t.Fatalf("two devices were created at %s", created)
		}
		seen[created] = true
		if i > 0 && device.created.Before(devices[i-1].created) {
			descents++
		}
		if device.updated.Before(device.created) || device.created.Format(oktaTime) != created {
			t.Errorf("device %d was created %s (%v) and updated %v", i, created, device.created, device.updated)
		}
	}
	if descents < 1000 {
		t.Errorf("created goes down only %d times in 2,500 devices", descents)
	}
}

func TestOddDevices(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		devices, odd, from int
		want               map[int]string
	}{
		"the default is a hundredth, from the last tenth on": {400, -1, -1, map[int]string{360: "displayName", 361: "platform", 362: "registered", 363: "secureHardwarePresent"}},
		"the default of few devices is none":                 {50, -1, -1, map[int]string{}},
		"none where none is asked for":                       {400, 0, 3, map[int]string{}},
		"they take turns":                                    {10, 8, 2, map[int]string{2: "displayName", 3: "platform", 4: "registered", 5: "secureHardwarePresent", 6: "status", 7: "lastUpdated", 8: emptyName, 9: "displayName"}},
		"there are no more than devices":                     {4, 100, 2, map[int]string{2: "displayName", 3: "platform"}},
		"the first index counts":                             {3, 1, 0, map[int]string{0: "displayName"}},
		"an index behind the last has none":                  {3, 1, 9, map[int]string{}},
		"more than a tenth are the last of all":              {5, 2, -1, map[int]string{3: "displayName", 4: "platform"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := map[int]string{}
			for i, device := range inventoryOf(func(cfg *Options) { cfg.Devices, cfg.Odd, cfg.OddFrom = test.devices, test.odd, test.from }).list() {
				if name, ok := device.profile.Get("displayName"); ok && name == "" {
					got[i] += emptyName
				}
				for _, required := range []string{"status", "lastUpdated"} {
					if _, ok := device.body.Get(required); !ok {
						got[i] += required
					}
				}
				for _, required := range oddFields()[:4] {
					if value, ok := device.profile.Get(required); !ok || value == nil {
						got[i] += required
					}
				}
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("lacking fields by index (-want +got):\n%s", diff)
			}
		})
	}
}

func TestUsersOfDevices(t *testing.T) {
	t.Parallel()
	inv := inventoryOf(func(cfg *Options) { cfg.Devices, cfg.UsersPerDevice = 200, 2 })
	owned := map[string]int{}
	for i, device := range inv.list() {
		want := 2
		if i%sharedEvery == sharedEvery-1 {
			want += sharedUsers
		}
		if device.body.Text("status") == "DEACTIVATED" {
			want = 0
		}
		if len(device.users) != want {
			t.Errorf("device %d (%s) has %d users, not %d", i, device.body.Text("status"), len(device.users), want)
		}
		on := map[string]bool{}
		for _, enrolled := range device.users {
			owned[enrolled.user.id]++
			on[enrolled.user.id] = true
		}
		if len(on) != len(device.users) {
			t.Errorf("device %d has a user twice", i)
		}
	}
	several := 0
	for _, devices := range owned {
		if devices > 1 {
			several++
		}
	}
	if several == 0 {
		t.Error("nobody has several devices")
	}
}

func TestFirstDeviceOfTheDefaultSeedHasAUser(t *testing.T) {
	t.Parallel()
	// A newcomer looks at the first device first.
	if device := inventoryOf(nil).list()[0]; len(device.users) == 0 {
		t.Errorf("the first device is %s and has no user", device.body.Text("status"))
	}
}

func TestNoUsersWhereNoneAreAskedFor(t *testing.T) {
	t.Parallel()
	for _, device := range inventoryOf(func(cfg *Options) { cfg.UsersPerDevice = 0 }).list() {
		if len(device.users) != 0 {
			t.Fatalf("device %s has users", device.id)
		}
	}
	if devices := inventoryOf(func(cfg *Options) { cfg.Devices = 0 }).list(); len(devices) != 0 {
		t.Errorf("an empty inventory has %d devices", len(devices))
	}
}

func TestPutDevice(t *testing.T) {
	t.Parallel()
	inv := inventoryOf(nil)
	old := inv.list()[3]
	if err := inv.PutDevice(old.id, json.RawMessage(`{"status":"SUSPENDED","profile":{"displayName":"New","registered":"yes","list":[1, 2],"n":1}}`)); err != nil {
		t.Fatal(err)
	}
	changed := inv.list()[3]
	want := `{"profile":{"displayName":"New","list":[1,2],"n":1,"registered":"yes"},"status":"SUSPENDED","created":"` + old.body.Text("created") +
		`","id":"` + old.id + `","lastUpdated":"2026-11-23T12:00:00.500Z","resourceType":"UDDevice","resourceDisplayName":{"value":"New","sensitive":false},` +
		`"resourceAlternateId":null,"resourceId":"` + old.id + `"}`
	if diff := cmp.Diff(want, string(inv.Snapshot()[3])); diff != "" {
		t.Errorf("changed device (-want +got):\n%s", diff)
	}
	if len(changed.users) != len(old.users) || !changed.created.Equal(old.created) {
		t.Error("a changed device lost its users or its created")
	}
	for _, id := range []string{"guonew1", "guonew2"} {
		if err := inv.PutDevice(id, json.RawMessage(`{"created":"2001-01-01T00:00:00.000Z","profile":{},"_embedded":{"users":[{"user":{"id":"00u1"}}]}}`)); err != nil {
			t.Fatal(err)
		}
	}
	devices := inv.list()
	first, second := devices[len(devices)-2], devices[len(devices)-1]
	if first.id != "guonew1" || second.id != "guonew2" {
		t.Errorf("the new devices are not at the end: %s, %s", first.id, second.id)
	}
	if got := first.body.Text("created"); got != "2026-11-23T12:00:00.500Z" {
		t.Errorf("a new device is created %s, not now", got)
	}
	if !second.created.After(first.created) {
		t.Error("two new devices were created in the same millisecond")
	}
	if got := string(wire.AppendJSON(nil, first.wireUsers("", true))); got != `[{"user":{"id":"00u1"}}]` {
		t.Errorf("the new device's users are %s", got)
	}
	if err := inv.PutDevice("guonew1", json.RawMessage(`{"created":"2001-01-01T00:00:00.000Z","_embedded":{"users":"none"}}`)); err != nil {
		t.Fatal(err)
	}
	if again := inv.find("guonew1"); again.created.Year() != 2001 || len(again.users) != 0 || again.sequence != first.sequence {
		t.Errorf("the device was changed to %+v", again)
	}
}

func TestPutDeviceRefuses(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ id, body string }{
		"what is not JSON":        {"guo1", `{`},
		"what is not an object":   {"guo1", `[]`},
		"null":                    {"guo1", `null`},
		"another device's id":     {"guo1", `{"id":"guo2"}`},
		"an id that is no string": {"guo1", `{"id":1}`},
		"an empty id":             {"", `{}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inv := inventoryOf(nil)
			if err := inv.PutDevice(test.id, json.RawMessage(test.body)); err == nil {
				t.Error("no error")
			}
			if len(inv.list()) != 50 {
				t.Error("the inventory was changed")
			}
		})
	}
}

func TestDeleteDevice(t *testing.T) {
	t.Parallel()
	inv := inventoryOf(nil)
	id := inv.list()[7].id
	if !inv.DeleteDevice(id) {
		t.Error("the device was not found")
	}
	if inv.DeleteDevice(id) || inv.find(id) != nil || len(inv.Snapshot()) != 49 {
		t.Error("the device is still there")
	}
}

func TestTokensAreReplaced(t *testing.T) {
	t.Parallel()
	inv := inventoryOf(nil)
	if !inv.tokenValid(inv.PrimaryToken()) {
		t.Error("the first token is not valid")
	}
	inv.SetTokens([]string{"rotated", ""})
	for token, want := range map[string]bool{"rotated": true, inv.PrimaryToken(): false, "": false} {
		if inv.tokenValid(token) != want {
			t.Errorf("token %q: valid is %t", token, !want)
		}
	}
}

func TestSetOrganization(t *testing.T) {
	t.Parallel()
	text := func(value string) *string { return &value }
	inv := inventoryOf(nil)
	before := inv.currentOrganization()
	for name, set := range map[string][3]*string{
		"an empty id":                  {text(""), nil, nil},
		"an unknown pipeline":          {nil, text("v2"), nil},
		"an alternate without scheme":  {nil, nil, text("devices.example.com")},
		"an alternate of other scheme": {nil, nil, text("ftp://devices.example.com")},
	} {
		if inv.SetOrganization(set[0], set[1], set[2]) == nil || inv.currentOrganization() != before {
			t.Errorf("%s was taken", name)
		}
	}
	for _, step := range []struct {
		id, pipeline, alternate *string
		want                    organization
	}{
		{nil, nil, text("https://devices.example.com"), organization{before.id, "idx", "https://devices.example.com"}},
		{text("00oother"), text("v1"), nil, organization{"00oother", "v1", "https://devices.example.com"}},
		{nil, nil, text(""), organization{"00oother", "v1", ""}},
	} {
		if err := inv.SetOrganization(step.id, step.pipeline, step.alternate); err != nil {
			t.Fatal(err)
		}
		if got := inv.currentOrganization(); got != step.want {
			t.Errorf("the organization is %+v, not %+v", got, step.want)
		}
	}
}

func BenchmarkInventory(b *testing.B) {
	cfg := DefaultOptions()
	cfg.Devices = 2500
	for b.Loop() {
		NewInventory(&cfg, fixedClock)
	}
}

// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package device

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/okta"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/simulator"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/credential"
)

// searched is a simulated organization without sockets, which a fuzz target changes and searches.
type searched struct {
	network http.RoundTripper
	ready   simulator.Ready
	client  *okta.Client
	changes int
}

func newSearched(f *testing.F) *searched {
	f.Helper()
	config := simulator.DefaultConfig()
	config.Devices, config.Odd, config.Offline = 0, 0, true
	clouds, err := simulator.Start(config)
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() {
		if err := clouds.Close(); err != nil {
			f.Errorf("closing the simulator: %v", err)
		}
	})
	made := &searched{network: clouds.Transport(), ready: clouds.Ready()}
	client, err := transport.New(transport.Options{Base: made.network})
	if err != nil {
		f.Fatal(err)
	}
	home, err := credential.ParseOrigin(made.ready.OktaURL)
	if err != nil {
		f.Fatal(err)
	}
	made.client = okta.New(okta.Config{HTTP: client, Origin: home, Token: credential.NewSecret(made.ready.OktaToken)})
	return made
}

// admin makes a call of the simulator's own.
func (s *searched) admin(t *testing.T, method, path string, body any) {
	t.Helper()
	encoded, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	request, err := http.NewRequestWithContext(t.Context(), method, s.ready.AdminURL+"/_simulator/"+path, strings.NewReader(string(encoded)))
	if err != nil {
		t.Fatal(err)
	}
	response, err := s.network.RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	if err := response.Body.Close(); err != nil || response.StatusCode != http.StatusNoContent {
		t.Fatalf("%s %s answered %d: %v", method, path, response.StatusCode, err)
	}
}

// put changes a device. Now and then the simulator's log of requests is emptied, which would grow for ever.
func (s *searched) put(t *testing.T, d fuzzedDevice) {
	t.Helper()
	s.admin(t, http.MethodPut, "devices/"+d.id, map[string]any{
		"id": d.id, "status": d.status, "lastUpdated": d.updated.Format("2006-01-02T15:04:05.000Z"),
		"profile": map[string]any{"displayName": d.name, "platform": d.platform, "registered": d.registered, "serialNumber": d.serial},
	})
	if s.changes++; s.changes%500 == 0 {
		s.admin(t, http.MethodDelete, "requests", nil)
	}
}

// found are the ids of the devices that a query finds.
func (s *searched) found(t *testing.T, query okta.DeviceQuery) []string {
	t.Helper()
	page, err := s.client.DevicesPage(t.Context(), query)
	if err != nil {
		t.Fatalf("%s: %v", query.Search, err)
	}
	var ids []string
	for index := range page.Devices {
		ids = append(ids, page.Devices[index].ID)
	}
	return ids
}

// fuzzedDevice is what a filter can see of a device.
type fuzzedDevice struct {
	id, name, serial, status, platform string
	registered                         bool
	updated                            time.Time
}

// FuzzFilters looks for a filter that finds other devices than one that is written in Go: a text that gets out of its
// literal, or is not the same when Okta's parser has read it.
func FuzzFilters(f *testing.F) {
	for _, seed := range []string{"", "a", `"`, `\`, `\"`, `" or id pr or "`, `\" or id pr or \"`, "\x00\n\t", "\u2028", "é", "ẞ", "<&>'", `\u0022`, "(", ") or (id pr", "😀", "\ufffd", "%22", "+", "a b", "\u202e"} {
		f.Add(seed, "a", "ACTIVE", "IOS", int64(0), byte(0))
		f.Add("x "+seed+" y", seed, seed, seed, int64(1), byte(0xff))
		f.Add(seed, seed, "ACTIVE", seed+seed, int64(-1), byte(0x55))
	}
	organization := newSearched(f)
	noon := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, name, part, status, platform string, later int64, set byte) {
		if len(name)+len(part)+len(status)+len(platform) > 1000 {
			return // the simulator takes no search of more than 8 KiB
		}
		name, part, status, platform = string([]rune(name)), string([]rune(part)), string([]rune(status)), string([]rune(platform))
		devices := []fuzzedDevice{
			{id: "guoA", name: name, serial: part, status: status, platform: "IOS", registered: true, updated: noon},
			{id: "guoB", name: "laptop " + part, serial: name, status: "ACTIVE", platform: platform, updated: noon.Add(time.Duration(later%1e6) * time.Millisecond)},
		}
		for _, device := range devices {
			organization.put(t, device)
		}
		optional := func(bit int, value string) types.String {
			if set>>bit&1 == 0 {
				return types.StringNull()
			}
			return types.StringValue(value)
		}
		words := func(bit int, values ...string) types.Set {
			if set>>bit&1 == 0 {
				return types.SetNull(types.StringType)
			}
			return types.SetValueMust(types.StringType, attrs(values))
		}
		model := pluralModel{
			DisplayNameContains: optional(0, part), Status: words(1, status), Platform: words(2, platform, "MACOS \"or\""), Registered: types.BoolNull(),
			LastUpdatedAfter: types.StringNull(),
		}
		if set>>3&1 == 1 {
			model.Registered = types.BoolValue(set>>4&1 == 1)
		}
		if set>>5&1 == 1 {
			model.LastUpdatedAfter = types.StringValue(noon.Format(time.RFC3339Nano))
		}
		query := model.query()
		var plural, exact, serial []string
		for _, device := range devices {
			if model.wants(device, noon) {
				plural = append(plural, device.id)
			}
			if name == "" || strings.ToLower(device.name) == strings.ToLower(name) { //nolint:staticcheck // as Okta's simulated search folds
				exact = append(exact, device.id)
			}
			if part == "" || strings.ToLower(device.serial) == strings.ToLower(part) { //nolint:staticcheck // as Okta's simulated search folds
				serial = append(serial, device.id)
			}
		}
		for search, want := range map[string][]string{
			query.Search: plural, okta.SearchFilter{DisplayName: name}.Expression(): exact, okta.SearchFilter{SerialNumber: part}.Expression(): serial,
		} {
			if got := organization.found(t, okta.DeviceQuery{Search: search}); !slices.Equal(got, want) && (search != "" || len(got) != len(devices)) {
				t.Errorf("%s finds %q, want %q of %+v", search, got, want, devices)
			}
		}
	})
}

func attrs(values []string) []attr.Value {
	slices.Sort(values)
	var elements []attr.Value
	for _, value := range slices.Compact(values) {
		elements = append(elements, types.StringValue(value))
	}
	return elements
}

// wants is the filter in Go. Okta's search knows no capitals.
func (m *pluralModel) wants(device fuzzedDevice, after time.Time) bool {
	among := func(set types.Set, value string) bool {
		return set.IsNull() || slices.ContainsFunc(set.Elements(), func(element attr.Value) bool {
			text, ok := element.(types.String)
			return ok && strings.ToLower(text.ValueString()) == strings.ToLower(value) //nolint:staticcheck // as Okta's simulated search folds
		})
	}
	return strings.Contains(strings.ToLower(device.name), strings.ToLower(m.DisplayNameContains.ValueString())) &&
		among(m.Status, device.status) && among(m.Platform, device.platform) &&
		(m.Registered.IsNull() || m.Registered.ValueBool() == device.registered) &&
		(m.LastUpdatedAfter.IsNull() || device.updated.After(after))
}

// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package engine

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/ocsf"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/ocsf/ocsftest"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/okta"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/simulator/wire"
)

// FuzzOCSF looks for a device whose event is none of OCSF's, or of which the provider and the simulated connector make
// two. Of what a device need not have, a bit of has says what it has.
func FuzzOCSF(f *testing.F) {
	for _, platform := range []string{"WINDOWS", "macos", "IOS", "ANDROID", "Linux", "", "TVOS", "\u212aios", "İOS", "\xff"} {
		f.Add("guo1", "WKS", platform, "ACTIVE", "2025-01-02T03:04:05.000Z", int64(1735787045000), "FULL", "S-1-5-21", "text", uint16(0xffff))
		f.Add("guo1", "", platform, "", "", int64(1e12), "", "", "", uint16(0))
	}
	for _, kind := range []string{"ALL_INTERNAL_VOLUMES", "user", "full", "NONE", "SYSTEM_VOLUME", "\u017ful"} {
		f.Add("guo1", "a\x00", "IOS", "SUSPENDED", "2025-01-02 03:04:05", int64(1735787045001), kind, "\n", "\u202e", uint16(0x5555))
	}
	f.Add("guo1", "a", "IOS", "ACTIVE", "2025-02-30T00:00:00Z", int64(1e12), "", "", "", uint16(0xaaaa))
	f.Add("guo1", "a", "IOS", "ACTIVE", "2025-01-02T03:04:05.9999999999+23:59", int64(9e12), "", "", "", uint16(0xaaaa))
	f.Fuzz(func(t *testing.T, id, name, platform, status, updated string, created int64, encryption, sid, text string, has uint16) {
		if id == "" {
			return // Okta's devices have one, and the connector's parser takes no other
		}
		// From 2001 to 2286, as the schema wants its times, which are seconds.
		created = 1e12 + (created%9e12+9e12)%9e12
		optional := func(bit int, value string) *string {
			if has>>bit&1 == 0 {
				return nil
			}
			valid := strings.ToValidUTF8(value, "\ufffd")
			return &valid
		}
		valid := func(value string) *string { return optional(0, value) }
		has |= 1
		device := &okta.Device{
			ID: *valid(id), DisplayName: valid(name), Platform: valid(platform), Registered: new(has>>1&1 == 1), SecureHardwarePresent: new(has>>2&1 == 1),
			Status: optional(3, status), LastUpdated: recent(optional(4, updated)), Created: new(time.UnixMilli(created).UTC().Format("2006-01-02T15:04:05.000Z")),
			DiskEncryptionType: optional(5, encryption), SID: optional(6, sid), SerialNumber: optional(7, text), Manufacturer: optional(8, text), Model: optional(9, text),
			UDID: optional(10, text), IMEI: optional(11, text), OSVersion: optional(12, text),
		}
		event := ocsf.FromOkta(device)
		provider := object(t, event)
		if err := ocsftest.Validate(provider); err != nil {
			t.Errorf("%v\n%v", err, provider)
		}
		if device.LastUpdated != nil && ocsfTime(*device.LastUpdated) == nil {
			return // the connector reads more of ISO 8601 than Okta writes, and the provider does not
		}
		record := recordOf(t, device)
		if record == nil {
			return // the connector's parser does not take it
		}
		mapped, err := mapDevice(record)
		if err != nil {
			return // nor does its mapping
		}
		if diff := cmp.Diff(withoutNulls(object(t, mapped)), withoutNulls(provider)); diff != "" {
			t.Errorf("the connector (-) and the provider (+) differ:\n%s", diff)
		}
	})
}

// recent is a time that the schema takes, which are those from 2001 to 2286; what is no time stays.
func recent(written *string) *string {
	if written == nil {
		return nil
	}
	if at, err := time.Parse(time.RFC3339, *written); err == nil && (at.Unix() < 1e9 || at.Unix() > 1e10) {
		return nil
	}
	return written
}

// ocsfTime is a time as the provider reads it.
func ocsfTime(written string) *time.Time {
	at, err := time.Parse(time.RFC3339, written)
	if err != nil {
		return nil
	}
	return &at
}

// recordOf writes a device as Okta does, and reads it as the connector does; nil is one that its parser does not take.
func recordOf(t *testing.T, d *okta.Device) *oktaRecord {
	t.Helper()
	written := map[string]any{"id": d.ID, "status": d.Status, "created": d.Created, "lastUpdated": d.LastUpdated, "profile": map[string]any{
		"displayName": d.DisplayName, "platform": d.Platform, "registered": d.Registered, "secureHardwarePresent": d.SecureHardwarePresent, "osVersion": d.OSVersion,
		"serialNumber": d.SerialNumber, "manufacturer": d.Manufacturer, "model": d.Model, "udid": d.UDID, "imei": d.IMEI, "sid": d.SID,
		"diskEncryptionType": d.DiskEncryptionType,
	}}
	records, err := parseDevices(wire.MustJSON([]any{written}))
	if err != nil {
		return nil
	}
	return &records[0]
}

// object is a value as JSON has it.
func object(t *testing.T, value any) map[string]any {
	t.Helper()
	var read map[string]any
	if err := json.Unmarshal(wire.MustJSON(value), &read); err != nil {
		t.Fatal(err)
	}
	return read
}

// withoutNulls is a value without the members that are null, and without objects and lists that are empty then.
func withoutNulls(value any) any {
	switch value := value.(type) {
	case map[string]any:
		kept := map[string]any{}
		for name, member := range value {
			if member = withoutNulls(member); member != nil {
				kept[name] = member
			}
		}
		if len(kept) == 0 {
			return nil
		}
		return kept
	case []any:
		var kept []any
		for _, element := range value {
			kept = append(kept, withoutNulls(element))
		}
		if len(kept) == 0 {
			return nil
		}
		return kept
	default:
		return value
	}
}

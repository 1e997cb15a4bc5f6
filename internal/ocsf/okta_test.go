// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package ocsf

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/ocsf/ocsftest"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/okta"
)

// windows has all that the mapping reads of a Windows device, and more.
func windows() okta.Device {
	return okta.Device{
		ID: "guowindows", Status: new("ACTIVE"), DisplayName: new("WKS-é001"), Platform: new("WINDOWS"), Manufacturer: new("Maker"),
		Model: new("Tower 1"), OSVersion: new("11"), SerialNumber: new("SN-001"), SID: new("S-1-5-21-1"), TPMPublicKeyHash: new("hash"),
		DiskEncryptionType: new("ALL_INTERNAL_VOLUMES"), Registered: new(true), SecureHardwarePresent: new(true), Managed: new(false),
		Created: new("2025-01-02T03:04:05.000Z"), LastUpdated: new("2025-02-03T04:05:06.500Z"),
	}
}

// mac has an encryption that is Okta's own word.
func mac() okta.Device {
	return okta.Device{
		ID: "guomacos", Status: new("ACTIVE"), DisplayName: new("Laptop 001"), Platform: new("MACOS"), Manufacturer: new("Maker"),
		Model: new("Laptop 2"), SerialNumber: new("C02000000001"), UDID: new("00000000-0000-0000-0000-000000000001"),
		DiskEncryptionType: new("FULL"), Registered: new(false), SecureHardwarePresent: new(true),
		Created: new("2024-02-29T00:00:00.123Z"), LastUpdated: new("2024-02-29T02:00:00.001+01:00"),
	}
}

// encrypted is a device with another id, and an encryption that a vendor names.
func encrypted(device okta.Device, id, kind string) okta.Device {
	device.ID, device.DiskEncryptionType = id, &kind
	return device
}

// The golden files were written by hand, from Sekoia's documentation.
func TestFromOkta(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		device  okta.Device
		golden  string
		invalid bool
	}{
		"a Windows device with every field":                      {device: windows(), golden: "windows"},
		"a Windows device with its vendor's encryption":          {device: encrypted(windows(), "guobitlocker", "BitLocker"), golden: "bitlocker"},
		"a Mac with its vendor's encryption":                     {device: encrypted(mac(), "guofilevault", "FileVault"), golden: "filevault"},
		"a Mac that is not registered, times to the millisecond": {device: mac(), golden: "macos"},
		"a suspended phone with empty texts and an IMEI": {golden: "ios", device: okta.Device{
			ID: "guoios", Status: new("SUSPENDED"), DisplayName: new("Phone 001"), Platform: new("IOS"), SerialNumber: new(""), SID: new(""),
			DiskEncryptionType: new(""), UDID: new("00008020-000000000000001E"), IMEI: new("123456789012345"), MEID: new("A0000000000001"),
			Registered: new(true), SecureHardwarePresent: new(false), Created: new("2026-01-01T00:00:00Z"),
		}},
		"a tablet whose user's volume is encrypted": {golden: "android", device: okta.Device{
			ID: "guoandroid", Status: new("ACTIVE"), DisplayName: new("Tablet 001"), Platform: new("ANDROID"), Manufacturer: new("Maker"),
			Model: new("Tablet 3"), IMEI: new(""), DiskEncryptionType: new("USER"), Registered: new(true), SecureHardwarePresent: new(false),
			Created: new("2026-01-01T00:00:00Z"), LastUpdated: new("2025-12-31T23:59:59.999Z"),
		}},
		"a Linux device without a status": {golden: "linux", device: okta.Device{
			ID: "guolinux", DisplayName: new("Server 001"), Platform: new("Linux"), DiskEncryptionType: new("SYSTEM_VOLUME"),
			Registered: new(true), SecureHardwarePresent: new(true),
			Created: new("2026-01-01T00:00:00Z"), LastUpdated: new("2026-01-01T00:00:00Z"),
		}},
		"a platform that is newer than the mapping": {golden: "other", device: okta.Device{
			ID: "guoother", Status: new("ACTIVE"), DisplayName: new("Book 001"), Platform: new("ChromeOS"), DiskEncryptionType: new("NONE"),
			Registered: new(true), SecureHardwarePresent: new(true), Created: new("2026-01-01T00:00:00Z"), LastUpdated: new("yesterday"),
		}},
		"a device of which nothing is known": {golden: "nothing", invalid: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			golden, err := os.ReadFile("testdata/" + c.golden + ".json")
			if err != nil {
				t.Fatal(err)
			}
			got, err := json.Marshal(FromOkta(&c.device))
			if err != nil {
				t.Fatal(err)
			}
			event := decode(t, got)
			if diff := cmp.Diff(decode(t, golden), event); diff != "" {
				t.Errorf("the event differs from the golden file (-), in (+):\n%s", diff)
			}
			if err := ocsftest.Validate(event); (err != nil) != c.invalid {
				t.Errorf("OCSF 1.6.0 says: %v", err)
			}
		})
	}
}

func decode(t *testing.T, text []byte) map[string]any {
	t.Helper()
	var decoded map[string]any
	if err := json.Unmarshal(text, &decoded); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	return decoded
}

func TestEncryption(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		kind string
		want map[string]string
	}{
		"all internal volumes":    {"ALL_INTERNAL_VOLUMES", map[string]string{"all_internal": "Enabled"}},
		"the whole disk":          {"FULL", map[string]string{"full": "Enabled"}},
		"the user's volume":       {"USER", map[string]string{"user": "Enabled"}},
		"in lower case":           {"user", map[string]string{"user": "Enabled"}},
		"none is left out":        {"NONE", nil},
		"none in lower case, too": {"none", nil},
		"the system's volume":     {"SYSTEM_VOLUME", map[string]string{"full": "Enabled"}},
		"a vendor's word":         {"BitLocker", map[string]string{"full": "Enabled"}},
		"another vendor's":        {"FileVault", map[string]string{"full": "Enabled"}},
		"a newer value":           {"QUANTUM", map[string]string{"full": "Enabled"}},
		"not known":               {"", nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got map[string]string
			if all := enrichments(&okta.Device{DiskEncryptionType: &c.kind}); all != nil {
				got = all[0].Data.StorageEncryption.Partitions
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestCompliant(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		status           *string
		registered, want *bool
	}{
		"active and registered":                    {new("ACTIVE"), new(true), new(true)},
		"active and not registered":                {new("ACTIVE"), new(false), new(false)},
		"active, and nobody knows if registered":   {new("ACTIVE"), nil, nil},
		"suspended":                                {new("SUSPENDED"), new(true), new(false)},
		"in another case than Okta's":              {new("active"), new(true), new(false)},
		"neither status nor registration is known": {nil, nil, new(false)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(c.want, compliant(&okta.Device{Status: c.status, Registered: c.registered})); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestTime(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ text, want string }{
		"as Okta writes it":         {"2026-11-02T00:00:00.120Z", "1793577600.12"},
		"whole seconds":             {"2026-11-02T00:00:00Z", "1793577600"},
		"in another zone":           {"2026-11-02T02:00:00+02:00", "1793577600"},
		"finer than milliseconds":   {"2026-11-02T00:00:00.1239Z", "1793577600.123"},
		"before 1970":               {"1969-12-31T23:59:58.750Z", "-1.25"},
		"1970 itself":               {"1970-01-01T00:00:00.000Z", "0"},
		"the last moment of Okta's": {"9999-12-31T23:59:59.999Z", "253402300799.999"},
		"no time":                   {"yesterday", ""},
		"a time without a zone":     {"2026-11-02T00:00:00", ""},
		"a day that does not exist": {"2025-02-29T00:00:00Z", ""},
		"nothing":                   {"", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := ""
			if read := timeOf(&c.text); read != nil {
				got = read.String()
			}
			if got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package engine

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/simulator/wire"
)

func jsonOf(t *testing.T, value any) any {
	t.Helper()
	var decoded any
	if err := json.Unmarshal(wire.MustJSON(value), &decoded); err != nil {
		t.Fatal(err)
	}
	return decoded
}

const fullDevice = `{"id":"guo1","status":"ACTIVE","created":"2025-01-02T03:04:05.000Z","lastUpdated":"2025-02-03T04:05:06.500Z",
 "profile":{"displayName":"WKS-é","platform":"WINDOWS","registered":true,"secureHardwarePresent":true,"osVersion":"11",
 "serialNumber":"SN1","manufacturer":"Maker","model":"M1","udid":"UD1","imei":"123456789012345","sid":"S-1-5-21",
 "diskEncryptionType":"ALL_INTERNAL_VOLUMES"}}`

// What is the same for all devices.
const envelope = `"activity_id":2,"activity_name":"Collect","category_name":"Discovery","category_uid":5,
 "class_name":"Device Inventory Info","class_uid":5001,"type_name":"Device Inventory Info: Collect","type_uid":500102,
 "severity":"Informational","severity_id":1,"metadata":{"product":{"name":"Okta","vendor_name":"Okta","version":"N/A"},"version":"1.6.0"}`

func TestMapping(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		device string
		want   string
	}{
		"a device with every field": {fullDevice, `{` + envelope + `,"time":1735787045,
			"device":{"uid":"guo1","uid_alt":"SN1","hostname":"WKS-é","name":"WKS-é","type":"Desktop","type_id":2,
			"os":{"name":"Windows","type":"windows","type_id":100},"vendor_name":"Maker","model":"M1","udid":"UD1",
			"imei_list":["123456789012345"],"created_time":1735787045,"first_seen_time":1735787045,"last_seen_time":1738555506.5,
			"is_managed":true,"is_compliant":true,"is_trusted":true},
			"enrichments":[{"name":"device_info","value":"hardware_and_security","data":{
			"Storage_encryption":{"partitions":{"all_internal":"Enabled"}},"Users":["windows_sid:S-1-5-21"]}}]}`},
		"a device with the required fields alone": {
			`{"id":"guo2","status":"","created":"2025-01-02T03:04:05.000Z","lastUpdated":"2025-02-03T04:05:06.500Z",
			"profile":{"displayName":"p","platform":"IOS","registered":true,"secureHardwarePresent":false}}`,
			`{` + envelope + `,"time":1735787045,"device":{"uid":"guo2","hostname":"p","name":"p","type":"Mobile","type_id":5,
			"os":{"name":"iOS","type":"ios","type_id":301},"created_time":1735787045,"first_seen_time":1735787045,"last_seen_time":1738555506.5,
			"is_managed":true,"is_compliant":false,"is_trusted":false}}`},
		"a device that was seen later than it was updated, suspended, of a platform that nobody knows": {
			`{"id":"guo3","status":"SUSPENDED","created":"2025-01-02T03:04:05.000Z","lastUpdated":"2025-02-03T04:05:06.500Z","lastSeen":"2025-03-04T05:06:07.000Z",
			"profile":{"displayName":"p","platform":"CHROMEOS","registered":true,"secureHardwarePresent":false,"diskEncryptionType":"BitLocker"}}`,
			`{` + envelope + `,"time":1735787045,"device":{"uid":"guo3","hostname":"p","name":"p","type":"Other","type_id":99,
			"os":{"name":"CHROMEOS","type":"other","type_id":99},"created_time":1735787045,"first_seen_time":1735787045,"last_seen_time":1741064767,
			"is_managed":true,"is_compliant":false,"is_trusted":false},
			"enrichments":[{"name":"device_info","value":"hardware_and_security","data":{"Storage_encryption":{"partitions":{"full":"Enabled"}}}}]}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			devices, err := parseDevices([]byte("[" + c.device + "]"))
			if err != nil {
				t.Fatal(err)
			}
			var want any
			if err = json.Unmarshal([]byte(c.want), &want); err != nil {
				t.Fatal(err)
			}
			got, err := mapDevice(&devices[0])
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, jsonOf(t, got)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestPlatforms(t *testing.T) {
	t.Parallel()
	for platform, want := range map[string][2]any{
		"WINDOWS": {2, ocsfOS{"Windows", "windows", 100}}, "MACOS": {2, ocsfOS{"macOS", "macos", 300}},
		"ANDROID": {5, ocsfOS{"Android", "android", 201}}, "IOS": {5, ocsfOS{"iOS", "ios", 301}},
		"LINUX": {99, ocsfOS{"Linux", "linux", 200}}, "TVOS": {99, ocsfOS{"TVOS", "other", 99}},
	} {
		t.Run(platform+" is known for what it is", func(t *testing.T) {
			t.Parallel()
			if _, id := deviceType(platform); id != want[0] || operatingSystem(platform) != want[1] {
				t.Errorf("got %d %+v, want %v", id, operatingSystem(platform), want)
			}
		})
	}
}

func TestEncryption(t *testing.T) {
	t.Parallel()
	for kind, want := range map[string]map[string]string{
		"ALL_INTERNAL_VOLUMES": {"all_internal": "Enabled"}, "USER": {"user": "Enabled"}, "FULL": {"full": "Enabled"},
		"SYSTEM_VOLUME": {"full": "Enabled"}, "BitLocker": {"full": "Enabled"}, "FileVault": {"full": "Enabled"}, "ANOTHER": {"full": "Enabled"},
		"user": {"user": "Enabled"}, "NONE": nil, "none": nil, "": nil,
	} {
		t.Run("of type "+kind, func(t *testing.T) {
			t.Parallel()
			got := encryption(&kind)
			if want == nil && got == nil {
				return
			}
			if got == nil || cmp.Diff(want, got.Partitions) != "" {
				t.Errorf("got %v, want %v", got, want)
			}
		})
	}
	if encryption(nil) != nil {
		t.Error("a device without an encryption type has one")
	}
}

// Each of these was given to the connector's own reader (python-dateutil's isoparse).
func TestEpoch(t *testing.T) {
	t.Parallel()
	const none = -1
	for text, want := range map[string]float64{
		"2030-01-01T00:00:00.000Z":       1893456000,
		"2030-01-01 01:02:03":            1893459723,
		"2030-01-01 01:02:03.000Z":       1893459723,
		"2030-01-01_01:02":               1893459720,
		"2030-01-01T01:02:03+02:00":      1893452523,
		"2030-01-01T01:02:03-0130":       1893465123,
		"2030-01-01T01:02:03.123456+02":  1893452523.123456,
		"2030-01-01T01:02:03,5Z":         1893459723.5,
		"2030-01-01T01:02:03.123456789Z": 1893459723.123456,
		"20300101T010203Z":               1893459723,
		"2030-01-01":                     1893456000,
		"20300101":                       1893456000,
		"2030-05":                        1903824000,
		"2030":                           1893456000,
		"2030-02-30":                     none,
		"2030-13-01T00:00:00Z":           none,
		"2030-00-01":                     none,
		"2030-01-01T25:00:00Z":           none,
		"2030-01-01T00:60:00Z":           none,
		"2030-01-01T00:00:00Zjunk":       none,
		"2030-01-01T00:00:00 +02:00":     none,
		"2030-01-01T":                    none,
		"203":                            none,
		"":                               none,
		"yesterday":                      none,
		"Tue, 01 Jan 2030 00:00:00 GMT":  none,
	} {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			got, err := epoch(text)
			if err != nil {
				got = none
			}
			if got != want {
				t.Errorf("it is %v (%v), want %v", got, err, want)
			}
		})
	}
}

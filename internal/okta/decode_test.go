// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package okta

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func decoded(t *testing.T, body string) ([]Device, int) {
	t.Helper()
	devices, unreadable, err := decodeList(&answer{body: []byte(body)}, "devices", (*deviceWire).device)
	if err != nil {
		t.Fatal(err)
	}
	return devices, unreadable
}

func TestEveryFieldOfADeviceIsRead(t *testing.T) {
	t.Parallel()
	got, _ := decoded(t, `[ { "id" : "guo1" , "status":"ACTIVE","created":"2024-03-01T08:00:00.000Z","lastUpdated":"2024-03-02T08:00:00.000Z",
		"profile":{"displayName":"Device \u00fc \"1\" \ud83d\ude00","platform":"WINDOWS","manufacturer":"M","model":"Mo","osVersion":"10","serialNumber":"S",
			"imei":"I","meid":"ME","udid":"U","sid":"S-1","tpmPublicKeyHash":"T","diskEncryptionType":"FULL",
			"registered":true,"secureHardwarePresent":false,"managed":true,"integrityJailbreak":false,"newField":{"a":[1,"]",{}]}},
		"resourceAlternateId":null,"_links":{"self":{"href":"https://acme.okta.com/}\\\""}},
		"_embedded":{"other":1,"users":[{"managementStatus":"MANAGED","created":"2021-10-01T16:52:41.000Z","screenLockType":"BIOMETRIC",
			"user":{"id":"00u1","realmId":"guo2","status":"ACTIVE","profile":{"firstName":"User","lastName":"001","login":"user001@example.com","email":"u@example.com","x":1}}}]}}]`)
	want := []Device{{
		ID: "guo1", Status: new("ACTIVE"), Created: new("2024-03-01T08:00:00.000Z"), LastUpdated: new("2024-03-02T08:00:00.000Z"),
		DisplayName: new(`Device ü "1" 😀`), Platform: new("WINDOWS"), Manufacturer: new("M"), Model: new("Mo"), OSVersion: new("10"),
		SerialNumber: new("S"), IMEI: new("I"), MEID: new("ME"), UDID: new("U"), SID: new("S-1"), TPMPublicKeyHash: new("T"),
		DiskEncryptionType: new("FULL"), Registered: new(true), SecureHardwarePresent: new(false), Managed: new(true), IntegrityJailbreak: new(false),
		Users: []DeviceUser{{
			ID: new("00u1"), Login: new("user001@example.com"), Email: new("u@example.com"), FirstName: new("User"), LastName: new("001"), Status: new("ACTIVE"),
			ManagementStatus: new("MANAGED"), ScreenLockType: new("BIOMETRIC"), Created: new("2021-10-01T16:52:41.000Z"),
		}},
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestAnOddDeviceNeverCostsItsPage(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		device string
		want   Device
	}{
		"a string where a truth value belongs": {
			device: `{"id":"g","profile":{"registered":"true","managed":false}}`,
			want:   Device{ID: "g", Managed: new(false)},
		},
		"a number where a string belongs": {
			device: `{"id":"g","status":7,"profile":{"serialNumber":123456,"osVersion":-1e5,"model":"M"}}`,
			want:   Device{ID: "g", Model: new("M")},
		},
		"an object or a list where a string belongs": {
			device: `{"id":"g","profile":{"displayName":{"value":"x","a":["}"]},"platform":["WINDOWS"],"model":"M"}}`,
			want:   Device{ID: "g", Model: new("M")},
		},
		"null fields": {
			device: `{"id":"g","status":null,"profile":{"displayName":null,"registered":null,"model":"M"}}`,
			want:   Device{ID: "g", Model: new("M")},
		},
		"a display name of which nothing is there": {
			device: `{"id":"g","resourceDisplayName":{},"profile":{}}`, want: Device{ID: "g", Lacks: []string{"resourceDisplayName.value", "resourceDisplayName.sensitive"}},
		},
		"a display name whose value is null": {
			device: `{"id":"g","resourceDisplayName":{"sensitive":false,"value":null},"profile":{}}`, want: Device{ID: "g", Lacks: []string{"resourceDisplayName.value"}},
		},
		"a display name that is there": {device: `{"id":"g","resourceDisplayName":{"value":"","sensitive":true},"profile":{}}`, want: Device{ID: "g"}},
		"a display name that is a text": {
			device: `{"id":"g","resourceDisplayName":"x"}`, want: Device{ID: "g", Lacks: []string{"resourceDisplayName.value", "resourceDisplayName.sensitive"}},
		},
		"a display name that is null": {device: `{"id":"g","resourceDisplayName":null,"profile":{}}`, want: Device{ID: "g"}},
		"a profile that is missing":   {device: `{"id":"g"}`, want: Device{ID: "g"}},
		"a profile that is null":      {device: `{"id":"g","profile":null,"status":"ACTIVE"}`, want: Device{ID: "g", Status: new("ACTIVE")}},
		"a profile that is a list":    {device: `{"id":"g","profile":[{"model":"M"}]}`, want: Device{ID: "g"}},
		"an id that is a number":      {device: `{"id":17,"profile":{}}`, want: Device{}},
		"no id":                       {device: `{"profile":{}}`, want: Device{}},
		"an empty object":             {device: `{}`, want: Device{}},
		"an empty text is not absent": {device: `{"id":"g","profile":{"displayName":""}}`, want: Device{ID: "g", DisplayName: new("")}},
		"unknown values are values": {
			device: `{"id":"g","status":"HIBERNATING","profile":{"platform":"CHROMEOS","diskEncryptionType":"QUANTUM"}}`,
			want:   Device{ID: "g", Status: new("HIBERNATING"), Platform: new("CHROMEOS"), DiskEncryptionType: new("QUANTUM")},
		},
		"a field that is there twice has its last value": {
			device: `{"id":"x","id":"g","profile":{"registered":true,"registered":1}}`,
			want:   Device{ID: "g"},
		},
		"an escaped field name": {device: `{"\u0069d":"g","profile":{}}`, want: Device{ID: "g"}},
		"bytes that are no UTF-8, and half a surrogate": {
			device: "{\"id\":\"g\",\"profile\":{\"model\":\"a\xff\xfeb\",\"sid\":\"\\ud83d!\"}}",
			want:   Device{ID: "g", Model: new("a\ufffd\ufffdb"), SID: new("\ufffd!")},
		},
		"no users":                {device: `{"id":"g","profile":{},"_embedded":{"users":[]}}`, want: Device{ID: "g", Users: []DeviceUser{}}},
		"an _embedded of no kind": {device: `{"id":"g","profile":{},"_embedded":null}`, want: Device{ID: "g"}},
		"users that are no list":  {device: `{"id":"g","profile":{},"_embedded":{"users":{"a":1}}}`, want: Device{ID: "g"}},
		"users that are odd": {
			device: `{"id":"g","profile":{},"_embedded":{"users":[1,{"user":"x","created":7},null,{"managementStatus":[],"screenLockType":{},"user":{"id":1,"status":true,"profile":[]}},
				{"user":{"profile":{"login":1,"email":null,"firstName":null,"lastName":[1]}}}]}}`,
			want: Device{ID: "g", Users: []DeviceUser{{}, {}, {}}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, unreadable := decoded(t, `[{"id":"before","profile":{}},`+test.device+`,{"id":"after","profile":{}}]`)
			want := []Device{{ID: "before"}, test.want, {ID: "after"}}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
			if unreadable != 0 {
				t.Errorf("%d unreadable", unreadable)
			}
		})
	}
}

func TestElementsThatAreNoObjectsAreCountedAndPassedOver(t *testing.T) {
	t.Parallel()
	got, unreadable := decoded(t, `[null,{"id":"a","profile":{}},1,"]",true,[{"id":"x"}],{"id":"b","profile":{}},false]`)
	if diff := cmp.Diff([]Device{{ID: "a"}, {ID: "b"}}, got); diff != "" {
		t.Error(diff)
	}
	if unreadable != 6 {
		t.Errorf("%d unreadable, want 6", unreadable)
	}
}

// FuzzDecode looks for an answer that panics, that is read as devices without being a list, or that loses an element.
// The fields of devices are compared on their whole way to Terraform, in package device.
func FuzzDecode(f *testing.F) {
	for _, seed := range []string{
		`[]`, `{}`, `null`, `[`, `"`, ``, `[{"id":1,"status":"ACTIVE"},null,7,[],{}]`, `[{"profile":[]},{"profile":{"registered":"true","model":"\ud83d"}}]`,
		"[{\"id\":\"\xff\",\"profile\":{\"managed\":false}}]", "[\n{\"\\u0069d\":\"a\"}\t]", "[" + deviceJSON(1) + "]",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		devices, unreadable, err := decodeList(&answer{body: bytes.Trim(body, " \t\r\n")}, "devices", (*deviceWire).device)
		var list []any
		if isList := json.Unmarshal(body, &list) == nil && list != nil; isList != (err == nil) {
			t.Fatalf("it is a list: %t, and the error is %v", isList, err)
		}
		if err == nil && len(devices)+unreadable != len(list) {
			t.Fatalf("%d devices and %d others of %d elements", len(devices), unreadable, len(list))
		}
	})
}

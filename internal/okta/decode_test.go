// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package okta

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func decoded(t *testing.T, body string) ([]Device, int) {
	t.Helper()
	devices, unreadable, err := decodeDevices(&answer{body: []byte(body)})
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
			want:   Device{ID: "g", Managed: new(false), Odd: []string{"profile.registered"}},
		},
		"a number where a string belongs": {
			device: `{"id":"g","status":7,"profile":{"serialNumber":123456,"osVersion":-1e5,"model":"M"}}`,
			want:   Device{ID: "g", Model: new("M"), Odd: []string{"status", "profile.serialNumber", "profile.osVersion"}},
		},
		"an object or a list where a string belongs": {
			device: `{"id":"g","profile":{"displayName":{"value":"x","a":["}"]},"platform":["WINDOWS"],"model":"M"}}`,
			want:   Device{ID: "g", Model: new("M"), Odd: []string{"profile.displayName", "profile.platform"}},
		},
		"null fields": {
			device: `{"id":"g","status":null,"profile":{"displayName":null,"registered":null,"model":"M"}}`,
			want:   Device{ID: "g", Model: new("M"), Odd: []string{"status", "profile.displayName", "profile.registered"}},
		},
		"a display name of which nothing is there": {
			device: `{"id":"g","resourceDisplayName":{},"profile":{}}`, want: Device{ID: "g", Lacks: []string{"resourceDisplayName.value", "resourceDisplayName.sensitive"}},
		},
		"a display name whose value is null": {
			device: `{"id":"g","resourceDisplayName":{"sensitive":false,"value":null},"profile":{}}`, want: Device{ID: "g", Lacks: []string{"resourceDisplayName.value"}},
		},
		"a display name that is there": {device: `{"id":"g","resourceDisplayName":{"value":"","sensitive":true},"profile":{}}`, want: Device{ID: "g"}},
		"a display name that is null":  {device: `{"id":"g","resourceDisplayName":null,"profile":{}}`, want: Device{ID: "g"}},
		"a profile that is missing":    {device: `{"id":"g"}`, want: Device{ID: "g", Odd: []string{"profile"}}},
		"a profile that is null":       {device: `{"id":"g","profile":null,"status":"ACTIVE"}`, want: Device{ID: "g", Status: new("ACTIVE"), Odd: []string{"profile"}}},
		"a profile that is a list":     {device: `{"id":"g","profile":[{"model":"M"}]}`, want: Device{ID: "g", Odd: []string{"profile"}}},
		"an id that is a number":       {device: `{"id":17,"profile":{}}`, want: Device{Odd: []string{"id"}}},
		"no id":                        {device: `{"profile":{}}`, want: Device{}},
		"an empty object":              {device: `{}`, want: Device{Odd: []string{"profile"}}},
		"absent fields are not odd":    {device: `{"id":"g","profile":{"displayName":""}}`, want: Device{ID: "g", DisplayName: new("")}},
		"unknown values are values": {
			device: `{"id":"g","status":"HIBERNATING","profile":{"platform":"CHROMEOS","diskEncryptionType":"QUANTUM"}}`,
			want:   Device{ID: "g", Status: new("HIBERNATING"), Platform: new("CHROMEOS"), DiskEncryptionType: new("QUANTUM")},
		},
		"fields in another case are other fields": {
			device: `{"id":"g","ID":"x","profile":{"DisplayName":"x","REGISTERED":true}}`,
			want:   Device{ID: "g"},
		},
		"a field that is there twice has its last value": {
			device: `{"id":"x","id":"g","profile":{"registered":true,"registered":1}}`,
			want:   Device{ID: "g", Odd: []string{"profile.registered"}},
		},
		"an escaped field name": {device: `{"\u0069d":"g","profile":{}}`, want: Device{ID: "g"}},
		"bytes that are no UTF-8, and half a surrogate": {
			device: "{\"id\":\"g\",\"profile\":{\"model\":\"a\xff\xfeb\",\"sid\":\"\\ud83d!\"}}",
			want:   Device{ID: "g", Model: new("a\ufffd\ufffdb"), SID: new("\ufffd!")},
		},
		"no users":                {device: `{"id":"g","profile":{},"_embedded":{"users":[]}}`, want: Device{ID: "g", Users: []DeviceUser{}}},
		"an _embedded of no kind": {device: `{"id":"g","profile":{},"_embedded":null}`, want: Device{ID: "g", Odd: []string{"_embedded"}}},
		"users that are no list":  {device: `{"id":"g","profile":{},"_embedded":{"users":{"a":1}}}`, want: Device{ID: "g", Odd: []string{"_embedded.users"}}},
		"users that are odd": {
			device: `{"id":"g","profile":{},"_embedded":{"users":[1,{"user":"x","created":7},null,{"managementStatus":[],"screenLockType":{},"user":{"id":1,"status":true,"profile":[]}},
				{"user":{"profile":{"login":1,"email":null,"firstName":null,"lastName":[1]}}}]}}`,
			want: Device{
				ID: "g", Odd: []string{"_embedded.users"},
				Users: []DeviceUser{
					{Odd: []string{"user", "created"}},
					{Odd: []string{"managementStatus", "screenLockType", "user.id", "user.status", "user.profile"}},
					{Odd: []string{"user.profile.login", "user.profile.email", "user.profile.lastName"}},
				},
			},
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

// rebuild reads any JSON with a cursor, into what encoding/json would make of it.
func rebuild(c *cursor) any {
	switch c.kind() {
	case '{':
		object := map[string]any{}
		c.enter()
		for c.more() {
			key := string([]rune(string(c.key()))) // a name's bytes that are no UTF-8 stay; encoding/json replaces each
			object[key] = rebuild(c)
		}
		return object
	case '[':
		list := []any{}
		c.enter()
		for c.more() {
			list = append(list, rebuild(c))
		}
		return list
	case '"':
		return c.string()
	default:
		begin := c.at
		c.skip()
		var scalar any
		if err := json.Unmarshal(c.text[begin:c.at], &scalar); err != nil {
			panic(err)
		}
		return scalar
	}
}

// FuzzCursor holds the cursor against encoding/json: it reads the same, and passing over a value ends where reading it
// does.
func FuzzCursor(f *testing.F) {
	for _, seed := range []string{
		`[]`, `{}`, ` { "a" : [ 1 , -2.5e-3 , true , false , null , "x" ] , "b":{"c":{}} } `, `"\\"`, `"\""`, `"a\u0000\ud83d\ude00\ud83d"`,
		"\"\xff\"", "{\"\xbe\":1}", `{"":""}`, `{"\"}":"{["}`, `[[[[]],[]]]`, `0`, "\t\r\n[\n1\t,\r2]\n", `{"a":1,"a":2}`, `{"\u0061":"b"}`, `null`, `[`, `"`, ``,
		deviceJSON(1),
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		// What is not JSON must not reach a cursor; nothing may panic on it all the same.
		if _, _, err := decodeDevices(&answer{body: text}); err == nil && !json.Valid(text) {
			t.Fatal("read as devices without being JSON")
		}
		var want any
		if json.Unmarshal(text, &want) != nil {
			return
		}
		read := &cursor{text: text}
		if got := rebuild(read); !reflect.DeepEqual(got, want) {
			t.Fatalf("read %#v, want %#v", got, want)
		}
		skipped := &cursor{text: text}
		skipped.skip()
		if skipped.at != read.at || strings.TrimSpace(string(text[skipped.at:])) != "" {
			t.Fatalf("passing over ends at %d, reading at %d of %d", skipped.at, read.at, len(text))
		}
		var device Device
		if skipped.text[0] == '{' {
			readDevice(&cursor{text: text}, &device)
		}
	})
}

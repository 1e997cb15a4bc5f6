// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package device

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/okta"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/credential"
)

// answered is a network with one answer to everything.
type answered []byte

func (a answered) RoundTrip(request *http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(bytes.NewReader(a)), Request: request}, nil
}

// texts and flags are Okta's names of a device's attributes, by the provider's.
var (
	texts = map[string]string{
		"id": "id", "status": "status", "created": "created", "last_updated": "lastUpdated", "display_name": "profile.displayName", "platform": "profile.platform",
		"manufacturer": "profile.manufacturer", "model": "profile.model", "os_version": "profile.osVersion", "serial_number": "profile.serialNumber", "imei": "profile.imei",
		"meid": "profile.meid", "udid": "profile.udid", "sid": "profile.sid", "tpm_public_key_hash": "profile.tpmPublicKeyHash", "disk_encryption_type": "profile.diskEncryptionType",
	}
	flags = map[string]string{
		"registered": "profile.registered", "secure_hardware_present": "profile.secureHardwarePresent", "managed": "profile.managed", "integrity_jailbreak": "profile.integrityJailbreak",
	}
	userTexts = map[string]string{
		"id": "user.id", "login": "user.profile.login", "email": "user.profile.email", "first_name": "user.profile.firstName", "last_name": "user.profile.lastName",
		"status": "user.status", "management_status": "managementStatus", "screen_lock_type": "screenLockType", "created": "created",
	}
)

// FuzzDevices looks for an answer of Okta's that panics on its way into Terraform's values, that is an error although
// it is a list, or of which Terraform gets another text than encoding/json reads.
func FuzzDevices(f *testing.F) {
	for _, seed := range []string{
		"", "null", "{}", "[]", "[", "[[]]", "[1,null,{}]", `[{"id":1,"profile":null}]`, `[{"id":"","status":null,"profile":[]}]`, `[{"id":"guo1","profile":{"registered":"true","displayName":{}}}]`,
		`[{"id":"guo1","status":"ACTIVE","created":"2025-01-02T03:04:05.000Z","profile":{"displayName":"a\u0000\ud800\u202e","platform":"IOS","registered":true,"managed":false,"imei":"1"}}]`,
		`[{"\u0069d":"guo1","ID":"x","profile":{"DisplayName":"x"},"_embedded":{"users":[{"created":"c","managementStatus":"M","user":{"id":"u","profile":{"login":"l","firstName":null,"lastName":1}}},1,null]}}]`,
		`[{"_embedded":{"users":null}},{"_embedded":{"users":{}}},{"_embedded":1},{"_embedded":{"users":[]}}]`, "[{\"id\":\"\xff\"}]", " \n[ { } ] ", `[{"id":"a"},{"id":"a"}]`, `[{"secureHardwarePresent":true}]`, `[{}]]`,
	} {
		f.Add([]byte(seed))
	}
	home := credential.Origin{Scheme: "https", Host: "acme.okta.com", Port: "443"}
	f.Fuzz(func(t *testing.T, body []byte) {
		client, err := transport.New(transport.Options{Base: answered(body)})
		if err != nil {
			t.Fatal(err)
		}
		page, err := okta.New(okta.Config{HTTP: client, Origin: home, Token: credential.NewSecret(secret)}).DevicesPage(t.Context(), okta.DeviceQuery{})
		var list []any
		isList := json.Unmarshal(body, &list) == nil && list != nil
		if (err == nil) != isList {
			t.Fatalf("it is a list: %t, and the error is %v", isList, err)
		}
		if err != nil || repeatsAName(body) {
			return // of two members of one name, no reader is wrong
		}
		devices, ok := deviceTable.List(page.Devices).Value().(types.List)
		if _, err := devices.ToTerraformValue(t.Context()); err != nil || !ok {
			t.Fatalf("the list is %T: %v", devices, err)
		}
		objects := objectsOf(list)
		if len(objects) != len(devices.Elements()) || page.Unreadable != len(list)-len(objects) {
			t.Fatalf("of %d elements, %d objects among them, there are %d devices, and %d can't be read", len(list), len(objects), len(devices.Elements()), page.Unreadable)
		}
		for index, element := range devices.Elements() {
			compare(t, objects[index], element)
		}
	})
}

// objectsOf are the objects in a list.
func objectsOf(list []any) []map[string]any {
	var objects []map[string]any
	for _, element := range list {
		if object, ok := element.(map[string]any); ok {
			objects = append(objects, object)
		}
	}
	return objects
}

// compare holds a device of Terraform's against what encoding/json read of it.
func compare(t *testing.T, read map[string]any, value attr.Value) {
	t.Helper()
	device, ok := value.(types.Object)
	if !ok {
		t.Fatalf("a device is %T", value)
	}
	attributes := device.Attributes()
	for name, at := range texts {
		want := textAt(read, at)
		if name == "id" && want.ValueString() == "" {
			want = types.StringNull()
		}
		if diff := cmp.Diff(want.String(), attributes[name].String()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	for name, at := range flags {
		want := types.BoolNull()
		if flag, ok := member(read, at).(bool); ok {
			want = types.BoolValue(flag)
		}
		if !want.Equal(attributes[name]) {
			t.Errorf("%s is %s, want %s", name, attributes[name], want)
		}
	}
	if len(attributes) != len(texts)+len(flags)+1 {
		t.Errorf("a device has %d attributes, and %d are compared", len(attributes), len(texts)+len(flags)+1)
	}
	users, ok := attributes["users"].(types.List)
	if !ok {
		t.Fatalf("users are %T", attributes["users"])
	}
	list, asked := member(read, "_embedded.users").([]any)
	if objects := objectsOf(list); users.IsNull() == asked || len(objects) != len(users.Elements()) {
		t.Errorf("of the users %v there are %s", list, users)
	} else {
		for index, element := range users.Elements() {
			for name, at := range userTexts {
				user, ok := element.(types.Object)
				if want := textAt(objects[index], at); !ok || !want.Equal(user.Attributes()[name]) {
					t.Errorf("a user's %s is not %s: %s", name, want, element)
				}
			}
		}
	}
}

// member is what is at a path; nil if there is nothing, or if an object is missing on the way. To encoding/json, a name
// in another case is the same name.
func member(of map[string]any, at string) any {
	first, rest, deeper := strings.Cut(at, ".")
	var found any
	for name := range of {
		if strings.EqualFold(name, first) {
			found = of[name]
		}
	}
	if inner, ok := found.(map[string]any); ok && deeper {
		return member(inner, rest)
	}
	if deeper {
		return nil
	}
	return found
}

func textAt(of map[string]any, at string) types.String {
	if text, ok := member(of, at).(string); ok {
		return types.StringValue(text)
	}
	return types.StringNull()
}

// repeatsAName reports whether an object in the JSON has two members of one name, in whatever case.
func repeatsAName(body []byte) bool {
	decoder := json.NewDecoder(bytes.NewReader(body))
	var walk func() bool
	walk = func() bool {
		token, err := decoder.Token()
		delimiter, nested := token.(json.Delim)
		if err != nil || !nested {
			return false
		}
		repeated, names := false, map[string]bool{}
		for decoder.More() {
			if delimiter == '{' {
				name, err := decoder.Token()
				if err != nil {
					return true
				}
				folded := strings.ToLower(strings.ToUpper(fmt.Sprint(name)))
				repeated = repeated || names[folded]
				names[folded] = true
			}
			repeated = walk() || repeated
		}
		_, err = decoder.Token()
		return repeated || err != nil
	}
	return walk()
}

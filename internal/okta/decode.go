// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package okta

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"unicode/utf8"
)

// decode reads an answer that must be a JSON object. A value inside it that has another type than target's is left out:
// encoding/json reports it, and reads the rest.
func (a *answer) decode(target any, expected string) *UnexpectedAnswerError {
	return a.check(json.Unmarshal(a.body, target), '{', expected)
}

// decodeList reads the objects of an answer that must be a list, and counts what else is in it.
func decodeList[Wire, T any](a *answer, noun string, convert func(*Wire) T) (elements []T, unreadable int, err error) {
	found, unreadable, err := readObjects[Wire](a.body)
	if unexpected := a.check(err, '[', "a list of "+noun); unexpected != nil {
		return nil, 0, unexpected
	}
	elements = make([]T, len(found))
	for i := range found {
		elements[i] = convert(found[i])
	}
	return elements, unreadable, nil
}

// check makes the error of an answer that encoding/json refused, or that is not of the expected kind.
func (a *answer) check(err error, kind byte, expected string) *UnexpectedAnswerError {
	switch {
	case err != nil && !isTypeError(err):
		return a.notJSON()
	case a.body[0] != kind:
		return a.unexpected("it is " + kindName(a.body[0]) + " where " + expected + " was expected")
	default:
		return nil
	}
}

func isTypeError(err error) bool {
	_, isType := errors.AsType[*json.UnmarshalTypeError](err)
	return isType
}

// kindName is what an error calls a JSON value, by its first byte.
func kindName(first byte) string {
	switch first {
	case '{':
		return "an object"
	case '[':
		return "a list"
	case '"':
		return "a string"
	case 't', 'f':
		return "true or false"
	case 'n':
		return "null"
	default:
		return "a number"
	}
}

// A text is a string of an answer. Its pointer is nil if the answer has null there, or another type.
type text struct{ pointer *string }

// UnmarshalJSON never fails, so that a value of another type costs itself alone.
func (t *text) UnmarshalJSON(raw []byte) error {
	t.pointer = nil
	if raw[0] != '"' {
		return nil
	}
	value := string(raw[1 : len(raw)-1])
	if strings.Contains(value, `\`) || !utf8.ValidString(value) {
		_ = json.Unmarshal(raw, &value) // a JSON string fits
	}
	t.pointer = &value
	return nil
}

// value is "" for an absent text.
func (t text) value() string {
	if t.pointer == nil {
		return ""
	}
	return *t.pointer
}

// A flag is true or false. Its pointer is nil if the answer has null there, or another type.
type flag struct{ pointer *bool }

// UnmarshalJSON never fails, as text's.
func (f *flag) UnmarshalJSON(raw []byte) error {
	f.pointer = nil
	if raw[0] == 't' || raw[0] == 'f' {
		f.pointer = new(raw[0] == 't')
	}
	return nil
}

// objects are the objects of a list; nil if the answer has no list there. What else is in the list is left out.
type objects[T any] struct{ list []*T }

// UnmarshalJSON never fails, as text's.
func (o *objects[T]) UnmarshalJSON(raw []byte) error {
	o.list = nil
	if raw[0] == '[' {
		o.list, _, _ = readObjects[T](raw) // it is valid JSON
	}
	return nil
}

// readObjects reads the objects of a list, and counts what else is in it.
func readObjects[T any](raw []byte) (list []*T, others int, err error) {
	if err = json.Unmarshal(raw, &list); isTypeError(err) {
		// Of what is no object, and of an object without members, encoding/json has made the same.
		var elements []json.RawMessage
		err = json.Unmarshal(raw, &elements)
		for i, element := range elements {
			if element[0] != '{' {
				list[i] = nil
			}
		}
	}
	all := len(list)
	list = slices.DeleteFunc(list, func(element *T) bool { return element == nil })
	return list, all - len(list), err
}

// A deviceWire is a device as Okta writes it (Okta API 2026.06.3, listDevices and getDevice).
type deviceWire struct {
	ID          text `json:"id"`
	Status      text `json:"status"`
	Created     text `json:"created"`
	LastUpdated text `json:"lastUpdated"`
	Profile     struct {
		DisplayName           text `json:"displayName"`
		Platform              text `json:"platform"`
		Manufacturer          text `json:"manufacturer"`
		Model                 text `json:"model"`
		OSVersion             text `json:"osVersion"`
		SerialNumber          text `json:"serialNumber"`
		IMEI                  text `json:"imei"`
		MEID                  text `json:"meid"`
		UDID                  text `json:"udid"`
		SID                   text `json:"sid"`
		TPMPublicKeyHash      text `json:"tpmPublicKeyHash"`
		DiskEncryptionType    text `json:"diskEncryptionType"`
		Registered            flag `json:"registered"`
		SecureHardwarePresent flag `json:"secureHardwarePresent"`
		Managed               flag `json:"managed"`
		IntegrityJailbreak    flag `json:"integrityJailbreak"`
	} `json:"profile"`
	ResourceDisplayName *struct {
		Value     text `json:"value"`
		Sensitive flag `json:"sensitive"`
	} `json:"resourceDisplayName"`
	Embedded struct {
		Users objects[userWire] `json:"users"`
	} `json:"_embedded"`
}

func (w *deviceWire) device() Device {
	profile := &w.Profile
	device := Device{
		ID: w.ID.value(), Status: w.Status.pointer, Created: w.Created.pointer, LastUpdated: w.LastUpdated.pointer,
		DisplayName: profile.DisplayName.pointer, Platform: profile.Platform.pointer, Manufacturer: profile.Manufacturer.pointer,
		Model: profile.Model.pointer, OSVersion: profile.OSVersion.pointer, SerialNumber: profile.SerialNumber.pointer,
		IMEI: profile.IMEI.pointer, MEID: profile.MEID.pointer, UDID: profile.UDID.pointer, SID: profile.SID.pointer,
		TPMPublicKeyHash: profile.TPMPublicKeyHash.pointer, DiskEncryptionType: profile.DiskEncryptionType.pointer,
		Registered: profile.Registered.pointer, SecureHardwarePresent: profile.SecureHardwarePresent.pointer,
		Managed: profile.Managed.pointer, IntegrityJailbreak: profile.IntegrityJailbreak.pointer,
	}
	if name := w.ResourceDisplayName; name != nil && name.Value.pointer == nil {
		device.Lacks = append(device.Lacks, "resourceDisplayName.value")
	}
	if name := w.ResourceDisplayName; name != nil && name.Sensitive.pointer == nil {
		device.Lacks = append(device.Lacks, "resourceDisplayName.sensitive")
	}
	if users := w.Embedded.Users.list; users != nil {
		device.Users = make([]DeviceUser, len(users))
		for i, user := range users {
			device.Users[i] = user.user()
		}
	}
	return device
}

// A userWire is a device's user (Okta API 2026.06.3, DeviceUser).
type userWire struct {
	Created          text `json:"created"`
	ManagementStatus text `json:"managementStatus"`
	ScreenLockType   text `json:"screenLockType"`
	User             struct {
		ID      text `json:"id"`
		Status  text `json:"status"`
		Profile struct {
			Login     text `json:"login"`
			Email     text `json:"email"`
			FirstName text `json:"firstName"`
			LastName  text `json:"lastName"`
		} `json:"profile"`
	} `json:"user"`
}

func (w *userWire) user() DeviceUser {
	account := &w.User
	return DeviceUser{
		ID: account.ID.pointer, Status: account.Status.pointer, Login: account.Profile.Login.pointer, Email: account.Profile.Email.pointer,
		FirstName: account.Profile.FirstName.pointer, LastName: account.Profile.LastName.pointer,
		ManagementStatus: w.ManagementStatus.pointer, ScreenLockType: w.ScreenLockType.pointer, Created: w.Created.pointer,
	}
}

// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package okta

import "encoding/json"

// decodeDevices reads a list of devices. Only an answer that is no list is an error.
func decodeDevices(a *answer) ([]Device, int, error) {
	return decodeList(a, "devices", readDevice)
}

func decodeUsers(a *answer) ([]DeviceUser, int, error) {
	return decodeList(a, "users", readUser)
}

func decodeDevice(a *answer) (*Device, error) {
	in, unexpected := a.json('{', "a device")
	if unexpected != nil {
		return nil, unexpected
	}
	var device Device
	readDevice(in, &device)
	if device.ID == "" {
		return nil, a.unexpected("it is a device without an id")
	}
	return &device, nil
}

func decodeList[T any](a *answer, noun string, read func(*cursor, *T)) (elements []T, unreadable int, err error) {
	in, unexpected := a.json('[', "a list of "+noun)
	if unexpected != nil {
		return nil, 0, unexpected
	}
	elements, unreadable = readList(in, read)
	return elements, unreadable, nil
}

// json begins to read an answer that must be JSON of one kind.
func (a *answer) json(kind byte, expected string) (*cursor, *UnexpectedAnswerError) {
	if !json.Valid(a.body) {
		return nil, a.notJSON()
	}
	in := &cursor{text: a.body}
	if got := in.kind(); got != kind {
		return nil, a.unexpected("it is " + kindName(got) + " where " + expected + " was expected")
	}
	return in, nil
}

// readList reads the objects of a list and counts what else is in it. The result is never nil.
func readList[T any](in *cursor, read func(*cursor, *T)) (elements []T, others int) {
	elements = []T{}
	in.enter()
	for in.more() {
		if in.kind() != '{' {
			in.skip()
			others++
			continue
		}
		elements = append(elements, *new(T))
		read(in, &elements[len(elements)-1])
	}
	return elements, others
}

// fields reads typed members, and notes the names of those with another type.
type fields struct {
	in  *cursor
	odd *[]string
}

func (f fields) noteOdd(name string) { *f.odd = append(*f.odd, name) }

// text reads a string. name is its path, for Odd.
func (f fields) text(name string) *string {
	if f.in.kind() != '"' {
		f.in.skip()
		f.noteOdd(name)
		return nil
	}
	value := f.in.string()
	return &value
}

// optional is text where the document says that null may stand there.
func (f fields) optional(name string) *string {
	if f.in.kind() == 'n' {
		f.in.skip()
		return nil
	}
	return f.text(name)
}

func (f fields) flag(name string) *bool {
	kind := f.in.kind()
	f.in.skip()
	if kind != 't' && kind != 'f' {
		f.noteOdd(name)
		return nil
	}
	value := kind == 't'
	return &value
}

// object is true where an object follows; what else does is passed over and noted.
func (f fields) object(name string) bool {
	return f.is('{', name)
}

func (f fields) is(kind byte, name string) bool {
	if f.in.kind() == kind {
		return true
	}
	f.in.skip()
	f.noteOdd(name)
	return false
}

func readDevice(in *cursor, device *Device) {
	f := fields{in: in, odd: &device.Odd}
	hasProfile := false
	in.enter()
	for in.more() {
		switch string(in.key()) {
		case "id":
			device.ID = value(f.text("id"))
		case "status":
			device.Status = f.text("status")
		case "created":
			device.Created = f.text("created")
		case "lastUpdated":
			device.LastUpdated = f.text("lastUpdated")
		case "profile":
			hasProfile = true
			if f.object("profile") {
				readProfile(f, device)
			}
		case "resourceDisplayName":
			readDisplayName(in, device)
		case "_embedded":
			if f.object("_embedded") {
				readEmbedded(f, device)
			}
		default:
			in.skip()
		}
	}
	if !hasProfile {
		f.noteOdd("profile")
	}
}

// readDisplayName looks for what Okta's document leaves optional, and others rely on. Nothing of it is kept: the
// profile has the name.
func readDisplayName(in *cursor, device *Device) {
	if in.kind() != '{' {
		in.skip() // null is none
		return
	}
	hasValue, hasSensitive := false, false
	in.enter()
	for in.more() {
		switch key := string(in.key()); key {
		case "value":
			hasValue = in.kind() == '"'
		case "sensitive":
			hasSensitive = in.kind() == 't' || in.kind() == 'f'
		}
		in.skip()
	}
	if !hasValue {
		device.Lacks = append(device.Lacks, "resourceDisplayName.value")
	}
	if !hasSensitive {
		device.Lacks = append(device.Lacks, "resourceDisplayName.sensitive")
	}
}

func readProfile(f fields, device *Device) {
	f.in.enter()
	for f.in.more() {
		switch string(f.in.key()) {
		case "displayName":
			device.DisplayName = f.text("profile.displayName")
		case "platform":
			device.Platform = f.text("profile.platform")
		case "manufacturer":
			device.Manufacturer = f.text("profile.manufacturer")
		case "model":
			device.Model = f.text("profile.model")
		case "osVersion":
			device.OSVersion = f.text("profile.osVersion")
		case "serialNumber":
			device.SerialNumber = f.text("profile.serialNumber")
		case "imei":
			device.IMEI = f.text("profile.imei")
		case "meid":
			device.MEID = f.text("profile.meid")
		case "udid":
			device.UDID = f.text("profile.udid")
		case "sid":
			device.SID = f.text("profile.sid")
		case "tpmPublicKeyHash":
			device.TPMPublicKeyHash = f.text("profile.tpmPublicKeyHash")
		case "diskEncryptionType":
			device.DiskEncryptionType = f.text("profile.diskEncryptionType")
		case "registered":
			device.Registered = f.flag("profile.registered")
		case "secureHardwarePresent":
			device.SecureHardwarePresent = f.flag("profile.secureHardwarePresent")
		case "managed":
			device.Managed = f.flag("profile.managed")
		case "integrityJailbreak":
			device.IntegrityJailbreak = f.flag("profile.integrityJailbreak")
		default:
			f.in.skip()
		}
	}
}

// readEmbedded reads the users that expand=userSummary embeds.
func readEmbedded(f fields, device *Device) {
	f.in.enter()
	for f.in.more() {
		if string(f.in.key()) != "users" {
			f.in.skip()
			continue
		}
		if !f.is('[', "_embedded.users") {
			continue
		}
		users, others := readList(f.in, readUser)
		if others > 0 {
			f.noteOdd("_embedded.users")
		}
		device.Users = users
	}
}

func readUser(in *cursor, user *DeviceUser) {
	f := fields{in: in, odd: &user.Odd}
	in.enter()
	for in.more() {
		switch string(in.key()) {
		case "created":
			user.Created = f.text("created")
		case "managementStatus":
			user.ManagementStatus = f.text("managementStatus")
		case "screenLockType":
			user.ScreenLockType = f.text("screenLockType")
		case "user":
			if f.object("user") {
				readAccount(f, user)
			}
		default:
			in.skip()
		}
	}
}

// readAccount reads the user's own record, or its summary.
func readAccount(f fields, user *DeviceUser) {
	f.in.enter()
	for f.in.more() {
		switch string(f.in.key()) {
		case "id":
			user.ID = f.text("user.id")
		case "status":
			user.Status = f.text("user.status")
		case "profile":
			if f.object("user.profile") {
				readAccountProfile(f, user)
			}
		default:
			f.in.skip()
		}
	}
}

// readAccountProfile reads names as optional: a user's may be null (Okta API 2026.06.3, UserProfile).
func readAccountProfile(f fields, user *DeviceUser) {
	f.in.enter()
	for f.in.more() {
		switch string(f.in.key()) {
		case "login":
			user.Login = f.text("user.profile.login")
		case "email":
			user.Email = f.text("user.profile.email")
		case "firstName":
			user.FirstName = f.optional("user.profile.firstName")
		case "lastName":
			user.LastName = f.optional("user.profile.lastName")
		default:
			f.in.skip()
		}
	}
}

func value(text *string) string {
	if text == nil {
		return ""
	}
	return *text
}

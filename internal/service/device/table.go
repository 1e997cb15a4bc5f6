// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package device

import (
	"github.com/sekoia-io/terraform-provider-sekoia/internal/okta"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/longlist"
)

// These are the kinds of rows in the tables below.
var (
	deviceText = longlist.Text[okta.Device]
	deviceFlag = longlist.Flag[okta.Device]
	userText   = longlist.Text[okta.DeviceUser]
)

// usersAttribute is the list of a device's users.
const usersAttribute = "users"

// deviceTable has the attributes of a device. What Okta left out is null.
var deviceTable = longlist.NewTable(
	deviceText("id", "Okta's id of the device.", func(d *okta.Device) *string { return nilIfEmpty(&d.ID) }),
	deviceText("status", "`ACTIVE`, `CREATED`, `DEACTIVATED`, `SUSPENDED`, `UNSUSPENDED`, or a value that Okta has added since.",
		func(d *okta.Device) *string { return d.Status }),
	deviceText("display_name", "The device's name, set by its user or by device management. Sekoia's connector requires it: it skips a "+
		"device with an empty name, and a device without the field stops the page that it is on."+
		"the page that it is on.", func(d *okta.Device) *string { return d.DisplayName }),
	deviceText("platform", "`ANDROID`, `IOS`, `MACOS`, `WINDOWS`, or a value that Okta has added since.",
		func(d *okta.Device) *string { return d.Platform }),
	deviceText("manufacturer", "The manufacturer of the device.", func(d *okta.Device) *string { return d.Manufacturer }),
	deviceText("model", "The device's model, as the manufacturer names it.", func(d *okta.Device) *string { return d.Model }),
	deviceText("os_version", "The version of the operating system.", func(d *okta.Device) *string { return d.OSVersion }),
	deviceText("serial_number", "The serial number. It need not be unique in an organization.",
		func(d *okta.Device) *string { return d.SerialNumber }),
	deviceText("imei", "The International Mobile Equipment Identity of a phone or tablet.", func(d *okta.Device) *string { return d.IMEI }),
	deviceText("meid", "The Mobile Equipment Identifier of a phone or tablet.", func(d *okta.Device) *string { return d.MEID }),
	deviceText("udid", "The Unique Device Identifier of a macOS or iOS device.", func(d *okta.Device) *string { return d.UDID }),
	deviceText("sid", "The Windows security identifier of the device.", func(d *okta.Device) *string { return d.SID }),
	deviceText("tpm_public_key_hash", "The hash of the public key in a Windows device's Trusted Platform Module.",
		func(d *okta.Device) *string { return d.TPMPublicKeyHash }),
	deviceText("disk_encryption_type", "`ALL_INTERNAL_VOLUMES`, `FULL`, `NONE`, `SYSTEM_VOLUME`, `USER`, or a value that Okta has added since.",
		func(d *okta.Device) *string { return d.DiskEncryptionType }),
	deviceFlag("registered", "Whether the device is registered with Okta. Null if Okta does not say, which is not `false`.",
		func(d *okta.Device) *bool { return d.Registered }),
	deviceFlag("secure_hardware_present", "Whether the device has secure hardware, such as a TPM or a Secure Enclave. Null if Okta "+
		"does not say.",
		func(d *okta.Device) *bool { return d.SecureHardwarePresent }),
	deviceFlag("managed", "Whether device management vouches for the device. Null if Okta does not say.",
		func(d *okta.Device) *bool { return d.Managed }),
	deviceFlag("integrity_jailbreak", "Whether the device is jailbroken or rooted. Null if Okta does not say.",
		func(d *okta.Device) *bool { return d.IntegrityJailbreak }),
	deviceText("created", "When the device was created in Okta, in RFC 3339.", func(d *okta.Device) *string { return d.Created }),
	deviceText("last_updated", "When the device last changed in Okta, in RFC 3339.", func(d *okta.Device) *string { return d.LastUpdated }),
	longlist.Objects(usersAttribute, "The device's users. Null unless `include_users` is `true`.", userTable,
		func(d *okta.Device) []okta.DeviceUser { return d.Users }),
)

// userTable has the attributes of a device's user.
var userTable = longlist.NewTable(
	userText("id", "Okta's id of the user.", func(u *okta.DeviceUser) *string { return u.ID }),
	userText("login", "The user's login.", func(u *okta.DeviceUser) *string { return u.Login }),
	userText("email", "The user's primary e-mail address.", func(u *okta.DeviceUser) *string { return u.Email }),
	userText("first_name", "The user's first name.", func(u *okta.DeviceUser) *string { return u.FirstName }),
	userText("last_name", "The user's last name.", func(u *okta.DeviceUser) *string { return u.LastName }),
	userText("status", "The user's own status, such as `ACTIVE` or `SUSPENDED`. Null in `sekoia_okta_devices`, because Okta's summary "+
		"of a user leaves it out."+
		"it out.", func(u *okta.DeviceUser) *string { return u.Status }),
	userText("management_status", "`MANAGED` or `NOT_MANAGED`: how the device is managed for this user.",
		func(u *okta.DeviceUser) *string { return u.ManagementStatus }),
	userText("screen_lock_type", "`NONE`, `PASSCODE` or `BIOMETRIC`.", func(u *okta.DeviceUser) *string { return u.ScreenLockType }),
	userText("created", "When the user was linked to the device, in RFC 3339.", func(u *okta.DeviceUser) *string { return u.Created }),
)

// nilIfEmpty is for an id, which Okta's answer always has unless it is of odd shape.
func nilIfEmpty(text *string) *string {
	if *text == "" {
		return nil
	}
	return text
}

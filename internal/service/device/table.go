// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package device

import (
	"github.com/sekoia-io/terraform-provider-sekoia/internal/okta"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/longlist"
)

// deviceTable has the attributes of a device, a row for each. What Okta left out is null.
var deviceTable = longlist.NewTable(
	longlist.Value("id", "Okta's id of the device.", func(d *okta.Device) *string { return &d.ID }),
	longlist.Value("status", "The status: `ACTIVE`, `CREATED`, `DEACTIVATED`, `SUSPENDED`, `UNSUSPENDED`, or a newer value.",
		func(d *okta.Device) **string { return &d.Status }),
	longlist.Value("display_name", "The device's name, given by its user or its management. It need not be unique. Sekoia's connector requires it: one "+
		"device without a name makes the connector drop the whole page of devices.", func(d *okta.Device) **string { return &d.DisplayName }),
	longlist.Value("platform", "The platform: `ANDROID`, `IOS`, `MACOS`, `WINDOWS`, or a newer value.",
		func(d *okta.Device) **string { return &d.Platform }),
	longlist.Value("manufacturer", "Who made the device.", func(d *okta.Device) **string { return &d.Manufacturer }),
	longlist.Value("model", "The device's model, as its manufacturer names it.", func(d *okta.Device) **string { return &d.Model }),
	longlist.Value("os_version", "The version of the operating system.", func(d *okta.Device) **string { return &d.OSVersion }),
	longlist.Value("serial_number", "The serial number. It need not be unique.", func(d *okta.Device) **string { return &d.SerialNumber }),
	longlist.Value("imei", "The International Mobile Equipment Identity of a phone or tablet.", func(d *okta.Device) **string { return &d.IMEI }),
	longlist.Value("meid", "The Mobile Equipment Identifier of a phone or tablet.", func(d *okta.Device) **string { return &d.MEID }),
	longlist.Value("udid", "The Unique Device Identifier of a macOS or iOS device.", func(d *okta.Device) **string { return &d.UDID }),
	longlist.Value("sid", "The Windows security identifier of the device.", func(d *okta.Device) **string { return &d.SID }),
	longlist.Value("tpm_public_key_hash", "The hash of the public key in a Windows device's Trusted Platform Module.",
		func(d *okta.Device) **string { return &d.TPMPublicKeyHash }),
	longlist.Value("disk_encryption_type", "How the disk is encrypted: `ALL_INTERNAL_VOLUMES`, `FULL`, `NONE`, `SYSTEM_VOLUME`, `USER`, or a newer value.",
		func(d *okta.Device) **string { return &d.DiskEncryptionType }),
	longlist.Value("registered", "Whether the device is registered with Okta. Null, and not `false`, if Okta does not say.",
		func(d *okta.Device) **bool { return &d.Registered }),
	longlist.Value("secure_hardware_present", "Whether the device has secure hardware, such as a TPM or a Secure Enclave. Null if Okta does not say.",
		func(d *okta.Device) **bool { return &d.SecureHardwarePresent }),
	longlist.Value("managed", "Whether a device management solution manages the device. Null if Okta does not say.",
		func(d *okta.Device) **bool { return &d.Managed }),
	longlist.Value("integrity_jailbreak", "Whether the device is jailbroken or rooted. Null if Okta does not say.",
		func(d *okta.Device) **bool { return &d.IntegrityJailbreak }),
	longlist.Value("created", "When the device was created in Okta, in RFC 3339.", func(d *okta.Device) **string { return &d.Created }),
	longlist.Value("last_updated", "When the device last changed in Okta, in RFC 3339.", func(d *okta.Device) **string { return &d.LastUpdated }),
	longlist.Objects("users", "The device's users. Null in `sekoia_okta_devices` unless `include_users` is `true`.", userTable,
		func(d *okta.Device) []okta.DeviceUser { return d.Users }),
)

// userTable has the attributes of a device's user.
var userTable = longlist.NewTable(
	longlist.Value("id", "Okta's id of the user.", func(u *okta.DeviceUser) **string { return &u.ID }),
	longlist.Value("login", "The user's login.", func(u *okta.DeviceUser) **string { return &u.Login }),
	longlist.Value("email", "The user's primary e-mail address.", func(u *okta.DeviceUser) **string { return &u.Email }),
	longlist.Value("first_name", "The user's first name.", func(u *okta.DeviceUser) **string { return &u.FirstName }),
	longlist.Value("last_name", "The user's last name.", func(u *okta.DeviceUser) **string { return &u.LastName }),
	longlist.Value("status", "The user's own status, such as `ACTIVE` or `SUSPENDED`. Null in `sekoia_okta_devices`: Okta leaves it out of "+
		"lists of devices.", func(u *okta.DeviceUser) **string { return &u.Status }),
	longlist.Value("management_status", "Whether the device is managed for this user: `MANAGED` or `NOT_MANAGED`.",
		func(u *okta.DeviceUser) **string { return &u.ManagementStatus }),
	longlist.Value("screen_lock_type", "How the screen is unlocked: `NONE`, `PASSCODE` or `BIOMETRIC`.", func(u *okta.DeviceUser) **string { return &u.ScreenLockType }),
	longlist.Value("created", "When the user was linked to the device, in RFC 3339.", func(u *okta.DeviceUser) **string { return &u.Created }),
)

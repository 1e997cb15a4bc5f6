// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package okta

// A Device is one registered device (Okta API 2026.06.3, listDevices and getDevice). A field is nil if the answer did
// not have it, had null there, or another JSON type than the documented one.
type Device struct {
	// ID is Okta's id; empty if the answer had none.
	ID string
	// Status is ACTIVE, CREATED, DEACTIVATED, SUSPENDED, UNSUSPENDED, or a value that is newer than this list.
	Status *string

	DisplayName *string
	// Platform is ANDROID, IOS, MACOS, WINDOWS, or a value that is newer than this list.
	Platform         *string
	Manufacturer     *string
	Model            *string
	OSVersion        *string
	SerialNumber     *string
	IMEI             *string
	MEID             *string
	UDID             *string
	SID              *string
	TPMPublicKeyHash *string
	// DiskEncryptionType is ALL_INTERNAL_VOLUMES, FULL, NONE, SYSTEM_VOLUME, USER, or a value that is newer than this
	// list.
	DiskEncryptionType *string

	Registered            *bool
	SecureHardwarePresent *bool
	Managed               *bool
	IntegrityJailbreak    *bool

	// Created and LastUpdated are RFC 3339, as Okta wrote them.
	Created     *string
	LastUpdated *string

	// Users is nil unless the query expanded them; a device without users then has an empty slice.
	Users []DeviceUser

	// Lacks names members that an object outside of the profile was without, or had null or in another JSON type, as
	// paths in Okta's spelling: "resourceDisplayName.value". Okta's document leaves them optional.
	Lacks []string
}

// A DeviceUser is a user of a device (Okta API 2026.06.3, DeviceUser), as listDeviceUsers gives it and as
// expand=userSummary embeds it. A summary has no Status. Nil fields are as in [Device].
type DeviceUser struct {
	ID        *string
	Login     *string
	Email     *string
	FirstName *string
	LastName  *string
	// Status is the user's own, not the device's: ACTIVE, SUSPENDED, DEPROVISIONED and others.
	Status *string

	// ManagementStatus is MANAGED or NOT_MANAGED.
	ManagementStatus *string
	// ScreenLockType is NONE, PASSCODE or BIOMETRIC.
	ScreenLockType *string
	// Created says since when the user is one of the device, as Okta wrote it.
	Created *string
}

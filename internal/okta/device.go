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
	// Created is when the user was added to the device, as Okta wrote it.
	Created *string
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

// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package device

import (
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
)

// deviceAttributes are a device's attributes, all read from Okta.
func deviceAttributes(users string) map[string]schema.Attribute {
	attributes := map[string]schema.Attribute{
		"users": schema.ListNestedAttribute{
			Computed:            true,
			MarkdownDescription: users,
			NestedObject:        schema.NestedAttributeObject{Attributes: userAttributes()},
		},
	}

	for name, description := range map[string]string{
		"id":     "Okta's id of the device.",
		"status": "`ACTIVE`, `CREATED`, `DEACTIVATED`, `SUSPENDED`, `UNSUSPENDED`, or a value that Okta has added since.",
		"display_name": "The device's name, as its user or its management gave it. Sekoia's connector requires it: a device without one stops " +
			"the page that it is on.",
		"platform":             "`ANDROID`, `IOS`, `MACOS`, `WINDOWS`, or a value that Okta has added since.",
		"manufacturer":         "Who made the device.",
		"model":                "The device's model, as its manufacturer names it.",
		"os_version":           "The version of the operating system.",
		"serial_number":        "The serial number. It need not be unique in an organisation.",
		"imei":                 "The International Mobile Equipment Identity of a phone or tablet.",
		"meid":                 "The Mobile Equipment Identifier of a phone or tablet.",
		"udid":                 "The Unique Device Identifier of a macOS or iOS device.",
		"sid":                  "The Windows security identifier of the device.",
		"tpm_public_key_hash":  "The hash of the public key in a Windows device's Trusted Platform Module.",
		"disk_encryption_type": "`ALL_INTERNAL_VOLUMES`, `FULL`, `NONE`, `SYSTEM_VOLUME`, `USER`, or a value that Okta has added since.",
		"created":              "When the device was created in Okta, in RFC 3339.",
		"last_updated":         "When the device last changed in Okta, in RFC 3339.",
	} {
		attributes[name] = schema.StringAttribute{Computed: true, MarkdownDescription: description}
	}

	for name, description := range map[string]string{
		"registered":              "Whether the device is registered with Okta. Null where Okta does not say, which is not `false`.",
		"secure_hardware_present": "Whether the device has secure hardware, such as a TPM or a Secure Enclave. Null where Okta does not say.",
		"managed":                 "Whether a device management vouches for the device. Null where Okta does not say.",
		"integrity_jailbreak":     "Whether the device is jailbroken or rooted. Null where Okta does not say.",
	} {
		attributes[name] = schema.BoolAttribute{Computed: true, MarkdownDescription: description}
	}

	return attributes
}

// userAttributes are those of a device's user.
func userAttributes() map[string]schema.Attribute {
	attributes := map[string]schema.Attribute{}

	for name, description := range map[string]string{
		"id":         "Okta's id of the user.",
		"login":      "The user's login.",
		"email":      "The user's primary e-mail address.",
		"first_name": "The user's first name.",
		"last_name":  "The user's last name.",
		"status": "The user's own status, such as `ACTIVE` or `SUSPENDED`. A list of devices has it not: Okta's summary of a user leaves " +
			"it out.",
		"management_status": "`MANAGED` or `NOT_MANAGED`: how the device is managed for this user.",
		"screen_lock_type":  "`NONE`, `PASSCODE` or `BIOMETRIC`.",
		"created":           "When the user was linked to the device, in RFC 3339.",
	} {
		attributes[name] = schema.StringAttribute{Computed: true, MarkdownDescription: description}
	}

	return attributes
}

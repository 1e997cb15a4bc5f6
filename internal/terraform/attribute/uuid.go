// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package attribute

import (
	"regexp"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
)

// UUIDType is the type of a string that holds a UUID.
type UUIDType = stringType[uuid]

// UUID is a UUID. Its canonical form is in lower case, as Sekoia writes it.
type UUID = stringValue[uuid]

type uuid struct{}

func (uuid) name() string { return "UUIDType" }

func (uuid) canonical(text string) string { return strings.ToLower(text) }

// NewUUID returns a known value.
func NewUUID(value string) UUID { return known[uuid](value) }

// KeepEquivalentUUID plans the state's UUID if the configuration's is the same in another case, or if the configuration
// leaves it to the provider.
func KeepEquivalentUUID() planmodifier.String { return keep[uuid]() }

var uuidPattern = regexp.MustCompile(`^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$`)

// IsUUID reports whether text is a UUID in its usual form, in any case.
func IsUUID(text string) bool { return uuidPattern.MatchString(text) }

// MustBeUUID returns the error text for a setting with this name whose value is not a UUID. It does not repeat the
// value, which may be a secret in the wrong place.
func MustBeUUID(name string) string {
	return name + " must be a UUID such as 6bffbac8-3a5d-4b1e-9d5c-0d3b6f6f2f0a."
}

// UUIDValidator accepts a UUID in any case. Its error does not repeat the value.
func UUIDValidator() validator.String {
	return Checked("a UUID such as 6bffbac8-3a5d-4b1e-9d5c-0d3b6f6f2f0a, in any case", "Not a UUID", func(name, text string) string {
		if IsUUID(text) {
			return ""
		}
		return MustBeUUID(name)
	})
}

// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package attribute

import (
	"context"
	"fmt"
	"regexp"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

var (
	_ basetypes.StringTypable                    = UUIDType{}
	_ basetypes.StringValuableWithSemanticEquals = UUID{}
	_ validator.String                           = uuidValidator{}
	_ planmodifier.String                        = keepEquivalentUUID{}
)

// UUIDType is a string that holds a UUID, in any case. It only compares: other text is not an error, so that a state
// that was broken by hand can be repaired. Shape is for UUIDValidator.
type UUIDType struct {
	basetypes.StringType
}

// String names the type.
func (UUIDType) String() string { return "attribute.UUIDType" }

// ValueType returns the type of this type's values.
func (UUIDType) ValueType(context.Context) attr.Value { return UUID{} }

// Equal reports whether other is a UUIDType too.
func (UUIDType) Equal(other attr.Type) bool {
	_, ok := other.(UUIDType)
	return ok
}

// ValueFromString never errors.
func (UUIDType) ValueFromString(_ context.Context, value basetypes.StringValue) (basetypes.StringValuable, diag.Diagnostics) {
	return UUID{StringValue: value}, nil
}

// ValueFromTerraform fails only if the value is not a string.
func (t UUIDType) ValueFromTerraform(ctx context.Context, value tftypes.Value) (attr.Value, error) {
	plain, err := t.StringType.ValueFromTerraform(ctx, value)
	if err != nil {
		return nil, err
	}
	text, ok := plain.(basetypes.StringValue)
	if !ok {
		return nil, fmt.Errorf("a UUID from %T", plain)
	}
	return UUID{StringValue: text}, nil
}

// UUID is a value of UUIDType.
type UUID struct {
	basetypes.StringValue
}

// NewUUID returns a known value.
func NewUUID(value string) UUID { return UUID{StringValue: types.StringValue(value)} }

// NullUUID returns a null value.
func NullUUID() UUID { return UUID{StringValue: types.StringNull()} }

// UnknownUUID returns an unknown value.
func UnknownUUID() UUID { return UUID{StringValue: types.StringUnknown()} }

// Type is UUIDType.
func (UUID) Type(context.Context) attr.Type { return UUIDType{} }

// Equal reports whether other is the same text, in the same case.
func (u UUID) Equal(other attr.Value) bool {
	id, ok := other.(UUID)
	return ok && u.StringValue.Equal(id.StringValue)
}

// StringSemanticEquals reports whether both are the same UUID, whatever their case.
func (u UUID) StringSemanticEquals(ctx context.Context, other basetypes.StringValuable) (bool, diag.Diagnostics) {
	text, diags := other.ToStringValue(ctx)
	return !diags.HasError() && strings.EqualFold(u.ValueString(), text.ValueString()), diags
}

// Canonical returns the UUID in lower case, as Sekoia writes it; "" if it is null or unknown.
func (u UUID) Canonical() string { return strings.ToLower(u.ValueString()) }

var uuidPattern = regexp.MustCompile(`^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$`)

// IsUUID reports whether text is a UUID in its usual form, in any case.
func IsUUID(text string) bool { return uuidPattern.MatchString(text) }

// MustBeUUID says of a setting, by its name, that its value is not a UUID. The value is not repeated: it may be a
// secret in the wrong place.
func MustBeUUID(name string) string {
	return name + " must be a UUID such as 6bffbac8-3a5d-4b1e-9d5c-0d3b6f6f2f0a."
}

// UUIDValidator accepts a UUID in any case.
func UUIDValidator() validator.String { return uuidValidator{} }

type uuidValidator struct{}

// Description says what is accepted.
func (uuidValidator) Description(context.Context) string {
	return "a UUID such as 6bffbac8-3a5d-4b1e-9d5c-0d3b6f6f2f0a, in any case"
}

// MarkdownDescription is Description.
func (v uuidValidator) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

// ValidateString adds an error that does not repeat the value.
func (uuidValidator) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() || IsUUID(req.ConfigValue.ValueString()) {
		return
	}
	resp.Diagnostics.AddAttributeError(req.Path, "Not a UUID", MustBeUUID(req.Path.String()))
}

// KeepEquivalentUUID plans the state's value if the configuration's is the same in another case, and also if the
// configuration leaves the value to the provider. The framework compares semantically what a provider answers, but not
// what a configuration says.
func KeepEquivalentUUID() planmodifier.String { return keepEquivalentUUID{} }

type keepEquivalentUUID struct{}

// Description says what the modifier does.
func (keepEquivalentUUID) Description(context.Context) string {
	return "A UUID that differs only in case is not a change. Once set, it stays as it is."
}

// MarkdownDescription is Description.
func (k keepEquivalentUUID) MarkdownDescription(ctx context.Context) string {
	return k.Description(ctx)
}

// PlanModifyString does it. A configured value that is not known yet stays unknown: it may be another one.
func (keepEquivalentUUID) PlanModifyString(_ context.Context, req planmodifier.StringRequest, resp *planmodifier.StringResponse) {
	if req.StateValue.IsNull() || req.StateValue.IsUnknown() || req.PlanValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	if req.PlanValue.IsUnknown() || strings.EqualFold(req.PlanValue.ValueString(), req.StateValue.ValueString()) {
		resp.PlanValue = req.StateValue
	}
}

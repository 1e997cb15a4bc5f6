// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package attribute

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/credential"
)

// BaseURLType is the type of a string that holds a base URL.
type BaseURLType = stringType[baseURL]

// BaseURL is a base URL. Two of them mean the same if they differ only in the case of scheme and host, trailing slashes
// and the scheme's default port.
type BaseURL = stringValue[baseURL]

type baseURL struct{}

func (baseURL) canonical(raw string) string { return CanonicalBaseURL(raw) }

// NewBaseURL returns a known value.
func NewBaseURL(value string) BaseURL { return BaseURL{types.StringValue(value)} }

// SameBaseURL reports whether two base URLs mean the same.
func SameBaseURL(a, b string) bool { return same[baseURL](a, b) }

// KeepEquivalentBaseURL plans the state's base URL if the configuration's means the same.
func KeepEquivalentBaseURL() planmodifier.String { return keepEquivalent[baseURL]{keepsNotation} }

// ParseBaseURL parses a base URL. The error does not repeat it, because it may hold a password.
func ParseBaseURL(raw string) (*url.URL, error) {
	parsed, err := url.Parse(raw)
	if err != nil || parsed.Host == "" {
		return nil, errors.New("this is not a URL such as https://acme.okta.com")
	}
	return parsed, nil
}

// CanonicalBaseURL returns the same text for base URLs that mean the same, and for no others. It is for comparing only:
// text that is not a URL has a canonical form too. Only the letters of ASCII have a case in a host: one with U+212A,
// the Kelvin sign, is not the host with a k that may be trusted.
func CanonicalBaseURL(raw string) string {
	parsed, err := ParseBaseURL(raw)
	if err != nil {
		return fmt.Sprintf("text %q", raw)
	}
	return fmt.Sprintf("URL %q", []string{
		credential.OriginOf(parsed).String(), parsed.User.String(), fmt.Sprint(parsed.User != nil),
		strings.TrimRight(parsed.EscapedPath(), "/"), // a path that ends in an escaped slash is another path
		parsed.RawQuery, fmt.Sprint(parsed.ForceQuery), parsed.EscapedFragment(),
	})
}

// UUIDType is the type of a string that holds a UUID.
type UUIDType = stringType[uuid]

// UUID is a UUID. Its canonical form is in lower case, as Sekoia writes it.
type UUID = stringValue[uuid]

type uuid struct{}

func (uuid) canonical(text string) string { return strings.ToLower(text) }

// NewUUID returns a known value.
func NewUUID(value string) UUID { return UUID{types.StringValue(value)} }

// KeepEquivalentUUID plans the state's UUID if the configuration's is the same in another case, or if the configuration
// leaves it to the provider.
func KeepEquivalentUUID() planmodifier.String { return keepEquivalent[uuid]{keepsNotation} }

var uuidPattern = regexp.MustCompile(`^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$`)

// IsUUID reports whether text is a UUID in its usual form, in any case.
func IsUUID(text string) bool { return uuidPattern.MatchString(text) }

// UUIDValidator accepts a UUID in any case. Its error does not repeat the value, which may be a secret in the wrong
// place.
func UUIDValidator() validator.String {
	return Checked("a UUID such as 6bffbac8-3a5d-4b1e-9d5c-0d3b6f6f2f0a, in any case", "not a UUID", func(name, text string) string {
		if IsUUID(text) {
			return ""
		}
		return name + " must be a UUID such as 6bffbac8-3a5d-4b1e-9d5c-0d3b6f6f2f0a."
	})
}

// A notation is a kind of text that can be written in several ways.
type notation interface {
	// canonical returns the same text for all ways to write one value, and for no other value.
	canonical(text string) string
}

var (
	_ basetypes.StringTypable                    = BaseURLType{}
	_ basetypes.StringValuableWithSemanticEquals = BaseURL{}
)

// stringType is a string type for a notation. It only compares: text of another form is not an error, so that a state
// that was broken by hand can be repaired. Checking the form is a validator's job.
type stringType[N notation] struct {
	basetypes.StringType
}

// String names the type.
func (stringType[N]) String() string {
	return fmt.Sprintf("%T", *new(N))
}

// ValueType returns a value of this type.
func (stringType[N]) ValueType(context.Context) attr.Value { return stringValue[N]{} }

// Equal reports whether other is the same type.
func (stringType[N]) Equal(other attr.Type) bool {
	_, ok := other.(stringType[N])
	return ok
}

// ValueFromString never errors.
func (stringType[N]) ValueFromString(_ context.Context, value basetypes.StringValue) (basetypes.StringValuable, diag.Diagnostics) {
	return stringValue[N]{StringValue: value}, nil
}

// ValueFromTerraform fails only if the value is not a string.
func (t stringType[N]) ValueFromTerraform(ctx context.Context, value tftypes.Value) (attr.Value, error) {
	plain, err := t.StringType.ValueFromTerraform(ctx, value)
	text, _ := plain.(basetypes.StringValue)
	return stringValue[N]{StringValue: text}, err
}

// stringValue is a value of stringType.
type stringValue[N notation] struct {
	basetypes.StringValue
}

// Type returns the value's type.
func (stringValue[N]) Type(context.Context) attr.Type { return stringType[N]{} }

// Equal reports whether other is the same text. A text that only means the same is not equal.
func (v stringValue[N]) Equal(other attr.Value) bool {
	text, ok := other.(stringValue[N])
	return ok && v.StringValue.Equal(text.StringValue)
}

// StringSemanticEquals reports whether both mean the same.
func (v stringValue[N]) StringSemanticEquals(ctx context.Context, other basetypes.StringValuable) (bool, diag.Diagnostics) {
	text, diags := other.ToStringValue(ctx)
	return !diags.HasError() && same[N](v.ValueString(), text.ValueString()), diags
}

// Canonical returns the canonical form of the value. It is that of "" if the value is null or unknown.
func (v stringValue[N]) Canonical() string {
	return (*new(N)).canonical(v.ValueString())
}

func same[N notation](a, b string) bool {
	var of N
	return a == b || of.canonical(a) == of.canonical(b)
}

// keepEquivalent plans the state's value if the configuration's means the same, and also if the configuration leaves
// the value to the provider. The framework compares semantically what a provider answers, but not what a configuration
// says.
type keepEquivalent[N notation] struct{ described }

const keepsNotation = "The same value in another notation is not a change."

// PlanModifyString keeps the state's value. A configured value that is not known yet stays unknown, because it may be
// another one.
func (keepEquivalent[N]) PlanModifyString(_ context.Context, req planmodifier.StringRequest, resp *planmodifier.StringResponse) {
	if req.StateValue.IsNull() || req.StateValue.IsUnknown() || req.PlanValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	if req.PlanValue.IsUnknown() || same[N](req.PlanValue.ValueString(), req.StateValue.ValueString()) {
		resp.PlanValue = req.StateValue
	}
}

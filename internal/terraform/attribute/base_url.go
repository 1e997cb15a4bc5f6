// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package attribute

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/credential"
)

var (
	_ basetypes.StringTypable                    = BaseURLType{}
	_ basetypes.StringValuableWithSemanticEquals = BaseURL{}
	_ planmodifier.String                        = keepEquivalentBaseURL{}
)

// BaseURLType is a string that holds a base URL. It only compares: a value that can't be parsed is no error, or a base
// URL that was broken by hand could not be repaired. Shape is for validators (see OktaBaseURLValidator).
type BaseURLType struct {
	basetypes.StringType
}

// String names the type.
func (BaseURLType) String() string { return "attribute.BaseURLType" }

// ValueType is the type of this type's values.
func (BaseURLType) ValueType(context.Context) attr.Value { return BaseURL{} }

// Equal is true for another BaseURLType.
func (BaseURLType) Equal(other attr.Type) bool {
	_, ok := other.(BaseURLType)
	return ok
}

// ValueFromString never errors.
func (BaseURLType) ValueFromString(_ context.Context, value basetypes.StringValue) (basetypes.StringValuable, diag.Diagnostics) {
	return BaseURL{StringValue: value}, nil
}

// ValueFromTerraform fails only where the value is not a string.
func (t BaseURLType) ValueFromTerraform(ctx context.Context, value tftypes.Value) (attr.Value, error) {
	plain, err := t.StringType.ValueFromTerraform(ctx, value)
	if err != nil {
		return nil, err
	}
	text, ok := plain.(basetypes.StringValue)
	if !ok {
		return nil, fmt.Errorf("a base URL from %T", plain)
	}
	return BaseURL{StringValue: text}, nil
}

// BaseURL is a value of BaseURLType.
type BaseURL struct {
	basetypes.StringValue
}

// NewBaseURL is a known value.
func NewBaseURL(value string) BaseURL { return BaseURL{StringValue: types.StringValue(value)} }

// NullBaseURL is a null value.
func NullBaseURL() BaseURL { return BaseURL{StringValue: types.StringNull()} }

// UnknownBaseURL is an unknown value.
func UnknownBaseURL() BaseURL { return BaseURL{StringValue: types.StringUnknown()} }

// Type is BaseURLType.
func (BaseURL) Type(context.Context) attr.Type { return BaseURLType{} }

// Equal is true for the same text, not for an equivalent one.
func (b BaseURL) Equal(other attr.Value) bool {
	base, ok := other.(BaseURL)
	return ok && b.StringValue.Equal(base.StringValue)
}

// StringSemanticEquals is SameBaseURL.
func (b BaseURL) StringSemanticEquals(ctx context.Context, other basetypes.StringValuable) (bool, diag.Diagnostics) {
	text, diags := other.ToStringValue(ctx)
	return !diags.HasError() && SameBaseURL(b.ValueString(), text.ValueString()), diags
}

// URL parses the value. It fails where the value is null or unknown, can't be parsed, or has no host; the error does
// not repeat it, for it may hold a password.
func (b BaseURL) URL() (*url.URL, error) {
	parsed, err := url.Parse(b.ValueString())
	if err != nil || parsed.Host == "" {
		return nil, errors.New("this is not a URL such as https://acme.okta.com")
	}
	return parsed, nil
}

// SameBaseURL is true where two base URLs differ in nothing but the case of scheme and host, trailing slashes and the
// scheme's own port. Text that is not a URL is compared as it is.
func SameBaseURL(a, b string) bool {
	return a == b || CanonicalBaseURL(a) == CanonicalBaseURL(b)
}

// canonicalBaseURL is the same text for base URLs that mean the same, and for no others. It is for comparing alone.
// Only the letters of ASCII have a case in a host: one with U+212A, the Kelvin sign, is not the host with a k that may
// be trusted.
func CanonicalBaseURL(raw string) string {
	parsed, err := url.Parse(raw)
	if err != nil || parsed.Host == "" {
		return fmt.Sprintf("text %q", raw)
	}
	user := ""
	if parsed.User != nil {
		user = parsed.User.String() + "@"
	}
	query := parsed.RawQuery
	if query != "" || parsed.ForceQuery {
		query = "?" + query
	}
	return fmt.Sprintf("URL %q", [...]string{
		credential.OriginOf(parsed).String(), user,
		// A path that ends in an escaped slash is another path.
		strings.TrimRight(parsed.EscapedPath(), "/"),
		query, parsed.EscapedFragment(),
	})
}

// KeepEquivalentBaseURL plans the state's value where the configuration's means the same. The framework compares
// semantically what a provider answers, but not what a configuration says.
func KeepEquivalentBaseURL() planmodifier.String { return keepEquivalentBaseURL{} }

type keepEquivalentBaseURL struct{}

// Description says what the modifier does.
func (keepEquivalentBaseURL) Description(context.Context) string {
	return "A base URL that differs only in the case of its host, a trailing slash or the port 443 is no change."
}

// MarkdownDescription is Description.
func (k keepEquivalentBaseURL) MarkdownDescription(ctx context.Context) string {
	return k.Description(ctx)
}

// PlanModifyString does it.
func (keepEquivalentBaseURL) PlanModifyString(_ context.Context, req planmodifier.StringRequest, resp *planmodifier.StringResponse) {
	if req.StateValue.IsNull() || req.PlanValue.IsNull() || req.PlanValue.IsUnknown() {
		return
	}
	if SameBaseURL(req.StateValue.ValueString(), req.PlanValue.ValueString()) {
		resp.PlanValue = req.StateValue
	}
}

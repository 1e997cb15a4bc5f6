// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package attribute

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// A notation is a kind of text that can be written in several ways.
type notation interface {
	// canonical returns the same text for all ways to write one value, and for no other value.
	canonical(text string) string
	// name is that of the type.
	name() string
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
	var of N
	return "attribute." + of.name()
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
	if err != nil {
		return nil, err
	}
	text, ok := plain.(basetypes.StringValue)
	if !ok {
		return nil, fmt.Errorf("%s from %T", t, plain)
	}
	return stringValue[N]{StringValue: text}, nil
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
	var of N
	return of.canonical(v.ValueString())
}

func same[N notation](a, b string) bool {
	var of N
	return a == b || of.canonical(a) == of.canonical(b)
}

// keepEquivalent plans the state's value if the configuration's means the same, and also if the configuration leaves
// the value to the provider. The framework compares semantically what a provider answers, but not what a configuration
// says.
type keepEquivalent[N notation] struct{ described }

var _ planmodifier.String = keepEquivalent[uuid]{}

func keep[N notation]() planmodifier.String {
	return keepEquivalent[N]{"The same value in another notation is not a change."}
}

// PlanModifyString does it. A configured value that is not known yet stays unknown: it may be another one.
func (keepEquivalent[N]) PlanModifyString(_ context.Context, req planmodifier.StringRequest, resp *planmodifier.StringResponse) {
	if req.StateValue.IsNull() || req.StateValue.IsUnknown() || req.PlanValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	if req.PlanValue.IsUnknown() || same[N](req.PlanValue.ValueString(), req.StateValue.ValueString()) {
		resp.PlanValue = req.StateValue
	}
}

func known[N notation](text string) stringValue[N] {
	return stringValue[N]{StringValue: types.StringValue(text)}
}

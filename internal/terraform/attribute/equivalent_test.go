// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package attribute

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// capitals is oneUUID in upper case.
var capitals = strings.ToUpper(oneUUID)

func TestStringTypes(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		kind, other basetypes.StringTypable
		samples     []string // text of another form is a value too
	}{
		"attribute.baseURL": {BaseURLType{}, UUIDType{}, []string{"https://acme.okta.com", "%%%", ""}},
		"attribute.uuid":    {UUIDType{}, BaseURLType{}, []string{oneUUID, capitals, "%%%", ""}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			wires := []tftypes.Value{tftypes.NewValue(tftypes.String, nil), tftypes.NewValue(tftypes.String, tftypes.UnknownValue)}
			for _, sample := range test.samples {
				wires = append(wires, tftypes.NewValue(tftypes.String, sample))
				made, diags := test.kind.ValueFromString(t.Context(), types.StringValue(sample))
				if read, err := test.kind.ValueFromTerraform(t.Context(), tftypes.NewValue(tftypes.String, sample)); err != nil || diags.HasError() || !read.Equal(made) {
					t.Errorf("%q comes from Terraform as %v, %v, and from a string as %v, %v", sample, read, err, made, diags)
				}
			}
			for _, wire := range wires {
				value, err := test.kind.ValueFromTerraform(t.Context(), wire)
				if err != nil || !value.Type(t.Context()).Equal(test.kind) {
					t.Errorf("%s: %v, %v", wire, value, err)
				}
				if back, err := value.ToTerraformValue(t.Context()); err != nil || !back.Equal(wire) {
					t.Errorf("%s goes back as %v, %v", wire, back, err)
				}
			}
			if _, err := test.kind.ValueFromTerraform(t.Context(), tftypes.NewValue(tftypes.Bool, true)); err == nil {
				t.Error("a bool is accepted")
			}
			if test.kind.Equal(types.StringType) || test.kind.Equal(test.other) {
				t.Error("two types are the same")
			}
			if test.kind.String() != name || test.kind.ValueType(t.Context()).Type(t.Context()).String() != name {
				t.Errorf("the type's name is %s", test.kind)
			}
			var value attr.Value = types.StringValue(test.samples[0])
			if test.kind.ValueType(t.Context()).Equal(value) {
				t.Error("a plain string is equal")
			}
		})
	}
}

func TestKeepEquivalent(t *testing.T) {
	t.Parallel()
	null, unknown, text := types.StringNull(), types.StringUnknown(), types.StringValue
	const acme, other = "https://acme.okta.com", "https://b.okta.com"
	for name, test := range map[string]struct {
		modifier                  planmodifier.String
		state, config, plan, want types.String
	}{
		"an equivalent URL keeps the state's":           {KeepEquivalentBaseURL(), text(acme), text("https://ACME.okta.com/"), text("https://ACME.okta.com/"), text(acme)},
		"another URL is planned":                        {KeepEquivalentBaseURL(), text(acme), text(other), text(other), text(other)},
		"a new resource's URL is planned":               {KeepEquivalentBaseURL(), null, text(acme + "/"), text(acme + "/"), text(acme + "/")},
		"an unknown URL stays unknown":                  {KeepEquivalentBaseURL(), text(acme), unknown, unknown, unknown},
		"no URL stays no URL":                           {KeepEquivalentBaseURL(), text(acme), null, null, null},
		"a UUID in capitals keeps the state's":          {KeepEquivalentUUID(), text(oneUUID), text(capitals), text(capitals), text(oneUUID)},
		"capitals in the state stay":                    {KeepEquivalentUUID(), text(capitals), text(oneUUID), text(oneUUID), text(capitals)},
		"another UUID is planned":                       {KeepEquivalentUUID(), text(oneUUID), text(anotherUUID), text(anotherUUID), text(anotherUUID)},
		"a new resource's UUID is planned":              {KeepEquivalentUUID(), null, text(capitals), text(capitals), text(capitals)},
		"one that the provider chooses keeps the state": {KeepEquivalentUUID(), text(oneUUID), null, unknown, text(oneUUID)},
		"a new resource's stays unknown":                {KeepEquivalentUUID(), null, null, unknown, unknown},
		"one that is not known yet may be another":      {KeepEquivalentUUID(), text(oneUUID), unknown, unknown, unknown},
		"null stays null":                               {KeepEquivalentUUID(), text(oneUUID), null, null, null},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			resp := planmodifier.StringResponse{PlanValue: test.plan}
			test.modifier.PlanModifyString(t.Context(), planmodifier.StringRequest{StateValue: test.state, ConfigValue: test.config, PlanValue: test.plan}, &resp)
			if !resp.PlanValue.Equal(test.want) {
				t.Errorf("planned is %s, want %s", resp.PlanValue, test.want)
			}
			if test.modifier.Description(t.Context()) != test.modifier.MarkdownDescription(t.Context()) {
				t.Error("the two descriptions differ")
			}
		})
	}
}

// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/access"
)

// block is a provider block: attributes that are left out are null. A value is a string, an int, a block, or unknown.
type block map[string]any

// objects are the values of a map.
type objects map[string]any

type unknownValue struct{}

// unknown is a value that depends on something that does not exist yet.
var unknown unknownValue

// config is the block as Terraform hands it over.
func (b block) config(t *testing.T) tfsdk.Config {
	t.Helper()
	var described provider.SchemaResponse
	(&Provider{}).Schema(t.Context(), provider.SchemaRequest{}, &described)
	return tfsdk.Config{Schema: described.Schema, Raw: wire(t, described.Schema.Type().TerraformType(t.Context()), b)}
}

// wire makes a value of this type.
func wire(t *testing.T, kind tftypes.Type, value any) tftypes.Value {
	t.Helper()
	switch value := value.(type) {
	case nil:
		return tftypes.NewValue(kind, nil)
	case unknownValue:
		return tftypes.NewValue(kind, tftypes.UnknownValue)
	case block:
		object, ok := kind.(tftypes.Object)
		if !ok {
			t.Fatalf("%v is no object", kind)
		}
		attributes := map[string]tftypes.Value{}
		for name, kind := range object.AttributeTypes {
			attributes[name] = wire(t, kind, value[name])
		}
		for name := range value {
			if _, known := object.AttributeTypes[name]; !known {
				t.Fatalf("there is no attribute %s", name)
			}
		}
		return tftypes.NewValue(object, attributes)
	case objects:
		elements, ok := kind.(tftypes.Map)
		if !ok {
			t.Fatalf("%v is no map", kind)
		}
		values := map[string]tftypes.Value{}
		for key, element := range value {
			values[key] = wire(t, elements.ElementType, element)
		}
		return tftypes.NewValue(elements, values)
	default:
		return tftypes.NewValue(kind, value)
	}
}

// variables are an environment.
type variables map[string]string

func (v variables) lookup(name string) (string, bool) {
	value, found := v[name]
	return value, found
}

// resolved is what a block and an environment come to.
func resolved(t *testing.T, written block, env variables) (access.Config, diag.Diagnostics) {
	t.Helper()
	var object types.Object
	if diags := written.config(t).Get(t.Context(), &object); diags.HasError() {
		t.Fatal(diags)
	}
	read := settings{block: object.Attributes(), env: Environment{Lookup: env.lookup}}
	config := read.resolve("agent")
	return config, read.diags
}

// isAt reports whether a diagnostic sits on this attribute; the empty path means on none.
func isAt(diagnostic diag.Diagnostic, at path.Path) bool {
	with, ok := diagnostic.(diag.DiagnosticWithPath)
	if !ok {
		return len(at.Steps()) == 0
	}
	return with.Path().Equal(at)
}

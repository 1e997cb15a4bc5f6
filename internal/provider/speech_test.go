// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"math/big"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/action"
	actionschema "github.com/hashicorp/terraform-plugin-framework/action/schema"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	datasourceschema "github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/list"
	listschema "github.com/hashicorp/terraform-plugin-framework/list/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	providerschema "github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	resourceschema "github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// A schemaNode is any schema's, with what the test asks of it.
type schemaNode struct {
	at    path.Path
	value any // the framework's attribute, or the object of a nested one
}

// children are the attributes of a schema or of a nested attribute, whatever kind of schema it is.
func children(owner any, at path.Path) []schemaNode {
	var found []schemaNode
	add := func(name string, value any) {
		child := at.AtName(name)
		found = append(found, schemaNode{child, value})
		found = append(found, children(value, child)...)
	}
	switch owner := owner.(type) {
	case providerschema.Schema:
		for name, value := range owner.Attributes {
			add(name, value)
		}
	case providerschema.SingleNestedAttribute:
		for name, value := range owner.Attributes {
			add(name, value)
		}
	case providerschema.MapNestedAttribute:
		found = append(found, nested(owner.NestedObject.Attributes, at.AtMapKey("acme"))...)
	case resourceschema.Schema:
		for name, value := range owner.Attributes {
			add(name, value)
		}
	case resourceschema.SingleNestedAttribute:
		for name, value := range owner.Attributes {
			add(name, value)
		}
	case datasourceschema.Schema:
		for name, value := range owner.Attributes {
			add(name, value)
		}
	case listschema.Schema:
		for name, value := range owner.Attributes {
			add(name, value)
		}
	case actionschema.Schema:
		for name, value := range owner.Attributes {
			add(name, value)
		}
	}
	return found
}

func nested[A any](attributes map[string]A, at path.Path) []schemaNode {
	var found []schemaNode
	for name, value := range attributes {
		child := at.AtName(name)
		found = append(found, schemaNode{child, value})
		found = append(found, children(value, child)...)
	}
	return found
}

// schemas are all of the provider's, by what a person calls them.
func schemas(t *testing.T) map[string]any {
	t.Helper()
	ctx := t.Context()
	made := New("", Environment{})
	var own provider.SchemaResponse
	made.Schema(ctx, provider.SchemaRequest{}, &own)
	all := map[string]any{"provider": own.Schema}
	for index, create := range made.Resources(ctx) {
		var resp resource.SchemaResponse
		create().Schema(ctx, resource.SchemaRequest{}, &resp)
		all[fmt.Sprint("resource ", index)] = resp.Schema
	}
	for index, create := range made.DataSources(ctx) {
		var resp datasource.SchemaResponse
		create().Schema(ctx, datasource.SchemaRequest{}, &resp)
		all[fmt.Sprint("data source ", index)] = resp.Schema
	}
	for index, create := range made.Actions(ctx) {
		var resp action.SchemaResponse
		create().Schema(ctx, action.SchemaRequest{}, &resp)
		all[fmt.Sprint("action ", index)] = resp.Schema
	}
	for index, create := range made.ListResources(ctx) {
		var resp list.ListResourceSchemaResponse
		create().ListResourceConfigSchema(ctx, list.ListResourceSchemaRequest{}, &resp)
		all[fmt.Sprint("list resource ", index)] = resp.Schema
	}
	return all
}

// slips are texts that no argument with a validator accepts all of.
var slips = []string{"", " ", "active", "ACTIVE", "FRA1", "off", "OFF", "it is \"quoted\" ${x}\n\x1b[31m", "https://acme-admin.okta.com/x", "SSWS token", "-1s", "soon"}

// everythingElse is a configuration in which every argument of a schema has a value, for validators that look at
// others.
func everythingElse(t *testing.T, owner any, only string) tfsdk.Config {
	t.Helper()
	var (
		kind tftypes.Object
		made tfsdk.Config
	)
	switch owner := owner.(type) {
	case resourceschema.Schema:
		kind, _ = owner.Type().TerraformType(t.Context()).(tftypes.Object)
		made.Schema = owner
	case datasourceschema.Schema:
		kind, _ = owner.Type().TerraformType(t.Context()).(tftypes.Object)
		made.Schema = owner
	default:
		return made
	}
	values := map[string]tftypes.Value{}
	for name, of := range kind.AttributeTypes {
		values[name] = tftypes.NewValue(of, nil)
		if of.Is(tftypes.String) && (only == "" || only == name) {
			values[name] = tftypes.NewValue(of, "x")
		}
	}
	made.Raw = tftypes.NewValue(kind, values)
	return made
}

// speak makes a validator speak with each slip, and returns all that it said.
func speak(t *testing.T, owner any, at path.Path, of any) diag.Diagnostics {
	t.Helper()
	var said diag.Diagnostics
	ctx := t.Context()
	root, _ := at.Steps()[0].(path.PathStepAttributeName)
	configs := []tfsdk.Config{everythingElse(t, owner, ""), everythingElse(t, owner, string(root))}
	switch of := of.(type) {
	case validator.String:
		for _, slip := range slips {
			for _, config := range configs {
				resp := validator.StringResponse{}
				of.ValidateString(ctx, validator.StringRequest{Path: at, ConfigValue: types.StringValue(slip), Config: config}, &resp)
				said.Append(resp.Diagnostics...)
			}
		}
	case validator.Number:
		for _, slip := range []float64{-1, 1 << 40, 1.5, 1e300} {
			resp := validator.NumberResponse{}
			of.ValidateNumber(ctx, validator.NumberRequest{Path: at, ConfigValue: types.NumberValue(big.NewFloat(slip))}, &resp)
			said.Append(resp.Diagnostics...)
		}
	case validator.Set:
		for _, slip := range slips {
			resp := validator.SetResponse{}
			of.ValidateSet(ctx, validator.SetRequest{Path: at, ConfigValue: types.SetValueMust(types.StringType, []attr.Value{types.StringValue(slip)})}, &resp)
			said.Append(resp.Diagnostics...)
		}
	default:
		t.Errorf("%s has a validator of a kind that this test does not know: %T", at, of)
	}
	return said
}

// goSyntax is what no person should see: escape sequences, paths and values in Go's form, patterns.
var goSyntax = regexp.MustCompile(`\\|Value\(|%!|\[\]string|\["|map\[|AttributeName\(|basetypes|tftypes|\^\[|parsing time|time: |[[:cntrl:]]`)

// checkSpeech looks at the form of a text.
func checkSpeech(t *testing.T, where string, said diag.Diagnostic) {
	t.Helper()
	text := said.Summary() + " / " + strings.ReplaceAll(said.Detail(), "\n", " ")
	text = strings.NewReplacer(`\x1b`, "", `\u001b`, "", `\n`, "").Replace(text) // a person's own text, made fit to be shown
	if found := goSyntax.FindString(text); found != "" {
		t.Errorf("%s shows %q: %s", where, found, text)
	}
	if detail := strings.TrimSpace(said.Detail()); detail == "" || !strings.ContainsAny(detail[len(detail)-1:], ".?m0123456789") {
		t.Errorf("%s does not end a sentence: %s", where, text)
	}
}

func TestEachValidatorSpeaksInPlainSentences(t *testing.T) {
	t.Parallel()
	for name, owner := range schemas(t) {
		for _, each := range children(owner, path.Empty()) {
			var all []any
			switch of := each.value.(type) {
			case interface{ StringValidators() []validator.String }:
				for _, one := range of.StringValidators() {
					all = append(all, one)
				}
			case interface{ NumberValidators() []validator.Number }:
				for _, one := range of.NumberValidators() {
					all = append(all, one)
				}
			case interface{ SetValidators() []validator.Set }:
				for _, one := range of.SetValidators() {
					all = append(all, one)
				}
			case interface{ MapValidators() []validator.Map }:
				if len(of.MapValidators()) > 0 {
					t.Errorf("%s: %s has validators that this test does not know", name, each.at)
				}
			case interface {
				ListValidators() []validator.List
			}:
				if len(of.ListValidators()) > 0 {
					t.Errorf("%s: %s has validators that this test does not know", name, each.at)
				}
			case interface {
				ObjectValidators() []validator.Object
			}:
				if len(of.ObjectValidators()) > 0 {
					t.Errorf("%s: %s has validators that this test does not know", name, each.at)
				}
			}
			for _, one := range all {
				where := fmt.Sprintf("%s, %s, %T", name, each.at, one)
				said := speak(t, owner, each.at, one)
				if len(said) == 0 {
					t.Errorf("%s said nothing", where)
				}
				for _, text := range said {
					checkSpeech(t, where, text)
				}
			}
		}
	}
}

func TestEachDataSourcesOwnValidatorsSpeakInPlainSentences(t *testing.T) {
	t.Parallel()
	made := New("", Environment{})
	for _, create := range made.DataSources(t.Context()) {
		source, ok := create().(datasource.DataSourceWithConfigValidators)
		if !ok {
			continue
		}
		var described datasource.SchemaResponse
		source.Schema(t.Context(), datasource.SchemaRequest{}, &described)
		for _, one := range source.ConfigValidators(t.Context()) {
			for _, config := range []tfsdk.Config{everythingElse(t, described.Schema, ""), everythingElse(t, described.Schema, "none of them")} {
				resp := datasource.ValidateConfigResponse{}
				one.ValidateDataSource(t.Context(), datasource.ValidateConfigRequest{Config: config}, &resp)
				if len(resp.Diagnostics) != 1 {
					t.Errorf("%T said %v", source, resp.Diagnostics)
				}
				for _, text := range resp.Diagnostics {
					checkSpeech(t, fmt.Sprintf("%T", source), text)
				}
			}
		}
	}
}

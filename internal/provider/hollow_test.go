// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// hollow are the values of a type in which something is null or not known, by where, and numbers that are not whole.
func hollow(of tftypes.Type) map[string]tftypes.Value {
	found := map[string]tftypes.Value{"null": tftypes.NewValue(of, nil), "unknown": tftypes.NewValue(of, tftypes.UnknownValue)}
	within := func(element tftypes.Type, wrap func(tftypes.Value) any) {
		for where, value := range hollow(element) {
			found["[]: "+where] = tftypes.NewValue(of, wrap(value))
		}
	}
	if of.Is(tftypes.Number) {
		found["a fraction"], found["more than fits"] = tftypes.NewValue(of, 1.5), tftypes.NewValue(of, 1e300)
	}
	switch of := of.(type) {
	case tftypes.List:
		within(of.ElementType, func(value tftypes.Value) any { return []tftypes.Value{value, full(of.ElementType)} })
	case tftypes.Set:
		within(of.ElementType, func(value tftypes.Value) any { return []tftypes.Value{value, full(of.ElementType)} })
	case tftypes.Map:
		within(of.ElementType, func(value tftypes.Value) any {
			return map[string]tftypes.Value{"hollow": value, "full": full(of.ElementType)}
		})
	case tftypes.Object:
		for name, kind := range of.AttributeTypes {
			for where, value := range hollow(kind) {
				for others, fill := range map[string]func(tftypes.Type) tftypes.Value{
					"others null": func(kind tftypes.Type) tftypes.Value { return tftypes.NewValue(kind, nil) }, "others set": full,
				} {
					attributes := map[string]tftypes.Value{}
					for other, kind := range of.AttributeTypes {
						attributes[other] = fill(kind)
					}
					attributes[name] = value
					found[fmt.Sprintf(".%s, %s: %s", name, others, where)] = tftypes.NewValue(of, attributes)
				}
			}
		}
	}
	return found
}

// full is a value of a type in which all is known.
func full(of tftypes.Type) tftypes.Value {
	switch of := of.(type) {
	case tftypes.List:
		return tftypes.NewValue(of, []tftypes.Value{full(of.ElementType)})
	case tftypes.Set:
		return tftypes.NewValue(of, []tftypes.Value{full(of.ElementType)})
	case tftypes.Map:
		return tftypes.NewValue(of, map[string]tftypes.Value{"key": full(of.ElementType)})
	case tftypes.Object:
		attributes := map[string]tftypes.Value{}
		for name, kind := range of.AttributeTypes {
			attributes[name] = full(kind)
		}
		return tftypes.NewValue(of, attributes)
	}
	switch {
	case of.Is(tftypes.Bool):
		return tftypes.NewValue(of, true)
	case of.Is(tftypes.Number):
		return tftypes.NewValue(of, 1)
	default:
		return tftypes.NewValue(of, "1s")
	}
}

// arguments are configurations of a schema in which one argument is hollow, and no other is set but the required ones.
func arguments(schema *tfprotov6.Schema) map[string]tftypes.Value {
	found := map[string]tftypes.Value{}
	kind, _ := schema.ValueType().(tftypes.Object)
	for _, argument := range schema.Block.Attributes {
		if !argument.Optional && !argument.Required {
			continue
		}
		for where, value := range hollow(kind.AttributeTypes[argument.Name]) {
			attributes := map[string]tftypes.Value{}
			for name, of := range kind.AttributeTypes {
				attributes[name] = tftypes.NewValue(of, nil)
			}
			for _, other := range schema.Block.Attributes {
				if other.Required {
					attributes[other.Name] = full(kind.AttributeTypes[other.Name])
				}
			}
			attributes[argument.Name] = value
			found[argument.Name+" "+where] = tftypes.NewValue(kind, attributes)
		}
	}
	return found
}

func dynamic(t *testing.T, value tftypes.Value) *tfprotov6.DynamicValue {
	t.Helper()
	made, err := tfprotov6.NewDynamicValue(value.Type(), value)
	if err != nil {
		t.Fatal(err)
	}
	return &made
}

// mistake is what a diagnostic says of a mistake in the provider; "" if it is about the configuration.
func mistake(diagnostics []*tfprotov6.Diagnostic) string {
	for _, found := range diagnostics {
		text := found.Summary + ": " + found.Detail
		for _, sign := range []string{"Value Conversion", "always an error in the provider", "Unhandled", "mistake in the provider", "panic"} {
			if strings.Contains(text, sign) {
				return text
			}
		}
	}
	return ""
}

// offline is a network on which nobody answers.
type offline struct{}

func (offline) RoundTrip(*http.Request) (*http.Response, error) { return nil, errors.New("offline") }

// TestNothingThatIsNullOrUnknownInsideIsAMistake puts null and unknown at each place of each argument: a variable that
// was left at its default, or something that does not exist yet.
func TestNothingThatIsNullOrUnknownInsideIsAMistake(t *testing.T) {
	t.Parallel()
	environment := variables{"OKTA_CLIENT_ORGURL": "https://acme.okta.com", "OKTA_API_TOKEN": "token", "SEKOIA_API_KEY": "key", "SEKOIA_CONNECTION_TEST": "off"}
	made, err := providerserver.NewProtocol6WithError(New("1.2.3", Environment{Lookup: environment.lookup, Network: offline{}}))()
	if err != nil {
		t.Fatal(err)
	}
	schemas, err := made.GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		t.Fatal(err)
	}
	tried := 0
	expect := func(what string, diagnostics []*tfprotov6.Diagnostic, err error) {
		tried++
		if said := mistake(diagnostics); err != nil || said != "" {
			t.Errorf("%s: %v %s", what, err, said)
		}
	}
	for where, config := range arguments(schemas.Provider) {
		validated, err := made.ValidateProviderConfig(t.Context(), &tfprotov6.ValidateProviderConfigRequest{Config: dynamic(t, config)})
		expect("the provider's "+where+" is validated", validated.Diagnostics, err)
		configured, err := made.ConfigureProvider(t.Context(), &tfprotov6.ConfigureProviderRequest{Config: dynamic(t, config)})
		expect("the provider's "+where+" is configured", configured.Diagnostics, err)
	}
	empty := full(schemas.Provider.ValueType())
	attributes := map[string]tftypes.Value{}
	if err := empty.As(&attributes); err != nil {
		t.Fatal(err)
	}
	attributes = maps.Clone(attributes)
	for name, value := range attributes {
		attributes[name] = tftypes.NewValue(value.Type(), nil)
	}
	network, _ := attributes["http"].Type().(tftypes.Object)
	attributes["http"] = tftypes.NewValue(network, map[string]tftypes.Value{ // without repeats, whose pauses would be waited for
		"max_retries": tftypes.NewValue(tftypes.Number, 0), "request_timeout": tftypes.NewValue(tftypes.String, nil),
		"ca_certificate_file": tftypes.NewValue(tftypes.String, nil),
	})
	configured, err := made.ConfigureProvider(t.Context(), &tfprotov6.ConfigureProviderRequest{Config: dynamic(t, tftypes.NewValue(empty.Type(), attributes))})
	if err != nil || len(configured.Diagnostics) > 0 {
		t.Fatal(err, configured)
	}
	for _, name := range slices.Sorted(maps.Keys(schemas.DataSourceSchemas)) {
		for where, config := range arguments(schemas.DataSourceSchemas[name]) {
			validated, err := made.ValidateDataResourceConfig(t.Context(), &tfprotov6.ValidateDataResourceConfigRequest{TypeName: name, Config: dynamic(t, config)})
			expect(name+" "+where+" is validated", validated.Diagnostics, err)
			read, err := made.ReadDataSource(t.Context(), &tfprotov6.ReadDataSourceRequest{TypeName: name, Config: dynamic(t, config)})
			expect(name+" "+where+" is read", read.Diagnostics, err)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(schemas.ResourceSchemas)) {
		schema := schemas.ResourceSchemas[name]
		for where, config := range arguments(schema) {
			validated, err := made.ValidateResourceConfig(t.Context(), &tfprotov6.ValidateResourceConfigRequest{
				TypeName: name, Config: dynamic(t, config), ClientCapabilities: &tfprotov6.ValidateResourceConfigClientCapabilities{WriteOnlyAttributesAllowed: true},
			})
			expect(name+" "+where+" is validated", validated.Diagnostics, err)
			planned, err := made.PlanResourceChange(t.Context(), &tfprotov6.PlanResourceChangeRequest{
				TypeName: name, Config: dynamic(t, config), ProposedNewState: dynamic(t, config), PriorState: dynamic(t, tftypes.NewValue(schema.ValueType(), nil)),
			})
			expect(name+" "+where+" is planned", planned.Diagnostics, err)
		}
	}
	actions, _ := made.(tfprotov6.ActionServer)
	for _, name := range slices.Sorted(maps.Keys(schemas.ActionSchemas)) {
		for where, config := range arguments(schemas.ActionSchemas[name].Schema) {
			validated, err := actions.ValidateActionConfig(t.Context(), &tfprotov6.ValidateActionConfigRequest{ActionType: name, Config: dynamic(t, config)})
			expect("action "+name+" "+where+" is validated", validated.Diagnostics, err)
			planned, err := actions.PlanAction(t.Context(), &tfprotov6.PlanActionRequest{ActionType: name, Config: dynamic(t, config)})
			expect("action "+name+" "+where+" is planned", planned.Diagnostics, err)
		}
	}
	lists, _ := made.(tfprotov6.ListResourceServer)
	for _, name := range slices.Sorted(maps.Keys(schemas.ListResourceSchemas)) {
		for where, config := range arguments(schemas.ListResourceSchemas[name]) {
			validated, err := lists.ValidateListResourceConfig(t.Context(), &tfprotov6.ValidateListResourceConfigRequest{TypeName: name, Config: dynamic(t, config)})
			expect("list "+name+" "+where+" is validated", validated.Diagnostics, err)
		}
	}
	if tried < 400 {
		t.Errorf("only %d places were tried", tried)
	}
}

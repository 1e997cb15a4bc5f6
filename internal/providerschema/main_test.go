// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/acctest"
)

func TestMain(m *testing.M) { acctest.Main(m) }

// kinds are those of which Terraform 1.11, the oldest that the provider supports, prints the schemas.
var kinds = []string{"provider", "resource_schemas", "data_source_schemas", "functions"}

// TestAccDocumentIsTerraformsOwn compares the document with the one that the installed Terraform prints.
func TestAccDocumentIsTerraformsOwn(t *testing.T) {
	t.Parallel()
	var written bytes.Buffer
	if err := run(t.Context(), &written); err != nil {
		t.Fatal(err)
	}
	var own, terraforms struct {
		Schemas map[string]map[string]any `json:"provider_schemas"`
	}
	if err := json.Unmarshal(written.Bytes(), &own); err != nil {
		t.Fatal(err)
	}
	cli := acctest.NewCLI(t, acctest.Start(t), nil)
	cli.Write(t, "main.tf", "terraform {\n  required_providers {\n    sekoia = { source = \"sekoia-io/sekoia\" }\n  }\n}\n")
	cli.JSON(t, &terraforms, "providers", "schema", "-json")
	printed := terraforms.Schemas[acctest.Terraform(t).Address("sekoia-io/sekoia")]
	for _, kind := range kinds {
		if printed[kind] == nil {
			t.Errorf("terraform prints no %s", kind)
		}
	}
	for kind, want := range printed {
		if diff := cmp.Diff(want, own.Schemas[name][kind]); diff != "" {
			t.Errorf("%s (-Terraform's +own):\n%s", kind, diff)
		}
	}
	for kind, wants := range map[string]string{
		"action_schemas": "sekoia_okta_device_connector_sync", "list_resource_schemas": "sekoia_okta_device_connector",
		"resource_identity_schemas": "sekoia_okta_device_connector",
	} {
		if offered, ok := own.Schemas[name][kind].(map[string]any); !ok || offered[wants] == nil {
			t.Errorf("%s has no %s", kind, wants)
		}
	}
}

// answers is a provider with these answers.
type answers struct {
	tfprotov6.ProviderServer
	schemas    *tfprotov6.GetProviderSchemaResponse
	identities *tfprotov6.GetResourceIdentitySchemasResponse
	err        error
}

// GetProviderSchema answers with the schemas.
func (a answers) GetProviderSchema(context.Context, *tfprotov6.GetProviderSchemaRequest) (*tfprotov6.GetProviderSchemaResponse, error) {
	if a.schemas == nil {
		return nil, a.err
	}
	return a.schemas, nil
}

// GetResourceIdentitySchemas answers with the identities' schemas.
func (a answers) GetResourceIdentitySchemas(
	context.Context, *tfprotov6.GetResourceIdentitySchemasRequest,
) (*tfprotov6.GetResourceIdentitySchemasResponse, error) {
	if a.identities == nil {
		return nil, a.err
	}
	return a.identities, nil
}

// TestReadOfWhatTheProviderDoesNotHave has what a schema may have, and the provider's own don't.
func TestReadOfWhatTheProviderDoesNotHave(t *testing.T) {
	t.Parallel()
	words := tftypes.List{ElementType: tftypes.String}
	one := &tfprotov6.Schema{Version: 3, Block: &tfprotov6.SchemaBlock{
		Description: "plain", Deprecated: true,
		Attributes: []*tfprotov6.SchemaAttribute{
			{Name: "words", Type: words, Required: true},
			{Name: "groups", Optional: true, Deprecated: true, NestedType: &tfprotov6.SchemaObject{
				Nesting:    tfprotov6.SchemaObjectNestingModeMap,
				Attributes: []*tfprotov6.SchemaAttribute{{Name: "any", Type: tftypes.DynamicPseudoType, Computed: true, Sensitive: true}},
			}},
		},
		BlockTypes: []*tfprotov6.SchemaNestedBlock{{
			TypeName: "rule", Nesting: tfprotov6.SchemaNestedBlockNestingModeList, MinItems: 1, MaxItems: 2,
			Block: &tfprotov6.SchemaBlock{DescriptionKind: tfprotov6.StringKindMarkdown, Description: "*a rule*"},
		}},
	}}
	read, err := read(t.Context(), answers{
		schemas: &tfprotov6.GetProviderSchemaResponse{
			Provider: one, EphemeralResourceSchemas: map[string]*tfprotov6.Schema{"a_token": one},
			Functions: map[string]*tfprotov6.Function{"join": {
				Summary: "joins", DeprecationMessage: "no more", Return: &tfprotov6.FunctionReturn{Type: tftypes.String},
				VariadicParameter: &tfprotov6.FunctionParameter{Name: "more", Type: words, AllowNullValue: true},
			}},
			Diagnostics: []*tfprotov6.Diagnostic{{Severity: tfprotov6.DiagnosticSeverityWarning, Summary: "mind"}},
		},
		identities: &tfprotov6.GetResourceIdentitySchemasResponse{IdentitySchemas: map[string]*tfprotov6.ResourceIdentitySchema{
			"a_thing": {Version: 1, IdentityAttributes: []*tfprotov6.ResourceIdentitySchemaAttribute{
				{Name: "region", Type: tftypes.String, OptionalForImport: true, Description: "where"},
			}},
		}},
	})
	if err != nil {
		t.Fatal(err)
	}
	schema := `{"version":3,"block":{"attributes":{
		"groups":{"nested_type":{"attributes":{"any":{"type":"dynamic","description_kind":"plain","computed":true,"sensitive":true}},"nesting_mode":"map"},
			"description_kind":"plain","deprecated":true,"optional":true},
		"words":{"type":["list","string"],"description_kind":"plain","required":true}},
		"block_types":{"rule":{"nesting_mode":"list","block":{"description":"*a rule*","description_kind":"markdown"},"min_items":1,"max_items":2}},
		"description":"plain","description_kind":"plain","deprecated":true}}`
	want := `{"provider":` + schema + `,"ephemeral_resource_schemas":{"a_token":` + schema + `},
		"functions":{"join":{"summary":"joins","deprecation_message":"no more","return_type":"string",
			"variadic_parameter":{"name":"more","is_nullable":true,"type":["list","string"]}}},
		"resource_identity_schemas":{"a_thing":{"version":1,"attributes":{"region":{"type":"string","description":"where","optional_for_import":true}}}}}`
	encoded, err := json.Marshal(read)
	if err != nil {
		t.Fatal(err)
	}
	var got, wanted any
	if err := errors.Join(json.Unmarshal(encoded, &got), json.Unmarshal([]byte(want), &wanted)); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(wanted, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestReadFails(t *testing.T) {
	t.Parallel()
	broken := []*tfprotov6.Diagnostic{{Severity: tfprotov6.DiagnosticSeverityError, Summary: "Broken schema", Detail: "name is twice there"}}
	cases := map[string]struct {
		from answers
		want string
	}{
		"where there are no schemas":    {from: answers{err: errors.New("gone")}, want: "the schemas: gone"},
		"where there are no identities": {from: answers{err: errors.New("gone"), schemas: &tfprotov6.GetProviderSchemaResponse{}}, want: "identities' schemas: gone"},
		"with the provider's error": {
			from: answers{
				schemas:    &tfprotov6.GetProviderSchemaResponse{Diagnostics: broken},
				identities: &tfprotov6.GetResourceIdentitySchemasResponse{},
			},
			want: "Broken schema: name is twice there",
		},
		"with the error of an identity": {
			from: answers{
				schemas:    &tfprotov6.GetProviderSchemaResponse{},
				identities: &tfprotov6.GetResourceIdentitySchemasResponse{Diagnostics: broken},
			},
			want: "Broken schema",
		},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := read(t.Context(), test.from)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
}

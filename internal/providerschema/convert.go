// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"strings"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// document is what terraform providers schema -json prints, format 1.0 (Terraform's documentation of the command;
// terraform-json reads it). A type within it is written as cty writes it, which tftypes does too.
type document struct {
	FormatVersion string                      `json:"format_version"`
	Schemas       map[string]*providerSchemas `json:"provider_schemas"`
}

type providerSchemas struct {
	Provider           *schema              `json:"provider,omitempty"`
	Resources          map[string]*schema   `json:"resource_schemas,omitempty"`
	DataSources        map[string]*schema   `json:"data_source_schemas,omitempty"`
	Ephemeral          map[string]*schema   `json:"ephemeral_resource_schemas,omitempty"`
	ListResources      map[string]*schema   `json:"list_resource_schemas,omitempty"`
	Functions          map[string]*function `json:"functions,omitempty"`
	ResourceIdentities map[string]*identity `json:"resource_identity_schemas,omitempty"`
	Actions            map[string]*action   `json:"action_schemas,omitempty"`
}

type schema struct {
	Version int64  `json:"version"`
	Block   *block `json:"block,omitempty"`
}

// action has no version, because it has no state.
type action struct {
	Block *block `json:"block,omitempty"`
}

type block struct {
	Attributes      map[string]*attribute   `json:"attributes,omitempty"`
	Blocks          map[string]*nestedBlock `json:"block_types,omitempty"`
	Description     string                  `json:"description,omitempty"`
	DescriptionKind string                  `json:"description_kind,omitempty"`
	Deprecated      bool                    `json:"deprecated,omitempty"`
}

type nestedBlock struct {
	Nesting  string `json:"nesting_mode,omitempty"`
	Block    *block `json:"block,omitempty"`
	MinItems int64  `json:"min_items,omitempty"`
	MaxItems int64  `json:"max_items,omitempty"`
}

type attribute struct {
	Type            tftypes.Type `json:"type,omitempty"`
	Nested          *nested      `json:"nested_type,omitempty"`
	Description     string       `json:"description,omitempty"`
	DescriptionKind string       `json:"description_kind,omitempty"`
	Deprecated      bool         `json:"deprecated,omitempty"`
	Required        bool         `json:"required,omitempty"`
	Optional        bool         `json:"optional,omitempty"`
	Computed        bool         `json:"computed,omitempty"`
	Sensitive       bool         `json:"sensitive,omitempty"`
	WriteOnly       bool         `json:"write_only,omitempty"`
}

type nested struct {
	Attributes map[string]*attribute `json:"attributes,omitempty"`
	Nesting    string                `json:"nesting_mode,omitempty"`
}

type identity struct {
	Version    int64                         `json:"version"`
	Attributes map[string]*identityAttribute `json:"attributes,omitempty"`
}

type identityAttribute struct {
	Type              tftypes.Type `json:"type,omitempty"`
	Description       string       `json:"description,omitempty"`
	RequiredForImport bool         `json:"required_for_import,omitempty"`
	OptionalForImport bool         `json:"optional_for_import,omitempty"`
}

type function struct {
	Description string       `json:"description,omitempty"`
	Summary     string       `json:"summary,omitempty"`
	Deprecation string       `json:"deprecation_message,omitempty"`
	Return      tftypes.Type `json:"return_type"`
	Parameters  []*parameter `json:"parameters,omitempty"`
	Variadic    *parameter   `json:"variadic_parameter,omitempty"`
}

type parameter struct {
	Name        string       `json:"name,omitempty"`
	Description string       `json:"description,omitempty"`
	Nullable    bool         `json:"is_nullable,omitempty"`
	Type        tftypes.Type `json:"type"`
}

// convert turns what a provider answers into the document's form.
func convert(from *tfprotov6.GetProviderSchemaResponse, identities *tfprotov6.GetResourceIdentitySchemasResponse) *providerSchemas {
	return &providerSchemas{
		Provider:           ofSchema(from.Provider),
		Resources:          each(from.ResourceSchemas, ofSchema),
		DataSources:        each(from.DataSourceSchemas, ofSchema),
		Ephemeral:          each(from.EphemeralResourceSchemas, ofSchema),
		ListResources:      each(from.ListResourceSchemas, ofSchema),
		Functions:          each(from.Functions, ofFunction),
		ResourceIdentities: each(identities.IdentitySchemas, ofIdentity),
		Actions: each(from.ActionSchemas, func(from *tfprotov6.ActionSchema) *action {
			return &action{Block: ofBlock(from.Schema.Block)}
		}),
	}
}

func each[From, To any](from map[string]*From, of func(*From) *To) map[string]*To {
	to := make(map[string]*To, len(from))
	for name, one := range from {
		to[name] = of(one)
	}
	return to
}

func ofSchema(from *tfprotov6.Schema) *schema {
	return &schema{Version: from.Version, Block: ofBlock(from.Block)}
}

func ofBlock(from *tfprotov6.SchemaBlock) *block {
	to := &block{
		Attributes: ofAttributes(from.Attributes), Blocks: map[string]*nestedBlock{},
		Description: from.Description, DescriptionKind: ofKind(from.DescriptionKind), Deprecated: from.Deprecated,
	}
	for _, one := range from.BlockTypes {
		to.Blocks[one.TypeName] = &nestedBlock{
			Nesting: strings.ToLower(one.Nesting.String()), Block: ofBlock(one.Block), MinItems: one.MinItems, MaxItems: one.MaxItems,
		}
	}
	return to
}

func ofAttributes(from []*tfprotov6.SchemaAttribute) map[string]*attribute {
	to := make(map[string]*attribute, len(from))
	for _, one := range from {
		converted := &attribute{
			Type: one.Type, Description: one.Description, DescriptionKind: ofKind(one.DescriptionKind), Deprecated: one.Deprecated,
			Required: one.Required, Optional: one.Optional, Computed: one.Computed, Sensitive: one.Sensitive, WriteOnly: one.WriteOnly,
		}
		if one.NestedType != nil {
			converted.Nested = &nested{
				Attributes: ofAttributes(one.NestedType.Attributes), Nesting: strings.ToLower(one.NestedType.Nesting.String()),
			}
		}
		to[one.Name] = converted
	}
	return to
}

func ofKind(kind tfprotov6.StringKind) string {
	if kind == tfprotov6.StringKindMarkdown {
		return "markdown"
	}
	return "plain"
}

func ofIdentity(from *tfprotov6.ResourceIdentitySchema) *identity {
	to := &identity{Version: from.Version, Attributes: map[string]*identityAttribute{}}
	for _, one := range from.IdentityAttributes {
		to.Attributes[one.Name] = &identityAttribute{
			Type: one.Type, Description: one.Description, RequiredForImport: one.RequiredForImport, OptionalForImport: one.OptionalForImport,
		}
	}
	return to
}

func ofFunction(from *tfprotov6.Function) *function {
	to := &function{
		Description: from.Description, Summary: from.Summary, Deprecation: from.DeprecationMessage, Return: from.Return.Type,
	}
	for _, one := range from.Parameters {
		to.Parameters = append(to.Parameters, ofParameter(one))
	}
	if from.VariadicParameter != nil {
		to.Variadic = ofParameter(from.VariadicParameter)
	}
	return to
}

func ofParameter(from *tfprotov6.FunctionParameter) *parameter {
	return &parameter{Name: from.Name, Description: from.Description, Nullable: from.AllowNullValue, Type: from.Type}
}

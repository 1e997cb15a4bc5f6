// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package connector

import (
	"context"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"golang.org/x/text/unicode/norm"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/attribute"
)

// FuzzImport looks for an id of Sekoia's that makes the import block which a person pastes another one than it should
// be, and for an import's id that is taken without being a UUID, or the reverse.
func FuzzImport(f *testing.F) {
	for _, seed := range []string{
		"6bffbac8-3a5d-4b1e-9d5c-0d3b6f6f2f0a", " 6BFFBAC8-3A5D-4B1E-9D5C-0D3B6F6F2F0A\n", "6bffbac83a5d4b1e9d5c0d3b6f6f2f0a", "{6bffbac8-3a5d-4b1e-9d5c-0d3b6f6f2f0a}",
		"urn:uuid:6bffbac8-3a5d-4b1e-9d5c-0d3b6f6f2f0a", "6bffbac8-3a5d-4b1e-9d5c-0d3b6f6f2f0a\n6bffbac8", "6bffbac8-3a5d-4b1e-9d5c-0d3b6f6f2f0\u212a",
		"", `"`, `\`, "${a}", "%{if true}", "$${a}", "%%{a}", "$$${a}", "\\${a}", "a\"\n  }\n  import {", "\n", "\r\n", "\x00\a\v\x7f", "\u202e\u2028\ufeff", "\xff\xc3", "e\u0301", "\U0001f600\U000e0041",
		"/*", "//", "#", "<<EOT\n", "~}", "$", "%", "{", "$\n{",
	} {
		f.Add(seed)
	}
	provider, definition := newImporter(f)
	check := attribute.UUIDValidator()
	f.Fuzz(func(t *testing.T, id string) {
		checkBlock(t, id)
		trimmed := strings.TrimSpace(id)
		_, err := uuid.Parse(trimmed)
		isUUID := err == nil && len(trimmed) == len("6bffbac8-3a5d-4b1e-9d5c-0d3b6f6f2f0a")
		imported := provider.run(t, definition, id)
		if isUUID != (imported != "") || isUUID && imported != strings.ToLower(trimmed) {
			t.Errorf("the id %q imports %q; a UUID: %t", id, imported, isUUID)
		}
		var resp validator.StringResponse
		check.ValidateString(t.Context(), validator.StringRequest{Path: path.Root("id"), ConfigValue: types.StringValue(id)}, &resp)
		if taken := !resp.Diagnostics.HasError(); taken != (isUUID && id == trimmed) {
			t.Errorf("%q is taken for a UUID: %t", id, taken)
		}
	})
}

// checkBlock reads the import block as Terraform does.
func checkBlock(t *testing.T, id string) {
	t.Helper()
	_, block, found := strings.Cut(importHint(id), "\n")
	if !found {
		t.Fatal("there is no block in the hint")
	}
	parsed, diags := hclsyntax.ParseConfig([]byte(block), "import.tf", hcl.InitialPos)
	if diags.HasErrors() {
		t.Fatalf("the id %q makes\n%s\nwhich is no HCL: %v", id, block, diags)
	}
	body, ok := parsed.Body.(*hclsyntax.Body)
	if !ok || len(body.Blocks) != 1 || len(body.Attributes) != 0 || body.Blocks[0].Type != "import" {
		t.Fatalf("the id %q makes more or less than one block:\n%s", id, block)
	}
	attributes := body.Blocks[0].Body.Attributes
	if len(attributes) != 2 || len(body.Blocks[0].Body.Blocks) != 0 || attributes["to"] == nil || attributes["id"] == nil {
		t.Fatalf("the id %q makes a block with other arguments:\n%s", id, block)
	}
	if used := attributes["id"].Expr.Variables(); len(used) != 0 {
		t.Errorf("the id %q is evaluated:\n%s", id, block)
	}
	value, diags := attributes["id"].Expr.Value(nil)
	if diags.HasErrors() {
		t.Fatalf("the id %q is evaluated:\n%s\n%v", id, block, diags)
	}

	// Terraform's texts are in Unicode's normal form C, and UTF-8.
	if want := norm.NFC.String(string([]rune(id))); value.AsString() != want {
		t.Errorf("the id %q is written\n%s\nand read as %q", id, block, value.AsString())
	}
	if strings.Count(block, "\n") != 3 || strings.ContainsAny(block, "\x00\x1b\r\u202e\u2066\u200b\u2028") {
		t.Errorf("the id %q is not fit to be shown: %q", id, block)
	}
}

// importer imports by an id.
type importer struct {
	resource *connectorResource
	identity resource.IdentitySchemaResponse
}

func newImporter(f *testing.F) (*importer, *resource.SchemaResponse) {
	f.Helper()
	var definition resource.SchemaResponse
	made := &importer{resource: &connectorResource{}}
	made.resource.Schema(context.Background(), resource.SchemaRequest{}, &definition)
	made.resource.IdentitySchema(context.Background(), resource.IdentitySchemaRequest{}, &made.identity)
	return made, &definition
}

// empties makes an empty one of what the framework keeps the name of to itself.
func empties[T any](*T) *T { return new(T) }

// run is the UUID that an import's id is taken for; "" where it is refused.
func (i *importer) run(t *testing.T, definition *resource.SchemaResponse, id string) string {
	t.Helper()
	ctx := t.Context()
	empty := func(of tftypes.Type) tftypes.Value { return tftypes.NewValue(of, nil) }
	resp := resource.ImportStateResponse{
		State: tfsdk.State{Schema: definition.Schema, Raw: empty(definition.Schema.Type().TerraformType(ctx))},
		Identity: &tfsdk.ResourceIdentity{
			Schema: i.identity.IdentitySchema, Raw: empty(i.identity.IdentitySchema.Type().TerraformType(ctx)),
		},
	}
	resp.Private = empties(resp.Private)
	i.resource.ImportState(ctx, resource.ImportStateRequest{ID: id}, &resp)
	if resp.Diagnostics.HasError() {
		return ""
	}
	var imported, identified types.String
	resp.Diagnostics.Append(resp.State.GetAttribute(ctx, path.Root("id"), &imported)...)
	resp.Diagnostics.Append(resp.Identity.GetAttribute(ctx, path.Root("id"), &identified)...)
	if resp.Diagnostics.HasError() || !imported.Equal(identified) {
		t.Errorf("the id %q imports %s, with the identity %s: %v", id, imported, identified, resp.Diagnostics)
	}
	return imported.ValueString()
}

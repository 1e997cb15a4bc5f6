// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package connector_test

import (
	"context"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/acctest"
)

const (
	connectorType = "sekoia_okta_device_connector"
	syncType      = "sekoia_okta_device_connector_sync"
)

// server is the provider's, with what plugin-go has in interfaces of their own for a while.
type server interface {
	tfprotov6.ProviderServer
	tfprotov6.ActionServer
	tfprotov6.ListResourceServer
}

// protocol speaks with the provider as Terraform 1.14 does, which the installed one may not be.
type protocol struct {
	server   server
	schemas  *tfprotov6.GetProviderSchemaResponse
	identity tftypes.Type
}

// values are the attributes of a block that are not null.
type values map[string]tftypes.Value

func text(value string) tftypes.Value { return tftypes.NewValue(tftypes.String, value) }

func boolean(value bool) tftypes.Value { return tftypes.NewValue(tftypes.Bool, value) }

// speak configures the provider for the clouds, with changes of its environment and the provider block's values.
func speak(t *testing.T, clouds *acctest.Clouds, environment map[string]string, block values) *protocol {
	t.Helper()
	p := &protocol{}
	served, ok := acctest.Server(t, clouds.Environment(environment)).(server)
	if !ok {
		t.Fatal("the provider's server offers no actions or no lists")
	}
	p.server = served
	schemas, err := served.GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	succeeded(t, err, schemas.Diagnostics)
	p.schemas = schemas
	identities, err := served.GetResourceIdentitySchemas(t.Context(), &tfprotov6.GetResourceIdentitySchemasRequest{})
	succeeded(t, err, identities.Diagnostics)
	p.identity = identities.IdentitySchemas[connectorType].ValueType()
	configured, err := served.ConfigureProvider(t.Context(), &tfprotov6.ConfigureProviderRequest{
		TerraformVersion: "1.14.0", Config: dynamic(t, schemas.Provider.ValueType(), block),
	})
	succeeded(t, err, configured.Diagnostics)
	return p
}

func succeeded(t *testing.T, err error, diagnostics []*tfprotov6.Diagnostic) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	for _, diagnostic := range diagnostics {
		if diagnostic.Severity == tfprotov6.DiagnosticSeverityError {
			t.Fatalf("%s: %s", diagnostic.Summary, diagnostic.Detail)
		}
	}
}

// dynamic is an object with these attributes, and null for all others.
func dynamic(t *testing.T, of tftypes.Type, set values) *tfprotov6.DynamicValue {
	t.Helper()
	object, ok := of.(tftypes.Object)
	if !ok {
		t.Fatalf("not the type of a block: %s", of)
	}
	attributes := map[string]tftypes.Value{}
	for name, kind := range object.AttributeTypes {
		attributes[name] = tftypes.NewValue(kind, nil)
		if value, found := set[name]; found {
			attributes[name] = value
		}
	}
	encoded, err := tfprotov6.NewDynamicValue(of, tftypes.NewValue(of, attributes))
	if err != nil {
		t.Fatal(err)
	}
	return &encoded
}

// attributesOf reads an object; nil where it is null.
func attributesOf(t *testing.T, of tftypes.Type, encoded *tfprotov6.DynamicValue) values {
	t.Helper()
	if encoded == nil {
		return nil
	}
	value, err := encoded.Unmarshal(of)
	if err != nil {
		t.Fatal(err)
	}
	if value.IsNull() {
		return nil
	}
	read := map[string]tftypes.Value{}
	if err := value.As(&read); err != nil {
		t.Fatal(err)
	}
	return read
}

// is reads a text; "" where it is null.
func (v values) is(t *testing.T, name string) string {
	t.Helper()
	var read *string
	if err := v[name].As(&read); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	if read == nil {
		return ""
	}
	return *read
}

func (p *protocol) resourceType() tftypes.Type {
	return p.schemas.ResourceSchemas[connectorType].ValueType()
}

// identify is the identity of a connector; nil, as Terraform before 1.12 has it, where the id is empty.
func (p *protocol) identify(t *testing.T, id string) *tfprotov6.ResourceIdentityData {
	t.Helper()
	if id == "" {
		return nil
	}
	return &tfprotov6.ResourceIdentityData{IdentityData: dynamic(t, p.identity, values{"id": text(id)})}
}

// identified is the id in an identity; "" where there is none.
func (p *protocol) identified(t *testing.T, identity *tfprotov6.ResourceIdentityData) string {
	t.Helper()
	if identity == nil {
		return ""
	}
	read := attributesOf(t, p.identity, identity.IdentityData)
	if read == nil {
		return ""
	}
	return read.is(t, "id")
}

// invocation is what an action came to.
type invocation struct {
	messages    []string
	diagnostics []*tfprotov6.Diagnostic
	completed   bool
}

// invoke invokes the sync action. seen (may be nil) is called with every message, before the next is taken.
func (p *protocol) invoke(ctx context.Context, t *testing.T, config values, seen func(message string)) invocation {
	t.Helper()
	stream, err := p.server.InvokeAction(ctx, &tfprotov6.InvokeActionRequest{
		ActionType: syncType, Config: dynamic(t, p.schemas.ActionSchemas[syncType].Schema.ValueType(), config),
	})
	if err != nil {
		t.Fatal(err)
	}
	var result invocation
	for event := range stream.Events {
		switch event := event.Type.(type) {
		case tfprotov6.ProgressInvokeActionEventType:
			if result.completed {
				t.Errorf("progress after the end: %s", event.Message)
			}
			result.messages = append(result.messages, event.Message)
			if seen != nil {
				seen(event.Message)
			}
		case tfprotov6.CompletedInvokeActionEventType:
			result.completed, result.diagnostics = true, event.Diagnostics
		}
	}
	if !result.completed {
		t.Error("the stream ended without the event of completion")
	}
	return result
}

// list asks for connectors.
func (p *protocol) list(ctx context.Context, t *testing.T, config values, limit int64, whole bool) []tfprotov6.ListResourceResult {
	t.Helper()
	stream, err := p.server.ListResource(ctx, &tfprotov6.ListResourceRequest{
		TypeName: connectorType, Config: dynamic(t, p.schemas.ListResourceSchemas[connectorType].ValueType(), config),
		Limit: limit, IncludeResource: whole,
	})
	if err != nil {
		t.Fatal(err)
	}
	var results []tfprotov6.ListResourceResult
	for result := range stream.Results {
		results = append(results, result)
	}
	return results
}

// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/access"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/attribute"
)

// configured is the provider after Configure.
func configured(t *testing.T, written block, env variables) provider.ConfigureResponse {
	t.Helper()
	var resp provider.ConfigureResponse
	New("1.2.3", Environment{Lookup: env.lookup}).Configure(t.Context(),
		provider.ConfigureRequest{TerraformVersion: "1.11.4", Config: written.config(t)}, &resp)
	return resp
}

func TestConfigureDialsNothing(t *testing.T) {
	t.Parallel()
	var calls atomic.Int64
	cloud := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { calls.Add(1) }))
	defer cloud.Close()
	resp := configured(t, nil, variables{
		"SEKOIA_BASE_URL": cloud.URL, "SEKOIA_API_KEY": "key", "OKTA_CLIENT_ORGURL": cloud.URL, "OKTA_API_TOKEN": "token",
	})
	if len(resp.Diagnostics) > 0 {
		t.Fatal(resp.Diagnostics)
	}
	clients, ok := resp.ResourceData.(*access.Clients)
	if !ok || resp.DataSourceData != resp.ResourceData {
		t.Fatalf("resources are given %T, data sources %T", resp.ResourceData, resp.DataSourceData)
	}
	if _, diags := clients.Sekoia(); diags.HasError() {
		t.Error(diags)
	}
	if calls.Load() != 0 {
		t.Errorf("%d calls in Configure", calls.Load())
	}
}

func TestConfigureTakesUnknownValues(t *testing.T) {
	t.Parallel()
	for name, written := range map[string]block{
		"all of them": {
			"region": unknown, "base_url": unknown, "api_key": unknown, "community_id": unknown, "okta": unknown,
			"connection_test_mode": unknown, "http": unknown,
		},
		"those inside the objects": {
			"okta": block{"base_url": unknown, "api_token": unknown},
			"http": block{"request_timeout": unknown, "max_retries": unknown, "ca_certificate_file": unknown},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			resp := configured(t, written, nil)
			if len(resp.Diagnostics) > 0 || resp.ResourceData == nil {
				t.Errorf("came to %v: %v", resp.ResourceData, resp.Diagnostics)
			}
		})
	}
}

func TestConfigureStopsAtWhatIsWrong(t *testing.T) {
	t.Parallel()
	resp := configured(t, block{"base_url": "https://sekoia.example"}, variables{"SEKOIA_API_KEY": "key"})
	if resp.ResourceData != nil || resp.Diagnostics.ErrorsCount() != 1 || !isAt(resp.Diagnostics[0], path.Root("base_url")) {
		t.Errorf("came to %v: %v", resp.ResourceData, resp.Diagnostics)
	}
}

func TestCallsSayWhoCalls(t *testing.T) {
	t.Parallel()
	agents := make(chan string, 1)
	cloud := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		agents <- r.UserAgent()
		w.WriteHeader(http.StatusUnauthorized)
	}))
	defer cloud.Close()
	authority := filepath.Join(t.TempDir(), "ca.pem")
	certificate := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cloud.Certificate().Raw})
	if err := os.WriteFile(authority, certificate, 0o600); err != nil {
		t.Fatal(err)
	}
	resp := configured(t, block{"http": block{"ca_certificate_file": authority, "request_timeout": "20s", "max_retries": 1}},
		variables{"SEKOIA_BASE_URL": cloud.URL, "SEKOIA_API_KEY": "key"})
	if len(resp.Diagnostics) > 0 {
		t.Fatal(resp.Diagnostics)
	}
	clients, ok := resp.ResourceData.(*access.Clients)
	if !ok {
		t.Fatalf("resources are given %T", resp.ResourceData)
	}
	_, diags := clients.ResolveCommunity(t.Context(), "")
	if diags.ErrorsCount() != 1 || diags[0].Summary() != `provider "sekoia": Sekoia rejected the API key (401)` {
		t.Errorf("a key that is refused gives %v", diags)
	}
	select {
	case agent := <-agents:
		if want := "terraform-provider-sekoia/1.2.3 (+terraform 1.11.4)"; agent != want {
			t.Errorf("the user agent is %q, want %q", agent, want)
		}
	case <-time.After(time.Minute):
		t.Error("no call came")
	}
}

func TestUserAgent(t *testing.T) {
	t.Parallel()
	if got, want := userAgent("", ""), "terraform-provider-sekoia/dev (+terraform unknown)"; got != want {
		t.Errorf("the user agent is %q, want %q", got, want)
	}
}

// server is the provider as Terraform talks to it.
func server(t *testing.T, env variables) tfprotov6.ProviderServer {
	t.Helper()
	return NewServer(New("1.2.3", Environment{Lookup: env.lookup}))()
}

func TestSchemas(t *testing.T) {
	t.Parallel()
	resp, err := server(t, nil).GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		t.Fatal(err)
	}
	for _, diagnostic := range resp.Diagnostics {
		t.Errorf("%s: %s", diagnostic.Summary, diagnostic.Detail)
	}
	for _, name := range []string{"sekoia_okta_device", "sekoia_okta_devices"} {
		if resp.DataSourceSchemas[name] == nil {
			t.Errorf("there is no data source %s", name)
		}
	}
	if resp.ResourceSchemas["sekoia_okta_device_connector"] == nil {
		t.Error("there is no resource sekoia_okta_device_connector")
	}
	describe := func(kind string, schemas map[string]*tfprotov6.Schema) {
		for name, schema := range schemas {
			if schema.Block.Description == "" {
				t.Errorf("%s %s has no description", kind, name)
			}
			undescribed(t, kind+" "+name, schema.Block.Attributes)
		}
	}
	describe("data source", resp.DataSourceSchemas)
	describe("resource", resp.ResourceSchemas)
	describe("list resource", resp.ListResourceSchemas)
	describe("provider", map[string]*tfprotov6.Schema{"sekoia": resp.Provider})
	for name, action := range resp.ActionSchemas {
		describe("action", map[string]*tfprotov6.Schema{name: action.Schema})
	}
	for name, function := range resp.Functions {
		if function.Summary == "" || function.Description == "" {
			t.Errorf("function %s has no description", name)
		}
		for _, parameter := range function.Parameters {
			if parameter.Description == "" {
				t.Errorf("function %s: %s has no description", name, parameter.Name)
			}
		}
	}
	if len(resp.ListResourceSchemas) == 0 || len(resp.ActionSchemas) == 0 || len(resp.Functions) == 0 {
		t.Errorf("%d list resources, %d actions, %d functions", len(resp.ListResourceSchemas), len(resp.ActionSchemas), len(resp.Functions))
	}
}

// undescribed fails for attributes and nested objects without a text for the registry's page.
func undescribed(t *testing.T, where string, attributes []*tfprotov6.SchemaAttribute) {
	t.Helper()
	for _, one := range attributes {
		at := where + "." + one.Name
		if one.Description == "" || one.DescriptionKind != tfprotov6.StringKindMarkdown {
			t.Errorf("%s has no description", at)
		}
		if strings.Contains(one.Name, "token") && !strings.HasSuffix(one.Name, "_version") || one.Name == "api_key" {
			if !one.Sensitive {
				t.Errorf("%s is not sensitive", at)
			}
		}
		if one.NestedType != nil {
			undescribed(t, at, one.NestedType.Attributes)
		}
	}
}

func TestValidate(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		block   block
		env     variables
		at      string
		says    string
		warning bool
	}{
		"nothing":           {},
		"all of it, as due": {block: block{"region": "fra1", "base_url": "https://app.fra2.sekoia.io/api", "api_key": "k", "community_id": "C0000000-0000-4000-8000-000000000001", "okta": block{"base_url": "https://acme.okta.com", "api_token": "t"}, "connection_test_mode": "off", "http": block{"request_timeout": "45s", "max_retries": 3, "ca_certificate_file": "ca.pem"}}},
		"all of it unknown": {block: block{"region": unknown, "base_url": unknown, "api_key": unknown, "community_id": unknown, "okta": unknown, "connection_test_mode": unknown, "http": unknown}},
		"unknown inside":    {block: block{"okta": block{"base_url": unknown, "api_token": unknown}}},
		"a newer region":    {block: block{"region": "ber7"}},
		"a bad region":      {block: block{"region": "Paris"}, at: `"region"`, says: "such as fra1"},
		"a bad base URL":    {block: block{"base_url": "https://u:hunter2@api.sekoia.io"}, at: `"base_url"`, says: "password"},
		"a call's path":     {block: block{"base_url": "https://api.sekoia.io/v1/me"}, at: `"base_url"`, says: "It should be: https://api.sekoia.io"},
		"an empty key":      {block: block{"api_key": ""}, at: `"api_key"`, says: "is empty"},
		"a key with a line break behind it": {
			block: block{"api_key": "hunter2\n"}, at: `"api_key"`, says: "trimspace()",
		},
		"an empty community": {block: block{"community_id": ""}, at: `"community_id"`, says: "must be a UUID such as"},
		"an organization of several without a token": {
			block: block{"okta_organizations": objects{"a": block{"base_url": "https://acme.okta.com"}}}, at: `"base_url"`,
			says: `Set okta_organizations["a"].api_token, or client_id and private_key, next to the URL.`, warning: true,
		},
		"an organization of several without a URL": {
			block: block{"okta_organizations": objects{"a": block{"api_token": "hunter2"}}}, env: variables{"OKTA_CLIENT_ORGURL": "https://acme.okta.com"},
			at: `"a"`, says: `Set okta_organizations["a"].base_url`,
		},
		"an organization of several without anything": {
			block: block{"okta_organizations": objects{"a": block{}}}, at: `"a"`, says: "leave the key out",
		},
		"an organization of several that is null": {
			block: block{"okta_organizations": objects{"a": nil}}, at: `"a"`, says: "leave the key out",
		},
		"an organization of several that is not known yet": {
			block: block{"okta_organizations": objects{"a": unknown, "b": block{"base_url": unknown, "api_token": unknown}}},
		},
		"an admin host of several": {
			block: block{"okta_organizations": objects{"a": block{"base_url": "https://acme-admin.okta.com", "api_token": "t"}}},
			at:    `"base_url"`, says: "https://acme.okta.com",
		},
		"an empty key of several": {
			block: block{"okta_organizations": objects{"": block{"base_url": "https://acme.okta.com", "api_token": "t"}}}, at: `"okta_organizations"`, says: "must not be empty",
		},
		"an admin host": {block: block{"okta": block{"base_url": "https://acme-admin.okta.com", "api_token": "t"}}, at: `"base_url"`, says: "https://acme.okta.com"},
		"a token without a URL": {
			block: block{"okta": block{"api_token": "t"}}, env: variables{"OKTA_CLIENT_ORGURL": "https://acme.okta.com"}, at: `"okta"`, says: "come from one place",
		},
		"a URL without a token": {
			block: block{"okta": block{"base_url": "https://acme.okta.com"}}, at: `"base_url"`, says: "come from one place", warning: true,
		},
		"a bad mode":         {block: block{"connection_test_mode": "never"}, at: `"connection_test_mode"`, says: "on_change"},
		"a bad timeout":      {block: block{"http": block{"request_timeout": "soon"}}, at: `"request_timeout"`, says: "uration"},
		"a timeout too long": {block: block{"http": block{"request_timeout": "11m"}}, at: `"request_timeout"`, says: "10m"},
		"too many retries":   {block: block{"http": block{"max_retries": 11}}, at: `"max_retries"`, says: "from 0 to 10"},
		"an empty CA file":   {block: block{"http": block{"ca_certificate_file": ""}}, at: `"ca_certificate_file"`, says: "must not be empty"},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			raw := test.block.config(t).Raw
			value, err := tfprotov6.NewDynamicValue(raw.Type(), raw)
			if err != nil {
				t.Fatal(err)
			}
			resp, err := server(t, test.env).ValidateProviderConfig(t.Context(), &tfprotov6.ValidateProviderConfigRequest{Config: &value})
			if err != nil {
				t.Fatal(err)
			}
			if test.at == "" {
				for _, diagnostic := range resp.Diagnostics {
					t.Errorf("%s: %s", diagnostic.Summary, diagnostic.Detail)
				}
				return
			}
			if len(resp.Diagnostics) != 1 {
				t.Fatalf("want one diagnostic, not %v", resp.Diagnostics)
			}
			got := resp.Diagnostics[0]
			if !strings.Contains(got.Attribute.String(), test.at) || !strings.Contains(got.Detail, test.says) ||
				(got.Severity == tfprotov6.DiagnosticSeverityWarning) != test.warning {
				t.Errorf("the diagnostic is %v on %v: %s: %s", got.Severity, got.Attribute, got.Summary, got.Detail)
			}
			if strings.Contains(got.Summary+got.Detail, "hunter2") {
				t.Errorf("the diagnostic shows a secret: %s", got.Detail)
			}

			// Terraform folds warnings with the same summary, and would name one of two organizations.
			if strings.HasPrefix(name, "an organization of several") && !strings.HasPrefix(got.Summary, "a: an Okta ") {
				t.Errorf("the summary does not begin with the organization's key: %s", got.Summary)
			}
		})
	}
}

func TestDescriptionsOfValidators(t *testing.T) {
	t.Parallel()
	for _, check := range []validator.Describer{attribute.SekoiaKeyValidator(), sekoiaBaseURL(), attribute.Duration("1s", "10m")} {
		if check.Description(t.Context()) == "" || check.Description(t.Context()) != check.MarkdownDescription(t.Context()) {
			t.Errorf("%T is described in two ways, or in none", check)
		}
	}
}

func TestLoopbackWithoutAnyEnvironment(t *testing.T) {
	t.Parallel()
	resp := configured(t, block{"base_url": "http://127.0.0.1:9"}, nil)
	if len(resp.Diagnostics) > 0 {
		t.Fatal(resp.Diagnostics)
	}
	clients, ok := resp.DataSourceData.(*access.Clients)
	if !ok {
		t.Fatalf("data sources are given %T", resp.DataSourceData)
	}
	if _, diags := clients.Okta(t.Context(), types.StringNull()); diags.ErrorsCount() != 1 || diags[0].Summary() != "No base URL of an Okta organization is set" {
		t.Errorf("without an Okta organization comes %v", diags)
	}
}

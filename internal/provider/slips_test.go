// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"maps"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/access"
)

// allVariables are those that an error may name.
var allVariables = []string{
	"SEKOIA_API_KEY", "SEKOIA_REGION", "SEKOIA_BASE_URL", "SEKOIA_COMMUNITY_ID", "SEKOIA_CONNECTION_TEST", "SEKOIA_TRUSTED_OKTA_HOSTS", "OKTA_CLIENT_ORGURL", "OKTA_ORG_NAME",
	"OKTA_BASE_URL", "OKTA_API_TOKEN", "OKTA_CLIENT_TOKEN", "OKTA_API_CLIENT_ID", "OKTA_API_PRIVATE_KEY", "OKTA_API_PRIVATE_KEY_ID", "OKTA_API_SCOPES",
}

// TestAnErrorNamesTheVariableThatWasUsed puts a slip into each variable: what is said names that variable, and none
// that is not set.
func TestAnErrorNamesTheVariableThatWasUsed(t *testing.T) {
	t.Parallel()
	key, _ := testKey()
	okta := variables{"OKTA_CLIENT_ORGURL": "https://acme.okta.com", "OKTA_API_TOKEN": "token"}
	app := variables{"OKTA_CLIENT_ORGURL": "https://acme.okta.com", "OKTA_API_CLIENT_ID": "0oa1", "OKTA_API_PRIVATE_KEY": key}
	for variable, test := range map[string]struct {
		besides variables
		without string // a variable of those that the slip stands in for
		slips   []string
	}{
		"SEKOIA_API_KEY":            {okta, "", []string{`"key"`, "Bearer key", "ke\ny", "k\u00e9y"}},
		"SEKOIA_REGION":             {okta, "", []string{"FRA1", "france", `"fra1"`, "\ufefffra1", "fra 1", "https://api.sekoia.io"}},
		"SEKOIA_BASE_URL":           {okta, "", []string{"api.sekoia.io", "://", `"https://api.sekoia.io"`, "https://u:hunter2@api.sekoia.io", "https://api.sekoia.io/v1", "https://a b", "https://app.fra2.sekoia.io"}},
		"SEKOIA_COMMUNITY_ID":       {okta, "", []string{"ours", "6bffbac8", `"6bffbac8-3a5d-4b1e-9d5c-0d3b6f6f2f0a"`}},
		"SEKOIA_CONNECTION_TEST":    {okta, "", []string{"OFF", "never", "false", `"off"`}},
		"SEKOIA_TRUSTED_OKTA_HOSTS": {okta, "", []string{"*.example", "https://a.example/x", `"a.example"`, "\ufeffa.example", "u:hunter2@a.example"}},
		"OKTA_CLIENT_ORGURL":        {okta, "", []string{"acme", "acme.okta.com", "http://acme.okta.com", "https://acme-admin.okta.com", `"https://acme.okta.com"`, "\ufeffhttps://acme.okta.com", "https://acme.okta.com/x", "https://a b"}},
		"OKTA_ORG_NAME":             {okta, "OKTA_CLIENT_ORGURL", []string{"acme.okta.com", "https://acme-admin.okta.com", "acme-admin", "a b", `"acme"`, "acme/"}},
		"OKTA_BASE_URL":             {okta, "OKTA_CLIENT_ORGURL", []string{"https://acme-admin.okta.com", "http://acme.okta.com", "https://acme.okta.com/x", `https://"acme`}},
		"OKTA_API_TOKEN":            {okta, "", []string{"SSWS token", "Bearer token", `"token"`, "to ken", "to\nken", "'token'", "\ufefftoken", "***", "{}", "t\u00f6ken", "tok\u200ben"}},
		"OKTA_CLIENT_TOKEN":         {okta, "OKTA_API_TOKEN", []string{"SSWS token", `"token"`, "to ken"}},
		"OKTA_API_CLIENT_ID":        {app, "", []string{`"0oa1"`, "'0oa1'", "0oa 1", key}},
		"OKTA_API_PRIVATE_KEY":      {app, "", []string{"nonsense", "~/key.pem", "-----BEGIN PRIVATE KEY-----", `{"kty":"RSA"}`, key[:100]}},
		"OKTA_API_PRIVATE_KEY_ID":   {app, "", []string{`"kid"`, "k id", key}},
		"OKTA_API_SCOPES":           {app, "", []string{`"okta.devices.read"`, `["okta.devices.read"]`, "'okta.devices.read'"}},
	} {
		for _, slip := range test.slips {
			t.Run(variable+"="+slip[:min(len(slip), 30)], func(t *testing.T) {
				t.Parallel()
				env := variables{}
				maps.Copy(env, test.besides)
				delete(env, test.without)
				env[variable] = slip
				config, diags := resolved(t, nil, env)
				if !diags.HasError() && variable == "SEKOIA_API_KEY" {
					_, diags = access.NewClients(config).Sekoia()
				}
				if !diags.HasError() {
					_, diags = access.NewClients(config).Okta(t.Context(), types.StringNull())
				}
				if !diags.HasError() {
					t.Fatal("there is no error")
				}
				said := diags[0].Summary() + "\n" + diags[0].Detail()
				if !strings.Contains(said, variable) {
					t.Errorf("it does not name the variable: %s", said)
				}
				for _, other := range allVariables {
					if env[other] == "" && strings.Contains(strings.ReplaceAll(said, variable, ""), other) {
						t.Errorf("it names %s, which is not set: %s", other, said)
					}
				}
				if strings.Contains(said, `\"`) || strings.Contains(said, `\\`) {
					t.Errorf("it shows Go's syntax: %s", said)
				}
				if strings.Contains(said, "hunter2") {
					t.Errorf("it shows a secret: %s", said)
				}
			})
		}
	}
}

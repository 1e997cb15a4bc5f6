// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/go-jose/go-jose/v4"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/access"
)

// testKey is a private key as PEM, and as a JWK with an id.
var testKey = sync.OnceValues(func() (text, jwk string) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	content, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		panic(err)
	}
	written, err := (jose.JSONWebKey{Key: key, KeyID: "kid-1"}).MarshalJSON()
	if err != nil {
		panic(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: content})), string(written)
})

// set is one of strings.
func set(elements ...any) []tftypes.Value {
	values := make([]tftypes.Value, len(elements))
	for index, element := range elements {
		if element == unknown {
			element = tftypes.UnknownValue
		}
		values[index] = tftypes.NewValue(tftypes.String, element)
	}
	return values
}

func TestOktaAppSettings(t *testing.T) {
	t.Parallel()
	const base = "https://a.okta.com"
	key, jwk := testKey()
	env := variables{"OKTA_CLIENT_ORGURL": "https://e.okta.com", "OKTA_API_CLIENT_ID": "0oaenv", "OKTA_API_PRIVATE_KEY": key}
	with := func(more variables) variables {
		all := maps.Clone(env)
		maps.Copy(all, more)
		return all
	}
	cases := map[string]struct {
		block   any
		env     variables
		url     string
		app     string   // what the app prints as
		scopes  []string // that it asks for
		problem string
		unknown []string
	}{
		"the block, with the default scope": {
			block: block{"base_url": base, "client_id": "0oa1", "private_key": key}, url: base, app: "service app 0oa1", scopes: []string{"okta.devices.read"},
		},
		"the block, with all of it": {
			block: block{"base_url": base, "client_id": "0oa1", "private_key": key, "private_key_id": "kid", "scopes": set("b", "a")},
			url:   base, app: "service app 0oa1", scopes: []string{"a", "b"},
		},
		"a JWK in the block": {
			block: block{"base_url": base, "client_id": "0oa1", "private_key": jwk}, url: base, app: "service app 0oa1", scopes: []string{"okta.devices.read"},
		},
		"the environment": {env: env, url: "https://e.okta.com", app: "service app 0oaenv", scopes: []string{"okta.devices.read"}},
		"the environment, with scopes by commas and blanks": {
			env: with(variables{"OKTA_API_SCOPES": "b, a,,c d", "OKTA_API_PRIVATE_KEY_ID": "kid"}), url: "https://e.okta.com", app: "service app 0oaenv",
			scopes: []string{"a", "b", "c", "d"},
		},
		"the environment's key on one line": {
			env: with(variables{"OKTA_API_PRIVATE_KEY": strings.ReplaceAll(key, "\n", `\n`)}), url: "https://e.okta.com", app: "service app 0oaenv",
			scopes: []string{"okta.devices.read"},
		},
		"the environment's app does not go to the block's URL": {block: block{"base_url": base}, env: env, url: base},
		"the block's app does not go to the environment's URL": {
			block: block{"client_id": "0oa1", "private_key": key}, env: env, app: "service app 0oa1", scopes: []string{"okta.devices.read"},
		},
		"the environment's key does not complete the block's client id": {
			block: block{"base_url": base, "client_id": "0oa1"}, env: env, url: base, problem: "okta.private_key is missing",
		},
		"two credentials in the environment": {
			env: with(variables{"OKTA_API_TOKEN": "hunter2"}), url: "https://e.okta.com", problem: "two credentials for one Okta organization\nOKTA_API_TOKEN",
		},
		"a client id alone in the environment": {
			env: with(variables{"OKTA_API_PRIVATE_KEY": ""}), url: "https://e.okta.com", problem: "OKTA_API_PRIVATE_KEY is missing",
		},
		"a key alone in the environment": {
			env: with(variables{"OKTA_API_CLIENT_ID": ""}), url: "https://e.okta.com", problem: "OKTA_API_CLIENT_ID is missing",
		},
		"a key as the environment's client id": {env: with(variables{"OKTA_API_CLIENT_ID": key}), url: "https://e.okta.com", problem: "OKTA_API_CLIENT_ID is not an id"},
		"a key as the environment's key id":    {env: with(variables{"OKTA_API_PRIVATE_KEY_ID": key}), url: "https://e.okta.com", problem: "OKTA_API_PRIVATE_KEY_ID is not an id"},
		"a bad key in the environment": {
			env: with(variables{"OKTA_API_PRIVATE_KEY": "hunter2"}), url: "https://e.okta.com", problem: "OKTA_API_PRIVATE_KEY is not a usable private key",
		},
		"a key of another id in the environment": {
			env: with(variables{"OKTA_API_PRIVATE_KEY": jwk, "OKTA_API_PRIVATE_KEY_ID": "kid-2"}), url: "https://e.okta.com", problem: "another key id",
		},
		"a key as the block's client id": {block: block{"base_url": base, "client_id": key, "private_key": key}, url: base, problem: "okta.client_id is not an id"},
		"a JWK as the block's client id": {block: block{"base_url": base, "client_id": jwk, "private_key": jwk}, url: base, problem: "okta.client_id is not an id"},
		"an empty client id": {
			block: block{"base_url": base, "client_id": "", "private_key": key}, url: base, problem: "okta.client_id is empty: is the CI secret set?",
		},
		"an empty key": {
			block: block{"base_url": base, "client_id": "0oa1", "private_key": ""}, url: base, problem: "okta.private_key is empty: is the CI secret set?",
		},
		"an empty token": {
			block: block{"base_url": base, "api_token": ""}, url: base,
			problem: "okta.api_token is empty: is the CI secret set?\nCI passes an empty text for a secret that does not exist, or that this job may not read. Set the secret.",
		},
		"a token with what stands before it in a header": {
			block: block{"base_url": base, "api_token": "SSWS hunter2"}, url: base, problem: "okta.api_token is not an API token\nThe token begins with SSWS.",
		},
		"a bad key in the block": {
			block: block{"base_url": base, "client_id": "0oa1", "private_key": "hunter2"}, url: base,
			problem: "okta.private_key is not a usable private key\nThe private key can't be used: it is neither PEM",
		},
		"two scopes in one": {
			block: block{"base_url": base, "client_id": "0oa1", "private_key": key, "scopes": set("a b")}, url: base, problem: "okta.scopes holds something that is not a scope",
		},
		"a null in the scopes": {
			block: block{"base_url": base, "client_id": "0oa1", "private_key": key, "scopes": set(nil, "a")}, url: base, app: "service app 0oa1", scopes: []string{"a"},
		},
		"a key and a scope that are not known yet": {
			block: block{"base_url": base, "client_id": "0oa1", "private_key": unknown, "scopes": set("a", unknown)}, env: env, url: base,
			unknown: []string{"okta.private_key", "okta.scopes"},
		},
		"nothing of it is known yet": {
			block: block{"base_url": base, "client_id": unknown, "private_key": unknown, "private_key_id": unknown, "scopes": unknown}, url: base,
			unknown: []string{"okta.client_id", "okta.private_key", "okta.private_key_id", "okta.scopes"},
		},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			written := block{"okta": test.block}
			config, diags := resolved(t, written, test.env)

			// What holds of the block holds of each of several.
			got, several := config.Okta, access.OktaSettings{}
			if test.block != nil {
				all, more := resolved(t, block{"okta_organizations": objects{"x": test.block}}, test.env)
				several = all.OktaOrganizations["x"]
				diags.Append(more...)
			}
			if len(diags) > 0 {
				t.Fatal(diags)
			}
			app, scopes := "", []string(nil)
			if got.App != nil {
				app, scopes = fmt.Sprint(got.App), got.App.Scopes()
			}
			if got.BaseURL != test.url || app != test.app || !slices.Equal(scopes, test.scopes) || !slices.Equal(got.Unknown, test.unknown) {
				t.Errorf("came to %q, %s with %v, unknown %v", got.BaseURL, app, scopes, got.Unknown)
			}
			problem := ""
			if got.Problem != nil {
				problem = got.Problem.News + "\n" + got.Problem.Detail
			}
			if (problem == "") != (test.problem == "") || !strings.Contains(problem, test.problem) || strings.Contains(problem, "hunter2") {
				t.Errorf("the problem is %q, want %q", problem, test.problem)
			}
			if got.HasCredential() != (test.app != "") {
				t.Errorf("has a credential: %t", got.HasCredential())
			}
			if test.block != nil && (several.BaseURL != got.BaseURL || several.HasCredential() != got.HasCredential() || len(several.Unknown) != len(got.Unknown)) {
				t.Errorf("one of several came to %+v", several)
			}
		})
	}
}

func TestValidateOktaApp(t *testing.T) {
	t.Parallel()
	const base = "https://a.okta.com"
	key, jwk := testKey()
	cases := map[string]struct {
		okta block
		at   string // "" if nothing is wrong
		says string
	}{
		"a whole one": {okta: block{"base_url": base, "client_id": "0oa1", "private_key": key, "private_key_id": "k", "scopes": set("okta.devices.read")}},
		"one that is not known yet": {
			okta: block{"base_url": unknown, "client_id": unknown, "private_key": unknown, "private_key_id": unknown, "scopes": unknown},
		},
		"a key's id that is not known yet":  {okta: block{"base_url": base, "client_id": "0oa1", "private_key": jwk, "private_key_id": unknown}},
		"scopes that are not all known yet": {okta: block{"base_url": base, "client_id": "0oa1", "private_key": key, "scopes": set("a", unknown)}},
		"a token besides": {
			okta: block{"base_url": base, "api_token": "hunter2", "client_id": "0oa1", "private_key": key}, at: `"okta"`, says: "exclude each other",
		},
		"a token and scopes": {okta: block{"base_url": base, "api_token": "hunter2", "scopes": set("a")}, at: `"okta"`, says: "exclude each other"},
		"a client id alone":  {okta: block{"base_url": base, "client_id": "0oa1"}, at: `"okta"`, says: "next to okta.client_id"},
		"a key alone":        {okta: block{"base_url": base, "private_key": key}, at: `"okta"`, says: "A service app needs it"},
		"a key's id alone":   {okta: block{"base_url": base, "private_key_id": "k"}, at: `"okta"`, says: "A service app needs it"},
		"scopes alone":       {okta: block{"base_url": base, "scopes": set("a")}, at: `"okta"`, says: "A service app needs it"},
		"no URL":             {okta: block{"client_id": "0oa1", "private_key": key}, at: `"okta"`, says: "okta.base_url next to it"},
		"values that can't be used, which is an error where they are used": {okta: block{"base_url": base, "client_id": key, "private_key": "hunter2", "private_key_id": jwk}},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			raw := block{"okta": test.okta}.config(t).Raw
			value, err := tfprotov6.NewDynamicValue(raw.Type(), raw)
			if err != nil {
				t.Fatal(err)
			}

			// A complete environment completes nothing.
			env := variables{"OKTA_CLIENT_ORGURL": base, "OKTA_API_CLIENT_ID": "0oa1", "OKTA_API_PRIVATE_KEY": key}
			resp, err := server(t, env).ValidateProviderConfig(t.Context(), &tfprotov6.ValidateProviderConfigRequest{Config: &value})
			if err != nil {
				t.Fatal(err)
			}
			if want := min(len(test.at), 1); len(resp.Diagnostics) != want {
				t.Fatalf("want %d diagnostics, not %d: %v", want, len(resp.Diagnostics), resp.Diagnostics)
			}
			for _, got := range resp.Diagnostics {
				if !strings.Contains(got.Attribute.String(), test.at) || !strings.Contains(got.Detail, test.says) ||
					got.Severity != tfprotov6.DiagnosticSeverityError || strings.Contains(got.Summary+got.Detail, "hunter2") {
					t.Errorf("the diagnostic is %v on %v: %s: %s", got.Severity, got.Attribute, got.Summary, got.Detail)
				}
			}
		})
	}
}

// An app with several keys needs a key's id: who left it out is not told that it is set.
func TestASettingThatWasLeftOutIsNotSaidToBeSet(t *testing.T) {
	t.Parallel()
	const base = "https://a.okta.com"
	key, _ := testKey()
	for name, test := range map[string]struct {
		block      block
		env        variables
		id, scopes string
	}{
		"in the block": {
			block: block{"base_url": base, "client_id": "0oa1", "private_key": key},
			id:    "It is not set: okta.private_key_id.", scopes: "It is not set: okta.scopes.",
		},
		"set in the block": {
			block: block{"base_url": base, "client_id": "0oa1", "private_key": key, "private_key_id": "k", "scopes": set("a")},
			id:    "It is set in the provider block: okta.private_key_id.", scopes: "It is set in the provider block: okta.scopes.",
		},
		"in the environment": {
			env: variables{"OKTA_CLIENT_ORGURL": base, "OKTA_API_CLIENT_ID": "0oa1", "OKTA_API_PRIVATE_KEY": key, "OKTA_API_SCOPES": "a"},
			id:  "It is not set: OKTA_API_PRIVATE_KEY_ID.", scopes: "It is set in the environment: OKTA_API_SCOPES.",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			config, diags := resolved(t, block{"okta": test.block}, test.env)
			place := config.Okta.Place
			if id, scopes := place.Where("private_key_id"), place.Where("scopes"); len(diags) > 0 || id != test.id || scopes != test.scopes {
				t.Errorf("%q and %q, want %q and %q; %v", id, scopes, test.id, test.scopes, diags)
			}
		})
	}
}

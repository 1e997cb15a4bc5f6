// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/okta"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport"
)

// The attributes of a service app.
const (
	clientIDAttribute     = "client_id"
	privateKeyAttribute   = "private_key"
	privateKeyIDAttribute = "private_key_id"
	scopesAttribute       = "scopes"
)

// oktaApp is a service app's settings, all known; what is not set is empty.
type oktaApp struct {
	clientID     string
	privateKey   transport.Secret
	privateKeyID string
	scopes       []string
}

func (a oktaApp) saysAnything() bool {
	return a.clientID != "" || !a.privateKey.IsZero() || a.privateKeyID != "" || len(a.scopes) > 0
}

// complete makes the credential of settings that have base URL and token already. named says what a person calls an attribute.
func (a oktaApp) complete(found *terraform.OktaSettings, named func(attribute string) string) {
	token, client, key := named("api_token"), named(clientIDAttribute), named(privateKeyAttribute)

	switch {
	case !a.saysAnything():
	case !found.APIToken.IsZero():
		found.CredentialProblem = "There are two credentials for one Okta organisation: " + token + ", and a service app's (" + client + " and what belongs to it). " +
			"Leave one of them out."
	case a.clientID == "":
		found.CredentialProblem = "A service app's settings lack " + client + ": set it beside " + key + "."
	case !isIdentifier(a.clientID):
		found.CredentialProblem = "What is in " + client + " is no client id. Is a key or a token in the wrong place?"
	case a.privateKeyID != "" && !isIdentifier(a.privateKeyID):
		found.CredentialProblem = "What is given as the id of the key in " + key + " is no id. Is the key itself in its place?"
	case a.privateKey.IsZero():
		found.CredentialProblem = "A service app's settings lack " + key + ": set it beside " + client + "."
	default:
		parsed, err := okta.ParsePrivateKey(a.privateKey, a.privateKeyID)
		if err != nil {
			found.CredentialProblem = "The private key in " + key + " can't be used: " + err.Error() + "."

			return
		}

		found.App = okta.NewServiceApp(a.clientID, parsed, a.scopes)
	}
}

// variableOf is the environment variable of an attribute of the okta block.
func variableOf(attribute string) string {
	return map[string]string{
		"api_token": oktaTokenVariable, clientIDAttribute: oktaClientVariable, privateKeyAttribute: oktaKeyVariable,
	}[attribute]
}

// app is the service app of an object; attributes that are not known are named, and empty here.
func (m oktaModel) app() (app oktaApp, unknown []string) {
	for attribute, value := range m.appAttributes() {
		if value.IsUnknown() {
			unknown = append(unknown, attribute)
		}
	}

	slices.Sort(unknown)

	app = oktaApp{
		clientID: m.ClientID.ValueString(), privateKey: transport.NewSecret(m.PrivateKey.ValueString()), privateKeyID: m.PrivateKeyID.ValueString(),
	}

	for _, element := range m.Scopes.Elements() {
		scope, ok := element.(types.String)
		if !ok || scope.IsUnknown() {
			return app, append(unknown, scopesAttribute)
		}

		app.scopes = append(app.scopes, scope.ValueString())
	}

	return app, unknown
}

func (m oktaModel) appAttributes() map[string]attr.Value {
	return map[string]attr.Value{
		clientIDAttribute: m.ClientID, privateKeyAttribute: m.PrivateKey, privateKeyIDAttribute: m.PrivateKeyID, scopesAttribute: m.Scopes,
	}
}

// hasApp tells that an attribute of a service app is written, known or not.
func (m oktaModel) hasApp() bool {
	for _, value := range m.appAttributes() {
		if !value.IsNull() {
			return true
		}
	}

	return false
}

// validateApp refuses combinations that are no credential, at the attribute that is wrong or stands alone.
func (m oktaModel) validateApp(at path.Path, name string, diags *diag.Diagnostics) {
	switch {
	case !m.APIToken.IsNull():
		diags.AddAttributeError(at.AtName("api_token"), "Two credentials for one Okta organisation",
			"An API token and a service app (client_id, private_key, private_key_id, scopes) exclude each other. Leave one of them out.")
	case m.ClientID.IsNull():
		diags.AddAttributeError(at, "An Okta service app without its client id", "Set "+name+".client_id beside private_key.")
	case m.PrivateKey.IsNull():
		diags.AddAttributeError(at.AtName(clientIDAttribute), "An Okta service app without its private key", "Set "+name+".private_key beside client_id.")
	default:
		m.validateKey(at, diags)
		m.validateScopes(at, diags)
	}
}

// validateKey reads the key where it is known. What it refuses is not shown.
func (m oktaModel) validateKey(at path.Path, diags *diag.Diagnostics) {
	if m.PrivateKey.IsUnknown() || m.PrivateKeyID.IsUnknown() {
		return
	}

	if _, err := okta.ParsePrivateKey(transport.NewSecret(m.PrivateKey.ValueString()), m.PrivateKeyID.ValueString()); err != nil {
		diags.AddAttributeError(at.AtName(privateKeyAttribute), "Not a usable private key", terraform.Sentence("the private key can't be used: "+err.Error()))
	}
}

// validateScopes warns of scopes that don't let anything be read.
func (m oktaModel) validateScopes(at path.Path, diags *diag.Diagnostics) {
	app, unknown := m.app()
	if len(app.scopes) == 0 || slices.Contains(unknown, scopesAttribute) || slices.Contains(app.scopes, okta.ScopeDevicesRead) {
		return
	}

	diags.AddAttributeWarning(at.AtName(scopesAttribute), "Scopes that don't let devices be read",
		"Without "+okta.ScopeDevicesRead+" data sources that read devices will fail. Add it, or leave scopes out: it is their default.")
}

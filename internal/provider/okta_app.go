// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"regexp"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/advice"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/okta"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/access"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/attribute"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/credential"
)

// The attributes of a service app.
const (
	clientIDAttribute     = "client_id"
	privateKeyAttribute   = "private_key"
	tokenAttribute        = "api_token" // not an app's, but what excludes one
	privateKeyIDAttribute = "private_key_id"
	scopesAttribute       = "scopes"
)

// appAttributes are all of them.
var appAttributes = []string{clientIDAttribute, privateKeyAttribute, privateKeyIDAttribute, scopesAttribute}

// oktaApp is a service app's settings, all known; what is not set is empty.
type oktaApp struct {
	clientID     string
	privateKey   credential.Secret
	privateKeyID string
	scopes       []string
	// written are the attributes that are written, and may be empty all the same.
	written map[string]bool
}

func (a oktaApp) saysAnything() bool {
	return slices.ContainsFunc(appAttributes, func(name string) bool { return a.written[name] })
}

// complete makes the credential of settings that have base URL and token already, or says why it can't be used. named
// says what a person calls an attribute.
func (a oktaApp) complete(found *access.OktaSettings, named func(name string) string) {
	token := a.written[tokenAttribute]
	switch {
	case token && a.saysAnything():
		found.Problem = &access.CredentialProblem{
			News: "there are two credentials for one Okta organization",
			Detail: named(tokenAttribute) + ", and a service app's (" + a.first(named) + " and what belongs to it), exclude each other. " +
				"Leave one of them out.",
		}
	case token:
		found.Problem = tokenProblem(named(tokenAttribute), found.APIToken.Reveal())
	case a.saysAnything():
		a.completeApp(found, named)
	}
}

// first names an attribute of the app that is written.
func (a oktaApp) first(named func(name string) string) string {
	for _, name := range appAttributes {
		if a.written[name] {
			return named(name)
		}
	}
	return ""
}

// tokenProblem says why a token can't be used, by the name of where it is written; nil if it can.
func tokenProblem(name, token string) *access.CredentialProblem {
	err := attribute.CheckOktaToken(token)
	switch {
	case err == nil:
		return nil
	case strings.TrimSpace(token) == "":
		return emptyProblem(name)
	default:
		return &access.CredentialProblem{News: name + " is not an API token", Detail: err.Error()}
	}
}

// emptyProblem is what CI makes of a secret that does not exist, or that the job may not read.
func emptyProblem(name string) *access.CredentialProblem {
	return &access.CredentialProblem{
		News:   name + " is empty: is the CI secret set?",
		Detail: "CI passes an empty text for a secret that does not exist, or that this job may not read. Set the secret, or set " + name + " to null.",
	}
}

func (a oktaApp) completeApp(found *access.OktaSettings, named func(name string) string) {
	for _, name := range []string{clientIDAttribute, privateKeyAttribute} {
		empty := name == clientIDAttribute && a.clientID == "" || name == privateKeyAttribute && strings.TrimSpace(a.privateKey.Reveal()) == ""
		switch {
		case empty && a.written[name]:
			found.Problem = emptyProblem(named(name))
			return
		case empty:
			found.Problem = &access.CredentialProblem{
				News: named(name) + " is missing", Detail: "A service app needs it: set it next to " + a.first(named) + ".",
			}
			return
		}
	}
	if news, detail := a.problem(named); news != "" {
		found.Problem = &access.CredentialProblem{News: news, Detail: detail}
		return
	}
	parsed, err := okta.ParsePrivateKey(a.privateKey, a.privateKeyID)
	if err != nil {
		found.Problem = &access.CredentialProblem{
			News: named(privateKeyAttribute) + " is not a usable private key", Detail: advice.Sentence("the private key can't be used: " + err.Error()),
		}
		return
	}
	found.App = okta.NewServiceApp(a.clientID, parsed, a.scopes)
}

// scopeForm is what a scope is made of: what RFC 6749 (appendix A.4) allows, without the quotation marks and brackets
// that JSON leaves around one.
var scopeForm = regexp.MustCompile(`^[A-Za-z0-9._:/*+-]+$`)

// problem says what is wrong with a setting next to the key; "" if nothing is.
func (a oktaApp) problem(named func(name string) string) (news, detail string) {
	const detailOfID = "Copy it as Okta shows it, without quotation marks. A private key belongs into private_key, and an API token into api_token."
	switch {
	case !isIdentifier(a.clientID):
		return named(clientIDAttribute) + " is not a client id", detailOfID
	case a.privateKeyID != "" && !isIdentifier(a.privateKeyID):
		return named(privateKeyIDAttribute) + " is not the id of a key", detailOfID
	case a.written[privateKeyIDAttribute] && a.privateKeyID == "":
		return named(privateKeyIDAttribute) + " is empty", "Set it to null, or leave it out: a key that is the app's only one needs no id."
	case slices.ContainsFunc(a.scopes, func(scope string) bool { return !scopeForm.MatchString(scope) }):
		return named(scopesAttribute) + " holds something that is not a scope",
			"A scope is one word without quotation marks, such as okta.devices.read. In the environment, commas separate them."
	}
	return "", ""
}

// app is the service app of an object; attributes that are not known are named, and empty here.
func (m oktaModel) app() (app oktaApp, unknown []string) {
	for name, value := range m.appAttributes() {
		if value.IsUnknown() {
			unknown = append(unknown, name)
		}
	}
	slices.Sort(unknown)
	app = oktaApp{
		clientID: m.ClientID.ValueString(), privateKey: credential.NewSecret(m.PrivateKey.ValueString()), privateKeyID: m.PrivateKeyID.ValueString(),
		written: map[string]bool{},
	}
	for name, value := range m.appAttributes() {
		app.written[name] = !value.IsNull()
	}
	app.written[tokenAttribute] = !m.APIToken.IsNull()
	for _, element := range m.Scopes.Elements() {
		scope, ok := element.(types.String)
		switch {
		case !ok || scope.IsUnknown():
			return app, append(unknown, scopesAttribute)
		case !scope.IsNull(): // a null in a set is left out
			app.scopes = append(app.scopes, scope.ValueString())
		}
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
		diags.AddAttributeError(at.AtName("api_token"), "Two credentials for one Okta organization",
			"An API token and a service app (client_id, private_key, private_key_id, scopes) exclude each other. Leave one of them out.")
	case m.ClientID.IsNull():
		diags.AddAttributeError(at, "An Okta service app without its client id", "Set "+name+".client_id next to private_key.")
	case m.PrivateKey.IsNull():
		diags.AddAttributeError(at.AtName(clientIDAttribute), "An Okta service app without its private key", "Set "+name+".private_key next to client_id.")
	default:
		m.validateScopes(at, diags)
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

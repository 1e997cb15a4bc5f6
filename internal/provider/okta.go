// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/access"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/diagnostic"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/credential"
)

// resolveOkta takes all of the organization's settings from one source: the block where it says anything, else the
// environment. So the environment's token goes to the environment's own URL, and never to one that a configuration
// names.
func (s *settings) resolveOkta(env environment) access.OktaSettings {
	if s.block.Okta.IsUnknown() {
		return access.OktaSettings{Source: diagnostic.SourceConfiguration, Unknown: []string{"okta"}}
	}
	if s.okta.saysAnything() {
		return s.okta.settingsOf(types.StringNull())
	}
	model, used := env.okta()
	found := model.settings(func(attribute string) string {
		if variable := used[attribute]; variable != "" {
			return variable
		}
		return oktaVariables[attribute][0]
	})
	found.Variables = used
	if model.saysAnything() {
		found.Source = diagnostic.SourceEnvironment
	}
	return found
}

// saysAnything is false for an object whose attributes are all null: variables that were left at their default.
func (m oktaModel) saysAnything() bool {
	return !m.BaseURL.IsNull() || !m.APIToken.IsNull() || m.hasApp()
}

// oktaOrganizations are the settings of each organization of okta_organizations. None of them is completed by the
// environment.
func (s *settings) oktaOrganizations() map[string]access.OktaSettings {
	found := make(map[string]access.OktaSettings, len(s.organizations))
	for name, object := range s.organizations {
		key := types.StringValue(name)
		if object.IsUnknown() {
			found[name] = access.OktaSettings{
				Source: diagnostic.SourceConfiguration, Unknown: []string{diagnostic.OktaAttribute(key, "")},
			}
			continue
		}
		found[name] = oktaModelOf(object).settingsOf(key)
	}
	return found
}

// oktaModelOf reads an object that is known; one that is null has no settings.
func oktaModelOf(object types.Object) oktaModel {
	var model oktaModel
	attributes := object.Attributes()
	model.BaseURL, _ = attributes["base_url"].(types.String)
	model.APIToken, _ = attributes["api_token"].(types.String)
	model.ClientID, _ = attributes[clientIDAttribute].(types.String)
	model.PrivateKey, _ = attributes[privateKeyAttribute].(types.String)
	model.PrivateKeyID, _ = attributes[privateKeyIDAttribute].(types.String)
	model.Scopes, _ = attributes[scopesAttribute].(types.Set)
	return model
}

// settingsOf returns the settings of an object of the block, which has this key in okta_organizations; null for the
// okta object.
func (m oktaModel) settingsOf(key types.String) access.OktaSettings {
	found := m.settings(func(attribute string) string { return diagnostic.OktaAttribute(key, attribute) })
	found.Source = diagnostic.SourceConfiguration
	return found
}

// settings returns the settings without their source. named returns what a person calls an attribute.
func (m oktaModel) settings(named func(attribute string) string) access.OktaSettings {
	found := access.OktaSettings{BaseURL: m.BaseURL.ValueString(), APIToken: credential.NewSecret(m.APIToken.ValueString())}
	app, unknown := m.app()
	if m.APIToken.IsUnknown() {
		unknown = append([]string{tokenAttribute}, unknown...)
	}
	if len(unknown) == 0 { // what is not known yet may be what is missing
		app.complete(&found, named)
	}
	if m.BaseURL.IsUnknown() {
		unknown = append([]string{"base_url"}, unknown...)
	}
	for _, attribute := range unknown {
		found.Unknown = append(found.Unknown, named(attribute))
	}
	return found
}

// validateOkta says of incomplete objects that the environment does not complete them.
func (s *settings) validateOkta() diag.Diagnostics {
	var diags diag.Diagnostics
	if s.okta.hasApp() {
		s.okta.validateApp(path.Root("okta"), "okta", &diags)
	}
	s.okta.validateURL(path.Root("okta"), "okta", ", or leave both out and set OKTA_CLIENT_ORGURL and OKTA_API_TOKEN", &diags)
	for _, name := range slices.Sorted(maps.Keys(s.organizations)) {
		object := s.organizations[name]
		if object.IsUnknown() {
			continue
		}
		at, model := path.Root("okta_organizations").AtMapKey(name), oktaModelOf(object)
		if !model.saysAnything() {
			diags.AddAttributeError(at, "An Okta organization without settings", "Set base_url and api_token, or leave the key out.")
			continue
		}

		// A credential of one organization is looked at where it is used: it stops nobody else.
		model.validateURL(at, diagnostic.OktaAttribute(types.StringValue(name), ""), "", &diags)
	}
	return diags
}

// validateURL says that an object at this path, whose name is what a person calls it, has only half of a pair: a base
// URL and a credential.
func (m oktaModel) validateURL(at path.Path, name, otherwise string, diags *diag.Diagnostics) {
	const oneSource = "All settings of one Okta organization come from one place, so none of Okta's environment variables completes it. "
	hasURL, hasToken, hasApp := !m.BaseURL.IsNull(), !m.APIToken.IsNull(), m.hasApp()
	switch {
	case hasApp && !hasURL:
		diags.AddAttributeError(at, "An Okta service app without a base URL", oneSource+"Set "+name+".base_url next to client_id.")
	case hasApp:
	case hasToken && !hasURL:
		diags.AddAttributeError(at.AtName("api_token"), "An Okta API token without a base URL",
			oneSource+"Set "+name+".base_url next to the token.")
	case hasURL && !hasToken:
		diags.AddAttributeWarning(at.AtName("base_url"), "An Okta base URL without a credential",
			oneSource+"Data sources that read devices will fail; set "+name+".api_token, or client_id and private_key, next to the URL"+otherwise+".")
	}
}

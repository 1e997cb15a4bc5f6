// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package diagnostic

import (
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/okta"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/sekoia"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/credential"
)

// Source says where the settings of an Okta organization come from. All of one organization's come from one source.
type Source int

// The sources.
const (
	// SourceNone is for settings that are set nowhere.
	SourceNone Source = iota
	// SourceConfiguration is the okta block of the provider, or an object of its okta_organizations.
	SourceConfiguration
	// SourceEnvironment are Okta's environment variables.
	SourceEnvironment
)

// OktaPlace is an organization as diagnostics name it, and where its settings are written.
type OktaPlace struct {
	// Subject is its key, else its host; "" if neither is known. Each summary begins with it.
	Subject string

	Key       types.String
	Source    Source
	Variables map[string]string
}

// Summary is About the organization.
func (p OktaPlace) Summary(news string) string { return About(p.Subject, news) }

// Name is what a person calls a setting: the environment variable that was used, or the attribute of the provider
// block.
func (p OktaPlace) Name(attribute string) string {
	if variable := p.Variables[attribute]; variable != "" {
		return variable
	}
	return OktaAttribute(p.Key, attribute)
}

// Where says where a setting is written.
func (p OktaPlace) Where(attribute string) string {
	switch variable := p.Variables[attribute]; {
	case variable != "":
		return "It is set in the environment: " + variable + "."
	case p.Source == SourceEnvironment:
		return "It is not set, and would be in the environment: " + oktaVariables[attribute] + "."
	default:
		return "It is set in the provider block: " + OktaAttribute(p.Key, attribute) + "."
	}
}

// oktaVariables stand in for the attributes of the okta block.
var oktaVariables = map[string]string{
	okta.InputBaseURL: "OKTA_CLIENT_ORGURL", okta.InputToken: "OKTA_API_TOKEN", okta.InputClientID: "OKTA_API_CLIENT_ID",
	okta.InputPrivateKey: "OKTA_API_PRIVATE_KEY", okta.InputPrivateKeyID: "OKTA_API_PRIVATE_KEY_ID", okta.InputScopes: "OKTA_API_SCOPES",
}

// OrganizationsAttribute is the provider's map of organizations.
const OrganizationsAttribute = "okta_organizations"

// OktaAttribute names an attribute of the organization with this key as a person finds it in the provider block:
// okta.base_url, okta_organizations["acme"].base_url. An empty attribute names the whole object.
func OktaAttribute(key types.String, attribute string) string {
	at := "okta"
	if !key.IsNull() {
		at = fmt.Sprintf("%s[%s]", OrganizationsAttribute, credential.Sanitize(key.String()))
	}
	if attribute == "" {
		return at
	}
	return at + "." + attribute
}

// SekoiaPlace says where Sekoia's settings are written, in a sentence for each of sekoia.InputAPIKey and InputRegion.
type SekoiaPlace map[string]string

// Where says where the settings are that can fix an error; "" for settings of something else.
func (p SekoiaPlace) Where(input string) string {
	if input != sekoia.InputAPIKey {
		return p[input]
	}
	return strings.TrimSpace(p[input] + " " + p[sekoia.InputRegion]) // each region has its own keys
}

// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"net"
	"net/http"
	"strings"
	"unicode"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/attribute"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/credential"
)

// The environment variables that stand in for attributes of the block. Okta's are those of Okta's own provider and SDK.
const (
	regionVariable       = "SEKOIA_REGION"
	baseURLVariable      = "SEKOIA_BASE_URL"
	apiKeyVariable       = "SEKOIA_API_KEY"
	communityVariable    = "SEKOIA_COMMUNITY_ID"
	oktaURLVariable      = "OKTA_CLIENT_ORGURL"
	oktaNameVariable     = "OKTA_ORG_NAME"
	oktaDomainVariable   = "OKTA_BASE_URL"
	oktaTokenVariable    = "OKTA_API_TOKEN"
	oktaSDKTokenVariable = "OKTA_CLIENT_TOKEN"
	oktaClientVariable   = "OKTA_API_CLIENT_ID"
	oktaKeyVariable      = "OKTA_API_PRIVATE_KEY"
	oktaKeyIDVariable    = "OKTA_API_PRIVATE_KEY_ID"
	oktaScopesVariable   = "OKTA_API_SCOPES"
)

// defaultOktaDomain is the domain that Okta's provider takes where OKTA_BASE_URL is not set.
const defaultOktaDomain = "okta.com"

// environment reads variables. One that is empty, or white space, counts as not set.
type environment struct {
	lookup func(string) (string, bool)
	// network replaces the network in tests; nil is the real one.
	network http.RoundTripper
	// dial replaces the making of connections in tests, and process is where the proxy variables are then; nil: the
	// real ones.
	dial    func(ctx context.Context, network, address string) (net.Conn, error)
	process func(string) (string, bool)
}

func (e environment) get(name string) string {
	if e.lookup == nil {
		return ""
	}
	value, found := e.lookup(name)
	if !found {
		return ""
	}
	return strings.TrimSpace(value)
}

// oktaBaseURL is the organization's URL as Okta's variables give it, "" if they don't: OKTA_CLIENT_ORGURL, else
// OKTA_ORG_NAME before the bare domain in OKTA_BASE_URL. A whole URL in OKTA_BASE_URL is taken as it is. variable is
// what an error of the URL names.
func (e environment) oktaBaseURL() (base, variable string) {
	if whole := e.get(oktaURLVariable); whole != "" {
		return whole, oktaURLVariable
	}
	name, domain := e.get(oktaNameVariable), e.get(oktaDomainVariable)
	switch {
	case strings.Contains(domain, "://"):
		return domain, oktaDomainVariable
	case name == "":
		return "", ""
	case domain == "":
		return "https://" + name + "." + defaultOktaDomain, oktaNameVariable
	case attribute.CheckOktaBaseURL("https://"+name+"."+defaultOktaDomain) != nil:
		variable = oktaNameVariable
	case attribute.CheckOktaBaseURL("https://"+name+"."+domain) != nil:
		variable = oktaDomainVariable
	default:
		variable = oktaNameVariable + " and " + oktaDomainVariable
	}
	return "https://" + name + "." + domain, variable
}

// oktaToken is the token, and the variable that it is from.
func (e environment) oktaToken() (token, variable string) {
	if token := e.get(oktaTokenVariable); token != "" {
		return token, oktaTokenVariable
	}
	if token := e.get(oktaSDKTokenVariable); token != "" {
		return token, oktaSDKTokenVariable
	}
	return "", ""
}

// oktaVariables are those that are set, by the attribute of the okta block that each stands in for.
func (e environment) oktaVariables() map[string]string {
	_, base := e.oktaBaseURL()
	_, token := e.oktaToken()
	used := map[string]string{"base_url": base, "api_token": token}
	for attribute, variable := range map[string]string{
		clientIDAttribute: oktaClientVariable, privateKeyAttribute: oktaKeyVariable, privateKeyIDAttribute: oktaKeyIDVariable, scopesAttribute: oktaScopesVariable,
	} {
		if e.get(variable) != "" {
			used[attribute] = variable
		}
	}
	return used
}

// oktaApp is the service app as Okta's variables give it. Scopes are separated by commas, as Okta's own provider reads
// them, or by white space.
func (e environment) oktaApp() oktaApp {
	separator := func(r rune) bool { return r == ',' || unicode.IsSpace(r) }
	app := oktaApp{
		clientID: e.get(oktaClientVariable), privateKey: credential.NewSecret(e.get(oktaKeyVariable)), privateKeyID: e.get(oktaKeyIDVariable),
		scopes: strings.FieldsFunc(e.get(oktaScopesVariable), separator), written: map[string]bool{},
	}
	for attribute, variable := range e.oktaVariables() {
		app.written[attribute] = variable != ""
	}
	return app
}

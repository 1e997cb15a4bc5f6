// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"net"
	"net/http"
	"strings"
	"unicode"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/attribute"
)

// The environment variables that stand in for attributes of the block. Okta's are those of Okta's own provider and SDK.
const (
	regionVariable     = "SEKOIA_REGION"
	baseURLVariable    = "SEKOIA_BASE_URL"
	apiKeyVariable     = "SEKOIA_API_KEY"
	communityVariable  = "SEKOIA_COMMUNITY_ID"
	oktaURLVariable    = "OKTA_CLIENT_ORGURL"
	oktaNameVariable   = "OKTA_ORG_NAME"
	oktaDomainVariable = "OKTA_BASE_URL"
)

// oktaVariables are the variables for the attributes of the okta block, the first that is set. base_url is made of
// several: see oktaBaseURL.
var oktaVariables = map[string][]string{
	tokenAttribute:        {"OKTA_API_TOKEN", "OKTA_CLIENT_TOKEN"},
	clientIDAttribute:     {"OKTA_API_CLIENT_ID"},
	privateKeyAttribute:   {"OKTA_API_PRIVATE_KEY"},
	privateKeyIDAttribute: {"OKTA_API_PRIVATE_KEY_ID"},
	scopesAttribute:       {"OKTA_API_SCOPES"},
}

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

// oktaBaseURL returns the organization's URL as Okta's variables give it, "" if they don't: OKTA_CLIENT_ORGURL, else
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

// okta returns the okta block as Okta's variables give it, and the variables that are set, by the attribute that each
// stands in for. Scopes are separated by commas, as Okta's own provider reads them, or by white space.
func (e environment) okta() (oktaModel, map[string]string) {
	used := map[string]string{}
	text := func(name string) types.String {
		for _, variable := range oktaVariables[name] {
			if value := e.get(variable); value != "" {
				used[name] = variable
				return types.StringValue(value)
			}
		}
		return types.StringNull()
	}
	model := oktaModel{
		APIToken: text(tokenAttribute), ClientID: text(clientIDAttribute), PrivateKey: text(privateKeyAttribute), PrivateKeyID: text(privateKeyIDAttribute),
		Scopes: types.SetNull(types.StringType),
	}
	if base, variable := e.oktaBaseURL(); base != "" {
		model.BaseURL, used["base_url"] = types.StringValue(base), variable
	}
	if scopes := text(scopesAttribute); !scopes.IsNull() {
		var words []attr.Value
		for word := range strings.FieldsFuncSeq(scopes.ValueString(), func(r rune) bool { return r == ',' || unicode.IsSpace(r) }) {
			words = append(words, types.StringValue(word))
		}
		model.Scopes = types.SetValueMust(types.StringType, words)
	}
	return model, used
}

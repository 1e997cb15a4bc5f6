// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"cmp"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/advice"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/okta"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/access"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/attribute"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/diagnostic"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/credential"
)

// An oktaAttribute is a setting of an Okta organization: of the okta block, and of each object of okta_organizations.
type oktaAttribute struct {
	name string
	// variables are the environment variables of Okta's own provider and SDK; the first that is set counts. See
	// oktaBaseURL for base_url.
	variables   []string
	isSecret    bool
	isOfApp     bool // of a service app
	description string
}

var oktaAttributes = []oktaAttribute{
	{name: okta.InputBaseURL, variables: []string{"OKTA_CLIENT_ORGURL"}, description: "The organization's base URL, such as " +
		"`https://acme.okta.com`, without a path. Not the admin console's. A custom domain works if Okta's own host confirms it. " +
		"Any other host must be listed in the environment variable `SEKOIA_TRUSTED_OKTA_HOSTS` (`host[:port]`, separated by commas). Environment: `OKTA_CLIENT_ORGURL`, else `OKTA_ORG_NAME` with " +
		"`OKTA_BASE_URL`."},
	{name: okta.InputToken, variables: []string{"OKTA_API_TOKEN", "OKTA_CLIENT_TOKEN"}, isSecret: true, description: "An API token of that " +
		"organization. It is a secret, so set it in the environment or from an ephemeral variable. Its owner needs an admin role that may read " +
		"devices, such as Read-only Administrator. Set either this or `client_id`. Environment: `OKTA_API_TOKEN`, else `OKTA_CLIENT_TOKEN`."},
	{name: okta.InputClientID, variables: []string{"OKTA_API_CLIENT_ID"}, isOfApp: true, description: "The client id of an API service app " +
		"(OAuth 2.0), instead of an `api_token`. The app authenticates with `private_key`. It needs the scope `okta.devices.read` and an admin " +
		"role that may read devices. Apps that require DPoP work. Environment: `OKTA_API_CLIENT_ID`."},
	{name: okta.InputPrivateKey, variables: []string{"OKTA_API_PRIVATE_KEY"}, isOfApp: true, isSecret: true, description: "The app's private key. " +
		"It is a secret, so set it in the environment or from an ephemeral variable. PEM (PKCS#1, PKCS#8 or SEC 1) or a JWK: RSA with 2048 bits " +
		"or more, or an elliptic curve (P-256, P-384, P-521). Lost or escaped line breaks (`\\n`), quotes, and base64 around it are accepted. " +
		"Environment: `OKTA_API_PRIVATE_KEY`."},
	{name: okta.InputPrivateKeyID, variables: []string{"OKTA_API_PRIVATE_KEY_ID"}, isOfApp: true, description: "The key's id at Okta (`kid`), for " +
		"an app with several keys. A JWK usually contains it. Environment: `OKTA_API_PRIVATE_KEY_ID`."},
	{name: okta.InputScopes, variables: []string{"OKTA_API_SCOPES"}, isOfApp: true, description: "The scopes to ask for. Default: " +
		"`okta.devices.read`, which is enough. If one of them was not granted to the app, Okta gives no token. Environment: `OKTA_API_SCOPES`, " +
		"separated by commas."},
}

// oktaSchema has the attributes of one organization. The page describes each once: several refers to those of okta.
func oktaSchema(several bool) map[string]schema.Attribute {
	attributes := map[string]schema.Attribute{}
	for _, each := range oktaAttributes {
		text := schema.StringAttribute{Optional: true, Sensitive: each.isSecret, MarkdownDescription: each.description}
		if several {
			text.MarkdownDescription = "As `okta." + each.name + "`, without its environment variable."
		}
		switch each.name {
		case okta.InputScopes:
			attributes[each.name] = schema.SetAttribute{Optional: true, ElementType: types.StringType, MarkdownDescription: text.MarkdownDescription}
			continue
		case okta.InputBaseURL:
			text.Validators = []validator.String{attribute.OktaBaseURLValidator()}
		}
		attributes[each.name] = text
	}
	return attributes
}

// oktaObject has the settings of one organization, all from one source: the okta block, okta_organizations, or the
// environment. The environment never completes an object, so that its token goes to its own URL only, and never to one
// that a configuration names.
type oktaObject struct {
	objectValues

	place diagnostic.OktaPlace
}

// isEmpty reports whether all attributes are null, such as variables that were left at their default.
func (o oktaObject) isEmpty() bool {
	return !slices.ContainsFunc(oktaAttributes, func(each oktaAttribute) bool { return o.isSet(each.name) })
}

// ofApp is the first attribute of a service app that is set, known or not; "" if there is no app.
func (o oktaObject) ofApp() string {
	for _, each := range oktaAttributes {
		if each.isOfApp && o.isSet(each.name) {
			return each.name
		}
	}
	return ""
}

// okta are the settings of the block if it has any, else the environment's.
func (s *settings) okta() access.OktaSettings {
	block := oktaObject{s.block.object("okta"), diagnostic.OktaPlace{Source: diagnostic.SourceConfiguration}}
	switch {
	case s.block.isUnknown("okta"):
		return access.OktaSettings{Place: block.place, Unknown: []string{"okta"}}
	case block.isEmpty():
		return s.env.okta().settings()
	}
	return block.settings()
}

// oktaOrganizations are the settings of each organization of okta_organizations.
func (s *settings) oktaOrganizations() map[string]access.OktaSettings {
	found := map[string]access.OktaSettings{}
	for key, element := range organizationsOf(s.block) {
		place := diagnostic.OktaPlace{Key: types.StringValue(key), Source: diagnostic.SourceConfiguration}
		if element.IsUnknown() {
			found[key] = access.OktaSettings{Place: place, Unknown: []string{diagnostic.OktaAttribute(place.Key, "")}}
			continue
		}
		found[key] = oktaObject{element.Attributes(), place}.settings()
	}
	return found
}

// organizationsOf are the objects of okta_organizations, of which one may not be known yet.
func organizationsOf(block objectValues) map[string]types.Object {
	organizations, _ := block[diagnostic.OrganizationsAttribute].(types.Map)
	objects := map[string]types.Object{}
	for key, element := range organizations.Elements() {
		objects[key], _ = element.(types.Object)
	}
	return objects
}

func (o oktaObject) settings() access.OktaSettings {
	found := access.OktaSettings{
		Place: o.place, BaseURL: o.text(okta.InputBaseURL).ValueString(), APIToken: credential.NewSecret(o.text(okta.InputToken).ValueString()),
	}
	known := true
	for _, each := range oktaAttributes {
		if each.isOfApp && !o.isSet(each.name) {
			found.Place.Unset = append(found.Place.Unset, each.name)
		}
		if o.isUnknown(each.name) || slices.ContainsFunc(o.scopes(each.name), attr.Value.IsUnknown) {
			found.Unknown = append(found.Unknown, o.place.Name(each.name))
			known = known && each.name == okta.InputBaseURL
		}
	}
	if known { // what is not known yet may be what is missing
		found.App, found.Problem = o.credential()
	}
	return found
}

// scopes are the elements of an attribute that is a set.
func (o oktaObject) scopes(name string) []attr.Value {
	set, _ := o.objectValues[name].(types.Set)
	return set.Elements()
}

func credentialProblem(news, detail string) *access.Problem {
	return &access.Problem{News: news, Detail: detail, Credential: true}
}

// incomplete says that the settings have two credentials or only a part of a service app, whatever their values; nil if
// they don't.
func (o oktaObject) incomplete() *access.Problem {
	app := o.ofApp()
	if app != "" && o.isSet(okta.InputToken) {
		return credentialProblem("there are two credentials for one Okta organization", o.place.Name(okta.InputToken)+
			", and a service app's ("+o.place.Name(app)+" and what belongs to it), exclude each other. Leave one of them out.")
	}
	for _, name := range []string{okta.InputClientID, okta.InputPrivateKey} {
		if app != "" && !o.isSet(name) {
			return credentialProblem(o.place.Name(name)+" is missing", "A service app needs it: set it next to "+o.place.Name(app)+".")
		}
	}
	return nil
}

// scopeForm is the form of a scope: what RFC 6749 (appendix A.4) allows, without the quotation marks and brackets that
// JSON leaves around one.
var scopeForm = regexp.MustCompile(`^[A-Za-z0-9._:/*+-]+$`)

// credential makes the service app of settings that are known; nil if they have a token or nothing. Or it says why the
// credential can't be used.
func (o oktaObject) credential() (*okta.ServiceApp, *access.Problem) {
	if problem := o.incomplete(); problem != nil {
		return nil, problem
	}
	for _, name := range []string{okta.InputToken, okta.InputClientID, okta.InputPrivateKey} {
		if o.isSet(name) && strings.TrimSpace(o.text(name).ValueString()) == "" {
			return nil, credentialProblem(o.place.Name(name)+" is empty: is the CI secret set?", "CI passes an empty text for a secret that does not "+
				"exist, or that this job may not read. Set the secret.")
		}
	}
	if o.ofApp() == "" {
		problem := attribute.Problem(attribute.OktaTokenValidator(), "", o.text(okta.InputToken).ValueString())
		if problem != "" && o.isSet(okta.InputToken) {
			return nil, credentialProblem(o.place.Name(okta.InputToken)+" is not an API token", problem)
		}
		return nil, nil
	}
	for _, name := range []string{okta.InputClientID, okta.InputPrivateKeyID} {
		if o.isSet(name) && !isIdentifier(o.text(name).ValueString()) {
			return nil, credentialProblem(o.place.Name(name)+" is not an id", "Copy it as Okta shows it, without quotation marks. A private key belongs in "+
				"private_key, and an API token in api_token. A key that is the app's only one needs no id.")
		}
	}
	var scopes []string
	for _, element := range o.scopes(okta.InputScopes) {
		scope, _ := element.(types.String)
		switch {
		case scope.IsNull(): // a null in a set is left out
		case scopeForm.MatchString(scope.ValueString()):
			scopes = append(scopes, scope.ValueString())
		default:
			return nil, credentialProblem(o.place.Name(okta.InputScopes)+" holds something that is not a scope",
				"A scope is one word without quotation marks, such as okta.devices.read. In the environment, commas separate them.")
		}
	}
	secret := credential.NewSecret(o.text(okta.InputPrivateKey).ValueString())
	key, err := okta.ParsePrivateKey(secret, o.text(okta.InputPrivateKeyID).ValueString())
	if err != nil {
		return nil, credentialProblem(o.place.Name(okta.InputPrivateKey)+" is not a usable private key", advice.Sentence("the private key can't be used: "+err.Error()))
	}
	return okta.NewServiceApp(o.text(okta.InputClientID).ValueString(), key, scopes), nil
}

// isIdentifier reports whether a text can be one of Okta's ids. An id is not a secret, and is shown and sent. So a
// private key in its place (PEM or JWK), or anything of several words, is refused.
func isIdentifier(text string) bool {
	const longest = 128 // far above any id, and below any private key except for the bare number of an elliptic curve's
	notInID := func(r rune) bool { return r <= ' ' || r > '~' || strings.ContainsRune("{}[]\"'`", r) }
	return text != "" && len(text) <= longest && !strings.ContainsFunc(text, notInID) && !strings.HasPrefix(text, "-----")
}

// okta are the settings that Okta's variables give. Scopes are separated by commas, as in Okta's own provider, or by
// white space.
func (e Environment) okta() oktaObject {
	found := oktaObject{objectValues{}, diagnostic.OktaPlace{Variables: map[string]string{}}}
	set := func(name, variable string, value attr.Value) {
		found.objectValues[name], found.place.Variables[name] = value, variable
		found.place.Source = diagnostic.SourceEnvironment
	}
	if base, variable := e.oktaBaseURL(); base != "" {
		set(okta.InputBaseURL, variable, types.StringValue(base))
	}
	for _, each := range oktaAttributes {
		index := slices.IndexFunc(each.variables, func(variable string) bool { return e.get(variable) != "" })
		if index < 0 {
			found.place.Variables[each.name] = cmp.Or(found.place.Variables[each.name], each.variables[0])
			continue
		}
		text := e.get(each.variables[index])
		if each.name != okta.InputScopes {
			set(each.name, each.variables[index], types.StringValue(text))
			continue
		}
		var words []attr.Value
		for word := range strings.FieldsFuncSeq(text, func(r rune) bool { return r == ',' || unicode.IsSpace(r) }) {
			words = append(words, types.StringValue(word))
		}
		set(each.name, each.variables[index], types.SetValueMust(types.StringType, words))
	}
	return found
}

// oktaBaseURL returns the organization's URL as Okta's variables give it, "" if they don't: OKTA_CLIENT_ORGURL, else
// OKTA_ORG_NAME before the bare domain in OKTA_BASE_URL, whose default in Okta's provider is okta.com. A whole URL in
// one of these two is taken as it is. variable is what an error about the URL names.
func (e Environment) oktaBaseURL() (base, variable string) {
	const whole, nameVariable, domainVariable = "OKTA_CLIENT_ORGURL", "OKTA_ORG_NAME", "OKTA_BASE_URL"
	name, domain := e.get(nameVariable), e.get(domainVariable)
	switch {
	case e.get(whole) != "":
		return e.get(whole), whole
	case strings.Contains(domain, "://"):
		return domain, domainVariable
	case strings.Contains(name, "://"):
		return name, nameVariable
	case name == "":
		return "", ""
	case domain == "":
		return "https://" + name + ".okta.com", nameVariable
	}
	return "https://" + name + "." + domain, nameVariable + " and " + domainVariable
}

// validateOkta reports what is wrong with okta and okta_organizations before anything but the block is known. It says
// that the environment does not complete them.
func validateOkta(block objectValues) diag.Diagnostics {
	var diags diag.Diagnostics
	one := oktaObject{block.object("okta"), diagnostic.OktaPlace{Source: diagnostic.SourceConfiguration}}
	one.place.Subject = access.OktaSubject(types.StringNull(), one.text(okta.InputBaseURL).ValueString())
	if problem := one.incomplete(); problem != nil {
		diags.AddAttributeError(path.Root("okta"), one.place.Summary(problem.News), problem.Detail)
	}
	one.validateURL(path.Root("okta"), ", or leave both out and set OKTA_CLIENT_ORGURL and OKTA_API_TOKEN", &diags)
	organizations := organizationsOf(block)
	for _, key := range slices.Sorted(maps.Keys(organizations)) {
		at := path.Root(diagnostic.OrganizationsAttribute).AtMapKey(key)
		each := oktaObject{organizations[key].Attributes(), diagnostic.OktaPlace{Key: types.StringValue(key), Subject: credential.Sanitize(key)}}
		switch {
		case key == "":
			diags.AddAttributeError(at, "An Okta organization without a key", "A key of okta_organizations must not be empty.")
		case organizations[key].IsUnknown():
		case each.isEmpty():
			diags.AddAttributeError(at, each.place.Summary("an Okta organization without settings"), "Set base_url and api_token, or leave the key out.")
		default:
			// Its credential is checked when it is used, so that one organization does not stop the others.
			each.validateURL(at, "", &diags)
		}
	}
	return diags
}

// validateURL reports that an object has only half of a pair: a base URL and a credential. otherwise is another way to
// set both.
func (o oktaObject) validateURL(at path.Path, otherwise string, diags *diag.Diagnostics) {
	const oneSource = "All settings of one Okta organization come from one place, so none of Okta's environment variables completes it. "
	hasURL, hasCredential, name := o.isSet(okta.InputBaseURL), o.isSet(okta.InputToken) || o.ofApp() != "", o.place.Name
	switch {
	case hasCredential && !hasURL:
		diags.AddAttributeError(at, o.place.Summary("an Okta credential without a base URL"), oneSource+"Set "+name(okta.InputBaseURL)+" next to it.")
	case hasURL && !hasCredential:
		diags.AddAttributeWarning(at.AtName(okta.InputBaseURL), o.place.Summary("an Okta base URL without a credential"), oneSource+
			"Data sources that read devices will fail. Set "+name(okta.InputToken)+", or client_id and private_key, next to the URL"+otherwise+".")
	}
}

// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"errors"
	"net/url"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/advice"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/sekoia"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/access"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/attribute"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/diagnostic"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/credential"
)

// The attributes of the block that are texts, apart from those with a name in package sekoia.
const (
	baseURLAttribute = "base_url"
	modeAttribute    = "connection_test_mode"
)

// blockVariables are the environment variables that stand in for them. Okta's are in the table oktaAttributes.
var blockVariables = map[string]string{
	sekoia.InputRegion:    "SEKOIA_REGION",
	baseURLAttribute:      "SEKOIA_BASE_URL",
	sekoia.InputAPIKey:    "SEKOIA_API_KEY",
	sekoia.InputCommunity: "SEKOIA_COMMUNITY_ID",
	modeAttribute:         diagnostic.ModeVariable,
}

// settings are the provider block and the environment. A missing setting is an error only when it is needed.
type settings struct {
	block objectValues
	env   Environment
	// diags are errors and warnings about what is there.
	diags diag.Diagnostics
}

// objectValues are the attributes of an object; one that is missing is null. A Go struct can't hold an object that is
// not known yet.
type objectValues map[string]attr.Value

func (v objectValues) text(name string) types.String {
	text, _ := v[name].(types.String)
	return text
}

// object is an object within the object; one that is null or not known yet has no attributes.
func (v objectValues) object(name string) objectValues {
	object, _ := v[name].(types.Object)
	return object.Attributes()
}

func (v objectValues) isUnknown(name string) bool { return v[name] != nil && v[name].IsUnknown() }

func (v objectValues) isSet(name string) bool { return v[name] != nil && !v[name].IsNull() }

// A setting is a text of the block or of the environment, and where it is written.
type setting struct {
	types.String

	attribute string
	variable  string // "" for the block
}

func (s *settings) inBlock(name string) setting { return setting{s.block.text(name), name, ""} }

func (s *settings) inEnvironment(name string) setting {
	found := setting{attribute: name, variable: blockVariables[name]}
	if text := s.env.get(found.variable); text != "" {
		found.String = types.StringValue(text)
	}
	return found
}

// first is the first setting that is not null, whether it is known or not; the last one if all are null.
func first(settings ...setting) setting {
	for _, found := range settings[:len(settings)-1] {
		if !found.IsNull() {
			return found
		}
	}
	return settings[len(settings)-1]
}

// either is the block's setting, else the environment's.
func (s *settings) either(name string) setting { return first(s.inBlock(name), s.inEnvironment(name)) }

// name is what the setting is called where it is written.
func (s setting) name() string {
	if s.variable != "" {
		return s.variable
	}
	return s.attribute
}

// where says in a sentence where the setting is written.
func (s setting) where() string {
	if s.variable != "" {
		return s.attribute + " is set in the environment: " + s.variable + "."
	}
	return s.attribute + " is set in the provider block."
}

// add adds a diagnostic about a setting.
func (s *settings) add(severity diag.Severity, about setting, summary, detail string) {
	at := path.Root(about.attribute)
	if about.variable != "" {
		at, summary = path.Empty(), summary+" in "+about.variable
	}
	s.diags.Append(diagnostic.NewDiagnostic(severity, at, diagnostic.About("", summary), nil, detail))
}

// resolve makes the configuration of the clients. It makes no call.
func (s *settings) resolve(agent string) access.Config {
	config := access.Config{
		CommunityID:              s.community(),
		Sekoia:                   s.sekoia(),
		Okta:                     s.okta(),
		OktaOrganizations:        s.oktaOrganizations(),
		OktaOrganizationsUnknown: s.block.isUnknown(diagnostic.OrganizationsAttribute),
		Mode:                     s.mode(),
	}
	config.Trust = s.trust(config.Sekoia.BaseURL)

	// A base URL that the key may not go to is refused before anything is dialled.
	if config.Sekoia.BaseURL != nil {
		if err := config.Trust.Sekoia(config.Sekoia.BaseURL); err != nil {
			s.add(diag.SeverityError, s.inBlock(baseURLAttribute), "Sekoia's API key does not go there", advice.Sentence(err.Error()))
		}
	}
	if !s.diags.HasError() {
		s.network(&config, agent)
	}
	return config
}

// community is a UUID in any case, in lower case as Sekoia writes it.
func (s *settings) community() types.String {
	found := s.either(sekoia.InputCommunity)
	if found.IsNull() || found.IsUnknown() {
		return found.String
	}
	if problem := attribute.Problem(attribute.UUIDValidator(), found.name(), found.ValueString()); problem != "" {
		s.add(diag.SeverityError, found, "Not a UUID", problem)
	}
	return types.StringValue(strings.ToLower(found.ValueString()))
}

// sekoia finds where Sekoia is and the key for it.
func (s *settings) sekoia() access.SekoiaSettings {
	key := s.either(sekoia.InputAPIKey)
	place := first(s.inBlock(baseURLAttribute), s.inBlock(sekoia.InputRegion), s.inEnvironment(baseURLAttribute), s.inEnvironment(sekoia.InputRegion))
	found := access.SekoiaSettings{
		APIKey: credential.NewSecret(key.ValueString()),
		Place:  diagnostic.SekoiaPlace{sekoia.InputAPIKey: key.where(), sekoia.InputRegion: place.where()},
	}

	// That of the block is refused by its validator.
	if problem := attribute.Problem(attribute.SekoiaKeyValidator(), "", key.ValueString()); key.variable != "" && !key.IsNull() && problem != "" {
		found.Problem = credentialProblem(key.variable+" is not an API key", problem)
	}
	if place.IsNull() {
		place = setting{types.StringValue(sekoia.DefaultRegion), sekoia.InputRegion, ""}
		found.Place[sekoia.InputRegion] = "region is not set, so it is " + sekoia.DefaultRegion + "."
	}
	for _, setting := range []setting{key, place} {
		if setting.IsUnknown() {
			found.Unknown = append(found.Unknown, setting.attribute)
		}
	}
	switch {
	case place.IsUnknown():
	case place.attribute == baseURLAttribute:
		var err error
		if found.BaseURL, err = parseSekoiaBaseURL(place.name(), place.ValueString()); err != nil {
			s.add(diag.SeverityError, place, notSekoiaBaseURL, err.Error())
		}
	default:
		found.BaseURL = s.regionURL(place)
	}
	return found
}

// regionURL accepts a region that is not documented yet with a warning: new ones appear.
func (s *settings) regionURL(written setting) *url.URL {
	region := written.ValueString()
	base, isKnown := sekoia.RegionBaseURL(region)
	if base == "" {
		s.add(diag.SeverityError, written, "Not a Sekoia region", attribute.Problem(attribute.Region(), written.name(), region))
		return nil
	}
	if !isKnown {
		s.add(diag.SeverityWarning, written, "Region not known to this version of the provider",
			"This version knows "+diagnostic.List(sekoia.Regions())+". For "+region+" it calls "+base+". If that is wrong, set base_url instead.")
	}
	parsed, _ := url.Parse(base) // the region has only letters and digits
	return parsed
}

// trust reads who may get credentials. The environment alone decides.
func (s *settings) trust(sekoiaBase *url.URL) credential.Trust {
	hosts, err := credential.ParseTrustedHosts(s.env.get(credential.TrustedOktaHostsVariable))
	if err != nil {
		s.diags.AddError("Not a list of hosts in "+credential.TrustedOktaHostsVariable, advice.Sentence(err.Error()))
	}
	trust := credential.Trust{OktaHosts: hosts, Loopback: sekoiaBase != nil && credential.IsLoopback(sekoiaBase.Hostname())}

	// A variable that can't be parsed is an error when it is used, and not an origin.
	if parsed, err := parseURL(s.env.get(blockVariables[baseURLAttribute])); err == nil {
		trust.SekoiaOrigin = credential.OriginOf(parsed)
	}
	return trust
}

func (s *settings) mode() access.ModeSettings {
	found := s.inEnvironment(modeAttribute)
	problem := attribute.Problem(attribute.OneOf(access.ModeWords()...), found.name(), found.ValueString())
	if problem != "" && !found.IsNull() {
		s.add(diag.SeverityError, found, "Not a mode of the connection test", problem)
	}
	return access.ModeSettings{Provider: s.block.text(modeAttribute), Environment: found.String}
}

// network makes the client for both clouds. Timeout and retries that are not known yet have their defaults. Without a
// CA file that is not known yet, no call could succeed.
func (s *settings) network(config *access.Config, agent string) {
	http := s.block.object("http")
	switch {
	case s.block.isUnknown("http"):
		config.Unknown = []string{"http"}
	case http.isUnknown("ca_certificate_file"):
		config.Unknown = []string{"http.ca_certificate_file"}
	}
	options := transport.Options{
		UserAgent: agent, CACertificateFile: http.text("ca_certificate_file").ValueString(),
		Base: s.env.Network, Dial: s.env.Dial, Log: logCall,
	}
	if s.env.Dial != nil {
		options.LookupEnv = s.env.Lookup
	}
	retries, _ := http["max_retries"].(types.Number)
	options.MaxRetries = attribute.Whole(retries, transport.DefaultMaxRetries)
	options.RequestTimeout, _ = time.ParseDuration(http.text("request_timeout").ValueString()) // see the schema's validator
	var err error
	if config.HTTP, err = transport.New(options); err != nil {
		s.diags.Append(clientError(err))
	}
}

// clientError is about the attribute or the variable that can fix what is wrong with the network's settings.
func clientError(err error) diag.Diagnostic {
	at, detail := path.Root("http"), advice.Sentence(err.Error())
	if _, ok := errors.AsType[*transport.CAFileError](err); ok {
		return diag.NewAttributeErrorDiagnostic(at.AtName("ca_certificate_file"), "Not a usable file of CA certificates", detail+"\n"+
			"Name one PEM file with the CA's certificates, one after the other.\n"+
			"A relative path begins in the working directory: path.module or an absolute path is safer.\n"+
			"To convert a file in DER form: openssl x509 -inform der -in FILE -out ca.pem")
	}
	if variable, ok := errors.AsType[*transport.ProxyVariableError](err); ok {
		return diag.NewErrorDiagnostic("Not a proxy in "+variable.Variable, detail+" Its value is not shown, because it may hold a password.\n"+
			"Write http://proxy.example:3128, with user:password@ before the host if the proxy asks for a login (characters such as @ : / % "+
			"percent-encoded).\nhttps:// and socks5:// work too. Or unset the variable.")
	}
	return diag.NewAttributeErrorDiagnostic(at, "The HTTP client can't be made", detail)
}

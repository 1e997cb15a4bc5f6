// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"errors"
	"net/url"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/advice"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/sekoia"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/access"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/attribute"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/diagnostic"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/credential"
)

// settings is the provider block as it is written. Nested objects stay objects: a Go struct can't hold one that is not
// known yet.
type settings struct {
	block blockModel
	okta  oktaModel
	// organizations are the objects of okta_organizations, of which one may not be known yet.
	organizations map[string]types.Object
	http          httpModel
}

type blockModel struct {
	Region             types.String `tfsdk:"region"`
	BaseURL            types.String `tfsdk:"base_url"`
	APIKey             types.String `tfsdk:"api_key"`
	CommunityID        types.String `tfsdk:"community_id"`
	Okta               types.Object `tfsdk:"okta"`
	OktaOrganizations  types.Map    `tfsdk:"okta_organizations"`
	ConnectionTestMode types.String `tfsdk:"connection_test_mode"`
	HTTP               types.Object `tfsdk:"http"`
}

type oktaModel struct {
	BaseURL      types.String `tfsdk:"base_url"`
	APIToken     types.String `tfsdk:"api_token"`
	ClientID     types.String `tfsdk:"client_id"`
	PrivateKey   types.String `tfsdk:"private_key"`
	PrivateKeyID types.String `tfsdk:"private_key_id"`
	Scopes       types.Set    `tfsdk:"scopes"`
}

type httpModel struct {
	RequestTimeout    types.String `tfsdk:"request_timeout"`
	MaxRetries        types.Int64  `tfsdk:"max_retries"`
	CACertificateFile types.String `tfsdk:"ca_certificate_file"`
}

// read takes the block apart. Objects that are null or not known leave their parts null.
func (s *settings) read(ctx context.Context, config tfsdk.Config) diag.Diagnostics {
	diags := s.readOkta(ctx, config)
	if !diags.HasError() && known(s.block.HTTP) {
		diags.Append(s.block.HTTP.As(ctx, &s.http, basetypes.ObjectAsOptions{})...)
	}
	return diags
}

// readOkta is read without the http object, whose types have been checked where only validity is asked for, and would
// complain twice.
func (s *settings) readOkta(ctx context.Context, config tfsdk.Config) diag.Diagnostics {
	diags := config.Get(ctx, &s.block)
	if !diags.HasError() && known(s.block.Okta) {
		diags.Append(s.block.Okta.As(ctx, &s.okta, basetypes.ObjectAsOptions{})...)
	}
	if !diags.HasError() && !s.block.OktaOrganizations.IsUnknown() {
		diags.Append(s.block.OktaOrganizations.ElementsAs(ctx, &s.organizations, false)...)
	}
	return diags
}

func known(object types.Object) bool { return !object.IsNull() && !object.IsUnknown() }

// resolve adds the environment. Its diagnostics are errors of what is there; what is missing is an error where it is
// needed.
func (s *settings) resolve(env environment, agent string) (access.Config, diag.Diagnostics) {
	var diags diag.Diagnostics
	config := access.Config{
		CommunityID:              s.resolveCommunity(env, &diags),
		Okta:                     s.resolveOkta(env),
		OktaOrganizations:        s.oktaOrganizations(),
		OktaOrganizationsUnknown: s.block.OktaOrganizations.IsUnknown(),
	}
	config.Sekoia = s.resolveSekoia(env, &diags)
	config.Trust = resolveTrust(env, config.Sekoia.BaseURL, &diags)
	config.Mode = s.resolveMode(env, &diags)
	s.checkSekoiaTrust(config, &diags)
	if diags.HasError() {
		return config, diags
	}
	s.resolveHTTP(&config, env, agent, &diags)
	return config, diags
}

// firstString is the block's value if it has one, known or not, else the environment's, else null.
func firstString(block types.String, fromEnvironment string) types.String {
	if !block.IsNull() || fromEnvironment == "" {
		return block
	}
	return types.StringValue(fromEnvironment)
}

// resolveCommunity takes a UUID in any case, and keeps it as Sekoia writes it: in lower case.
func (s *settings) resolveCommunity(env environment, diags *diag.Diagnostics) types.String {
	community := firstString(s.block.CommunityID, env.get(communityVariable))
	if community.IsNull() || community.IsUnknown() {
		return community
	}
	written := fromBlock("community_id")
	if s.block.CommunityID.IsNull() {
		written = fromVariable(communityVariable)
	}
	if !attribute.IsUUID(community.ValueString()) {
		written.error(diags, "Not a UUID", attribute.MustBeUUID(written.name()))
	}
	return types.StringValue(strings.ToLower(community.ValueString()))
}

// resolveSekoia finds where Sekoia is and the key for it.
func (s *settings) resolveSekoia(env environment, diags *diag.Diagnostics) access.SekoiaSettings {
	found := access.SekoiaSettings{Place: diagnostic.SekoiaPlace{}}
	key, written := firstString(s.block.APIKey, env.get(apiKeyVariable)), fromBlock("api_key")
	if s.block.APIKey.IsNull() {
		written = fromVariable(apiKeyVariable)
	}
	if key.IsUnknown() {
		found.Unknown = append(found.Unknown, "api_key")
	}
	found.APIKey = credential.NewSecret(key.ValueString())
	found.Place[sekoia.InputAPIKey] = written.where("api_key")

	// That of the block is refused by its validator.
	if problem := secretProblem(env.get(apiKeyVariable)); s.block.APIKey.IsNull() && !key.IsNull() && problem != "" {
		found.Problem = &access.CredentialProblem{News: apiKeyVariable + " is not an API key", Detail: problem}
	}
	s.resolveSekoiaURL(&found, env, diags)
	return found
}

// resolveSekoiaURL takes the first of what says where Sekoia is.
func (s *settings) resolveSekoiaURL(found *access.SekoiaSettings, env environment, diags *diag.Diagnostics) {
	for _, one := range []struct {
		setting  string
		block    types.String
		variable string
		url      func(string, origin, *diag.Diagnostics) *url.URL
	}{
		{setting: "base_url", block: s.block.BaseURL, url: sekoiaURL},
		{setting: "region", block: s.block.Region, url: regionURL},
		{setting: "base_url", variable: baseURLVariable, url: sekoiaURL},
		{setting: "region", variable: regionVariable, url: regionURL},
	} {
		value, written := one.block, fromBlock(one.setting)
		if one.variable != "" {
			value, written = firstString(types.StringNull(), env.get(one.variable)), fromVariable(one.variable)
		}
		if value.IsNull() {
			continue
		}
		found.Place[sekoia.InputRegion] = written.where(one.setting)
		if value.IsUnknown() {
			found.Unknown = append(found.Unknown, one.setting)
		} else {
			found.BaseURL = one.url(value.ValueString(), written, diags)
		}
		return
	}
	found.Place[sekoia.InputRegion] = "region is not set, so it is " + sekoia.DefaultRegion + "."
	found.BaseURL = regionURL(sekoia.DefaultRegion, fromBlock("region"), diags)
}

// origin says where a setting was written, for its diagnostics.
type origin struct {
	at       path.Path
	variable string
}

func fromBlock(name string) origin    { return origin{at: path.Root(name)} }
func fromVariable(name string) origin { return origin{variable: name} }

// name is what the setting is called there.
func (o origin) name() string {
	if o.variable != "" {
		return o.variable
	}
	return o.at.String()
}

// where says it in a sentence.
func (o origin) where(setting string) string {
	if o.variable != "" {
		return setting + " is set in the environment: " + o.variable + "."
	}
	return setting + " is set in the provider block."
}

func (o origin) error(diags *diag.Diagnostics, summary, detail string) {
	if o.variable != "" {
		diags.AddError(summary+" in "+o.variable, detail)
		return
	}
	diags.AddAttributeError(o.at, summary, detail)
}

func (o origin) warning(diags *diag.Diagnostics, summary, detail string) {
	if o.variable != "" {
		diags.AddWarning(summary+" in "+o.variable, detail)
		return
	}
	diags.AddAttributeWarning(o.at, summary, detail)
}

func sekoiaURL(raw string, written origin, diags *diag.Diagnostics) *url.URL {
	parsed, err := parseSekoiaBaseURL(raw)
	if err == nil {
		err = checkSekoiaPath(written.name(), parsed)
	}
	if err != nil {
		written.error(diags, "Not a base URL of Sekoia's API", err.Error())
		return nil
	}
	return parsed
}

// regionURL takes a region that is not documented yet with a warning: new ones appear.
func regionURL(region string, written origin, diags *diag.Diagnostics) *url.URL {
	if problem := attribute.ProblemOfRegion(region); problem != "" {
		written.error(diags, "Not a region of Sekoia's", problem+".")
		return nil
	}
	base, isKnown, err := sekoia.RegionBaseURL(region)
	if err != nil {
		written.error(diags, "Not a region of Sekoia's", advice.Sentence(err.Error()))
		return nil
	}
	if !isKnown {
		written.warning(diags, "Region not known to this version of the provider",
			"This version knows "+diagnostic.List(sekoia.Regions())+". For "+region+" it calls "+base+
				"; where that is wrong, set base_url instead.")
	}
	parsed, err := url.Parse(base)
	if err != nil {
		written.error(diags, "Not a region of Sekoia's", "No URL could be made of it.")
		return nil
	}
	return parsed
}

// resolveTrust reads who may be trusted with credentials: the environment's word alone.
func resolveTrust(env environment, sekoiaBase *url.URL, diags *diag.Diagnostics) credential.Trust {
	var trust credential.Trust
	hosts, err := credential.ParseTrustedHosts(env.get(credential.TrustedOktaHostsVariable))
	if err != nil {
		diags.AddError("Not a list of hosts in "+credential.TrustedOktaHostsVariable, advice.Sentence(err.Error()))
	}
	trust.OktaHosts = hosts
	trust.Loopback = sekoiaBase != nil && credential.IsLoopback(sekoiaBase.Hostname())

	// What can't be parsed is an error where it is used, and no origin.
	if parsed, err := parseSekoiaBaseURL(env.get(baseURLVariable)); err == nil {
		trust.SekoiaOrigin = credential.OriginOf(parsed)
	}
	return trust
}

// checkSekoiaTrust refuses a base URL that the key may not go to, before anything is dialled.
func (s *settings) checkSekoiaTrust(config access.Config, diags *diag.Diagnostics) {
	if config.Sekoia.BaseURL == nil {
		return
	}
	if err := config.Trust.Sekoia(config.Sekoia.BaseURL); err != nil {
		diags.AddAttributeError(path.Root("base_url"), "Sekoia's API key does not go there", advice.Sentence(err.Error()))
	}
}

func (s *settings) resolveMode(env environment, diags *diag.Diagnostics) access.ModeSettings {
	modes := access.ModeSettings{Provider: s.block.ConnectionTestMode}
	if word := env.get(diagnostic.ModeVariable); word != "" {
		mode, err := access.ParseMode(word)
		if err != nil {
			fromVariable(diagnostic.ModeVariable).error(diags, "Not a mode of the connection test", err.Error()+".")
		}
		modes.Environment = &mode
	}
	if word := s.block.ConnectionTestMode; !word.IsNull() && !word.IsUnknown() {
		if _, err := access.ParseMode(word.ValueString()); err != nil {
			fromBlock("connection_test_mode").error(diags, "Not a mode of the connection test", err.Error()+".")
		}
	}
	return modes
}

// resolveHTTP makes the client for both clouds. Timeouts and repeats that are not known yet take their defaults;
// without a CA file that is not known yet no call could succeed.
func (s *settings) resolveHTTP(config *access.Config, env environment, agent string, diags *diag.Diagnostics) {
	switch {
	case s.block.HTTP.IsUnknown():
		config.Unknown = append(config.Unknown, "http")
	case s.http.CACertificateFile.IsUnknown():
		config.Unknown = append(config.Unknown, "http.ca_certificate_file")
	}
	options := transport.Options{
		UserAgent:         agent,
		MaxRetries:        transport.DefaultMaxRetries,
		CACertificateFile: s.http.CACertificateFile.ValueString(),
		Base:              env.network,
		Dial:              env.dial,
		LookupEnv:         env.process,
		Log:               logCall,
	}
	if retries := s.http.MaxRetries; !retries.IsNull() && !retries.IsUnknown() {
		options.MaxRetries = int(retries.ValueInt64())
	}
	if timeout := s.http.RequestTimeout; !timeout.IsNull() && !timeout.IsUnknown() {
		// The schema's validator refused what is not a duration.
		options.RequestTimeout, _ = time.ParseDuration(timeout.ValueString())
	}
	client, err := transport.New(options)
	if err != nil {
		addClientError(diags, err)
		return
	}
	config.HTTP = client
}

// addClientError puts what is wrong with the network's settings on the attribute or the variable that can mend it.
func addClientError(diags *diag.Diagnostics, err error) {
	if file, ok := errors.AsType[*transport.CAFileError](err); ok {
		diags.AddAttributeError(path.Root("http").AtName("ca_certificate_file"), "Not a usable file of CA certificates",
			advice.Sentence(file.Error())+"\n\n"+file.Do)
		return
	}
	if variable, ok := errors.AsType[*transport.ProxyVariableError](err); ok {
		diags.AddError("Not a proxy in "+variable.Variable, advice.Sentence(variable.Error())+" Its value is not shown, for it may hold a password.\n\n"+
			"Write http://proxy.example:3128, with user:password@ before the host where the proxy asks for a login (characters such as @ : / %\n"+
			"percent-encoded); https:// and socks5:// are taken too. Or unset the variable.")
		return
	}
	diags.AddAttributeError(path.Root("http"), "The HTTP client can't be made", advice.Sentence(err.Error()))
}

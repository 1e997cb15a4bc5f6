// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package access

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/memo"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/okta"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/sekoia"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/attribute"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/diagnostic"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/credential"
)

// OktaSettings are the settings of one Okta organization, all from one source.
type OktaSettings struct {
	// Source is where they come from.
	Source diagnostic.Source
	// BaseURL is as a person wrote it, "" where it is not set.
	BaseURL string
	// APIToken is zero where none is set.
	APIToken credential.Secret
	// App is the service app that stands in for the token; nil where none is set, or not all of it.
	App *okta.ServiceApp
	// Problem says why what is set is not a credential; nil if it is one, or nothing is set. It is told where the
	// credential is used.
	Problem *CredentialProblem
	// Variables are the environment variables that were used, by the attribute of the okta block that each stands in
	// for.
	Variables map[string]string
	// Unknown names the attributes that are not known yet, as a person finds them in the provider block: okta,
	// okta.base_url, okta_organizations["acme"].api_token.
	Unknown []string
}

// A CredentialProblem is a credential that can't be used as it is written. Nothing of it is a secret.
type CredentialProblem struct {
	// News are its summary, and name what is wrong: okta_organizations["globex"].api_token is empty: is the CI secret
	// set?
	News string
	// Detail says what to do.
	Detail string
}

// Place names the organization with these settings.
func (s OktaSettings) Place(key types.String) diagnostic.OktaPlace {
	place := diagnostic.OktaPlace{Subject: credential.Sanitize(key.ValueString()), Key: key, Source: s.Source, Variables: s.Variables}
	if key.IsNull() && attribute.CheckOktaBaseURL(s.BaseURL) == nil {
		if base, err := url.Parse(s.BaseURL); err == nil {
			place.Subject = okta.ShownHost(base.Host)
		}
	}
	return place
}

// HasCredential tells that calls can be made with these settings.
func (s OktaSettings) HasCredential() bool {
	return s.Problem == nil && (s.App != nil || !s.APIToken.IsZero())
}

// credential is the same for the same credential, and does not hold it.
func (s OktaSettings) credential() string {
	if s.App != nil {
		return s.App.Fingerprint()
	}
	return s.APIToken.Fingerprint()
}

// OktaOrganization is an Okta organization that data sources read.
type OktaOrganization struct {
	// Client talks to the organization's own host.
	Client *okta.Client
	// Shared keeps what was read from this organization for the life of the process.
	Shared *memo.Memo
	// Resolution says how the base URL was found to be trustworthy.
	Resolution *okta.Resolution
	// Place is how the one who asked for it named the organization.
	Place diagnostic.OktaPlace

	// wantedWhole has the queries (okta.DeviceQuery) of which somebody wants the devices themselves, not only their
	// counts.
	wantedWhole *sync.Map
}

// Okta is the organization that a data source reads: that of the okta block or of Okta's environment variables where
// key is null, else the one with this key in okta_organizations. Where its credential may go is found out by the first
// call and kept; what two keys share is one organization. One without a Devices API fails before any further call.
func (c *Clients) Okta(ctx context.Context, key types.String) (*OktaOrganization, diag.Diagnostics) {
	settings, diags := c.OktaSettings(key)
	if diags.HasError() {
		return nil, diags
	}
	place := settings.Place(key)
	base, missing := c.CheckOkta(settings, key)
	if missing != nil {
		if missing.Unknown {
			place.Subject = diagnostic.Provider
		}
		diags.AddError(place.Summary(missing.News), missing.Detail)
		return nil, diags
	}

	// The secret's fingerprint stands for it.
	same := attribute.CanonicalBaseURL(settings.BaseURL) + "\n" + settings.credential()
	organization, err := memo.Remember(ctx, c.organizations, same, func(ctx context.Context) (*OktaOrganization, error) {
		return c.resolveOkta(ctx, base, settings)
	})
	if err != nil {
		diagnostic.AddOktaError(&diags, diagnostic.OktaErrorPaths{Place: place}, "the organization could not be read", err)
		return nil, diags
	}
	found := *organization // it is shared by all keys that name it
	found.Place = place
	if about := found.Resolution.Organization; about != nil && about.ClassicEngine() {
		diags.AddError(place.Summary("the organization runs on Okta's Classic Engine"),
			"This organization is on Okta's Classic Engine, which has no Devices API. Upgrade it to Identity Engine, or read another organization.")
	}
	return &found, diags
}

// OktaOrganizationAttribute is the data sources' attribute that chooses among the provider's okta_organizations.
const OktaOrganizationAttribute = "okta_organization"

// OktaOrganizationSchema describes it.
func OktaOrganizationSchema() schema.Attribute {
	return schema.StringAttribute{
		Optional: true,
		MarkdownDescription: "The key of an organization in the provider's `okta_organizations`. If unset: the organization of the " +
			"provider's `okta` block, or of Okta's environment variables.",
		Validators: []validator.String{attribute.NotEmpty()},
	}
}

// maxListedKeys bounds how many keys an error lists: more than of other things, for whoever mistyped one has to find
// it.
const maxListedKeys = 30

// OktaSettings are the settings that a key chooses; null chooses the okta block, or the environment. They may be
// incomplete, or not known yet. A key that the provider does not have is an error that lists those that it has.
func (c *Clients) OktaSettings(key types.String) (OktaSettings, diag.Diagnostics) {
	var diags diag.Diagnostics
	if key.IsNull() {
		return c.config.Okta, diags
	}
	if c.config.OktaOrganizationsUnknown {
		return OktaSettings{Source: diagnostic.SourceConfiguration, Unknown: []string{diagnostic.OrganizationsAttribute}}, diags
	}
	settings, found := c.config.OktaOrganizations[key.ValueString()]
	if !found {
		diags.AddAttributeError(path.Root(OktaOrganizationAttribute), "Unknown Okta organization", fmt.Sprintf(
			"The provider has no Okta organization with the key %s.\n%s", credential.Sanitize(key.String()), c.oktaKeysHint()))
	}
	return settings, diags
}

// oktaKeysHint lists the keys that can be chosen.
func (c *Clients) oktaKeysHint() string {
	keys := c.oktaKeys()
	if len(keys) == 0 {
		return "Its okta_organizations is not set. Without okta_organization, the okta block is read, or Okta's environment variables."
	}
	return "Its okta_organizations has: " + diagnostic.ListUpTo(maxListedKeys, keys) + "."
}

func (c *Clients) oktaKeys() []string { return slices.Sorted(maps.Keys(c.config.OktaOrganizations)) }

func (c *Clients) resolveOkta(ctx context.Context, base *url.URL, settings OktaSettings) (*OktaOrganization, error) {
	resolution, err := c.tester.Resolution(ctx, base)
	if err != nil {
		return nil, err
	}
	return &OktaOrganization{
		Client: okta.New(okta.Config{
			HTTP: c.config.HTTP, Origin: resolution.API, Token: settings.APIToken, App: settings.App,
		}),
		Shared:      memo.New(),
		Resolution:  resolution,
		wantedWhole: &sync.Map{},
	}, nil
}

// CheckOkta returns the base URL of settings, nil if there is none to call, and what is missing of them, nil if they
// are complete.
func (c *Clients) CheckOkta(settings OktaSettings, key types.String) (*url.URL, *Missing) {
	place, unknown := settings.Place(key), c.oktaUnknown(settings)
	notYet := &Missing{News: notKnownYet(unknown), Detail: unknownDetail("Okta can't be called", unknown), Unknown: true}
	switch {
	case len(unknown) > 0 && (settings.BaseURL == "" || len(c.NetworkUnknown()) > 0):
		return nil, notYet
	case settings.BaseURL == "":
		return nil, &Missing{News: "no base URL of an Okta organization is set", Detail: c.missingOktaHint(settings.Source, key, "base_url")}
	}
	err := attribute.CheckOktaBaseURL(settings.BaseURL)
	base, parseErr := url.Parse(settings.BaseURL)
	if err = cmp.Or(err, parseErr); err != nil {
		return nil, &Missing{News: "base_url is not the URL of an Okta organization", Detail: err.Error() + "\n" + place.Where(okta.InputBaseURL)}
	}
	switch {
	case len(unknown) > 0:
		notYet.Credential = true
		return base, notYet
	case settings.HasCredential():
		return base, nil
	case settings.Problem != nil:
		return base, &Missing{News: settings.Problem.News, Detail: settings.Problem.Detail, Credential: true}
	default:
		return base, &Missing{News: "no credential for Okta is set", Detail: c.missingOktaHint(settings.Source, key, "api_token"), Credential: true}
	}
}

// oktaUnknown names what calls to an organization with these settings need and is not known yet, sorted; empty where
// all is known.
func (c *Clients) oktaUnknown(settings OktaSettings) []string {
	return sortedUnion(settings.Unknown, c.config.Unknown)
}

// oktaVariable is the environment variable that stands in for an attribute of the okta block, as a hint names it.
func oktaVariable(name string) string {
	if name == "base_url" {
		return "OKTA_CLIENT_ORGURL (or OKTA_ORG_NAME with OKTA_BASE_URL)"
	}
	return "OKTA_API_TOKEN (or OKTA_API_CLIENT_ID with OKTA_API_PRIVATE_KEY)"
}

// missingOktaHint says where an attribute of the organization with this key can be set without mixing two sources.
func (c *Clients) missingOktaHint(source diagnostic.Source, key types.String, name string) string {
	at, otherwise := diagnostic.OktaAttribute(key, name), ""
	if name == "api_token" {
		otherwise = " (or client_id and private_key)"
	}
	switch {
	case !key.IsNull():
		return "Set " + at + " in the provider block" + otherwise + ": all settings of one Okta organization come from one source, " +
			"so the environment is not asked for it."
	case source == diagnostic.SourceConfiguration:
		return "Set " + at + " in the provider block" + otherwise + ": all settings of one Okta organization come from one source, " +
			"so the environment is not asked where the block says anything."
	case source == diagnostic.SourceEnvironment:
		return "Set the environment variable " + oktaVariable(name) + ", next to Okta's others that are set: all settings of one Okta organization " +
			"come from one source."
	}
	hint := "Set " + at + " in the provider block" + otherwise + ", or the environment variable " + oktaVariable(name) + "."
	if keys := c.oktaKeys(); len(keys) > 0 {
		hint += "\nOr choose one of the provider's okta_organizations with okta_organization: " + diagnostic.ListUpTo(maxListedKeys, keys) + "."
	}
	return hint
}

// Where says where the setting is that can fix what a connection test found; "" if there is none.
func (c *Clients) Where(place diagnostic.OktaPlace, input string) string {
	switch input {
	case "", sekoia.InputCommunity:
		return ""
	case sekoia.InputAPIKey, sekoia.InputRegion:
		return c.config.Sekoia.Place.Where(input)
	default:
		return place.Where(input)
	}
}

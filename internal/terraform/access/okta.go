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
	// Place says where they are written. [Clients.OktaSettings] adds the key and the subject.
	Place diagnostic.OktaPlace
	// BaseURL is as a person wrote it, "" if it is not set.
	BaseURL string
	// APIToken is zero if it is not set.
	APIToken credential.Secret
	// App is the service app that replaces the token; nil if it is not set, or not completely.
	App *okta.ServiceApp
	// Problem says why the credential can't be used; nil if it can, or if there is no credential. It is an error when
	// the credential is used.
	Problem *Problem
	// Unknown names the attributes that are not known yet, as a person finds them in the provider block: okta,
	// okta.base_url, okta_organizations["acme"].api_token.
	Unknown []string
}

// HasCredential reports whether calls can be made with these settings.
func (s OktaSettings) HasCredential() bool {
	return s.Problem == nil && (s.App != nil || !s.APIToken.IsZero())
}

// OktaOrganization is an Okta organization that data sources read.
type OktaOrganization struct {
	// Client talks to the organization's own host.
	Client *okta.Client
	// Shared keeps what was read from this organization for the life of the process.
	Shared *memo.Memo
	// About is what the organization says about itself.
	About *okta.Organization
	// Place is how the caller named the organization.
	Place diagnostic.OktaPlace

	// wantedWhole has the queries (okta.DeviceQuery) whose devices a caller wants themselves, not only their counts.
	wantedWhole *sync.Map
}

// Okta is the organization that a data source reads: that of the okta block or of Okta's environment variables if key
// is null, else the one with this key in okta_organizations. The first call finds out where its credential may go, and
// the result is kept. What two keys share is one organization. One without a Devices API fails before any further call.
func (c *Clients) Okta(ctx context.Context, key types.String) (*OktaOrganization, diag.Diagnostics) {
	settings, diags := c.OktaSettings(key)
	if diags.HasError() {
		return nil, diags
	}
	base, problem := c.CheckOkta(settings)
	switch {
	case problem != nil && problem.Unknown:
		return nil, problem.diagnostics()
	case problem != nil:
		diags.AddError(settings.Place.Summary(problem.News), problem.Detail)
		return nil, diags
	}
	fingerprint := settings.APIToken.Fingerprint()
	if settings.App != nil {
		fingerprint = settings.App.Fingerprint()
	}
	same := attribute.CanonicalBaseURL(settings.BaseURL) + "\n" + fingerprint
	organization, err := memo.Remember(ctx, c.organizations, same, func(ctx context.Context) (*OktaOrganization, error) {
		about, err := c.tester.Organization(ctx, base)
		if err != nil {
			return nil, err
		}
		client := okta.New(okta.Config{HTTP: c.config.HTTP, Origin: about.API, Token: settings.APIToken, App: settings.App})
		return &OktaOrganization{Client: client, Shared: memo.New(), About: about, wantedWhole: &sync.Map{}}, nil
	})
	if err != nil {
		diagnostic.AddOktaError(&diags, diagnostic.OktaErrorPaths{Place: settings.Place}, "the organization could not be read", err)
		return nil, diags
	}
	found := *organization // it is shared by all keys that name it
	found.Place = settings.Place
	if found.About.Pipeline == okta.PipelineClassic {
		diags.AddError(found.Place.Summary("the organization runs on Okta's Classic Engine"),
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

// OktaSettings are the settings that a key chooses; null chooses the okta block, or the environment. They may be
// incomplete, or not known yet. A key that the provider does not have is an error that lists those that it has.
func (c *Clients) OktaSettings(key types.String) (OktaSettings, diag.Diagnostics) {
	var diags diag.Diagnostics
	settings, found := c.config.OktaOrganizations[key.ValueString()]
	switch {
	case key.IsNull():
		settings = c.config.Okta
	case c.config.OktaOrganizationsUnknown:
		settings.Unknown = []string{diagnostic.OrganizationsAttribute}
	case !found:
		hint := "Its okta_organizations is not set. Without okta_organization, the okta block is read, or Okta's environment variables."
		if keys := c.oktaKeys(); keys != "" {
			hint = "Its okta_organizations has: " + keys + "."
		}
		diags.AddAttributeError(path.Root(OktaOrganizationAttribute), "Unknown Okta organization", fmt.Sprintf(
			"The provider has no Okta organization with the key %s.\n%s", credential.Sanitize(key.String()), hint))
	}
	if settings.App != nil {
		app, _ := c.apps.LoadOrStore(settings.App.Fingerprint(), settings.App)
		settings.App, _ = app.(*okta.ServiceApp)
	}
	settings.Place.Key, settings.Place.Subject = key, OktaSubject(key, settings.BaseURL)
	return settings, diags
}

// OktaSubject is what summaries about an organization begin with: its key in okta_organizations, else its host; "" if
// the URL is not one.
func OktaSubject(key types.String, baseURL string) string {
	if base, err := url.Parse(baseURL); key.IsNull() && err == nil && attribute.CheckOktaBaseURL(baseURL) == nil {
		return okta.ShownHost(base.Host)
	}
	return credential.Sanitize(key.ValueString())
}

// oktaKeys lists the keys that can be chosen: more than other lists have, so that whoever mistyped one finds it.
func (c *Clients) oktaKeys() string {
	const most = 30
	return diagnostic.ListUpTo(most, slices.Sorted(maps.Keys(c.config.OktaOrganizations)))
}

// CheckOkta returns the base URL of settings, nil if it can't be called, and what keeps the organization from being
// called, nil if nothing does.
func (c *Clients) CheckOkta(settings OktaSettings) (*url.URL, *Problem) {
	unknown := notKnownYet("Okta can't be called", c.unknown(settings.Unknown))
	switch {
	case unknown != nil && (settings.BaseURL == "" || len(c.config.Unknown) > 0):
		return nil, unknown
	case settings.BaseURL == "":
		return nil, &Problem{News: "no base URL of an Okta organization is set", Detail: c.missingOktaHint(settings.Place, okta.InputBaseURL,
			"", "OKTA_CLIENT_ORGURL (or OKTA_ORG_NAME with OKTA_BASE_URL)")}
	}
	err := attribute.CheckOktaBaseURL(settings.BaseURL)
	base, parseErr := url.Parse(settings.BaseURL)
	if err = cmp.Or(err, parseErr); err != nil {
		return nil, &Problem{News: "base_url is not the URL of an Okta organization", Detail: err.Error() + "\n" + settings.Place.Where(okta.InputBaseURL)}
	}
	switch {
	case unknown != nil:
		unknown.Credential = true
		return base, unknown
	case settings.Problem != nil:
		return base, settings.Problem
	case !settings.HasCredential():
		return base, &Problem{News: "no credential for Okta is set", Credential: true, Detail: c.missingOktaHint(settings.Place, okta.InputToken,
			" (or client_id and private_key)", "OKTA_API_TOKEN (or OKTA_API_CLIENT_ID with OKTA_API_PRIVATE_KEY)")}
	}
	return base, nil
}

// missingOktaHint says where an attribute of the okta block can be set without mixing two sources: in the block, or in
// an environment variable. otherwise names what can be set in its place.
func (c *Clients) missingOktaHint(place diagnostic.OktaPlace, name, otherwise, variable string) string {
	const oneSource = ": all settings of one Okta organization come from one source"
	set := "Set " + diagnostic.OktaAttribute(place.Key, name) + " in the provider block" + otherwise
	switch place.Source {
	case diagnostic.SourceEnvironment:
		return "Set the environment variable " + variable + ", next to Okta's others that are set" + oneSource + "."
	case diagnostic.SourceConfiguration:
		return set + oneSource + ", so the environment is not asked for it."
	}
	hint := set + ", or the environment variable " + variable + "."
	if keys := c.oktaKeys(); keys != "" {
		hint += "\nOr choose one of the provider's okta_organizations with okta_organization: " + keys + "."
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

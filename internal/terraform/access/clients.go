// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package access

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/memo"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/okta"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/preflight"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/sekoia"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/diagnostic"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/credential"
)

// Config is what one provider block came to, after its environment variables were added. Nothing in it has been
// dialled.
type Config struct {
	// HTTP carries the calls to both clouds.
	HTTP *http.Client
	// Trust decides where credentials may go.
	Trust credential.Trust
	// Sekoia holds what calls to Sekoia need.
	Sekoia SekoiaSettings
	// Okta is the organization of the okta block or of the environment, which data sources read where they name no
	// other.
	Okta OktaSettings
	// OktaOrganizations are those that data sources choose by their key.
	OktaOrganizations map[string]OktaSettings
	// OktaOrganizationsUnknown tells that not even the keys are known yet.
	OktaOrganizationsUnknown bool
	// CommunityID is the provider's community_id, in lower case: null where not set, unknown where not known yet.
	CommunityID types.String
	// Mode holds the modes of the connection test above a resource's own.
	Mode ModeSettings
	// Unknown names the provider's attributes that every call depends on and that are not known yet
	// (http.ca_certificate_file).
	Unknown []string
}

// SekoiaSettings are the settings of the Sekoia cloud.
type SekoiaSettings struct {
	// BaseURL is where the calls go; nil where it is not known yet.
	BaseURL *url.URL
	// APIKey is zero where none is set.
	APIKey credential.Secret
	// Problem says why the key can't be used; nil if it can, or none is set. It is told where the key is used.
	Problem *CredentialProblem
	// Unknown names the provider's attributes that are not known yet, among api_key, base_url and region.
	Unknown []string
	// Place says where they are written.
	Place diagnostic.SekoiaPlace
}

// Clients is what a configured provider hands to its resources and data sources. It is safe for concurrent use. What it
// learned from either cloud it keeps for the life of the process, so that nothing is fetched twice.
type Clients struct {
	config Config
	sekoia *sekoia.Client
	tester *preflight.Tester
	shared *memo.Memo
	// organizations are apart from shared, whose keys are the service packages'.
	organizations *memo.Memo
}

// NewClients makes the clients of one configured provider. It makes no call.
func NewClients(config Config) *Clients {
	shareApps(&config)
	clients := &Clients{config: config, shared: memo.New(), organizations: memo.New()}
	if len(clients.SekoiaUnknown()) == 0 && config.Sekoia.BaseURL != nil && !config.Sekoia.APIKey.IsZero() && config.Sekoia.Problem == nil {
		clients.sekoia = sekoia.New(sekoia.Config{
			HTTP: config.HTTP, BaseURL: config.Sekoia.BaseURL, APIKey: config.Sekoia.APIKey,
		})
	}
	clients.tester = preflight.NewTester(preflight.TesterConfig{
		HTTP: config.HTTP, Trust: config.Trust, Sekoia: clients.sekoia,
	})
	return clients
}

// shareApps makes one of service apps that are the same, so that they share their access tokens.
func shareApps(config *Config) {
	known := map[string]*okta.ServiceApp{}
	shared := func(settings OktaSettings) OktaSettings {
		if settings.App == nil {
			return settings
		}
		same := settings.App.Fingerprint()
		if known[same] == nil {
			known[same] = settings.App
		}
		settings.App = known[same]
		return settings
	}
	config.Okta = shared(config.Okta)
	config.OktaOrganizations = maps.Clone(config.OktaOrganizations)
	for key, settings := range config.OktaOrganizations {
		config.OktaOrganizations[key] = shared(settings)
	}
}

// HTTP is the client that carries the calls to both clouds.
func (c *Clients) HTTP() *http.Client { return c.config.HTTP }

// Shared keeps what was learned from Sekoia, or about its objects, for the life of this process.
func (c *Clients) Shared() *memo.Memo { return c.shared }

// Trust decides where credentials may go.
func (c *Clients) Trust() credential.Trust { return c.config.Trust }

// Tester runs the connection test and shares its reports within this provider.
func (c *Clients) Tester() *preflight.Tester { return c.tester }

// Mode is the mode of the connection test in force for a resource that says resourceMode (null where it says nothing).
func (c *Clients) Mode(resourceMode types.String) Mode { return c.config.Mode.InForce(resourceMode) }

// ConfiguredCommunityID is the provider's community_id, from its block or the environment; it may be null or unknown.
func (c *Clients) ConfiguredCommunityID() types.String { return c.config.CommunityID }

// SekoiaUnknown names the provider's attributes that calls to Sekoia need and that are not known yet in this walk,
// sorted; empty where all are known. A managed resource that can't be read for it keeps its prior state with a warning.
func (c *Clients) SekoiaUnknown() []string {
	return sortedUnion(c.config.Sekoia.Unknown, c.config.Unknown)
}

// NetworkUnknown names the provider's attributes that a call to either cloud needs and that are not known yet, sorted.
func (c *Clients) NetworkUnknown() []string { return sortedUnion(c.config.Unknown, nil) }

// Sekoia is the client for Sekoia, or an error that says which setting is missing or not known yet.
func (c *Clients) Sekoia() (*sekoia.Client, diag.Diagnostics) {
	var diags diag.Diagnostics
	if missing := c.CheckSekoia(); missing != nil {
		diags.AddError(diagnostic.AboutProvider(missing.News), missing.Detail)
		return nil, diags
	}
	return c.sekoia, nil
}

// Missing is what keeps a service from being called.
type Missing struct {
	// News says it in a few words, and Detail what to do about it.
	News, Detail string
	// Credential reports whether a credential is missing, and nothing else.
	Credential bool
	// Unknown reports whether a value is only not known yet in this walk.
	Unknown bool
}

// CheckSekoia returns what is missing for calls to Sekoia; nil if nothing is.
func (c *Clients) CheckSekoia() *Missing {
	unknown, problem := c.SekoiaUnknown(), c.config.Sekoia.Problem
	switch {
	case len(unknown) > 0:
		return &Missing{News: notKnownYet(unknown), Detail: unknownDetail("Sekoia can't be called", unknown), Unknown: true}
	case problem != nil:
		return &Missing{News: problem.News, Detail: problem.Detail, Credential: true}
	case c.sekoia == nil:
		return &Missing{
			News: "no Sekoia API key is set", Detail: "Set api_key in the provider block, or the environment variable SEKOIA_API_KEY.", Credential: true,
		}
	}
	return nil
}

// SekoiaPlace says where Sekoia's settings are written.
func (c *Clients) SekoiaPlace() diagnostic.SekoiaPlace { return c.config.Sekoia.Place }

// AddSekoiaError is diagnostic.AddSekoiaError for a call with these settings.
func (c *Clients) AddSekoiaError(diags *diag.Diagnostics, at path.Path, summary string, err error, left ...string) {
	diagnostic.AddSekoiaError(diags, c.config.Sekoia.Place, at, summary, err, left...)
}

// OpenSekoia is a client for the calls to Sekoia that take no API key: it needs none. The error says which setting is
// not known yet.
func (c *Clients) OpenSekoia() (*sekoia.Client, diag.Diagnostics) {
	var diags diag.Diagnostics
	unknown := slices.DeleteFunc(c.SekoiaUnknown(), func(name string) bool { return name == "api_key" })
	if len(unknown) > 0 {
		diags.AddError(diagnostic.AboutProvider(notKnownYet(unknown)), unknownDetail("Sekoia can't be called", unknown))
		return nil, diags
	}
	return sekoia.New(sekoia.Config{HTTP: c.config.HTTP, BaseURL: c.config.Sekoia.BaseURL}), diags
}

func sortedUnion(first, second []string) []string {
	union := slices.Concat(first, second)
	slices.Sort(union)
	return slices.Compact(union)
}

// notKnownYet names what is not known yet.
func notKnownYet(unknown []string) string {
	verb := " is"
	if len(unknown) > 1 {
		verb = " are"
	}
	return strings.Join(unknown, ", ") + verb + " not known yet"
}

// unknownDetail says what follows from it, and what can be done.
func unknownDetail(consequence string, unknown []string) string {
	return consequence + ": the provider's " + strings.Join(unknown, " and ") + " comes from something that does not exist yet.\n" +
		"Add depends_on to this block, so that it waits for the apply, or create what the provider needs first: apply with -target=…"
}

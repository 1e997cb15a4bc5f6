// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package access

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/memo"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/preflight"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/sekoia"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/diagnostic"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/credential"
)

// Config is the result of one provider block and its environment variables. No call was made for it.
type Config struct {
	// HTTP carries the calls to both clouds.
	HTTP *http.Client
	// Trust decides where credentials may go.
	Trust credential.Trust
	// Sekoia has what calls to Sekoia need.
	Sekoia SekoiaSettings
	// Okta is the organization of the okta block or of the environment. Data sources that name no other read it.
	Okta OktaSettings
	// OktaOrganizations are those that data sources choose by their key.
	OktaOrganizations map[string]OktaSettings
	// OktaOrganizationsUnknown reports whether not even the keys are known yet.
	OktaOrganizationsUnknown bool
	// CommunityID is the provider's community_id, in lower case: null if not set, unknown if not known yet.
	CommunityID types.String
	// Mode has the modes of the connection test above a resource's own.
	Mode ModeSettings
	// Unknown names what every call depends on and is not known yet: http or http.ca_certificate_file.
	Unknown []string
}

// SekoiaSettings are the settings of the Sekoia cloud.
type SekoiaSettings struct {
	// BaseURL is where the calls go; nil if it is not known yet.
	BaseURL *url.URL
	// APIKey is zero if it is not set.
	APIKey credential.Secret
	// Problem says why the key can't be used; nil if it can, or if there is none. It is an error when the key is used.
	Problem *Problem
	// Unknown names the provider's attributes that are not known yet, among api_key, base_url and region.
	Unknown []string
	// Place says where they are written.
	Place diagnostic.SekoiaPlace
}

// A Problem is what keeps a service from being called. Nothing of it is secret.
type Problem struct {
	// News is the summary, and Detail says what to do.
	News, Detail string
	// Credential reports whether only the credential is missing or wrong, and Unknown whether a value is only not known
	// yet in this walk.
	Credential, Unknown bool
}

// notKnownYet is the problem of attributes that are not known yet; nil if there are none.
func notKnownYet(consequence string, unknown []string) *Problem {
	if len(unknown) == 0 {
		return nil
	}
	verb := " is"
	if len(unknown) > 1 {
		verb = " are"
	}
	return &Problem{
		News: strings.Join(unknown, ", ") + verb + " not known yet", Unknown: true,
		Detail: consequence + ": the provider's " + strings.Join(unknown, " and ") + " comes from something that does not exist yet.\n" +
			"Add depends_on to this block, so that it waits for the apply, or create what the provider needs first: apply with -target=…",
	}
}

// diagnostics are the error of a problem of the provider's settings.
func (p *Problem) diagnostics() diag.Diagnostics {
	return diag.Diagnostics{diag.NewErrorDiagnostic(diagnostic.AboutProvider(p.News), p.Detail)}
}

// Mode says when the connection test runs. Modes are ordered: a lower one makes fewer calls.
type Mode int

// The modes, lowest first.
const (
	// ModeOff never tests.
	ModeOff Mode = iota
	// ModeApply tests as the first step of a create or an update, never at plan.
	ModeApply
	// ModeOnChange tests at plan if something changed that the test depends on. It is the default.
	ModeOnChange
	// ModeAlways tests at every plan.
	ModeAlways
)

// ModeWords are the words for the modes in a configuration, lowest mode first.
func ModeWords() []string { return []string{"off", "apply", "on_change", "always"} }

// ModeSettings are the modes that apply to all resources, as one of ModeWords.
type ModeSettings struct {
	// Provider is the provider block's connection_test_mode, which may be unknown. Environment is the value of
	// diagnostic.ModeVariable, null if it is not set.
	Provider, Environment types.String
}

// InForce is the lower of the environment's mode (if set) and the first that is set of: the resource's, the provider's,
// the environment's, on_change. An unknown value counts as apply: everything is tested before it is written, nothing at
// plan.
func (s ModeSettings) InForce(resource types.String) Mode {
	mode := ModeOnChange
	for _, value := range []types.String{s.Environment, s.Provider, resource} {
		if !value.IsNull() {
			mode = modeOf(value)
		}
	}
	if s.Environment.IsNull() {
		return mode
	}
	return min(mode, modeOf(s.Environment))
}

// modeOf reads a value that is not null. The schema refuses any other word than ModeWords.
func modeOf(value types.String) Mode {
	if value.IsUnknown() {
		return ModeApply
	}
	return Mode(slices.Index(ModeWords(), value.ValueString()))
}

// Clients is what a configured provider hands to its resources and data sources. It is safe for concurrent use. It
// keeps what it learned from either cloud for the life of the process, so that nothing is fetched twice.
type Clients struct {
	config Config
	sekoia *sekoia.Client
	tester *preflight.Tester
	shared *memo.Memo
	// organizations are apart from shared, whose keys are the service packages'.
	organizations *memo.Memo
	// apps has one *okta.ServiceApp for each fingerprint, so that the same apps share their access tokens.
	apps sync.Map
}

// NewClients makes the clients of one configured provider. It makes no call.
func NewClients(config Config) *Clients {
	clients := &Clients{config: config, shared: memo.New(), organizations: memo.New()}
	if len(clients.SekoiaUnknown()) == 0 && config.Sekoia.BaseURL != nil && !config.Sekoia.APIKey.IsZero() && config.Sekoia.Problem == nil {
		clients.sekoia = sekoia.New(sekoia.Config{HTTP: config.HTTP, BaseURL: config.Sekoia.BaseURL, APIKey: config.Sekoia.APIKey})
	}
	clients.tester = preflight.NewTester(preflight.TesterConfig{HTTP: config.HTTP, Trust: config.Trust, Sekoia: clients.sekoia})
	return clients
}

// Shared keeps what was read from Sekoia for the life of this process.
func (c *Clients) Shared() *memo.Memo { return c.shared }

// Trust decides where credentials may go.
func (c *Clients) Trust() credential.Trust { return c.config.Trust }

// Tester runs the connection test and shares its reports within this provider.
func (c *Clients) Tester() *preflight.Tester { return c.tester }

// Mode is the mode of the connection test in force for a resource with this mode, which may be null.
func (c *Clients) Mode(resource types.String) Mode { return c.config.Mode.InForce(resource) }

// ConfiguredCommunityID is the provider's community_id, from its block or the environment; it may be null or unknown.
func (c *Clients) ConfiguredCommunityID() types.String { return c.config.CommunityID }

// SekoiaUnknown names the provider's attributes that calls to Sekoia need and that are not known yet in this walk,
// sorted. A managed resource that can't be read because of it keeps its prior state with a warning.
func (c *Clients) SekoiaUnknown() []string { return c.unknown(c.config.Sekoia.Unknown) }

// unknown adds what every call depends on.
func (c *Clients) unknown(attributes []string) []string {
	all := slices.Concat(attributes, c.config.Unknown)
	slices.Sort(all)
	return all
}

// Sekoia is the client for Sekoia, or an error that says which setting is missing or not known yet.
func (c *Clients) Sekoia() (*sekoia.Client, diag.Diagnostics) {
	if problem := c.CheckSekoia(); problem != nil {
		return nil, problem.diagnostics()
	}
	return c.sekoia, nil
}

// CheckSekoia returns what keeps Sekoia from being called; nil if nothing does.
func (c *Clients) CheckSekoia() *Problem {
	unknown := notKnownYet("Sekoia can't be called", c.SekoiaUnknown())
	switch {
	case unknown != nil:
		return unknown
	case c.config.Sekoia.Problem != nil:
		return c.config.Sekoia.Problem
	case c.sekoia == nil:
		return &Problem{
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

// OpenSekoia is a client for the calls to Sekoia that take no API key. The error says which setting is not known yet.
func (c *Clients) OpenSekoia() (*sekoia.Client, diag.Diagnostics) {
	unknown := slices.DeleteFunc(c.SekoiaUnknown(), func(name string) bool { return name == sekoia.InputAPIKey })
	if problem := notKnownYet("Sekoia can't be called", unknown); problem != nil {
		return nil, problem.diagnostics()
	}
	return sekoia.New(sekoia.Config{HTTP: c.config.HTTP, BaseURL: c.config.Sekoia.BaseURL}), nil
}

// ResolveCommunity is the community for something new: the chosen one, else the provider's, else the only one that the
// key sees. If the key sees several and none is chosen, the error lists them. The list is fetched at most once in a
// process, and not at all if a community is chosen. The community is in lower case, as Sekoia writes it.
func (c *Clients) ResolveCommunity(ctx context.Context, chosen string) (string, diag.Diagnostics) {
	if chosen != "" {
		return strings.ToLower(chosen), nil
	}
	if problem := c.CheckCommunity(); problem != nil {
		return "", problem.diagnostics()
	}
	if configured := c.config.CommunityID.ValueString(); configured != "" {
		return strings.ToLower(configured), nil
	}
	if _, diags := c.Sekoia(); diags.HasError() {
		return "", diags
	}
	var diags diag.Diagnostics
	communities, err := c.tester.Communities(ctx)
	switch {
	case err != nil:
		c.AddSekoiaError(&diags, path.Empty(), "Sekoia's communities could not be listed", err)
	case len(communities) == 1:
		return strings.ToLower(communities[0]), nil
	case len(communities) == 0:
		diags.AddError(diagnostic.AboutProvider("the API key sees no community"),
			"Sekoia lists no community for this API key. Use a key of the community that the devices belong to.")
	default:
		diags.AddError(diagnostic.AboutProvider("no community is chosen"), fmt.Sprintf(
			"The API key sees %d communities: %s.\nSet community_id, in the resource or in the provider block (SEKOIA_COMMUNITY_ID), to one of them.",
			len(communities), diagnostic.List(communities)))
	}
	return "", diags
}

// CheckCommunity returns the problem of a community_id of the provider that is not known yet; nil if it is.
func (c *Clients) CheckCommunity() *Problem {
	if !c.config.CommunityID.IsUnknown() {
		return nil
	}
	return notKnownYet("The community can't be chosen", []string{sekoia.InputCommunity})
}

// A ConfiguredDataSource is embedded in data sources that use the provider's clients.
type ConfiguredDataSource struct {
	// Clients is nil while Terraform only validates.
	Clients *Clients
}

// Configure takes the provider's clients.
func (d *ConfiguredDataSource) Configure(_ context.Context, req datasource.ConfigureRequest, _ *datasource.ConfigureResponse) {
	d.Clients, _ = req.ProviderData.(*Clients)
}

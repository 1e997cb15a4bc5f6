// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package access

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/jarcoal/httpmock"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/diagnostic"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/credential"
)

const (
	wellKnown   = "https://acme.okta.com/.well-known/okta-organization"
	communities = "https://api.sekoia.io/v1/me/communities"
	aboutAcme   = `{"id":"00o1","pipeline":"idx","_links":{"organization":{"href":"https://acme.okta.com"}}}`
)

// configOn is a provider with everything set, whose network is mock.
func configOn(t *testing.T, mock http.RoundTripper) Config {
	t.Helper()
	client, err := transport.New(transport.Options{Base: mock})
	if err != nil {
		t.Fatal(err)
	}
	return Config{
		HTTP:        client,
		Sekoia:      SekoiaSettings{BaseURL: &url.URL{Scheme: "https", Host: "api.sekoia.io"}, APIKey: credential.NewSecret("key")},
		Okta:        OktaSettings{Place: diagnostic.OktaPlace{Source: diagnostic.SourceEnvironment}, BaseURL: "https://acme.okta.com", APIToken: credential.NewSecret("token")},
		CommunityID: types.StringNull(),
	}
}

// onlyError is the one error of diags.
func onlyError(t *testing.T, diags diag.Diagnostics) diag.Diagnostic {
	t.Helper()
	if len(diags) != 1 || diags.ErrorsCount() != 1 {
		t.Fatalf("want one error, not %v", diags)
	}
	return diags[0]
}

func TestClientsOkta(t *testing.T) {
	t.Parallel()
	mock := httpmock.NewMockTransport()
	mock.RegisterResponder(http.MethodGet, wellKnown, httpmock.NewStringResponder(http.StatusOK, aboutAcme))
	clients := NewClients(configOn(t, mock))
	first, diags := clients.Okta(t.Context(), types.StringNull())
	if diags.HasError() {
		t.Fatal(diags)
	}
	second, diags := clients.Okta(t.Context(), types.StringNull())
	if diags.HasError() || first.Client != second.Client || first.Shared != second.Shared {
		t.Errorf("the second organization is another one: %v", diags)
	}
	if first.Client == nil || first.Shared == nil || first.About == nil {
		t.Errorf("the organization is %+v", first)
	}
	if calls := mock.GetTotalCallCount(); calls != 1 {
		t.Errorf("%d calls, want one", calls)
	}
}

func TestClientsOktaErrors(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		change  func(*Config)
		key     types.String
		summary string
		says    string
	}{
		"nothing is set": {
			change:  func(c *Config) { c.Okta = OktaSettings{} },
			summary: "No base URL of an Okta organization is set", says: "OKTA_CLIENT_ORGURL",
		},
		"the block has only a token": {
			change:  func(c *Config) { c.Okta.Place.Source, c.Okta.BaseURL = diagnostic.SourceConfiguration, "" },
			summary: "No base URL of an Okta organization is set", says: "so the environment is not asked",
		},
		"the environment has only a token": {
			change:  func(c *Config) { c.Okta.BaseURL = "" },
			summary: "No base URL of an Okta organization is set", says: "come from one source",
		},
		"there is no token": {
			change:  func(c *Config) { c.Okta.APIToken = credential.Secret{} },
			summary: "acme.okta.com: no credential for Okta is set", says: "OKTA_API_TOKEN",
		},
		"the base URL is the admin console's": {
			change:  func(c *Config) { c.Okta.BaseURL = "https://acme-admin.okta.com" },
			summary: "base_url is not the URL of an Okta organization", says: "It should be: https://acme.okta.com",
		},
		"the token is not known yet": {
			change:  func(c *Config) { c.Okta.Unknown = []string{"okta.api_token"} },
			summary: `provider "sekoia": okta.api_token is not known yet`, says: "-target",
		},
		"a CA file that is not known yet": {
			change:  func(c *Config) { c.Unknown = []string{"http.ca_certificate_file"} },
			summary: `provider "sekoia": http.ca_certificate_file is not known yet`, says: "depends_on",
		},
		"a key that no organization has": {
			key: types.StringValue("acme"), summary: "Unknown Okta organization", says: `"acme"`,
		},
		"a host that may not be trusted": {
			change:  func(c *Config) { c.Okta.BaseURL = "https://okta.example" },
			summary: "okta.example: base_url may not be trusted with an Okta credential", says: credential.TrustedOktaHostsVariable,
		},
		"an organization that does not answer": {
			summary: "acme.okta.com: Okta did not answer", says: "no responder found",
		},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			config := configOn(t, httpmock.NewMockTransport())
			if test.change != nil {
				test.change(&config)
			}
			key := test.key
			if key.ValueString() == "" {
				key = types.StringNull()
			}
			organization, diags := NewClients(config).Okta(t.Context(), key)
			got := onlyError(t, diags)
			if organization != nil || got.Summary() != test.summary || !strings.Contains(got.Detail(), test.says) {
				t.Errorf("the error is %q %q, want %q saying %q", got.Summary(), got.Detail(), test.summary, test.says)
			}
		})
	}
}

func TestClientsSekoia(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		change  func(*Config)
		summary string
		says    string
	}{
		"all is set":    {},
		"no key is set": {func(c *Config) { c.Sekoia.APIKey = credential.Secret{} }, `provider "sekoia": no Sekoia API key is set`, "SEKOIA_API_KEY"},
		"key and region are not known yet": {
			func(c *Config) { c.Sekoia.Unknown = []string{"region", "api_key"} },
			`provider "sekoia": api_key, region are not known yet`, "the provider's api_key and region",
		},
		"the CA file is not known yet": {
			func(c *Config) { c.Unknown = []string{"http"} }, `provider "sekoia": http is not known yet`, "-target",
		},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			config := configOn(t, httpmock.NewMockTransport())
			if test.change != nil {
				test.change(&config)
			}
			clients := NewClients(config)
			client, diags := clients.Sekoia()
			if test.summary == "" {
				if client == nil || len(diags) > 0 || len(clients.SekoiaUnknown()) > 0 {
					t.Errorf("there is no client: %v", diags)
				}
				return
			}
			got := onlyError(t, diags)
			if client != nil || got.Summary() != test.summary || !strings.Contains(got.Detail(), test.says) {
				t.Errorf("the error is %q %q", got.Summary(), got.Detail())
			}
		})
	}
}

func TestResolveCommunity(t *testing.T) {
	t.Parallel()
	seen := func(count int) string {
		items := make([]string, count)
		for index := range items {
			items[index] = `{"uuid":"c` + strconv.Itoa(index) + `","subcommunities":[]}`
		}
		return `{"total":` + strconv.Itoa(count) + `,"items":[` + strings.Join(items, ",") + `]}`
	}
	cases := map[string]struct {
		chosen   string
		provider types.String
		answer   string
		status   int
		want     string
		summary  string
		says     string
		calls    int
	}{
		"the chosen one is taken without a call":             {chosen: "mine", provider: types.StringValue("theirs"), want: "mine"},
		"the provider's is taken without a call":             {provider: types.StringValue("theirs"), want: "theirs"},
		"the chosen one in capitals":                         {chosen: "MINE", provider: types.StringNull(), want: "mine"},
		"the provider's in capitals":                         {provider: types.StringValue("THEIRS"), want: "theirs"},
		"the only one, in capitals":                          {provider: types.StringNull(), answer: strings.ToUpper(seen(1)), want: "c0", calls: 1},
		"the only one that the key sees":                     {provider: types.StringNull(), answer: seen(1), want: "c0", calls: 1},
		"several, none chosen":                               {provider: types.StringNull(), answer: seen(3), summary: `provider "sekoia": no community is chosen`, says: "3 communities: c0, c1, c2.", calls: 1},
		"many, none chosen":                                  {provider: types.StringNull(), answer: seen(12), summary: `provider "sekoia": no community is chosen`, says: "c9 and 2 more", calls: 1},
		"a key that sees none":                               {provider: types.StringNull(), answer: seen(0), summary: `provider "sekoia": the API key sees no community`, says: "lists no community", calls: 1},
		"the provider's is not known yet":                    {provider: types.StringUnknown(), summary: `provider "sekoia": community_id is not known yet`, says: "depends_on"},
		"a key that is refused":                              {provider: types.StringNull(), answer: `{}`, status: http.StatusUnauthorized, summary: `provider "sekoia": Sekoia rejected the API key (401)`, says: "401", calls: 1},
		"the provider's is the empty text, so none is named": {provider: types.StringValue(""), answer: seen(1), want: "c0", calls: 1},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if test.status == 0 {
				test.status = http.StatusOK
			}
			mock := httpmock.NewMockTransport()
			mock.RegisterResponder(http.MethodGet, `=~^`+communities, httpmock.NewStringResponder(test.status, test.answer))
			config := configOn(t, mock)
			config.CommunityID = test.provider
			clients := NewClients(config)
			got, diags := clients.ResolveCommunity(t.Context(), test.chosen)
			if test.summary == "" {
				again, _ := clients.ResolveCommunity(t.Context(), test.chosen)
				if got != test.want || again != test.want || diags.HasError() {
					t.Errorf("the community is %q, then %q: %v", got, again, diags)
				}
			} else if failure := onlyError(t, diags); failure.Summary() != test.summary || !strings.Contains(failure.Detail(), test.says) {
				t.Errorf("the error is %q %q", failure.Summary(), failure.Detail())
			}
			if calls := mock.GetTotalCallCount(); calls != test.calls {
				t.Errorf("%d calls, want %d", calls, test.calls)
			}
		})
	}
}

func TestResolveCommunityWithoutAKey(t *testing.T) {
	t.Parallel()
	_, diags := NewClients(Config{CommunityID: types.StringNull()}).ResolveCommunity(t.Context(), "")
	if got := onlyError(t, diags); got.Summary() != `provider "sekoia": no Sekoia API key is set` {
		t.Errorf("the error is %q", got.Summary())
	}
}

func TestClientsHandOutWhatTheyWereGiven(t *testing.T) {
	t.Parallel()
	config := configOn(t, httpmock.NewMockTransport())
	config.Trust = credential.Trust{Loopback: true}
	config.CommunityID = types.StringValue("c")
	config.Unknown = []string{"http"}
	clients := NewClients(config)
	if !clients.Trust().Loopback || clients.ConfiguredCommunityID().ValueString() != "c" ||
		clients.Tester() == nil || clients.Shared() == nil || len(clients.SekoiaUnknown()) != 1 {
		t.Error("something is missing")
	}
}

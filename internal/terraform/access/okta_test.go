// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package access

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/jarcoal/httpmock"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/okta"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/diagnostic"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/credential"
)

// organizations are settings of okta_organizations.
type organizations = map[string]OktaSettings

func oktaOf(base, token string) OktaSettings {
	return OktaSettings{Place: diagnostic.OktaPlace{Source: diagnostic.SourceConfiguration}, BaseURL: base, APIToken: credential.NewSecret(token)}
}

func TestClientsOktaOrganizations(t *testing.T) {
	t.Parallel()
	const aboutBeta = "https://beta.okta.com/.well-known/okta-organization"
	mock := httpmock.NewMockTransport()
	mock.RegisterResponder(http.MethodGet, wellKnown, httpmock.NewStringResponder(http.StatusOK, aboutAcme))
	mock.RegisterResponder(http.MethodGet, aboutBeta, httpmock.NewStringResponder(http.StatusOK, strings.ReplaceAll(aboutAcme, "acme", "beta")))
	config := configOn(t, mock)
	config.OktaOrganizations = organizations{
		"beta":        oktaOf("https://beta.okta.com", "beta's"),
		"same":        oktaOf("https://ACME.okta.com/", "token"),
		"other token": oktaOf("https://acme.okta.com", "another"),
	}
	clients := NewClients(config)
	found := map[string]*OktaOrganization{}
	for _, key := range []types.String{
		types.StringNull(), types.StringValue("beta"), types.StringValue("same"), types.StringValue("other token"), types.StringValue("beta"),
	} {
		organization, diags := clients.Okta(t.Context(), key)
		if diags.HasError() {
			t.Fatal(diags)
		}
		found[key.ValueString()] = organization
	}
	if got := found["beta"].About.API.String(); got != "https://beta.okta.com" {
		t.Errorf("beta is at %s", got)
	}
	if found["same"].Shared != found[""].Shared || found["same"].Client != found[""].Client || found["other token"].Shared == found[""].Shared {
		t.Error("what two keys share is not one organization, or another token's is")
	}
	if calls := mock.GetTotalCallCount(); calls != 2 {
		t.Errorf("%d calls, want one for each host", calls)
	}
}

func TestClientsOktaOrganizationsErrors(t *testing.T) {
	t.Parallel()
	many := organizations{}
	for index := range 100 {
		many[fmt.Sprintf("org%03d", index)] = oktaOf("https://acme.okta.com", "token")
	}
	attribute := path.Root(OktaOrganizationAttribute)
	cases := map[string]struct {
		key     string
		change  func(*Config)
		at      path.Path
		summary string
		says    []string
	}{
		"a key that is not there": {
			key: "c", change: func(c *Config) { c.OktaOrganizations = organizations{"b": {}, "a": {}} },
			at: attribute, summary: "Unknown Okta organization", says: []string{`the key "c"`, "Its okta_organizations has: a, b."},
		},
		"a key where there are none": {
			key: "c", at: attribute, summary: "Unknown Okta organization", says: []string{"Its okta_organizations is not set."},
		},
		"a key that is not there, of a hundred": {
			key: "c", change: func(c *Config) { c.OktaOrganizations = many },
			at: attribute, summary: "Unknown Okta organization", says: []string{"org000, org001", "org029 and 70 more."},
		},
		"keys that are not known yet": {
			key: "c", change: func(c *Config) { c.OktaOrganizationsUnknown = true },
			summary: `provider "sekoia": okta_organizations is not known yet`, says: []string{"depends_on", "-target"},
		},
		"an organization that is not known yet": {
			key: "c", change: func(c *Config) {
				c.OktaOrganizations = organizations{"c": {Unknown: []string{diagnostic.OktaAttribute(types.StringValue("c"), "")}}}
			},
			summary: `provider "sekoia": okta_organizations["c"] is not known yet`, says: []string{"depends_on"},
		},
		"no token": {
			key: "c", change: func(c *Config) { c.OktaOrganizations = organizations{"c": oktaOf("https://acme.okta.com", "")} },
			summary: "c: no credential for Okta is set",
			says:    []string{`Set okta_organizations["c"].api_token in the provider block`, "the environment is not asked for it"},
		},
		"no base URL": {
			key: "c", change: func(c *Config) { c.OktaOrganizations = organizations{"c": oktaOf("", "token")} },
			summary: "c: no base URL of an Okta organization is set", says: []string{`okta_organizations["c"].base_url`},
		},
		"a host that may not be trusted": {
			key: "c", change: func(c *Config) { c.OktaOrganizations = organizations{"c": oktaOf("https://okta.example", "token")} },
			summary: "c: base_url may not be trusted with an Okta credential", says: []string{`okta_organizations["c"].base_url`, credential.TrustedOktaHostsVariable},
		},
		"an admin host": {
			key: "c", change: func(c *Config) {
				c.OktaOrganizations = organizations{"c": oktaOf("https://acme-admin.okta.com", "token")}
			},
			summary: "c: base_url is not the URL of an Okta organization", says: []string{`okta_organizations["c"].base_url`, "https://acme.okta.com"},
		},
		"no key, and no okta block beside the organizations": {
			change:  func(c *Config) { c.Okta, c.OktaOrganizations = OktaSettings{}, organizations{"b": {}, "a": {}} },
			summary: "No base URL of an Okta organization is set", says: []string{"Set okta.base_url in the provider block", "okta_organizations with okta_organization: a, b."},
		},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			mock := httpmock.NewMockTransport()
			config := configOn(t, mock)
			if test.change != nil {
				test.change(&config)
			}
			key := types.StringNull()
			if test.key != "" {
				key = types.StringValue(test.key)
			}
			organization, diags := NewClients(config).Okta(t.Context(), key)
			got := onlyError(t, diags)
			if organization != nil || got.Summary() != test.summary || !isAt(got, test.at) {
				t.Errorf("the error is %q %v, want %q", got.Summary(), got, test.summary)
			}
			for _, text := range test.says {
				if !strings.Contains(got.Detail(), text) {
					t.Errorf("the error does not say %q: %q", text, got.Detail())
				}
			}
			if lines := strings.Count(got.Detail(), "\n"); lines > 8 {
				t.Errorf("the error has %d lines", lines)
			}
		})
	}
}

func TestOktaUnknown(t *testing.T) {
	t.Parallel()
	clients := NewClients(Config{Unknown: []string{"http"}})
	if _, problem := clients.CheckOkta(OktaSettings{Unknown: []string{"okta"}}); problem == nil || problem.News != "http, okta are not known yet" {
		t.Errorf("the problem is %v", problem)
	}
}

func TestClientsOktaApp(t *testing.T) {
	t.Parallel()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	content, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := okta.ParsePrivateKey(credential.NewSecret(string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: content}))), "")
	if err != nil {
		t.Fatal(err)
	}
	mock := httpmock.NewMockTransport()
	mock.RegisterResponder(http.MethodGet, wellKnown, httpmock.NewStringResponder(http.StatusOK, aboutAcme))
	mock.RegisterResponder(http.MethodPost, "https://acme.okta.com/oauth2/v1/token",
		httpmock.NewStringResponder(http.StatusOK, `{"token_type":"Bearer","expires_in":3600,"access_token":"access","scope":"okta.devices.read"}`))
	mock.RegisterResponder(http.MethodGet, "https://acme.okta.com/api/v1/devices", httpmock.NewStringResponder(http.StatusOK, `[]`))
	withApp := func(client string) OktaSettings {
		settings := oktaOf("https://acme.okta.com", "")
		settings.App = okta.NewServiceApp(client, parsed, nil)
		return settings
	}
	config := configOn(t, mock)
	config.Okta = withApp("a")
	config.OktaOrganizations = organizations{"same": withApp("a"), "other": withApp("b"), "wrong": oktaOf("https://acme.okta.com", "token")}
	wrong := config.OktaOrganizations["wrong"]
	wrong.Problem = &Problem{News: "there are two", Detail: "Leave one out.", Credential: true}
	config.OktaOrganizations["wrong"] = wrong
	clients := NewClients(config)
	for _, key := range []types.String{types.StringNull(), types.StringValue("same"), types.StringValue("other")} {
		organization, diags := clients.Okta(t.Context(), key)
		if diags.HasError() {
			t.Fatal(diags)
		}
		if _, err := organization.Client.DevicesPage(t.Context(), okta.DeviceQuery{}); err != nil {
			t.Fatal(err)
		}
		settings, _ := clients.OktaSettings(key)
		if _, err := okta.New(okta.Config{HTTP: config.HTTP, Origin: organization.About.API, App: settings.App}).GrantedScopes(t.Context()); err != nil {
			t.Fatal(err)
		}
	}

	// The same app shares its token among all who have it.
	if got := mock.GetCallCountInfo()["POST https://acme.okta.com/oauth2/v1/token"]; got != 2 {
		t.Errorf("%d tokens were asked for, want one for each app", got)
	}
	_, diags := clients.Okta(t.Context(), types.StringValue("wrong"))
	if !diags.HasError() || diags[0].Summary() != "wrong: there are two" || diags[0].Detail() != "Leave one out." {
		t.Errorf("diagnostics %v", diags)
	}
}

// A token may have been put in the URL's place. Then it is no name for anything.
func TestAPlaceDoesNotShowATokenInTheURLsPlace(t *testing.T) {
	t.Parallel()
	const token = "00aBcDeFgHiJkLmNoPqRsTuVwXyZ0123456789-_ab"
	summary := func(base string) string {
		settings, _ := NewClients(Config{Okta: oktaOf(base, "")}).OktaSettings(types.StringNull())
		return settings.Place.Summary("news")
	}
	if got := summary("https://" + token); strings.Contains(strings.ToLower(got), strings.ToLower(token)) {
		t.Errorf("the summary is %q", got)
	}
	if got := summary("https://acme.okta.com"); got != "acme.okta.com: news" {
		t.Errorf("the summary is %q", got)
	}
}

// isAt reports whether a diagnostic sits on an attribute; the empty path means on none.
func isAt(got diag.Diagnostic, at path.Path) bool {
	with, ok := got.(diag.DiagnosticWithPath)
	if !ok {
		return len(at.Steps()) == 0
	}
	return with.Path().Equal(at)
}

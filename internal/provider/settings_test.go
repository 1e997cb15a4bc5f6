// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/access"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/diagnostic"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/credential"
)

func TestSekoiaSettings(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		block   block
		env     variables
		url     string
		key     string
		unknown []string
	}{
		"nothing is set, so the first region": {
			url: "https://api.sekoia.io",
		},
		"the block's region": {
			block: block{"region": "fra2"}, url: "https://app.fra2.sekoia.io/api",
		},
		"the environment's region": {
			env: variables{"SEKOIA_REGION": "usa1"}, url: "https://api.usa1.sekoia.io",
		},
		"the block's base URL wins over the block's region": {
			block: block{"region": "fra2", "base_url": "https://x.sekoia.io"}, url: "https://x.sekoia.io",
		},
		"the environment's base URL wins over the environment's region": {
			env: variables{"SEKOIA_REGION": "fra2", "SEKOIA_BASE_URL": "https://y.example"}, url: "https://y.example",
		},
		"the block's region wins over the environment's base URL": {
			block: block{"region": "fra2"}, env: variables{"SEKOIA_BASE_URL": "https://y.example"}, url: "https://app.fra2.sekoia.io/api",
		},
		"the block's base URL wins over the environment's": {
			block: block{"base_url": "https://x.sekoia.io"}, env: variables{"SEKOIA_BASE_URL": "https://y.example"}, url: "https://x.sekoia.io",
		},
		"the block may name the environment's own URL": {
			block: block{"base_url": "https://y.example/api"}, env: variables{"SEKOIA_BASE_URL": "https://y.example"}, url: "https://y.example/api",
		},
		"loopback is taken from the block": {
			block: block{"base_url": "http://127.0.0.1:8080"}, url: "http://127.0.0.1:8080",
		},
		"an empty variable is not set": {
			env: variables{"SEKOIA_BASE_URL": "", "SEKOIA_REGION": " ", "SEKOIA_API_KEY": ""}, url: "https://api.sekoia.io",
		},
		"the block's key wins over the environment's": {
			block: block{"api_key": "block"}, env: variables{"SEKOIA_API_KEY": "environment"}, url: "https://api.sekoia.io", key: "block",
		},
		"the environment's key, without the line break behind it": {
			env: variables{"SEKOIA_API_KEY": "environment\n"}, url: "https://api.sekoia.io", key: "environment",
		},
		"an unknown key is not the environment's": {
			block: block{"api_key": unknown}, env: variables{"SEKOIA_API_KEY": "environment"}, url: "https://api.sekoia.io",
			unknown: []string{"api_key"},
		},
		"an unknown base URL is not the environment's": {
			block: block{"base_url": unknown, "region": "fra2"}, env: variables{"SEKOIA_BASE_URL": "https://y.example"},
			unknown: []string{"base_url"},
		},
		"an unknown region is not the environment's": {
			block: block{"region": unknown}, env: variables{"SEKOIA_BASE_URL": "https://y.example"}, unknown: []string{"region"},
		},
		"an unknown region behind a base URL does not matter": {
			block: block{"region": unknown, "base_url": "https://x.sekoia.io"}, url: "https://x.sekoia.io",
		},
		"a variable that can't be read does not matter behind the block": {
			block: block{"base_url": "https://x.sekoia.io"}, env: variables{"SEKOIA_BASE_URL": "://"}, url: "https://x.sekoia.io",
		},
		"a call's path in the environment is no matter either, and its host is trusted": {
			block: block{"base_url": "https://y.example"}, env: variables{"SEKOIA_BASE_URL": "https://y.example/v1"}, url: "https://y.example",
		},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, diags := resolved(t, test.block, test.env)
			if len(diags) > 0 {
				t.Fatal(diags)
			}
			url := ""
			if got.Sekoia.BaseURL != nil {
				url = got.Sekoia.BaseURL.String()
			}
			if url != test.url || got.Sekoia.APIKey.Reveal() != test.key || !slices.Equal(got.Sekoia.Unknown, test.unknown) {
				t.Errorf("came to %q, key %q, unknown %v", url, got.Sekoia.APIKey.Reveal(), got.Sekoia.Unknown)
			}
		})
	}
}

func TestSettingsThatAreRefused(t *testing.T) {
	t.Parallel()
	const somewhere = "https://sekoia.example"
	cases := map[string]struct {
		block    block
		env      variables
		severity diag.Severity
		at       path.Path
		says     string
	}{
		"a region that is not known yet is a warning": {
			block: block{"region": "ber7"}, severity: diag.SeverityWarning, at: path.Root("region"), says: "https://api.ber7.sekoia.io",
		},
		"so is one in the environment": {
			env: variables{"SEKOIA_REGION": "ber7"}, severity: diag.SeverityWarning, says: "fra1, fra2",
		},
		"a region that can't be one": {
			block: block{"region": "evil.example/"}, severity: diag.SeverityError, at: path.Root("region"), says: "three lower-case letters and a number",
		},
		"one in the environment that can't be one": {
			env: variables{"SEKOIA_REGION": "FRA1"}, severity: diag.SeverityError, says: `SEKOIA_REGION: "FRA1" must be lower case: "fra1".`,
		},
		"a base URL elsewhere, whatever key is set": {
			block: block{"base_url": somewhere}, env: variables{"SEKOIA_API_KEY": "key"}, severity: diag.SeverityError,
			at: path.Root("base_url"), says: "SEKOIA_BASE_URL",
		},
		"a base URL elsewhere without any key": {
			block: block{"base_url": somewhere}, severity: diag.SeverityError, at: path.Root("base_url"), says: "SEKOIA_BASE_URL",
		},
		"a base URL elsewhere with a key that is not known yet": {
			block: block{"base_url": somewhere, "api_key": unknown}, severity: diag.SeverityError, at: path.Root("base_url"), says: "SEKOIA_BASE_URL",
		},
		"a host that only ends in Sekoia's name": {
			block: block{"base_url": "https://evilsekoia.io"}, severity: diag.SeverityError, at: path.Root("base_url"), says: "SEKOIA_BASE_URL",
		},
		"another port of the environment's host": {
			block: block{"base_url": "https://y.example:8443"}, env: variables{"SEKOIA_BASE_URL": "https://y.example"},
			severity: diag.SeverityError, at: path.Root("base_url"), says: "SEKOIA_BASE_URL",
		},
		"http to Sekoia": {
			block: block{"base_url": "http://api.sekoia.io"}, severity: diag.SeverityError, at: path.Root("base_url"), says: "http",
		},
		"text that is no URL": {
			block: block{"base_url": "api.sekoia.io"}, severity: diag.SeverityError, at: path.Root("base_url"), says: "https://api.sekoia.io",
		},
		"text in the environment that is no URL": {
			env: variables{"SEKOIA_BASE_URL": "api.sekoia.io"}, severity: diag.SeverityError, says: "https://api.sekoia.io",
		},
		"a password in the environment's URL": {
			env: variables{"SEKOIA_BASE_URL": "https://u:hunter2@y.example"}, severity: diag.SeverityError, says: "password",
		},
		"a query in the URL": {
			block: block{"base_url": "https://api.sekoia.io/?a=hunter2"}, severity: diag.SeverityError, at: path.Root("base_url"), says: "query",
		},
		"a call's path behind the base URL": {
			block: block{"base_url": "https://api.sekoia.io/v1"}, severity: diag.SeverityError, at: path.Root("base_url"),
			says: `base_url: "https://api.sekoia.io/v1" has a path that does not belong in it. It should be: https://api.sekoia.io`,
		},
		"one in the environment": {
			env: variables{"SEKOIA_BASE_URL": "https://app.fra2.sekoia.io/api/v1/"}, severity: diag.SeverityError,
			says: `SEKOIA_BASE_URL: "https://app.fra2.sekoia.io/api/v1/" has a path that does not belong in it. It should be: https://app.fra2.sekoia.io/api`,
		},
		"a community that is no UUID": {
			block: block{"community_id": "ours"}, severity: diag.SeverityError, at: path.Root("community_id"), says: "community_id must be a UUID",
		},
		"one in the environment that is none": {
			env: variables{"SEKOIA_COMMUNITY_ID": "ours"}, severity: diag.SeverityError, says: "SEKOIA_COMMUNITY_ID must be a UUID such as 6bffbac8-",
		},
		"another word for the mode in the environment": {
			env: variables{"SEKOIA_CONNECTION_TEST": "no"}, severity: diag.SeverityError, says: "off, apply, on_change, always",
		},
		"trusted hosts that are no list": {
			env: variables{"SEKOIA_TRUSTED_OKTA_HOSTS": "*.example"}, severity: diag.SeverityError, says: "*.example",
		},
		"a CA file that is not there": {
			block: block{"http": block{"ca_certificate_file": "no/such/file.pem"}}, severity: diag.SeverityError,
			at: path.Root("http").AtName("ca_certificate_file"), says: "no/such/file.pem",
		},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, diags := resolved(t, test.block, test.env)
			if len(diags) != 1 {
				t.Fatalf("want one diagnostic, not %v", diags)
			}
			got := diags[0]
			if got.Severity() != test.severity || !isAt(got, test.at) || !strings.Contains(got.Detail(), test.says) {
				t.Errorf("the diagnostic is %v %v, want %v on %q saying %q", got.Severity(), got, test.severity, test.at, test.says)
			}
			if strings.Contains(got.Summary()+got.Detail(), "hunter2") {
				t.Errorf("the diagnostic shows a secret: %v", got)
			}
		})
	}
}

func TestOktaSettings(t *testing.T) {
	t.Parallel()
	const (
		fromBlock       = diagnostic.SourceConfiguration
		fromEnvironment = diagnostic.SourceEnvironment
		token           = "environment's"
	)
	cases := map[string]struct {
		block   any
		env     variables
		source  diagnostic.Source
		url     string
		token   string
		unknown []string
	}{
		"nothing is set": {},
		"the block": {
			block: block{"base_url": "https://a.okta.com", "api_token": "block's"}, source: fromBlock, url: "https://a.okta.com", token: "block's",
		},
		"OKTA_CLIENT_ORGURL and OKTA_API_TOKEN": {
			env: variables{"OKTA_CLIENT_ORGURL": "https://a.okta.com", "OKTA_API_TOKEN": token}, source: fromEnvironment, url: "https://a.okta.com", token: token,
		},
		"OKTA_CLIENT_ORGURL goes before OKTA_ORG_NAME": {
			env:    variables{"OKTA_CLIENT_ORGURL": "https://a.okta.com", "OKTA_ORG_NAME": "b", "OKTA_BASE_URL": "oktapreview.com"},
			source: fromEnvironment, url: "https://a.okta.com",
		},
		"OKTA_API_TOKEN goes before OKTA_CLIENT_TOKEN": {
			env: variables{"OKTA_API_TOKEN": token, "OKTA_CLIENT_TOKEN": "other"}, source: fromEnvironment, token: token,
		},
		"OKTA_CLIENT_TOKEN stands in": {
			env: variables{"OKTA_CLIENT_TOKEN": "other"}, source: fromEnvironment, token: "other",
		},
		"a name and a domain": {
			env: variables{"OKTA_ORG_NAME": "b", "OKTA_BASE_URL": "oktapreview.com"}, source: fromEnvironment, url: "https://b.oktapreview.com",
		},
		"a name alone is below okta.com": {
			env: variables{"OKTA_ORG_NAME": "b"}, source: fromEnvironment, url: "https://b.okta.com",
		},
		"a whole URL is taken as it is": {
			env: variables{"OKTA_BASE_URL": "https://c.okta.com"}, source: fromEnvironment, url: "https://c.okta.com",
		},
		"a whole URL is taken as it is beside a name": {
			env: variables{"OKTA_ORG_NAME": "b", "OKTA_BASE_URL": "https://c.okta.com/"}, source: fromEnvironment, url: "https://c.okta.com/",
		},
		"a whole URL as the name is taken as it is": { // errors about a name show the whole URL
			env: variables{"OKTA_ORG_NAME": "https://c.okta.com", "OKTA_BASE_URL": "okta.com"}, source: fromEnvironment, url: "https://c.okta.com",
		},
		"a domain alone is no organization": {
			env: variables{"OKTA_BASE_URL": "oktapreview.com"},
		},
		"the environment's token does not go to the block's URL": {
			block: block{"base_url": "https://a.okta.com"}, env: variables{"OKTA_CLIENT_ORGURL": "https://e.okta.com", "OKTA_API_TOKEN": token},
			source: fromBlock, url: "https://a.okta.com",
		},
		"nor where that is the environment's own URL": {
			block: block{"base_url": "https://e.okta.com"}, env: variables{"OKTA_CLIENT_ORGURL": "https://e.okta.com", "OKTA_API_TOKEN": token},
			source: fromBlock, url: "https://e.okta.com",
		},
		"the block's token does not go to the environment's URL": {
			block: block{"api_token": "block's"}, env: variables{"OKTA_CLIENT_ORGURL": "https://e.okta.com", "OKTA_API_TOKEN": token},
			source: fromBlock, token: "block's",
		},
		"a block that says nothing leaves it to the environment": {
			block: block{}, env: variables{"OKTA_CLIENT_ORGURL": "https://e.okta.com", "OKTA_API_TOKEN": token},
			source: fromEnvironment, url: "https://e.okta.com", token: token,
		},
		"a block that is not known yet is not the environment's": {
			block: unknown, env: variables{"OKTA_CLIENT_ORGURL": "https://e.okta.com", "OKTA_API_TOKEN": token},
			source: fromBlock, unknown: []string{"okta"},
		},
		"a token that is not known yet is not the environment's": {
			block: block{"base_url": "https://a.okta.com", "api_token": unknown}, env: variables{"OKTA_API_TOKEN": token},
			source: fromBlock, url: "https://a.okta.com", unknown: []string{"okta.api_token"},
		},
		"neither URL nor token is known yet": {
			block: block{"base_url": unknown, "api_token": unknown}, source: fromBlock, unknown: []string{"okta.base_url", "okta.api_token"},
		},
		"the environment's shape is nobody's error until it is used": {
			env: variables{"OKTA_CLIENT_ORGURL": "acme-admin.okta.com/x"}, source: fromEnvironment, url: "acme-admin.okta.com/x",
		},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			config, diags := resolved(t, block{"okta": test.block}, test.env)
			if len(diags) > 0 {
				t.Fatal(diags)
			}
			got := config.Okta
			if got.Place.Source != test.source || got.BaseURL != test.url || got.APIToken.Reveal() != test.token || !slices.Equal(got.Unknown, test.unknown) {
				t.Errorf("came to %v %q %q, unknown %v", got.Place.Source, got.BaseURL, got.APIToken.Reveal(), got.Unknown)
			}
		})
	}
}

func TestOktaOrganizationsSettings(t *testing.T) {
	t.Parallel()
	const token = "environment's"
	env := variables{"OKTA_CLIENT_ORGURL": "https://e.okta.com", "OKTA_API_TOKEN": token}
	cases := map[string]struct {
		organizations any
		want          map[string]access.OktaSettings
		unknown       bool
	}{
		"none":     {},
		"an empty": {organizations: objects{}},
		"the whole map is not known yet": {
			organizations: unknown, unknown: true,
		},
		"several, each with its own": {
			organizations: objects{
				"a": block{"base_url": "https://a.okta.com", "api_token": "a's"}, "b": block{"base_url": "https://b.okta.com", "api_token": "b's"},
			},
			want: map[string]access.OktaSettings{
				"a": {BaseURL: "https://a.okta.com", APIToken: credential.NewSecret("a's")},
				"b": {BaseURL: "https://b.okta.com", APIToken: credential.NewSecret("b's")},
			},
		},
		"the environment completes none": {
			organizations: objects{"e": block{"base_url": "https://e.okta.com"}, "t": block{"api_token": "t's"}, "n": nil},
			want: map[string]access.OktaSettings{
				"e": {BaseURL: "https://e.okta.com"}, "t": {APIToken: credential.NewSecret("t's")}, "n": {},
			},
		},
		"some of it is not known yet": {
			organizations: objects{"o": unknown, "t": block{"base_url": "https://t.okta.com", "api_token": unknown}, "u": block{"base_url": unknown}},
			want: map[string]access.OktaSettings{
				"o": {Unknown: []string{`okta_organizations["o"]`}},
				"t": {BaseURL: "https://t.okta.com", Unknown: []string{`okta_organizations["t"].api_token`}},
				"u": {Unknown: []string{`okta_organizations["u"].base_url`}},
			},
		},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			config, diags := resolved(t, block{"okta_organizations": test.organizations}, env)
			if len(diags) > 0 {
				t.Fatal(diags)
			}
			if config.Okta.BaseURL != "https://e.okta.com" || config.Okta.APIToken.Reveal() != token {
				t.Error("the environment's organization is not the one without a key any more")
			}
			got := config.OktaOrganizations
			if len(got) != len(test.want) || config.OktaOrganizationsUnknown != test.unknown {
				t.Fatalf("came to %v, unknown %v", got, config.OktaOrganizationsUnknown)
			}
			for key, want := range test.want {
				if got := got[key]; got.Place.Source != diagnostic.SourceConfiguration || got.BaseURL != want.BaseURL || !got.APIToken.Equal(want.APIToken) ||
					!slices.Equal(got.Unknown, want.Unknown) {
					t.Errorf("%s came to %+v, want %+v", key, got, want)
				}
			}
		})
	}
}

func TestTrustSettings(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		block    block
		env      variables
		hosts    []credential.HostPort
		origin   string
		loopback bool
	}{
		"nothing is trusted but Okta and Sekoia": {},
		"the environment's hosts": {
			env:   variables{"SEKOIA_TRUSTED_OKTA_HOSTS": "okta.example,b.example:8443"},
			hosts: []credential.HostPort{{Host: "okta.example", Port: "443"}, {Host: "b.example", Port: "8443"}},
		},
		"the environment's Sekoia": {
			env: variables{"SEKOIA_BASE_URL": "https://y.example/api"}, origin: "https://y.example",
		},
		"the environment's Sekoia, though the block names another": {
			block: block{"base_url": "https://api.sekoia.io"}, env: variables{"SEKOIA_BASE_URL": "https://y.example"}, origin: "https://y.example",
		},
		"loopback, where Sekoia is there": {
			env: variables{"SEKOIA_BASE_URL": "http://localhost:1"}, origin: "http://localhost:1", loopback: true,
		},
		"loopback, where the block says so": {
			block: block{"base_url": "http://127.0.0.1:1"}, loopback: true,
		},
		"not loopback, where only the environment is": {
			block: block{"base_url": "https://api.sekoia.io"}, env: variables{"SEKOIA_BASE_URL": "http://localhost:1"}, origin: "http://localhost:1",
		},
		"not loopback, where it is not known yet": {
			block: block{"base_url": unknown}, env: variables{"SEKOIA_BASE_URL": "http://localhost:1"}, origin: "http://localhost:1",
		},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			config, diags := resolved(t, test.block, test.env)
			if len(diags) > 0 {
				t.Fatal(diags)
			}
			got := config.Trust
			if !slices.Equal(got.OktaHosts, test.hosts) || got.Loopback != test.loopback {
				t.Errorf("trusted are %+v", got)
			}
			if (test.origin == "") != got.SekoiaOrigin.IsZero() || test.origin != "" && got.SekoiaOrigin.String() != test.origin {
				t.Errorf("Sekoia's origin is %v, want %q", got.SekoiaOrigin, test.origin)
			}
		})
	}
}

func TestCommunityAndModeSettings(t *testing.T) {
	t.Parallel()
	const (
		first  = "c1c1c1c1-0000-4000-8000-000000000001"
		second = "c2c2c2c2-0000-4000-8000-000000000002"
	)
	off, always := access.ModeOff, access.ModeAlways
	cases := map[string]struct {
		block     block
		env       variables
		community types.String
		mode      access.Mode
	}{
		"nothing is set": {community: types.StringNull(), mode: access.ModeOnChange},
		"the block": {
			block: block{"community_id": first, "connection_test_mode": "always"}, community: types.StringValue(first), mode: always,
		},
		"the environment": {
			env:       variables{"SEKOIA_COMMUNITY_ID": second, "SEKOIA_CONNECTION_TEST": "always"},
			community: types.StringValue(second), mode: always,
		},
		"both: the block's community, the lower mode": {
			block:     block{"community_id": first, "connection_test_mode": "always"},
			env:       variables{"SEKOIA_COMMUNITY_ID": second, "SEKOIA_CONNECTION_TEST": "off"},
			community: types.StringValue(first), mode: off,
		},
		"the block in capitals": {
			block: block{"community_id": strings.ToUpper(first)}, community: types.StringValue(first), mode: access.ModeOnChange,
		},
		"the environment in capitals": {
			env: variables{"SEKOIA_COMMUNITY_ID": strings.ToUpper(second)}, community: types.StringValue(second), mode: access.ModeOnChange,
		},
		"not known yet": {
			block: block{"community_id": unknown, "connection_test_mode": unknown}, env: variables{"SEKOIA_COMMUNITY_ID": second},
			community: types.StringUnknown(), mode: access.ModeApply,
		},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, diags := resolved(t, test.block, test.env)
			if len(diags) > 0 {
				t.Fatal(diags)
			}
			if mode := got.Mode.InForce(types.StringNull()); !got.CommunityID.Equal(test.community) || mode != test.mode {
				t.Errorf("came to %v, %v", got.CommunityID, mode)
			}
		})
	}
}

func TestHTTPSettings(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		block   any
		unknown []string
	}{
		"nothing is set":                            {},
		"what is set":                               {block: block{"request_timeout": "45s", "max_retries": 0}},
		"a timeout that is not known yet":           {block: block{"request_timeout": unknown, "max_retries": unknown}},
		"a CA file that is not known yet stops all": {block: block{"ca_certificate_file": unknown}, unknown: []string{"http.ca_certificate_file"}},
		"the whole object is not known yet":         {block: unknown, unknown: []string{"http"}},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, diags := resolved(t, block{"http": test.block}, nil)
			if len(diags) > 0 || got.HTTP == nil || !slices.Equal(got.Unknown, test.unknown) {
				t.Errorf("came to %v, unknown %v: %v", got.HTTP, got.Unknown, diags)
			}
		})
	}
}

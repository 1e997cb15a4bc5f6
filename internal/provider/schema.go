// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/sekoia"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/access"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/attribute"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/diagnostic"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/credential"
)

// Schema describes the provider block.
func (*Provider) Schema(_ context.Context, _ provider.SchemaRequest, resp *provider.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Declares which Okta organizations [Sekoia](https://www.sekoia.io) takes its device inventory from. Tests " +
			"that the credentials work before they are stored anywhere. Reads the devices on both sides.\n\nEach attribute can come " +
			"from its environment variable instead. Configuring the provider makes no call, and a run asks only for the credentials " +
			"that it needs.",
		Attributes: map[string]schema.Attribute{
			sekoia.InputRegion: schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "The region of the Sekoia community: `fra1` (the default), `fra2`, `mco1`, `uae1`, `usa1` or " +
					"`sgp1`. A newer region is accepted with a warning. Environment: `SEKOIA_REGION`.",
				Validators: []validator.String{attribute.Region()},
			},
			baseURLAttribute: schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "The base URL of Sekoia's API, if it is not the region's usual one. It wins over a `region` that is " +
					"set in the same place. The block wins over the environment. The API key is sent to `https://*.sekoia.io`, to this " +
					"machine, and to the URL in the environment variable `SEKOIA_BASE_URL`. Any other URL here is an error. " +
					"Environment: `SEKOIA_BASE_URL`.",
				Validators: []validator.String{sekoiaBaseURL()},
			},
			sekoia.InputAPIKey: schema.StringAttribute{
				Optional:  true,
				Sensitive: true,
				MarkdownDescription: "The API key for Sekoia. It is a secret, so set it in the environment. The connection test names " +
					"the permissions that it lacks. Environment: `SEKOIA_API_KEY`.",
				Validators: []validator.String{attribute.SekoiaKeyValidator()},
			},
			sekoia.InputCommunity: schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "The UUID of the community for new connectors, if the key sees several. If the key sees only one, " +
					"that one is used. If it sees several and none is chosen, an error lists them. Used when a connector is created. " +
					"Changing it later does not move existing connectors. Environment: `SEKOIA_COMMUNITY_ID`.",
				Validators: []validator.String{attribute.UUIDValidator()},
			},
			"okta": schema.SingleNestedAttribute{
				Optional: true,
				MarkdownDescription: "The Okta organization for data sources that name no other. Resources have credentials of their own. All " +
					"settings of one organization come from one place: if this object sets anything, Okta's environment variables are ignored.",
				Attributes: oktaSchema(false),
			},
			diagnostic.OrganizationsAttribute: schema.MapNestedAttribute{
				Optional: true,
				MarkdownDescription: "Several Okta organizations, by keys of your own. A data source reads one of them with `okta_organization " +
					"= \"<key>\"`, also with `for_each`, so you need no provider aliases. A data source that names none reads the organization " +
					"of `okta`. Okta's environment variables are ignored here.",
				NestedObject: schema.NestedAttributeObject{Attributes: oktaSchema(true)},
			},
			modeAttribute: schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "When a connector's credentials are tested. `off`: never. `apply`: before the first write of an " +
					"apply. `on_change` (the default): at plan too, if something changed that the test depends on. `always`: at every " +
					"plan. A resource's own `connection_test.mode` wins over it. The environment variable can only lower either: " +
					"`SEKOIA_CONNECTION_TEST=off` turns the test off, whatever the configuration says. Environment: " +
					"`SEKOIA_CONNECTION_TEST`.",
				Validators: []validator.String{attribute.OneOf(access.ModeWords()...)},
			},
			"http": httpAttribute(),
		},
	}
}

func httpAttribute() schema.Attribute {
	return schema.SingleNestedAttribute{
		Optional: true,
		MarkdownDescription: "How both services are called. Proxies come from the environment variables `HTTPS_PROXY`, `HTTP_PROXY` " +
			"and `NO_PROXY`.",
		Attributes: map[string]schema.Attribute{
			"request_timeout": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "How long one attempt of a call may take, such as `45s` or `2m`, from `1s` to `10m`. Default " +
					"`30s`. Raise it behind a slow proxy. The whole connection test takes 15 seconds at most, unless it waits for a rate limit.",
				Validators: []validator.String{attribute.Duration("1s", "10m")},
			},
			"max_retries": schema.NumberAttribute{
				Optional: true,
				MarkdownDescription: "How often a call is retried after a rate limit, an outage or a broken connection, from `0` to " +
					"`10`. Default `4`. Only idempotent calls are retried. The connection test retries a call once at most.",
				Validators: []validator.Number{attribute.Between(0, 10)},
			},
			"ca_certificate_file": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "A file with certificate authorities (PEM) to trust in addition to the system's, for a proxy that " +
					"inspects TLS.",
				Validators: []validator.String{attribute.NotEmpty()},
			},
		},
	}
}

const notSekoiaBaseURL = "not a base URL of Sekoia's API"

// sekoiaBaseURL refuses a text that is not a base URL. Where the key may go is decided in Configure. The error does not
// repeat the value, which may hold a password.
func sekoiaBaseURL() validator.String {
	return attribute.Checked("a base URL of Sekoia's API, such as https://api.sekoia.io", notSekoiaBaseURL, func(name, text string) string {
		if _, err := parseSekoiaBaseURL(name, text); err != nil {
			return err.Error()
		}
		return ""
	})
}

// parseURL accepts https and http, a host, and a path such as that of https://app.fra2.sekoia.io/api. The error does
// not repeat the text.
func parseURL(raw string) (*url.URL, error) {
	parsed, err := url.Parse(raw)
	switch {
	case err != nil, parsed.Scheme != "https" && parsed.Scheme != "http", parsed.Hostname() == "":
		return nil, errors.New("This is not a URL such as https://api.sekoia.io or https://app.fra2.sekoia.io/api.") //nolint:revive,staticcheck // shown as it is
	case parsed.User != nil:
		return nil, errors.New("Leave the user name and password out of the URL.") //nolint:revive,staticcheck // shown as it is
	case parsed.RawQuery != "" || parsed.ForceQuery || parsed.Fragment != "":
		return nil, errors.New("Leave the query and the fragment out of the URL.") //nolint:revive,staticcheck // shown as it is
	}
	return parsed, nil
}

var (
	// pathOfCall is what calls to Sekoia add to the base URL, such as /v1/me.
	pathOfCall = regexp.MustCompile(`(?i)/+(v[0-9]+|outgoing-ips)(/.*)?$`)
	// Sekoia's hosts, as its regions page has them: the API of api.… has no path, and that of app.<region>… is below
	// /api.
	hostWithoutPath = regexp.MustCompile(`^api(\.[a-z0-9-]+)?\.sekoia\.io$`)
	hostWithAPIPath = regexp.MustCompile(`^app\.[a-z0-9-]+\.sekoia\.io$`)
)

// parseSekoiaBaseURL is parseURL without the path of a call, as people copy it from Sekoia's documentation. The error
// gives the URL that was meant; name says where the URL is written.
func parseSekoiaBaseURL(name, raw string) (*url.URL, error) {
	base, err := parseURL(raw)
	if err != nil {
		return nil, err
	}
	written, host := strings.TrimRight(base.EscapedPath(), "/"), strings.ToLower(base.Hostname())
	meant := url.URL{Scheme: base.Scheme, Host: strings.ToLower(base.Host), Path: pathOfCall.ReplaceAllString(written, "")}
	switch {
	case hostWithAPIPath.MatchString(host):
		meant.Path = "/api"
	case written == "" || hostWithoutPath.MatchString(host):
		meant.Path = ""
	}
	if meant.Path == written {
		return base, nil
	}
	if !credential.IsLoopback(host) {
		meant.Scheme = "https"
	}
	wrong := "has a path that does not belong in it"
	if written == "" {
		wrong = "lacks the path of the API"
	}
	return nil, fmt.Errorf("%s: \"%s\" %s. It should be: %s", name, credential.Sanitize(base.String()), wrong, credential.Sanitize(meant.String()))
}

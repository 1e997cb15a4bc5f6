// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/access"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/attribute"
)

const maxRetries = 10

// Schema is the provider block. Attributes appear here with the work that makes them work.
func (*Provider) Schema(_ context.Context, _ provider.SchemaRequest, resp *provider.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Declares which Okta organizations [Sekoia](https://www.sekoia.io) takes its device inventory from, tests " +
			"that the credentials work before they are stored anywhere, and reads the devices on both sides.\n\n" +
			"Each attribute can be left out where its environment variable is set. Nothing is called while the provider is configured, and " +
			"a credential that a run does not need is not asked for.",
		Attributes: map[string]schema.Attribute{
			"region": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "Sekoia's region that the community lives in: `fra1` (the default), `fra2`, `mco1`, `uae1`, `usa1` or " +
					"`sgp1`. A newer region is taken with a warning. Environment: `SEKOIA_REGION`.",
				Validators: []validator.String{attribute.Region()},
			},
			"base_url": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "The base URL of Sekoia's API, where the region's own does not fit. It wins over a `region` that is set in the " +
					"same place; the block wins over the environment. The API key is sent to `https://*.sekoia.io`, to this machine, and to the URL in " +
					"the environment variable `SEKOIA_BASE_URL`; another URL here is an error. Environment: `SEKOIA_BASE_URL`.",
				Validators: []validator.String{sekoiaBaseURLValidator{}},
			},
			"api_key": schema.StringAttribute{
				Optional:  true,
				Sensitive: true,
				MarkdownDescription: "The API key for Sekoia, a secret: better set in the environment. Its role needs the permissions that the " +
					"connection test names where they are missing. Environment: `SEKOIA_API_KEY`.",
				Validators: secretValidators(),
			},
			"community_id": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "The UUID of the community that new connectors are made in, for a key that sees several. Where the key sees one " +
					"only, that one is taken; where it sees several and none is chosen, an error lists them. It is looked at when something is made: a " +
					"later change moves nothing. Environment: `SEKOIA_COMMUNITY_ID`.",
				Validators: []validator.String{attribute.UUIDValidator()},
			},
			"okta":               oktaAttribute(),
			"okta_organizations": oktaOrganizationsAttribute(),
			"connection_test_mode": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "When a connector's credentials are tested: `off`, `apply` (before the first write, never at plan), `on_change` " +
					"(the default: at plan too, where something changed that the test depends on), or `always` (at every plan). A resource's own " +
					"`connection_test.mode` is preferred to it. The environment variable lowers either: with `SEKOIA_CONNECTION_TEST=off` nothing is " +
					"tested, whatever the configuration says. Environment: `SEKOIA_CONNECTION_TEST`.",
				Validators: []validator.String{attribute.OneOf(access.ModeWords()...)},
			},
			"http": httpAttribute(),
		},
	}
}

func oktaAttribute() schema.Attribute {
	return schema.SingleNestedAttribute{
		Optional: true,
		MarkdownDescription: "The Okta organization that the data sources read devices from, where they name no other. Resources have " +
			"credentials of their own. All settings of one organization come from one place: where this object says anything, none of Okta's " +
			"environment variables is used.",
		Attributes: oktaAttributes("better set in the environment", map[string]string{
			"base_url":            " Environment: `OKTA_CLIENT_ORGURL`, else `OKTA_ORG_NAME` with `OKTA_BASE_URL`.",
			"api_token":           " Environment: `OKTA_API_TOKEN`, else `OKTA_CLIENT_TOKEN`.",
			clientIDAttribute:     " Environment: `OKTA_API_CLIENT_ID`.",
			privateKeyAttribute:   " Environment: `OKTA_API_PRIVATE_KEY`.",
			privateKeyIDAttribute: " Environment: `OKTA_API_PRIVATE_KEY_ID`.",
			scopesAttribute:       " Environment: `OKTA_API_SCOPES`, separated by commas.",
		}),
	}
}

func oktaOrganizationsAttribute() schema.Attribute {
	return schema.MapNestedAttribute{
		Optional: true,
		MarkdownDescription: "Several Okta organizations for one configuration, by keys of your own. A data source reads one of them with " +
			"`okta_organization = \"<key>\"`, also with `for_each`, so that no provider aliases are needed; one that names none reads that of `okta`. " +
			"None of Okta's environment variables is used for these.",
		NestedObject: schema.NestedAttributeObject{Attributes: oktaAttributes("better an ephemeral variable", nil)},
		Validators:   []validator.Map{attribute.KeysNotEmpty()},
	}
}

// oktaAttributes are those of one organization. advice says where its secrets come from best; ends, by attribute, end
// the descriptions.
func oktaAttributes(advice string, ends map[string]string) map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"base_url": schema.StringAttribute{
			Optional: true,
			MarkdownDescription: "The organization's base URL, such as `https://acme.okta.com`: not that of the admin console, and without a path. " +
				"A custom domain is taken where Okta's own host confirms it; any other host must be listed in the environment variable " +
				"`SEKOIA_TRUSTED_OKTA_HOSTS` (`host[:port]`, comma-separated)." + ends["base_url"],
			Validators: []validator.String{attribute.OktaBaseURLValidator()},
		},
		"api_token": schema.StringAttribute{
			Optional:  true,
			Sensitive: true,
			MarkdownDescription: "An API token of that organization, a secret: " + advice + ". Its owner needs an admin role that may read devices, such as " +
				"Read-only Administrator. A service app (`client_id`) is the other kind of credential; it is one or the other." + ends["api_token"],
		},
		clientIDAttribute: schema.StringAttribute{
			Optional: true,
			MarkdownDescription: "The client id of an API service app (OAuth 2.0), whose access tokens are used in place of an `api_token`. The app " +
				"authenticates by `private_key`, needs an admin role that may read devices, and the scope `okta.devices.read`. Apps that demand DPoP, as new " +
				"ones do, are supported." + ends[clientIDAttribute],
		},
		privateKeyAttribute: schema.StringAttribute{
			Optional:  true,
			Sensitive: true,
			MarkdownDescription: "The app's private key, a secret: " + advice + ". PEM (PKCS#1, PKCS#8 or SEC 1) or a JWK; RSA of at least 2048 bits, or an elliptic " +
				"curve's (P-256, P-384, P-521). Line breaks that were lost or are written `\\n`, quotes, and base64 around it are taken too." + ends[privateKeyAttribute],
		},
		privateKeyIDAttribute: schema.StringAttribute{
			Optional: true,
			MarkdownDescription: "The key's id at Okta (`kid`), for an app that has several keys. A JWK mostly has it within; then it is not needed here." +
				ends[privateKeyIDAttribute],
		},
		scopesAttribute: schema.SetAttribute{
			Optional:    true,
			ElementType: types.StringType,
			MarkdownDescription: "The scopes that access tokens are asked for with. The default is `okta.devices.read`, which is all that is needed. Each must have " +
				"been granted to the app, or Okta gives no token. `sekoia_okta_connection_test` tells which were granted." + ends[scopesAttribute],
		},
	}
}

func httpAttribute() schema.Attribute {
	return schema.SingleNestedAttribute{
		Optional: true,
		MarkdownDescription: "How both clouds are called. Proxies are taken from the environment variables `HTTPS_PROXY`, `HTTP_PROXY` and " +
			"`NO_PROXY`.",
		Attributes: map[string]schema.Attribute{
			"request_timeout": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "How long one attempt of a call may take, as a duration such as `45s` or `2m`, from `1s` to `10m`. The " +
					"default is `30s`. Raise it behind a slow proxy.",
				Validators: []validator.String{attribute.Duration(minTimeout, maxTimeout)},
			},
			"max_retries": schema.Int64Attribute{
				Optional: true,
				MarkdownDescription: "How often a call is repeated after a rate limit, an outage or a broken connection, from `0` to `10`. The " +
					"default is `4`. Only what has the same result when repeated is repeated.",
				Validators: []validator.Int64{attribute.Between(0, maxRetries)},
			},
			"ca_certificate_file": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "A file with certificate authorities (PEM) that are trusted besides the system's, for a proxy that inspects " +
					"TLS.",
				Validators: []validator.String{attribute.NotEmpty()},
			},
		},
	}
}

// secretValidators refuse what can't be sent as a header. What they refuse is not shown.
func secretValidators() []validator.String {
	return []validator.String{secretValidator{}}
}

type secretValidator struct{}

// Description says what is taken.
func (secretValidator) Description(context.Context) string {
	return "not empty, and without white space or control characters"
}

// MarkdownDescription is Description.
func (v secretValidator) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

// ValidateString adds an error that does not repeat the value.
func (secretValidator) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	if problem := secretProblem(req.ConfigValue.ValueString()); problem != "" {
		resp.Diagnostics.AddAttributeError(req.Path, "Not a usable secret", problem)
	}
}

// secretProblem says why a secret can't be sent in a header, "" where it can.
func secretProblem(value string) string {
	notInToken := func(r rune) bool { return r <= ' ' || r > '~' }
	switch {
	case value == "":
		return "The value is empty. Leave the attribute out, or set it to null, to take it from the environment."
	case strings.TrimFunc(value, notInToken) != value && strings.IndexFunc(strings.TrimSpace(value), notInToken) < 0:
		return "There is white space around the value, such as the line break at the end of a file: use trimspace()."
	case strings.ContainsAny(value, "\"'`"):
		return "The value has quotation marks in it. Leave them out."
	case strings.IndexFunc(value, notInToken) >= 0:
		return "The value has a character that no such secret has: a space, a line break, or one outside ASCII. Was it copied whole?"
	}
	return ""
}

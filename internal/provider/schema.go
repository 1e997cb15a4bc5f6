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
		MarkdownDescription: "Declares which Okta organizations [Sekoia](https://www.sekoia.io) takes its device inventory from. Tests " +
			"that the credentials work before they are stored anywhere. Reads the devices on both sides.\n\nEach attribute can come " +
			"from its environment variable instead. Configuring the provider makes no call, and a run asks only for the credentials " +
			"that it needs.",
		Attributes: map[string]schema.Attribute{
			"region": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "The region of the Sekoia community: `fra1` (the default), `fra2`, `mco1`, `uae1`, `usa1` or " +
					"`sgp1`. A newer region is accepted with a warning. Environment: `SEKOIA_REGION`.",
				Validators: []validator.String{attribute.Region()},
			},
			"base_url": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "The base URL of Sekoia's API, if the region's own does not fit. It wins over a `region` that is " +
					"set in the same place. The block wins over the environment. The API key is sent to `https://*.sekoia.io`, to this " +
					"machine, and to the URL in the environment variable `SEKOIA_BASE_URL`. Any other URL here is an error. " +
					"Environment: `SEKOIA_BASE_URL`.",
				Validators: []validator.String{sekoiaBaseURL()},
			},
			"api_key": schema.StringAttribute{
				Optional:  true,
				Sensitive: true,
				MarkdownDescription: "The API key for Sekoia. It is a secret, so set it in the environment. The connection test names " +
					"the permissions that it lacks. Environment: `SEKOIA_API_KEY`.",
				Validators: []validator.String{secret()},
			},
			"community_id": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "The UUID of the community for new connectors, if the key sees several. If the key sees only one, " +
					"that one is used. If it sees several and none is chosen, an error lists them. Used when a connector is created. " +
					"Changing it later does not move existing connectors. Environment: `SEKOIA_COMMUNITY_ID`.",
				Validators: []validator.String{attribute.UUIDValidator()},
			},
			"okta":               oktaAttribute(),
			"okta_organizations": oktaOrganizationsAttribute(),
			"connection_test_mode": schema.StringAttribute{
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

func oktaAttribute() schema.Attribute {
	return schema.SingleNestedAttribute{
		Optional: true,
		MarkdownDescription: "The Okta organization for data sources that name no other. Resources have credentials of their own. All " +
			"settings of one organization come from one place: if this object sets anything, Okta's environment variables are ignored.",
		Attributes: oktaAttributes(map[string]string{
			"base_url": "The organization's base URL, such as `https://acme.okta.com`, without a path. Not the admin console's. A custom domain works if " +
				"Okta's own host confirms it. Any other host must be listed in the environment variable `SEKOIA_TRUSTED_OKTA_HOSTS` (`host[:port]`, " +
				"separated by commas). Environment: `OKTA_CLIENT_ORGURL`, else `OKTA_ORG_NAME` with `OKTA_BASE_URL`.",
			"api_token": "An API token of that organization. It is a secret, so set it in the environment or from an ephemeral variable. Its owner needs an " +
				"admin role that may read devices, such as Read-only Administrator. Set either this or `client_id`. Environment: `OKTA_API_TOKEN`, else " +
				"`OKTA_CLIENT_TOKEN`.",
			clientIDAttribute: "The client id of an API service app (OAuth 2.0), instead of an `api_token`. The app authenticates with `private_key`. It needs " +
				"the scope `okta.devices.read` and an admin role that may read devices. Apps that require DPoP work. Environment: `OKTA_API_CLIENT_ID`.",
			privateKeyAttribute: "The app's private key. It is a secret, so set it in the environment or from an ephemeral variable. PEM (PKCS#1, PKCS#8 or " +
				"SEC 1) or a JWK: RSA with 2048 bits or more, or an elliptic curve (P-256, P-384, P-521). Lost or escaped line breaks (`\\n`), quotes, and " +
				"base64 around it are accepted. Environment: `OKTA_API_PRIVATE_KEY`.",
			privateKeyIDAttribute: "The key's id at Okta (`kid`), for an app with several keys. A JWK usually contains it. Environment: " +
				"`OKTA_API_PRIVATE_KEY_ID`.",
			scopesAttribute: "The scopes to ask for. Default: `okta.devices.read`, which is enough. If one of them was not granted to the app, Okta gives no " +
				"token. Environment: `OKTA_API_SCOPES`, separated by commas.",
		}),
	}
}

func oktaOrganizationsAttribute() schema.Attribute {
	return schema.MapNestedAttribute{
		Optional: true,
		MarkdownDescription: "Several Okta organizations, by keys of your own. A data source reads one of them with `okta_organization " +
			"= \"<key>\"`, also with `for_each`, so you need no provider aliases. A data source that names none reads the organization " +
			"of `okta`. Okta's environment variables are ignored here.",
		NestedObject: schema.NestedAttributeObject{Attributes: oktaAttributes(nil)},
		Validators:   []validator.Map{attribute.KeysNotEmpty()},
	}
}

// oktaAttributes are those of one organization, with their descriptions. The page lists each setting once: without
// descriptions, they refer to those of okta.
func oktaAttributes(descriptions map[string]string) map[string]schema.Attribute {
	describe := func(name string) string {
		if descriptions == nil {
			return "As `okta." + name + "`, without its environment variable."
		}
		return descriptions[name]
	}
	return map[string]schema.Attribute{
		"base_url": schema.StringAttribute{
			Optional: true, MarkdownDescription: describe("base_url"), Validators: []validator.String{attribute.OktaBaseURLValidator()},
		},
		"api_token":           schema.StringAttribute{Optional: true, Sensitive: true, MarkdownDescription: describe("api_token")},
		clientIDAttribute:     schema.StringAttribute{Optional: true, MarkdownDescription: describe(clientIDAttribute)},
		privateKeyAttribute:   schema.StringAttribute{Optional: true, Sensitive: true, MarkdownDescription: describe(privateKeyAttribute)},
		privateKeyIDAttribute: schema.StringAttribute{Optional: true, MarkdownDescription: describe(privateKeyIDAttribute)},
		scopesAttribute:       schema.SetAttribute{Optional: true, ElementType: types.StringType, MarkdownDescription: describe(scopesAttribute)},
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
					"`30s`. Raise it behind a slow proxy.",
				Validators: []validator.String{attribute.Duration("1s", "10m")},
			},
			"max_retries": schema.Int64Attribute{
				Optional: true,
				MarkdownDescription: "How often a call is retried after a rate limit, an outage or a broken connection, from `0` to " +
					"`10`. Default `4`. Only idempotent calls are retried.",
				Validators: []validator.Int64{attribute.Between(0, maxRetries)},
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

// secret refuses a text that can't be sent as a header. The error does not show it.
func secret() validator.String {
	return attribute.Checked("a secret without white space around it", "Not a usable secret", func(_, text string) string { return secretProblem(text) })
}

// secretProblem says why a secret can't be sent in a header; "" if it can.
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

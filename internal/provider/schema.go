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

// Schema describes the provider block.
func (*Provider) Schema(_ context.Context, _ provider.SchemaRequest, resp *provider.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Declares which Okta organizations [Sekoia](https://www.sekoia.io) takes its device inventory from, tests " +
			"that the credentials work before they are stored anywhere, and reads the devices on both sides.\n\n" +
			"Each attribute can be left out if its environment variable is set. Configuring the provider makes no call, and a run needs only the " +
			"credentials that it uses.",
		Attributes: map[string]schema.Attribute{
			"region": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "The Sekoia region of the community: `fra1` (the default), `fra2`, `mco1`, `uae1`, `usa1` or `sgp1`. Any other " +
					"region is accepted with a warning. Environment: `SEKOIA_REGION`.",
				Validators: []validator.String{attribute.Region()},
			},
			"base_url": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "The base URL of Sekoia's API, if the region's own does not fit. It takes precedence over a `region` in the same " +
					"place, and the block over the environment. The API key is sent only to `https://*.sekoia.io`, to this machine, and to the URL in the " +
					"environment variable `SEKOIA_BASE_URL`. Any other URL here is an error. Environment: `SEKOIA_BASE_URL`.",
				Validators: []validator.String{sekoiaBaseURL()},
			},
			"api_key": schema.StringAttribute{
				Optional:  true,
				Sensitive: true,
				MarkdownDescription: "The API key for Sekoia, a secret: better set in the environment. If its role lacks a permission, the connection " +
					"test names it. Environment: `SEKOIA_API_KEY`.",
				Validators: []validator.String{secret()},
			},
			"community_id": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "The UUID of the community that new connectors are created in. It is needed only if the API key can access several: " +
					"an error lists them then. Changing it later does not move existing connectors. Environment: `SEKOIA_COMMUNITY_ID`.",
				Validators: []validator.String{attribute.UUIDValidator()},
			},
			"okta":               oktaAttribute(),
			"okta_organizations": oktaOrganizationsAttribute(),
			"connection_test_mode": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "When a connector's credentials are tested: `off`, `apply` (before the first write, never at plan), `on_change` " +
					"(the default: also at plan, if something changed that the test depends on), or `always` (at every plan). A resource's own " +
					"`connection_test.mode` takes precedence. The environment variable can only lower either: with `SEKOIA_CONNECTION_TEST=off` nothing is " +
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
		MarkdownDescription: "The Okta organization that the data sources read devices from, unless they name another. Resources have their " +
			"own credentials. All settings of one organization come from one place: if anything is set here, Okta's environment variables are ignored.",
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
		MarkdownDescription: "Several Okta organizations in one configuration, by keys of your choice. A data source reads one of them with " +
			"`okta_organization = \"<key>\"`, also with `for_each`, so no provider aliases are needed. Without it, it reads the one in `okta`. Each has the " +
			"same attributes as `okta`. Okta's environment variables are not used for these.",
		NestedObject: schema.NestedAttributeObject{Attributes: oktaAttributes("better an ephemeral variable", nil)},
		Validators:   []validator.Map{attribute.KeysNotEmpty()},
	}
}

// oktaAttributes are those of one organization. advice says where best to set its secrets. ends, by attribute, are the
// ends of the descriptions.
func oktaAttributes(advice string, ends map[string]string) map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"base_url": schema.StringAttribute{
			Optional: true,
			MarkdownDescription: "The organization's base URL, such as `https://acme.okta.com`: not the admin console's, and without a path. " +
				"A custom domain is accepted if Okta's own host confirms it. Any other host must be listed in the environment variable " +
				"`SEKOIA_TRUSTED_OKTA_HOSTS` (`host[:port]`, comma-separated)." + ends["base_url"],
			Validators: []validator.String{attribute.OktaBaseURLValidator()},
		},
		"api_token": schema.StringAttribute{
			Optional:  true,
			Sensitive: true,
			MarkdownDescription: "An API token of that organization, a secret: " + advice + ". Its owner needs an admin role that can read devices, such as " +
				"Read-only Administrator. Set either this or a service app (`client_id`)." + ends["api_token"],
		},
		clientIDAttribute: schema.StringAttribute{
			Optional: true,
			MarkdownDescription: "The client id of an API service app (OAuth 2.0), whose access tokens are used instead of an `api_token`. The app " +
				"authenticates with `private_key`. It needs the scope `okta.devices.read` and an admin role that can read devices. Apps that require DPoP, as " +
				"new ones do, are supported." + ends[clientIDAttribute],
		},
		privateKeyAttribute: schema.StringAttribute{
			Optional:  true,
			Sensitive: true,
			MarkdownDescription: "The app's private key, a secret: " + advice + ". PEM (PKCS#1, PKCS#8 or SEC 1) or a JWK; RSA of at least 2048 bits, or an elliptic " +
				"curve's (P-256, P-384, P-521). Lost line breaks, line breaks written as `\\n`, quotes and base64 around it are accepted too." + ends[privateKeyAttribute],
		},
		privateKeyIDAttribute: schema.StringAttribute{
			Optional: true,
			MarkdownDescription: "The key's id at Okta (`kid`), for an app that has several keys. A JWK usually contains it, and it is not needed here then." +
				ends[privateKeyIDAttribute],
		},
		scopesAttribute: schema.SetAttribute{
			Optional:    true,
			ElementType: types.StringType,
			MarkdownDescription: "The scopes to request for access tokens. The default, `okta.devices.read`, is all that is needed. Each must be granted to the app, " +
				"or Okta issues no token. `sekoia_okta_connection_test` reports which ones are granted." + ends[scopesAttribute],
		},
	}
}

func httpAttribute() schema.Attribute {
	return schema.SingleNestedAttribute{
		Optional: true,
		MarkdownDescription: "How both clouds are called. Proxies are read from the environment variables `HTTPS_PROXY`, `HTTP_PROXY` and " +
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
				MarkdownDescription: "How often a call is retried after a rate limit, an outage or a broken connection, from `0` to `10`. The default is " +
					"`4`. Only idempotent calls are retried.",
				Validators: []validator.Int64{attribute.Between(0, maxRetries)},
			},
			"ca_certificate_file": schema.StringAttribute{
				Optional:            true,
				MarkdownDescription: "A file with certificate authorities (PEM) to trust in addition to the system's, for a proxy that inspects TLS.",
				Validators:          []validator.String{attribute.NotEmpty()},
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

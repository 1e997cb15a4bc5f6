// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package canary_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/acctest"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/proving/canary"
)

const proxyPassword = "pq8ProxyPasswordOfATest7Zk2wL"

// misplaced puts secrets where they don't belong, each into a provider of its own.
var misplaced = []string{
	`okta = { base_url = "https://acme.okta.com", client_id = var.pem, private_key = var.pem }`,
	`okta = { base_url = "https://acme.okta.com", client_id = var.jwk, private_key = var.jwk }`,
	`okta = { base_url = "https://acme.okta.com", client_id = "0oa1", private_key = var.pem, private_key_id = var.pem }`,
	`okta = { base_url = "https://acme.okta.com", client_id = "0oa1", private_key = var.token }`,
	`okta = { base_url = "https://acme.okta.com", client_id = "0oa1", private_key = substr(var.pem, 0, 180) }`,
	`okta = { base_url = "https://acme.okta.com", client_id = "0oa1", private_key = "${var.pem}garbage", private_key_id = var.jwk }`,
	`okta = { base_url = "https://acme.okta.com", client_id = "0oa1", private_key = replace(var.jwk, "}", "") }`,
	`okta = { base_url = "https://acme.okta.com", api_token = var.pem }`,
	`okta = { base_url = "https://acme.okta.com", api_token = "${var.token}\n" }`,
	`okta = { base_url = "https://acme.okta.com", api_token = "SSWS ${var.token}" }`,
	`okta = { base_url = var.token, api_token = var.token }`,
	`okta = { base_url = "https://${var.token}", api_token = var.token }`,
	`okta = { base_url = "https://user:${var.token}@acme.okta.com", api_token = var.token }`,
	`okta = { base_url = "https://acme.okta.com/?token=${var.token}", api_token = var.token }`,
	`okta = { base_url = "https://acme.okta.com:${var.token}", api_token = var.token }`,
	`api_key = var.pem`,
	`api_key = "${var.key}\n"`,
	`base_url = "https://user:${var.key}@api.sekoia.io"`,
	`base_url = "https://api.sekoia.io/?key=${var.key}"`,
	`base_url = var.key`,
}

func TestAccSecretsInWrongPlaces(t *testing.T) {
	t.Parallel()
	clouds := acctest.Start(t)
	key := ecKey(t)
	text, jwk := keyText(t, key)
	w := write(t, clouds, nil)
	var blocks strings.Builder
	for name, value := range map[string]string{"token": clouds.Ready.OktaToken, "key": clouds.Ready.SekoiaAPIKey, "pem": text, "jwk": jwk} {
		w.cli.Setenv("TF_VAR_"+name, value)
		fmt.Fprintf(&blocks, "variable %q {\n  type = string\n  ephemeral = true\n  sensitive = true\n}\n", name)
	}
	for number, arguments := range misplaced {
		fmt.Fprintf(&blocks, "provider \"sekoia\" {\n  alias = \"a%d\"\n  %s\n}\ndata \"sekoia_okta_devices\" \"a%[1]d\" { provider = sekoia.a%[1]d }\n", number, arguments)
	}
	for name, arguments := range map[string]string{
		"pem":     `base_url = "` + clouds.Ready.OktaURL + `", api_token_wo = var.pem`,
		"newline": `base_url = "` + clouds.Ready.OktaURL + `", api_token_wo = "${var.token}\n"`,
	} {
		fmt.Fprintf(&blocks, "resource \"sekoia_okta_device_connector\" %q {\n  name = \"x\"\n  api_token_wo_version = \"1\"\n  %s\n}\n", name, strings.ReplaceAll(arguments, ", ", "\n  "))
	}

	// validate knows none of these values. A plan knows all of them.
	w.config(t, blocks.String())
	w.run(t, "validate")
	w.fail(t, []string{"client_id is not an id", "is not a usable private key", "Not an API key"}, "plan")

	// The environment.
	w.config(t, "data \"sekoia_okta_devices\" \"all\" {}\ndata \"sekoia_okta_device_connectors\" \"all\" {}\n")
	for name, environment := range map[string]map[string]string{
		"no client id can be used":   {"OKTA_API_TOKEN": "", "OKTA_API_CLIENT_ID": text, "OKTA_API_PRIVATE_KEY": text},
		"no private key can be read": {"OKTA_API_TOKEN": "", "OKTA_API_CLIENT_ID": appID, "OKTA_API_PRIVATE_KEY": text[:150], "SEKOIA_API_KEY": jwk},
		"no token can be sent":       {"OKTA_API_TOKEN": text, "SEKOIA_API_KEY": text},
		"no URL can be used":         {"OKTA_CLIENT_ORGURL": "https://x:" + clouds.Ready.OktaToken + "@acme.okta.com", "SEKOIA_BASE_URL": "https://x:" + clouds.Ready.SekoiaAPIKey + "@api.sekoia.io"},
	} {
		for variable, value := range clouds.Environment(environment) {
			w.cli.Setenv(variable, value)
		}
		if environment["OKTA_API_TOKEN"] == "" && environment["OKTA_API_CLIENT_ID"] != "" {
			w.cli.Setenv("OKTA_API_TOKEN", "")
		} else {
			w.cli.Setenv("OKTA_API_CLIENT_ID", "")
			w.cli.Setenv("OKTA_API_PRIVATE_KEY", "")
		}
		w.keep(t, "what follows: "+name, "")
		w.fail(t, []string{"Error: "}, "plan")
	}
	canary.New(append(secretsOf(clouds), canariesOf(t, key)...)...).Check(t, w.folder)
}

func TestAccSecretsOnTheNetwork(t *testing.T) {
	t.Parallel()
	clouds := acctest.Start(t)
	refusing := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Proxy-Authenticate", "Basic realm="+r.Header.Get("Proxy-Authorization"))
		w.Header().Set("Location", "http://user:"+proxyPassword+"@proxy.example/")
		http.Error(w, r.Header.Get("Proxy-Authorization")+" "+proxyPassword, http.StatusProxyAuthRequired)
	}))
	t.Cleanup(refusing.Close)
	foreign := httptest.NewTLSServer(http.NotFoundHandler())
	t.Cleanup(foreign.Close)
	w := write(t, clouds, nil)
	w.cli.Setenv("TF_VAR_token", clouds.Ready.OktaToken)
	w.config(t, `
variable "token" {
  type = string
  ephemeral = true
}

provider "sekoia" {
  okta_organizations = {
    away    = { base_url = "https://acme.okta.com", api_token = var.token }
    foreign = { base_url = "`+foreign.URL+`", api_token = var.token }
    plain   = { base_url = "`+strings.Replace(clouds.Ready.OktaURL, "http://", "https://", 1)+`", api_token = var.token }
    nobody  = { base_url = "http://127.0.0.1:9", api_token = var.token }
  }
  http = { max_retries = 0 }
}

data "sekoia_okta_devices" "each" {
  for_each          = toset(["away", "foreign", "plain", "nobody"])
  okta_organization = each.key
}

data "sekoia_okta_connection_test" "each" {
  for_each          = toset(["away", "foreign", "plain", "nobody"])
  okta_organization = each.key
}
`)
	at, err := url.Parse(refusing.URL)
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ proxy, says string }{
		{"http://user:" + proxyPassword + "@" + at.Host, "proxy"},
		{"http://user:" + proxyPassword + "@127.0.0.1:9", "proxy"},
		{"https://user:" + proxyPassword + "@" + at.Host, "proxy"},
		{"socks5://user:" + proxyPassword + "@" + at.Host, "proxy"},
		{"http://user:" + proxyPassword + "@pro xy:x", "HTTPS_PROXY"},
		{"user:" + proxyPassword, "Error"},
	} {
		w.cli.Setenv("HTTPS_PROXY", test.proxy)
		w.fail(t, []string{test.says}, "plan")
	}
	w.check(t, append(secretsOf(clouds), canary.Text("the proxy's password", proxyPassword)))
}

// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package canary_test

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/acctest"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/simulator"
)

// A quoting answer puts the secret of a call into what it says.
type quoting func(w http.ResponseWriter, secret string)

// forms of a secret, as a service or a proxy that debugs itself could write them.
func forms(secret string) map[string]string {
	return map[string]string{
		"raw": secret, "base64": base64.StdEncoding.EncodeToString([]byte(secret)), "basic": base64.StdEncoding.EncodeToString([]byte("SSWS " + secret)),
		"url": "%" + strings.ReplaceAll(fmt.Sprintf("% x", secret), " ", "%"), "hex": hex.EncodeToString([]byte(secret)),
	}
}

// inOkta is Okta's error, with the secret in each field, and inOAuth is that of OAuth.
func inOkta(status int) quoting {
	return func(w http.ResponseWriter, secret string) {
		f := forms(secret)
		causes := []any{}
		for _, form := range []string{"base64", "basic", "url", "hex", "raw"} {
			causes = append(causes, map[string]any{"errorSummary": "cause " + f[form] + "."})
		}
		sendJSON(w, status, map[string]any{
			"errorCode": "E0000" + f["raw"], "errorSummary": "Invalid token: " + f["raw"], "errorId": "oae" + f["raw"], "errorLink": f["raw"], "errorCauses": causes,
			"error": "invalid_" + f["raw"], "error_description": "The client_assertion " + f["raw"] + " is invalid",
		})
	}
}

func inSekoia(status int) quoting {
	return func(w http.ResponseWriter, secret string) {
		f := forms(secret)
		sendJSON(w, status, map[string]any{"code": f["raw"], "message": "key " + f["raw"] + " is " + f["base64"] + " or " + f["url"]})
	}
}

// inDetail is the other form of Sekoia's errors.
func inDetail(w http.ResponseWriter, secret string) {
	f := forms(secret)
	sendJSON(w, http.StatusUnprocessableEntity, map[string]any{"detail": []any{
		map[string]any{"loc": []any{"header", f["hex"]}, "msg": "not " + f["raw"], "type": f["raw"]},
	}})
}

func sendJSON(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) //nolint:errchkjson // the test's own connection
}

func page(status int) quoting {
	return func(w http.ResponseWriter, secret string) {
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, "<html><title>"+secret+"</title><body>Authorization: SSWS "+secret+"</body></html>")
	}
}

func text(status int, content string) quoting {
	return func(w http.ResponseWriter, secret string) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, strings.ReplaceAll(content, "SECRET", secret))
	}
}

func header(status int, name, value, body string) quoting {
	return func(w http.ResponseWriter, secret string) {
		w.Header().Set(name, strings.ReplaceAll(value, "SECRET", secret))
		text(status, body)(w, secret)
	}
}

// raw answers with bytes that are no answer at all.
func raw(content string) quoting {
	return func(w http.ResponseWriter, secret string) {
		connection, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			return
		}
		_, _ = io.WriteString(connection, strings.ReplaceAll(content, "SECRET", secret))
		_ = connection.Close()
	}
}

// common are quoting answers that either cloud may give, whatever was asked.
func common() map[string]quoting {
	return map[string]quoting{
		"page": page(http.StatusOK), "page500": page(http.StatusInternalServerError), "page403": page(http.StatusForbidden), "page404": page(http.StatusNotFound),
		"text":        text(http.StatusOK, "token SECRET"),
		"keys":        text(http.StatusOK, `{"SECRET": {"SECRET": "SECRET"}, "uuid": {"SECRET": 1}, "items": "SECRET", "id": {"SECRET": 1}}`),
		"string":      text(http.StatusOK, `"SECRET"`),
		"cut":         header(http.StatusOK, "Content-Length", "5000", `[{"id": "SECRET`),
		"redirect":    header(http.StatusFound, "Location", "/login?token=SECRET", ""),
		"path":        header(http.StatusMovedPermanently, "Location", "/SECRET/SECRET", ""),
		"elsewhere":   header(http.StatusFound, "Location", "https://SECRET.evil.example/SECRET", ""),
		"userinfo":    header(http.StatusTemporaryRedirect, "Location", "https://user:SECRET@evil.example/", ""),
		"no location": header(http.StatusFound, "Location", "https://evil.example:SECRET/%zz", ""),
		"reason":      raw("HTTP/1.1 500 SECRET\r\nContent-Length: 0\r\n\r\n"),
		"status":      raw("HTTP/1.1 SECRET\r\n\r\n"),
		"no http":     raw("SECRET\r\n\r\n"),
		"bad header":  raw("HTTP/1.1 200 OK\r\nSECRET\r\n\r\n"),
		"bad length":  raw("HTTP/1.1 200 OK\r\nContent-Length: SECRET\r\n\r\n"),
		"bad chunks":  raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: SECRET\r\n\r\n"),
		"chunk":       raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nSECRET\r\n\r\n"),
		"retry after": header(http.StatusTooManyRequests, "Retry-After", "SECRET", "{}"),
		"challenge":   header(http.StatusUnauthorized, "WWW-Authenticate", `DPoP error="use_dpop_nonce SECRET"`, "{}"),
	}
}

// hostile is a cloud that answers as the simulated one does, but for the calls that carry a secret and are picked:
// those are told it. A secret that comes as data, as a device's name or an account's UUID, is not among what it says:
// data is kept as it is.
func hostile(t *testing.T, cloud string, pick func(*http.Request) bool, say quoting) string {
	t.Helper()
	forward := acctest.ForwardTo(t, cloud)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		secrets := carried(r, body)
		if !pick(r) || len(secrets) == 0 {
			forward.ServeHTTP(w, r)
			return
		}
		say(w, secrets[len(secrets)-1]) // a body's secret rather than the header's, which other calls carry too
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// carried are the secrets of a call.
func carried(r *http.Request, body []byte) (secrets []string) {
	if _, token, found := strings.Cut(r.Header.Get("Authorization"), " "); found {
		secrets = append(secrets, token)
	}
	var account struct {
		Value struct {
			Token string `json:"apikey"`
		} `json:"value"`
	}
	if json.Unmarshal(body, &account) == nil && account.Value.Token != "" {
		secrets = append(secrets, account.Value.Token)
	}
	if form, err := url.ParseQuery(string(body)); err == nil && form.Get("client_assertion") != "" {
		secrets = append(secrets, form.Get("client_assertion"))
	}
	return secrets
}

// unwatched leaves out the check of requests against the documents: no document describes where a redirect leads.
func unwatched(c *simulator.Config) {
	c.Middleware = func(_ string, next http.Handler) http.Handler { return next }
}

func TestAccSecretsOfHostileOkta(t *testing.T) {
	t.Parallel()
	answers := common()
	for _, status := range []int{400, 401, 403, 404, 429, 500, 503} {
		answers[fmt.Sprint("error ", status)] = inOkta(status)
	}
	answers["link elsewhere"] = header(http.StatusOK, "Link", `<https://SECRET.evil.example/api/v1/devices?after=x>; rel="next"`, "[]")
	answers["link path"] = func(w http.ResponseWriter, secret string) { // to a place of its own
		w.Header().Set("Link", `</SECRET>; rel="next"`)
		text(http.StatusOK, "[]")(w, secret)
	}
	answers["devices"] = text(http.StatusOK, `[{"id": {"SECRET": 1}}, {"SECRET": "SECRET"}, "SECRET"]`)
	clouds := acctest.Start(t, unwatched)
	organizations := map[string]any{}
	for name, answer := range answers {
		address := hostile(t, clouds.Ready.OktaURL, func(r *http.Request) bool { return strings.HasPrefix(r.URL.Path, "/api/v1/devices") }, answer)
		organizations[name] = map[string]string{"base_url": address, "api_token": clouds.Ready.OktaToken}
	}
	w := write(t, clouds, nil)
	w.cli.Setenv("TF_VAR_organizations", encode(t, organizations))
	w.config(t, hostileOkta(t, "token", `
resource "sekoia_okta_device_connector" "all" {
  for_each             = toset(local.names)
  name                 = each.key
  base_url             = nonsensitive(jsondecode(local.addresses)[each.key])
  api_token_wo         = jsondecode(var.organizations)[each.key].api_token
  api_token_wo_version = "1"
}
`, organizations))
	w.fail(t, []string{"***"}, "plan", "-out=plan", "-parallelism=4")
	w.fail(t, nil, "apply", "-auto-approve")
	w.check(t, secretsOf(clouds))
}

// hostileOkta reads from each of the organizations.
func hostileOkta(t *testing.T, kind, more string, organizations map[string]any) string {
	t.Helper()
	names := slices.Sorted(maps.Keys(organizations))
	addresses := map[string]string{}
	for name, organization := range organizations {
		if known, ok := organization.(map[string]string); ok {
			addresses[name] = known["base_url"]
		}
	}
	provider := "api_token = o.api_token"
	if kind == "app" {
		provider = "client_id = o.client_id, private_key = o.private_key"
	}
	return `
variable "organizations" {
  type      = string
  ephemeral = true
}

locals {
  names     = ` + encode(t, names) + `
  addresses = ` + fmt.Sprintf("%q", encode(t, addresses)) + `
}

provider "sekoia" {
  okta_organizations = { for name, o in jsondecode(var.organizations) : name => { base_url = o.base_url, ` + provider + ` } }
  http               = { max_retries = 0 }
}

data "sekoia_okta_devices" "all" {
  for_each          = toset(local.names)
  okta_organization = each.key
}

data "sekoia_okta_connection_test" "all" {
  for_each          = toset(local.names)
  okta_organization = each.key
}
` + more
}

func encode(t *testing.T, value any) string {
	t.Helper()
	content, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

func TestAccSecretsOfHostileTokenEndpoint(t *testing.T) {
	t.Parallel()
	key, recorded := ecKey(t), &recorder{}
	keyAsPEM, _ := keyText(t, key)
	answers := common()
	for _, status := range []int{400, 401, 403, 429, 500} {
		answers[fmt.Sprint("error ", status)] = inOkta(status)
	}
	for name, body := range map[string]string{
		"type": `{"access_token": "SECRET", "token_type": "SECRET", "expires_in": 3600}`, "expiry": `{"access_token": "SECRET", "token_type": "Bearer", "expires_in": "SECRET"}`,
		"scope": `{"access_token": "SECRET", "token_type": "Bearer", "expires_in": 3600, "scope": "okta.devices.manage SECRET"}`,
	} {
		answers[name] = text(http.StatusOK, body)
	}
	answers["nonce"] = header(http.StatusBadRequest, "DPoP-Nonce", "SECRET", `{"error": "use_dpop_nonce", "error_description": "use SECRET"}`)
	clouds := acctest.Start(t, func(c *simulator.Config) {
		unwatched(c)
		c.ServiceApps = []simulator.ServiceApp{{ClientID: appID, JWKS: publicSet(t, key), Scopes: []string{"okta.devices.read"}, DPoP: true}}
	})
	organizations := map[string]any{}
	add := func(name, path string, answer quoting) {
		address := hostile(t, clouds.Ready.OktaURL, func(r *http.Request) bool {
			recorded.noteHeaders(r)
			if r.URL.Path == "/oauth2/v1/token" {
				body, _ := io.ReadAll(r.Body) // from memory
				r.Body = io.NopCloser(bytes.NewReader(body))
				recorded.noteBody(body)
			}
			return strings.HasPrefix(r.URL.Path, path)
		}, answer)
		organizations[name] = map[string]string{"base_url": address, "client_id": appID, "private_key": keyAsPEM}
	}
	for name, answer := range answers {
		add(name, "/oauth2/v1/token", answer)
	}

	// An access token is checked by the resource's own errors, in fewer ways: the code is that of an API token.
	for _, status := range []int{401, 403, 500} {
		add(fmt.Sprint("call ", status), "/api/v1/devices", inOkta(status))
	}
	w := write(t, clouds, nil)
	w.cli.Setenv("TF_VAR_organizations", encode(t, organizations))
	w.config(t, hostileOkta(t, "app", "", organizations))
	w.fail(t, []string{"***"}, "plan", "-parallelism=4")
	made, count := recorded.canaries()
	if count["a client assertion"] < len(answers) {
		t.Errorf("what was recorded: %v", count)
	}
	w.check(t, append(append(secretsOf(clouds), canariesOf(t, key)...), made...))
}

func TestAccSecretsOfHostileSekoia(t *testing.T) {
	t.Parallel()
	answers := common()
	for _, unlikely := range []string{"page404", "path", "string", "text", "cut", "status", "bad chunks", "page403", "challenge"} {
		delete(answers, unlikely) // each is a process: one of a kind is enough here
	}
	for _, status := range []int{400, 401, 403, 500} {
		answers[fmt.Sprint("error ", status)] = inSekoia(status)
	}
	answers["detail"] = inDetail
	clouds := acctest.Start(t, unwatched)
	w := write(t, clouds, nil)
	for what, test := range map[string]struct {
		pick   func(*http.Request) bool
		blocks string
	}{
		"reads": {func(r *http.Request) bool { return r.Method == http.MethodGet }, `
data "sekoia_okta_device_connectors" "%[1]s" { provider = sekoia.%[1]s }
data "sekoia_okta_connection_test" "%[1]s" { provider = sekoia.%[1]s }
`},
		"writes": {func(r *http.Request) bool { return r.Method != http.MethodGet }, `
resource "sekoia_okta_device_connector" "%[1]s" {
  provider             = sekoia.%[1]s
  name                 = "%[1]s"
  base_url             = "` + clouds.Ready.OktaURL + `"
  api_token_wo         = var.token
  api_token_wo_version = "1"
}
`},
	} {
		var blocks strings.Builder
		blocks.WriteString("variable \"token\" {\n  type = string\n  ephemeral = true\n}\n")
		for number, name := range slices.Sorted(maps.Keys(answers)) {
			alias := fmt.Sprintf("a%d", number)
			fmt.Fprintf(&blocks, "\n# %s\nprovider \"sekoia\" {\n  alias    = %q\n  base_url = %q\n  http     = { max_retries = 0 }\n}\n"+strings.ReplaceAll(test.blocks, "%[1]s", alias),
				name, alias, hostile(t, clouds.Ready.SekoiaURL, test.pick, answers[name]))
		}
		w.cli.Setenv("TF_VAR_token", clouds.Ready.OktaToken)
		w.config(t, blocks.String())
		w.keep(t, "what follows is of "+what, "")
		w.fail(t, []string{"***"}, "apply", "-auto-approve", "-parallelism=4")
	}
	w.check(t, secretsOf(clouds))
}

// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package canary_test

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/go-jose/go-jose/v4"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/acctest"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/proving/canary"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/simulator"
)

const appID = "0oa1serviceapp"

// keyText is a private key as PEM, and as a JWK.
func keyText(t *testing.T, key crypto.Signer) (text, jwk string) {
	t.Helper()
	content, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	written, err := (jose.JSONWebKey{Key: key, KeyID: "kid-1"}).MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: content})), string(written)
}

// canariesOf are those of a key, from its text and from its numbers.
func canariesOf(t *testing.T, key crypto.Signer) []canary.Canary {
	t.Helper()
	text, jwk := keyText(t, key)
	fromPEM, err := canary.PEM("the private key", text)
	if err != nil {
		t.Fatal(err)
	}
	fromJWK, err := canary.JWK("the private key", jwk, key)
	if err != nil {
		t.Fatal(err)
	}
	return append(fromPEM, fromJWK...)
}

func ecKey(t *testing.T) crypto.Signer {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func rsaKey(t *testing.T) crypto.Signer {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// A recorder keeps the secrets that are made at run time, as they passed between the provider and Okta.
type recorder struct {
	mu     sync.Mutex
	values map[string]string // by value, what it is
}

func (r *recorder) note(what, value string) {
	if value == "" {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.values == nil {
		r.values = map[string]string{}
	}
	r.values[value] = what
}

// canaries are what was recorded, and how many of each.
func (r *recorder) canaries() (found []canary.Canary, count map[string]int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	count = map[string]int{}
	for value, what := range r.values {
		count[what]++
		found = append(found, canary.Signed(what, value)...)
	}
	return found, count
}

// noteHeaders records what a call carries in its headers.
func (r *recorder) noteHeaders(request *http.Request) {
	if scheme, token, found := strings.Cut(request.Header.Get("Authorization"), " "); found && scheme != "SSWS" {
		r.note("an access token", token)
	}
	r.note("a DPoP proof", request.Header.Get("DPoP"))
}

// noteBody records what a call for a token carries in its body.
func (r *recorder) noteBody(body []byte) {
	if form, err := url.ParseQuery(string(body)); err == nil {
		r.note("a client assertion", form.Get("client_assertion"))
	}
}

// around records what comes to a handler and what it answers.
func (r *recorder) around(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		r.noteHeaders(request)
		if request.URL.Path != "/oauth2/v1/token" {
			next.ServeHTTP(w, request)
			return
		}
		body, err := io.ReadAll(request.Body)
		if err != nil {
			http.Error(w, "", http.StatusBadRequest)
			return
		}
		request.Body = io.NopCloser(bytes.NewReader(body))
		r.noteBody(body)
		answer := httptest.NewRecorder()
		next.ServeHTTP(answer, request)
		var token struct {
			Text string `json:"access_token"`
		}
		if json.Unmarshal(answer.Body.Bytes(), &token) == nil {
			r.note("an access token", token.Text)
		}
		maps.Copy(w.Header(), answer.Header())
		w.WriteHeader(answer.Code)
		_, _ = w.Write(answer.Body.Bytes())
	})
}

func publicSet(t *testing.T, key crypto.Signer) json.RawMessage {
	t.Helper()
	set, err := json.Marshal(jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: key.Public(), KeyID: "kid-1"}}})
	if err != nil {
		t.Fatal(err)
	}
	return set
}

const readingAsApp = `
variable "app" {
  type = object({ base_url = string, client_id = string, private_key = string })
  default = null
  %s
}

provider "sekoia" {
  okta               = var.app
  okta_organizations = var.app == null ? {} : { acme = var.app }
}

data "sekoia_okta_devices" "all" {}

data "sekoia_okta_connection_test" "this" {}

resource "terraform_data" "total" {
  input = data.sekoia_okta_devices.all.total
}

output "report" {
  value = data.sekoia_okta_connection_test.this
}
`

func TestAccSecretsOfOAuth(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		key         func(*testing.T) crypto.Signer
		jwk, dpop   bool
		environment bool
		variable    string
		files       []string
	}{
		"a PEM of RSA in the environment":      {key: rsaKey, environment: true},
		"a JWK of EC in an ephemeral variable": {key: ecKey, jwk: true, dpop: true, variable: "ephemeral = true"},
		"a PEM of EC in a variable, which a plan keeps": {
			key: ecKey, dpop: true, variable: "sensitive = true", files: []string{"work/plan!tfplan", "printed/*-show-json-plan.txt"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			key, recorded := test.key(t), &recorder{}
			text, jwk := keyText(t, key)
			if test.jwk {
				text = jwk
			}
			clouds := acctest.Start(t, func(c *simulator.Config) {
				c.Devices, c.Odd = 5, 0
				c.ServiceApps = []simulator.ServiceApp{{ClientID: appID, JWKS: publicSet(t, key), Scopes: []string{"okta.devices.read"}, DPoP: test.dpop}}
				c.Middleware = func(cloud string, next http.Handler) http.Handler {
					if cloud == acctest.Okta {
						return recorded.around(next)
					}
					return next
				}
			})
			w := write(t, clouds, map[string]string{"OKTA_API_TOKEN": ""})
			if test.environment {
				w.cli.Setenv("OKTA_API_CLIENT_ID", appID)
				w.cli.Setenv("OKTA_API_PRIVATE_KEY", text)
			} else {
				content, err := json.Marshal(map[string]string{"base_url": clouds.Ready.OktaURL, "client_id": appID, "private_key": text})
				if err != nil {
					t.Fatal(err)
				}
				w.cli.Setenv("TF_VAR_app", string(content))
			}
			w.config(t, fmt.Sprintf(readingAsApp, test.variable))
			w.succeed(t, "plan", "-out=plan")
			w.succeed(t, "show", "-json", "plan")
			w.succeed(t, "apply", "plan")
			w.succeed(t, "show", "-json")
			made, count := recorded.canaries()
			if count["an access token"] == 0 || count["a client assertion"] == 0 || test.dpop && count["a DPoP proof"] < 3 {
				t.Errorf("what was recorded: %v", count)
			}
			var documented []canary.Documented
			for _, file := range test.files {
				documented = append(documented, canary.Documented{Canary: "the private key", Files: file})
			}
			w.check(t, append(append(secretsOf(clouds), canariesOf(t, key)...), made...), documented...)
		})
	}
}

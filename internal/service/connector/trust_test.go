// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package connector_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/acctest"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/simulator"
)

const (
	ownHost    = "acme.okta.com"
	customHost = "login.acme.example"
	evilHost   = "okta.com.evil.example"
	// evilBody is what a host says that is not Okta; no diagnostic may repeat it.
	evilBody = "SECRET-OF-AN-INTERNAL-HOST"
)

// world is an organization on Okta's own domain, known by a custom domain too, and a host that is not Okta's.
type world struct {
	*acctest.Interceptor
	clouds *acctest.Clouds
	cli    *acctest.CLI
	evil   *site
}

// site is a host whose answers a test chooses.
type site struct {
	mu      sync.Mutex
	handler http.Handler
}

func (s *site) answer(handler http.Handler) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.handler = handler
}

func (s *site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	handler := s.handler
	s.mu.Unlock()
	handler.ServeHTTP(w, r)
}

func newWorld(t *testing.T) world {
	t.Helper()
	organization, evil := &site{}, &site{}
	internet := acctest.Intercept(t, map[string]http.Handler{ownHost: organization, customHost: organization, evilHost: evil})
	transport := internet.Transport(t)
	clouds := acctest.Start(t, func(c *simulator.Config) {
		c.OktaPublicURL = "https://" + ownHost
		c.ConnectorTransport = transport
	})
	organization.answer(acctest.ForwardTo(t, clouds.Ready.OktaURL))
	clouds.SetOrganization(t, map[string]any{"alternate": "https://" + customHost})
	evil.answer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, evilBody) }))
	cli := acctest.NewBinaryCLI(t, clouds, map[string]string{
		"HTTPS_PROXY": internet.ProxyURL, "OKTA_CLIENT_ORGURL": "", "OKTA_API_TOKEN": "",
	})
	return world{internet, clouds, cli, evil}
}

// write writes a configuration with a connector at a base URL.
func (w world) write(t *testing.T, baseURL, more string) {
	t.Helper()
	w.cli.Write(t, "main.tf", mainTF(fmt.Sprintf("provider \"sekoia\" {\n  http = { ca_certificate_file = %q }\n}\n", w.CAFile)+
		strings.Replace(connectorTF(w.clouds, more), w.clouds.Ready.OktaURL, baseURL, 1)))
}

func TestAccConnectorCustomDomain(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.write(t, "https://"+customHost, `sync = { wait_for = "synced" }`)
	w.cli.Succeed(t, "apply", "-auto-approve")

	// Sekoia's connector sends its token to the custom domain: it is proved to be the organization's.
	account, _ := onePair(t, w.clouds)
	if account.Value["base_url"] != "https://"+customHost {
		t.Errorf("stored: %v", account.Value)
	}
	if assets := len(w.clouds.State(t).Assets); assets != 50 {
		t.Errorf("%d assets arrived", assets)
	}

	// The provider's own calls with the token went to Okta's own host, and the connector's to the stored one.
	if credentials := w.Credentials(ownHost); len(credentials) > 0 {
		t.Errorf("the credential was sent to %+v", credentials)
	}
	if len(w.Credentials()) == 0 {
		t.Errorf("no credential was seen at all: %+v", w.Seen())
	}
	if text := w.cli.Succeed(t, "plan"); !contains(text, "No changes.") {
		t.Errorf("the plan says:\n%s", text)
	}

	// From the custom domain to the own one is no other organization.
	w.write(t, "https://"+ownHost, "")
	checkText(t, w.cli.Succeed(t, "plan"), []string{"0 to add, 1 to change, 0 to destroy"}, nil)
}

// TestAccConnectorCustomDomainWithARevokedToken stops a connector. That stores nothing, so it need not be shown again
// that the stored URL is Okta's.
func TestAccConnectorCustomDomainWithARevokedToken(t *testing.T) {
	t.Parallel()
	const more = `connection_test = { mode = "always", on_failure = "warning" }`
	w := newWorld(t)
	w.write(t, "https://"+customHost, more)
	w.cli.Succeed(t, "apply", "-auto-approve")
	w.clouds.SetTokens(t, "another")
	w.write(t, "https://"+customHost, more+`
  enabled = false`)
	w.cli.Succeed(t, "apply", "-auto-approve")
	if _, connector := onePair(t, w.clouds); connector.DisplayStatus != "STOPPED" {
		t.Errorf("not stopped: %+v", connector)
	}

	// A start stores the token again.
	w.write(t, "https://"+customHost, more)
	checkText(t, w.cli.Fail(t, "Error: Okta devices: this base URL may not be stored", "apply", "-auto-approve"), []string{
		"The host is not one of Okta's own domains.",
	}, nil)
}

func TestAccConnectorUntrustedBaseURL(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		baseURL string
		arrange func(*testing.T, world)
		more    string
		env     map[string]string
	}{
		"a host that looks like Okta's": {baseURL: "https://" + evilHost},
		"a host that looks like Okta's, with on_failure warning": {
			baseURL: "https://" + evilHost, more: `connection_test = { on_failure = "warning" }`,
		},
		"a host that looks like Okta's, in mode off": {
			baseURL: "https://" + evilHost, env: map[string]string{"SEKOIA_CONNECTION_TEST": "off"},
		},
		"a custom domain in mode off": {
			baseURL: "https://" + customHost, env: map[string]string{"SEKOIA_CONNECTION_TEST": "off"},
		},
		"a custom domain that the organization does not name": {
			baseURL: "https://" + customHost, arrange: func(t *testing.T, w world) {
				t.Helper()
				w.clouds.SetOrganization(t, map[string]any{"alternate": "https://other.acme.example"})
			},
		},
		"a custom domain that does not answer": {baseURL: "https://nowhere.acme.example"},
		"a host that claims to be another organization's": {
			baseURL: "https://" + evilHost, arrange: func(t *testing.T, w world) {
				t.Helper()
				w.evil.answer(http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) {
					rw.Header().Set("Content-Type", "application/json")
					_, _ = fmt.Fprintf(rw, `{"id":"00oLie","pipeline":"idx","_links":{"organization":{"href":"https://%s"},"alternate":{"href":"https://%s"}}}`, ownHost, evilHost)
				}))
			},
		},
		"a host that redirects to another": {
			baseURL: "https://" + evilHost, arrange: func(t *testing.T, w world) {
				t.Helper()
				w.evil.answer(http.RedirectHandler("https://"+ownHost+wellKnownPath, http.StatusFound))
			},
		},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			if test.arrange != nil {
				test.arrange(t, w)
			}
			for variable, value := range test.env {
				w.cli.Setenv(variable, value)
			}
			w.write(t, test.baseURL, test.more)
			text := w.cli.Fail(t, "SEKOIA_TRUSTED_OKTA_HOSTS", "plan")
			checkText(t, text, []string{"base_url = "}, []string{evilBody, "SEKOIA_CONNECTION_TEST"})
			if credentials := w.Credentials(); len(credentials) > 0 {
				t.Errorf("the credential was sent to %+v", credentials)
			}
			noWrite(t, w.clouds)
		})
	}
}

// TestAccConnectorWrittenOtherwise stores the plain origin, whatever way the configuration writes it: Sekoia's
// connector joins it as it is.
func TestAccConnectorWrittenOtherwise(t *testing.T) {
	t.Parallel()
	const written = "https://ACME.okta.com:443/"
	w := newWorld(t)
	w.write(t, written, `sync = { wait_for = "synced" }`)
	w.cli.Succeed(t, "apply", "-auto-approve")
	account, connector := onePair(t, w.clouds)
	if account.Value["base_url"] != "https://"+ownHost {
		t.Errorf("stored: %v", account.Value)
	}
	if held := inState(t, w.cli)["base_url"]; held != written {
		t.Errorf("the state holds %v", held)
	}
	if assets := len(w.clouds.State(t).Assets); assets != 50 {
		t.Errorf("%d assets arrived", assets)
	}
	checkText(t, w.cli.Succeed(t, "plan"), []string{"No changes."}, nil)

	// The plain form is no change, and needs no call.
	w.write(t, "https://"+ownHost, `sync = { wait_for = "synced" }`)
	checkText(t, w.cli.Succeed(t, "plan"), []string{"No changes."}, nil)
	if _, again := onePair(t, w.clouds); again.UUID != connector.UUID {
		t.Errorf("replaced: %+v", again)
	}
}

func TestAccConnectorTrustedByTheEnvironment(t *testing.T) {
	t.Parallel()

	// The organization does not confirm the custom domain, in mode off nothing asks it, and the environment vouches for
	// it.
	for _, mode := range []string{"off", "on_change"} {
		w := newWorld(t)
		w.clouds.SetOrganization(t, map[string]any{"alternate": ""})
		w.cli.Setenv("SEKOIA_TRUSTED_OKTA_HOSTS", "other.example, "+customHost)
		w.cli.Setenv("SEKOIA_CONNECTION_TEST", mode)
		w.write(t, "https://"+customHost, "")
		w.cli.Succeed(t, "apply", "-auto-approve")
		if account, _ := onePair(t, w.clouds); account.Value["base_url"] != "https://"+customHost {
			t.Errorf("mode %s: stored %v", mode, account.Value)
		}
	}
}

func TestAccProviderSendsNoCredentialElsewhere(t *testing.T) {
	t.Parallel()
	devices := "data \"sekoia_okta_devices\" \"all\" {}\n"
	cases := map[string]struct {
		provider func(world) string
		blocks   func(world) string
		want     string
	}{
		"the provider's okta block": {
			provider: func(w world) string {
				return fmt.Sprintf("okta = {\n base_url = %q\n api_token = %q\n}", "https://"+evilHost, w.clouds.Ready.OktaToken)
			},
			blocks: func(world) string { return devices },
			want:   "SEKOIA_TRUSTED_OKTA_HOSTS",
		},
		"Sekoia's base_url, with the key from the environment": {
			provider: func(world) string { return fmt.Sprintf("base_url = %q", "https://"+evilHost) },
			blocks: func(w world) string {
				return strings.Replace(connectorTF(w.clouds, ""), w.clouds.Ready.OktaURL, "https://"+ownHost, 1)
			},
			want: "SEKOIA_BASE_URL",
		},
		"Sekoia's base_url, with the key beside it": {
			provider: func(world) string { return fmt.Sprintf("base_url = %q\n api_key = \"key\"", "https://"+evilHost) },
			blocks: func(w world) string {
				return strings.Replace(connectorTF(w.clouds, ""), w.clouds.Ready.OktaURL, "https://"+ownHost, 1)
			},
			want: "SEKOIA_BASE_URL",
		},
		"an Okta host of the configuration with the environment's token": {
			provider: func(world) string { return fmt.Sprintf("okta = {\n base_url = %q\n}", "https://"+customHost) },
			blocks:   func(world) string { return devices },
			want:     "okta.api_token",
		},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.cli.Setenv("OKTA_API_TOKEN", w.clouds.Ready.OktaToken)
			w.cli.Write(t, "main.tf", mainTF(fmt.Sprintf("provider \"sekoia\" {\n  http = { ca_certificate_file = %q }\n  %s\n}\n",
				w.CAFile, test.provider(w))+test.blocks(w)))
			checkText(t, w.cli.Fail(t, test.want, "plan"), nil, []string{evilBody})
			if credentials := w.Credentials(); len(credentials) > 0 {
				t.Errorf("a credential was sent to %+v", credentials)
			}
		})
	}
}

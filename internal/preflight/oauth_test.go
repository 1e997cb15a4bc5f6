// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package preflight_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"net/http"
	"strings"
	"testing"

	"github.com/go-jose/go-jose/v4"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/okta"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/preflight"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/sekoia"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/simulator"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/simulator/shape"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/credential"
)

// appKey makes a key as a person has it, and as Okta has it.
func appKey(t *testing.T) (private string, jwks json.RawMessage) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	content, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	if jwks, err = json.Marshal(jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: key.Public()}}}); err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: content})), jwks
}

func TestAServiceAppIsTested(t *testing.T) {
	t.Parallel()
	const read, trust, manage = okta.ScopeDevicesRead, okta.ScopeDeviceTrustRead, okta.ScopeDevicesManage
	for name, c := range map[string]struct {
		granted, asked []string
		change         func(*simulator.ServiceApp)
		limit          int
		want           outcomes
		says           []string
	}{
		"one scope is enough, and the others are told of": {
			granted: []string{read, manage},
			says: []string{"Okta accepts the service app, and gave it an access token.", "The access token may read devices.",
				read + ": granted.", trust + ": not granted (not asked for", manage + ": not granted (not asked for"},
		},
		"all three are granted, with DPoP": {
			granted: []string{read, trust, manage}, asked: []string{read, trust, manage}, change: func(a *simulator.ServiceApp) { a.DPoP = true },
			says: []string{read + ": granted.", trust + ": granted.", manage + ": granted."},
		},
		"a scope that is asked for was not granted": {
			granted: []string{read}, asked: []string{read, trust},
			says: []string{"The access token may read devices.", read + ": granted.", trust + ": not granted."},
		},
		"no scope that is asked for was granted": {
			granted: []string{manage}, asked: []string{read, trust}, want: fails("okta_devices_read", reject(okta.InputScopes)),
			says: []string{"Okta accepts the service app.", "400 consent_required (You are not allowed any of the requested scopes.)", "Grant the scopes", "okta.devices.read is enough"},
		},
		"a scope that Okta does not have": {
			granted: []string{read}, asked: []string{read, "devices"}, want: fails("okta_devices_read", reject(okta.InputScopes)),
			says: []string{"Okta accepts the service app.", "400 invalid_scope", "check their spelling"},
		},
		"the app was deactivated": {
			granted: []string{read}, change: func(a *simulator.ServiceApp) { a.Inactive = true },
			want: fails("okta_credentials", reject(okta.InputClientID)), says: []string{"Invalid value for 'client_id' parameter.", "the app is active"},
		},
		"a key among several that has no id": {
			granted: []string{read}, change: func(a *simulator.ServiceApp) { a.JWKS = twoKeys(t, a.JWKS) },
			want: fails("okta_credentials", reject(okta.InputPrivateKeyID)), says: []string{"The client_assertion JWT kid is invalid.", "Set private_key_id"},
		},
		"reading is not asked for": {
			granted: []string{read, manage}, asked: []string{manage}, want: fails("okta_devices_read", reject(okta.InputScopes)),
			says: []string{"lacks the scope okta.devices.read", read + ": not granted (not asked for", manage + ": granted.", "name it in scopes"},
		},
		"the app has no admin role": {
			granted: []string{read}, change: func(a *simulator.ServiceApp) { a.NoAdminRole = true },
			want: fails("okta_devices_read", reject(okta.InputClientID)), says: []string{"403 E0000006", read + ": granted.", "admin role"},
		},
		"another key": {
			granted: []string{read}, change: func(a *simulator.ServiceApp) { _, a.JWKS = appKey(t) },
			want: fails("okta_credentials", reject(okta.InputPrivateKey)), says: []string{"401 invalid_client (The client_assertion signature is invalid.", "Public keys"},
		},
		"an app that is not there": {
			granted: []string{read}, change: func(a *simulator.ServiceApp) { a.ClientID = "0oaother" },
			want: fails("okta_credentials", reject(okta.InputClientID)), says: []string{"Invalid value for 'client_id' parameter."},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			private, jwks := appKey(t)
			registered := simulator.ServiceApp{ClientID: "0oa1", JWKS: jwks, Scopes: c.granted}
			if c.change != nil {
				c.change(&registered)
			}
			key, err := okta.ParsePrivateKey(credential.NewSecret(private), "")
			if err != nil {
				t.Fatal(err)
			}
			app := okta.NewServiceApp("0oa1", key, c.asked)
			report, hides := appReport(t, registered, app)
			checkOutcomes(t, report, c.want)
			checkTexts(t, report, c.says, append(hides, strings.Split(strings.TrimSpace(private), "\n")[1]))
		})
	}
}

// twoKeys is a set with one more key.
func twoKeys(t *testing.T, set json.RawMessage) json.RawMessage {
	t.Helper()
	_, other := appKey(t)
	var one, two jose.JSONWebKeySet
	for raw, into := range map[*json.RawMessage]*jose.JSONWebKeySet{&set: &one, &other: &two} {
		if err := json.Unmarshal(*raw, into); err != nil {
			t.Fatal(err)
		}
	}
	text, err := json.Marshal(jose.JSONWebKeySet{Keys: append(one.Keys, two.Keys...)})
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// appReport tests an app, twice for one run, against a simulated organization that has this one.
func appReport(t *testing.T, registered simulator.ServiceApp, app *okta.ServiceApp) (*preflight.Report, []string) {
	t.Helper()
	config := simulator.DefaultConfig()
	config.Odd, config.ServiceApps = 0, []simulator.ServiceApp{registered}
	config.Middleware = shape.Watch(t, shape.Options{}).Middleware
	clouds, err := simulator.Start(config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := clouds.Close(); err != nil {
			t.Error(err)
		}
	})
	ready, tokens := clouds.Ready(), 0
	network := &http.Transport{}
	t.Cleanup(network.CloseIdleConnections)
	client, err := transport.New(transport.Options{Base: counting{network, &tokens}})
	if err != nil {
		t.Fatal(err)
	}
	tester := preflight.NewTester(preflight.TesterConfig{
		HTTP: client, Trust: credential.Trust{Loopback: true},
		Sekoia: sekoia.New(sekoia.Config{HTTP: client, BaseURL: parse(t, ready.SekoiaURL), APIKey: credential.NewSecret(ready.SekoiaAPIKey)}),
	})
	input := preflight.Input{OktaBaseURL: parse(t, ready.OktaURL), OktaApp: app, CommunityID: ready.CommunityID}
	report := tester.Report(t.Context(), input)
	if tester.Report(t.Context(), input) != report {
		t.Error("the second report is another one")
	}
	// Without a proof, with one, and with its nonce.
	if most := 3; tokens > most {
		t.Errorf("%d requests for a token", tokens)
	}
	return report, []string{ready.OktaToken, ready.SekoiaAPIKey}
}

// counting counts requests for tokens; one test's are made one after the other.
type counting struct {
	next   http.RoundTripper
	tokens *int
}

func (c counting) RoundTrip(request *http.Request) (*http.Response, error) {
	if request.Method == http.MethodPost {
		*c.tokens++
	}
	return c.next.RoundTrip(request)
}

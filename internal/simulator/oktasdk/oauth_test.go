// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package oktasdk

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"net/http"
	"net/url"
	"testing"

	"github.com/go-jose/go-jose/v4"
	"github.com/okta/okta-sdk-golang/v6/okta"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/simulator"
)

const (
	appID  = "0oa1serviceapp"
	keyID  = "kid-1"
	scope  = "okta.devices.read"
	bits   = 2048
	tokens = "/oauth2/v1/token"
)

// serviceApp makes an app, and its private key as the SDK and the provider take it.
func serviceApp(t *testing.T, dpop bool) (simulator.ServiceApp, string) {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, bits)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	set, err := json.Marshal(jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: key.Public(), KeyID: keyID}}})
	if err != nil {
		t.Fatal(err)
	}
	return simulator.ServiceApp{ClientID: appID, JWKS: set, Scopes: []string{scope}, DPoP: dpop},
		string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private}))
}

// appClient is the SDK's with a service app.
func appClient(t *testing.T, ready simulator.Ready, key string) *okta.APIClient {
	t.Helper()
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	configuration, err := okta.NewConfiguration(
		okta.WithOrgUrl(ready.OktaURL), okta.WithAuthorizationMode("PrivateKey"), okta.WithClientId(appID), okta.WithPrivateKey(key),
		okta.WithPrivateKeyId(keyID), okta.WithScopes([]string{scope}), okta.WithCache(false), okta.WithToken("unused"),
		okta.WithHttpClientPtr(&http.Client{Transport: transport}), okta.WithTestingDisableHttpsCheck(true),
		okta.WithRequestTimeout(30), okta.WithRateLimitMaxRetries(0), okta.WithProxyHost(""),
	)
	if err != nil {
		t.Fatal(err)
	}
	org, err := url.Parse(ready.OktaURL)
	if err != nil {
		t.Fatal(err)
	}
	configuration.Host = org.Host // 6.1.6 leaves the port out
	return okta.NewAPIClient(configuration)
}

// Okta's own SDK proves itself to the simulator as it does to Okta, and reads devices with what it gets.
func TestServiceApp(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		dpop  bool
		calls map[int]int // at the token endpoint, by status
	}{
		"without DPoP": {calls: map[int]int{200: 1}},
		"with DPoP":    {dpop: true, calls: map[int]int{200: 1, 400: 2}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			app, key := serviceApp(t, test.dpop)
			ready := start(t, func(c *simulator.Config) { c.Devices, c.ServiceApps = 7, []simulator.ServiceApp{app} })
			client := appClient(t, ready, key)
			for range 2 {
				devices, err := list(t.Context(), client.DeviceAPI.ListDevices(t.Context()))
				if err != nil || len(devices) != 7 {
					t.Fatalf("%d devices, error %v", len(devices), err)
				}
			}
			counts := map[int]int{}
			for _, call := range admin[[]struct {
				Path       string
				Status     int
				Authorized bool
			}](t, ready, "/_simulator/requests") {
				if call.Path == tokens {
					counts[call.Status]++
				}
				if call.Authorized != (call.Status == http.StatusOK) {
					t.Errorf("the call is logged as %+v", call)
				}
			}
			if counts[200] != test.calls[200] || counts[400] != test.calls[400] || len(counts) != len(test.calls) {
				t.Errorf("%v calls for tokens, want %v", counts, test.calls)
			}
		})
	}
}

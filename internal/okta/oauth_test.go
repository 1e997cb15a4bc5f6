// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package okta

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/json"
	"encoding/pem"
	"math/big"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/go-jose/go-jose/v4"
	"github.com/hashicorp/go-cleanhttp"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/simulator"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/simulator/shape"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/credential"
)

const appID = "0oa1serviceapp"

// A keyPair is a private key as a person has it, and the public one as Okta has it.
type keyPair struct {
	private string
	jwks    json.RawMessage
}

// testKeys are made once: RSA keys take their time.
var testKeys = sync.OnceValue(func() map[string]keyPair {
	rsaKey := must(rsa.GenerateKey(rand.Reader, 2048))
	ecKey := must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	largeKey := must(ecdsa.GenerateKey(elliptic.P384(), rand.Reader))
	hugeKey := must(ecdsa.GenerateKey(elliptic.P521(), rand.Reader))
	return map[string]keyPair{
		"RSA in PKCS#1":         {pemOf("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(rsaKey)), jwksOf(rsaKey.Public(), "")},
		"RSA in PKCS#8":         {pemOf("PRIVATE KEY", must(x509.MarshalPKCS8PrivateKey(rsaKey))), jwksOf(rsaKey.Public(), "")},
		"RSA in a JWK":          {jwkOf(rsaKey, "kid-1", ""), jwksOf(rsaKey.Public(), "kid-1")},
		"RSA in a JWK of RS512": {jwkOf(rsaKey, "kid-1", "RS512"), jwksOf(rsaKey.Public(), "kid-1")},
		"P-256 in SEC 1":        {pemOf("EC PRIVATE KEY", must(x509.MarshalECPrivateKey(ecKey))), jwksOf(ecKey.Public(), "")},
		"P-256 in PKCS#8":       {pemOf("PRIVATE KEY", must(x509.MarshalPKCS8PrivateKey(ecKey))), jwksOf(ecKey.Public(), "")},
		"P-256 in a JWK":        {jwkOf(ecKey, "", ""), jwksOf(ecKey.Public(), "kid-2")},
		"P-384 in PKCS#8":       {pemOf("PRIVATE KEY", must(x509.MarshalPKCS8PrivateKey(largeKey))), jwksOf(largeKey.Public(), "")},
		"P-521 in a set of one": {`{"keys":[` + jwkOf(hugeKey, "kid-3", "ES512") + `]}`, jwksOf(hugeKey.Public(), "kid-3")},
		"P-256 on one line":     {strings.ReplaceAll(pemOf("PRIVATE KEY", must(x509.MarshalPKCS8PrivateKey(ecKey))), "\n", `\n`), jwksOf(ecKey.Public(), "")},
		"P-256 after its curve": {pemOf("EC PARAMETERS", []byte{6, 8}) + pemOf("EC PRIVATE KEY", must(x509.MarshalECPrivateKey(ecKey))), jwksOf(ecKey.Public(), "")},
	}
})

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

func pemOf(kind string, content []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: content}))
}

func jwkOf(key any, id, algorithm string) string {
	return string(must((jose.JSONWebKey{Key: key, KeyID: id, Algorithm: algorithm}).MarshalJSON()))
}

func jwksOf(key crypto.PublicKey, id string) json.RawMessage {
	return json.RawMessage(`{"keys":[` + jwkOf(key, id, "") + `]}`)
}

// app makes the credential of a key.
func app(t *testing.T, key, id string, scopes ...string) *ServiceApp {
	t.Helper()
	parsed, err := ParsePrivateKey(credential.NewSecret(key), id)
	if err != nil {
		t.Fatal(err)
	}
	return NewServiceApp(appID, parsed, scopes)
}

// An oktaCloud is a simulated organization, whose traffic is checked against its documents and counted.
type oktaCloud struct {
	*simulator.Simulator
	http     *http.Client
	attempts atomic.Int64 // at the token endpoint
	tokens   atomic.Int64 // that it gave
	answers  atomic.Int64 // of the API
	refusals atomic.Int64 // of those
	// unwatched leaves the documents out.
	unwatched atomic.Bool
}

// organization starts one with these apps.
func organization(t *testing.T, change func(*simulator.Config), apps ...simulator.ServiceApp) *oktaCloud {
	t.Helper()
	config := simulator.DefaultConfig()
	config.Devices, config.ServiceApps = 3, apps
	if change != nil {
		change(&config)
	}
	cloud := &oktaCloud{Simulator: must(simulator.Start(config))}
	t.Cleanup(func() {
		if err := cloud.Close(); err != nil {
			t.Error(err)
		}
	})
	watch := shape.Watch(t, shape.Options{OddDevices: true, WrongRequests: true})
	network := cleanhttp.DefaultPooledTransport()
	t.Cleanup(network.CloseIdleConnections)
	counted := roundTrip(func(request *http.Request) (*http.Response, error) {
		got, err := network.RoundTrip(request)
		if request.URL.Path == tokenPath {
			cloud.attempts.Add(1)
			if err == nil && got.StatusCode == http.StatusOK {
				cloud.tokens.Add(1)
			}
		}
		if err == nil && request.URL.Path != tokenPath {
			cloud.answers.Add(1)
			if got.StatusCode >= 400 {
				cloud.refusals.Add(1)
			}
		}
		return got, err
	})
	watched := watch.RoundTripper(shape.Okta, counted)
	cloud.http = must(transport.New(transport.Options{Base: roundTrip(func(request *http.Request) (*http.Response, error) {
		if cloud.unwatched.Load() {
			return counted(request)
		}
		return watched.RoundTrip(request)
	})}))
	return cloud
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(request *http.Request) (*http.Response, error) { return f(request) }

func (c *oktaCloud) client(t *testing.T, with *ServiceApp) *Client {
	t.Helper()
	return New(Config{HTTP: c.http, Origin: origin(t, c.Ready().OktaURL), App: with})
}

// scopes are what an app may ask for in these tests.
var grantedScopes = []string{ScopeDevicesRead, ScopeDevicesManage}

func TestEveryKindOfKeyGetsATokenWithAndWithoutDPoP(t *testing.T) {
	t.Parallel()
	for name, key := range testKeys() {
		for with, dpop := range map[string]bool{" without DPoP": false, " with DPoP": true} {
			t.Run(name+with, func(t *testing.T) {
				t.Parallel()
				cloud := organization(t, nil, simulator.ServiceApp{ClientID: appID, JWKS: key.jwks, Scopes: grantedScopes, DPoP: dpop})
				client := cloud.client(t, app(t, key.private, ""))
				for range 3 {
					if page, err := client.DevicesPage(t.Context(), DeviceQuery{}); err != nil || len(page.Devices) != 3 {
						t.Fatalf("page %+v, error %v", page, err)
					}
				}
				// Without a proof, with one, and with its nonce.
				attempts := int64(1)
				if dpop {
					attempts = 3
				}
				if cloud.tokens.Load() != 1 || cloud.attempts.Load() != attempts || cloud.refusals.Load() != 0 {
					t.Errorf("%d tokens in %d attempts, %d refused calls; want 1 in %d, and 0", cloud.tokens.Load(), cloud.attempts.Load(), cloud.refusals.Load(), attempts)
				}
			})
		}
	}
}

// How the token is renewed while time passes: TestATokenIsFetchedOnceALifetimeByOneCaller.
func TestTenThousandCallsShareOneToken(t *testing.T) {
	t.Parallel()
	const goroutines = 20
	calls := int64(10_000)
	if testing.Short() {
		calls = 1000
	}
	for name, dpop := range map[string]bool{"without DPoP": false, "with DPoP": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			key := testKeys()["P-256 in PKCS#8"]
			cloud := organization(t, func(config *simulator.Config) { config.Devices = 1 },
				simulator.ServiceApp{ClientID: appID, JWKS: key.jwks, Scopes: grantedScopes, DPoP: dpop})
			cloud.unwatched.Store(true) // the documents are checked elsewhere, and here they would take most of the time
			shared := app(t, key.private, "")
			var group sync.WaitGroup
			for range goroutines {
				group.Go(func() {
					client := cloud.client(t, shared)
					for range calls / goroutines {
						if _, err := client.DevicesPage(t.Context(), DeviceQuery{}); err != nil {
							t.Error(err)
							return
						}
					}
				})
			}
			group.Wait()
			if cloud.tokens.Load() != 1 || cloud.refusals.Load() != 0 || cloud.answers.Load() != calls {
				t.Errorf("%d tokens, %d calls, %d of them refused", cloud.tokens.Load(), cloud.answers.Load(), cloud.refusals.Load())
			}
		})
	}
}

// putApps registers apps anew, which revokes every token.
func putApps(t *testing.T, cloud *oktaCloud, apps ...simulator.ServiceApp) {
	t.Helper()
	body := bytes.NewReader(must(json.Marshal(apps)))
	request := must(http.NewRequestWithContext(t.Context(), http.MethodPut, cloud.Ready().AdminURL+"/_simulator/service-apps", body))
	network := cleanhttp.DefaultTransport()
	answer, err := network.RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	if err := answer.Body.Close(); err != nil || answer.StatusCode != http.StatusNoContent {
		t.Fatalf("status %d, error %v", answer.StatusCode, err)
	}
}

// smallKey is an RSA key that Okta does not take.
func smallKey() string {
	return pemOf("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(must(rsa.GenerateKey(rand.Reader, 1024)))) //nolint:gosec // that is the case
}

// sizedKey is an RSA key that crypto/rsa does not make, or not soon: its halves need not be prime to be parsed. p and q
// are odd, and d belongs to e modulo p-1 and q-1.
func sizedKey(bits int, wrapped bool) string {
	one, e := big.NewInt(1), big.NewInt(65537)
	random := func() *big.Int {
		for {
			n := must(rand.Int(rand.Reader, new(big.Int).Lsh(one, uint(bits/2-2))))
			n.SetBit(n.SetBit(n.SetBit(n, 0, 1), bits/2-1, 1), bits/2-2, 1)
			if new(big.Int).GCD(nil, nil, new(big.Int).Sub(n, one), e).Cmp(one) == 0 {
				return n
			}
		}
	}
	p, q := random(), random()
	for new(big.Int).GCD(nil, nil, p, q).Cmp(one) != 0 {
		q = random()
	}
	lessP, lessQ := new(big.Int).Sub(p, one), new(big.Int).Sub(q, one)
	d := new(big.Int).ModInverse(e, new(big.Int).Mul(lessP, lessQ))
	key := must(asn1.Marshal(struct {
		Version                  int
		N, E, D, P, Q, DP, DQ, R *big.Int
	}{0, new(big.Int).Mul(p, q), e, d, p, q, new(big.Int).Mod(d, lessP), new(big.Int).Mod(d, lessQ), new(big.Int).ModInverse(q, p)}))
	if !wrapped {
		return pemOf("RSA PRIVATE KEY", key)
	}
	return pemOf("PRIVATE KEY", must(asn1.Marshal(struct {
		Version   int
		Algorithm pkix.AlgorithmIdentifier
		Key       []byte
	}{0, pkix.AlgorithmIdentifier{Algorithm: asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 1}, Parameters: asn1.NullRawValue}, key})))
}

func edKey() string {
	_, key, err := ed25519.GenerateKey(rand.Reader)
	return pemOf("PRIVATE KEY", must(x509.MarshalPKCS8PrivateKey(must(key, err))))
}

// firstOf is the first key of a set.
func firstOf(set json.RawMessage) json.RawMessage {
	var keys struct{ Keys []json.RawMessage }
	if err := json.Unmarshal(set, &keys); err != nil {
		panic(err)
	}
	return keys.Keys[0]
}

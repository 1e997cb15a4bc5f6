// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package okta

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
	"github.com/jarcoal/httpmock"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/simulator"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/credential"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/failure"
)

const acmeToken = acme + tokenPath

// without takes members out of a JWK.
func without(jwk string, names ...string) string {
	var members map[string]any
	if err := json.Unmarshal([]byte(jwk), &members); err != nil {
		panic(err)
	}
	for _, name := range names {
		delete(members, name)
	}
	return string(must(json.Marshal(members)))
}

// What variables, templates, secret stores and the clipboard make of a key is the same key.
func TestAKeyIsTakenHoweverItWasCarried(t *testing.T) {
	t.Parallel()
	lineEnds := func(with string) func(string) string {
		return func(key string) string { return strings.ReplaceAll(key, "\n", with) }
	}
	in64 := func(key string) string { return base64.StdEncoding.EncodeToString([]byte(key)) }
	quoted := func(key string) string { return string(must(json.Marshal(key))) }
	certificate := pemOf("CERTIFICATE", []byte("certificate"))
	carried := map[string]func(string) string{
		"blanks for line ends":             lineEnds(" "),
		"no line ends at all":              lineEnds(""),
		"line ends of Windows":             lineEnds("\r\n"),
		"line ends of old Macs":            lineEnds("\r"),
		"line ends written as text":        lineEnds(`\n`),
		"Windows' written as text":         lineEnds(`\r\n`),
		"line ends written as text twice":  lineEnds(`\\n`),
		"empty lines":                      lineEnds("\n\n"),
		"indented by a heredoc":            func(key string) string { return "    " + strings.ReplaceAll(key, "\n", "\n    ") },
		"indented by tabs and odd spaces":  lineEnds("\t\n\u00a0"),
		"a byte order mark":                func(key string) string { return "\ufeff" + key },
		"a byte order mark inside":         lineEnds("\n\ufeff"),
		"in double quotes":                 func(key string) string { return `"` + key + `"` },
		"in single quotes":                 func(key string) string { return " '" + key + "'\n" },
		"in a word processor's quotes":     func(key string) string { return "\u201c" + key + "\u201d" },
		"as a JSON string":                 quoted,
		"in quotes that are escaped":       func(key string) string { return strings.Trim(quoted(key), `"`) },
		"in base64":                        in64,
		"in base64 without padding":        func(key string) string { return strings.TrimRight(in64(key), "=") },
		"in base64 for URLs":               func(key string) string { return base64.URLEncoding.EncodeToString([]byte(key)) },
		"in base64 with line ends":         func(key string) string { return in64(key)[:70] + "\n" + in64(key)[70:] + "\n" },
		"in base64 with line ends as text": func(key string) string { return in64(key)[:70] + `\n` + in64(key)[70:] },
		"in base64 twice":                  func(key string) string { return in64(in64(key) + "\n") },
		"in base64 in quotes":              func(key string) string { return `"` + in64(key) + `"` },
		"a JSON string in base64":          func(key string) string { return in64(quoted(key)) },
		"with a comment before it":         func(key string) string { return "Bag Attributes: <none>\n" + key },
		"with a certificate around it":     func(key string) string { return certificate + key + certificate },
		"with its public key":              func(key string) string { return key + pemOf("PUBLIC KEY", []byte("public")) },
	}
	for kind, key := range testKeys() {
		var public jose.JSONWebKey
		if err := public.UnmarshalJSON(firstOf(key.jwks)); err != nil {
			t.Fatal(err)
		}
		for name, carry := range carried {
			isJWK := strings.HasPrefix(key.private, "{")
			if isJWK && strings.HasPrefix(name, "with ") {
				continue
			}
			got, err := ParsePrivateKey(credential.NewSecret(carry(key.private)), "")
			if err != nil {
				t.Errorf("%s, %s: %v", kind, name, err)
				continue
			}
			signed := must(got.signer.Sign([]byte("trial")))
			if _, err := signed.Verify(public.Key); err != nil {
				t.Errorf("%s, %s: it is another key", kind, name)
			}
		}
	}
}

// A program that needs another form of a key is often fed by changing only its first and last line.
func TestAKeyIsTakenUnderAnotherFormsFirstLineAndWithout(t *testing.T) {
	t.Parallel()
	for kind, key := range testKeys() {
		block, rest := pem.Decode([]byte(key.private))
		if block == nil {
			continue // a JWK
		}
		if after, _ := pem.Decode(rest); after != nil {
			block = after // the first one is a curve
		}
		var public jose.JSONWebKey
		if err := public.UnmarshalJSON(firstOf(key.jwks)); err != nil {
			t.Fatal(err)
		}
		for _, text := range []string{
			pemOf("PRIVATE KEY", block.Bytes), pemOf("RSA PRIVATE KEY", block.Bytes), pemOf("EC PRIVATE KEY", block.Bytes),
			base64.StdEncoding.EncodeToString(block.Bytes),
		} {
			got, err := ParsePrivateKey(credential.NewSecret(text), "")
			if err != nil {
				t.Errorf("%s as %.30s: %v", kind, text, err)
				continue
			}
			if _, err := must(got.signer.Sign([]byte("trial"))).Verify(public.Key); err != nil {
				t.Errorf("%s as %.30s: it is another key", kind, text)
			}
		}
	}
}

func TestAKeyThatCannotBeUsedIsRefusedWithoutShowingIt(t *testing.T) {
	t.Parallel()
	keys := testKeys()
	canary := "MIICdgIBADANBgkqhkiG"
	for name, test := range map[string]struct{ key, id, says string }{
		"nothing":                               {key: " \n", says: "empty"},
		"a text":                                {key: "hunter2", says: "neither PEM"},
		"a PEM without its first and last line": {key: canary, says: "neither PEM"},
		"a path":                                {key: "~/.okta/key.pem", says: `with file("…") in HCL or "$(cat …)" in a shell`},
		"a secret with the key in it":           {key: string(must(json.Marshal(map[string]string{"key": canary}))), says: "give that one alone"},
		"half a PEM":                            {key: keys["RSA in PKCS#8"].private[:200], says: "first or last line is missing or changed"},
		"the other half of a PEM":               {key: keys["RSA in PKCS#8"].private[200:], says: "first or last line is missing or changed"},
		"dashes that a program changed":         {key: strings.ReplaceAll(keys["RSA in PKCS#8"].private, "-----", "\u2014\u2014-"), says: "first or last line is missing or changed"},
		"the ends of two PEMs":                  {key: strings.Replace(keys["RSA in PKCS#8"].private, "END", "END RSA", 1), says: "copied whole"},
		"a PEM without content":                 {key: "-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----", says: "copied whole"},
		"a PEM of other characters":             {key: strings.Replace(keys["RSA in PKCS#8"].private, "M", "\u041c", 1), says: "copied whole"},
		"a JWK without its primes":              {key: without(keys["RSA in a JWK"].private, "p", "q"), says: "the JWK lacks p, q: give"},
		"a JWK without a half":                  {key: without(keys["P-256 in a JWK"].private, "x"), says: "the JWK lacks x: give"},
		"a JWK without its kind":                {key: without(keys["P-256 in a JWK"].private, "kty"), says: "it has no kty"},
		"half a JWK":                            {key: keys["P-256 in a JWK"].private[:60], says: "not valid JSON"},
		"a PEM of something else":               {key: pemOf("OPENSSH PRIVATE KEY", []byte(canary)), says: "ssh-keygen -p -m PKCS8"},
		"a PEM with other content":              {key: pemOf("PRIVATE KEY", []byte(canary)), says: "copied whole"},
		"PKCS#1 that is none":                   {key: pemOf("RSA PRIVATE KEY", []byte(canary)), says: "copied whole"},
		"a public key":                          {key: pemOf("PUBLIC KEY", []byte(canary)), says: "public key"},
		"a certificate":                         {key: pemOf("CERTIFICATE", []byte(canary)), says: "public key or a certificate"},
		"an encrypted key":                      {key: pemOf("ENCRYPTED PRIVATE KEY", []byte(canary)), says: "passphrase"},
		"a public key of PKCS#1":                {key: pemOf("RSA PUBLIC KEY", []byte(canary)), says: "public key"},
		"an RSA key of 512 bits":                {key: sizedKey(512, false), says: "an RSA key of 512 bits, and Okta takes 2048 to 8192"},
		"the same in PKCS#8":                    {key: sizedKey(512, true), says: "an RSA key of 512 bits"},
		"an RSA key of 16,384 bits":             {key: sizedKey(16384, false), says: "an RSA key of 16384 bits"},
		"a small RSA key":                       {key: smallKey(), says: "RSA key of"},
		"a key that is no JWK":                  {key: `{"kty":"RSA","d":"` + canary + `"}`, says: "the JWK lacks n, e, p, q"},
		"a JWK that is none":                    {key: `{"kty":"RSA","d":"` + canary + `","n":1,"e":1,"p":1,"q":1}`, says: "copied whole"},
		"a public JWK":                          {key: string(firstOf(keys["P-256 in a JWK"].jwks)), says: "public key"},
		"two keys in a PEM":                     {key: keys["RSA in PKCS#8"].private + keys["P-256 in PKCS#8"].private, says: "several private keys"},
		"a JWK for encryption":                  {key: strings.Replace(keys["P-256 in a JWK"].private, "{", `{"use":"enc",`, 1), says: "not for signatures"},
		"a shared secret":                       {key: `{"kty":"oct","k":"` + canary + `"}`, says: "of a kind that Okta takes"},
		"a set of none":                         {key: `{"keys":[]}`, says: "set of 0"},
		"a set of two":                          {key: `{"keys":[{},{}]}`, says: "set of 2"},
		"a JWK with another id":                 {key: keys["RSA in a JWK"].private, id: "kid-9", says: "another key id"},
		"a JWK with another algorithm":          {key: strings.Replace(keys["RSA in a JWK of RS512"].private, "RS512", "PS512", 1), says: "its alg"},
		"a JWK of another curve's":              {key: strings.Replace(keys["P-521 in a set of one"].private, "ES512", "ES256", 1), says: "its alg"},
		"an Ed25519 key":                        {key: edKey(), says: "of a kind that Okta takes"},
		"more than a key":                       {key: strings.Repeat("x", maxPrivateKey+1), says: "larger than"},
		"an encrypted key in old style":         {key: "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\nAAAA\n-----END RSA PRIVATE KEY-----\n", says: "passphrase"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			key, err := ParsePrivateKey(credential.NewSecret(test.key), test.id)
			if err == nil || key != nil || !strings.Contains(err.Error(), test.says) {
				t.Fatalf("key %v, error %v, want one that says %q", key, err, test.says)
			}
			if strings.Contains(err.Error(), canary) {
				t.Errorf("the error shows the key: %v", err)
			}
		})
	}
}

func TestACredentialPrintsNothingOfItself(t *testing.T) {
	t.Parallel()
	with := app(t, testKeys()["RSA in PKCS#8"].private, "kid")
	for _, format := range []string{"%v", "%+v", "%#v", "%s", "%d", "%x"} {
		if text := fmt.Sprintf(format, with.key); text != "***" {
			t.Errorf("%s of the key: %s", format, text)
		}
		if text := fmt.Sprintf(format, with); text != "service app "+appID {
			t.Errorf("%s of the app: %s", format, text)
		}
	}
	if text, err := json.Marshal(map[string]any{"key": with.key}); err != nil || string(text) != `{"key":{}}` {
		t.Errorf("JSON %s, error %v", text, err)
	}
}

func TestTheSameCredentialHasTheSameFingerprint(t *testing.T) {
	t.Parallel()
	keys := testKeys()
	one := app(t, keys["RSA in PKCS#8"].private, "", "b", "a", "b")
	same := app(t, keys["RSA in PKCS#8"].private+"\n", "", "a", "b")
	if one.Fingerprint() != same.Fingerprint() || !slices.Equal(one.Scopes(), []string{"a", "b"}) {
		t.Errorf("%q and %q, scopes %v", one.Fingerprint(), same.Fingerprint(), one.Scopes())
	}
	for name, other := range map[string]*ServiceApp{
		"other scopes": app(t, keys["RSA in PKCS#8"].private, "", "a"),
		"another key":  app(t, keys["P-256 in PKCS#8"].private, "", "a", "b"),
		"another id":   app(t, keys["RSA in PKCS#8"].private, "kid", "a", "b"),
	} {
		if other.Fingerprint() == one.Fingerprint() {
			t.Errorf("%s have the same fingerprint", name)
		}
	}
}

// appClient is a mocked organization's client with a service app.
func appClient(t *testing.T, scopes ...string) (*httpmock.MockTransport, *Client) {
	t.Helper()
	network, client := mocked(t)
	return network, New(Config{HTTP: client, Origin: origin(t, acme), App: app(t, testKeys()["P-256 in PKCS#8"].private, "", scopes...)})
}

func tokenJSON(token, kind string, life int) string {
	return fmt.Sprintf(`{"token_type":%q,"expires_in":%d,"access_token":%q,"scope":"okta.devices.read"}`, kind, life, token)
}

func TestWhatTheTokenEndpointRefusesIsShownAndHoldsNoSecret(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		status int
		body   string
		header []string
		text   string
	}{
		"an OAuth error": {
			status: 401, body: `{"error":"invalid_client","error_description":"The client_assertion signature is invalid."}`,
			text: "Okta answered 401 invalid_client (The client_assertion signature is invalid.) to POST /oauth2/v1/token",
		},
		"Okta's own error": {
			status: 401, body: `{"errorCode":"invalid_client","errorSummary":"Invalid value for 'client_id' parameter.","errorId":"oae1","errorCauses":[]}`,
			text: "Okta answered 401 invalid_client (Invalid value for 'client_id' parameter.; errorId oae1) to POST /oauth2/v1/token",
		},
		"an error alone": {
			status: 400, body: `{"error":"invalid_scope"}`, text: "Okta answered 400 invalid_scope to POST /oauth2/v1/token",
		},
		"fields of odd types": {
			status: 400, body: `{"error":["canary"],"error_description":7}`, text: "Okta answered 400 Bad Request to POST /oauth2/v1/token",
		},
		"control characters": {
			status: 400, body: `{"error":"invalid_request","error_description":"a\u001b[31m\nb"}`,
			text: `Okta answered 400 invalid_request (a\x1b[31m\nb) to POST /oauth2/v1/token`,
		},
		"a page":     {status: 404, body: "<html>canary</html>", text: "Okta answered 404 Not Found to POST /oauth2/v1/token"},
		"an outage":  {status: 503, body: "", text: "Okta answered 503 Service Unavailable to POST /oauth2/v1/token"},
		"a redirect": {status: 302, body: "", header: []string{"Location: " + acme + "/canary"}, text: "Okta answered 302 Found to POST /oauth2/v1/token"},
		"a clock that is behind": {
			status: 401, body: `{"error":"invalid_client"}`, header: []string{"Date: Fri, 31 Dec 2100 00:00:00 GMT"},
			text: "Okta answered 401 invalid_client to POST /oauth2/v1/token; this machine's clock is ",
		},
		"a nonce is demanded and not given": {
			status: 400, body: `{"error":"use_dpop_nonce","error_description":"x"}`, text: "Okta answered 400 use_dpop_nonce (x) to POST /oauth2/v1/token",
		},
		"every proof is refused": {
			status: 400, body: `{"error":"invalid_dpop_proof","error_description":"x"}`, text: "Okta answered 400 invalid_dpop_proof (x) to POST /oauth2/v1/token",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			network, client := appClient(t)
			network.RegisterResponder(http.MethodPost, acmeToken, always(test.status, test.body, test.header...))
			_, err := client.DevicesPage(t.Context(), DeviceQuery{})
			refused, ok := errors.AsType[*APIError](err)
			if !ok || !refused.ForToken || refused.Status != test.status || !strings.HasPrefix(err.Error(), test.text) || strings.Contains(err.Error(), "canary") {
				t.Fatalf("error %v (%T), want %q", err, err, test.text)
			}
			if calls := network.GetTotalCallCount(); calls > 2 {
				t.Errorf("%d calls", calls)
			}
		})
	}
}

func TestATokenEndpointThatEchoesTheAssertionDoesNotGetItIntoAnError(t *testing.T) {
	t.Parallel()
	network, client := appClient(t)
	var sent string
	network.RegisterResponder(http.MethodPost, acmeToken, func(request *http.Request) (*http.Response, error) {
		sent = form(t, request).Get("client_assertion")
		return reply(400, `{"error":"invalid_request","error_description":"not `+sent+`!"}`), nil
	})
	_, err := client.DevicesPage(t.Context(), DeviceQuery{})
	if err == nil || sent == "" || strings.Contains(err.Error(), sent) || !strings.Contains(err.Error(), "not ***!") {
		t.Errorf("error %v", err)
	}
}

func form(t *testing.T, request *http.Request) url.Values {
	t.Helper()
	if err := request.ParseForm(); err != nil {
		t.Error(err)
	}
	return request.PostForm
}

func TestATokenOfAnOddShapeIsNone(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ body, says string }{
		"null":                     {`null`, "it is not an access token"},
		"a page":                   {`<html>canary</html>`, "HTML"},
		"nothing":                  {``, "empty"},
		"half of one":              {`{"access_token":"canary`, "cut off"},
		"one without a token":      {`{"token_type":"Bearer","expires_in":3600}`, "no usable access_token"},
		"one that never lasts":     {tokenJSON("canary", "Bearer", 0), "no usable access_token"},
		"one that ended":           {tokenJSON("canary", "Bearer", -5), "no usable access_token"},
		"a number for a token":     {`{"token_type":"Bearer","expires_in":3600,"access_token":1}`, "no usable access_token"},
		"a DPoP nobody asked for":  {tokenJSON("canary", "DPoP", 3600), "token_type"},
		"a kind that nobody knows": {tokenJSON("canary", "MAC", 3600), "token_type"},
		"one with a line break":    {tokenJSON("canary\nX-Evil: 1", "Bearer", 3600), "no usable access_token"},
		"one of other letters":     {tokenJSON("canarÿ", "Bearer", 3600), "no usable access_token"},
		"a life that is a text":    {`{"token_type":"Bearer","expires_in":"3600","access_token":"canary"}`, "no usable access_token"},
		"a life beyond numbers":    {`{"token_type":"Bearer","expires_in":1e999,"access_token":"canary"}`, "no usable access_token"},
		"two tokens":               {tokenJSON("canary", "Bearer", 3600) + tokenJSON("canary", "Bearer", 3600), "not valid JSON"},
		"a list of scopes":         {`{"token_type":"Bearer","expires_in":3600,"access_token":"canary","scope":["okta.devices.read"]}`, "no usable access_token"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			network, client := appClient(t)
			network.RegisterResponder(http.MethodPost, acmeToken, always(200, test.body))
			_, err := client.DevicesPage(t.Context(), DeviceQuery{})
			assertUnexpected(t, err, test.says, "Okta answered 200 to POST /oauth2/v1/token, but ")
			if strings.Contains(err.Error(), "canary") {
				t.Errorf("the error shows the token: %v", err)
			}
			assertCalls(t, network, 1)
		})
	}
}

func TestTheAssertionIsWhatOktaWantsAndNewEachTime(t *testing.T) {
	t.Parallel()
	network, client := appClient(t, ScopeDevicesRead, ScopeDevicesManage)
	seen := map[string]bool{}
	network.RegisterResponder(http.MethodPost, acmeToken, func(request *http.Request) (*http.Response, error) {
		given := form(t, request)
		parsed := must(jwt.ParseSigned(given.Get("client_assertion"), signatures["P-256"]))
		var claims struct {
			jwt.Claims
			Audience string `json:"aud"` // not a list
		}
		if err := parsed.UnsafeClaimsWithoutVerification(&claims); err != nil {
			t.Error(err)
		}
		life := time.Until(claims.Expiry.Time())
		if claims.Issuer != appID || claims.Subject != appID || claims.Audience != acmeToken || life <= 0 || life > time.Hour || seen[claims.ID] {
			t.Errorf("claims %+v", claims)
		}
		seen[claims.ID] = true
		if given.Get("scope") != "okta.devices.manage okta.devices.read" || request.Header.Get("Authorization") != "" || request.Header.Get("DPoP") != "" {
			t.Errorf("form %v, header %v", given, request.Header)
		}
		return reply(200, tokenJSON("t", "Bearer", 1)), nil
	})
	network.RegisterResponder(http.MethodGet, acmeDevice, always(401, `{"errorCode":"E0000011"}`))
	_, err := client.DevicesPage(t.Context(), DeviceQuery{})
	// A refused token is thrown away, and the call made once more with a new one.
	if !hasCode(err, "E0000011") || len(seen) != 2 {
		t.Errorf("error %v, %d assertions", err, len(seen))
	}
	assertCalls(t, network, 4)
}

func TestAnAttemptThatIsRepeatedHasAnAssertionOfItsOwn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		network := httpmock.NewMockTransport()
		client := must(transport.New(transport.Options{Base: network, MaxRetries: 3}))
		seen := map[string]bool{}
		network.RegisterResponder(http.MethodPost, acmeToken, func(request *http.Request) (*http.Response, error) {
			seen[form(t, request).Get("client_assertion")] = true
			switch len(seen) {
			case 1:
				return nil, errors.New("connection reset by peer")
			case 2:
				return reply(503, ""), nil
			case 3:
				return reply(429, "", "Retry-After: 30"), nil
			}
			return reply(200, tokenJSON("t", "Bearer", 3600)), nil
		})
		network.RegisterResponder(http.MethodGet, acmeDevice, always(200, `[]`))
		connected := New(Config{HTTP: client, Origin: origin(t, acme), App: app(t, testKeys()["P-256 in PKCS#8"].private, "")})
		if _, err := connected.DevicesPage(t.Context(), DeviceQuery{}); err != nil || len(seen) != 4 {
			t.Errorf("error %v after %d assertions, want 4", err, len(seen))
		}
	})
}

func TestATokenIsFetchedOnceALifetimeByOneCaller(t *testing.T) {
	t.Parallel()
	for name, bound := range map[string]bool{"bearer tokens": false, "tokens that DPoP binds": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				// 3,000 seconds, and a token each 540 of them, when a tenth of its life is left.
				if fetches := tokensOfTenThousandCalls(t, bound); fetches != 6 {
					t.Errorf("%d fetches, want 6", fetches)
				}
			})
		})
	}
}

// tokensOfTenThousandCalls makes 500 calls from each of 20 goroutines, and returns how many tokens were given out for
// them. With bound, the endpoint demands a proof with a nonce of each token's own.
func tokensOfTenThousandCalls(t *testing.T, bound bool) int {
	t.Helper()
	network, client := appClient(t)
	kind := map[bool]string{false: "Bearer", true: "DPoP"}[bound]
	var mu sync.Mutex
	fetches, ended := 0, time.Time{}
	network.RegisterResponder(http.MethodPost, acmeToken, func(request *http.Request) (*http.Response, error) {
		if bound && request.Header.Get("DPoP") == "" {
			return reply(400, `{"error":"invalid_dpop_proof"}`), nil
		}
		mu.Lock()
		if nonce := fmt.Sprint("nonce", fetches); bound && proofOf(t, request).Nonce != nonce {
			mu.Unlock()
			return reply(400, `{"error":"use_dpop_nonce"}`, "DPoP-Nonce: "+nonce), nil
		}
		fetches++
		ended = time.Now().Add(600 * time.Second)
		mu.Unlock()
		<-time.After(5 * time.Second)
		return reply(200, tokenJSON("t", kind, 600)), nil
	})
	network.RegisterResponder(http.MethodGet, acmeDevice, func(request *http.Request) (*http.Response, error) {
		mu.Lock()
		defer mu.Unlock()
		if time.Now().After(ended) || request.Header.Get("Authorization") != kind+" t" || bound != (request.Header.Get("DPoP") != "") {
			return reply(401, `{"errorCode":"E0000011"}`), nil
		}
		return reply(200, `[]`), nil
	})
	var group sync.WaitGroup
	for range 20 {
		group.Go(func() {
			for range 500 {
				if _, err := client.DevicesPage(t.Context(), DeviceQuery{}); err != nil {
					t.Error(err)
					return
				}
				<-time.After(6 * time.Second)
			}
		})
	}
	group.Wait()
	return fetches
}

// A renewal is tried before the old token ends, so that its failure need not be anybody's.
func TestARenewalThatFailsLeavesAllTheOldTokenWhileItIsGood(t *testing.T) {
	t.Parallel()
	for name, failed := range map[string]struct {
		status int
		body   string
	}{
		"the endpoint refuses the app":  {status: 401, body: `{"error":"invalid_client"}`},
		"the endpoint has an outage":    {status: 503},
		"the answer is not a new token": {status: 200, body: `<html>`},
		"no answer comes":               {},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				network, client := appClient(t)
				// A responder outlives the request that was given up, so what it shares with the test is atomic.
				var fails atomic.Bool
				var fetches atomic.Int32
				network.RegisterResponder(http.MethodPost, acmeToken, func(request *http.Request) (*http.Response, error) {
					number := fetches.Add(1)
					switch {
					case fails.Load() && failed.status == 0:
						<-request.Context().Done()
						return nil, request.Context().Err()
					case fails.Load():
						<-time.After(time.Second)
						return reply(failed.status, failed.body), nil
					}
					return reply(200, tokenJSON(fmt.Sprint("t", number), "Bearer", 600)), nil
				})
				var mu sync.Mutex
				used := map[string]int{}
				network.RegisterResponder(http.MethodGet, acmeDevice, func(request *http.Request) (*http.Response, error) {
					mu.Lock()
					defer mu.Unlock()
					used[request.Header.Get("Authorization")]++
					return reply(200, `[]`), nil
				})
				call := func() error {
					_, err := client.DevicesPage(t.Context(), DeviceQuery{})
					return err
				}
				if err := call(); err != nil {
					t.Fatal(err)
				}
				<-time.After(541 * time.Second) // a tenth of the token's life is left: 59 seconds
				fails.Store(true)
				var group sync.WaitGroup
				for range 20 {
					group.Go(func() {
						for range 25 {
							if err := call(); err != nil {
								t.Error(err)
							}
							<-time.After(time.Second)
						}
					})
				}
				group.Wait()
				if used["Bearer t1"] != 501 || fetches.Load() != 2 {
					t.Errorf("%v calls, %d requests for a token, want the first and one renewal", used, fetches.Load())
				}
				<-time.After(time.Minute)
				if err := call(); err == nil {
					t.Error("a token was used after its end")
				}
				fails.Store(false)
				if err := call(); err != nil || len(used) != 2 {
					t.Errorf("error %v, calls %v, want one with a new token", err, used)
				}
			})
		})
	}
}

func TestCallersThatWaitShareAFailureButNotAnothersCancellation(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		network, client := appClient(t)
		fetches := 0
		network.RegisterResponder(http.MethodPost, acmeToken, func(request *http.Request) (*http.Response, error) {
			fetches++
			select {
			case <-time.After(time.Second):
				return reply(401, `{"error":"invalid_client"}`), nil
			case <-request.Context().Done():
				return nil, request.Context().Err()
			}
		})
		first, cancel := context.WithCancel(t.Context())
		var group sync.WaitGroup
		call := func(ctx context.Context, want func(error) bool) {
			group.Go(func() {
				if _, err := client.DevicesPage(ctx, DeviceQuery{}); !want(err) {
					t.Errorf("error %v", err)
				}
			})
		}
		cancelled := func(err error) bool {
			return errors.Is(err, context.Canceled) && strings.HasPrefix(err.Error(), "POST "+acmeToken+": ")
		}
		refused := func(err error) bool { return hasCode(err, "invalid_client") }
		call(first, cancelled)
		synctest.Wait()
		waiting, leave := context.WithCancel(t.Context())
		call(waiting, cancelled)
		for range 5 {
			call(t.Context(), refused)
		}
		synctest.Wait()
		leave()
		cancel()
		group.Wait()
		if fetches != 1 {
			t.Errorf("%d fetches, want one for all, which outlives the caller who began it", fetches)
		}
	})
}

func TestATokenWithoutTheScopeMakesNoCall(t *testing.T) {
	t.Parallel()
	network, client := appClient(t, ScopeDevicesRead, ScopeDevicesManage)
	network.RegisterResponder(http.MethodPost, acmeToken, always(200, `{"token_type":"Bearer","expires_in":3600,"access_token":"t","scope":"okta.devices.manage"}`))
	_, err := client.DevicesPage(t.Context(), DeviceQuery{})
	_, ok := errors.AsType[*ScopeError](err)
	if !ok {
		t.Fatalf("error %v", err)
	}
	assertText(t, err, "okta.devices.read; asked for: okta.devices.manage okta.devices.read; granted: okta.devices.manage")
	granted, err := client.GrantedScopes(t.Context())
	if err != nil || !slices.Equal(granted, []string{ScopeDevicesManage}) {
		t.Errorf("granted %v, error %v", granted, err)
	}
	assertCalls(t, network, 1)
}

func TestATokenWithoutAScopeFieldHasWhatWasAskedFor(t *testing.T) {
	t.Parallel()
	network, client := appClient(t)
	network.RegisterResponder(http.MethodPost, acmeToken, always(200, `{"token_type":"bearer","expires_in":3600,"access_token":"t"}`))
	granted, err := client.GrantedScopes(t.Context())
	if err != nil || !slices.Equal(granted, []string{ScopeDevicesRead}) {
		t.Errorf("granted %v, error %v", granted, err)
	}
}

func TestAnAPITokenHasNoScopes(t *testing.T) {
	t.Parallel()
	network, client := acmeClient(t)
	if granted, err := client.GrantedScopes(t.Context()); granted != nil || err != nil {
		t.Errorf("granted %v, error %v", granted, err)
	}
	assertCalls(t, network, 0)
}

func TestTheAssertionGoesToTheOrganizationsOwnHostAlone(t *testing.T) {
	t.Parallel()
	for name, location := range map[string]string{
		"another host":   "https://evil.example/oauth2/v1/token",
		"another scheme": "http://acme.okta.com/oauth2/v1/token",
		"another port":   "https://acme.okta.com:8443/oauth2/v1/token",
	} {
		for _, status := range []int{301, 302, 303, 307, 308} {
			t.Run(fmt.Sprintf("%d to %s", status, name), func(t *testing.T) {
				t.Parallel()
				network, client := appClient(t)
				network.RegisterResponder(http.MethodPost, acmeToken, always(status, "", "Location: "+location))
				_, err := client.DevicesPage(t.Context(), DeviceQuery{})
				if _, redirected := errors.AsType[*failure.RedirectError](err); !redirected {
					t.Errorf("error %v", err)
				}
				assertCalls(t, network, 1)
			})
		}
	}
}

func TestANonceThatTheAPIDemandsIsPutIntoTheNextProof(t *testing.T) {
	t.Parallel()
	network, client := appClient(t)
	network.RegisterResponder(http.MethodPost, acmeToken, func(request *http.Request) (*http.Response, error) {
		if request.Header.Get("DPoP") == "" {
			return reply(400, `{"error":"use_dpop_nonce"}`, "DPoP-Nonce: n1"), nil
		}
		if claims := proofOf(t, request); claims.Nonce != "n1" || claims.URL != acmeToken || claims.Token != "" {
			t.Errorf("proof %+v", claims)
		}
		return reply(200, tokenJSON("access", "DPoP", 3600)), nil
	})
	seen := map[string]bool{}
	network.RegisterResponder(http.MethodGet, acmeDevice, func(request *http.Request) (*http.Response, error) {
		claims := proofOf(t, request)
		if request.Header.Get("Authorization") != "DPoP access" || claims.URL != acmeDevice || claims.Token == "" || seen[claims.ID] {
			t.Errorf("proof %+v, header %v", claims, request.Header)
		}
		seen[claims.ID] = true
		if claims.Nonce != "n2" {
			return reply(401, `{"errorCode":"E0000011"}`, `WWW-Authenticate: DPoP error="use_dpop_nonce"`, "DPoP-Nonce: n2"), nil
		}
		return reply(200, `[]`), nil
	})
	for range 2 {
		if _, err := client.DevicesPage(t.Context(), DeviceQuery{Search: `status eq "ACTIVE"`}); err != nil {
			t.Fatal(err)
		}
	}
	assertCalls(t, network, 5)
}

// demandProof makes the token endpoint demand a proof of possession, whose token is then of this kind.
func demandProof(network *httpmock.MockTransport, token, kind string) {
	network.RegisterResponder(http.MethodPost, acmeToken, func(request *http.Request) (*http.Response, error) {
		if request.Header.Get("DPoP") == "" {
			return reply(400, `{"error":"invalid_dpop_proof"}`), nil
		}
		return reply(200, tokenJSON(token, kind, 3600)), nil
	})
}

// dpopClaims are a proof's claims (RFC 9449, section 4.2).
type dpopClaims struct {
	ID     string `json:"jti"`
	Method string `json:"htm"`
	URL    string `json:"htu"`
	Nonce  string `json:"nonce"`
	Token  string `json:"ath"`
}

func proofOf(t *testing.T, request *http.Request) (claims dpopClaims) {
	t.Helper()
	parsed, err := jwt.ParseSigned(request.Header.Get("DPoP"), signatures["P-256"])
	if err != nil {
		t.Error(err)
		return claims
	}
	if err := parsed.Claims(parsed.Headers[0].JSONWebKey.Key, &claims); err != nil {
		t.Error(err)
	}
	return claims
}

func TestRevokedTokensAndOldNoncesAreRenewedBeforeTheCallerSeesThem(t *testing.T) {
	t.Parallel()
	key := testKeys()["P-256 in PKCS#8"]
	registered := simulator.ServiceApp{ClientID: appID, JWKS: key.jwks, Scopes: grantedScopes, DPoP: true}
	cloud := organization(t, func(c *simulator.Config) { c.DPoPNonceLifetime = time.Nanosecond * 1 }, registered)
	// No nonce lives long enough: an error after a bounded number of requests, not a loop.
	client := cloud.client(t, app(t, key.private, ""))
	if _, err := client.DevicesPage(t.Context(), DeviceQuery{}); !hasCode(err, codeUseNonce) || cloud.attempts.Load() != maxRounds {
		t.Errorf("error %v after %d requests", err, cloud.attempts.Load())
	}
	cloud = organization(t, nil, registered)
	client = cloud.client(t, app(t, key.private, ""))
	for range 2 {
		if _, err := client.DevicesPage(t.Context(), DeviceQuery{}); err != nil {
			t.Fatal(err)
		}
		putApps(t, cloud, registered) // revokes all tokens
	}
	// Three requests for the first token, and one for the second: the proof and its nonce are known by then.
	if cloud.tokens.Load() != 2 || cloud.attempts.Load() != 4 {
		t.Errorf("%d tokens in %d requests", cloud.tokens.Load(), cloud.attempts.Load())
	}
}

func TestWhatTheSimulatedOrganizationRefusesOfAServiceApp(t *testing.T) {
	t.Parallel()
	keys := testKeys()
	key, other := keys["P-256 in PKCS#8"], keys["P-384 in PKCS#8"]
	for name, test := range map[string]struct {
		app    simulator.ServiceApp
		scopes []string
		id     string
		says   string
	}{
		"another app":         {app: simulator.ServiceApp{ClientID: "0oaother", JWKS: key.jwks}, says: "401 invalid_client (Invalid value for 'client_id' parameter."},
		"another key":         {app: simulator.ServiceApp{ClientID: appID, JWKS: other.jwks}, says: "401 invalid_client (The client_assertion signature is invalid."},
		"a key's id unknown":  {app: simulator.ServiceApp{ClientID: appID, JWKS: keys["P-256 in a JWK"].jwks}, id: "kid-9", says: "401 invalid_client (The client_assertion JWT kid is invalid.)"},
		"an inactive app":     {app: simulator.ServiceApp{ClientID: appID, JWKS: key.jwks, Inactive: true}, says: "401 invalid_client (Invalid value for 'client_id' parameter."},
		"no scope granted":    {app: simulator.ServiceApp{ClientID: appID, JWKS: key.jwks, Scopes: grantedScopes}, scopes: []string{ScopeDeviceTrustRead}, says: "400 consent_required (You are not allowed any of the requested scopes.)"},
		"no scope of Okta's":  {app: simulator.ServiceApp{ClientID: appID, JWKS: key.jwks, Scopes: grantedScopes}, scopes: []string{"devices"}, says: "400 invalid_scope (One or more scopes"},
		"no scope for it":     {app: simulator.ServiceApp{ClientID: appID, JWKS: key.jwks, Scopes: grantedScopes}, scopes: []string{ScopeDevicesManage}, says: "lacks the scope okta.devices.read"},
		"no admin role":       {app: simulator.ServiceApp{ClientID: appID, JWKS: key.jwks, Scopes: grantedScopes, NoAdminRole: true}, says: "403 E0000006"},
		"no role, with DPoP ": {app: simulator.ServiceApp{ClientID: appID, JWKS: key.jwks, Scopes: grantedScopes, NoAdminRole: true, DPoP: true}, says: "403 E0000006"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cloud := organization(t, nil, test.app)
			_, err := cloud.client(t, app(t, key.private, test.id, test.scopes...)).DevicesPage(t.Context(), DeviceQuery{})
			if err == nil || !strings.Contains(err.Error(), test.says) {
				t.Errorf("error %v, want one that says %q", err, test.says)
			}
		})
	}
}

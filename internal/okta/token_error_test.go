// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package okta

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/advice"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/credential"
)

// The texts are Okta's, where a public source shows them (see the simulator's token endpoint).
func TestARefusalOfATokenSaysWhatToDo(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		code, says string
		ahead      time.Duration
		input      string
		remedy     string
	}{
		"another key":                   {"invalid_client", "The client_assertion signature is invalid.", 0, InputPrivateKey, "public key of this private_key"},
		"an app without a key":          {"invalid_client", "The client does not have a JWKSet configured, but the client_assertion requires one", 0, InputPrivateKey, "public key"},
		"a key that is not registered":  {"invalid_client", "The client_assertion JWT kid is invalid.", 0, InputPrivateKeyID, "Set private_key_id"},
		"another organization's app":    {"invalid_client", "Invalid value for 'client_id' parameter.", 0, InputClientID, "app of the organization at base_url"},
		"an inactive app":               {"invalid_client", "Invalid value for 'client_id' parameter.", 0, InputClientID, "the app is active"},
		"an app with a client secret":   {"invalid_client", "Client Credentials requests to the Org Authorization Server must use the private_key_jwt token_endpoint_auth_method.", 0, InputClientID, "client authentication"},
		"another host":                  {"invalid_client", "The audience claim for client_assertion must be the endpoint invoked for the request.", 0, InputBaseURL, "Check base_url"},
		"an assertion that came twice":  {"invalid_client", "The client_assertion token has already been used.", 0, InputClientID, "sends requests twice"},
		"a clock that is behind":        {"invalid_client", "The client_assertion token is expired.", -time.Hour, InputClientID, "this machine's clock"},
		"a clock that is ahead":         {"invalid_client", "The client_assertion token has an expiration too far into the future.", time.Hour, InputClientID, "this machine's clock"},
		"an assertion from the future":  {"invalid_client", "The client_assertion token was issued in the future.", 0, InputClientID, "this machine's clock"},
		"a clock that is off, unsaid":   {"invalid_client", "", -time.Hour, InputClientID, "clock first"},
		"no word but the code":          {"invalid_client", "", 0, InputClientID, "Check client_id"},
		"scopes that were not granted":  {"consent_required", "You are not allowed any of the requested scopes.", 0, InputScopes, "Grant the scopes"},
		"scopes that nobody has":        {"invalid_scope", "One or more scopes are not configured for the authorization server resource.", 0, InputScopes, "spelling"},
		"a policy":                      {"access_denied", "Policy evaluation failed for this request, please check the policy configurations.", 0, InputClientID, "network zones"},
		"an app of another type":        {"unauthorized_client", "The client is not authorized to use the provided grant type.", 0, InputClientID, "API Services"},
		"a grant that is not supported": {"unsupported_grant_type", "", 0, InputClientID, "API Services"},
		"a proof that is not good":      {"invalid_dpop_proof", "'htu' claim in the DPoP proof JWT is invalid.", 0, InputClientID, "rewrites the URL"},
		"a proof that is too old":       {"invalid_dpop_proof", "The DPoP proof JWT is issued more than five minutes in the past.", 0, InputClientID, "this machine's clock"},
		"a nonce without end":           {"use_dpop_nonce", "Authorization server requires nonce in DPoP proof.", 0, InputClientID, "drops headers"},
		"something that nobody knows":   {"teapot", "short and stout", 0, InputClientID, "Check client_id"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			refused := &APIError{ForToken: true, Status: 401, Method: "POST", Path: tokenPath, Code: test.code, Summary: test.says, clockAhead: test.ahead}
			meant := Advise(refused)
			if meant.Input != test.input || !strings.Contains(meant.Do, test.remedy) || meant.News != "Okta gave the service app no access token (401)" && test.code != codeInvalidProof && test.code != codeUseNonce {
				t.Errorf("it means %+v", meant)
			}
			for off, want := range map[time.Duration]string{-time.Hour: "1h0m0s behind Okta's", time.Hour: "1h0m0s ahead of Okta's"} {
				for _, text := range []string{refused.Error() + ".", meant.Trace} {
					if got := strings.HasSuffix(text, "his machine's clock is "+want+"."); got != (test.ahead == off) {
						t.Errorf("%s off: %s", off, text)
					}
				}
			}
			if refused.clockAhead += time.Second; Advise(refused).Happened != meant.Happened {
				t.Error("what happened is another thing a second later")
			}
			if (meant.Kind == advice.Denied) != (test.input == InputScopes) {
				t.Error("it is taken for another trouble than it is")
			}
		})
	}
}

// A service app of many scopes gets an answer that names them all: longer than what an error shows of a text.
func TestAScopeBehindManyOthersIsSeen(t *testing.T) {
	t.Parallel()
	network, client := appClient(t)
	var many []string
	for n := range 100 {
		many = append(many, fmt.Sprintf("okta.many%02d.read", n))
	}
	many = append(many, ScopeDevicesRead)
	network.RegisterResponder(http.MethodPost, acmeToken,
		always(200, `{"token_type":"Bearer","expires_in":3600,"access_token":"t","scope":"`+strings.Join(many, " ")+`"}`))
	network.RegisterResponder(http.MethodGet, acmeDevice, always(200, `[]`))
	if _, err := client.DevicesPage(t.Context(), DeviceQuery{}); err != nil {
		t.Error(err)
	}
	if granted, err := client.GrantedScopes(t.Context()); err != nil || !slices.Equal(granted, many) {
		t.Errorf("granted %v, error %v", granted, err)
	}
}

func TestATokenInPlaceOfItsScopesIsNotShown(t *testing.T) {
	t.Parallel()
	network, client := appClient(t)
	network.RegisterResponder(http.MethodPost, acmeToken, func(request *http.Request) (*http.Response, error) {
		return reply(200, `{"token_type":"Bearer","expires_in":3600,"access_token":"canary-canary","scope":"canary-canary `+form(t, request).Get("client_assertion")+` `+
			strings.Repeat("scope ", 5000)+`"}`), nil
	})
	_, err := client.DevicesPage(t.Context(), DeviceQuery{})
	if _, ok := errors.AsType[*ScopeError](err); !ok || strings.Contains(err.Error(), "canary") || strings.Contains(err.Error(), "eyJ") ||
		len(err.Error()) > 1000 || !strings.Contains(err.Error(), "Okta answered POST /oauth2/v1/token") {
		t.Errorf("error %v", err)
	}
}

func TestAnAccessTokenThatTheAPIRefusesWithoutABody(t *testing.T) {
	t.Parallel()
	okta := `authorization_uri="http://acme.okta.com/oauth2/v1/authorize", realm="http://acme.okta.com", scope="okta.devices.read", `
	for name, test := range map[string]struct {
		status          int
		challenge, text string
		denied, proof   bool
		calls           int
	}{
		"the scope is missing": {
			403, `Bearer ` + okta + `error="insufficient_scope", error_description="The access token provided does not contain the required scopes.", resource="/x"`,
			"Okta answered 403 insufficient_scope (The access token provided does not contain the required scopes.) to GET /api/v1/devices", true, false, 2,
		},
		"the proof is wrong": {
			400, `DPoP algs="RS256", ` + okta + `error="invalid_dpop_proof", error_description="'htu' claim in the DPoP proof JWT is invalid.", resource="/x"`,
			"Okta answered 400 invalid_dpop_proof ('htu' claim in the DPoP proof JWT is invalid.) to GET /api/v1/devices", false, true, 2,
		},
		"the token ended": {
			401, `Bearer error="invalid_token", error_description="The token has expired."`,
			"Okta answered 401 invalid_token (The token has expired.) to GET /api/v1/devices", false, false, 4,
		},
		"a code alone":        {403, `DPoP error="insufficient_scope"`, "Okta answered 403 insufficient_scope to GET /api/v1/devices", true, false, 2},
		"a proxy's challenge": {401, `Basic realm="error=\"x\""`, "Okta answered 401 Unauthorized to GET /api/v1/devices", false, false, 2},
		"a token, echoed": {
			403, `Bearer error="insufficient_scope", error_description="canary-canary eyJhbGciOiJub25lIn0.e30.x"`,
			"Okta answered 403 insufficient_scope (*** ***) to GET /api/v1/devices", true, false, 2,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			network, client := appClient(t)
			network.RegisterResponder(http.MethodPost, acmeToken, always(200, tokenJSON("canary-canary", "Bearer", 3600)))
			network.RegisterResponder(http.MethodGet, acmeDevice, always(test.status, "", "WWW-Authenticate: "+test.challenge))
			_, err := client.DevicesPage(t.Context(), DeviceQuery{})
			refused, ok := errors.AsType[*APIError](err)
			if !ok || err.Error() != test.text || refused.Scheme != "Bearer" || (Advise(err).Kind == advice.Denied) != test.denied || strings.Contains(Advise(err).News, "DPoP") != test.proof {
				t.Errorf("error %v (%T)", err, err)
			}
			assertCalls(t, network, test.calls)
		})
	}
}

func TestANonceIsTakenOnceACallWhateverTheStatus(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		status int
		nonces []string
		calls  int // of the API
	}{
		"as RFC 9449 has it":            {401, []string{"n1"}, 2},
		"as Okta answers what is wrong": {400, []string{"n1"}, 2},
		"a nonce without end":           {401, []string{"n1", "n2", "n3"}, 2},
		"the same one over and over":    {401, []string{"n1", "n1"}, 2},
		"a huge nonce":                  {401, []string{strings.Repeat("n", 1<<16)}, 1},
		"none":                          {401, []string{""}, 1},
		"another status":                {403, []string{"n1"}, 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			network, client := appClient(t)
			demandProof(network, "access", "DPoP")
			calls := 0
			network.RegisterResponder(http.MethodGet, acmeDevice, func(*http.Request) (*http.Response, error) {
				if calls++; calls > len(test.nonces) {
					return reply(200, `[]`), nil
				}
				return reply(test.status, "", `WWW-Authenticate: DPoP algs="ES256", error="use_dpop_nonce", error_description="x"`, "DPoP-Nonce: "+test.nonces[calls-1]), nil
			})
			_, err := client.DevicesPage(t.Context(), DeviceQuery{})
			if calls != test.calls || (err == nil) != (test.calls > len(test.nonces)) {
				t.Errorf("%d calls, error %v", calls, err)
			}
		})
	}
}

// The clock of this machine runs away from Okta's: what is signed is out of its time there, and the error says it.
func TestTheErrorOfAClockThatIsOffNamesTheClock(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		network, client := appClient(t)
		network.RegisterResponder(http.MethodPost, acmeToken, func(*http.Request) (*http.Response, error) {
			return reply(401, `{"error":"invalid_client","error_description":"The client_assertion token is expired."}`,
				"Date: "+time.Now().Add(19_800*time.Second).UTC().Format(http.TimeFormat)), nil
		})
		_, err := client.DevicesPage(t.Context(), DeviceQuery{})
		_, ok := errors.AsType[*APIError](err)
		if !ok || !strings.HasSuffix(err.Error(), "; this machine's clock is 5h30m0s behind Okta's") {
			t.Fatalf("error %v", err)
		}
		if meant := Advise(err); !strings.Contains(meant.Do, "clock") {
			t.Errorf("it means %+v", meant)
		}
	})
}

func TestAJWTInAnErrorIsNotShown(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"a eyJhbGciOiJub25lIn0.e30.c2ln b": "a *** b",
		"eyJhbGciOiJub25lIn0.e30.":         "***",
		"eyJhbGciOiJub25lIn0.e30":          "***",
		"hey, eyJ is no JWT.":              "hey, eyJ is no JWT.",
		"the secret12, and another secret": "the ***, and another secret",
	} {
		if got := credential.Conceal(text, credential.NewSecret("secret12"), credential.NewSecret("another")); got != want {
			t.Errorf("%q became %q", text, got)
		}
	}
}

func TestATokenThatIsBoundToNothingIsRefusedAfterAProofWasDemanded(t *testing.T) {
	t.Parallel()
	network, client := appClient(t)
	demandProof(network, "canary", "Bearer")
	_, err := client.DevicesPage(t.Context(), DeviceQuery{})
	assertUnexpected(t, err, "its token_type is not DPoP")
	assertCalls(t, network, 2)
}

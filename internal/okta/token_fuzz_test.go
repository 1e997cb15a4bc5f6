// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package okta

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/credential"
)

// tokenHost is an organization whose token endpoint answers always the same, but that it quotes the assertion where its
// answer has a §.
type tokenHost struct {
	status     int
	body       string
	header     http.Header
	assertions []string
	calls      []string // the Authorization of each
}

func (h *tokenHost) RoundTrip(request *http.Request) (*http.Response, error) {
	if request.URL.Path != tokenPath {
		h.calls = append(h.calls, request.Header.Get("Authorization"))
		return reply(http.StatusOK, "[]"), nil
	}
	sent, err := io.ReadAll(request.Body)
	if err != nil {
		return nil, err
	}
	form, err := url.ParseQuery(string(sent))
	if err != nil {
		return nil, err
	}
	h.assertions = append(h.assertions, form.Get("client_assertion"))
	answer := reply(h.status, h.quoting())
	answer.Header, answer.Request = h.header.Clone(), request
	return answer, nil
}

// quoting is the body of the answer to the last request.
func (h *tokenHost) quoting() string {
	return strings.ReplaceAll(h.body, "§", h.assertions[len(h.assertions)-1])
}

// FuzzTokenAnswer looks for an answer of the token endpoint that makes it ask for ever, that is taken for a token
// without being one, that is believed for longer than a day, or whose error shows a secret.
func FuzzTokenAnswer(f *testing.F) {
	for _, seed := range []struct {
		status            int
		body, date, nonce string
	}{
		{200, tokenJSON("the-token-of-the-answer", "Bearer", 3600), "", ""}, {200, tokenJSON("the-token-of-the-answer", "DPoP", 3600), "", "n1"}, {200, tokenJSON("a b\nc", "bearer", 1), "", ""},
		{200, `{"access_token":"x","token_type":"Bearer","expires_in":1e300}`, "", ""}, {200, `{"access_token":"x","token_type":"Bearer","expires_in":-1e300}`, "", ""}, {200, `{"access_token":"x","token_type":"Bearer","expires_in":1e-9,"scope":null}`, "", ""},
		{200, `{"access_token":"x","token_type":"Bearer","expires_in":"3600"}`, "", ""}, {200, `{"access_token":"","expires_in":1}`, "", ""}, {200, `[]`, "", ""}, {200, "null", "", ""}, {200, "", "", ""}, {200, "<html>", "", ""},
		{200, `{"access_token":"x","token_type":"Bearer","expires_in":9,"scope":"okta.devices.read ` + "\u202e" + `"}`, "", ""}, {200, `{"access_token":"x","token_type":"Bearer","expires_in":9,"scope":""}`, "", ""},
		{400, `{"error":"invalid_dpop_proof","error_description":"no proof §"}`, "", ""}, {400, `{"error":"use_dpop_nonce","error_description":"§"}`, "", "n2"}, {401, `{"error":"invalid_client","error_description":"The §\u001b[31m"}`, "Sat, 01 Jan 2000 00:00:00 GMT", ""},
		{401, `{"errorCode":"invalid_client","errorSummary":"§","errorCauses":[{"errorSummary":"§"}],"errorId":"§"}`, "", ""}, {403, `{"error":["§"],"error_description":{"a":"§"}}`, "Fri, 31 Dec 9999 23:59:59 GMT", ""}, {400, `{"error":"§"`, "", ""},
		{201, tokenJSON("x", "Bearer", 9), "", ""}, {304, "", "", ""}, {500, "§", "", ""}, {99, "", "", ""}, {400, `{"error":"use_dpop_nonce"}`, "", "\xff"}, {400, `{"error":"invalid_scope","error_description":"` + strings.Repeat("§ ", 99) + `"}`, "", ""},
	} {
		f.Add(seed.status, seed.body, seed.date, seed.nonce)
	}
	key, err := ParsePrivateKey(credential.NewSecret(testKeys()["P-256 in PKCS#8"].private), "")
	if err != nil {
		f.Fatal(err)
	}
	home := origin(f, acme)
	// What ends a header's value can't be in one.
	value := strings.NewReplacer("\r", "", "\n", "", "\x00", "")
	f.Fuzz(func(t *testing.T, status int, body, date, nonce string) {
		if status < 100 || status > 999 || status/100 == 3 { // a redirect is of package transport
			status = http.StatusBadRequest
		}
		host := &tokenHost{status: status, body: body, header: http.Header{"Date": {value.Replace(date)}, "Dpop-Nonce": {value.Replace(nonce)}}}
		guarded, err := transport.New(transport.Options{Base: host})
		if err != nil {
			t.Fatal(err)
		}
		app := NewServiceApp(appID, key, nil)
		_, err = New(Config{HTTP: guarded, Origin: home, App: app}).DevicesPage(t.Context(), DeviceQuery{})
		if len(host.assertions) == 0 || len(host.assertions) > maxRounds {
			t.Errorf("the token endpoint was asked %d times", len(host.assertions))
		}
		host.check(t, app.at(guarded, home).current.Load())
		checkShown(t, err, host.assertions...)
		if (err == nil) != (len(host.calls) == 1) {
			t.Errorf("%d calls were made, and the error is %v", len(host.calls), err)
		}
	})
}

// check holds what was taken for a token against the last answer.
func (h *tokenHost) check(t *testing.T, taken *accessToken) {
	t.Helper()
	var answer struct {
		Token string   `json:"access_token"`
		Life  *float64 `json:"expires_in"`
	}
	decoded := json.Unmarshal([]byte(h.quoting()), &answer)
	for _, authorization := range h.calls {
		scheme, sent, _ := strings.Cut(authorization, " ")
		if decoded != nil || h.status != http.StatusOK || sent != answer.Token || sent == "" || scheme != "Bearer" && scheme != "DPoP" {
			t.Errorf("of the answer %d %q the credential was made: %q", h.status, h.quoting(), authorization)
		}
	}
	if taken == nil {
		return
	}
	if decoded != nil || h.status != http.StatusOK || answer.Life == nil || *answer.Life <= 0 {
		t.Fatalf("a token was made of the answer %d %q", h.status, h.quoting())
	}
	if left := time.Until(taken.renew); left > 24*time.Hour || *answer.Life < 86400 && left.Seconds() > *answer.Life {
		t.Errorf("of a token for %g s, it is believed for %s", *answer.Life, left)
	}
}

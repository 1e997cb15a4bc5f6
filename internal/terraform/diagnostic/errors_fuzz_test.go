// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package diagnostic

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/okta"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/sekoia"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/credential"
)

// answering is a network with one answer to everything.
type answering struct {
	status int
	body   string
	kind   string
}

func (a answering) RoundTrip(request *http.Request) (*http.Response, error) {
	return &http.Response{
		StatusCode: a.status, Header: http.Header{"Content-Type": {a.kind}}, Body: io.NopCloser(strings.NewReader(a.body)), Request: request,
	}, nil
}

const (
	echoed = "00-the-credential-of-the-call"
	// unproven is in what hosts say that nobody may hear of.
	unproven = "CANARY7f3a9b"
)

// FuzzErrorBodies looks for a body that is more than a few short lines once it is a diagnostic: of either cloud, which
// quote the credential where the body has a §, and of a host that has not proved to be Okta, of which nothing is shown.
func FuzzErrorBodies(f *testing.F) {
	for _, body := range []string{
		"", "null", "[]", "{}", "§", "<html>§</html>", `"§"`, `{"errorCode":"E0000011","errorSummary":"Invalid § \u001b[31m","errorLink":"§","errorId":"§","errorCauses":[{"errorSummary":"§"},{"errorSummary":"\u202eb"},1,null]}`,
		`{"errorCode":"` + strings.Repeat("§", 50) + `"}`, `{"errorCode":"\n\n\n\n\n\n\n\n\n\n\n\n\n\n","errorSummary":"a\nb\u2028c"}`, `{"errorCode":1,"errorSummary":["§"]}`, `{"errorCauses":[` + strings.Repeat(`{"errorSummary":"line\nline §"},`, 30) + `{}]}`,
		`{"code":"§","message":"§\r\n§"}`, `{"detail":[{"loc":["§"],"msg":"§"},{"loc":[1],"msg":"b"}]}`, `{"id":"§","pipeline":"idx"}`, `{"id":"00o1","pipeline":"idx","_links":{"organization":{"href":"https://§.okta.com"}}}`,
		`{"id":"00o1","_links":{"organization":{"href":"https://acme.okta.com"},"alternate":{"href":"https://§.example"}}}`, `{"error":"§","error_description":"§"}`, `{"id":"00o1`, "\xff\xfe§", strings.Repeat("§\n", 400),
	} {
		for index, status := range []int{200, 400, 401, 403, 404, 418, 429, 500, 503, 599} {
			f.Add(byte(index), status, body, "application/json")
		}
	}
	at := OktaErrorPaths{ID: path.Root("id"), Search: path.Root("search")}
	f.Fuzz(func(t *testing.T, host byte, status int, body, kind string) {
		if status < 200 || status > 999 || status/100 == 3 { // a redirect is of package transport
			status = http.StatusBadRequest
		}
		secret := echoed
		if host%3 == 2 {
			secret = unproven
		}
		network := answering{status: status, body: strings.ReplaceAll(body, "§", secret), kind: strings.ReplaceAll(kind, "§", secret)}
		client, err := transport.New(transport.Options{Base: network})
		if err != nil {
			t.Fatal(err)
		}
		var diags diag.Diagnostics
		switch host % 3 {
		case 0:
			home := credential.Origin{Scheme: "https", Host: "acme.okta.com", Port: "443"}
			_, err = okta.New(okta.Config{HTTP: client, Origin: home, Token: credential.NewSecret(echoed)}).Device(t.Context(), "guo1")
			if err != nil {
				AddOktaError(&diags, at, "The device could not be read", err)
			}
		case 1:
			base := &url.URL{Scheme: "https", Host: "api.sekoia.io"}
			_, err = sekoia.New(sekoia.Config{HTTP: client, BaseURL: base, APIKey: credential.NewSecret(echoed)}).Connector(t.Context(), "6bffbac8")
			if err != nil {
				AddSekoiaError(&diags, SekoiaPlace{}, path.Root("id"), "The connector could not be read", err)
			}
		default:
			_, err = okta.Resolve(t.Context(), client, credential.Trust{}, &url.URL{Scheme: "https", Host: "idp.acme.example"})
			if err == nil {
				t.Error("a host was trusted that the organization can't have named")
			} else {
				AddOktaError(&diags, at, "The organization could not be read", err)
			}
		}
		if err != nil && diags.ErrorsCount() != 1 {
			t.Errorf("%v makes the diagnostics %v", err, diags)
		}
		for _, diagnostic := range diags {
			checkDiagnostic(t, diagnostic)
		}
	})
}

// checkDiagnostic tells of one that is too long, that does not print as it is, or that shows what it should not.
func checkDiagnostic(t *testing.T, diagnostic diag.Diagnostic) {
	t.Helper()
	text := diagnostic.Summary() + "\n" + diagnostic.Detail()
	if lines := strings.Count(text, "\n") + 1; lines > 12 {
		t.Errorf("it has %d lines: %q", lines, text)
	}

	// An error has at most a code, a summary, an id and five causes of 200 runes.
	if length := utf8.RuneCountInString(text); length > 2800 {
		t.Errorf("it has %d characters: %q", length, text)
	}
	for _, secret := range []string{echoed, unproven, "the-credential"} {
		if strings.Contains(text, secret) {
			t.Errorf("it shows %s: %q", secret, text)
		}
	}
	for _, character := range text {
		if character != '\n' && credential.Sanitize(string(character)) != string(character) {
			t.Errorf("%q is not fit to be shown: %q", character, text)
		}
	}
}

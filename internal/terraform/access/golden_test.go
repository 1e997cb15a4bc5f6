// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package access

import (
	"crypto/x509"
	"flag"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/jarcoal/httpmock"
	"github.com/mitchellh/go-wordwrap"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/okta"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/preflight"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/sekoia"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/diagnostic"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/credential"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/failure"
)

var update = flag.Bool("update", false, "write the golden files again")

// TestDiagnosticsReadWell holds the most likely diagnostics against what Terraform prints of them at 80 columns. After
// a change on purpose, write the file with -update, and read it from top to bottom.
func TestDiagnosticsReadWell(t *testing.T) {
	t.Parallel()
	var printed strings.Builder
	for _, each := range likely(t) {
		if each.Summary() == "" || strings.HasSuffix(each.Summary(), ".") || strings.Contains(each.Summary(), "\n") {
			t.Errorf("the summary is %q", each.Summary())
		}
		lines := strings.Split(each.Detail(), "\n")
		if len(lines) > 6 {
			t.Errorf("%q has %d lines of detail:\n%s", each.Summary(), len(lines), each.Detail())
		}
		for _, line := range lines {
			if !endsSentence.MatchString(line) {
				t.Errorf("%q breaks a sentence: %q", each.Summary(), line)
			}
		}
		printed.WriteString(asPrinted(each))
	}
	const file = "testdata/diagnostics.txt"
	if *update {
		if err := os.WriteFile(file, []byte(printed.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), printed.String()); diff != "" {
		t.Errorf("the diagnostics changed (-want +got); if that is right, run go test -update:\n%s", diff)
	}
}

// endsSentence fits a line with whole sentences, which a URL may end.
var endsSentence = regexp.MustCompile(`([.…?]|https://\S+|="[^"]+")$`)

// asPrinted is a diagnostic as Terraform prints it at 80 columns, without the excerpt of the configuration.
func asPrinted(of diag.Diagnostic) string {
	severity := "Error"
	if of.Severity() == diag.SeverityWarning {
		severity = "Warning"
	}
	text := severity + ": " + of.Summary() + "\n\n"
	if with, ok := of.(diag.DiagnosticWithPath); ok {
		text += "  on " + with.Path().String() + "\n\n"
	}
	for line := range strings.SplitSeq(of.Detail(), "\n") {
		text += wordwrap.WrapString(line, 80-3) + "\n"
	}
	return "╷\n│ " + strings.ReplaceAll(strings.TrimSuffix(text, "\n"), "\n", "\n│ ") + "\n╵\n"
}

// likely are the diagnostics that a person most likely meets, the likeliest first.
func likely(t *testing.T) diag.Diagnostics {
	t.Helper()
	var found diag.Diagnostics
	found.Append(likelyReports(t)...)
	found.Append(likelySettings(t)...)
	environment := diagnostic.OktaPlace{Subject: "acme.okta.com", Source: diagnostic.SourceEnvironment, Variables: map[string]string{
		okta.InputBaseURL: "OKTA_CLIENT_ORGURL", okta.InputToken: "OKTA_API_TOKEN", okta.InputPrivateKey: "OKTA_API_PRIVATE_KEY",
	}}
	globex := diagnostic.OktaPlace{Subject: "globex", Key: types.StringValue("globex"), Source: diagnostic.SourceConfiguration}
	devices := func(status int, code, summary string) error {
		return &okta.APIError{Method: "GET", Path: "/api/v1/devices", Status: status, Code: code, Summary: summary, ID: "oaeQ1x", Scheme: "SSWS"}
	}
	app := func(status int, code, summary string) error {
		return &okta.APIError{ForToken: true, Method: "POST", Path: "/oauth2/v1/token", Status: status, Code: code, Summary: summary}
	}
	for _, each := range []struct {
		place diagnostic.OktaPlace
		err   error
	}{
		{environment, devices(401, "E0000011", "Invalid token provided")},
		{globex, devices(401, "E0000011", "Invalid token provided")},
		{globex, devices(403, "E0000006", "You do not have permission to perform the requested action")},
		{globex, devices(503, "", "")},
		{globex, devices(429, "E0000047", "API call exceeded rate limit due to too many requests")},
		{environment, devices(403, "", "")},
		{environment, network("https://acme.okta.com/api/v1/devices", &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED})},
		{environment, network("https://acme.okta.com/.well-known/okta-organization", &net.DNSError{Err: "no such host", Name: "acme.okta.com", IsNotFound: true})},
		{environment, network("https://acme.okta.com/api/v1/devices", x509.HostnameError{Certificate: &x509.Certificate{DNSNames: []string{"proxy.example"}}, Host: "acme.okta.com"})},
		{environment, devices(401, "E0000015", "You do not have permission to access the feature you are requesting")},
		{environment, &okta.NotOktaError{Host: "acme.okta.com", Reason: "it answered 404 to GET /.well-known/okta-organization"}},
		{environment, app(401, "invalid_client", "The client_assertion signature is invalid.")},
		{globex, app(400, "consent_required", "You are not allowed any of the requested scopes.")},
		{globex, devices(400, "E0000031", "Invalid search criteria.")},
	} {
		diagnostic.AddOktaError(&found, diagnostic.OktaErrorPaths{Place: each.place, Search: path.Root("search")}, "Okta's devices could not be listed", each.err)
	}
	place := diagnostic.SekoiaPlace{sekoia.InputAPIKey: "api_key is set in the environment: SEKOIA_API_KEY.", sekoia.InputRegion: "region is set in the provider block."}
	refused := func(status int, code, message, needs string) error {
		return &sekoia.APIError{Method: "POST", Path: "/v1/symphony/connector-configurations", Status: status, Code: code, Message: message, Needs: needs}
	}
	for _, err := range []error{
		refused(401, "T300", "The token is invalid", ""), refused(401, "T301", "The token has expired", ""),
		refused(403, "F100", "Forbidden", `"Manage intakes"`), refused(503, "", "", ""), refused(429, "", "", ""),
		&sekoia.UnexpectedAnswerError{Method: "GET", Path: "/v1/me", Status: 200, Reason: "it is HTML"},
		network("https://app.fra9.sekoia.io/api/v1/me", &net.DNSError{Err: "no such host", Name: "app.fra9.sekoia.io", IsNotFound: true}),
	} {
		diagnostic.AddSekoiaError(&found, place, path.Empty(), "Okta devices: the connector was not created", err)
	}
	return found
}

func network(target string, err error) error {
	return &failure.CallError{Method: "GET", URL: target, Err: err}
}

// likelySettings are what is missing of the settings.
func likelySettings(t *testing.T) diag.Diagnostics {
	t.Helper()
	var found diag.Diagnostics
	for _, change := range []func(*Config){
		func(c *Config) { c.Sekoia.APIKey = credential.Secret{} },
		func(c *Config) { c.Sekoia.Unknown = []string{"api_key"} },
	} {
		config := configOn(t, httpmock.NewMockTransport())
		change(&config)
		_, diags := NewClients(config).Sekoia()
		found.Append(diags...)
	}
	for _, settings := range []OktaSettings{
		{}, oktaOf("https://acme-admin.okta.com", "token"), oktaOf("https://acme.okta.com", ""),
	} {
		config := configOn(t, httpmock.NewMockTransport())
		config.Okta = settings
		_, diags := NewClients(config).Okta(t.Context(), types.StringNull())
		found.Append(diags...)
	}
	return found
}

// likelyReports are those of a connection test.
func likelyReports(t *testing.T) diag.Diagnostics {
	t.Helper()
	const devices = "https://acme.okta.com/api/v1/devices?limit=200"
	const device = `{"id":"guo%d","status":"ACTIVE","created":"2026-01-02T03:04:05.000Z","lastUpdated":"2026-01-02T03:04:05.000Z",` +
		`"profile":{"displayName":"d","platform":"MACOS","registered":true%s}}`
	const whole = `,"secureHardwarePresent":true`
	answers := map[string]string{
		wellKnown: aboutAcme, devices: "[" + fmt.Sprintf(device, 1, whole) + "]", "https://api.sekoia.io/v1/me": `{"uuid":"33333333-3333-4333-8333-333333333333"}`,
		communities: `{"total":1,"items":[{"uuid":"c1","subcommunities":[]}]}`, "https://api.sekoia.io/v1/me/permissions": `{"total":0,"items":[]}`,
		"https://api.sekoia.io/v1/symphony/connectors/" + sekoia.OktaDeviceConnectorID: `{"uuid":"` + sekoia.OktaDeviceConnectorID + `","name":"Okta"}`,
		"https://api.sekoia.io/v1/symphony/modules/" + sekoia.OktaModuleID:             `{"uuid":"` + sekoia.OktaModuleID + `","name":"Okta","version":"2.10.0"}`,
	}
	options := diagnostic.ReportOptions{
		Subject: "Okta devices", BaseURL: path.Root("base_url"), Token: path.Root("api_token_wo"), Community: path.Root("community_id"),
		Sekoia: diagnostic.SekoiaPlace{sekoia.InputAPIKey: "api_key is set in the environment: SEKOIA_API_KEY.", sekoia.InputRegion: "region is not set, so it is fra1."},
	}
	atPlan := options
	atPlan.Untested, atPlan.Note = diag.SeverityWarning, "If it still fails at apply, this connector is not written."
	var found diag.Diagnostics
	for _, each := range []struct {
		url    string
		status int
		body   string
		shown  diagnostic.ReportOptions
		only   preflight.CheckID
	}{
		{devices, 401, `{"errorCode":"E0000011","errorSummary":"Invalid token provided","errorId":"oaeQ1x"}`, options, "okta_credentials"},
		{devices, 403, `{"errorCode":"E0000006","errorSummary":"You do not have permission to perform the requested action","errorId":"oaeQ1x"}`, options, "okta_devices_read"},
		{devices, 200, "[" + fmt.Sprintf(device, 1, whole) + "," + fmt.Sprintf(device, 2, "") + "]", options, "okta_inventory"},
		{devices, 200, "[]", options, "okta_inventory"},
		{wellKnown, 503, "", atPlan, "okta_reachable"},
		{wellKnown, 404, "", options, "okta_reachable"},
		{wellKnown, 200, strings.Replace(aboutAcme, "idx", "v1", 1), options, "okta_identity_engine"},
		{devices, 503, "", options, "okta_credentials"},
		{"https://api.sekoia.io/v1/me", 401, `{"code":"T301","message":"The token has expired"}`, options, "sekoia_credentials"},
		{communities, 200, `{"total":1,"items":[{"uuid":"c1","subcommunities":["c2","c3"]}]}`, options, "sekoia_community"},
		{wellKnown, 200, aboutAcme, options, "sekoia_permissions"},
	} {
		mock := httpmock.NewMockTransport()
		for target, body := range answers {
			mock.RegisterResponder(http.MethodGet, target, httpmock.NewStringResponder(http.StatusOK, body))
		}
		mock.RegisterResponder(http.MethodGet, each.url, httpmock.NewStringResponder(each.status, each.body))
		client, err := transport.New(transport.Options{Base: mock})
		if err != nil {
			t.Fatal(err)
		}
		report := preflight.NewTester(preflight.TesterConfig{
			HTTP: client, Sekoia: sekoia.New(sekoia.Config{HTTP: client, BaseURL: &url.URL{Scheme: "https", Host: "api.sekoia.io"}, APIKey: credential.NewSecret("key")}),
		}).Report(t.Context(), preflight.Input{OktaBaseURL: &url.URL{Scheme: "https", Host: "acme.okta.com"}, OktaToken: credential.NewSecret("token")})
		before := len(found)
		found.Append(diagnostic.ReportDiagnostics(&preflight.Report{Checks: []preflight.Check{report.Check(each.only)}}, each.shown)...)
		if len(found) != before+1 {
			t.Errorf("%s says nothing: %+v", each.only, report.Check(each.only))
		}
	}
	return found
}

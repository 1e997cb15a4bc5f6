// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package preflight_test

import (
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/okta"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/preflight"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/sekoia"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/credential"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/failure"
)

// outcome is what a caller acts on.
type outcome struct {
	Status       preflight.Status
	Input        string
	Inconclusive bool
	Untrusted    bool
}

var (
	pass      = outcome{Status: preflight.StatusPassed}
	skip      = outcome{Status: preflight.StatusSkipped}
	untested  = outcome{Status: preflight.StatusFailed, Inconclusive: true}
	elsewhere = outcome{Status: preflight.StatusFailed, Input: sekoia.InputRegion, Inconclusive: true}
)

func reject(input string) outcome {
	return outcome{Status: preflight.StatusFailed, Input: input}
}

func warn(input string) outcome {
	return outcome{Status: preflight.StatusWarning, Input: input}
}

var untrusted = outcome{Status: preflight.StatusFailed, Input: okta.InputBaseURL, Untrusted: true}

// outcomes are the outcomes of checks that are not just passed.
type outcomes map[preflight.CheckID]outcome

// skipping adds that all of ids are skipped.
func (o outcomes) skipping(ids ...preflight.CheckID) outcomes {
	for _, id := range ids {
		o[id] = skip
	}
	return o
}

// fails is the outcome if a check fails, which makes those after it pointless.
func fails(id preflight.CheckID, how outcome) outcomes {
	return outcomes{id: how}.skipping(preflight.SkippedAfter(id)...)
}

type checkCase struct {
	name   string
	clouds func(*clouds)
	input  func(*preflight.Input)
	want   outcomes
	// says are texts that the messages and hints of what did not pass must hold, hides those that nothing may hold.
	says, hides []string
	calls       map[string]int // nil: not looked at
}

func (c checkCase) run(t *testing.T) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		clouds, input := newClouds(t), goodInput(t)
		if c.clouds != nil {
			c.clouds(clouds)
		}
		if c.input != nil {
			c.input(&input)
		}
		report := clouds.tester().Report(t.Context(), input)
		checkOutcomes(t, report, c.want)
		checkTexts(t, report, c.says, c.hides)
		if c.calls != nil {
			clouds.wantCalls(c.calls)
		}
	})
}

func checkOutcomes(t *testing.T, report *preflight.Report, want outcomes) {
	t.Helper()
	var ids []preflight.CheckID
	got := outcomes{}
	for _, check := range report.Checks {
		ids = append(ids, check.ID)
		seen := outcome{Status: check.Status, Input: check.Input, Inconclusive: check.Inconclusive, Untrusted: check.Untrusted}
		if seen != pass {
			got[check.ID] = seen
		}
		told := check.Status == preflight.StatusFailed || check.Status == preflight.StatusWarning
		if told != (check.News != "") || strings.HasSuffix(check.News, ".") {
			t.Errorf("%s is %s, and its news is %q", check.ID, check.Status, check.News)
		}
	}
	if diff := cmp.Diff(preflight.IDs(), ids); diff != "" {
		t.Errorf("the report's checks (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(want, got, cmp.Comparer(func(a, b outcomes) bool { return len(a) == 0 && len(b) == 0 || mapsEqual(a, b) })); diff != "" {
		t.Errorf("what did not pass (-want +got):\n%s\n%s", diff, texts(report))
	}
}

func mapsEqual(a, b outcomes) bool {
	if len(a) != len(b) {
		return false
	}
	for id, o := range a {
		if b[id] != o {
			return false
		}
	}
	return true
}

// texts are all that a person may read of a report.
func texts(report *preflight.Report) string {
	var text strings.Builder
	for _, check := range report.Checks {
		fmt.Fprintf(&text, "%s %s\n%s\n%s\n\n", check.ID, check.Status, check.Text(), check.Hint)
	}
	return text.String()
}

// checkTexts holds the texts of a report to what is true of all, and to what a case asks for.
func checkTexts(t *testing.T, report *preflight.Report, says, hides []string) {
	t.Helper()
	all := texts(report)
	for _, want := range says {
		if !strings.Contains(all, want) {
			t.Errorf("nothing says %q:\n%s", want, all)
		}
	}
	for _, never := range append([]string{goodToken, goodKey, "Device 001", "SN001", "secret-body", "%!", "..\n", "<nil>"}, hides...) {
		if strings.Contains(all, never) {
			t.Errorf("%q is in a text:\n%s", never, all)
		}
	}
	for _, check := range report.Checks {
		if check.Message == "" {
			t.Errorf("%s says nothing", check.ID)
		}
		if needsHint := check.Status == preflight.StatusFailed || check.Status == preflight.StatusWarning; needsHint != (check.Hint != "") {
			t.Errorf("%s is %s, and its hint is %q", check.ID, check.Status, check.Hint)
		}
		// A diagnostic has six lines, and its caller needs one of them.
		if lines := strings.Count(check.Message+"\n"+check.Hint, "\n") + 1; lines > 5 {
			t.Errorf("%s has %d lines:\n%s\n%s", check.ID, lines, check.Message, check.Hint)
		}
	}
}

func TestAllIsWell(t *testing.T) {
	t.Parallel()
	for _, c := range []checkCase{
		{
			name:  "on one of Okta's own domains, six calls in all",
			calls: called(allCalls...),
			says:  []string{"answers at " + oktaURL + "."}, hides: []string{"custom domain"},
		},
		{
			name: "on a custom domain, Okta's own host gets the credential, and one more call",
			clouds: func(c *clouds) {
				c.answer(customURL+wellKnown, http.StatusOK, wellKnownBody("idx", oktaURL, customURL))
			},
			input: baseURL(customURL),
			calls: called(append([]string{customURL + wellKnown}, allCalls...)...),
			says:  []string{"answers at " + customURL + ".\nIt is a custom domain: the credential goes to " + oktaURL + "."},
		},
		{
			name:  "with a community that is written in capitals",
			input: func(i *preflight.Input) { i.CommunityID = strings.ToUpper(i.CommunityID) },
		},
		{
			name:  "without a chosen community, where the key sees one",
			input: func(i *preflight.Input) { i.CommunityID = "" },
		},
		{
			name:   "with a chosen community below another",
			clouds: func(c *clouds) { c.answer(sekoiaURL+communities, 200, communitiesBody(communityOne, communityTwo)) },
			input:  func(i *preflight.Input) { i.CommunityID = communityTwo },
		},
		{
			name: "with a fifth of the budget left",
			clouds: func(c *clouds) {
				c.answer(oktaURL+devices, 200, "["+device("guo1", "")+"]", "X-Rate-Limit-Limit", "100", "X-Rate-Limit-Remaining", "20", "X-Rate-Limit-Reset", "1700000000")
			},
		},
		{
			name: "where Okta hiccups once on each call",
			clouds: func(c *clouds) {
				for _, target := range allCalls {
					c.hiccup(target)
				}
			},
			calls: func() map[string]int { return called(append(slices.Clone(allCalls), allCalls...)...) }(),
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.run(t)
		})
	}
}

func TestOktaReachable(t *testing.T) {
	t.Parallel()
	certificate := &x509.Certificate{}
	cases := []checkCase{
		{
			name: "a name that can't be resolved",
			clouds: func(c *clouds) {
				c.fail(oktaURL+wellKnown, &net.DNSError{Err: "no such host", Name: "acme.okta.com", IsNotFound: true})
			},
			want: fails("okta_reachable", outcome{Status: preflight.StatusFailed, Input: okta.InputBaseURL, Inconclusive: true}),
			says: []string{"Could not connect to Okta: no such host", "spelling of the host"},
		},
		{
			name:   "a certificate of an unknown authority",
			clouds: func(c *clouds) { c.fail(oktaURL+wellKnown, x509.UnknownAuthorityError{Cert: certificate}) },
			want:   fails("okta_reachable", untested),
			says:   []string{"http.ca_certificate_file"},
		},
		{
			name: "a certificate of another name",
			clouds: func(c *clouds) {
				c.fail(oktaURL+wellKnown, x509.HostnameError{Certificate: certificate, Host: "acme.okta.com"})
			},
			want: fails("okta_reachable", outcome{Status: preflight.StatusFailed, Input: okta.InputBaseURL, Inconclusive: true}),
			says: []string{"for another host"},
		},
		{
			name: "a certificate that has expired",
			clouds: func(c *clouds) {
				c.fail(oktaURL+wellKnown, x509.CertificateInvalidError{Cert: certificate, Reason: x509.Expired})
			},
			want: fails("okta_reachable", untested),
			says: []string{"certificate expired at", "clock"},
		},
		{
			name:   "a proxy that says no",
			clouds: func(c *clouds) { c.fail(oktaURL+wellKnown, &failure.ProxyError{Status: 403}) },
			want:   fails("okta_reachable", untested),
			says:   []string{"Could not connect to Okta: the proxy does not allow this host: 403", "NO_PROXY"},
		},
		{
			name:   "a refused connection",
			clouds: func(c *clouds) { c.fail(oktaURL+wellKnown, dialError(syscall.ECONNREFUSED)) },
			want:   fails("okta_reachable", untested),
			says:   []string{"Could not connect to Okta: connection refused"},
			calls:  called(append([]string{oktaURL + wellKnown, oktaURL + wellKnown}, sekoiaCalls...)...),
		},
		{
			name: "a connection that is cut",
			clouds: func(c *clouds) {
				c.fail(oktaURL+wellKnown, &net.OpError{Op: "read", Net: "tcp", Err: syscall.ECONNRESET})
			},
			want: fails("okta_reachable", untested),
			says: []string{"The call to Okta failed: connection lost"},
		},
		{
			name:   "no answer at all",
			clouds: func(c *clouds) { c.hang(oktaURL + wellKnown) },
			want:   fails("okta_reachable", untested),
			says:   []string{"The call to Okta failed: no answer in time"},
		},
		{
			name:   "an outage",
			clouds: func(c *clouds) { c.answer(oktaURL+wellKnown, 503, "secret-body") },
			want:   fails("okta_reachable", untested),
			says:   []string{"503", "status page"},
			calls:  called(append([]string{oktaURL + wellKnown, oktaURL + wellKnown}, sekoiaCalls...)...),
		},
		{
			name:   "a rate limit that lasts longer than the test",
			clouds: func(c *clouds) { c.answer(oktaURL+wellKnown, 429, "secret-body", "Retry-After", "60") },
			want:   fails("okta_reachable", untested),
			says:   []string{"429", "Wait a minute"},
			calls:  called(append([]string{oktaURL + wellKnown}, sekoiaCalls...)...),
		},
		{
			name:   "a host without that page",
			clouds: func(c *clouds) { c.answer(oktaURL+wellKnown, 404, "secret-body") },
			want:   fails("okta_reachable", reject(okta.InputBaseURL)),
			says:   []string{"not an Okta organization", "404"},
		},
		{
			name:   "a web page",
			clouds: func(c *clouds) { c.answer(oktaURL+wellKnown, 200, "<html>secret-body</html>") },
			want:   fails("okta_reachable", reject(okta.InputBaseURL)),
			says:   []string{"not an Okta organization"},
		},
		{
			name:   "JSON without an id",
			clouds: func(c *clouds) { c.answer(oktaURL+wellKnown, 200, `{"pipeline":"idx","x":"secret-body"}`) },
			want:   fails("okta_reachable", reject(okta.InputBaseURL)),
			says:   []string{"not an Okta organization"},
		},
		{
			name: "a redirect to another origin",
			clouds: func(c *clouds) {
				c.answer(oktaURL+wellKnown, 302, "secret-body", "Location", "https://www.okta.com/")
			},
			want:  fails("okta_reachable", reject(okta.InputBaseURL)),
			says:  []string{"redirect to https://www.okta.com"},
			calls: called(append([]string{oktaURL + wellKnown}, sekoiaCalls...)...),
		},
		{
			name:  "no base URL",
			input: func(i *preflight.Input) { i.OktaBaseURL = nil },
			want:  fails("okta_reachable", reject(okta.InputBaseURL)),
			says:  []string{"no Okta base URL"},
			calls: called(sekoiaCalls...),
		},
		{
			name:   "no pipeline",
			clouds: func(c *clouds) { c.answer(oktaURL+wellKnown, 200, wellKnownBody("", oktaURL, "")) },
			want:   outcomes{"okta_identity_engine": warn(okta.InputBaseURL)},
			says:   []string{"names no pipeline"},
		},
		{
			name:   "a new pipeline",
			clouds: func(c *clouds) { c.answer(oktaURL+wellKnown, 200, wellKnownBody("idx2", oktaURL, "")) },
			want:   outcomes{"okta_identity_engine": warn(okta.InputBaseURL)},
			says:   []string{`"idx2"`},
		},
		{
			name:   "Classic Engine",
			clouds: func(c *clouds) { c.answer(oktaURL+wellKnown, 200, wellKnownBody("v1", oktaURL, "")) },
			want:   fails("okta_identity_engine", reject(okta.InputBaseURL)),
			says:   []string{"Classic Engine", "no Devices API", `"v1"`},
			calls:  called(append([]string{oktaURL + wellKnown}, sekoiaCalls...)...),
		},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.run(t)
		})
	}
}

func TestCustomDomain(t *testing.T) {
	t.Parallel()
	for _, c := range []checkCase{
		{
			name:   "one that does not answer is not trusted",
			clouds: func(c *clouds) { c.fail(customURL+wellKnown, dialError(syscall.ECONNREFUSED)) },
			input:  baseURL(customURL),
			want:   fails("okta_reachable", untrusted),
			says:   []string{"id.acme.example", "SEKOIA_TRUSTED_OKTA_HOSTS"},
		},
		{
			name:   "one with an outage is not trusted",
			clouds: func(c *clouds) { c.answer(customURL+wellKnown, 503, "secret-body") },
			input:  baseURL(customURL),
			want:   fails("okta_reachable", untrusted),
			says:   []string{"SEKOIA_TRUSTED_OKTA_HOSTS"},
		},
		{
			name:   "one that hangs is not trusted",
			clouds: func(c *clouds) { c.hang(customURL + wellKnown) },
			input:  baseURL(customURL),
			want:   fails("okta_reachable", untrusted),
			says:   []string{"SEKOIA_TRUSTED_OKTA_HOSTS"},
		},
		{
			name:   "one that is some web server",
			clouds: func(c *clouds) { c.answer(customURL+wellKnown, 404, "secret-body") },
			input:  baseURL(customURL),
			want:   fails("okta_reachable", untrusted),
			says:   []string{"SEKOIA_TRUSTED_OKTA_HOSTS"},
		},
		{
			name: "one that calls itself an organization's own host",
			clouds: func(c *clouds) {
				c.answer(customURL+wellKnown, 200, wellKnownBody("idx", customURL, customURL))
			},
			input: baseURL(customURL),
			want:  fails("okta_reachable", untrusted),
			says:  []string{"SEKOIA_TRUSTED_OKTA_HOSTS"},
		},
		{
			name: "one that the organization does not know",
			clouds: func(c *clouds) {
				c.answer("https://id.evil.example"+wellKnown, 200, wellKnownBody("idx", oktaURL, "https://id.evil.example"))
			},
			input: baseURL("https://id.evil.example"),
			want:  fails("okta_reachable", untrusted),
			says:  []string{"SEKOIA_TRUSTED_OKTA_HOSTS"},
			calls: called(append([]string{"https://id.evil.example" + wellKnown, oktaURL + wellKnown}, sekoiaCalls...)...),
		},
		{
			name:  "plain http is never trusted, nor called",
			input: baseURL("http://acme.okta.com"),
			want:  fails("okta_reachable", untrusted),
			calls: called(sekoiaCalls...),
		},
		{
			name: "a listed host is taken as it is",
			clouds: func(c *clouds) {
				c.trust.OktaHosts = []credential.HostPort{{Host: "id.acme.example", Port: "443"}}
				c.answer(customURL+wellKnown, 200, wellKnownBody("idx", oktaURL, customURL))
				c.answer(customURL+devices, 200, "["+device("guo1", "")+"]")
			},
			input: baseURL(customURL),
			calls: called(append([]string{customURL + wellKnown, customURL + devices}, sekoiaCalls...)...),
		},
		{
			name: "a listed host that does not answer could not be tested",
			clouds: func(c *clouds) {
				c.trust.OktaHosts = []credential.HostPort{{Host: "id.acme.example", Port: "443"}}
				c.fail(customURL+wellKnown, dialError(syscall.ECONNREFUSED))
			},
			input: baseURL(customURL),
			want:  fails("okta_reachable", untested),
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.run(t)
		})
	}
}

func TestOktaCredentials(t *testing.T) {
	t.Parallel()
	token, base := reject(okta.InputToken), reject(okta.InputBaseURL)
	answers := func(status int, body string, headers ...string) func(*clouds) {
		return func(c *clouds) { c.answer(oktaURL+devices, status, body, headers...) }
	}
	for _, c := range []checkCase{
		{
			name:   "an invalid token",
			clouds: answers(401, oktaError("E0000011", "Invalid token provided")),
			want:   fails("okta_credentials", token),
			says:   []string{"Okta answered 401 E0000011 (Invalid token provided) to GET /api/v1/devices", "errorId is oae-1", "network zone", "revoked", "another organization"},
			calls:  called(allCalls...),
		},
		{
			name:   "a failed authentication",
			clouds: answers(401, oktaError("E0000004", "Authentication failed")),
			want:   fails("okta_credentials", token),
			says:   []string{"E0000004"},
		},
		{
			name:   "a feature that is off is not the token's fault",
			clouds: answers(401, oktaError("E0000015", "You do not have permission to access the feature you are requesting")),
			want:   fails("okta_credentials", base),
			says:   []string{"E0000015", "The credential is not the problem", "errorId"},
		},
		{
			name:   "a feature that is off, told with 403",
			clouds: answers(403, oktaError("E0000015", "Feature not enabled")),
			want:   fails("okta_credentials", base),
		},
		{
			name:   "a 401 that is not Okta's says nothing",
			clouds: answers(401, "<html>secret-body</html>"),
			want:   fails("okta_credentials", untested),
			says:   []string{"401"},
		},
		{
			name:   "an owner without the role",
			clouds: answers(403, oktaError("E0000006", "You do not have permission to perform the requested action")),
			want:   fails("okta_devices_read", token),
			says:   []string{"E0000006", "admin role"},
			calls:  called(allCalls...),
		},
		{
			name:   "an owner without a session",
			clouds: answers(403, oktaError("E0000005", "Invalid session")),
			want:   fails("okta_devices_read", token),
			says:   []string{"suspended"},
		},
		{
			name:   "a 403 that is not Okta's says nothing",
			clouds: answers(403, "<html>secret-body</html>"),
			want:   fails("okta_credentials", untested),
			says:   []string{"HTTPS_PROXY"},
		},
		{
			name:   "an outage",
			clouds: answers(503, ""),
			want:   fails("okta_credentials", untested),
			calls:  called(append([]string{oktaURL + devices}, allCalls...)...),
		},
		{
			name:   "an error of Okta's own",
			clouds: answers(500, oktaError("E0000009", "Internal Server Error")),
			want:   fails("okta_credentials", untested),
			says:   []string{"E0000009", "errorId is oae-1"},
			calls:  called(allCalls...),
		},
		{
			name:   "a rate limit",
			clouds: answers(429, oktaError("E0000047", "API call exceeded rate limit due to too many requests"), "Retry-After", "1"),
			want:   fails("okta_credentials", untested),
			says:   []string{"E0000047", "rate limit is used up"},
			calls:  called(append([]string{oktaURL + devices}, allCalls...)...),
		},
		{
			name:   "an answer that nobody knows",
			clouds: answers(404, oktaError("E0000022", "The endpoint does not support the provided HTTP method")),
			want:   fails("okta_credentials", untested),
			says:   []string{"E0000022"},
		},
		{
			name:   "a proxy that requires a login",
			clouds: answers(407, ""),
			want:   fails("okta_credentials", untested),
			says:   []string{"requires a login"},
		},
		{
			name:   "a web page in place of devices",
			clouds: answers(200, "<html>secret-body</html>"),
			want:   fails("okta_credentials", untested),
		},
		{
			name:   "half an answer",
			clouds: answers(200, `[{"id":"secret-body`),
			want:   fails("okta_credentials", untested),
		},
		{
			name: "a connection that is cut",
			clouds: func(c *clouds) {
				c.fail(oktaURL+devices, &net.OpError{Op: "read", Net: "tcp", Err: syscall.ECONNRESET})
			},
			want: fails("okta_credentials", untested),
			says: []string{"The call to Okta failed: connection lost"},
		},
		{
			name:  "no token: what needs none is asked",
			input: func(i *preflight.Input) { i.OktaToken = credential.Secret{} },
			want:  fails("okta_credentials", skip),
			says:  []string{"no Okta API token is known"},
			calls: called(append([]string{oktaURL + wellKnown}, sekoiaCalls...)...),
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.run(t)
		})
	}
}

func TestOktaInventory(t *testing.T) {
	t.Parallel()
	page := func(devices ...string) string { return "[" + strings.Join(devices, ",") + "]" }
	lists := func(body string, headers ...string) func(*clouds) {
		return func(c *clouds) { c.answer(oktaURL+devices, 200, body, headers...) }
	}
	var many []string
	for i := range 200 {
		without := ""
		if i%20 == 0 {
			without = []string{"displayName", "platform", "registered", "secureHardwarePresent"}[i/20%4]
		}
		many = append(many, device(fmt.Sprintf("guo%03d", i), without))
	}
	inventory := outcomes{"okta_inventory": warn("")}
	for _, c := range []checkCase{
		{name: "empty", clouds: lists("[]"), want: inventory, says: []string{"no devices"}},
		{
			name:   "a full first page with devices that lack something",
			clouds: lists(page(many...), "Link", `<https://acme.okta.com/api/v1/devices?after=x&limit=200>; rel="next"`),
			want:   inventory,
			says: []string{
				"10 of the first 200 devices lack a field that Sekoia's connector requires: displayName (3), platform (3), registered (2), secureHardwarePresent (2). First ids: guo000, guo020, guo040, guo060, guo080.\n",
				"drops the whole page", "and everything after it in that cycle.",
			},
			hides: []string{"guo100"},
			calls: called(allCalls...),
		},
		{
			name:   "a null counts as lacking",
			clouds: lists(page(device("guo1", ""), strings.Replace(device("guo2", ""), `"registered":true`, `"registered":null`, 1))),
			want:   inventory,
			says:   []string{"1 of 2 devices lacks a field that Sekoia's connector requires: registered (1). Ids: guo2."},
		},
		{
			name:   "a field of another type counts as lacking",
			clouds: lists(page(strings.Replace(device("guo2", ""), `"registered":true`, `"registered":{}`, 1))),
			want:   inventory,
			says:   []string{"registered (1)"},
		},
		{
			name:   "what is no device counts as lacking",
			clouds: lists(page(device("guo1", ""), `17`)),
			want:   inventory,
			says:   []string{"1 of 2 devices lacks a field that Sekoia's connector requires: the shape of a device (1).\n"},
			hides:  []string{"Ids:"},
		},
		{
			name:   "an empty name costs that device alone",
			clouds: lists(page(strings.Replace(device("guo1", ""), "Device 001", "", 1), device("guo2", ""))),
			want:   inventory,
			says:   []string{"1 of 2 devices has an empty displayName. Ids: guo1.\n", "takes the others"},
			hides:  []string{"drops the whole page"},
		},
		{
			name:   "an empty name next to a device that lacks something",
			clouds: lists(page(strings.Replace(device("guo1", ""), "Device 001", "", 1), device("guo2", "platform"))),
			want:   inventory,
			says:   []string{"1 of 2 devices lacks a field", "\n1 more has an empty displayName, and only it is skipped. Ids: guo1."},
		},
		{
			name:   "what the parser requires outside of the profile",
			clouds: lists(page(strings.Replace(device("guo1", ""), `"status":"ACTIVE"`, `"status":null`, 1), strings.Replace(device("guo2", ""), `"profile"`, `"resourceDisplayName":{"sensitive":false},"profile"`, 1))),
			want:   inventory,
			says:   []string{"2 of 2 devices lack a field that Sekoia's connector requires: status (1), resourceDisplayName.value (1). Ids: guo1, guo2."},
		},
		{
			name:   "an id can't smuggle control characters",
			clouds: lists(page(strings.Replace(device("guo1", "platform"), `"guo1"`, `"guo\u001b[31m\u202e1"`, 1))),
			want:   inventory,
			hides:  []string{"\x1b", "\u202e"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.run(t)
		})
	}
}

func TestOktaRateLimit(t *testing.T) {
	t.Parallel()
	limited := func(headers ...string) func(*clouds) {
		return func(c *clouds) { c.answer(oktaURL+devices, 200, "["+device("guo1", "")+"]", headers...) }
	}
	scarce := outcomes{"okta_rate_limit": warn("")}
	for _, c := range []checkCase{
		{
			name:   "less than a fifth left",
			clouds: limited("X-Rate-Limit-Limit", "100", "X-Rate-Limit-Remaining", "19", "X-Rate-Limit-Reset", "1700000000"),
			want:   scarce,
			says:   []string{"19 of 100 calls", "It ends at 2023-11-14T22:13:20Z"},
		},
		{
			name:   "nothing left",
			clouds: limited("X-Rate-Limit-Limit", "100", "X-Rate-Limit-Remaining", "0"),
			want:   scarce,
			says:   []string{"0 of 100 calls"},
			hides:  []string{"It ends at"},
		},
		{name: "a budget of nothing is no budget", clouds: limited("X-Rate-Limit-Limit", "0", "X-Rate-Limit-Remaining", "0"), says: []string{"names no rate limit"}},
		{name: "headers that can't be read", clouds: limited("X-Rate-Limit-Limit", "many", "X-Rate-Limit-Remaining", "few")},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.run(t)
		})
	}
}

func TestSekoiaChecks(t *testing.T) {
	t.Parallel()
	const refused = `{"code":"A001","message":"refused"}`
	var many []string
	for i := range 25 {
		many = append(many, fmt.Sprintf("00000000-0000-4000-8000-%012d", i))
	}
	at := func(path string, status int, body string) func(*clouds) {
		return func(c *clouds) { c.answer(sekoiaURL+path, status, body) }
	}
	only := func(id preflight.CheckID, how outcome) outcomes { return outcomes{id: how} }
	without := func(gone ...string) string {
		return permissionsBody(slices.DeleteFunc(slices.Clone(allPermissions), func(id string) bool { return slices.Contains(gone, id) })...)
	}
	for _, c := range []checkCase{
		{
			name: "a wrong key", clouds: at(me, 401, refused), want: fails("sekoia_credentials", reject(sekoia.InputAPIKey)),
			says:  []string{"Sekoia answered 401 (A001: refused) to GET /v1/me"},
			calls: called(allCalls[:len(allCalls)-1]...), // the module is not asked for
		},
		{
			name: "a refusal that is not documented", clouds: at(me, 403, refused), want: fails("sekoia_credentials", untested),
			says: []string{"Sekoia answered 403"},
		},
		{name: "an outage", clouds: at(me, 503, ""), want: fails("sekoia_credentials", untested), says: []string{"Sekoia answered 503", "Sekoia is having problems"}},
		{name: "a web page", clouds: at(me, 200, "<html>secret-body</html>"), want: fails("sekoia_credentials", elsewhere)},
		{
			name: "a rate limit that lasts longer than the test",
			clouds: func(c *clouds) {
				c.answer(sekoiaURL+me, 429, "", "Retry-After", "60")
			},
			want:  fails("sekoia_credentials", untested),
			says:  []string{"Sekoia's rate limit"},
			calls: called(allCalls[:len(allCalls)-1]...),
		},
		{
			name:   "no answer",
			clouds: func(c *clouds) { c.hang(sekoiaURL + me) },
			want:   fails("sekoia_credentials", untested),
			says:   []string{"in time", "/v1/me"},
		},
		{
			name: "a name that can't be resolved is not Okta's base URL",
			clouds: func(c *clouds) {
				c.fail(sekoiaURL+me, &net.DNSError{Err: "no such host", Name: "api.sekoia.io", IsNotFound: true})
			},
			want: fails("sekoia_credentials", elsewhere),
			says: []string{"Could not connect to Sekoia: no such host"},
		},
		{
			name: "no key known", clouds: func(c *clouds) { c.noKey = true }, want: fails("sekoia_credentials", skip),
			says: []string{"API key is not known"}, calls: called(oktaURL+wellKnown, oktaURL+devices),
		},
		{
			name:   "permissions that are missing for each purpose",
			clouds: at(permissions, 200, without(sekoia.PermissionManageIntakes.ID, sekoia.PermissionEditAssetConnectors.ID, sekoia.PermissionViewPlaybooks.ID, sekoia.PermissionViewPlaybookRuns.ID)),
			want:   only("sekoia_permissions", warn(sekoia.InputAPIKey)),
			says: []string{
				"To create a connector: Manage intakes, Create and edit asset-connectors data.\n",
				"To read connectors: View playbooks.\n", "To read their logs: View playbook runs.\n",
			},
		},
		{
			name: "no permission at all", clouds: at(permissions, 200, permissionsBody()),
			want: only("sekoia_permissions", warn(sekoia.InputAPIKey)),
			says: []string{"Manage playbooks, Manage intakes, Create and edit asset-connectors data, View integrations", "View playbooks, View intakes"},
		},
		{
			name: "a key that may not list its permissions", clouds: at(permissions, 403, refused),
			want: only("sekoia_permissions", warn(sekoia.InputAPIKey)), says: []string{"can't be read"},
		},
		{name: "permissions in an outage", clouds: at(permissions, 503, ""), want: only("sekoia_permissions", untested)},
		{name: "a key that was revoked meanwhile", clouds: at(permissions, 401, refused), want: only("sekoia_permissions", reject(sekoia.InputAPIKey))},
		{
			name: "a community that the key does not see", clouds: nil,
			input: func(i *preflight.Input) { i.CommunityID = communityTwo },
			want:  only("sekoia_community", reject(sekoia.InputCommunity)),
			says:  []string{"does not see the community " + communityTwo, "It sees: " + communityOne + "."},
		},
		{
			name:   "several communities and none chosen",
			clouds: at(communities, 200, communitiesBody(many...)),
			input:  func(i *preflight.Input) { i.CommunityID = "" },
			want:   only("sekoia_community", reject(sekoia.InputCommunity)),
			says:   []string{"sees 25 communities", many[0], many[19] + " and 5 more.", "SEKOIA_COMMUNITY_ID"},
			hides:  []string{many[20]},
		},
		{
			name:   "one community with a name that harms a terminal",
			clouds: at(communities, 200, communitiesBody("c\u202e"+strings.Repeat("c", 300))),
			input:  func(i *preflight.Input) { i.CommunityID = "" },
			want:   nil,
			hides:  []string{"\u202e", strings.Repeat("c", 200)},
		},
		{
			name: "no community at all, and one chosen", clouds: at(communities, 200, communitiesBody()),
			want: only("sekoia_community", reject(sekoia.InputCommunity)), says: []string{"It sees no community."},
		},
		{
			name: "no community at all, and none chosen", clouds: at(communities, 200, communitiesBody()),
			input: func(i *preflight.Input) { i.CommunityID = "" },
			want:  only("sekoia_community", outcome{Status: preflight.StatusFailed, Input: sekoia.InputCommunity, Inconclusive: true}),
		},
		{name: "communities in an outage", clouds: at(communities, 503, ""), want: only("sekoia_community", untested)},
		{name: "communities refused", clouds: at(communities, 403, refused), want: only("sekoia_community", untested)},
		{
			name: "a connector that is not offered", clouds: at(catalogue, 404, refused),
			want: only("sekoia_connector_available", reject("")), says: []string{"not offered in this community or region", "Reveal"},
		},
		{
			name: "a web page of 404 is not Sekoia's word", clouds: at(catalogue, 404, "<html>secret-body</html>"),
			want: only("sekoia_connector_available", elsewhere),
		},
		{
			name: "a catalogue that the key may not see", clouds: at(catalogue, 403, refused),
			want: only("sekoia_connector_available", warn(sekoia.InputAPIKey)), says: []string{"View integrations"},
		},
		{name: "the catalogue in an outage", clouds: at(catalogue, 503, ""), want: only("sekoia_connector_available", untested)},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.run(t)
		})
	}
}

// Which release of the module a region offers is worth knowing. Not to know it is no finding.
func TestTheReleaseOfTheModuleNeverFails(t *testing.T) {
	t.Parallel()
	const unread, module = "Sekoia offers the Okta Device connector. The release of its Okta module could not be read.\n", sekoiaURL + oktaModule
	answer := func(status int, body string) func(*clouds) {
		return func(c *clouds) { c.answer(module, status, body) }
	}
	version := func(json string) func(*clouds) {
		return answer(http.StatusOK, `{"uuid":"`+sekoia.OktaModuleID+`","name":"Okta"`+json+`}`)
	}
	for _, c := range []checkCase{
		{name: "a release", says: []string{"Sekoia offers the Okta Device connector, with release 2.10.0 of its Okta module.\n"}},
		{name: "no version", clouds: version(""), says: []string{"Sekoia offers the Okta Device connector.\n"}},
		{name: "a version that is null", clouds: version(`,"version":null`), says: []string{"Sekoia offers the Okta Device connector.\n"}},
		{name: "a version with what a terminal obeys", clouds: version(`,"version":"2\u001b[31m"`), hides: []string{"\x1b"}},
		{name: "a version that is a number", clouds: version(`,"version":2.1`), says: []string{unread}},
		{name: "no such module", clouds: answer(404, `{"code":"A002","message":"gone"}`), says: []string{unread}},
		{name: "a module that the key may not see", clouds: answer(403, `{"code":"A001","message":"refused"}`), says: []string{unread}},
		{name: "a key that this call alone refuses", clouds: answer(401, `{"code":"T300","message":"refused"}`), says: []string{unread}},
		{name: "a web page", clouds: answer(200, "<html>secret-body</html>"), says: []string{unread}},
		{name: "an outage", clouds: answer(503, ""), says: []string{unread}},
		{name: "a connection that breaks", clouds: func(c *clouds) { c.fail(module, errors.New("broke")) }, says: []string{unread}},
		{name: "no answer at all", clouds: func(c *clouds) { c.hang(module) }, says: []string{unread}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.run(t)
		})
	}
}

func TestBothCloudsFail(t *testing.T) {
	t.Parallel()
	checkCase{
		clouds: func(c *clouds) {
			c.answer(oktaURL+devices, 401, oktaError("E0000011", "Invalid token provided"))
			c.answer(sekoiaURL+me, 401, `{"code":"A001","message":"refused"}`)
		},
		want: outcomes{"okta_credentials": reject(okta.InputToken), "sekoia_credentials": reject(sekoia.InputAPIKey)}.
			skipping(append(preflight.SkippedAfter("okta_credentials"), preflight.SkippedAfter("sekoia_credentials")...)...),
		says: []string{"Not checked, because okta_credentials failed.", "Not checked, because sekoia_credentials failed."},
	}.run(t)
}

// baseURL makes an input one of another base URL.
func baseURL(raw string) func(*preflight.Input) {
	return func(i *preflight.Input) {
		u, err := url.Parse(raw)
		if err != nil {
			panic(err)
		}
		i.OktaBaseURL = u
	}
}

func dialError(errno syscall.Errno) error {
	return &net.OpError{Op: "dial", Net: "tcp", Err: errno}
}

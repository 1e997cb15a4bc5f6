// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package okta

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"
	"github.com/jarcoal/httpmock"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/credential"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/failure"
)

const (
	custom = "https://login.acme.example"
	listed = "https://okta.corp.example:8443"
)

func base(t *testing.T, raw string) *url.URL {
	t.Helper()
	parsed, err := url.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	return parsed
}

// answers gives each origin's well-known its answer, and fails the test where a credential comes along.
func answers(t *testing.T, network *httpmock.MockTransport, bodies map[string]httpmock.Responder) {
	t.Helper()
	for host, responder := range bodies {
		network.RegisterResponder(http.MethodGet, host+wellKnownPath, func(request *http.Request) (*http.Response, error) {
			if request.Header.Get("Authorization") != "" || request.Header.Get("Cookie") != "" || request.URL.RawQuery != "" {
				t.Errorf("%s was sent more than a plain request", request.URL)
			}
			return responder(request)
		})
	}
}

func TestResolveTakesTrustedHostsAsTheyAre(t *testing.T) {
	t.Parallel()
	trust := credential.Trust{OktaHosts: []credential.HostPort{{Host: "okta.corp.example", Port: "8443"}}, Loopback: true}
	for name, test := range map[string]struct {
		base string
		api  string
	}{
		"Okta's own domain":                    {base: "https://acme.okta.com", api: acme},
		"its capital letters, port and path":   {base: "https://ACME.Okta.com:443/x/?y#z", api: acme},
		"a preview organization":               {base: "https://acme.oktapreview.com", api: "https://acme.oktapreview.com"},
		"a host that the environment lists":    {base: listed, api: listed},
		"loopback, where Sekoia's is loopback": {base: "http://127.0.0.1:4711", api: "http://127.0.0.1:4711"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			network, client := mocked(t)
			// The organization may well name another host: what is trusted is the host that was written.
			answers(t, network, map[string]httpmock.Responder{test.api: always(http.StatusOK, wellKnown("00o1", "https://other.okta.com", custom))})
			got, err := Resolve(t.Context(), client, trust, base(t, test.base))
			if err != nil {
				t.Fatal(err)
			}
			want := &Organization{API: origin(t, test.api), ID: "00o1", Pipeline: "idx", Host: "https://other.okta.com", Alternate: custom}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
			assertCalls(t, network, 1)
		})
	}
}

func TestResolveSaysWhatATrustedHostDid(t *testing.T) {
	t.Parallel()
	network, client := mocked(t)
	for says, answer := range map[string]httpmock.Responder{
		"it answered 404 to GET /.well-known/okta-organization":                                   always(http.StatusNotFound, ""),
		"it answered GET /.well-known/okta-organization with a redirect to https://login.example": always(http.StatusFound, "", "Location: https://login.example/x?y"),
	} {
		answers(t, network, map[string]httpmock.Responder{acme: answer})
		_, err := Resolve(t.Context(), client, credential.Trust{}, base(t, acme))
		if _, ok := errors.AsType[*NotOktaError](err); !ok || errors.As(err, new(*UntrustedHostError)) || err.Error() != "acme.okta.com is not an Okta organization: "+says {
			t.Errorf("error %v (%T)", err, err)
		}
	}
}

func TestResolveFollowsACustomDomainToTheOrganizationsOwnHost(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ base, own, alternate string }{
		"as it stands":                          {base: custom, own: acme, alternate: custom},
		"with a slash, a port, capital letters": {base: "https://LOGIN.acme.example:443/", own: "https://ACME.okta.com:443/", alternate: "https://Login.Acme.Example/"},
		"with a path behind the origins":        {base: custom + "/x", own: acme + "/app", alternate: custom + "/y?z"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			network, client := mocked(t)
			answers(t, network, map[string]httpmock.Responder{
				custom: always(http.StatusOK, wellKnown("00o1", test.own, "")),
				acme:   always(http.StatusOK, wellKnown("00o1", acme, test.alternate)),
			})
			got, err := Resolve(t.Context(), client, credential.Trust{}, base(t, test.base))
			if err != nil {
				t.Fatal(err)
			}
			// What counts is what Okta's host says, not what the custom domain says.
			want := &Organization{API: origin(t, acme), ID: "00o1", Pipeline: "idx", Host: acme, Alternate: test.alternate}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
			assertCalls(t, network, 2)
		})
	}
}

func TestResolveRefusesACustomDomainThatDoesNotProveToBeOne(t *testing.T) {
	t.Parallel()
	const canary = "canary-of-the-body"
	claims := func(host string) httpmock.Responder {
		return always(http.StatusOK, wellKnown("00o1", host, canary))
	}
	confirms := always(http.StatusOK, wellKnown("00o1", acme, custom))
	refusal := `{"errorCode":"E1","errorSummary":"` + canary + `"}`
	for name, test := range map[string]struct {
		custom, own httpmock.Responder
		reason      string
		calls       int
	}{
		"it does not resolve": {
			custom: httpmock.NewErrorResponder(&net.DNSError{Err: "no such host", Name: "login.acme.example", IsNotFound: true}),
			reason: "no such host", calls: 1,
		},
		"it answers 404":                    {custom: always(404, refusal), reason: "it answered 404 to GET /.well-known/okta-organization", calls: 1},
		"it answers 503":                    {custom: always(503, refusal), reason: "it answered 503", calls: 1},
		"it answers a page":                 {custom: always(200, "<html>"+canary), reason: "it answered 200 to GET /.well-known/okta-organization, but it is a page (HTML", calls: 1},
		"it answers half":                   {custom: always(200, `{"id":"`+canary), reason: "or was cut off", calls: 1},
		"it answers something else":         {custom: always(200, `{"name":"`+canary+`"}`), reason: "it has no organization's id", calls: 1},
		"it answers too much":               {custom: always(200, `{"id":"`+strings.Repeat(canary, 5000)+`"}`), reason: "the answer is larger", calls: 1},
		"it redirects elsewhere":            {custom: always(302, canary, "Location: https://acme.okta.com"+wellKnownPath), reason: "with a redirect to https://acme.okta.com", calls: 1},
		"it breaks HTTP":                    {custom: httpmock.NewErrorResponder(errors.New(`malformed HTTP response "` + canary + `"`)), reason: "the answer is not HTTP", calls: 1},
		"it names no host":                  {custom: claims(""), reason: "does not name an organization's own host", calls: 1},
		"it names itself":                   {custom: claims(custom), reason: "does not name an organization's own host", calls: 1},
		"a host that looks like one":        {custom: claims("https://acme.okta.com." + canary), reason: "does not name an organization's own host", calls: 1},
		"a name that ends alike":            {custom: claims("https://acme" + canary + "okta.com.example"), reason: "does not name an organization's own host", calls: 1},
		"userinfo before the host":          {custom: claims("https://acme.okta.com@" + canary), reason: "does not name an organization's own host", calls: 1},
		"userinfo at Okta's host":           {custom: claims("https://" + canary + "@acme.okta.com"), reason: "does not name an organization's own host", calls: 1},
		"http":                              {custom: claims("http://acme.okta.com"), reason: "does not name an organization's own host", calls: 1},
		"another port":                      {custom: claims("https://acme.okta.com:8443"), reason: "does not name an organization's own host", calls: 1},
		"no URL":                            {custom: claims("%zz"), reason: "does not name an organization's own host", calls: 1},
		"a host that the environment lists": {custom: claims(listed), reason: "does not name an organization's own host", calls: 1},
		"its Okta host answers 404":         {custom: claims(acme), own: always(404, ""), reason: "could not confirm that: it answered 404", calls: 2},
		"its Okta host answers 503":         {custom: claims(acme), own: always(503, ""), reason: "could not confirm that: it answered 503", calls: 2},
		"its Okta host is another":          {custom: claims(acme), own: always(200, wellKnown("00o2", acme, custom)), reason: "is another organization", calls: 2},
		"ids that differ in case":           {custom: claims(acme), own: always(200, wellKnown("00O1", acme, custom)), reason: "is another organization", calls: 2},
		"its Okta host names none":          {custom: claims(acme), own: always(200, wellKnown("00o1", acme, "")), reason: "does not name it as its custom domain", calls: 2},
		"its Okta host names another": {
			custom: claims(acme), own: always(200, wellKnown("00o1", acme, "https://login.other.example/"+canary)),
			reason: "https://acme.okta.com, which it names as its organization's own host, does not name it as its custom domain", calls: 2,
		},
		"another scheme is named":             {custom: claims(acme), own: always(200, wellKnown("00o1", acme, "http://login.acme.example")), reason: "does not name it", calls: 2},
		"another port is named":               {custom: claims(acme), own: always(200, wellKnown("00o1", acme, custom+":444")), reason: "does not name it", calls: 2},
		"a subdomain is named":                {custom: claims(acme), own: always(200, wellKnown("00o1", acme, "https://x.login.acme.example")), reason: "does not name it", calls: 2},
		"userinfo is named":                   {custom: claims(acme), own: always(200, wellKnown("00o1", acme, "https://"+canary+"@login.acme.example")), reason: "does not name it", calls: 2},
		"the own host redirects":              {custom: claims(acme), own: always(302, "", "Location: "+custom), reason: "could not confirm that: it answered GET /.well-known/okta-organization with a redirect", calls: 2},
		"no more is asked once it is refused": {custom: always(404, ""), own: confirms, reason: "it answered 404", calls: 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			network, client := mocked(t)
			responders := map[string]httpmock.Responder{custom: test.custom}
			if test.own != nil {
				responders[acme] = test.own
			}
			answers(t, network, responders)
			trust := credential.Trust{OktaHosts: []credential.HostPort{{Host: "okta.corp.example", Port: "8443"}}}
			got, err := Resolve(t.Context(), client, trust, base(t, custom))
			var untrusted *UntrustedHostError
			if got != nil || !errors.As(err, &untrusted) {
				t.Fatalf("%+v, error %v (%T)", got, err, err)
			}
			assertText(t, err, "login.acme.example is not trusted with an Okta credential: ", test.reason, `SEKOIA_TRUSTED_OKTA_HOSTS="login.acme.example"`)
			for _, shown := range []error{err, untrusted.Err} {
				if shown != nil && strings.Contains(shown.Error(), canary) {
					t.Errorf("%T shows the body: %v", shown, shown)
				}
			}
			assertCalls(t, network, test.calls)
		})
	}
}

func TestResolveAsksNobodyForAURLThatIsRefused(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ base, host, reason string }{
		"http":                {base: "http://acme.okta.com", host: "acme.okta.com", reason: "http, not https"},
		"another port":        {base: "https://acme.okta.com:8443", host: "acme.okta.com:8443", reason: "8443"},
		"a password":          {base: "https://user" + ":canary@acme.okta.com", host: "acme.okta.com", reason: "user name or a password"},
		"no scheme":           {base: "acme.okta.com", host: "a URL without a host", reason: "scheme"},
		"loopback, untrusted": {base: "https://127.0.0.1:8443", host: "127.0.0.1:8443", reason: "this machine"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			network, client := mocked(t)
			_, err := Resolve(t.Context(), client, credential.Trust{}, base(t, test.base))
			var untrusted *UntrustedHostError
			if !errors.As(err, &untrusted) || untrusted.Host != test.host {
				t.Fatalf("error %v (%T) about %+v", err, err, untrusted)
			}
			assertText(t, err, test.reason, credential.TrustedOktaHostsVariable)
			if strings.Contains(fmt.Sprintf("%v %+v", err, untrusted), "canary") {
				t.Errorf("the error shows the password: %v", err)
			}
			assertCalls(t, network, 0)
		})
	}
}

func TestResolveOfNoURLIsRefused(t *testing.T) {
	t.Parallel()
	_, client := mocked(t)
	_, err := Resolve(t.Context(), client, credential.Trust{}, nil)
	assertText(t, err, "a URL without a host", credential.TrustedOktaHostsVariable)
}

func TestACallerThatGivesUpIsNoReasonToDistrustAHost(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		for _, asked := range []string{custom, acme} {
			network, client := mocked(t)
			var held atomic.Bool
			hold := func(request *http.Request) (*http.Response, error) {
				held.Store(true)
				<-request.Context().Done()
				return nil, request.Context().Err()
			}
			responders := map[string]httpmock.Responder{custom: always(http.StatusOK, wellKnown("00o1", acme, ""))}
			responders[asked] = hold
			answers(t, network, responders)
			ctx, cancel := context.WithCancel(t.Context())
			done := make(chan error, 1)
			go func() {
				_, err := Resolve(ctx, client, credential.Trust{}, base(t, custom))
				done <- err
			}()
			synctest.Wait()
			if !held.Load() {
				t.Fatal("the call is not under way")
			}
			cancel()
			if err := <-done; !errors.Is(err, context.Canceled) || errors.As(err, new(*UntrustedHostError)) {
				t.Errorf("error %v (%T)", err, err)
			}
		}
	})
}

func TestACustomDomainThatIsLateIsNotTrusted(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		network, client := mocked(t)
		answers(t, network, map[string]httpmock.Responder{custom: func(request *http.Request) (*http.Response, error) {
			<-request.Context().Done()
			return nil, request.Context().Err()
		}})
		ctx, cancel := context.WithTimeout(t.Context(), transport.DefaultRequestTimeout/2)
		defer cancel()
		_, err := Resolve(ctx, client, credential.Trust{}, base(t, custom))
		if !errors.As(err, new(*UntrustedHostError)) || failure.Explain(err).What != "no answer in time" {
			t.Errorf("error %v (%T)", err, err)
		}
		assertText(t, err, "no answer in time")
	})
}

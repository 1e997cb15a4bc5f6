// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package credentials

import (
	"context"
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// gives are ways in which a credential can go along with a request to a place, all of them wrong.
func gives(w *World, place string) map[string]func() (*http.Request, error) {
	post := func(method, at, body string) (*http.Request, error) {
		return http.NewRequestWithContext(context.Background(), method, at, strings.NewReader(body))
	}
	header := func(name, value string) func() (*http.Request, error) {
		return func() (*http.Request, error) {
			req, err := post(http.MethodGet, place, "")
			if err == nil {
				req.Header[name] = []string{value}
			}
			return req, err
		}
	}
	in := func(method, at, body string) func() (*http.Request, error) {
		return func() (*http.Request, error) { return post(method, at, body) }
	}
	token := w.ready.OktaToken
	return map[string]func() (*http.Request, error){
		"the Authorization header":    header("Authorization", "SSWS "+token),
		"the header in lower case":    header("authorization", "Bearer "+w.ready.SekoiaAPIKey),
		"an access token":             header("Authorization", "Bearer of-a-service-app"),
		"a proof":                     header("Dpop", "eyJ"),
		"a cookie":                    header("Cookie", "sid=1"),
		"a header of another name":    header("X-Api-Key", base64.StdEncoding.EncodeToString([]byte(token))),
		"the query":                   in(http.MethodGet, place+"?token="+url.QueryEscape(token), ""),
		"the path":                    in(http.MethodGet, place+"/"+w.ready.SekoiaAPIKey, ""),
		"userinfo":                    in(http.MethodGet, strings.Replace(place, "://", "://user:"+token+"@", 1), ""),
		"the body":                    in(http.MethodPost, place, `{"apikey":"`+token+`"}`),
		"an assertion":                in(http.MethodPost, place, "grant_type=client_credentials&client_assertion=eyJ"),
		"the private key":             in(http.MethodPost, place, url.QueryEscape(w.key)),
		"an account at Sekoia":        in(http.MethodPatch, "https://"+sekoiaHost+"/v1/symphony/module-configurations/x", `{"value":{"base_url":"`+place+`","apikey":"`+token+`"}}`),
		"Okta's token as Sekoia's":    in(http.MethodPost, "https://"+sekoiaHost+"/v1/me", `{"note":"`+token+`"}`),
		"Sekoia's key at Okta's host": in(http.MethodGet, "https://"+ownHost+"/"+w.ready.SekoiaAPIKey, ""),
	}
}

// TestLeaksAreSeen gives a credential away on purpose, in every cell of the choice and in each way in turn: each has to
// be WRONG.
func TestLeaksAreSeen(t *testing.T) {
	t.Parallel()
	names := []string{
		"the Authorization header", "the header in lower case", "an access token", "a proof", "a cookie", "a header of another name", "the query", "the path",
		"userinfo", "the body", "an assertion", "the private key", "an account at Sekoia", "Okta's token as Sekoia's", "Sekoia's key at Okta's host",
	}
	seen := map[string]int{}
	for row, some := range Cases(false) {
		for column, one := range some {
			if (row+column)%leakChoice != 0 {
				continue
			}
			name := names[(row*7+column/leakChoice)%len(names)]
			one.leak = func(_ context.Context, w *World, _ string) error {
				give := gives(w, "https://"+evilHost)[name]
				req, err := give()
				if err != nil {
					return err
				}
				answered, err := w.RoundTrip(req)
				if err == nil {
					_ = answered.Body.Close()
				}
				return nil
			}
			result := run(t, one)
			if result.Outcome != Wrong || !strings.Contains(strings.Join(result.Complaints, "\n"), "was s") {
				t.Errorf("%s: %s was given away, and it is %s", one, name, result.Outcome)
			}
			seen[name]++
		}
	}
	for _, name := range names {
		if seen[name] == 0 {
			t.Errorf("nothing was given away by %s", name)
		}
	}
}

// leakChoice is the share of the cells in which a credential is given away: one of so many.
const leakChoice = 40

// TestWhatIsStoredIsSeen shows that a token with a URL that it may not go to is found in Sekoia, however it came there.
func TestWhatIsStoredIsSeen(t *testing.T) {
	t.Parallel()
	for _, host := range Hosts(okta) {
		if host.rule != Never || host.harmless {
			continue
		}
		w := &internet{allowed: map[string][]string{okta: {"https://" + ownHost}}}
		if stored := host.URL(okta); w.mayStore(stored) {
			t.Errorf("%s: %q may be stored", host.Name, stored)
		}
	}
}

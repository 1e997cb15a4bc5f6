// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package okta

import (
	"errors"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// wellKnown is an organization's metadata as Okta writes them (Okta API 2026.06.3,
// WellKnownOrgMetadataResponseCustomUrlOie).
func wellKnown(id, host, alternate string) string {
	links := `"organization":{"href":"` + host + `"}`
	if alternate != "" {
		links += `,"alternate":{"href":"` + alternate + `"}`
	}
	return `{"id":"` + id + `","_links":{` + links + `},"pipeline":"idx"}`
}

func TestMetadataOfAnOddShape(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		body string
		want *Organization
		err  string
	}{
		"no links":              {body: `{"id":"00o1","pipeline":"idx"}`, want: &Organization{API: origin(t, acme), ID: "00o1", Pipeline: "idx"}},
		"links that are null":   {body: `{"id":"00o1","_links":null}`, want: &Organization{API: origin(t, acme), ID: "00o1"}},
		"hrefs of odd types":    {body: `{"id":"00o1","_links":{"organization":{"href":7},"alternate":"x","self":{}}}`, want: &Organization{API: origin(t, acme), ID: "00o1"}},
		"further fields":        {body: `{"id":"00o1","_links":{"organization":{"hints":{},"href":"h"}},"new":[1]}`, want: &Organization{API: origin(t, acme), ID: "00o1", Host: "h"}},
		"a pipeline of no kind": {body: `{"id":"00o1","pipeline":3}`, want: &Organization{API: origin(t, acme), ID: "00o1"}},
		"an unknown pipeline":   {body: `{"id":"00o1","pipeline":"v9"}`, want: &Organization{API: origin(t, acme), ID: "00o1", Pipeline: "v9"}},
		"no id":                 {body: `{"pipeline":"idx"}`, err: "it has no organization's id"},
		"an id of no kind":      {body: `{"id":{}}`, err: "it has no organization's id"},
		"an id with a line":     {body: `{"id":"00o1\ncanary"}`, err: "it has no organization's id"},
		"an id that is long":    {body: `{"id":"` + strings.Repeat("a", 65) + `"}`, err: "it has no organization's id"},
		"null":                  {body: `null`, err: "it is not an organization's metadata"},
		"a page":                {body: `<html>canary</html>`, err: "HTML"},
		"an empty body":         {body: ``, err: "its body is empty"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			network, client := mocked(t)
			network.RegisterResponder(http.MethodGet, acme+wellKnownPath, always(http.StatusOK, test.body))
			got, err := fetchOrganization(t.Context(), client, origin(t, acme))
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
			if test.err == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			if _, ok := errors.AsType[*NotOktaError](err); !ok {
				t.Fatalf("error %v (%T), want none of Okta's", err, err)
			}
			assertText(t, err, "acme.okta.com is not an Okta organization: it answered 200 to GET /.well-known/okta-organization, but ", test.err)
			if strings.Contains(err.Error(), "canary") {
				t.Errorf("the error shows the body: %v", err)
			}
		})
	}
}

func TestWhatOtherAnswersSayAboutAHost(t *testing.T) {
	t.Parallel()
	const body = `{"errorCode":"E0000007","errorSummary":"canary"}`
	for name, test := range map[string]struct {
		base    string
		status  int
		body    string
		kind    error
		text    string
		showing bool
	}{
		"a 404 is no organization":            {base: acme, status: 404, body: body, kind: new(NotOktaError), text: "acme.okta.com is not an Okta organization: it answered 404 to GET /.well-known/okta-organization"},
		"a 401 is none":                       {base: acme, status: 401, body: body, kind: new(NotOktaError), text: "answered 401"},
		"a 204 is none":                       {base: acme, status: 204, kind: new(NotOktaError), text: "answered 204"},
		"a 503 of Okta's says nothing":        {base: acme, status: 503, body: body, kind: new(APIError), text: "Okta answered 503 E0000007 (canary)", showing: true},
		"a 429 of Okta's says nothing":        {base: acme, status: 429, body: body, kind: new(APIError), text: "Okta answered 429", showing: true},
		"a 503 of another host shows no body": {base: "https://okta.corp.example:8443", status: 503, body: body, kind: new(APIError), text: "Okta answered 503 Service Unavailable to GET"},
		"half an answer is no organization":   {base: acme, status: 200, body: `{"id":"canary`, kind: new(NotOktaError), text: "cut off after 13 bytes"},
		"a page of another host is not shown": {base: "https://okta.corp.example:8443", status: 200, body: `canary`, kind: new(NotOktaError), text: "okta.corp.example:8443 is not an Okta organization: it answered 200"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			network, httpClient := mocked(t)
			network.RegisterResponder(http.MethodGet, test.base+wellKnownPath, always(test.status, test.body))
			_, err := fetchOrganization(t.Context(), httpClient, origin(t, test.base))
			if reflect.TypeOf(err) != reflect.TypeOf(test.kind) {
				t.Fatalf("error %v (%T), want %T", err, err, test.kind)
			}
			assertText(t, err, test.text)
			if got := strings.Contains(err.Error(), "canary"); got != test.showing {
				t.Errorf("the error shows the body: %t: %v", got, err)
			}
			assertCalls(t, network, 1)
		})
	}
}

func TestOfAHostThatRedirectsElsewhereLittleIsShown(t *testing.T) {
	t.Parallel()
	for _, elsewhere := range []string{"https://" + strings.Repeat("a", 500) + ".example/", strings.Repeat("a", 500) + "://x"} {
		network, httpClient := mocked(t)
		network.RegisterResponder(http.MethodGet, acme+wellKnownPath, always(http.StatusFound, "", "Location: "+elsewhere))
		_, err := fetchOrganization(t.Context(), httpClient, origin(t, acme))
		assertText(t, err, "with a redirect to ", "aaa…")
		if strings.Contains(err.Error(), strings.Repeat("a", 200)) {
			t.Errorf("it shows %v", err)
		}
	}
}

// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package okta

import (
	"context"
	"errors"
	"net/http"
	"reflect"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"
)

// wellKnown is an organisation's metadata as Okta writes them (Okta API 2026.06.3,
// WellKnownOrgMetadataResponseCustomUrlOie).
func wellKnown(id, pipeline, host, alternate string) string {
	links := `"organization":{"href":"` + host + `"}`
	if alternate != "" {
		links += `,"alternate":{"href":"` + alternate + `"}`
	}
	return `{"id":"` + id + `","_links":{` + links + `},"pipeline":"` + pipeline + `"}`
}

func TestOrganizationIsReadOnceAndWithoutCredentials(t *testing.T) {
	t.Parallel()
	network, client := acmeClient(t)
	network.RegisterResponder(http.MethodGet, acme+wellKnownPath, func(request *http.Request) (*http.Response, error) {
		if got := request.Header.Values("Authorization"); got != nil {
			t.Errorf("Authorization %q", got)
		}
		return reply(http.StatusOK, wellKnown("00o1", "idx", acme, "https://login.acme.example")), nil
	})
	want := &Organization{ID: "00o1", Pipeline: "idx", Host: acme, Alternate: "https://login.acme.example"}
	for range 3 {
		got, err := client.Organization(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
		got.ID = "changed by a caller"
	}
	assertCalls(t, network, 1)
}

func TestCallersAtTheSameTimeShareOneCall(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		network, client := acmeClient(t)
		release := make(chan struct{})
		network.RegisterResponder(http.MethodGet, acme+wellKnownPath, func(*http.Request) (*http.Response, error) {
			<-release
			return reply(http.StatusOK, wellKnown("00o1", "idx", acme, "")), nil
		})
		var group sync.WaitGroup
		for range 8 {
			group.Go(func() {
				if _, err := client.Organization(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
		synctest.Wait()
		impatient, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := client.Organization(impatient); !errors.Is(err, context.Canceled) {
			t.Errorf("error %v of a caller that does not wait", err)
		}
		close(release)
		group.Wait()
		assertCalls(t, network, 1)
	})
}

func TestAFailureIsNotRemembered(t *testing.T) {
	t.Parallel()
	network, client := acmeClient(t)
	network.RegisterResponder(http.MethodGet, acme+wellKnownPath,
		always(http.StatusServiceUnavailable, "").Then(always(http.StatusOK, wellKnown("00o1", "v1", acme, ""))))
	if _, err := client.Organization(t.Context()); err == nil {
		t.Fatal("no error")
	}
	got, err := client.Organization(t.Context())
	if err != nil || got.IdentityEngine() {
		t.Errorf("%+v, error %v, want a Classic Engine organisation", got, err)
	}
	assertCalls(t, network, 2)
}

func TestAKnownOrganizationIsNotAskedForAgain(t *testing.T) {
	t.Parallel()
	network, httpClient := mocked(t)
	client := New(Config{HTTP: httpClient, Origin: origin(t, acme), Organization: &Organization{ID: "00o1", Pipeline: "idx"}})
	got, err := client.Organization(t.Context())
	if err != nil || got.ID != "00o1" || !got.IdentityEngine() {
		t.Errorf("%+v, error %v", got, err)
	}
	assertCalls(t, network, 0)
}

func TestMetadataOfAnOddShape(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		body string
		want *Organization
		err  string
	}{
		"no links":              {body: `{"id":"00o1","pipeline":"idx"}`, want: &Organization{ID: "00o1", Pipeline: "idx"}},
		"links that are null":   {body: `{"id":"00o1","_links":null}`, want: &Organization{ID: "00o1"}},
		"hrefs of odd types":    {body: `{"id":"00o1","_links":{"organization":{"href":7},"alternate":"x","self":{}}}`, want: &Organization{ID: "00o1"}},
		"further fields":        {body: `{"id":"00o1","_links":{"organization":{"hints":{},"href":"h"}},"new":[1]}`, want: &Organization{ID: "00o1", Host: "h"}},
		"a pipeline of no kind": {body: `{"id":"00o1","pipeline":3}`, want: &Organization{ID: "00o1"}},
		"an unknown pipeline":   {body: `{"id":"00o1","pipeline":"v9"}`, want: &Organization{ID: "00o1", Pipeline: "v9"}},
		"no id":                 {body: `{"pipeline":"idx"}`, err: "it has no organisation's id"},
		"an id of no kind":      {body: `{"id":{}}`, err: "it has no organisation's id"},
		"an id with a line":     {body: `{"id":"00o1\ncanary"}`, err: "it has no organisation's id"},
		"an id that is long":    {body: `{"id":"` + strings.Repeat("a", 65) + `"}`, err: "it has no organisation's id"},
		"null":                  {body: `null`, err: "it is null where an organisation's metadata was expected"},
		"a page":                {body: `<html>canary</html>`, err: "HTML"},
		"an empty body":         {body: ``, err: "its body is empty"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			network, client := acmeClient(t)
			network.RegisterResponder(http.MethodGet, acme+wellKnownPath, always(http.StatusOK, test.body))
			got, err := client.Organization(t.Context())
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
			assertText(t, err, "acme.okta.com is not an Okta organization: it answered 200 to GET /.well-known/okta-organization, and ", test.err)
			assertUnexpected(t, err)
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
		"a 404 is no organisation":            {base: acme, status: 404, body: body, kind: new(NotOktaError), text: "acme.okta.com is not an Okta organization: it answered 404 to GET /.well-known/okta-organization"},
		"a 401 is none":                       {base: acme, status: 401, body: body, kind: new(NotOktaError), text: "answered 401"},
		"a 204 is none":                       {base: acme, status: 204, kind: new(NotOktaError), text: "answered 204"},
		"a 503 of Okta's says nothing":        {base: acme, status: 503, body: body, kind: new(APIError), text: "Okta answered 503 E0000007 (canary)", showing: true},
		"a 429 of Okta's says nothing":        {base: acme, status: 429, body: body, kind: new(APIError), text: "Okta answered 429", showing: true},
		"a 503 of another host shows no body": {base: "https://okta.corp.example:8443", status: 503, body: body, kind: new(APIError), text: "Okta answered 503 Service Unavailable to GET"},
		"half an answer says nothing":         {base: acme, status: 200, body: `{"id":"canary`, kind: new(UnexpectedAnswerError), text: "its JSON is cut off after 13 bytes"},
		"a page of another host is not shown": {base: "https://okta.corp.example:8443", status: 200, body: `canary`, kind: new(NotOktaError), text: "okta.corp.example:8443 is not an Okta organization: it answered 200"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			network, httpClient := mocked(t)
			network.RegisterResponder(http.MethodGet, test.base+wellKnownPath, always(test.status, test.body))
			_, err := New(Config{HTTP: httpClient, Origin: origin(t, test.base)}).Organization(t.Context())
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

// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package sekoia_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/jarcoal/httpmock"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/sekoia"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/credential"
)

func TestOutgoingIPs(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		status int
		body   string
		want   []string
		fails  string
	}{
		"a list":                      {body: `["192.0.2.1","198.51.100.0/24","2001:db8::1"]`, want: []string{"192.0.2.1", "198.51.100.0/24", "2001:db8::1"}},
		"a list with a repeat":        {body: `["192.0.2.1","192.0.2.1"]`, want: []string{"192.0.2.1"}},
		"an object with one list":     {body: `{"total":1,"items":["192.0.2.1"]}`, fails: "it is a JSON object"},
		"lines":                       {body: "192.0.2.1\n192.0.2.2\r\n", fails: "it is not JSON"},
		"a list of objects":           {body: `[{"ip":"192.0.2.1"}]`, fails: "it is a JSON object"},
		"a number":                    {body: `7`, fails: "it is a JSON number"},
		"null":                        {body: `null`, fails: "it is null"},
		"an empty list":               {body: `[]`, fails: "it lists no address"},
		"an entry that is no address": {body: `["192.0.2.1","somewhere"]`, fails: "an entry is not an IP address"},
		"plain text":                  {body: "There is nothing here", fails: "it is not JSON"},
		"a page":                      {body: "<html>", fails: "HTML"},
		"nothing":                     {body: "", fails: "it is empty"},
		"a refusal":                   {status: http.StatusNotFound, body: `{"code":"c","message":"m"}`, fails: "404 (c: m)"},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if test.status == 0 {
				test.status = http.StatusOK
			}
			mock, client := newCloud(t)
			mock.RegisterResponder(http.MethodGet, baseURL+"/outgoing-ips", httpmock.NewStringResponder(test.status, test.body))
			got, err := client.OutgoingIPs(t.Context())
			if test.fails == "" && (err != nil || !slices.Equal(got, test.want)) {
				t.Errorf("the addresses are %v, %v", got, err)
			}
			if test.fails != "" && (got != nil || err == nil || !strings.Contains(err.Error(), test.fails)) {
				t.Errorf("want an error saying %q, not %v, %v", test.fails, got, err)
			}
			if len(mock.calls) != 1 || mock.calls[0].Header.Get("Authorization") != "" {
				t.Errorf("the calls are %+v", mock.calls)
			}
		})
	}
}

func TestOutgoingIPsNeedNoKey(t *testing.T) {
	t.Parallel()
	mock, _ := newCloud(t)
	mock.RegisterResponder(http.MethodGet, baseURL+"/outgoing-ips", httpmock.NewStringResponder(http.StatusOK, `["192.0.2.1"]`))
	client := sekoia.New(sekoia.Config{HTTP: &http.Client{Transport: mock}, BaseURL: &url.URL{Scheme: "https", Host: "api.sekoia.test"}})
	if got, err := client.OutgoingIPs(t.Context()); err != nil || len(got) != 1 {
		t.Errorf("without a key: %v, %v", got, err)
	}
	if _, err := client.Me(t.Context()); err == nil || !strings.Contains(err.Error(), "no API key is set") {
		t.Errorf("another call without a key: %v", err)
	}
}

// In three regions the list is on another host than the API, however that one is written.
func TestOutgoingIPsAreOnTheRegionsPublicHost(t *testing.T) {
	t.Parallel()
	wanted := map[string]string{
		"https://APP.Fra2.sekoia.io/api":     "https://api.fra2.sekoia.io",
		"https://app.fra2.sekoia.io:443/api": "https://api.fra2.sekoia.io",
		"https://app.fra2.example/api":       "https://app.fra2.example/api",
	}
	for _, region := range append(sekoia.Regions(), "bra1") {
		base, _ := sekoia.RegionBaseURL(region)
		wanted[base] = "https://api." + region + ".sekoia.io"
		if region == sekoia.DefaultRegion {
			wanted[base] = "https://api.sekoia.io"
		}
	}
	for base, want := range wanted {
		t.Run(base, func(t *testing.T) {
			t.Parallel()
			parsed, err := url.Parse(base)
			wantNoError(t, err)
			mock := httpmock.NewMockTransport()
			mock.RegisterResponder(http.MethodGet, want+"/outgoing-ips", httpmock.NewStringResponder(http.StatusOK, `["192.0.2.1"]`))
			client := sekoia.New(sekoia.Config{HTTP: &http.Client{Transport: mock}, BaseURL: parsed, APIKey: credential.NewSecret(apiKey)})
			if got, err := client.OutgoingIPs(t.Context()); err != nil || len(got) != 1 {
				t.Errorf("%v, %v", got, err)
			}
		})
	}
}

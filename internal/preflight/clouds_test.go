// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package preflight_test

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jarcoal/httpmock"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/preflight"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/sekoia"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/credential"
)

const (
	oktaURL      = "https://acme.okta.com"
	customURL    = "https://id.acme.example"
	sekoiaURL    = "https://api.sekoia.io"
	wellKnown    = "/.well-known/okta-organization"
	devices      = "/api/v1/devices?limit=200"
	me           = "/v1/me"
	permissions  = "/v1/me/permissions"
	communities  = "/v1/me/communities"
	catalogue    = "/v1/symphony/connectors/" + sekoia.OktaDeviceConnectorID
	oktaModule   = "/v1/symphony/modules/" + sekoia.OktaModuleID
	organization = "00o1acme0000000000x7"
	communityOne = "aaaaaaaa-1111-4111-8111-111111111111"
	communityTwo = "bbbbbbbb-2222-4222-8222-222222222222"
	goodToken    = "00token-that-works-0000000000000000000000x"
	goodKey      = "key-that-works"
)

// clouds are both clouds as httpmock answers for them, all well to begin with.
type clouds struct {
	t       *testing.T
	mock    *httpmock.MockTransport
	trust   credential.Trust
	retries int
	noKey   bool
	usual   map[string]httpmock.Responder
}

func newClouds(t *testing.T) *clouds {
	t.Helper()
	c := &clouds{t: t, mock: httpmock.NewMockTransport(), retries: transport.DefaultMaxRetries, usual: map[string]httpmock.Responder{}}
	c.answer(oktaURL+wellKnown, http.StatusOK, wellKnownBody("idx", oktaURL, customURL))
	c.answer(oktaURL+devices, http.StatusOK, "["+device("guo1", "")+"]")
	c.answer(sekoiaURL+me, http.StatusOK, `{"uuid":"33333333-3333-4333-8333-333333333333"}`)
	c.answer(sekoiaURL+permissions, http.StatusOK, permissionsBody(allPermissions...))
	c.answer(sekoiaURL+communities, http.StatusOK, communitiesBody(communityOne))
	c.answer(sekoiaURL+catalogue, http.StatusOK, `{"uuid":"`+sekoia.OktaDeviceConnectorID+`","name":"Okta Devices"}`)
	c.answer(sekoiaURL+oktaModule, http.StatusOK, `{"uuid":"`+sekoia.OktaModuleID+`","name":"Okta","version":"2.10.0"}`)
	return c
}

// answer makes a GET of target answer so from now on. Headers go name, value, name, value.
func (c *clouds) answer(target string, status int, body string, headers ...string) {
	c.respond(target, func(*http.Request) (*http.Response, error) {
		answer := httpmock.NewStringResponse(status, body)
		answer.Header.Set("Content-Type", "application/json")
		for i := 0; i+1 < len(headers); i += 2 {
			answer.Header.Set(headers[i], headers[i+1])
		}
		return answer, nil
	})
}

// fail makes a GET of target fail on the network.
func (c *clouds) fail(target string, err error) {
	c.respond(target, func(*http.Request) (*http.Response, error) { return nil, err })
}

// hiccup makes the next GET of target an outage, and leaves what follows as it was.
func (c *clouds) hiccup(target string) {
	usual := c.usual[target]
	var calls atomic.Int32
	c.respond(target, func(r *http.Request) (*http.Response, error) {
		if calls.Add(1) == 1 {
			return httpmock.NewStringResponse(http.StatusServiceUnavailable, ""), nil
		}
		return usual(r)
	})
}

// hang makes a GET of target last until the caller's time ends.
func (c *clouds) hang(target string) {
	c.respond(target, func(r *http.Request) (*http.Response, error) {
		<-r.Context().Done()
		return nil, r.Context().Err()
	})
}

// respond also sees to it that each call carries the credential that it may, and no other.
func (c *clouds) respond(target string, responder httpmock.Responder) {
	c.usual[target] = responder
	want := "SSWS " + goodToken
	switch {
	case strings.HasSuffix(target, wellKnown):
		want = ""
	case strings.HasPrefix(target, sekoiaURL):
		want = "Bearer " + goodKey
	}
	c.mock.RegisterResponder(http.MethodGet, target, func(r *http.Request) (*http.Response, error) {
		if got := r.Header.Get("Authorization"); got != want {
			c.t.Errorf("GET %s carried the credential %q, want %q", target, got, want)
		}
		return responder(r)
	})
}

func (c *clouds) tester() *preflight.Tester {
	c.t.Helper()
	client, err := transport.New(transport.Options{UserAgent: "test", MaxRetries: c.retries, Base: c.mock})
	if err != nil {
		c.t.Fatal(err)
	}
	config := preflight.TesterConfig{HTTP: client, Trust: c.trust}
	if !c.noKey {
		config.Sekoia = sekoia.New(sekoia.Config{HTTP: client, BaseURL: parse(c.t, sekoiaURL), APIKey: credential.NewSecret(goodKey)})
	}
	return preflight.NewTester(config)
}

// calls counts the calls since the start, by URL.
func (c *clouds) calls() map[string]int {
	counts := c.mock.GetCallCountInfo()
	maps.DeleteFunc(counts, func(_ string, n int) bool { return n == 0 })
	return counts
}

func (c *clouds) wantCalls(want map[string]int) {
	c.t.Helper()
	if diff := cmp.Diff(want, c.calls()); diff != "" {
		c.t.Errorf("calls (-want +got):\n%s", diff)
	}
}

// called makes what calls returns for one call each.
func called(targets ...string) map[string]int {
	counts := map[string]int{}
	for _, target := range targets {
		counts["GET "+target]++
	}
	return counts
}

// sekoiaCalls are the five calls that a test makes to Sekoia where all is well.
var sekoiaCalls = []string{sekoiaURL + me, sekoiaURL + permissions, sekoiaURL + communities, sekoiaURL + catalogue, sekoiaURL + oktaModule}

// allCalls are the calls of a test where all is well.
var allCalls = append([]string{oktaURL + wellKnown, oktaURL + devices}, sekoiaCalls...)

func goodInput(t *testing.T) preflight.Input {
	t.Helper()
	return preflight.Input{OktaBaseURL: parse(t, oktaURL), OktaToken: credential.NewSecret(goodToken), CommunityID: communityOne}
}

func parse(t *testing.T, raw string) *url.URL {
	t.Helper()
	u, err := url.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func wellKnownBody(pipeline, host, alternate string) string {
	return fmt.Sprintf(`{"id":%q,"pipeline":%q,"_links":{"organization":{"href":%q},"alternate":{"href":%q}}}`,
		organization, pipeline, host, alternate)
}

// device is a device as Okta writes it, without the named field of its profile.
func device(id, without string) string {
	fields := []string{
		`"displayName":"Device 001"`, `"platform":"MACOS"`, `"registered":true`, `"secureHardwarePresent":true`, `"serialNumber":"SN001"`,
	}
	kept := fields[:0]
	for _, field := range fields {
		if without == "" || !strings.HasPrefix(field, `"`+without+`"`) {
			kept = append(kept, field)
		}
	}
	return fmt.Sprintf(`{"id":%q,"status":"ACTIVE","created":"2026-01-02T03:04:05.000Z","lastUpdated":"2026-01-02T03:04:05.000Z","profile":{%s}}`,
		id, strings.Join(kept, ","))
}

func oktaError(code, summary string) string {
	return fmt.Sprintf(`{"errorCode":%q,"errorSummary":%q,"errorLink":%q,"errorId":"oae-1","errorCauses":[]}`, code, summary, code)
}

var allPermissions = []string{
	sekoia.PermissionManagePlaybooks.ID, sekoia.PermissionManageIntakes.ID, sekoia.PermissionEditAssetConnectors.ID,
	sekoia.PermissionViewIntegrations.ID, sekoia.PermissionViewPlaybooks.ID, sekoia.PermissionViewIntakes.ID, sekoia.PermissionViewPlaybookRuns.ID,
}

func permissionsBody(ids ...string) string {
	var items []string
	for i, id := range ids {
		items = append(items, fmt.Sprintf(`{"uuid":%q,"bitmask_id":%d,"name":"p%d","title":"Title"}`, id, i, i))
	}
	return fmt.Sprintf(`{"total":%d,"items":[%s]}`, len(ids), strings.Join(items, ","))
}

// communitiesBody lists the first with all others below it.
func communitiesBody(ids ...string) string {
	if len(ids) == 0 {
		return `{"total":0,"items":[]}`
	}
	var below []string
	for _, id := range ids[1:] {
		below = append(below, fmt.Sprintf("%q", id))
	}
	return fmt.Sprintf(`{"total":1,"items":[{"uuid":%q,"subcommunities":[%s]}]}`, ids[0], strings.Join(below, ","))
}

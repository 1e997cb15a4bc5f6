// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package sekoia_test

import (
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/sekoia"
)

func TestMe(t *testing.T) {
	t.Parallel()
	mock, client := newCloud(t)
	mock.on(http.MethodGet, "/v1/me", 200, `{"uuid":"user-001","email":"user001@example.com","extra":[1]}`)
	profile, err := client.Me(t.Context())
	wantNoError(t, err)
	if diff := cmp.Diff(&sekoia.Profile{ID: "user-001"}, profile); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	mock.expect(t, "GET /v1/me")
	if query := mock.last(t).Query; len(query) != 0 {
		t.Errorf("asked with %v", query)
	}
}

func TestPermissions(t *testing.T) {
	t.Parallel()
	mock, client := newCloud(t)
	mock.on(http.MethodGet, "/v1/me/permissions", 200, `{"total":2,"items":[
		{"uuid":"2f0da527-2cf1-4a00-8f4c-033bfb43ddeb","bitmask_id":7,"name":"SIC_READ_INTAKES","title":"View intakes"},
		{"uuid":"p2","name":null,"title":5}]}`)
	permissions, err := client.Permissions(t.Context())
	wantNoError(t, err)
	want := []sekoia.Permission{
		{ID: sekoia.PermissionViewIntakes.ID}, {ID: "p2"},
	}
	if diff := cmp.Diff(want, permissions); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	mock.expect(t, "GET /v1/me/permissions")
}

func TestCommunities(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		body string
		want []string
	}{
		"one":                           {`{"total":1,"items":[{"uuid":"a"}]}`, []string{"a"}},
		"none":                          {`{"total":0,"items":[]}`, []string{}},
		"null as subcommunities":        {`{"total":1,"items":[{"uuid":"a","subcommunities":null}]}`, []string{"a"}},
		"one with subcommunities":       {`{"total":1,"items":[{"uuid":"a","subcommunities":["b","c"]}]}`, []string{"a", "b", "c"}},
		"several, order kept":           {`{"total":2,"items":[{"uuid":"z","subcommunities":["b"]},{"uuid":"a","subcommunities":[]}]}`, []string{"z", "b", "a"}},
		"one that is listed twice":      {`{"total":2,"items":[{"uuid":"a","subcommunities":["b"]},{"uuid":"b"},{"uuid":"A"}]}`, []string{"a", "b"}},
		"a total that counts otherwise": {`{"total":9,"items":[{"uuid":"a"}]}`, []string{"a"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			mock, client := newCloud(t)
			mock.on(http.MethodGet, "/v1/me/communities", 200, test.body)
			communities, err := client.Communities(t.Context())
			wantNoError(t, err)
			if diff := cmp.Diff(test.want, communities); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			mock.expect(t, "GET /v1/me/communities")
		})
	}
}

func TestProfileListsOfOddShape(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ path, body, reason string }{
		"permissions that are no list":  {"/v1/me/permissions", `{"total":1,"items":{}}`, "its items is a JSON object"},
		"a community without uuid":      {"/v1/me/communities", `{"total":1,"items":[{"subcommunities":["b"]}]}`, "a community has no uuid"},
		"an empty subcommunity":         {"/v1/me/communities", `{"total":1,"items":[{"uuid":"a","subcommunities":[""]}]}`, "a community has no uuid"},
		"a subcommunity that's no text": {"/v1/me/communities", `{"total":1,"items":[{"uuid":"a","subcommunities":[{"uuid":"b"}]}]}`, "its items.subcommunities is a JSON object"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			mock, client := newCloud(t)
			mock.on(http.MethodGet, test.path, 200, test.body)
			_, err := client.Communities(t.Context())
			if test.path == "/v1/me/permissions" {
				_, err = client.Permissions(t.Context())
			}
			if odd := wantError[*sekoia.UnexpectedAnswerError](t, err); odd.Reason != test.reason {
				t.Errorf("got reason %q", odd.Reason)
			}
		})
	}
}

func TestCatalogue(t *testing.T) {
	t.Parallel()
	mock, client := newCloud(t)
	connector := "/v1/symphony/connectors/" + sekoia.OktaDeviceConnectorID
	module := "/v1/symphony/modules/" + sekoia.OktaModuleID
	mock.on(http.MethodGet, connector, 200, `{"uuid":"`+sekoia.OktaDeviceConnectorID+`","name":"Okta Device","type":"asset",
		"module_uuid":"`+sekoia.OktaModuleID+`","capability":null}`)
	mock.on(http.MethodGet, module, 200, `{"uuid":"`+sekoia.OktaModuleID+`","name":"Okta","version":"2.10.0"}`)
	got, err := client.CatalogueConnector(t.Context(), sekoia.OktaDeviceConnectorID)
	wantNoError(t, err)
	want := &sekoia.CatalogueEntry{ID: sekoia.OktaDeviceConnectorID}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("connector (-want +got):\n%s", diff)
	}
	got, err = client.CatalogueModule(t.Context(), sekoia.OktaModuleID)
	wantNoError(t, err)
	if diff := cmp.Diff(&sekoia.CatalogueEntry{ID: sekoia.OktaModuleID, Version: "2.10.0"}, got); diff != "" {
		t.Errorf("module (-want +got):\n%s", diff)
	}
	mock.expect(t, "GET "+connector, "GET "+module)
	mock.on(http.MethodGet, connector, 404, `{"code":"not_found","message":"Unknown Connector"}`)
	if _, err := client.CatalogueConnector(t.Context(), sekoia.OktaDeviceConnectorID); !sekoia.IsNotFound(err) {
		t.Errorf("got %v", err)
	}
}

// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package sekoia_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jarcoal/httpmock"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/sekoia"
)

func TestCountAssets(t *testing.T) {
	t.Parallel()
	asset := `{"uuid":"u","community_uuid":"c","name":"n","type":"host"}`
	tests := map[string]struct {
		body   string
		want   int
		reason string
	}{
		"none":              {`{"total":0,"items":[]}`, 0, ""},
		"many":              {`{"total":2500,"items":[` + asset + `]}`, 2500, ""},
		"many without any":  {`{"total":2500,"items":[]}`, 2500, ""},
		"no total":          {`{"items":[` + asset + `]}`, 0, "it has no total that can be right"},
		"a total too small": {`{"total":0,"items":[` + asset + `]}`, 0, "it has no total that can be right"},
		"a negative total":  {`{"total":-3,"items":[]}`, 0, "its total is negative"},
		"no items":          {`{"total":3}`, 0, "it has no items"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			mock, client := newCloud(t)
			mock.on(http.MethodGet, assetsPath, 200, test.body)
			count, err := client.CountAssets(t.Context(), strings.ToUpper(connectorID)) // as a person may have written it
			want := url.Values{"connectors_configuration": {connectorID}, "limit": {"1"}}
			if diff := cmp.Diff(want, mock.last(t).Query); diff != "" {
				t.Errorf("query (-want +got):\n%s", diff)
			}
			mock.expect(t, "GET "+assetsPath)
			if test.reason != "" {
				if odd := wantError[*sekoia.UnexpectedAnswerError](t, err); odd.Reason != test.reason {
					t.Errorf("got reason %q", odd.Reason)
				}
				return
			}
			wantNoError(t, err)
			if count != test.want {
				t.Errorf("got %d", count)
			}
		})
	}
}

func TestAssets(t *testing.T) {
	t.Parallel()
	mock, client := newCloud(t)
	mock.on(http.MethodGet, assetsPath, 200, `{"total":2,"items":[
		{"uuid":"a1","community_uuid":"`+communityID+`","name":"laptop-001","type":"host","category":{"x":1},"revoked":true,
		 "first_seen":"2026-01-01T00:00:00Z","last_seen":null,"created_at":"2026-01-02T00:00:00Z","connectors":[
			{"uuid":"`+connectorID+`","connector_uuid":"`+sekoia.OktaDeviceConnectorID+`","first_seen":"2026-01-01T00:00:00Z",
			 "last_seen":"2026-01-03T00:00:00Z","external_id":"guo001"},
			{"uuid":"other","connector_uuid":null,"first_seen":null,"last_seen":null,"external_id":null}]},
		{"uuid":"a2","community_uuid":"`+communityID+`","name":"","type":"host","connectors":null}]}`)
	want := []sekoia.Asset{
		{
			ID: "a1", CommunityID: communityID, Name: "laptop-001", Type: "host", Revoked: true,
			FirstSeen: new("2026-01-01T00:00:00Z"), CreatedAt: new("2026-01-02T00:00:00Z"),
			Connectors: []sekoia.AssetConnector{
				{ID: connectorID, ConnectorID: new(sekoia.OktaDeviceConnectorID), FirstSeen: new("2026-01-01T00:00:00Z"),
					LastSeen: new("2026-01-03T00:00:00Z"), ExternalID: new("guo001")},
				{ID: "other"},
			},
		},
		{ID: "a2", CommunityID: communityID, Type: "host"},
	}
	got := []sekoia.Asset{}
	for asset, err := range client.Assets(t.Context(), sekoia.AssetQuery{ConnectorID: connectorID, Type: "host", Search: "lap&top", IncludeRevoked: true}) {
		wantNoError(t, err)
		got = append(got, asset)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	query := url.Values{
		"connectors_configuration": {connectorID}, "type": {"host"}, "search": {"lap&top"}, "include_revoked": {"true"},
		"limit": {"100"}, "offset": {"0"}, "sort": {"created_at"}, "direction": {"asc"},
	}
	if diff := cmp.Diff(query, mock.last(t).Query); diff != "" {
		t.Errorf("query (-want +got):\n%s", diff)
	}
	mock.expect(t, "GET "+assetsPath)
}

func TestAssetsAreFetchedAsTheyAreConsumed(t *testing.T) {
	t.Parallel()
	mock, client := newCloud(t)
	mock.respond(http.MethodGet, assetsPath, func(request *http.Request) (*http.Response, error) {
		if number(request.URL.Query(), "offset") > 99 {
			return httpmock.NewStringResponse(503, ""), nil
		}
		return shelf{n: 250}.answer(request)
	})
	assets := client.Assets(t.Context(), sekoia.AssetQuery{})
	if len(mock.calls) != 0 {
		t.Error("a call was made before anything was asked for")
	}
	read, failed := 0, 0
	for _, err := range assets {
		if err != nil {
			failed++
			if refusal := wantError[*sekoia.APIError](t, err); refusal.Status != 503 {
				t.Errorf("got %v", err)
			}
			continue // a consumer that goes on gets no more
		}
		if read++; read == 100 && len(mock.calls) != 1 {
			t.Errorf("%d calls for the first page", len(mock.calls))
		}
	}
	if read != 199 || failed != 1 || len(mock.calls) != 3 {
		t.Errorf("%d assets, %d errors, %d calls", read, failed, len(mock.calls))
	}
}

func TestAssetsStopWithTheirConsumer(t *testing.T) {
	t.Parallel()
	mock, client := newCloud(t)
	mock.on(http.MethodGet, assetsPath, 200, `{"total":250,"items":[{"uuid":"a1"},{"uuid":"a2"}]}`)
	for asset, err := range client.Assets(t.Context(), sekoia.AssetQuery{}) {
		wantNoError(t, err)
		if asset.ID != "a1" {
			t.Errorf("got %s", asset.ID)
		}
		break
	}
	mock.expect(t, "GET "+assetsPath)
}

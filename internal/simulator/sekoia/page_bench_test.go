// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package sekoia

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/simulator/wire"
)

// benchmarkItem is an OCSF object with all that the platform requires.
const benchmarkItem = `{"class_uid":5001,"type_uid":500102,"activity_id":2,"category_uid":5,` +
	`"metadata":{"version":"1.6.0","product":{"name":"Okta"}},` +
	`"device":{"uid":"guo%017d","type_id":2,"os":{"type_id":100},"hostname":"host guo%017[1]d"}}`

// benchmarkAssets are those of a large organization.
const benchmarkAssets = 20_000

// BenchmarkPage answers pages of 100 of 20,000 assets. One that the provider asks for should take 2 ms or less: what a
// benchmark of the provider measures must be the provider. Only the tests ask for those that are not by
// created_at.
func BenchmarkPage(b *testing.B) {
	held := NewStore(time.Now, 1, 1, &wire.Redactor{}, nil)
	by := &connector{document: document{"uuid": "b0000000-0000-4000-8000-000000000001", "connector_uuid": oktaDeviceConnectorID, "community_uuid": held.communities[0]}}
	for i := range benchmarkAssets {
		// Names are not in the order of creation: both factors are primes, so each comes once.
		item := pushedItem{}
		if problem := item.read(fmt.Appendf(nil, benchmarkItem, i*7_368_787%15_485_863)); problem != "" {
			b.Fatal(problem)
		}
		held.assets.add(item, by, time.Now())
	}
	handler := newCloud(held)
	const from = "/v2/asset-management/assets?limit=100&offset=10000"
	for _, page := range []struct{ name, url string }{
		{"assets", from + "&sort=created_at&direction=asc"},
		{"assets of a connector", from + "&sort=created_at&direction=asc&include_revoked=true&connectors_configuration=" + by.text("uuid")},
		{"assets, the newest first", from},
		{"assets, by the name", from + "&sort=name"},
	} {
		b.Run(page.name, func(b *testing.B) {
			for b.Loop() {
				request := httptest.NewRequest(http.MethodGet, page.url, nil)
				request.Header.Set("Authorization", "Bearer "+held.apiKey)
				answer := httptest.NewRecorder()
				handler.ServeHTTP(answer, request)
				if answer.Code != http.StatusOK || answer.Body.Len() < 10_000 {
					b.Fatal(answer.Code, answer.Body)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/1000/float64(b.N), "ms/page")
		})
	}
}

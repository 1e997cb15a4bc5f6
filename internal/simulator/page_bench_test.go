// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package simulator

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
)

// benchmarkObjects is the inventory of a large organization.
const benchmarkObjects = 20_000

// BenchmarkPage answers pages of 200 of 20,000 devices, and of 100 of 20,000 assets. One that the provider asks for
// should take 2 ms or less: what a benchmark of the provider measures must be the provider. The last two are what only
// the connector and the tests ask for.
func BenchmarkPage(b *testing.B) {
	cfg := DefaultConfig()
	cfg.Devices, cfg.Odd, cfg.Offline = benchmarkObjects, 0, true
	cfg.Communities = 1
	inv := newInventory(cfg, time.Now)
	held := newStore(cfg, time.Now, &redactor{})
	by := &connector{document: document{"uuid": "b0000000-0000-4000-8000-000000000001", "connector_uuid": oktaDeviceConnectorID, "community_uuid": held.communities[0]}}
	for _, device := range inv.list() {
		item := pushedItem{}
		if problem := item.read([]byte(pushable(device.id, fmt.Sprintf(`"hostname":"host %s"`, device.id)))); problem != "" {
			b.Fatal(problem)
		}
		held.assets.add(item, by, time.Now())
	}
	okta := newOktaHandler(inv, cfg, func() string { return testBase }, time.Now)
	sekoia := newSekoiaCloud(held, nil)
	middle := inv.list()[benchmarkObjects/2]
	for _, page := range []struct {
		name       string
		handler    http.Handler
		url        string
		credential string
	}{
		{"devices", okta, devicesPath + "?limit=200", "SSWS " + inv.token},
		{"devices from the middle", okta, devicesPath + "?limit=200&after=" + inv.cursor(nil, positionOf(middle)), "SSWS " + inv.token},
		{"devices with users", okta, devicesPath + "?limit=200&expand=userSummary", "SSWS " + inv.token},
		{"assets", sekoia, assetsPath + "?limit=100&offset=10000&sort=created_at&direction=asc", "Bearer " + held.apiKey},
		{"assets of a connector", sekoia, assetsPath + "?limit=100&offset=10000&sort=created_at&direction=asc&include_revoked=true&connectors_configuration=" + by.text("uuid"), "Bearer " + held.apiKey},
		{"assets, the newest first", sekoia, assetsPath + "?limit=100&offset=10000", "Bearer " + held.apiKey},
		{"assets, by the name", sekoia, assetsPath + "?limit=100&offset=10000&sort=name", "Bearer " + held.apiKey},
		{"devices as the connector sorts", okta, devicesPath + "?limit=200&search=created+gt+%222020-01-01T00:00:00.000Z%22&sortBy=created&sortOrder=asc", "SSWS " + inv.token},
	} {
		b.Run(page.name, func(b *testing.B) {
			for b.Loop() {
				request := httptest.NewRequest(http.MethodGet, page.url, nil)
				request.Header.Set("Authorization", page.credential)
				request.Header.Set("User-Agent", connectorUserAgent)
				answer := httptest.NewRecorder()
				page.handler.ServeHTTP(answer, request)
				if answer.Code != http.StatusOK || answer.Body.Len() < 10_000 {
					b.Fatal(answer.Code, answer.Body)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/1000/float64(b.N), "ms/page")
		})
	}
}

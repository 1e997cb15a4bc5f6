// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package okta

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/simulator/wire"
)

// benchmarkDevices is the inventory of a large organization.
const benchmarkDevices = 20_000

// BenchmarkPage answers pages of 200 of 20,000 devices. One that the provider asks for should take 2 ms or less: what a
// benchmark of the provider measures must be the provider. The last one is what only the connector asks for.
func BenchmarkPage(b *testing.B) {
	cfg := DefaultOptions()
	cfg.Devices, cfg.Odd = benchmarkDevices, 0
	inv := NewInventory(&cfg, time.Now)
	handler := NewHandler(inv, &cfg, testBase, time.Now)
	middle := inv.list()[benchmarkDevices/2]
	for _, page := range []struct{ name, url string }{
		{"devices", devicesPath + "?limit=200"},
		{"devices from the middle", devicesPath + "?limit=200&after=" + inv.cursor(nil, positionOf(middle))},
		{"devices with users", devicesPath + "?limit=200&expand=userSummary"},
		{"devices as the connector sorts", devicesPath + "?limit=200&search=created+gt+%222020-01-01T00:00:00.000Z%22&sortBy=created&sortOrder=asc"},
	} {
		b.Run(page.name, func(b *testing.B) {
			for b.Loop() {
				request := httptest.NewRequest(http.MethodGet, page.url, nil)
				request.Header.Set("Authorization", "SSWS "+inv.token)
				request.Header.Set("User-Agent", wire.ConnectorUserAgent)
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

// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package oktasdk

import (
	"net/http"
	"runtime"
	"testing"
	"time"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/okta"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/simulator"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/credential"
)

// BenchmarkListing lists 20,000 devices with this repository's client and with Okta's SDK, in turns, and reports the
// ratios of time and of allocations. The simulator is in the same process: what it allocates is in both, and makes the
// second ratio greater than it is.
func BenchmarkListing(b *testing.B) {
	const count = 20_000
	ready := start(b, func(cfg *simulator.Config) { cfg.Devices = count })
	sdk := client(b, ready, ready.OktaToken)
	home, err := credential.ParseOrigin(ready.OktaURL)
	if err != nil {
		b.Fatal(err)
	}
	carrier, err := transport.New(transport.Options{Base: http.DefaultTransport})
	if err != nil {
		b.Fatal(err)
	}
	ours := okta.New(okta.Config{HTTP: carrier, Origin: home, Token: credential.NewSecret(ready.OktaToken)})
	measured := func(list func() int) (time.Duration, uint64) {
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		begin := time.Now()
		if got := list(); got != count {
			b.Fatalf("%d devices were listed", got)
		}
		took := time.Since(begin)
		runtime.ReadMemStats(&after)
		return took, after.Mallocs - before.Mallocs
	}
	var ourTime, sdkTime time.Duration
	var ourMallocs, sdkMallocs uint64
	for b.Loop() {
		took, mallocs := measured(func() int {
			listed := 0
			for page, err := range ours.Devices(b.Context(), okta.DeviceQuery{}) {
				if err != nil {
					b.Fatal(err)
				}
				listed += len(page.Devices)
			}
			return listed
		})
		ourTime, ourMallocs = ourTime+took, ourMallocs+mallocs
		took, mallocs = measured(func() int {
			devices, err := list(b.Context(), sdk.DeviceAPI.ListDevices(b.Context()).Limit(200))
			if err != nil {
				b.Fatal(err)
			}
			return len(devices)
		})
		sdkTime, sdkMallocs = sdkTime+took, sdkMallocs+mallocs
	}
	b.ReportMetric(ourTime.Seconds()/sdkTime.Seconds(), "ours/sdk-time")
	b.ReportMetric(float64(ourMallocs)/float64(sdkMallocs), "ours/sdk-allocs")
}

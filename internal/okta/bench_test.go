// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package okta

import (
	"encoding/json"
	"fmt"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"
)

// benchmarkDevices is the inventory of a large organization.
const benchmarkDevices = 20_000

// A strictDevice is what encoding/json fills if every field has its documented type: the fields that a deviceWire has.
type strictDevice struct {
	ID          string  `json:"id"`
	Status      *string `json:"status"`
	Created     *string `json:"created"`
	LastUpdated *string `json:"lastUpdated"`
	Profile     struct {
		DisplayName           *string `json:"displayName"`
		Platform              *string `json:"platform"`
		Manufacturer          *string `json:"manufacturer"`
		Model                 *string `json:"model"`
		OSVersion             *string `json:"osVersion"`
		SerialNumber          *string `json:"serialNumber"`
		IMEI                  *string `json:"imei"`
		MEID                  *string `json:"meid"`
		UDID                  *string `json:"udid"`
		SID                   *string `json:"sid"`
		TPMPublicKeyHash      *string `json:"tpmPublicKeyHash"`
		DiskEncryptionType    *string `json:"diskEncryptionType"`
		Registered            *bool   `json:"registered"`
		SecureHardwarePresent *bool   `json:"secureHardwarePresent"`
		Managed               *bool   `json:"managed"`
		IntegrityJailbreak    *bool   `json:"integrityJailbreak"`
	} `json:"profile"`
	ResourceDisplayName *struct {
		Value     *string `json:"value"`
		Sensitive *bool   `json:"sensitive"`
	} `json:"resourceDisplayName"`
}

// fullPages are the benchmark's devices, in pages as Okta sends them.
func fullPages() []string {
	pages := make([]string, 0, benchmarkDevices/PageSize)
	for begin := 0; begin < benchmarkDevices; begin += PageSize {
		devices := make([]string, PageSize)
		for i := range devices {
			devices[i] = deviceJSON(begin + i)
		}
		pages = append(pages, "["+strings.Join(devices, ",")+"]")
	}
	return pages
}

// decodeAll decodes the pages one after the other and says how long that took.
func decodeAll(b *testing.B, pages []string, decode func([]byte) (int, error)) time.Duration {
	b.Helper()
	begin := time.Now()
	for _, page := range pages {
		if count, err := decode([]byte(page)); err != nil || count != PageSize {
			b.Fatalf("%d devices, error %v", count, err)
		}
	}
	return time.Since(begin)
}

func decodeLenient(page []byte) (int, error) {
	devices, _, err := decodeList(&answer{body: page}, "devices", (*deviceWire).device)
	return len(devices), err
}

func decodeStrict(page []byte) (int, error) {
	var devices []strictDevice
	err := json.Unmarshal(page, &devices)
	return len(devices), err
}

// BenchmarkDecode reads 20,000 devices in pages of 200: leniently, as this package does, and with encoding/json into a
// strict struct. "ratio" does both in turns, page by page, and reports lenient/strict: below 1, leniency costs nothing.
func BenchmarkDecode(b *testing.B) {
	pages := fullPages()
	b.Run("lenient", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			decodeAll(b, pages, decodeLenient)
		}
	})
	b.Run("strict", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			decodeAll(b, pages, decodeStrict)
		}
	})
	b.Run("ratio", func(b *testing.B) {
		var lenient, strict time.Duration
		for b.Loop() {
			for i := range pages {
				lenient += decodeAll(b, pages[i:i+1], decodeLenient)
				strict += decodeAll(b, pages[i:i+1], decodeStrict)
			}
		}
		b.ReportMetric(lenient.Seconds()/strict.Seconds(), "lenient/strict")
	})
}

// BenchmarkDevices lists 20,000 devices through the whole client, over a network that takes no time.
func BenchmarkDevices(b *testing.B) {
	pages := fullPages()
	network, client := acmeClient(b)
	network.RegisterResponder(http.MethodGet, acmeDevice, func(request *http.Request) (*http.Response, error) {
		number := 0
		_, _ = fmt.Sscan(request.URL.Query().Get("after"), &number)
		if number == len(pages)-1 {
			return reply(http.StatusOK, pages[number]), nil
		}
		return reply(http.StatusOK, pages[number], fmt.Sprintf(`Link: <%s?after=%d>; rel="next"`, acmeDevice, number+1)), nil
	})
	b.ReportAllocs()
	for b.Loop() {
		count := 0
		for _, err := range eachDevice(b.Context(), client, DeviceQuery{}) {
			if err != nil {
				b.Fatal(err)
			}
			count++
		}
		if count != benchmarkDevices {
			b.Fatalf("%d devices", count)
		}
	}
	b.ReportMetric(float64(benchmarkDevices*b.N)/b.Elapsed().Seconds(), "devices/s")
}

// BenchmarkKeptDevices reports how much memory 20,000 devices take that are kept, each.
func BenchmarkKeptDevices(b *testing.B) {
	pages := fullPages()
	heap := func() float64 {
		var stats runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&stats)
		return float64(stats.HeapAlloc)
	}
	for b.Loop() {
		kept, before := make([][]Device, len(pages)), heap()
		for i, page := range pages {
			kept[i], _, _ = decodeList(&answer{body: []byte(page)}, "devices", (*deviceWire).device)
		}
		b.ReportMetric((heap()-before)/benchmarkDevices, "B/device")
		if len(kept[len(kept)-1]) != PageSize {
			b.Fatal("devices are missing")
		}
	}
}

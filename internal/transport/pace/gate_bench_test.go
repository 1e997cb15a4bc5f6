// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package pace_test

import (
	"net/http"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport"
)

// BenchmarkGate is the cost of a call whose network costs nothing.
func BenchmarkGate(b *testing.B) {
	far := strconv.FormatInt(time.Now().Add(time.Minute).Unix(), 10)
	headers := http.Header{"X-Rate-Limit-Limit": {"1000000000"}, "X-Rate-Limit-Remaining": {"1000000000"}, "X-Rate-Limit-Reset": {far}}
	for _, c := range []struct {
		name   string
		header http.Header
	}{
		{"no headers", http.Header{}},
		{"headers", headers},
	} {
		b.Run(c.name, func(b *testing.B) {
			client, err := transport.New(transport.Options{Base: instant(c.header)})
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					if _, err := get(b.Context(), client, listDevices, testToken); err != nil {
						b.Error(err)
					}
				}
			})
		})
	}
}

// instant is a network that answers at once, with these headers.
type instant http.Header

// RoundTrip implements http.RoundTripper.
func (h instant) RoundTrip(req *http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header(h), Body: http.NoBody, Request: req}, nil
}

// What the tests of the gate count is there to be counted.
func TestWithoutTheGateCallsAreRefused(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &service{limit: 100, latency: time.Second}
		client := &http.Client{Transport: s}
		var wait sync.WaitGroup
		for range 170 {
			wait.Go(func() {
				if _, err := get(t.Context(), client, listDevices, ""); err != nil {
					t.Error(err)
				}
			})
		}
		wait.Wait()
		if _, refused, _ := s.counts(); refused != 70 {
			t.Errorf("%d calls were refused, want the 70 that are above the limit", refused)
		}
	})
}

// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package simulator

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

// ask makes a call to a simulator that does not listen. The body may be "".
func ask(ctx context.Context, t *testing.T, s *Simulator, method, address, body string) (*http.Response, error) {
	t.Helper()
	request, err := http.NewRequestWithContext(ctx, method, address, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "SSWS "+s.Ready().OktaToken)
	return s.Transport().RoundTrip(request)
}

func TestASimulatorThatDoesNotListenHasTheTimeOfItsBubble(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		cfg := DefaultConfig()
		cfg.Offline, cfg.Devices, cfg.Speed, cfg.Latency = true, 3, 1, time.Minute
		s, err := Start(cfg)
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close() //nolint:errcheck // what does not end fails the bubble
		began := time.Now()
		answered, err := ask(t.Context(), t, s, http.MethodGet, s.Ready().OktaURL+"/api/v1/devices", "")
		if err != nil {
			t.Fatal(err)
		}
		defer answered.Body.Close() //nolint:errcheck // it is in memory
		var devices []any
		if err := json.NewDecoder(answered.Body).Decode(&devices); err != nil || len(devices) != 3 || answered.StatusCode != http.StatusOK {
			t.Errorf("%d devices with status %d: %v", len(devices), answered.StatusCode, err)
		}
		if took := time.Since(began); took != time.Minute {
			t.Errorf("the call took %s of the bubble's time", took)
		}
		if date, err := http.ParseTime(answered.Header.Get("Date")); err != nil || time.Since(date) > time.Second {
			t.Errorf("its date is %q", answered.Header.Get("Date"))
		}
	})
}

func TestFaultsWithoutSockets(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		fault string
		check func(t *testing.T, answered *http.Response, err error)
	}{
		"a reset": {fault: `[{"kind":"reset"}]`, check: func(t *testing.T, _ *http.Response, err error) {
			t.Helper()
			if !errors.Is(err, syscall.ECONNRESET) {
				t.Errorf("the error is %v", err)
			}
		}},
		"a lost reply": {fault: `[{"kind":"drop_reply"}]`, check: func(t *testing.T, _ *http.Response, err error) {
			t.Helper()
			if !errors.Is(err, syscall.ECONNRESET) {
				t.Errorf("the error is %v", err)
			}
		}},
		"half a body": {fault: `[{"kind":"truncate"}]`, check: func(t *testing.T, answered *http.Response, err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
			if body, err := io.ReadAll(answered.Body); len(body) == 0 || !errors.Is(err, io.ErrUnexpectedEOF) {
				t.Errorf("%d bytes and the error %v", len(body), err)
			}
		}},
		"a call that is held longer than its caller waits": {fault: `[{"kind":"hold"}]`, check: func(t *testing.T, _ *http.Response, err error) {
			t.Helper()
			if !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("the error is %v", err)
			}
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				cfg := DefaultConfig()
				cfg.Offline, cfg.Devices = true, 3
				s, err := Start(cfg)
				if err != nil {
					t.Fatal(err)
				}
				defer s.Close() //nolint:errcheck // what does not end fails the bubble
				set, err := ask(t.Context(), t, s, http.MethodPut, s.Ready().AdminURL+"/_simulator/faults", test.fault)
				if err != nil || set.StatusCode >= http.StatusMultipleChoices {
					t.Fatalf("the faults were not set: %v", err)
				}
				defer set.Body.Close() //nolint:errcheck // it is in memory
				ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
				defer cancel()
				answered, err := ask(ctx, t, s, http.MethodGet, s.Ready().OktaURL+"/api/v1/devices", "")
				if err == nil {
					defer answered.Body.Close() //nolint:errcheck // it is in memory
				}
				test.check(t, answered, err)
			})
		})
	}
}

func TestWithoutSocketsNothingElseIsReached(t *testing.T) {
	t.Parallel()
	cfg := DefaultConfig()
	cfg.Offline = true
	s, err := Start(cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close() //nolint:errcheck // the test is about something else
	answered, err := ask(t.Context(), t, s, http.MethodGet, "http://127.0.0.1:4/", "")
	if !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("the error is %v", err)
	}
	if err == nil {
		_ = answered.Body.Close()
	}
	cfg.TLS = true
	if _, err := Start(cfg); err == nil {
		t.Error("a simulator without sockets had TLS")
	}
}

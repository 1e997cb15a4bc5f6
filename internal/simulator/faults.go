// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package simulator

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/simulator/okta"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/simulator/sekoia"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/simulator/wire"
)

// The two clouds, as faults and the request log name them.
const (
	cloudOkta   = "okta"
	cloudSekoia = "sekoia"
)

// Kinds of fault.
const (
	faultStatus    = "status"     // that answer, no effect
	faultReset     = "reset"      // connection reset before the effect
	faultDropReply = "drop_reply" // effect, then reset
	faultTruncate  = "truncate"   // effect, half a body
	faultDelay     = "delay"      // effect and answer, later
	faultHold      = "hold"       // continues when the faults are replaced
)

// fault is something that goes wrong with the calls that it matches. What is left out matches any call.
type fault struct {
	Cloud     string            `json:"cloud"`
	Method    string            `json:"method"`
	Path      string            `json:"path"`  // may end in *
	Skip      int               `json:"skip"`  // so many matching calls pass first
	Times     *int              `json:"times"` // so many are then struck; left out: all
	Kind      string            `json:"kind"`
	Status    int               `json:"status"`
	Headers   map[string]string `json:"headers"`
	Body      json.RawMessage   `json:"body"` // a string is sent as it is, anything else as JSON
	Delay     string            `json:"delay"`
	Connector bool              `json:"connector"` // strikes the connector's own calls too

	delay    time.Duration
	seen     int
	struck   int
	released <-chan struct{} // closed when the faults are replaced
}

// faultSet holds the current faults.
type faultSet struct {
	mu      sync.Mutex
	faults  []*fault
	release chan struct{}
}

// parseFaults reads what the admin call takes; the error says which fault is wrong, and in what.
func parseFaults(body []byte) ([]*fault, error) {
	var faults []*fault
	if err := wire.StrictJSON(body, &faults); err != nil {
		return nil, fmt.Errorf("read the faults: %w", err)
	}
	for i, f := range faults {
		if f == nil {
			return nil, fmt.Errorf("fault %d is null", i)
		}
		if err := f.validate(); err != nil {
			return nil, fmt.Errorf("fault %d: %w", i, err)
		}
	}
	return faults, nil
}

// validateCalls checks what says which calls the fault strikes.
func (f *fault) validateCalls() error {
	if !slices.Contains([]string{"", cloudOkta, cloudSekoia}, f.Cloud) {
		return fmt.Errorf("cloud %q is neither okta nor sekoia", f.Cloud)
	}
	if path := strings.TrimSuffix(f.Path, "*"); path != "" && path[0] != '/' || strings.ContainsAny(path, "*?") {
		return fmt.Errorf("path %q matches no call: it begins with a slash, has no query, and * is only at its end", f.Path)
	}
	if f.Skip < 0 || (f.Times != nil && *f.Times < 0) {
		return errors.New("skip and times are not negative")
	}
	return nil
}

func (f *fault) validate() error {
	if err := f.validateCalls(); err != nil {
		return err
	}
	kinds := []string{faultStatus, faultReset, faultDropReply, faultTruncate, faultDelay, faultHold}
	if !slices.Contains(kinds, f.Kind) {
		return fmt.Errorf("kind %q must be one of %s", f.Kind, strings.Join(kinds, ", "))
	}
	if f.Kind == faultStatus && (f.Status < 200 || f.Status > 599) {
		return fmt.Errorf("status %d is not between 200 and 599", f.Status)
	}
	if string(f.Body) == "null" {
		f.Body = nil // as if it were left out
	}
	if f.Kind != faultStatus && (f.Status != 0 || f.Headers != nil || f.Body != nil) {
		return errors.New("only a fault of kind status has status, headers and body")
	}
	if f.Delay != "" {
		delay, err := time.ParseDuration(f.Delay)
		if err != nil || delay < 0 {
			return fmt.Errorf("delay %q is not a duration such as 1.5s", f.Delay)
		}
		f.delay = delay
	}
	if f.Kind == faultDelay && f.delay == 0 {
		return errors.New("a fault of kind delay needs a delay")
	}
	return nil
}

// replace sets other faults, and lets held calls continue.
func (s *faultSet) replace(faults []*fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.release != nil {
		close(s.release)
	}
	s.release = make(chan struct{})
	for _, f := range faults {
		f.released = s.release
	}
	s.faults = faults
}

// strike returns the fault that a call meets, nil for none. The first that matches wins; one that still skips, or is
// used up, lets the call through to the next.
func (s *faultSet) strike(cloud string, r *http.Request) *fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range s.faults {
		if !f.matches(cloud, r) {
			continue
		}
		f.seen++
		if f.seen <= f.Skip || (f.Times != nil && f.struck >= *f.Times) {
			continue
		}
		f.struck++
		return f
	}
	return nil
}

func (f *fault) matches(cloud string, r *http.Request) bool {
	if wire.OfConnector(r) && !f.Connector {
		return false
	}
	if f.Cloud != "" && f.Cloud != cloud || f.Method != "" && !strings.EqualFold(f.Method, r.Method) {
		return false
	}
	if prefix, ok := strings.CutSuffix(f.Path, "*"); ok {
		return strings.HasPrefix(r.URL.Path, prefix)
	}
	return f.Path == "" || f.Path == r.URL.Path
}

// answer writes what a fault of kind status says; without a body it is an error as the cloud writes them.
func (f *fault) answer(w http.ResponseWriter, cloud string) {
	body, contentType := f.content(cloud)
	w.Header().Set("Content-Type", contentType)
	for name, value := range f.Headers {
		w.Header().Set(name, value)
	}
	w.WriteHeader(f.Status)
	_, _ = w.Write(body)
}

func (f *fault) content(cloud string) (body []byte, contentType string) {
	const jsonType = "application/json"
	var text string
	switch {
	case len(f.Body) > 0 && json.Unmarshal(f.Body, &text) == nil:
		if json.Valid([]byte(text)) {
			return []byte(text), jsonType
		}
		return []byte(text), "text/html; charset=utf-8"
	case len(f.Body) > 0:
		return f.Body, jsonType
	case f.Status < 300:
		return nil, jsonType
	case cloud == cloudOkta:
		return okta.FaultBody(f.Status), jsonType
	}
	return sekoia.FaultBody(f.Status), jsonType
}

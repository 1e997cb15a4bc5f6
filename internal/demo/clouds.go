// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// connectorAgent is the user agent of Sekoia's connector, whose calls are not the provider's.
const connectorAgent = "sekoia-connector"

// call is one request that a cloud answered, as the simulator's request log has it.
type call struct {
	Cloud      string `json:"cloud"`
	Method     string `json:"method"`
	Path       string `json:"path"`
	Status     int    `json:"status"`
	Authorized bool   `json:"authorized"`
	UserAgent  string `json:"user_agent"`
}

func (c call) String() string { return fmt.Sprintf("%s %s (%d)", c.Method, c.Path, c.Status) }

// writes says whether the provider asked Sekoia to change something.
func (c call) writes() bool {
	return c.Cloud == "sekoia" && c.UserAgent != connectorAgent && c.Method != http.MethodGet && c.Method != http.MethodHead
}

// state is what both clouds hold.
type state struct {
	Accounts   []object `json:"accounts"`
	Connectors []object `json:"connectors"`
	Assets     []object `json:"assets"`
	Devices    []object `json:"devices"`
}

type object struct {
	Deleted bool `json:"deleted"`
}

// present counts the objects that are not marked as deleted.
func present(objects []object) int {
	count := 0
	for _, object := range objects {
		if !object.Deleted {
			count++
		}
	}
	return count
}

func (s *stage) cloudState(ctx context.Context) (state, error) {
	var got state
	err := s.admin(ctx, http.MethodGet, "/_simulator/state", nil, &got)
	return got, err
}

// calls is the request log since forgetCalls.
func (s *stage) calls(ctx context.Context) ([]call, error) {
	var got []call
	err := s.admin(ctx, http.MethodGet, "/_simulator/requests", nil, &got)
	return got, err
}

func (s *stage) forgetCalls(ctx context.Context) error {
	return s.admin(ctx, http.MethodDelete, "/_simulator/requests", nil, nil)
}

// allowTokens makes the given tokens the only ones that Okta takes.
func (s *stage) allowTokens(ctx context.Context, valid ...string) error {
	return s.admin(ctx, http.MethodPut, "/_simulator/tokens", map[string]any{"valid": valid}, nil)
}

// addDevice adds a device that the connector takes to the inventory.
func (s *stage) addDevice(ctx context.Context, id string) error {
	return s.admin(ctx, http.MethodPut, "/_simulator/devices/"+id, map[string]any{"status": "ACTIVE", "profile": map[string]any{
		"displayName": "New device", "platform": "MACOS", "registered": true, "secureHardwarePresent": true, "osVersion": "26.1",
	}}, nil)
}

// admin makes one call to the simulator's administration; answer may be nil.
func (s *stage) admin(ctx context.Context, method, path string, body, answer any) error {
	var content io.Reader
	if body != nil {
		encoded, err := json.Marshal(body)
		if err != nil {
			return fmt.Errorf("%s %s: %w", method, path, err)
		}
		content = bytes.NewReader(encoded)
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, method, strings.TrimSuffix(s.clouds.AdminURL, "/")+path, content)
	if err != nil {
		return fmt.Errorf("%s %s: %w", method, path, err)
	}
	request.Header.Set("Content-Type", "application/json")
	// No proxy, and no connection that outlives the call: the simulator waits for none when it ends.
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	response, err := client.Do(request)
	if err != nil {
		return fmt.Errorf("asking the simulator: %w", err)
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode < 200 || response.StatusCode > 299 {
		return fmt.Errorf("the simulator answered %s to %s %s", response.Status, method, path)
	}
	if answer == nil {
		return nil
	}
	if err := json.NewDecoder(response.Body).Decode(answer); err != nil {
		return fmt.Errorf("reading the answer to %s %s: %w", method, path, err)
	}
	return nil
}

// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package acctest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/simulator"
)

// The two clouds, as Request and Fault name them.
const (
	Okta   = "okta"
	Sekoia = "sekoia"
)

const adminTimeout = 30 * time.Second

// ConnectorUserAgent is what the simulated connector's own calls carry.
const ConnectorUserAgent = "sekoia-connector"

// Request is a call that the simulator has answered, as its admin API shows it.
type Request struct {
	Cloud      string    `json:"cloud"`
	Method     string    `json:"method"`
	Path       string    `json:"path"`
	Query      string    `json:"query"`
	Status     int       `json:"status"`
	Authorized bool      `json:"authorized"`
	UserAgent  string    `json:"user_agent"`
	At         time.Time `json:"at"`
}

// Writes is true for a call that changes something.
func (r Request) Writes() bool { return r.Method != http.MethodGet && r.Method != http.MethodHead }

// Requests are calls in the order in which they were answered.
type Requests []Request

// Of picks the calls to one cloud, without those of the simulated connector.
func (r Requests) Of(cloud string) Requests {
	return r.Pick(func(request Request) bool { return request.Cloud == cloud && request.UserAgent != ConnectorUserAgent })
}

// Writes picks the calls that change something.
func (r Requests) Writes() Requests { return r.Pick(Request.Writes) }

// Path picks the calls with this method and path; a path that ends in * is a beginning.
func (r Requests) Path(method, path string) Requests {
	return r.Pick(func(request Request) bool {
		begin, isBeginning := strings.CutSuffix(path, "*")
		return request.Method == method && (request.Path == path || isBeginning && strings.HasPrefix(request.Path, begin))
	})
}

// Pick keeps the calls for which keep is true.
func (r Requests) Pick(keep func(Request) bool) Requests {
	var picked Requests
	for _, request := range r {
		if keep(request) {
			picked = append(picked, request)
		}
	}
	return picked
}

// String is a line for each call, for a test that fails.
func (r Requests) String() string {
	var lines strings.Builder
	for _, request := range r {
		line := request.Cloud + " " + request.Method + " " + request.Path
		if request.Query != "" {
			line += "?" + request.Query
		}
		lines.WriteString(line + " → " + http.StatusText(request.Status) + "\n")
	}
	return lines.String()
}

// Fault is something that goes wrong with the calls that it matches. Its fields are those of PUT /_simulator/faults:
// see the guide "Try it on the simulator". A field left out matches any call. Times nil means always.
type Fault struct {
	Cloud     string            `json:"cloud,omitempty"`
	Method    string            `json:"method,omitempty"`
	Path      string            `json:"path,omitempty"`
	Skip      int               `json:"skip,omitempty"`
	Times     *int              `json:"times,omitempty"`
	Kind      string            `json:"kind"`
	Status    int               `json:"status,omitempty"`
	Headers   map[string]string `json:"headers,omitempty"`
	Body      any               `json:"body,omitempty"`
	Delay     string            `json:"delay,omitempty"`
	Connector bool              `json:"connector,omitempty"`
}

// State is what both clouds hold. Secrets in it are "set".
type State struct {
	Accounts   []Account         `json:"accounts"`
	Connectors []Connector       `json:"connectors"`
	Assets     []Asset           `json:"assets"`
	Devices    []json.RawMessage `json:"devices"`
}

// Account is a module configuration.
type Account struct {
	UUID          string         `json:"uuid"`
	Name          string         `json:"name"`
	ModuleUUID    string         `json:"module_uuid"`
	CommunityUUID string         `json:"community_uuid"`
	CreatedBy     string         `json:"created_by"`
	Deleted       bool           `json:"deleted"`
	Value         map[string]any `json:"value"`
}

// Connector is a connector configuration.
type Connector struct {
	UUID                    string `json:"uuid"`
	Name                    string `json:"name"`
	ConnectorUUID           string `json:"connector_uuid"`
	ModuleConfigurationUUID string `json:"module_configuration_uuid"`
	CommunityUUID           string `json:"community_uuid"`
	DisplayStatus           string `json:"display_status"`
	CreatedBy               string `json:"created_by"`
	Deleted                 bool   `json:"deleted"`
}

// Asset is a device as Sekoia holds it.
type Asset struct {
	UUID       string `json:"uuid"`
	Name       string `json:"name"`
	Connectors []struct {
		UUID       string `json:"uuid"`
		ExternalID string `json:"external_id"`
	} `json:"connectors"`
	// OCSF is what the connector pushed last, as it wrote it.
	OCSF json.RawMessage `json:"ocsf"`
}

// Requests are all calls since the start or the last ResetRequests, the simulated connector's too.
func (c *Clouds) Requests(t testing.TB) Requests {
	t.Helper()
	var requests Requests
	c.call(t, http.MethodGet, "/_simulator/requests", nil, &requests)
	return requests
}

// ResetRequests forgets the calls until now.
func (c *Clouds) ResetRequests(t testing.TB) {
	t.Helper()
	c.call(t, http.MethodDelete, "/_simulator/requests", nil, nil)
}

// SetFaults replaces the faults. Without any, nothing fails.
func (c *Clouds) SetFaults(t testing.TB, faults ...Fault) {
	t.Helper()
	if faults == nil {
		faults = []Fault{}
	}
	c.call(t, http.MethodPut, "/_simulator/faults", faults, nil)
}

// State is what both clouds hold now.
func (c *Clouds) State(t testing.TB) State {
	t.Helper()
	var state State
	c.call(t, http.MethodGet, "/_simulator/state", nil, &state)
	return state
}

// SetTokens makes these the valid Okta tokens, and revokes all others.
func (c *Clouds) SetTokens(t testing.TB, valid ...string) {
	t.Helper()
	if valid == nil {
		valid = []string{}
	}
	c.call(t, http.MethodPut, "/_simulator/tokens", map[string]any{"valid": valid}, nil)
}

// PutDevice changes an Okta device, or adds it at the end.
func (c *Clouds) PutDevice(t testing.TB, id string, device any) {
	t.Helper()
	c.call(t, http.MethodPut, "/_simulator/devices/"+url.PathEscape(id), device, nil)
}

// DeleteDevice removes an Okta device.
func (c *Clouds) DeleteDevice(t testing.TB, id string) {
	t.Helper()
	c.call(t, http.MethodDelete, "/_simulator/devices/"+url.PathEscape(id), nil, nil)
}

// PatchAccount merges fields into an account, as a person on Sekoia's web page could.
func (c *Clouds) PatchAccount(t testing.TB, id string, fields map[string]any) {
	t.Helper()
	c.call(t, http.MethodPatch, "/_simulator/accounts/"+url.PathEscape(id), fields, nil)
}

// PatchConnector merges fields into a connector.
func (c *Clouds) PatchConnector(t testing.TB, id string, fields map[string]any) {
	t.Helper()
	c.call(t, http.MethodPatch, "/_simulator/connectors/"+url.PathEscape(id), fields, nil)
}

// SetCatalogue replaces what Sekoia offers: {modules, connectors}.
func (c *Clouds) SetCatalogue(t testing.TB, catalogue any) {
	t.Helper()
	c.call(t, http.MethodPut, "/_simulator/catalogue", catalogue, nil)
}

// SetOrganization changes what the Okta organization says about itself: id, pipeline, alternate.
func (c *Clouds) SetOrganization(t testing.TB, fields map[string]any) {
	t.Helper()
	c.call(t, http.MethodPut, "/_simulator/organization", fields, nil)
}

// call makes an admin call. Any other answer than success ends the test.
func (c *Clouds) call(t testing.TB, method, path string, body, into any) {
	t.Helper()
	if c.Live {
		t.Fatalf("%s %s needs the simulator: begin this test with acctest.Start", method, path)
	}
	c.do(t, method, c.Ready.AdminURL+path, body, into)
}

// do is Call for a test. The test's own context has ended when its cleanup asks for the state.
func (c *Clouds) do(t testing.TB, method, address string, body, into any) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), adminTimeout)
	defer cancel()
	if err := Call(ctx, c.admin, c.Ready, method, address, body, into); err != nil {
		t.Fatal(err)
	}
}

// Call makes a call to a simulator, past the provider, with a JSON body, and reads its JSON answer: an admin call, or
// one to Sekoia, with its key. body and into may be nil. Any other answer than success is an error.
func Call(ctx context.Context, client *http.Client, ready simulator.Ready, method, address string, body, into any) error {
	var content io.Reader = http.NoBody
	if body != nil {
		encoded, err := json.Marshal(body)
		if err != nil {
			return fmt.Errorf("%s %s: %w", method, address, err)
		}
		content = bytes.NewReader(encoded)
	}
	request, err := http.NewRequestWithContext(ctx, method, address, content)
	if err != nil {
		return fmt.Errorf("%s %s: %w", method, address, err)
	}
	request.Header.Set("Content-Type", "application/json")
	if strings.HasPrefix(address, ready.SekoiaURL+"/") {
		request.Header.Set("Authorization", "Bearer "+ready.SekoiaAPIKey)
	}
	answer, err := client.Do(request)
	if err != nil {
		return err // it names the call
	}
	defer answer.Body.Close() //nolint:errcheck // read to its end below
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		return fmt.Errorf("%s %s: %w", method, address, err)
	}
	if answer.StatusCode >= http.StatusMultipleChoices {
		return fmt.Errorf("%s %s: the simulator answered %d: %s", method, address, answer.StatusCode, text)
	}
	if into == nil {
		return nil
	}
	if err := json.Unmarshal(text, into); err != nil {
		return fmt.Errorf("%s %s: %w", method, address, err)
	}
	return nil
}

// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package transport_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/jarcoal/httpmock"
	"go.uber.org/goleak"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/credential"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m)
}

const (
	acme      = "https://acme.okta.com"
	testToken = "00-test-token"
)

// newClient returns a client that ends with the test.
func newClient(t *testing.T, options transport.Options) *http.Client {
	t.Helper()
	client, err := transport.New(options)
	if err != nil {
		t.Fatalf("New: %v", err)
	}
	t.Cleanup(client.CloseIdleConnections)
	return client
}

// newMock returns a mock of the network that answers every call with respond.
func newMock(respond httpmock.Responder) *httpmock.MockTransport {
	mock := httpmock.NewMockTransport()
	mock.RegisterNoResponder(respond)
	return mock
}

func newRequest(t *testing.T, ctx context.Context, method, url, body string) *http.Request { //nolint:revive // t first, as in every test helper
	t.Helper()
	req, err := http.NewRequestWithContext(ctx, method, url, strings.NewReader(body))
	if err != nil {
		t.Fatalf("a request to %s: %v", url, err)
	}
	return req
}

func mustOrigin(t *testing.T, raw string) credential.Origin {
	t.Helper()
	origin, err := credential.ParseOrigin(raw)
	if err != nil {
		t.Fatalf("ParseOrigin(%q): %v", raw, err)
	}
	return origin
}

// reply is an answer that was read.
type reply struct {
	status  int
	body    string
	request *http.Request // the last one, after redirects
}

// fetch sends req and reads at most 1000 bytes of its answer.
func fetch(client *http.Client, req *http.Request) (reply, error) {
	resp, err := transport.Do(client, req) //nolint:bodyclose // ReadBody closes it
	if err != nil {
		return reply{}, err
	}
	body, err := transport.ReadBody(resp, 1000)
	return reply{status: resp.StatusCode, body: string(body), request: resp.Request}, err
}

// record collects log lines.
type record struct {
	mu    sync.Mutex
	lines []string
}

func (r *record) log(_ context.Context, level slog.Level, message string, fields map[string]any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.lines = append(r.lines, fmt.Sprint(level, " ", message, " ", fields))
}

func (r *record) text() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return strings.Join(r.lines, "\n")
}

// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package pace_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/jarcoal/httpmock"
	"go.uber.org/goleak"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport"
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

// reply is an answer that was read.
type reply struct {
	status int
	body   string
}

// fetch sends req and reads at most 1000 bytes of its answer.
func fetch(client *http.Client, req *http.Request) (reply, error) {
	resp, err := transport.Do(client, req) //nolint:bodyclose // ReadBody closes it
	if err != nil {
		return reply{}, err
	}
	body, err := transport.ReadBody(resp, 1000)
	return reply{status: resp.StatusCode, body: string(body)}, err
}

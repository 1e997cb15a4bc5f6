// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package okta

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/jarcoal/httpmock"
	"go.uber.org/goleak"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/credential"
)

const (
	acme       = "https://acme.okta.com"
	acmeDevice = acme + devicesPath
	token      = "00secret-token-of-the-tests"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// mocked is a network of its own for one test, below the real guard of package transport.
func mocked(tb testing.TB) (*httpmock.MockTransport, *http.Client) {
	tb.Helper()
	network := httpmock.NewMockTransport()
	client, err := transport.New(transport.Options{Base: network})
	if err != nil {
		tb.Fatal(err)
	}
	return network, client
}

func acmeClient(tb testing.TB) (*httpmock.MockTransport, *Client) {
	tb.Helper()
	network, client := mocked(tb)
	return network, New(Config{HTTP: client, Origin: origin(tb, acme), Token: credential.NewSecret(token)})
}

func origin(tb testing.TB, raw string) credential.Origin {
	tb.Helper()
	parsed, err := credential.ParseOrigin(raw)
	if err != nil {
		tb.Fatal(err)
	}
	return parsed
}

// reply is an answer with headers given as "Name: value".
func reply(status int, body string, headers ...string) *http.Response {
	response := httpmock.NewStringResponse(status, body)
	for _, header := range headers {
		name, value, _ := strings.Cut(header, ": ")
		response.Header.Add(name, value)
	}
	return response
}

func always(status int, body string, headers ...string) httpmock.Responder {
	return func(*http.Request) (*http.Response, error) { return reply(status, body, headers...), nil }
}

// inventory answers like Okta for count devices, in pages of the size that is asked for, with opaque cursors in Link.
func inventory(count int) httpmock.Responder {
	return func(request *http.Request) (*http.Response, error) {
		query := request.URL.Query()
		limit, _ := strconv.Atoi(query.Get("limit"))
		if limit == 0 {
			return reply(http.StatusBadRequest, ""), nil
		}
		begin, _ := strconv.Atoi(strings.TrimPrefix(query.Get("after"), "cursor-"))
		end := min(begin+limit, count)
		bodies := make([]string, 0, limit)
		for i := begin; i < end; i++ {
			bodies = append(bodies, deviceJSON(i))
		}
		headers := []string{fmt.Sprintf(`Link: <%s>; rel="self"`, request.URL)}
		if end < count {
			query.Set("after", "cursor-"+strconv.Itoa(end))
			headers = append(headers, fmt.Sprintf(`Link: <%s?%s>; rel="next"`, acmeDevice, query.Encode()))
		}
		return reply(http.StatusOK, "["+strings.Join(bodies, ",")+"]", headers...), nil
	}
}

func deviceID(i int) string { return fmt.Sprintf("guo%017d", i) }

// deviceJSON is a device as Okta writes one (Okta API 2026.06.3, APIDevicesListAllResponse), links included.
func deviceJSON(i int) string {
	id := deviceID(i)
	text, err := json.Marshal(map[string]any{
		"id": id, "status": "ACTIVE", "created": "2024-03-01T08:00:00.000Z", "lastUpdated": "2024-03-02T08:00:00.000Z",
		"profile": map[string]any{
			"displayName": fmt.Sprintf("Device %05d", i), "platform": "WINDOWS", "manufacturer": "Manufacturer", "model": "Model 7",
			"osVersion": "10.0.19045", "serialNumber": fmt.Sprintf("SN%08d", i), "udid": "954F4D56-0000-0000-0000-000000000000",
			"sid": "S-1-5-21-1-2-3-500", "registered": true, "secureHardwarePresent": i%2 == 0, "diskEncryptionType": "ALL_INTERNAL_VOLUMES",
		},
		"resourceType": "UDDevice", "resourceDisplayName": map[string]any{"value": "x", "sensitive": false},
		"resourceAlternateId": nil, "resourceId": id,
		"_links": map[string]any{
			"self":  map[string]any{"href": acmeDevice + "/" + id, "hints": map[string]any{"allow": []string{"GET", "PATCH", "PUT"}}},
			"users": map[string]any{"href": acmeDevice + "/" + id + "/users", "hints": map[string]any{"allow": []string{"GET"}}},
		},
	})
	if err != nil {
		panic(err)
	}
	return string(text)
}

// eachDevice is every device of a listing.
func eachDevice(ctx context.Context, client *Client, query DeviceQuery) iter.Seq2[Device, error] {
	return func(yield func(Device, error) bool) {
		for page, err := range client.Devices(ctx, query) {
			if err != nil {
				yield(Device{}, err)
				return
			}
			for _, device := range page.Devices {
				if !yield(device, nil) {
					return
				}
			}
		}
	}
}

// assertCalls compares the number of calls that reached the network.
func assertCalls(t *testing.T, network *httpmock.MockTransport, want int) {
	t.Helper()
	if got := network.GetTotalCallCount(); got != want {
		t.Errorf("%d calls, want %d: %v", got, want, network.GetCallCountInfo())
	}
}

// assertText fails where an error's text is without one of the wanted parts.
func assertText(t *testing.T, err error, wanted ...string) {
	t.Helper()
	if err == nil {
		t.Fatal("no error")
	}
	for _, part := range wanted {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("error %q does not say %q", err, part)
		}
	}
}

// anything matches every URL.
var anything = regexp.MustCompile(``)

// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package transport_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/jarcoal/httpmock"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/credential"
)

func TestARedirectThatQuotesTheCredentialIsToldWithoutIt(t *testing.T) {
	t.Parallel()
	const token = "00qYb7RzKd1WmXs5TgUe9Lp3VnHj6Cf8Ao2Ixk4Zr"
	for name, location := range map[string]string{
		"a host": "https://" + token + ".evil.example/", "a path": "/" + token,
		"a path whose end is cut": "/" + token + strings.Repeat("/x", 60) + "/" + token,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var logged strings.Builder
			mock := httpmock.NewMockTransport()
			mock.RegisterResponder(http.MethodGet, acme, httpmock.NewStringResponder(http.StatusFound, "").HeaderSet(http.Header{"Location": {location}}))
			client := newClient(t, transport.Options{Base: mock, Log: func(_ context.Context, _ slog.Level, message string, fields map[string]any) {
				fmt.Fprintln(&logged, message, fields)
			}})
			request := newRequest(t, t.Context(), http.MethodGet, acme, "")
			_, err := transport.Do(client, credential.Authorize(request, credential.OriginOf(request.URL), "SSWS", credential.NewSecret(token))) //nolint:bodyclose // there is no answer
			if err == nil {
				t.Fatal("it was followed to an answer")
			}
			if said := strings.ToLower(fmt.Sprintf("%v %+v %s", err, err, logged.String())); strings.Contains(said, strings.ToLower(token[:12])) || !strings.Contains(said, "***") {
				t.Errorf("said: %s", said)
			}
		})
	}
}

// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package transport_test

import (
	"context"
	"encoding/base64"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/jarcoal/httpmock"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport"
)

func TestConceal(t *testing.T) {
	t.Parallel()
	const token = `00qYb7RzKd1"mXs5T/Ue9Lp3V+Hj6Cf8Ao2Ixk4Zr`
	const proof = "eyJhbGciOiJFUzI1NiJ9.eyJqdGkiOiJ4In0.c2lnbmF0dXJl"
	cases := map[string]struct{ in, want string }{
		"nothing":                {"", ""},
		"nothing of it":          {"Invalid token provided", "Invalid token provided"},
		"the whole":              {"token " + token + " is invalid", "token *** is invalid"},
		"twice":                  {token + ", " + token, "***, ***"},
		"its beginning":          {"token " + token[:10] + "…", "token ***…"},
		"nine of its characters": {"token " + token[20:29], "token " + token[20:29]},
		"its end":                {"…" + token[15:], "…***"},
		"in lower case":          {"https://" + strings.ToLower(token[:10]) + ".example", "https://***.example"},
		"quoted":                 {strconv.Quote(token), `"***"`},
		"in a query":             {"t=" + url.QueryEscape(token) + "&x", "t=***&x"},
		"in a path":              {"/" + url.PathEscape(token) + "/x", "/***/x"},
		"hexadecimal":            {fmt.Sprintf("%x %X", token, token), "*** ***"},
		"each byte for a URL":    {"%" + strings.ReplaceAll(fmt.Sprintf("% x", token), " ", "%"), "***"},
		"each byte escaped":      {`\x` + strings.ReplaceAll(fmt.Sprintf("% x", token), " ", `\x`), "***"},
		"a JWT":                  {"proof " + proof + " is used", "proof *** is used"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := transport.Conceal(c.in, transport.NewSecret(token), transport.NewSecret("short"), transport.Secret{}); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
	for _, encoding := range []*base64.Encoding{base64.StdEncoding, base64.URLEncoding} {
		for _, before := range []string{"", "x", "xy", "user:"} {
			text := encoding.EncodeToString([]byte(before + token + "tail"))
			if got := transport.Conceal(text, transport.NewSecret(token)); !strings.Contains(got, "***") || len(got) > 20 {
				t.Errorf("behind %q: %q", before, got)
			}
		}
	}
	if got := transport.Conceal("key short and 12345678", transport.NewSecret("short"), transport.NewSecret("12345678")); got != "key short and ***" {
		t.Errorf("short ones: %q", got)
	}
	if got := transport.Conceal(strings.Repeat("x", 1<<20)+token, transport.NewSecret(token)); len(got) > 1<<14 {
		t.Errorf("a long text keeps %d bytes", len(got))
	}
}

func TestARedirectThatQuotesTheCredentialIsToldWithoutIt(t *testing.T) {
	t.Parallel()
	const token = "00qYb7RzKd1WmXs5TgUe9Lp3VnHj6Cf8Ao2Ixk4Zr"
	for name, location := range map[string]string{"a host": "https://" + token + ".evil.example/", "a path": "/" + token} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var logged strings.Builder
			mock := httpmock.NewMockTransport()
			mock.RegisterResponder(http.MethodGet, acme, httpmock.NewStringResponder(http.StatusFound, "").HeaderSet(http.Header{"Location": {location}}))
			client := newClient(t, transport.Options{Base: mock, Log: func(_ context.Context, _ slog.Level, message string, fields map[string]any) {
				fmt.Fprintln(&logged, message, fields)
			}})
			request := newRequest(t, t.Context(), http.MethodGet, acme, "")
			_, err := transport.Do(client, transport.Authorize(request, transport.OriginOf(request.URL), "SSWS", transport.NewSecret(token))) //nolint:bodyclose // there is no answer
			if err == nil {
				t.Fatal("it was followed to an answer")
			}
			if said := strings.ToLower(fmt.Sprintf("%v %+v %s", err, err, logged.String())); strings.Contains(said, strings.ToLower(token[:12])) || !strings.Contains(said, "***") {
				t.Errorf("said: %s", said)
			}
		})
	}
}

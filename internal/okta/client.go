// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package okta

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/credential"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/failure"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/pace"
)

// maxPages bounds one listing, in case a server hands out new cursors forever: two million devices.
const maxPages = 10_000

// Config is what a [Client] needs. HTTP comes from transport.New; Origin is where [Resolve] said that calls with
// credentials go.
type Config struct {
	HTTP   *http.Client
	Origin credential.Origin
	// Token is an Okta API token (SSWS).
	Token credential.Secret
	// App is a service app, whose access tokens are used in place of Token. Without either, each call is [errNoToken].
	App *ServiceApp
}

// A Client reads one Okta organization. It is safe for concurrent use.
type Client struct {
	http       *http.Client
	origin     credential.Origin
	authorizer authorizer // nil: none

	maxPages, pageSize int
}

// New makes a client. It calls nobody.
func New(config Config) *Client {
	return &Client{
		http: config.HTTP, origin: config.Origin, authorizer: authorizerOf(config), maxPages: maxPages, pageSize: PageSize,
	}
}

// An answer is one whole 2xx answer.
type answer struct {
	method    string
	path      string
	status    int
	header    http.Header
	body      []byte
	rateLimit pace.RateLimit
}

// get calls target with the client's credential and reads the whole answer. Other statuses than 2xx are an [*APIError].
// A refusal that a new access token, or the nonce that it demands, may fix is followed by one more try.
func (c *Client) get(ctx context.Context, target *url.URL) (*answer, error) {
	if c.authorizer == nil {
		return nil, errNoToken
	}
	for again := true; ; again = false {
		used, err := c.authorizer.authorize(ctx)
		if err != nil {
			return nil, err
		}
		request, err := newRequest(ctx, target)
		if err != nil {
			return nil, err
		}
		result, err := do(c.http, used.authorize(request, c.origin), transport.DefaultBodyLimit)
		switch {
		case err != nil:
			return nil, err
		case result.status >= 200 && result.status <= 299:
			return result, nil
		case again && c.authorizer.refused(used, result):
			continue
		}
		refused := refusal(result, used.secret)
		refused.Scheme = used.scheme
		return nil, refused
	}
}

func newRequest(ctx context.Context, target *url.URL) (*http.Request, error) {
	request, err := http.NewRequestWithContext(pace.WithRateLimits(ctx), http.MethodGet, target.String(), nil)
	if err != nil {
		return nil, fmt.Errorf("making a request to Okta for %s: %w", target.EscapedPath(), err)
	}
	request.Header.Set("Accept", "application/json")
	return request, nil
}

// do sends request and reads the answer, whatever its status. An answer that breaks off on the way is none.
func do(client *http.Client, request *http.Request, limit int64) (*answer, error) {
	response, err := transport.Do(client, request) //nolint:bodyclose // ReadBody closes it
	if err != nil {
		return nil, err
	}
	result := &answer{
		method:    request.Method,
		path:      credential.Sanitize(request.URL.EscapedPath()), // a Link header may have led there
		status:    response.StatusCode,
		header:    response.Header,
		rateLimit: pace.RateLimitIn(client, response, time.Now()),
	}
	body, err := transport.ReadBody(response, limit)
	result.body = bytes.Trim(body, " \t\r\n")
	if err != nil {
		// As transport.Do has it: the query stays out, for a search may hold names of devices.
		place := credential.OriginOf(request.URL).String() + result.path
		return nil, &failure.CallError{Method: request.Method, URL: place, Err: err}
	}
	return result, nil
}

func (a *answer) unexpected(reason string) *UnexpectedAnswerError {
	return &UnexpectedAnswerError{Method: a.method, Path: a.path, Status: a.status, Reason: reason}
}

// notJSON says what a body is that is not the JSON that was asked for, without quoting it.
func (a *answer) notJSON() *UnexpectedAnswerError {
	text := strings.TrimSpace(string(a.body[:min(len(a.body), 512)]))
	switch {
	case text == "":
		return a.unexpected("its body is empty")
	case strings.HasPrefix(text, "<"):
		return a.unexpected("it is a page (HTML or XML) where JSON was expected: a proxy or a sign-in page may have answered")
	case a.cutOff():
		return a.unexpected(fmt.Sprintf("its JSON is cut off after %d bytes", len(a.body)))
	default:
		return a.unexpected("it is not JSON")
	}
}

// cutOff is true for JSON that is right as far as it goes, and ends too early.
func (a *answer) cutOff() bool {
	return errors.Is(json.NewDecoder(bytes.NewReader(a.body)).Decode(new(json.RawMessage)), io.ErrUnexpectedEOF)
}

// errorWire is Okta's error object (Okta API 2026.06.3, Error), and OAuth's (RFC 6749, section 5.2), which the token
// endpoint writes unless it does not know the client.
type errorWire struct {
	Code        text                                 `json:"errorCode"`
	Summary     text                                 `json:"errorSummary"`
	ID          text                                 `json:"errorId"`
	Causes      objects[struct{ ErrorSummary text }] `json:"errorCauses"`
	OAuthCode   text                                 `json:"error"`
	Description text                                 `json:"error_description"`
}

// maxCauses keeps an error to a few lines.
const maxCauses = 5

// refusal makes the error of an answer that is not 2xx, to a call that carried these secrets. A server that echoes a
// credential does not get it into the error.
func refusal(a *answer, secrets ...credential.Secret) *APIError {
	refused := &APIError{Method: a.method, Path: a.path, Status: a.status, RateLimit: a.rateLimit}
	var wire errorWire
	if json.Unmarshal(a.body, &wire) != nil {
		refused.Code, refused.Summary = challenge(a, secrets...)
		return refused
	}
	refused.Code, refused.Summary = cleaned(wire.Code.value(), secrets...), cleaned(wire.Summary.value(), secrets...)
	refused.ID = cleaned(wire.ID.value(), secrets...)
	if refused.Code == "" && wire.OAuthCode.pointer != nil {
		refused.Code, refused.Summary = cleaned(wire.OAuthCode.value(), secrets...), cleaned(wire.Description.value(), secrets...)
	}
	for _, cause := range wire.Causes.list[:min(len(wire.Causes.list), maxCauses)] {
		if said := cleaned(cause.ErrorSummary.value(), secrets...); said != "" {
			refused.causes = append(refused.causes, said)
		}
	}
	return refused
}

// challenged is what a WWW-Authenticate says of an access token or its proof (RFC 6750, section 3; RFC 9449, section
// 7.1). It is compiled when it is needed: Terraform starts the provider many times for each run.
var challenged = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(?:Bearer|DPoP) (?:.*[ ,])?error="([a-z_]{1,64})"(?:, ?error_description="([^"]*)")?`)
})

// challenge reads why an access token was refused where the body does not say it: Okta's API answers a token without
// the scope, and a proof that is not good, with a header alone (okta-sdk-golang issue 145, okta-sdk-python issue 541).
func challenge(a *answer, secrets ...credential.Secret) (code, summary string) {
	for _, value := range a.header.Values("WWW-Authenticate") {
		if found := challenged().FindStringSubmatch(value); found != nil {
			return found[1], cleaned(found[2], secrets...)
		}
	}
	return "", ""
}

// cleaned is a text of the network as an error may show it: without these credentials, and without JWTs, whichever
// request they were for.
func cleaned(text string, secrets ...credential.Secret) string {
	return credential.Sanitize(credential.Conceal(text, secrets...))
}

// endpoint is the URL of path on the client's origin. The path is escaped as given in raw.
func (c *Client) endpoint(path, raw, query string) *url.URL {
	target := c.origin.URL()
	target.Path, target.RawPath, target.RawQuery = path, raw, query
	return target
}

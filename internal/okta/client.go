// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package okta

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
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

// Config is what a [Client] needs. HTTP comes from transport.New. Origin is [Organization]'s API.
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
	http   *http.Client
	origin credential.Origin
	token  credential.Secret
	app    *tokenSource // nil: token is used

	maxPages, pageSize int
}

// New makes a client. It calls nobody.
func New(config Config) *Client {
	client := &Client{http: config.HTTP, origin: config.Origin, token: config.Token, maxPages: maxPages, pageSize: PageSize}
	if config.App != nil {
		client.app = config.App.at(config.HTTP, config.Origin)
	}
	return client
}

// authorization returns what the next call is sent with.
func (c *Client) authorization(ctx context.Context) (*accessToken, error) {
	switch {
	case c.app != nil:
		return c.app.authorization(ctx)
	case c.token.IsZero():
		return nil, errNoToken
	default:
		return &accessToken{scheme: "SSWS", secret: c.token}, nil
	}
}

// An answer is one whole answer, whatever its status.
type answer struct {
	method    string
	path      string
	status    int
	header    http.Header
	body      []byte
	rateLimit pace.RateLimit
	// sent is the credential of the request: a server may echo it.
	sent credential.Secret
}

// get calls target with the client's credential and reads the whole answer. Other statuses than 2xx are an [*APIError].
// A refusal that a new access token, or the nonce that it demands, may fix is followed by one more try.
func (c *Client) get(ctx context.Context, target *url.URL) (*answer, error) {
	for again := true; ; again = false {
		used, err := c.authorization(ctx)
		if err != nil {
			return nil, err
		}
		request, err := newRequest(ctx, http.MethodGet, target)
		if err != nil {
			return nil, err
		}
		request = credential.Authorize(request, c.origin, used.scheme, used.secret)
		if used.key != nil {
			request = transport.SignEach(request, func(attempt *http.Request) error { return used.key.prove(attempt, used.secret) })
		}
		result, err := do(c.http, request, transport.DefaultBodyLimit)
		if err != nil {
			return nil, err
		}
		if result.status >= 200 && result.status <= 299 {
			return result, nil
		}
		refused := refusal(result)
		refused.Scheme = used.scheme
		if !again || c.app == nil || !c.app.refused(used, refused, result) {
			return nil, refused
		}
	}
}

func newRequest(ctx context.Context, method string, target *url.URL) (*http.Request, error) {
	request, err := http.NewRequestWithContext(pace.WithRateLimits(ctx), method, target.String(), nil)
	if err != nil {
		return nil, fmt.Errorf("making a request to Okta for %s: %w", target.EscapedPath(), err)
	}
	request.Header.Set("Accept", "application/json")
	return request, nil
}

// do sends request and reads the answer, whatever its status. An answer that breaks off is an error.
func do(client *http.Client, request *http.Request, limit int64) (*answer, error) {
	response, err := transport.Do(client, request) //nolint:bodyclose // ReadBody closes it
	if err != nil {
		return nil, err
	}
	result := &answer{
		method:    request.Method,
		status:    response.StatusCode,
		header:    response.Header,
		rateLimit: pace.RateLimitIn(client, response, time.Now()),
		sent:      credential.Of(request.Context()),
	}
	result.path = result.cleaned(request.URL.EscapedPath()) // a Link header may have led there
	body, err := transport.ReadBody(response, limit)
	result.body = bytes.Trim(body, " \t\r\n")
	if err != nil {
		// The query stays out, as in transport.Do: a search may hold names of devices.
		return nil, &failure.CallError{Method: request.Method, URL: credential.ShownURL(request), Err: err}
	}
	return result, nil
}

// cleaned is text of the answer as an error may show it: without the credential.
func (a *answer) cleaned(text string) string {
	return credential.Sanitize(credential.Conceal(text, a.sent))
}

func (a *answer) unexpected(reason string) *UnexpectedAnswerError {
	return &UnexpectedAnswerError{Method: a.method, Path: a.path, Status: a.status, Reason: reason}
}

// errorWire is Okta's error object (Okta API 2026.06.3, Error), and OAuth's (RFC 6749, section 5.2). The token endpoint
// writes the second, unless it does not know the client.
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

// refusal makes the error of an answer that is not 2xx. If a server echoes the credential, or any JWT, the error does
// not show it.
func refusal(a *answer) *APIError {
	refused := &APIError{Method: a.method, Path: a.path, Status: a.status, RateLimit: a.rateLimit}
	var wire errorWire
	if json.Unmarshal(a.body, &wire) != nil {
		for _, value := range a.header.Values("WWW-Authenticate") {
			if found := challenge().FindStringSubmatch(value); found != nil && refused.Code == "" {
				refused.Code, refused.Summary = found[1], a.cleaned(found[2])
			}
		}
		return refused
	}
	refused.Code, refused.Summary, refused.ID = a.cleaned(wire.Code.value()), a.cleaned(wire.Summary.value()), a.cleaned(wire.ID.value())
	if refused.Code == "" && wire.OAuthCode.pointer != nil {
		refused.Code, refused.Summary = a.cleaned(wire.OAuthCode.value()), a.cleaned(wire.Description.value())
	}
	for _, cause := range wire.Causes.list[:min(len(wire.Causes.list), maxCauses)] {
		if said := a.cleaned(cause.ErrorSummary.value()); !strings.Contains(refused.Summary, said) {
			refused.Summary = strings.TrimPrefix(refused.Summary+": "+said, ": ")
		}
	}
	return refused
}

// challenge matches what a WWW-Authenticate header says of an access token or its proof (RFC 6750, section 3; RFC 9449,
// section 7.1). Okta's API answers a token without the scope, and a bad proof, with this header and no body
// (okta-sdk-golang issue 145, okta-sdk-python issue 541). It is compiled when it is needed: Terraform starts the
// provider many times for each run.
var challenge = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(?:Bearer|DPoP) (?:.*[ ,])?error="([a-z_]{1,64})"(?:, ?error_description="([^"]*)")?`)
})

// endpoint is the URL of path on the client's origin. The path is escaped as given in raw.
func (c *Client) endpoint(path, raw, query string) *url.URL {
	target := c.origin.URL()
	target.Path, target.RawPath, target.RawQuery = path, raw, query
	return target
}

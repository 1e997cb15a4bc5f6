// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package sekoia

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"reflect"
	"strconv"
	"strings"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/credential"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/failure"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/pace"
)

// call is one request.
type call struct {
	method     string
	path       string               // below the base URL, from "/v1" on; what varies in it is escaped (see under)
	query      url.Values           // nil: none
	body       any                  // sent as JSON; nil: no body
	needs      []string             // the permissions that it needs, for the error of a 403
	idempotent bool                 // a second call has no further effect, so it may be retried
	public     bool                 // at the region's public host (see publicBase), and without the key
	secrets    []credential.Secret  // in the body: if the answer repeats them, they are not shown
	mayRead    func(pages int) bool // of a list: see Query.MayRead
}

// ranged is the call for one page of a list.
func (what call) ranged(limit, offset int) call {
	query := url.Values{"limit": {strconv.Itoa(limit)}, "offset": {strconv.Itoa(offset)}}
	maps.Copy(query, what.query)
	what.query = query
	return what
}

// answer is a reply with a status from 200 to 299.
type answer struct {
	status int
	header http.Header
	body   []byte
	broken error // why the body could not be read to its end
}

// pageReason is the reason of an UnexpectedAnswerError about a web page.
const pageReason = "it is an HTML page; the base URL is probably not that of Sekoia's API"

// under puts an id, and what follows it, below a path. An id can be anything that a person typed: what would change the
// path ("", ".", "..") is refused, the rest is escaped.
func under(path, id string, rest ...string) (string, error) {
	switch strings.TrimSpace(id) {
	case "", ".", "..":
		return "", fmt.Errorf("%q can't be the id of an object in Sekoia", credential.Sanitize(id))
	}
	return strings.Join(append([]string{path, url.PathEscape(id)}, rest...), "/"), nil
}

// send makes the call. A status outside 200 to 299 is an *APIError.
func (c *Client) send(ctx context.Context, what call) (*answer, error) {
	request, err := c.request(ctx, what)
	if err != nil {
		return nil, fmt.Errorf("preparing %s %s: %w", what.method, what.path, err)
	}
	if ctx.Err() != nil {
		return nil, &CallError{Method: what.method, Path: what.path, Unsent: true, Err: ctx.Err()}
	}
	response, err := transport.Do(c.http, request) //nolint:bodyclose // ReadBody closes it
	if err != nil {
		return nil, &CallError{Method: what.method, Path: what.path, Unsent: !what.idempotent && neverSent(err), Err: err}
	}
	body, err := transport.ReadBody(response, transport.DefaultBodyLimit)
	reply := &answer{status: response.StatusCode, header: response.Header, body: body, broken: err}
	if reply.status < http.StatusOK || reply.status >= http.StatusMultipleChoices {
		return nil, c.refusal(what, reply)
	}
	return reply, nil
}

func (c *Client) request(ctx context.Context, what call) (*http.Request, error) {
	if c.key.IsZero() && !what.public {
		return nil, errors.New("no API key is set")
	}
	target, err := c.target(what)
	if err != nil {
		return nil, err
	}
	var body io.Reader
	if what.body != nil {
		encoded, err := json.Marshal(what.body)
		if err != nil {
			return nil, err
		}
		body = bytes.NewReader(encoded)
	}
	if what.idempotent {
		ctx = pace.WithRepeatable(ctx)
	}
	request, err := http.NewRequestWithContext(ctx, what.method, target, body)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Accept", "application/json")
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	if what.public {
		return request, nil
	}
	return credential.Authorize(request, c.origin, "Bearer", c.key), nil
}

// target puts the call's path below the base URL's. It is done on the escaped forms, so that an escaped slash in an id
// stays one.
func (c *Client) target(what call) (string, error) {
	target := *c.base
	if what.public {
		target = *publicBase(c.base)
	}
	escaped := strings.TrimRight(target.EscapedPath(), "/") + what.path
	path, err := url.PathUnescape(escaped)
	target.Path, target.RawPath, target.RawQuery = path, escaped, what.query.Encode()
	return target.String(), err
}

// refusal makes the error of an answer outside 200 to 299.
func (c *Client) refusal(what call, reply *answer) error {
	if isHTML(reply) && reply.status == http.StatusNotFound {
		// A wrong base URL, or something in between: Sekoia's API did not say that an object is gone.
		return unexpected(what, reply, pageReason)
	}
	refusal := &APIError{Method: what.method, Path: what.path, Status: reply.status}
	if isHTML(reply) {
		refusal.Message = "an HTML page, perhaps from something between here and Sekoia"
		return refusal
	}
	code, message := errorText(reply.body)
	refusal.Code, refusal.Message = c.clean(what, code), c.clean(what, message)
	if reply.status == http.StatusForbidden {
		refusal.Needs = permissionTitles(what.needs)
	}
	return refusal
}

// errorText reads both forms of error that Sekoia's services have: {"code","message"}, and asset-management's
// {"detail":[{"loc","msg","type"}]} or {"detail":"…"}. Any other form gives nothing.
func errorText(body []byte) (code, message string) {
	var wire struct{ Code, Message, Detail any }
	if json.Unmarshal(body, &wire) != nil {
		return "", ""
	}
	code, _ = wire.Code.(string)
	if message, _ = wire.Message.(string); message != "" {
		return code, message
	}
	if sentence, ok := wire.Detail.(string); ok {
		return code, sentence
	}
	var lines []string
	items, _ := wire.Detail.([]any)
	for _, item := range items {
		fields, _ := item.(map[string]any)
		steps, _ := fields["loc"].([]any)
		location := make([]string, len(steps))
		for index, step := range steps {
			location[index] = fmt.Sprint(step)
		}
		problem, _ := fields["msg"].(string)
		lines = append(lines, strings.TrimPrefix(strings.Join(location, ".")+": "+problem, ": "))
	}
	return code, strings.Join(lines, "; ")
}

// clean makes text from the network fit to be shown: without the secrets that went out with the request, in case the
// service quotes them, and without what could harm a terminal.
func (c *Client) clean(what call, message string) string {
	return credential.Sanitize(credential.Conceal(message, append([]credential.Secret{c.key}, what.secrets...)...))
}

// decode reads an answer into target.
func decode(what call, reply *answer, target any) error {
	switch body := bytes.TrimSpace(reply.body); {
	case reply.broken != nil:
		cut := unexpected(what, reply, "it broke off: "+failure.Explain(reply.broken).Reason())
		cut.Err = reply.broken
		return cut
	case len(body) == 0:
		return unexpected(what, reply, "it is empty")
	case isHTML(reply):
		return unexpected(what, reply, pageReason)
	case bytes.Equal(body, []byte("null")):
		return unexpected(what, reply, "it is null")
	}
	if err := json.Unmarshal(reply.body, target); err != nil {
		return unexpected(what, reply, decodingReason(err))
	}
	return nil
}

// decodingReason says what encoding/json found, in terms of the answer and not of Go's types.
func decodingReason(err error) string {
	if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		kind, _, _ := strings.Cut(wrong.Value, " ") // "number 12": the value is left out
		if wrong.Field != "" {
			return fmt.Sprintf("its %s is a JSON %s", credential.Sanitize(wrong.Field), kind)
		}
		expected := map[reflect.Kind]string{reflect.Slice: "a list", reflect.String: "a text"}[wrong.Type.Kind()]
		if expected == "" {
			expected = "an object"
		}
		return fmt.Sprintf("it is a JSON %s where %s belongs", kind, expected)
	}
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
		return "it is not JSON: " + credential.Sanitize(syntax.Error())
	}
	return "a time in it is not in RFC 3339: " + credential.Sanitize(err.Error())
}

func unexpected(what call, reply *answer, reason string) *UnexpectedAnswerError {
	return &UnexpectedAnswerError{Method: what.method, Path: what.path, Status: reply.status, Reason: reason}
}

// misshapen is unexpected for what shows only after an answer with status 200 was read.
func misshapen(what call, reason string) *UnexpectedAnswerError {
	return unexpected(what, &answer{status: http.StatusOK}, reason)
}

// isHTML recognizes a page by its first character, which no JSON document has. The content type is of no use: many
// services written in Python put text/html on an empty answer.
func isHTML(reply *answer) bool { return bytes.HasPrefix(bytes.TrimSpace(reply.body), []byte("<")) }

// fetch makes a call that is answered with a T.
func fetch[T any](ctx context.Context, c *Client, what call) (*T, error) {
	reply, err := c.send(ctx, what)
	if err != nil {
		return nil, err
	}
	target := new(T)
	if err := decode(what, reply, target); err != nil {
		return nil, err
	}
	return target, nil
}

// identified is an object with a UUID.
type identified interface{ id() string }

// fetchObject is fetch for an object whose uuid must be there, and must be wanted unless that is empty.
func fetchObject[T identified](ctx context.Context, c *Client, what call, wanted string) (*T, error) {
	reply, err := c.send(ctx, what)
	if err != nil {
		return nil, err
	}
	return decodeObject[T](what, reply, wanted)
}

func decodeObject[T identified](what call, reply *answer, wanted string) (*T, error) {
	object := new(T)
	if err := decode(what, reply, object); err != nil {
		return nil, err
	}
	switch id := (*object).id(); {
	case strings.TrimSpace(id) == "":
		return nil, unexpected(what, reply, "it has no uuid")
	case wanted != "" && !strings.EqualFold(id, wanted):
		return nil, unexpected(what, reply, "it is about another object")
	}
	return object, nil
}

// command makes a call whose status is the whole answer. Its body may break off, but if it is a page, it is not
// Sekoia's.
func (c *Client) command(ctx context.Context, what call) (*answer, error) {
	reply, err := c.send(ctx, what)
	if err == nil && isHTML(reply) {
		err = unexpected(what, reply, pageReason)
	}
	return reply, err
}

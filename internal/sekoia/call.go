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
	path       string               // below the base URL, from "/v1" on; escaped
	query      url.Values           // nil: none
	body       any                  // sent as JSON; nil: no body
	needs      []Permission         // the permissions that it needs, for the error of a 403
	idempotent bool                 // a second call has no further effect, so it may be retried
	public     bool                 // at the region's public host (see publicBase), and without the key
	secrets    []credential.Secret  // in the body: if the answer repeats them, they are not shown
	mayRead    func(pages int) bool // of a list: see Query.MayRead
	invalid    error                // why it can't be made
}

// objectCall is a call about one object, whose id takes the place of {id} in the path. An id can be anything that a
// person typed: one that would change the path ("", ".", "..") is refused, and any other is escaped.
func objectCall(method, path, id string, needs ...Permission) call {
	what := call{method: method, path: strings.Replace(path, "{id}", url.PathEscape(id), 1), needs: needs}
	switch strings.TrimSpace(id) {
	case "", ".", "..":
		what.invalid = fmt.Errorf("%q can't be the id of an object in Sekoia", credential.Sanitize(id))
	}
	return what
}

// ranged is the call for one page of a list.
func (what call) ranged(limit, offset int) call {
	query := url.Values{"limit": {strconv.Itoa(limit)}, "offset": {strconv.Itoa(offset)}}
	maps.Copy(query, what.query)
	what.query = query
	return what
}

// unexpected is the error of an answer that is not as documented.
func (what call) unexpected(status int, reason string) *UnexpectedAnswerError {
	return &UnexpectedAnswerError{Method: what.method, Path: what.path, Status: status, Reason: reason}
}

// answer is a reply with a status from 200 to 299.
type answer struct {
	status int
	header http.Header
	body   []byte
	broken error // why the body could not be read to its end
}

// isHTML recognizes a page by its first character, which no JSON document has. The content type is of no use: many
// services written in Python put text/html on an empty answer.
func (a *answer) isHTML() bool { return bytes.HasPrefix(bytes.TrimSpace(a.body), []byte("<")) }

// pageReason is the reason of an UnexpectedAnswerError about a web page.
const pageReason = "it is an HTML page, perhaps from something between here and Sekoia, or the base URL is not that of Sekoia's API"

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
	if what.invalid != nil {
		return nil, what.invalid
	}
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

// refusal makes the error of an answer outside 200 to 299. Text from the network is shown without what could harm a
// terminal, and without the secrets of the request, in case the service quotes them.
func (c *Client) refusal(what call, reply *answer) error {
	if reply.isHTML() && reply.status < http.StatusInternalServerError {
		// A wrong base URL, or something in between: Sekoia's API did not say that an object is gone, or a key wrong.
		return what.unexpected(reply.status, pageReason)
	}
	refusal := &APIError{Method: what.method, Path: what.path, Status: reply.status, Public: what.public}
	if reply.isHTML() {
		refusal.Message = "an HTML page, perhaps from something between here and Sekoia"
		return refusal
	}
	clean := func(text string) string {
		return credential.Sanitize(credential.Conceal(text, append([]credential.Secret{c.key}, what.secrets...)...))
	}
	code, message := errorText(reply.body)
	refusal.Code, refusal.Message = clean(code), clean(message)
	if reply.status == http.StatusForbidden {
		var quoted []string
		for _, permission := range what.needs {
			quoted = append(quoted, `"`+permission.Title+`"`)
		}
		refusal.Needs = strings.Join(quoted, " and ")
	}
	return refusal
}

// errorText reads both forms of error that Sekoia's services have: {"code","message"}, and asset-management's
// {"detail":[{"loc","msg","type"}]} or {"detail":"…"}. Any other form gives nothing.
func errorText(body []byte) (code, message string) {
	var wire struct {
		Code, Message string
		Detail        json.RawMessage
	}
	_ = json.Unmarshal(body, &wire) // a field of another type stays empty
	if wire.Message != "" {
		return wire.Code, wire.Message
	}
	if json.Unmarshal(wire.Detail, &message) == nil {
		return wire.Code, message
	}
	var details []struct {
		Loc []any
		Msg string
	}
	_ = json.Unmarshal(wire.Detail, &details)
	lines := make([]string, len(details))
	for index, each := range details {
		place := strings.ReplaceAll(strings.Trim(fmt.Sprint(each.Loc), "[]"), " ", ".") // "[query limit]"
		lines[index] = strings.TrimPrefix(place+": "+each.Msg, ": ")
	}
	return wire.Code, strings.Join(lines, "; ")
}

// decode reads an answer into target.
func decode(what call, reply *answer, target any) error {
	var reason string
	switch body := bytes.TrimSpace(reply.body); {
	case reply.broken != nil:
		reason = "it broke off: " + failure.Explain(reply.broken).Reason()
	case len(body) == 0:
		reason = "it is empty"
	case reply.isHTML():
		reason = pageReason
	case string(body) == "null":
		reason = "it is null"
	default:
		err := json.Unmarshal(body, target)
		if err == nil {
			return nil
		}
		reason = decodingReason(err)
	}
	odd := what.unexpected(reply.status, reason)
	odd.Err = reply.broken
	return odd
}

// decodingReason says what encoding/json found, in terms of the answer and not of Go's types.
func decodingReason(err error) string {
	if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		kind, _, _ := strings.Cut(wrong.Value, " ") // "number 12": the value is left out
		if wrong.Field == "" {
			return "it is a JSON " + kind
		}
		return fmt.Sprintf("its %s is a JSON %s", credential.Sanitize(wrong.Field), kind)
	}
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
		return "it is not JSON: " + credential.Sanitize(syntax.Error())
	}
	return "a time in it is not in RFC 3339: " + credential.Sanitize(err.Error())
}

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

// fetchObject makes a call that is answered with an object. Its uuid must be there, and must be wanted unless that is
// empty. A PATCH may be answered with 204 instead: the object is then nil.
func fetchObject[T identified](ctx context.Context, c *Client, what call, wanted string) (*T, error) {
	reply, err := c.send(ctx, what)
	if err != nil || what.method == http.MethodPatch && reply.status == http.StatusNoContent {
		return nil, err
	}
	object := new(T)
	if err := decode(what, reply, object); err != nil {
		return nil, err
	}
	switch id := idOf(*object); {
	case id == "":
		return nil, what.unexpected(reply.status, "it has no uuid")
	case wanted != "" && !strings.EqualFold((*object).id(), wanted):
		return nil, what.unexpected(reply.status, "it is about another object")
	}
	return object, nil
}

// command makes a call whose status is the whole answer. Its body may break off, but if it is a page, it is not
// Sekoia's.
func (c *Client) command(ctx context.Context, what call) (*answer, error) {
	reply, err := c.send(ctx, what)
	if err == nil && reply.isHTML() {
		err = what.unexpected(reply.status, pageReason)
	}
	return reply, err
}

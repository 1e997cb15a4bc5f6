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
	"net/http"
	"net/url"
	"strings"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/credential"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/failure"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/pace"
)

// call is one request, as its author thinks of it.
type call struct {
	method     string
	path       string               // below the base URL, from "/v1"; what varies in it is escaped (see under)
	query      url.Values           // nil: none
	body       any                  // sent as JSON; nil: no body
	needs      []string             // the permissions that it needs, for the hint on 403
	repeatable bool                 // sent twice, it does what it does once
	open       bool                 // sent without the key
	public     bool                 // at the region's public host, which may be another one than the API's (see publicBase)
	holds      []credential.Secret  // secrets in the body: should the answer echo them, they are not shown
	mayRead    func(pages int) bool // of a list: whether to read it, once its length is known; nil: yes
}

// answer is a reply whose status says yes, or the one behind an APIError.
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

// send makes the call. It returns an answer for 2xx, and an error of this package for everything else; beside an
// *APIError the answer is returned too, for its headers.
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
		return nil, &CallError{Method: what.method, Path: what.path, Unsent: !what.repeatable && neverSent(err), Err: err}
	}
	body, err := transport.ReadBody(response, transport.DefaultBodyLimit)
	reply := &answer{status: response.StatusCode, header: response.Header, body: body, broken: err}
	if reply.status < http.StatusOK || reply.status >= http.StatusMultipleChoices {
		return reply, c.refusal(what, reply)
	}
	return reply, nil
}

func (c *Client) request(ctx context.Context, what call) (*http.Request, error) {
	if c.http == nil {
		return nil, errors.New("no HTTP client is set")
	}
	if c.base == nil || c.base.Host == "" {
		return nil, errors.New("no base URL is set")
	}
	if c.key.IsZero() && !what.open {
		return nil, errors.New("no API key is set")
	}
	target, err := c.target(what)
	if err != nil {
		return nil, err
	}
	body, err := what.reader()
	if err != nil {
		return nil, err
	}
	if what.repeatable {
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
	if what.open {
		return request, nil
	}
	return credential.Authorize(request, c.origin, "Bearer", c.key), nil
}

// target puts the call's path below the base URL's. It is done on the escaped forms, so that an escaped slash in an id
// stays one.
func (c *Client) target(what call) (string, error) {
	base := c.base
	if what.public {
		base = publicBase(base)
	}
	escaped := strings.TrimRight(base.EscapedPath(), "/") + what.path
	path, err := url.PathUnescape(escaped)
	if err != nil {
		return "", err
	}
	target := *base
	target.Path, target.RawPath, target.RawQuery = path, escaped, what.query.Encode()
	return target.String(), nil
}

// reader encodes the body; nil where there is none.
func (what call) reader() (io.Reader, error) {
	if what.body == nil {
		return nil, nil
	}
	encoded, err := encode(what.body)
	if err != nil {
		return nil, err
	}
	return bytes.NewReader(encoded), nil
}

// encode is json.Marshal without the escaping of <, > and &, which is meant for HTML, and without a final newline.
func encode(body any) ([]byte, error) {
	var buffer bytes.Buffer
	encoder := json.NewEncoder(&buffer)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(body); err != nil {
		return nil, err
	}
	return bytes.TrimRight(buffer.Bytes(), "\n"), nil
}

// refusal makes the error of an answer outside 2xx.
func (c *Client) refusal(what call, reply *answer) error {
	if isHTML(reply) && reply.status == http.StatusNotFound {
		// A wrong base URL, or something in between: not the word of Sekoia's API that an object is gone.
		return unexpected(what, reply, pageReason)
	}
	refusal := &APIError{Method: what.method, Path: what.path, Status: reply.status}
	if isHTML(reply) {
		refusal.Message = "an HTML page, perhaps of something between here and Sekoia"
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
// {"detail":[{"loc","msg","type"}]}. What has neither gives nothing.
func errorText(body []byte) (code, message string) {
	var wire struct {
		Code    text            `json:"code"`
		Message text            `json:"message"`
		Detail  json.RawMessage `json:"detail"`
	}
	if json.Unmarshal(body, &wire) != nil {
		return "", ""
	}
	message = string(wire.Message)
	if message == "" {
		message = detailText(wire.Detail)
	}
	return string(wire.Code), message
}

func detailText(detail json.RawMessage) string {
	var sentence string
	if json.Unmarshal(detail, &sentence) == nil {
		return sentence
	}
	var items []struct {
		Location []text `json:"loc"`
		Message  text   `json:"msg"`
	}
	if json.Unmarshal(detail, &items) != nil {
		return ""
	}
	lines := make([]string, 0, len(items))
	for _, item := range items {
		location := make([]string, 0, len(item.Location))
		for _, step := range item.Location {
			location = append(location, string(step))
		}
		lines = append(lines, strings.TrimPrefix(strings.Join(location, ".")+": "+string(item.Message), ": "))
	}
	return strings.Join(lines, "; ")
}

// clean makes text from the network fit to be shown: without the secrets that went out with the request, in case the
// service quotes them, and without what could harm a terminal.
func (c *Client) clean(what call, message string) string {
	return credential.Sanitize(credential.Conceal(message, append([]credential.Secret{c.key}, what.holds...)...))
}

// decode reads a successful answer into target, which is the address of a struct.
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
		if wrong.Field == "" {
			return fmt.Sprintf("it is a JSON %s where an object belongs", kind)
		}
		return fmt.Sprintf("its %s is a JSON %s", credential.Sanitize(wrong.Field), kind)
	}
	return "it is not JSON: " + credential.Sanitize(err.Error())
}

func unexpected(what call, reply *answer, reason string) *UnexpectedAnswerError {
	return &UnexpectedAnswerError{Method: what.method, Path: what.path, Status: reply.status, Reason: reason}
}

// misshapen is unexpected for what shows only after an answer with status 200 was read.
func misshapen(what call, reason string) *UnexpectedAnswerError {
	return unexpected(what, &answer{status: http.StatusOK}, reason)
}

// isHTML recognises a page by its first character, which no JSON document has. The content type tells nothing: many
// services written in Python put text/html on an empty answer.
func isHTML(reply *answer) bool { return bytes.HasPrefix(bytes.TrimSpace(reply.body), []byte("<")) }

// fetch makes a call whose answer is one object.
func fetch[T any](ctx context.Context, c *Client, what call) (*T, error) {
	reply, err := c.send(ctx, what)
	if err != nil {
		return nil, err
	}
	object := new(T)
	if err := decode(what, reply, object); err != nil {
		return nil, err
	}
	return object, nil
}

// fetchIdentified is fetch for an object whose uuid must be there, and must be wanted unless that is empty.
func fetchIdentified[T interface{ id() string }](ctx context.Context, c *Client, what call, wanted string) (*T, error) {
	reply, err := c.send(ctx, what)
	if err != nil {
		return nil, err
	}
	return decodeIdentified[T](what, reply, wanted)
}

func decodeIdentified[T interface{ id() string }](what call, reply *answer, wanted string) (*T, error) {
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

// edit makes a PATCH: 204, or 200 with the object.
func edit[T interface{ id() string }](ctx context.Context, c *Client, what call, id string) error {
	reply, err := c.send(ctx, what)
	if err != nil || reply.status == http.StatusNoContent {
		return err
	}
	_, err = decodeIdentified[T](what, reply, id)
	return err
}

// order makes a call whose status is the whole answer: any 2xx is a success, unless it comes with a page, which is then
// not Sekoia's answer. A body that broke off is no matter.
func (c *Client) order(ctx context.Context, what call) (*answer, error) {
	reply, err := c.send(ctx, what)
	if err == nil && isHTML(reply) {
		err = unexpected(what, reply, pageReason)
	}
	return reply, err
}

// remove makes a DELETE, whose aim is reached where the object is not there.
func (c *Client) remove(ctx context.Context, what call) error {
	if _, err := c.order(ctx, what); err != nil && !IsNotFound(err) {
		return err
	}
	return nil
}

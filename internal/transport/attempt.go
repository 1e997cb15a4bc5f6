// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package transport

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"time"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/credential"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/failure"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/pace"
)

// DefaultBodyLimit is the size, in bytes, of the largest body that is read if nothing else is said.
const DefaultBodyLimit = 32 << 20

// attempt makes one attempt of a request: it bounds its time, body included, and reads the body if the request may be
// repeated.
type attempt struct {
	base    http.RoundTripper
	timeout time.Duration
	log     pace.Log
}

// RoundTrip returns the answer to one attempt. The body of an answer to a repeatable request is in memory already, at
// most DefaultBodyLimit bytes of it; any other is read by the caller, under the same timeout.
func (a *attempt) RoundTrip(req *http.Request) (*http.Response, error) {
	start := time.Now()
	resp, err := a.roundTrip(req)
	fields := map[string]any{"method": req.Method, "url": credential.ShownURL(req), "duration": time.Since(start).String()}
	if err != nil {
		fields["error"] = credential.Sanitize(err.Error())
	} else {
		fields["status"] = resp.StatusCode
	}
	a.log(req.Context(), slog.LevelDebug, "HTTP call", fields)
	return resp, err
}

func (a *attempt) roundTrip(req *http.Request) (*http.Response, error) {
	body := &timedBody{late: &failure.TimeoutError{After: a.timeout}, began: time.Now()}
	body.ctx, body.cancel = context.WithTimeoutCause(req.Context(), a.timeout, body.late)
	sent, err := signed(req.WithContext(body.progress.Follow(body.ctx)))
	if err != nil {
		body.cancel()
		return nil, err
	}
	resp, err := a.base.RoundTrip(sent)
	if err != nil {
		defer body.cancel()
		return nil, body.explain(err)
	}
	body.ReadCloser = resp.Body
	resp.Body = body
	// net/http's own error for a redirect that it can't parse would show the header.
	if _, err := resp.Location(); resp.StatusCode/100 == 3 && err != nil && !errors.Is(err, http.ErrNoLocation) {
		_ = body.Close() // the answer is not used
		return nil, &failure.RedirectError{From: credential.OriginOf(req.URL), Reason: "its Location is not a URL"}
	}
	if !pace.IsRepeatable(req) {
		return resp, nil
	}
	data, err := ReadBody(resp, DefaultBodyLimit)
	if err != nil {
		return nil, err
	}
	resp.Body = io.NopCloser(bytes.NewReader(data))
	return resp, nil
}

type signKey struct{}

// SignEach returns a copy of req that sign completes before each attempt and after each redirect, for headers and
// bodies that are good for one call only, such as a DPoP proof or a client assertion. sign gets a copy of its own,
// whose headers and body it may set; it can't change where the request goes. Its error ends the request, with
// failure.ErrSigning.
func SignEach(req *http.Request, sign func(*http.Request) error) *http.Request {
	return req.WithContext(context.WithValue(req.Context(), signKey{}, sign))
}

// signed is the request of one attempt as it goes out.
func signed(req *http.Request) (*http.Request, error) {
	sign, ok := req.Context().Value(signKey{}).(func(*http.Request) error)
	if !ok {
		return req, nil
	}
	copied := req.Clone(req.Context())
	if err := sign(copied); err != nil {
		return nil, fmt.Errorf("%w: %w", failure.ErrSigning, err)
	}
	copied.URL, copied.Host, copied.Method = req.URL, req.Host, req.Method
	// The Authorization must still be the pinned one.
	if err := credential.Guard(copied); err != nil {
		return nil, err
	}
	return copied, nil
}

// timedBody is an answer's body that ends with its attempt.
type timedBody struct {
	io.ReadCloser
	ctx      context.Context
	cancel   context.CancelFunc
	began    time.Time
	late     *failure.TimeoutError
	progress failure.Attempt
}

func (b *timedBody) Read(p []byte) (int, error) {
	if b.ctx.Err() != nil {
		return 0, b.explain(b.ctx.Err())
	}
	n, err := b.ReadCloser.Read(p)
	if err != nil && err != io.EOF { //nolint:errorlint // io.Reader's contract is the bare value
		err = b.explain(err)
	}
	return n, err
}

// Close ends the attempt.
func (b *timedBody) Close() error {
	defer b.cancel()
	return b.ReadCloser.Close()
}

// explain returns what err came from: the attempt's timeout, the end of the caller's context, or the network.
func (b *timedBody) explain(err error) error {
	switch cause := context.Cause(b.ctx); {
	case cause == error(b.late): //nolint:errorlint // this attempt's timeout, not one that the caller's context ended with
		err = b.late
	case cause != nil && errors.Is(b.ctx.Err(), context.DeadlineExceeded):
		err = &failure.TimeoutError{After: time.Since(b.began).Round(time.Millisecond), Deadline: true}
	case cause != nil:
		return b.ctx.Err()
	}
	return b.progress.Error(err)
}

// ReadBody returns the whole body of an answer and closes it. A body of more than limit bytes is a
// failure.ErrBodyTooLarge, one that ends before its announced length an io.ErrUnexpectedEOF; all errors are wrapped.
func ReadBody(resp *http.Response, limit int64) ([]byte, error) {
	defer resp.Body.Close() //nolint:errcheck // it was only read
	data, err := io.ReadAll(http.MaxBytesReader(nil, resp.Body, limit))
	if larger, ok := errors.AsType[*http.MaxBytesError](err); ok {
		err = fmt.Errorf("%w: more than %d bytes", failure.ErrBodyTooLarge, larger.Limit)
	}
	if err != nil {
		return nil, fmt.Errorf("reading the answer: %w", err)
	}
	return data, nil
}

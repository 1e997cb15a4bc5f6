// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package transport

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/textproto"
	"net/url"
	"regexp"
	"strings"
	"time"
)

// attempt makes one attempt of a request: it bounds its time, body included, and reads the body where the request may
// be repeated.
type attempt struct {
	base    http.RoundTripper
	timeout time.Duration
	log     logFunc
}

// RoundTrip returns the answer to one attempt. The body of an answer to a repeatable request is in memory already, at
// most DefaultBodyLimit bytes of it; any other is read by the caller, under the same timeout.
func (a *attempt) RoundTrip(req *http.Request) (*http.Response, error) {
	start := time.Now()
	resp, err := a.roundTrip(req)
	fields := map[string]any{"method": req.Method, "url": withoutSecrets(req.URL), "duration": time.Since(start).String()}
	if err != nil {
		fields["error"] = Sanitize(err.Error())
	} else {
		fields["status"] = resp.StatusCode
	}
	a.log(req.Context(), slog.LevelDebug, "HTTP call", fields)
	return resp, err
}

func (a *attempt) roundTrip(req *http.Request) (*http.Response, error) {
	body := &timedBody{late: &TimeoutError{After: a.timeout}, began: time.Now()}
	body.ctx, body.cancel = context.WithTimeoutCause(req.Context(), a.timeout, body.late)
	sent, err := signed(req.WithContext(body.progress.follow(body.ctx)))
	if err != nil {
		body.cancel()
		return nil, err
	}
	resp, err := a.base.RoundTrip(sent)
	if err != nil {
		defer body.cancel()
		return nil, body.explain(err)
	}
	body.progress.reach(StageBody)
	body.ReadCloser = resp.Body
	resp.Body = body
	if err := checkLocation(req, resp); err != nil {
		_ = body.Close() // the answer is not used
		return nil, err
	}
	if !isRepeatable(req) {
		return resp, nil
	}
	data, err := ReadBody(resp, DefaultBodyLimit)
	if err != nil {
		return nil, err
	}
	resp.Body = io.NopCloser(bytes.NewReader(data))
	return resp, nil
}

// checkLocation refuses a redirect that net/http could not parse: its error would show the header.
func checkLocation(req *http.Request, resp *http.Response) error {
	location := resp.Header.Get("Location")
	if resp.StatusCode/100 != 3 || location == "" {
		return nil
	}
	if _, err := url.Parse(location); err != nil {
		return &RedirectError{From: OriginOf(req.URL), Reason: "its Location is not a URL"}
	}
	return nil
}

// TimeoutError is an attempt that took too long, or whose body was not read in time.
type TimeoutError struct {
	After time.Duration
	// Stage is where it was then.
	Stage Stage
	// Deadline tells that the caller's time ended, not the attempt's: http.request_timeout has no say in it.
	Deadline bool
}

// Error names the time that there was.
func (e *TimeoutError) Error() string { return "no complete answer within " + e.After.String() }

// Timeout returns true: it is how package net tells.
func (e *TimeoutError) Timeout() bool { return true }

// Unwrap returns context.DeadlineExceeded where the caller's time ended.
func (e *TimeoutError) Unwrap() error {
	if e.Deadline {
		return context.DeadlineExceeded
	}
	return nil
}

// MalformedAnswerError is an answer that is not HTTP. Error says no more, because net/http's own text quotes the
// answer, and what an unknown server says is not shown.
type MalformedAnswerError struct {
	err error
}

// Error says that the answer is not HTTP.
func (e *MalformedAnswerError) Error() string { return "the answer is not well-formed HTTP" }

// Unwrap returns net/http's error, which quotes the answer.
func (e *MalformedAnswerError) Unwrap() error { return e.err }

// HTTP2Error is a server that broke HTTP/2. Error does not repeat what it sent along.
type HTTP2Error struct {
	Code string // the error code's name; "" where there is none
	err  error
}

// Error says that HTTP/2 was broken.
func (e *HTTP2Error) Error() string {
	text := "the answer broke HTTP/2"
	if e.Code != "" {
		text += ": " + e.Code
	}
	return text
}

// Unwrap returns net/http's error, which may quote the server.
func (e *HTTP2Error) Unwrap() error { return e.err }

// http2Code is an error code's name (RFC 9113, 7), as net/http writes it.
var http2Code = regexp.MustCompile(`\b(?:PROTOCOL_ERROR|INTERNAL_ERROR|FLOW_CONTROL_ERROR|SETTINGS_TIMEOUT|STREAM_CLOSED|FRAME_SIZE_ERROR|` +
	`REFUSED_STREAM|CANCEL|COMPRESSION_ERROR|CONNECT_ERROR|ENHANCE_YOUR_CALM|INADEQUATE_SECURITY|HTTP_1_1_REQUIRED)\b`)

// timedBody is an answer's body that ends with its attempt.
type timedBody struct {
	io.ReadCloser
	ctx      context.Context
	cancel   context.CancelFunc
	began    time.Time
	late     *TimeoutError
	progress progress
}

// Read reads on as long as the attempt has time left.
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
	how := b.progress.now()
	switch cause := context.Cause(b.ctx); {
	case cause == error(b.late): //nolint:errorlint // this attempt's timeout, not one that the caller's context ended with
		err = &TimeoutError{After: b.late.After, Stage: how.stage}
	case cause != nil && errors.Is(b.ctx.Err(), context.DeadlineExceeded):
		err = &TimeoutError{After: time.Since(b.began).Round(time.Millisecond), Stage: how.stage, Deadline: true}
	case cause != nil:
		return b.ctx.Err()
	case how.again:
		err = errLost
	case isHTTP2(err):
		err = &HTTP2Error{Code: http2Code.FindString(err.Error()), err: err}
	case isMalformed(err):
		err = &MalformedAnswerError{err: err}
	}
	return &stageError{reached: how, err: err}
}

// isHTTP2 recognises net/http's complaints about frames; none has an exported type.
func isHTTP2(err error) bool {
	text := err.Error()
	for _, beginning := range []string{"http2: ", "stream error: ", "connection error: ", "PROTOCOL_ERROR"} {
		if strings.HasPrefix(text, beginning) {
			return true
		}
	}
	return false
}

// isMalformed recognises net/http's complaints that quote the answer; most of them have no type.
func isMalformed(err error) bool {
	if is[textproto.ProtocolError](err) {
		return true
	}
	for _, complaint := range []string{"malformed ", "bad Content-Length", "transfer encoding", "bad trailer key"} {
		if strings.Contains(err.Error(), complaint) {
			return true
		}
	}
	return false
}

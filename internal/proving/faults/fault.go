// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package faults

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"
)

const (
	// elsewhere is a host that is neither cloud.
	elsewhere = "elsewhere.example"
	// canary is in every page that is not a cloud's own: no diagnostic may show it.
	canary = "TEXT-OF-AN-UNKNOWN-HOST"
	// beyond is more than the provider reads of a body.
	beyond = 33 << 20
)

// Fault is a way in which a call fails.
type Fault struct {
	// Name is a sentence's part: what the call meets.
	Name string
	// strike answers in the cloud's place. pass makes the call as if nothing were wrong, for what fails after its
	// effect.
	strike strike
	// costly is a fault that moves much memory.
	costly bool
}

// strike answers a call in the place of a cloud.
type strike func(req *http.Request, cloud string, pass func() (*http.Response, error)) (*http.Response, error)

// Faults are the ways in which a call fails.
func Faults() []Fault {
	return []Fault{
		{Name: "429 with Retry-After", strike: refuse(http.StatusTooManyRequests, map[string]string{"Retry-After": "2"})},
		{Name: "429 with Okta's Reset", strike: rateLimited},
		{Name: "429 for concurrency", strike: refuse(http.StatusTooManyRequests, map[string]string{"X-Rate-Limit-Limit": "0", "X-Rate-Limit-Remaining": "0"})},
		{Name: "500", strike: refuse(http.StatusInternalServerError, nil)},
		{Name: "502", strike: gateway(http.StatusBadGateway)},
		{Name: "503", strike: refuse(http.StatusServiceUnavailable, nil)},
		{Name: "504", strike: gateway(http.StatusGatewayTimeout)},
		{Name: "reset before the effect", strike: resetBefore},
		{Name: "reset after the effect", strike: resetAfter},
		{Name: "a truncated body", strike: truncated},
		{Name: "an HTML page with 200", strike: page},
		{Name: "JSON of the wrong shape", strike: instead(`{"total":"many","items":{"uuid":7},"uuid":[],"id":{},"pipeline":3}`)},
		{Name: "null", strike: instead("null")},
		{Name: "an empty body", strike: instead("")},
		{Name: "a body over the bound", strike: tooLarge, costly: true},
		{Name: "a header that never comes", strike: silent},
		{Name: "a redirect to another host", strike: redirected},
		{Name: "a Link to another host", strike: linked(func(*http.Request) string { return "http://" + elsewhere + "/api/v1/devices?after=1" })},
		{Name: "a Link that loops", strike: linked(func(req *http.Request) string { return req.URL.String() })},
	}
}

// answer is a whole answer.
func answer(req *http.Request, status int, contentType string, body io.Reader) *http.Response {
	return &http.Response{
		Status: fmt.Sprintf("%d %s", status, http.StatusText(status)), StatusCode: status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header:        http.Header{"Content-Type": {contentType}, "Date": {time.Now().UTC().Format(http.TimeFormat)}},
		ContentLength: -1, Body: io.NopCloser(body), Request: req,
	}
}

const jsonType = "application/json"

// refuse answers with a cloud's own error, and without an effect.
func refuse(status int, headers map[string]string) func(*http.Request, string, func() (*http.Response, error)) (*http.Response, error) {
	return func(req *http.Request, cloud string, _ func() (*http.Response, error)) (*http.Response, error) {
		body := fmt.Sprintf(`{"code":"E%d","message":%q}`, status, http.StatusText(status))
		if cloud == okta {
			body = fmt.Sprintf(`{"errorCode":"E0000047","errorSummary":%q,"errorLink":"E0000047","errorId":"oaeFault","errorCauses":[]}`,
				http.StatusText(status))
		}
		refused := answer(req, status, jsonType, strings.NewReader(body))
		for name, value := range headers {
			refused.Header.Set(name, value)
		}
		return refused, nil
	}
}

func rateLimited(req *http.Request, cloud string, pass func() (*http.Response, error)) (*http.Response, error) {
	return refuse(http.StatusTooManyRequests, map[string]string{
		"X-Rate-Limit-Limit": "100", "X-Rate-Limit-Remaining": "0", "X-Rate-Limit-Reset": strconv.FormatInt(time.Now().Unix()+20, 10),
	})(req, cloud, pass)
}

// gateway answers with the page of a gateway in between.
func gateway(status int) func(*http.Request, string, func() (*http.Response, error)) (*http.Response, error) {
	return func(req *http.Request, _ string, _ func() (*http.Response, error)) (*http.Response, error) {
		return answer(req, status, "text/html", strings.NewReader("<html><body>"+canary+"</body></html>")), nil
	}
}

func page(req *http.Request, _ string, _ func() (*http.Response, error)) (*http.Response, error) {
	return answer(req, http.StatusOK, "text/html", strings.NewReader("<!DOCTYPE html><title>"+canary+"</title>")), nil
}

// resetError is what a connection that the other side resets ends with.
func resetError() error {
	return &net.OpError{Op: "read", Net: "tcp", Err: os.NewSyscallError("read", syscall.ECONNRESET)}
}

func resetBefore(*http.Request, string, func() (*http.Response, error)) (*http.Response, error) {
	return nil, resetError()
}

func resetAfter(_ *http.Request, _ string, pass func() (*http.Response, error)) (*http.Response, error) {
	if answered, err := pass(); err == nil {
		_ = answered.Body.Close()
	}
	return nil, resetError()
}

// truncated ends within the body. If there is none, it ends within the header.
func truncated(_ *http.Request, _ string, pass func() (*http.Response, error)) (*http.Response, error) {
	answered, err := pass()
	if err != nil {
		return nil, err
	}
	whole, err := io.ReadAll(answered.Body)
	if err != nil || len(whole) == 0 {
		return nil, io.ErrUnexpectedEOF
	}
	answered.Body = io.NopCloser(io.MultiReader(bytes.NewReader(whole[:len(whole)/2]), broken{}))
	return answered, nil
}

// broken is the end of a connection within a body.
type broken struct{}

// Read implements io.Reader.
func (broken) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

// instead lets the call have its effect, and answers 200 with something else.
func instead(body string) func(*http.Request, string, func() (*http.Response, error)) (*http.Response, error) {
	return func(req *http.Request, _ string, pass func() (*http.Response, error)) (*http.Response, error) {
		if answered, err := pass(); err == nil {
			_ = answered.Body.Close()
		}
		return answer(req, http.StatusOK, jsonType, strings.NewReader(body)), nil
	}
}

func tooLarge(req *http.Request, _ string, pass func() (*http.Response, error)) (*http.Response, error) {
	if answered, err := pass(); err == nil {
		_ = answered.Body.Close()
	}
	return answer(req, http.StatusOK, jsonType, io.LimitReader(blanks{}, beyond)), nil
}

// blanks is white space without an end.
type blanks struct{}

var blank = bytes.Repeat([]byte(" "), 64<<10)

// Read implements io.Reader.
func (blanks) Read(into []byte) (int, error) { return copy(into, blank), nil }

func silent(req *http.Request, _ string, _ func() (*http.Response, error)) (*http.Response, error) {
	<-req.Context().Done()
	return nil, req.Context().Err()
}

func redirected(req *http.Request, _ string, _ func() (*http.Response, error)) (*http.Response, error) {
	away := answer(req, http.StatusTemporaryRedirect, "text/html", strings.NewReader(canary))
	away.Header.Set("Location", "http://"+elsewhere+req.URL.Path)
	return away, nil
}

// linked answers as the cloud does, but its next page is somewhere else.
func linked(next func(*http.Request) string) func(*http.Request, string, func() (*http.Response, error)) (*http.Response, error) {
	return func(req *http.Request, _ string, pass func() (*http.Response, error)) (*http.Response, error) {
		answered, err := pass()
		if err == nil {
			answered.Header["Link"] = []string{"<" + next(req) + `>; rel="next"`}
		}
		return answered, err
	}
}

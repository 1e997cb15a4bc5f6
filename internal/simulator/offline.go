// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package simulator

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"syscall"
	"time"
)

// Where the clouds of a simulator that does not listen seem to be. Nothing of the machine's is at these ports.
const (
	offlineOktaURL   = "http://127.0.0.1:1"
	offlineSekoiaURL = "http://127.0.0.1:2"
	offlineAdminURL  = "http://127.0.0.1:3"
)

// Transport reaches the clouds of a simulator whose Config is Offline, and nothing else: any other host is refused.
// Without sockets a test in a bubble of testing/synctest has its own time.
func (s *Simulator) Transport() http.RoundTripper { return &offline{handlers: s.offline} }

// reachOffline puts the three sides where Transport finds them, and lets the connectors find them too.
func (s *Simulator) reachOffline(okta, sekoia, control http.Handler) error {
	s.offline = map[string]http.Handler{}
	for address, handler := range map[string]http.Handler{
		offlineOktaURL: okta, offlineSekoiaURL: sekoia, offlineAdminURL: control,
	} {
		parsed, err := url.Parse(address)
		if err != nil {
			return fmt.Errorf("parse %s: %w", address, err)
		}
		s.offline[parsed.Host] = handler
	}
	s.engine.ReachThrough(s.Transport())
	return nil
}

// offline is a network of handlers.
type offline struct {
	handlers map[string]http.Handler
}

// RoundTrip serves the request in a goroutine of its own, as a server does: the caller can go away meanwhile.
func (o *offline) RoundTrip(req *http.Request) (*http.Response, error) {
	handler, ok := o.handlers[req.URL.Host]
	if !ok {
		return nil, fmt.Errorf("dial %s: %w", req.URL.Host, syscall.ECONNREFUSED)
	}
	served, err := serverSide(req)
	if err != nil {
		return nil, err
	}
	answered := make(chan *exchange, 1)
	go func() {
		made := &exchange{header: http.Header{}}
		defer func() {
			if problem := recover(); problem != nil {
				made.broken = true
				if broke, isError := problem.(error); !isError || !errors.Is(broke, http.ErrAbortHandler) {
					panic(problem)
				}
			}
			answered <- made
		}()
		handler.ServeHTTP(made, served)
	}()
	select {
	case made := <-answered:
		return made.response(req)
	case <-req.Context().Done():
		return nil, req.Context().Err()
	}
}

// serverSide is the request as a server gets it, its body in memory.
func serverSide(req *http.Request) (*http.Request, error) {
	served := req.Clone(req.Context())
	served.Host, served.RequestURI, served.RemoteAddr = req.URL.Host, req.URL.RequestURI(), "127.0.0.1:0"
	served.Body = http.NoBody
	if req.Body != nil {
		content, err := io.ReadAll(req.Body)
		if err := errors.Join(err, req.Body.Close()); err != nil {
			return nil, err
		}
		served.Body = io.NopCloser(bytes.NewReader(content))
	}
	return served, nil
}

// exchange records an answer.
type exchange struct {
	header http.Header
	sent   http.Header
	status int
	body   bytes.Buffer
	broken bool // the connection ended within the answer, or before it
}

// Header implements http.ResponseWriter.
func (e *exchange) Header() http.Header { return e.header }

// WriteHeader implements http.ResponseWriter.
func (e *exchange) WriteHeader(status int) {
	if e.status == 0 {
		e.status, e.sent = status, maps.Clone(e.header)
	}
}

// Write implements http.ResponseWriter.
func (e *exchange) Write(content []byte) (int, error) {
	e.WriteHeader(http.StatusOK)
	return e.body.Write(content)
}

// Flush implements http.Flusher.
func (e *exchange) Flush() {}

// response is the answer as a client gets it.
func (e *exchange) response(req *http.Request) (*http.Response, error) {
	if e.broken && e.status == 0 {
		return nil, fmt.Errorf("read from %s: %w", req.URL.Host, syscall.ECONNRESET)
	}
	e.WriteHeader(http.StatusOK)
	if e.sent.Get("Date") == "" {
		e.sent.Set("Date", time.Now().UTC().Format(http.TimeFormat))
	}
	var body io.Reader = &e.body
	length := int64(e.body.Len())
	if e.broken {
		body, length = io.MultiReader(body, failing{io.ErrUnexpectedEOF}), -1
	}
	return &http.Response{
		Status: fmt.Sprintf("%d %s", e.status, http.StatusText(e.status)), StatusCode: e.status,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: e.sent, Body: io.NopCloser(body), ContentLength: length, Request: req,
	}, nil
}

// failing is a reader that has nothing but an error.
type failing struct{ err error }

// Read implements io.Reader.
func (f failing) Read([]byte) (int, error) { return 0, f.err }

// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package shape

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
)

// Cloud names one of the two services.
type Cloud string

// The clouds that have a shape.
const (
	Okta   Cloud = "okta"
	Sekoia Cloud = "sekoia"
)

// Options say what is let pass.
type Options struct {
	// OddDevices lets an Okta device's profile lack what the document requires, as the simulator's odd devices do.
	OddDevices bool
	// AnyDevices lets an Okta device be any object, for tests that write such devices into the inventory.
	AnyDevices bool
	// WrongRequests lets a request be wrong if it is answered 4xx: for tests of the refusals themselves. Without it
	// every wrong request is a problem, as it must be for our clients.
	WrongRequests bool
}

// Side is whose part of an exchange is wrong.
type Side string

// The sides of an exchange.
const (
	Request Side = "request"
	Answer  Side = "answer"
)

// Problem is a request or an answer that is not as the documents say.
type Problem struct {
	Cloud  Cloud
	Method string
	Path   string // with the query, which never holds a secret
	Status int
	Side   Side
	Err    error
}

// String has one line for each thing that is wrong.
func (p Problem) String() string {
	reason := strings.ReplaceAll(p.Err.Error(), "\n", "\n\t")
	return fmt.Sprintf("%s %s %s (answered %d): the %s: %s", p.Cloud, p.Method, p.Path, p.Status, p.Side, reason)
}

// Validator checks traffic and collects the problems. Its methods are safe for concurrent use.
type Validator struct {
	options   Options
	documents map[Cloud]*document

	mu       sync.Mutex
	problems []Problem
	checked  map[Cloud]int
}

// New loads the documents of both clouds; the second call in a process costs nothing.
func New(options Options) (*Validator, error) {
	okta := loadOkta
	switch {
	case options.AnyDevices:
		okta = loadOktaAnyhow
	case options.OddDevices:
		okta = loadOktaOdd
	}
	v := &Validator{options: options, documents: map[Cloud]*document{}, checked: map[Cloud]int{}}
	for cloud, loaded := range map[Cloud]func() (*document, error){Okta: okta, Sekoia: loadSekoia} {
		var err error
		if v.documents[cloud], err = loaded(); err != nil {
			return nil, err
		}
	}
	return v, nil
}

// TB is what Watch needs of a *testing.T.
type TB interface {
	Helper()
	Cleanup(func())
	Errorf(format string, arguments ...any)
	Fatalf(format string, arguments ...any)
}

// Watch returns a validator whose problems fail the test at its end.
func Watch(t TB, options Options) *Validator {
	t.Helper()
	v, err := New(options)
	if err != nil {
		t.Fatalf("load the documents: %v", err)
		return nil
	}
	t.Cleanup(func() {
		for _, problem := range v.Problems() {
			t.Errorf("%v", problem)
		}
	})
	return v
}

// Problems returns what was found so far, in the order of the answers.
func (v *Validator) Problems() []Problem {
	v.mu.Lock()
	defer v.mu.Unlock()
	return slices.Clone(v.problems)
}

// Checked is how many exchanges with a cloud were looked at: a test that expects no problem should see some.
func (v *Validator) Checked(cloud Cloud) int {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.checked[cloud]
}

// note checks one exchange.
func (v *Validator) note(cloud Cloud, e *exchange) {
	request, answer := v.documents[cloud].check(e)
	if v.options.WrongRequests && e.status >= 400 && e.status < 500 {
		request = nil
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.checked[cloud]++
	for _, found := range []struct {
		side Side
		err  error
	}{{Request, request}, {Answer, answer}} {
		if found.err != nil {
			v.problems = append(v.problems, Problem{cloud, e.request.Method, e.request.URL.RequestURI(), e.status, found.side, found.err})
		}
	}
}

// Middleware checks what a cloud's handler is asked and answers; cloud is "okta" or "sekoia". It reads each body whole.
// A request that was cut off is not checked: the end of the simulator does that to a push of its connector.
func (v *Validator) Middleware(cloud string, next http.Handler) http.Handler {
	if v.documents[Cloud(cloud)] == nil {
		panic("shape: there is no cloud " + cloud)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		given, err := io.ReadAll(r.Body)
		e := &exchange{request: r.Clone(r.Context()), requestBody: given}
		r.Body = restored(given, err)
		recorder := &recorder{ResponseWriter: w}
		next.ServeHTTP(recorder, r)
		e.status, e.header, e.body = recorder.result()
		if err == nil {
			v.note(Cloud(cloud), e)
		}
	})
}

// restored is a body that was read, with the error that ended it.
func restored(body []byte, err error) io.ReadCloser {
	if err == nil {
		err = io.EOF
	}
	return io.NopCloser(io.MultiReader(bytes.NewReader(body), failing{err}))
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

// recorder keeps what is written through it.
type recorder struct {
	http.ResponseWriter

	status int
	header http.Header // as it was when the status was written
	body   bytes.Buffer
}

// WriteHeader keeps the first status that is not informational.
func (r *recorder) WriteHeader(status int) {
	if r.status == 0 && status >= 200 {
		r.status, r.header = status, r.Header().Clone()
	}
	r.ResponseWriter.WriteHeader(status)
}

// Write keeps the bytes.
func (r *recorder) Write(body []byte) (int, error) {
	if r.status == 0 {
		r.WriteHeader(http.StatusOK)
	}
	r.body.Write(body)
	return r.ResponseWriter.Write(body) //nolint:wrapcheck // a writer's error is its caller's
}

// FlushError and Unwrap are for http.ResponseController.
func (r *recorder) FlushError() error {
	if r.status == 0 {
		r.WriteHeader(http.StatusOK)
	}
	return http.NewResponseController(r.ResponseWriter).Flush() //nolint:wrapcheck // a writer's error is its caller's
}

// Unwrap gives the writer below.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }

func (r *recorder) result() (int, http.Header, []byte) {
	if r.status == 0 {
		return http.StatusOK, r.Header().Clone(), nil
	}
	return r.status, r.header, r.body.Bytes()
}

// RoundTripper checks what a client asks a cloud and is answered, which may be a mock. It reads each body whole. An
// exchange without an answer is not checked.
func (v *Validator) RoundTripper(cloud Cloud, next http.RoundTripper) http.RoundTripper {
	return roundTripper(func(r *http.Request) (*http.Response, error) {
		e := &exchange{request: r.Clone(r.Context())}
		if r.Body != nil && r.Body != http.NoBody {
			given, err := io.ReadAll(r.Body)
			if err != nil {
				return nil, errors.Join(fmt.Errorf("read the request: %w", err), r.Body.Close())
			}
			if err := r.Body.Close(); err != nil {
				return nil, fmt.Errorf("close the request: %w", err)
			}
			e.requestBody = given
			r = r.Clone(r.Context())
			r.Body = io.NopCloser(bytes.NewReader(given))
		}
		answer, err := next.RoundTrip(r)
		if err != nil {
			return answer, err //nolint:wrapcheck // a round tripper's error is its caller's
		}
		body, err := io.ReadAll(answer.Body)
		closed := answer.Body.Close()
		answer.Body = restored(body, errors.Join(err, closed))
		if err == nil {
			e.status, e.header, e.body = answer.StatusCode, answer.Header, body
			v.note(cloud, e)
		}
		return answer, nil
	})
}

type roundTripper func(*http.Request) (*http.Response, error)

// RoundTrip calls the function.
func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// decode reads a JSON body the way the schemas want it.
func decode(body []byte) (any, error) {
	var value any
	if err := json.Unmarshal(body, &value); err != nil {
		return nil, fmt.Errorf("decode: %w", err)
	}
	return value, nil
}

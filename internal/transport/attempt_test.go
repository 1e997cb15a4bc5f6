// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package transport_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/failure"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/pace"
)

// streamed answers with a body that comes in pieces, each after a pause.
type streamed struct {
	pieces int
	pause  time.Duration
	calls  atomic.Int32
}

func (s *streamed) RoundTrip(req *http.Request) (*http.Response, error) {
	s.calls.Add(1)
	body := &slowBody{ctx: req.Context(), left: s.pieces, pause: s.pause}
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: body}, nil
}

type slowBody struct {
	ctx   context.Context
	left  int
	pause time.Duration
}

func (b *slowBody) Read(p []byte) (int, error) {
	if b.left == 0 {
		return 0, io.EOF
	}
	select {
	case <-b.ctx.Done():
		return 0, b.ctx.Err()
	case <-time.After(b.pause):
		b.left--
		return copy(p, "x"), nil
	}
}

func (*slowBody) Close() error { return nil }

func TestTimeoutCoversTheBody(t *testing.T) {
	t.Parallel()
	const limit = 10 * time.Second
	cases := map[string]struct {
		method string
		base   *streamed
		late   bool
		took   time.Duration
	}{
		"a GET's body in time":   {http.MethodGet, &streamed{pieces: 9, pause: time.Second}, false, 9 * time.Second},
		"a GET's body too late":  {http.MethodGet, &streamed{pieces: 99, pause: time.Second}, true, limit},
		"a POST's body in time":  {http.MethodPost, &streamed{pieces: 9, pause: time.Second}, false, 9 * time.Second},
		"a POST's body too late": {http.MethodPost, &streamed{pieces: 99, pause: time.Second}, true, limit},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				client := newClient(t, transport.Options{Base: c.base, RequestTimeout: limit})
				start := time.Now()
				got, err := fetch(client, newRequest(t, t.Context(), c.method, acme, ""))
				if took := time.Since(start); took != c.took {
					t.Errorf("it took %s, want %s", took, c.took)
				}
				if c.late {
					assertTimeout(t, err, limit)
				} else if err != nil || got.body != "xxxxxxxxx" {
					t.Errorf("the body is %q, %v", got.body, err)
				}
			})
		})
	}
}

func assertTimeout(t *testing.T, err error, after time.Duration) {
	t.Helper()
	var late *failure.TimeoutError
	if !errors.As(err, &late) || late.After != after || !late.Timeout() {
		t.Fatalf("the error is %v, want a TimeoutError of %s", err, after)
	}
	if !strings.Contains(err.Error(), "no complete answer within "+after.String()) {
		t.Errorf("the text is %v", err)
	}
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
		t.Error("the attempt's timeout looks like the end of the caller's context")
	}
	if got := failure.Explain(err).What; got != "no answer in time" {
		t.Errorf("explained as %s", got)
	}
}

func TestCallerWhoReadsSlowlyIsToldOfTheTimeout(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		base := roundTrip(func(*http.Request) (*http.Response, error) { // a body that is there already, whatever becomes of its request
			return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(strings.NewReader("xxx"))}, nil
		})
		client := newClient(t, transport.Options{Base: base, RequestTimeout: 10 * time.Second})
		resp, err := transport.Do(client, newRequest(t, t.Context(), http.MethodPost, acme, "")) //nolint:bodyclose // ReadBody closes it
		if err != nil {
			t.Fatal(err)
		}
		<-time.After(11 * time.Second)
		_, err = transport.ReadBody(resp, 100)
		assertTimeout(t, err, 10*time.Second)
	})
}

func TestTimeoutOfEachAttemptBegins(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		base := &streamed{pieces: 99, pause: time.Second}
		client := newClient(t, transport.Options{Base: base, RequestTimeout: 10 * time.Second, MaxRetries: 1})
		start := time.Now()
		_, err := fetch(client, newRequest(t, t.Context(), http.MethodGet, acme, ""))
		assertTimeout(t, err, 10*time.Second)
		if took := time.Since(start); base.calls.Load() != 2 || took < 20*time.Second+500*time.Millisecond || took > 21*time.Second {
			t.Errorf("%d calls in %s", base.calls.Load(), took)
		}
	})
}

func TestDefaultTimeout(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client := newClient(t, transport.Options{Base: &streamed{pieces: 99, pause: time.Second}})
		_, err := fetch(client, newRequest(t, t.Context(), http.MethodGet, acme, ""))
		assertTimeout(t, err, transport.DefaultRequestTimeout)
	})
}

func TestDeadlineOfTheCallerIsItsOwn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		base := &streamed{pieces: 99, pause: time.Second}
		client := newClient(t, transport.Options{Base: base, RequestTimeout: 10 * time.Second, MaxRetries: 4})
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		defer cancel()
		_, err := fetch(client, newRequest(t, ctx, http.MethodGet, acme, ""))
		if !errors.Is(err, context.DeadlineExceeded) || failure.Explain(err).What != "no answer in time" {
			t.Errorf("the error is %v", err)
		}
		if base.calls.Load() != 1 {
			t.Errorf("%d calls", base.calls.Load())
		}
	})
}

// endless is a body that never ends, and counts what was read of it.
type endless struct{ read atomic.Int64 }

func (b *endless) Read(p []byte) (int, error) {
	b.read.Add(int64(len(p)))
	return len(p), nil
}

func (*endless) Close() error { return nil }

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }

func TestEndlessBodyIsBounded(t *testing.T) {
	t.Parallel()
	var calls int
	body := &endless{}
	base := roundTrip(func(*http.Request) (*http.Response, error) {
		calls++
		return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: body}, nil
	})
	client := newClient(t, transport.Options{Base: base, MaxRetries: 4})
	_, err := fetch(client, newRequest(t, t.Context(), http.MethodGet, acme, ""))
	if !errors.Is(err, failure.ErrBodyTooLarge) || !strings.Contains(err.Error(), fmt.Sprint(transport.DefaultBodyLimit)) {
		t.Errorf("the error is %v", err)
	}
	if calls != 1 {
		t.Errorf("%d calls: the next body is no smaller", calls)
	}
	if read := body.read.Load(); read > 3*transport.DefaultBodyLimit {
		t.Errorf("%d bytes were read", read)
	}
}

// closes notes that a body was closed.
type closes struct {
	io.Reader
	closed bool
}

func (c *closes) Close() error {
	c.closed = true
	return nil
}

func TestReadBody(t *testing.T) {
	t.Parallel()
	broken := io.MultiReader(strings.NewReader("ab"), iotestErr{io.ErrUnexpectedEOF})
	cases := map[string]struct {
		body  io.Reader
		limit int64
		want  string
		err   error
	}{
		"nothing":                     {strings.NewReader(""), 3, "", nil},
		"less than the limit":         {strings.NewReader("ab"), 3, "ab", nil},
		"as much as the limit":        {strings.NewReader("abc"), 3, "abc", nil},
		"one byte more":               {strings.NewReader("abcd"), 3, "", failure.ErrBodyTooLarge},
		"nothing where nothing may":   {strings.NewReader(""), 0, "", nil},
		"a byte where nothing may":    {strings.NewReader("a"), 0, "", failure.ErrBodyTooLarge},
		"a limit below nothing":       {strings.NewReader("a"), -1, "", failure.ErrBodyTooLarge},
		"the largest limit":           {strings.NewReader("abc"), math.MaxInt64, "abc", nil},
		"a body that ends too early":  {broken, 10, "", io.ErrUnexpectedEOF},
		"too early, and too large it": {io.MultiReader(strings.NewReader("abcd"), iotestErr{io.ErrUnexpectedEOF}), 3, "", failure.ErrBodyTooLarge},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			body := &closes{Reader: c.body}
			got, err := transport.ReadBody(&http.Response{Body: body}, c.limit)
			if string(got) != c.want || !errors.Is(err, c.err) {
				t.Errorf("%q, %v; want %q, %v", got, err, c.want, c.err)
			}
			if !body.closed {
				t.Error("the body was left open")
			}
		})
	}
}

type iotestErr struct{ err error }

func (e iotestErr) Read([]byte) (int, error) { return 0, e.err }

// truncating announces 100 bytes and sends 10, times times; then it sends all.
func truncating(t *testing.T, times int32) (*httptest.Server, *atomic.Int32) {
	t.Helper()
	var calls atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		whole := bytes.Repeat([]byte("y"), 100)
		if calls.Add(1) > times {
			_, _ = w.Write(whole)
			return
		}
		conn, buffered, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Errorf("hijack: %v", err)
			return
		}
		defer conn.Close() //nolint:errcheck // it is cut on purpose
		_, _ = fmt.Fprintf(buffered, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n%s", whole[:10])
		_ = buffered.Flush()
	}))
	t.Cleanup(server.Close)
	return server, &calls
}

func TestTruncatedBodies(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		method     string
		repeatable bool
		times      int32
		calls      int32
		fails      bool
	}{
		"a GET is repeated":                {http.MethodGet, false, 1, 2, false},
		"a GET fails with the last":        {http.MethodGet, false, 9, 2, true},
		"a POST is not repeated":           {http.MethodPost, false, 1, 1, true},
		"a repeatable PATCH is repeated":   {http.MethodPatch, true, 1, 2, false},
		"a DELETE by itself is not either": {http.MethodDelete, false, 1, 1, true},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, calls := truncating(t, c.times)
			client := newClient(t, transport.Options{MaxRetries: 1})
			ctx := t.Context()
			if c.repeatable {
				ctx = pace.WithRepeatable(ctx)
			}
			got, err := fetch(client, newRequest(t, ctx, c.method, server.URL, ""))
			switch {
			case !c.fails && (err != nil || len(got.body) != 100):
				t.Errorf("%d bytes, %v", len(got.body), err)
			case c.fails && !errors.Is(err, io.ErrUnexpectedEOF):
				t.Errorf("the error is %v", err)
			case c.fails && failure.Explain(err).What != "connection lost before the answer was complete":
				t.Errorf("classified as %s", failure.Explain(err).What)
			}
			if calls.Load() != c.calls {
				t.Errorf("%d calls, want %d", calls.Load(), c.calls)
			}
		})
	}
}

// rawServer accepts connections, reads a request's first bytes and hands the connection over; it is closed afterwards.
func rawServer(t *testing.T, talk func(*net.TCPConn)) string {
	t.Helper()
	listener, err := net.ListenTCP("tcp", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			conn, err := listener.AcceptTCP()
			if err != nil {
				return
			}
			_, _ = conn.Read(make([]byte, 4096))
			talk(conn)
			_ = conn.Close()
		}
	}()
	t.Cleanup(func() {
		_ = listener.Close()
		<-done
	})
	return "http://" + listener.Addr().String()
}

func TestAnswersOfOtherServersAreNotShown(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		said  string
		calls int32
	}{
		"no HTTP at all":                         {"SSH-2.0-hunter2\r\n", 1},
		"no status":                              {"HTTP/1.1 hunter2\r\n\r\n", 1},
		"another version":                        {"HTTP/hunter2 200 OK\r\n\r\n", 1},
		"a broken length":                        {"HTTP/1.1 200 OK\r\nContent-Length: hunter2\r\n\r\n", 1},
		"two lengths":                            {"HTTP/1.1 200 OK\r\nContent-Length: hunter2\r\nContent-Length: 2\r\n\r\n", 1},
		"an unknown encoding":                    {"HTTP/1.1 200 OK\r\nTransfer-Encoding: hunter2\r\n\r\n", 1},
		"a broken header, perhaps one cut short": {"HTTP/1.1 200 OK\r\nhunter2\r\n\r\n", 2},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var calls atomic.Int32
			address := rawServer(t, func(conn *net.TCPConn) {
				calls.Add(1)
				_, _ = io.WriteString(conn, c.said)
			})
			var lines record
			client := newClient(t, transport.Options{MaxRetries: 1, Log: lines.log})
			_, err := fetch(client, newRequest(t, t.Context(), http.MethodGet, address, ""))
			if got := failure.Explain(err).What; got != "the answer is not HTTP" && got != "connection lost before the answer was complete" {
				t.Errorf("the error is %v", err)
			}
			if strings.Contains(err.Error(), "hunter2") || strings.Contains(lines.text(), "hunter2") {
				t.Errorf("the answer is shown: %v\n%s", err, lines.text())
			}
			if calls.Load() != c.calls {
				t.Errorf("%d calls, want %d", calls.Load(), c.calls)
			}
		})
	}
}

func TestHangingServer(t *testing.T) {
	t.Parallel()
	const limit = 50 * time.Millisecond
	cases := map[string]string{
		"no answer":   "",
		"no body":     "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n",
		"half a body": "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf",
	}
	for name, said := range cases {
		for _, method := range []string{http.MethodGet, http.MethodPost} {
			t.Run(name+" to "+method, func(t *testing.T) {
				t.Parallel()
				release := make(chan struct{})
				address := rawServer(t, func(conn *net.TCPConn) {
					_, _ = io.WriteString(conn, said)
					<-release
				})
				t.Cleanup(func() { close(release) }) // runs before the server's own end
				client := newClient(t, transport.Options{RequestTimeout: limit})
				_, err := fetch(client, newRequest(t, t.Context(), method, address, ""))
				assertTimeout(t, err, limit)
			})
		}
	}
}

func TestBrokenConnections(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		talk func(*net.TCPConn)
		want string
	}{
		"reset":                  {func(conn *net.TCPConn) { _ = conn.SetLinger(0) }, "connection lost before the answer was complete"},
		"closed":                 {func(*net.TCPConn) {}, "connection lost before the answer was complete"},
		"closed in the headers":  {func(conn *net.TCPConn) { _, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-") }, "connection lost before the answer was complete"},
		"headers without an end": {endlessHeaders, ""},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			address := rawServer(t, c.talk)
			client := newClient(t, transport.Options{})
			_, err := fetch(client, newRequest(t, t.Context(), http.MethodPost, address, ""))
			if got := failure.Explain(err); got.Known != (c.want != "") || got.Known && got.What != c.want {
				t.Errorf("explained as %+v, want %s: %v", got, c.want, err)
			}
		})
	}
}

// endlessHeaders sends headers until the client hangs up.
func endlessHeaders(conn *net.TCPConn) {
	_, err := io.WriteString(conn, "HTTP/1.1 200 OK\r\n")
	for err == nil {
		_, err = io.WriteString(conn, "X-Filler: "+strings.Repeat("x", 60000)+"\r\n")
	}
}

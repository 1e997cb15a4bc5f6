// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package transport_test

import (
	"bufio"
	"context"
	"crypto/tls"
	"encoding/pem"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/failure"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/pace"
)

// proofs notes the proof of each call that reaches a server.
type proofs struct {
	mu   sync.Mutex
	seen []string
}

func (p *proofs) note(proof string) (calls int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.seen = append(p.seen, proof)
	return len(p.seen)
}

func (p *proofs) all() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.seen)
}

// A dyingServer answers the first call, reads the second and cuts the connection, and answers all others.
type dyingServer func(t *testing.T, seen *proofs) (url string, options transport.Options)

// proved sends a call whose proof is another one each time that it is made.
func proved(ctx context.Context, t *testing.T, client *http.Client, method, url, body string) (reply, error) {
	t.Helper()
	made := 0
	return fetch(client, transport.SignEach(newRequest(t, ctx, method, url, body), func(attempt *http.Request) error {
		made++
		attempt.Header.Set("Proof", url+strconv.Itoa(made))
		return nil
	}))
}

func TestNobodyElseRepeatsACallWhoseConnectionDies(t *testing.T) {
	t.Parallel()
	for protocol, serve := range map[string]dyingServer{
		"HTTP/1.1":                           dyingHTTP1,
		"HTTP/2, the stream is refused":      dyingHTTP2(refused),
		"HTTP/2, only the stream is refused": livingHTTP2(refused),
		"HTTP/2, the stream broke a rule":    dyingHTTP2(func(f *http2.Framer, id uint32) { _ = f.WriteRSTStream(id, http2.ErrCodeProtocol) }),
		"HTTP/2, the server is going away":   dyingHTTP2(func(f *http2.Framer, id uint32) { _ = f.WriteGoAway(id-2, http2.ErrCodeNo, nil) }),
		"HTTP/2, the connection just ends":   dyingHTTP2(func(*http2.Framer, uint32) {}),
		"HTTP/2, the stream just is no more": dyingHTTP2(func(f *http2.Framer, id uint32) { _ = f.WriteRSTStream(id, http2.ErrCodeCancel) }),
	} {
		for name, call := range map[string]struct {
			method, body string
			repeatable   bool
			calls        int
		}{
			"a GET":                         {http.MethodGet, "", false, 3},
			"a POST that may be repeated":   {http.MethodPost, "x=1", true, 3},
			"a POST with a body":            {http.MethodPost, "x=1", false, 2},
			"a POST without a body":         {http.MethodPost, "", false, 2},
			"a DELETE":                      {http.MethodDelete, "", false, 2},
			"a DELETE that may be repeated": {http.MethodDelete, "", true, 3},
		} {
			t.Run(protocol+"/"+name, func(t *testing.T) {
				t.Parallel()
				seen := &proofs{}
				url, options := serve(t, seen)
				options.MaxRetries = 2
				client := newClient(t, options)
				ctx := t.Context()
				if call.repeatable {
					ctx = pace.WithRepeatable(ctx)
				}
				if _, err := proved(ctx, t, client, http.MethodGet, url+"/first", ""); err != nil {
					t.Fatalf("the first call: %v", err)
				}
				_, err := proved(ctx, t, client, call.method, url+"/second", call.body)
				calls := seen.all()
				if len(calls) != call.calls {
					t.Fatalf("%d calls reached the server, want %d: %q, error %v", len(calls), call.calls, calls, err)
				}
				if again := calls[2:]; len(again) > 0 && (err != nil || again[0] == calls[1]) {
					t.Errorf("proofs %q and error %v, want a fresh proof with the repeat, and its answer", calls, err)
				}
				if call.calls == 2 && (err == nil || failure.Explain(err).What == "canceled" || failure.Unsent(err)) {
					t.Errorf("error %v (%s), want that the connection was lost after the call was sent", err, failure.Explain(err).What)
				}
			})
		}
	}
}

func TestTheLostConnectionIsNamed(t *testing.T) {
	t.Parallel()
	for protocol, serve := range map[string]dyingServer{
		"HTTP/1.1": dyingHTTP1,
		"HTTP/2":   dyingHTTP2(refused),
	} {
		t.Run(protocol, func(t *testing.T) {
			t.Parallel()
			url, options := serve(t, &proofs{})
			client := newClient(t, options)
			if _, err := proved(t.Context(), t, client, http.MethodGet, url, ""); err != nil {
				t.Fatal(err)
			}
			_, err := proved(t.Context(), t, client, http.MethodGet, url, "")
			if kind := failure.Explain(err).What; kind != "connection lost before the answer was complete" {
				t.Errorf("error %v is of the kind %s, want %s", err, kind, "connection lost before the answer was complete")
			}
		})
	}
}

func listen(t *testing.T, serve func(net.Conn)) net.Listener {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var serving sync.WaitGroup
	ctx, end := context.WithCancel(context.Background())
	serving.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			context.AfterFunc(ctx, func() { _ = conn.Close() }) // the client would keep it for a while
			serving.Go(func() {
				defer conn.Close() //nolint:errcheck // it is cut
				serve(conn)
			})
		}
	})
	t.Cleanup(func() {
		_ = listener.Close()
		end()
		serving.Wait()
	})
	return listener
}

func dyingHTTP1(t *testing.T, seen *proofs) (string, transport.Options) {
	t.Helper()
	listener := listen(t, func(conn net.Conn) {
		in := bufio.NewReader(conn)
		for {
			request, err := http.ReadRequest(in)
			if err != nil {
				return
			}
			_, _ = io.Copy(io.Discard, request.Body)
			if seen.note(request.Header.Get("Proof")) == 2 {
				return
			}
			if _, err := io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"); err != nil {
				return
			}
		}
	})
	return "http://" + listener.Addr().String(), transport.Options{}
}

func refused(framer *http2.Framer, stream uint32) {
	_ = framer.WriteRSTStream(stream, http2.ErrCodeRefusedStream)
}

// dyingHTTP2 speaks HTTP/2 frame by frame: no server of the library's answers a call in these ways.
func dyingHTTP2(die func(framer *http2.Framer, stream uint32)) dyingServer {
	return servingHTTP2(die, false)
}

// livingHTTP2 is a dyingHTTP2 whose connection lives on, so that net/http would send the call again over it.
func livingHTTP2(die func(framer *http2.Framer, stream uint32)) dyingServer {
	return servingHTTP2(die, true)
}

func servingHTTP2(die func(framer *http2.Framer, stream uint32), livesOn bool) dyingServer {
	return func(t *testing.T, seen *proofs) (string, transport.Options) {
		t.Helper()
		borrowed := httptest.NewTLSServer(http.NotFoundHandler())
		t.Cleanup(borrowed.Close)
		authority := filepath.Join(t.TempDir(), "ca.pem")
		content := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: borrowed.Certificate().Raw})
		if err := os.WriteFile(authority, content, 0o600); err != nil {
			t.Fatal(err)
		}
		config := &tls.Config{Certificates: borrowed.TLS.Certificates, MinVersion: tls.VersionTLS12, NextProtos: []string{"h2"}}
		listener := listen(t, func(conn net.Conn) {
			secure := tls.Server(conn, config)
			if _, err := io.ReadFull(secure, make([]byte, len(http2.ClientPreface))); err != nil {
				return
			}
			framer := http2.NewFramer(secure, secure)
			framer.ReadMetaHeaders = hpack.NewDecoder(4096, nil)
			_ = framer.WriteSettings()
			serveHTTP2(framer, seen, die, livesOn)
		})
		return "https://" + listener.Addr().String(), transport.Options{CACertificateFile: authority}
	}
}

func serveHTTP2(framer *http2.Framer, seen *proofs, die func(*http2.Framer, uint32), livesOn bool) {
	proofOf := map[uint32]string{}
	for {
		frame, err := framer.ReadFrame()
		if err != nil {
			return
		}
		ended := false
		switch frame := frame.(type) {
		case *http2.MetaHeadersFrame:
			for _, field := range frame.Fields {
				if field.Name == "proof" {
					proofOf[frame.StreamID] = field.Value
				}
			}
			ended = frame.StreamEnded()
		case *http2.DataFrame:
			ended = frame.StreamEnded()
		case *http2.SettingsFrame:
			if !frame.IsAck() {
				_ = framer.WriteSettingsAck()
			}
		}
		if !ended {
			continue
		}
		stream := frame.Header().StreamID
		if seen.note(proofOf[stream]) == 2 {
			if die(framer, stream); !livesOn {
				return
			}
			continue
		}
		var block strings.Builder
		_ = hpack.NewEncoder(&block).WriteField(hpack.HeaderField{Name: ":status", Value: "200"})
		_ = framer.WriteHeaders(http2.HeadersFrameParam{StreamID: stream, BlockFragment: []byte(block.String()), EndHeaders: true})
		_ = framer.WriteData(stream, true, []byte("ok"))
	}
}

// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package simulator

import (
	"bytes"
	"context"
	"maps"
	"net"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/simulator/sekoia"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/simulator/wire"
)

// front is in front of both clouds. It logs every call, delays it, and applies faults.
type front struct {
	ctx     context.Context // the simulator's life: it ends calls that are held
	log     *requestLog
	faults  *faultSet
	latency time.Duration
	open    gate
}

// gate counts calls under way, so that Close can wait for them.
type gate struct {
	mu     sync.Mutex
	closed bool
	calls  sync.WaitGroup
}

func (g *gate) enter() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.closed {
		return false
	}
	g.calls.Add(1)
	return true
}

func (g *gate) close() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.closed = true
}

// cloud puts the front before one cloud.
func (f *front) cloud(name string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !f.open.enter() {
			panic(http.ErrAbortHandler)
		}
		defer f.open.calls.Done()
		if name == cloudSekoia {
			r = sekoia.OpenDoor(r)
		}
		r, call := f.log.begin(name, r)
		if !wire.Pause(f.ctx, f.latency) {
			panic(http.ErrAbortHandler)
		}
		struck := f.faults.strike(name, r)
		if struck == nil {
			next.ServeHTTP(&statusWriter{ResponseWriter: w, call: call}, r)
			return
		}
		f.strike(name, struck, call, next, w, r)
	})
}

// strike applies a fault to a call.
func (f *front) strike(cloud string, struck *fault, call *loggedCall, next http.Handler, w http.ResponseWriter, r *http.Request) {
	if !wire.Pause(f.ctx, struck.delay) {
		panic(http.ErrAbortHandler)
	}
	switch struck.Kind {
	case faultStatus:
		struck.answer(&statusWriter{ResponseWriter: w, call: call}, cloud)
	case faultReset:
		reset(w)
	case faultDropReply:
		next.ServeHTTP(&recorder{header: http.Header{}, call: call}, r)
		reset(w)
	case faultTruncate:
		whole := &recorder{header: http.Header{}, call: call}
		next.ServeHTTP(whole, r)
		whole.truncate(w)
	case faultHold:
		select {
		case <-struck.released:
		case <-f.ctx.Done():
			panic(http.ErrAbortHandler)
		}
		next.ServeHTTP(&statusWriter{ResponseWriter: w, call: call}, r)
	default:
		next.ServeHTTP(&statusWriter{ResponseWriter: w, call: call}, r)
	}
}

// statusWriter notes the answer's status in the request log.
type statusWriter struct {
	http.ResponseWriter
	call *loggedCall
}

// WriteHeader implements http.ResponseWriter.
func (w *statusWriter) WriteHeader(status int) {
	w.call.finish(status)
	w.ResponseWriter.WriteHeader(status)
}

// Write implements http.ResponseWriter.
func (w *statusWriter) Write(body []byte) (int, error) {
	w.call.finish(http.StatusOK)
	return w.ResponseWriter.Write(body)
}

// recorder records an answer that the caller will not get, or only in part.
type recorder struct {
	header http.Header
	call   *loggedCall
	status int
	body   bytes.Buffer
}

// Header implements http.ResponseWriter.
func (w *recorder) Header() http.Header { return w.header }

// WriteHeader implements http.ResponseWriter.
func (w *recorder) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
		w.call.finish(status)
	}
}

// Write implements http.ResponseWriter.
func (w *recorder) Write(body []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	return w.body.Write(body)
}

// truncate sends half of the body under the whole one's length, and ends the connection.
func (w *recorder) truncate(to http.ResponseWriter) {
	maps.Copy(to.Header(), w.header)
	if w.status == 0 || w.body.Len() == 0 {
		reset(to)
		return
	}
	to.Header().Set("Content-Length", strconv.Itoa(w.body.Len()))
	to.WriteHeader(w.status)
	_, _ = to.Write(w.body.Bytes()[:w.body.Len()/2])
	_ = http.NewResponseController(to).Flush()
	panic(http.ErrAbortHandler)
}

// reset ends the connection so that the caller sees a reset rather than an end.
func reset(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	plain := conn
	if encrypted, ok := conn.(interface{ NetConn() net.Conn }); ok {
		plain = encrypted.NetConn()
	}
	if tcp, ok := plain.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = plain.Close()
}

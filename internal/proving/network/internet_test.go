// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package network_test

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/acctest"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/provider"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/proving/protocol"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/simulator"
)

// The hosts of this internet.
const (
	oktaHost   = "acme.okta.com"
	customHost = "login.acme.example"
	sekoiaHost = "api.sekoia.test"
	proxyHost  = "proxy.example"
)

// authority issues certificates.
type authority struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
}

func newAuthority(t *testing.T, name string) authority {
	t.Helper()
	a := authority{key: newKey(t)}
	a.certificate = &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-48 * time.Hour), NotAfter: time.Now().Add(480 * time.Hour), KeyUsage: x509.KeyUsageCertSign,
	}
	a.certificate = a.sign(t, a.certificate, a.key)
	return a
}

func newKey(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func (a authority) sign(t *testing.T, template *x509.Certificate, key *ecdsa.PrivateKey) *x509.Certificate {
	t.Helper()
	content, err := x509.CreateCertificate(rand.Reader, template, a.certificate, &key.PublicKey, a.key)
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := x509.ParseCertificate(content)
	if err != nil {
		t.Fatal(err)
	}
	return certificate
}

// issue returns a certificate for the hosts, changed by change.
func (a authority) issue(t *testing.T, change func(*x509.Certificate)) tls.Certificate {
	t.Helper()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "a host"}, DNSNames: []string{oktaHost, customHost, sekoiaHost, proxyHost},
		NotBefore: time.Now().Add(-24 * time.Hour), NotAfter: time.Now().Add(240 * time.Hour),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	if change != nil {
		change(template)
	}
	key := newKey(t)
	return tls.Certificate{Certificate: [][]byte{a.sign(t, template, key).Raw}, PrivateKey: key}
}

// internet is all that the provider can reach: both clouds behind TLS, and a proxy.
type internet struct {
	*protocol.Terraform

	t         *testing.T
	authority authority
	simulator *simulator.Simulator
	ready     simulator.Ready
	listener  *listener
	server    *http.Server
	variables map[string]string

	mu sync.Mutex
	// trouble is what the host victim has, from the time that active is set: at once, or when the path after was
	// answered.
	trouble *trouble
	victim  string
	active  bool
	after   string
	// dials are the connections asked for at the victim, requests those that reached it, while there was trouble.
	dials, requests int
	conns           []net.Conn
}

// newInternet begins both clouds, and a provider that trusts their authority. It ends with the test's bubble.
func newInternet(t *testing.T) *internet {
	t.Helper()
	n := &internet{t: t, authority: newAuthority(t, "Test CA"), listener: &listener{conns: make(chan net.Conn), done: make(chan struct{})}}
	settings := simulator.DefaultConfig()
	settings.Offline, settings.Devices, settings.Odd, settings.Speed = true, 3, 0, 10
	settings.SyncInterval = 480 * time.Hour
	settings.OktaPublicURL = "https://" + oktaHost
	settings.ConnectorTransport = roundTrip(func(req *http.Request) (*http.Response, error) { return n.inside(req, n.ready.OktaURL) })
	started, err := simulator.Start(settings)
	if err != nil {
		t.Fatal(err)
	}
	n.simulator, n.ready = started, started.Ready()
	n.variables = map[string]string{
		"SEKOIA_BASE_URL": "https://" + sekoiaHost, "SEKOIA_API_KEY": n.ready.SekoiaAPIKey, "SEKOIA_COMMUNITY_ID": n.ready.CommunityID,
		"OKTA_CLIENT_ORGURL": "https://" + oktaHost, "OKTA_API_TOKEN": n.ready.OktaToken,
	}
	file := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: n.authority.certificate.Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	n.Terraform = &protocol.Terraform{
		Provider: map[string]any{"http": map[string]any{"ca_certificate_file": file}},
		Serve: func() (tfprotov6.ProviderServer, error) {
			lookup := func(name string) (string, bool) {
				value, found := n.variables[name]
				return value, found
			}
			return provider.NewServer(provider.New("test", provider.Environment{Lookup: lookup, Dial: n.dial}))(), nil
		},
	}
	n.server = &http.Server{Handler: n, ErrorLog: log.New(io.Discard, "", 0), ReadHeaderTimeout: time.Hour}
	n.server.ConnContext = func(ctx context.Context, conn net.Conn) context.Context {
		return context.WithValue(ctx, connKey{}, conn)
	}
	n.server.TLSConfig = &tls.Config{Certificates: []tls.Certificate{n.authority.issue(t, nil)}, MinVersion: tls.VersionTLS12}
	go func() { _ = n.server.ServeTLS(n.listener, "", "") }()
	t.Cleanup(func() {
		<-time.After(time.Minute) // what was dialed for a call that gave up ends by itself
		_ = n.server.Close()
		n.cut()
		if err := n.simulator.Close(); err != nil {
			t.Error(err)
		}
	})
	return n
}

// inside sends a request to a side of the simulator.
func (n *internet) inside(req *http.Request, side string) (*http.Response, error) {
	parsed, err := url.Parse(side)
	if err != nil {
		return nil, err
	}
	inner := req.Clone(req.Context())
	inner.URL.Scheme, inner.URL.Host, inner.Host = parsed.Scheme, parsed.Host, parsed.Host
	return n.simulator.Transport().RoundTrip(inner)
}

// ServeHTTP answers as the cloud does that the host belongs to.
func (n *internet) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	side := n.ready.OktaURL
	if r.Host == sekoiaHost {
		side = n.ready.SekoiaURL
	}
	n.mu.Lock()
	spoil := n.active && r.Host == n.victim && n.trouble.answer != nil
	starts := !n.active && n.trouble != nil && n.after != "" && r.Host == n.victim && r.Method+" "+r.URL.Path == n.after
	if n.active && r.Host == n.victim {
		n.requests++
	}
	n.mu.Unlock()
	if spoil {
		n.trouble.answer(w, r)
		return
	}
	parsed, _ := url.Parse(side)
	proxy := &httputil.ReverseProxy{
		Rewrite:   func(request *httputil.ProxyRequest) { request.SetURL(parsed) },
		Transport: n.simulator.Transport(), ErrorLog: log.New(io.Discard, "", 0),
	}
	if starts {
		n.cutOthers(r.Context())
		synctest.Wait() // the provider has noticed: its next call takes none of these connections
		w.Header().Set("Connection", "close")
	}
	proxy.ServeHTTP(w, r)
	if starts {
		n.mu.Lock()
		n.active = true
		n.mu.Unlock()
	}
}

// begin makes trouble, at once or after a call ("METHOD /path") was answered.
func (n *internet) begin(some trouble, victim, after string) {
	n.mu.Lock()
	n.trouble, n.victim, n.after, n.active, n.dials, n.requests = &some, victim, after, after == "", 0, 0
	n.mu.Unlock()
	delete(n.variables, "HTTPS_PROXY")
	if some.proxy != "" {
		n.variables["HTTPS_PROXY"] = some.proxy
		n.variables["NO_PROXY"] = strings.Join(without([]string{oktaHost, sekoiaHost, customHost}, victim), ",")
	}
	n.cut()
}

// repair ends the trouble.
func (n *internet) repair() {
	n.mu.Lock()
	n.trouble, n.active = nil, false
	n.mu.Unlock()
	delete(n.variables, "HTTPS_PROXY")
	n.cut()
}

func without(all []string, one string) []string {
	var rest []string
	for _, each := range all {
		if each != one {
			rest = append(rest, each)
		}
	}
	return rest
}

// cut ends all connections.
func (n *internet) cut() {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, conn := range n.conns {
		_ = conn.Close()
	}
	n.conns = nil
}

// connKey is a request's connection, in its context.
type connKey struct{}

// cutOthers ends all connections but that of a request: each later call needs a new one.
func (n *internet) cutOthers(ctx context.Context) {
	var own net.Conn
	if secured, ok := ctx.Value(connKey{}).(*tls.Conn); ok {
		own = secured.NetConn()
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	for pipe := range slices.Chunk(n.conns, ends) {
		if slices.Contains(pipe, own) {
			continue
		}
		for _, conn := range pipe {
			_ = conn.Close()
		}
	}
}

// ends are how many ends of each pipe are in conns.
const ends = 4

// dial is how the provider makes connections.
func (n *internet) dial(ctx context.Context, network, address string) (net.Conn, error) {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	n.mu.Lock()
	some := n.trouble
	struck := n.active && (host == n.victim || host == proxyHost)
	if struck {
		n.dials++
	}
	n.mu.Unlock()

	// As net.Dialer does.
	trace := httptrace.ContextClientTrace(ctx)
	if trace == nil {
		trace = &httptrace.ClientTrace{ConnectStart: func(_, _ string) {}, ConnectDone: func(_, _ string, _ error) {}}
	}
	trace.ConnectStart(network, address)
	if !struck || some.dial == nil {
		trace.ConnectDone(network, address, nil)
	}
	switch {
	case struck && some.dial != nil:
		err := some.dial(ctx)
		trace.ConnectDone(network, address, err)
		return nil, &net.OpError{Op: "dial", Net: network, Addr: some.address(), Err: err}
	case struck && some.serve != nil:
		return n.pipe(func(conn net.Conn) { some.serve(n, conn) }), nil
	case host == proxyHost && some != nil:
		return n.pipe(func(conn net.Conn) { n.tunnel(conn, struck) }), nil
	default:
		return n.pipe(n.listener.give), nil
	}
}

// pipe is a connection whose other end is served.
func (n *internet) pipe(serve func(net.Conn)) net.Conn {
	near, far := net.Pipe()
	client, server := &queued{Conn: near, pieces: make(chan []byte, 1024)}, &queued{Conn: far, pieces: make(chan []byte, 1024)}
	n.mu.Lock()
	n.conns = append(n.conns, client, server, near, far)
	n.mu.Unlock()
	go client.drain()
	go server.drain()
	go serve(server)
	return client
}

// queued is an end of a pipe whose writer does not wait for the reader, as a socket's does not: who reads no further
// than a certificate would hang with who writes on.
type queued struct {
	net.Conn

	pieces chan []byte
	mu     sync.Mutex
	closed bool
}

// Write implements net.Conn.
func (q *queued) Write(content []byte) (int, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed {
		return 0, net.ErrClosed
	}
	q.pieces <- append([]byte(nil), content...)
	return len(content), nil
}

// Close implements net.Conn: what was written before still arrives.
func (q *queued) Close() error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if !q.closed {
		q.closed = true
		close(q.pieces)
	}
	return nil
}

// drain writes until the end.
func (q *queued) drain() {
	for piece := range q.pieces {
		_, _ = q.Conn.Write(piece)
	}
	_ = q.Conn.Close()
}

// tunnel is the proxy.
func (n *internet) tunnel(conn net.Conn, struck bool) {
	request, err := http.ReadRequest(bufio.NewReader(conn))
	if err != nil {
		return
	}
	n.mu.Lock()
	some := n.trouble
	n.mu.Unlock()
	switch {
	case struck && some != nil && some.status != "":
		_, _ = io.WriteString(conn, "HTTP/1.1 "+some.status+"\r\nContent-Length: 0\r\n\r\n")
		_ = conn.Close()
	case request.Method == http.MethodConnect:
		_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\n\r\n")
		if struck && some != nil && some.behind != nil {
			some.behind(n, conn)
			return
		}
		n.listener.give(conn)
	default:
		_ = conn.Close()
	}
}

// listener is given its connections.
type listener struct {
	conns chan net.Conn
	done  chan struct{}
	once  sync.Once
}

func (l *listener) give(conn net.Conn) {
	select {
	case l.conns <- conn:
	case <-l.done:
		_ = conn.Close()
	}
}

// Accept implements net.Listener.
func (l *listener) Accept() (net.Conn, error) {
	select {
	case conn := <-l.conns:
		return conn, nil
	case <-l.done:
		return nil, net.ErrClosed
	}
}

// Close implements net.Listener.
func (l *listener) Close() error {
	l.once.Do(func() { close(l.done) })
	return nil
}

// Addr implements net.Listener.
func (l *listener) Addr() net.Addr { return &net.TCPAddr{} }

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }

// held is what Sekoia holds, without what is deleted.
func (n *internet) held() (accounts, connectors int) {
	n.t.Helper()
	request, err := http.NewRequestWithContext(n.t.Context(), http.MethodGet, n.ready.AdminURL+"/_simulator/state", nil)
	if err != nil {
		n.t.Fatal(err)
	}
	answer, err := n.simulator.Transport().RoundTrip(request)
	if err != nil {
		n.t.Fatal(err)
	}
	var state acctest.State
	if err := errors.Join(json.NewDecoder(answer.Body).Decode(&state), answer.Body.Close()); err != nil {
		n.t.Fatal(err)
	}
	for _, account := range state.Accounts {
		if !account.Deleted {
			accounts++
		}
	}
	for _, connector := range state.Connectors {
		if !connector.Deleted {
			connectors++
		}
	}
	return accounts, connectors
}

// configuration is the connector of this internet.
func (n *internet) configuration(host string) map[string]any {
	return map[string]any{
		"name": "Okta devices", "base_url": "https://" + host, "api_token_wo": n.ready.OktaToken, "api_token_wo_version": "1",
		"sync": map[string]any{"wait_for": "none"},
	}
}

// serviceApp makes the provider's Okta credential that of an app.
func (n *internet) serviceApp() {
	content, err := x509.MarshalPKCS8PrivateKey(newKey(n.t))
	if err != nil {
		n.t.Fatal(err)
	}
	delete(n.variables, "OKTA_API_TOKEN")
	n.variables["OKTA_API_CLIENT_ID"] = "0oa1serviceapp"
	n.variables["OKTA_API_PRIVATE_KEY"] = "-----BEGIN PRIVATE KEY-----\n" + base64.StdEncoding.EncodeToString(content) + "\n-----END PRIVATE KEY-----"
}

// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package transport_test

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/failure"
)

// authority issues certificates for tests.
type authority struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
}

func newAuthority(t *testing.T) authority {
	t.Helper()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Test CA"},
		NotBefore: time.Now().Add(-48 * time.Hour), NotAfter: time.Now().Add(48 * time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	a := authority{certificate: template, key: newKey(t)}
	a.certificate = a.sign(t, template, a.key)
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
	der, err := x509.CreateCertificate(rand.Reader, template, a.certificate, &key.PublicKey, a.key)
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return certificate
}

// issue returns a server's certificate for 127.0.0.1, changed by change.
func (a authority) issue(t *testing.T, change func(*x509.Certificate)) tls.Certificate {
	t.Helper()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "test"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-24 * time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	if change != nil {
		change(template)
	}
	key := newKey(t)
	return tls.Certificate{Certificate: [][]byte{a.sign(t, template, key).Raw}, PrivateKey: key}
}

// file writes the authority's certificate, after some text and a block of another type, as bundles have them.
func (a authority) file(t *testing.T) string {
	t.Helper()
	text := "# a comment\n" + string(pem.EncodeToMemory(&pem.Block{Type: "X509 CRL", Bytes: []byte("x")})) +
		string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.certificate.Raw}))
	return writeFile(t, text)
}

func writeFile(t *testing.T, text string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil { //nolint:gosec // below the test's own directory
		t.Fatal(err)
	}
	return name
}

// tlsServer counts the requests that reach it, which is none where the client refuses its certificate.
func tlsServer(t *testing.T, config *tls.Config) (string, *atomic.Int32) {
	t.Helper()
	var requests atomic.Int32
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		requests.Add(1)
		if r.ProtoMajor != 2 {
			w.WriteHeader(http.StatusHTTPVersionNotSupported)
		}
	}))
	server.TLS = config
	server.EnableHTTP2 = true
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	t.Cleanup(server.Close)
	return server.URL, &requests
}

func TestTLS(t *testing.T) {
	t.Parallel()
	trusted, other := newAuthority(t), newAuthority(t)
	file := trusted.file(t)
	with := func(certificate tls.Certificate) *tls.Config {
		return &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12}
	}
	old := with(trusted.issue(t, nil))
	old.MinVersion, old.MaxVersion = tls.VersionTLS10, tls.VersionTLS11
	cases := map[string]struct {
		server *tls.Config
		want   string
	}{
		"a certificate of the CA file": {with(trusted.issue(t, nil)), ""},
		"another authority":            {with(other.issue(t, nil)), "certificate signed by"},
		"another host": {with(trusted.issue(t, func(c *x509.Certificate) {
			c.IPAddresses, c.DNSNames = nil, []string{"other.example"}
		})), "certificate is for another host"},
		"expired": {with(trusted.issue(t, func(c *x509.Certificate) {
			c.NotAfter = time.Now().Add(-time.Hour)
		})), "certificate expired"},
		"not valid yet": {with(trusted.issue(t, func(c *x509.Certificate) {
			c.NotBefore = time.Now().Add(time.Hour)
		})), "certificate is not valid before"},
		"a certificate for clients": {with(trusted.issue(t, func(c *x509.Certificate) {
			c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
		})), "TLS handshake failed"},
		"TLS 1.1": {old, "the server's TLS version is too old"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			address, requests := tlsServer(t, c.server)
			var lines record
			client := newClient(t, transport.Options{CACertificateFile: file, MaxRetries: 3, Log: lines.log})
			answer, err := fetch(client, newRequest(t, t.Context(), http.MethodGet, address, ""))
			if got := failure.Explain(err).What; !strings.HasPrefix(got, c.want) || err != nil && c.want == "" {
				t.Fatalf("explained as %s, want %s: %v", got, c.want, err)
			}
			if err != nil {
				if attempts := strings.Count(lines.text(), "HTTP call map"); requests.Load() != 0 || attempts != 1 {
					t.Errorf("%d requests, %d attempts", requests.Load(), attempts)
				}
				return
			}
			if answer.status != http.StatusOK {
				t.Errorf("status %d: it was not HTTP/2", answer.status)
			}
		})
	}
}

func TestTLSToAServerWithoutIt(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(server.Close)
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	client := newClient(t, transport.Options{MaxRetries: 3})
	address := strings.Replace(server.URL, "http:", "https:", 1)
	_, err := fetch(client, newRequest(t, t.Context(), http.MethodGet, address, ""))
	if got := failure.Explain(err).What; got != "the server does not speak TLS on this port" {
		t.Errorf("explained as %s: %v", got, err)
	}
}

func TestCAFileIsAddedToTheSystems(t *testing.T) {
	t.Parallel()
	added := newAuthority(t)
	got, err := transport.RootCertificates(added.file(t))
	if err != nil {
		t.Fatal(err)
	}
	want, err := x509.SystemCertPool()
	if err != nil {
		t.Fatal(err)
	}
	if got.Equal(want) {
		t.Error("the file's certificate is missing")
	}
	if want.AddCert(added.certificate); !got.Equal(want) {
		t.Error("these are not the system's certificates and the file's")
	}
}

func TestCAFileThatCanNotBeUsed(t *testing.T) {
	t.Parallel()
	key := string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: []byte("hunter2")}))
	broken := string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: []byte("hunter2")}))
	cases := map[string]struct{ file, want string }{
		"it is not there":           {filepath.Join(t.TempDir(), "none.pem"), "none.pem"},
		"it is a directory":         {t.TempDir(), "is a directory"},
		"it is empty":               {writeFile(t, ""), "no certificate in PEM form"},
		"it is not PEM":             {writeFile(t, "hunter2"), "no certificate in PEM form"},
		"it is in binary form":      {writeFile(t, string(newAuthority(t).certificate.Raw)), "no certificate in PEM form"},
		"it holds a key":            {writeFile(t, key), "no certificate in PEM form"},
		"its certificate is broken": {writeFile(t, broken), "certificate number 1"},
		"its second one is broken":  {secondBroken(t, broken), "certificate number 2"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client, err := transport.New(transport.Options{CACertificateFile: c.file})
			if err == nil || client != nil || !strings.Contains(err.Error(), c.want) {
				t.Fatalf("the error is %v, want one with %q", err, c.want)
			}
			if strings.Contains(err.Error(), "hunter2") {
				t.Errorf("the error shows the file: %v", err)
			}
		})
	}
}

func secondBroken(t *testing.T, broken string) string {
	t.Helper()
	whole, err := os.ReadFile(newAuthority(t).file(t))
	if err != nil {
		t.Fatal(err)
	}
	return writeFile(t, string(whole)+broken)
}

func TestConnectionRefused(t *testing.T) {
	t.Parallel()
	client := newClient(t, transport.Options{})
	_, err := fetch(client, newRequest(t, t.Context(), http.MethodGet, "http://"+closedPort(t), ""))
	if got := failure.Explain(err).What; got != "connection refused" {
		t.Errorf("explained as %s: %v", got, err)
	}
}

// closedPort returns an address where nothing listens.
func closedPort(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // it is closed at once
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	return address
}

// proxy answers each CONNECT with a status, and counts them.
func proxy(t *testing.T, status string) (string, *atomic.Int32) {
	t.Helper()
	var calls atomic.Int32
	listener, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // the test closes it
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			if req, err := http.ReadRequest(bufio.NewReader(conn)); err == nil && req.Method == http.MethodConnect {
				calls.Add(1)
			}
			_, _ = io.WriteString(conn, "HTTP/1.1 "+status+"\r\nContent-Length: 0\r\n\r\n")
			_ = conn.Close()
		}
	}()
	t.Cleanup(func() {
		_ = listener.Close()
		<-done
	})
	return listener.Addr().String(), &calls
}

// noProxy clears the variables, so that a machine behind a proxy runs the same test.
func noProxy(t *testing.T) {
	t.Helper()
	for _, name := range []string{"HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY", "https_proxy", "http_proxy", "no_proxy"} {
		t.Setenv(name, "")
	}
}

func TestProxyThatRefuses(t *testing.T) {
	noProxy(t)
	cases := map[string]struct {
		status string
		kind   string
		want   string
		calls  int32
	}{
		"asks for a password": {"407 Proxy Authentication Required", "the proxy rejected the login in HTTPS_PROXY", "the proxy rejected the login in HTTPS_PROXY: 407 Proxy Authentication Required", 1},
		"forbids":             {"403 Evil\x1b[31m", "the proxy does not allow this host", "does not allow this host: 403 Forbidden", 1},
		"can't reach it":      {"502 Bad Gateway", "the proxy could not reach the host", "the proxy could not reach the host: 502 Bad Gateway", 2},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			address, calls := proxy(t, c.status)
			t.Setenv("HTTPS_PROXY", "http://user:hunter2@"+address)
			client := newClient(t, transport.Options{MaxRetries: 1})
			_, err := fetch(client, newRequest(t, t.Context(), http.MethodGet, acme, ""))
			var refusal *failure.ProxyError
			if !errors.As(err, &refusal) || !strings.HasPrefix(failure.Explain(err).What, c.kind) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("the error is %v, want %q", err, c.want)
			}
			if strings.Contains(err.Error(), "hunter2") || strings.Contains(err.Error(), "Evil") {
				t.Errorf("the error says too much: %v", err)
			}
			if calls.Load() != c.calls {
				t.Errorf("%d calls, want %d", calls.Load(), c.calls)
			}
		})
	}
}

func TestProxyThatIsNotThere(t *testing.T) { //nolint:paralleltest // the proxy variables belong to the process
	noProxy(t)
	for _, scheme := range []string{"http", "socks5"} {
		t.Setenv("HTTPS_PROXY", scheme+"://user:hunter2@"+closedPort(t))
		client := newClient(t, transport.Options{})
		_, err := fetch(client, newRequest(t, t.Context(), http.MethodGet, acme, ""))
		if got := failure.Explain(err).What; got != "the proxy is not reachable" || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: explained as %s: %v", scheme, got, err)
		}
	}
}

// Whoever set the variable in lower case looks for it in lower case.
func TestTheProxysVariableIsNamedAsItIsWritten(t *testing.T) { //nolint:paralleltest // the proxy variables belong to the process
	for variable, target := range map[string]string{
		"HTTPS_PROXY": acme, "https_proxy": acme, "HTTP_PROXY": "http://acme.example", "http_proxy": "http://acme.example",
	} {
		noProxy(t)
		t.Setenv(variable, closedPort(t))
		_, err := fetch(newClient(t, transport.Options{}), newRequest(t, t.Context(), http.MethodGet, target, ""))
		got := failure.Explain(err).Do
		if !strings.Contains(got, "in "+variable+".") || !strings.Contains(got, "unset "+variable+" or") || strings.Contains(strings.ReplaceAll(got, variable, ""), "S_PROXY") {
			t.Errorf("with %s it says %q of %v", variable, got, err)
		}
	}
}

func TestProxyIsReadWhenTheClientIsMade(t *testing.T) {
	noProxy(t)
	address, calls := proxy(t, "403 Forbidden")
	t.Setenv("https_proxy", address)
	through := newClient(t, transport.Options{})
	t.Setenv("https_proxy", "")
	direct := newClient(t, transport.Options{})
	server, _ := tlsServer(t, nil)
	_, err := fetch(direct, newRequest(t, t.Context(), http.MethodGet, server, ""))
	if got := failure.Explain(err).What; !strings.HasPrefix(got, "certificate signed by") {
		t.Errorf("directly: explained as %s: %v", got, err)
	}
	_, err = fetch(through, newRequest(t, t.Context(), http.MethodGet, acme, ""))
	if got := failure.Explain(err).What; !strings.HasPrefix(got, "the proxy does not allow this host") || calls.Load() != 1 {
		t.Errorf("through the proxy: explained as %s after %d calls: %v", got, calls.Load(), err)
	}
}

func TestLoopbackNeedsNoProxy(t *testing.T) {
	noProxy(t)
	address, calls := proxy(t, "403 Forbidden")
	t.Setenv("HTTP_PROXY", "http://"+address)
	server := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(server.Close)
	_, port, err := net.SplitHostPort(server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	client := newClient(t, transport.Options{})
	for _, host := range []string{"127.0.0.1", "localhost", "LocalHost"} {
		got, err := fetch(client, newRequest(t, t.Context(), http.MethodGet, "http://"+host+":"+port, ""))
		if err != nil || got.status != http.StatusNotFound {
			t.Errorf("%s: status %d, %v", host, got.status, err)
		}
	}
	if calls.Load() != 0 {
		t.Errorf("the proxy was called %d times", calls.Load())
	}
}

func TestProxyVariableThatIsNoURL(t *testing.T) {
	noProxy(t)
	for name, value := range map[string]string{
		"HTTPS_PROXY": "http://user:hunter2@proxy.example:port",
		"HTTP_PROXY":  "http://",
		"https_proxy": "user:hunter2@%zz",
		"http_proxy":  "ftp://user:hunter2@proxy.example",
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv(name, value)
			_, err := transport.New(transport.Options{})
			if err == nil || !strings.Contains(err.Error(), " "+name+" ") || strings.Contains(err.Error(), "hunter2") {
				t.Errorf("the error is %v", err)
			}
		})
	}
}
